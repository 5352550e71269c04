"""Are the rules' tests strict enough? `python -m tests.mutation [FAMILY ...]`.

Breaks every function of dlcore/rules in every way the operators know, runs the tests that reach
it, and lists what none of them noticed. Exits with 1 if there is such a mutant, or if one that
is declared equivalent (equivalents.py) was noticed or is no longer made.
"""

import argparse
import os
import sys
import time

from tests.book import ROOT
from tests.mutation.equivalents import EQUIVALENT
from tests.mutation.operators import mutants
from tests.mutation.workers import Crew, Plan

RULES = ROOT / "dlcore" / "rules"
FAMILIES = sorted(path.stem for path in RULES.glob("[!_]*.py"))
TESTS = ("tests/test_rules.py", "tests/rules")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("families", nargs="*", metavar="FAMILY", help=", ".join(FAMILIES))
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    if set(chosen.families) - set(FAMILIES) or chosen.workers < 1:
        parser.error(f"choose from {', '.join(FAMILIES)}, with one worker or more")
    families = chosen.families or FAMILIES

    start, total, wrong = time.monotonic(), 0, 0
    plan = Plan(ROOT, TESTS, tuple(f"dlcore.rules.{family}" for family in families))
    with Crew(plan, chosen.workers) as crew:
        for family in families:
            made = list(mutants(RULES / f"{family}.py", ROOT))
            left = crew.unnoticed(made)
            found = [str(mutant) for mutant in left if mutant.key not in EQUIVALENT]
            declared = {key for key in EQUIVALENT if key[0] == family}
            stale = sorted(declared - {mutant.key for mutant in left})
            print(f"{family}: {len(made)} mutants, {len(found)} unnoticed", flush=True)
            for problem in found:
                print(problem)
            for key in stale:
                print(f"declared equivalent, but noticed or no longer made: {key}")
            total, wrong = total + len(made), wrong + len(found) + len(stale)
    print(f"{total} mutants in {time.monotonic() - start:.0f} s: {wrong} to look into")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())

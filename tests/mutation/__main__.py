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
from tests.mutation.equivalents import EQUIVALENT, Key, declaration
from tests.mutation.operators import Mutant, mutants
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

    plan = Plan(ROOT, TESTS, tuple(f"dlcore.rules.{family}" for family in FAMILIES))
    start, total, wrong = time.monotonic(), 0, 0
    try:
        with Crew(plan, chosen.workers) as crew:
            for family in families:
                made = list(mutants(RULES / f"{family}.py", ROOT))
                problems = judged(family, made, crew.unnoticed(made))
                print(f"{family}: {len(made)} mutants, {len(problems)} to look into", flush=True)
                for problem in problems:
                    print(problem, flush=True)
                total, wrong = total + len(made), wrong + len(problems)
    except (RuntimeError, TimeoutError) as broken:
        print(broken)
        return 1
    print(f"{total} mutants in {time.monotonic() - start:.0f} s, {wrong} to look into")
    return int(wrong > 0)


def judged(
    family: str,
    made: list[Mutant],
    unnoticed: list[Mutant],
    equivalent: dict[Key, str] = EQUIVALENT,
) -> list[str]:
    """What is to be looked into: mutants nobody noticed, and declarations that do not hold."""
    keys, left = ({declaration(m, equivalent) for m in some} for some in (made, unnoticed))
    declared = sorted(key for key in equivalent if key[0] == family)
    return [
        *(str(m) for m in unnoticed if declaration(m, equivalent) not in equivalent),
        *(f"declared equivalent, but no longer made: {key}" for key in declared if key not in keys),
        *(f"declared equivalent, but noticed: {key}" for key in declared if key in keys - left),
    ]


if __name__ == "__main__":
    sys.exit(main())

"""How dlcore compares: `python -m tests.benchmarks [--rounds N] [W1 W3 …]`.

Prints, for each workload, the least CPU time of a unit of work for each candidate, its ratio to
ours and its peak memory, all from one run, and whether the targets are met. Compare the ratios;
the times are this machine's. README.md beside this file says what everything is.
"""

import argparse
import sys
from importlib import import_module

from tests.benchmarks.harness import DETECTED, measure
from tests.benchmarks.report import Report, describe_machine, markdown, summary

WORKLOADS = {
    "W1": "tests.benchmarks.w1_article",
    "W2": "tests.benchmarks.w2_wide",
    "W3": "tests.benchmarks.w3_moons",
    "W4": "tests.benchmarks.w4_convnet",
    "W4w": "tests.benchmarks.w4_wider",
    "W4c": "tests.benchmarks.w4_colour",
    "W5": "tests.benchmarks.w5_tape",
    "W6": "tests.benchmarks.w6_attention",
    "import": "tests.benchmarks.imports",
}


def main() -> None:
    """Measure what was asked for; the exit code is 1 only if a candidate of ours failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="turns of each candidate")
    parser.add_argument(
        "--kernels",
        default=f"Haswell,{DETECTED}",
        help="OPENBLAS_CORETYPE of the table, then of its repetition (%(default)s)",
    )
    parser.add_argument("--markdown", action="store_true", help="end with the README's table")
    parser.add_argument("names", nargs="*", metavar="WORKLOAD", help=", ".join(WORKLOADS))
    chosen = parser.parse_args()
    if set(chosen.names) - WORKLOADS.keys() or chosen.rounds < 1:
        parser.error(f"choose from {', '.join(WORKLOADS)}, with one round or more")
    print(describe_machine())
    reports = []
    for name in chosen.names or WORKLOADS:
        workload = import_module(WORKLOADS[name]).WORKLOAD
        found = measure(WORKLOADS[name], workload, chosen.rounds, chosen.kernels.split(","))
        reports.append(Report(name, workload, found))
        print(f"\n{reports[-1].table()}", flush=True)
    print(f"\n{summary(reports)}")
    if chosen.markdown:
        print(f"\n{markdown(reports)}")
    everyone = [
        found for r in reports for results in r.results.values() for found in results.items()
    ]
    sys.exit(any(result.missing for name, result in everyone if name.startswith("dlcore")))


if __name__ == "__main__":
    main()

"""How dlcore compares: `python -m tests.benchmarks [--rounds N] [W1 W3 …]`.

Prints, for each workload, the least CPU time of a unit of work for each candidate, its ratio to
ours and its peak memory, all from one run. Compare the ratios; the times are this machine's.
"""

import argparse
import math
from importlib import import_module

from tests.benchmarks.harness import Result, Workload, describe_machine, measure

WORKLOADS = {
    "W1": "tests.benchmarks.w1_article",
    "W2": "tests.benchmarks.w2_wide",
    "W3": "tests.benchmarks.w3_moons",
    "W4": "tests.benchmarks.w4_convnet",
    "W5": "tests.benchmarks.w5_tape",
}


def table(workload: Workload, results: dict[str, Result]) -> str:
    """The results as lines of text, ours first."""
    ours = results[workload.ours].seconds
    width = max(map(len, results))
    lines = [
        workload.title,
        f"{'':{width}}{'µs/' + workload.unit:>12}{'ours/theirs':>13}{'MiB':>7}",
    ]
    for name, result in results.items():
        if result.missing:
            lines.append(f"{name:{width}}  {result.missing}")
            continue
        ratio, target = ours / result.seconds, workload.targets.get(name, math.inf)
        verdict = "" if math.isinf(target) else f"  (at most {target:.2f})"
        times = f"{result.seconds * 1e6:12.0f}{ratio:13.2f}{result.mebibytes:7.0f}"
        lines.append(f"{name:{width}}{times}{verdict}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="turns of each candidate")
    parser.add_argument("names", nargs="*", metavar="WORKLOAD", help=", ".join(WORKLOADS))
    chosen = parser.parse_args()
    unknown = set(chosen.names) - WORKLOADS.keys()
    if unknown or chosen.rounds < 1:
        parser.error(f"choose from {', '.join(WORKLOADS)}, with one round or more")
    print(describe_machine())
    for name in chosen.names or WORKLOADS:
        workload = import_module(WORKLOADS[name]).WORKLOAD
        print(f"\n{table(workload, measure(WORKLOADS[name], workload, chosen.rounds))}", flush=True)


if __name__ == "__main__":
    main()

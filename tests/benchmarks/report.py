"""What was measured, in words: the table of a workload, its targets, and the README's table."""

import platform
from importlib.metadata import PackageNotFoundError, version
from math import inf
from typing import NamedTuple

from tests.benchmarks.harness import DETECTED, Result, Workload

__all__ = ["Report", "describe_machine", "markdown", "summary"]

PACKAGES = {
    "NumPy": "numpy",
    "scikit-learn": "scikit-learn",
    "PyTorch": "torch",
    "Keras": "keras",
    "TensorFlow": "tensorflow-cpu",
    "JAX": "jax",
    "autograd": "autograd",
    "micrograd": "micrograd",
}
MORE_THAN_ONE = 1.2  # CPU time over time on the clock; the two are read one after the other
MET, MISSED, UNKNOWN = "met", "missed", "not measured"


class Verdict(NamedTuple):
    """One target of a workload: what was measured, and what it may be at most."""

    row: str  # the candidate beside whom it is printed
    what: str  # 'ratio', 'CPU' or 'memory'
    value: float
    limit: float

    @property
    def kind(self) -> str:
        """Met, missed, or not measured (NaN)."""
        return MET if self.value <= self.limit else MISSED if self.value > self.limit else UNKNOWN

    def shown(self, number: float) -> str:
        """A number of this kind, with its unit."""
        forms = {"ratio": "{:.2f}", "CPU": "{:.2f} s", "memory": "{:.0f} MiB"}
        return forms[self.what].format(number)


class Report(NamedTuple):
    """What was measured of a workload, by the kernel that was asked for and by candidate."""

    key: str
    workload: Workload
    results: dict[str, dict[str, Result]]

    @property
    def first(self) -> dict[str, Result]:
        """All candidates, on the kernel that the targets are for."""
        return next(iter(self.results.values()))

    def ratio(self, name: str, kernel: str) -> float:
        """CPU time of ours / of that candidate; NaN where one of them was not measured."""
        results = self.results[kernel]
        return results[self.workload.ours].seconds / results[name].seconds

    def verdicts(self) -> list[Verdict]:
        """Every target of the workload."""
        workload, ours = self.workload, self.first[self.workload.ours]
        kernel = next(iter(self.results))
        found = [
            Verdict(name, "ratio", self.ratio(name, kernel), limit)
            for name, limit in workload.targets.items()
        ]
        own = {
            "CPU": (ours.seconds, workload.most_seconds),
            "memory": (ours.mebibytes, workload.most_mebibytes),
        }
        return found + [
            Verdict(workload.ours, what, value, limit)
            for what, (value, limit) in own.items()
            if limit < inf
        ]

    def table(self) -> str:
        """The results as lines of text, for one kernel after the other."""
        lines, width = [self.workload.title], max(map(len, self.workload.candidates))
        unit = f"{self.scale[1]}/{self.workload.unit}"
        for kernel, results in self.results.items():
            if results:
                head = f"{self.kernel(kernel):{width}}{unit:>12}{'ours/theirs':>13}{'MiB':>7}"
                lines += [head, *(f"{name:{width}}{self.cells(name, kernel)}" for name in results)]
        return "\n".join(lines)

    @property
    def scale(self) -> tuple[float, str]:
        """What times are multiplied by to be shown, and the unit that makes them."""
        return (1e3, "ms") if self.first[self.workload.ours].seconds > 0.01 else (1e6, "µs")

    def cells(self, name: str, kernel: str) -> str:
        """A candidate's time, ratio, memory and targets, or why it is missing."""
        result = self.results[kernel][name]
        if result.missing:
            return f"  missing: {result.missing}"
        notes = []
        if self.results[kernel] is self.first:
            mine = [verdict for verdict in self.verdicts() if verdict.row == name]
            notes = [f"at most {verdict.shown(verdict.limit)}: {verdict.kind}" for verdict in mine]
        if result.threads > MORE_THAN_ONE:
            notes.append(f"on {result.threads:.1f} threads")
        factor, unit = self.scale
        time = f"{result.seconds * factor:12.{1 if unit == 'ms' else 0}f}"
        numbers = f"{time}{self.ratio(name, kernel):13.2f}{result.mebibytes:7.0f}"
        return f"{numbers}  {'; '.join(notes)}".rstrip()

    def kernel(self, asked: str) -> str:
        """The BLAS kernel by the name that the process of ours found it under."""
        results = self.results[asked].values()
        told = next((result.kernel for result in results if result.kernel), "unknown")
        return f"{told}, {DETECTED}" if asked == DETECTED else told


def summary(reports: list[Report]) -> str:
    """How many targets are met, which are not, and who is missing."""
    verdicts = [(report.key, verdict) for report in reports for verdict in report.verdicts()]
    counts = {kind: sum(v.kind == kind for _, v in verdicts) for kind in (MET, MISSED, UNKNOWN)}
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    lines = [f"targets: {told or 'none'}"]
    for key, v in verdicts:
        if v.kind != MET:
            got = f"{v.what} {v.shown(v.value)}, at most {v.shown(v.limit)}"
            lines.append(f"  {v.kind}: {key}, {v.row}: {got}")
    for report in reports:
        for kernel, results in report.results.items():
            lines += [
                f"  missing: {report.key}, {name} ({kernel}): {result.missing}"
                for name, result in results.items()
                if result.missing
            ]
    return "\n".join(lines)


def markdown(reports: list[Report]) -> str:
    """The README's table: a row for each candidate that was measured beside ours."""
    kernels = list(dict.fromkeys(kernel for report in reports for kernel in report.results))
    named = {
        kernel: report.kernel(kernel)
        for kernel in kernels
        for report in reports
        if report.results[kernel]
    }
    columns = [f"ours / theirs, {named[kernel]}" for kernel in named]
    heads = ["ours", "theirs", *columns, "at most"]
    rows = [heads, ["---"] * len(heads)]
    for report in reports:
        ours = f"{report.workload.ours}, {report.workload.title.split('  ')[-1]}"
        targets = {v.row: f"{v.shown(v.limit)}, {v.kind}" for v in report.verdicts()}
        for name in report.workload.candidates:
            if name == report.workload.ours:
                continue
            ratios = [
                f"{report.ratio(name, kernel):.2f}" if name in report.results[kernel] else ""
                for kernel in named
            ]
            told = ["missing" if ratio == "nan" else ratio for ratio in ratios]
            rows.append([ours, name, *told, targets.get(name, "")])
            ours = ""
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def describe_machine() -> str:
    """The processor and the versions: what the figures hold for."""
    versions = [f"Python {platform.python_version()}"]
    for name, package in PACKAGES.items():
        try:
            versions.append(f"{name} {version(package)}")
        except PackageNotFoundError:
            continue
    return f"{processor()}, one thread; {', '.join(versions)}"


def processor() -> str:
    """The processor's name where the system tells it, else its architecture."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":")[1].strip() for line in file if line[:10] == "model name")
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()

"""The benchmark reports who is missing and why, measures memory right, and judges its targets."""

import os
import sys
import time
from math import inf, nan

import pytest

from tests.benchmarks import harness
from tests.benchmarks.__main__ import main
from tests.benchmarks.harness import DETECTED, Result, Workload, measure
from tests.benchmarks.report import Report, markdown, summary

MEBIBYTE = 2**20


def busy():
    """Work that shows in CPU time."""
    return lambda: sum(range(200_000))


def hungry():
    """Much memory while it prepares, 30 MiB in a turn."""
    bytearray(200 * MEBIBYTE)  # touched, and given back
    return lambda: bytearray(30 * MEBIBYTE)


def absent():
    """A candidate that is not installed."""
    import a_package_that_does_not_exist  # noqa: F401


def failing():
    """A candidate that cannot be prepared."""
    raise RuntimeError("no compiler\nand a long trace")


def failing_later():
    """A candidate whose fifth turn fails, after three to warm up and one that counts."""
    turns = iter(range(4))
    return lambda: next(turns)


def dying():
    """A candidate whose process ends."""
    return lambda: os._exit(3)


def hanging():
    """A candidate that does not answer once it has warmed up."""
    turns = iter([0, 0, 0, 60])
    return lambda: time.sleep(next(turns))


def on_a_clock_of_its_own():
    """A turn that has measured itself."""
    return lambda: Result(2.0, 5.0)


WORKLOAD = Workload(
    title="a test",
    unit="step",
    units=4,
    candidates={
        "ours": busy,
        "hungry": hungry,
        "own clock": on_a_clock_of_its_own,
        "absent": absent,
        "failing": failing,
        "failing later": failing_later,
        "dying": dying,
        "hanging": hanging,
    },
    ours="ours",
    targets={"own clock": 0.5, "absent": 0.5},
    again=("ours",),
    most_mebibytes=1e-9,
)


@pytest.fixture(scope="module")
def report():
    """What is measured of the candidates above in two rounds."""
    patch = pytest.MonkeyPatch()
    patch.setattr(harness, "TURN_SECONDS", 5)
    before = dict(os.environ)
    found = measure(__name__, WORKLOAD, 2, ["Haswell", DETECTED])
    patch.undo()
    assert dict(os.environ) == before
    return Report("T", WORKLOAD, found)


def test_whoever_cannot_be_measured_is_reported_with_the_reason(report):
    missing = {name: result.missing for name, result in report.first.items() if result.missing}
    assert missing == {
        "absent": "not installed: a_package_that_does_not_exist",
        "failing": "RuntimeError: no compiler",
        "failing later": "StopIteration: ",
        "dying": "its process ended with exit code 3",
        "hanging": "no answer in 5 s",
    }
    for name, reason in missing.items():
        assert f"missing: T, {name} (Haswell): {reason}" in summary([report])
        assert f"{name:13}  missing: {reason}".rstrip() in report.table()


def test_memory_is_what_a_turn_adds_whatever_was_there_before(report):
    assert not report.first["hungry"].mebibytes > 32
    if sys.platform == "linux":  # elsewhere the peak cannot be set back, or is not told
        assert report.first["hungry"].mebibytes > 29
    assert not report.first["ours"].mebibytes >= 1


def test_time_is_that_of_a_unit_and_may_be_the_candidates_own(report):
    assert report.first["own clock"].seconds == 0.5
    assert report.first["own clock"].mebibytes == 5
    assert 0 <= report.first["ours"].seconds < 0.1


def test_the_second_kernel_is_for_those_who_go_again(report):
    assert list(report.results) == ["Haswell", DETECTED]
    assert list(report.results[DETECTED]) == ["ours"]
    assert report.results[DETECTED]["ours"].seconds >= 0
    assert DETECTED in report.table()


def of(ours, theirs, mebibytes=1.0, **settings):
    """A report of made-up seconds."""
    workload = WORKLOAD._replace(candidates=dict.fromkeys(("ours", "theirs")), **settings)
    results = {"ours": Result(ours, mebibytes), "theirs": Result(theirs, 1.0)}
    return Report("T", workload, {"Haswell": results})


@pytest.mark.parametrize(
    ("report", "kinds"),
    [
        (of(1.0, 2.0, targets={"theirs": 0.5}, most_mebibytes=1), ["met", "met"]),
        (of(1.1, 2.0, targets={"theirs": 0.5}, most_mebibytes=0.9), ["missed", "missed"]),
        (of(1.1, nan, targets={"theirs": 0.5}, most_mebibytes=inf), ["not measured"]),
        (of(0.2, 1, targets={}, most_seconds=0.2, most_mebibytes=inf), ["met"]),
        (of(0.3, 1, targets={}, most_seconds=0.2, most_mebibytes=inf), ["missed"]),
    ],
)
def test_a_target_is_met_missed_or_not_measured(report, kinds):
    assert [verdict.kind for verdict in report.verdicts()] == kinds
    for kind in kinds:
        assert f"{kinds.count(kind)} {kind}" in summary([report])
        assert f": {kind}" in report.table()


def test_the_readmes_table_has_a_row_for_each_of_theirs():
    lines = markdown([of(1.1, 2.0, targets={"theirs": 0.5}, most_mebibytes=inf)]).splitlines()
    assert lines[2] == "| ours, a test | theirs | 0.55 | 0.50, missed |"
    assert len(lines) == 3


@pytest.mark.parametrize(("ours", "code"), [("busy", 0), ("failing", 1)])
def test_only_a_failure_of_ours_fails_the_command(ours, code, monkeypatch, capsys):
    fast = Result(missing="broken") if ours == "failing" else Result(3.0, 1.0)
    found = {"Haswell": {"dlcore.nn": fast, "NumPy": Result(1.0, 1.0), "JAX": Result(missing="no")}}
    names = "scikit-learn's MLPClassifier", "PyTorch", "TensorFlow"
    found["Haswell"] |= dict.fromkeys(names, Result(1.0, 1.0))
    monkeypatch.setattr("tests.benchmarks.__main__.measure", lambda *_: found)
    monkeypatch.setattr("sys.argv", ["benchmarks", "import"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == code
    assert ("missed" if code == 0 else "not measured") in capsys.readouterr().out

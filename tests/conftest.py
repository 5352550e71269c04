"""What every test run says: what it left out, on which BLAS it ran, how long each notebook took."""

import os
from collections import defaultdict
from pathlib import Path

import pytest

from tests.book import WHOLE_BOOK_SECONDS, seconds_allowed, settle_environment

FRAMEWORKS = (
    "frameworks: the tests against PyTorch and Keras are left out; to run them: "
    'pip install -e ".[frameworks]" (Python 3.11), then: pytest -m frameworks'
)

BROWSER = (
    "browser: the tests in Chromium are left out; to run them: "
    'pip install -e ".[browser]" (Debian: chromium, chromium-driver), then: pytest -m browser'
)


def pytest_configure(config):
    settle_environment()
    # Registered as a plugin: pytest calls a conftest's own hooks only for tests in its folder.
    config.pluginmanager.register(NotebookTimes(), "notebook-times")
    sanitizer = getattr(config.option, "nbval_sanitize_with", None)
    if sanitizer and not Path(sanitizer).is_file():  # pytest was started in another folder
        config.option.nbval_sanitize_with = str(config.rootpath / sanitizer)


def pytest_report_header(config):
    chosen = config.option.markexpr or ""
    sentences = {"not frameworks": FRAMEWORKS, "not browser": BROWSER}
    return [blas_line(), *(said for mark, said in sentences.items() if mark in chosen)]


def blas_line() -> str:
    """Which BLAS computes, for which processor, on how many threads."""
    try:
        import numpy  # noqa: F401  (loads the BLAS that is asked for below)
        from threadpoolctl import threadpool_info
    except ImportError as error:
        return f"BLAS: unknown ({error})"
    described = (
        f"{pool['internal_api']} {pool['version']}, kernel {pool.get('architecture', 'unknown')}, "
        f"{pool['num_threads']} thread{'s' * (pool['num_threads'] != 1)}"
        for pool in threadpool_info()
        if pool["user_api"] == "blas"
    )
    return f"BLAS: {'; '.join(described) or 'unknown'}"


@pytest.fixture
def displayed(monkeypatch):
    """What was displayed, as (data, metadata), in the form a notebook stores."""
    from IPython.core.formatters import DisplayFormatter

    out = []
    formatter = DisplayFormatter()
    monkeypatch.setattr(
        "IPython.display.display", lambda *shown: out.extend(map(formatter.format, shown))
    )
    return out


@pytest.fixture(scope="session")
def keras():
    """Keras 3, on PyTorch unless KERAS_BACKEND names another backend.

    Fails, and does not skip, where it is not installed.
    """
    backend = os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    assert keras.backend.backend() == backend
    if backend == "torch":
        import torch

        torch.set_num_threads(1)
    return keras


@pytest.fixture(scope="session")
def torch():
    """PyTorch on one thread."""
    import torch

    torch.set_num_threads(1)
    return torch


class NotebookTimes:
    """Adds up what nbval reports for each notebook's cells, the start of the kernel included.

    A notebook over its limit fails the run where CI is 'true'; elsewhere it is only said,
    for a slow laptop is not the reader's fault.
    """

    def __init__(self):
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.strict = os.environ.get("CI", "").lower() == "true"

    def too_slow(self) -> list[str]:
        """One sentence for each limit that is broken."""
        limits = {file: seconds_allowed(Path(file).stem) for file in self.seconds}
        limits["the whole book"] = WHOLE_BOOK_SECONDS
        taken = {**self.seconds, "the whole book": sum(self.seconds.values())}
        return [
            f"{name} took {taken[name]:.1f} s; it may take {limit:.0f} s."
            for name, limit in limits.items()
            if taken[name] > limit
        ]

    def pytest_runtest_logreport(self, report):
        file = report.nodeid.partition("::")[0]
        if file.endswith(".ipynb"):
            self.seconds[file] += report.duration

    def pytest_sessionfinish(self, session, exitstatus):
        is_worker = hasattr(session.config, "workerinput")  # of pytest-xdist
        if exitstatus == pytest.ExitCode.OK and self.strict and not is_worker and self.too_slow():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        if not self.seconds:
            return
        terminalreporter.section("notebooks")
        for file, seconds in sorted(self.seconds.items()):
            terminalreporter.line(f"{file:50s} {seconds:6.1f} s")
        terminalreporter.line(f"{'total':50s} {sum(self.seconds.values()):6.1f} s")
        for sentence in self.too_slow():
            verdict = "FAILED" if self.strict else "warning"
            terminalreporter.line(f"{verdict}: {sentence}", red=self.strict, yellow=not self.strict)

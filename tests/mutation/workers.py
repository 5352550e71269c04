"""Warm processes that run tests against broken functions, one after another.

A worker collects the tests once. For each mutant it puts the changed code into the functions
that are loaded already, so whoever holds one of them runs the mutant; it runs the tests that
reach the changed function until one fails, and puts the old code back. Nothing is forked, so
that it works alike on every system; a worker that does not answer, or dies, is replaced.
"""

import importlib
import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import pytest

from tests.mutation.operators import Mutant

__all__ = ["Crew", "Plan"]

Reach = dict[tuple[str, str], list[str]]  # (module, function) -> the tests that call it
NOWHERE = ("", "")


class Plan(NamedTuple):
    """What workers need to know: where the tests lie, and which modules are to be broken."""

    root: Path  # the folder with pyproject.toml, from which everything is imported
    tests: tuple[str, ...]  # folders and files
    modules: tuple[str, ...]  # dotted names


class Crew:
    """Some workers, to be used in a `with`.

    patience: seconds to wait for a verdict, and as much again as all the tests take five times.
    Raises RuntimeError where a test fails, and nothing is broken.
    """

    def __init__(self, plan: Plan, size: int, patience: float = 20.0) -> None:
        self.plan, self.size, self.patience = plan, size, patience

    def __enter__(self) -> "Crew":
        self._everyone = [Worker(self.plan) for _ in range(self.size)]
        self._idle: SimpleQueue[Worker] = SimpleQueue()
        try:
            for worker in self._everyone:
                worker.wait()
            start = time.monotonic()
            self._reach: Reach = self._everyone[0].asked(None)
            self._limit = self.patience + 5 * (time.monotonic() - start)
        except BaseException:
            self.__exit__()
            raise
        for worker in self._everyone:
            self._idle.put(worker)
        return self

    def __exit__(self, *error: object) -> None:
        for worker in self._everyone:
            worker.stop()

    def unnoticed(self, mutants: Sequence[Mutant]) -> list[Mutant]:
        """Those that no test notices; one that never ends or kills its process is noticed too."""
        with ThreadPoolExecutor(self.size) as pool:
            noticed = list(pool.map(self._noticed, mutants))
        return [mutant for mutant, seen in zip(mutants, noticed, strict=True) if not seen]

    def _noticed(self, mutant: Mutant) -> bool:
        place = mutant.module, mutant.function
        tests = self._reach.get(place, self._reach[NOWHERE])
        worker = self._idle.get()
        try:
            failed = worker.asked((mutant.module, mutant.source, tests), self._limit)
        except (EOFError, TimeoutError):
            worker.stop()
            worker.start()
            worker.wait()
            return True
        finally:
            self._idle.put(worker)
        if failed in tests:  # it goes first from now on: what notices one slip notices the next
            self._reach[place] = [failed, *(test for test in tests if test != failed)]
        return bool(failed)


class Worker:
    """One process that answers.

    Asked None: which tests reach what. Asked (module, source, tests): the first of these tests
    that fails where that source stands in the module's place, '' if none does.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.start()

    def start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self.plan), daemon=True)
        self._process.start()
        theirs.close()

    def wait(self, limit: float = 600.0) -> Any:
        """What it says next; first of all that it is ready.

        Raises TimeoutError after `limit` seconds, EOFError if the process ends.
        """
        try:
            if not self._pipe.poll(limit):
                raise TimeoutError(f"no answer within {limit:.0f} s")
            answer = self._pipe.recv()
        except ConnectionError:
            raise EOFError from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def asked(self, question: Any, limit: float = 600.0) -> Any:
        try:
            self._pipe.send(question)
        except ConnectionError:
            raise EOFError from None
        return self.wait(limit)

    def stop(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()


# Inside the process


def _serve(pipe: Connection, plan: Plan) -> None:
    """Collect the tests, then answer until the pipe is closed."""
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    os.chdir(plan.root)
    sys.path.insert(0, str(plan.root))
    arguments = [*plan.tests, "-q", "-m", "not frameworks", "--tb=no", "--capture=no"]
    arguments += ["-o", "addopts=", "-p", "no:cacheprovider", "-p", "no:terminalreporter"]
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        code = pytest.main(arguments, plugins=[Answers(pipe, plan)])
    if code:
        pipe.send(RuntimeError(f"pytest cannot run {', '.join(plan.tests)} ({code.name})"))


def _settle_hypothesis() -> None:
    """The same examples every time, none remembered, and no search for the smallest failure."""
    from hypothesis import HealthCheck, Phase, settings

    settings.register_profile(
        "mutation",
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutation")


class Answers:
    """Stands in the place of pytest's own loop over the tests, and runs those it is asked for."""

    def __init__(self, pipe: Connection, plan: Plan) -> None:
        self.pipe, self.plan = pipe, plan
        self.failed = False

    def pytest_configure(self) -> None:
        _settle_hypothesis()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed |= report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed or not session.items:
            raise session.Failed("there is nothing to run")
        self.items = {item.nodeid: item for item in session.items}
        self.pipe.send("ready")
        while True:
            try:
                question = self.pipe.recv()
            except EOFError:
                return True
            try:
                answer = self._measured() if question is None else self._noticed(*question)
            except Exception as error:
                answer = error
            self.pipe.send(answer)

    def _fails(self, nodeid: str) -> bool:
        self.failed = False
        item = self.items[nodeid]
        item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
        return self.failed

    def _measured(self) -> Reach:
        """Which tests reach a function, the quickest first; "" stands for anything in the module.

        Those that call nothing look at the source or the signatures, and are run for every one.
        Raises RuntimeError if a test fails.
        """
        modules = [importlib.import_module(name) for name in self.plan.modules]
        names = {module.__file__: module.__name__ for module in modules}
        reached: set[tuple[str, str]] = set()

        def entered(frame: Any, event: str, arg: Any) -> None:
            name = names.get(frame.f_code.co_filename)
            if event == "call" and name:
                reached.update(((name, frame.f_code.co_name), (name, "")))

        reach: Reach = {NOWHERE: []}
        seconds = {}
        for nodeid in self.items:
            reached.clear()
            for module in modules:
                _install(module, _state(module))  # forgets what an lru_cache remembers
            start = time.perf_counter()
            sys.setprofile(entered)
            try:
                failed = self._fails(nodeid)
            finally:
                sys.setprofile(None)
            seconds[nodeid] = time.perf_counter() - start
            if failed:
                raise RuntimeError(f"{nodeid} fails, and nothing is broken")
            for place in reached or {NOWHERE}:
                reach.setdefault(place, []).append(nodeid)
        for place in reach.keys() - {NOWHERE}:
            reach[place] += reach[NOWHERE]
        return {place: sorted(tests, key=seconds.get) for place, tests in reach.items()}

    def _noticed(self, name: str, source: str, tests: Sequence[str]) -> str:
        module = importlib.import_module(name)
        code, old = compile(source, module.__file__, "exec"), _state(module)
        try:
            new = _executed(module, code)
        except Exception as error:
            return f"the module itself: {error!r}"
        _install(module, new)
        try:
            failed = next(filter(self._fails, tests), "")
        finally:
            _install(module, old)
        if failed and self._fails(failed):
            raise RuntimeError(f"{failed} fails, and nothing is broken")
        return failed


# Code put in the place of code

State = dict[str, Any]  # of a module: name -> (code, defaults, keyword defaults), or a constant


def _executed(module: ModuleType, code: CodeType) -> State:
    """The state of a module of this code."""
    copy = ModuleType(module.__name__)
    copy.__file__, copy.__package__ = module.__file__, module.__package__
    exec(code, copy.__dict__)
    return _state(copy)


def _function(value: Any) -> Any:
    """The function itself, under a decorator such as lru_cache."""
    return getattr(value, "__wrapped__", value)


def _state(module: ModuleType) -> State:
    state: State = {}
    for name, value in vars(module).items():
        function = _function(value)
        if isinstance(function, FunctionType) and function.__module__ == module.__name__:
            state[name] = function.__code__, function.__defaults__, function.__kwdefaults__
        elif isinstance(value, int | float):
            state[name] = value
    return state


def _install(module: ModuleType, state: State) -> None:
    """Every function of the module gets the code of that state, and every constant its value."""
    for name, kept in state.items():
        if isinstance(kept, tuple) and isinstance(kept[0], CodeType):
            value = getattr(module, name)
            function = _function(value)
            function.__code__, function.__defaults__, function.__kwdefaults__ = kept
            if hasattr(value, "cache_clear"):
                value.cache_clear()
        else:
            setattr(module, name, kept)

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


class Plan(NamedTuple):
    """What workers need to know: where the tests lie, and which modules are to be broken."""

    root: Path  # the folder with pyproject.toml, from which everything is imported
    tests: tuple[str, ...]  # folders and files
    modules: tuple[str, ...]  # dotted names


class Crew:
    """Some workers, to be used in a `with`. Raises RuntimeError where a test fails unbroken code."""

    def __init__(self, plan: Plan, size: int) -> None:
        self.plan, self.size = plan, size

    def __enter__(self) -> "Crew":
        self._everyone = [Worker(self.plan) for _ in range(self.size)]
        self._idle: SimpleQueue[Worker] = SimpleQueue()
        try:
            start = time.monotonic()
            self._reach: Reach = self._everyone[0].asked(None, limit=600)
            self._limit = 20 + 5 * (time.monotonic() - start)
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
        tests = self._reach.get(place, [])
        worker = self._idle.get()
        try:
            failed = worker.asked((mutant.module, mutant.source, tests), self._limit)
        except (EOFError, TimeoutError):
            worker.replace()
            return True
        finally:
            self._idle.put(worker)
        if failed:  # it goes first from now on: what notices one slip notices the next
            self._reach[place] = [failed, *(test for test in tests if test != failed)]
        return bool(failed)


class Worker:
    """One process: asked None, it answers with what its tests reach; asked (module, source,
    tests), with the first of the tests that fails where that source stands in the module's place,
    or ''.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self.plan), daemon=True)
        self._process.start()
        theirs.close()

    def asked(self, question: Any, limit: float) -> Any:
        """The answer.  Raises TimeoutError after `limit` seconds, EOFError if the process died."""
        try:
            self._pipe.send(question)
            if not self._pipe.poll(limit):
                raise TimeoutError
            answer = self._pipe.recv()
        except ConnectionError:
            raise EOFError from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def stop(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()

    def replace(self) -> None:
        self.stop()
        self._start()


# Inside the process


def _serve(pipe: Connection, plan: Plan) -> None:
    """Collect the tests, then answer until the pipe is closed."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    os.chdir(plan.root)
    sys.path.insert(0, str(plan.root))
    arguments = [*plan.tests, "-q", "-m", "not frameworks", "--tb=no", "--capture=no"]
    arguments += ["-o", "addopts=", "-p", "no:cacheprovider", "-p", "no:terminalreporter"]
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        code = pytest.main(arguments, plugins=[Answers(pipe, plan)])
    if code:
        pipe.send(RuntimeError(f"pytest could not collect {plan.tests}: {code}"))


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
        _settle_hypothesis()  # once pytest has loaded it, and before the tests are

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed |= report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = {item.nodeid: item for item in session.items}
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
        """What each test reaches, the quickest tests first; "" stands for anything in the module.

        Raises RuntimeError if a test fails.
        """
        modules = [importlib.import_module(name) for name in self.plan.modules]
        names = {module.__file__: module.__name__ for module in modules}
        reached: set[tuple[str, str]] = set()

        def entered(frame: Any, event: str, arg: Any) -> None:
            name = names.get(frame.f_code.co_filename)
            if event == "call" and name:
                reached.update(((name, frame.f_code.co_name), (name, "")))

        reach: Reach = {}
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
                raise RuntimeError(f"{nodeid} fails before anything is broken")
            for place in reached:
                reach.setdefault(place, []).append(nodeid)
        return {place: sorted(tests, key=seconds.get) for place, tests in reach.items()}

    def _noticed(self, name: str, source: str, tests: Sequence[str]) -> str:
        module = importlib.import_module(name)
        old = _state(module)
        _install(module, _executed(module, source))
        try:
            return next(filter(self._fails, tests), "")
        finally:
            _install(module, old)


# Code put in the place of code

State = dict[str, Any]  # of a module: name -> (code, defaults, keyword defaults), or a constant


def _executed(module: ModuleType, source: str) -> State:
    """The state of a module of this source."""
    copy = ModuleType(module.__name__)
    copy.__file__, copy.__package__ = module.__file__, module.__package__
    exec(compile(source, module.__file__, "exec"), copy.__dict__)
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

"""Take turns fairly: each candidate in a process of its own, one thread, least CPU time.

A busy machine can only add to the time of a turn, so the least of many turns is what the work
itself takes; and because the candidates take turns within one run, their ratios hold even where
the machine's speed drifts. CPU time is that of all a process's threads together. Memory is the
most that a process had resident beyond what it had once its data and its model were ready.
"""

import multiprocessing
import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from math import inf, isnan, nan
from multiprocessing.connection import Connection
from typing import NamedTuple

__all__ = ["DETECTED", "Result", "Workload", "measure", "process_memory"]

DETECTED = "detected"  # the BLAS kernel that OpenBLAS takes when it is not told one
ONE_THREAD = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "NPROC",  # JAX's thread pools
    "TORCHINDUCTOR_COMPILE_THREADS",
)
WARM_UP_TURNS = 3  # they make buffers, trace, compile and warm caches
START_SECONDS, TURN_SECONDS = 600, 300  # longer than that, and a candidate counts as missing


class Result(NamedTuple):
    """The least CPU seconds and the most MiB, or why there are none."""

    seconds: float = nan
    mebibytes: float = nan
    missing: str = ""
    kernel: str = ""  # of NumPy's BLAS, as the process itself tells
    threads: float = nan  # CPU time over time on the clock, of that least turn

    def merged(self, other: "Result") -> "Result":
        """The better of two turns; a failure stays."""
        if self.missing or other.missing:
            return Result(missing=self.missing or other.missing)
        if isnan(self.seconds):  # ready, without a turn yet
            return other._replace(kernel=self.kernel)
        best = min(self, other, key=lambda turn: turn.seconds)
        most = max(self.mebibytes, other.mebibytes)
        return best._replace(mebibytes=most, kernel=self.kernel)


Turn = Callable[[], object]  # a turn that returns a Result has measured itself


class Workload(NamedTuple):
    """One piece of work, and the candidates that do it: each prepares and returns a turn."""

    title: str
    unit: str  # what a turn is divided into
    units: int  # how many of them a turn has
    candidates: dict[str, Callable[[], Turn]]
    ours: str
    targets: dict[str, float]  # ours / that candidate: at most
    again: tuple[str, ...] = ()  # who takes turns on the second BLAS kernel as well
    most_seconds: float = inf  # a unit of ours, in CPU time
    most_mebibytes: float = inf  # ours, beyond its data
    most_rounds: int = 1000  # fewer turns, for work that takes long and varies little


def measure(
    module: str, workload: Workload, rounds: int, kernels: list[str]
) -> dict[str, dict[str, Result]]:
    """Let the candidates of the workload in `module` take `rounds` turns each, one by one.

    kernels: OPENBLAS_CORETYPE for all of them, then for those in `again` once more; 'detected'
    leaves it unset. Returns the results by kernel and candidate, for a unit of the work.
    """
    first, *others = kernels
    seats = [(first, name) for name in workload.candidates]
    seats += [(kernel, name) for kernel in others for name in workload.again]
    taken = {}
    try:
        for kernel, name in seats:
            with one_thread_on(kernel):
                taken[kernel, name] = Seat(module, name)
        for _ in range(min(rounds, workload.most_rounds)):
            for seat in taken.values():
                seat.take_turn()
    finally:
        for seat in taken.values():
            seat.leave()
    found: dict[str, dict[str, Result]] = {kernel: {} for kernel in kernels}
    for (kernel, name), seat in taken.items():
        found[kernel][name] = seat.best._replace(seconds=seat.best.seconds / workload.units)
    return found


@contextmanager
def one_thread_on(kernel: str) -> Iterator[None]:
    """The environment that a candidate's process inherits."""
    before = dict(os.environ)
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    if kernel == DETECTED:
        for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
            os.environ.pop(variable, None)
    else:
        os.environ["OPENBLAS_CORETYPE"] = kernel
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class Seat:
    """A candidate in its process, and the best it has done so far."""

    def __init__(self, module: str, name: str) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(module, name, theirs), daemon=True)
        self.process.start()
        theirs.close()
        self.best = self.answer(START_SECONDS)

    def take_turn(self) -> None:
        """One more turn, unless a turn has failed."""
        if not self.best.missing:
            with suppress(
                OSError
            ):  # a process that has ended says so when it is asked for its answer
                self.pipe.send("go")
            self.best = self.best.merged(self.answer(TURN_SECONDS))

    def answer(self, seconds: float) -> Result:
        """What the process says, or what its silence says."""
        try:
            if self.pipe.poll(seconds):
                return self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            return Result(missing=f"its process ended with exit code {self.process.exitcode}")
        self.process.kill()
        return Result(missing=f"no answer in {seconds:g} s")

    def leave(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.join()


def serve(module: str, name: str, pipe: Connection) -> None:
    """Prepare one candidate, then take a turn whenever asked and tell what it took."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):  # libraries greet and warn; what matters comes through the pipe
        os.dup2(nowhere, stream)
    try:
        turn = import_module(module).WORKLOAD.candidates[name]()
        kernel = blas_kernel()
        forget_peak()
        before = process_memory()
        for _ in range(WARM_UP_TURNS):
            turn()
        pipe.send(Result(kernel=kernel))
        while pipe.recv() == "go":
            cpu, clock = time.process_time(), time.perf_counter()
            result = turn()
            cpu, clock = time.process_time() - cpu, time.perf_counter() - clock
            result = result if isinstance(result, Result) else Result(cpu)
            if isnan(result.mebibytes):
                result = result._replace(mebibytes=process_memory() - before)
            pipe.send(result._replace(threads=cpu / clock))
    except ModuleNotFoundError as error:
        pipe.send(Result(missing=f"not installed: {error.name}"))
    except Exception as error:
        said = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
        pipe.send(Result(missing=f"{type(error).__name__}: {said}"[:200]))


def forget_peak() -> None:
    """Let the peak be what is resident now, where the system can; before, it may have been more."""
    with suppress(OSError), open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def process_memory() -> float:
    """The most MiB this process has had resident; NaN where the system does not tell.

    Not getrusage where it can be avoided: on Linux its peak begins with that of the parent.
    """
    with suppress(OSError, StopIteration), open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 2**10
    try:
        import resource
    except ImportError:  # Windows
        return nan
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if platform.system() == "Darwin" else 2**10)


def blas_kernel() -> str:
    """The kernel of the BLAS that NumPy computes with here, as threadpoolctl tells it."""
    import numpy  # noqa: F401  (loads the BLAS that is asked for below)
    from threadpoolctl import threadpool_info

    found = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    numpys = [pool for pool in found if "numpy" in pool["filepath"]] or found
    return numpys[0].get("architecture", numpys[0]["internal_api"]) if numpys else "unknown BLAS"

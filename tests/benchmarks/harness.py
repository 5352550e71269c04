"""Take turns fairly: each candidate in a process of its own, one BLAS thread, least CPU time.

A busy machine can only add to the time of a turn, so the least of many turns is what the work
itself takes; and because the candidates take turns within one run, their ratios hold even where
the machine's speed drifts. Memory is the most that a process had resident beyond what it had
once its data were ready.
"""

import multiprocessing
import os
import platform
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import NamedTuple

__all__ = ["Result", "Workload", "describe_machine", "measure"]

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
Turn = Callable[[], None]


class Workload(NamedTuple):
    """One piece of work, and the candidates that do it: each prepares and returns a turn."""

    title: str
    unit: str  # what a turn is divided into
    units: int  # how many of them a turn has
    candidates: dict[str, Callable[[], Turn]]
    ours: str
    targets: dict[str, float]  # ours / that candidate: at most


class Result(NamedTuple):
    """The least CPU seconds of a unit and the peak memory in MiB, or why there are none."""

    seconds: float = float("nan")
    mebibytes: float = float("nan")
    missing: str = ""


def serve(module: str, name: str, pipe: Connection) -> None:
    """Prepare one candidate, then take a turn whenever asked and tell its CPU seconds."""
    from importlib import import_module

    try:
        turn = import_module(module).WORKLOAD.candidates[name]()
        before = peak_mebibytes()
        turn()  # the first one makes buffers and warms caches
    except ImportError as missing:
        pipe.send(f"not installed: {missing.name or missing}")
        return
    pipe.send("")
    while pipe.recv() == "go":
        start = time.process_time()
        turn()
        pipe.send((time.process_time() - start, peak_mebibytes() - before))


def peak_mebibytes() -> float:
    """The most memory this process has had resident so far; NaN where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if platform.system() == "Darwin" else 2**10)


def measure(module: str, workload: Workload, rounds: int) -> dict[str, Result]:
    """Let all candidates of the workload in `module` take `rounds` turns each, one by one."""
    for variable in ONE_THREAD:  # before the candidates' processes start
        os.environ[variable] = "1"
    context = multiprocessing.get_context("spawn")
    pipes: dict[str, Connection] = {}
    results: dict[str, Result] = {}
    for name in workload.candidates:
        pipe, theirs = context.Pipe()
        context.Process(target=serve, args=(module, name, theirs), daemon=True).start()
        theirs.close()
        try:
            missing = pipe.recv()
        except EOFError:
            missing = "failed to start"
        results[name] = Result(missing=missing)
        if not missing:
            pipes[name] = pipe
    turns: dict[str, list[tuple[float, float]]] = {name: [] for name in pipes}
    for _ in range(rounds):
        for name, pipe in pipes.items():
            pipe.send("go")
            turns[name].append(pipe.recv())
    for name, pipe in pipes.items():
        pipe.send("stop")
        seconds, mebibytes = min(t for t, _ in turns[name]), max(m for _, m in turns[name])
        results[name] = Result(seconds / workload.units, mebibytes)
    return results


def describe_machine() -> str:
    """Processor, Python, NumPy and BLAS kernel: what the figures hold for."""
    import numpy as np
    from threadpoolctl import threadpool_info

    blas = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    kernels = ", ".join(f"{b['internal_api']} {b['version']} {b['architecture']}" for b in blas)
    return (
        f"{processor()}, Python {platform.python_version()}, NumPy {np.__version__}, "
        f"{kernels}, one thread"
    )


def processor() -> str:
    """The processor's name where the system tells it, else its architecture."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":")[1].strip() for line in file if line[:10] == "model name")
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()

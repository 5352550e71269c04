"""How long a training step takes, next to PyTorch's: `python -m tests.benchmarks.training_step`.

Each candidate lives in a process of its own, with one BLAS thread, and they take turns, an
epoch each, many times over. What counts is the least CPU time of a turn: a busy machine can
only add to it. Compare ratios; the microseconds are this machine's.
"""

import argparse
import multiprocessing
import os
import platform
import time
from multiprocessing.connection import Connection

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def serve(name: str, pipe: Connection) -> None:
    """Prepare one candidate, then run an epoch whenever asked and tell its CPU seconds."""
    from tests.benchmarks.candidates import CANDIDATES

    try:
        epoch = CANDIDATES[name]()
        epoch()  # the first one makes buffers and warms caches
    except ImportError as missing:
        pipe.send(f"not installed ({missing.name})")
        return
    pipe.send("ready")
    while pipe.recv() == "go":
        start = time.process_time()
        epoch()
        pipe.send(time.process_time() - start)


def measure(names: list[str], rounds: int) -> dict[str, float | str]:
    """The least CPU seconds of an epoch for each candidate, or why there are none."""
    context = multiprocessing.get_context("spawn")
    pipes: dict[str, Connection] = {}
    results: dict[str, float | str] = {}
    for name in names:
        pipes[name], theirs = context.Pipe()
        context.Process(target=serve, args=(name, theirs), daemon=True).start()
        results[name] = pipes[name].recv()
    ready = [name for name in names if results[name] == "ready"]
    turns: dict[str, list[float]] = {name: [] for name in ready}
    for _ in range(rounds):
        for name in ready:
            pipes[name].send("go")
            turns[name].append(pipes[name].recv())
    for name in ready:
        pipes[name].send("stop")
    return results | {name: min(turns[name]) for name in ready}


def describe_machine() -> str:
    """Processor, Python, NumPy and BLAS kernel: what the figures hold for."""
    import numpy as np
    from threadpoolctl import threadpool_info

    blas = [i for i in threadpool_info() if i["user_api"] == "blas"]
    kernel = ", ".join(f"{i['internal_api']} {i['version']} {i['architecture']}" for i in blas)
    return (
        f"{platform.machine()} {platform.processor()}, Python {platform.python_version()}, "
        f"NumPy {np.__version__}, {kernel}, one thread"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="turns of each candidate")
    rounds = parser.parse_args().rounds
    for variable in ONE_THREAD:  # before the candidates' processes start
        os.environ[variable] = "1"
    from tests.benchmarks.candidates import BATCH, CANDIDATES, EXAMPLES

    results = measure(list(CANDIDATES), rounds)
    print(describe_machine())
    print("784-128-64-10, batch 32, float32, SGD; least CPU time of a step\n")
    print(f"{'':24}{'µs':>8}{'/ GEMMs':>10}{'/ torch':>10}")
    torch, gemm = results["PyTorch, fastest eager"], results["GEMMs alone"]
    for name, seconds in results.items():
        if isinstance(seconds, str):
            print(f"{name:24}{seconds}")
            continue
        against = f"{seconds / torch:10.2f}" if isinstance(torch, float) else f"{'':>10}"
        print(f"{name:24}{seconds / (EXAMPLES // BATCH) * 1e6:8.0f}{seconds / gemm:10.2f}{against}")


if __name__ == "__main__":
    main()

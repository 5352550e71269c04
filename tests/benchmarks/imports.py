"""What an import costs: each time in a fresh Python, whose files the disk cache holds."""

import subprocess
import sys
from functools import partial

from tests.benchmarks.harness import Result, Turn, Workload

TIMED = """
import time
start = time.process_time()
import {module}
print(time.process_time() - start)
from tests.benchmarks.harness import process_memory
print(process_memory())
"""


def importing(module: str) -> Turn:
    """A Python that imports this module, and the CPU seconds and memory it tells."""

    def turn() -> Result:
        run = subprocess.run(
            [sys.executable, "-c", TIMED.format(module=module)], capture_output=True, text=True
        )
        if run.returncode:
            reason = run.stderr.strip().splitlines()[-1]
            raise ModuleNotFoundError(reason, name=module)
        return Result(*map(float, run.stdout.split()[-2:]))

    return turn


WORKLOAD = Workload(
    title="import",
    unit="import",
    units=1,
    candidates={
        "dlcore.nn": partial(importing, "dlcore.nn"),
        "NumPy": partial(importing, "numpy"),
        "scikit-learn's MLPClassifier": partial(importing, "sklearn.neural_network"),
        "JAX": partial(importing, "jax"),
        "PyTorch": partial(importing, "torch"),
        "TensorFlow": partial(importing, "tensorflow"),
    },
    ours="dlcore.nn",
    targets={},
    most_seconds=0.20,
    most_rounds=10,
)

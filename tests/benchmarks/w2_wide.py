"""W2: a wide network in large batches, where the matrix products are nearly all of the work."""

from functools import partial

from tests.benchmarks import dense, dense_frameworks
from tests.benchmarks.harness import Workload

NET = dense.Net(sizes=(784, 1024, 1024, 10), batch=256, examples=2560)

WORKLOAD = Workload(
    title="W2  784-1024-1024-10, batch 256, float32, SGD",
    unit="step",
    units=NET.steps,
    candidates={
        "dlcore Sequential.fit": partial(dense.dlcore_fit, NET),
        "the GEMMs alone": partial(dense.gemms, NET),
        "PyTorch, fastest eager": partial(dense_frameworks.torch_fastest, NET),
        "Keras fit on TensorFlow": partial(dense_frameworks.keras_fit, NET, "tensorflow"),
        "Keras fit on JAX": partial(dense_frameworks.keras_fit, NET, "jax"),
        "JAX, lax.scan": partial(dense_frameworks.jax_scan, NET),
    },
    ours="dlcore Sequential.fit",
    targets={"the GEMMs alone": 1.10},
    again=("dlcore Sequential.fit", "the GEMMs alone", "PyTorch, fastest eager"),
)

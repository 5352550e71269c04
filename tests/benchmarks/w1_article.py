"""W1: the article's network, through the public `Sequential.fit`, against everybody."""

from functools import partial

from tests.benchmarks import dense, dense_frameworks
from tests.benchmarks.harness import Workload

NET = dense.Net(sizes=(784, 128, 64, 10), batch=32, examples=4000)

WORKLOAD = Workload(
    title="W1  784-128-64-10, batch 32, float32, SGD",
    unit="step",
    units=NET.steps,
    candidates={
        "dlcore Sequential.fit": partial(dense.dlcore_fit, NET),
        "the GEMMs alone": partial(dense.gemms, NET),
        "PyTorch, fastest eager": partial(dense_frameworks.torch_fastest, NET),
        "PyTorch, torch.compile": partial(dense_frameworks.torch_fastest, NET, compiled=True),
        "PyTorch, optim.SGD": partial(dense_frameworks.torch_usual, NET),
        "Keras fit on TensorFlow": partial(dense_frameworks.keras_fit, NET, "tensorflow"),
        "Keras on TensorFlow, a later epoch": partial(
            dense_frameworks.keras_fit, NET, "tensorflow", later=True
        ),
        "Keras fit on JAX": partial(dense_frameworks.keras_fit, NET, "jax"),
        "Keras on JAX, a later epoch": partial(dense_frameworks.keras_fit, NET, "jax", later=True),
        "JAX, lax.scan": partial(dense_frameworks.jax_scan, NET),
        "scikit-learn": partial(dense.scikit_learn, NET),
        "HIPS autograd": partial(dense.hips_autograd, NET),
    },
    ours="dlcore Sequential.fit",
    targets={
        "the GEMMs alone": 1.40,
        "PyTorch, fastest eager": 0.65,
        "Keras fit on TensorFlow": 0.22,
    },
    again=("dlcore Sequential.fit", "the GEMMs alone", "PyTorch, fastest eager"),
    most_mebibytes=40,
)

"""W1: the article's network, through the public `Sequential.fit`, against everybody."""

from functools import partial

from tests.benchmarks import dense
from tests.benchmarks.harness import Workload

NET = dense.Net(sizes=(784, 128, 64, 10), batch=32, examples=4000)

WORKLOAD = Workload(
    title="W1  784-128-64-10, batch 32, float32, SGD",
    unit="step",
    units=NET.steps,
    candidates={
        "dlcore Sequential.fit": partial(dense.dlcore_fit, NET),
        "the GEMMs alone": partial(dense.gemms, NET),
        "PyTorch, fastest eager": partial(dense.torch_fastest, NET),
        "PyTorch, optim.SGD": partial(dense.torch_usual, NET),
        "scikit-learn": partial(dense.scikit_learn, NET),
        "HIPS autograd": partial(dense.hips_autograd, NET),
    },
    ours="dlcore Sequential.fit",
    targets={"PyTorch, fastest eager": 0.75},
)

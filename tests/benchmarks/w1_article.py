"""W1: the article's network, 784-128-64-10, batches of 32, plain SGD, float32.

Each candidate is a function that prepares everything and returns `epoch()`, which trains for
one epoch on the same random pixels.
"""

import itertools
from collections.abc import Callable

import numpy as np

from tests.benchmarks.harness import Workload

EXAMPLES, BATCH, RATE = 4000, 32, 0.01
SIZES = (784, 128, 64, 10)

Epoch = Callable[[], None]


def data() -> tuple[np.ndarray, np.ndarray]:
    """Random pixels and labels: the time of a step does not depend on what they show."""
    rng = np.random.default_rng(0)
    return rng.random((EXAMPLES, SIZES[0]), dtype=np.float32), rng.integers(0, 10, EXAMPLES)


def dlcore_fit() -> Epoch:
    """The public call: Sequential.fit with accuracy and history, a new shuffle each epoch."""
    from dlcore import nn

    x, y = data()
    model = nn.Sequential(
        [
            nn.layers.Dense(128, activation="relu", input_shape=(784,)),
            nn.layers.Dense(64, activation="relu"),
            nn.layers.Dense(10, activation="softmax"),
        ],
        seed=0,
    )
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return lambda: model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0)


def gemms() -> Epoch:
    """The eight matrix products of a step and nothing else: what no NumPy code can beat."""
    rng = np.random.default_rng(0)
    a = [rng.random((BATCH, size), dtype=np.float32) for size in SIZES]
    W = [rng.random(shape, dtype=np.float32) for shape in itertools.pairwise(SIZES)]
    dW = [np.empty_like(w) for w in W]
    da = [np.empty_like(v) for v in a]

    def step() -> None:
        for i, w in enumerate(W):
            np.matmul(a[i], w, out=da[i + 1])
        for i in (2, 1, 0):
            np.matmul(a[i].T, a[i + 1], out=dW[i])
            if i:
                np.matmul(a[i + 1], W[i].T, out=da[i])

    return lambda: [step() for _ in range(EXAMPLES // BATCH)] and None


def _torch_parameters():
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    parameters = []
    for inputs, units in itertools.pairwise(SIZES):
        W = torch.empty(units, inputs)
        torch.nn.init.xavier_uniform_(W)
        parameters += [W.requires_grad_(), torch.zeros(units, requires_grad=True)]
    return parameters


def torch_fastest() -> Epoch:
    """PyTorch's fastest eager loop: sliced data, autograd.grad, one fused update; no metrics."""
    import torch
    from torch.nn import functional as F

    x, y = map(torch.from_numpy, data())
    parameters = _torch_parameters()
    W1, b1, W2, b2, W3, b3 = parameters

    def epoch() -> None:
        order = torch.randperm(EXAMPLES)
        for start in range(0, EXAMPLES, BATCH):
            rows = order[start : start + BATCH]
            h = torch.relu(F.linear(x[rows], W1, b1))
            h = torch.relu(F.linear(h, W2, b2))
            loss = F.cross_entropy(F.linear(h, W3, b3), y[rows])
            grads = torch.autograd.grad(loss, parameters)
            with torch.no_grad():
                torch._foreach_add_(parameters, grads, alpha=-RATE)

    return epoch


def torch_usual() -> Epoch:
    """PyTorch as its tutorials write it: nn.Sequential, backward, optim.SGD; no metrics."""
    import torch

    x, y = map(torch.from_numpy, data())
    torch.set_num_threads(1)
    model = torch.nn.Sequential(
        torch.nn.Linear(784, 128),
        torch.nn.ReLU(),
        torch.nn.Linear(128, 64),
        torch.nn.ReLU(),
        torch.nn.Linear(64, 10),
    )
    criterion = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)

    def epoch() -> None:
        order = torch.randperm(EXAMPLES)
        for start in range(0, EXAMPLES, BATCH):
            rows = order[start : start + BATCH]
            optimizer.zero_grad()
            criterion(model(x[rows]), y[rows]).backward()
            optimizer.step()

    return epoch


def scikit_learn() -> Epoch:
    """MLPClassifier.fit, an epoch at a time, with plain SGD."""
    import warnings

    from sklearn.neural_network import MLPClassifier

    x, y = data()
    warnings.simplefilter("ignore")  # it warns that one epoch is not enough
    model = MLPClassifier(
        SIZES[1:-1],
        solver="sgd",
        momentum=0.0,
        nesterovs_momentum=False,
        alpha=0.0,
        learning_rate_init=RATE,
        batch_size=BATCH,
        max_iter=1,
        warm_start=True,
    )
    return lambda: model.fit(x, y) and None


def hips_autograd() -> Epoch:
    """HIPS autograd: the loss written in its NumPy, its gradient from its tape."""
    import autograd.numpy as anp
    from autograd import grad

    x, y = data()
    rng = np.random.default_rng(0)
    parameters = []
    for inputs, units in itertools.pairwise(SIZES):
        W = rng.normal(0, 0.05, (inputs, units)).astype(np.float32)
        parameters.append([W, np.zeros(units, np.float32)])

    def loss(parameters, x, y):
        a = x
        for W, b in parameters[:-1]:
            a = anp.maximum(anp.dot(a, W) + b, 0)
        z = anp.dot(a, parameters[-1][0]) + parameters[-1][1]
        z = z - anp.max(z, axis=1, keepdims=True)
        log_sum = anp.log(anp.sum(anp.exp(z), axis=1))
        return anp.mean(log_sum - z[anp.arange(len(y)), y])

    gradient = grad(loss)

    def epoch() -> None:
        order = rng.permutation(EXAMPLES)
        for start in range(0, EXAMPLES, BATCH):
            rows = order[start : start + BATCH]
            for pair, gradients in zip(
                parameters, gradient(parameters, x[rows], y[rows]), strict=True
            ):
                for parameter, g in zip(pair, gradients, strict=True):
                    parameter -= RATE * g

    return epoch


WORKLOAD = Workload(
    title="W1  784-128-64-10, batch 32, float32, SGD",
    unit="step",
    units=EXAMPLES // BATCH,
    candidates={
        "dlcore Sequential.fit": dlcore_fit,
        "the GEMMs alone": gemms,
        "PyTorch, fastest eager": torch_fastest,
        "PyTorch, optim.SGD": torch_usual,
        "scikit-learn": scikit_learn,
        "HIPS autograd": hips_autograd,
    },
    ours="dlcore Sequential.fit",
    targets={"PyTorch, fastest eager": 0.75},
)

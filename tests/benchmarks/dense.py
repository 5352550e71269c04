"""Training a stack of dense layers with plain SGD in float32, by different means.

Each candidate is given the network's sizes and prepares everything; the `epoch()` it returns
trains for one epoch on the same random pixels.
"""

import itertools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

RATE = 0.01

Epoch = Callable[[], object]


class Net(NamedTuple):
    """A network by its layer sizes, inputs first, and how it is fed."""

    sizes: tuple[int, ...]
    batch: int
    examples: int

    @property
    def steps(self) -> int:
        """Updates in an epoch."""
        return self.examples // self.batch


def data(net: Net) -> tuple[np.ndarray, np.ndarray]:
    """Random pixels and labels: the time of a step does not depend on what they show."""
    rng = np.random.default_rng(0)
    return rng.random((net.examples, net.sizes[0]), dtype=np.float32), rng.integers(
        0, net.sizes[-1], net.examples
    )


def dlcore_fit(net: Net) -> Epoch:
    """The public call: Sequential.fit with accuracy and history, a new shuffle each epoch."""
    from dlcore import nn

    x, y = data(net)
    model = nn.Sequential(
        [
            nn.Input((net.sizes[0],)),
            *(nn.layers.Dense(units, activation="relu") for units in net.sizes[1:-1]),
            nn.layers.Dense(net.sizes[-1], activation="softmax"),
        ],
        seed=0,
    )
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return lambda: model.fit(x, y, batch_size=net.batch, epochs=1, verbose=0)


def dlcore_tape(net: Net) -> Epoch:
    """The general tape: the loss as a function, its gradient by `value_and_grad`."""
    from dlcore import descent, tensor
    from dlcore.nn.initializers import GlorotUniform

    x, y = data(net)
    rng = np.random.default_rng(0)
    params = [
        (GlorotUniform()(shape, rng=rng), np.zeros(shape[1], np.float32))
        for shape in itertools.pairwise(net.sizes)
    ]

    def loss(params, x, y):
        for W, b in params[:-1]:
            x = tensor.relu(tensor.affine(x, W, b))
        losses = tensor.softmax_cross_entropy(tensor.affine(x, *params[-1]), y)
        return losses.sum() * (RATE / len(y))  # η in the loss, as `fit` has it: one pass less

    gradient = tensor.value_and_grad(loss)

    def step(rows: np.ndarray) -> None:  # its gradients are gone before the next are made
        _, gradients = gradient(params, np.take(x, rows, 0), y[rows])
        for pair, found in zip(params, gradients, strict=True):
            for p, g in zip(pair, found, strict=True):
                descent.gradient_descent(p, g, 1.0, out=p)

    def epoch() -> None:
        order = rng.permutation(net.examples)
        for start in range(0, net.examples, net.batch):
            step(order[start : start + net.batch])

    return epoch


def gemms(net: Net) -> Epoch:
    """The eight matrix products of a step and nothing else: what no NumPy code can beat."""
    rng = np.random.default_rng(0)
    a = [rng.random((net.batch, size), dtype=np.float32) for size in net.sizes]
    W = [rng.random(shape, dtype=np.float32) for shape in itertools.pairwise(net.sizes)]
    dW = [np.empty_like(w) for w in W]
    da = [np.empty_like(v) for v in a]

    def step() -> None:
        for i, w in enumerate(W):
            np.matmul(a[i], w, out=da[i + 1])
        for i in (2, 1, 0):
            np.matmul(a[i].T, a[i + 1], out=dW[i])
            if i:
                np.matmul(a[i + 1], W[i].T, out=da[i])

    return lambda: [step() for _ in range(net.steps)]


def scikit_learn(net: Net) -> Epoch:
    """MLPClassifier.fit, an epoch at a time, with plain SGD."""
    import warnings

    from sklearn.neural_network import MLPClassifier

    x, y = data(net)
    warnings.simplefilter("ignore")  # it warns that one epoch is not enough
    model = MLPClassifier(
        net.sizes[1:-1],
        solver="sgd",
        momentum=0.0,
        nesterovs_momentum=False,
        alpha=0.0,
        learning_rate_init=RATE,
        batch_size=net.batch,
        max_iter=1,
        warm_start=True,
    )
    return lambda: model.fit(x, y)


def hips_autograd(net: Net) -> Epoch:
    """HIPS autograd: the loss written in its NumPy, its gradient from its tape."""
    import autograd.numpy as anp
    from autograd import grad

    x, y = data(net)
    rng = np.random.default_rng(0)
    parameters = []
    for inputs, units in itertools.pairwise(net.sizes):
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
        order = rng.permutation(net.examples)
        for start in range(0, net.examples, net.batch):
            rows = order[start : start + net.batch]
            for pair, gradients in zip(
                parameters, gradient(parameters, x[rows], y[rows]), strict=True
            ):
                for parameter, g in zip(pair, gradients, strict=True):
                    parameter -= RATE * g

    return epoch

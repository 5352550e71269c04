"""The stack of dense layers of `dense.py`, in PyTorch, Keras and JAX."""

import itertools
import os
import time
from functools import partial

import numpy as np

from tests.benchmarks.dense import RATE, Epoch, Net, data
from tests.benchmarks.harness import Result

# --- PyTorch ------------------------------------------------------------------------------------


def torch_fastest(net: Net, *, compiled: bool = False) -> Epoch:
    """PyTorch's fastest loop: sliced data, autograd.grad, one fused update; no metrics.

    Eager, or with the loss (and so its derivative) in torch.compile.
    """
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(1)
    torch.manual_seed(0)
    x, y = map(torch.from_numpy, data(net))
    parameters = []
    for inputs, units in itertools.pairwise(net.sizes):
        W = torch.empty(units, inputs)
        torch.nn.init.xavier_uniform_(W)
        parameters += [W.requires_grad_(), torch.zeros(units, requires_grad=True)]

    def loss(x, y, W1, b1, W2, b2, W3, b3):
        h = torch.relu(F.linear(x, W1, b1))
        h = torch.relu(F.linear(h, W2, b2))
        return F.cross_entropy(F.linear(h, W3, b3), y)

    if compiled:
        loss = torch.compile(loss)

    def epoch() -> None:
        order = torch.randperm(net.examples)
        for start in range(0, net.examples, net.batch):
            rows = order[start : start + net.batch]
            grads = torch.autograd.grad(loss(x[rows], y[rows], *parameters), parameters)
            with torch.no_grad():
                torch._foreach_add_(parameters, grads, alpha=-RATE)

    return epoch


def torch_usual(net: Net) -> Epoch:
    """PyTorch as its tutorials write it: nn.Sequential, backward, optim.SGD; no metrics."""
    import torch

    x, y = map(torch.from_numpy, data(net))
    torch.set_num_threads(1)
    layers = [
        m
        for pair in itertools.pairwise(net.sizes)
        for m in (torch.nn.Linear(*pair), torch.nn.ReLU())
    ]
    model = torch.nn.Sequential(*layers[:-1])
    criterion = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)

    def epoch() -> None:
        order = torch.randperm(net.examples)
        for start in range(0, net.examples, net.batch):
            rows = order[start : start + net.batch]
            optimizer.zero_grad()
            criterion(model(x[rows]), y[rows]).backward()
            optimizer.step()

    return epoch


# --- Keras --------------------------------------------------------------------------------------


def keras_fit(net: Net, backend: str, *, later: bool = False) -> Epoch:
    """Keras's public call, as ours: fit with accuracy and history, a new shuffle each epoch.

    With later=True only the second epoch of a fit is timed, without what a call begins with.
    """
    os.environ["KERAS_BACKEND"] = backend
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    else:
        _jax_on_one_thread()
    import keras

    x, y = data(net)
    hidden = [keras.layers.Dense(units, activation="relu") for units in net.sizes[1:-1]]
    last = keras.layers.Dense(net.sizes[-1], activation="softmax")
    model = keras.Sequential([keras.layers.Input(net.sizes[:1]), *hidden, last])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    fit = partial(model.fit, x, y, batch_size=net.batch, verbose=0)
    if not later:
        return fit

    class Clock(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.start = time.process_time()

        def on_epoch_end(self, epoch, logs=None):
            self.seconds = time.process_time() - self.start

    clock = Clock()

    def second_epoch() -> Result:
        fit(epochs=2, callbacks=[clock])
        return Result(clock.seconds)

    return second_epoch


# --- JAX ----------------------------------------------------------------------------------------


def jax_scan(net: Net) -> Epoch:
    """JAX with a whole epoch compiled as one lax.scan over its batches; no metrics."""
    _jax_on_one_thread()
    import jax
    from jax import numpy as jnp

    rng = np.random.default_rng(0)
    x, y = map(jnp.asarray, data(net))
    glorot = jax.nn.initializers.glorot_uniform()
    keys = jax.random.split(jax.random.key(0), len(net.sizes) - 1)
    parameters = [
        (glorot(key, shape), jnp.zeros(shape[1]))
        for key, shape in zip(keys, itertools.pairwise(net.sizes), strict=True)
    ]

    def loss(parameters, x, y):
        *hidden, (W, b) = parameters
        for V, c in hidden:
            x = jax.nn.relu(x @ V + c)
        log_p = jax.nn.log_softmax(x @ W + b)
        return -jnp.take_along_axis(log_p, y[:, None], axis=1).mean()

    @jax.jit
    def train(parameters, x, y, order):
        def step(parameters, rows):
            gradients = jax.grad(loss)(parameters, x[rows], y[rows])
            return jax.tree.map(lambda w, g: w - RATE * g, parameters, gradients), None

        return jax.lax.scan(step, parameters, order)[0]

    def epoch() -> None:
        nonlocal parameters
        order = rng.permutation(net.examples).reshape(net.steps, net.batch)
        parameters = jax.block_until_ready(train(parameters, x, y, order))

    return epoch


def _jax_on_one_thread() -> None:
    os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"

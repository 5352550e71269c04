"""Gradients of whole models, and the path training takes, against other ways to get them."""

import numpy as np
import pytest

from dlcore import nn
from dlcore.derivatives import central_difference
from tests.nn.small import CLASSES, INPUTS, blobs

Dense, Activation, Flatten = nn.layers.Dense, nn.layers.Activation, nn.layers.Flatten


def architectures(last, outputs):
    """name -> layers that end in `last`; the second element is the shape of an example."""
    shape, image = (INPUTS,), (2, 2)
    return {
        "one layer": ([Dense(outputs, last)], shape),
        "relu": ([Dense(6, "relu"), Dense(outputs, last)], shape),
        "tanh, sigmoid": ([Dense(5, "tanh"), Dense(4, "sigmoid"), Dense(outputs, last)], shape),
        "inner softmax": ([Dense(5, "softmax"), Dense(outputs, last)], shape),
        "no biases": ([Dense(5, "tanh", use_bias=False), Dense(outputs, last)], shape),
        "activations apart": (
            [Dense(5), Activation("tanh"), Dense(outputs), Activation(last)],
            shape,
        ),
        "starts with an activation": ([Activation("tanh"), Dense(outputs, last)], shape),
        "flattened": ([Flatten(), Dense(5, "tanh"), Dense(outputs, last)], image),
        "along the last axis": ([Dense(3, "tanh"), Flatten(), Dense(outputs, last)], image),
        "flat at the end": ([Dense(3, "tanh"), Flatten(), Dense(outputs, last), Flatten()], image),
    }


def endings():
    """name -> (last activation, loss, targets)."""
    _, labels = blobs(7)
    rng = np.random.default_rng(3)
    rows, each = rng.dirichlet(np.ones(CLASSES), 7), rng.random((7, CLASSES))
    logits = {"from_logits": True}
    return {
        "softmax, labels": ("softmax", nn.losses.SparseCategoricalCrossentropy(), labels),
        "softmax, rows": ("softmax", nn.losses.CategoricalCrossentropy(), rows),
        "sigmoid, binary": ("sigmoid", nn.losses.BinaryCrossentropy(), each),
        "softmax, binary": ("softmax", nn.losses.BinaryCrossentropy(), each),
        "linear, squares": (None, nn.losses.MeanSquaredError(), each),
        "tanh, squares": ("tanh", nn.losses.MeanSquaredError(), each),
        "softmax, squares": ("softmax", nn.losses.MeanSquaredError(), each),
        "logits, labels": (None, nn.losses.SparseCategoricalCrossentropy(**logits), labels),
        "logits, rows": (None, nn.losses.CategoricalCrossentropy(**logits), rows),
        "logits, binary": (None, nn.losses.BinaryCrossentropy(**logits), each),
    }


ARCHITECTURES = list(architectures(None, 1))


def model_of(layers, shape, loss, x_seed=0):
    """A compiled float64 model, its x of 7 rows, and biases that are not zero."""
    model = nn.Sequential([nn.Input(shape), *layers], dtype="float64", seed=1)
    rng = np.random.default_rng(2)
    model.set_weights([w + 0.1 * rng.normal(size=w.shape) for w in model.get_weights()])
    model.compile("sgd", loss)
    return model, np.random.default_rng(x_seed).normal(size=(7, *shape))


def gradients(model, x, y, weights=None):
    """∂E/∂(every parameter) by the model's own two passes, one array per parameter."""
    step = model._step()
    model.optimizer.learning_rate = 0.0  # a step that stays where it is
    step.train(x, y, weights)
    return [g.copy() for layer in model.layers for g in layer.gradients.values()]


def numerical_gradients(model, x, y, weights=None):
    """The same by nudging each parameter; E is what evaluate says."""
    found = []
    model.evaluate(x, y)  # from now on the parameters stay where they are in memory
    for parameter in model.weights:
        kept = parameter.copy()

        def error(array, parameter=parameter):
            parameter[...] = array
            return model.evaluate(x, y, sample_weight=weights)

        found.append(central_difference(error, kept))
        parameter[...] = kept
    return found


def assert_gradients_agree(model, x, y, weights=None):
    for ours, near in zip(
        gradients(model, x, y, weights), numerical_gradients(model, x, y, weights), strict=True
    ):
        assert np.abs(near).max() > 1e-6
        np.testing.assert_allclose(ours, near, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("ending", endings())
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_gradients_equal_central_differences_for_every_model_and_loss(architecture, ending):
    last, loss, y = endings()[ending]
    layers, shape = architectures(last, CLASSES)[architecture]
    model, x = model_of(layers, shape, loss)
    assert_gradients_agree(model, x, y)


@pytest.mark.parametrize("ending", endings())
def test_gradients_with_sample_weights_equal_central_differences(ending):
    last, loss, y = endings()[ending]
    layers, shape = architectures(last, CLASSES)["tanh, sigmoid"]
    model, x = model_of(layers, shape, loss)
    weights = np.array([0, 1, 2, 0.5, 3, 1, 0.1])
    assert_gradients_agree(model, x, y, weights)


@pytest.mark.parametrize("regularizer", ["l1", "l2", nn.regularizers.L1L2(0.03, 0.2)])
@pytest.mark.parametrize("weighted", [False, True])
def test_gradients_with_regularisers_equal_central_differences(regularizer, weighted):
    layers = [
        Dense(5, "tanh", kernel_regularizer=regularizer, bias_regularizer="l2"),
        Dense(4, "tanh"),
        Dense(CLASSES, "softmax", bias_regularizer=regularizer),
    ]
    model, x = model_of(layers, (INPUTS,), nn.losses.SparseCategoricalCrossentropy())
    # the penalty is added once, whatever the rows' weights
    assert_gradients_agree(model, x, blobs(7)[1], np.arange(7.0) if weighted else None)


@pytest.mark.parametrize("ending", ["softmax, labels", "linear, squares"])
@pytest.mark.parametrize("frozen", [(0,), (1,), (2,), (0, 1), (1, 2), (0, 2)])
def test_gradients_above_and_below_frozen_layers_are_right(frozen, ending):
    last, loss, y = endings()[ending]
    model, x = model_of([Dense(5, "tanh"), Dense(4, "tanh"), Dense(CLASSES, last)], (INPUTS,), loss)
    for i in frozen:
        model.layers[i].trainable = False
    near = numerical_gradients(model, x, y)
    gradients(model, x, y)
    learning = [i for i in range(3) if i not in frozen]
    for i in learning:
        kernel, bias = (model.layers[i].gradients[name] for name in ("kernel", "bias"))
        np.testing.assert_allclose(kernel, near[2 * i], rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(bias, near[2 * i + 1], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_gradients_do_not_depend_on_what_went_through_before(architecture):
    last, loss, y = endings()["softmax, labels"]
    layers, shape = architectures(last, CLASSES)[architecture]
    model, x = model_of(layers, shape, loss)
    first = gradients(model, x, y)
    model.predict(np.random.default_rng(9).normal(size=(300, *shape)))
    gradients(model, x[:2], y[:2])
    for before, after in zip(first, gradients(model, x, y), strict=True):
        np.testing.assert_allclose(after, before, rtol=1e-13, atol=1e-16)


# --- the same network, written out here once more -----------------------------------------------


class PlainNetwork:
    """ReLU layers and a softmax, in the plainest float64 NumPy; shares nothing with dlcore."""

    def __init__(self, weights):
        self.weights = [w.astype(np.float64) for w in weights]

    def step(self, x, y, rate):
        """One update; returns the loss and the number of right answers before it."""
        W, b, a = self.weights[0::2], self.weights[1::2], [x]
        for i in range(len(W)):
            z = a[-1] @ W[i] + b[i]
            a.append(np.where(z > 0, z, 0) if i < len(W) - 1 else z)
        e = np.exp(z - z.max(axis=1)[:, None])
        p = e / e.sum(axis=1)[:, None]
        loss = -np.log(p[range(len(y)), y]).mean()
        delta = (p - np.eye(p.shape[1])[y]) / len(y)
        for i in reversed(range(len(W))):
            dW, db = np.einsum("ni,no->io", a[i], delta), np.einsum("no->o", delta)
            delta = np.einsum("no,io->ni", delta, W[i]) * (a[i] > 0)
            self.weights[2 * i], self.weights[2 * i + 1] = W[i] - rate * dW, b[i] - rate * db
        return loss, (p.argmax(axis=1) == y).sum()


class BatchLosses(nn.callbacks.Callback):
    """The running mean of the loss after every batch."""

    def __init__(self):
        self.means, self.accuracies = [], []

    def on_train_batch_end(self, batch, logs=None):
        self.means.append(logs["loss"])
        self.accuracies.append(logs["accuracy"])


def test_the_articles_network_takes_the_path_of_an_independent_float64_loop():
    rng = np.random.default_rng(0)
    n, batch, epochs, rate = 1640, 32, 2, 0.05  # 51 batches and one of 8 rows, twice
    labels = rng.integers(0, 10, n)
    x = np.abs(rng.normal(size=(10, 784)))[labels] * 0.5 + rng.random((n, 784)) * 0.5
    model = nn.Sequential(
        [
            Dense(128, "relu", input_shape=(784,)),
            Dense(64, "relu"),
            Dense(10, "softmax"),
        ],
        dtype="float64",
        seed=4,
    )
    model.compile(nn.optimizers.SGD(rate), "sparse_categorical_crossentropy", ["accuracy"])
    plain, seen = PlainNetwork(model.get_weights()), BatchLosses()
    model.fit(x, labels, batch, epochs, 0, callbacks=[seen], seed=7)
    order, steps = np.random.default_rng(7), 0
    for _ in range(epochs):
        shuffled, total, right = order.permutation(n), 0.0, 0
        for start in range(0, n, batch):
            rows = shuffled[start : start + batch]
            loss, correct = plain.step(x[rows], labels[rows], rate)
            total, right = total + loss * len(rows), right + correct
            done = start + len(rows)
            assert seen.means[steps] == pytest.approx(total / done, abs=1e-10)
            assert seen.accuracies[steps] == pytest.approx(right / done, abs=1e-12)
            steps += 1
    assert steps == len(seen.means) == 104
    for ours, theirs in zip(model.get_weights(), plain.weights, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-10)
    assert seen.means[-1] < 0.5 * seen.means[0]


def test_every_single_step_has_the_loss_of_the_independent_loop():
    rng = np.random.default_rng(1)
    x, labels = rng.normal(size=(32, 20)), rng.integers(0, 4, 32)
    model = nn.Sequential(
        [Dense(16, "relu", input_shape=(20,)), Dense(8, "relu"), Dense(4, "softmax")],
        dtype="float64",
        seed=0,
    )
    model.compile(nn.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    plain = PlainNetwork(model.get_weights())
    for _ in range(120):
        assert model.train_on_batch(x, labels) == pytest.approx(
            plain.step(x, labels, 0.1)[0], abs=1e-10
        )


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum_over_a_fit_is_kerass_formula_written_out(nesterov):
    x, y = blobs(10, dtype=np.float64)
    model = nn.Sequential([Dense(CLASSES, input_shape=(INPUTS,))], dtype="float64", seed=0)
    model.compile(nn.optimizers.SGD(0.05, 0.9, nesterov), "mse")
    targets = np.eye(CLASSES)[y]
    W, b = model.get_weights()
    vW, vb = np.zeros_like(W), np.zeros_like(b)
    model.fit(x, targets, 10, epochs=20, verbose=0, shuffle=False)
    for _ in range(20):
        d = 2 * (x @ W + b - targets) / targets.size
        dW, db = x.T @ d, d.sum(axis=0)
        vW, vb = 0.9 * vW - 0.05 * dW, 0.9 * vb - 0.05 * db
        if nesterov:
            W, b = W + 0.9 * vW - 0.05 * dW, b + 0.9 * vb - 0.05 * db
        else:
            W, b = W + vW, b + vb
    np.testing.assert_allclose(model.get_weights()[0], W, rtol=1e-11)
    np.testing.assert_allclose(model.get_weights()[1], b, rtol=1e-11)

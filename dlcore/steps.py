"""The four steps of learning, as four functions.

Forward: carry the input through the layers and keep every value on the way.
Error: say with one number how wrong the prediction is.
Backward: carry the derivative of that number back through the layers.
Update: move every weight a little against its derivative.

A network is a list of (W, b) pairs, one per layer, and nothing else. Every function returns
new arrays and leaves what it is given alone. Rows are examples: x is (n, inputs), W is
(inputs, outputs), b is (outputs,). Numbers are float64 (complex input stays complex, so that
the derivatives can be tested by a complex step).

The derivatives stand here in full, on purpose: they are what chapter 3 teaches. The library
that trains fast takes its derivatives from `dlcore.rules`.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from dlcore import checks

__all__ = ["Cache", "backward", "error", "forward", "init", "softmax", "train", "update"]

Array = np.ndarray
Params = list[tuple[Array, Array]]  # one (W, b) per layer
Grads = list[tuple[Array, Array]]  # one (dW, db) per layer, shaped like the params


class Cache(NamedTuple):
    """What the forward pass keeps for the way back."""

    z: list[Array]  # weighted sums, one (n, units) per layer
    a: list[Array]  # activations; a[0] is the input, so there is one more of them than of z
    activations: tuple[str, ...]

    @property
    def prediction(self) -> Array:
        """The last layer's activation, ŷ: (n, outputs)."""
        return self.a[-1]


class Activation(NamedTuple):
    """A function and its derivative with respect to z, both entry by entry."""

    f: Callable[[Array], Array]
    derivative: Callable[[Array, Array], Array]  # from (z, a), so that a = f(z) is not redone


def _sigmoid(z: Array) -> Array:
    # 1 / (1 + e^-z), written so that no e^-z can overflow
    return 0.5 * (1 + np.tanh(0.5 * z))


ACTIVATIONS = {
    "sigmoid": Activation(_sigmoid, lambda z, a: a * (1 - a)),
    "tanh": Activation(np.tanh, lambda z, a: 1 - a * a),
    "relu": Activation(lambda z: np.where(z.real > 0, z, 0), lambda z, a: (z.real > 0) * 1.0),
    "identity": Activation(lambda z: z, lambda z, a: np.ones_like(z)),
}

LOSSES = ("squared_error", "softmax_cross_entropy")


def init(sizes: Sequence[int], seed: int | np.random.Generator = 0) -> Params:
    """Small random weights for a network of these layer sizes, biases zero.

    sizes: inputs, then the units of each layer, e.g. (784, 128, 64, 10). Weights are uniform in
    ±sqrt(6 / (inputs + units)) (Glorot & Bengio 2010, eq. 16).

    Raises ValueError for fewer than two sizes or a size below one.
    """
    sizes = [checks.integer("sizes", size, least=1) for size in sizes]
    if len(sizes) < 2:
        raise ValueError(f"sizes must be two or more, inputs first; got {sizes}.")
    rng = np.random.default_rng(seed)
    params = []
    for inputs, units in pairwise(sizes):
        limit = np.sqrt(6 / (inputs + units))
        params.append((rng.uniform(-limit, limit, (inputs, units)), np.zeros(units)))
    return params


# --- step 1 ---------------------------------------------------------------------------------


def forward(params: Params, x: Array, activations: Sequence[str] | str = "sigmoid") -> Cache:
    """Step 1: z = a W + b and a = f(z), layer after layer; returns every z and every a.

    x: (n, inputs). activations: one of 'sigmoid', 'tanh', 'relu', 'identity' for each layer, or
    one name for all of them. The prediction is `cache.a[-1]`, also called `cache.prediction`.

    Raises ValueError for shapes that do not fit, for NaN or infinity in x, for an unknown name.
    """
    params, names = _checked_params(params), _checked_names(activations, len(params))
    zs, activated = [], [_checked_rows("x", x, params[0][0].shape[0])]
    for (W, b), name in zip(params, names, strict=True):
        zs.append(activated[-1] @ W + b)
        activated.append(ACTIVATIONS[name].f(zs[-1]))
    return Cache(zs, activated, names)


# --- step 2 ---------------------------------------------------------------------------------


def error(prediction: Array, y: Array, loss: str = "squared_error") -> float:
    """Step 2: how wrong the prediction is, as one number; the mean over the rows.

    'squared_error' is ½‖ŷ - y‖² per row: prediction and y are (n, outputs).
    'softmax_cross_entropy' takes the prediction as logits (n, classes), and y as integer labels
    (n,) or as one row of probabilities per example (n, classes): -Σ y log softmax(ŷ) per row.

    Raises ValueError for shapes or labels that do not fit and for an unknown loss.
    """
    prediction, y = _checked_pair(prediction, y, loss)
    if loss == "squared_error":
        per_row = 0.5 * ((prediction - y) ** 2).sum(axis=1)
    else:
        per_row = -(y * _log_softmax(prediction)).sum(axis=1)
    return per_row.mean().item()


def softmax(logits: Array) -> Array:
    """Positive numbers that add up to one along each row: e^z / Σ e^z.  (n, k) -> (n, k)."""
    return np.exp(_log_softmax(np.asarray(logits)))


def _log_softmax(logits: Array) -> Array:
    # shifting a row by a constant changes nothing, and with its maximum at 0 no exp overflows
    shifted = logits - logits.real.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


# --- step 3 ---------------------------------------------------------------------------------


def backward(params: Params, cache: Cache, y: Array, loss: str = "squared_error") -> Grads:
    """Step 3: the derivative of the error with respect to every weight and bias.

    Takes what `forward` returned and the same y and loss as `error`. Returns one (dW, db) per
    layer, each shaped like its (W, b). Equations BP1 to BP4 of chapter 3 (Nielsen 2015, ch. 2).

    Raises ValueError if params, cache and y do not belong together.
    """
    params = _checked_params(params)
    widths = [a.shape[1] for a in cache.a]
    if [W.shape for W, _ in params] != list(pairwise(widths)):
        raise ValueError(f"params must be those forward was called with, of layer sizes {widths}.")
    delta = _output_error(cache, y, loss)
    grads = []
    for layer in reversed(range(len(params))):
        # summed over the rows, not averaged: the mean's 1/n is already inside delta
        grads.append((cache.a[layer].T @ delta, delta.sum(axis=0)))
        if layer > 0:
            W = params[layer][0]
            delta = (delta @ W.T) * _slope(cache, layer - 1)
    return grads[::-1]


def _output_error(cache: Cache, y: Array, loss: str) -> Array:
    """δ = ∂E/∂z of the last layer, (n, outputs)."""
    prediction, y = _checked_pair(cache.prediction, y, loss)
    p = prediction if loss == "squared_error" else softmax(prediction)
    return (p - y) / len(y) * _slope(cache, -1)


def _slope(cache: Cache, layer: int) -> Array:
    """f'(z) of one layer, (n, units)."""
    derivative = ACTIVATIONS[cache.activations[layer]].derivative
    return derivative(cache.z[layer], cache.a[1:][layer])


# --- step 4 ---------------------------------------------------------------------------------


def update(params: Params, grads: Grads, learning_rate: float) -> Params:
    """Step 4: W - η dW and b - η db for every layer, as new arrays.

    Raises ValueError if the gradients are not shaped like the params or η is not a finite number.
    """
    params = _checked_params(params)
    rate = checks.number("learning_rate", learning_rate)
    if len(grads) != len(params):
        raise ValueError(f"grads must have {len(params)} (dW, db) pairs; got {len(grads)}.")
    for layer, (param, grad) in enumerate(zip(params, grads, strict=True)):
        have, want = [np.shape(g) for g in grad], [p.shape for p in param]
        if have != want:
            raise ValueError(f"grads[{layer}] must have shapes {want}; got {have}.")
    return [(W - rate * dW, b - rate * db) for (W, b), (dW, db) in zip(params, grads, strict=True)]


# --- all four -------------------------------------------------------------------------------


def train(
    params: Params,
    x: Array,
    y: Array,
    activations: Sequence[str] | str = "sigmoid",
    *,
    learning_rate: float = 0.5,
    epochs: int = 1,
    batch_size: int | None = None,
    loss: str = "squared_error",
    rng: int | np.random.Generator = 0,
) -> tuple[Params, list[float]]:
    """All four steps, over and over: returns the new params and the errors on the way.

    An epoch visits every row once, in a new random order, batch_size rows at a time (all rows at
    once, in their own order, by default). errors[k] is the error on all of x after k epochs, so
    errors[0] stands before any update and there are epochs + 1 of them.

    Raises ValueError for bad arguments and FloatingPointError when the error is no longer finite.
    """
    x, y = checks.array("x", x), checks.array("y", y)
    n = len(_checked_rows("x", x, _checked_params(params)[0][0].shape[0]))
    size = n if batch_size is None else batch_size
    checks.integer("epochs", epochs, least=1)
    checks.integer("batch_size", size, least=1, most=n)
    rng = np.random.default_rng(rng)
    errors = [error(forward(params, x, activations).prediction, y, loss)]
    for epoch in range(1, epochs + 1):
        order = np.arange(n) if size == n else rng.permutation(n)
        with np.errstate(over="ignore", invalid="ignore"):  # told below, in plainer words
            for rows in np.split(order, range(size, n, size)):
                cache = forward(params, x[rows], activations)
                params = update(params, backward(params, cache, y[rows], loss), learning_rate)
            errors.append(error(forward(params, x, activations).prediction, y, loss))
        if not np.isfinite(errors[-1]):
            raise FloatingPointError(
                f"the error is no longer finite in epoch {epoch}: learning_rate="
                f"{learning_rate:g} is too large for this network; try a tenth of it."
            )
    return params, errors


# --- what the functions insist on -----------------------------------------------------------


def _checked_params(params: Params) -> Params:
    if not isinstance(params, list | tuple) or not params:
        raise ValueError(f"params must be a list of (W, b) pairs; got {params!r}.")
    checked: Params = []
    for layer, pair in enumerate(params):
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise ValueError(f"params[{layer}] must be a pair (W, b); got {type(pair).__name__}.")
        W, b = (_real_or_complex(f"params[{layer}]", array) for array in pair)
        inputs = checked[-1][0].shape[1] if checked else W.shape[0] if W.ndim else 0
        if W.ndim != 2 or W.shape[0] != inputs or b.shape != W.shape[1:]:
            raise ValueError(
                f"params[{layer}] must be W of shape ({inputs}, units) and b of shape (units,); "
                f"got {W.shape} and {b.shape}."
            )
        checked.append((W, b))
    return checked


def _checked_names(activations: Sequence[str] | str, layers: int) -> tuple[str, ...]:
    names = (activations,) * layers if isinstance(activations, str) else tuple(activations)
    if len(names) != layers:
        raise ValueError(f"activations must be {layers} names, one per layer; got {list(names)}.")
    return tuple(checks.choice("activations", name, ACTIVATIONS) for name in names)


def _checked_rows(name: str, array: Array, columns: int, n: int | None = None) -> Array:
    array = _real_or_complex(name, array)
    fits = array.ndim == 2 and array.shape[1] == columns and n in (None, len(array))
    if not fits:
        rows = "n" if n is None else n
        raise ValueError(f"{name} must have shape ({rows}, {columns}); got {array.shape}.")
    return checks.finite(name, _some_rows(name, array))


def _some_rows(name: str, array: Array) -> Array:
    if not len(array):
        raise ValueError(f"{name} must have at least one row; got shape {array.shape}.")
    return array


def _checked_pair(prediction: Array, y: Array, loss: str) -> tuple[Array, Array]:
    """The prediction and y as two arrays of one shape (n, outputs)."""
    checks.choice("loss", loss, LOSSES)
    prediction = _real_or_complex("prediction", prediction)
    if prediction.ndim != 2:
        raise ValueError(f"prediction must have shape (n, outputs); got {prediction.shape}.")
    n, outputs = _some_rows("prediction", prediction).shape
    if loss == "squared_error":
        return prediction, _checked_rows("y", y, outputs, n)
    if checks.array("y", y).ndim == 1:
        y = np.eye(outputs)[checks.labels("y", y, n, outputs)]
    return prediction, checks.distributions("y", _checked_rows("y", y, outputs, n))


def _real_or_complex(name: str, array: Array) -> Array:
    array = checks.array(name, array)
    return checks.numbers(name, array, np.complex128 if np.iscomplexobj(array) else np.float64)

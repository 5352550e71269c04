"""Losses: one number per row, and their derivatives.

Every loss here maps (n, k) outputs and their targets to (n,) numbers. The derivative takes
`weight`, which is ∂E/∂(row's loss): 1/n for a plain mean, or (n, 1) numbers for a weighted one.
Folding it in here costs nothing, and no later layer needs to think of 1/n again.
"""

from functools import lru_cache

import numpy as np

from dlcore.rules.activations import moderate, sigmoid, softmax
from dlcore.rules.reductions import row_sums

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_vjp",
    "cross_entropy",
    "cross_entropy_vjp",
    "sigmoid_cross_entropy",
    "sigmoid_cross_entropy_vjp",
    "softmax_cross_entropy",
    "softmax_cross_entropy_vjp",
    "squared_error",
    "squared_error_vjp",
]

Array = np.ndarray
Weight = float | Array

EPSILON = 1e-7  # how near 0 or 1 a probability may count when its logarithm is taken (Keras's)


def softmax_cross_entropy(logits: Array, y: Array, *, label_smoothing: float = 0.0) -> Array:
    """-log softmax(logits)[label].  logits: (n, k); y: labels (n,) or probabilities (n, k)."""
    if label_smoothing:
        y = _smoothed(y, logits, label_smoothing)
    if y.ndim == 1 and moderate(logits):  # half the time for 2048 rows of 64, and never below 0
        e = np.exp(logits)
        return np.log(row_sums(e).ravel() / e[np.arange(len(y)), y])
    columns = logits.T.copy()  # in C order: sums down columns are 5 times as fast as along rows
    shifted = np.subtract(columns, np.maximum.reduce(columns), out=columns)
    log_sum = np.log(np.add.reduce(np.exp(shifted)))
    if y.ndim == 1:
        return log_sum - shifted[y, np.arange(len(y))]
    return log_sum * y.sum(axis=1) - (y.T * shifted).sum(axis=0)


def softmax_cross_entropy_vjp(
    logits: Array,
    y: Array,
    weight: Weight,
    *,
    label_smoothing: float = 0.0,
    out: Array | None = None,
) -> Array:
    """weight · (p - y), where p = softmax(logits), and y is smoothed first.  -> (n, k)."""
    if label_smoothing:
        y = _smoothed(y, logits, label_smoothing)
    if y.ndim == 1 and isinstance(logits, np.ndarray):  # in place, which no tape can record
        d = softmax(logits, out=out)
        at = _row_starts(*d.shape) + y  # flat places: half the time of d[rows, y] -= 1
        d.put(at, d.take(at) - 1)
    else:
        if y.ndim == 1:
            y = _rows(y, logits)
        # rows of y that do not add up to 1 scale their p
        d = np.subtract(softmax(logits) * y.sum(axis=1, keepdims=True), y, out=out)
    return np.multiply(d, weight, out=d if isinstance(d, np.ndarray) else None)


@lru_cache(maxsize=16)
def _row_starts(n: int, k: int) -> Array:
    return np.arange(0, n * k, k)


def _smoothed(y: Array, logits: Array, label_smoothing: float) -> Array:
    """(1 - s) y + s / k: nothing is quite certain (Szegedy et al. 2016; Keras's formula)."""
    rows = _rows(y, logits) if y.ndim == 1 else y
    return rows * (1 - label_smoothing) + label_smoothing / logits.shape[1]


def _rows(y: Array, logits: Array) -> Array:
    """Labels (n,) as rows (n, k) with a single 1."""
    return np.eye(logits.shape[1], dtype=logits.dtype)[y]


def cross_entropy(p: Array, y: Array) -> Array:
    """-log p[label] from probabilities (n, k), clipped away from 0; y as for softmax."""
    p = np.clip(p, EPSILON, 1 - EPSILON)
    if y.ndim == 1:
        return -np.log(p[np.arange(len(y)), y])
    return -(y * np.log(p)).sum(axis=1)


def cross_entropy_vjp(p: Array, y: Array, weight: Weight, *, out: Array | None = None) -> Array:
    """weight · (-y / p), and 0 where p was clipped.  -> (n, k)."""
    target = _rows(y, p) if y.ndim == 1 else y
    inside = (p > EPSILON) & (p < 1 - EPSILON)
    d = np.divide(-target, p, out=np.zeros_like(p), where=inside)
    return np.multiply(d, weight, out=out)


def sigmoid_cross_entropy(logits: Array, y: Array) -> Array:
    """-(y log p + (1-y) log(1-p)) with p = sigmoid(logits), mean over the k outputs; y: (n, k)."""
    # max(z,0) - z y + log(1 + e^-|z|): the same number, and no exp can overflow
    per_output = np.maximum(logits, 0) - logits * y + np.log1p(np.exp(-np.abs(logits)))
    return per_output.mean(axis=1)


def sigmoid_cross_entropy_vjp(
    logits: Array, y: Array, weight: Weight, *, out: Array | None = None
) -> Array:
    """weight · (p - y) / k.  -> (n, k)."""
    d = np.subtract(sigmoid(logits, out=out), y, out=out)
    return np.multiply(d, weight / logits.shape[1], out=out)


def binary_cross_entropy(p: Array, y: Array) -> Array:
    """-(y log p + (1-y) log(1-p)) from probabilities clipped to 0 < p < 1, mean over k."""
    p = np.clip(p, EPSILON, 1 - EPSILON)
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean(axis=1)


def binary_cross_entropy_vjp(
    p: Array, y: Array, weight: Weight, *, out: Array | None = None
) -> Array:
    """weight · (p - y) / (p (1 - p) k), and 0 where p was clipped.  -> (n, k)."""
    inside = (p > EPSILON) & (p < 1 - EPSILON)
    d = np.divide(p - y, p * (1 - p), out=np.zeros_like(p), where=inside)
    return np.multiply(d, weight / p.shape[1], out=out)


def squared_error(prediction: Array, y: Array) -> Array:
    """The mean of (ŷ - y)² over the k outputs: Keras's, without the ½ of dlcore.steps."""
    return np.square(prediction - y).mean(axis=1)


def squared_error_vjp(
    prediction: Array, y: Array, weight: Weight, *, out: Array | None = None
) -> Array:
    """weight · 2 (ŷ - y) / k.  -> (n, k)."""
    d = np.subtract(prediction, y, out=out)
    return np.multiply(d, weight * (2 / prediction.shape[1]), out=out)

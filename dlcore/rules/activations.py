"""Activations: the bends between the affine maps, and their slopes.

Each derivative is written in terms of the activation a rather than of z, since a is what the
forward pass has kept. Entry by entry, except softmax, which ties the entries of a row together.
"""

import numpy as np

__all__ = [
    "relu",
    "relu_vjp",
    "sigmoid",
    "sigmoid_vjp",
    "softmax",
    "softmax_vjp",
    "tanh",
    "tanh_vjp",
]

Array = np.ndarray


def relu(z: Array, *, out: Array | None = None) -> Array:
    """max(z, 0), any shape."""
    return np.maximum(z, 0, out=out)


def relu_vjp(da: Array, a: Array, *, out: Array | None = None) -> Array:
    """da where the unit was on, 0 where it was off; at the kink z = 0 the slope is taken as 0."""
    return np.multiply(da, a > 0, out=out)


def sigmoid(z: Array, *, out: Array | None = None) -> Array:
    """1 / (1 + e^-z), any shape, in a form that cannot overflow: (1 + tanh(z/2)) / 2."""
    a = np.tanh(np.multiply(z, 0.5, out=out), out=out)
    return np.multiply(np.add(a, 1, out=out), 0.5, out=out)


def sigmoid_vjp(da: Array, a: Array, *, out: Array | None = None) -> Array:
    """da · a (1 - a)."""
    return np.multiply(da, a * (1 - a), out=out)


def tanh(z: Array, *, out: Array | None = None) -> Array:
    """The hyperbolic tangent, any shape."""
    return np.tanh(z, out=out)


def tanh_vjp(da: Array, a: Array, *, out: Array | None = None) -> Array:
    """da · (1 - a²)."""
    return np.multiply(da, 1 - a * a, out=out)


def softmax(z: Array, *, out: Array | None = None) -> Array:
    """e^z / Σ e^z along the last axis.  (..., k) -> (..., k), each row adds up to 1."""
    # shifting a row changes nothing, and with its maximum at 0 no exp can overflow
    e = np.exp(np.subtract(z, np.maximum.reduce(z, axis=-1, keepdims=True), out=out), out=out)
    return np.divide(e, np.add.reduce(e, axis=-1, keepdims=True), out=out)


def softmax_vjp(da: Array, a: Array, *, out: Array | None = None) -> Array:
    """a · (da - Σ da a), the sum along the last axis."""
    return np.multiply(a, da - np.sum(da * a, axis=-1, keepdims=True), out=out)

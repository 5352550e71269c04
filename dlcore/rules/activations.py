"""Activations: the bends between the affine maps, and their slopes.

Each derivative is written in terms of the activation a rather than of z, since a is what the
forward pass has kept; only gelu's takes z, which its a does not tell. Entry by entry, except
softmax and log_softmax, which tie the entries of a row together.
"""

import math
from functools import lru_cache

import numpy as np

from dlcore.rules.reductions import row_sums

__all__ = [
    "elu",
    "elu_vjp",
    "gelu",
    "gelu_vjp",
    "leaky_relu",
    "leaky_relu_vjp",
    "log_softmax",
    "log_softmax_vjp",
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

MODERATE = 30  # e^30 / e^-30, and a sum of many such, is far from what float32 cannot hold
SMALL = 2**15  # entries; what is quickest for arrays up to here is not for larger ones


def relu(z: Array, *, out: Array | None = None) -> Array:
    """max(z, 0), any shape."""
    # two arrays are compared eight at a time, an array and a number one by one: a third of the
    # time; clip is as quick, but takes a microsecond to begin
    if z.size > SMALL:
        return z.clip(0, np.inf, out=out)
    return np.maximum(z, _zeros(z.shape, z.dtype), out=out)


def relu_vjp(da: Array, a: Array, *, out: Array | None = None) -> Array:
    """da where the unit was on, 0 where it was off; at the kink z = 0 the slope is taken as 0."""
    on = (a > 0).astype(da.dtype)  # first, since a product of numbers and booleans is slow
    return np.multiply(da, on, out=out)


@lru_cache(maxsize=16)
def _zeros(shape: tuple[int, ...], dtype: np.dtype) -> Array:
    return np.zeros(shape, dtype)


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


def leaky_relu(z: Array, negative_slope: float = 0.2, *, out: Array | None = None) -> Array:
    """z where z > 0, elsewhere negative_slope · z, any shape; negative_slope ≥ 0."""
    return np.multiply(z, _slope(z, negative_slope), out=out)


def leaky_relu_vjp(
    da: Array, a: Array, negative_slope: float = 0.2, *, out: Array | None = None
) -> Array:
    """da, or negative_slope · da where the unit was off; the kink z = 0 counts as off."""
    return np.multiply(da, _slope(a, negative_slope), out=out)


def _slope(z: Array, negative_slope: float) -> Array:
    return np.where(z > 0, z.dtype.type(1), z.dtype.type(negative_slope))


def elu(z: Array, alpha: float = 1.0, *, out: Array | None = None) -> Array:
    """z where z > 0, elsewhere alpha (e^z - 1), any shape; alpha ≥ 0."""
    # the minimum first, or e^z would overflow where it is not wanted
    return np.add(np.maximum(z, 0), alpha * np.expm1(np.minimum(z, 0)), out=out)


def elu_vjp(da: Array, a: Array, alpha: float = 1.0, *, out: Array | None = None) -> Array:
    """da, or da · alpha e^z = da (a + alpha) where z ≤ 0."""
    return np.multiply(da, np.where(a > 0, a.dtype.type(1), a + alpha), out=out)


def gelu(z: Array, approximate: bool = False, *, out: Array | None = None) -> Array:
    """z Φ(z), where Φ(z) is the chance of a normal number below z, any shape.

    Exact to rounding; with approximate=True the formula with tanh, within 5e-4 of it
    (Hendrycks & Gimpel 2016).
    """
    return np.multiply(z, (_normal_by_tanh if approximate else _normal)(z), out=out)


def gelu_vjp(da: Array, z: Array, approximate: bool = False, *, out: Array | None = None) -> Array:
    """da · (Φ(z) + z Φ′(z)), from z; Φ′ is the normal density."""
    if approximate:
        chance = _normal_by_tanh(z)
        density = 2 * chance * (1 - chance) * (_ROOT * (1 + 3 * _CUBIC * z * z))
    else:
        chance, density = _normal(z), np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return np.multiply(da, chance + z * density, out=out)


_ROOT, _CUBIC = math.sqrt(2 / math.pi), 0.044715


def _normal_by_tanh(z: Array) -> Array:
    return (1 + np.tanh(_ROOT * (z + _CUBIC * (z * z * z)))) / 2


def _normal(z: Array) -> Array:
    # NumPy has no erf, and importing SciPy takes longer than all of dlcore. erfc rather than
    # 1 + erf, which has no digits left below z = -6. It takes 60 ns an entry, tanh 1 ns.
    turned = (z / -math.sqrt(2)).ravel().tolist()
    return np.fromiter(map(math.erfc, turned), z.dtype, z.size).reshape(z.shape) / 2


def softmax(z: Array, axis: int = -1, *, out: Array | None = None) -> Array:
    """e^z / Σ e^z along an axis, the last by default, which then adds up to 1.  Any shape.

    An entry of -∞ gets 0; where all of them are -∞ there is no answer, and NaN stands there.
    """
    if z.size > SMALL and axis == -1 and moderate(z):
        e = np.exp(z, out=out)  # 130 µs instead of 270 for 2048 rows of 64
        return np.multiply(e, 1 / row_sums(e), out=out)
    # shifting a row changes nothing, and with its maximum at 0 no exp can overflow
    e = np.exp(np.subtract(z, np.maximum.reduce(z, axis=axis, keepdims=True), out=out), out=out)
    return np.divide(e, np.add.reduce(e, axis=axis, keepdims=True), out=out)


def moderate(z: Array) -> bool:
    """Whether e^z is safe as it is, and its sums: found sooner than the maximum of each row."""
    return z.size > 0 and bool(z.min() > -MODERATE and z.max() < MODERATE)


def softmax_vjp(
    da: Array,
    a: Array,
    axis: int = -1,
    *,
    total: Array | None = None,
    out: Array | None = None,
) -> Array:
    """a · (da - Σ da a), the sum along the axis; total: that sum, where it is known already."""
    if total is None:
        total = np.sum(da * a, axis=axis, keepdims=True)
    return np.multiply(a, np.subtract(da, total, out=out), out=out)


def log_softmax(z: Array, axis: int = -1, *, out: Array | None = None) -> Array:
    """z - log Σ e^z along an axis: the logarithm of softmax, finite where softmax is 0."""
    shifted = np.subtract(z, np.maximum.reduce(z, axis=axis, keepdims=True), out=out)
    return np.subtract(shifted, np.log(np.exp(shifted).sum(axis=axis, keepdims=True)), out=out)


def log_softmax_vjp(da: Array, a: Array, axis: int = -1, *, out: Array | None = None) -> Array:
    """da - e^a Σ da, the sum along the axis."""
    return np.subtract(da, np.exp(a) * da.sum(axis=axis, keepdims=True), out=out)

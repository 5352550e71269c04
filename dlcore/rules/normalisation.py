"""Normalisation: numbers brought to mean 0 and variance 1, then scaled and moved as learnt.

layer_norm looks along the last axis, at one example; batch_norm looks along all the others, at
one feature over the batch. The variance is the mean of squares (divided by n, not n - 1), and
epsilon = 1e-3 is added to it, as in Keras 3. A constant input becomes 0, not NaN.
"""

from typing import NamedTuple

import numpy as np

from dlcore.rules.reductions import ones
from dlcore.rules.shaping import unbroadcast

__all__ = [
    "Normalised",
    "batch_norm",
    "batch_norm_given",
    "batch_norm_given_vjp",
    "batch_norm_vjp",
    "layer_norm",
    "layer_norm_vjp",
]

Array = np.ndarray
Triple = tuple[Array, Array, Array]

EPSILON = 1e-3  # Keras 3's


class Normalised(NamedTuple):
    """What the way back needs: x̂ = (x - mean) · scale, and the scale 1 / √(variance + ε).

    For batch_norm mean and variance are (c,), ready for a moving average.
    """

    x: Array
    scale: Array
    mean: Array
    variance: Array


def layer_norm(
    x: Array,
    gamma: Array,
    beta: Array,
    epsilon: float = EPSILON,
    *,
    out: tuple[Array | None, Array | None] = (None, None),
) -> tuple[Array, Normalised]:
    """γ x̂ + β, normalised along the last axis.  x: (..., c), γ and β: (c,) -> z (..., c), kept.

    out: room for z and for the kept x̂.
    """
    share = _share(x)  # means as products: 70 µs less for 2048 rows of 64 than x.mean(axis=-1)
    mean = (x @ share)[..., np.newaxis]
    centred = np.subtract(x, mean, out=out[1])  # squared after that: E x² - (E x)² would cancel
    variance = (np.square(centred, out=out[0]) @ share)[..., np.newaxis]
    scale = 1 / np.sqrt(variance + epsilon)
    normalised = np.multiply(centred, scale, out=out[1])
    z = np.add(np.multiply(gamma, normalised, out=out[0]), beta, out=out[0])
    return z, Normalised(normalised, scale, mean, variance)


def layer_norm_vjp(
    d: Array,
    kept: Normalised,
    gamma: Array,
    *,
    out: tuple[Array | None, Array | None] = (None, None),
) -> Triple:
    """-> dx, dγ, dβ, from what layer_norm kept; the mean and variance depend on x too.

    out: room for dx, which may be d itself, and an array like it to work in.
    """
    dgamma, stretched = _sums(np.multiply(d, kept.x, out=out[1]), gamma)
    dbeta, moved = _sums(d, gamma)
    # d γ is what x̂ receives; less the part that moves the mean, and the variance
    dx = np.multiply(d, gamma, out=out[0])
    dx -= moved
    dx -= np.multiply(kept.x, stretched, out=out[1])
    dx *= kept.scale
    return dx, dgamma, dbeta


def _sums(d: Array, gamma: Array) -> tuple[Array, Array]:
    """d summed over the rows, and the mean of γ d along them."""
    rows = d.reshape(-1, d.shape[-1])
    along = d @ (gamma / d.shape[-1])
    return ones(len(rows), d.dtype) @ rows, along[..., np.newaxis]


def _share(x: Array) -> Array:
    return ones(x.shape[-1], x.dtype) / x.shape[-1]


def batch_norm(
    x: Array, gamma: Array, beta: Array, epsilon: float = EPSILON
) -> tuple[Array, Normalised]:
    """γ x̂ + β with the batch's own mean and variance: training.  x: (..., c) -> z, kept."""
    axes = tuple(range(x.ndim - 1))
    mean = x.mean(axis=axes)
    centred = x - mean  # squared after that, as above
    variance = np.square(centred).mean(axis=axes)
    scale = 1 / np.sqrt(variance + epsilon)
    kept = Normalised(centred * scale, scale, mean, variance)
    return gamma * kept.x + beta, kept


def batch_norm_vjp(d: Array, kept: Normalised, gamma: Array) -> Triple:
    """-> dx, dγ, dβ, from what batch_norm kept; every example moves every other's x̂."""
    axes = tuple(range(d.ndim - 1))
    g = d * gamma  # what x̂ receives; less the part that moves the mean, and the variance
    dx = kept.scale * (g - g.mean(axis=axes) - kept.x * (g * kept.x).mean(axis=axes))
    return dx, *_scale_and_offset_vjp(d, kept.x, gamma)


def batch_norm_given(
    x: Array,
    gamma: Array,
    beta: Array,
    mean: Array,
    variance: Array,
    epsilon: float = EPSILON,
) -> Array:
    """γ x̂ + β with a mean and variance (c,) from elsewhere, which are constants: inference."""
    return gamma * ((x - mean) / np.sqrt(variance + epsilon)) + beta


def batch_norm_given_vjp(
    d: Array,
    x: Array,
    gamma: Array,
    mean: Array,
    variance: Array,
    epsilon: float = EPSILON,
) -> Triple:
    """-> dx = d γ / √(variance + ε), dγ = Σ d x̂, dβ = Σ d: every example for itself."""
    scale = 1 / np.sqrt(variance + epsilon)
    dgamma, dbeta = _scale_and_offset_vjp(d, (x - mean) * scale, gamma)
    return d * (gamma * scale), dgamma, dbeta


def _scale_and_offset_vjp(d: Array, x: Array, gamma: Array) -> tuple[Array, Array]:
    return unbroadcast(d * x, gamma.shape), unbroadcast(d, gamma.shape)

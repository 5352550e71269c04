"""Attention: every query takes a weighted mean of the values, weighted by the keys it fits."""

import math
from functools import lru_cache

import numpy as np

from dlcore.rules.activations import moderate, softmax_vjp
from dlcore.rules.products import matmul, matmul_vjp
from dlcore.rules.reductions import row_sums

__all__ = ["scaled_dot_product_attention", "scaled_dot_product_attention_vjp"]

Array = np.ndarray


def scaled_dot_product_attention(
    q: Array,
    k: Array,
    v: Array,
    causal: bool = False,
    mask: Array | None = None,
    keep: Array | None = None,
    *,
    out: tuple[Array | None, Array | None] = (None, None),
) -> tuple[Array, Array]:
    """softmax(q kᵀ / √d) v, and the weights.  (Vaswani et al. 2017.)

    q: (..., t, d), k: (..., s, d), v: (..., s, e) -> z (..., t, e), weights (..., t, s).
    causal: query i sees keys 0..i only. mask: booleans (..., t, s), True where it may look. A
    query that may look nowhere gets weights 0 and z = 0. keep: factors (..., t, s) for the
    weights on their way to the values, for dropout. Raises ValueError for shapes that do not fit.
    """
    _check_shapes(q, k, v)
    # q is divided, not the scores, of which there may be many more
    scores = matmul(q / math.sqrt(q.shape[-1]), k.swapaxes(-1, -2), out=out[1])
    weights = _softmax_of_allowed(scores, _allowed(scores.shape, causal, mask))
    return matmul(weights if keep is None else weights * keep, v, out=out[0]), weights


def scaled_dot_product_attention_vjp(
    d: Array,
    q: Array,
    k: Array,
    v: Array,
    weights: Array,
    keep: Array | None = None,
    *,
    z: Array | None = None,
    out: tuple[Array | None, Array | None, Array | None] = (None, None, None),
    room: Array | None = None,
) -> tuple[Array, Array, Array]:
    """-> dq, dk, dv, from the weights; a masked place has weight 0 and so sends nothing back.

    z: the result, which shortens the way, if it is at hand. room: an array like the weights.
    """
    used = weights if keep is None else weights * keep
    dweights, dv = matmul_vjp(d, used, v, out=(room, out[2]))
    if keep is not None:
        dweights = np.multiply(dweights, keep, out=dweights)
    # Σ dweights · weights over the keys is Σ d · z over the features, which are fewer
    total = None if z is None else row_sums(d * z)
    dscores = softmax_vjp(dweights, weights, total=total, out=dweights)
    scale = 1 / math.sqrt(q.shape[-1])
    back = None if out[1] is None else out[1].swapaxes(-1, -2)
    dq, dkT = matmul_vjp(dscores, q * scale, k.swapaxes(-1, -2), out=(out[0], back))
    return np.multiply(dq, scale, out=dq), dkT.swapaxes(-1, -2), dv


def _allowed(shape: tuple[int, ...], causal: bool, mask: Array | None) -> Array | None:
    """True where a query may look, in a shape that broadcasts to (..., t, s); None: anywhere."""
    if mask is not None:
        if mask.dtype != bool:
            raise TypeError(f"mask must hold booleans; got dtype {mask.dtype}.")
        try:
            np.broadcast_to(mask, shape)
        except ValueError:
            raise ValueError(
                f"mask must have the scores' shape {shape}, or broadcast to it; got {mask.shape}."
            ) from None
    if not causal:
        return mask
    earlier = _earlier(*shape[-2:])
    return earlier if mask is None else earlier & mask


@lru_cache(maxsize=16)
def _earlier(t: int, s: int) -> Array:
    return np.tri(t, s, dtype=bool)


def _softmax_of_allowed(scores: Array, allowed: Array | None) -> Array:
    """The softmax along the last axis of the allowed places, 0 elsewhere; in the same memory."""
    # exp is safe without the usual shift by each row's maximum where all scores are moderate:
    # finding 8192 maxima of 64 takes 570 µs, the least and the largest of all 40
    if moderate(scores):
        e = np.exp(scores, out=scores)
        if allowed is not None:
            np.multiply(e, allowed.astype(e.dtype), out=e)
    else:
        if allowed is not None:
            np.copyto(scores, -np.inf, where=~allowed)
        least = np.finfo(scores.dtype).min  # for rows of -∞, since -∞ less -∞ would be NaN
        top = scores.max(axis=-1, keepdims=True, initial=least)
        e = np.exp(np.subtract(scores, top, out=scores), out=scores)
    total = row_sums(e)
    total[total == 0] = 1
    return np.multiply(e, 1 / total, out=e)


def _check_shapes(q: Array, k: Array, v: Array) -> None:
    for name, array in (("q", q), ("k", k), ("v", v)):
        if array.ndim < 2:
            raise ValueError(f"{name} must have shape (..., time, features); got {array.shape}.")
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(f"q and k must have as many features; got {q.shape} and {k.shape}.")
    if k.shape[-2] != v.shape[-2]:
        raise ValueError(f"k and v must be equally long; got {k.shape} and {v.shape}.")

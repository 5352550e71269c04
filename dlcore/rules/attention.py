"""Attention: every query takes a weighted mean of the values, weighted by the keys it fits."""

import math

import numpy as np

from dlcore.rules.activations import softmax_vjp
from dlcore.rules.products import matmul, matmul_vjp

__all__ = ["scaled_dot_product_attention", "scaled_dot_product_attention_vjp"]

Array = np.ndarray


def scaled_dot_product_attention(
    q: Array, k: Array, v: Array, causal: bool = False, mask: Array | None = None
) -> tuple[Array, Array]:
    """softmax(q kᵀ / √d) v, and the weights.  (Vaswani et al. 2017.)

    q: (..., t, d), k: (..., s, d), v: (..., s, e) -> z (..., t, e), weights (..., t, s).
    causal: query i sees keys 0..i only. mask: booleans (..., t, s), True where it may look. A
    query that may look nowhere gets weights 0 and z = 0. Raises ValueError for shapes that do
    not fit.
    """
    _check_shapes(q, k, v)
    scores = matmul(q, k.swapaxes(-1, -2)) / math.sqrt(q.shape[-1])
    weights = _softmax_of_allowed(scores, _allowed(scores.shape, causal, mask))
    return matmul(weights, v), weights


def scaled_dot_product_attention_vjp(
    d: Array, q: Array, k: Array, v: Array, weights: Array
) -> tuple[Array, Array, Array]:
    """-> dq, dk, dv, from the weights; a masked place has weight 0 and so sends nothing back."""
    dweights, dv = matmul_vjp(d, weights, v)
    dscores = softmax_vjp(dweights, weights) / math.sqrt(q.shape[-1])
    dq, dkT = matmul_vjp(dscores, q, k.swapaxes(-1, -2))
    return dq, dkT.swapaxes(-1, -2), dv


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
    earlier = np.tri(*shape[-2:], dtype=bool)
    return earlier if mask is None else earlier & mask


def _softmax_of_allowed(scores: Array, allowed: Array | None) -> Array:
    if allowed is not None:
        scores = np.where(allowed, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    e = np.exp(scores - np.where(top == -np.inf, 0, top))  # -∞ less -∞ would be NaN
    total = e.sum(axis=-1, keepdims=True)
    return e / np.where(total == 0, 1, total)


def _check_shapes(q: Array, k: Array, v: Array) -> None:
    for name, array in (("q", q), ("k", k), ("v", v)):
        if array.ndim < 2:
            raise ValueError(f"{name} must have shape (..., time, features); got {array.shape}.")
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(f"q and k must have as many features; got {q.shape} and {k.shape}.")
    if k.shape[-2] != v.shape[-2]:
        raise ValueError(f"k and v must be equally long; got {k.shape} and {v.shape}.")

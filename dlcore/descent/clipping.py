"""Clipping: a gradient that is too long is made shorter before it is used.

One batch with a steep cliff under it can throw away what many have learnt (Pascanu, Mikolov &
Bengio 2013, section 3.2). Clipping by a norm keeps the direction; by value it does not.
"""

from collections.abc import Sequence

import numpy as np

__all__ = ["clip_by_global_norm", "clip_by_norm", "clip_by_value"]

Array = np.ndarray


def clip_by_value(g: Array, limit: float, *, out: Array | None = None) -> Array:
    """Every entry of g brought into -limit..limit; the same shape."""
    return np.clip(g, -limit, limit, out=out)


def clip_by_norm(g: Array, limit: float, *, out: Array | None = None) -> Array:
    """g if its length (Euclidean norm) is at most limit, else g shortened to it."""
    return np.multiply(g, _factor([g], limit), out=out)


def clip_by_global_norm(
    grads: Sequence[Array], limit: float, *, out: Sequence[Array | None] | None = None
) -> list[Array]:
    """All gradients shortened by one factor, so that their common length is at most limit."""
    factor = _factor(grads, limit)
    rooms = out or [None] * len(grads)
    return [np.multiply(g, factor, out=room) for g, room in zip(grads, rooms, strict=True)]


def _factor(grads: Sequence[Array], limit: float) -> float:
    """What all grads are multiplied by; NaN where their length is not finite, which then shows."""
    with np.errstate(over="ignore"):
        # in float64, where the squares of float32 numbers do not overflow
        length = sum(float(np.square(g, dtype=np.float64).sum()) for g in grads) ** 0.5
    if not np.isfinite(length):
        return float("nan")
    return limit / max(length, limit)

"""Shaping: the same numbers, placed, repeated or picked anew.

Each derivative carries d back along the way the numbers came: what was moved is moved back, what
was repeated is summed, what was picked is added where it was picked from. `broadcast_to` and
`unbroadcast` are each other's derivative. Where nothing is computed a result may be a view of
what came in, as in NumPy.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from types import EllipsisType, NoneType
from typing import Any

import numpy as np

__all__ = [
    "broadcast_to",
    "broadcast_to_vjp",
    "concatenate",
    "concatenate_vjp",
    "getitem",
    "getitem_vjp",
    "reshape",
    "reshape_vjp",
    "transpose",
    "transpose_vjp",
    "unbroadcast",
    "unbroadcast_vjp",
]

Array = np.ndarray
Shape = tuple[int, ...]


def broadcast_to(x: Array, shape: Shape) -> Array:
    """x repeated until it has this shape, by NumPy's rules.  Raises ValueError if it cannot."""
    if np.shape(x) == shape:
        return x
    # a product, not np.broadcast_to: that a tape can record, and its result may be written to
    z = x * _true(shape)
    if np.shape(z) != shape:
        raise ValueError(f"shape must be one x can be broadcast to; got {np.shape(x)} to {shape}.")
    return z


@lru_cache(maxsize=64)  # 2 µs of the 4 that repeating a number takes
def _true(shape: Shape) -> Array:
    return np.broadcast_to(True, shape)


def broadcast_to_vjp(d: Array, x: Array, shape: Shape) -> Array:
    """d, of that shape, summed over the copies of each entry.  -> the shape of x."""
    return unbroadcast(d, np.shape(x))


def unbroadcast(d: Array, shape: Shape) -> Array:
    """d summed back to the shape of an operand that was broadcast to d's: d itself if none was."""
    if np.shape(d) == shape:
        return d
    new = np.ndim(d) - len(shape)
    repeated = (new + i for i, size in enumerate(shape) if size == 1)
    return d.sum(axis=(*range(new), *repeated)).reshape(shape)


def unbroadcast_vjp(d: Array, x: Array, shape: Shape) -> Array:
    """d, of that shape, repeated for each entry of x that went into its sum.  -> x's shape."""
    return broadcast_to(d, np.shape(x))


def reshape(x: Array, shape: Shape) -> Array:
    """The entries in the same (C) order in another shape."""
    return x.reshape(shape)


def reshape_vjp(d: Array, x: Array, shape: Shape) -> Array:
    """d in the shape of x."""
    return d.reshape(np.shape(x))


def transpose(x: Array, axes: Sequence[int] | None = None) -> Array:
    """The axes in another order: axis i of the result is axis axes[i] of x; None reverses them."""
    return x.transpose() if axes is None else x.transpose(axes)


def transpose_vjp(d: Array, x: Array, axes: Sequence[int] | None = None) -> Array:
    """d with its axes in their old order: the inverse permutation."""
    if axes is None:
        return d.transpose()
    old = [axis % len(axes) for axis in axes]  # -1 is the last
    return d.transpose(tuple(old.index(i) for i in range(len(old))))


def concatenate(arrays: Sequence[Array], axis: int = 0) -> Array:
    """The arrays one after another along an axis they have."""
    return np.concatenate(arrays, axis=axis)


def concatenate_vjp(d: Array, arrays: Sequence[Array], axis: int = 0) -> tuple[Array, ...]:
    """d cut into the pieces that it was put together from, one per array."""
    ends = accumulate((np.shape(array)[axis] for array in arrays), initial=0)
    before = (slice(None),) * (axis % np.ndim(d))
    return tuple(d[(*before, slice(start, end))] for start, end in pairwise(ends))


def getitem(x: Array, index: Any) -> Array:
    """x[index], for any index NumPy takes: numbers, slices, integer and boolean arrays."""
    return x[index]


def getitem_vjp(d: Array, x: Array, index: Any) -> Array:
    """Zeros, and d added where it was picked from: an entry picked twice gets both."""
    dx = np.zeros(np.shape(x), d.dtype)
    parts = index if isinstance(index, tuple) else (index,)
    if all(isinstance(part, int | np.integer | slice | EllipsisType | NoneType) for part in parts):
        dx[index] = d  # numbers and slices pick nothing twice
    else:
        np.add.at(dx, index, d)
    return dx

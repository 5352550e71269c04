"""Reductions: many numbers become one, along one axis, several, or all of them.

axis is None for all, a number or a tuple of numbers; with keepdims the axes stay, of length 1.
"""

import math
from functools import lru_cache

import numpy as np

from dlcore.rules.shaping import broadcast_to

__all__ = ["max", "max_vjp", "mean", "mean_vjp", "sum", "sum_vjp"]

Array = np.ndarray
Axis = int | tuple[int, ...] | None
Shape = tuple[int, ...]


def sum(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Σ x."""
    return x.sum(axis=axis, keepdims=keepdims)


def sum_vjp(d: Array, x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """d for every entry that went into its sum.  -> the shape of x."""
    shape = np.shape(x)
    if axis is not None:  # one number needs no axes to be repeated
        d = d.reshape(_with_axes_kept(shape, axis))
    return broadcast_to(d, shape)


def mean(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """Σ x / n, where n is how many entries one mean is made of.  Raises ValueError for none."""
    # 2 µs less than x.mean
    return x.sum(axis=axis, keepdims=keepdims) / _count(np.shape(x), axis)


def mean_vjp(d: Array, x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """d / n for every entry."""
    return sum_vjp(d / _count(np.shape(x), axis), x, axis)


def max(x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """The largest entry.  Raises ValueError where there is none."""
    if not x.size:
        _count(x.shape, axis)  # raises, unless no result is asked for
    return x.max(axis=axis, keepdims=keepdims)


def max_vjp(d: Array, x: Array, axis: Axis = None, keepdims: bool = False) -> Array:
    """d for the largest entry and 0 for the others; equal largest ones share it equally."""
    largest = (x == x.max(axis=axis, keepdims=True)).astype(d.dtype)
    share = largest / largest.sum(axis=axis, keepdims=True)
    return d.reshape(_with_axes_kept(x.shape, axis)) * share


def _count(shape: Shape, axis: Axis) -> int:
    """How many entries go into one sum: one or more."""
    n = math.prod(shape if axis is None else (shape[i] for i in _axes(len(shape), axis)))
    if not n:
        raise ValueError(f"x must have at least one entry along axis={axis}; got shape {shape}.")
    return n


def _axes(ndim: int, axis: Axis) -> set[int]:
    """The axes that are reduced, counted from the front."""
    if axis is None:
        return set(range(ndim))
    return {i % ndim for i in (axis if isinstance(axis, tuple) else (axis,))}


def _with_axes_kept(shape: Shape, axis: Axis) -> Shape:
    """The shape of the result with keepdims=True."""
    reduced = _axes(len(shape), axis)
    return tuple(1 if i in reduced else size for i, size in enumerate(shape))


def row_sums(x: Array) -> Array:
    """Sums along the last axis, which stays: for short rows in a sixth of the time of x.sum."""
    return (x @ ones(x.shape[-1], x.dtype))[..., np.newaxis]


@lru_cache(maxsize=32)
def ones(n: int, dtype: np.dtype) -> Array:
    """The vector of n ones, which a product with makes sums; only to be read."""
    return np.ones(n, dtype)

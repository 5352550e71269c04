"""Pooling: each window of an image becomes one number per channel.

With padding='same' a window may reach over the edge. What lies there counts for nothing: it is
never the largest, and a mean is over the real entries only, as in Keras and TensorFlow.
"""

import numpy as np

from dlcore.rules.windows import Grid, Size, grid, windows, windows_vjp

__all__ = ["average_pool2d", "average_pool2d_vjp", "max_pool2d", "max_pool2d_vjp"]

Array = np.ndarray


def max_pool2d(
    x: Array, pool_size: Size = 2, strides: Size | None = None, padding: str = "valid"
) -> Array:
    """The largest entry of every window.  x: floats (n, h, w, c) -> (n, H, W, c).

    pool_size, strides: one integer or (rows, columns); strides is the pool_size if None.
    """
    where = _grid(x, pool_size, strides, padding)
    return windows(x, where, fill=-np.inf).max(axis=(3, 4))


def max_pool2d_vjp(
    d: Array,
    x: Array,
    pool_size: Size = 2,
    strides: Size | None = None,
    padding: str = "valid",
) -> Array:
    """d to the largest entry of its window: among equal ones to the first (row by row) alone."""
    where = _grid(x, pool_size, strides, padding)
    cut = windows(x, where, fill=-np.inf)
    n, H, W, kh, kw, c = cut.shape
    first = cut.reshape(n, H, W, kh * kw, c).argmax(axis=3)[:, :, :, np.newaxis]
    dwindows = np.zeros((n, H, W, kh * kw, c), d.dtype)
    np.put_along_axis(dwindows, first, d[:, :, :, np.newaxis], axis=3)
    return windows_vjp(dwindows.reshape(cut.shape), x.shape, where)


def average_pool2d(
    x: Array, pool_size: Size = 2, strides: Size | None = None, padding: str = "valid"
) -> Array:
    """The mean of every window.  x: (n, h, w, c) -> (n, H, W, c); options as for max_pool2d."""
    where = _grid(x, pool_size, strides, padding)
    return windows(x, where).sum(axis=(3, 4)) / _real_entries(x, where)


def average_pool2d_vjp(
    d: Array,
    x: Array,
    pool_size: Size = 2,
    strides: Size | None = None,
    padding: str = "valid",
) -> Array:
    """d / (entries in the window) to every entry of the window."""
    where = _grid(x, pool_size, strides, padding)
    share = (d / _real_entries(x, where))[:, :, :, np.newaxis, np.newaxis]
    n, H, W, c = d.shape
    return windows_vjp(np.broadcast_to(share, (n, H, W, *where.size, c)), x.shape, where)


def _real_entries(x: Array, where: Grid) -> Array:
    """How many entries of each window lie in the image: (1, H, W, 1)."""
    ones = np.ones((1, *x.shape[1:3], 1), x.dtype)
    return windows(ones, where).sum(axis=(3, 4))


def _grid(x: Array, pool_size: Size, strides: Size | None, padding: str) -> Grid:
    return grid("pool_size", x.shape, pool_size, pool_size if strides is None else strides, padding)

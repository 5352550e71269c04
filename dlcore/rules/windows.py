"""Windows: the small parts of an image that convolution and pooling look at.

Cutting an image (h, w) into its windows is a rule too. Windows overlap, so an entry stands in
several of them, and its derivative is the sum over all its copies.
"""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dlcore import checks

__all__ = ["Grid", "grid", "windows", "windows_vjp"]

Array = np.ndarray
Shape = tuple[int, ...]
Size = int | tuple[int, int]


class Grid(NamedTuple):
    """Where the windows stand: for (rows, columns), their size, steps, number and the padding."""

    size: tuple[int, int]
    strides: tuple[int, int]
    count: tuple[int, int]
    before: tuple[int, int]
    after: tuple[int, int]


def grid(name: str, shape: Shape, size: Size, strides: Size, padding: str) -> Grid:
    """The windows of this size on images of this shape, (n, h, w, c).

    padding: 'valid' has no window reach over the edge; 'same' has ceil(h / stride) of them and
    puts the odd entry of padding after, as Keras and TensorFlow do.
    Raises ValueError for a size or stride below 1, a window (`name`) larger than the image with
    'valid', and an unknown padding.
    """
    if len(shape) != 4:
        raise ValueError(f"x must have shape (n, height, width, channels); got {shape}.")
    size, strides = _pair(name, size), _pair("strides", strides)
    if checks.choice("padding", padding, ("valid", "same")) == "valid":
        if size[0] > shape[1] or size[1] > shape[2]:
            raise ValueError(
                f"{name} must not be larger than the image {shape[1:3]} with padding='valid'; "
                f"got {size}."
            )
        count = tuple((n - k) // s + 1 for n, k, s in zip(shape[1:3], size, strides, strict=True))
        return Grid(size, strides, count, (0, 0), (0, 0))
    count = tuple(-(-n // s) for n, s in zip(shape[1:3], strides, strict=True))
    missing = [
        max((m - 1) * s + k - n, 0)
        for n, k, s, m in zip(shape[1:3], size, strides, count, strict=True)
    ]
    before = tuple(m // 2 for m in missing)
    return Grid(size, strides, count, before, tuple(m - m // 2 for m in missing))


def windows(x: Array, where: Grid, fill: float = 0.0) -> Array:
    """The windows of x, (n, h, w, c) -> (n, H, W, kh, kw, c): a view, where nothing is padded."""
    padded = _padded(x, where, fill)
    view = sliding_window_view(padded, where.size, axis=(1, 2))  # (n, h', w', c, kh, kw)
    return view[:, :: where.strides[0], :: where.strides[1]].transpose(0, 1, 2, 4, 5, 3)


def windows_vjp(d: Array, shape: Shape, where: Grid) -> Array:
    """d, (n, H, W, kh, kw, c), with every copy added to the entry it came from -> shape."""
    (top, left), (bottom, right) = where.before, where.after
    n, h, w, c = shape
    dx = np.zeros((n, top + h + bottom, left + w + right, c), d.dtype)
    (H, W), (down, across) = where.count, where.strides
    for i, j in np.ndindex(where.size):  # a few steps; each adds one entry of all the windows
        dx[:, i : i + down * H : down, j : j + across * W : across] += d[:, :, :, i, j]
    return dx[:, top : top + h, left : left + w]


def _padded(x: Array, where: Grid, fill: float) -> Array:
    (top, left), (bottom, right) = where.before, where.after
    if top == left == bottom == right == 0:
        return x
    n, h, w, c = x.shape
    padded = np.full((n, top + h + bottom, left + w + right, c), fill, x.dtype)
    padded[:, top : top + h, left : left + w] = x
    return padded


def _pair(name: str, value: Size) -> tuple[int, int]:
    pair = value if isinstance(value, tuple | list) else (value, value)
    if len(pair) != 2:
        raise ValueError(f"{name} must be one integer or two, (rows, columns); got {value!r}.")
    return tuple(checks.integer(name, one, least=1) for one in pair)

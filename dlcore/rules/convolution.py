"""Convolution: the same small affine map applied at every place of an image.

Every window is laid out as one row (im2col), and then it is x W + b, as in affine.py. Like
every library of neural networks it does not turn the kernel round first: strictly speaking it
is a cross-correlation.
"""

import numpy as np

from dlcore.rules.affine import affine, affine_vjp
from dlcore.rules.windows import Grid, Size, grid, windows, windows_vjp

__all__ = ["conv2d", "conv2d_vjp"]

Array = np.ndarray


def conv2d(
    x: Array,
    kernel: Array,
    bias: Array | None = None,
    strides: Size = 1,
    padding: str = "valid",
) -> Array:
    """x: (n, h, w, c), kernel: (kh, kw, c, o), bias: (o,) or None -> (n, H, W, o).

    strides: one integer or (rows, columns). padding: 'valid', H = (h - kh) // stride + 1, or
    'same', H = ceil(h / stride), as Keras and TensorFlow. Raises ValueError for what cannot fit.
    """
    where = _grid(x, kernel, strides, padding)
    if bias is not None and bias.shape != kernel.shape[-1:]:
        raise ValueError(f"bias must have shape {kernel.shape[-1:]}; got {bias.shape}.")
    z = affine(_as_rows(x, where), _as_matrix(kernel), bias)
    return z.reshape(len(x), *where.count, kernel.shape[-1])


def conv2d_vjp(
    d: Array,
    x: Array,
    kernel: Array,
    strides: Size = 1,
    padding: str = "valid",
    *,
    need_dx: bool = True,
) -> tuple[Array | None, Array, Array]:
    """d: (n, H, W, o) -> dx as x, dkernel as the kernel, dbias (o,); need_dx as for affine."""
    where = _grid(x, kernel, strides, padding)
    expected = (len(x), *where.count, kernel.shape[-1])
    if d.shape != expected:
        raise ValueError(f"d must have the result's shape {expected}; got {d.shape}.")
    rows, matrix = _as_rows(x, where), _as_matrix(kernel)
    drows, dmatrix, dbias = affine_vjp(d.reshape(-1, d.shape[-1]), rows, matrix, need_dx=need_dx)
    dkernel = dmatrix.reshape(kernel.shape)
    if drows is None:
        return None, dkernel, dbias
    dwindows = drows.reshape(len(x), *where.count, *kernel.shape[:3])
    return windows_vjp(dwindows, x.shape, where), dkernel, dbias


def _as_rows(x: Array, where: Grid) -> Array:
    """Each window as one row: (n H W, kh kw c)."""
    cut = windows(x, where)
    return cut.reshape(cut.shape[0] * cut.shape[1] * cut.shape[2], -1)


def _as_matrix(kernel: Array) -> Array:
    """The kernel as x W's W: (kh kw c, o)."""
    return kernel.reshape(-1, kernel.shape[-1])


def _grid(x: Array, kernel: Array, strides: Size, padding: str) -> Grid:
    if kernel.ndim != 4:
        raise ValueError(f"kernel must have shape (height, width, in, out); got {kernel.shape}.")
    where = grid("kernel", x.shape, kernel.shape[:2], strides, padding)
    if x.shape[-1] != kernel.shape[2]:
        raise ValueError(
            f"kernel must take x's {x.shape[-1]} channels; got shape {kernel.shape}, "
            f"which takes {kernel.shape[2]}."
        )
    return where

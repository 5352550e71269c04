"""Products of matrices, and of stacks of them."""

import numpy as np

from dlcore.rules.shaping import unbroadcast

__all__ = ["matmul", "matmul_vjp"]

Array = np.ndarray


def matmul(x: Array, y: Array, *, out: Array | None = None) -> Array:
    """x @ y.  x: (..., n, k), y: (..., k, m) -> (..., n, m), as NumPy's.

    A vector x counts as one row, a vector y as one column, and the result is without that axis;
    axes in front are broadcast.
    """
    return x @ y if out is None else np.matmul(x, y, out=out)


def matmul_vjp(
    d: Array, x: Array, y: Array, *, out: tuple[Array | None, Array | None] = (None, None)
) -> tuple[Array, Array]:
    """d yᵀ, xᵀ d, each summed over the axes along which its operand was repeated.

    out: rooms for operands of two axes or more that were not repeated.
    """
    rows = x.reshape(1, -1) if np.ndim(x) == 1 else x
    columns = y.reshape(-1, 1) if np.ndim(y) == 1 else y
    n, m = np.shape(rows)[-2], np.shape(columns)[-1]
    d = d.reshape(*np.broadcast_shapes(np.shape(rows)[:-2], np.shape(columns)[:-2]), n, m)
    dx = unbroadcast(matmul(d, columns.swapaxes(-1, -2), out=out[0]), np.shape(rows))
    dy = unbroadcast(matmul(rows.swapaxes(-1, -2), d, out=out[1]), np.shape(columns))
    return dx.reshape(np.shape(x)), dy.reshape(np.shape(y))

"""The affine map: every output is a weighted sum of the inputs, plus a bias."""

import numpy as np

from dlcore.rules.reductions import ones

__all__ = ["affine", "affine_vjp"]

Array = np.ndarray


def affine(x: Array, W: Array, b: Array | None = None, *, out: Array | None = None) -> Array:
    """z = x W + b.  x: (n, i), W: (i, o), b: (o,) or None -> z: (n, o); `out` C-ordered."""
    z = _product(x, W, out)
    return z if b is None else np.add(z, b, out=out)


def affine_vjp(
    dz: Array,
    x: Array,
    W: Array,
    *,
    out: tuple[Array | None, Array | None, Array | None] = (None, None, None),
    need_dx: bool = True,
) -> tuple[Array | None, Array, Array]:
    """Gradients of E from dz = ∂E/∂z, (n, o) -> dx (n, i), dW (i, o), db (o,).

    need_dx=False leaves dx out (None): nothing stands before a network's first layer. `out`:
    C-ordered arrays of their own.
    """
    dW = _product(x.T, dz, out[1])
    # summed, not averaged: the mean over the rows is already inside the loss
    db = _product(ones(len(dz), dz.dtype), dz, out[2])  # 1 µs less than dz.sum(axis=0)
    dx = _product(dz, W.T, out[0]) if need_dx else None
    return dx, dW, db


def _product(x: Array, y: Array, out: Array | None) -> Array:
    # the method has half a microsecond less to arrange than np.matmul: 4 µs in a step of 3 layers
    return np.matmul(x, y) if out is None else x.dot(y, out)

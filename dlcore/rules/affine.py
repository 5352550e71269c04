"""The affine map: every output is a weighted sum of the inputs, plus a bias."""

import numpy as np

from dlcore.rules.reductions import ones

__all__ = ["affine", "affine_vjp"]

Array = np.ndarray


def affine(x: Array, W: Array, b: Array | None = None, *, out: Array | None = None) -> Array:
    """z = x W + b.  x: (n, i), W: (i, o), b: (o,) or None -> z: (n, o)."""
    z = np.matmul(x, W, out=out)
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

    need_dx=False leaves dx out (None): nothing stands before a network's first layer.
    """
    dW = np.matmul(x.T, dz, out=out[1])
    # summed, not averaged: the mean over the rows is already inside the loss
    db = np.dot(ones(len(dz), dz.dtype), dz, out=out[2])  # 1 µs less than dz.sum(axis=0)
    dx = np.matmul(dz, W.T, out=out[0]) if need_dx else None  # last: out[0] may be dz itself
    return dx, dW, db

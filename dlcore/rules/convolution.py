"""Convolution: the same small affine map applied at every place of an image.

Every window is laid out as one row (im2col), and then it is x W + b, as in affine.py. Like
every library of neural networks it does not turn the kernel round first: strictly speaking it
is a cross-correlation.

`conv2d` is two rules one after the other: windows.py cuts the windows, `apply_kernel` weighs each.
A layer that trains calls them one by one, since the way back needs the windows again.
"""

import numpy as np

from dlcore.rules.affine import affine, affine_vjp
from dlcore.rules.windows import Grid, Room, Size, batch_last, grid, new_room, unrolled, windows_vjp

__all__ = ["apply_kernel", "apply_kernel_vjp", "conv2d", "conv2d_vjp"]

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
    return apply_kernel(unrolled(x, where), kernel, bias)


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
    d = batch_last(d).transpose(3, 1, 2, 0)
    _, *gradients = apply_kernel_vjp(d, unrolled(x, where), kernel, need_dcut=False)
    # only now that the windows' memory is free again: of two so large arrays at once the system
    # would take the memory back each time, and giving it anew can take longer than all the rest
    dx = windows_vjp(_to_windows(d, kernel), x.shape, where) if need_dx else None
    return dx, *gradients


def apply_kernel(
    cut: Array, kernel: Array, bias: Array | None = None, *, room: Room = new_room
) -> Array:
    """Each window weighed by the kernel.  cut: (n, H, W, kh, kw, c) -> (n, H, W, o)."""
    n, H, W = cut.shape[:3]
    # x W + b turned over, Wᵀ x + b: a window is a column of x, as it lies in memory
    shape, offset = (kernel.shape[-1], H, W, n), None if bias is None else bias[:, np.newaxis]
    alike = cut.dtype == kernel.dtype == (kernel if bias is None else bias).dtype
    out = room("z", shape, cut.dtype).reshape(shape[0], -1) if alike else None
    z = affine(_as_matrix(kernel).T, _as_columns(cut), offset, out=out)
    return z.reshape(shape).swapaxes(0, 3)


def apply_kernel_vjp(
    d: Array,
    cut: Array,
    kernel: Array,
    *,
    out: tuple[Array | None, Array | None] = (None, None),
    need_dcut: bool = True,
    room: Room = new_room,
) -> tuple[Array | None, Array, Array]:
    """d: (n, H, W, o) -> dcut as cut, dkernel as the kernel, dbias (o,); out is for the last two.

    need_dcut=False leaves dcut out (None).
    """
    turned = batch_last(d, "d", room=room)
    into = None, None if out[0] is None else _as_matrix(out[0]), out[1]
    rows, dz = _as_columns(cut).T, turned.reshape(d.shape[3], -1).T
    _, dkernel, dbias = affine_vjp(dz, rows, _as_matrix(kernel), out=into, need_dx=False)
    dcut = _to_windows(turned.transpose(3, 1, 2, 0), kernel, room) if need_dcut else None
    return dcut, dkernel.reshape(kernel.shape), dbias


def _to_windows(d: Array, kernel: Array, room: Room = new_room) -> Array:
    """What d, (n, H, W, o), gives each entry of a window: (n, H, W, kh, kw, c)."""
    (n, H, W, o), (kh, kw, c, _) = d.shape, kernel.shape
    shape, alike = (kh, kw, c, H, W, n), kernel.dtype == d.dtype
    place = room("dwindows", shape, d.dtype).reshape(kh * kw * c, -1) if alike else None
    # dz Wᵀ turned over, W dzᵀ
    dcut = affine(_as_matrix(kernel), d.swapaxes(0, 3).reshape(o, -1), out=place)
    return dcut.reshape(shape).transpose(5, 3, 4, 0, 1, 2)


def _as_columns(cut: Array) -> Array:
    """Each window as one column: (kh kw c, H W n)."""
    n, H, W, kh, kw, c = cut.shape
    return cut.transpose(3, 4, 5, 1, 2, 0).reshape(kh * kw * c, H * W * n)


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

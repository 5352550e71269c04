"""Convolution and max pooling in one: the same numbers, and less to fetch and to carry.

Pooling compares neighbours in a row, which lie beside each other in memory: short runs, which take
NumPy long. But a neighbour's convolution is the same image under the kernel moved by one column.
So here a wide kernel holds the kernel once for each column of a pool, every time a column
further, and moves by as many columns at once. What is to be compared then comes out as different
filters, each in an array of its own; and thin matrix products, of few filters, gain by having more.
With a 3 × 3 kernel a third of what is multiplied is 0; with 16 filters or fewer it still pays.
"""

from typing import NamedTuple

import numpy as np

from dlcore.rules.convolution import apply_kernel, apply_kernel_vjp
from dlcore.rules.pooling import combined, to_the_first
from dlcore.rules.windows import (
    DOWN,
    Grid,
    Room,
    along,
    batch_last,
    new_room,
    places,
    unrolled,
    windows_vjp,
)

__all__ = ["PooledWindows", "conv2d_max_pool2d", "conv2d_max_pool2d_vjp", "wide_windows"]

Array = np.ndarray
Shape = tuple[int, ...]


class PooledWindows(NamedTuple):
    """Where the wide kernel stands, where the pools stand on its rows, and each column's kernel."""

    wide: Grid
    pools: Grid
    columns: tuple[slice, ...]  # of the wide kernel, for each column of a pool


class Kept(NamedTuple):
    """What the way back needs: filters are (columns, o, h, W, n), then rows' and pools' largest."""

    cut: Array
    wide_kernel: Array
    filters: Array
    rows: Array
    pools: Array


def wide_windows(convolution: Grid, pooling: Grid) -> PooledWindows:
    """The windows for a convolution followed by a max pooling, whose pools stand side by side."""
    (kh, kw), (down, across) = convolution.size, convolution.strides
    (rows, columns), (H, W) = pooling.size, pooling.count
    wide = convolution._replace(
        size=(kh, kw + (columns - 1) * across),
        strides=(down, across * columns),
        count=(H * rows, W),
    )
    starts = [i * across for i in range(columns)]
    return PooledWindows(wide, pooling, tuple(slice(start, start + kw) for start in starts))


def conv2d_max_pool2d(
    x: Array, kernel: Array, bias: Array | None, where: PooledWindows, *, room: Room = new_room
) -> tuple[Array, Kept]:
    """max_pool2d of conv2d: x (n, h, w, c) -> (n, H, W, o), and what the way back needs."""
    cut = unrolled(x, where.wide, room=room)
    wide_kernel = _wide_kernel(kernel, where, room)
    z = apply_kernel(cut, wide_kernel, room=room).swapaxes(0, 3)
    filters = z.reshape(len(where.columns), -1, *z.shape[1:])
    rows = combined(np.maximum, list(filters), room("rows", filters.shape[1:], z.dtype))
    shape = (len(rows), *where.pools.count, len(x))
    pooled = combined(np.maximum, along(rows, DOWN, where.pools), room("pooled", shape, z.dtype))
    # max(z) + b = max(z + b), and there are fewer numbers to add to
    offset = 0 if bias is None else bias[:, np.newaxis, np.newaxis, np.newaxis]
    result = np.add(pooled, offset, out=room("result", shape, z.dtype))
    return result.swapaxes(0, 3), Kept(cut, wide_kernel, filters, rows, pooled)


def conv2d_max_pool2d_vjp(
    d: Array,
    kept: Kept,
    kernel: Array,
    shape: Shape,
    where: PooledWindows,
    *,
    out: tuple[Array | None, Array | None] = (None, None),
    need_dx: bool = True,
    room: Room = new_room,
) -> tuple[Array | None, Array, Array]:
    """d: (n, H, W, o) -> dx (n, h, w, c) = shape, dkernel, dbias; out is for the last two."""
    d = batch_last(d, "d", room=room)
    drows, dfilters = (
        room(f"d{name}", x.shape, d.dtype)
        for name, x in (("rows", kept.rows), ("filters", kept.filters))
    )
    rows = along(kept.rows, DOWN, where.pools)
    to_the_first(d, rows, kept.pools, places(drows, DOWN, where.pools))
    to_the_first(drows, list(kept.filters), kept.rows, [(place, False) for place in dfilters])
    dz = dfilters.reshape(-1, *drows.shape[1:]).swapaxes(0, 3)
    dcut, dwide, dbias = apply_kernel_vjp(
        dz, kept.cut, kept.wide_kernel, need_dcut=need_dx, room=room
    )
    by_column = dwide.reshape(*dwide.shape[:3], len(where.columns), -1)
    parts = [by_column[:, columns, :, i] for i, columns in enumerate(where.columns)]
    dkernel = combined(np.add, parts, np.empty_like(kernel) if out[0] is None else out[0])
    dbias = np.add.reduce(dbias.reshape(len(where.columns), -1), out=out[1])
    if dcut is None:
        return None, dkernel, dbias
    return windows_vjp(dcut, shape, where.wide, room=room), dkernel, dbias


def _wide_kernel(kernel: Array, where: PooledWindows, room: Room) -> Array:
    """The kernel (kh, kw, c, o), for each column of a pool a step further: (kh, kw', c, …)."""
    kh, _, c, o = kernel.shape
    shape = (kh, where.wide.size[1], c, len(where.columns), o)
    wide = room("wide kernel", shape, kernel.dtype)
    wide[...] = 0
    for i, columns in enumerate(where.columns):
        wide[:, columns, :, i] = kernel
    return wide.reshape(*shape[:3], -1)

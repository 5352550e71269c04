"""Pooling: each window of an image becomes one number per channel.

With padding='same' a window may reach over the edge. What lies there counts for nothing: it is
never the largest, and a mean is over the real entries only, as in Keras and TensorFlow.

The largest of a window is the largest of its rows' largest, and its sum the sum of its rows' sums.
So both go along the rows first and then down the columns, and come back the other way round.
"""

from typing import NamedTuple

import numpy as np

from dlcore.rules.windows import (
    ACROSS,
    DOWN,
    Grid,
    Room,
    Size,
    along,
    batch_last,
    cropped,
    grid,
    new_room,
    padded,
    places,
    put,
)

__all__ = [
    "Largest",
    "average_over",
    "average_pool2d",
    "average_pool2d_vjp",
    "combined",
    "largest_in",
    "max_pool2d",
    "max_pool2d_vjp",
    "to_all",
    "to_the_first",
    "to_the_largest",
]

Array = np.ndarray
Shape = tuple[int, ...]


def max_pool2d(
    x: Array, pool_size: Size = 2, strides: Size | None = None, padding: str = "valid"
) -> Array:
    """The largest entry of every window.  x: floats (n, h, w, c) -> (n, H, W, c).

    pool_size, strides: one integer or (rows, columns); strides is the pool_size if None.
    """
    return largest_in(x, _grid(x, pool_size, strides, padding))[0]


def max_pool2d_vjp(
    d: Array,
    x: Array,
    pool_size: Size = 2,
    strides: Size | None = None,
    padding: str = "valid",
) -> Array:
    """d to the largest entry of its window: among equal ones to the first (row by row) alone."""
    where = _grid(x, pool_size, strides, padding)
    return to_the_largest(d, largest_in(x, where)[1], x.shape, where)


def average_pool2d(
    x: Array, pool_size: Size = 2, strides: Size | None = None, padding: str = "valid"
) -> Array:
    """The mean of every window.  x: (n, h, w, c) -> (n, H, W, c); options as for max_pool2d."""
    return average_over(x, _grid(x, pool_size, strides, padding))


def average_pool2d_vjp(
    d: Array,
    x: Array,
    pool_size: Size = 2,
    strides: Size | None = None,
    padding: str = "valid",
) -> Array:
    """d / (entries in the window) to every entry of the window."""
    return to_all(d, x.shape, _grid(x, pool_size, strides, padding))


# The same on a grid that is known, in room that is kept: for layers


class Largest(NamedTuple):
    """What the way back needs, (c, h, w, n): the images, their rows' largest, the windows'."""

    images: Array
    rows: Array
    windows: Array


def largest_in(x: Array, where: Grid, *, room: Room = new_room) -> tuple[Array, Largest]:
    """The largest entry of every window, (n, H, W, c), and what to_the_largest needs."""
    images = padded(x, where, -np.inf, room=room)
    kept = Largest(images, *_gathered(np.maximum, images, where, room))
    return kept.windows.swapaxes(0, 3), kept


def to_the_largest(
    d: Array, kept: Largest, shape: Shape, where: Grid, *, room: Room = new_room
) -> Array:
    """d, (n, H, W, c), back to the images, (n, h, w, c) = shape, as max_pool2d_vjp."""
    d = batch_last(d, "d", room=room)
    for x, largest, axis in ((kept.rows, kept.windows, DOWN), (kept.images, kept.rows, ACROSS)):
        dx = room(f"dx {axis}", x.shape, d.dtype)
        to_the_first(d, along(x, axis, where), largest, places(dx, axis, where))
        d = dx
    return cropped(d, shape, where)


def to_the_first(
    d: Array, entries: list[Array], largest: Array, into: list[tuple[Array, bool]]
) -> None:
    """d to the first of the entries to equal the largest, and 0 to the others: into their places.

    One entry must equal it: the last is not asked.
    """
    *before, (last, add_last) = into
    rest = np.empty(d.shape, d.dtype) if add_last else last  # what has not found its entry yet
    for entry, (place, add) in zip(entries[:-1], before, strict=True):
        taken = np.multiply(d, entry == largest, out=None if add else place)
        if add:
            put(taken, place, add)
        d = np.subtract(d, taken, out=rest)
    if d is not last:
        put(d, last, add_last)


def average_over(x: Array, where: Grid, *, room: Room = new_room) -> Array:
    """The mean of every window: (n, h, w, c) -> (n, H, W, c)."""
    sums = _gathered(np.add, padded(x, where, room=room), where, room)[1]
    return np.divide(sums, _real_entries(x.shape, where, x.dtype), out=sums).swapaxes(0, 3)


def to_all(d: Array, shape: Shape, where: Grid, *, room: Room = new_room) -> Array:
    """d, (n, H, W, c), back to images of this shape, (n, h, w, c), as average_pool2d_vjp."""
    d = d.swapaxes(0, 3) / _real_entries(shape, where, d.dtype)
    c, _, W, n = d.shape
    (top, left), (bottom, right) = where.before, where.after
    h, w = top + shape[1] + bottom, left + shape[2] + right
    for sizes, axis in (((c, h, W, n), DOWN), ((c, h, w, n), ACROSS)):
        dx = room(f"dx {axis}", sizes, d.dtype)
        for place, add in places(dx, axis, where):
            put(d, place, add)
        d = dx
    return cropped(d, shape, where)


def _gathered(combine: np.ufunc, x: Array, where: Grid, room: Room) -> tuple[Array, Array]:
    """x, (c, h, w, n), combined in each row of a window, (c, h, W, n), and in each window."""
    c, h, _, n = x.shape
    H, W = where.count
    rows, both = room("rows", (c, h, W, n), x.dtype), room("pooled", (c, H, W, n), x.dtype)
    combined(combine, along(x, ACROSS, where), rows)
    return rows, combined(combine, along(rows, DOWN, where), both)


def combined(combine: np.ufunc, entries: list[Array], result: Array) -> Array:
    """The entries combined, the first with the second, that with the third, … into the result."""
    first, *others = entries
    if not others:
        result[...] = first
    for entry in others:
        first = combine(first, entry, out=result)
    return result


def _real_entries(shape: Shape, where: Grid, dtype: np.dtype) -> Array | int:
    """How many entries of each window lie in the images, (n, h, w, c) = shape: (H, W, 1)."""
    if not where.pads:
        return where.size[0] * where.size[1]
    inside = []
    for axis in (DOWN, ACROSS):
        size, step, count, before = (one[axis] for one in where[:4])
        starts = np.arange(count) * step - before
        inside.append(np.minimum(starts + size, shape[1 + axis]) - np.maximum(starts, 0))
    return np.multiply.outer(*inside)[:, :, np.newaxis].astype(dtype)


def _grid(x: Array, pool_size: Size, strides: Size | None, padding: str) -> Grid:
    return grid("pool_size", x.shape, pool_size, pool_size if strides is None else strides, padding)

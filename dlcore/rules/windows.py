"""Windows: the small parts of an image that convolution and pooling look at.

Cutting an image (h, w) into its windows is a rule too. Windows overlap, so an entry stands in
several of them, and its derivative is the sum over all its copies.

Images are (n, h, w, c) for whoever asks. In memory the rules lay them out as (c, h, w, n), the
batch last: what a window's place touches is then long runs of neighbours, in every image at once,
and a training step takes about a third of the time. `swapaxes(0, 3)` turns one view into the
other. Room: a rule that is given `room` asks it for the arrays it fills, room(name, shape, dtype),
so that a layer can offer the same ones at each step.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from dlcore import checks

__all__ = [
    "Grid",
    "along",
    "batch_last",
    "cropped",
    "grid",
    "new_room",
    "padded",
    "pair",
    "places",
    "put",
    "unrolled",
    "windows",
    "windows_vjp",
]

Array = np.ndarray
Shape = tuple[int, ...]
Size = int | tuple[int, int]
Room = Callable[[str, Shape, Any], Array]


DOWN, ACROSS = 0, 1  # along which windows stand: the rows and the columns of images (…, h, w, n)


class Grid(NamedTuple):
    """Where the windows stand: for (rows, columns), their size, steps, number and the padding."""

    size: tuple[int, int]
    strides: tuple[int, int]
    count: tuple[int, int]
    before: tuple[int, int]
    after: tuple[int, int]

    @property
    def pads(self) -> bool:
        """Whether a window reaches over the edge: if one does so before, one does so after too."""
        return any(self.after)


def grid(name: str, shape: Shape, size: Size, strides: Size, padding: str) -> Grid:
    """The windows of this size on images of this shape, (n, h, w, c).

    padding: 'valid' has no window reach over the edge; 'same' has ceil(h / stride) of them and
    puts the odd entry of padding after, as Keras and TensorFlow do.
    Raises ValueError for a size or stride below 1, a window (`name`) larger than the image with
    'valid', and an unknown padding.
    """
    if len(shape) != 4:
        raise ValueError(f"x must have shape (n, height, width, channels); got {shape}.")
    size, strides = pair(name, size), pair("strides", strides)
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


def new_room(name: str, shape: Shape, dtype: Any) -> Array:
    """An array of this shape, whatever the name: a new one each time."""
    return np.empty(shape, dtype)


def windows(x: Array, where: Grid) -> Array:
    """The windows of x, (n, h, w, c) -> (n, H, W, kh, kw, c): a view, where nothing is padded."""
    if where.pads:
        x = padded(x, where).swapaxes(0, 3)
    n, _, _, c = x.shape
    images, down, across, channels = x.strides
    steps = images, down * where.strides[0], across * where.strides[1], down, across, channels
    return as_strided(x, (n, *where.count, *where.size, c), steps, writeable=False)


def windows_vjp(d: Array, shape: Shape, where: Grid, *, room: Room = new_room) -> Array:
    """d, (n, H, W, kh, kw, c), with every copy added to the entry it came from -> shape."""
    d = d.transpose(3, 4, 5, 1, 2, 0)
    _, kw, c, _, W, n = d.shape
    whole = c, h, *_ = _padded_shape(shape, where)
    # First each column of a window by itself, then all of them: a third less time than entry by
    # entry, since only kw of the kh kw sums leave out a part of every row.
    columns, dx = room("columns", (kw, c, h, W, n), d.dtype), room("dx", whole, d.dtype)
    for part, (place, add) in zip(d, places(columns, DOWN, where), strict=True):
        put(part, place, add)
    for part, (place, add) in zip(columns, places(dx, ACROSS, where), strict=True):
        put(part, place, add)
    return cropped(dx, shape, where)


def unrolled(x: Array, where: Grid, *, room: Room = new_room) -> Array:
    """The windows of x, copied: (n, H, W, kh, kw, c), in memory (kh, kw, c, H, W, n)."""
    x = padded(x, where, room=room)
    (kh, kw), (H, W), (c, h, _, n) = where.size, where.count, x.shape
    # each column of a window once, and from there each of its rows: fewer short runs
    columns = room("columns", (kw, c, h, W, n), x.dtype)
    for column, entries in zip(columns, along(x, ACROSS, where), strict=True):
        column[...] = entries
    cut = room("windows", (kh, kw, c, H, W, n), x.dtype)
    for row, entries in zip(cut, along(columns, DOWN, where), strict=True):
        row[...] = entries
    return cut.transpose(5, 3, 4, 0, 1, 2)


def along(x: Array, axis: int, where: Grid) -> list[Array]:
    """Of all windows along this axis of x, (…, h, w, n): their first entries, their second, …"""
    size, step, count = where.size[axis], where.strides[axis], where.count[axis]
    return [_part(x, axis, slice(i, i + step * count, step)) for i in range(size)]


def places(dx: Array, axis: int, where: Grid) -> list[tuple[Array, bool]]:
    """`along` dx, for its entries' derivatives, and whether each is to be added to one before.

    What no window reaches is set to 0 here; dx may come as it is.
    """
    size, step, count = where.size[axis], where.strides[axis], where.count[axis]
    filled = step * count if size >= step else size  # without a gap, from the first on
    _part(dx, axis, slice(filled, None))[...] = 0
    return [(place, i >= step) for i, place in enumerate(along(dx, axis, where))]


def _part(x: Array, axis: int, part: slice) -> Array:
    return x[..., part, :, :] if axis == DOWN else x[..., part, :]


def put(part: Array, place: Array, add: bool) -> None:
    """The part in its place, or added to what is there."""
    if add:
        np.add(place, part, out=place)
    else:
        place[...] = part


def batch_last(x: Array, name: str = "batch last", *, room: Room = new_room) -> Array:
    """x, (n, h, w, c), as (c, h, w, n), in that order in memory too: x itself if it is so."""
    turned = x.transpose(3, 1, 2, 0)
    # a Tensor, from a gradient of a gradient, lies nowhere
    if not isinstance(turned, np.ndarray) or turned.flags.c_contiguous:
        return turned
    laid_out = room(name, turned.shape, x.dtype)
    laid_out[...] = turned
    return laid_out


def padded(x: Array, where: Grid, fill: float = 0.0, *, room: Room = new_room) -> Array:
    """x, (n, h, w, c), as (c, h, w, n) with its padding: x itself if there is nothing to do."""
    if not where.pads:
        return batch_last(x, room=room)
    result = room("padded", _padded_shape(x.shape, where), x.dtype)
    result[...] = fill
    cropped(result, x.shape, where)[...] = x
    return result


def cropped(x: Array, shape: Shape, where: Grid) -> Array:
    """The part of a padded image, (c, h, w, n), that is the image: (n, h, w, c) = shape, a view."""
    (top, left), (_, h, w, _) = where.before, shape
    return x[:, top : top + h, left : left + w].swapaxes(0, 3)


def _padded_shape(shape: Shape, where: Grid) -> Shape:
    """(c, h, w, n) of images of this shape, (n, h, w, c), with their padding."""
    (top, left), (bottom, right) = where.before, where.after
    n, h, w, c = shape
    return c, top + h + bottom, left + w + right, n


def pair(name: str, value: Size) -> tuple[int, int]:
    """value as (rows, columns), both at least 1; TypeError or ValueError otherwise."""
    both = value if isinstance(value, tuple | list) else (value, value)
    if len(both) != 2:
        raise ValueError(f"{name} must be one integer or two, (rows, columns); got {value!r}.")
    return tuple(checks.integer(name, one, least=1) for one in both)

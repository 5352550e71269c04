"""Comparing answers with references: as numbers, and with nothing the answer says of itself.

Whatever an answer returns is first turned into plain arrays of float64, so that no object that
claims to equal everything, and no subclass with methods of its own, has a say.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

__all__ = [
    "BLANK",
    "EXACT",
    "FLOOR",
    "RELATIVE",
    "THREE_DIGITS",
    "Odd",
    "close",
    "differing",
    "equal",
    "fitted",
    "outputs",
    "plain",
]

Array = np.ndarray

# float32 keeps 7 digits, and a network's sums lose one or two of them.
RELATIVE = 1e-5
EXACT = 1e-12
THREE_DIGITS = 5e-3  # what rounding to three significant digits changes, relatively
FLOOR = 1e-9  # below this, all is zero


class Odd(NamedTuple):
    """What came where an array of numbers was asked, in words."""

    what: str


BLANK = Odd("not filled in")


def plain(value: Any) -> Array | Odd:
    """A value as a new array of float64 (text as text); Odd if it is not an array of numbers."""
    if type(value) is np.ndarray and value.dtype == np.float64:
        return value.copy()
    if value is None:
        return Odd("None")
    if _has_gaps(value):
        return BLANK
    if isinstance(value, str):
        return np.array(str(value).strip().casefold())
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):
        return Odd(f"a {type(value).__name__} that is no rectangular array")
    if array.dtype.kind == "O":
        if any(type(one) not in (int, float, bool, Fraction) for one in array.flat):
            return Odd(_described(value, array))
    elif array.dtype.kind not in "biufc":
        return Odd(f"values of dtype {array.dtype}")
    if array.dtype.kind == "c":
        if np.any(array.imag):
            return Odd("complex numbers")
        array = array.real
    with np.errstate(all="ignore"):
        return np.array(array, dtype=np.float64, subok=False)


def _has_gaps(value: Any) -> bool:
    """Whether it is `...`, or a list or tuple with `...` in it."""
    return value is ... or (type(value) in (list, tuple) and any(map(_has_gaps, value)))


def _described(value: Any, array: Array) -> str:
    if array.ndim == 0:
        return f"an object of type {type(value).__name__}"
    inside = {type(one).__name__ for one in array.flat}
    return f"a {type(value).__name__} of {', '.join(sorted(inside))}"


def outputs(value: Any, names: Sequence[str]) -> list[Array | Odd] | Odd:
    """What an answer gave, as a list of arrays: one without names, else one for each name.

    Several come as a tuple or a list, or as a dict by their names.
    """
    if not names:
        return [plain(value)]
    if isinstance(value, dict):
        missing = [name for name in names if not dict.__contains__(value, name)]
        if missing:
            return Odd(f"a dict without {missing[0]!r}")
        entries = [dict.__getitem__(value, name) for name in names]
    elif isinstance(value, tuple):
        entries = list(tuple.__iter__(value))
    elif isinstance(value, list):
        entries = list(list.__iter__(value))
    elif isinstance(value, np.ndarray) and value.ndim and value.dtype.kind == "O":
        entries = list(np.asarray(value))
    else:
        one = plain(value)
        if isinstance(one, Odd):
            return one
        return Odd(f"one array of shape {one.shape}" if one.ndim else "one value")
    return [plain(entry) for entry in entries]


def fitted(mine: Array, shape: tuple[int, ...]) -> Array | None:
    """The array in this shape: (1, H) is taken for (H,), and one number for (); else None."""
    if mine.shape == shape:
        return mine
    extra = mine.ndim - len(shape)
    if extra > 0 and mine.shape == (1,) * extra + shape:
        return mine.reshape(shape)
    return None


def close(mine: Array, right: Array, tolerance: float = RELATIVE) -> Array:
    """Entry by entry, whether two arrays of one shape are the same numbers.

    The tolerance is relative to each entry, and half of it to the largest. NaN is NaN.
    """
    if right.dtype.kind == "U" or mine.dtype.kind == "U":
        return np.asarray(mine == right)
    with np.errstate(all="ignore"):
        size = np.abs(right)
        finite = np.isfinite(right)
        largest = np.max(size, initial=0.0, where=finite)
        near = np.abs(mine - right) <= tolerance * np.maximum(size, largest / 2) + FLOOR
        return (near & finite) | (mine == right) | (np.isnan(mine) & np.isnan(right))


def equal(mine: Array | Odd, right: Array | Odd, tolerance: float = RELATIVE) -> bool:
    """Whether two arrays have one shape, leading ones aside, and the same numbers."""
    if isinstance(mine, Odd) or isinstance(right, Odd):
        return False
    mine = fitted(mine, right.shape)
    return mine is not None and bool(close(mine, right, tolerance).all())


def differing(mine: Array, right: Array, tolerance: float = RELATIVE) -> list[tuple[int, ...]]:
    """The places where two arrays of one shape differ, the largest difference first."""
    where = np.argwhere(~close(mine, right, tolerance))
    if right.dtype.kind == "U" or mine.dtype.kind == "U":
        return [tuple(map(int, place)) for place in where]
    with np.errstate(all="ignore"):
        by = -np.abs(np.nan_to_num(mine - right, nan=np.inf, posinf=np.inf, neginf=np.inf))
    return sorted((tuple(map(int, place)) for place in where), key=lambda place: by[place])

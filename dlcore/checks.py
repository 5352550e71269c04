"""What the library insists on before it begins: clear errors, early.

Each check returns what it was given, ready to use, or raises an error that names the argument,
says what came and what was expected. Nothing has been changed by then.
"""

import difflib
import math
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

import numpy as np

__all__ = [
    "array",
    "choice",
    "distributions",
    "finite",
    "integer",
    "labels",
    "number",
    "numbers",
    "probabilities",
    "rate",
    "row_weights",
    "targets",
]

Array = np.ndarray


def choice(name: str, value: Any, options: Iterable[str]) -> str:
    """value if it is one of the options; else ValueError with the nearest one."""
    options = list(options)
    if isinstance(value, str) and value in options:
        return value
    near = difflib.get_close_matches(str(value).lower(), options, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"{name} must be one of {', '.join(options)}; got {value!r}.{hint}")


def integer(name: str, value: Any, least: int, most: int | None = None) -> int:
    """value as an int in least..most; TypeError for another type, ValueError outside."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be an integer; got {value!r} ({type(value).__name__}).")
    if value < least or (most is not None and value > most):
        span = f"at least {least}" if most is None else f"in {least}..{most}"
        raise ValueError(f"{name} must be {span}; got {value}.")
    return int(value)


def number(name: str, value: Any, least: float = -math.inf, most: float = math.inf) -> float:
    """value as a finite float in least..most; TypeError for another type, ValueError outside."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number; got {value!r} ({type(value).__name__}).")
    if not math.isfinite(value) or not least <= value <= most:
        if math.isinf(least) and math.isinf(most):
            span = "finite"
        else:
            span = f"at least {least:g}" if math.isinf(most) else f"in {least:g}..{most:g}"
        raise ValueError(f"{name} must be {span}; got {value!r}.")
    return float(value)


def rate(learning_rate: Any) -> float:
    """A learning rate: a finite number, not negative (0 trains nothing, and is allowed)."""
    return number("learning_rate", learning_rate, least=0.0)


def array(name: str, value: Any) -> Array:
    """value as an array of any kind, without a copy; ValueError for rows of unequal lengths."""
    try:
        return np.asarray(value)
    except ValueError as ragged:
        raise ValueError(f"{name} must be a rectangular array; {ragged}.") from None


def numbers(name: str, value: Any, dtype: Any = np.float64) -> Array:
    """value as an array of dtype, without a copy where it is one already.

    Booleans and integers are converted. Raises TypeError for text and objects, and for complex
    numbers unless dtype is complex.
    """
    given, dtype = array(name, value), np.dtype(dtype)
    if given.dtype.kind not in ("biufc" if dtype.kind == "c" else "biuf"):
        raise TypeError(f"{name} must hold real numbers; got dtype {given.dtype}.")
    with np.errstate(over="ignore"):  # too large for dtype becomes infinity: `finite` tells
        return given.astype(dtype, copy=False)


def finite(name: str, given: Array) -> Array:
    """The array if it holds no NaN and no infinity; else ValueError with the first place."""
    if given.dtype.kind not in "fc" or not given.size:
        return given
    # the extremes are finite only if all is: no array of booleans, and none of BLAS's threads
    with np.errstate(all="ignore"):
        if given.dtype.kind == "f" and np.isfinite(given.max()) and np.isfinite(given.min()):
            return given
    bad = np.argwhere(~np.isfinite(given))
    if not len(bad):
        return given
    place = tuple(int(i) for i in bad[0])
    raise ValueError(f"{name} must be finite; got {given[place]} at position {place}.")


def labels(name: str, y: Any, n: int, classes: int) -> Array:
    """y as int64 class labels of shape (n,): integers in 0..classes-1; (n, 1) is accepted.

    Raises TypeError for labels that are not integers, ValueError for another shape or range.
    """
    y = array(name, y)
    if y.dtype.kind not in "iu":
        raise TypeError(
            f"{name} must be integers, one class label per row; got dtype {y.dtype}"
            + (" (convert with .astype(int))." if y.dtype.kind in "fb" else ".")
        )
    if y.shape not in ((n,), (n, 1)):
        raise ValueError(f"{name} must have shape ({n},), one label per row; got {y.shape}.")
    y = y.reshape(n)
    wrong = np.flatnonzero((y < 0) | (y >= classes))
    if wrong.size:
        raise ValueError(
            f"{name} must be integers in 0..{classes - 1} for {classes} classes; "
            f"got {y[wrong[0]]} at position {wrong[0]}."
        )
    return y.astype(np.int64, copy=False)


def targets(name: str, y: Any, shape: tuple[int, ...], dtype: Any) -> Array:
    """y as finite numbers of exactly this shape; (n,) is taken for (n, 1), never broadcast."""
    y = numbers(name, y, dtype)
    if y.ndim == 1 and shape == (len(y), 1):
        y = y[:, np.newaxis]
    if y.shape != tuple(shape):
        raise ValueError(f"{name} must have shape {tuple(shape)}, as the outputs; got {y.shape}.")
    return finite(name, y)


def probabilities(name: str, y: Array) -> Array:
    """y if all of it lies in [0, 1]; else ValueError with the first place."""
    wrong = np.argwhere((y < 0) | (y > 1))
    if len(wrong):
        place = tuple(int(i) for i in wrong[0])
        raise ValueError(f"{name} must be in 0..1; got {y[place]:g} at position {place}.")
    return y


def distributions(name: str, y: Array) -> Array:
    """y (n, k) if every row is k probabilities that add up to 1; else ValueError."""
    sums = probabilities(name, y).sum(axis=1)
    wrong = np.flatnonzero(np.abs(sums - 1) > 1e-3)
    if wrong.size:
        row = int(wrong[0])
        raise ValueError(f"{name} must have rows that add up to 1; got {sums[row]:g} in row {row}.")
    return y


def row_weights(name: str, weights: Any, n: int, dtype: Any = np.float64) -> Array:
    """One finite weight per row, none negative, (n,)."""
    weights = numbers(name, weights, dtype)
    if weights.shape != (n,):
        raise ValueError(f"{name} must have shape ({n},), one per row; got {weights.shape}.")
    finite(name, weights)
    if weights.min(initial=0) < 0:
        at = int(weights.argmin())
        raise ValueError(f"{name} must not be negative; got {weights[at]:g} at position {at}.")
    return weights

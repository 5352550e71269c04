"""Derivatives of any function, from nothing but its values.

Three ways to ask "if I nudge this entry, how much does the result move?" for every entry of an
array in turn. They are slow, one or two evaluations per entry, and they know nothing about
layers or chain rules. That is their worth: they are the witnesses that the fast derivatives
in the rest of the book are tested against.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["central_difference", "complex_step", "forward_difference", "relative_error"]

Array = np.ndarray
ScalarFunction = Callable[[Array], Any]


def forward_difference(f: ScalarFunction, x: Array, h: float = 1e-8) -> Array:
    """Gradient of the scalar function f at x by (f(x + h) - f(x)) / h, entry by entry.

    x: any shape, float64; returns the same shape. The truncation error shrinks only with h itself,
    so the best h is smaller (1e-8, the root of the rounding unit) and leaves about eight digits at
    most: half of them, where a central difference keeps two thirds (Nocedal & Wright 2006,
    section 8.1). It stands here for the lesson; prefer `central_difference`.

    Raises ValueError if h is not a positive number or f does not return a single number.
    """
    if not h > 0:
        raise ValueError(f"h must be a positive number; got {h!r}.")
    start = _single(f(np.array(x, dtype=np.float64)))
    return _entry_by_entry(x, np.float64, lambda x, i: (_single(f(_nudged(x, i, h))) - start) / h)


def central_difference(f: ScalarFunction, x: Array, h: float = 1e-5) -> Array:
    """Gradient of the scalar function f at x by (f(x + h) - f(x - h)) / 2h, entry by entry.

    x: any shape, float64; returns the same shape. The truncation error shrinks with h squared
    and the rounding error grows with 1/h; h = 1e-5 stands near the best compromise for numbers
    of order one (Nocedal & Wright 2006, section 8.1).

    Raises ValueError if h is not a positive number or f does not return a single number.
    """
    if not h > 0:
        raise ValueError(f"h must be a positive number; got {h!r}.")

    def slope(plus: Array, minus: Array) -> float:
        return (_single(f(plus)) - _single(f(minus))) / (2 * h)

    return _entry_by_entry(x, np.float64, lambda x, i: slope(_nudged(x, i, h), _nudged(x, i, -h)))


def complex_step(f: ScalarFunction, x: Array, h: float = 1e-20) -> Array:
    """Gradient of the scalar function f at x by Im f(x + ih) / h, entry by entry.

    x: any shape; returns float64 of the same shape. Nothing is subtracted, so nothing is lost to
    rounding and the result is good to the last digits; f must accept complex numbers and must
    not take absolute values or conjugates on the way (Squire & Trapp 1998).

    Raises ValueError if h is not a positive number or f does not return a single number.
    """
    if not h > 0:
        raise ValueError(f"h must be a positive number; got {h!r}.")
    return _entry_by_entry(
        x, np.complex128, lambda x, i: _single(f(_nudged(x, i, 1j * h))).imag / h
    )


def relative_error(a: Array, b: Array) -> float:
    """The largest |a - b|, measured against the largest entry of either array.

    a, b: arrays of one shape. 0.0 means equal; both all zero counts as equal. That an error is
    to be read relative to the gradient's size is Karpathy's advice (CS231n notes, "Gradient
    checks"); he divides entry by entry, here a tiny entry beside large ones is not held to its
    own last digits.

    Raises ValueError if the shapes differ.
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        raise ValueError(f"a and b must have one shape; got {a.shape} and {b.shape}.")
    scale = max(np.abs(a).max(initial=0.0), np.abs(b).max(initial=0.0))
    return float(np.abs(a - b).max(initial=0.0) / scale) if scale > 0 else 0.0


def _entry_by_entry(x: Array, dtype: type, derivative_at: Callable) -> Array:
    x = np.array(x, dtype=dtype)
    gradient = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        gradient[i] = derivative_at(x, i)
    return gradient


def _nudged(x: Array, i: tuple[int, ...], step: complex) -> Array:
    moved = x.copy()  # a copy each time: f may keep or change what it is given
    moved[i] += step
    return moved


def _single(value: Any) -> Any:
    value = np.asarray(value)
    if value.size != 1:
        raise ValueError(f"f must return a single number; got an array of shape {value.shape}.")
    return value.item()

"""All the derivatives of a function from arrays to arrays, and what can be asked of them.

The Jacobian holds the derivative of every result with respect to every input. It is seldom
wanted whole. A direction v in the input gives J v, which forward mode finds in one pass; weights
u on the results give u J, which reverse mode finds in one pass. Here u J is computed the long
way, from the whole Jacobian: slow, and independent of any rule for going backward.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore import checks
from dlcore.derivatives.dual import Dual

__all__ = ["jacobian", "jvp", "vjp"]

Array = np.ndarray
Function = Callable[[Any], Any]


def jvp(f: Function, x: Array, v: Array) -> tuple[Array, Array]:
    """f(x) and J v, the derivative of f along v, in one pass with dual numbers.

    x: any shape, real; v: the same shape. Both results have the shape of f(x). Griewank & Walther
    2008, chapter 3.

    Raises ValueError if the shapes differ, TypeError if f does something `Dual` has no rule for.
    """
    x, v = checks.numbers("x", x), checks.numbers("v", v)
    if v.shape != x.shape:
        raise ValueError(f"v must have the shape of x, {x.shape}; got {v.shape}.")
    y = f(Dual(x, v))
    if isinstance(y, Dual):
        return y.value, y.tangent
    y = checks.numbers("f(x)", y)  # f does not look at x at all
    return y, np.zeros(y.shape)


def jacobian(f: Function, x: Array, method: str = "complex") -> Array:
    """The derivative of every entry of f(x) with respect to every entry of x.

    x: any shape, real; returns float64 of shape f(x).shape + x.shape, one pass or two for each
    entry of x. method: 'complex' (steps of 1e-20 i, for f that are analytic; Squire & Trapp 1998),
    'central' (steps of 1e-5; Nocedal & Wright 2006, section 8.1) or 'dual' (forward mode).

    Raises ValueError for an unknown method, TypeError for x that are not real numbers.
    """
    along = COLUMNS[checks.choice("method", method, COLUMNS)]
    x = checks.numbers("x", x)
    y = np.asarray(f(x.copy()))
    columns = np.empty((*y.shape, x.size))
    for i in range(x.size):
        unit = np.zeros(x.shape)
        unit.flat[i] = 1.0
        columns[..., i] = along(f, x, unit)
    return columns.reshape(y.shape + x.shape)


def vjp(f: Function, x: Array, u: Array, method: str = "complex") -> Array:
    """u J: the gradient of Σ u · f(x) with respect to x, by way of the whole Jacobian.

    x: any shape; u: the shape of f(x); returns the shape of x. This is what reverse mode finds in
    one pass. Here it takes a pass for each entry of x: the slow witness of reverse mode.

    Raises ValueError if u does not have the shape of f(x), or for an unknown method.
    """
    whole = jacobian(f, x, method)
    u = checks.numbers("u", u)
    results = whole.shape[: whole.ndim - np.ndim(x)]
    if u.shape != results:
        raise ValueError(f"u must have the shape of f(x), {results}; got {u.shape}.")
    return np.tensordot(u, whole, axes=u.ndim)


def _complex(f: Function, x: Array, v: Array, h: float = 1e-20) -> Array:
    return np.asarray(f(x + 1j * h * v)).imag / h


def _central(f: Function, x: Array, v: Array, h: float = 1e-5) -> Array:
    return (np.asarray(f(x + h * v)) - np.asarray(f(x - h * v))) / (2 * h)


def _dual(f: Function, x: Array, v: Array) -> Array:
    return jvp(f, x, v)[1]


COLUMNS = {"complex": _complex, "central": _central, "dual": _dual}

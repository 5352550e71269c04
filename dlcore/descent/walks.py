"""Walks that are more than one rule applied to one gradient.

L-BFGS chooses the length of its steps by looking ahead; random search asks for no gradient at
all; descent by finite differences makes the gradient from values, at 2d of them a step. Each
returns its path, (steps + 1, d), which begins with x0.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore import checks
from dlcore.derivatives import central_difference
from dlcore.descent.rules import gradient_descent

__all__ = ["finite_difference_descent", "lbfgs", "random_search"]

Array = np.ndarray
Value = Callable[[Array], Any]
Gradient = Callable[[Array], Array]


def lbfgs(
    f: Value, gradient: Gradient, x0: Any, steps: int, *, memory: int = 10, tolerance: float = 1e-9
) -> Array:
    """L-BFGS (Liu & Nocedal 1989), SciPy's: curvature learnt from the last `memory` steps.

    It ends when the largest slope is below `tolerance` or no step helps; the path then stays
    where it is. Needs SciPy, which is loaded when called.
    """
    from scipy.optimize import minimize  # here, so that importing dlcore.descent stays quick

    path = [start(x0)]
    minimize(
        lambda x: float(f(x.copy())),
        path[0],
        jac=lambda x: slope_at(gradient, x),
        method="L-BFGS-B",
        callback=lambda x: path.append(x.copy()),
        options={
            "maxiter": max(checked_steps(steps), 1),
            "maxcor": checks.integer("memory", memory, least=1),
            "gtol": checks.number("tolerance", tolerance, least=0.0),
            "ftol": 0.0,
        },
    )
    path = path[: steps + 1]
    return np.array(path + [path[-1]] * (steps + 1 - len(path)))


def random_search(
    f: Value, x0: Any, steps: int, *, scale: float = 0.1, rng: np.random.Generator | int = 0
) -> Array:
    """A random step, kept if it leads down: no derivative is asked for (Rastrigin 1963).

    scale: the standard deviation of a step along each axis. rng: a Generator, or a seed.
    """
    scale, x = checks.number("scale", scale, least=0.0), start(x0)
    rng = np.random.default_rng(rng)
    path, height = [x], float(f(x.copy()))
    for _ in range(checked_steps(steps)):
        candidate = x + scale * rng.normal(size=x.shape)
        there = float(f(candidate.copy()))
        if there < height:
            x, height = candidate, there
        path.append(x)
    return np.array(path)


def finite_difference_descent(
    f: Value, x0: Any, steps: int, *, learning_rate: float, h: float = 1e-5
) -> Array:
    """Gradient descent along the gradient that `derivatives.central_difference` measures."""
    rate, x = checks.rate(learning_rate), start(x0)
    path = [x]
    for _ in range(checked_steps(steps)):
        x = gradient_descent(x, central_difference(f, x, h), rate)
        path.append(x)
    return np.array(path)


def start(x0: Any) -> Array:
    """x0 as a finite float64 array of shape (d,), a copy."""
    x = checks.finite("x0", np.array(checks.numbers("x0", x0)))
    if x.ndim != 1 or not x.size:
        raise ValueError(f"x0 must have shape (d,), the coordinates of a point; got {x.shape}.")
    return x


def checked_steps(steps: Any) -> int:
    """steps as an integer of at least 0."""
    return checks.integer("steps", steps, least=0)


def slope_at(gradient: Gradient, x: Array) -> Array:
    """gradient(x), which must have x's shape; it may not change x."""
    g = np.asarray(gradient(x.copy()), dtype=np.float64)
    if g.shape != x.shape:
        raise ValueError(f"the gradient must have x0's shape {x.shape}; got {g.shape}.")
    return g

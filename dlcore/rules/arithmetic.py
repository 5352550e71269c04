"""Arithmetic: the school's operations, entry by entry, on operands of any shapes that fit.

Where an operand was broadcast, its gradient is summed back to its own shape (`unbroadcast`).
Where a gradient is d unchanged it is d itself, not a copy: do not write into it. The
derivatives are made of operators alone, so that they can be differentiated once more.
"""

import numpy as np

from dlcore.rules.shaping import unbroadcast, unbroadcast_vjp

__all__ = [
    "absolute",
    "absolute_vjp",
    "add",
    "add_vjp",
    "divide",
    "divide_vjp",
    "exp",
    "exp_vjp",
    "general_power",
    "general_power_vjp",
    "log",
    "log_vjp",
    "maximum",
    "maximum_vjp",
    "multiply",
    "multiply_vjp",
    "negative",
    "negative_vjp",
    "power",
    "power_vjp",
    "sqrt",
    "sqrt_vjp",
    "square",
    "square_vjp",
    "subtract",
    "subtract_vjp",
    "unbroadcast",
    "unbroadcast_vjp",
    "where",
    "where_vjp",
]

Array = np.ndarray
Pair = tuple[Array, Array]


# Two operands


def add(x: Array, y: Array) -> Array:
    """x + y."""
    return x + y


def add_vjp(d: Array, x: Array, y: Array) -> Pair:
    """d, d."""
    return unbroadcast(d, np.shape(x)), unbroadcast(d, np.shape(y))


def subtract(x: Array, y: Array) -> Array:
    """x - y."""
    return x - y


def subtract_vjp(d: Array, x: Array, y: Array) -> Pair:
    """d, -d."""
    return unbroadcast(d, np.shape(x)), -unbroadcast(d, np.shape(y))


def multiply(x: Array, y: Array) -> Array:
    """x · y."""
    return x * y


def multiply_vjp(d: Array, x: Array, y: Array) -> Pair:
    """d · y, d · x."""
    return unbroadcast(d * y, np.shape(x)), unbroadcast(d * x, np.shape(y))


def divide(x: Array, y: Array) -> Array:
    """x / y."""
    return x / y


def divide_vjp(d: Array, x: Array, y: Array) -> Pair:
    """d / y, -d x / y²."""
    dx = d / y
    # (d/y) (x/y), since y² is 0 already for y = 1e-200, and infinite for 1e200
    return unbroadcast(dx, np.shape(x)), unbroadcast(-dx * (x / y), np.shape(y))


def maximum(x: Array, y: Array) -> Array:
    """The larger of x and y."""
    return np.maximum(x, y)


def maximum_vjp(d: Array, x: Array, y: Array) -> Pair:
    """d to the larger one; where they are equal, half of it to each."""
    half = d * (x == y) / 2
    dx, dy = d * (x > y) + half, d * (x < y) + half
    return unbroadcast(dx, np.shape(x)), unbroadcast(dy, np.shape(y))


def where(mask: Array, x: Array, y: Array) -> Array:
    """x where the mask is True, y elsewhere."""
    return np.where(mask, x, y)


def where_vjp(d: Array, mask: Array, x: Array, y: Array) -> Pair:
    """d to the one that was taken, 0 to the other; the mask has no slope."""
    dx, dy = np.where(mask, d, 0), np.where(mask, 0, d)
    return unbroadcast(dx, np.shape(x)), unbroadcast(dy, np.shape(y))


def general_power(x: Array, y: Array) -> Array:
    """x ** y, both arrays: a base x > 0, or any exponent that NumPy takes for the others."""
    return x**y


def general_power_vjp(d: Array, x: Array, y: Array) -> Pair:
    """d · y x^(y-1), d · x^y log x.

    Where x ≤ 0 the second is taken as 0, as in TensorFlow: a negative base has no real power at
    the exponents beside y, so there is no slope to give. Where y = 0 the first is 0.
    """
    dx = d * (y * x ** (y - np.not_equal(y, 0)))  # 0 · x⁰, not 0 · x⁻¹, where y = 0
    base = np.where(x > 0, x, 1)  # the logarithm of 1 is 0
    dy = d * (base**y * np.log(base))
    return unbroadcast(dx, np.shape(x)), unbroadcast(dy, np.shape(y))


# One operand


def negative(x: Array) -> Array:
    """-x."""
    return -x


def negative_vjp(d: Array, x: Array) -> Array:
    """-d."""
    return -d


def power(x: Array, exponent: float) -> Array:
    """x ** exponent, the exponent one number that is no input.

    NumPy's answers at the edges: NaN for a negative base with a fractional exponent.
    """
    return x**exponent


def power_vjp(d: Array, x: Array, exponent: float) -> Array:
    """d · p x^(p-1), which is 0 for p = 0, at x = 0 too; infinite at x = 0 for other p < 1."""
    return d * (exponent * x ** (exponent - 1)) if exponent else d * 0


def exp(x: Array) -> Array:
    """e^x."""
    return np.exp(x)


def exp_vjp(d: Array, z: Array) -> Array:
    """d · z, from the result z = e^x."""
    return d * z


def log(x: Array) -> Array:
    """The natural logarithm; x > 0."""
    return np.log(x)


def log_vjp(d: Array, x: Array) -> Array:
    """d / x."""
    return d / x


def sqrt(x: Array) -> Array:
    """The square root; x ≥ 0."""
    return np.sqrt(x)


def sqrt_vjp(d: Array, z: Array) -> Array:
    """d / 2z, from the result z = √x; infinite at x = 0, where the root stands upright."""
    return d / (2 * z)


def square(x: Array) -> Array:
    """x²."""
    return np.square(x)


def square_vjp(d: Array, x: Array) -> Array:
    """d · 2x."""
    return d * (2 * x)


def absolute(x: Array) -> Array:
    """|x|."""
    return np.abs(x)


def absolute_vjp(d: Array, x: Array) -> Array:
    """d · sign(x); at the kink x = 0 the slope is taken as 0."""
    return d * np.sign(x)

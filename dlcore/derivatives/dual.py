"""Forward mode: numbers that carry their derivative with them.

A dual number is a pair: a value, and the tangent, which says how fast the value moves when the
input moves. Every operation computes both. Sums add tangents, products follow the product rule,
a function multiplies the tangent by its slope: the chain rule, applied one step at a time in the
direction of the calculation. At the end the derivative is simply there, exact up to rounding.

Griewank & Walther 2008, Evaluating Derivatives, chapter 3.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore import checks

__all__ = ["Dual", "derivative"]

Array = np.ndarray


class Dual(np.lib.mixins.NDArrayOperatorsMixin):
    """An array of numbers, each with its derivative: value + tangent · ε, with ε² = 0.

    value: any shape. tangent: the same shape, or one number for all; 0 (a constant) if left out.
    Integers become float64. The operators, NumPy's functions and the usual methods work as on
    arrays, broadcasting included; comparisons look at the values and return plain booleans.
    At a tie of `maximum`, `minimum` or `max` the slope is shared, and that of |x| at 0 is 0:
    what a central difference finds there too.

    Raises TypeError for text and objects and where there is no rule for an operation, ValueError
    for a tangent of another shape.
    """

    def __init__(self, value: Any, tangent: Any = 0.0) -> None:
        value, tangent = _inexact("value", value), _inexact("tangent", tangent)
        if tangent.shape not in ((), value.shape):
            raise ValueError(f"tangent must have shape {value.shape}; got {tangent.shape}.")
        self.value = value
        self.tangent = np.broadcast_to(tangent, value.shape).astype(np.result_type(value, tangent))

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        if method != "__call__" or options:
            raise TypeError(f"Dual has no rule for np.{ufunc.__name__} with {method}, {options}.")
        values = [_value(x) for x in inputs]
        if ufunc in FLAT:
            return ufunc(*values)
        if ufunc not in PRODUCTS and ufunc not in SLOPES:
            raise TypeError(f"Dual has no rule for np.{ufunc.__name__}.")
        result = ufunc(*values)
        parts = []
        for i, x in enumerate(inputs):
            if not isinstance(x, Dual):
                continue  # a constant: it adds nothing, and its slope may not exist
            if ufunc in PRODUCTS:
                parts.append(ufunc(*values[:i], x.tangent, *values[i + 1 :]))
            else:
                parts.append(SLOPES[ufunc][i](*values, result) * x.tangent)
        if out is None:
            return Dual(result, np.broadcast_to(sum(parts), np.shape(result)))
        (target,) = out
        if not isinstance(target, Dual):
            raise TypeError("a Dual cannot be written into an array: its tangent would be lost.")
        target.value[...], target.tangent[...] = result, sum(parts)
        return target

    def __array_function__(self, function, types, arguments, options):
        if function not in FUNCTIONS:
            raise TypeError(f"Dual has no rule for np.{function.__name__}.")
        return FUNCTIONS[function](function, *arguments, **options)

    def __array__(self, dtype=None, copy=None):
        raise TypeError("a Dual cannot become an array: its tangent would be lost; use .value.")

    def __getitem__(self, index: Any) -> "Dual":
        return _pair(self.value[index], self.tangent[index])

    def __setitem__(self, index: Any, new: Any) -> None:
        self.value[index] = _value(new)
        self.tangent[index] = _tangent(new)

    def __len__(self) -> int:
        return len(self.value)

    def __repr__(self) -> str:
        return f"Dual({self.value}, tangent={self.tangent})"

    shape = property(lambda self: self.value.shape, doc="The value's shape.")
    ndim = property(lambda self: self.value.ndim, doc="The number of axes.")
    size = property(lambda self: self.value.size, doc="The number of entries.")
    dtype = property(lambda self: self.value.dtype, doc="The value's dtype.")
    T = property(lambda self: np.transpose(self), doc="Rows and columns exchanged.")
    real = property(lambda self: _pair(self.value.real, self.tangent.real), doc="The real part.")

    def sum(self, axis=None, keepdims=False) -> "Dual":
        """As for arrays: tangents are summed like values."""
        return np.sum(self, axis=axis, keepdims=keepdims)

    def mean(self, axis=None, keepdims=False) -> "Dual":
        """As for arrays: the tangent of a mean is the mean of the tangents."""
        return np.mean(self, axis=axis, keepdims=keepdims)

    def max(self, axis=None, keepdims=False) -> "Dual":
        """The largest value, with the tangent of the entry that is largest."""
        return np.max(self, axis=axis, keepdims=keepdims)

    def reshape(self, *shape) -> "Dual":
        """The same numbers in another shape."""
        return np.reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes) -> "Dual":
        """The axes in another order, reversed if none is given."""
        return np.transpose(self, axes or None)

    def ravel(self) -> "Dual":
        """All entries in one row."""
        return np.reshape(self, -1)

    def copy(self) -> "Dual":
        """The same numbers, kept apart."""
        return Dual(self.value, self.tangent)


def derivative(f: Callable[[Any], Any], x: float) -> float:
    """f'(x) for a function of one number that returns one number, by a single dual number.

    Raises ValueError if x or f(x) is not a single number (`jvp` and `jacobian` take arrays),
    TypeError if f does something there is no rule for.
    """
    if np.size(x) != 1:
        raise ValueError(f"x must be a single number; got an array of shape {np.shape(x)}.")
    y = f(Dual(np.reshape(np.asarray(x, dtype=float), ()), 1.0))
    if np.size(_value(y)) != 1:
        raise ValueError(f"f must return a single number; got an array of shape {np.shape(y)}.")
    return float(np.reshape(_tangent(y), ()))


# The rules. One slope for each input, from the inputs and the result: dy/da and dy/db

SLOPES = {
    np.add: (lambda a, b, y: 1.0, lambda a, b, y: 1.0),
    np.subtract: (lambda a, b, y: 1.0, lambda a, b, y: -1.0),
    np.true_divide: (lambda a, b, y: 1 / b, lambda a, b, y: -y / b),
    # where b = 0 the slope is 0 although a^-1 may not exist; where a = 0, a^b log a tends to 0
    np.power: (
        lambda a, b, y: b * a ** np.where(b == 0, 1.0, b - 1.0),
        lambda a, b, y: y * np.log(np.where(a == 0, 1.0, a)),
    ),
    np.maximum: (lambda a, b, y: _ahead(a, b), lambda a, b, y: _ahead(b, a)),
    np.minimum: (lambda a, b, y: _ahead(b, a), lambda a, b, y: _ahead(a, b)),
    np.logaddexp: (lambda a, b, y: np.exp(a - y), lambda a, b, y: np.exp(b - y)),
    np.negative: (lambda a, y: -1.0,),
    np.positive: (lambda a, y: 1.0,),
    np.absolute: (lambda a, y: np.sign(a),),
    np.square: (lambda a, y: 2 * a,),
    np.sqrt: (lambda a, y: 0.5 / y,),
    np.reciprocal: (lambda a, y: -y * y,),
    np.exp: (lambda a, y: y,),
    np.expm1: (lambda a, y: y + 1,),
    np.log: (lambda a, y: 1 / a,),
    np.log1p: (lambda a, y: 1 / (1 + a),),
    np.sin: (lambda a, y: np.cos(a),),
    np.cos: (lambda a, y: -np.sin(a),),
    np.tan: (lambda a, y: 1 + y * y,),
    np.arctan: (lambda a, y: 1 / (1 + a * a),),
    np.sinh: (lambda a, y: np.cosh(a),),
    np.cosh: (lambda a, y: np.sinh(a),),
    np.tanh: (lambda a, y: 1 - y * y,),
}

# The product rule: each factor's tangent in its place, the other factors as they are
PRODUCTS = {np.multiply, np.matmul}

# The value decides, and the slope is 0 wherever there is one: what comes out is a plain array
FLAT = {
    *(np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal),
    *(np.sign, np.floor, np.ceil, np.isfinite, np.isnan, np.isinf),
}


def _linear(function, x, *arguments, **options):
    """Sum, mean, reshape, ...: the tangent goes through the same function as the value."""
    return _pair(
        function(_value(x), *arguments, **options), function(_tangent(x), *arguments, **options)
    )


def _joined(function, parts, *arguments, **options):
    """Concatenate, stack: the tangents are joined as the values are."""
    return _pair(
        function([_value(x) for x in parts], *arguments, **options),
        function([_tangent(x) for x in parts], *arguments, **options),
    )


def _where(function, condition, a, b):
    mask = _value(condition)
    return _pair(function(mask, _value(a), _value(b)), function(mask, _tangent(a), _tangent(b)))


def _dot(function, a, b):
    """The product rule for np.dot, np.outer, np.inner."""
    return _pair(
        function(_value(a), _value(b)),
        function(_tangent(a), _value(b)) + function(_value(a), _tangent(b)),
    )


def _largest(function, x, axis=None, keepdims=False):
    top = function(x.value, axis=axis, keepdims=True)
    first = x.value == top
    tangent = (first * x.tangent).sum(axis=axis, keepdims=keepdims)
    return _pair(
        function(x.value, axis=axis, keepdims=keepdims),
        tangent / first.sum(axis=axis, keepdims=keepdims),
    )


def _of_values(function, x, *arguments, **options):
    return function(_value(x), *arguments, **options)


FUNCTIONS = {
    **dict.fromkeys((np.sum, np.mean, np.cumsum, np.trace, np.diagonal), _linear),
    **dict.fromkeys((np.reshape, np.transpose, np.swapaxes, np.ravel, np.squeeze), _linear),
    **dict.fromkeys((np.expand_dims, np.broadcast_to, np.take, np.repeat, np.copy), _linear),
    **dict.fromkeys((np.concatenate, np.stack), _joined),
    **dict.fromkeys((np.dot, np.outer, np.inner), _dot),
    **dict.fromkeys((np.max, np.min), _largest),
    **dict.fromkeys((np.shape, np.ndim, np.size, np.zeros_like, np.ones_like), _of_values),
    **dict.fromkeys((np.argmax, np.argmin, np.argsort), _of_values),
    np.where: _where,
}


def _ahead(a, b):
    """1 where a is the larger, 0 where b is, a half where they tie."""
    return np.where(a == b, 0.5, a > b)


def _pair(value, tangent):
    """A Dual around arrays as they are: a view stays a view."""
    pair = object.__new__(Dual)
    pair.value, pair.tangent = np.asarray(value), np.asarray(tangent)
    return pair


def _value(x: Any) -> Any:
    return x.value if isinstance(x, Dual) else x


def _tangent(x: Any) -> Any:
    return x.tangent if isinstance(x, Dual) else np.zeros(np.shape(x))


def _inexact(name: str, x: Any) -> Array:
    x = checks.array(name, x)
    return np.array(x) if x.dtype.kind in "fc" else np.array(checks.numbers(name, x))

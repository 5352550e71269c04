"""The rules as a tape uses them: each with a way back that asks only for what is wanted.

A rule's VJP takes what suits it: its inputs (multiply), or its result (exp). Here they all get
one form, vjp(d, z, asks, *inputs, **options), and give one gradient per input.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from dlcore.rules import activations, affine, arithmetic, losses, products, reductions, shaping

__all__ = ["Operation"]

Array = np.ndarray


class Operation(NamedTuple):
    """A rule and its way back: vjp(d, z, asks, *inputs, **options) -> a gradient per input.

    d is the derivative with respect to the result z, and `asks` tells for each input whether
    anybody wants its gradient.
    """

    name: str
    forward: Callable[..., Array]
    vjp: Callable[..., Sequence[Any]]


def _from_inputs(module: Any, name: str) -> Operation:
    """A rule whose VJP is written in its inputs and gives one gradient for each."""
    vjp = getattr(module, f"{name}_vjp")
    return Operation(
        name, getattr(module, name), lambda d, z, asks, *inputs, **o: vjp(d, *inputs, **o)
    )


def _from_input(module: Any, name: str) -> Operation:
    """A rule of one input whose VJP is written in it."""
    vjp = getattr(module, f"{name}_vjp")
    return Operation(name, getattr(module, name), lambda d, z, asks, x, **o: (vjp(d, x, **o),))


def _from_result(module: Any, name: str) -> Operation:
    """A rule of one input whose VJP is written in its result."""
    vjp = getattr(module, f"{name}_vjp")
    return Operation(name, getattr(module, name), lambda d, z, asks, x, **o: (vjp(d, z, **o),))


def _affine_vjp(d: Any, z: Any, asks: Sequence[bool], x: Any, W: Any, b: Any) -> Sequence[Any]:
    return affine.affine_vjp(d, x, W, need_dx=asks[0])


def _cross_entropy_vjp(d: Any, z: Any, asks: Sequence[bool], logits: Any, *, y: Any) -> tuple[Any]:
    return (losses.softmax_cross_entropy_vjp(logits, y, d[:, np.newaxis]),)


def _getitem_vjp(d: Any, z: Any, asks: Sequence[bool], x: Any, *, index: Any) -> tuple[Any]:
    if hasattr(d, "put_into"):  # a Tensor, so this step back is to be recorded as well
        return (d.put_into(np.shape(x), index),)
    return (shaping.getitem_vjp(d, x, index),)


def _put(d: Array, *, shape: tuple[int, ...], index: Any) -> Array:
    return shaping.getitem_vjp(d, np.empty(shape, np.bool_), index)


def _concatenate(*arrays: Array, axis: int) -> Array:
    return shaping.concatenate(arrays, axis)


def _concatenate_vjp(d: Any, z: Any, asks: Sequence[bool], *arrays: Any, axis: int) -> Any:
    return shaping.concatenate_vjp(d, arrays, axis)


ADD = _from_inputs(arithmetic, "add")
SUBTRACT = _from_inputs(arithmetic, "subtract")
MULTIPLY = _from_inputs(arithmetic, "multiply")
DIVIDE = _from_inputs(arithmetic, "divide")
MAXIMUM = _from_inputs(arithmetic, "maximum")
GENERAL_POWER = _from_inputs(arithmetic, "general_power")
MATMUL = _from_inputs(products, "matmul")

NEGATIVE = _from_input(arithmetic, "negative")
POWER = _from_input(arithmetic, "power")
LOG = _from_input(arithmetic, "log")
SQUARE = _from_input(arithmetic, "square")
ABSOLUTE = _from_input(arithmetic, "absolute")
SUM = _from_input(reductions, "sum")
MEAN = _from_input(reductions, "mean")
MAX = _from_input(reductions, "max")
RESHAPE = _from_input(shaping, "reshape")
TRANSPOSE = _from_input(shaping, "transpose")
GETITEM = Operation("getitem", shaping.getitem, _getitem_vjp)
PUT = Operation("put", _put, lambda d, z, asks, x, *, shape, index: (d[index],))

EXP = _from_result(arithmetic, "exp")
SQRT = _from_result(arithmetic, "sqrt")
RELU = _from_result(activations, "relu")
SIGMOID = _from_result(activations, "sigmoid")
TANH = _from_result(activations, "tanh")
SOFTMAX = _from_result(activations, "softmax")

AFFINE = Operation("affine", affine.affine, _affine_vjp)
CONCATENATE = Operation("concatenate", _concatenate, _concatenate_vjp)
SOFTMAX_CROSS_ENTROPY = Operation(
    "softmax_cross_entropy", losses.softmax_cross_entropy, _cross_entropy_vjp
)
SAME = Operation("same", lambda x: x, lambda d, z, asks, x: (d,))

# What NumPy's own functions become when they are given a Tensor
UFUNCS = {
    np.add: ADD,
    np.subtract: SUBTRACT,
    np.multiply: MULTIPLY,
    np.divide: DIVIDE,
    np.maximum: MAXIMUM,
    np.power: GENERAL_POWER,
    np.matmul: MATMUL,
    np.negative: NEGATIVE,
    np.log: LOG,
    np.square: SQUARE,
    np.absolute: ABSOLUTE,
    np.exp: EXP,
    np.sqrt: SQRT,
    np.tanh: TANH,
}
WITHOUT_SLOPE = {
    np.equal,
    np.not_equal,
    np.greater,
    np.greater_equal,
    np.less,
    np.less_equal,
    np.isfinite,
    np.sign,
}

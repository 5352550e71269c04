"""The rules as a tape uses them: each with a way back that asks only for what is wanted.

A rule's VJP takes what suits it: its inputs (multiply), its result (exp), or what its forward
kept (layer_norm). Here they all get one form, vjp(d, z, asks, *inputs, **options), and give one
gradient per input.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from dlcore.rules import (
    activations,
    affine,
    arithmetic,
    attention,
    convolution,
    dropout,
    embedding,
    losses,
    normalisation,
    penalties,
    pooling,
    products,
    reductions,
    shaping,
)

__all__ = ["Operation"]

Array = np.ndarray
Gradients = Sequence[Any]


class Operation(NamedTuple):
    """A rule and its way back: vjp(d, z, asks, *inputs, **options) -> a gradient per input.

    d is the derivative with respect to the result z, and `asks` tells for each input whether
    anybody wants its gradient. With keeps=True the forward gives (result, kept), and the way
    back gets what was kept in the place of z.
    """

    name: str
    forward: Callable[..., Any]
    vjp: Callable[..., Gradients]
    keeps: bool = False


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


def _loss(name: str) -> Operation:
    """A loss of outputs (n, k) and targets y, which gives (n,) numbers; d is their weight."""
    vjp = getattr(losses, f"{name}_vjp")
    return Operation(
        name,
        getattr(losses, name),
        lambda d, z, asks, outputs, *, y, **o: (vjp(outputs, y, d[:, np.newaxis], **o),),
    )


def _penalty(name: str) -> Operation:
    """A penalty λ · (a number made of W)."""
    rule, vjp = getattr(penalties, name), getattr(penalties, f"{name}_vjp")
    return Operation(
        name,
        lambda W, *, factor: W.dtype.type(rule(W, factor)),
        lambda d, z, asks, W, *, factor: (d * vjp(W, factor),),
    )


def _normalisation(name: str) -> Operation:
    """A rule of x, γ and β whose VJP is written in what its forward kept."""
    vjp = getattr(normalisation, f"{name}_vjp")
    return Operation(
        name,
        getattr(normalisation, name),
        lambda d, kept, asks, x, gamma, beta, **_: vjp(d, kept, gamma),
        keeps=True,
    )


def _general_power_vjp(d: Any, z: Any, asks: Sequence[bool], *operands: Any) -> Gradients:
    # Python's numbers in z's dtype, or the rule's own arithmetic would make them float64
    number = z.dtype.type
    x, y = (number(v) if isinstance(v, int | float) else v for v in operands)
    return arithmetic.general_power_vjp(d, x, y)


def _where_vjp(d: Any, z: Any, asks: Sequence[bool], x: Any, y: Any, *, mask: Array) -> Gradients:
    return arithmetic.where_vjp(d, mask, x, y)


def _affine_vjp(d: Any, z: Any, asks: Sequence[bool], x: Any, W: Any, *b: Any) -> Gradients:
    return affine.affine_vjp(d, x, W, need_dx=asks[0])[: len(asks)]  # two of three without b


def _conv2d_vjp(
    d: Any, z: Any, asks: Sequence[bool], x: Any, kernel: Any, *bias: Any, **o: Any
) -> Gradients:
    return convolution.conv2d_vjp(d, x, kernel, need_dx=asks[0], **o)[: len(asks)]


def _batch_norm_given_vjp(
    d: Any, z: Any, asks: Sequence[bool], x: Any, gamma: Any, beta: Any, **o: Any
) -> Gradients:
    return normalisation.batch_norm_given_vjp(d, x, gamma, **o)


def _attention_vjp(
    d: Any, weights: Any, asks: Sequence[bool], q: Any, k: Any, v: Any, **_: Any
) -> Gradients:
    return attention.scaled_dot_product_attention_vjp(d, q, k, v, weights)


def _dropout_vjp(d: Any, z: Any, asks: Sequence[bool], x: Any, **o: Any) -> Gradients:
    return (dropout.dropout_vjp(d, **o),)


def _concatenate(*arrays: Array, axis: int) -> Array:
    return shaping.concatenate(arrays, axis)


def _concatenate_vjp(d: Any, z: Any, asks: Sequence[bool], *arrays: Any, axis: int) -> Gradients:
    return shaping.concatenate_vjp(d, arrays, axis)


# Picking: on the way back a Tensor d is put where it was picked from by an operation that can
# itself be gone back through, for the rules write in place, which no tape can record


def _getitem_vjp(d: Any, z: Any, asks: Sequence[bool], x: Any, *, index: Any) -> Gradients:
    if hasattr(d, "put_into"):
        return (d.put_into(np.shape(x), index),)
    return (shaping.getitem_vjp(d, x, index),)


def _embedding_vjp(d: Any, z: Any, asks: Sequence[bool], table: Any, *, indices: Any) -> Gradients:
    if hasattr(d, "put_into"):
        return (d.put_into(np.shape(table), indices),)
    return (embedding.embedding_vjp(d, table, indices),)


def _put(d: Array, *, shape: tuple[int, ...], index: Any) -> Array:
    return shaping.getitem_vjp(d, np.empty(shape, np.bool_), index)


ADD = _from_inputs(arithmetic, "add")
SUBTRACT = _from_inputs(arithmetic, "subtract")
MULTIPLY = _from_inputs(arithmetic, "multiply")
DIVIDE = _from_inputs(arithmetic, "divide")
MAXIMUM = _from_inputs(arithmetic, "maximum")
GENERAL_POWER = Operation("general_power", arithmetic.general_power, _general_power_vjp)
WHERE = Operation("where", lambda x, y, *, mask: arithmetic.where(mask, x, y), _where_vjp)
NEGATIVE = _from_input(arithmetic, "negative")
POWER = _from_input(arithmetic, "power")
LOG = _from_input(arithmetic, "log")
SQUARE = _from_input(arithmetic, "square")
ABSOLUTE = _from_input(arithmetic, "absolute")
EXP = _from_result(arithmetic, "exp")
SQRT = _from_result(arithmetic, "sqrt")

MATMUL = _from_inputs(products, "matmul")
AFFINE = Operation("affine", affine.affine, _affine_vjp)
SUM = _from_input(reductions, "sum")
MEAN = _from_input(reductions, "mean")
MAX = _from_input(reductions, "max")

SAME = Operation("same", lambda x: x, lambda d, z, asks, x: (d,))
RESHAPE = _from_input(shaping, "reshape")
TRANSPOSE = _from_input(shaping, "transpose")
BROADCAST_TO = _from_input(shaping, "broadcast_to")
CONCATENATE = Operation("concatenate", _concatenate, _concatenate_vjp)
GETITEM = Operation("getitem", shaping.getitem, _getitem_vjp)
PUT = Operation("put", _put, lambda d, z, asks, x, *, shape, index: (d[index],))

RELU = _from_result(activations, "relu")
LEAKY_RELU = _from_result(activations, "leaky_relu")
ELU = _from_result(activations, "elu")
GELU = _from_input(activations, "gelu")
SIGMOID = _from_result(activations, "sigmoid")
TANH = _from_result(activations, "tanh")
SOFTMAX = _from_result(activations, "softmax")
LOG_SOFTMAX = _from_result(activations, "log_softmax")

SOFTMAX_CROSS_ENTROPY = _loss("softmax_cross_entropy")
CROSS_ENTROPY = _loss("cross_entropy")
SIGMOID_CROSS_ENTROPY = _loss("sigmoid_cross_entropy")
BINARY_CROSS_ENTROPY = _loss("binary_cross_entropy")
SQUARED_ERROR = _loss("squared_error")
SQUARE_SUM = _penalty("square_sum")
ABSOLUTE_SUM = _penalty("absolute_sum")

LAYER_NORM = _normalisation("layer_norm")
BATCH_NORM = _normalisation("batch_norm")
BATCH_NORM_GIVEN = Operation(
    "batch_norm_given", normalisation.batch_norm_given, _batch_norm_given_vjp
)
DROPOUT = Operation("dropout", dropout.dropout, _dropout_vjp)
CONV2D = Operation("conv2d", convolution.conv2d, _conv2d_vjp)
MAX_POOL2D = _from_input(pooling, "max_pool2d")
AVERAGE_POOL2D = _from_input(pooling, "average_pool2d")
EMBEDDING = Operation("embedding", embedding.embedding, _embedding_vjp)
ATTENTION = Operation(
    "scaled_dot_product_attention",
    attention.scaled_dot_product_attention,
    _attention_vjp,
    keeps=True,
)

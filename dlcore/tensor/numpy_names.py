"""What NumPy's own functions become when they are given a Tensor."""

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.tensor import operations as ops
from dlcore.tensor.operations import Operation

__all__ = ["ATTRIBUTES", "FUNCTIONS", "REDUCTIONS", "UFUNCS", "WITHOUT_SLOPE"]

Call = tuple[Operation, tuple[Any, ...], dict[str, Any]]

UFUNCS = {
    np.add: ops.ADD,
    np.subtract: ops.SUBTRACT,
    np.multiply: ops.MULTIPLY,
    np.divide: ops.DIVIDE,
    np.maximum: ops.MAXIMUM,
    np.power: ops.GENERAL_POWER,
    np.matmul: ops.MATMUL,
    np.negative: ops.NEGATIVE,
    np.log: ops.LOG,
    np.square: ops.SQUARE,
    np.absolute: ops.ABSOLUTE,
    np.exp: ops.EXP,
    np.sqrt: ops.SQRT,
    np.tanh: ops.TANH,
}
REDUCTIONS = {np.add: ops.SUM, np.maximum: ops.MAX}  # np.add.reduce, np.maximum.reduce
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


def _reduction(operation: Operation) -> Callable[..., Call]:
    return lambda x, axis=None, keepdims=False: (
        operation,
        (x,),
        {"axis": axis, "keepdims": keepdims},
    )


# Functions that are no ufuncs: to the operation, its inputs and its options
FUNCTIONS: dict[Callable[..., Any], Callable[..., Call]] = {
    np.sum: _reduction(ops.SUM),
    np.mean: _reduction(ops.MEAN),
    np.max: _reduction(ops.MAX),
    np.reshape: lambda x, shape: (ops.RESHAPE, (x,), {"shape": shape}),
    np.transpose: lambda x, axes=None: (ops.TRANSPOSE, (x,), {"axes": axes}),
    np.broadcast_to: lambda x, shape: (ops.BROADCAST_TO, (x,), {"shape": shape}),
    np.concatenate: lambda tensors, axis=0: (ops.CONCATENATE, tuple(tensors), {"axis": axis}),
    np.where: lambda mask, x, y: (ops.WHERE, (x, y), {"mask": np.asarray(mask)}),
}
ATTRIBUTES = {np.shape: "shape", np.ndim: "ndim", np.size: "size"}

"""The activations as functions of Tensors."""

from typing import Any

from dlcore.tensor import operations as ops
from dlcore.tensor.tape import Tensor, apply, tensor_of

__all__ = [
    "elu",
    "gelu",
    "leaky_relu",
    "log_softmax",
    "relu",
    "sigmoid",
    "softmax",
    "tanh",
]


def relu(z: Any) -> Tensor:
    """max(z, 0)."""
    return apply(ops.RELU, tensor_of(z))


def leaky_relu(z: Any, negative_slope: float = 0.2) -> Tensor:
    """z where z > 0, elsewhere negative_slope · z; negative_slope ≥ 0."""
    return apply(ops.LEAKY_RELU, tensor_of(z), negative_slope=negative_slope)


def elu(z: Any, alpha: float = 1.0) -> Tensor:
    """z where z > 0, elsewhere alpha (e^z - 1); alpha ≥ 0."""
    return apply(ops.ELU, tensor_of(z), alpha=alpha)


def gelu(z: Any, approximate: bool = False) -> Tensor:
    """z Φ(z); with approximate=True by the formula with tanh, which can be differentiated twice."""
    return apply(ops.GELU, tensor_of(z), approximate=approximate)


def sigmoid(z: Any) -> Tensor:
    """1 / (1 + e^-z)."""
    return apply(ops.SIGMOID, tensor_of(z))


def tanh(z: Any) -> Tensor:
    """The hyperbolic tangent."""
    return apply(ops.TANH, tensor_of(z))


def softmax(z: Any, axis: int = -1) -> Tensor:
    """e^z / Σ e^z along an axis, the last by default."""
    return apply(ops.SOFTMAX, tensor_of(z), axis=axis)


def log_softmax(z: Any, axis: int = -1) -> Tensor:
    """z - log Σ e^z along an axis, the last by default."""
    return apply(ops.LOG_SOFTMAX, tensor_of(z), axis=axis)

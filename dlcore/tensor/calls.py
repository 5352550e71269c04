"""The rules as functions of Tensors, where an operator or a method of NumPy's is not enough."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore import checks
from dlcore.tensor import operations as ops
from dlcore.tensor.tape import Tensor, apply

__all__ = ["affine", "concatenate", "relu", "sigmoid", "softmax", "softmax_cross_entropy", "tanh"]


def affine(x: Any, W: Any, b: Any) -> Tensor:
    """x W + b.  x: (n, i), W: (i, o), b: (o,) -> (n, o), in one operation."""
    return apply(ops.AFFINE, x, W, b)


def relu(z: Any) -> Tensor:
    """max(z, 0)."""
    return apply(ops.RELU, z)


def sigmoid(z: Any) -> Tensor:
    """1 / (1 + e^-z)."""
    return apply(ops.SIGMOID, z)


def tanh(z: Any) -> Tensor:
    """The hyperbolic tangent."""
    return apply(ops.TANH, z)


def softmax(z: Any) -> Tensor:
    """e^z / Σ e^z along the last axis."""
    return apply(ops.SOFTMAX, z)


def concatenate(tensors: Sequence[Any], axis: int = 0) -> Tensor:
    """The tensors one after another along an axis they have."""
    return apply(ops.CONCATENATE, *tensors, axis=axis)


def softmax_cross_entropy(logits: Any, y: Any) -> Tensor:
    """-log softmax(logits)[label], one number per row: (n, k) and labels (n,) -> (n,).

    y may also be (n, k) rows of probabilities. Raises ValueError or TypeError for labels that do
    not fit.
    """
    logits = logits if isinstance(logits, Tensor) else Tensor(logits)
    if logits.ndim != 2:
        raise ValueError(f"logits must have shape (n, classes); got {logits.shape}.")
    if np.ndim(y) == 1:
        y = checks.labels("y", y, *logits.shape)
    else:
        y = checks.distributions("y", checks.targets("y", y, logits.shape, logits.dtype))
    return apply(ops.SOFTMAX_CROSS_ENTROPY, logits, y=y)

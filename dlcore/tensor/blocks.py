"""What layers are made of, and joining, as functions of Tensors.

Masks, indices and statistics are constants: arrays, no Tensors.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore import checks
from dlcore.rules.normalisation import EPSILON
from dlcore.tensor import operations as ops
from dlcore.tensor.tape import Tensor, apply, tensor_of

__all__ = [
    "affine",
    "average_pool2d",
    "batch_norm",
    "batch_norm_given",
    "broadcast_to",
    "concatenate",
    "conv2d",
    "dropout",
    "embedding",
    "layer_norm",
    "max_pool2d",
    "scaled_dot_product_attention",
    "where",
]

Size = int | tuple[int, int]


def affine(x: Any, W: Any, b: Any = None) -> Tensor:
    """x W + b.  x: (n, i), W: (i, o), b: (o,) or None -> (n, o), in one operation."""
    return apply(ops.AFFINE, x, W) if b is None else apply(ops.AFFINE, x, W, b)


def conv2d(
    x: Any, kernel: Any, bias: Any = None, strides: Size = 1, padding: str = "valid"
) -> Tensor:
    """x: (n, h, w, c), kernel: (kh, kw, c, o), bias: (o,) or None -> (n, H, W, o).

    strides: one integer or (rows, columns). padding: 'valid' or 'same'.
    """
    inputs = [tensor_of(one) for one in (x, kernel, bias) if one is not None]
    return apply(ops.CONV2D, *inputs, strides=strides, padding=padding)


def max_pool2d(
    x: Any, pool_size: Size = 2, strides: Size | None = None, padding: str = "valid"
) -> Tensor:
    """The largest entry of every window.  x: (n, h, w, c) -> (n, H, W, c)."""
    options = {"pool_size": pool_size, "strides": strides, "padding": padding}
    return apply(ops.MAX_POOL2D, tensor_of(x), **options)


def average_pool2d(
    x: Any, pool_size: Size = 2, strides: Size | None = None, padding: str = "valid"
) -> Tensor:
    """The mean of every window.  x: (n, h, w, c) -> (n, H, W, c)."""
    options = {"pool_size": pool_size, "strides": strides, "padding": padding}
    return apply(ops.AVERAGE_POOL2D, tensor_of(x), **options)


def layer_norm(x: Any, gamma: Any, beta: Any, epsilon: float = EPSILON) -> Tensor:
    """γ x̂ + β, normalised along the last axis.  x: (..., c), γ and β: (c,)."""
    inputs = tensor_of(x), tensor_of(gamma), tensor_of(beta)
    return apply(ops.LAYER_NORM, *inputs, epsilon=epsilon)


def batch_norm(x: Any, gamma: Any, beta: Any, epsilon: float = EPSILON) -> Tensor:
    """γ x̂ + β, normalised over the batch: training.  x: (..., c), γ and β: (c,)."""
    inputs = tensor_of(x), tensor_of(gamma), tensor_of(beta)
    return apply(ops.BATCH_NORM, *inputs, epsilon=epsilon)


def batch_norm_given(
    x: Any, gamma: Any, beta: Any, mean: Any, variance: Any, epsilon: float = EPSILON
) -> Tensor:
    """γ x̂ + β with a mean and variance (c,) from elsewhere, arrays: inference."""
    x = tensor_of(x)
    options = {
        "mean": np.asarray(mean, x.dtype),
        "variance": np.asarray(variance, x.dtype),
        "epsilon": epsilon,
    }
    return apply(ops.BATCH_NORM_GIVEN, x, tensor_of(gamma), tensor_of(beta), **options)


def dropout(x: Any, mask: Any, rate: float) -> Tensor:
    """x / (1 - rate) where mask, booleans, is True; 0 elsewhere."""
    return apply(ops.DROPOUT, tensor_of(x), mask=np.asarray(mask), rate=rate)


def embedding(table: Any, indices: Any) -> Tensor:
    """Row indices[...] of the table.  table: (v, d), indices: integers -> (..., d)."""
    return apply(ops.EMBEDDING, tensor_of(table), indices=checks.array("indices", indices))


def scaled_dot_product_attention(
    q: Any, k: Any, v: Any, causal: bool = False, mask: Any = None
) -> Tensor:
    """softmax(q kᵀ / √d) v.  q: (..., t, d), k: (..., s, d), v: (..., s, e) -> (..., t, e).

    causal: query i sees keys 0..i only. mask: booleans, True where it may look.
    """
    options = {"causal": causal, "mask": None if mask is None else np.asarray(mask)}
    return apply(ops.ATTENTION, tensor_of(q), tensor_of(k), tensor_of(v), **options)


def where(mask: Any, x: Any, y: Any) -> Tensor:
    """x where mask, booleans, is True; y elsewhere."""
    return apply(ops.WHERE, x, y, mask=np.asarray(mask))


def broadcast_to(x: Any, shape: tuple[int, ...]) -> Tensor:
    """x repeated until it has this shape, by NumPy's rules."""
    return apply(ops.BROADCAST_TO, tensor_of(x), shape=tuple(shape))


def concatenate(tensors: Sequence[Any], axis: int = 0) -> Tensor:
    """The tensors one after another along an axis they have."""
    return apply(ops.CONCATENATE, *map(tensor_of, tensors), axis=axis)

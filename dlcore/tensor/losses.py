"""The losses as functions of Tensors: one number per row, (n, k) outputs -> (n,); and penalties.

Targets are constants: arrays, no Tensors. Take the `mean()` of the rows for the loss of a batch.
"""

from typing import Any

import numpy as np

from dlcore import checks
from dlcore.tensor import operations as ops
from dlcore.tensor.tape import Tensor, apply, tensor_of

__all__ = [
    "absolute_sum",
    "binary_cross_entropy",
    "cross_entropy",
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
    "square_sum",
    "squared_error",
]

Array = np.ndarray


def softmax_cross_entropy(logits: Any, y: Any, label_smoothing: float = 0.0) -> Tensor:
    """-log softmax(logits)[label].  y: labels (n,), or rows of probabilities (n, k).

    label_smoothing s: the targets are (1 - s) y + s / k. Raises ValueError or TypeError for
    labels that do not fit.
    """
    logits = _outputs("logits", logits)
    y = _classes(y, logits)
    if label_smoothing:
        checks.number("label_smoothing", label_smoothing, 0.0, 1.0)
        return apply(ops.SOFTMAX_CROSS_ENTROPY, logits, y=y, label_smoothing=label_smoothing)
    return apply(ops.SOFTMAX_CROSS_ENTROPY, logits, y=y)


def cross_entropy(p: Any, y: Any) -> Tensor:
    """-log p[label], from probabilities; y as for softmax_cross_entropy."""
    p = _outputs("p", p)
    return apply(ops.CROSS_ENTROPY, p, y=_classes(y, p))


def sigmoid_cross_entropy(logits: Any, y: Any) -> Tensor:
    """-(y log p + (1-y) log(1-p)) with p = sigmoid(logits), mean over k.  y: (n, k) in 0..1."""
    logits = _outputs("logits", logits)
    return apply(ops.SIGMOID_CROSS_ENTROPY, logits, y=checks.probabilities("y", _rows(y, logits)))


def binary_cross_entropy(p: Any, y: Any) -> Tensor:
    """-(y log p + (1-y) log(1-p)) from probabilities, mean over k.  y: (n, k) in 0..1."""
    p = _outputs("p", p)
    return apply(ops.BINARY_CROSS_ENTROPY, p, y=checks.probabilities("y", _rows(y, p)))


def squared_error(prediction: Any, y: Any) -> Tensor:
    """The mean of (ŷ - y)² over the k outputs.  y: (n, k)."""
    prediction = _outputs("prediction", prediction)
    return apply(ops.SQUARED_ERROR, prediction, y=_rows(y, prediction))


def square_sum(W: Any, factor: float) -> Tensor:
    """λ Σ W², what an L2 regulariser adds."""
    return apply(ops.SQUARE_SUM, tensor_of(W), factor=factor)


def absolute_sum(W: Any, factor: float) -> Tensor:
    """λ Σ |W|, what an L1 regulariser adds."""
    return apply(ops.ABSOLUTE_SUM, tensor_of(W), factor=factor)


def _outputs(name: str, outputs: Any) -> Tensor:
    outputs = tensor_of(outputs)
    if outputs.data.ndim != 2 or not outputs.data.shape[1]:
        raise ValueError(f"{name} must have shape (n, k), k > 0; got {outputs.shape}.")
    return outputs


def _rows(y: Any, outputs: Tensor) -> Array:
    return checks.targets("y", y, outputs.shape, outputs.dtype)


def _classes(y: Any, outputs: Tensor) -> Array:
    y = checks.array("y", y)
    if y.ndim == 1:
        return checks.labels("y", y, *outputs.data.shape)
    return checks.distributions("y", _rows(y, outputs))

"""Losses: how wrong an output is, row by row, and the derivative that starts the way back.

A loss that ends in a logarithm is safest when it takes the last activation over: softmax with
cross-entropy has the derivative p - y, with no division and nothing to overflow. `absorbs`
names that activation. A model whose last layer has it trains on the logits before it; the
numbers are those of Keras, which treats the pair as two steps.
"""

from typing import Any

import numpy as np

from dlcore import checks
from dlcore.rules import losses as rules

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Loss",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "get",
]

Array = np.ndarray
Shape = tuple[int, ...]


class Loss:
    """One number per row from outputs (n, k) and targets; the loss of a batch is their mean."""

    name = "loss"
    absorbs: str | None = None  # the activation this loss can take over
    endings: tuple[str, ...] = ()  # the activations that give what it takes; () for any

    def __init__(self, from_logits: bool = False) -> None:
        self.from_logits = bool(from_logits)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> float:
        """The mean loss of predictions, as Keras's loss objects give it.

        With sample_weight, (n,), it is Σ weight · loss / n.
        """
        y_pred = checks.numbers("y_pred", y_pred)
        if y_pred.ndim != 2 or not len(y_pred):
            raise ValueError(f"y_pred must have shape (n, outputs), n > 0; got {y_pred.shape}.")
        self.check_outputs("y_pred", checks.finite("y_pred", y_pred))
        y = self.checked_targets("y_true", y_true, y_pred.shape, y_pred.dtype)
        losses = self.per_row(y_pred, y, self.from_logits)
        if sample_weight is not None:
            losses = losses * checks.row_weights("sample_weight", sample_weight, len(y))
        return float(losses.mean())

    def checked_targets(self, name: str, y: Any, shape: Shape, dtype: Any) -> Array:
        """y as the rules take it, for outputs of this shape (n, k); raises for any misfit."""
        return checks.targets(name, y, shape, dtype)

    def check_outputs(self, name: str, outputs: Array) -> None:
        """Raise ValueError for outputs (n, k) that must be probabilities and are not."""
        if self.endings and not self.from_logits and ((outputs < 0) | (outputs > 1)).any():
            at = tuple(int(i) for i in np.argwhere((outputs < 0) | (outputs > 1))[0])
            raise ValueError(
                f"{name} must be in 0..1; got {outputs[at]:g} at position {at}. "
                "For logits give the loss from_logits=True."
            )

    def check_ending(self, activation: str) -> None:
        """Raise ValueError if a model that ends in this activation gives what it cannot take."""
        if self.from_logits and activation in self.endings:
            raise ValueError(
                f"from_logits=True needs a last layer without {activation!r}, whose outputs are "
                "probabilities already: leave out one of the two."
            )
        if self.endings and not self.from_logits and activation not in self.endings:
            raise ValueError(
                f"{self.name} needs probabilities: give the last layer "
                f"activation={self.absorbs!r}, or the loss from_logits=True; got {activation!r}."
            )

    def per_row(self, outputs: Array, y: Array, logits: bool) -> Array:
        """The loss of each row, (n,), of outputs that are logits or not."""
        raise NotImplementedError

    def gradient(
        self, outputs: Array, y: Array, weight: float | Array, logits: bool, out: Array
    ) -> Array:
        """∂E/∂outputs, (n, k), where weight is ∂E/∂(row's loss): 1/n, or (n, 1) numbers."""
        raise NotImplementedError


class MeanSquaredError(Loss):
    """The mean of (ŷ - y)² over rows and outputs."""

    name = "mean_squared_error"

    def __init__(self) -> None:
        super().__init__(from_logits=False)

    def per_row(self, outputs: Array, y: Array, logits: bool) -> Array:
        return rules.squared_error(outputs, y)

    def gradient(
        self, outputs: Array, y: Array, weight: float | Array, logits: bool, out: Array
    ) -> Array:
        return rules.squared_error_vjp(outputs, y, weight, out=out)


class BinaryCrossentropy(Loss):
    """-(y log p + (1-y) log(1-p)), for y in [0, 1]; outputs are p, or logits if from_logits."""

    name = "binary_crossentropy"
    absorbs = "sigmoid"
    endings = ("sigmoid", "softmax")

    def checked_targets(self, name: str, y: Any, shape: Shape, dtype: Any) -> Array:
        return checks.probabilities(name, super().checked_targets(name, y, shape, dtype))

    def per_row(self, outputs: Array, y: Array, logits: bool) -> Array:
        return (rules.sigmoid_cross_entropy if logits else rules.binary_cross_entropy)(outputs, y)

    def gradient(
        self, outputs: Array, y: Array, weight: float | Array, logits: bool, out: Array
    ) -> Array:
        vjp = rules.sigmoid_cross_entropy_vjp if logits else rules.binary_cross_entropy_vjp
        return vjp(outputs, y, weight, out=out)


class CategoricalCrossentropy(Loss):
    """-Σ y log p, for y one row of probabilities per example (one-hot, usually)."""

    name = "categorical_crossentropy"
    absorbs = "softmax"
    endings = ("softmax",)

    def check_outputs(self, name: str, outputs: Array) -> None:
        super().check_outputs(name, outputs)
        if not self.from_logits:
            checks.distributions(name, outputs)

    def checked_targets(self, name: str, y: Any, shape: Shape, dtype: Any) -> Array:
        y = checks.array(name, y)
        if y.ndim == 1 and shape[1] > 1:
            raise ValueError(
                f"{name} must be one row of {shape[1]} probabilities per example, shape {shape}; "
                f"got {y.shape}. For class labels use sparse_categorical_crossentropy."
            )
        return checks.distributions(name, super().checked_targets(name, y, shape, dtype))

    def per_row(self, outputs: Array, y: Array, logits: bool) -> Array:
        return (rules.softmax_cross_entropy if logits else rules.cross_entropy)(outputs, y)

    def gradient(
        self, outputs: Array, y: Array, weight: float | Array, logits: bool, out: Array
    ) -> Array:
        vjp = rules.softmax_cross_entropy_vjp if logits else rules.cross_entropy_vjp
        return vjp(outputs, y, weight, out=out)


class SparseCategoricalCrossentropy(CategoricalCrossentropy):
    """-log p[label], for y integer labels (n,) in 0..k-1."""

    name = "sparse_categorical_crossentropy"

    def checked_targets(self, name: str, y: Any, shape: Shape, dtype: Any) -> Array:
        y = checks.array(name, y)
        if y.shape == shape and shape[1] > 1:
            raise ValueError(
                f"{name} must be one class label per row, shape ({shape[0]},); got {y.shape}. "
                "For one-hot rows use categorical_crossentropy."
            )
        return checks.labels(name, y, *shape)


NAMES = {
    "binary_crossentropy": BinaryCrossentropy,
    "categorical_crossentropy": CategoricalCrossentropy,
    "mean_squared_error": MeanSquaredError,
    "mse": MeanSquaredError,
    "sparse_categorical_crossentropy": SparseCategoricalCrossentropy,
}


def get(loss: str | Loss) -> Loss:
    """The loss of that name.  Raises ValueError for an unknown one."""
    return loss if isinstance(loss, Loss) else NAMES[checks.choice("loss", loss, NAMES)]()

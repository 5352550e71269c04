"""Metrics: what people read, next to the loss that the machine descends.

A metric has no derivative. It gives one number per row, and its value is their mean, unweighted
(Keras's `metrics=`).
"""

from typing import Any

import numpy as np

from dlcore import checks
from dlcore.nn.losses import Loss, SparseCategoricalCrossentropy
from dlcore.rules import losses as rules

__all__ = [
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "MeanSquaredError",
    "Metric",
    "SparseCategoricalAccuracy",
    "get",
]

Array = np.ndarray


class Metric:
    """The mean over the rows of a number per row; `name` is its key in the history."""

    by_rank = False  # whether only the order of a row's outputs counts, so that logits will do

    def __init__(self, name: str) -> None:
        self.name = name

    def per_row(self, y: Array, prediction: Array) -> Array:
        """(n,) from targets as the loss takes them and predictions (n, k)."""
        raise NotImplementedError

    def __call__(self, y_true: Any, y_pred: Any) -> float:
        """The metric of these predictions, (n, k) or (n, ..., k), as one number."""
        y, prediction = np.asarray(y_true), checks.numbers("y_pred", y_pred)
        places = prediction.shape[:-1]
        if not places or not prediction.size:
            raise ValueError(f"y_pred must have shape (n, outputs), n > 0; got {prediction.shape}.")
        if y.shape[: len(places)] != places:
            raise ValueError(f"y_true and y_pred must pair up; got {y.shape}, {prediction.shape}.")
        checks.finite("y_pred", prediction)
        checks.finite("y_true", checks.numbers("y_true", y))
        if len(places) > 1:  # every place is a row
            y, prediction = (
                array.reshape(-1, *array.shape[len(places) :]) for array in (y, prediction)
            )
        return float(np.mean(self.per_row(y, prediction)))


class SparseCategoricalAccuracy(Metric):
    """Share of rows whose largest output stands at the label."""

    by_rank = True

    def __init__(self, name: str = "sparse_categorical_accuracy") -> None:
        super().__init__(name)

    def per_row(self, y: Array, prediction: Array) -> Array:
        return prediction.argmax(axis=1) == y.reshape(len(y))


class CategoricalAccuracy(Metric):
    """Share of rows whose largest output stands where the target is largest."""

    by_rank = True

    def __init__(self, name: str = "categorical_accuracy") -> None:
        super().__init__(name)

    def per_row(self, y: Array, prediction: Array) -> Array:
        return prediction.argmax(axis=1) == y.argmax(axis=1)


class BinaryAccuracy(Metric):
    """Share of outputs on the right side of the threshold."""

    def __init__(self, name: str = "binary_accuracy", threshold: float = 0.5) -> None:
        super().__init__(name)
        self.threshold = checks.number("threshold", threshold, 0.0, 1.0)

    def per_row(self, y: Array, prediction: Array) -> Array:
        right = (prediction > self.threshold) == (y.reshape(prediction.shape) > self.threshold)
        return right.mean(axis=1)


class MeanSquaredError(Metric):
    """The mean of (ŷ - y)²."""

    def __init__(self, name: str = "mean_squared_error") -> None:
        super().__init__(name)

    def per_row(self, y: Array, prediction: Array) -> Array:
        return rules.squared_error(prediction, y.reshape(prediction.shape))


NAMES = {
    "binary_accuracy": BinaryAccuracy,
    "categorical_accuracy": CategoricalAccuracy,
    "mean_squared_error": MeanSquaredError,
    "mse": MeanSquaredError,
    "sparse_categorical_accuracy": SparseCategoricalAccuracy,
}
ACCURACY = ("accuracy", "acc")  # which kind of accuracy is meant, the loss and the outputs tell


def get(metric: str | Metric, loss: Loss, outputs: int) -> Metric:
    """The metric of that name; 'accuracy' means the kind that fits the loss, as in Keras."""
    if isinstance(metric, Metric):
        return metric
    name = checks.choice("metrics", metric, [*ACCURACY, *NAMES])
    if name not in ACCURACY:
        return NAMES[name](name)
    if isinstance(loss, SparseCategoricalCrossentropy):
        return SparseCategoricalAccuracy(name)
    return BinaryAccuracy(name) if outputs == 1 else CategoricalAccuracy(name)

"""Data on its way into a model: checked once, completely, before anything is changed."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from dlcore import checks
from dlcore.nn.losses import Loss

__all__ = ["Rows", "checked_inputs", "checked_rows", "split_off_validation", "weigh_classes"]

Array = np.ndarray
Shape = tuple[int, ...]


class Rows(NamedTuple):
    """Examples with their targets, one per row, and perhaps a weight for each."""

    x: Array  # (n, *input_shape), the model's dtype
    y: Array  # as the loss takes it: labels (n,) or targets (n, k)
    weights: Array | None  # (n,), the model's dtype

    def __len__(self) -> int:
        return len(self.x)

    def part(self, rows: Any) -> "Rows":
        """Some of the rows."""
        return Rows(
            self.x[rows], self.y[rows], None if self.weights is None else self.weights[rows]
        )


def checked_inputs(name: str, x: Any, shape: Shape, dtype: np.dtype) -> Array:
    """x as (n, *shape) finite numbers of dtype, C-ordered, n > 0."""
    x = checks.numbers(name, x, dtype)
    wanted = f"(n, {', '.join(map(str, shape))})"
    if x.shape[1:] != shape:
        hint = ""
        if x.ndim > 1 and len(shape) == 1 and np.prod(x.shape[1:]) == shape[0]:
            hint = f" Flatten it: {name}.reshape(len({name}), -1)."
        raise ValueError(
            f"{name} must have shape {wanted}, as the model's input; got {x.shape}.{hint}"
        )
    if not len(x):
        raise ValueError(f"{name} must have at least one row; got shape {x.shape}.")
    return np.ascontiguousarray(checks.finite(name, x))


def checked_rows(
    x: Any,
    y: Any,
    sample_weight: Any,
    *,
    loss: Loss,
    input_shape: Shape,
    output_shape: Shape,
    dtype: np.dtype,
    names: tuple[str, str, str] = ("x", "y", "sample_weight"),
) -> Rows:
    """Everything about x, y and their weights that can be wrong, checked; raises or returns."""
    x = checked_inputs(names[0], x, input_shape, dtype)
    if y is None:
        raise ValueError(f"{names[1]} is missing: {names[0]} has {len(x)} rows without targets.")
    y = checks.array(names[1], y)
    if y.ndim and len(y) != len(x):
        raise ValueError(f"{names[1]} must have {len(x)} rows, as {names[0]}; got {len(y)}.")
    if len(output_shape) != 1:
        raise ValueError(
            f"the model's output must have shape (n, outputs) to be compared with {names[1]}; it "
            f"is (n, {', '.join(map(str, output_shape))}). Add layers.Flatten()."
        )
    y = loss.checked_targets(names[1], y, (len(x), *output_shape), dtype)
    weights = None
    if sample_weight is not None:
        weights = checks.row_weights(names[2], sample_weight, len(x), dtype)
    return Rows(x, y, weights)


def split_off_validation(rows: Rows, fraction: float) -> tuple[Rows, Rows]:
    """All but the last `fraction` of the rows, and those last ones: before any shuffling."""
    at = int(len(rows) * (1 - fraction))
    if not 0 < at < len(rows):
        raise ValueError(
            f"validation_split={fraction:g} of {len(rows)} rows leaves none on one side."
        )
    return rows.part(slice(at)), rows.part(slice(at, None))


def weigh_classes(rows: Rows, class_weight: Mapping[int, float] | None, outputs: int) -> Rows:
    """The rows, each weighted by its class as well; a class that is not named has weight 1."""
    if class_weight is None:
        return rows
    if not isinstance(class_weight, Mapping):
        raise TypeError(f"class_weight must be a dict from class to weight; got {class_weight!r}.")
    classes = max(outputs, 2)  # one output tells two classes apart
    table = np.ones(classes)
    for label, weight in class_weight.items():
        label = checks.integer("every class in class_weight", label, 0, classes - 1)
        table[label] = checks.number(f"class_weight[{label}]", weight, least=0.0)
    by_class = table[_classes(rows.y, outputs)].astype(rows.x.dtype)
    return Rows(rows.x, rows.y, by_class if rows.weights is None else rows.weights * by_class)


def _classes(y: Array, outputs: int) -> Array:
    if y.ndim == 1 or outputs > 1:
        return y if y.ndim == 1 else y.argmax(axis=1)
    wrong = np.flatnonzero((y[:, 0] != 0) & (y[:, 0] != 1))
    if wrong.size:
        at = int(wrong[0])
        raise ValueError(
            f"class_weight needs y to be classes in 0..1; got {y[at, 0]:g} at position {at}."
        )
    return y[:, 0].astype(int)

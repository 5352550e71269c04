"""Data on its way into a model: checked once, completely, before anything is changed."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from dlcore import checks
from dlcore.nn.layers import Layer
from dlcore.nn.losses import Loss

__all__ = [
    "Rows",
    "as_rows",
    "checked_inputs",
    "checked_rows",
    "split_off_validation",
    "weigh_classes",
]

Array = np.ndarray
Shape = tuple[int, ...]


class Rows(NamedTuple):
    """Examples with their targets, one per row, and perhaps a weight for each."""

    x: Array  # (n, *input_shape), as the first layer takes it
    y: Array  # as the loss takes it: labels (n,) or targets (n, k)
    weights: Array | None  # (n,), the model's dtype

    def __len__(self) -> int:
        return len(self.x)

    def part(self, rows: Any) -> "Rows":
        """Some of the rows."""
        return Rows(
            self.x[rows], self.y[rows], None if self.weights is None else self.weights[rows]
        )


def as_rows(outputs: Array, y: Array) -> tuple[Array, Array]:
    """Outputs (n, ..., k) and their targets with every place as a row: (n ..., k)."""
    flat = outputs.reshape(-1, outputs.shape[-1])
    return flat, y.reshape(len(flat), *y.shape[outputs.ndim - 1 :])


def checked_inputs(name: str, x: Any, shape: Shape, dtype: np.dtype, first: Layer) -> Array:
    """x as (n, *shape) numbers that the first layer takes, C-ordered, n > 0."""
    x = first.accepted(name, x, dtype)
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
    first: Layer,
    input_shape: Shape,
    output_shape: Shape,
    dtype: np.dtype,
    names: tuple[str, str, str] = ("x", "y", "sample_weight"),
) -> Rows:
    """Everything about x, y and their weights that can be wrong, checked; raises or returns."""
    x = checked_inputs(names[0], x, input_shape, dtype, first)
    if y is None:
        raise ValueError(f"{names[1]} is missing: {names[0]} has {len(x)} rows without targets.")
    y = checks.array(names[1], y)
    if y.ndim and len(y) != len(x):
        raise ValueError(f"{names[1]} must have {len(x)} rows, as {names[0]}; got {len(y)}.")
    y = _checked_targets(names[1], y, (len(x), *output_shape), loss, dtype)
    weights = None
    if sample_weight is not None:
        weights = checks.row_weights(names[2], sample_weight, len(x), dtype)
    return Rows(x, y, weights)


def _checked_targets(name: str, y: Array, shape: Shape, loss: Loss, dtype: np.dtype) -> Array:
    """y for outputs of this shape, (n, ..., k): one target for every place before the last axis."""
    places = shape[:-1]
    if not places[1:]:
        return loss.checked_targets(name, y, shape, dtype)
    if y.shape[: len(places)] != places:
        rest = shape[1:]
        raise ValueError(
            f"{name} must begin with the shape {places}, one target for each place of the model's "
            f"output (n, {', '.join(map(str, rest))}); got {y.shape}. For one target per example "
            "let the model end in one row per example, for instance with layers.Flatten()."
        )
    rows = math.prod(places)
    flat = loss.checked_targets(
        name, y.reshape(rows, *y.shape[len(places) :]), (rows, shape[-1]), dtype
    )
    return flat.reshape(*places, *flat.shape[1:])


def split_off_validation(rows: Rows, fraction: float) -> tuple[Rows, Rows]:
    """All but the last `fraction` of the rows, and those last ones: before any shuffling."""
    at = int(len(rows) * (1 - fraction))
    if not 0 < at < len(rows):
        raise ValueError(
            f"validation_split={fraction:g} of {len(rows)} rows leaves none on one side."
        )
    return rows.part(slice(at)), rows.part(slice(at, None))


def weigh_classes(
    rows: Rows, class_weight: Mapping[int, float] | None, output: Shape, dtype: np.dtype
) -> Rows:
    """The rows, each weighted by its class as well; a class that is not named has weight 1.

    output: the shape of one prediction.
    """
    if class_weight is None:
        return rows
    if not isinstance(class_weight, Mapping):
        raise TypeError(f"class_weight must be a dict from class to weight; got {class_weight!r}.")
    if len(output) > 1:
        raise ValueError(
            "class_weight needs one target per example; the model's output (n, "
            f"{', '.join(map(str, output))}) has several for each."
        )
    outputs = output[-1]
    classes = max(outputs, 2)  # one output tells two classes apart
    table = np.ones(classes)
    for label, weight in class_weight.items():
        label = checks.integer("every class in class_weight", label, 0, classes - 1)
        table[label] = checks.number(f"class_weight[{label}]", weight, least=0.0)
    by_class = table[_classes(rows.y, outputs)].astype(dtype)
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

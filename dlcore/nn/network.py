"""Layers in a row: their structure, their weights, and the two passes through them.

`forward` calls the layers in order, `backward` calls them in reverse order: that is all there is
to running a network. How its weights are made better is in `model.py`.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from dlcore import checks
from dlcore.nn.batches import checked_inputs
from dlcore.nn.layers import InputLayer, Layer, example_shape, fitting_weights
from dlcore.nn.layers.base import give_name
from dlcore.nn.storage import load_weights, save_weights
from dlcore.nn.summary import summary_text

__all__ = ["Network"]

Array = np.ndarray
Shape = tuple[int, ...]
Step = tuple[Layer, Layer | None]  # a layer, and the one before it if the two are done in one

INFERENCE_BATCH = 256  # rows at a time where nothing is learnt; the results do not depend on it


class Network:
    """Layers that follow one another; `Sequential` adds the training."""

    def __init__(
        self,
        layers: Sequence[Layer | InputLayer] | None = None,
        *,
        name: str = "sequential",
        dtype: Any = "float32",
        seed: int | None = None,
    ) -> None:
        named = dtype if dtype is None or isinstance(dtype, str) else np.dtype(dtype).name
        checks.choice("dtype", named, ("float32", "float64"))
        self.name, self.dtype = name, np.dtype(dtype)
        self.seed = None if seed is None else checks.integer("seed", seed, least=0)
        self.layers: list[Layer] = []
        self.input_shape: Shape | None = None
        self._rng = np.random.default_rng(self.seed)
        for layer in layers or []:
            self.add(layer)

    # Structure

    def add(self, layer: Layer | InputLayer) -> None:
        """Append a layer; an Input may only stand first."""
        if isinstance(layer, InputLayer):
            self._set_input(layer.shape)
            return
        if not isinstance(layer, Layer):
            raise TypeError(f"layer must be a layer such as layers.Dense(10); got {layer!r}.")
        mine = {id(one) for top in self.layers for one in top.family()}
        if any(id(one) in mine for one in layer.family()):
            raise ValueError(f"layer {layer.name!r} is in this model already; make a second one.")
        give_name(layer, {other.name for other in self.layers})
        start = self.output_shape
        if not self.layers and start is None:
            start = layer.given_input_shape or layer.input_shape  # the latter if it is built
        if start is not None and layer.given_input_shape not in (None, start):
            raise ValueError(
                f"input_shape of layer {layer.name!r} must be {start}, what it will be given; "
                f"got {layer.given_input_shape}."
            )
        if start is not None:
            layer.ensure_built(start, self.dtype, self._rng)
        if not self.layers:
            self.input_shape = start
        self.layers.append(layer)

    def pop(self) -> Layer:
        """Remove the last layer and return it."""
        if not self.layers:
            raise ValueError("there is no layer to pop: the model is empty.")
        return self.layers.pop()

    def build(self, input_shape: Shape) -> None:
        """Make all parameters, for examples of this shape (without the batch)."""
        start = shape = example_shape(input_shape)
        with self._unbuilt_if_refused():
            for layer in self.layers:
                layer.ensure_built(shape, self.dtype, self._rng)
                shape = layer.output_shape
        self.input_shape = start

    @property
    def built(self) -> bool:
        """Whether the parameters exist."""
        return bool(self.layers) and all(layer.built for layer in self.layers)

    @property
    def output_shape(self) -> Shape | None:
        """The shape of one prediction."""
        return self.layers[-1].output_shape if self.layers else self.input_shape

    @property
    def trainable(self) -> bool:
        """Whether any layer learns; setting it sets all layers."""
        return any(layer.trainable for layer in self.layers)

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self.layers:
            layer.trainable = bool(value)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of that name, or at that index."""
        if index is not None:
            return self.layers[checks.integer("index", index, 0, len(self.layers) - 1)]
        names = [layer.name for layer in self.layers]
        return self.layers[names.index(checks.choice("name", name, names))]

    def summary(self, print_fn: Any = print) -> None:
        """Print the layers, their output shapes and how many parameters they have."""
        print_fn(summary_text(self))

    # The two passes

    def forward(
        self,
        x: Array,
        *,
        training: bool = False,
        activate: bool = True,
        steps: Sequence[Step] | None = None,
    ) -> Array:
        """Layer after layer; activate=False leaves the last activation out (logits).

        x: (n, *input_shape), the model's dtype. The result is valid until the next call. steps:
        what `steps` gave, if it is known already.
        """
        last = self.layers[-1]
        for layer, before in self.steps() if steps is None else steps:
            if before is not None:
                x = layer.forward_joined(before, x, training=training)
            else:
                x = layer.forward(x, training=training, activate=activate or layer is not last)
        return x

    def backward(
        self, d: Array, *, activated: bool = True, learning: Sequence[Step] | None = None
    ) -> None:
        """The layers in reverse, from d = ∂E/∂output to every layer's `gradients`.

        Stops at the first layer that learns: nothing before it needs a derivative. With
        activated=False, d is ∂E/∂logits and the last activation is passed by. learning: what
        `from_first_that_learns` gave, if it is known already (3 µs less).
        """
        if learning is None:
            learning = self.from_first_that_learns()
        for layer, before in reversed(learning):
            need_dx = layer is not learning[0][0]
            if before is not None:
                d = layer.backward_joined(before, d, need_dx=need_dx)
            else:
                d = layer.backward(d, activated=activated, need_dx=need_dx)
            activated = True

    def steps(self) -> list[Step]:
        """The layers in order; two that are faster in one (see Layer.joins) are one step."""
        steps: list[Step] = []
        for layer in self.layers:
            if steps and layer.joins(steps[-1][0]):
                steps[-1] = layer, steps[-1][0]
            else:
                steps.append((layer, None))
        return steps

    def from_first_that_learns(self) -> list[Step]:
        """The steps that the way back has to pass: none, if nothing learns."""
        steps = self.steps()
        learn = [any(one.learns() for one in step if one is not None) for step in steps]
        return steps[learn.index(True) :] if any(learn) else []

    def __call__(self, x: Any, training: bool = False) -> Array:
        """The predictions for x, (n, *output_shape), in one pass; raises as `predict`."""
        with self._built_for(x):
            x = checked_inputs("x", x, self.input_shape, self.dtype, self.layers[0])
        with np.errstate(all="ignore"):
            return _finite(np.array(self.forward(x, training=training), order="C"))

    def predict(self, x: Any, batch_size: int | None = None, verbose: str | int = 0) -> Array:
        """The predictions for x, (n, *output_shape).

        Raises FloatingPointError if inputs or weights are so large that a prediction overflows.
        """
        size = INFERENCE_BATCH if batch_size is None else batch_size
        checks.integer("batch_size", size, least=1)
        with self._built_for(x):
            x = checked_inputs("x", x, self.input_shape, self.dtype, self.layers[0])
        predictions = np.empty((len(x), *self.output_shape), self.dtype)
        with np.errstate(all="ignore"):
            for start in range(0, len(x), size):
                predictions[start : start + size] = self.forward(x[start : start + size])
        return _finite(predictions)

    # Weights

    @property
    def weights(self) -> list[Array]:
        """All parameters themselves, layer after layer: write to them to change the model.

        The first fit moves them into one block of memory; ask again after it.
        """
        return [w for layer in self.layers for w in layer.weights]

    def count_params(self) -> int:
        """How many numbers the model has in all."""
        self._require_built()
        return sum(layer.count_params() for layer in self.layers)

    def get_weights(self) -> list[Array]:
        """Copies of all parameters: [kernel, bias, kernel, bias, …] for Dense layers."""
        return [w for layer in self.layers for w in layer.get_weights()]

    def set_weights(self, weights: list[Array]) -> None:
        """Set all parameters; shapes are checked before anything is changed (ValueError)."""
        self._require_built()
        for parameter, new in fitting_weights(self.weights, weights):
            parameter[...] = new

    def save_weights(self, filepath: str | os.PathLike, overwrite: bool = True) -> None:
        """Write the weights to an .npz file, whole or not at all."""
        self._require_built()
        save_weights(self.layers, filepath, overwrite)

    def load_weights(self, filepath: str | os.PathLike) -> None:
        """Read weights that `save_weights` wrote; raises before anything is changed."""
        self._require_built()
        load_weights(self.layers, filepath)

    # Behind the scenes

    def _set_input(self, shape: Shape) -> None:
        if self.layers or self.input_shape is not None:
            raise ValueError("an Input must stand first, and only once.")
        self.input_shape = shape

    def _require_built(self) -> None:
        if not self.built:
            raise ValueError(
                "the model has no weights yet: give the first layer an input_shape, or fit it."
            )

    @contextmanager
    def _built_for(self, x: Any) -> Iterator[None]:
        """Built for the examples x; if what follows in the block is refused, as it was before."""
        if not self.layers:
            raise ValueError("the model has no layers: add some first.")
        with self._unbuilt_if_refused():
            if not self.built:
                shape = checks.array("x", x).shape
                if len(shape) < 2 or 0 in shape:
                    raise ValueError(f"x must have one row per example, (n, inputs); got {shape}.")
                self.build(shape[1:])
            yield

    @contextmanager
    def _unbuilt_if_refused(self) -> Iterator[None]:
        fresh = [layer for layer in self.layers if not layer.built]
        if not fresh:
            yield
            return
        before = self.input_shape, self._rng.bit_generator.state
        try:
            yield
        except BaseException:
            for layer in fresh:
                layer.unbuild()
            self.input_shape, self._rng.bit_generator.state = before
            raise


def _finite(predictions: Array) -> Array:
    with np.errstate(all="ignore"):
        if np.isfinite(predictions).all():
            return predictions
    row = int(np.argwhere(~np.isfinite(predictions))[0][0])
    raise FloatingPointError(
        f"the prediction for row {row} is not finite: its inputs or the weights are too large for "
        f"{predictions.dtype}."
    )

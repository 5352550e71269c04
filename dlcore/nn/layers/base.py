"""Layers: each carries its input forward, and the error's derivative back.

A layer knows its own forward rule and its own derivative, and nothing about the rest of the
network. `forward` keeps what the way back will need; `backward` takes ∂E/∂output, leaves
∂E/∂parameters in `gradients`, and returns ∂E/∂input for the layer before it. A model does
nothing but call them in one order and then in the other.

Arrays between layers are kept from step to step (`_room`), since making new ones costs a
training step about a fifth of its time. So what `forward` and `backward` return is valid until
the next call; calling the layer itself, `layer(x)`, gives an array of your own.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np

from dlcore import checks
from dlcore.nn import activations, regularizers

__all__ = [
    "Input",
    "InputLayer",
    "Layer",
    "check_sequence",
    "example_shape",
    "fitting_weights",
    "give_name",
]

Array = np.ndarray
Shape = tuple[int, ...]  # of one example: the batch is never counted


class Layer:
    """What all layers share: a name, parameters with their gradients, and room for results."""

    activation = activations.linear  # the last thing forward does; a loss may take it over
    statistics: tuple[str, ...] = ()  # parameters that are measured on the way, not learnt
    sublayers: Sequence["Layer"] = ()  # layers this one is made of
    regularizers: dict[str, regularizers.Regularizer]

    def __init__(
        self,
        *,
        input_shape: Shape | None = None,
        name: str | None = None,
        trainable: bool = True,
    ) -> None:
        self.name = name or self.kind()
        self.given_name = name is not None
        self.given_input_shape = None if input_shape is None else example_shape(input_shape)
        self._trainable = bool(trainable)
        self.built = False
        self.input_shape: Shape | None = None
        self.output_shape: Shape | None = None
        self.parameters: dict[str, Array] = {}
        self.gradients: dict[str, Array] = {}
        self.regularizers = {}
        self._rooms: dict[tuple[str, int], Array] = {}

    @classmethod
    def kind(cls) -> str:
        """The name a layer of this kind gets if it is given none, as Keras makes it."""
        apart = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", cls.__name__)
        return re.sub(r"([a-z])([A-Z])", r"\1_\2", apart).lower()

    # What a kind of layer defines

    def build(self, input_shape: Shape, dtype: Any, rng: np.random.Generator | None) -> None:
        """Set output_shape and make the parameters for inputs of this shape."""
        self.output_shape = input_shape

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        """The layer's output, (n, *output_shape); without its activation if activate=False."""
        raise NotImplementedError

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        """∂E/∂input from dy = ∂E/∂output, which it may overwrite; fills `gradients`."""
        raise NotImplementedError

    def joins(self, before: "Layer") -> bool:
        """Whether a network may do the layer before and this one in one: see MaxPooling2D."""
        return False

    def forward_joined(self, before: "Layer", x: Array, *, training: bool = False) -> Array:
        """The output of this layer from the input of the one before it."""
        raise NotImplementedError

    def backward_joined(self, before: "Layer", dy: Array, *, need_dx: bool = True) -> Array | None:
        """∂E/∂(input of the layer before); fills the gradients of both."""
        raise NotImplementedError

    # What every layer can do

    def accepted(self, name: str, x: Any, dtype: Any) -> Array:
        """x as the kind of numbers this layer takes; raises TypeError or ValueError."""
        return checks.numbers(name, x, dtype)

    def __call__(self, x: Any, training: bool = False) -> Array:
        """Apply the layer to a batch, (n, *input_shape); builds it at the first call."""
        x = checks.array("x", x)
        if not self.built:
            self.ensure_built(x.shape[1:], np.float64 if x.dtype == np.float64 else np.float32)
        dtype = next((p.dtype for p in self.weights), x.dtype)
        x = self.accepted("x", x, dtype if dtype.kind == "f" else np.float32)
        if x.shape[1:] != self.input_shape:
            raise ValueError(f"x must have shape (n, {_listed(self.input_shape)}); got {x.shape}.")
        return np.array(self.forward(x, training=training), order="C")

    def ensure_built(
        self, input_shape: Shape, dtype: Any = "float32", rng: np.random.Generator | None = None
    ) -> None:
        """Build once; later, only check that shape and dtype are those it was built for."""
        if not self.built:
            self.build(tuple(input_shape), np.dtype(dtype), rng)
            self.input_shape, self.built = tuple(input_shape), True
            return
        if self.input_shape != tuple(input_shape):
            raise ValueError(
                f"layer {self.name!r} was built for inputs of shape {self.input_shape}; "
                f"got {tuple(input_shape)}."
            )
        others = [p.dtype for p in self.weights if p.dtype != dtype]
        if others:
            raise ValueError(f"layer {self.name!r} was built for another dtype: {others[0]}.")

    def unbuild(self) -> None:
        """Forget the parameters and the shapes, as before the first build."""
        for layer in self.family():
            layer.built, layer.input_shape, layer.output_shape = False, None, None
            layer.parameters, layer.gradients, layer._rooms = {}, {}, {}

    def family(self) -> Iterator["Layer"]:
        """This layer and all that it is made of, in a fixed order."""
        yield self
        for layer in self.sublayers:
            yield from layer.family()

    @property
    def trainable(self) -> bool:
        """Whether training may change the parameters; setting it sets it for all sublayers."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        for layer in self.sublayers:
            layer.trainable = value

    def learns(self) -> bool:
        """Whether training changes anything in here."""
        return any(layer.learnt() for layer in self.family())

    def learnt(self) -> list[str]:
        """The names of its own parameters that training changes."""
        return [n for n in self.parameters if self.trainable and n not in self.statistics]

    @property
    def weights(self) -> list[Array]:
        """The parameters themselves, in the order of get_weights: write to them to change them.

        A model's first fit moves them into one block of memory; ask again after it.
        """
        return [p for layer in self.family() for p in layer.parameters.values()]

    def count_params(self) -> int:
        """How many numbers this layer keeps from example to example."""
        return sum(p.size for p in self.weights)

    def get_weights(self) -> list[Array]:
        """Copies of the parameters: [kernel, bias] for Dense."""
        return [p.copy() for p in self.weights]

    def set_weights(self, weights: list[Array]) -> None:
        """Set all parameters; shapes are checked before anything is changed (ValueError)."""
        for parameter, new in fitting_weights(self.weights, weights):
            parameter[...] = new

    def penalty(self) -> float:
        """What this layer's regularisers add to the loss."""
        own = sum(r(self.parameters[name]) for name, r in self.regularizers.items())
        return own + sum(layer.penalty() for layer in self.sublayers)

    def _regularize(self, **given: Any) -> None:
        """Keep the regularisers that were given, by the parameter's name; None is none."""
        found = {
            name: regularizers.get(regularizer, f"{name}_regularizer")
            for name, regularizer in given.items()
        }
        self.regularizers = {name: r for name, r in found.items() if r is not None}

    def _add_penalty_gradients(self) -> None:
        for name, regularizer in self.regularizers.items():
            regularizer.add_gradient(self.parameters[name], self.gradients[name])

    def _make(self, name: str, initializer: Any, shape: Shape, dtype: Any, rng: Any) -> None:
        """A parameter of this shape, and room for its gradient if it learns."""
        self.parameters[name] = initializer(shape, dtype, rng)
        if name not in self.statistics:
            self.gradients[name] = np.zeros(shape, dtype)

    def _activate(self, z: Array) -> Array:
        """The activation of z, which it may overwrite; keeps what the way back needs."""
        if self.activation.from_z:
            self._kept = z
            return self.activation.forward(z, out=self._room("a", len(z), z.shape[1:], z.dtype))
        self._kept = self.activation.forward(z, out=z)
        return self._kept

    def _activation_vjp(self, da: Array) -> Array:
        """∂E/∂z from ∂E/∂a, in the same memory."""
        return self.activation.vjp(da, self._kept, out=da)

    def _room(self, name: str, rows: int, shape: Shape, dtype: Any) -> Array:
        """An array (rows, *shape), the same memory each time, grown when a batch is larger.

        For one name, shape and dtype must be the same each time.
        """
        room = self._rooms.get((name, rows))
        if room is None:
            whole = self._rooms.get((name, 0), ())  # the longest so far; the others look into it
            if rows > len(whole):
                whole = np.empty((rows, *shape), dtype)
                self._rooms = {key: r for key, r in self._rooms.items() if key[0] != name}
                self._rooms[name, 0] = whole
            room = self._rooms[name, rows] = whole[:rows]
        return room

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}: {self.input_shape} -> {self.output_shape}>"


class InputLayer:
    """The shape of one example; stands first in a model and does nothing."""

    def __init__(self, shape: Shape) -> None:
        self.shape = example_shape(shape, "shape")


def Input(shape: Shape) -> InputLayer:
    """The shape of one example, without the batch: Input((784,))."""
    return InputLayer(shape)


def example_shape(shape: Any, argument: str = "input_shape") -> Shape:
    """shape as a tuple of positive integers; TypeError or ValueError otherwise."""
    if not isinstance(shape, tuple | list):
        raise TypeError(f"{argument} must be a tuple such as (784,); got {shape!r}.")
    return tuple(checks.integer(f"every size in {argument}", size, least=1) for size in shape)


def check_sequence(layer: Layer, input_shape: Shape) -> None:
    """Raise ValueError if an example is no sequence, (time, features)."""
    if len(input_shape) != 2:
        raise ValueError(
            f"layer {layer.name!r} needs inputs of shape (n, time, features); "
            f"got (n, {_listed(input_shape)})."
        )


def give_name(layer: Layer, taken: Collection[str]) -> None:
    """Number the layer's name if another has it; a name that was asked for must be free."""
    if layer.given_name:
        if layer.name in taken:
            raise ValueError(f"name must be unique; there is a layer {layer.name!r} already.")
        return
    base, number = layer.kind(), 0
    while layer.name in taken:
        number += 1
        layer.name = f"{base}_{number}"


def fitting_weights(have: list[Array], new: Any) -> list[tuple[Array, Array]]:
    """Pairs of (a parameter, its new value), after checking the count, shapes and numbers."""
    if not isinstance(new, list | tuple):
        raise TypeError(f"weights must be a list of arrays; got {type(new).__name__}.")
    if len(new) != len(have):
        raise ValueError(f"weights must be a list of {len(have)} arrays; got {len(new)}.")
    pairs = []
    for i, (parameter, array) in enumerate(zip(have, new, strict=True)):
        array = checks.numbers(f"weights[{i}]", array, parameter.dtype)
        if array.shape != parameter.shape:
            raise ValueError(f"weights[{i}] must have shape {parameter.shape}; got {array.shape}.")
        pairs.append((parameter, checks.finite(f"weights[{i}]", array)))
    return pairs


def _listed(shape: Shape) -> str:
    return ", ".join(map(str, shape))

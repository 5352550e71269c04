"""Layers: each carries its input forward, and the error's derivative back.

A layer knows its own forward rule and its own derivative, and nothing about the rest of the
network. `forward` keeps what the way back will need; `backward` takes ∂E/∂output, leaves
∂E/∂parameters in `gradients`, and returns ∂E/∂input for the layer before it. A model does
nothing but call them in one order and then in the other.

Arrays between layers are kept from step to step (`_room`), since making new ones costs a
training step about a fifth of its time. So what `forward` and `backward` return is valid until
the next call; calling the layer itself, `layer(x)`, gives an array of your own.
"""

import math
from typing import Any

import numpy as np

from dlcore import checks
from dlcore.nn import activations, initializers, regularizers
from dlcore.rules.affine import affine, affine_vjp

__all__ = ["Activation", "Dense", "Flatten", "Input", "InputLayer", "Layer"]

Array = np.ndarray
Shape = tuple[int, ...]  # of one example: the batch is never counted


class Layer:
    """What all layers share: a name, parameters with their gradients, and room for results."""

    activation = activations.linear  # the last thing forward does; a loss may take it over
    regularizers: dict[str, regularizers.Regularizer]

    def __init__(
        self,
        *,
        input_shape: Shape | None = None,
        name: str | None = None,
        trainable: bool = True,
    ) -> None:
        self.name = name or type(self).__name__.lower()
        self.given_name = name is not None
        self.given_input_shape = None if input_shape is None else example_shape(input_shape)
        self.trainable = trainable
        self.built = False
        self.input_shape: Shape | None = None
        self.output_shape: Shape | None = None
        self.parameters: dict[str, Array] = {}
        self.gradients: dict[str, Array] = {}
        self.regularizers = {}
        self._rooms: dict[str, Array] = {}

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

    # What every layer can do

    def __call__(self, x: Any, training: bool = False) -> Array:
        """Apply the layer to a batch, (n, *input_shape); builds it at the first call."""
        x = checks.array("x", x)
        if not self.built:
            x = checks.numbers("x", x, np.float64 if x.dtype == np.float64 else np.float32)
            self.ensure_built(x.shape[1:], x.dtype)
        dtype = next((p.dtype for p in self.parameters.values()), x.dtype)
        x = checks.numbers("x", x, dtype if dtype.kind == "f" else np.float32)
        if x.shape[1:] != self.input_shape:
            raise ValueError(f"x must have shape (n, {_listed(self.input_shape)}); got {x.shape}.")
        return np.array(self.forward(x, training=training))

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
        others = [p.dtype for p in self.parameters.values() if p.dtype != dtype]
        if others:
            raise ValueError(f"layer {self.name!r} was built for another dtype: {others[0]}.")

    def unbuild(self) -> None:
        """Forget the parameters and the shapes, as before the first build."""
        self.built, self.input_shape, self.output_shape = False, None, None
        self.parameters, self.gradients = {}, {}

    @property
    def weights(self) -> list[Array]:
        """The parameters themselves, in the order of get_weights: write to them to change them.

        A model's first fit moves them into one block of memory; ask again after it.
        """
        return list(self.parameters.values())

    def count_params(self) -> int:
        """How many numbers this layer has to learn."""
        return sum(p.size for p in self.parameters.values())

    def get_weights(self) -> list[Array]:
        """Copies of the parameters: [kernel, bias] for Dense."""
        return [p.copy() for p in self.parameters.values()]

    def set_weights(self, weights: list[Array]) -> None:
        """Set all parameters; shapes are checked before anything is changed (ValueError)."""
        for parameter, new in fitting_weights(self.weights, weights):
            parameter[...] = new

    def penalty(self) -> float:
        """What this layer's regularisers add to the loss."""
        return sum(r(self.parameters[name]) for name, r in self.regularizers.items())

    def _add_penalty_gradients(self) -> None:
        for name, regularizer in self.regularizers.items():
            regularizer.add_gradient(self.parameters[name], self.gradients[name])

    def _room(self, name: str, rows: int, shape: Shape, dtype: Any) -> Array:
        """An array (rows, *shape), the same memory each time, grown when a batch is larger."""
        room = self._rooms.get(name)
        if room is None or len(room) < rows or room.dtype != dtype or room.shape[1:] != shape:
            room = self._rooms[name] = np.empty((rows, *shape), dtype)
        return room if len(room) == rows else room[:rows]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}: {self.input_shape} -> {self.output_shape}>"


class Dense(Layer):
    """activation(x W + b): every unit sees every input.

    units: how many outputs. kernel W is (inputs, units), bias b is (units,). On inputs with more
    axes, such as (n, time, inputs), it works along the last one.
    """

    def __init__(
        self,
        units: int,
        activation: str | activations.Activation | None = None,
        use_bias: bool = True,
        kernel_initializer: str | initializers.Initializer = "glorot_uniform",
        bias_initializer: str | initializers.Initializer = "zeros",
        kernel_regularizer: str | regularizers.Regularizer | None = None,
        bias_regularizer: str | regularizers.Regularizer | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.units = checks.integer("units", units, least=1)
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer, "kernel_initializer")
        self.bias_initializer = initializers.get(bias_initializer, "bias_initializer")
        given = {
            "kernel": regularizers.get(kernel_regularizer, "kernel_regularizer"),
            "bias": regularizers.get(bias_regularizer, "bias_regularizer") if use_bias else None,
        }
        self.regularizers = {name: r for name, r in given.items() if r is not None}

    @property
    def kernel(self) -> Array:
        """W, (inputs, units)."""
        return self.parameters["kernel"]

    @property
    def bias(self) -> Array | None:
        """b, (units,), or None with use_bias=False."""
        return self.parameters.get("bias")

    def build(self, input_shape: Shape, dtype: Any, rng: np.random.Generator | None) -> None:
        if not input_shape:
            raise ValueError(f"layer {self.name!r} needs inputs of shape (n, inputs); got (n,).")
        inputs, units = input_shape[-1], self.units
        self.parameters = {"kernel": self.kernel_initializer((inputs, units), dtype, rng)}
        if self.use_bias:
            self.parameters["bias"] = self.bias_initializer((units,), dtype, rng)
        self.gradients = {name: np.zeros_like(p) for name, p in self.parameters.items()}
        self.output_shape = (*input_shape[:-1], units)

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        kernel = self.parameters["kernel"]
        self._x = rows = x if x.ndim == 2 else x.reshape(-1, x.shape[-1])
        z = self._room("z", len(rows), (self.units,), kernel.dtype)
        affine(rows, kernel, self.parameters.get("bias"), out=z)
        self._a = self.activation.forward(z, out=z) if activate else z
        return self._a if x.ndim == 2 else self._a.reshape(*x.shape[:-1], self.units)

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        kernel, x, shape = self.parameters["kernel"], self._x, dy.shape
        dz = dy if dy.ndim == 2 else dy.reshape(-1, self.units)
        if activated:
            dz = self.activation.vjp(dz, self._a, out=dz)
        out = (
            self._room("dx", *x.shape[:1], x.shape[1:], kernel.dtype) if need_dx else None,
            self.gradients["kernel"],
            self.gradients.get("bias"),
        )
        dx, *_ = affine_vjp(dz, x, kernel, out=out, need_dx=need_dx)
        if self.regularizers:
            self._add_penalty_gradients()
        return dx if dx is None or len(shape) == 2 else dx.reshape(*shape[:-1], x.shape[1])


class Activation(Layer):
    """An activation on its own."""

    def __init__(self, activation: str | activations.Activation, **options: Any) -> None:
        super().__init__(**options)
        self.activation = activations.get(activation)

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        if not activate:
            return x
        a = self._room("a", len(x), x.shape[1:], x.dtype)
        self._a = self.activation.forward(x, out=a)
        return self._a

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        return self.activation.vjp(dy, self._a, out=dy) if activated else dy


class Flatten(Layer):
    """Each example as one row of numbers: (n, 28, 28) becomes (n, 784)."""

    def build(self, input_shape: Shape, dtype: Any, rng: np.random.Generator | None) -> None:
        self.output_shape = (math.prod(input_shape),)

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        return x.reshape(len(x), -1)

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        return dy.reshape(len(dy), *self.input_shape)


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

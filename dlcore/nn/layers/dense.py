"""Dense: every unit sees every input."""

from typing import Any

import numpy as np

from dlcore import checks
from dlcore.nn import activations, initializers, regularizers
from dlcore.nn.layers.base import Array, Layer, Shape
from dlcore.rules.affine import affine, affine_vjp

__all__ = ["Dense"]


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
        self._regularize(kernel=kernel_regularizer, bias=bias_regularizer if use_bias else None)

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
        self._make("kernel", self.kernel_initializer, (inputs, units), dtype, rng)
        if self.use_bias:
            self._make("bias", self.bias_initializer, (units,), dtype, rng)
        self.output_shape = (*input_shape[:-1], units)

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        if x.ndim != 2:
            rows = self.forward(x.reshape(-1, x.shape[-1]), activate=activate)
            return rows.reshape(*x.shape[:-1], self.units)
        self._x, kernel = x, self.parameters["kernel"]
        z = self._room("z", len(x), (self.units,), kernel.dtype)
        affine(x, kernel, self.parameters.get("bias"), out=z)
        return self._activate(z) if activate else z

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        if dy.ndim != 2:
            rows = dy.reshape(-1, self.units)
            dx = self.backward(rows, activated=activated, need_dx=need_dx)
            return None if dx is None else dx.reshape(*dy.shape[:-1], dx.shape[1])
        dz = self._activation_vjp(dy) if activated else dy
        x, kernel, gradients = self._x, self.parameters["kernel"], self.gradients
        dx = self._room("dx", len(x), x.shape[1:], kernel.dtype) if need_dx else None
        out = (dx, gradients["kernel"], gradients.get("bias"))
        affine_vjp(dz, x, kernel, out=out, need_dx=need_dx)
        if self.regularizers:
            self._add_penalty_gradients()
        return dx

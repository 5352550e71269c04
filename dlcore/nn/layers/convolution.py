"""Conv2D: the same few weights at every place of an image."""

from typing import Any

import numpy as np

from dlcore import checks
from dlcore.nn import activations, initializers, regularizers
from dlcore.nn.layers.base import Array, Shape
from dlcore.nn.layers.images import Size, WindowLayer
from dlcore.rules import pooled
from dlcore.rules.convolution import apply_kernel, apply_kernel_vjp
from dlcore.rules.windows import Grid, unrolled, windows_vjp

__all__ = ["Conv2D"]

# One wide kernel is faster than a kernel and a comparison of neighbours where there are few
# filters, or each sees few numbers at once; otherwise the zeros in it cost more than they save.
FEW_FILTERS, FEW_INPUTS = 16, 32


class Conv2D(WindowLayer):
    """activation(x * W + b): each of the filters sees a small window, at every place of an image.

    Images are (n, height, width, channels). kernel W is (*kernel_size, channels, filters), bias b
    is (filters,). Sizes are one integer or (rows, columns). padding: 'valid' keeps the windows
    inside the image, 'same' lets them reach over the edge, where there are zeros, so that with
    strides of 1 the result is as large as the image.
    """

    _size_name = "kernel_size"

    def __init__(
        self,
        filters: int,
        kernel_size: Size,
        strides: Size = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Size = (1, 1),
        groups: int = 1,
        activation: str | activations.Activation | None = None,
        use_bias: bool = True,
        kernel_initializer: str | initializers.Initializer = "glorot_uniform",
        bias_initializer: str | initializers.Initializer = "zeros",
        kernel_regularizer: str | regularizers.Regularizer | None = None,
        bias_regularizer: str | regularizers.Regularizer | None = None,
        **options: Any,
    ) -> None:
        super().__init__(kernel_size, strides, padding, data_format, **options)
        self._pools: Grid | None = None
        self.filters = checks.integer("filters", filters, least=1)
        if dilation_rate not in (1, (1, 1), [1, 1]) or groups != 1:
            raise ValueError(
                "dilation_rate and groups must be 1, for nothing else is built in; "
                f"got {dilation_rate!r} and {groups!r}."
            )
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer, "kernel_initializer")
        self.bias_initializer = initializers.get(bias_initializer, "bias_initializer")
        self._regularize(kernel=kernel_regularizer, bias=bias_regularizer if use_bias else None)

    @property
    def kernel_size(self) -> tuple[int, int]:
        """How many (rows, columns) of the image a filter sees at once."""
        return self._size

    @property
    def kernel(self) -> Array:
        """W, (rows, columns, channels, filters)."""
        return self.parameters["kernel"]

    @property
    def bias(self) -> Array | None:
        """b, (filters,), or None with use_bias=False."""
        return self.parameters.get("bias")

    def build(self, input_shape: Shape, dtype: Any, rng: np.random.Generator | None) -> None:
        super().build(input_shape, dtype, rng)
        shape = (*self._size, input_shape[2], self.filters)
        self._make("kernel", self.kernel_initializer, shape, dtype, rng)
        if self.use_bias:
            self._make("bias", self.bias_initializer, (self.filters,), dtype, rng)
        self.output_shape = (*self.grid.count, self.filters)

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        self._cut = unrolled(x, self.grid, room=self._place)
        z = apply_kernel(self._cut, self.kernel, self.bias, room=self._place)
        return self._activate(z) if activate else z

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        dz = self._batch_last(dy).swapaxes(0, 3)
        dz = self._activation_vjp(dz) if activated else dz
        dcut, *_ = apply_kernel_vjp(
            dz, self._cut, self.kernel, out=self._out(), need_dcut=need_dx, room=self._place
        )
        if self.regularizers:
            self._add_penalty_gradients()
        if not need_dx:
            return None
        return windows_vjp(dcut, (len(dy), *self.input_shape), self.grid, room=self._place)

    # A max pooling right after is done in one with this layer: a fifth less time for a small
    # network. max(relu(z)) = relu(max(z)), and a quarter of the numbers are left. The derivative
    # is the same as well, equal numbers included: relu keeps apart what is above 0, and lets
    # nothing through to the rest.

    def poolable(self) -> bool:
        """Whether forward_pooled may stand for this layer and a max pooling after it."""
        return self.activation is activations.relu or self.activation is activations.linear

    def forward_pooled(self, x: Array, pooling: WindowLayer) -> Array:
        """The output of a max pooling, from this layer's input."""
        where = self._wide_windows(pooling)
        if where is None:
            z = pooling.forward(self.forward(x, activate=False))
        else:
            z, self._kept_pooled = pooled.conv2d_max_pool2d(
                x, self.kernel, self.bias, where, room=self._place
            )
        # Entry by entry, so as they lie in memory. It may write over what pooling has kept for
        # the way back, but only where that is below 0, and there d will be 0.
        return self._activate(z.swapaxes(0, 3)).swapaxes(0, 3)

    def backward_pooled(
        self, dy: Array, pooling: WindowLayer, *, need_dx: bool = True
    ) -> Array | None:
        """The way back from there; fills `gradients`."""
        dz = self._activation_vjp(self._batch_last(dy)).swapaxes(0, 3)
        where = self._wide_windows(pooling)
        if where is None:
            return self.backward(pooling.backward(dz), activated=False, need_dx=need_dx)
        shape = len(dz), *self.input_shape
        dx, *_ = pooled.conv2d_max_pool2d_vjp(
            dz, self._kept_pooled, self.kernel, shape, where,
            out=self._out(), need_dx=need_dx, room=self._place,
        )  # fmt: skip
        if self.regularizers:
            self._add_penalty_gradients()
        return dx

    def _wide_windows(self, pooling: WindowLayer) -> pooled.PooledWindows | None:
        """Where a wide kernel stands, or None where two steps are faster."""
        if self._pools is not pooling.grid:
            self._pools, self._where = pooling.grid, None
            side_by_side = pooling.strides == pooling.grid.size and pooling.padding == "valid"
            few = self.filters <= FEW_FILTERS or self.kernel[..., 0].size <= FEW_INPUTS
            if side_by_side and few:
                self._where = pooled.wide_windows(self.grid, pooling.grid)
        return self._where

    def _out(self) -> tuple[Array, Array | None]:
        return self.gradients["kernel"], self.gradients.get("bias")

"""Pooling: an image made smaller, each window of it becoming one number per channel."""

from typing import Any

import numpy as np

from dlcore.nn.layers.base import Array, Layer, Shape
from dlcore.nn.layers.convolution import Conv2D
from dlcore.nn.layers.images import ImageLayer, Size, WindowLayer
from dlcore.rules import pooling as rules
from dlcore.rules import reductions

__all__ = ["AveragePooling2D", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "MaxPooling2D"]


class _Pooling2D(WindowLayer):
    _size_name = "pool_size"

    def __init__(
        self,
        pool_size: Size,
        strides: Size | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        strides = pool_size if strides is None else strides
        super().__init__(pool_size, strides, padding, data_format, **options)

    @property
    def pool_size(self) -> tuple[int, int]:
        """How many (rows, columns) become one number."""
        return self._size


class MaxPooling2D(_Pooling2D):
    """The largest number of every window, (n, height, width, channels), channel by channel.

    pool_size, strides: one integer or (rows, columns); the windows stand side by side unless
    strides are given. padding: as for Conv2D; what lies over the edge is never the largest.
    """

    def __init__(
        self,
        pool_size: Size = (2, 2),
        strides: Size | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(pool_size, strides, padding, data_format, **options)

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        largest, self._kept = rules.largest_in(x, self.grid, room=self._place)
        return largest

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        shape = len(dy), *self.input_shape
        return rules.to_the_largest(dy, self._kept, shape, self.grid, room=self._place)

    def joins(self, before: Layer) -> bool:
        """After a Conv2D that ends in relu or in nothing, since it is faster with it."""
        return isinstance(before, Conv2D) and before.poolable()

    def forward_joined(self, before: Conv2D, x: Array, *, training: bool = False) -> Array:
        return before.forward_pooled(x, self)

    def backward_joined(self, before: Conv2D, dy: Array, *, need_dx: bool = True) -> Array | None:
        return before.backward_pooled(dy, self, need_dx=need_dx)


class AveragePooling2D(_Pooling2D):
    """The mean of every window, channel by channel; options as for MaxPooling2D.

    What lies over the edge is not counted.
    """

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        return rules.average_over(x, self.grid, room=self._place)

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        shape = len(dy), *self.input_shape
        return rules.to_all(dy, shape, self.grid, room=self._place)


class _GlobalPooling2D(ImageLayer):
    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **options: Any
    ) -> None:
        super().__init__(data_format, **options)
        self.keepdims = bool(keepdims)

    def build(self, input_shape: Shape, dtype: Any, rng: np.random.Generator | None) -> None:
        self._check_images(input_shape)
        self.output_shape = (1, 1, input_shape[2]) if self.keepdims else input_shape[2:]


class GlobalAveragePooling2D(_GlobalPooling2D):
    """The mean of each channel over the whole image: (n, channels).

    keepdims=True keeps the image's axes, (n, 1, 1, channels).
    """

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        self._x = x
        return reductions.mean(x, (1, 2), self.keepdims)

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        return reductions.mean_vjp(dy, self._x, (1, 2), self.keepdims)


class GlobalMaxPooling2D(_GlobalPooling2D):
    """The largest number of each channel in the whole image; options as GlobalAveragePooling2D.

    Equal largest ones share the derivative, as in Keras on TensorFlow and JAX.
    """

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        self._x = x
        return reductions.max(x, (1, 2), self.keepdims)

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        return reductions.max_vjp(dy, self._x, (1, 2), self.keepdims)

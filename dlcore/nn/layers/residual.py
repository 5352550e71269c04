"""Residual: a way around some layers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.nn.layers.base import Array, Layer, Shape, give_name

__all__ = ["Residual"]


class Residual(Layer):
    """x + f(x), where f is these layers one after another (He et al. 2016).

    They must give out the shape they are given, and may be residual themselves.
    """

    def __init__(self, layers: Sequence[Layer], **options: Any) -> None:
        super().__init__(**options)
        if not isinstance(layers, list | tuple) or not layers:
            raise TypeError(f"layers must be a list of layers, one or more; got {layers!r}.")
        for layer in layers:
            if not isinstance(layer, Layer):
                raise TypeError(f"every one of layers must be a layer; got {layer!r}.")
        everyone = [inner for layer in layers for inner in layer.family()]
        if len(set(map(id, everyone))) < len(everyone):
            raise ValueError("layers must be different ones; one of them is there twice.")
        for i, layer in enumerate(layers):
            give_name(layer, {other.name for other in layers[:i]})
        self.sublayers = tuple(layers)
        if not self._trainable:
            self.trainable = False

    def build(self, input_shape: Shape, dtype: Any, rng: np.random.Generator | None) -> None:
        fresh = [layer for layer in self.sublayers if not layer.built]
        try:
            shape = input_shape
            for layer in self.sublayers:
                layer.ensure_built(shape, dtype, rng)
                shape = layer.output_shape
            if shape != input_shape:
                raise ValueError(
                    f"the layers of {self.name!r} must give out the shape they are given, "
                    f"{input_shape}, to be added to it; they give {shape}."
                )
        except BaseException:
            for layer in fresh:
                layer.unbuild()
            raise
        self.output_shape = input_shape

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        y = x
        for layer in self.sublayers:
            y = layer.forward(y, training=training)
        return np.add(x, y, out=self._room("y", len(x), x.shape[1:], x.dtype))

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        d = self._room("d", len(dy), dy.shape[1:], dy.dtype)
        d[...] = dy  # the layers may write into what they are given
        learning = [i for i, layer in enumerate(self.sublayers) if layer.learns()]
        first = 0 if need_dx else min(learning, default=len(self.sublayers))
        for i in range(len(self.sublayers) - 1, first - 1, -1):
            d = self.sublayers[i].backward(d, need_dx=need_dx or i > first)
        return np.add(dy, d, out=dy) if need_dx else None

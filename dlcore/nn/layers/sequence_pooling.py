"""A sequence as one row."""

from typing import Any

import numpy as np

from dlcore.nn.layers.base import Array, Layer, Shape, check_sequence
from dlcore.rules.reductions import mean, mean_vjp

__all__ = ["GlobalAveragePooling1D"]


class GlobalAveragePooling1D(Layer):
    """The mean over the steps: (n, time, features) becomes (n, features)."""

    def build(self, input_shape: Shape, dtype: Any, rng: np.random.Generator | None) -> None:
        check_sequence(self, input_shape)
        self.output_shape = input_shape[1:]

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        self._x = x
        return mean(x, 1)

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        return mean_vjp(dy, self._x, 1) if need_dx else None

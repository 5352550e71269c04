"""The same numbers in another shape."""

import math
from typing import Any

import numpy as np

from dlcore import checks
from dlcore.nn.layers.base import Array, Layer, Shape

__all__ = ["Flatten", "Reshape"]


class Reshape(Layer):
    """Each example in another shape, its numbers in the same (C) order.

    target_shape: without the batch; one size may be -1, and follows from the others. Raises
    ValueError for inputs whose numbers do not fit.
    """

    def __init__(self, target_shape: Shape, **options: Any) -> None:
        super().__init__(**options)
        if not isinstance(target_shape, tuple | list):
            raise TypeError(
                f"target_shape must be a tuple such as (7, 7, 16); got {target_shape!r}."
            )
        sizes = [checks.integer("every size in target_shape", size, -1) for size in target_shape]
        if 0 in sizes or sizes.count(-1) > 1:
            raise ValueError(
                f"target_shape must hold sizes of at least 1, or -1 once; got {tuple(sizes)}."
            )
        self.target_shape = tuple(sizes)

    def build(self, input_shape: Shape, dtype: Any, rng: np.random.Generator | None) -> None:
        size, known = math.prod(input_shape), abs(math.prod(self.target_shape))
        fits = size % known == 0 if -1 in self.target_shape else size == known
        if not fits:
            raise ValueError(
                f"target_shape {self.target_shape} of layer {self.name!r} cannot hold the "
                f"{size} numbers of an input of shape {input_shape}."
            )
        self.output_shape = tuple(size // known if s == -1 else s for s in self.target_shape)

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        return x.reshape(len(x), *self.output_shape)

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        return dy.reshape(len(dy), *self.input_shape)


class Flatten(Reshape):
    """Each example as one row of numbers: (n, 28, 28) becomes (n, 784)."""

    def __init__(self, **options: Any) -> None:
        super().__init__((-1,), **options)

"""Dropout: in training, units are switched off at random, so that none can be relied on."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore import checks
from dlcore.nn.layers.base import Array, Layer, Shape
from dlcore.rules.dropout import dropout, dropout_vjp

__all__ = ["Dropout"]


class Dropout(Layer):
    """In training each number becomes 0 with chance `rate`, and the others grow by 1 / (1 - rate).

    Otherwise nothing happens (Srivastava et al. 2014, in the inverted form). noise_shape: the shape
    of the mask with the batch first, 1 or None where entries share their fate or the size is the
    input's: (None, 1, 8) drops whole steps of a sequence together. seed: makes the masks
    repeatable; without one they follow from the model's seed. 0 ≤ rate < 1.
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.rate = checks.number("rate", rate, 0.0, 1.0)
        if self.rate == 1:
            raise ValueError("rate must be below 1; got 1, which would leave nothing.")
        self.noise_shape = None if noise_shape is None else _sizes(noise_shape)
        self.seed = None if seed is None else checks.integer("seed", seed, least=0)

    def build(self, input_shape: Shape, dtype: Any, rng: np.random.Generator | None) -> None:
        if self.noise_shape is not None:
            self._check_noise_shape(input_shape)
        seed = self.seed
        if seed is None and rng is not None:
            seed = int(rng.integers(2**63))
        self._rng = np.random.default_rng(seed)
        self.output_shape = input_shape

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        self._mask = None
        if not training or self.rate == 0:
            return x
        self._mask = self._rng.random(self._mask_shape(x), np.float32) >= self.rate
        return dropout(x, self._mask, self.rate, out=self._room("y", len(x), x.shape[1:], x.dtype))

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        return dy if self._mask is None else dropout_vjp(dy, self._mask, self.rate, out=dy)

    def _mask_shape(self, x: Array) -> Shape:
        wanted = self.noise_shape or (None,) * x.ndim
        return tuple(
            size if one is None else one for one, size in zip(wanted, x.shape, strict=True)
        )

    def _check_noise_shape(self, input_shape: Shape) -> None:
        _, *sizes = self.noise_shape or (None,)
        fits = len(sizes) == len(input_shape) and all(
            one in (None, 1, size) for one, size in zip(sizes, input_shape, strict=True)
        )
        if not fits:
            raise ValueError(
                f"noise_shape must be (batch, {', '.join(map(str, input_shape))}), with 1 or None "
                f"in any place; got {self.noise_shape}."
            )


def _sizes(noise_shape: Any) -> tuple[int | None, ...]:
    if not isinstance(noise_shape, tuple | list):
        raise TypeError(f"noise_shape must be a tuple such as (None, 1, 8); got {noise_shape!r}.")
    what = "every size in noise_shape that is not None"
    return tuple(None if one is None else checks.integer(what, one, least=1) for one in noise_shape)

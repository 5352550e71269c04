"""An activation as a layer of its own."""

from typing import Any

from dlcore.nn import activations
from dlcore.nn.layers.base import Array, Layer

__all__ = ["Activation"]


class Activation(Layer):
    """An activation on its own."""

    def __init__(self, activation: str | activations.Activation, **options: Any) -> None:
        super().__init__(**options)
        self.activation = activations.get(activation)

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        if not activate:
            return x
        a = self.activation.forward(x, out=self._room("a", len(x), x.shape[1:], x.dtype))
        self._kept = x if self.activation.from_z else a
        return a

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        return self._activation_vjp(dy) if activated else dy

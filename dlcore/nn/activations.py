"""Activations by name: each a rule of `dlcore.rules.activations` and its derivative."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from dlcore import checks
from dlcore.rules import activations as rules

__all__ = [
    "Activation",
    "elu",
    "gelu",
    "get",
    "leaky_relu",
    "linear",
    "log_softmax",
    "relu",
    "sigmoid",
    "softmax",
    "tanh",
]

Array = np.ndarray


def _unchanged(z: Array, *, out: Array | None = None) -> Array:
    if out is None or out is z:
        return z
    np.copyto(out, z)
    return out


def _unchanged_vjp(da: Array, a: Array, *, out: Array | None = None) -> Array:
    return _unchanged(da, out=out)


@dataclass(frozen=True)
class Activation:
    """A function of z and its derivative, both with `out=`; call it to apply it.

    The derivative is worked out from the result a, or from z where `from_z` says so. Settings
    go to both: leaky_relu(z, negative_slope=0.1), or leaky_relu.with_settings(negative_slope=0.1)
    for a layer.
    """

    name: str
    forward: Callable[..., Array]
    vjp: Callable[..., Array]
    from_z: bool = False

    def __call__(self, z: Any, **settings: Any) -> Array:
        z = np.asarray(z)
        return self.forward(z if z.dtype.kind == "f" else z.astype(np.float64), **settings)

    def with_settings(self, **settings: Any) -> "Activation":
        """The same activation with these settings fixed, for a layer's `activation=`."""
        forward, vjp = (partial(f, **settings) for f in (self.forward, self.vjp))
        return Activation(self.name, forward, vjp, self.from_z)


linear = Activation("linear", _unchanged, _unchanged_vjp)
elu = Activation("elu", rules.elu, rules.elu_vjp)
gelu = Activation("gelu", rules.gelu, rules.gelu_vjp, from_z=True)
leaky_relu = Activation("leaky_relu", rules.leaky_relu, rules.leaky_relu_vjp)
log_softmax = Activation("log_softmax", rules.log_softmax, rules.log_softmax_vjp)
relu = Activation("relu", rules.relu, rules.relu_vjp)
sigmoid = Activation("sigmoid", rules.sigmoid, rules.sigmoid_vjp)
softmax = Activation("softmax", rules.softmax, rules.softmax_vjp)
tanh = Activation("tanh", rules.tanh, rules.tanh_vjp)

NAMES = {
    a.name: a for a in (elu, gelu, leaky_relu, linear, log_softmax, relu, sigmoid, softmax, tanh)
}


def get(activation: str | Activation | None) -> Activation:
    """The activation of that name; None is 'linear'.  Raises ValueError for an unknown one."""
    if isinstance(activation, Activation):
        return activation
    return NAMES["linear" if activation is None else checks.choice("activation", activation, NAMES)]

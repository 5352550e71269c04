"""Activations by name: each a rule of `dlcore.rules.activations` and its derivative."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore import checks
from dlcore.rules import activations as rules

__all__ = ["Activation", "get", "linear", "relu", "sigmoid", "softmax", "tanh"]

Array = np.ndarray


def _unchanged(z: Array, *, out: Array | None = None) -> Array:
    return z


def _unchanged_vjp(da: Array, a: Array, *, out: Array | None = None) -> Array:
    return da


@dataclass(frozen=True)
class Activation:
    """A function of z and its derivative from a, both with `out=`; call it to apply it."""

    name: str
    forward: Callable[..., Array]
    vjp: Callable[..., Array]

    def __call__(self, z: Any) -> Array:
        z = np.asarray(z)
        return self.forward(z if z.dtype.kind == "f" else z.astype(np.float64))


linear = Activation("linear", _unchanged, _unchanged_vjp)
relu = Activation("relu", rules.relu, rules.relu_vjp)
sigmoid = Activation("sigmoid", rules.sigmoid, rules.sigmoid_vjp)
softmax = Activation("softmax", rules.softmax, rules.softmax_vjp)
tanh = Activation("tanh", rules.tanh, rules.tanh_vjp)

NAMES = {a.name: a for a in (linear, relu, sigmoid, softmax, tanh)}


def get(activation: str | Activation | None) -> Activation:
    """The activation of that name; None is 'linear'.  Raises ValueError for an unknown one."""
    if isinstance(activation, Activation):
        return activation
    return NAMES["linear" if activation is None else checks.choice("activation", activation, NAMES)]

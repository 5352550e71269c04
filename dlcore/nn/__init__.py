"""A small neural-network library in NumPy, shaped like Keras 3.

With `from dlcore import nn as keras`, a Sequential model written for Keras runs here. Inside,
every derivative comes from `dlcore.rules` and every update from `dlcore.descent`.
"""

from dlcore.nn import (
    activations,
    callbacks,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    regularizers,
)
from dlcore.nn.layers import Input
from dlcore.nn.model import Sequential

__all__ = [
    "Input",
    "Sequential",
    "activations",
    "callbacks",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "optimizers",
    "regularizers",
]

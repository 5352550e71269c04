"""Layers: each carries its input forward, and the error's derivative back.

base.py           what all layers share
dense.py          Dense
activation.py     Activation
shaping.py        Reshape, Flatten
dropout.py        Dropout
normalization.py  BatchNormalization, LayerNormalization
"""

from dlcore.nn.layers.activation import Activation
from dlcore.nn.layers.base import Input, InputLayer, Layer, example_shape, fitting_weights
from dlcore.nn.layers.dense import Dense
from dlcore.nn.layers.dropout import Dropout
from dlcore.nn.layers.normalization import BatchNormalization, LayerNormalization
from dlcore.nn.layers.shaping import Flatten, Reshape

__all__ = [
    "Activation",
    "BatchNormalization",
    "Dense",
    "Dropout",
    "Flatten",
    "Input",
    "InputLayer",
    "Layer",
    "LayerNormalization",
    "Reshape",
    "example_shape",
    "fitting_weights",
]

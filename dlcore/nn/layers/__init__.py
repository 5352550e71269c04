"""Layers: each carries its input forward, and the error's derivative back.

base.py           what all layers share
dense.py          Dense
images.py         what the next two share
convolution.py    Conv2D
pooling.py        MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D, GlobalMaxPooling2D
activation.py     Activation
shaping.py        Reshape, Flatten
dropout.py        Dropout
normalization.py  BatchNormalization, LayerNormalization
embedding.py      Embedding, PositionalEmbedding
recurrent.py      SimpleRNN
attention.py      MultiHeadAttention, SelfAttention
residual.py       Residual
sequence_pooling.py  GlobalAveragePooling1D
"""

from dlcore.nn.layers.activation import Activation
from dlcore.nn.layers.attention import MultiHeadAttention, SelfAttention
from dlcore.nn.layers.base import Input, InputLayer, Layer, example_shape, fitting_weights
from dlcore.nn.layers.convolution import Conv2D
from dlcore.nn.layers.dense import Dense
from dlcore.nn.layers.dropout import Dropout
from dlcore.nn.layers.embedding import Embedding, PositionalEmbedding
from dlcore.nn.layers.normalization import BatchNormalization, LayerNormalization
from dlcore.nn.layers.pooling import (
    AveragePooling2D,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    MaxPooling2D,
)
from dlcore.nn.layers.recurrent import SimpleRNN
from dlcore.nn.layers.residual import Residual
from dlcore.nn.layers.sequence_pooling import GlobalAveragePooling1D
from dlcore.nn.layers.shaping import Flatten, Reshape

__all__ = [
    "Activation",
    "AveragePooling2D",
    "BatchNormalization",
    "Conv2D",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalMaxPooling2D",
    "Input",
    "InputLayer",
    "Layer",
    "LayerNormalization",
    "MaxPooling2D",
    "MultiHeadAttention",
    "PositionalEmbedding",
    "Reshape",
    "Residual",
    "SelfAttention",
    "SimpleRNN",
    "example_shape",
    "fitting_weights",
]

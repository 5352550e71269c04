"""Reverse mode on arrays: a tape that records which rule made what from what.

A Tensor wraps an array. Whatever is done to it is done by one of `dlcore.rules`, and the result
remembers the rule and its inputs. To find a gradient, the tape is walked backwards, newest
first: each result's derivative goes through its rule's VJP to the inputs, and is added up where
paths meet. Since most VJPs are made of the same operations, they can be recorded as well, and a
gradient can be differentiated once more.

tape.py         Tensor, and what applies an operation to Tensors
walk.py         the way back
functions.py    grad, value_and_grad, hessian_vector_product, no_grad
operations.py   the rules in one form
numpy_names.py  what NumPy's own functions become
activations.py, losses.py, blocks.py   the rules as functions of Tensors
"""

from dlcore.tensor.activations import (
    elu,
    gelu,
    leaky_relu,
    log_softmax,
    relu,
    sigmoid,
    softmax,
    tanh,
)
from dlcore.tensor.blocks import (
    affine,
    average_pool2d,
    batch_norm,
    batch_norm_given,
    broadcast_to,
    concatenate,
    conv2d,
    dropout,
    embedding,
    layer_norm,
    max_pool2d,
    scaled_dot_product_attention,
    where,
)
from dlcore.tensor.functions import grad, hessian_vector_product, no_grad, value_and_grad
from dlcore.tensor.losses import (
    absolute_sum,
    binary_cross_entropy,
    cross_entropy,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
    square_sum,
    squared_error,
)
from dlcore.tensor.tape import Tensor
from dlcore.tensor.walk import gradients_of

__all__ = [
    "Tensor",
    "absolute_sum",
    "affine",
    "average_pool2d",
    "batch_norm",
    "batch_norm_given",
    "binary_cross_entropy",
    "broadcast_to",
    "concatenate",
    "conv2d",
    "cross_entropy",
    "dropout",
    "elu",
    "embedding",
    "gelu",
    "grad",
    "gradients_of",
    "hessian_vector_product",
    "layer_norm",
    "leaky_relu",
    "log_softmax",
    "max_pool2d",
    "no_grad",
    "relu",
    "scaled_dot_product_attention",
    "sigmoid",
    "sigmoid_cross_entropy",
    "softmax",
    "softmax_cross_entropy",
    "square_sum",
    "squared_error",
    "tanh",
    "value_and_grad",
    "where",
]

"""Reverse mode on arrays: a tape that records which rule made what from what.

A Tensor wraps an array. Whatever is done to it is done by one of `dlcore.rules`, and the result
remembers the rule and its inputs. To find a gradient, the tape is walked backwards, newest
first: each result's derivative goes through its rule's VJP to the inputs, and is added up where
paths meet. Since the VJPs are made of the same operations, they can be recorded as well, and a
gradient can be differentiated once more.
"""

from dlcore.tensor.calls import (
    affine,
    concatenate,
    relu,
    sigmoid,
    softmax,
    softmax_cross_entropy,
    tanh,
)
from dlcore.tensor.functions import grad, hessian_vector_product, no_grad, value_and_grad
from dlcore.tensor.tape import Tensor
from dlcore.tensor.walk import gradients_of

__all__ = [
    "Tensor",
    "affine",
    "concatenate",
    "grad",
    "gradients_of",
    "hessian_vector_product",
    "no_grad",
    "relu",
    "sigmoid",
    "softmax",
    "softmax_cross_entropy",
    "tanh",
    "value_and_grad",
]

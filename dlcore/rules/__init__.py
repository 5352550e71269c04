"""Every operation beside its derivative, written once.

A rule is a pair of functions. `name` computes the result from the inputs. `name_vjp` takes the
derivative of the error with respect to the result, and returns the derivative with respect to
each input: the vector-Jacobian product, which is all that backpropagation ever asks for.
After d it takes what `name` takes, in the same order; its docstring says where it takes the
result instead, or what `name` kept. The gradients of several inputs come in a tuple.

The rules are pure; where nothing is computed, a result may be a view of what came in. With
`out=` they write into arrays the caller keeps, which saves a training step from making new
ones; where a rule works entry by entry, `out` may be the incoming derivative itself.

arithmetic.py     + - · / powers, exp, log, roots, |x|, maximum, on shapes that are broadcast
products.py       matrix products, of stacks too
reductions.py     sum, mean, max along axes
shaping.py        reshape, transpose, broadcast, concatenate, pick
affine.py         z = x W + b
activations.py    relu and its kin, gelu, sigmoid, tanh, softmax, log_softmax
losses.py         cross-entropies and squared error, one number per row
penalties.py      what regularisers add to the error
normalisation.py  layer and batch normalisation
dropout.py        units switched off by a mask
windows.py        the windows of an image, for the next two
convolution.py    conv2d
pooling.py        max_pool2d, average_pool2d
pooled.py         both of them in one
embedding.py      rows of a table looked up by number
recurrent.py      a state from step to step
attention.py      scaled dot-product attention
"""

from dlcore.rules import (
    activations,
    affine,
    arithmetic,
    attention,
    convolution,
    dropout,
    embedding,
    losses,
    normalisation,
    penalties,
    pooled,
    pooling,
    products,
    recurrent,
    reductions,
    shaping,
    windows,
)

__all__ = [
    "activations",
    "affine",
    "arithmetic",
    "attention",
    "convolution",
    "dropout",
    "embedding",
    "losses",
    "normalisation",
    "penalties",
    "pooled",
    "pooling",
    "products",
    "recurrent",
    "reductions",
    "shaping",
    "windows",
]

"""Gradients of functions: a function in, the function of its gradient out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from dlcore.tensor import operations as ops
from dlcore.tensor.tape import Tensor, apply, recording
from dlcore.tensor.walk import walk_back

__all__ = ["grad", "hessian_vector_product", "no_grad", "value_and_grad"]

Array = np.ndarray
SEQUENCES = (list, tuple)  # `list | tuple` would be put together at each call

inside: ContextVar[bool] = ContextVar("inside", default=False)  # a function being differentiated


def value_and_grad(f: Callable[..., Any], argnum: int = 0) -> Callable[..., tuple[Any, Any]]:
    """A function that returns f's value and its gradient with respect to one argument.

    f takes arrays as Tensors and returns one number. The argument may be an array, or a list,
    tuple or dict of arrays (nested as you like); the gradient has the same form. Inside a function
    that is itself being differentiated, and for an argument that is a Tensor asking for gradients,
    both are Tensors, so that they can be differentiated again.
    """

    def both(*arguments: Any, **options: Any) -> tuple[Any, Any]:
        if not 0 <= argnum < len(arguments):
            raise ValueError(f"argnum must be in 0..{len(arguments) - 1}; got {argnum}.")
        leaves: list[Tensor] = []
        argument = _each(_leaf_into(leaves), arguments[argnum])
        given = [*arguments[:argnum], argument, *arguments[argnum + 1 :]]
        tokens = recording.set(True), inside.set(True)  # in no_grad too: a gradient was asked for
        try:
            value = f(*given, **options)
        finally:
            recording.reset(tokens[0])
            inside.reset(tokens[1])
        if not isinstance(value, Tensor):
            raise TypeError(f"f must return a Tensor of one number; got {type(value).__name__}.")
        record = recording.get() and any([leaf._made for leaf in leaves])
        flow, others = walk_back(value, leaves, record=record)
        if others and not record and inside.get() and recording.get():
            # an outer gradient may ask how this one depends on what f took from outside
            record = True
            flow, _ = walk_back(value, leaves, record=True)
        return value if record else value.data[()], _each(flow.__getitem__, argument)

    return both


def grad(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """A function that returns f's gradient; see `value_and_grad`. grad(grad(f)) works as well."""
    both = value_and_grad(f, argnum)
    return lambda *arguments, **options: both(*arguments, **options)[1]


def hessian_vector_product(f: Callable[[Any], Any], x: Array, v: Array) -> Array:
    """H v, where H is the matrix of f's second derivatives at x, without ever making H.

    x, v: one shape; returns that shape. It is the gradient of (gradient of f)·v, and costs a few
    gradients, not one for each entry (Pearlmutter 1994).
    """
    x, v = np.asarray(x), np.asarray(v)
    if x.shape != v.shape:
        raise ValueError(f"v must have shape {x.shape}, as x; got {v.shape}.")
    return grad(lambda at: (grad(f)(at) * v).sum())(x)


@contextmanager
def no_grad() -> Iterator[None]:
    """Nothing is recorded inside: for predictions, and for updates of parameters."""
    token = recording.set(False)
    try:
        yield
    finally:
        recording.reset(token)


def _leaf_into(leaves: list[Tensor]) -> Callable[[Any], Tensor]:
    def leaf(x: Any) -> Tensor:
        traced = x.__class__ is Tensor and x.requires_grad
        new = apply(ops.SAME, x) if traced else Tensor(x, requires_grad=True)
        leaves.append(new)
        return new

    return leaf


def _each(change: Callable[[Any], Any], tree: Any) -> Any:
    """The same lists, tuples and dicts, with every array (or Tensor) in them changed."""
    kind = tree.__class__
    if kind is Array or kind is Tensor:  # first, for it is the usual case
        return change(tree)
    if isinstance(tree, dict):
        return {name: _each(change, branch) for name, branch in tree.items()}
    if isinstance(tree, SEQUENCES):
        branches = [_each(change, branch) for branch in tree]
        return kind._make(branches) if hasattr(kind, "_make") else kind(branches)  # a NamedTuple
    return change(tree)

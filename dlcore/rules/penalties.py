"""Penalties: what regularisers add to the error to keep weights small.

The factor stands in front without a ½, as in Keras, so the slope of the squares is 2 λ W.
"""

import numpy as np

__all__ = ["absolute_sum", "absolute_sum_vjp", "square_sum", "square_sum_vjp"]

Array = np.ndarray


def square_sum(W: Array, factor: float) -> float:
    """λ Σ W²."""
    return factor * float(np.square(W).sum())


def square_sum_vjp(W: Array, factor: float) -> Array:
    """2 λ W."""
    return (2 * factor) * W


def absolute_sum(W: Array, factor: float) -> float:
    """λ Σ |W|."""
    return factor * float(np.abs(W).sum())


def absolute_sum_vjp(W: Array, factor: float) -> Array:
    """λ sign(W); at the kink W = 0 the slope is taken as 0."""
    return factor * np.sign(W)

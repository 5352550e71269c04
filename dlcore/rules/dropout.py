"""Dropout: some units are switched off at random, so that none can be relied on.

Inverted: those that stay are divided by the share that stays, so the expected value is kept and
nothing needs to be done at inference (Srivastava et al. 2014). The mask is drawn by the caller.
"""

import numpy as np

from dlcore import checks

__all__ = ["dropout", "dropout_vjp"]

Array = np.ndarray


def dropout(x: Array, mask: Array, rate: float, *, out: Array | None = None) -> Array:
    """x / (1 - rate) where mask is True, 0 elsewhere.  mask: booleans in the shape of x.

    mask may also have a shape that is broadcast to x's, such as (n, 1, c): whole rows drop out
    together. Raises ValueError for another shape, and for a rate outside 0 ≤ rate < 1.
    """
    if checks.number("rate", rate, least=0, most=1) == 1:
        raise ValueError("rate must be below 1; got 1, which would leave nothing to scale.")
    _check_shape(mask.shape, x.shape)
    return np.multiply(np.multiply(x, mask, out=out), 1 / (1 - rate), out=out)


def dropout_vjp(d: Array, mask: Array, rate: float, *, out: Array | None = None) -> Array:
    """d / (1 - rate) where mask is True, 0 elsewhere: what is dropped cannot be to blame."""
    return dropout(d, mask, rate, out=out)


def _check_shape(mask: tuple[int, ...], x: tuple[int, ...]) -> None:
    same = len(mask) <= len(x) and all(
        one in (1, size) for one, size in zip(mask[::-1], x[::-1], strict=False)
    )
    if not same:
        raise ValueError(f"mask must have the shape of x, {x}, or broadcast to it; got {mask}.")

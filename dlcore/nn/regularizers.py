"""Regularisers: a price on large weights, added to the loss (Keras 3's names and formulas)."""

import numpy as np

from dlcore import checks
from dlcore.rules import penalties as rules

__all__ = ["L1", "L1L2", "L2", "Regularizer", "get"]

Array = np.ndarray


class L1L2:
    """l1 Σ|W| + l2 ΣW²: call it for the penalty."""

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = checks.number("l1", l1, least=0.0)
        self.l2 = checks.number("l2", l2, least=0.0)

    def __call__(self, W: Array) -> float:
        penalty = rules.absolute_sum(W, self.l1) if self.l1 else 0.0
        return penalty + (rules.square_sum(W, self.l2) if self.l2 else 0.0)

    def add_gradient(self, W: Array, dW: Array) -> None:
        """Add the penalty's derivative to dW, in place."""
        if self.l1:
            dW += rules.absolute_sum_vjp(W, self.l1)
        if self.l2:
            dW += rules.square_sum_vjp(W, self.l2)


Regularizer = L1L2


class L1(L1L2):
    """l1 Σ|W|: pushes weights to exactly zero."""

    def __init__(self, l1: float = 0.01) -> None:
        super().__init__(l1=l1)


class L2(L1L2):
    """l2 ΣW²: pulls weights towards zero, the large ones most."""

    def __init__(self, l2: float = 0.01) -> None:
        super().__init__(l2=l2)


NAMES = {"l1": L1, "l2": L2}


def get(regularizer: str | Regularizer | None, argument: str = "regularizer") -> Regularizer | None:
    """The regulariser of that name, or None.  Raises ValueError for an unknown one."""
    if regularizer is None or isinstance(regularizer, L1L2):
        return regularizer
    return NAMES[checks.choice(argument, regularizer, NAMES)]()

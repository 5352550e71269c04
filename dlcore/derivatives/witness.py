"""One slope, measured with care: how fast a function moves along one direction.

A central difference has two errors: the curve bends between the two points, which a smaller step
cures, and the last digits cancel, which a smaller step makes worse. So several steps are tried,
and what one step says differs from what the next says by about the error. Two neighbours combine
into a better value than either (Richardson 1911; Nocedal & Wright 2006, section 8.1).

At a kink the slopes on the two sides differ, however small the step.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

__all__ = ["Slope", "measured_slope"]

LADDER = 10.0 ** -np.arange(5)  # each step a tenth of the one before


class Slope(NamedTuple):
    """A measured derivative, about how wrong it may be, and whether it stands on a kink."""

    value: float
    error: float
    kink: bool = False


class Sides(NamedTuple):
    """What one step says: the slope across, how far the two sides disagree, rounding in it."""

    central: float
    gap: float
    steepest: float
    noise: float


def measured_slope(
    along: Callable[[float], float], start: float, step: float, epsilon: float
) -> Slope:
    """The derivative of `along` at 0 by central differences, its own error estimated.

    start: along(0). step: the widest step; it shrinks tenfold, up to four times, until two
    neighbours agree. epsilon: the relative rounding error of one value. The value is not finite
    if `along` is not, at any step.
    """
    tried: list[Sides] = []
    for h in (step * LADDER).tolist():
        tried.append(_sides(along, start, h, epsilon))
        if len(tried) > 1 and _settled(*tried[-2:]):
            break
    if _is_kink(tried):
        return Slope(np.nan, np.inf, kink=True)
    return min((_richardson(*pair) for pair in pairwise(tried)), key=lambda slope: slope.error)


def _sides(along: Callable, start: float, h: float, epsilon: float) -> Sides:
    ahead, behind = along(h), along(-h)
    forward, backward = (ahead - start) / h, (start - behind) / h
    noise = 16 * epsilon * max(abs(ahead), abs(behind), abs(start)) / h
    steepest = max(abs(forward), abs(backward))
    return Sides((ahead - behind) / (2 * h), abs(forward - backward), steepest, noise)


def _settled(wide: Sides, narrow: Sides) -> bool:
    """Two steps agree, and the sides agree better the smaller the step (NaN never does)."""
    near = abs(wide.central - narrow.central) <= 1e-8 * narrow.steepest + narrow.noise
    return near and not _persists(wide, narrow)


def _persists(wide: Sides, narrow: Sides) -> bool:
    """The sides disagree as much at a tenth of the step: curvature alone leaves a tenth."""
    seen = narrow.gap > narrow.noise + 1e-8 * narrow.steepest
    return seen and 0.5 * wide.gap < narrow.gap < 2 * wide.gap


def _is_kink(tried: list[Sides]) -> bool:
    """The disagreement persists through all steps, until rounding hides it."""
    return _persists(*tried[:2]) and all(
        _persists(wide, narrow) or narrow.noise > wide.gap / 4 for wide, narrow in pairwise(tried)
    )


def _richardson(wide: Sides, narrow: Sides) -> Slope:
    """The h² error of both steps cancels in (100 narrow - wide) / 99."""
    value = (100 * narrow.central - wide.central) / 99
    error = abs(narrow.central - wide.central) + narrow.noise
    return Slope(value, error if np.isfinite(value) else np.inf)

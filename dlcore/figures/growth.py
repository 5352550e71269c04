"""How cost grows with size, on two logarithmic axes, where a power law is a straight line."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import FigureBase

from .lines import PlainLog, checked, label_ends
from .numerals import trimmed
from .pages import WIDTH, fresh, in_style, one_axes
from .style import MARKERS


def exponent(sizes: Sequence[float], cost: Sequence[float]) -> float:
    """The p of cost ∝ size^p that fits best, by least squares on the logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(cost), 1)[0])


def checked_sizes(name: str, sizes: Sequence[float], cost: Sequence[float]):
    """Sizes and costs as arrays; ValueError unless there are two of each, all above zero."""
    sizes, cost = np.asarray(sizes, dtype=float), np.asarray(cost, dtype=float)
    if sizes.ndim != 1 or sizes.shape != cost.shape or sizes.size < 2:
        raise ValueError(
            f"costs[{name!r}] must be two sequences of one length, at least 2; "
            f"got shapes {sizes.shape} and {cost.shape}."
        )
    if not (np.isfinite(cost).all() and min(sizes.min(), cost.min()) > 0):
        raise ValueError(f"costs[{name!r}] must be finite and above zero, for it is drawn in logs.")
    return checked(name, cost, sizes, log=True)


@in_style
def costs(
    measured: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    xlabel: str,
    ylabel: str,
    title: str,
    slopes: bool = True,
    letter: str = "n",
    fig: FigureBase | None = None,
) -> FigureBase:
    """Draw measured costs (sizes, cost) by name, and name each at its end with its power law.

    `slopes` writes the fitted exponent after the name, as in ∝ n¹; `letter` is the size's name.
    Raises ValueError for fewer than two points, or for what is not above zero.
    """
    if not measured:
        raise ValueError("costs must hold at least one line; got none.")
    points = {name: checked_sizes(name, *given) for name, given in measured.items()}
    fig = fresh(fig, WIDTH, 3.8)
    ax = one_axes(fig, title)
    ax.set(xlabel=xlabel, ylabel=ylabel, xscale="log", yscale="log")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(PlainLog())
        axis.set_minor_formatter(PlainLog())
    lines = {}
    for (name, (sizes, cost)), marker in zip(points.items(), MARKERS * len(points), strict=False):
        power = f" $\\propto {letter}^{{{trimmed(exponent(sizes, cost), 1)}}}$" if slopes else ""
        (lines[name + power],) = ax.plot(sizes, cost, marker=marker, label=name + power)
    if not label_ends(ax, lines):
        ax.legend()
    return fig

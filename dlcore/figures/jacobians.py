"""A Jacobian as tiles: which output depends on which input, and how strongly."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import FigureBase
from matplotlib.ticker import NullLocator

from .matrices import MOST_NUMBERS, bare, checked_names, name_ticks
from .numerals import trimmed
from .pages import WIDTH, fresh, in_style, one_axes
from .style import DIVERGING, GREY, on

CELL = 0.46  # inches, of the largest tile


def structure(J: np.ndarray) -> str:
    """Where J is not zero, in words."""
    filled = np.count_nonzero(J)
    if filled == J.size:
        return f"none of the {J.size} derivatives is zero"
    if J.shape[0] == J.shape[1] and filled == np.count_nonzero(J.diagonal()):
        return f"zero off the diagonal: {filled} of the {J.size} derivatives are left"
    return f"{filled} of the {J.size} derivatives are not zero"


@in_style
def jacobian_tiles(
    J: Any,
    *,
    rows: Sequence[Any] | None = None,
    columns: Sequence[Any] | None = None,
    title: str,
    fig: FigureBase | None = None,
) -> FigureBase:
    """Draw J (outputs, inputs) as tiles: blue below zero, vermillion above, zero a dot.

    rows, columns: the names of the outputs and the inputs. What is not zero is counted under the
    tiles. Raises ValueError if J is not 2-D or the names do not fit it.
    """
    J = np.asarray(J, dtype=float)
    if J.ndim != 2 or J.size == 0:
        raise ValueError(f"J must be 2-D and not empty; got shape {J.shape}.")
    outputs, inputs = J.shape
    checked_names("rows", rows, outputs)
    checked_names("columns", columns, inputs)
    fig = fresh(fig, WIDTH, float(np.clip(1.35 + CELL * outputs, 2.0, 5.6)))
    ax = one_axes(fig, title)
    ax.set_anchor("W")
    top = float(np.nanmax(np.abs(J))) or 1.0
    colours = DIVERGING((J / top + 1) / 2)
    ax.imshow(colours, interpolation="nearest", aspect="equal")
    bare(ax)
    name_ticks(ax, rows, columns)
    if rows is None and columns is None and max(J.shape) > 12:
        ax.xaxis.set_major_locator(NullLocator())
        ax.yaxis.set_major_locator(NullLocator())
    ax.xaxis.tick_top()
    ax.xaxis.set_label_position("top")
    ax.set(ylabel="outputs", xlabel="inputs")
    edges = {"color": "#BBBBBB", "linewidth": 0.8 if J.size <= MOST_NUMBERS else 0.3}
    ax.vlines(np.arange(inputs + 1) - 0.5, -0.5, outputs - 0.5, **edges)
    ax.hlines(np.arange(outputs + 1) - 0.5, -0.5, inputs - 0.5, **edges)
    zeros = np.argwhere(J == 0)
    if J.size <= MOST_NUMBERS:
        ax.plot(zeros[:, 1], zeros[:, 0], linestyle="", marker=".", markersize=3, color="#8C8C8C")
        size = 9.5 if max(J.shape) <= 8 else 7.5
        for i, j in np.argwhere(J != 0):
            look = {"color": on(colours[i, j][:3]), "fontsize": size}
            ax.text(j, i, trimmed(J[i, j], 2), ha="center", va="center", **look)
    ax.annotate(
        structure(J),
        (0.5, 0),
        (0, -8),
        "axes fraction",
        "offset points",
        ha="center",
        va="top",
        fontsize=9.5,
        color=GREY,
    )
    return fig

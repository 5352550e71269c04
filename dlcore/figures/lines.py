"""Curves over epochs or steps, each named where it ends."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.lines import Line2D
from matplotlib.text import Annotation, Text
from matplotlib.ticker import LogFormatterSciNotation, MaxNLocator

from .pages import WIDTH, fit, fresh, in_style, one_axes
from .style import MARKERS, ink

FEW = 25  # up to this many points, each is marked


class PlainLog(LogFormatterSciNotation):
    """Labels of a logarithmic axis as plain numbers (0.02, 500) where these are short."""

    def __call__(self, x, pos=None):
        label = super().__call__(x, pos)
        return f"{x:g}" if label and 1e-3 <= x < 1e5 else label


def push_apart(centres: Sequence[float], heights: Sequence[float], low: float, high: float):
    """The nearest places for labels of these heights that do not overlap, between low and high.

    Least squares by pooling neighbours that collide (isotonic regression), then kept in bounds.
    """
    order = np.argsort(centres, kind="stable")
    size = np.asarray(heights, float)[order]
    offset = np.concatenate([[0.0], np.cumsum((size[:-1] + size[1:]) / 2)])
    pools: list[list[float]] = []  # each pool: the sum and the number of its members
    for place in np.asarray(centres, float)[order] - offset:
        pools.append([place, 1])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1] = [pools[-1][0] + total, pools[-1][1] + count]
    place = np.concatenate([np.full(int(count), total / count) for total, count in pools])
    bottom, top = low + size[0] / 2, high - size[-1] / 2 - offset[-1]
    result = np.empty(len(order))
    result[order] = np.clip(place, bottom, max(bottom, top)) + offset
    return result


def label_ends(ax: Axes, lines: Mapping[str, Line2D]) -> bool:
    """Write each line's name at its right end, pushed apart; False if there is no room."""
    fig = ax.get_figure(root=True)
    if fig.get_layout_engine() is not None:
        fig.get_layout_engine().execute(fig)
    box, ends, labels = ax.bbox, [], []
    for name, line in lines.items():
        points = np.column_stack(line.get_data())
        end = points[np.isfinite(points).all(axis=1)][-1]
        ends.append(ax.transData.transform(end))
        labels.append(end_label(ax, name, tuple(end), ink(line.get_color())))
    # Text's own extent: an annotation's would include its thin line.
    heights = [Text.get_window_extent(label).height + 1 for label in labels]
    if sum(heights) > box.height * 1.1:
        for label in labels:
            label.remove()
        return False
    spare, title = 0.05 * box.height, ax._left_title.get_window_extent()
    top = min(box.y1 + spare, title.y0) if title.x1 > box.x1 else box.y1 + spare
    places = push_apart([y for _, y in ends], heights, box.y0 - spare, top)
    for label, place, (x, y) in zip(labels, places, ends, strict=True):
        label.set_position((1.03, (place - box.y0) / box.height))
        is_beside = abs(place - y) < 2 and x > box.x1 - 0.03 * box.width
        label.arrow_patch.set_visible(not is_beside)
    return True


def end_label(ax: Axes, name: str, end: tuple[float, float], colour: str) -> Annotation:
    """A name right of the axes with a thin line to the end of its curve."""
    return ax.annotate(
        fit(name, 1.5, 10),
        xy=end,
        xytext=(1.03, 0.5),
        textcoords="axes fraction",
        color=colour,
        fontsize=10,
        va="center",
        annotation_clip=False,
        arrowprops={
            "arrowstyle": "-",
            "color": colour,
            "linewidth": 0.7,
            "shrinkA": 1,
            "shrinkB": 3,
            "relpos": (0, 0.5),
        },
    )


def checked(name: str, history: Any, x: Any, log: bool) -> tuple[np.ndarray, np.ndarray]:
    """The x and y of one curve, what cannot be drawn (NaN, inf, log of 0) left out as NaN."""
    y = np.array(history, dtype=float)
    if y.ndim != 1 or y.size == 0:
        raise ValueError(
            f"histories[{name!r}] must be a non-empty sequence of numbers; got shape {y.shape}."
        )
    places = x.get(name) if isinstance(x, Mapping) else x
    places = np.arange(1, y.size + 1) if places is None else np.asarray(places, float)[: y.size]
    if places.shape != y.shape:
        raise ValueError(
            f"x must have a place for each of the {y.size} values of "
            f"histories[{name!r}]; got {places.size}."
        )
    y[~np.isfinite(y) | (log & (y <= 0))] = np.nan
    if np.isnan(y).all():
        raise ValueError(f"histories[{name!r}] has no finite{' positive' * log} value to draw.")
    return places, y


@in_style
def curves(
    histories: Mapping[str, Sequence[float]],
    *,
    title: str,
    xlabel: str = "epoch",
    ylabel: str = "loss",
    log: bool = False,
    x: Any = None,
    direct_labels: bool = True,
    fig: FigureBase | None = None,
) -> FigureBase:
    """Draw one curve per name, each with its own colour and line style, named at its end.

    `x` is one sequence for all or a dict by name; without it, values are counted from 1. Many
    curves, or `direct_labels=False`, give a legend. Raises ValueError for an empty history.
    """
    if not histories:
        raise ValueError("histories must hold at least one curve; got none.")
    fig = fresh(fig, WIDTH, 3.6)
    ax = one_axes(fig, title)
    ax.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if log else "linear")
    ax.margins(x=0.02)
    if log:
        ax.yaxis.set_major_formatter(PlainLog())
        ax.yaxis.set_minor_formatter(PlainLog())
    lines = {}
    for (name, history), marker in zip(histories.items(), MARKERS * len(histories), strict=False):
        places, y = checked(name, history, x, log)
        few = marker if y.size <= FEW else "None"
        (lines[name],) = ax.plot(places, y, marker=few, markersize=4, label=name)
    if x is None:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    if len(lines) == 1 and direct_labels is True and ylabel in lines:
        return fig  # the axis already says it
    if not direct_labels or not label_ends(ax, lines):
        ax.legend(ncols=1 if len(lines) < 6 else 2)
    return fig

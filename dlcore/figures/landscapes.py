"""A function of two variables seen from above, and the paths that optimisers walk on it."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm, Normalize
from matplotlib.figure import FigureBase
from matplotlib.ticker import MaxNLocator

from .numerals import minus
from .pages import WIDTH, fresh, in_style, one_axes
from .style import CYCLE, GRADIENT, GREY, ink

GROUND = LinearSegmentedColormap.from_list("ground", ["#FFFFFF", "#D2D8DC"])
HALO = [patheffects.withStroke(linewidth=3.2, foreground="white")]
GRID = 121  # points along each axis


def axis_points(name: str, span: Any) -> np.ndarray:
    """The grid's points along one axis from (min, max) or from given points."""
    span = np.asarray(span, dtype=float)
    if span.ndim != 1 or span.size < 2 or not np.all(np.diff(span) > 0):
        raise ValueError(f"{name} must be (min, max) or rising points; got {span!r}.")
    return np.linspace(*span, GRID) if span.size == 2 else span


def round_levels(z: np.ndarray, log_levels: bool) -> np.ndarray:
    """A dozen heights with few digits, in equal steps or in equal ratios."""
    if not log_levels:
        return MaxNLocator(12).tick_values(np.nanmin(z), np.nanmax(z))
    levels = np.geomspace(max(np.nanpercentile(z, 0.5), np.nanmax(z) * 1e-9), np.nanmax(z), 12)
    return np.unique([float(f"{level:.2g}") for level in levels])


def draw_ground(ax: Axes, x: np.ndarray, y: np.ndarray, z: np.ndarray, log_levels: bool) -> None:
    """Shade the heights and draw lines of equal height with their numbers."""
    levels = round_levels(z, log_levels)
    norm = (LogNorm if log_levels else Normalize)(levels[0], levels[-1])
    z = np.maximum(z, levels[0])  # the deepest places share the lowest colour
    ax.contourf(x, y, z, levels=levels, norm=norm, cmap=GROUND, extend="max")
    lines = ax.contour(x, y, z, levels=levels[1:-1], colors="#9AA3A8", linewidths=0.7)
    text = {level: minus(f"{level:g}") for level in lines.levels}
    ax.clabel(lines, lines.levels[::3], fmt=text, fontsize=8, colors=GREY)


def heights_on(f: Callable[..., Any], xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    """f on the whole grid, (ys, xs); ValueError if it does not work on arrays."""
    heights = np.asarray(f(*np.meshgrid(xs, ys)), dtype=float)
    if heights.shape != (ys.size, xs.size):
        raise ValueError(
            f"f must return an array of the grid's shape {(ys.size, xs.size)}; got {heights.shape}."
        )
    return heights


def checked_path(name: str, path: Any) -> np.ndarray:
    """A path as an array (k, 2); ValueError if it is none."""
    path = np.asarray(path, dtype=float)
    if path.ndim != 2 or path.shape[1] != 2:
        raise ValueError(f"paths[{name!r}] must have shape (k, 2); got {path.shape}.")
    return path


def checked_arrows(
    name: str, arrow: Any, xs: np.ndarray, ys: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Starts and steps, both (k, 2). One arrow keeps its length; of several, the longest becomes
    a tenth of the shorter side. ValueError if the shapes do not fit.
    """
    starts, steps = (np.atleast_2d(np.asarray(part, dtype=float)) for part in arrow)
    if starts.shape != steps.shape or starts.ndim != 2 or starts.shape[1] != 2:
        raise ValueError(
            f"arrows[{name!r}] must be (points, vectors), each (2,) or (k, 2); "
            f"got shapes {starts.shape} and {steps.shape}."
        )
    longest = np.hypot(*steps.T).max()
    if len(steps) > 1 and longest > 0:
        steps = steps * 0.1 * min(np.ptp(xs), np.ptp(ys)) / longest
    return starts, steps


def draw_arrows(ax: Axes, name: str, starts: np.ndarray, steps: np.ndarray) -> None:
    """Draw arrows in the units of the axes, with their name at the tip of the last."""
    thick = 0.007 if len(starts) == 1 else 0.004
    units = {"angles": "xy", "scale_units": "xy", "scale": 1, "units": "width", "width": thick}
    ax.quiver(*starts.T, *steps.T, color=GRADIENT, zorder=4, path_effects=HALO, **units)
    (x, y), (right, up) = starts[-1] + steps[-1], np.sign(steps[-1])
    ax.annotate(
        name,
        (x, y),
        xytext=(6 * right, 6 * up),
        textcoords="offset points",
        ha="left" if right >= 0 else "right",
        va="bottom" if up >= 0 else "top",
        fontsize=10,
        color=ink(GRADIENT),
        path_effects=HALO,
        zorder=5,
    )


def name_paths(fig: FigureBase, count: int) -> None:
    """A legend of so many paths under the axes, in letters that are dark enough."""
    legend = fig.legend(loc="outside lower center", ncols=min(count, 4))
    for text, handle in zip(legend.get_texts(), legend.legend_handles, strict=True):
        text.set_color(ink(handle.get_color()))


def draw_path(ax: Axes, name: str, path: np.ndarray, style: Mapping[str, Any]) -> None:
    """Draw one path with a round start and a square end; points outside the axes are cut off."""
    few = "." if len(path) <= 60 else None
    ax.plot(*path.T, marker=few, markersize=4, label=name, path_effects=HALO, **style)
    ends = {"color": style["color"], "markeredgecolor": "white", "linestyle": "none", "zorder": 4}
    ax.plot(*path[0], marker="o", markersize=8, **ends)
    ax.plot(*path[-1], marker="s", markersize=8, **ends)


def draw_mark(ax: Axes, name: str, place: Any) -> None:
    """Draw a cross at a point with its name beside it."""
    x, y = np.asarray(place, dtype=float)
    ax.plot(x, y, marker="x", color="black", markersize=8, markeredgewidth=2, zorder=5)
    ax.annotate(
        name,
        (x, y),
        xytext=(7, 5),
        textcoords="offset points",
        fontsize=10,
        path_effects=HALO,
        zorder=5,
    )


@in_style
def contours(
    f: Callable[[np.ndarray, np.ndarray], np.ndarray],
    *,
    x: Any,
    y: Any,
    title: str,
    xlabel: str = "$w_1$",
    ylabel: str = "$w_2$",
    log_levels: bool = False,
    paths: Mapping[str, Any] | None = None,
    marks: Mapping[str, Any] | None = None,
    arrows: Mapping[str, tuple[Any, Any]] | None = None,
    equal: bool = False,
    fig: FigureBase | None = None,
) -> FigureBase:
    """Draw lines of equal height of f(X, Y), and on them paths (k, 2) and marked points.

    `x` and `y` are (min, max) or the grid's points; f works on whole arrays. A path starts at a
    circle and ends at a square. `arrows` are (point, vector), drawn as long as the vector, or
    (points, vectors), each (k, 2), shortened together. `equal` gives both axes one scale, so that
    right angles look right. Raises ValueError for shapes that do not fit.
    """
    xs, ys = axis_points("x", x), axis_points("y", y)
    heights = heights_on(f, xs, ys)
    fig = fresh(fig, WIDTH, 4.2)
    ax = one_axes(fig, title)
    ax.grid(False)
    draw_ground(ax, xs, ys, heights, log_levels)
    for (name, path), style in zip((paths or {}).items(), CYCLE(), strict=False):
        draw_path(ax, name, checked_path(name, path), style)
    for name, arrow in (arrows or {}).items():
        draw_arrows(ax, name, *checked_arrows(name, arrow, xs, ys))
    for name, place in (marks or {}).items():
        draw_mark(ax, name, place)
    ax.set(xlabel=xlabel, ylabel=ylabel, xlim=xs[[0, -1]], ylim=ys[[0, -1]])
    if equal:
        ax.set_aspect("equal")
    if paths:
        name_paths(fig, len(paths))
    return fig

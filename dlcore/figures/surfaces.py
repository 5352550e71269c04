"""A function of two variables as a surface in space: the twin of `contours`, same arguments."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.figure import FigureBase
from matplotlib.ticker import FuncFormatter, MaxNLocator

from .landscapes import (
    GROUND,
    HALO,
    axis_points,
    checked_arrows,
    checked_path,
    heights_on,
    name_paths,
    round_levels,
)
from .numerals import minus
from .pages import WIDTH, fit, fresh, in_style
from .style import CYCLE, GRADIENT, GREY, STYLE, ink

MESH = 28  # strips of the surface along each axis: what can be redrawn while a slider moves


@in_style
def surface(
    f: Callable[[np.ndarray, np.ndarray], np.ndarray],
    *,
    x: Any,
    y: Any,
    title: str,
    xlabel: str = "$w_1$",
    ylabel: str = "$w_2$",
    zlabel: str = "loss",
    log_levels: bool = False,
    paths: Mapping[str, Any] | None = None,
    marks: Mapping[str, Any] | None = None,
    arrows: Mapping[str, tuple[Any, Any]] | None = None,
    equal: bool = False,
    view: tuple[float, float] = (32.0, -58.0),
    fig: FigureBase | None = None,
) -> FigureBase:
    """Draw f(X, Y) as a surface, and on it paths, marked points and arrows, as in `contours`.

    `log_levels` makes the vertical axis logarithmic. `view` is (elevation, azimuth) in degrees.
    Paths, marks and arrows lie on the surface and are never hidden by it. Raises ValueError for
    shapes that do not fit.
    """
    xs, ys = axis_points("x", x), axis_points("y", y)
    z = heights_on(f, xs, ys)
    floor = round_levels(z, log_levels)[0]

    def lifted(points: np.ndarray) -> np.ndarray:
        """Points (k, 2) put on the surface, (k, 3); those beyond the axes are NaN."""
        inside = ((points >= (xs[0], ys[0])) & (points <= (xs[-1], ys[-1]))).all(axis=1)
        points = np.where(inside[:, None], points, np.nan)
        height = np.asarray(f(*points.T), dtype=float)
        return np.column_stack(
            [points, np.log10(np.maximum(height, floor)) if log_levels else height]
        )

    fig = fresh(fig, WIDTH, 4.6)
    ax = fig.add_subplot(projection="3d", computed_zorder=False)
    ax.set_position((0.0, 0.1 if paths else 0.06, 0.97, 0.84 if paths else 0.88))
    points = STYLE["axes.titlesize"]
    heading = fit(title, WIDTH - 0.3, points)
    fig.text(0.12 / WIDTH, 0.98, heading, va="top", fontsize=points)
    shown = np.log10(np.maximum(z, floor)) if log_levels else z
    mesh = {"rcount": MESH, "ccount": MESH, "cmap": GROUND, "edgecolor": "#9AA3A8"}
    ax.plot_surface(*np.meshgrid(xs, ys), shown, **mesh, linewidth=0.35, antialiased=True, zorder=1)
    for (name, path), style in zip((paths or {}).items(), CYCLE(), strict=False):
        draw_path(ax, name, lifted(checked_path(name, path)), style)
    for name, place in (marks or {}).items():
        (at,) = lifted(np.asarray(place, dtype=float)[None])
        ax.plot(*at[:, None], marker="x", color="black", markersize=8, markeredgewidth=2, zorder=5)
        ax.text(*at, f"  {name}", fontsize=10, path_effects=HALO, zorder=6)
    for name, arrow in (arrows or {}).items():
        starts, steps = checked_arrows(name, arrow, xs, ys)
        for one, other in zip(lifted(starts), lifted(starts + steps), strict=True):
            ax.quiver(*one, *(other - one), color=GRADIENT, linewidth=2, zorder=5)
        ax.text(
            *lifted(starts + steps)[-1],
            f"\n{name}",
            color=ink(GRADIENT),
            path_effects=HALO,
            ha="center",
            va="top",
            zorder=6,
        )
    finish(ax, xlabel, ylabel, zlabel, log_levels)
    ax.set(xlim=xs[[0, -1]], ylim=ys[[0, -1]])
    sides = (np.ptp(xs), np.ptp(ys)) if equal else (1.0, 1.0)
    ax.set_box_aspect((*(np.array(sides) / max(sides)), 0.72), zoom=1.08)
    ax.view_init(*view)
    if paths:
        name_paths(fig, len(paths))
    return fig


def draw_path(ax: Any, name: str, path: np.ndarray, style: Mapping[str, Any]) -> None:
    """Draw one path with a round start and a square end."""
    ax.plot(*path.T, label=name, path_effects=HALO, zorder=4, **style)
    ends = {"color": style["color"], "markeredgecolor": "white", "linestyle": "none", "zorder": 5}
    ax.plot(*path[0][:, None], marker="o", markersize=8, **ends)
    ax.plot(*path[-1][:, None], marker="s", markersize=8, **ends)


def finish(ax: Any, xlabel: str, ylabel: str, zlabel: str, log_levels: bool) -> None:
    """Name the axes and make walls and ticks light."""
    ax.set_xlabel(xlabel, labelpad=2)
    ax.set_ylabel(ylabel, labelpad=2)
    ax.set_zlabel(zlabel, labelpad=4)
    for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
        axis.set_pane_color((1, 1, 1, 0))
        upright = axis is ax.zaxis
        axis.set_major_locator(
            MaxNLocator(
                5,
                steps=[1, 2, 5, 10],
                integer=upright and log_levels,
                prune=None if upright else "both",  # where two axes meet, their numbers would too
            )
        )
        axis.set_tick_params(labelsize=8.5, pad=0, labelcolor=GREY)
        axis._axinfo["grid"].update(color="#E3E3E3", linewidth=0.6)
    if log_levels:
        ax.zaxis.set_major_formatter(FuncFormatter(lambda power, _: minus(f"{10.0**power:g}")))

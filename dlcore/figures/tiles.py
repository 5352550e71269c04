"""Arrays as rectangles drawn to size: what fits, and what is summed away."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.patches import Rectangle

from .pages import WIDTH, fresh, in_style, one_axes
from .style import COLOURS, GREY

FILLS = ("#cfe3f1", "#f6dcc8", "#d3ece2", "#f0e0ea")  # pale, apart in grey as well
Tile = tuple[str, int, int]  # name, rows, columns


@in_style
def shape_tiles(
    parts: Sequence[Tile | str], *, title: str, fig: FigureBase | None = None
) -> FigureBase:
    """Draw arrays (name, rows, columns) to one scale, with signs such as '@' and '=' between.

    Each cell of a tile is one entry. Raises ValueError for a size below one.
    """
    fig = fresh(fig, WIDTH, 2.8)
    ax = one_axes(fig, title)
    left, tallest = 0.0, 1
    names = dict.fromkeys(part[0] for part in parts if not isinstance(part, str))
    fills = dict(zip(names, FILLS * len(names), strict=False))  # one name, one colour
    for part in parts:
        if isinstance(part, str):
            ax.text(left + 0.6, 0, part, ha="center", va="center", fontsize=15)
            left += 1.2
            continue
        name, rows, cols = part
        if min(rows, cols) < 1:
            raise ValueError(f"rows and columns of {name!r} must be positive; got {rows}, {cols}.")
        draw_tile(ax, left, name, rows, cols, fills[name])
        left, tallest = left + cols + 0.4, max(tallest, rows)
    ax.set(xlim=(-0.4, left), ylim=(-tallest / 2 - 1.6, tallest / 2 + 0.4), aspect="equal")
    ax.set_axis_off()
    return fig


def draw_tile(ax: Axes, left: float, name: str, rows: int, cols: int, fill: str) -> None:
    """One array: its cells, its name in the middle and its shape underneath."""
    look = {"edgecolor": GREY, "linewidth": 0.5, "facecolor": fill}
    for row in range(rows):
        for col in range(cols):
            ax.add_patch(Rectangle((left + col, row - rows / 2), 1, 1, **look))
    outline = {"fill": False, "edgecolor": COLOURS["black"], "linewidth": 1.2}
    ax.add_patch(Rectangle((left, -rows / 2), cols, rows, **outline))
    middle = left + cols / 2
    ax.text(middle, 0, name, ha="center", va="center", fontsize=12)
    ax.text(middle, -rows / 2 - 0.35, f"{rows} × {cols}", ha="center", va="top", fontsize=9)

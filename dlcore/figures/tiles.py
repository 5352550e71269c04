"""Arrays as rectangles drawn to size: what fits, what is summed away, and what does not fit."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import FigureBase
from matplotlib.patches import Rectangle

from .landscapes import HALO
from .pages import WIDTH, fresh, in_style, one_axes
from .style import COLOURS, GRADIENT, GREY, ink

FILLS = ("#cfe3f1", "#f6dcc8", "#d3ece2", "#f0e0ea")  # pale; in grey the names tell them apart
Tile = tuple[str, int, int] | tuple[str, int, int, str]  # name, rows, columns, shape in letters


@in_style
def shape_tiles(
    parts: Sequence[Tile | str], *, title: str, fig: FigureBase | None = None
) -> FigureBase:
    """Draw arrays (name, rows, columns) to one scale, with signs such as '@' and '=' between.

    Each cell of a tile is one entry. A fourth entry, such as 'n × i', is written for the shape.
    In a product, '@' or side by side, a tile that does not fit is crossed out, and so is a result
    of another shape. Raises ValueError for a size below one.
    """
    for name, rows, cols, *_ in (part for part in parts if not isinstance(part, str)):
        if min(rows, cols) < 1:
            raise ValueError(f"rows and columns of {name!r} must be positive; got {rows}, {cols}.")
    fig = fresh(fig, WIDTH, 2.8)
    ax = one_axes(fig, title)
    left, tallest = 0.0, 1
    names = dict.fromkeys(part[0] for part in parts if not isinstance(part, str))
    fills = dict(zip(names, FILLS * len(names), strict=False))  # one name, one colour
    wrong = misfits(parts)
    for place, part in enumerate(parts):
        if isinstance(part, str):
            ax.text(left + 0.6, 0, part, ha="center", va="center", fontsize=15)
            left += 1.2
            continue
        draw_tile(ax, left, part, fills[part[0]])
        if place in wrong:
            cross_out(ax, left, part, wrong[place])
        left, tallest = left + part[2] + 0.4, max(tallest, part[1])
    head = 1.2 if wrong else 0.4
    ax.set(xlim=(-0.4, left), ylim=(-tallest / 2 - 1.6, tallest / 2 + head), aspect="equal")
    ax.set_axis_off()
    return fig


def misfits(parts: Sequence[Tile | str]) -> dict[int, str]:
    """The places of tiles that do not fit, and why: the inner sizes, or the shape of a result.

    Only products are checked; after any other sign but '=' a new one begins.
    """
    wrong, product, sign = {}, None, ""
    for place, part in enumerate(parts):
        if isinstance(part, str):
            sign = part
            continue
        _, rows, cols, *_ = part
        if product is None or sign not in ("", "@", "="):
            is_product, product = sign in ("", "@"), (rows, cols)
        elif sign == "=":
            if is_product and product != (rows, cols):
                wrong[place] = f"{product[0]} × {product[1]} ≠ {rows} × {cols}"
            product = None
        else:
            if product[1] != rows:
                wrong[place] = f"{product[1]} ≠ {rows}"
            is_product, product = True, (product[0], cols)
        sign = ""
    return wrong


def draw_tile(ax: Axes, left: float, part: Tile, fill: str) -> None:
    """One array: its cells, its name in the middle and its shape underneath."""
    name, rows, cols, *letters = part
    look = {"edgecolor": GREY, "linewidth": 0.5, "facecolor": fill}
    for row in range(rows):
        for col in range(cols):
            ax.add_patch(Rectangle((left + col, row - rows / 2), 1, 1, **look))
    outline = {"fill": False, "edgecolor": COLOURS["black"], "linewidth": 1.2}
    ax.add_patch(Rectangle((left, -rows / 2), cols, rows, **outline))
    middle, shape = left + cols / 2, letters[0] if letters else f"{rows} × {cols}"
    ax.text(middle, 0, name, ha="center", va="center", fontsize=12, path_effects=HALO)
    ax.text(middle, -rows / 2 - 0.35, shape, ha="center", va="top", fontsize=9)


def cross_out(ax: Axes, left: float, part: Tile, why: str) -> None:
    """Strike out a tile and say above it what does not fit."""
    _, rows, cols, *_ = part
    look = {"color": GRADIENT, "linewidth": 2, "linestyle": "-", "gid": "cross"}
    for up in (1, -1):
        ax.plot([left, left + cols], [-up * rows / 2, up * rows / 2], **look)
    text = {"ha": "center", "va": "bottom", "fontsize": 10, "weight": "bold", "gid": "misfit"}
    ax.text(left + cols / 2, rows / 2 + 0.2, why, color=ink(GRADIENT), **text)

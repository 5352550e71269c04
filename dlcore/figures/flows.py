"""A chain of steps: values going forward above, gradients coming back below."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from .pages import WIDTH, fresh, in_style
from .style import GRADIENT as GRADIENT_COLOUR
from .style import GREY, STYLE, VALUE, ink

MARGIN = 0.09
FORWARD, BACK = 0.62, 0.16  # heights of the two lanes, as a share of the page


@in_style
def flow(
    values: Sequence[str],
    operations: Sequence[str],
    *,
    shapes: Sequence[str] | None = None,
    gradients: Sequence[str] | None = None,
    title: str,
    fig: FigureBase | None = None,
) -> FigureBase:
    """Draw values joined by operations, left to right, and their gradients from right to left.

    values: k + 1 names, such as '$x$'. operations: k texts for the boxes between them. shapes:
    k + 1 texts written under the values. gradients: k + 1 texts for the way back ('' for none).

    Raises ValueError if the numbers of texts do not fit.
    """
    wanted = {"values": len(operations) + 1, "shapes": len(values), "gradients": len(values)}
    for name, given in (("values", values), ("shapes", shapes), ("gradients", gradients)):
        if given is not None and len(given) != wanted[name]:
            raise ValueError(f"{name} must be {wanted[name]} texts; got {len(given)}.")
    fig = fresh(fig, WIDTH, 2.5 if gradients else 1.8)
    ax = fig.add_subplot()
    ax.set_position((0, 0, 1, 1))
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.set_axis_off()
    ax.text(0.02, 0.97, title, fontsize=STYLE["axes.titlesize"], va="top", gid="title")
    step = (1 - 2 * MARGIN) / (2 * len(operations))
    places = [MARGIN + i * step for i in range(2 * len(operations) + 1)]
    forward = FORWARD if gradients else 0.45
    for i, text in enumerate(values):
        circle(ax, places[2 * i], forward, text, VALUE)
        if shapes:
            ax.text(places[2 * i], forward - 0.17, shapes[i], **small())
    for i, text in enumerate(operations):
        at = places[2 * i + 1]
        ax.text(at, forward, text, bbox=box(), **small() | {"va": "center", "color": "black"})
        arrow(ax, places[2 * i], places[2 * i + 2], forward, GREY, room=17)
    if gradients:
        way_back(ax, places[::2], gradients)
    return fig


def way_back(ax: Axes, places: Sequence[float], gradients: Sequence[str]) -> None:
    """The lower lane: each gradient under its value, arrows from right to left."""
    paper = {"boxstyle": "square,pad=0.35", "facecolor": "white", "edgecolor": "none"}
    fig, before = ax.get_figure(root=True), None
    look = {"ha": "center", "va": "center", "color": ink(GRADIENT_COLOUR), "bbox": paper}
    for i, text in enumerate(gradients):
        drawn = ax.text(places[i], BACK, text, fontsize=12, zorder=3, **look)
        if i and text and gradients[i - 1]:
            room = before.get_window_extent().width / 2 * 72 / fig.dpi + 8
            arrow(ax, places[i], places[i - 1], BACK, GRADIENT_COLOUR, room=room, dashed=True)
        before = drawn


def circle(ax: Axes, x: float, y: float, text: str, colour: str) -> None:
    """A value: its name in a ring."""
    ring = {"boxstyle": "circle,pad=0.3", "facecolor": "white", "edgecolor": colour, "lw": 1.6}
    ax.text(
        x, y, text, ha="center", va="center", fontsize=12, color=ink(colour), bbox=ring, zorder=3
    )


def arrow(
    ax: Axes, start: float, end: float, y: float, colour: str, *, room: float, dashed: bool = False
) -> None:
    """A thin arrow along one lane, behind the boxes, that ends `room` points before its aim."""
    style = {"arrowstyle": "-|>", "color": colour, "lw": 1.2, "ls": "--" if dashed else "-"}
    reach = {"shrinkA": 0, "shrinkB": room}
    ax.annotate("", (end, y), (start, y), arrowprops=style | reach, zorder=1)


def small() -> dict:
    """Text in an operation's box or under a value."""
    return {"ha": "center", "va": "top", "fontsize": 9.5, "color": GREY, "zorder": 3}


def box() -> dict:
    """The frame of an operation."""
    return {"boxstyle": "round,pad=0.35", "facecolor": "#f2f2f2", "edgecolor": GREY, "lw": 0.8}

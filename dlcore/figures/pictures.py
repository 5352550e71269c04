"""Many small pictures on one page: digits, or the weights that look at them."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import FigureBase
from matplotlib.patches import Rectangle

from .matrices import bare
from .pages import WIDTH, fresh, in_style, one_axes
from .style import DIVERGING, GREY

LARGEST = 1.3  # inches: few pictures do not grow beyond this
GAP = 0.08  # of a picture's width


def as_stack(pictures: Any, shape: tuple[int, int] | None) -> np.ndarray:
    """The pictures as (n, h, w); flat ones (n, h*w) need `shape`, or are taken as squares."""
    stack = np.asarray(pictures, dtype=float)
    if stack.ndim == 2 and stack.size:
        side = math.isqrt(stack.shape[1])
        height, width = shape or (side, side)
        if height * width != stack.shape[1]:
            raise ValueError(f"shape must be (h, w) with h * w = {stack.shape[1]}; got {shape}.")
        stack = stack.reshape(-1, height, width)
    if stack.ndim != 3 or stack.size == 0:
        raise ValueError(f"pictures must be (n, h, w) or (n, h*w) with n > 0; got {stack.shape}.")
    return stack


@in_style
def images(
    pictures: Any,
    *,
    title: str,
    titles: Sequence[Any] | None = None,
    cols: int = 8,
    diverging: bool = False,
    shape: tuple[int, int] | None = None,
    scale: float = 1.0,
    ink: str = "black",
    fig: FigureBase | None = None,
) -> FigureBase:
    """Draw pictures (n, h, w) or (n, h*w) in rows of `cols`, all on one scale.

    Large values are black (`ink="white"`: white on black); `diverging=True` draws weights about
    zero, blue below and vermillion above, with a colour bar. `scale` enlarges each picture.
    Raises ValueError if the shapes or the number of `titles` do not fit.
    """
    if ink not in ("black", "white"):
        raise ValueError(f"ink must be 'black' or 'white'; got {ink!r}.")
    stack = as_stack(pictures, shape)
    n, height, width = stack.shape
    if titles is not None and len(titles) != n:
        raise ValueError(
            f"titles must have one entry for each of the {n} pictures; got {len(titles)}."
        )
    cols = min(cols, n)
    rows = math.ceil(n / cols)
    side = scale * min(WIDTH / cols, LARGEST)
    head = 0.0 if titles is None else 0.24 / side  # room for a title, in widths of a picture
    tall = height / width * (1 - GAP)
    step = tall + GAP + head
    fig = fresh(fig, max(WIDTH, side * cols), side * step * rows * (0.9 if diverging else 1) + 0.42)
    ax = one_axes(fig, title)
    bare(ax)
    ax.set(xticks=[], yticks=[], xlim=(0, cols), ylim=(rows * step, 0), aspect="equal", anchor="NW")
    if diverging:
        top = float(np.abs(stack).max()) or 1.0
        style = {"cmap": DIVERGING, "vmin": -top, "vmax": top}
    else:
        cmap = {"black": "gray_r", "white": "gray"}[ink]
        style = {"cmap": cmap, "vmin": min(0.0, stack.min()), "vmax": stack.max() or 1.0}
    for i, picture in enumerate(stack):
        left, top_edge = i % cols, (i // cols) * step + head
        place = (
            left + GAP / 2,
            left + 1 - GAP / 2,
            top_edge + tall,
            top_edge,
        )
        drawn = ax.imshow(picture, extent=place, interpolation="nearest", aspect="equal", **style)
        frame = Rectangle(
            (place[0], place[3]),
            place[1] - place[0],
            place[2] - place[3],
            fill=False,
            edgecolor=GREY,
            linewidth=0.6,
        )
        ax.add_patch(frame)
        if titles is not None:
            ax.text(left + GAP / 2, top_edge - 0.03 / side, str(titles[i]), fontsize=9, va="bottom")
    ax.set(xlim=(0, cols), ylim=(rows * step, 0))
    if diverging:
        fig.colorbar(drawn, ax=ax, shrink=0.9, pad=0.02).outline.set_visible(False)
    return fig

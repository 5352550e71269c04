"""A page to draw on: a matplotlib figure in the book's style that pyplot knows nothing about."""

import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, FigureBase

from .style import STYLE

WIDTH = 6.4


IS_STYLED: ContextVar[bool] = ContextVar("IS_STYLED", default=False)


@contextmanager
def book_style() -> Iterator[None]:
    """Put the book's style in force, once however deep the calls (each switch costs 0.4 ms)."""
    if IS_STYLED.get():
        yield
        return
    token = IS_STYLED.set(True)
    try:
        with matplotlib.rc_context(STYLE):
            yield
    finally:
        IS_STYLED.reset(token)


def in_style(function):
    """Run a function under the book's style, whatever the style outside."""

    @wraps(function)
    def styled(*args, **kwargs):
        with book_style():
            return function(*args, **kwargs)

    return styled


def fit(text: str, inches: float, points: float) -> str:
    """Break a text into lines no longer than `inches` at a font of `points`; $...$ stays whole."""
    kept = re.sub(r"\$[^$]*\$", lambda math: math[0].replace(" ", "\0"), text)
    width = max(12, int(inches * 72 / (0.54 * points)))
    lines = [
        line
        for part in kept.split("\n")
        for line in textwrap.wrap(part, width, break_on_hyphens=False) or [""]
    ]
    return "\n".join(lines).replace("\0", " ")


class BookAxes(Axes):
    """Axes whose title stands at the left and breaks into lines where the room ends."""

    name = "book"

    def set_title(self, label, fontdict=None, loc="left", **kwargs):
        """Set the title as matplotlib does, at the left and broken into lines."""
        points = STYLE["axes.titlesize"]
        return super().set_title(fit(label, self._room(), points), fontdict, loc, **kwargs)

    @in_style
    def plot(self, *args, **kwargs):
        """Plot as matplotlib does, with the book's line widths."""
        return super().plot(*args, **kwargs)

    @in_style
    def legend(self, *args, **kwargs):
        """Add a legend as matplotlib does, without a frame."""
        return super().legend(*args, **kwargs)

    def _room(self) -> float:
        """The width of this subplot's share of the page in inches, less the axis labels'."""
        width = self.figure.bbox.width / self.figure.dpi
        spec = self.get_subplotspec()
        if spec is not None:
            width *= len(spec.colspan) / spec.get_gridspec().ncols
        return width - 0.6


class Page(Figure):
    """A figure in the book's style with its own Agg canvas; its subplots are BookAxes."""

    @in_style
    def __init__(self, width: float = WIDTH, height: float = 3.6, **kwargs: Any):
        super().__init__(figsize=(width, height), layout="constrained", **kwargs)
        FigureCanvasAgg(self)

    @in_style
    def add_subplot(self, *args, **kwargs):
        """Add a subplot as matplotlib does, in the book's style."""
        if not kwargs.keys() & {"projection", "polar", "axes_class"}:
            kwargs["axes_class"] = BookAxes
        return super().add_subplot(*args, **kwargs)


def subplots(
    rows: int = 1, cols: int = 1, *, width: float = WIDTH, height: float | None = None, **kw: Any
) -> tuple[Figure, Any]:
    """A new figure and its axes (an array if there are several), in the book's style.

    Sizes are in inches; `kw` goes to `Figure.subplots` (sharex, sharey, width_ratios, ...).
    """
    if height is None:
        height = rows * min(3.6, max(2.6, 0.62 * width / cols))
    fig = Page(width, height)
    return fig, fig.subplots(rows, cols, **kw)


def fresh(fig: FigureBase | None, width: float, height: float) -> FigureBase:
    """The given figure or subfigure, cleared; without one, a new page. Sizes in inches.

    Raises TypeError if `fig` is something else.
    """
    if fig is None:
        return Page(width, height)
    if not isinstance(fig, FigureBase):
        raise TypeError(f"fig must be a matplotlib Figure or SubFigure; got {type(fig).__name__}.")
    fig.clear()
    return fig


def one_axes(fig: FigureBase, title: str) -> BookAxes:
    """Put one set of axes with a title on a figure."""
    ax = fig.add_subplot(axes_class=BookAxes)
    ax.set_title(title)
    return ax


def title_room(title: str, width: float = WIDTH) -> float:
    """The inches that a title takes at the head of a page of axes from `inch_axes`."""
    lines = fit(title, width - 0.3, STYLE["axes.titlesize"]).count("\n") + 1
    return 0.2 + 0.19 * lines if title else 0.1


def inch_axes(fig: FigureBase, title: str) -> Axes:
    """Axes without a frame that fill the page and count in inches, with a title at the head."""
    width, height = inches(fig)
    ax = fig.add_subplot()
    ax.set_position((0, 0, 1, 1))  # also takes it out of the constrained layout
    ax.set(xlim=(0, width), ylim=(0, height))
    ax.set_axis_off()
    points = STYLE["axes.titlesize"]
    text = fit(title, width - 0.3, points)
    ax.text(0.12, height - 0.1, text, fontsize=points, va="top", gid="title")
    return ax


def inches(fig: FigureBase) -> tuple[float, float]:
    """The width and height of a figure or subfigure in inches."""
    return fig.bbox.width / fig.dpi, fig.bbox.height / fig.dpi

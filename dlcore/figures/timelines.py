"""Events in the order in which they happened, on an axis true to scale."""

from collections.abc import Sequence

from matplotlib.figure import FigureBase
from matplotlib.text import Text

from .lines import push_apart
from .pages import WIDTH, fit, fresh, in_style, inch_axes, inches, title_room
from .style import COLOURS, GREY, VALUE

AXIS, YEARS, WORDS = 0.95, 1.4, 1.95  # inches from the left: the axis, the years, the words
LETTERS = 10


@in_style
def timeline(
    events: Sequence[tuple[float, str]], *, title: str, fig: FigureBase | None = None
) -> FigureBase:
    """Draw events (year, text) from top to bottom along an axis of years, true to scale.

    Where events crowd, their texts move apart and thin lines lead to their years. Raises
    ValueError if there are fewer than two or none is later than another.
    """
    events = sorted(((float(year), str(text)) for year, text in events), key=lambda e: e[0])
    if len(events) < 2 or events[0][0] == events[-1][0]:
        raise ValueError(f"events must be (year, text) of at least two years; got {events}.")
    first, last = events[0][0], events[-1][0]
    texts = [fit(text, WIDTH - WORDS - 0.15, LETTERS) for _, text in events]
    rows = sum(text.count("\n") + 1 for text in texts)
    fig = fresh(fig, WIDTH, max(2.4, 0.75 + 0.19 * rows + 0.12 * len(events)))
    width, height = inches(fig)
    ax = inch_axes(fig, title)
    top = height - title_room(title, width) - 0.06
    place = lambda year: top - (top - 0.25) * (year - first) / (last - first)  # noqa: E731
    ax.plot([AXIS, AXIS], [place(last) - 0.1, place(first) + 0.1], color=GREY, linewidth=2)
    step = 10 if last - first <= 60 else 20 if last - first <= 120 else 50
    for decade in range(-int(-first // step) * step, int(last) + 1, step):
        ax.plot([AXIS - 0.06, AXIS], [place(decade)] * 2, color=GREY, linewidth=1)
        ax.text(
            AXIS - 0.12,
            place(decade),
            f"{decade}",
            ha="right",
            va="center",
            fontsize=9,
            color=GREY,
            gid="decade",
        )
    words = [ax.text(WORDS, 0, text, va="center", fontsize=LETTERS, gid="event") for text in texts]
    sizes = [Text.get_window_extent(word).height / fig.dpi + 0.07 for word in words]
    heights = push_apart([place(year) for year, _ in events], sizes, 0.08, top + 0.15)
    for (year, _), word, y in zip(events, words, heights, strict=True):
        word.set_y(y)
        ax.text(
            YEARS + 0.47,
            y,
            f"{year:g}",
            ha="right",
            va="center",
            fontsize=LETTERS,
            color=VALUE,
            weight="bold",
            gid="year",
        )
        line = {"color": "#9A9A9A", "linewidth": 0.8, "linestyle": "-"}
        ax.plot([AXIS + 0.05, YEARS - 0.12, YEARS], [place(year), y, y], **line)
        ax.plot(AXIS, place(year), "o", color=COLOURS["blue"], markersize=6, zorder=3)
    return fig

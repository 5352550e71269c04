"""The place of each plot on a page that is drawn again and again, measured once.

To measure all texts takes a third of the time of a picture. Where the plots stand and how long
their texts are is enough to know a layout again. So the plots also stay in place as a slider moves.
"""

from typing import Any

from matplotlib.figure import FigureBase
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text


def likeness(fig: FigureBase) -> tuple[Any, ...]:
    """What two figures with the same layout have in common: grid and lengths of the texts."""
    for ax in fig.axes:
        for axis in (ax.xaxis, ax.yaxis):
            axis.get_ticklabels()  # puts the new numbers into the labels
    grid = tuple(ax.get_position(original=True).bounds for ax in fig.axes)
    return grid, tuple(len(text.get_text()) for text in fig.findobj(Text) if text.get_visible())


class RememberedLayout(ConstrainedLayoutEngine):
    """Matplotlib's constrained layout, measured once for all figures that are alike."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[Any, list[Any]] = {}

    def execute(self, fig: FigureBase) -> Any:
        """Put the axes where an alike figure had them; otherwise measure and remember."""
        if fig.subfigs or any(hasattr(ax, "_colorbar_info") for ax in fig.axes):
            return super().execute(fig)  # these hold more than the places of their axes
        key = likeness(fig)
        if key not in self.places:
            grids = super().execute(fig)
            self.places[key] = [ax.get_position(original=True) for ax in fig.axes]
            return grids
        for ax, place in zip(fig.axes, self.places[key], strict=True):
            ax.set_position(place, which="original")
        return None

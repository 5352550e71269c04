"""Drawing for the book: plots, graphs, landscapes, sliders, each with a description in words.

Nothing in here trains anything: the functions take arrays and dictionaries and give back a
matplotlib figure, which `show` displays with its alt text. Every plotting function takes
`fig=None`; given a figure (or a subfigure), it clears it and draws there, which is what the
`draw` function of `explore` wants. `animate`, `hear` and `LivePlot` display what moves, sounds
and grows, and leave a still or a caption in the saved notebook. No function touches pyplot, so
no figure stays open.
"""

from typing import Any

from .animations import animate
from .flows import flow
from .graphs import graph, stages
from .growth import costs
from .jacobians import jacobian_tiles
from .landscapes import contours
from .lines import curves
from .matrices import confusion_matrix, heatmap
from .networks import network
from .pages import subplots
from .pictures import images
from .sliders import Explorer, explore
from .sounds import hear
from .stills import show
from .style import COLOURS, GRADIENT, STYLE, VALUE
from .surfaces import surface
from .tiles import shape_tiles
from .timelines import timeline

__all__ = [
    "COLOURS",
    "GRADIENT",
    "STYLE",
    "VALUE",
    "Explorer",
    "LivePlot",
    "animate",
    "confusion_matrix",
    "contours",
    "costs",
    "curves",
    "explore",
    "flow",
    "graph",
    "hear",
    "heatmap",
    "images",
    "jacobian_tiles",
    "network",
    "shape_tiles",
    "show",
    "stages",
    "subplots",
    "surface",
    "timeline",
]


def __getattr__(name: str) -> Any:
    """LivePlot is fetched when it is asked for: it stands on dlcore.nn, and drawing does not."""
    if name == "LivePlot":
        from .live import LivePlot

        return LivePlot
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Drawing for the book: plots, networks, landscapes and sliders, each with a description in words.

Nothing in here trains anything: the functions take arrays and dictionaries and give back a
matplotlib figure, which `show` displays with its alt text. Every plotting function takes
`fig=None`; given a figure (or a subfigure), it clears it and draws there, which is what the
`draw` function of `explore` wants. No function touches pyplot, so no figure stays open.
"""

from .flows import flow
from .landscapes import contours
from .lines import curves
from .matrices import confusion_matrix, heatmap
from .networks import network
from .pages import subplots
from .pictures import images
from .sliders import Explorer, explore
from .stills import show
from .style import COLOURS, GRADIENT, STYLE, VALUE
from .tiles import shape_tiles

__all__ = [
    "COLOURS",
    "GRADIENT",
    "STYLE",
    "VALUE",
    "Explorer",
    "confusion_matrix",
    "contours",
    "curves",
    "explore",
    "flow",
    "heatmap",
    "images",
    "network",
    "shape_tiles",
    "show",
    "subplots",
]

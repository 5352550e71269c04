"""The book's look: colours that a colour-blind reader can tell apart, never without a line style.

The colours are those of Okabe & Ito (2008). Orange, sky and yellow are too pale for lines or
letters on white (contrast below 3:1): they fill areas and nothing else. The five that remain are
the line colours, and each comes with its own line style, so that a figure survives grey print.
Values are always blue and gradients always vermillion.
"""

from typing import Any

from cycler import cycler
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb

COLOURS: dict[str, str] = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "vermillion": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "yellow": "#F0E442",
    "black": "#000000",
}
VALUE = COLOURS["blue"]
GRADIENT = COLOURS["vermillion"]
GREY = "#595959"

LINE_COLOURS: tuple[str, ...] = tuple(
    COLOURS[name] for name in ("blue", "vermillion", "green", "black", "purple")
)
LINE_STYLES: tuple[Any, ...] = (
    "-",
    (0, (5, 1.6)),
    (0, (5, 1.5, 1, 1.5)),
    (0, (1, 1.3)),
    (0, (9, 2)),
)
MARKERS = ("o", "s", "^", "D", "v")

# After five lines the colours begin again, each with another line style than before.
CYCLE = cycler(color=LINE_COLOURS * 2, linestyle=LINE_STYLES + LINE_STYLES[1:] + LINE_STYLES[:1])

STYLE: dict[str, Any] = {
    "figure.dpi": 110,
    "figure.facecolor": "white",
    "savefig.dpi": "figure",
    "font.size": 10.5,
    "axes.titlesize": 11.5,
    "axes.titlelocation": "left",
    "axes.titlepad": 8,
    "axes.labelsize": 10.5,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.prop_cycle": CYCLE,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.7,
    "lines.linewidth": 1.9,
    "lines.markersize": 5,
    "legend.frameon": False,
    "legend.handlelength": 3.2,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": "black",
    "ytick.labelcolor": "black",
    "mathtext.fontset": "dejavusans",
}

# The negative end is the darker one, so that the sign can be guessed in grey print too.
DIVERGING = LinearSegmentedColormap.from_list(
    "blue_white_vermillion",
    ["#003A5C", COLOURS["blue"], "#FFFFFF", "#F0A060", COLOURS["vermillion"]],
)
SEQUENTIAL = LinearSegmentedColormap.from_list(
    "white_blue", ["#FFFFFF", "#9CCBE8", COLOURS["blue"], "#003A5C"]
)


def luminance(colour: Any) -> float:
    """The relative luminance of a colour, 0 (black) to 1 (white), as WCAG 2.1 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour: Any, background: Any = "white") -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG 2.1 defines it."""
    dark, light = sorted((luminance(colour), luminance(background)))
    return (light + 0.05) / (dark + 0.05)


def ink(colour: Any) -> str:
    """The same hue, darkened until letters in it are easy to read on white (contrast 4.5)."""
    rgb = to_rgb(colour)
    while contrast(rgb) < 4.5:
        rgb = tuple(0.97 * c for c in rgb)
    return to_hex(rgb)


def on(background: Any) -> str:
    """Black or white, whichever is easier to read on this background."""
    return "black" if contrast("black", background) >= contrast("white", background) else "white"

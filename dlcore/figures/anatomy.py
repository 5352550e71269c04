"""The parts of a drawn network: its units, its edges, and the numbers that stand on both.

So that colour is never the only sign, values stand upright inside the units, gradients stand in
italics below them with a δ, and an edge with a negative weight is dashed.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle

from .numerals import short, significant, trimmed
from .style import COLOURS, GRADIENT, GREY, VALUE, ink
from .wiring import TIGHT, Layout, place_labels, shown_units

FEW_EDGES = 6  # more edges between two layers have smaller numbers with two decimals
ROOMY = 0.24  # inches: a unit of this radius holds its name above its value
WHITE = {"boxstyle": "square,pad=0.08", "facecolor": "white", "edgecolor": "none"}


def layer_names(count: int) -> list[str]:
    """input, hidden (numbered if there are several), output."""
    hidden = ["hidden"] if count == 3 else [f"hidden {i}" for i in range(1, count - 1)]
    return ["input", *hidden, "output"]


def spoken(layer: int, count: int) -> str:
    """A layer's name within a sentence: the hidden layer, hidden layer 2."""
    words = layer_names(count)[layer].split()
    return f"{words[0]} layer {words[1]}" if len(words) == 2 else f"the {words[0]} layer"


class Drawing:
    """One network on one set of axes whose unit of length is the inch.

    Every text has a gid that says what it is: name, value, delta, bias, weight, gradient, layer,
    stage, key or title.
    """

    def __init__(
        self, ax: Axes, layout: Layout, sizes: tuple[int, ...], stage: int | None, way_back: bool
    ):
        self.stages = (len(sizes) - 1) * (2 if way_back else 1)
        self.ax, self.layout, self.sizes, self.stage = ax, layout, sizes, stage
        self.last = len(sizes) - 1
        self.letters = float(np.clip(29 * layout.radius, 7, 10))
        self.decimals = 3 if layout.radius >= ROOMY else 2

    @property
    def going_back(self) -> bool:
        """Whether this stage computes gradients."""
        return self.stage is not None and self.stage > self.last

    @property
    def active(self) -> int | None:
        """The layer whose numbers this stage computes."""
        return 2 * self.last + 1 - self.stage if self.going_back else self.stage

    def has_value(self, layer: int) -> bool:
        """Whether a layer's values are known at this stage."""
        return self.stage is None or layer <= self.stage

    def has_delta(self, layer: int) -> bool:
        """Whether a layer's gradients are known at this stage."""
        return layer > 0 and (self.stage is None or (self.going_back and layer >= self.active))

    def is_active(self, gap: int) -> bool:
        """Whether this stage works along the edges from layer `gap` to the next."""
        if self.stage is None:
            return False
        return gap == self.active if self.going_back else gap == self.active - 1

    def write(self, x: float, y: float, text: str, kind: str, size: float, **style: Any) -> None:
        """Write a text centred on a point."""
        style = {"ha": "center", "va": "center", "zorder": 6, "gid": kind} | style
        self.ax.text(x, y, text, fontsize=size, **style)

    def pairs(self, gap: int) -> dict[tuple[int, int], tuple[Any, Any]]:
        """The two ends of each drawn edge (i, j) from layer `gap` to the next."""
        places = self.layout.places
        units = [[unit for k, unit in places if k == layer] for layer in (gap, gap + 1)]
        return {(i, j): (places[gap, i], places[gap + 1, j]) for i in units[0] for j in units[1]}

    def edges(self, gap: int, W: np.ndarray, weights: bool) -> None:
        """Draw the weights from layer `gap` to the next: thick is large, dashed is negative."""
        active, pairs = self.is_active(gap), self.pairs(gap)
        colour = "black" if active else "#8C8C8C" if self.stage is None else "#BDBDBD"
        unit = (1.6 if len(pairs) <= 16 else 1.0) / (float(np.abs(W).max()) or 1.0)
        for (i, j), ends in pairs.items():
            thick = 0.5 + unit * abs(W[i, j]) if weights else 0.8
            dash = (0, (4, 2)) if weights and W[i, j] < 0 else "-"
            style = {"color": colour, "linewidth": thick, "linestyle": dash}
            self.ax.plot(*zip(*ends, strict=True), zorder=1 + active, **style)

    def edge_numbers(self, gap: int, W: np.ndarray, dW: np.ndarray | None) -> None:
        """Write each weight on its edge and, where its gradient is given, keep room below it."""
        pairs = self.pairs(gap)
        size, decimals = (9, 3) if len(pairs) <= FEW_EDGES else (8, 2)
        width, height = 0.056 * size, 0.02 * size * (1 if dW is None else 1.8)
        starts, ends = zip(*pairs.values(), strict=True)
        places = place_labels(starts, ends, (width, height), self.layout.radius + 0.3)
        lift = 0 if dW is None else 0.0088 * size
        for (i, j), (x, y) in zip(pairs, places, strict=True):
            number = trimmed(W[i, j], decimals)
            wide = 0.0095 * size * max(len(number), 0 if dW is None else 10)
            corner = (x - wide / 2, y - height / 2)
            self.ax.add_patch(Rectangle(corner, wide, height, color="white", zorder=4))
            self.write(x, y + lift, number, "weight", size)
            if dW is not None and self.has_delta(gap + 1):
                style = {"style": "italic", "color": ink(GRADIENT)}
                self.write(x, y - lift, f"∂ {significant(dW[i, j])}", "gradient", size - 1, **style)

    def unit(self, layer: int, unit: int, name: str, value: float | None) -> None:
        """Draw one unit with its name and, if known, its value."""
        (x, y), r = self.layout.places[layer, unit], self.layout.radius
        active, roomy = layer == self.active, r >= ROOMY
        if active:
            halo = COLOURS["orange" if self.going_back else "yellow"]
            self.ax.add_patch(Circle((x, y), r + 0.06, color=halo, alpha=0.75, zorder=2))
        face = "white" if value is None else "#E3F0F8"
        rim = {"edgecolor": "black" if active else GREY, "linewidth": 2 if active else 1}
        self.ax.add_patch(Circle((x, y), r, facecolor=face, zorder=3, **rim))
        if value is None:
            self.write(x, y, name, "name", self.letters + 1)
            return
        if roomy:
            self.write(x, y + 0.5 * r, name, "name", self.letters - 2, color=GREY)
        text = short(value, self.decimals)
        y -= 0.16 * r * roomy
        self.write(x, y, text, "value", self.letters, color=VALUE, weight="bold")

    def delta(self, layer: int, unit: int, delta: float) -> None:
        """Write a unit's gradient with respect to its z below it."""
        x, y = self.layout.places[layer, unit]
        style = {"style": "italic", "color": ink(GRADIENT), "bbox": WHITE}
        text = f"δ = {significant(delta, self.decimals)}"
        self.write(x, y - self.layout.radius - 0.12, text, "delta", self.letters - 0.5, **style)

    def biases(self, layer: int, b: np.ndarray) -> None:
        """Write each unit's bias above it, if there is room."""
        for (k, unit), (x, y) in self.layout.places.items():
            if k == layer and self.layout.pitch >= TIGHT:
                text, above = f"b = {trimmed(b[unit])}", y + self.layout.radius + 0.12
                self.write(x, above, text, "bias", self.letters - 1, bbox=WHITE)

    def headings(self, y: float) -> None:
        """Write each layer's name above its column, and its size where not all is drawn."""
        for x, name, size in zip(
            self.layout.columns, layer_names(len(self.sizes)), self.sizes, strict=True
        ):
            text = f"{name}: {size} units" if None in shown_units(size) else name
            self.write(x, y, text, "layer", 9.5, color=GREY)
        for x, y_dots in self.layout.dots:
            self.write(x, y_dots, "⋮", "dots", 18, color=GREY)

    def stage_line(self) -> None:
        """Say below the network what this stage computes."""
        if self.stage is None:
            return
        name = spoken(self.active, len(self.sizes))
        if self.going_back:
            text, colour = f"◀ backward: the gradients δ of {name}", ink(GRADIENT)
        else:
            text = f"▶ forward: the values of {name}" if self.stage else "start: the input is known"
            colour = VALUE
        text = f"stage {self.stage} of {self.stages}   {text}"
        self.write(0.12, 0.36, text, "stage", 10.5, color=colour, ha="left")

    def key(self, entries: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Explain colours and line styles at the foot of the page."""
        x = 0.12
        for text, style in entries:
            self.write(x, 0.13, text, "key", 8.5, ha="left", **style)
            x += (0.079 if "weight" in style else 0.068) * len(text) + 0.22

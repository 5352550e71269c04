"""The parts of a drawn calculation: nodes, edges, and the numbers at both."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from .numerals import significant, trimmed
from .style import COLOURS, GRADIENT, GREY, VALUE, ink

RADIUS = 0.19  # inches, of a node on a page that has room for it
LINE = 0.155  # inches, of a line of numbers
GAP = 0.12  # inches between what belongs to two nodes
FOOT = 0.3  # room for the key
PALE = "#C4C4C4"
WHITE = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}

Point = tuple[float, float]


def is_named(node: Any) -> bool:
    """Whether a node's name stands above it: it was made by an operation, and has a label."""
    return bool(node.operation and node.label)


def visible(text: str) -> int:
    """About how many letters a text shows, its mathematics set."""
    return len(re.sub(r"[$_^{}]|\\", "", text))


def extent(text: str, size: float) -> tuple[float, float]:
    """About the width and height in inches of a text of this size."""
    return 0.0095 * size * visible(text), 0.018 * size


def node_height(node: Any, values: bool, gradients: bool) -> float:
    """The inches a node takes up with all that is written above and below it."""
    above = LINE * (bool(values) + is_named(node))
    below = LINE * bool(gradients)
    return 2 * (RADIUS + max(above, below)) + GAP


def name_of(graph: Any, place: int) -> str:
    """A node's label; without one, its number or its sign."""
    node = graph.nodes[place]
    return node.label or (f"({node.operation})" if node.operation else trimmed(node.data))


class GraphDrawing:
    """One calculation on one set of axes whose unit of length is the inch.

    Every text has a gid that says what it is: name, sign, value, gradient, slope, stage, key or
    title. `places` are the nodes' centres.
    """

    def __init__(
        self,
        ax: Axes,
        graph: Any,
        gradients: Sequence[float],
        stage: int | None,
        bold: set[int],
        step: float,
        scale: float,
    ):
        self.ax, self.graph, self.gradients = ax, graph, gradients
        self.stage, self.bold, self.scale = stage, bold, scale
        self.count = len(graph.nodes)
        self.radius = min(RADIUS * scale, 0.36 * step)
        self.letters = float(np.clip(min(9.0 * max(scale, 0.85), 11.0 * step), 6.5, 9.0))
        self.decimals = 3 if step >= 0.7 else 2
        self.halves = [self.half_width(node, 0.4 * step) for node in graph.nodes]
        self.places: list[Point] = []
        self.taken: list[tuple[Point, Point]] = []  # middles and sizes of the numbers so far

    def half_width(self, node: Any, most: float) -> float:
        """Half a node's width: a box grows with its name, up to `most`."""
        if node.operation:
            return self.radius
        letters = visible(node.label or trimmed(node.data))
        return float(
            np.clip(0.0052 * (self.letters + 1) * letters, self.radius, max(most, self.radius))
        )

    def number(self, number: float) -> str:
        """A gradient or a slope, as exact as there is room."""
        return significant(number) if self.decimals == 3 else trimmed(number, self.decimals)

    # What this stage shows

    @property
    def going_back(self) -> bool:
        """Whether this stage computes a gradient."""
        return self.stage is not None and self.stage > self.count

    @property
    def active(self) -> int | None:
        """The node whose number this stage computes."""
        if not self.stage:
            return None
        return 2 * self.count - self.stage if self.going_back else self.stage - 1

    def has_value(self, place: int) -> bool:
        """Whether a node's value is known at this stage."""
        return self.stage is None or place < self.stage

    def has_gradient(self, place: int) -> bool:
        """Whether a node's gradient is known at this stage."""
        return self.stage is None or (self.going_back and place >= self.active)

    # Drawing

    def write(self, x: float, y: float, text: str, kind: str, size: float, **style: Any) -> None:
        """Write a text centred on a point."""
        style = {"ha": "center", "va": "center", "zorder": 6, "gid": kind} | style
        self.ax.text(x, y, text, fontsize=size, **style)
        self.taken.append(((x, y), extent(text, size)))

    def edges(self, bends: Sequence[Sequence[Point]], slopes: bool) -> None:
        """Draw all edges, each through its bends, and with `slopes` the number of each."""
        doors = self.doors(bends)
        for edge, (start, end, slope) in enumerate(self.graph.edges):
            points = [doors[edge, 0], *bends[edge], doors[edge, 1]]
            self.edge(start, end, points)
            if slopes and self.has_value(end):
                self.slope(points, slope)

    def doors(self, bends: Sequence[Sequence[Point]]) -> dict[tuple[int, int], Point]:
        """Where each edge leaves its start (edge, 0) and enters its end (edge, 1)."""
        found = {}
        ends = [(s, e) for s, e, _ in self.graph.edges]
        for place, centre in enumerate(self.places):
            for side in (0, 1):
                mine = [i for i, edge in enumerate(ends) if edge[side] == place]
                there = {
                    i: (bends[i][-side] if bends[i] else self.places[ends[i][1 - side]])[1]
                    for i in mine
                }
                mine.sort(key=lambda i: there[i], reverse=True)
                spread = 0.6 if len(mine) > 1 else 0.0  # radians up and down
                for i, angle in zip(mine, np.linspace(spread, -spread, len(mine)), strict=True):
                    way = self.halves[place] * (1 if side == 0 else -1)
                    found[i, side] = (
                        centre[0] + way * np.cos(angle),
                        centre[1] + self.radius * np.sin(angle),
                    )
        return found

    def edge(self, start: int, end: int, points: Sequence[Point]) -> None:
        """Draw one edge as a smooth line; dashed and backwards once its gradient has come back."""
        vertices, codes = [points[0]], [Path.MOVETO]
        for (x, y), (to_x, to_y) in pairwise(points):
            middle = (x + to_x) / 2
            vertices += [(middle, y), (middle, to_y), (to_x, to_y)]
            codes += [Path.CURVE4] * 3
        back = self.going_back and self.has_gradient(start)
        look = {"color": "#7A7A7A", "linewidth": 1.0, "zorder": 1}
        if back:
            look |= {"color": GRADIENT, "linestyle": (0, (4, 2))}
            vertices.reverse()
        elif not self.has_value(end):
            look |= {"color": PALE}
        if start in self.bold and end in self.bold:
            look |= {"linewidth": 2.4, "zorder": 2} | ({} if back else {"color": "black"})
        elif (start if self.going_back else end) == self.active:
            look |= {"linewidth": 2.0, "zorder": 2} | ({} if back else {"color": "black"})
        path = Path(vertices, codes)
        style = {"arrowstyle": "-|>,head_width=2,head_length=4", "mutation_scale": 1}
        arrow = FancyArrowPatch(path=path, shrinkA=0, shrinkB=0, **style, **look)
        arrow.set_gid("back" if back else "edge")
        self.ax.add_patch(arrow)

    def slope(self, points: Sequence[Point], slope: float) -> None:
        """Write the derivative along an edge on its last part, where it hides least."""
        text, size = self.number(slope), self.letters - 1
        wide, high = extent(text, size)
        start, end = np.array(points[-2]), np.array(points[-1])
        t = np.array([0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78])
        along = 1.5 * t * (1 - t) + t**3  # of a curve that leaves and arrives level
        up = 3 * t**2 - 2 * t**3
        places = start + np.column_stack([along, up]) * (end - start)
        hidden = [
            sum(
                max(0.0, (wide + w) / 2 - abs(x - at_x)) * max(0.0, (high + h) / 2 - abs(y - at_y))
                for (at_x, at_y), (w, h) in self.taken
            )
            for x, y in places
        ]
        at = places[int(np.argmin(np.round(hidden, 4)))]
        self.write(*at, text, "slope", size, color="#444444", bbox=WHITE, zorder=5)

    def node(self, place: int, node: Any, values: bool, gradients: bool) -> None:
        """Draw one node with its sign or name, its value above and its gradient below."""
        (x, y), r = self.places[place], self.radius
        known, active = self.has_value(place), place == self.active
        colour = "black" if known else "#8C8C8C"
        rim = {"edgecolor": "#555555" if known else PALE, "linewidth": 1.0, "zorder": 4}
        if active or place in self.bold:
            rim |= {"edgecolor": "black", "linewidth": 2.0}
        if active:
            halo = COLOURS["orange" if self.going_back else "yellow"]
            self.ax.add_patch(Circle((x, y), r + 0.07, color=halo, alpha=0.75, zorder=3))
        if node.operation:
            self.ax.add_patch(
                Circle((x, y), r, facecolor="white" if not known else "#F2F2F2", **rim)
            )
            size = self.letters * (1.35 if len(node.operation) == 1 else 0.95)
            size = min(size, 2 * 72 * r / (0.72 * max(len(node.operation), 2)))
            self.write(x, y, node.operation, "sign", size, color=colour)
        else:
            look = rim | {"facecolor": "#E3F0F8" if known else "white"}
            self.given(x, y, node, known, self.halves[place], look)
        line = LINE * max(self.scale, 0.75)
        top = y + r + 0.6 * line
        number = {"color": VALUE, "weight": "bold", "bbox": WHITE}
        if values and known and (node.operation or node.label):
            self.write(x, top, trimmed(node.data, self.decimals), "value", self.letters, **number)
        if is_named(node):
            self.write(
                x, top + line * bool(values), node.label, "name", self.letters + 1, color=colour
            )
        if gradients and self.has_gradient(place):
            text = f"∂ {self.number(self.gradients[place])}"
            look = {"color": ink(GRADIENT), "style": "italic", "bbox": WHITE}
            self.write(x, y - r - 0.6 * line, text, "gradient", self.letters, **look)

    def given(
        self, x: float, y: float, node: Any, known: bool, half: float, look: dict[str, Any]
    ) -> None:
        """A box for what was not calculated: its name, or for a plain number the number."""
        text = node.label or (trimmed(node.data) if known else "")
        kind = "name" if node.label else "value"
        colour = ("black" if node.label else VALUE) if known else "#8C8C8C"
        size = min(self.letters + 1, half / (0.0052 * max(visible(text), 1)))
        high, pad = 0.9 * self.radius, 0.2 * self.radius
        corner = (x - half + pad, y - high + pad)
        box = FancyBboxPatch(corner, 2 * (half - pad), 2 * (high - pad), **look)
        box.set_boxstyle("round", pad=pad)
        self.ax.add_patch(box)
        if text:
            self.write(x, y, text, kind, size, color=colour)

    def stage_line(self, result: str) -> None:
        """Say below the graph what this stage computes, and from what."""
        text, colour = "start: nothing is known yet", GREY
        if self.active is not None:
            text = self.backward_words(result) if self.going_back else self.forward_words()
            colour = ink(GRADIENT) if self.going_back else VALUE
        text = f"stage {self.stage} of {2 * self.count}   {text}"
        room = 72 * (self.ax.get_xlim()[1] - 0.24)
        size = min(10.0, room / (0.6 * len(text)))
        self.write(0.12, 0.39, text, "stage", size, color=colour, ha="left")

    def forward_words(self) -> str:
        """The value that this stage computes, in words."""
        node = self.graph.nodes[self.active]
        name, number = name_of(self.graph, self.active), trimmed(node.data)
        if node.operation:
            return f"▶ forward: {name} = {number}"
        return f"▶ forward: {name} = {number}, given" if node.label else f"▶ forward: {name}, given"

    def backward_words(self, result: str) -> str:
        """The gradient that this stage computes: a sum over the edges that leave the node."""
        name, total = name_of(self.graph, self.active), significant(self.gradients[self.active])
        start = f"◀ backward: ∂{result}/∂{name} = "
        terms = [
            f"{significant(self.gradients[e])} × {significant(slope)}"
            for s, e, slope in self.graph.edges
            if s == self.active
        ]
        return start + (" + ".join(terms) + " = " if terms else "") + total

    def key(self, values: bool, gradients: bool, slopes: bool) -> None:
        """Explain colours and letters at the foot of the page."""
        entries = []
        if values:
            entries.append(("upright blue: value", {"color": VALUE, "weight": "bold"}))
        if gradients:
            words = "italic ∂: gradient of the result"
            entries.append((words, {"color": ink(GRADIENT), "style": "italic"}))
        if slopes:
            entries.append(("on an edge: slope", {"color": "#444444"}))
        x = 0.12
        for text, style in entries:
            self.write(x, 0.15, text, "key", 8.5, ha="left", **style)
            x += (0.079 if "weight" in style else 0.068) * len(text) + 0.22

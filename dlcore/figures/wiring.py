"""Where the parts of a drawn network stand: units in columns, and numbers along the edges.

All lengths are in inches on the page, so that letters and circles keep their proportions.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

MOST_UNITS = 8  # a layer with more units is drawn as its first three, dots, and its last
TOP, BOTTOM = 0.42, 0.62  # room above (layer names) and below (stage and key) the units
TIGHT = 0.75  # a pitch below this leaves no room for the biases

Point = tuple[float, float]


def shown_units(size: int) -> list[int | None]:
    """The units that are drawn, from top to bottom; None stands for the dots."""
    return list(range(size)) if size <= MOST_UNITS else [0, 1, 2, None, size - 1]


@dataclass(frozen=True)
class Layout:
    """Column of each layer, place of each drawn unit by (layer, unit), and the circles' size."""

    columns: tuple[float, ...]
    places: dict[tuple[int, int], Point]
    dots: tuple[Point, ...]
    radius: float
    pitch: float


def preferred_height(sizes: tuple[int, ...]) -> float:
    """A page height in inches at which all numbers of such a network find room."""
    rows = max(len(shown_units(size)) for size in sizes)
    return TOP + BOTTOM + 0.45 + rows * (1.25 if rows <= 2 else 1.0 if rows <= 4 else 0.66)


def place_units(sizes: tuple[int, ...], width: float, height: float, head: float) -> Layout:
    """Set the layers in columns on a page of width x height whose title takes `head`."""
    rows = max(len(shown_units(size)) for size in sizes)
    room = height - head - TOP - BOTTOM
    pitch = room / rows
    gap = (width - 1.5) / max(len(sizes) - 1, 1)
    words = 0.4 if pitch >= TIGHT else 0.22  # bias and delta, or delta alone
    radius = float(np.clip(min((pitch - words) / 2, 0.13 * gap), 0.17, 0.36))
    columns = tuple(0.75 + gap * layer for layer in range(len(sizes)))
    places, dots = {}, []
    for layer, size in enumerate(sizes):
        units = shown_units(size)
        for row, unit in enumerate(units):
            y = BOTTOM + room / 2 + pitch * ((len(units) - 1) / 2 - row)
            if unit is None:
                dots.append((columns[layer], y))
            else:
                places[layer, unit] = (columns[layer], y)
    return Layout(columns, places, tuple(dots), radius, pitch)


@lru_cache(maxsize=64)
def place_labels(
    starts: tuple[Point, ...], ends: tuple[Point, ...], box: tuple[float, float], margin: float
) -> tuple[Point, ...]:
    """A place on each edge for a label of size `box`, off the other labels and other edges.

    Every label has 19 candidate places along its edge, at least `margin` from the units. Each in
    turn takes the one that collides least with the rest, until nothing moves.
    """
    start, end, size = np.array(starts), np.array(ends), np.array(box)
    nearest = margin / (end[0, 0] - start[0, 0])
    fractions = np.linspace(nearest, 1 - nearest, 19)
    centres = start[:, None] + fractions[:, None] * (end - start)[:, None]  # (edges, 19, 2)
    along = start[:, None] + np.linspace(0, 1, 120)[:, None] * (end - start)[:, None]
    inside = (np.abs(centres[:, :, None, None] - along) < size / 2).all(-1).sum(-1) > 0
    crossed = inside.sum(axis=2) - 1.0  # other edges behind the label, (edges, 19)
    room = (size - np.abs(centres[:, :, None, None] - centres)).clip(0)
    overlap = room.prod(-1) / size.prod()  # of each place with each other's places
    alone = 0.25 * crossed + 0.3 * np.abs(fractions - 0.3)
    edges = np.arange(len(start))
    chosen = np.argmin(alone, axis=1)
    for _ in range(12):
        before = chosen.copy()
        for edge in edges:
            others = edges[edges != edge]
            collision = overlap[edge][:, others, chosen[others]].sum(axis=1)
            chosen[edge] = np.argmin(alone[edge] + 10 * collision)
        if (before == chosen).all():
            break
    return tuple(tuple(point) for point in centres[edges, chosen])

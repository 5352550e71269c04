"""Where the nodes of a calculation stand: in layers from left to right, with few crossings.

Each node stands right of everything it was made from; what is given stands just left of where it
is first used. An edge that passes a layer gets a bend there, so that it runs between the nodes
and not behind them. Within a layer the order follows the neighbours' mean height (barycentre),
swept left and right; the sweep with the fewest crossings is kept. (Sugiyama, Tagawa & Toda 1981.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from .lines import push_apart

SWEEPS = 40
BEND = 0.32  # room for an edge that passes a layer, as a share of a node's height

Edge = tuple[int, int]


@dataclass(frozen=True)
class Layering:
    """Each node's layer and height, and the bends (layer, height) of each edge."""

    layers: tuple[int, ...]
    heights: tuple[float, ...]
    bends: tuple[tuple[tuple[int, float], ...], ...]
    tallest: float


def layers_of(count: int, edges: Sequence[Edge]) -> list[int]:
    """The layer of each node; edges (from, to) must lead from earlier nodes to later ones."""
    layer = [0] * count
    for start, end in sorted(edges, key=lambda edge: edge[1]):
        layer[end] = max(layer[end], layer[start] + 1)
    made = {end for _, end in edges}
    for node in set(range(count)) - made:
        layer[node] = min((layer[end] - 1 for start, end in edges if start == node), default=0)
    return layer


def arrange(sizes: Sequence[float], edges: Sequence[Edge]) -> Layering:
    """Place nodes of these sizes (heights on the page) that are joined by edges (from, to)."""
    layer = layers_of(len(sizes), edges)
    room, chains, thin = list(sizes), [], BEND * min(sizes)
    for start, end in edges:
        chain = [start]
        for between in range(layer[start] + 1, layer[end]):
            chain.append(len(room))
            layer.append(between)
            room.append(thin)
        chains.append([*chain, end])
    rows = [[i for i, at in enumerate(layer) if at == k] for k in range(max(layer) + 1)]
    links = sorted({link for chain in chains for link in pairwise(chain)})
    y = best_heights(rows, links, np.array(room))
    if y[: len(sizes)] @ (np.arange(len(sizes)) - (len(sizes) - 1) / 2) > 0:
        y = -y  # what was made first stands above
    bends = tuple(tuple((layer[i], float(y[i])) for i in chain[1:-1]) for chain in chains)
    count = len(sizes)
    tallest = max(sum(room[i] for i in row) for row in rows)
    return Layering(tuple(layer[:count]), tuple(map(float, y[:count])), bends, tallest)


def best_heights(rows: list[list[int]], links: list[Edge], room: np.ndarray) -> np.ndarray:
    """The heights of all nodes, the middle at 0, after the sweep with the fewest crossings."""
    top = max(room[row].sum() for row in rows) / 2
    neighbours: list[list[list[int]]] = [[[], []] for _ in room]
    for start, end in links:
        neighbours[end][0].append(start)
        neighbours[start][1].append(end)
    y = np.zeros(len(room))
    for row in rows:  # at first in the order in which they were made, the first on top
        y[row] = push_apart(-1e-6 * np.arange(len(row)), room[row], -top, top)
    best, score = y.copy(), cost(y, rows, links)
    for sweep in range(SWEEPS):
        side = sweep % 2  # look left, going right; then look right, going left
        both = sweep >= SWEEPS - 12  # at last at both sides, so that edges become straight
        for row in rows[:: 1 - 2 * side]:
            sides = [
                neighbours[i][0] + neighbours[i][1] if both else neighbours[i][side] for i in row
            ]
            wanted = [y[near].mean() if near else y[i] for i, near in zip(row, sides, strict=True)]
            y[row] = push_apart(wanted, room[row], -top, top)
        if (now := cost(y, rows, links)) < score:
            best, score = y.copy(), now
    return best


def cost(y: np.ndarray, rows: list[list[int]], links: list[Edge]) -> tuple[int, float]:
    """The number of crossings, then how far the edges run up and down."""
    layer = {i: k for k, row in enumerate(rows) for i in row}
    crossings = sum(
        (y[a] - y[c]) * (y[b] - y[d]) < 0
        for (a, b), (c, d) in combinations(links, 2)
        if layer[a] == layer[c]
    )
    return crossings, float(sum((y[a] - y[b]) ** 2 for a, b in links))

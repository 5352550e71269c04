"""A calculation as a graph: values go forward in blue, gradients come back in vermillion.

So that colour is never the only sign, values stand upright above their node, and gradients stand
in italics below it with a ∂; an edge that a gradient has taken is dashed.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from matplotlib.figure import FigureBase

from .layering import Layering, arrange
from .nodes import FOOT, GraphDrawing, name_of, node_height
from .pages import WIDTH, fresh, in_style, inch_axes, inches, title_room

MARGIN = 0.42  # inches left and right of the outermost nodes


def checked_graph(result: Any) -> Any:
    """The graph of a result, or the graph itself; TypeError if it is neither."""
    graph = result.graph() if hasattr(result, "graph") else result
    if not (hasattr(graph, "nodes") and hasattr(graph, "edges")):
        raise TypeError(f"result must be a Value or its graph; got {type(result).__name__}.")
    return graph


def stages(result: Any) -> int:
    """The last stage of a graph: one for each value, and then one for each gradient."""
    return 2 * len(checked_graph(result).nodes)


def gradients_of(graph: Any) -> list[float]:
    """∂result/∂node for each node, from the slopes on the edges; no node is changed."""
    gradients = [0.0] * len(graph.nodes)
    gradients[-1] = 1.0
    for start, end, slope in sorted(graph.edges, key=lambda edge: -edge[1]):
        gradients[start] += gradients[end] * slope
    return gradients


@lru_cache(maxsize=32)
def arranged(sizes: tuple[float, ...], edges: tuple[tuple[int, int], ...]) -> Layering:
    """As `arrange`, kept, since a slider draws one graph many times."""
    return arrange(sizes, edges)


def chosen(graph: Any, highlight: Iterable[Any]) -> set[int]:
    """The positions of the highlighted nodes, given by label or as nodes.

    Raises ValueError if there is no such node.
    """
    places = set()
    for wanted in highlight:
        found = {i for i, v in enumerate(graph.nodes) if v is wanted or v.label == wanted}
        if not found:
            labels = [v.label for v in graph.nodes if v.label]
            raise ValueError(f"highlight must name nodes among {labels}; got {wanted!r}.")
        places |= found
    return places


@in_style
def graph(
    result: Any,
    *,
    stage: int | None = None,
    values: bool = True,
    gradients: bool = True,
    slopes: bool = False,
    title: str = "",
    highlight: Iterable[Any] = (),
    fig: FigureBase | None = None,
) -> FigureBase:
    """Draw how a `dlcore.scalar.Value` was made, each node once, from left to right.

    `stage` shows one moment: at k ≤ n the first k of n values are known, oldest first; at n + k
    all of them and the gradients of the last k, newest first. None shows everything. Gradients
    are those of the result, worked out from the slopes, so `backward` need not have run.
    `slopes` writes on each edge the derivative of its end with respect to its start.
    `highlight`: labels (or nodes) to draw bold, with the edges between them.

    Raises ValueError if there is no such stage or label, TypeError if `result` is no graph.
    """
    shown = checked_graph(result)
    count = len(shown.nodes)
    if stage is not None and not 0 <= stage <= 2 * count:
        raise ValueError(f"stage must be in 0..{2 * count} for {count} nodes; got {stage}.")
    bold = chosen(shown, highlight)
    sizes = tuple(node_height(v, values, gradients) for v in shown.nodes)
    layering = arranged(sizes, tuple((start, end) for start, end, _ in shown.edges))
    foot = FOOT if stage is None else FOOT + 0.26
    fig = fresh(fig, WIDTH, max(1.9, title_room(title) + foot + layering.tallest + 0.1))
    width, height = inches(fig)
    ax, head = inch_axes(fig, title), title_room(title, width)
    scale = min(1.0, (height - head - foot) / layering.tallest)
    middle = foot + (height - head - foot) / 2
    step = (width - 2 * MARGIN) / max(max(layering.layers), 1)
    drawing = GraphDrawing(ax, shown, gradients_of(shown), stage, bold, step, scale)
    x = [MARGIN + step * layer for layer in range(max(layering.layers) + 1)]
    drawing.places = [
        (x[layer], middle + scale * y)
        for layer, y in zip(layering.layers, layering.heights, strict=True)
    ]
    bends = [[(x[layer], middle + scale * y) for layer, y in bend] for bend in layering.bends]
    for i, node in enumerate(shown.nodes):
        drawing.node(i, node, values, gradients)
    drawing.edges(bends, slopes)  # after the nodes: slopes make room for what stands there
    drawing.key(values, gradients, slopes)
    if stage is not None:
        drawing.stage_line(name_of(shown, count - 1))
    return fig

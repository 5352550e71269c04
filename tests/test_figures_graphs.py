"""Promises about drawn calculations: every node once, nothing hidden, one step at a time."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text

from dlcore import figures
from dlcore.figures import layering, style
from dlcore.figures.graphs import gradients_of
from dlcore.scalar import Value


def named(**numbers):
    return [Value(number, label=name) for name, number in numbers.items()]


def label(value, name):
    value.label = name
    return value


def product():
    a, b = named(a=2.0, b=-3.0)
    return label(a * b, "c")


def diamond():
    (x,) = named(x=2.0)
    return label(label(x * x, "a") * label(x + 1, "b"), "L")


def neuron():
    x1, x2, w1, w2, b = named(x1=0.05, x2=0.1, w1=0.15, w2=0.2, b=0.35)
    return label(label(x1 * w1 + x2 * w2 + b, "z").tanh(), "h")


def descent():
    w, x, b, y = named(w=0.5, x=2.0, b=-0.3, y=1.0)
    return label((label(label(w * x + b, "z").sigmoid(), "ŷ") - y) ** 2 * 0.5, "L")


def network(x=0.5, w1=0.15, w2=-0.2, v1=0.4, v2=0.6, b=0.1, y=1.0):
    x, w1, w2, v1, v2, b, y = named(x=x, w1=w1, w2=w2, v1=v1, v2=v2, b=b, y=y)
    out = (x * w1).sigmoid() * v1 + (x * w2).sigmoid() * v2 + b
    error = label(out - y, "e")
    return label(error * error, "L")


def skips():
    """Seventeen nodes in thirteen layers; x is used five times."""
    (x,) = named(x=0.5)
    value = x
    for _ in range(4):
        value = (value * 1.5).tanh() + x
    return value


RESULTS = [product, diamond, neuron, descent, network, skips]


def texts(fig, kind):
    return [text.get_text() for text in fig.axes[0].texts if text.get_gid() == kind]


# (thirteen layers have no room for slopes)
@pytest.mark.parametrize(
    ("make", "slopes"),
    [*itertools.product(RESULTS, [False]), *itertools.product(RESULTS[:-1], [True])],
)
def test_no_two_texts_of_a_graph_overlap_and_none_leaves_the_page(make, slopes):
    check_texts(figures.graph(make(), title="How the result was made", slopes=slopes))


@pytest.mark.parametrize("seed", range(6))
def test_texts_keep_apart_whatever_the_numbers(seed):
    numbers = np.random.default_rng(seed).normal(size=7) * np.array([0.05, 1, 3, 1, 3, 1, 0.05])
    check_texts(figures.graph(network(*numbers), title="Any numbers", slopes=True))


def check_texts(fig):
    """No two texts overlap, and all are on the page."""
    fig.canvas.draw()
    boxes = [(t.get_text(), Text.get_window_extent(t).padded(-1)) for t in fig.axes[0].texts]
    for (one, box), (other, its) in itertools.combinations(boxes, 2):
        assert not box.overlaps(its), (one, other)
    for text, box in boxes:
        assert box.x0 > 0 and box.x1 < fig.bbox.x1 and box.y0 > 0 and box.y1 < fig.bbox.y1, text


@pytest.mark.parametrize("make", RESULTS)
def test_a_graph_shows_each_node_once_and_each_edge(make):
    graph = make().graph()
    fig = figures.graph(graph)
    assert sorted(texts(fig, "sign")) == sorted(v.operation for v in graph.nodes if v.operation)
    assert sorted(texts(fig, "name")) == sorted(v.label for v in graph.nodes if v.label)
    assert len(texts(fig, "value")) == len(texts(fig, "gradient")) == len(graph.nodes)
    arrows = [patch for patch in fig.axes[0].patches if patch.get_gid() == "edge"]
    assert len(arrows) == len(graph.edges)


@pytest.mark.parametrize("make", RESULTS)
def test_the_gradients_drawn_are_those_of_backward_and_drawing_changes_nothing(make):
    result = make()
    figures.graph(result)
    nodes = result.graph().nodes
    assert all(node.grad == 0 for node in nodes)
    drawn = gradients_of(result.graph())
    result.backward()
    assert drawn == pytest.approx([node.grad for node in nodes], rel=1e-12)


def test_stage_k_shows_the_first_k_values_and_then_the_last_k_gradients():
    result = diamond()
    last = figures.stages(result)
    assert last == 2 * len(result.graph().nodes) == figures.stages(result.graph()) == 10
    values, gradients = ["2", "4", "1", "3", "12"], ["∂ 1", "∂ 4", "∂ 4", "∂ 3", "∂ 16"]
    for stage in range(last + 1):
        fig = figures.graph(result, stage=stage)
        shown = values[: min(stage, 5)]
        assert sorted(texts(fig, "value")) == sorted(shown), stage
        assert sorted(texts(fig, "gradient")) == sorted(gradients[: max(stage - 5, 0)]), stage


def test_a_stage_says_what_it_computes_and_from_what():
    lines = [texts(figures.graph(diamond(), stage=k), "stage")[0] for k in range(11)]
    assert lines[0] == "stage 0 of 10   start: nothing is known yet"
    assert lines[1] == "stage 1 of 10   ▶ forward: x = 2, given"
    assert lines[5] == "stage 5 of 10   ▶ forward: L = 12"
    assert lines[6] == "stage 6 of 10   ◀ backward: ∂L/∂L = 1"
    assert lines[10] == "stage 10 of 10   ◀ backward: ∂L/∂x = 3 × 2 + 3 × 2 + 4 × 1 = 16"


def test_an_edge_is_dashed_and_turned_round_once_its_gradient_has_come_back():
    counts = []
    for stage in (5, 6, 7, 10):
        patches = figures.graph(diamond(), stage=stage).axes[0].patches
        back = [patch for patch in patches if patch.get_gid() == "back"]
        assert all(patch.get_linestyle() not in ("-", "solid") for patch in back)
        counts.append(len(back))
        for patch in back:
            start, end = patch._path_original.vertices[[0, -1], 0]
            assert end < start
    assert counts == [0, 0, 1, 6]


def test_gradients_differ_from_values_in_more_than_colour():
    by_kind = {text.get_gid(): text for text in figures.graph(product()).axes[0].texts}
    value, gradient = by_kind["value"], by_kind["gradient"]
    assert value.get_color() == style.VALUE != gradient.get_color() == style.ink(style.GRADIENT)
    assert gradient.get_style() == "italic" != value.get_style()
    assert gradient.get_text().startswith("∂")
    assert value.get_position()[1] > gradient.get_position()[1]  # above, below


def test_slopes_are_the_derivatives_along_the_edges():
    fig = figures.graph(product(), slopes=True)
    assert texts(fig, "slope") == ["−3", "2"]
    assert texts(figures.graph(product(), slopes=True, stage=2), "slope") == []


def test_values_and_gradients_can_be_left_out():
    fig = figures.graph(product(), values=False, gradients=False)
    assert texts(fig, "value") == texts(fig, "gradient") == texts(fig, "key") == []


def test_highlight_makes_a_path_bold():
    widths = [p.get_linewidth() for p in figures.graph(diamond(), highlight="xbL").axes[0].patches]
    plain = [p.get_linewidth() for p in figures.graph(diamond()).axes[0].patches]
    assert sum(np.array(widths) > plain) == 3 + 2  # three nodes, two edges


def test_a_graph_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match=r"stage must be in 0\.\.6 for 3 nodes; got 7"):
        figures.graph(product(), stage=7)
    with pytest.raises(ValueError, match=r"highlight must name nodes among \['a', 'b', 'c'\]"):
        figures.graph(product(), highlight=["d"])
    with pytest.raises(TypeError, match="result must be a Value or its graph; got float"):
        figures.graph(2.0)


# The layout.

EDGES = st.integers(2, 14).flatmap(
    lambda n: st.tuples(
        *(st.lists(st.integers(0, end - 1), min_size=0, max_size=2) for end in range(1, n))
    )
)


@given(EDGES)
@settings(max_examples=60, deadline=None)
def test_every_edge_leads_right_and_no_two_nodes_of_a_layer_touch(inputs):
    edges = [(start, end) for end, starts in enumerate(inputs, start=1) for start in starts]
    sizes = [0.5 + 0.1 * (i % 3) for i in range(len(inputs) + 1)]
    placed = layering.arrange(sizes, edges)
    for (start, end), bends in zip(edges, placed.bends, strict=True):
        passed = [layer for layer, _ in bends]
        assert passed == list(range(placed.layers[start] + 1, placed.layers[end]))
        assert placed.layers[start] < placed.layers[end]
    for one, other in itertools.combinations(range(len(sizes)), 2):
        if placed.layers[one] == placed.layers[other]:
            apart = abs(placed.heights[one] - placed.heights[other])
            assert apart >= (sizes[one] + sizes[other]) / 2 - 1e-9


def crossings(edges, placed):
    """Pairs of edges between neighbouring layers that cross, for graphs without bends."""
    y, layers = placed.heights, placed.layers
    return sum(
        layers[a] == layers[c] and (y[a] - y[c]) * (y[b] - y[d]) < 0
        for (a, b), (c, d) in itertools.combinations(edges, 2)
    )


def test_two_crossed_pairs_are_uncrossed():
    edges = [(0, 5), (1, 4), (2, 5), (3, 4)]
    assert crossings(edges, layering.arrange([1.0] * 6, edges)) == 0


def test_what_is_given_stands_beside_its_first_use():
    graph = descent().graph()
    edges = [(start, end) for start, end, _ in graph.edges]
    layers = layering.layers_of(len(graph.nodes), edges)
    for place, node in enumerate(graph.nodes):
        if not node.operation:
            assert min(layers[end] for start, end in edges if start == place) == layers[place] + 1

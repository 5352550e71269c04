"""Promises about surfaces, arrows, Jacobians, products of shapes, costs and time lines."""

import itertools

import numpy as np
import pytest
from matplotlib.quiver import Quiver
from matplotlib.text import Text
from mpl_toolkits.mplot3d.art3d import Line3DCollection

from dlcore import figures
from dlcore.figures import growth, jacobians, style, tiles

PATH = np.array([[-1.0, 1.0], [0.5, 0.5], [1.0, 0.0]])


def bowl(x, y):
    return 1 + x**2 + 9 * y**2


def on_bowl(**options):
    return {"f": bowl, "x": (-2, 2), "y": (-2, 2), "title": "Bowl"} | options


def extents(texts):
    return [Text.get_window_extent(text) for text in texts]


# Arrows and surfaces.


def test_one_arrow_is_as_long_as_its_vector_and_named_at_its_tip():
    fig = figures.contours(**on_bowl(arrows={"−gradient": ((1.0, 0.5), (-0.5, -1.0))}))
    (arrow,) = (c for c in fig.axes[0].collections if isinstance(c, Quiver))
    assert (arrow.X[0], arrow.Y[0], arrow.U[0], arrow.V[0]) == (1.0, 0.5, -0.5, -1.0)
    assert (arrow.scale, arrow.angles, arrow.scale_units) == (1, "xy", "xy")
    (name,) = fig.axes[0].texts[-1:]
    assert (name.get_text(), name.xy) == ("−gradient", (0.5, -0.5))
    assert name.get_color() == style.ink(style.GRADIENT)


def test_many_arrows_are_shortened_together():
    points = np.array([[-1.0, 0.0], [1.0, 1.0]])
    fig = figures.contours(**on_bowl(arrows={"field": (points, [[2.0, 0.0], [-2.0, 8.0]])}))
    (arrows,) = (c for c in fig.axes[0].collections if isinstance(c, Quiver))
    lengths = np.hypot(arrows.U, arrows.V)
    assert lengths[1] == pytest.approx(0.1 * 4)  # a tenth of the shorter side
    assert lengths[0] / lengths[1] == pytest.approx(2 / np.hypot(2, 8))


def test_equal_axes_show_right_angles_as_right_angles():
    fig = figures.contours(**on_bowl(y=(-1, 1), equal=True))
    fig.canvas.draw()
    per_unit = fig.axes[0].bbox.width / 4, fig.axes[0].bbox.height / 2
    assert per_unit[0] == pytest.approx(per_unit[1])


@pytest.mark.parametrize("plot", [figures.contours, figures.surface])
def test_arrows_that_do_not_fit_are_named(plot):
    with pytest.raises(ValueError, match=r"arrows\['a'\] must be \(points, vectors\)"):
        plot(**on_bowl(arrows={"a": ((1.0, 2.0), (1.0, 2.0, 3.0))}))


@pytest.mark.parametrize("log_levels", [False, True])
def test_a_surface_takes_the_arguments_of_contours_and_puts_paths_on_it(log_levels):
    options = on_bowl(
        paths={"descent": PATH},
        marks={"minimum": (0, 0)},
        arrows={"−gradient": ((1.0, 0.5), (-0.5, -0.5))},
        equal=True,
        log_levels=log_levels,
        xlabel="a",
        ylabel="b",
    )
    figures.contours(**options)
    ax = figures.surface(**options).axes[0]
    drawn, start, end, _ = ax.lines
    height = np.log10(bowl(*PATH.T)) if log_levels else bowl(*PATH.T)
    assert np.allclose(drawn.get_data_3d(), [*PATH.T, height])
    assert (start.get_marker(), end.get_marker()) == ("o", "s")
    assert sum(isinstance(c, Line3DCollection) for c in ax.collections) == 1
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_zlabel()) == ("a", "b", "loss")


def test_a_surface_cuts_a_path_off_where_the_axes_end():
    ax = figures.surface(**on_bowl(paths={"p": [[-1, 1], [3, 3], [0, 0]]})).axes[0]
    assert np.isnan(ax.lines[0].get_data_3d()[2]).tolist() == [False, True, False]


def test_a_surface_refuses_what_contours_refuses():
    with pytest.raises(ValueError, match=r"paths\['p'\] must have shape"):
        figures.surface(**on_bowl(paths={"p": [1, 2, 3]}))
    with pytest.raises(ValueError, match="grid's shape"):
        figures.surface(**on_bowl(f=lambda x, y: 1.0))
    with pytest.raises(ValueError, match="x must be"):
        figures.surface(**on_bowl(x=(1, 0)))


# Jacobians.


def numbers(fig):
    return [t.get_text() for t in fig.axes[0].texts if t.get_text()[-1].isdigit()]


def test_a_jacobian_shows_what_is_not_zero_and_marks_each_zero():
    fig = figures.jacobian_tiles(
        [[0.5, 0.0], [0.0, -2.0]], rows=["y1", "y2"], columns=["x1", "x2"], title="T"
    )
    ax = fig.axes[0]
    assert numbers(fig) == ["0.5", "−2"]
    (zeros,) = ax.lines
    assert zeros.get_xydata().tolist() == [[1, 0], [0, 1]]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["y1", "y2"]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["x1", "x2"]
    red, _, blue, _ = np.moveaxis(ax.images[0].get_array(), -1, 0)
    assert red[0, 0] > blue[0, 0] and blue[1, 1] > red[1, 1]  # above zero, below zero
    assert red[0, 1] == pytest.approx(1, abs=0.01) == blue[0, 1]


@pytest.mark.parametrize(
    ("J", "words"),
    [
        (np.ones((2, 3)), "none of the 6 derivatives is zero"),
        (np.eye(3), "zero off the diagonal: 3 of the 9 derivatives are left"),
        (np.eye(3)[:2], "2 of the 6 derivatives are not zero"),
    ],
)
def test_the_structure_of_a_jacobian_is_said_in_words(J, words):
    assert jacobians.structure(J) == words
    assert figures.jacobian_tiles(J, title="T").axes[0].texts[-1].get_text() == words


def test_a_jacobian_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match=r"J must be 2-D and not empty; got shape \(3,\)"):
        figures.jacobian_tiles([1, 2, 3], title="T")
    with pytest.raises(ValueError, match="columns must have 2 entries; got 1"):
        figures.jacobian_tiles(np.eye(2), columns=["x"], title="T")


# Products of shapes.


@pytest.mark.parametrize(
    ("parts", "wrong"),
    [
        ([("x", 4, 3), "@", ("W", 3, 2), "=", ("z", 4, 2)], {}),
        ([("W", 2, 3), ("x", 3, 1), "=", ("z", 2, 1), "or", ("a", 5, 5)], {}),
        ([("x", 4, 3), "@", ("W", 2, 3)], {2: "3 ≠ 2"}),
        ([("A", 4, 3), ("B", 3, 2), "=", ("C", 2, 4)], {3: "4 × 2 ≠ 2 × 4"}),
        ([("A", 1, 4), "@", ("B", 4, 5), "@", ("C", 4, 3)], {4: "5 ≠ 4"}),
        ([("z", 4, 2), "+", ("b", 1, 2), "=", ("a", 4, 2)], {}),
    ],
    ids=lambda part: str(part)[:40],
)
def test_a_tile_that_does_not_fit_is_crossed_out_and_says_why(parts, wrong):
    assert tiles.misfits(parts) == wrong
    ax = figures.shape_tiles(parts, title="T").axes[0]
    assert [t.get_text() for t in ax.texts if t.get_gid() == "misfit"] == list(wrong.values())
    assert sum(line.get_gid() == "cross" for line in ax.lines) == 2 * len(wrong)


def test_a_shape_may_be_written_in_letters():
    ax = figures.shape_tiles([("x", 4, 3, "n × i"), ("W", 3, 2)], title="T").axes[0]
    assert {"n × i", "3 × 2"} < {text.get_text() for text in ax.texts}
    with pytest.raises(ValueError, match="rows and columns of 'x' must be positive; got 0, 2"):
        figures.shape_tiles([("x", 0, 2)], title="T")


# Costs.


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0, 3.0])
def test_the_exponent_is_that_of_the_power_law(power):
    sizes = np.array([10.0, 30.0, 100.0, 1000.0])
    assert growth.exponent(sizes, 3e-6 * sizes**power) == pytest.approx(power, abs=1e-12)


def test_costs_are_named_at_their_ends_with_their_power_law():
    n = np.array([10, 100, 1000])
    measured = {"reverse mode": (n, 2.0 * n), "forward mode": (n, 0.1 * n**2)}
    options = {"xlabel": "n", "ylabel": "s", "title": "Costs " * 12}
    fig = figures.costs(measured, **options)
    (ax,) = fig.axes
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    words = [text.get_text().split() for text in ax.texts]
    assert words == [
        ["reverse", "mode", r"$\propto", "n^{1}$"],
        ["forward", "mode", r"$\propto", "n^{2}$"],
    ]
    plain = figures.costs(measured, slopes=False, **options)
    assert [text.get_text() for text in plain.axes[0].texts] == list(measured)


def test_names_at_the_ends_of_lines_keep_off_a_long_title():
    n = np.array([10, 100, 1000])
    measured = {f"line {power}": (n, n**power) for power in (1.0, 2.0, 2.1)}
    fig = figures.costs(measured, xlabel="n", ylabel="s", title="n" * 33 + " " + "n" * 28)
    fig.canvas.draw()
    title = fig.axes[0]._left_title.get_window_extent()
    boxes = extents(fig.axes[0].texts)
    assert title.x1 > min(box.x0 for box in boxes)
    for one, other in itertools.combinations([title, *boxes], 2):
        assert not one.overlaps(other)


@pytest.mark.parametrize(
    ("sizes", "cost", "message"),
    [
        ([1, 2], [1], "two sequences of one length"),
        ([1], [1], "at least 2"),
        ([1, 2], [0, 1], "finite and above zero"),
        ([1, 2], [np.nan, 1], "finite and above zero"),
    ],
)
def test_costs_that_cannot_be_drawn_are_named(sizes, cost, message):
    with pytest.raises(ValueError, match=rf"costs\['a'\] must be .*{message}"):
        figures.costs({"a": (sizes, cost)}, xlabel="n", ylabel="s", title="T")


# Time lines.

EVENTS = [
    (1847, "Cauchy follows the gradient downhill."),
    (1943, "McCulloch and Pitts describe a neuron as a switch."),
    (1958, "Rosenblatt's perceptron learns from its mistakes."),
    (1960, "Widrow and Hoff find the delta rule, and Kelley and Bryson control rockets backwards."),
    (1969, "Minsky and Papert prove what one layer cannot do."),
    (1970, "Linnainmaa writes down the reverse mode of automatic differentiation."),
    (1974, "Werbos describes it for models with many layers."),
    (1982, "Werbos applies it to networks."),
    (1985, "Parker and LeCun find it, each on his own."),
    (1986, "Rumelhart, Hinton and Williams show that hidden units learn representations."),
    (1989, "LeCun reads postal codes."),
    (2012, "AlexNet."),
    (2015, "Normalised layers and residuals."),
    (2017, "Transformers."),
]


@pytest.mark.parametrize("count", [2, 6, 14])
def test_texts_of_a_time_line_do_not_collide_and_stand_in_order(count):
    fig = figures.timeline(EVENTS[::-1][:count], title="Found several times")
    fig.canvas.draw()
    texts = fig.axes[0].texts
    for one, other in itertools.combinations(extents(texts), 2):
        assert not one.overlaps(other)
    for box in extents(texts):
        assert box.x0 > 0 and box.x1 < fig.bbox.x1 and box.y0 > 0 and box.y1 < fig.bbox.y1
    years = [(t.get_position()[1], t.get_text()) for t in texts if t.get_gid() == "year"]
    assert [year for _, year in sorted(years, reverse=True)] == [
        str(year) for year, _ in EVENTS[-count:]
    ]


def test_the_axis_of_a_time_line_is_true_to_scale():
    fig = figures.timeline([(1900, "a"), (1901, "b"), (2000, "c")], title="T")
    dots = [line for line in fig.axes[0].lines if line.get_marker() == "o"]
    first, second, last = (float(line.get_ydata()[0]) for line in dots)
    assert (first - second) / (first - last) == pytest.approx(1 / 100)


def test_a_time_line_needs_two_years():
    with pytest.raises(ValueError, match="at least two years"):
        figures.timeline([(1986, "a"), (1986, "b")], title="T")

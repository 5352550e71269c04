"""Promises of dlcore.figures: described, told apart without colour, live, leaving nothing open."""

import io
import itertools
import subprocess
import sys

import ipywidgets
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from dlcore import figures
from dlcore.figures import lines, numerals, pages, sliders, stills, style, wiring
from dlcore.scalar import Value

ALT = "A falling curve: the loss over epochs becomes smaller and then stays where it is."
STEPS = np.arange(1, 31)
HISTORIES = {
    "gradient descent": np.exp(-STEPS / 12),
    "momentum": np.exp(-STEPS / 5),
    "Adam": np.exp(-STEPS / 4.5),
    "L-BFGS": np.exp(-STEPS / 4),
}
PARAMS = [
    (np.array([[0.15, 0.25], [0.2, 0.3]]), np.array([0.35, 0.35])),
    (np.array([[0.4, -0.5], [0.45, 0.55]]), np.array([0.6, 0.6])),
]
VALUES = [np.array([0.05, 0.1]), np.array([0.593, 0.597]), np.array([0.751, 0.773])]
DELTAS = [np.array([0.009, -0.01]), np.array([0.139, -0.038])]


def png_size(png):
    with Image.open(io.BytesIO(png)) as picture:
        return picture.size


def texts(fig, kind):
    """The texts of a drawn network of one kind."""
    return [text.get_text() for text in fig.axes[0].texts if text.get_gid() == kind]


def every_plot():
    """One call of each plotting function, by name."""
    rng = np.random.default_rng(0)
    return {
        "curves": lambda fig=None: figures.curves(HISTORIES, title="Falling", fig=fig),
        "confusion_matrix": lambda fig=None: figures.confusion_matrix(
            [0, 1, 1], [0, 1, 0], title="One error", fig=fig
        ),
        "images": lambda fig=None: figures.images(rng.random((3, 16)), title="Three", fig=fig),
        "network": lambda fig=None: figures.network(PARAMS, title="Net", fig=fig),
        "heatmap": lambda fig=None: figures.heatmap(np.eye(3), title="Ones", fig=fig),
        "contours": lambda fig=None: figures.contours(
            lambda x, y: x**2 + y**2, x=(-1, 1), y=(-1, 1), title="Bowl", fig=fig
        ),
        "surface": lambda fig=None: figures.surface(
            lambda x, y: x**2 + y**2, x=(-1, 1), y=(-1, 1), title="Bowl", fig=fig
        ),
        "graph": lambda fig=None: figures.graph(
            Value(2.0, label="a") * Value(3.0, label="b"), title="Product", fig=fig
        ),
        "jacobian_tiles": lambda fig=None: figures.jacobian_tiles(
            np.diag([1.0, -2.0, 3.0]), title="Diagonal", fig=fig
        ),
        "shape_tiles": lambda fig=None: figures.shape_tiles(
            [("x", 4, 3), "@", ("W", 2, 3)], title="Does not fit", fig=fig
        ),
        "costs": lambda fig=None: figures.costs(
            {"reverse": ([1, 10, 100], [1, 10, 100])}, xlabel="n", ylabel="s", title="C", fig=fig
        ),
        "timeline": lambda fig=None: figures.timeline(
            [(1970, "Reverse mode"), (1986, "Backpropagation")], title="Years", fig=fig
        ),
    }


# Every plot: on its own page, on a given figure, in a panel.


@pytest.mark.parametrize("name", every_plot())
def test_every_plot_draws_on_a_given_figure_and_replaces_what_was_there(name):
    fig, ax = figures.subplots()
    ax.set_title("old")
    assert every_plot()[name](fig=fig) is fig
    assert len(stills.small_png(fig)) > 1000
    assert "old" not in [axes.get_title(loc="left") for axes in fig.axes]


@pytest.mark.parametrize("name", every_plot())
def test_every_plot_draws_in_a_panel_of_a_larger_figure(name):
    page = pages.Page(6.4, 6.0)
    upper, lower = page.subfigures(2, 1)
    every_plot()[name](fig=upper)
    every_plot()[name](fig=lower)
    assert upper.axes and lower.axes
    assert len(stills.small_png(page)) > 1000


@pytest.mark.parametrize("name", every_plot())
def test_a_plot_refuses_to_draw_on_axes(name):
    with pytest.raises(TypeError, match="fig must be"):
        every_plot()[name](fig=figures.subplots()[1])


@pytest.mark.parametrize("name", every_plot())
def test_nothing_is_clipped_at_the_edge_of_the_page(name):
    fig = every_plot()[name]()
    with Image.open(io.BytesIO(stills.small_png(fig))) as picture:
        pixels = np.asarray(picture.convert("L")).astype(int)
    edges = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    assert edges.min() > 240


def test_a_figure_is_small_enough_to_commit():
    for name, plot in every_plot().items():
        assert len(stills.small_png(plot())) < 60_000, name


def test_long_titles_break_into_lines_and_mathematics_stays_whole():
    title = "A finding that is too long for a single line of a small panel: $a + b = c$"
    _, axes = figures.subplots(1, 2)
    axes[0].set_title(title)
    shown = axes[0].get_title(loc="left")
    assert "\n" in shown and "$a + b = c$" in shown
    assert shown.replace("\n", " ") == title


# show: one picture, its words in the metadata and below it.


@pytest.mark.parametrize("alt", ["", "   ", "\n", "Too short a text", "word " * 61])
def test_show_refuses_an_alt_text_that_says_nothing_or_too_much(alt, displayed):
    words = len(alt.split())
    with pytest.raises(ValueError, match=f"alt must say in 8 to 60 words .*got {words} word"):
        figures.show(figures.subplots()[0], alt)
    assert displayed == []


def test_show_requires_alt(displayed):
    with pytest.raises(TypeError, match="alt"):
        figures.show(figures.subplots()[0])
    with pytest.raises(TypeError, match=r"alt must be a string.*None"):
        figures.show(figures.subplots()[0], alt=None)


def test_show_refuses_what_is_no_figure(displayed):
    with pytest.raises(TypeError, match=r"fig must be a matplotlib Figure; got str"):
        figures.show("figure", ALT)


def test_show_displays_one_picture_with_its_words_and_a_visible_caption(displayed):
    fig, _ = figures.subplots(width=5, height=3)
    alt = "  A <b>falling</b> curve & more:\n  the loss becomes smaller over all the epochs.  "
    figures.show(fig, alt)
    (picture, words), (caption, _) = displayed
    flat = " ".join(alt.split())
    assert set(picture) == {"image/png", "text/plain"}
    assert picture["text/plain"] == f"Figure: {flat}"
    assert words["image/png"] == {"alt": flat, "width": 550, "height": 330}
    assert "image/png" not in caption
    assert "A &lt;b&gt;falling&lt;/b&gt; curve &amp; more" in caption["text/html"]
    assert 'class="figure-caption"' in caption["text/html"]
    assert "color:" not in caption["text/html"]  # readable on light and on dark pages
    assert caption["text/plain"] == flat


def test_show_closes_a_pyplot_figure_so_that_it_appears_once(displayed):
    import matplotlib.pyplot as plt

    with plt.rc_context({"backend": "agg"}):
        fig = plt.figure()
    figures.show(fig, ALT)
    assert plt.get_fignums() == []
    assert len(displayed) == 2


def test_show_works_in_plain_python():
    code = f"from dlcore import figures as f; f.show(f.subplots()[0], {ALT!r})"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == [f"Figure: {ALT}", ALT]


def test_the_small_picture_keeps_a_rare_colour():
    fig, ax = figures.subplots()
    ax.set_axis_off()
    ax.imshow(np.random.default_rng(0).random((40, 60)), cmap="gray")
    ax.plot(30, 20, "s", color=style.GRADIENT, markersize=12)
    with Image.open(io.BytesIO(stills.small_png(fig))) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    wanted = 255 * np.array(to_rgb(style.GRADIENT))
    assert np.abs(pixels - wanted).max(axis=2).min() < 20


# explore: one figure that is drawn again.


def draw_line(fig, slope=0.5, steep=False):
    fig.subplots().plot([0, 1], [0, slope * (10 if steep else 1)])


def test_explore_draws_the_same_figure_again_and_the_picture_changes():
    seen = []

    def draw(fig, slope=0.5):
        seen.append(fig)
        assert fig.axes == []
        draw_line(fig, slope)
        fig.axes[0].set_ylim(0, 1)

    explorer = figures.Explorer(draw, ALT, {"slope": (0.0, 1.0)})
    before = explorer.png
    after = explorer.draw_at(slope=0.8)
    assert after != before and explorer.image.value == after
    assert len(seen) == 2 and all(fig is explorer.fig for fig in seen)
    assert explorer.draw_at(slope=0.5) == before


def test_the_still_picture_is_that_of_the_start_and_small_enough_to_commit():
    explorer = figures.Explorer(draw_line, ALT, {"slope": (0.0, 1.0)})
    still = explorer.still
    explorer.draw_at(slope=0.9)
    assert explorer.still == still == stills.smaller(explorer.draw_at(slope=0.5))
    assert len(still) < 60_000 and png_size(still) == png_size(explorer.png)


def test_moving_the_slider_itself_redraws():
    explorer = figures.Explorer(draw_line, ALT, {"slope": (0.0, 1.0), "steep": False})
    before = explorer.image.value
    explorer.controls["steep"].value = True
    assert explorer.image.value != before


def test_explore_starts_at_the_values_in_the_signature():
    explorer = figures.Explorer(draw_line, ALT, {"slope": (0.0, 1.0), "steep": True})
    assert explorer.values == {"slope": 0.5, "steep": False}


def test_controls_are_those_of_interact_with_readable_names_and_numbers():
    def draw(fig, learning_rate, steps, kind, pace, shown, size=0.002):
        pass

    own = ipywidgets.FloatLogSlider(value=1.0)
    explorer = figures.Explorer(
        draw,
        ALT,
        {
            "learning_rate": (0.0, 0.1),
            "steps": (1, 50),
            "kind": ["a", "b"],
            "pace": {"slow": 1, "fast": 9},
            "shown": True,
            "size": (0.0, 0.01, 0.001),
        }
        | {"size": own},
    )
    rate, steps, kind, pace, shown, size = explorer.controls.values()
    assert isinstance(rate, ipywidgets.FloatSlider) and rate.description == "learning rate"
    assert (rate.step, rate.readout_format) == (0.002, ".3f")
    assert isinstance(steps, ipywidgets.IntSlider) and isinstance(kind, ipywidgets.Dropdown)
    assert pace.value == 1 and isinstance(shown, ipywidgets.Checkbox) and size is own


@pytest.mark.parametrize(
    ("step", "form"), [(0.1, ".1f"), (0.25, ".2f"), (1.0, ".0f"), (10.0, ".0f"), (0.001, ".3f")]
)
def test_the_readout_has_the_decimals_of_the_step(step, form):
    assert sliders.readout(step) == form


@pytest.mark.parametrize("high", [0.001, 0.1, 1.0, 3.0, 7.0, 1000.0])
def test_a_range_without_a_step_has_fifty_to_a_hundred_and_twenty_five(high):
    assert 49 <= high / sliders.nice_step(0.0, high) <= 126


@pytest.mark.parametrize(
    "control", [(1.0, 0.0), object(), None, (1, 2, 3, 4), "", (0.6, 1.0)], ids=str
)
def test_a_bad_control_is_named(control):
    with pytest.raises((ValueError, TypeError), match="control 'slope'"):
        figures.Explorer(draw_line, ALT, {"slope": control})


def test_controls_must_be_those_that_draw_takes():
    with pytest.raises(TypeError, match=r"must take a figure and the controls \['height'\]"):
        figures.Explorer(draw_line, ALT, {"height": (0, 1)})
    with pytest.raises(ValueError, match="at least one control"):
        figures.explore(draw_line, ALT)
    explorer = figures.Explorer(draw_line, ALT, {"slope": (0.0, 1.0)})
    with pytest.raises(TypeError, match="no control named"):
        explorer.draw_at(height=1)


def test_an_error_while_moving_is_shown_and_the_next_good_value_clears_it():
    def draw(fig, slope=0.5):
        if slope > 0.9:
            raise ValueError("slope <b>above</b> 0.9")
        draw_line(fig, slope)

    explorer = figures.Explorer(draw, ALT, {"slope": (0.0, 1.0)})
    good = explorer.png
    explorer.draw_at(slope=1.0)
    assert "ValueError: " in explorer.message.value.replace("</b>", "")
    assert "slope &lt;b&gt;above&lt;/b&gt; 0.9" in explorer.message.value
    assert 'role="alert"' in explorer.message.value and explorer.message in explorer.widget.children
    assert explorer.image.value == good
    explorer.draw_at(slope=0.6)
    assert explorer.message.value == "" and explorer.image.value != good


def test_an_error_at_the_start_stops_the_cell():
    def draw(fig, slope=0.5):
        raise RuntimeError("no data")

    with pytest.raises(RuntimeError, match="no data"):
        figures.Explorer(draw, ALT, {"slope": (0.0, 1.0)})


def test_explore_displays_sliders_with_a_still_picture_and_a_caption(displayed):
    shown = figures.explore(draw_line, ALT, slope=(0.0, 1.0), figsize=(5.0, 3.0))
    assert shown is None
    (live, words), (names, _), (caption, _) = displayed
    assert "aria" in names["text/html"] and names["text/plain"] == ""
    assert "application/vnd.jupyter.widget-view+json" in live
    assert live["image/png"] and live["text/plain"] == f"Figure: {ALT}"
    assert words["image/png"] == {"alt": ALT, "width": 550, "height": 330}
    assert ALT in caption["text/html"]


def test_explore_requires_a_description():
    with pytest.raises(ValueError, match="alt must say in 8 to 60 words"):
        figures.explore(draw_line, "A line", slope=(0.0, 1.0))


# curves: named where they end.


def labels_of(fig):
    fig.canvas.draw()
    return [Text.get_window_extent(text) for text in fig.axes[0].texts]


@pytest.mark.parametrize("log", [False, True])
def test_labels_of_curves_do_not_overlap_and_stay_on_the_page(log):
    fig = figures.curves(HISTORIES, title="Falling", log=log)
    boxes = labels_of(fig)
    assert len(boxes) == 4
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)
    for box in boxes:
        assert fig.bbox.x0 <= box.x0 and box.x1 <= fig.bbox.x1
        assert fig.bbox.y0 <= box.y0 and box.y1 <= fig.bbox.y1


def test_curves_that_end_together_keep_the_order_of_their_ends():
    ends = {name: [1.0, 0.5 + 0.001 * i] for i, name in enumerate(["c", "a", "b"])}
    fig = figures.curves(ends, title="Close")
    fig.canvas.draw()
    heights = [text.get_position()[1] for text in fig.axes[0].texts]
    assert heights == sorted(heights)


def test_labels_move_no_more_than_they_must():
    assert lines.push_apart([10, 50], [4, 4], 0, 100) == pytest.approx([10, 50])
    assert lines.push_apart([51, 50], [4, 4], 0, 100) == pytest.approx([52.5, 48.5])
    assert lines.push_apart([0, 0, 0], [4, 4, 4], 0, 100) == pytest.approx([2, 6, 10])


def test_each_curve_has_its_own_colour_and_style_and_few_points_are_marked():
    fig = figures.curves({name: y[:5] for name, y in HISTORIES.items()}, title="Few", log=True)
    drawn = fig.axes[0].lines
    for look in ("get_color", "get_linestyle", "get_marker"):
        looks = {str(getattr(line, look)()) for line in drawn}
        assert len(looks) == len(drawn) or look == "get_linestyle"
    dashes = {str(line._unscaled_dash_pattern) for line in drawn}
    assert len(dashes) == len(drawn)


def test_many_curves_get_a_legend_instead():
    fig = figures.curves({f"run {i}": [i, i + 1] for i in range(30)}, title="Many")
    assert fig.axes[0].get_legend() is not None
    assert list(fig.axes[0].texts) == []


def test_a_diverging_curve_is_named_at_its_last_finite_point():
    fig = figures.curves({"diverges": [1, 10, np.inf, np.nan], "falls": [4, 3, 2, 1]}, title="T")
    assert fig.axes[0].texts[0].xy == (2, 10)


def test_curves_refuse_what_cannot_be_drawn():
    with pytest.raises(ValueError, match="at least one curve"):
        figures.curves({}, title="T")
    with pytest.raises(ValueError, match=r"histories\['a'\]"):
        figures.curves({"a": []}, title="T")
    with pytest.raises(ValueError, match="no finite value"):
        figures.curves({"a": [np.nan]}, title="T")
    with pytest.raises(ValueError, match="x must have a place"):
        figures.curves({"a": [1, 2, 3]}, title="T", x=[1, 2])


# network: values forward, gradients back.


@pytest.mark.parametrize(
    ("stage", "values", "deltas"), [(0, 2, 0), (1, 4, 0), (2, 6, 0), (3, 6, 2), (4, 6, 4)]
)
def test_a_stage_shows_the_values_and_gradients_known_by_then(stage, values, deltas):
    fig = figures.network(PARAMS, values=VALUES, deltas=DELTAS, stage=stage, title="Net")
    assert len(texts(fig, "value")) == values
    assert len(texts(fig, "delta")) == deltas
    (line,) = texts(fig, "stage")
    assert line.startswith(f"stage {stage} of 4")
    assert ("backward" in line) == (stage > 2) and ("forward" in line) == (stage in (1, 2))


def test_the_backward_pass_begins_at_the_output():
    fig = figures.network(PARAMS, values=VALUES, deltas=DELTAS, stage=3, title="Net")
    assert texts(fig, "delta") == ["δ = 0.139", "δ = −0.038"]
    assert "output" in texts(fig, "stage")[0]


def test_a_network_shows_all_that_is_given_without_a_stage():
    gradients = [(np.full((2, 2), 0.25), d) for d in DELTAS]
    fig = figures.network(PARAMS, values=VALUES, deltas=DELTAS, weight_gradients=gradients)
    assert sorted(texts(fig, "weight")) == sorted(
        ["0.15", "0.25", "0.2", "0.3", "0.4", "−0.5", "0.45", "0.55"]
    )
    assert texts(fig, "bias") == ["b = 0.35", "b = 0.35", "b = 0.6", "b = 0.6"]
    assert texts(fig, "gradient") == ["∂ 0.25"] * 8
    assert texts(fig, "value")[0] == "0.050" and texts(fig, "stage") == []


def test_gradients_differ_from_values_in_more_than_colour():
    fig = figures.network(PARAMS, values=VALUES, deltas=DELTAS)
    by_kind = {text.get_gid(): text for text in fig.axes[0].texts}
    assert by_kind["value"].get_color() == style.VALUE
    assert by_kind["delta"].get_style() == "italic" != by_kind["value"].get_style()
    assert by_kind["delta"].get_text().startswith("δ")
    dashed = [line for line in fig.axes[0].lines if line.get_linestyle() == "--"]
    assert len(dashed) == 1  # the one negative weight


SMALL_NETWORKS = [(2, 2, 2), (2, 3, 1), (1, 2, 2, 1)]


# (twelve weights with a gradient under each, as in 3-4-2, would need a larger page)
@pytest.mark.parametrize(
    ("sizes", "with_gradients"),
    [*itertools.product(SMALL_NETWORKS, [False, True]), ((3, 4, 2), False)],
    ids=str,
)
def test_numbers_in_a_network_do_not_overlap(sizes, with_gradients):
    rng = np.random.default_rng(1)
    params = [(rng.normal(size=s), rng.normal(size=s[1])) for s in itertools.pairwise(sizes)]
    values = [rng.normal(size=n) for n in sizes]
    given = {"weight_gradients": [W for W, _ in params]} if with_gradients else {}
    fig = figures.network(params, values=values, deltas=values[1:], title="Net", **given)
    fig.canvas.draw()
    boxes = [
        (text.get_text(), Text.get_window_extent(text).padded(-1.5)) for text in fig.axes[0].texts
    ]
    for (one, box), (other, its) in itertools.combinations(boxes, 2):
        assert not box.overlaps(its), (one, other)
    for text, box in boxes:
        assert box.x0 > 0 and box.x1 < fig.bbox.x1 and box.y0 > 0 and box.y1 < fig.bbox.y1, text


def test_a_large_layer_is_cut_and_says_its_size():
    params = [(np.ones((784, 128)), np.ones(128)), (np.ones((128, 3)), np.ones(3))]
    fig = figures.network(params, title="Large")
    assert texts(fig, "layer") == ["input: 784 units", "hidden: 128 units", "output"]
    assert texts(fig, "name")[:4] == ["x₁", "x₂", "x₃", "x₇₈₄"]
    assert len(texts(fig, "dots")) == 2 and texts(fig, "weight") == []


def test_a_network_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match=r"params\[1\] must be W \(2, out\)"):
        figures.network([PARAMS[0], (np.ones((3, 2)), np.ones(2))])
    with pytest.raises(ValueError, match="values must be one array per layer"):
        figures.network(PARAMS, values=VALUES[1:])
    with pytest.raises(ValueError, match=r"stage must be in 0\.\.4 for 2 layers; got 5"):
        figures.network(PARAMS, values=VALUES, deltas=DELTAS, stage=5)
    with pytest.raises(ValueError, match="stage 3 shows deltas"):
        figures.network(PARAMS, values=VALUES, stage=3)


def test_numbers_are_short_and_keep_their_sign():
    cases = {0.0: "0.000", -0.5: "−0.500", 12.34: "12.3", 1234.5: "1234", -0.00002: "−2e−5"}
    assert {n: numerals.short(n) for n in cases} == cases
    assert [numerals.trimmed(n) for n in (0.15, 2.0, -0.5, 100.0)] == ["0.15", "2", "−0.5", "100"]


def test_labels_along_twelve_edges_avoid_each_other():
    ends = itertools.product([(0.0, y) for y in (0, 1, 2)], [(2.4, y - 0.5) for y in range(4)])
    starts, ends = zip(*ends, strict=True)
    places = np.array(wiring.place_labels(starts, ends, (0.45, 0.2), 0.4))
    for one, other in itertools.combinations(places, 2):
        assert np.any(np.abs(one - other) >= (0.45, 0.2))


def test_labels_along_edges_stay_on_their_edges():
    starts, ends = ((0.0, 0.0), (0.0, 1.0)), ((2.0, 1.0), (2.0, 0.0))
    for (x, y), start, end in zip(
        wiring.place_labels(starts, ends, (0.4, 0.2), 0.3), starts, ends, strict=True
    ):
        assert y == pytest.approx(start[1] + (end[1] - start[1]) * x / 2)


# Matrices, pictures, landscapes.


def test_a_confusion_matrix_counts_each_pair_and_each_row_s_recall():
    fig = figures.confusion_matrix([0, 0, 1, 2], [0, 1, 1, 1], title="Mixed", labels="abc")
    written = [text.get_text() for text in fig.axes[0].texts]
    assert written[:9] == ["1", "1", "", "", "1", "", "", "1", ""]
    assert written[9:] == ["recall", "50 %", "100 %", "0 %"]
    assert [label.get_text() for label in fig.axes[0].get_yticklabels()] == ["a", "b", "c"]
    words = figures.confusion_matrix(["b", "a"], ["b", "b"], labels=["b", "a"], title="Words")
    assert [text.get_text() for text in words.axes[0].texts][:4] == ["1", "", "1", ""]


def test_errors_are_shaded_in_another_hue_than_correct_answers():
    fig = figures.confusion_matrix([0] * 50 + [1] * 50, [0] * 49 + [1] * 51, title="One error")
    cells = fig.axes[0].images[0].get_array()
    blue_of_correct, red_of_error = cells[0, 0, 2] - cells[0, 0, 0], cells[0, 1, 0] - cells[0, 1, 2]
    assert blue_of_correct > 0 and red_of_error > 0
    assert np.all(cells[1, 0] == 1)  # no error: white


def test_a_confusion_matrix_refuses_labels_that_do_not_cover_the_classes():
    with pytest.raises(ValueError, match="labels must cover every class"):
        figures.confusion_matrix([0, 5], [0, 1], labels=["a", "b"], title="T")
    with pytest.raises(ValueError, match="1-D"):
        figures.confusion_matrix([0, 1], [0], title="T")


def test_a_small_heat_map_has_numbers_and_a_large_one_has_not():
    small = figures.heatmap([[-1.5, 0.25]], title="T", row_names=["a"], col_names=["b", "c"])
    assert [text.get_text() for text in small.axes[0].texts] == ["−1.50", "0.25"]
    assert small.axes[0].images[0].get_clim() == (-1.5, 1.5)
    assert not figures.heatmap(np.ones((40, 40)), title="T").axes[0].texts
    with pytest.raises(ValueError, match="row_names must have 1 entries; got 2"):
        figures.heatmap([[1.0]], title="T", row_names=["a", "b"])


def test_the_diverging_colours_keep_the_sign_in_grey_print():
    low, high = (style.luminance(style.DIVERGING(end)) for end in (0.0, 1.0))
    assert high / low > 3


def test_pictures_share_one_scale_and_weights_are_symmetric_about_zero():
    stack = np.arange(32.0).reshape(2, 16)
    fig = figures.images(stack, title="Two", titles=["a", "b"])
    assert {image.get_clim() for image in fig.axes[0].images} == {(0.0, 31.0)}
    assert [text.get_text() for text in fig.axes[0].texts] == ["a", "b"]
    fig = figures.images(stack - 8, title="Weights", diverging=True, shape=(2, 8))
    assert {image.get_clim() for image in fig.axes[0].images} == {(-23.0, 23.0)}
    assert fig.axes[0].images[0].get_array().shape == (2, 8)


@pytest.mark.parametrize(
    ("pictures", "options", "message"),
    [
        (np.ones((2, 7)), {}, "shape must be"),
        (np.ones((0, 4, 4)), {}, "pictures must be"),
        (np.ones((2, 4)), {"titles": ["a"]}, "titles must have one entry"),
        (np.ones((2, 4)), {"ink": "red"}, "ink must be"),
    ],
)
def test_pictures_that_do_not_fit_are_refused(pictures, options, message):
    with pytest.raises(ValueError, match=message):
        figures.images(pictures, title="T", **options)


def test_a_path_starts_at_a_circle_and_ends_at_a_square():
    path = np.array([[-1.0, 1.0], [0.5, 0.5], [0.0, 0.0]])
    fig = figures.contours(
        lambda x, y: 1 + x**2 + 9 * y**2,
        x=(-2, 2),
        y=(-2, 2),
        title="Bowl",
        log_levels=True,
        paths={"descent": path},
        marks={"minimum": (0, 0)},
    )
    drawn, start, end, mark = fig.axes[0].lines
    assert np.array_equal(drawn.get_xydata(), path)
    assert (start.get_marker(), tuple(start.get_xydata()[0])) == ("o", (-1.0, 1.0))
    assert (end.get_marker(), tuple(end.get_xydata()[0])) == ("s", (0.0, 0.0))
    assert mark.get_marker() == "x"
    assert [text.get_text() for text in fig.legends[0].get_texts()] == ["descent"]


def test_contours_refuse_what_does_not_fit():
    def bowl(x, y):
        return x**2 + y**2

    with pytest.raises(ValueError, match="x must be"):
        figures.contours(bowl, x=(1, 0), y=(0, 1), title="T")
    with pytest.raises(ValueError, match="grid's shape"):
        figures.contours(lambda x, y: 1.0, x=(0, 1), y=(0, 1), title="T")
    with pytest.raises(ValueError, match=r"paths\['p'\] must have shape"):
        figures.contours(bowl, x=(0, 1), y=(0, 1), title="T", paths={"p": [1, 2, 3]})


# Nothing leaks and nothing heavy is imported.


def test_no_pyplot_figure_stays_open_and_the_style_stays_inside(displayed):
    import matplotlib
    import matplotlib.pyplot as plt

    before = dict(matplotlib.rcParams)
    for plot in every_plot().values():
        figures.show(plot(), ALT)
    figures.explore(draw_line, ALT, slope=(0.0, 1.0))
    assert plt.get_fignums() == []
    assert {k: v for k, v in matplotlib.rcParams.items() if k != "backend"} == {
        k: v for k, v in before.items() if k != "backend"
    }


def loaded_after(statement):
    """The modules that stand in memory after a statement in a new Python."""
    code = f"import sys; {statement}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_importing_dlcore_does_not_import_matplotlib():
    assert "matplotlib" not in loaded_after("import dlcore")


def test_importing_figures_imports_neither_pyplot_nor_widgets_nor_training_code():
    loaded = loaded_after("import dlcore.figures")
    assert not loaded & {"matplotlib.pyplot", "ipywidgets", "IPython"}
    ours = {name for name in loaded if name.startswith("dlcore.")}
    assert all(name.startswith("dlcore.figures") for name in ours)


def test_public_names_are_there_and_described():
    for name in figures.__all__:
        thing = getattr(figures, name)
        assert not callable(thing) or thing.__doc__, name
    assert isinstance(figures.subplots()[0], Figure)

"""Promises of pictures drawn beforehand, and of a layout that is measured once."""

import io

import ipywidgets
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dlcore.figures import Explorer, explore, frames, layouts, stills

ALT = "A line whose slope the reader moves: it becomes steeper and its end climbs."


def draw(fig, slope=0.5, kind="solid", steep=False):
    ax = fig.subplots()
    ax.plot([0, 1], [0, slope * (10 if steep else 1)], "-" if kind == "solid" else ":")


def explorer(**controls):
    return Explorer(draw, ALT, controls or {"slope": (0.0, 1.0, 0.1)})


@pytest.fixture
def shown(monkeypatch):
    """What explore displays."""
    out = []
    monkeypatch.setattr("IPython.display.display", out.append)
    return out


# How many, and which


@given(st.data(), st.integers(1, 300), st.integers(3, 30))
def test_at_most_so_many_places_with_both_ends_and_the_start(data, count, most):
    start = data.draw(st.integers(0, count - 1))
    places = frames.spread(count, start, most)
    assert len(places) == min(count, most) and places == sorted(set(places))
    assert {0, start, count - 1} <= set(places) <= set(range(count))


def test_the_setting_is_taken_unless_the_call_says_more(monkeypatch):
    monkeypatch.delenv(frames.SETTING, raising=False)
    assert frames.frames_wanted(None) == 0
    monkeypatch.setenv(frames.SETTING, "9")
    assert (frames.frames_wanted(None), frames.frames_wanted(0), frames.frames_wanted(5)) == (
        9,
        0,
        5,
    )


@pytest.mark.parametrize(("given", "setting"), [(2, ""), (-3, ""), (None, "many"), (None, "1")])
def test_a_bad_number_of_frames_is_refused(monkeypatch, given, setting):
    monkeypatch.setenv(frames.SETTING, setting)
    name = frames.SETTING if given is None else "frames"
    with pytest.raises(ValueError, match=rf"{name} must be 0 or a whole number from 3 up; got"):
        explore(draw, ALT, frames=given, slope=(0.0, 1.0))


@pytest.mark.parametrize(
    ("control", "labels", "values"),
    [
        ((0.0, 0.3, 0.1), ["0.0", "0.1", "0.2", "0.3"], [0.0, 0.1, 0.2, 0.3]),
        ((2, 5), ["2", "3", "4", "5"], [2, 3, 4, 5]),
        (["a", "b"], ["a", "b"], ["a", "b"]),
        ({"slow": 1, "fast": 9}, ["slow", "fast"], [1, 9]),
        (True, ["no", "yes"], [False, True]),
        (
            ipywidgets.FloatLogSlider(value=1.0, base=10, min=-1, max=1, step=1),
            ["0.1", "1", "10"],
            [0.1, 1.0, 10.0],
        ),
        (ipywidgets.FloatText(value=2.5), ["2.5"], [2.5]),
    ],
    ids=lambda case: type(case).__name__,
)
def test_every_kind_of_control_has_its_labels_and_values(control, labels, values):
    made = Explorer(lambda fig, it: None, ALT, {"it": control}).controls["it"]
    found = frames.positions(made)
    assert found == list(zip(labels, values, strict=True))
    assert made.value in values


# What stands on the page


def test_each_position_of_the_slider_has_the_picture_of_its_value():
    made = explorer()
    slider, stack, words = frames.one_control(made, "slope", 5).children
    labels = [label for label, _ in slider.options]
    assert len(labels) == len(stack.children) == 5
    assert slider.description == "slope" and stack.selected_index == slider.index
    assert labels[slider.index] == "0.5"
    for label, picture in zip(labels, stack.children, strict=True):
        assert picture.value == stills.smaller(made.picture({"slope": float(label)}))
    assert "5 of the slider's 11 positions are drawn beforehand." in words.value


def test_with_several_controls_one_moves_and_the_others_are_said_to_stay():
    made = explorer(slope=(0.0, 1.0, 0.5), kind=["solid", "dotted"], steep=False)
    choice, stack = frames.framed(made, 3)
    assert choice.options == ("slope", "kind", "steep")
    said = [part.children[-1].value for part in stack.children]
    assert "kind = solid and steep = False stay fixed." in said[0]
    pictures = stack.children[1].children[1].children
    assert [p.value for p in pictures] == [
        stills.smaller(made.picture({"slope": 0.5, "kind": kind, "steep": False}))
        for kind in ("solid", "dotted")
    ]


def test_nothing_is_said_where_nothing_is_left_out():
    assert frames.caption(3, 3, []) == ""
    assert frames.caption(3, 3, ["a = 1"]).startswith("a = 1 stays fixed.")


def test_explore_shows_frames_with_the_still_picture_and_the_caption(shown):
    explore(draw, ALT, frames=3, slope=(0.0, 1.0))
    box, _, caption = shown
    (part,) = box.children
    assert len(part.children[1].children) == 3
    assert "image/png" in box._repr_mimebundle_()[0] and caption.alt == ALT


# A layout measured once


def title(fig, value=0.0, high=1.0, label="y"):
    left, right = fig.subplots(1, 2)
    left.plot([0, 1], [value, high])
    left.set(ylim=(0, high), ylabel=label, title=f"value {value:.2f}")
    right.plot([0, 1], [0, 1])


def measured(monkeypatch):
    """The calls of matplotlib's own constrained layout, as they come."""
    calls = []
    own = layouts.ConstrainedLayoutEngine.execute
    monkeypatch.setattr(
        layouts.ConstrainedLayoutEngine, "execute", lambda *a: calls.append(1) or own(*a)
    )
    return calls


def pixels(png):
    with Image.open(io.BytesIO(png)) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def test_a_move_that_changes_no_length_measures_nothing_and_moves_no_plot(monkeypatch):
    made = Explorer(title, ALT, {"value": (0.0, 1.0, 0.1)})
    calls = measured(monkeypatch)
    before = [ax.get_position().bounds for ax in made.fig.axes]
    made.draw_at(value=0.7)
    assert calls == [] and [ax.get_position().bounds for ax in made.fig.axes] == before


def test_an_alike_figure_looks_as_if_it_had_been_measured():
    made = Explorer(title, ALT, {"value": (0.0, 1.0, 0.1)})
    remembered = pixels(made.draw_at(value=0.7))
    fresh = Explorer(title, ALT, {"value": (0.0, 1.0, 0.1)})
    fresh.fig.get_layout_engine().places.clear()
    assert np.array_equal(remembered, pixels(fresh.draw_at(value=0.7)))


def test_longer_numbers_and_labels_get_the_room_they_need(monkeypatch):
    made = Explorer(title, ALT, {"high": (1, 100_000), "label": ["y", "two\nlines"]})
    calls = measured(monkeypatch)
    narrow = made.fig.axes[0].get_position().x0
    made.draw_at(high=100_000)
    wide = made.fig.axes[0].get_position().x0
    made.draw_at(label="two\nlines")
    assert narrow < wide < made.fig.axes[0].get_position().x0 and len(calls) == 2

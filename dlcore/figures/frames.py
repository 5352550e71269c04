"""A figure that moves where no kernel runs: a slider over a few pictures drawn beforehand.

The widgets' own JavaScript shows the picture that the slider points at. Only one control moves at
a time, for the pictures of all combinations would be too many; the page says so in words.
"""

import html
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .stills import CAPTION, smaller

if TYPE_CHECKING:
    from .sliders import Explorer

SETTING = "DLCORE_FRAMES"
FEWEST = 3
WIDTH = "min(100% - 4px, 34em)"  # of a control; every widget has a margin of 2 pixels


def frames_wanted(frames: int | None) -> int:
    """How many pictures a control may have: as given, or as DLCORE_FRAMES says; 0 for live sliders.

    Raises ValueError if it is neither 0 nor at least 3.
    """
    given = os.environ.get(SETTING) or 0 if frames is None else frames
    try:
        wanted = int(given)
    except ValueError:
        wanted = -1
    if wanted != 0 and wanted < FEWEST:
        name = SETTING if frames is None else "frames"
        raise ValueError(f"{name} must be 0 or a whole number from {FEWEST} up; got {given!r}.")
    return wanted


def positions(control: Any) -> list[tuple[str, Any]]:
    """Every (label, value) a control can take; only the present one if there is no end to them."""
    if isinstance(control.value, bool):
        return [("no", False), ("yes", True)]
    if hasattr(control, "options"):
        options = control.options
        if isinstance(options, Mapping):
            return list(options.items())
        pairs = all(isinstance(option, tuple) and len(option) == 2 for option in options)
        return list(options) if pairs else [(str(option), option) for option in options]
    if not getattr(control, "step", None) or not hasattr(control, "min"):
        return [(str(control.value), control.value)]
    count = int((control.max - control.min) / control.step + 1e-9) + 1
    values = [round(control.min + step * control.step, 12) for step in range(count)]
    if hasattr(control, "base"):
        values = [control.base**exponent for exponent in values]
    nearest = min(range(count), key=lambda place: abs(values[place] - control.value))
    values[nearest] = control.value
    return [(format(value, getattr(control, "readout_format", "")), value) for value in values]


def spread(count: int, start: int, most: int) -> list[int]:
    """At most `most` of the places 0 to count - 1, even, the ends and the start among them."""
    if count <= most:
        return list(range(count))
    even = {round(place * (count - 1) / (most - 1)) for place in range(most)}
    if start not in even:
        even.remove(min(even - {0, count - 1}, key=lambda place: abs(place - start)))
        even.add(start)
    return sorted(even)


def and_list(words: list[str]) -> str:
    """A list in words: "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def caption(shown: int, count: int, fixed: list[str]) -> str:
    """What the reader of the page must know of the pictures; nothing if none is left out."""
    said = []
    if shown < count:
        said.append(f"{shown} of the slider's {count} positions are drawn beforehand.")
    if fixed:
        said.append(f"{and_list(fixed)} {'stay' if len(fixed) > 1 else 'stays'} fixed.")
    return " ".join([*said, "The running notebook shows them all."]) if said else ""


def one_control(explorer: "Explorer", name: str, most: int) -> Any:
    """A slider over at most `most` pictures of one control, the others at their start."""
    import ipywidgets

    control, start = explorer.controls[name], explorer.values
    every = positions(control)
    at = next(place for place, (_, value) in enumerate(every) if value == control.value)
    places = spread(len(every), at, most)
    drawn = [smaller(explorer.picture(start | {name: every[place][1]})) for place in places]
    pictures = [ipywidgets.Image(value=png, layout=explorer.image.layout) for png in drawn]
    slider = ipywidgets.SelectionSlider(
        options=[(every[place][0], number) for number, place in enumerate(places)],
        index=places.index(at),
        description=control.description or name,
        style={"description_width": "9em"},
        layout={"width": WIDTH},
    )
    stack = ipywidgets.Stack(pictures, selected_index=slider.index)
    ipywidgets.jslink((slider, "index"), (stack, "selected_index"))
    fixed = [f"{other.replace('_', ' ')} = {start[other]}" for other in start if other != name]
    said = html.escape(caption(len(places), len(every), fixed), quote=False)
    words = ipywidgets.HTML(CAPTION.format(said) if said else "")
    return ipywidgets.VBox([slider, stack, words])


def framed(explorer: "Explorer", most: int) -> list[Any]:
    """What stands on the page: the one slider, or a choice of the control that is to move."""
    import ipywidgets

    parts = [one_control(explorer, name, most) for name in explorer.controls]
    if len(parts) == 1:
        return parts
    moved = ipywidgets.Dropdown(
        options=[name.replace("_", " ") for name in explorer.controls],
        description="slider for",
        style={"description_width": "9em"},
    )
    stack = ipywidgets.Stack(parts, selected_index=0)
    ipywidgets.jslink((moved, "index"), (stack, "selected_index"))
    return [moved, stack]

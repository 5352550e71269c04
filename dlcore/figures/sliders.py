"""A figure that the reader moves: sliders above, one picture below, words under it.

One figure is kept and drawn again into one picture, which is faster than a new figure for each
move. Where no kernel runs, a still picture at the starting values stands in its place.
"""

import base64
import html
import inspect
import io
import math
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import numpy as np
from PIL import Image

from .frames import WIDTH, framed, frames_wanted
from .layouts import RememberedLayout
from .pages import Page, book_style
from .stills import Caption, checked_alt, smaller

SHARPNESS = 1.25  # pixels of the picture per pixel of the page: sharp enough, and still quick

# ipywidgets gives the handle of a slider no name for a screen reader, and hardly shows its focus.
NAMES = """<style>
.widget-slider [role=slider]:focus-visible { outline: 3px solid #56B4E9; outline-offset: 2px; }
</style>
<script>
window.dlcoreNames ??= (() => {
  const name = () => {
    for (const handle of document.querySelectorAll(".widget-slider [role=slider]")) {
      const label = handle.closest(".widget-slider").querySelector("label").textContent;
      if (handle.ariaLabel !== label) handle.ariaLabel = label;
    }
  };
  new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
  name();
  return true;
})();
</script>"""

ERROR = (
    '<p role="alert" style="border-left:4px solid #D55E00;padding-left:.6em;margin:.4em 0">'
    "<b>{}</b> {}<br>The picture above still shows the last values that worked.</p>"
)


def nice_step(low: float, high: float) -> float:
    """A step of 1, 2 or 5 times a power of ten that makes 50 to 125 steps from low to high."""
    rough = (high - low) / 50
    power = 10.0 ** math.floor(math.log10(rough))
    return float(f"{max(m * power for m in (1, 2, 5) if m * power <= rough * 1.0001):.0e}")


def with_step(control: Any) -> Any:
    """Give a range of fractions without a step one that fits it (ipywidgets would take 0.1)."""
    is_pair = isinstance(control, tuple) and len(control) == 2
    if is_pair and any(isinstance(end, float) for end in control) and control[0] < control[1]:
        return (*control, nice_step(*control))
    return control


def readout(step: float) -> str:
    """The number format that shows as many decimals as the step has."""
    decimals = max(0, -int(Decimal(f"{step:.6g}").normalize().as_tuple().exponent))
    return f".{decimals}f" if decimals <= 5 else ".1e"


def make_control(name: str, control: Any, default: Any = inspect.Parameter.empty) -> Any:
    """The widget for one control, as ipywidgets' `interact` makes it, labelled and wide.

    Raises ValueError or TypeError, naming the control, if no widget can be made of it.
    """
    import ipywidgets

    try:
        widget = ipywidgets.interactive.widget_from_abbrev(with_step(control), default)
    except (ValueError, TypeError) as error:
        raise type(error)(f"control {name!r}: {error}; got {control!r}.") from error
    if not isinstance(widget, ipywidgets.ValueWidget):
        raise TypeError(
            f"control {name!r} must be (min, max), (min, max, step), a list of choices, True or "
            f"False, a dict of labels and values, or a widget; got {control!r}."
        )
    if control is widget:
        return widget
    if default is not inspect.Parameter.empty:
        start_at(widget, default, f"control {name!r} cannot start at {default!r} in {control!r}.")
    widget.description = name.replace("_", " ")
    widget.style.description_width = "9em"
    widget.layout.width = WIDTH
    if isinstance(widget, ipywidgets.FloatSlider):
        widget.readout_format = readout(widget.step)
    return widget


def start_at(widget: Any, default: Any, complaint: str) -> None:
    """Give a widget its starting value; ValueError if it does not take it as it is."""
    from traitlets import TraitError

    with suppress(TraitError):
        widget.value = default
    if widget.value != default:
        raise ValueError(complaint)


def still_box(children: list[Any], explorer: "Explorer") -> Any:
    """A VBox that also carries a still picture, for where its sliders cannot run."""
    import ipywidgets

    class StillBox(ipywidgets.VBox):
        def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
            still = base64.b64encode(explorer.still).decode()
            words = {"image/png": still, "text/plain": f"Figure: {explorer.alt}"}
            data = {**super()._repr_mimebundle_(**kwargs), **words}
            width, height = explorer.size
            return data, {"image/png": {"alt": explorer.alt, "width": width, "height": height}}

    return StillBox(children)


class Names:
    """What makes the sliders of a page speak their names and show which of them has the focus."""

    def __repr__(self) -> str:
        return ""

    def _repr_html_(self) -> str:
        return NAMES


class Explorer:
    """A figure, its controls and its picture: `draw(fig, **values)` runs at every change.

    `fig` is the one figure, `controls` the widgets by name, `png` the picture now, `still` the
    picture at the starting values, `widget` what is displayed.
    """

    def __init__(
        self,
        draw: Callable[..., Any],
        alt: str,
        controls: dict[str, Any],
        figsize: tuple[float, float] = (6.4, 3.6),
    ):
        import ipywidgets

        self.draw, self.alt, self.fig = draw, checked_alt(alt), Page(*figsize)
        self.size = round(self.fig.bbox.width), round(self.fig.bbox.height)
        self.fig.dpi *= SHARPNESS
        self.fig.set_layout_engine(RememberedLayout())
        self.controls = self._make_controls(controls)
        self.png = self.picture(self.values)
        self.still = smaller(self.png)
        shape = {
            "width": f"{self.size[0]}px",
            "max_width": "calc(100% - 4px)",  # a widget has a margin of 2
            "height": "auto",
            "object_fit": "contain",
        }
        self.image = ipywidgets.Image(value=self.png, format="png", layout=shape)
        self.message = ipywidgets.HTML()
        children = [*self.controls.values(), self.image, self.message]
        self.widget = still_box(children, self)
        for control in self.controls.values():
            control.observe(lambda _: self._redraw(self.values), names="value")

    @property
    def values(self) -> dict[str, Any]:
        """The controls' values now, by name."""
        return {name: control.value for name, control in self.controls.items()}

    def draw_at(self, **values: Any) -> bytes:
        """Move the named controls, as the reader would, and give back the picture."""
        unknown = values.keys() - self.controls.keys()
        if unknown:
            raise TypeError(f"no control named {sorted(unknown)}; there are {list(self.controls)}.")
        for name, value in values.items():
            self.controls[name].value = value
        return self.png

    def picture(self, values: dict[str, Any]) -> bytes:
        """Draw at these values, whatever the controls say, and give back the PNG."""
        for ax in self.fig.axes:
            self.fig.delaxes(ax)  # clear() alone would first make each of them new again
        self.fig.clear()
        with book_style():
            self.draw(self.fig, **values)
            self.fig.canvas.draw()
        # Without the fourth channel, and lightly compressed, a PNG takes half the time.
        pixels = np.asarray(self.fig.canvas.buffer_rgba())[..., :3]
        stream = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(pixels)).save(stream, "png", compress_level=1)
        return stream.getvalue()

    def _make_controls(self, controls: dict[str, Any]) -> dict[str, Any]:
        if not controls:
            raise ValueError(
                "explore needs at least one control, such as learning_rate=(0.0, 1.0)."
            )
        signature = inspect.signature(self.draw)
        try:
            signature.bind(self.fig, **controls)
        except TypeError as error:
            raise TypeError(
                f"draw{signature} must take a figure and the controls {list(controls)}: {error}."
            ) from None
        defaults = {name: given.default for name, given in signature.parameters.items()}
        empty = inspect.Parameter.empty
        return {
            name: make_control(name, control, defaults.get(name, empty))
            for name, control in controls.items()
        }

    def _redraw(self, values: dict[str, Any]) -> None:
        """Draw again; what goes wrong is said under the picture, not hidden in the log."""
        try:
            self.image.value = self.png = self.picture(values)
        except Exception as error:
            text = html.escape(str(error))
            self.message.value = ERROR.format(type(error).__name__ + ":", text)
        else:
            self.message.value = ""


def explore(
    draw: Callable[..., Any],
    alt: str,
    *,
    figsize: tuple[float, float] = (6.4, 3.6),
    frames: int | None = None,
    **controls: Any,
) -> None:
    """Display a figure with sliders; `draw(fig, **values)` draws on the given, empty figure.

    A control is (min, max), (min, max, step), a list of choices, a bool, a dict of labels and
    values, or a widget; a default in `draw`'s signature is its starting value. `alt` as in
    `show`. With `frames` (by default the environment's DLCORE_FRAMES, or 0), each control moves
    through so many pictures drawn beforehand, on a page without a kernel too.
    Raises ValueError or TypeError if `alt`, `frames` or a control will not do.
    """
    from IPython.display import display

    most = frames_wanted(frames)
    explorer = Explorer(draw, alt, controls, figsize)
    display(still_box(framed(explorer, most), explorer) if most else explorer.widget)
    display(Names())
    display(Caption(explorer.alt))

"""Loss curves that grow while a model learns."""

import io
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.nn.callbacks import Callback

from .lines import FEW, curves
from .pages import Page, book_style
from .stills import Caption, Still, checked_alt, small_png

SHARE = 0.02  # of the time since the fit began, which drawing may take while it runs


class LivePlot(Callback):
    """A callback that draws the losses of a fit while it runs, and the finished figure at its end.

    title, ylabel, log: as in `curves`; alt: as in `show`. names: what to draw, by default the
    losses. A new picture takes the place of the last after `every` seconds or more, so that
    drawing takes about a fiftieth of the time; where no notebook runs, only the last is shown.
    Fit with verbose=0, for what is printed may stand above the picture or below.
    """

    def __init__(
        self,
        *,
        title: str,
        alt: str,
        names: Sequence[str] = ("loss", "val_loss"),
        ylabel: str = "loss",
        log: bool = False,
        every: float = 0.5,
    ):
        self.alt, self.names, self.every = checked_alt(alt), tuple(names), every
        self.options = {"title": title, "ylabel": ylabel, "log": log}

    def on_train_begin(self, logs: Any = None) -> None:
        self.history: dict[str, list[float]] = {name: [] for name in self.names}
        self.page, self.lines, self.handle = Page(), {}, None
        self.began = time.perf_counter()
        self.drawn, self.spent = self.began, 0.0
        self.is_live = in_notebook()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        for name in self.names:
            if name in (logs or {}):
                self.history[name].append(logs[name])
        now = time.perf_counter()
        due = now - self.drawn >= self.every and self.spent <= SHARE * (now - self.began)
        if self.is_live and due and self.drawable():
            self.show(self.quick_png())
            self.drawn = time.perf_counter()
            self.spent += self.drawn - now

    def on_train_end(self, logs: Any = None) -> None:
        if shown := self.drawable():
            self.show(small_png(curves(shown, **self.options)))

    def drawable(self) -> dict[str, list[float]]:
        """The curves that have a point to draw; raises nothing, so that no fit ends by its plot."""
        low = 0.0 if self.options["log"] else -np.inf
        return {
            name: values
            for name, values in self.history.items()
            if any(low < value < np.inf for value in values)
        }

    def quick_png(self) -> bytes:
        """The curves so far: the axes are made once, and then only the lines change."""
        shown = self.drawable()
        with book_style():
            if shown.keys() != self.lines.keys():
                curves(shown, fig=self.page, direct_labels=False, **self.options)
                (ax,) = self.page.axes
                ax.get_legend().set_loc("upper right")  # the best place is dear to find
                self.lines = dict(zip(shown, ax.lines, strict=True))
                self.page.canvas.draw()
                self.page.set_layout_engine("none")  # keeps the places found by now
            for name, line in self.lines.items():
                line.set_data(np.arange(1, len(shown[name]) + 1), shown[name])
                line.set_marker(line.get_marker() if len(shown[name]) <= FEW else "None")
            for ax in self.page.axes:
                ax.relim()
                ax.autoscale_view()
            stream = io.BytesIO()
            self.page.canvas.print_png(stream, pil_kwargs={"compress_level": 1})
        return stream.getvalue()

    def show(self, png: bytes) -> None:
        """Put a picture in the place of the last; the first brings its caption along."""
        from IPython.display import display

        still = Still(png, self.alt, (round(self.page.bbox.width), round(self.page.bbox.height)))
        if self.handle is not None:
            self.handle.update(still)
            return
        self.handle = display(still, display_id=True)
        display(Caption(self.alt))


def in_notebook() -> bool:
    """Whether a Jupyter kernel runs this, so that a picture can take the place of another."""
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")

"""Loss curves that grow while a model learns."""

import io
import time
from collections.abc import Sequence
from typing import Any

from dlcore.nn.callbacks import Callback

from .lines import curves
from .pages import Page
from .stills import Caption, Still, checked_alt, small_png

SHARE = 0.01  # of the time so far that drawing may take during a fit


class LivePlot(Callback):
    """A callback that draws the losses of a fit while it runs, and at last as a finished figure.

    title, alt: as in `curves` and `show`. names: what to draw, by default everything in the
    history. log: a logarithmic axis. every: least seconds between two pictures.
    """

    def __init__(
        self,
        *,
        title: str,
        alt: str,
        names: Sequence[str] | None = None,
        ylabel: str = "loss",
        log: bool = False,
        every: float = 0.5,
    ):
        self.alt, self.names, self.every = checked_alt(alt), names, every
        self.options = {"title": title, "ylabel": ylabel, "log": log}

    def on_train_begin(self, logs: Any = None) -> None:
        self.history: dict[str, list[float]] = {}
        self.page, self.handle, self.spent = Page(6.4, 3.6), None, 0.0
        self.began = self.last = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        for name, value in (logs or {}).items():
            if self.names is None or name in self.names:
                self.history.setdefault(name, []).append(value)
        now = time.perf_counter()
        if now - self.last >= self.every and self.spent <= SHARE * (now - self.began) and live():
            self.show(self.quick_png())
            self.last = time.perf_counter()
            self.spent += self.last - now

    def on_train_end(self, logs: Any = None) -> None:
        curves(self.history, fig=self.page, **self.options)
        self.show(small_png(self.page))

    def quick_png(self) -> bytes:
        """The curves so far, drawn once and hardly compressed."""
        curves(self.history, fig=self.page, **self.options)
        stream = io.BytesIO()
        self.page.canvas.print_png(stream, pil_kwargs={"compress_level": 1})
        return stream.getvalue()

    def show(self, png: bytes) -> None:
        """Put the picture in the place of the last one; the first brings its caption along."""
        from IPython.display import display

        size = round(self.page.bbox.width), round(self.page.bbox.height)
        still = Still(png, self.alt, size)
        if self.handle is None:
            self.handle = display(still, display_id=True)
            display(Caption(self.alt))
        else:
            self.handle.update(still)


def live() -> bool:
    """Whether a notebook's kernel runs this, so that a picture can take the place of another."""
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")

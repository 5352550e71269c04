"""A figure that moves, and a strip of stills for where nothing can move.

The strip is the picture that a notebook keeps (image/png, with its words), so that paper, GitHub
and screen readers have all there is to know. The animation is an animated PNG behind a line that
opens it: it needs no script and no kernel, and nothing moves before the reader asks, which also
keeps the promise to those who have set their computer to reduced motion. Closing the line ends it.
"""

import base64
import html
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from .pages import WIDTH, Page, book_style
from .stills import Caption, Still, checked_alt, smaller

FRAME_DPI = 80
COLOURS_KEPT = 32  # of an animation; a strip keeps as many as any figure
LARGEST, LARGEST_STRIP = 400_000, 150_000  # bytes: a notebook holds other figures too
STILL = 0.66  # a still is drawn on a smaller page than a frame, so that its letters stay readable
NAME = 0.24  # inches above a still for its name

PLAYER = (
    '<details class="figure-animation"><summary>▶ Play the animation ({} frames)</summary>'
    '<img alt="{}" width="{}" src="data:image/png;base64,{}"></details>'
)


class Player:
    """An animated PNG behind a line that opens it."""

    def __init__(self, png: bytes, alt: str, width: int, count: int):
        self.png, self.alt, self.width, self.count = png, alt, width, count

    def __repr__(self) -> str:
        return f"Animation of {self.count} frames: {self.alt}"

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.png).decode()
        return PLAYER.format(self.count, html.escape(self.alt), self.width, data)


def rendered(draw: Callable[..., Any], frame: Any, page: Page) -> Image.Image:
    """One frame as a picture."""
    page.clear()
    with book_style():
        draw(page, frame)
        page.canvas.draw()
    return Image.fromarray(np.asarray(page.canvas.buffer_rgba())).convert("RGB")


def animated_png(pictures: Sequence[Image.Image], interval_ms: int) -> bytes:
    """The pictures as one animated PNG in one set of colours, which runs for ever."""
    width, height = pictures[0].size
    sample = Image.new("RGB", (width, height * len(pictures)))
    for place, picture in enumerate(pictures):
        sample.paste(picture, (0, place * height))
    palette = sample.quantize(COLOURS_KEPT, method=Image.Quantize.FASTOCTREE)
    first, *others = (p.quantize(palette=palette, dither=Image.Dither.NONE) for p in pictures)
    stream = io.BytesIO()
    rest = max(1500, interval_ms)  # on the last frame, before all begins again
    times = [interval_ms] * len(others) + [rest]
    first.save(stream, format="png", save_all=True, append_images=others, duration=times, loop=0)
    return stream.getvalue()


def strip_of(
    draw: Callable[..., Any], frames: Mapping[str, Any], figsize: tuple[float, float]
) -> tuple[bytes, tuple[int, int]]:
    """The frames under their names, two to a row, as a PNG, and its size on the page."""
    page, heading = Page(STILL * figsize[0], STILL * figsize[1]), Page(STILL * figsize[0], NAME)
    cols = min(2, len(frames))

    def write(fig: Page, name: str) -> None:
        fig.text(0.02, 0.35, name, weight="bold", va="center")

    pictures = []
    for name, frame in frames.items():
        above, still = rendered(write, name, heading), rendered(draw, frame, page)
        picture = Image.new("RGB", (still.width, above.height + still.height), "white")
        picture.paste(above, (0, 0))
        picture.paste(still, (0, above.height))
        pictures.append(picture)
    width, height = pictures[0].size
    whole = Image.new("RGB", (cols * width, -(-len(pictures) // cols) * height), "white")
    for place, picture in enumerate(pictures):
        whole.paste(picture, (place % cols * width, place // cols * height))
    stream = io.BytesIO()
    whole.save(stream, format="png")
    shown = min(whole.width, round(WIDTH * page.dpi))
    return smaller(stream.getvalue()), (shown, round(shown * whole.height / whole.width))


def named(frames: Iterable[Any]) -> dict[str, Any]:
    """The frames by name: as given, or each under itself if it is a number or a text."""
    if isinstance(frames, Mapping):
        return {str(name): frame for name, frame in frames.items()}
    frames = list(frames)
    if all(isinstance(frame, str | int | float | np.number) for frame in frames):
        return {f"{frame}": frame for frame in frames}
    return {f"frame {number}": frame for number, frame in enumerate(frames, start=1)}


def animate(
    draw: Callable[..., Any],
    frames: Iterable[Any] | Mapping[str, Any],
    *,
    alt: str,
    strip: int = 4,
    figsize: tuple[float, float] = (6.4, 3.6),
    interval_ms: int = 150,
) -> None:
    """Display `strip` stills of an animation as one picture, and under it a line that plays all.

    `draw(fig, frame)` draws one frame on the given, empty figure. A dict names its frames;
    numbers and texts are their own names. The first and the last frame are in the strip. `alt` as
    in `show`. Raises ValueError or TypeError if `alt`, `strip` or `interval_ms` will not do, or
    if the pictures are too large for a notebook.
    """
    from IPython.display import display

    alt, frames = checked_alt(alt), named(frames)
    if not 2 <= strip <= len(frames):
        raise ValueError(f"strip must be 2 to the number of frames, {len(frames)}; got {strip}.")
    if interval_ms < 20:
        raise ValueError(f"interval_ms must be at least 20; got {interval_ms}.")
    names = list(frames)
    kept = [names[i] for i in np.linspace(0, len(names) - 1, strip).round().astype(int)]
    png, size = strip_of(draw, {name: frames[name] for name in kept}, figsize)
    page = Page(*figsize, dpi=FRAME_DPI)
    pictures = [rendered(draw, frame, page) for frame in frames.values()]
    moving = animated_png(pictures, interval_ms)
    if len(png) > LARGEST_STRIP or len(moving) > LARGEST:
        raise ValueError(
            f"the strip may have {LARGEST_STRIP} bytes and the animation {LARGEST}; got "
            f"{len(png)} and {len(moving)}: draw fewer frames, a smaller strip or less detail."
        )
    display(Still(png, alt, size))
    display(Caption(alt))
    display(Player(moving, alt, pictures[0].width, len(frames)))

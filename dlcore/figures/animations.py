"""A figure that moves, and a strip of stills for where nothing can move.

The strip is the picture that a notebook keeps (image/png, with its words), so that paper, GitHub
and screen readers have all there is to know. The animation is an animated PNG behind a line that
opens it: nothing moves before the reader asks, which also keeps the promise to those who set
their computer to reduced motion; it needs no script and no kernel, and closing the line stops it.
"""

import base64
import html
import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PIL import Image

from .pages import Page, book_style
from .stills import Caption, Still, checked_alt, smaller

SHARPNESS = 1.0
COLOURS_KEPT = 64

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
    sample = Image.new("RGB", (pictures[0].width, pictures[0].height * len(pictures)))
    for place, picture in enumerate(pictures):
        sample.paste(picture, (0, place * picture.height))
    few = {"method": Image.Quantize.FASTOCTREE, "dither": Image.Dither.NONE}
    palette = sample.quantize(COLOURS_KEPT, **few)
    flat = [p.quantize(palette=palette, dither=Image.Dither.NONE) for p in pictures]
    stream = io.BytesIO()
    times = [interval_ms] * (len(flat) - 1) + [max(1500, interval_ms)]
    flat[0].save(
        stream, format="png", save_all=True, append_images=flat[1:], duration=times, loop=0
    )
    return stream.getvalue()


def strip_of(
    draw: Callable[..., Any], frames: Sequence[Any], count: int, figsize: tuple[float, float]
) -> tuple[bytes, tuple[int, int]]:
    """`count` frames beside each other, two to a row, and their size on the page."""
    places = np.unique(np.linspace(0, len(frames) - 1, count).round().astype(int))
    cols = 1 if len(places) == 1 else 2
    rows = -(-len(places) // cols)
    page = Page(*figsize)
    page.dpi *= 1.0
    stills = [rendered(draw, frames[place], page) for place in places]
    width, height = stills[0].size
    whole = Image.new("RGB", (cols * width, rows * height), "white")
    for at, still in enumerate(stills):
        whole.paste(still, (at % cols * width, at // cols * height))
    stream = io.BytesIO()
    whole.save(stream, format="png")
    return smaller(stream.getvalue()), (704, round(704 * whole.height / whole.width))


def animate(
    draw: Callable[..., Any],
    frames: Sequence[Any],
    *,
    alt: str,
    strip: int = 4,
    figsize: tuple[float, float] = (6.4, 3.6),
    interval_ms: int = 150,
) -> None:
    """Display `strip` stills of an animation as one picture, and under it a line that plays all.

    `draw(fig, frame)` draws one of `frames` on the given, empty figure. `alt` as in `show`.
    Raises ValueError or TypeError if `alt`, `frames`, `strip` or `interval_ms` will not do.
    """
    from IPython.display import display

    alt, frames = checked_alt(alt), list(frames)
    if not 1 <= strip <= len(frames):
        raise ValueError(f"strip must be 1 to the number of frames, {len(frames)}; got {strip}.")
    if interval_ms < 20:
        raise ValueError(f"interval_ms must be at least 20; got {interval_ms}.")
    png, size = strip_of(draw, frames, strip, figsize)
    page = Page(*figsize)
    pictures = [rendered(draw, frame, page) for frame in frames]
    display(Still(png, alt, size))
    display(Caption(alt))
    display(Player(animated_png(pictures, interval_ms), alt, pictures[0].width, len(frames)))

"""Show a figure once, with words for those who cannot see it.

The description goes into the picture's metadata, where a web site finds it, and stands as a
caption below the picture, because JupyterLab does not read it out of the metadata.
"""

import base64
import html
import io
import sys
from typing import Any

from matplotlib.figure import Figure
from PIL import Image

FEWEST, MOST = 8, 60
SHARPNESS = 1.75  # pixels of the picture per pixel of the page, for screens with fine pixels

CAPTION = (
    '<p class="figure-caption" style="opacity:.8;font-size:.9em;line-height:1.4;'
    'max-width:704px;margin:.2em 0 1em"><em>{}</em></p>'
)


def checked_alt(alt: Any) -> str:
    """The alt text on one line; TypeError or ValueError if it does not describe the figure."""
    if not isinstance(alt, str):
        raise TypeError(f"alt must be a string that describes the figure; got {alt!r}.")
    words = alt.split()
    if not FEWEST <= len(words) <= MOST:
        start = " ".join(words[:12]) + (" ..." if len(words) > 12 else "")
        raise ValueError(
            f"alt must say in {FEWEST} to {MOST} words what is seen and what it means; "
            f"got {len(words)} word{'s' * (len(words) != 1)}: {start!r}."
        )
    return " ".join(words)


class Still:
    """A PNG with its description and its size on the page, as a notebook displays it."""

    def __init__(self, png: bytes, alt: str, size: tuple[int, int]):
        self.png, self.alt, self.size = png, alt, size

    def __repr__(self) -> str:
        return f"Figure: {self.alt}"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        width, height = self.size
        data = {"image/png": base64.b64encode(self.png).decode(), "text/plain": repr(self)}
        return data, {"image/png": {"alt": self.alt, "width": width, "height": height}}


class Caption:
    """The description as a visible line, muted by opacity so that it suits light and dark."""

    def __init__(self, alt: str):
        self.alt = alt

    def __repr__(self) -> str:
        return self.alt

    def _repr_html_(self) -> str:
        return CAPTION.format(html.escape(self.alt))


def smaller(png: bytes) -> bytes:
    """The same picture in 128 colours, which is half the size.

    The octree keeps rare colours (a single dark cell) that a median cut would wash out.
    """
    with Image.open(io.BytesIO(png)) as picture:
        flat = picture.convert("RGB")
    paletted = flat.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    small = io.BytesIO()
    paletted.save(small, format="png", optimize=True)
    return small.getvalue()


def small_png(fig: Figure, sharpness: float = SHARPNESS) -> bytes:
    """The figure as a small PNG of `sharpness` pixels for each pixel of the page."""
    full = io.BytesIO()
    fig.savefig(full, format="png", dpi=sharpness * fig.dpi)
    return smaller(full.getvalue())


def show(fig: Figure, alt: str) -> None:
    """Display a figure once as a PNG with its alt text, and the alt text as a caption below.

    Raises ValueError if `alt` has fewer than 8 or more than 60 words, TypeError if it is no
    string or `fig` no matplotlib figure.
    """
    from IPython.display import display

    if not isinstance(fig, Figure):
        raise TypeError(f"fig must be a matplotlib Figure; got {type(fig).__name__}.")
    alt = checked_alt(alt)
    size = round(fig.bbox.width), round(fig.bbox.height)
    display(Still(small_png(fig), alt, size))
    display(Caption(alt))
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(fig)  # else the notebook would show a pyplot figure a second time

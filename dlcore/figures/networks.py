"""A network drawn with its numbers: values go forward in blue, gradients come back in vermillion.

The `stage` lets a slider walk through the algorithm: forward layer by layer, then backward.
"""

from typing import Any

import numpy as np
from matplotlib.figure import FigureBase

from .anatomy import Drawing
from .pages import WIDTH, fresh, in_style, inch_axes, inches, title_room
from .style import GRADIENT, GREY, VALUE, ink
from .wiring import place_units, preferred_height

MOST_NUMBERS = 12  # between two layers; more weights are drawn as thickness alone
SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def checked_params(params: Any) -> tuple[list[tuple[np.ndarray, np.ndarray]], tuple[int, ...]]:
    """The layers' (W, b) as arrays and the sizes of all layers; ValueError if they do not fit."""
    layers = [(np.asarray(W, float), np.asarray(b, float).ravel()) for W, b in params]
    if not layers:
        raise ValueError("params must hold at least one layer (W, b); got none.")
    sizes = (layers[0][0].shape[0],)
    for number, (W, b) in enumerate(layers):
        if W.ndim != 2 or W.shape != (sizes[-1], b.size):
            raise ValueError(
                f"params[{number}] must be W ({sizes[-1]}, out) and b (out,); "
                f"got {W.shape} and {b.shape}."
            )
        sizes += (b.size,)
    return layers, sizes


def checked_rows(name: str, rows: Any, sizes: tuple[int, ...]) -> list[np.ndarray] | None:
    """One 1-D array per layer; ValueError if their number or a size does not fit."""
    if rows is None:
        return None
    rows = [np.asarray(row, dtype=float).ravel() for row in rows]
    if tuple(row.size for row in rows) != sizes:
        raise ValueError(
            f"{name} must be one array per layer with sizes {sizes}; "
            f"got sizes {tuple(row.size for row in rows)}."
        )
    return rows


def unit_names(sizes: tuple[int, ...]) -> list[list[str]]:
    """x₁ x₂ for the input, h₁ h₂ for a hidden layer, ŷ₁ ŷ₂ for the output."""
    letters = ["x", *["h"] * (len(sizes) - 2), "ŷ"]
    return [
        [f"{letter}{str(unit + 1).translate(SUBSCRIPT)}" for unit in range(size)]
        for letter, size in zip(letters, sizes, strict=True)
    ]


def checked_stage(stage: int | None, last: int, values: Any, deltas: Any) -> None:
    """Raise ValueError unless the stage exists and the numbers it shows were given."""
    if stage is None:
        return
    if not 0 <= stage <= 2 * last:
        raise ValueError(f"stage must be in 0..{2 * last} for {last} layers; got {stage}.")
    if values is None or (stage > last and deltas is None):
        missing = "values" if values is None else "deltas"
        raise ValueError(f"stage {stage} shows {missing}; got {missing}=None.")


@in_style
def network(
    params: Any,
    *,
    values: Any = None,
    deltas: Any = None,
    weight_gradients: Any = None,
    stage: int | None = None,
    weights: bool = True,
    names: Any = None,
    title: str = "",
    fig: FigureBase | None = None,
) -> FigureBase:
    """Draw a network with its weights and, where given, its values and gradients.

    params: L pairs of W (in, out) and b (out,). values: L + 1 arrays, the input first. deltas: L
    arrays, dE/dz of each layer after the input. weight_gradients: L arrays dW, or pairs (dW, db).
    names: a list of unit names per layer. `weights=False` leaves out the weights' numbers and
    thickness.

    `stage` shows one moment of the algorithm and highlights the layer it computes: at 0 only the
    input is known; stages 1..L compute the values of one layer after the other; stages
    L + 1..2L the deltas, from the last layer back to the first. None shows everything given.
    Layers of more than 8 units are drawn as three, dots and the last, without numbers.

    Raises ValueError if shapes do not fit or a stage shows what was not given.
    """
    layers, sizes = checked_params(params)
    values = checked_rows("values", values, sizes)
    deltas = checked_rows("deltas", deltas, sizes[1:])
    checked_stage(stage, len(layers), values, deltas)
    names = names or unit_names(sizes)
    if tuple(len(row) for row in names) != sizes:
        raise ValueError(f"names must hold one list per layer with sizes {sizes}.")
    taller = 0.0 if weight_gradients is None else 1.3  # inches, for two lines on every edge
    fig = fresh(fig, WIDTH, preferred_height(sizes) + taller)
    drawing = blank(fig, sizes, stage, title, way_back=deltas is not None)
    numbered = weights and max(W.size for W, _ in layers) <= MOST_NUMBERS
    for gap, (W, b) in enumerate(layers):
        dW = None if weight_gradients is None else gradient_of_weights(weight_gradients[gap], W)
        drawing.edges(gap, W, weights)
        if numbered:
            drawing.edge_numbers(gap, W, dW)
            drawing.biases(gap + 1, b)
    for layer, unit in drawing.layout.places:
        known = values is not None and drawing.has_value(layer)
        drawing.unit(layer, unit, names[layer][unit], values[layer][unit] if known else None)
        if deltas is not None and drawing.has_delta(layer):
            drawing.delta(layer, unit, deltas[layer - 1][unit])
    drawing.key(key_entries(values is not None, deltas is not None, weights))
    return fig


def gradient_of_weights(gradient: Any, W: np.ndarray) -> np.ndarray:
    """dW, (in, out), from dW itself or from a pair (dW, db)."""
    dW = np.asarray(gradient[0] if isinstance(gradient, tuple) else gradient, dtype=float)
    if dW.shape != W.shape:
        raise ValueError(
            f"weight_gradients must have the shapes of W; got {dW.shape} for {W.shape}."
        )
    return dW


def blank(
    fig: FigureBase, sizes: tuple[int, ...], stage: int | None, title: str, way_back: bool
) -> Drawing:
    """An empty drawing whose axes fill the page and count in inches, with title and headings."""
    width, height = inches(fig)
    head = title_room(title, width)
    ax = inch_axes(fig, title)
    drawing = Drawing(ax, place_units(sizes, width, height, head), sizes, stage, way_back)
    drawing.headings(height - head - 0.16)
    drawing.stage_line()
    return drawing


def key_entries(values: bool, deltas: bool, weights: bool) -> list[tuple[str, dict[str, Any]]]:
    """What the key at the foot says, each entry with its own colour and letters."""
    entries = []
    if values:
        entries.append(("upright blue: value", {"color": VALUE, "weight": "bold"}))
    if deltas:
        entries.append(
            ("italic: gradients, δ = ∂E/∂z", {"color": ink(GRADIENT), "style": "italic"})
        )
    if weights:
        entries.append(("edge: weight, dashed if negative", {"color": GREY}))
    return entries

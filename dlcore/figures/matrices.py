"""Matrices as coloured cells: any small matrix with its numbers, and the confusion matrix."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import FigureBase
from matplotlib.patches import Rectangle

from .numerals import minus
from .pages import WIDTH, fresh, in_style, one_axes
from .style import COLOURS, DIVERGING, GREY, SEQUENTIAL, on

MOST_NUMBERS = 144  # a matrix with more cells is drawn without its numbers

ERRORS = LinearSegmentedColormap.from_list("errors", ["#FBE3D0", "#F0A060", "#A84300"])
CORRECT = LinearSegmentedColormap.from_list("correct", ["#F2F7FA", "#B9D9EC"])


def bare(ax: Axes) -> None:
    """Take away the grid, the frame and the tick marks: the cells are enough."""
    ax.grid(False)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)


def name_ticks(ax: Axes, rows: Sequence[Any] | None, cols: Sequence[Any] | None) -> None:
    """Write the names of rows and columns; none means matplotlib's own numbering."""
    if rows is not None:
        ax.set_yticks(range(len(rows)), [str(name) for name in rows])
    if cols is not None:
        ax.set_xticks(range(len(cols)), [str(name) for name in cols])


def write_cells(ax: Axes, texts: np.ndarray, colours: np.ndarray, size: float) -> None:
    """Write a text in each cell, black or white after the cell's colour. Both (rows, cols)."""
    for (row, col), text in np.ndenumerate(texts):
        ax.text(
            col, row, text, ha="center", va="center", fontsize=size, color=on(colours[row, col][:3])
        )


def checked_names(name: str, names: Sequence[Any] | None, count: int) -> None:
    """Raise ValueError unless there are as many names as rows or columns."""
    if names is not None and len(names) != count:
        raise ValueError(f"{name} must have {count} entries; got {len(names)}.")


@in_style
def heatmap(
    matrix: Any,
    *,
    title: str,
    row_names: Sequence[Any] | None = None,
    col_names: Sequence[Any] | None = None,
    fmt: str = "{:.2f}",
    diverging: bool = True,
    xlabel: str = "",
    ylabel: str = "",
    fig: FigureBase | None = None,
) -> FigureBase:
    """Draw a matrix (rows, cols) as coloured cells, with its numbers if it is small.

    `diverging` colours are symmetric about zero: blue below, vermillion above. Raises
    ValueError if the matrix is not 2-D or the names do not fit it.
    """
    matrix = np.asarray(matrix, dtype=float)
    if matrix.ndim != 2 or matrix.size == 0:
        raise ValueError(f"matrix must be 2-D and not empty; got shape {matrix.shape}.")
    rows, cols = matrix.shape
    checked_names("row_names", row_names, rows)
    checked_names("col_names", col_names, cols)
    fig = fresh(fig, WIDTH, min(6.0, max(2.2, 1.3 + 0.42 * rows)))
    ax = one_axes(fig, title)
    top = float(np.nanmax(np.abs(matrix))) or 1.0
    norm = Normalize(-top, top) if diverging else Normalize(np.nanmin(matrix), np.nanmax(matrix))
    picture = ax.imshow(
        matrix,
        cmap=DIVERGING if diverging else SEQUENTIAL,
        norm=norm,
        aspect="auto",
        interpolation="nearest",
    )
    ax.set(xlabel=xlabel, ylabel=ylabel)
    bare(ax)
    name_ticks(ax, row_names, col_names)
    fig.colorbar(picture, ax=ax, fraction=0.05, pad=0.02).outline.set_visible(False)
    if matrix.size <= MOST_NUMBERS and cols <= 14:
        texts = np.array([[minus(fmt.format(cell)) for cell in row] for row in matrix])
        write_cells(ax, texts, picture.to_rgba(matrix), 9.5 if cols <= 9 else 8)
    return fig


def count_pairs(truth: Any, prediction: Any, labels: Sequence[Any] | None):
    """The labels and the matrix of counts, (labels, labels): row true, column predicted."""
    truth, prediction = np.asarray(truth), np.asarray(prediction)
    if truth.shape != prediction.shape or truth.ndim != 1 or truth.size == 0:
        raise ValueError(
            "truth and prediction must be 1-D, of one length and not empty; "
            f"got shapes {truth.shape} and {prediction.shape}."
        )
    known = np.union1d(truth, prediction)
    if labels is None:
        codes, labels = known, list(known)
    elif np.issubdtype(known.dtype, np.integer):
        codes = np.arange(len(labels))
    else:
        codes = np.asarray(labels)
    if not np.isin(known, codes).all():
        raise ValueError(
            f"labels must cover every class; {known[~np.isin(known, codes)]} "
            f"not among {list(codes)}."
        )
    counts = np.zeros((len(codes), len(codes)), int)
    order = np.argsort(codes)
    place = lambda given: order[np.searchsorted(codes[order], given)]  # noqa: E731
    np.add.at(counts, (place(truth), place(prediction)), 1)
    return labels, counts


@in_style
def confusion_matrix(
    truth: Any,
    prediction: Any,
    *,
    labels: Sequence[Any] | None = None,
    title: str,
    xlabel: str = "predicted digit",
    ylabel: str = "true digit",
    fig: FigureBase | None = None,
) -> FigureBase:
    """Draw how often each true class was given each label, errors shaded on their own scale.

    truth, prediction: (n,) classes; `labels` names them (by position if they are integers).
    The right margin gives each row's recall. Raises ValueError for shapes that do not fit.
    """
    labels, counts = count_pairs(truth, prediction, labels)
    n = len(labels)
    fig = fresh(fig, WIDTH, min(5.6, max(3.2, 1.4 + 0.38 * n)))
    ax = one_axes(fig, title)
    right = np.eye(n, dtype=bool)
    most = max(int(counts[~right].max(initial=0)), 1)
    colours = np.where(
        right[..., None],
        CORRECT(counts / max(counts.max(), 1)),
        ERRORS((counts - 1) / max(most - 1, 1)),
    )
    colours[~right & (counts == 0)] = 1.0
    ax.imshow(colours, aspect="auto", interpolation="nearest")
    for i in range(n):
        frame = {"fill": False, "edgecolor": COLOURS["blue"], "linewidth": 1.2}
        ax.add_patch(Rectangle((i - 0.5, i - 0.5), 1, 1, **frame))
    texts = np.where(counts > 0, counts.astype(str), "")
    write_cells(ax, texts, colours, 9.5 if n <= 10 else 8)
    bare(ax)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    name_ticks(ax, labels, labels)
    write_recall(ax, counts)
    return fig


def write_recall(ax: Axes, counts: np.ndarray) -> None:
    """Write at the right of each row how much of it stands on the diagonal."""
    beside = {"xytext": (7, 0), "textcoords": "offset points", "fontsize": 9.5, "color": GREY}
    right = len(counts) - 0.5
    ax.annotate("recall", (right, -0.5), **beside | {"xytext": (7, 6)})
    for row, total in enumerate(counts.sum(axis=1)):
        recall = f"{100 * counts[row, row] / total:.0f} %" if total else "–"
        ax.annotate(recall, (right, row), va="center", **beside)

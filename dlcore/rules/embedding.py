"""Embedding: a row of numbers for every word, looked up by the word's number."""

import numpy as np

__all__ = ["embedding", "embedding_vjp"]

Array = np.ndarray


def embedding(
    table: Array, indices: Array, *, out: Array | None = None, checked: bool = False
) -> Array:
    """Row indices[...] of the table.  table: (v, d), indices: integers, any shape -> (..., d).

    Raises TypeError for indices that are not integers, ValueError for any outside 0..v-1: -1 is
    no word, although NumPy would take it for the last row. checked=True says that this was done.
    """
    if not checked:
        _check_indices(indices, len(table))
    return table.take(indices, 0, out, "clip")  # 'clip' spares take a check of its own


def embedding_vjp(
    d: Array, table: Array, indices: Array, *, out: Array | None = None, checked: bool = False
) -> Array:
    """d added up in the rows that were looked up, once for each time.  d: (..., d) -> (v, d)."""
    if not checked:
        _check_indices(indices, len(table))
    rows, size = table.shape
    words, d = np.asarray(indices, np.intp).ravel(), d.reshape(-1, size)
    dtable = np.empty(table.shape, d.dtype) if out is None else out
    # dtable[words] += d would count a repeated word once, np.add.at counts right but slowly:
    # 870 µs for 2048 words of 64 numbers, bincount 230, the sums of sorted words 100-150 where
    # each comes several times
    if len(words) >= 4 * rows and d.size > 2**15:
        dtable[...] = 0
        words = words.astype(np.min_scalar_type(rows))  # 16 bits are sorted by radix
        order = words.argsort(kind="stable")
        words = words[order]
        starts = np.flatnonzero(np.diff(words, prepend=rows))
        dtable[words[starts]] = np.add.reduceat(d.take(order, 0), starts)
    else:
        places = (words[:, np.newaxis] * size + np.arange(size)).ravel()
        dtable[...] = np.bincount(places, d.ravel(), rows * size).reshape(rows, size)
    return dtable


def _check_indices(indices: Array, rows: int) -> None:
    if indices.dtype.kind not in "iu":
        raise TypeError(f"indices must be integers; got dtype {indices.dtype}.")
    wrong = (indices < 0) | (indices >= rows)
    if wrong.any():
        at = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(
            f"indices must be in 0..{rows - 1} for a table of {rows} rows; "
            f"got {indices[at]} at position {at}."
        )

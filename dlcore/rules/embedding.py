"""Embedding: a row of numbers for every word, looked up by the word's number."""

import numpy as np

__all__ = ["embedding", "embedding_vjp"]

Array = np.ndarray


def embedding(table: Array, indices: Array) -> Array:
    """Row indices[...] of the table.  table: (v, d), indices: integers, any shape -> (..., d).

    Raises TypeError for indices that are not integers, ValueError for any outside 0..v-1: -1 is
    no word, although NumPy would take it for the last row.
    """
    _check_indices(indices, len(table))
    return table[indices]


def embedding_vjp(d: Array, table: Array, indices: Array) -> Array:
    """d added up in the rows that were looked up, once for each time.  d: (..., d) -> (v, d)."""
    _check_indices(indices, len(table))
    dtable = np.zeros(table.shape, d.dtype)
    np.add.at(dtable, indices, d)  # dtable[indices] += d would count a repeated word once
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

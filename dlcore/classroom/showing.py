"""How a verdict writes what it shows: entries and their places, names, shapes and numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.classroom.cases import Case
from dlcore.classroom.comparing import Odd, close, differing, fitted

__all__ = [
    "entries",
    "expected",
    "in_a_row",
    "marks",
    "number",
    "other_shape",
    "quoted",
    "value_in_short",
    "written",
]

MOST_ENTRIES = 5  # rows of a table of differing entries
MOST_MARKS = 24  # rows of a table of a value's entries


def entries(
    names: Sequence[str], case: Case, mine: list, wrong: Sequence[int]
) -> list[dict[str, Any]]:
    """The places that differ most, some of each wrong output."""
    found = []
    each = max(1, MOST_ENTRIES // max(1, len(wrong)))
    for k in wrong[:MOST_ENTRIES]:
        right = case.right[k]
        my = None if isinstance(mine[k], Odd) else fitted(mine[k], right.shape)
        if my is None:
            continue
        found += [
            {
                "output": names[k],
                "place": place,
                "yours": number(my[place]),
                "right": number(right[place]),
            }
            for place in differing(my, right, case.tolerance)[:each]
        ]
    return found


def marks(names: Sequence[str], case: Case, mine: list) -> list[dict[str, Any]]:
    """Every entry of a value, and whether it is right, without what would be right."""
    if len(mine) == 1 and (isinstance(mine[0], Odd) or mine[0].size == 1):
        return []
    found = []
    for name, my, right in zip(names, mine, case.right, strict=True):
        fits = None if isinstance(my, Odd) else fitted(my, right.shape)
        if fits is None:
            yours = my.what if isinstance(my, Odd) else f"shape {my.shape}"
            found.append({"output": name, "place": (), "yours": yours, "mark": "·"})
            continue
        good = close(fits, right, case.tolerance)
        found += [
            {
                "output": name,
                "place": place,
                "yours": number(fits[place]),
                "mark": "✓" if good[place] else "✗",
            }
            for place in np.ndindex(right.shape)
        ]
    return found if len(found) <= MOST_MARKS else []


def in_a_row(names: Sequence[str]) -> str:
    """Names joined by commas and an and."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def quoted(line: str) -> str:
    """`line 5 of backward: z = x` with its code as code."""
    where, colon, text = line.partition(": ")
    return f"{where}, `{text}`" if colon else line


def expected(right: Any) -> str:
    """What is expected where this is right."""
    if right.dtype.kind == "U":
        return "one of the choices"
    return f"an array of shape {right.shape}" if right.ndim else "one number"


def other_shape(mine: Any, right: Any) -> str:
    """A clause on two shapes; nothing where they are one."""
    return "" if mine.shape == right.shape else f"; its shape is {mine.shape}, not {right.shape}"


def number(value: Any) -> str:
    """One entry, in six digits."""
    return f"{value:.6g}" if value.dtype.kind == "f" else str(value)


def value_in_short(value: Any) -> Any:
    """A value of plain numbers in six digits, its arrays as tuples."""
    if isinstance(value, dict):
        return {key: value_in_short(one) for key, one in value.items()}
    if isinstance(value, tuple | list | np.ndarray) and np.ndim(value):
        return tuple(map(value_in_short, value))
    if isinstance(value, float | np.floating):
        return float(f"{value:.6g}")
    return value.item() if isinstance(value, np.generic) else value


def written(value: Any) -> str:
    """An argument or a result as it stands in an example."""
    if callable(value):
        return "a function"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    if not isinstance(value, np.ndarray):
        return str(value)
    return np.array2string(value, precision=6, separator=", ", threshold=30).replace("\n", "\n  ")

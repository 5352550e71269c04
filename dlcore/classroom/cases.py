"""The inputs an answer is judged on: made from a seed, each with the reference's answer."""

import os
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dlcore.classroom.comparing import RELATIVE, Odd, outputs
from dlcore.classroom.items import Edge, Item
from dlcore.classroom.running import copied

__all__ = ["Case", "edge_cases", "made", "ordinary_cases", "probe_cases", "seed", "small_cases"]

Array = np.ndarray


@dataclass(frozen=True)
class Case:
    """One call: its arguments, and what is right."""

    args: tuple
    right: list[Array]
    names: tuple[str, ...]  # of what is returned; empty where it is one array
    sizes: Mapping[str, int] = field(default_factory=dict)
    edge: Edge | None = None
    tolerance: float = RELATIVE  # how far an entry may be off


def seed() -> str:
    """What the inputs are made from: DLCORE_SEED, any text; 0 without it."""
    return os.environ.get("DLCORE_SEED", "") or "0"


def ordinary_cases(item: Item) -> list[Case]:
    """The cases that decide."""
    return [_case(item, item.inputs(_rng(item, i), **s), s) for i, s in enumerate(item.sizes)]


def probe_cases(item: Item) -> list[Case]:
    """Cases whose sizes let wrong shapes through, two of each sizes."""
    twice = [sizes for sizes in item.probes for _ in range(2)]
    return [_case(item, item.inputs(_rng(item, 100 + i), **s), s) for i, s in enumerate(twice)]


def edge_cases(item: Item) -> list[Case]:
    """Cases at the edge of what is asked."""
    return [
        _case(item, edge.make(_rng(item, 200 + i)), {}, edge) for i, edge in enumerate(item.edges)
    ]


def small_cases(item: Item) -> list[Case]:
    """Cases to show, smallest first, in numbers of one decimal."""
    made_ = (item.inputs(_rng(item, 300 + i), **s) for i, s in enumerate(item.small))
    return [_case(item, tuple(map(_short, args)), {}) for args in made_]


def made(version: Callable[..., Any], case: Case) -> list[Array | Odd] | None:
    """What a version of the reference gives; None where it raises."""
    try:
        with np.errstate(all="ignore"):
            value = version(*copied(case.args))
    except Exception:  # a wrong version may fail in any way, on purpose
        return None
    found = outputs(value, case.names)
    return found if isinstance(found, list) else None


def _case(item: Item, args: tuple, sizes: Mapping[str, int], edge: Edge | None = None) -> Case:
    if edge and edge.refuses:
        return Case(args, [], (), sizes, edge)
    value = item.version()(*copied(args))
    names = _names(item, value)
    tolerance = edge.tolerance if edge else item.precision
    return Case(args, list(outputs(value, names)), names, sizes, edge, tolerance)


def _names(item: Item, value: Any) -> tuple[str, ...]:
    if isinstance(value, dict):
        return tuple(value)
    if not item.takes_function or not isinstance(value, tuple | list):
        return ()
    if len(value) == len(item.outputs):
        return item.outputs
    return tuple(f"{item.outputs[0]}[{k}]" for k in range(len(value)))


def _rng(item: Item, number: int) -> np.random.Generator:
    return np.random.default_rng([zlib.crc32(f"{seed()} {item.id}".encode()), number])


def _short(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(map(_short, value))
    is_float = isinstance(value, np.ndarray) and value.dtype.kind == "f"
    return np.round(value, 1) + 0.0 if is_float else value

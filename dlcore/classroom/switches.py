"""A reference whose mistakes are switches: any of them, and any two, turned on at will.

A mistake is a few characters of the reference and what stands there instead. To try thousands of
pairs, the text is not compiled anew for each: every line that a mistake touches is written once
with all its versions, and a set tells which of them runs. Only where two mistakes touch one line,
or a line that opens a block, is the edited text compiled.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from textwrap import indent
from typing import Any

import numpy as np

from dlcore.classroom.mistakes import MISTAKES

__all__ = ["Mistake", "mistake", "switched"]


@dataclass(frozen=True, eq=False)
class Mistake:
    """A switch in a reference.

    id: one of MISTAKES, or empty for a slip that has no name there. says: completes "This is what
    you get when …". edits: pairs (what stands in the reference, what the mistake writes).
    """

    id: str
    says: str
    edits: tuple[tuple[str, str], ...]


def mistake(id: str, says: str, *edits: tuple[str, str]) -> Mistake:
    """A switch: its id, what it says (or nothing, for the id's own words), and its edits."""
    return Mistake(id, says or MISTAKES[id], edits)


def switched(
    text: str, name: str, mistakes: tuple[Mistake, ...], on: Iterable[Mistake]
) -> Callable[..., Any]:
    """The function `name` of the text, with those of its mistakes made that are on.

    Raises ValueError if two of them touch the same place.
    """
    on = tuple(on)
    lines, namespace = _board(text, mistakes)
    touched = [line for one in on for line in lines.get(one, (None,))]
    if not on or None in touched or len(set(touched)) < len(touched):
        return _defined(_edited(text, [edit for one in on for edit in one.edits]))[name]
    numbers = frozenset(mistakes.index(one) for one in on)

    def answer(*args: Any) -> Any:
        namespace["_on"] = numbers
        return namespace[name](*args)

    return answer


@lru_cache(maxsize=128)
def _board(
    text: str, mistakes: tuple[Mistake, ...]
) -> tuple[dict[Mistake, list[int]], dict[str, Any]]:
    """The lines that each mistake touches, where a switch can stand, and the text with switches."""
    lines = text.split("\n")
    touched: dict[Mistake, list[int]] = {}
    versions: dict[int, list[str]] = {}
    for number, one in enumerate(mistakes):
        at = [text[: text.index(old)].count("\n") for old, _ in one.edits]
        if any("\n" in old for old, _ in one.edits) or any(lines[i].endswith(":") for i in at):
            continue
        touched[one] = sorted(set(at))
        for line in touched[one]:
            edits = [edit for edit, where in zip(one.edits, at, strict=True) if where == line]
            version = indent(_edited(lines[line], edits), "    ")
            versions.setdefault(line, []).append(f"if {number} in _on:\n{version}")
    for line, written in versions.items():
        pad = lines[line][: len(lines[line]) - len(lines[line].lstrip())]
        choice = f"\n{pad}el".join(written)
        lines[line] = f"{pad}{choice}\n{pad}else:\n    {lines[line]}"
    return touched, _defined("\n".join(lines))


def _edited(text: str, edits: list[tuple[str, str]]) -> str:
    places = sorted((text.index(old), len(old), new) for old, new in edits)
    done, at = [], 0
    for start, length, new in places:
        if start < at:
            raise ValueError("two mistakes touch the same place of the reference.")
        done += [text[at:start], new]
        at = start + length
    return "".join([*done, text[at:]])


def _defined(text: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"np": np, "_on": frozenset()}
    exec(_code(text), namespace)
    return namespace


@lru_cache(maxsize=1024)
def _code(text: str) -> Any:
    return compile(text, "<reference>", "exec")

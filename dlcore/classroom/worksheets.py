"""The learner's notebooks: for each exercise its task, a cell for the answer, and a check.

A notebook is made from the items of one file and stands beside it: `03c_backward.ipynb` beside
`03c_backward.py`. The cell of an answer has the tag `answer:03c.1` and opens with `# 03c.1`.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from dlcore.classroom.items import Item

__all__ = ["TAG", "as_text", "is_untouched", "worksheet"]

TAG = "answer:"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}

HOW = """\
These are the exercises of [{chapter}](../chapters/{stem}.ipynb).

Write into the cell that opens with the exercise's number, run it, and run the one below it. A
wrong answer is told what it did. Stuck? `hint("{first}")` gives the next of three hints, and
`solution("{first}")` the solution with its reasons. `progress()` draws how far you are. The record
of it is one small file in this folder, and goes nowhere. In a terminal, `dlcore watch` checks what
you save."""

SETUP = "import numpy as np\n\nfrom dlcore.classroom import check, hint, progress, solution"


def worksheet(stem: str, items: Sequence[Item]) -> dict[str, Any]:
    """The notebook (nbformat 4.5) for the items of `exercises/<stem>.py`, nothing attempted."""
    number, _, name = stem.partition("_")
    chapter = f"{number.lstrip('0') or '0'} · {name.replace('_', ' ').capitalize()}"
    how = HOW.format(chapter=chapter, stem=stem, first=items[0].id)
    cells = [
        _prose("title", f"# Exercises of {chapter}\n\n{how}"),
        _code("setup", SETUP),
    ]
    for item in items:
        cells += _item_cells(item)
    cells.append(_code("progress", "progress()"))
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    metadata["dlcore"] = {"shipped": _fingerprint(cells)}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def is_untouched(notebook: dict[str, Any]) -> bool:
    """Whether every cell of a stored notebook is as it was shipped, and none was added."""
    shipped = notebook["metadata"].get("dlcore", {}).get("shipped")
    return shipped == _fingerprint(notebook["cells"])


def _fingerprint(cells: Sequence[dict[str, Any]]) -> str:
    """What the cells hold, their outputs aside, in twelve letters."""
    texts = [(cell["cell_type"], "".join(cell["source"]).rstrip()) for cell in cells]
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:12]


def as_text(notebook: dict[str, Any]) -> str:
    """The notebook as it is stored: indented by one, a newline at the end."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _item_cells(item: Item) -> list[dict[str, Any]]:
    name = item.id.replace(".", "-")
    stars = "★" * item.difficulty
    points = f"{item.points} point{'s' * (item.points != 1)}"
    task = [
        f"## {item.id} · {item.title}",
        f"*{item.kind.capitalize()}, {stars}, {points}.* {item.task}",
    ]
    choices = [f"- **{letter}**: {text}" for letter, text in (item.choices or {}).items()]
    task.append(f"[The section](../{item.link})")
    return [
        _prose(f"task-{name}", "\n\n".join(task)),
        *([_prose(f"choices-{name}", "\n".join(choices))] if choices else []),
        _code(f"answer-{name}", f"# {item.id}\n{item.starter.rstrip()}", [f"{TAG}{item.id}"]),
        _code(f"check-{name}", f'check("{item.id}", {item.name})'),
    ]


def _prose(id: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": id, "metadata": {}, "source": _lines(text)}


def _code(id: str, text: str, tags: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": id,
        "metadata": {"tags": list(tags)} if tags else {},
        "outputs": [],
        "source": _lines(text),
    }


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)

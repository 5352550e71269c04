"""Answers in a saved file, a notebook or Python text, run and judged in a process of their own.

So that nothing in a file can hurt whoever asks: not an endless loop, not a crash, not megabytes
of print. `python -m dlcore.classroom.saved FILE RESULTS [IDS]` is that process.
"""

import ast
import contextlib
import json
import linecache
import os
import re
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlcore.classroom import finding
from dlcore.classroom.checking import check
from dlcore.classroom.interrupting import TimeUp, limited
from dlcore.classroom.worksheets import TAG

__all__ = ["Section", "is_answers", "judged", "sections"]

CELL_SECONDS = 10.0
FILE_SECONDS = 120.0
MARK = re.compile(r"#\s*(?:%%\s*)?((?:\d\d[a-z]?|[A-Z])\.\d+)\b")
ASIDE = {"check", "hint", "solution", "progress", "inventory"}


@dataclass(frozen=True)
class Section:
    """One cell, or one part of a Python file: its code, and the exercise it answers, if any."""

    id: str
    code: str


def is_answers(path: Path) -> bool:
    """Whether a file may hold answers: a notebook, or Python text that is no list of items."""
    if ".ipynb_checkpoints" in path.parts or path.name.startswith((".", "~")):
        return False
    if path.suffix == ".py":
        with contextlib.suppress(OSError, UnicodeDecodeError):
            return not re.search(r"^ITEMS\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    return path.suffix == ".ipynb"


def sections(path: Path) -> list[Section]:
    """The parts of a file, in order.

    Raises ValueError, in words, for what cannot be read, a notebook half written among it.
    """
    try:
        text = path.read_text(encoding="utf-8")
        cells = _cells(json.loads(text)) if path.suffix == ".ipynb" else _parts(text)
        return [section for section in cells if not _is_aside(section.code)]
    except (OSError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path.name} cannot be read: {type(error).__name__}: {error}") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{path.name} is no whole notebook: {error}") from None


def _cells(notebook: dict[str, Any]) -> Iterator[Section]:
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        code = "".join(cell["source"])
        tags = [tag for tag in cell.get("metadata", {}).get("tags", []) if tag.startswith(TAG)]
        mark = MARK.match(code.lstrip())
        yield Section(tags[0][len(TAG) :] if tags else mark[1] if mark else "", code)


def _parts(text: str) -> Iterator[Section]:
    id, lines = "", []
    for line in text.splitlines(keepends=True):
        mark = MARK.match(line)
        if mark or line.startswith("# %%"):
            yield Section(id, "".join(lines))
            id, lines = mark[1] if mark else "", []
        lines.append(line)
    yield Section(id, "".join(lines))


def _is_aside(code: str) -> bool:
    """Whether code does nothing but ask for a check, a hint, a solution or the progress."""
    try:
        body = ast.parse(code).body
    except SyntaxError:
        return False
    calls = [line.value for line in body if isinstance(line, ast.Expr)]
    names = {getattr(getattr(call, "func", None), "id", "") for call in calls}
    return bool(body) and len(calls) == len(body) and names <= ASIDE


def judged(path: Path, ids: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The verdicts on the answers in a file, or on those of these ids, in a process of their own.

    Each is a dict with id, passed, kind, points, misconceptions and text. Raises ValueError, in
    words, for a file that cannot be read.
    """
    sections(path)
    with tempfile.TemporaryDirectory() as room:
        results = Path(room) / "results"
        command = [
            sys.executable,
            "-m",
            "dlcore.classroom.saved",
            str(path.resolve()),
            str(results),
        ]
        if ids is not None:
            command.append(",".join(ids) or "-")
        environment = os.environ | {"DLCORE_EXERCISES": str(finding.folder())}
        late = False
        try:
            subprocess.run(
                command,
                cwd=path.resolve().parent,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=FILE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            late = True
        lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    verdicts = [json.loads(line) for line in lines]
    begun = {one["id"]: None for one in verdicts if one["kind"] == "begun"}
    ended = {one["id"] for one in verdicts if one["kind"] != "begun"}
    how = f"was stopped after {FILE_SECONDS:g} s" if late else "ended Python altogether"
    lost = [_told(id, "crashed", f"✗ {id}\nIt {how}.") for id in begun if id not in ended]
    return [one for one in verdicts if one["kind"] != "begun"] + lost


def _told(id: str, kind: str, text: str) -> dict[str, Any]:
    return {
        "id": id,
        "passed": False,
        "kind": kind,
        "points": 0,
        "misconceptions": [],
        "text": text,
    }


# --- in the process of its own --------------------------------------------------------------


def _work(path: Path, results: Path, ids: set[str] | None) -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with results.open("a", encoding="utf-8") as out:

        def tell(verdict: dict[str, Any]) -> None:
            out.write(json.dumps(verdict) + "\n")
            out.flush()

        for section in sections(path):
            asked = bool(section.id) and (ids is None or section.id in ids)
            if asked:
                tell({"id": section.id, "kind": "begun"})
            problem = _run(section, namespace)
            if asked:
                tell(problem or _checked(section.id, namespace))


def _run(section: Section, namespace: dict[str, Any]) -> dict[str, Any] | None:
    """Run one section; what is to be told of it, if it went wrong."""
    name = f"the cell of {section.id}" if section.id else "a cell"
    try:
        text = _plain(section.code)
        linecache.cache[f"<{name}>"] = (len(text), None, text.splitlines(True), f"<{name}>")
        code = compile(text, f"<{name}>", "exec")
        limited(lambda: exec(code, namespace), CELL_SECONDS)
    except TimeUp:
        said = f"{name} did not finish within {CELL_SECONDS:g} s and was stopped."
        return _told(section.id, "too slow", f"✗ {section.id}\n{said}")
    except BaseException as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        for frame, number in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_filename == f"<{name}>":
                line = number
        at = f", line {line} of {name}" if line else ""
        said = f"It raised {type(error).__name__}: {error}{at}."
        return _told(section.id, "raised", f"✗ {section.id}\n{said}")
    return None


def _plain(code: str) -> str:
    """Code without the notebook's own commands (%time, !ls), as the notebook would run it."""
    with contextlib.suppress(ImportError):
        from IPython.core.inputtransformer2 import TransformerManager

        changed = TransformerManager().transform_cell(code)
        return "\n".join(
            f"{line[: len(line) - len(line.lstrip())]}pass" if "get_ipython()" in line else line
            for line in changed.split("\n")
        )
    return code


def _checked(id: str, namespace: dict[str, Any]) -> dict[str, Any]:
    try:
        item = finding.item(id)
    except ValueError as error:
        return _told(id, "unknown", f"✗ {id}\n{error}")
    verdict = check(item.id, namespace.get(item.name))
    return {
        "id": item.id,
        "passed": verdict.passed,
        "kind": verdict.details["kind"],
        "points": verdict.points,
        "misconceptions": verdict.misconceptions,
        "text": str(verdict),
    }


if __name__ == "__main__":
    _work(
        Path(sys.argv[1]),
        Path(sys.argv[2]),
        {*sys.argv[3].split(",")} if len(sys.argv) > 3 else None,
    )

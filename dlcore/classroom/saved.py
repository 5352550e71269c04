"""Answers in a saved file, a notebook or Python text, run and judged in a process of their own.

So that nothing in a file can hurt whoever asks: not an endless loop, not a crash, not megabytes
of print. `python -m dlcore.classroom.saved FILE RESULTS IDS` is that process.
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
from dlcore.classroom.running import in_words
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

    Each is a dict with id, passed, kind, points, misconceptions and text; an empty id is that of a
    part that answers nothing and raised. Raises ValueError, in words, for a file that cannot be
    read.
    """
    asked = [part.id for part in sections(path) if part.id and (ids is None or part.id in ids)]
    if not asked:
        return []
    with tempfile.TemporaryDirectory() as room:
        results, complaints = Path(room) / "results", Path(room) / "complaints"
        results.touch()
        command = [sys.executable, "-m", __name__, str(path.resolve()), str(results), *asked]
        how = "ended Python altogether"
        with complaints.open("w") as stderr:
            try:
                subprocess.run(
                    command,
                    cwd=path.resolve().parent,
                    env=os.environ | {"DLCORE_EXERCISES": str(finding.folder())},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=stderr,
                    timeout=FILE_SECONDS,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                how = f"was stopped after {FILE_SECONDS:g} s"
        verdicts = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
        last = complaints.read_text(encoding="utf-8", errors="replace").strip().split("\n")[-1]
    told = {one["id"] for one in verdicts}
    lost = [id for id in dict.fromkeys(asked) if id not in told]
    why = f"The file {how} before this was judged. {last[:200]}".strip()
    return verdicts + [_told(id, "crashed", why) for id in lost]


def _told(id: str, kind: str, said: str) -> dict[str, Any]:
    return {
        "id": id,
        "passed": False,
        "kind": kind,
        "points": 0,
        "misconceptions": [],
        "text": f"✗ {id}".strip() + f"\n{said}",
    }


# --- in the process of its own --------------------------------------------------------------


def _work(path: Path, results: Path, asked: set[str]) -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    known = finding.items()
    with results.open("a", encoding="utf-8") as out:
        for section in sections(path):
            if section.id in known:  # so that no earlier part's answer is taken for this one's
                namespace.pop(known[section.id].name, None)
            verdict = _run(section, namespace)
            if section.id in asked:
                verdict = verdict or _checked(section.id, namespace)
            elif section.id:
                continue
            if verdict:
                out.write(json.dumps(verdict) + "\n")
                out.flush()


def _run(section: Section, namespace: dict[str, Any]) -> dict[str, Any] | None:
    """Run one section; what is to be told of it, if it went wrong."""
    name = f"the cell of {section.id}" if section.id else "a cell that answers nothing"
    try:
        text = _plain(section.code)
        linecache.cache[f"<{name}>"] = (len(text), None, text.splitlines(True), f"<{name}>")
        code = compile(text, f"<{name}>", "exec")
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            limited(lambda: exec(code, namespace), CELL_SECONDS)
    except TimeUp:
        said = f"{name} did not finish within {CELL_SECONDS:g} s and was stopped."
        return _told(section.id, "too slow", said)
    except BaseException as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        for frame, number in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_filename == f"<{name}>":
                line = number
        at = f", in line {line} of {name}" if line else ""
        return _told(section.id, "raised", f"It raised {in_words(error)}{at}.")
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
        return _told(id, "unknown", str(error))
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
    _work(Path(sys.argv[1]), Path(sys.argv[2]), {*sys.argv[3:]})
    os._exit(0)  # without waiting for threads that an answer has left behind

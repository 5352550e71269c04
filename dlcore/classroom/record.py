"""The learner's record: attempts, hints, passes and recognised mistakes, in one small JSON file.

The file stays in the reader's own folder and goes nowhere. It is replaced whole or not at all. A
damaged one is set aside under another name, and one that a newer dlcore wrote is left alone. Two
notebooks that change it at the same moment take turns, by a lock that no check waits for long.
"""

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock

from dlcore.classroom import finding
from dlcore.files import write_whole

__all__ = ["NAME", "change", "path", "read"]

NAME = "dlcore-progress.json"
VERSION = 1
PATIENCE = 2.0  # seconds for the lock; a change takes a few thousandths of one
FRESH = {"attempts": 0, "passed": False, "points": 0, "hints": 0, "solution": False, "mistakes": {}}


def path() -> Path:
    """Where the record is: in the reader's `exercises/`, else in the working folder."""
    return (finding.folder_above() or Path.cwd()) / NAME


def read() -> dict[str, dict[str, Any]]:
    """What is recorded, by item; empty without a file, and beside a damaged or newer one."""
    return _read()[0]


def change(id: str, by: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Change one item's record and keep it, where the folder can be written to; the record."""
    with _in_turn():
        items, ours = _read()
        entry = {**FRESH, "mistakes": {}} | items.get(id, {})
        by(entry)
        content = json.dumps({"version": VERSION, "items": items | {id: entry}}, indent=1) + "\n"
        if ours:
            with contextlib.suppress(OSError):  # of a folder that cannot be written to: no record
                write_whole(path(), content.encode())
    return entry


@contextlib.contextmanager
def _in_turn() -> Iterator[None]:
    """One process at a time; all the same where there can be no lock, or it is held too long."""
    lock = FileLock(path().with_name(f"{path().name}.lock"), timeout=PATIENCE)
    with contextlib.suppress(OSError, NotImplementedError):  # a Timeout is an OSError
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _read() -> tuple[dict[str, dict[str, Any]], bool]:
    """The items, and whether the file may be written."""
    here = path()
    try:
        text = here.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}, True
    except (OSError, UnicodeDecodeError) as error:
        return {}, isinstance(error, UnicodeDecodeError) and _set_aside(here)
    try:
        content = json.loads(text)
        if content["version"] > VERSION:
            return {}, False
        return {id: _checked(entry) for id, entry in content["items"].items()}, True
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}, _set_aside(here)


def _checked(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry, if each of its values is of the kind it has to be; else TypeError."""
    for key, fresh in FRESH.items():
        if type(entry[key]) is not type(fresh):
            raise TypeError(key)
    if not all(type(count) is int for count in entry["mistakes"].values()):
        raise TypeError("mistakes")
    return entry


def _set_aside(here: Path) -> bool:
    """Move a damaged file out of the way, to a name of its own; whether that was possible."""
    number = 1
    while (aside := here.with_name(f"{here.stem}.damaged-{number}.json")).exists():
        number += 1
    try:
        here.rename(aside)
    except OSError:
        return False
    return True

"""Where the exercises are: `exercises/*.py`, loaded by path, each with its list ITEMS."""

import difflib
import importlib.util
import os
import sys
from functools import lru_cache
from pathlib import Path

from dlcore.classroom.items import Item

__all__ = ["folder", "folder_above", "item", "items", "items_of"]


def folder() -> Path:
    """The folder of exercises.

    It is the one that DLCORE_EXERCISES names, else `exercises/` in the working folder or above
    it, else `exercises/` beside the installed checkout. Raises FileNotFoundError if none is there.
    """
    named = os.environ.get("DLCORE_EXERCISES", "")
    if named:
        if not Path(named).expanduser().is_dir():
            raise FileNotFoundError(f"DLCORE_EXERCISES must name a folder; got {named!r}.")
        return Path(named).expanduser().resolve()
    found = folder_above()
    if found:
        return found
    beside = Path(__file__).resolve().parents[2] / "exercises"
    if beside.is_dir():
        return beside
    raise FileNotFoundError(
        f"no folder exercises/ in {Path.cwd()} or above it; let the environment variable "
        "DLCORE_EXERCISES name it."
    )


def folder_above() -> Path | None:
    """The nearest `exercises/` with items, in the working folder, above it, or that folder."""
    here = Path.cwd()
    for above in (here, *here.parents):
        if above.name == "exercises" and _files(above):
            return above
        if _files(above / "exercises"):
            return above / "exercises"
    return None


def items() -> dict[str, Item]:
    """Every item of the folder, by id, in the order of the files."""
    found: dict[str, Item] = {}
    for path in _files(folder()):
        for one in items_of(path):
            if one.id in found:
                raise ValueError(f"{path.name}: the id {one.id} is used twice.")
            found[one.id] = one
    return found


def items_of(path: Path) -> tuple[Item, ...]:
    """The items of one file, in order."""
    return _load(path, path.stat().st_mtime_ns)


def item(id: str) -> Item:
    """The item of this id; ValueError with the nearest one if there is none."""
    known = items()
    if isinstance(id, str) and id.strip() in known:
        return known[id.strip()]
    near = difflib.get_close_matches(str(id), known, n=1, cutoff=0)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"there is no exercise {id!r}.{hint}")


def _files(place: Path) -> list[Path]:
    """The files of items, named like their notebooks: 03c_backward.py."""
    return sorted(place.glob("[0-9A-Z]*_*.py")) if place.is_dir() else []


@lru_cache(maxsize=256)
def _load(path: Path, changed: int) -> tuple[Item, ...]:
    """The ITEMS of one file, loaded again when it has changed."""
    name = f"dlcore_exercises_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    cached, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # no __pycache__ there
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = cached
    return tuple(module.ITEMS)

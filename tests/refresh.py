"""Run notebooks again and store them clean: `python -m tests.refresh [NAMES]`.

Outputs are kept, for the tests compare them. What changes from run to run although nothing has
changed (times, widget state, version numbers) is taken out, so that a second refresh writes
the same bytes. `--check` runs nothing and names the notebooks that are not clean.
"""

import argparse
import base64
import difflib
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from tests.book import CHAPTERS, ROOT, notebooks, seconds_allowed, settle_environment

WIDGET = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
KEPT_METADATA = ("tags", "jupyter", "slideshow", "nbgrader")
PROGRESS_BAR = re.compile(r"\d+%\|.*\||\d+it \[|\?it/s|\?step/s")
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
CELL_SECONDS = 300
COVER = "cover.png"
SAME_COLOUR = 8  # of 255: two machines draw the edge of a letter this differently


class CellFailed(Exception):
    """A cell raised an error, ran too long or lost its kernel."""


# Reading and writing


def with_ids(raw: dict[str, Any]) -> dict[str, Any]:
    """Give every cell an id of its own; one that is missing comes from the cell's source."""
    taken: set[str] = set()
    for cell in raw["cells"]:
        name = cell.get("id", "")
        if name in taken or not CELL_ID.fullmatch(name):
            source = "".join(cell["source"])
            base = hashlib.sha256(source.encode()).hexdigest()[:8]
            tries = (base, *(f"{base}-{count}" for count in range(2, 1000)))
            name = next(name for name in tries if name not in taken)
        cell["id"] = name
        taken.add(name)
    raw["nbformat"], raw["nbformat_minor"] = 4, 5
    return raw


def read(path: Path) -> NotebookNode:
    """Read a notebook, with ids that do not change from one reading to the next."""
    raw = with_ids(json.loads(path.read_text(encoding="utf-8")))
    return nbformat.reads(json.dumps(raw), as_version=4)


def to_bytes(notebook: NotebookNode) -> bytes:
    """The notebook as it is stored: indented by one, UTF-8, a newline at the end."""
    return (nbformat.writes(notebook).rstrip("\n") + "\n").encode()


def write(path: Path, content: bytes) -> None:
    """Replace a file in one step, so that it is never half written."""
    new = path.with_name(path.name + ".new")
    try:
        new.write_bytes(content)
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


# Cleaning


def is_progress_bar(output: NotebookNode) -> bool:
    """Whether an output is a tqdm bar: its saved text would stand at 0 % for ever."""
    if output.output_type == "stream":
        return output.name == "stderr" and bool(PROGRESS_BAR.search(output.text))
    data = output.get("data", {})
    return WIDGET in data and bool(PROGRESS_BAR.search(data.get("text/plain", "")))


def joined_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of one stream: where the kernel cuts them is chance."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        is_stream = output.output_type == "stream"
        if is_stream and last and last.output_type == "stream" and last.name == output.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def is_slider_names(output: NotebookNode) -> bool:
    """Whether an output is the script that names sliders: without sliders it has nothing to do."""
    return "window.dlcoreNames" in output.get("data", {}).get("text/html", "")


def clean_output(output: NotebookNode, count: int) -> NotebookNode:
    """One output without the view of a widget that has a still picture beside it."""
    data = output.get("data", {})
    if "image/png" in data:
        data.pop(WIDGET, None)
        data["image/png"] = data["image/png"].strip()
        output.metadata.pop(WIDGET, None)
    if output.output_type == "execute_result":
        output.execution_count = count
    return output


def clean(notebook: NotebookNode) -> NotebookNode:
    """The notebook (changed in place) without what differs between two equal runs."""
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    count = 0
    for cell in notebook.cells:
        kept = {key: cell.metadata[key] for key in KEPT_METADATA if cell.metadata.get(key)}
        cell.metadata = nbformat.from_dict(kept)
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            streams = joined_streams(cell.outputs)
            left_out = (is_progress_bar, is_slider_names)
            shown = [output for output in streams if not any(test(output) for test in left_out)]
            cell.outputs = [clean_output(output, count) for output in shown]
    return notebook


# Pictures


def pictures(notebook: NotebookNode) -> dict[tuple[str, int], NotebookNode]:
    """The data of every output with a PNG, by cell and position among the cell's pictures."""
    found = {}
    for cell in notebook.cells:
        data = [output.data for output in cell.get("outputs", []) if "data" in output]
        with_png = [bundle for bundle in data if "image/png" in bundle]
        found.update({(cell.id, place): bundle for place, bundle in enumerate(with_png)})
    return found


def look_the_same(old: str, new: str) -> bool:
    """Whether two PNGs (base64) have the same size and no visibly different pixel."""
    import numpy as np
    from PIL import Image

    def pixels(png: str) -> Any:
        with Image.open(io.BytesIO(base64.b64decode(png))) as picture:
            return np.asarray(picture.convert("RGBA"), dtype=int)

    a, b = pixels(old), pixels(new)
    return a.shape == b.shape and bool(np.abs(a - b).max() <= SAME_COLOUR)


def keep_old_pictures(old: NotebookNode, new: NotebookNode) -> None:
    """Where a picture looks as it did, keep its old bytes, so that a diff shows real changes."""
    before = pictures(old)
    for place, data in pictures(new).items():
        if place in before:
            png = before[place]["image/png"].strip()
            if png != data["image/png"] and look_the_same(png, data["image/png"]):
                data["image/png"] = png


def cover_of(notebook: NotebookNode) -> bytes | None:
    """The picture of the cell tagged `cover`, which the README shows; None in most notebooks."""
    for cell in notebook.cells:
        if "cover" in cell.metadata.get("tags", []):
            (png,) = (o.data["image/png"] for o in cell.outputs if "image/png" in o.get("data", {}))
            return base64.b64decode(png)
    return None


# Running


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Run all cells in place with this Python, in `folder`. Raises CellFailed."""
    from ipykernel.kernelspec import RESOURCES, get_kernel_dict
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpec
    from nbclient import NotebookClient
    from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError

    class ThisPython(AsyncKernelManager):
        """Whatever kernels the user has installed, the one of this Python runs."""

        @property
        def kernel_spec(self) -> KernelSpec:
            return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())

    class Client(NotebookClient):
        """Runs cells as nbval does: without a history, so `;` does not hide a result."""

        async def async_execute_cell(self, cell, cell_index, **options):
            return await super().async_execute_cell(
                cell, cell_index, **options | {"store_history": False}
            )

    running = [0]
    client = Client(
        notebook,
        kernel_manager_class=ThisPython,
        timeout=CELL_SECONDS,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=lambda cell, cell_index: running.append(cell_index),
    )
    try:
        client.execute(stderr=subprocess.DEVNULL)
    except (CellControlSignal, CellExecutionError, DeadKernelError) as error:
        place = running[-1]
        code = sum(cell.cell_type == "code" for cell in notebook.cells[:place])
        raise CellFailed(
            f"cell {place + 1} of {len(notebook.cells)} (nbval's Cell {code}) failed:\n{error}"
        ) from error


def refresh(path: Path) -> tuple[float, bool]:
    """Run and store one notebook; the seconds it took and whether the file has changed."""
    old, notebook = read(path), read(path)
    started = time.perf_counter()
    execute(notebook, path.parent)
    seconds = time.perf_counter() - started
    keep_old_pictures(old, clean(notebook))
    content = to_bytes(notebook)
    changed = content != path.read_bytes()
    if changed:
        write(path, content)
    if (cover := cover_of(notebook)) is not None:
        write(path.parent / COVER, cover)
    return seconds, changed


def is_clean(path: Path) -> bool:
    """Whether the stored file is exactly what a refresh with the same results would store."""
    return to_bytes(clean(read(path))) == path.read_bytes()


# The command


def find(names: list[str]) -> list[Path]:
    """The notebooks that are named: by name, by its beginning, or by path; all without names.

    Raises ValueError, with the nearest name, if there is none.
    """
    book = {path.stem: path for path in notebooks()}
    if not names:
        return list(book.values())
    found: dict[Path, None] = {}
    for name in names:
        path = Path(name)
        if path.suffix == ".ipynb" and path.is_file():
            found[path.resolve()] = None
            continue
        matches = [book[stem] for stem in book if stem.startswith(path.stem)]
        exact = [book[path.stem]] if path.stem in book else []
        if not (exact or matches):
            near = difflib.get_close_matches(path.stem, book, n=1, cutoff=0.0)
            hint = f" The nearest is {near[0]!r}." if near else ""
            raise ValueError(f"no notebook {name!r} in {CHAPTERS.name}/.{hint}")
        found.update(dict.fromkeys(exact or matches))
    return list(found)


def shown(path: Path) -> str:
    """The path as a reader types it."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def check(paths: list[Path]) -> int:
    """Print which notebooks are not clean; 1 if there are any."""
    unclean = [path for path in paths if not is_clean(path)]
    for path in unclean:
        print(f"not clean: {shown(path)} (python -m tests.refresh {path.stem})")
    print(f"{len(paths) - len(unclean)} of {len(paths)} notebooks are clean.")
    return 1 if unclean else 0


def run(paths: list[Path]) -> int:
    """Refresh the notebooks one after the other; 1 as soon as a cell fails."""
    total = 0.0
    for path in paths:
        try:
            seconds, changed = refresh(path)
        except CellFailed as error:
            print(f"{shown(path)}: {error}\nThe file was left as it was.", file=sys.stderr)
            return 1
        total += seconds
        print(f"{shown(path):45s} {seconds:6.1f} s  {'written' if changed else 'unchanged'}")
        if seconds > seconds_allowed(path.stem):
            print(f"  warning: more than the {seconds_allowed(path.stem):.0f} s it may take")
        sys.stdout.flush()
    print(f"{len(paths)} notebooks, {total:.1f} s")
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.refresh", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="03c, 03c_backward or a path; all without a name"
    )
    parser.add_argument(
        "--check", action="store_true", help="run nothing; name the notebooks that are not clean"
    )
    options = parser.parse_args(arguments)
    try:
        paths = find(options.names)
    except ValueError as error:
        parser.error(str(error))
    if not paths:
        parser.error(f"there are no notebooks in {CHAPTERS}.")
    settle_environment()
    return check(paths) if options.check else run(paths)


if __name__ == "__main__":
    sys.exit(main())

"""Write the exercises' notebooks from their items: `python -m tests.worksheets [NAMES]`.

A notebook is written where it is missing or its items have changed. One in which somebody has
written is left alone, unless `--force` is given. `--check` writes nothing and names the notebooks
that are not as they are shipped.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from dlcore.classroom import finding
from dlcore.classroom.worksheets import as_text, is_untouched, worksheet
from tests.book import EXERCISES
from tests.refresh import write


def shipped(path: Path) -> dict[str, Any]:
    """The notebook of one file of items, as it is shipped."""
    return worksheet(path.stem, finding.items_of(path))


def stored(path: Path) -> str:
    """The text of the notebook beside a file of items; empty without one."""
    beside = path.with_suffix(".ipynb")
    return beside.read_text(encoding="utf-8") if beside.exists() else ""


def main(arguments: list[str] | None = None, folder: Path = EXERCISES) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="03c, or nothing for all")
    parser.add_argument(
        "--check", action="store_true", help="write nothing, name what is not clean"
    )
    parser.add_argument("--force", action="store_true", help="write over what somebody wrote, too")
    given = parser.parse_args(arguments)
    wrong = 0
    for path in sorted(folder.glob("[0-9A-Z]*_*.py")):
        if given.names and not any(path.stem.startswith(name) for name in given.names):
            continue
        text, there = as_text(shipped(path)), stored(path)
        if text == there:
            continue
        if given.check:
            print(f"{path.stem}.ipynb is not as its items say: run python -m tests.worksheets")
            wrong += 1
        elif there and not given.force and not is_untouched(json.loads(there)):
            print(f"{path.stem}.ipynb was worked in and is left alone; --force writes over it")
            wrong += 1
        else:
            write(path.with_suffix(".ipynb"), text.encode())
            print(f"{path.stem}.ipynb written")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())

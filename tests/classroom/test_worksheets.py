"""Promises about the exercises' notebooks: as shipped, and solved."""

import json
import shutil

import nbformat
import pytest
from nbclient import NotebookClient

from dlcore.classroom import finding
from dlcore.classroom.worksheets import TAG, as_text
from tests.book import EXERCISES
from tests.notebook_form import problems
from tests.worksheets import main, shipped, stored

FILES = sorted(EXERCISES.glob("[0-9A-Z]*_*.py"))
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def answered(item):
    """What a learner who knows the answer writes into its cell."""
    if item.takes_function:
        return f"# {item.id}\n{item.reference}"
    if item.choices:
        return f"# {item.id}\n{item.name} = {item.answer()!r}"
    return f"# {item.id}\n{item.reference}\n{item.name} = {item.name}()"


def verdicts(client, notebook):
    """The first line of what each check shows when the notebook is run from top to bottom."""
    for at, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            client.execute_cell(cell, at)
    checks = [cell for cell in notebook.cells if cell.get("id", "").startswith("check-")]
    return [cell.outputs[0].data["text/plain"].split("\n")[0] for cell in checks]


@every_file
def test_a_notebook_runs_as_shipped_and_passes_when_solved(path, room):
    notebook = nbformat.reads(as_text(shipped(path)), as_version=4)
    items = finding.items_of(path)
    client = NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(room)}})
    with client.setup_kernel():
        first = verdicts(client, notebook)
        assert first == [f"○ {item.id} · {item.title}" for item in items]
        for cell in notebook.cells:
            for tag in cell.metadata.get("tags", []):
                cell.source = answered(finding.item(tag.removeprefix(TAG)))
        solved = verdicts(client, notebook)
    assert [line.split(" · ")[0] for line in solved] == [f"✓ {item.id}" for item in items]


@every_file
def test_a_notebook_keeps_to_the_books_form(path):
    notebook = nbformat.reads(as_text(shipped(path)), as_version=4)
    nbformat.validate(notebook)
    assert problems(notebook, path.with_suffix(".ipynb")) == []


@every_file
def test_the_stored_notebook_is_the_shipped_one_but_for_a_readers_work(path):
    there, ours = json.loads(stored(path)), shipped(path)
    cells = {cell.get("id"): cell for cell in there["cells"]}
    for cell in ours["cells"]:
        mine = cells[cell["id"]]
        if cell["metadata"].get("tags"):
            assert mine["metadata"]["tags"] == cell["metadata"]["tags"]
        else:
            assert "".join(mine["source"]) == "".join(cell["source"])


def test_every_file_of_items_has_its_notebook_and_no_other_stands_there():
    assert {path.stem for path in EXERCISES.glob("*.ipynb")} == {path.stem for path in FILES}


@pytest.fixture
def book(room):
    """Two files of items and their notebooks, as shipped."""
    for path in FILES[:2]:
        shutil.copy(path, room)
    assert main([], room) == 0
    return room


def edited(path, change):
    """A stored notebook after somebody's change, and its text."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook["cells"])
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def answer(cells):
    cells[3]["source"] = ["# mine"]


def add(cells):
    cells.append(cells[1] | {"id": "mine", "source": ["a = 1"]})


@pytest.mark.parametrize("change", [answer, add])
@pytest.mark.parametrize("items", ["as they were", "one gone"])
def test_what_somebody_wrote_is_not_written_over(change, items, book, capsys):
    path = book / f"{FILES[1].stem}.ipynb"
    text = edited(path, change)
    if items == "one gone":
        with path.with_suffix(".py").open("a") as more:
            more.write("\nITEMS = ITEMS[1:]\n")
    capsys.readouterr()
    assert main(["--check"], book) == main([], book) == 1
    assert "was worked in" in capsys.readouterr().out
    assert path.read_text(encoding="utf-8") == text
    assert main(["--force"], book) == main(["--check"], book) == 0


def test_a_notebook_that_was_only_run_is_written_anew_when_its_items_change(book):
    path = book / f"{FILES[1].stem}.ipynb"
    edited(path, lambda cells: cells[1].update(execution_count=3))
    with path.with_suffix(".py").open("a") as more:
        more.write("\nITEMS = ITEMS[1:]\n")
    assert main(["--check"], book) == 1
    assert main([], book) == main(["--check"], book) == 0

"""Promises about formulas: each one that is derived in the book is verified by a cell of code.

A markdown cell with a displayed formula is tagged `definition`, or `derivation:NAME`; the code
cell below it that tries the formula with numbers is tagged `verifies:NAME` and prints True.
`python -m tests.test_derivations` lists the pairs.
"""

from collections.abc import Iterator

import nbformat
import pytest
from nbformat import NotebookNode

from tests.book import CHAPTERS, notebooks
from tests.notebook_form import cells, tags, texts, without_code
from tests.refresh import read

BOOK = notebooks(CHAPTERS)


def named(cell: NotebookNode, kind: str) -> list[str]:
    """The names that follow `kind:` in a cell's tags."""
    return [tag.partition(":")[2] for tag in tags(cell) if tag.startswith(f"{kind}:")]


def derivations(notebook: NotebookNode) -> dict[str, int]:
    """The name of every derivation and the number of its cell."""
    written = cells(notebook, "markdown")
    return {name: number for number, cell in written for name in named(cell, "derivation")}


def said(cell: NotebookNode) -> str:
    """What a code cell prints."""
    return "\n".join(map(texts, cell.outputs))


def gaps(notebook: NotebookNode) -> Iterator[str]:
    """A sentence for each formula that nothing verifies, and for each check of no formula."""
    for number, cell in cells(notebook, "markdown"):
        marked = "definition" in tags(cell) or named(cell, "derivation")
        if "$$" in without_code(cell.source) and not marked:
            yield f"cell {number} displays a formula: tag it `derivation:NAME` or `definition`."
    derived = derivations(notebook)
    verified = set()
    for number, cell in cells(notebook, "code"):
        for name in named(cell, "verifies"):
            verified.add(name)
            if number < derived.get(name, number + 1):
                yield f"cell {number} verifies {name!r}, which is not derived above it."
            if "True" not in said(cell) or "False" in said(cell):
                yield f"cell {number} verifies {name!r} but does not print True, and only True."
    for name in sorted(derived.keys() - verified):
        yield f"cell {derived[name]}: nothing verifies the derivation {name!r}."


@pytest.mark.parametrize("path", BOOK, ids=lambda path: path.stem)
def test_every_displayed_derivation_is_verified_by_a_cell_below_it(path):
    assert list(gaps(read(path))) == []


def test_no_two_derivations_share_a_name():
    names = [name for path in BOOK for name in derivations(read(path))]
    assert len(names) == len(set(names))


def small_notebook(markdown_tags, code_tags, printed):
    """A formula, and below it a cell that prints."""
    formula = nbformat.v4.new_markdown_cell("So $$a = b.$$", metadata={"tags": markdown_tags})
    output = nbformat.v4.new_output("stream", name="stdout", text=printed)
    code = nbformat.v4.new_code_cell("1", metadata={"tags": code_tags}, outputs=[output])
    return nbformat.v4.new_notebook(cells=[formula, code])


@pytest.mark.parametrize(
    ("markdown_tags", "code_tags", "printed", "complaint"),
    [
        ([], [], "", "displays a formula"),
        (["derivation:x"], [], "True", "nothing verifies"),
        (["derivation:x"], ["verifies:x"], "0.31", "does not print True"),
        (["derivation:x"], ["verifies:x"], "True False", "does not print True"),
        (["definition"], ["verifies:x"], "True", "not derived above"),
    ],
)
def test_the_check_sees_every_gap(markdown_tags, code_tags, printed, complaint):
    found = list(gaps(small_notebook(markdown_tags, code_tags, printed)))
    assert any(complaint in sentence for sentence in found)
    assert list(gaps(small_notebook(["derivation:x"], ["verifies:x"], "same: True"))) == []


if __name__ == "__main__":
    for path in BOOK:
        for name, number in derivations(read(path)).items():
            print(f"{path.stem:28} cell {number:2}  {name}")

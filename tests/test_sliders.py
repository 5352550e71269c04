"""Promises about the sliders of the notebooks: they work, also after the whole notebook has run.

A slider's `draw` is called when the reader moves it, which may be long after its cell: by then
later cells must not have changed what it draws from.
"""

import copy

import nbformat
import pytest
from nbclient import NotebookClient

from tests.book import CHAPTERS, notebooks
from tests.refresh import read

COLLECT = """
from dlcore import figures as _figures

_explorers = []

def _explore(draw, alt, *, figsize=(6.4, 3.6), frames=None, **controls):
    _explorers.append(_figures.Explorer(draw, alt, controls, figsize))

_figures.explore = _explore
"""

MOVE = """
import io as _io
import numpy as _np
from PIL import Image as _Image

def _pixels(png):
    return _np.asarray(_Image.open(_io.BytesIO(png)).convert("L"), dtype=float)

def _ends(control):
    if hasattr(control, "max"):
        return control.min, control.max
    return control.options if hasattr(control, "options") else (True, False)

for _explorer in _explorers:
    for _name, _control in _explorer.controls.items():
        _start = _control.value
        for _value in (*_ends(_control), _start):
            _explorer.draw_at(**{_name: _value})
            assert not _explorer.message.value, (_name, _value, _explorer.message.value)
    _moved = _np.abs(_pixels(_explorer.png) - _pixels(_explorer.still)) > 64
    assert _moved.mean() < 0.001, f"back at the start, {_moved.mean():.1%} of the picture differ"
print(len(_explorers), "explored")
"""


def uses_explore(path):
    return any("explore(" in cell.source for cell in read(path).cells if cell.cell_type == "code")


LIVE = [path for path in notebooks(CHAPTERS) if uses_explore(path)]


def test_there_are_sliders_to_move():
    assert LIVE


@pytest.mark.parametrize("path", LIVE, ids=lambda path: path.stem)
def test_every_slider_reaches_both_ends_after_the_whole_notebook_has_run(path):
    notebook = copy.deepcopy(read(path))
    notebook.cells.insert(0, nbformat.v4.new_code_cell(COLLECT))
    notebook.cells.append(nbformat.v4.new_code_cell(MOVE))
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources).execute()
    # where the kernel cuts a stream is chance
    moved = "".join(o.text for o in notebook.cells[-1].outputs if o.output_type == "stream")
    assert int(moved.split()[0]) == sum("explore(" in c.source for c in notebook.cells[1:-1])

"""Promises of the notebooks in JupyterLab: they run, and their sliders move by keyboard."""

import pytest

from tests.book import CHAPTERS, EXERCISES, ROOT, notebooks
from tests.browser.chromium import complaints
from tests.refresh import read

pytestmark = pytest.mark.browser

NOTEBOOKS = [*notebooks(CHAPTERS), *notebooks(EXERCISES)]


def explored(path):
    """How many figures with sliders a notebook has."""
    return sum(
        "explore(" in cell.source and "def explore" not in cell.source
        for cell in read(path).cells
        if cell.cell_type == "code"
    )


def to_both_ends_and_back(slider):
    """Move a slider by keyboard; every picture on the way must be drawn without an error."""
    start = slider.state
    for key, end in (("END", "max"), ("HOME", "min")):
        state = slider.press(key)
        assert state["now"] == state[end]
        assert not state["alert"], f"at {state['value']}: {state['alert']}"
    for _ in range(1000):
        if slider.state["value"] == start["value"]:
            return
        state = slider.press("ARROW_RIGHT")
        assert not state["alert"], f"at {state['value']}: {state['alert']}"
    pytest.fail(f"the arrow keys did not lead back to {start['value']}")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_its_sliders_move_to_both_ends_and_back(path, jupyterlab):
    complaints(jupyterlab.driver)  # those of the notebook before
    assert jupyterlab.run(path.relative_to(ROOT).as_posix()) == []
    try:
        for slider in jupyterlab.sliders(explored(path)):
            assert slider.handle.aria_role == "slider"
            label = slider.handle.find_element("xpath", "ancestor::*[label][1]/label").text
            assert slider.handle.accessible_name == label != ""
            to_both_ends_and_back(slider)
        assert complaints(jupyterlab.driver) == []
    finally:
        jupyterlab.close()

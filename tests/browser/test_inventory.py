"""Promises of the concept inventory in JupyterLab: it counts, it remembers, it shows the key."""

import pytest

from dlcore.classroom.inventory import QUESTIONS
from tests.book import CHAPTERS, ROOT

pytestmark = pytest.mark.browser

FORM = ".jp-NotebookPanel:not(.lm-mod-hidden) form.dlcore-inventory"
CHOOSE = """
const [form, picks] = [document.querySelector(arguments[0]), arguments[1]];
for (const [name, value] of Object.entries(picks)) {
  form.querySelector(`input[name="${name}"][value="${value}"]`).click();
}
form.querySelector("button").click();
return form.querySelector("output").textContent;
"""
VERDICTS = """
return [...document.querySelectorAll(arguments[0] + " .verdict")].map((v) => v.textContent)
"""


@pytest.fixture
def form(jupyterlab):
    """Chapter 0 after Run All; the function gives picks to the form and returns what it says."""
    path = (CHAPTERS / "00_start.ipynb").relative_to(ROOT).as_posix()

    def scored(picks):
        return jupyterlab.driver.execute_script(CHOOSE, FORM, picks)

    def verdicts():
        return jupyterlab.driver.execute_script(VERDICTS, FORM)

    assert jupyterlab.run(path) == []
    yield scored, verdicts, lambda: (jupyterlab.close(), jupyterlab.run(path))
    jupyterlab.close()


def picks(answer_off=frozenset(), reason_off=frozenset()):
    """The right choices, but for the questions named."""
    chosen = {}
    for i, q in enumerate(QUESTIONS, 1):
        chosen[f"answer{i}"] = (q.key[0] + (i in answer_off)) % len(q.answers)
        chosen[f"reason{i}"] = (q.key[1] + (i in reason_off)) % len(q.reasons)
    return chosen


def test_it_counts_right_answers_only_with_their_reasons_and_remembers_the_choices(form):
    scored, verdicts, reopen = form
    assert scored({}).startswith("0 of 25 right with the right reason, 0 with another reason, 25")
    told = scored(picks(answer_off={2, 3}, reason_off={3, 7}))
    assert told.startswith("22 of 25 right with the right reason, 1 with another reason, 0 open")
    assert verdicts()[0].startswith("✓")
    assert verdicts()[1].startswith("✗")
    assert verdicts()[6].startswith("◐")
    reopen()
    assert scored({}).startswith("22 of 25")

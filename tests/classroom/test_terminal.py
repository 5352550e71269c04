"""Promises about the command `dlcore`: real files, saved and checked in real processes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from dlcore.classroom import finding, record
from dlcore.classroom.worksheets import as_text, worksheet
from tests.book import EXERCISES

COMMAND = [sys.executable, "-P", "-m", "dlcore.classroom.terminal"]  # as the installed script
RIGHT = finding.item("03b.1").reference
WRONG = RIGHT.replace("per_row.mean()", "per_row.sum()")
UNSPEAKABLE = """class Unspeakable(Exception):
    def __str__(self):
        raise ValueError"""
LEFT_BEHIND = """import threading, time
threading.Thread(target=lambda: time.sleep(1000)).start()"""
PATIENCE = 60  # seconds, on a busy machine


def dlcore(*arguments):
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, encoding="utf-8", timeout=PATIENCE
    )


def with_answers(path, **answers):
    """The notebook of 3b, saved with these answers: x03b_1="…"."""
    items = finding.items_of(EXERCISES / "03b_error.py")
    notebook = worksheet("03b_error", items)
    for name, code in answers.items():
        id = name[1:].replace("_", ".")
        cell = next(c for c in notebook["cells"] if f"answer:{id}" in c["metadata"].get("tags", []))
        cell["source"] = [f"# {id}\n{code}"]
    path.write_text(as_text(notebook), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("answers", "code", "said"),
    [
        ({}, 3, ""),
        ({"x03b_1": RIGHT}, 0, "✓ 03b.1"),
        ({"x03b_1": WRONG}, 1, "a sum over the rows"),
        ({"x03b_1": RIGHT, "x03b_3": "1 +"}, 1, "SyntaxError"),
        ({"x03b_1": "import os\nos._exit(1)"}, 1, "ended Python altogether"),
        ({"x03b_1": "%time\n!ls\nprint('x' * 10**7)\n" + RIGHT}, 0, "✓ 03b.1"),
        ({"x03b_1": f"boom\n{RIGHT}"}, 1, "name 'boom' is not defined, in line 2"),
        ({"x03b_1": f"{UNSPEAKABLE}\nraise Unspeakable"}, 1, "It raised Unspeakable, in line"),
        ({"x03b_1": f"{LEFT_BEHIND}\n{RIGHT}"}, 0, "✓ 03b.1"),
    ],
)
def test_a_saved_notebook_is_checked_once(room, answers, code, said):
    ran = dlcore("check", with_answers(room / "03b_error.ipynb", **answers))
    assert ran.returncode == code, ran.stdout + ran.stderr
    assert said in ran.stdout


def test_answers_in_python_text_are_checked_with_their_helpers(room):
    path = room / "mine.py"
    path.write_text(f"import numpy as np\nhalf = 0.5\n# %% 03b.1\n{RIGHT.replace('0.5', 'half')}")
    ran = dlcore("check", "--json", path)
    verdict = json.loads(ran.stdout)
    assert (ran.returncode, verdict["id"], verdict["passed"]) == (0, "03b.1", True)
    assert verdict["file"] == str(path)
    assert record.read()["03b.1"]["passed"]


def test_an_endless_cell_is_stopped_and_the_others_are_checked(room):
    path = with_answers(room / "03b_error.ipynb", x03b_1=RIGHT, x03b_2="while True: pass")
    results = room / "results"
    results.touch()
    names = f"Path({str(path)!r}), Path({str(results)!r}), {{'03b.1', '03b.2'}}"
    code = (
        "from pathlib import Path\nfrom dlcore.classroom import saved\nsaved.CELL_SECONDS = 0.2\n"
    )
    subprocess.run(
        [sys.executable, "-c", f"{code}saved._work({names})"], timeout=PATIENCE, check=True
    )
    verdicts = map(json.loads, results.read_text().splitlines())
    kinds = {verdict["id"]: verdict["kind"] for verdict in verdicts}
    assert kinds == {"03b.1": "correct", "03b.2": "too slow"}


@pytest.mark.parametrize("before", ["import os; os._exit(0)", "import os; os.abort()"])
def test_what_a_file_that_ends_python_did_not_reach_is_told(before, room):
    (room / "mine.py").write_text(f"{before}\n# 03b.1\n{RIGHT}")
    ran = dlcore("check", room / "mine.py")
    assert ran.returncode == 1
    assert "✗ 03b.1\nThe file ended Python altogether before this was judged." in ran.stdout


def test_a_file_that_hides_numpy_is_told_so(room):
    (room / "numpy.py").write_text("")
    (room / "mine.py").write_text(f"# 03b.1\n{RIGHT}")
    ran = dlcore("check", room / "mine.py")
    assert (ran.returncode, "numpy" in ran.stdout) == (1, True)


def test_an_earlier_cells_answer_is_not_taken_for_this_ones(room):
    (room / "mine.py").write_text(f"{RIGHT}# 03b.1\nother = 1\n")
    assert dlcore("check", room / "mine.py").returncode == 3


def test_a_part_that_answers_nothing_and_raises_is_told(room):
    (room / "mine.py").write_text(f"half = 1 / 0\n# 03b.1\n{RIGHT}")
    ran = dlcore("check", room / "mine.py")
    assert ran.returncode == 1
    assert "ZeroDivisionError" in ran.stdout and "✓ 03b.1" in ran.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "no whole notebook"), ('{"cells": 3}', "cannot be read"), ("<<<<<<< HEAD\n{}", "whole")],
)
def test_a_broken_notebook_is_told_calmly(room, text, said):
    (room / "03b_error.ipynb").write_text(text)
    ran = dlcore("check", room / "03b_error.ipynb")
    assert ran.returncode == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_unknown_exercise_names_the_nearest(room):
    ran = dlcore("hint", "03b1")
    assert (ran.returncode, "Did you mean '03b.1'?" in ran.stderr) == (2, True)
    (room / "mine.py").write_text("# 03b.99\nx = 1\n")
    ran = dlcore("check", room / "mine.py")
    assert (ran.returncode, "there is no exercise '03b.99'" in ran.stdout) == (2, True)
    assert dlcore("check", room / "nowhere.ipynb").returncode == 2


def test_items_are_no_answers(room):
    shutil.copy(EXERCISES / "03b_error.py", room)
    ran = dlcore("check", room)
    assert (ran.returncode, "Nothing was attempted" in ran.stderr) == (3, True)
    ran = dlcore("check", room / "03b_error.py")
    assert (ran.returncode, "no answers" in ran.stderr) == (2, True)


def test_hints_solutions_and_progress_are_there(room):
    assert finding.item("03b.1").hints[0] in dlcore("hint", "03b.1").stdout
    assert finding.item("03b.1").hints[2] in dlcore("hint", "03b.1", "--level", "3").stdout
    assert "per_row" in dlcore("solution", "03b.1").stdout
    assert "exercises passed" in dlcore("progress").stdout
    assert "exit codes" in dlcore("check", "--help").stdout
    assert dlcore("fly").returncode == 2


class Watching:
    """`dlcore watch` on a folder, and what it has said so far."""

    def __init__(self, folder):
        environment = os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
        self.process = subprocess.Popen(
            [*COMMAND, "watch", str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env=environment,
        )
        self.said = ""
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def _listen(self):
        for line in self.process.stdout:
            self.said += line

    def has(self, text, seconds):
        """Whether it says this before so many seconds are over."""
        end = time.monotonic() + seconds
        while text not in self.said and time.monotonic() < end:
            time.sleep(0.05)
        return text in self.said

    def until(self, text):
        assert self.has(text, PATIENCE), self.said


@pytest.fixture(params=["the folder", "the file"])
def watching(request, room):
    notebook = with_answers(room / "03b_error.ipynb")
    there = Watching(room if request.param == "the folder" else notebook)
    there.until("Watching")
    yield there
    there.process.kill()
    there.process.wait()
    there.listener.join()
    there.process.stdout.close()


def test_each_save_is_checked_and_ctrl_c_ends_calmly(room, watching):
    notebook = room / "03b_error.ipynb"
    # The first is saved again and again: the system may not tell of changes from the first moment.
    for attempt in range(PATIENCE):
        with_answers(notebook, x03b_1=f"{WRONG}# {attempt}\n")
        if watching.has("0 of 4 in 03b_error.ipynb passed. Next: 03b.1.", seconds=2):
            break
    assert "a sum over the rows" in watching.said
    for answer, passed in ((RIGHT, "1 of 4"), (WRONG, "the 1/n of the mean"), (RIGHT, "✓ 03b.1")):
        watching.said = ""
        with_answers(room / "new", x03b_1=answer).replace(notebook)  # as editors save: by a rename
        watching.until(passed)
        watching.until("Next: 03b.2.")
    notebook.write_text("{")
    watching.until("no whole notebook")
    watching.said = ""
    with_answers(notebook, x03b_1=RIGHT, x03b_2="boom")
    watching.until("name 'boom' is not defined")
    assert "03b.1 ·" not in watching.said  # what did not change is not checked again
    watching.process.send_signal(signal.SIGINT)
    assert watching.process.wait(PATIENCE) == 0
    watching.until("exercises passed")
    assert "Traceback" not in watching.said

"""Promises of the machinery: notebooks are stored clean, and what they print stays compared."""

import base64
import copy
import io
import json
import os
import re
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from dlcore.figures.sliders import NAMES
from tests import conftest, refresh
from tests.book import CHAPTERS, ROOT

SANITIZER = ROOT / "tests" / "sanitize.cfg"


def png(colour, size=(4, 3)):
    """A picture of one colour, as a notebook stores it."""
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, format="png")
    return base64.b64encode(stream.getvalue()).decode()


def picture(data, **more):
    return new_output("display_data", {"image/png": data, **more})


def one_cell(*outputs):
    return new_notebook(cells=[new_code_cell("show()", id="one", outputs=list(outputs))])


# Cleaning


def test_cleaning_strips_times_widgets_and_versions_and_keeps_tags_and_outputs():
    bar = {refresh.WIDGET: {}, "text/plain": "  0%|          | 0/30 [00:00<?, ?step/s]"}
    notebook = one_cell(
        new_output("stream", name="stdout", text="a\n"),
        new_output("stream", name="stdout", text="b\n"),
        new_output("display_data", bar),
        new_output("stream", name="stderr", text="\r100%|#####| 30/30 [00:01<00:00, 30it/s]"),
        picture(png("red") + "\n", **{refresh.WIDGET: {"model_id": "7"}}),
        new_output("display_data", {"text/html": NAMES, "text/plain": ""}),
        new_output("stream", name="stderr", text="a real warning\n"),
    )
    cell = notebook.cells[0]
    cell.metadata = {"tags": ["answer"], "execution": {"iopub.execute_input": "2026"}, "vs": 1}
    notebook.metadata = {"widgets": {"state": {}}, "language_info": {"version": "3.11.7"}}
    refresh.clean(notebook)
    assert notebook.metadata == {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    assert cell.metadata == {"tags": ["answer"]}
    assert cell.execution_count == 1
    assert [output.get("text") for output in cell.outputs] == ["a\nb\n", None, "a real warning\n"]
    assert cell.outputs[1].data == {"image/png": png("red")}


def test_ids_are_kept_made_unique_and_the_same_at_every_reading(tmp_path):
    path = tmp_path / "x.ipynb"
    cells = [new_markdown_cell("one", id="same"), new_markdown_cell("two", id="same")]
    raw = json.loads(nbformat.writes(new_notebook(cells=cells[:1])))
    raw["cells"] += [{**cells[1]}, {"cell_type": "markdown", "metadata": {}, "source": ["three"]}]
    path.write_text(json.dumps(raw), encoding="utf-8")
    ids = [cell.id for cell in refresh.read(path).cells]
    assert ids[0] == "same"
    assert len(set(ids)) == 3
    assert ids == [cell.id for cell in refresh.read(path).cells]


def test_a_stored_notebook_is_utf8_indented_by_one_and_ends_in_a_newline():
    stored = refresh.to_bytes(new_notebook(cells=[new_markdown_cell("η · 学习率", id="a")]))
    assert "η · 学习率".encode() in stored
    assert stored.startswith(b'{\n "cells"')
    assert stored.endswith(b"}\n")
    assert b"\r" not in stored


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (png((100, 100, 100)), png((104, 100, 100)), True),
        (png((100, 100, 100)), png((130, 100, 100)), False),
        (png("red"), png("red", size=(5, 3)), False),
    ],
    ids=["nearly equal", "another colour", "another size"],
)
def test_a_picture_keeps_its_bytes_only_while_it_looks_the_same(before, after, kept):
    new = one_cell(picture(after))
    refresh.keep_old_pictures(one_cell(picture(before)), new)
    assert new.cells[0].outputs[0].data["image/png"] == (before if kept else after)


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x.ipynb"
    path.write_bytes(b"old")

    def refuse(*_):
        raise OSError("no")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="no"):
        refresh.write(path, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["x.ipynb"]
    assert path.read_bytes() == b"old"


# The command


def test_notebooks_are_found_by_name_by_beginning_and_by_path(tmp_path, monkeypatch):
    book = [CHAPTERS / f"{name}.ipynb" for name in ("03a_forward", "03b_error", "A_understanding")]
    monkeypatch.setattr(refresh, "notebooks", lambda: book)
    elsewhere = tmp_path / "x.ipynb"
    elsewhere.touch()
    assert refresh.find([]) == book
    assert refresh.find(["03b", "03a_forward"]) == [book[1], book[0]]
    assert refresh.find(["03", "03a"]) == book[:2]
    assert refresh.find(["chapters/A_understanding.ipynb"]) == [book[2]]
    assert refresh.find([str(elsewhere)]) == [elsewhere.resolve()]
    with pytest.raises(ValueError, match=r"no notebook '03a_foward'.*nearest is '03a_forward'"):
        refresh.find(["03a_foward"])


def test_check_runs_nothing_and_names_what_is_not_clean(tmp_path, capsys):
    path = tmp_path / "x.ipynb"
    notebook = one_cell(new_output("stream", name="stdout", text="kept though never run\n"))
    refresh.write(path, refresh.to_bytes(refresh.clean(notebook)))
    assert refresh.main(["--check", str(path)]) == 0
    path.write_bytes(path.read_bytes().rstrip())
    assert refresh.main(["--check", str(path)]) == 1
    assert f"not clean: {path}" in capsys.readouterr().out


def test_a_refresh_runs_in_the_notebooks_folder_and_repeats_byte_for_byte(tmp_path, capsys):
    (tmp_path / "beside.txt").write_text("0.5", encoding="utf-8")
    path = tmp_path / "x.ipynb"
    code = ["print(open('beside.txt').read())", "1 + 1;", "print('a', flush=True)\nprint('b')"]
    path.write_bytes(refresh.to_bytes(new_notebook(cells=[new_code_cell(c) for c in code])))
    assert refresh.main([str(path)]) == 0
    first = path.read_bytes()
    shown = [cell.outputs[0] for cell in refresh.read(path).cells]
    assert [shown[0].text, shown[1].data["text/plain"], shown[2].text] == ["0.5\n", "2", "a\nb\n"]
    assert refresh.main([str(path)]) == 0
    assert path.read_bytes() == first
    assert "unchanged" in capsys.readouterr().out


def test_a_failing_cell_stops_the_refresh_and_leaves_the_file(tmp_path, capsys):
    path = tmp_path / "x.ipynb"
    cells = [new_markdown_cell("# x"), new_code_cell("a = 1"), new_code_cell("a / 0")]
    path.write_bytes(refresh.to_bytes(new_notebook(cells=cells)))
    before = path.read_bytes()
    assert refresh.main([str(path)]) == 1
    said = capsys.readouterr().err
    assert "x.ipynb: cell 3 of 3 (nbval's Cell 1) failed" in said
    assert "ZeroDivisionError" in said
    assert path.read_bytes() == before


# What the comparison forgives, and what not


def sanitized(text):
    """A text after the replacements that nbval reads from the file."""
    written = SANITIZER.read_text(encoding="ascii")
    for pattern, replacement in re.findall(
        "^regex: (.*)$\n^replace: (.*)$", written, flags=re.MULTILINE
    ):
        text = re.sub(pattern, replacement, text)
    return text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("took 12.3 s", "took 9 s"),
        ("4.5 ms per step", "12 ms per step"),
        ("120 µs", "98.1 μs"),
        ("350ns", "1.2 us"),
        ("in 2.5s, not", "in 13.25s, not"),
        ("1.2e-05 s.", "3e-06 s."),
        ("3.1 seconds (2 minutes)", "2 seconds (1 minute)"),
        ("4.5 ms ± 120 µs per loop", "3 ms ± 8 µs per loop"),
        ("1,204.5 it/s", "88it/s"),
        ("12.5k examples/s", "9 examples/s"),
        ("<object at 0x7efd56fcaf10>", "<object at 0x7f0000000010>"),
        ("in /home/me/dlcore/x.py:", "in /Users/you/x.py:"),
        (r"in C:\Users\me\x.py", r"in D:\a\b\x.py"),
        ("/tmp/ipykernel_123/9876.py", "/tmp/ipykernel_9/1.py"),
    ],
)
def test_times_speeds_addresses_and_paths_are_forgiven(one, other):
    assert sanitized(one) == sanitized(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.291027924", "0.291027774"),
        ("loss: 0.29 - accuracy: 0.91", "loss: 0.30 - accuracy: 0.91"),
        ("97.7 %", "97.6 %"),
        ("784 inputs", "785 inputs"),
        ("3 steps", "4 steps"),
        ("12 samples", "13 samples"),
        ("7 minima, 2 saddles", "8 minima, 2 saddles"),
        ("speed 3.0 m/s", "speed 4.0 m/s"),
        ("3.1 s^2", "3.2 s^2"),
        ("max 0.52 min 0.11", "max 0.53 min 0.11"),
        ("1.5 million", "1.6 million"),
        ("the 7s and 9s", "the 8s and 9s"),
        ("shape (3, 4) and a/b/c", "shape (3, 5) and a/b/c"),
        ("0x1F", "0x2F"),
        ("epoch 3/10 in 2 s", "epoch 4/10 in 2 s"),
    ],
)
def test_every_other_number_stays_compared(one, other):
    assert sanitized(one) != sanitized(other)


def nbval_outcomes(folder, *options):
    """What pytest says of the notebooks in a folder under the project's own settings."""
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", folder]
    command += ["-p", "no:cacheprovider", "-rA", "-q", "--color=no", *options, folder]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    said = re.findall(r"^(PASSED|FAILED|ERROR) (\S+)::Cell (\d+)", run.stdout, re.MULTILINE)
    assert said, run.stdout + run.stderr
    return {(file.split("/")[-1], int(cell)): outcome for outcome, file, cell in said}


def test_nbval_sees_a_changed_number_and_forgives_a_changed_time(tmp_path):
    code = ["print(0.291027924)", "print('it took 12.5 ms')", "{'loss': 0.25}"]
    right = new_notebook(cells=[new_code_cell(source) for source in code])
    shown = ["0.291027924\n", "it took 3.1 s\n"]
    for cell, text in zip(right.cells, shown, strict=False):
        cell.outputs = [new_output("stream", name="stdout", text=text)]
    result = {"text/plain": "{'loss': 0.25}"}
    right.cells[2].outputs = [new_output("execute_result", result, execution_count=3)]
    wrong = copy.deepcopy(right)
    wrong.cells[0].outputs[0].text = "0.291027774\n"
    wrong.cells[1].outputs[0].text = "it took 3.1 steps\n"
    wrong.cells[2].outputs[0].data["text/plain"] = "{'loss': 0.26}"
    for name, notebook in (("right.ipynb", right), ("wrong.ipynb", wrong)):
        refresh.write(tmp_path / name, refresh.to_bytes(refresh.clean(notebook)))
    outcomes = nbval_outcomes(tmp_path)
    assert [outcomes["right.ipynb", cell] for cell in range(3)] == ["PASSED"] * 3
    assert [outcomes["wrong.ipynb", cell] for cell in range(3)] == ["FAILED"] * 3


# How long the notebooks take


class Report:
    def __init__(self, nodeid, duration):
        self.nodeid, self.duration = nodeid, duration


@pytest.mark.parametrize(("ci", "fails"), [("true", True), ("", False)])
def test_a_slow_notebook_fails_only_on_the_projects_own_machines(monkeypatch, ci, fails):
    monkeypatch.setenv("CI", ci)
    times = conftest.NotebookTimes()
    for report in (
        Report("chapters/03a_forward.ipynb::Cell 0", 9.0),
        Report("chapters/03a_forward.ipynb::Cell 1", 6.5),
        Report("chapters/06a_images.ipynb::Cell 0", 24.0),
        Report("tests/test_x.py::test", 500.0),
    ):
        times.pytest_runtest_logreport(report)
    assert times.too_slow() == ["chapters/03a_forward.ipynb took 15.5 s; it may take 15 s."]

    class Session:
        config, exitstatus = object(), pytest.ExitCode.OK

    times.pytest_sessionfinish(Session, pytest.ExitCode.OK)
    assert Session.exitstatus == (pytest.ExitCode.TESTS_FAILED if fails else pytest.ExitCode.OK)


def test_the_whole_book_has_a_limit_too():
    times = conftest.NotebookTimes()
    for chapter in range(13):
        times.pytest_runtest_logreport(Report(f"chapters/{chapter}.ipynb::Cell 0", 14.0))
    assert times.too_slow() == ["the whole book took 182.0 s; it may take 180 s."]

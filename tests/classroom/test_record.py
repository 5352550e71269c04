"""Promises about the learner's record: small, whole, and never lost."""

import json
import subprocess
import sys
import time

import pytest
from filelock import FileLock

from dlcore.classroom import check, finding, hint, record, solution

LOCK = f"{record.NAME}.lock"
RIGHT = finding.item("03b.1").answer()


def wrong(prediction, target):
    return RIGHT(prediction, target) * len(target)


def test_attempts_hints_passes_and_mistakes_are_kept(room):
    check("03b.1", wrong)
    hint("03b.1")
    check("03b.1", wrong)
    check("03b.1", RIGHT)
    kept = json.loads((room / record.NAME).read_text())
    assert kept["version"] == 1
    assert kept["items"]["03b.1"] == {
        "attempts": 3,
        "passed": True,
        "points": 2,
        "hints": 1,
        "solution": False,
        "mistakes": {"missing-1-over-n": 2, "sum-not-mean-loss": 2},
    }
    assert {path.name for path in room.iterdir()} - {LOCK} == {record.NAME}


def test_what_was_passed_stays_passed():
    check("03b.1", RIGHT)
    check("03b.1", wrong)
    assert record.read()["03b.1"]["passed"]
    assert record.read()["03b.1"]["points"] == 2


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "{",
        "[]",
        "null",
        '{"version": 1}',
        '{"version": "x", "items": {}}',
        '{"version": 1, "items": []}',
        '{"version": 1, "items": {"03b.1": {}}}',
        '{"version": 1, "items": {"03b.1": 7}}',
        "\0" * 100,
        "[" * 100_000,
    ],
    ids=range(11),
)
def test_a_damaged_record_is_set_aside_and_kept(room, damage):
    (room / record.NAME).write_text(damage)
    for _ in range(2):
        assert check("03b.1", RIGHT).passed
    assert record.read()["03b.1"]["attempts"] == 2
    assert (room / "dlcore-progress.damaged-1.json").read_text() == damage


def test_bytes_that_are_no_text_are_set_aside(room):
    (room / record.NAME).write_bytes(b"\xff\xfe\xff")
    check("03b.1", RIGHT)
    assert (room / "dlcore-progress.damaged-1.json").read_bytes() == b"\xff\xfe\xff"


def test_a_second_damaged_record_does_not_take_the_firsts_place(room):
    for damage in ("first", "second"):
        (room / record.NAME).write_text(damage)
        check("03b.1", RIGHT)
    aside = sorted(path.read_text() for path in room.glob("*damaged*"))
    assert aside == ["first", "second"]


def test_a_newer_record_is_left_alone(room):
    newer = '{"version": 2, "items": "in another form"}'
    (room / record.NAME).write_text(newer)
    assert check("03b.1", RIGHT).passed
    assert (room / record.NAME).read_text() == newer


def test_a_crash_while_writing_leaves_the_record_as_it_was(room, monkeypatch):
    check("03b.1", RIGHT)
    before = (room / record.NAME).read_text()

    def crash(*args):
        raise OSError("the disk is full")

    monkeypatch.setattr("os.replace", crash)
    assert not check("03b.1", wrong).passed
    assert (room / record.NAME).read_text() == before
    assert {path.name for path in room.iterdir()} - {LOCK} == {record.NAME}


ADDING = """
from dlcore.classroom import record
for _ in range({times}):
    record.change("03b.1", lambda entry: entry.update(attempts=entry["attempts"] + 1))
"""


def adding(times):
    """Another process that adds attempts, in the same folder."""
    return subprocess.Popen([sys.executable, "-c", ADDING.format(times=times)])


def test_processes_that_write_at_the_same_moment_lose_nothing(room):
    writers = [adding(50) for _ in range(3)]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    assert record.read()["03b.1"]["attempts"] == 150


def test_a_process_killed_in_the_middle_leaves_the_record_whole(room):
    for before in (0, 1, 2):
        writer = adding(100_000)
        while record.read().get("03b.1", {}).get("attempts", 0) < 20 * (before + 1):
            assert writer.poll() is None
        writer.kill()
        writer.wait()
        kept = json.loads((room / record.NAME).read_text())["items"]["03b.1"]["attempts"]
        assert kept >= 20 * (before + 1)
    record.change("03b.1", lambda entry: entry.update(attempts=0))
    assert record.read()["03b.1"]["attempts"] == 0
    assert not list(room.glob("*damaged*"))


def test_a_lock_that_is_held_for_ever_delays_a_check_and_does_not_stop_it(room, monkeypatch):
    monkeypatch.setattr(record, "PATIENCE", 0.1)
    with FileLock(room / LOCK):
        began = time.monotonic()
        assert check("03b.1", RIGHT).passed
        assert time.monotonic() - began < 5
    assert record.read()["03b.1"]["passed"]


def test_where_no_lock_can_be_made_a_check_goes_on(room):
    (room / LOCK).mkdir()
    assert check("03b.1", RIGHT).passed
    assert record.read()["03b.1"]["passed"]


def test_the_record_lies_beside_the_readers_exercises(room, monkeypatch):
    (room / "exercises").mkdir()
    (room / "exercises" / "03b_error.py").write_text("ITEMS = []")
    (room / "chapters").mkdir()
    for folder in ("chapters", "exercises", "."):
        monkeypatch.chdir(room / folder)
        assert record.path() == room / "exercises" / record.NAME


def test_hints_go_from_a_nudge_to_nearly_the_answer():
    item = finding.item("03b.1")
    for expected in (*item.hints, item.hints[2]):
        assert expected in hint("03b.1")
    assert item.hints[0] in hint("03b.1", 1)
    for level in (0, 4, "2"):
        with pytest.raises((ValueError, TypeError), match="level"):
            hint("03b.1", level)


def test_a_solution_shows_code_that_passes_and_explains_it():
    text = solution("03b.1")
    namespace = {}
    exec("import numpy as np\n" + text.split("```python\n")[1].split("```")[0], namespace)
    assert check("03b.1", namespace["squared_error"]).passed
    assert finding.item("03b.1").explanation in text
    assert record.read()["03b.1"]["solution"]

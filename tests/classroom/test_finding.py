"""Promises about where exercises are looked for, and what an item must hold."""

import dataclasses
import shutil

import pytest

from dlcore.classroom import finding
from dlcore.classroom.items import Item, mistake
from tests.book import EXERCISES

SMALL = """
from dlcore.classroom.items import Item
ITEMS = [Item(
    id="{id}", title="t", kind="code", difficulty=1, points=1, link="l", task="t", call="f(x)",
    starter="", reference="def f(x):\\n    return x\\n", explanation="", hints=("1", "2", "3"),
    outputs=("y",), inputs=lambda rng: (1.0,), sizes=({{}}, {{}}),
)]
"""


def write(folder, id, name="03c_backward.py"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(SMALL.format(id=id))
    return folder


def test_the_variable_comes_first_then_the_folders_above_then_the_checkout(room, monkeypatch):
    monkeypatch.delenv("DLCORE_EXERCISES")
    assert finding.folder() == EXERCISES
    above = write(room / "exercises", "90a.1")
    (room / "a" / "b").mkdir(parents=True)
    for place in (room / "a" / "b", above, room):
        monkeypatch.chdir(place)
        assert finding.folder() == above
        assert list(finding.items()) == ["90a.1"]
    named = write(room / "elsewhere", "91a.1")
    monkeypatch.setenv("DLCORE_EXERCISES", str(named))
    assert list(finding.items()) == ["91a.1"]


def test_a_folder_that_is_not_there_is_named(room, monkeypatch):
    monkeypatch.setenv("DLCORE_EXERCISES", str(room / "nowhere"))
    with pytest.raises(FileNotFoundError, match="nowhere"):
        finding.items()


def test_a_changed_file_is_read_again(room, monkeypatch):
    monkeypatch.setenv("DLCORE_EXERCISES", str(write(room / "e", "90a.1")))
    assert list(finding.items()) == ["90a.1"]
    shutil.rmtree(room / "e")
    write(room / "e", "90a.23")
    assert list(finding.items()) == ["90a.23"]


def test_an_id_used_twice_is_refused(room, monkeypatch):
    write(room / "e", "90a.1")
    write(room / "e", "90a.1", "04a_other.py")
    monkeypatch.setenv("DLCORE_EXERCISES", str(room / "e"))
    with pytest.raises(ValueError, match=r"90a\.1 is used twice"):
        finding.items()


def test_looking_for_items_leaves_nothing_behind(room, monkeypatch):
    monkeypatch.setenv("DLCORE_EXERCISES", str(write(room / "e", "90a.1")))
    finding.items()
    assert [path.name for path in (room / "e").iterdir()] == ["03c_backward.py"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": "3c1"}, "must look like"),
        ({"kind": "essay"}, "kind must be one of"),
        ({"hints": ("one",)}, "three hints"),
        ({"difficulty": 4}, "difficulty"),
        ({"points": 0}, "points"),
        ({"mistakes": (mistake("no-such-id", "x", ("0.5", "1")),)}, "not the id"),
        ({"mistakes": (mistake("ascent", "", ("nowhere", "1")),)}, "exactly once"),
        ({"mistakes": (mistake("ascent", "", ("target", "1")),)}, "exactly once"),
    ],
)
def test_an_item_that_is_not_whole_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(finding.item("03b.1"), **change)


def test_mistakes_in_one_line_and_in_two_are_made_together():
    reference = (
        "def f(x):\n    y = x * 2 + 1\n    for _ in range(2):\n        y = y * 3\n    return y\n"
    )
    two, one, three, loops = (
        mistake("ascent", "", edit)
        for edit in (("x * 2", "x"), ("+ 1", "- 1"), ("y * 3", "y"), ("range(2)", "range(1)"))
    )
    item = Item(
        **{f.name: getattr(finding.item("03b.1"), f.name) for f in dataclasses.fields(Item)}
        | {"reference": reference, "call": "f(x)", "mistakes": (two, one, three, loops)}
    )
    for on, expected in (
        ((), 189),
        ((two,), 99),
        ((two, one), 81),
        ((one, three), 19),
        ((loops,), 63),
        ((two, loops), 33),
        ((two, one, three, loops), 9),
    ):
        assert item.answer(on)(10) == expected
    assert item.answer()(10) == 189

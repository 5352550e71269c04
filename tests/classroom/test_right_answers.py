"""Promises about right answers: however they are written, none is refused."""

import inspect

import pytest

from dlcore.classroom import check, finding
from tests.classroom import right_answers

ITEMS = {item.name: item for item in finding.items().values()}


def exercise_of(name):
    """The exercise that a right answer is for: that of the longest name it begins with."""
    return ITEMS[max((known for known in ITEMS if name.startswith(known)), key=len)]


RIGHT = {
    name: answer
    for name, answer in inspect.getmembers(right_answers, inspect.isfunction)
    if name != "sigmoid"
}


@pytest.mark.parametrize("seed", ["0", "1", "student 17"])
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_answer_is_right_however_it_is_written(name, seed, monkeypatch):
    monkeypatch.setenv("DLCORE_SEED", seed)
    verdict = check(exercise_of(name).id, RIGHT[name])
    assert verdict.passed, str(verdict)
    assert verdict.points == exercise_of(name).points
    assert verdict.misconceptions == []


@pytest.mark.parametrize("item", ITEMS.values(), ids=lambda item: item.id)
def test_every_exercise_has_three_right_answers_written_differently(item):
    assert sum(exercise_of(name) is item for name in RIGHT) >= 3

"""Promises about right answers: however they are written, none is refused."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from dlcore.classroom import check, finding
from dlcore.classroom.comparing import THREE_DIGITS
from tests.book import EXERCISES

ANSWERS = Path(__file__).parent / "right"
ITEMS = finding.items()


def _loaded(path):
    spec = importlib.util.spec_from_file_location(f"answers_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _written(stem):
    """Right answers to the items of one file: (id, the answer's name, the answer).

    An answer belongs to the item of the longest name that its own begins with.
    """
    names = {item.name: item.id for item in finding.items_of(EXERCISES / f"{stem}.py")}
    path = ANSWERS / f"{stem}.py"
    answers = vars(_loaded(path)) if path.exists() else {}
    for name, answer in answers.items():
        mine = [known for known in names if name.startswith(f"{known}_")]
        if mine and callable(answer):
            yield names[max(mine, key=len)], name, answer


WRITTEN = [one for path in sorted(EXERCISES.glob("*.py")) for one in _written(path.stem)]
VALUES = [item for item in ITEMS.values() if not item.takes_function]


@pytest.mark.parametrize("seed", ["0", "1", "student 17"])
@pytest.mark.parametrize(("id", "name", "answer"), WRITTEN, ids=lambda part: str(part)[:40])
def test_a_right_answer_is_right_however_it_is_written(id, name, answer, seed, monkeypatch):
    monkeypatch.setenv("DLCORE_SEED", seed)
    verdict = check(id, answer)
    assert verdict.passed, str(verdict)
    assert verdict.points == ITEMS[id].points
    assert verdict.misconceptions == []


FUNCTIONS = [item.id for item in ITEMS.values() if item.takes_function]


@pytest.mark.parametrize("id", FUNCTIONS)
def test_every_function_has_three_right_answers_written_differently(id):
    assert sum(one == id for one, *_ in WRITTEN) >= 3


def _each(value, change):
    """A value with each of its entries changed, in lists."""
    if isinstance(value, dict):
        return {key: _each(one, change) for key, one in reversed(value.items())}
    if isinstance(value, str):
        return value
    if np.ndim(value):
        return [_each(one, change) for one in value]
    return change(value)


@pytest.mark.parametrize("item", VALUES, ids=lambda item: item.id)
def test_a_right_value_is_right_however_it_is_written(item):
    value = item.answer()
    written = [_each(value, float), _each(value, np.float64), _each(value, lambda one: one)]
    if isinstance(value, str):
        written = [value.upper(), f" {value} ", np.str_(value)]
    if item.precision == THREE_DIGITS:
        written.append(_each(value, lambda one: float(f"{float(one):.3g}")))
    for answer in written:
        verdict = check(item.id, answer)
        assert verdict.passed, f"{answer}: {verdict}"
        assert verdict.points == item.points


@pytest.mark.parametrize("floor", [1e-15, 1e-12, 1e-8])
@pytest.mark.parametrize("how", ["added", "clipped"])
def test_a_clipped_probability_is_right_with_a_remark(floor, how):
    def answer(logits, labels):
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        p = p / p.sum(axis=1, keepdims=True)
        kept = p + floor if how == "added" else np.clip(p, floor, 1)
        loss = -np.log(kept[np.arange(len(p)), labels]).mean()
        return loss, (p - np.eye(p.shape[1])[labels]) / len(p)

    verdict = check("04c.1", answer)
    assert verdict.passed, str(verdict)
    assert "a clipped probability goes flat" in verdict.details["remarks"][0]

"""The author's proof: every item can tell right from wrong, and each mistake from every other."""

import dataclasses
import random
from itertools import combinations

import numpy as np
import pytest
from nbformat import NotebookNode

from dlcore.classroom import check, finding
from dlcore.classroom.cases import made, ordinary_cases
from dlcore.classroom.comparing import equal
from dlcore.classroom.judging import judge
from dlcore.classroom.mistakes import MISTAKES
from tests.book import ROOT
from tests.notebook_form import link_problem

ITEMS = list(finding.items().values())
FUNCTIONS = [item for item in ITEMS if item.takes_function]
HUNTS = [item for item in FUNCTIONS if item.kind == "bug hunt"]
CHOICES = [item for item in ITEMS if item.choices]
every_item = pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
every_mistake = pytest.mark.parametrize(
    ("item", "one"),
    [
        pytest.param(item, one, id=f"{item.id} {one.id or 'unnamed'} {at}")
        for item in ITEMS
        for at, one in enumerate(item.mistakes)
    ],
)


def defined(item, text):
    """What a learner's cell with this text defines."""
    namespace = {"np": np}
    exec(text, namespace)
    return namespace[item.name]


def named_together(item, one):
    """The ids under which a mistake goes: its own, and its declared twins'."""
    return {one.id}.union(*(twins for twins in item.twins if one.id in twins))


@every_item
@pytest.mark.parametrize("seed", ["0", "1", "2", "a student"])
def test_the_reference_passes_for_every_seed(item, seed, monkeypatch):
    monkeypatch.setenv("DLCORE_SEED", seed)
    verdict = check(item.id, item.answer())
    assert verdict.passed, str(verdict)
    assert verdict.points == item.points
    assert verdict.details["remarks"] == []


@every_item
def test_the_starter_is_not_attempted(item):
    verdict = check(item.id, defined(item, item.starter))
    assert (verdict.passed, verdict.points, verdict.misconceptions) == (False, 0, [])
    assert verdict.details["kind"] == "not attempted"


@every_mistake
@pytest.mark.parametrize("seed", ["0", "another"])
def test_every_listed_mistake_is_refused_and_named_and_no_other(item, one, seed, monkeypatch):
    monkeypatch.setenv("DLCORE_SEED", seed)
    verdict = judge(item, item.answer([one]))
    assert not verdict.passed
    if one.id:
        assert one.id in verdict.misconceptions, str(verdict)
        assert set(verdict.misconceptions) <= named_together(item, one), str(verdict)
    else:
        assert one.says in verdict.message, str(verdict)
        assert verdict.misconceptions == []


@every_item
def test_what_is_declared_a_twin_cannot_be_told_apart(item):
    for twins in item.twins:
        switched = [one for one in item.mistakes if one.id in twins]
        named = [set(judge(item, item.answer([one])).misconceptions) for one in switched]
        assert twins in named


@pytest.mark.parametrize("id", ["03c.1", "04c.1", "05a.1"])
def test_two_mistakes_at_once_are_both_named_unless_one_hides_the_other(id):
    item = finding.item(id)
    firsts = {one.id: one for one in reversed(item.mistakes) if one.id}
    tried = 0
    for pair in random.Random(0).sample(list(combinations(firsts.values(), 2)), 60):
        try:
            both = item.answer(pair)
        except ValueError:  # they touch the same place
            continue
        if _can_be_told(item, pair):
            tried += 1
            named = set(judge(item, both).misconceptions)
            assert {one.id for one in pair} <= named, [one.says for one in pair]
    assert tried >= 5


def _can_be_told(item, pair):
    """Whether some output differs from what is right and from what each mistake makes of it."""
    case = ordinary_cases(item)[0]
    both, *known = (made(item.answer(on), case) for on in (pair, pair[:1], pair[1:]))
    if both is None or None in known:
        return False
    every = range(len(both))
    return any(not any(equal(both[k], one[k]) for one in (case.right, *known)) for k in every)


@pytest.mark.parametrize("item", CHOICES, ids=lambda item: item.id)
def test_every_wrong_choice_is_told_what_is_wrong_with_it(item):
    right = item.answer()
    told = {item.answer([one]): one.says for one in item.mistakes}
    assert set(told) | {right} == set(item.choices)
    assert right not in told
    assert list(item.choices) == list("abcdefgh"[: len(item.choices)])
    assert len(set(told.values())) == len(told)


@pytest.mark.parametrize("item", HUNTS, ids=lambda item: item.id)
def test_a_bug_hunts_bug_is_a_listed_mistake(item):
    buggy = dataclasses.replace(item, reference=item.starter, mistakes=())
    verdict = judge(dataclasses.replace(item, kind="code"), buggy.answer())
    assert not verdict.passed
    assert "is what you get when" in verdict.message or verdict.misconceptions, str(verdict)


@every_item
def test_an_item_says_what_a_learner_needs(item):
    assert item.title and item.task and item.explanation
    assert len(set(item.hints)) == 3
    assert item.call == item.name or item.call.startswith(f"{item.name}(")
    assert link_problem(item.link, NotebookNode(), ROOT / "README.md") is None


@every_item
def test_an_item_is_announced_in_the_notebook_it_links_to(item):
    text = (ROOT / item.link.partition("#")[0]).read_text(encoding="utf-8")
    assert f"**{item.id}**" in text


@pytest.mark.parametrize("item", FUNCTIONS, ids=lambda item: item.id)
def test_the_inputs_make_mistakes_visible(item):
    cases = ordinary_cases(item)
    assert len(cases) >= 2
    for case in cases:
        assert len(set(case.sizes.values())) == len(case.sizes), "two dimensions are equal"
        assert case.sizes.get("n", 5) >= 5


def test_the_ids_of_mistakes_are_all_said_in_words():
    assert all(says and not says.endswith(".") for says in MISTAKES.values())

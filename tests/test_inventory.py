"""Promises about the concept inventory: its keys are right, its links lead somewhere."""

import re

import pytest

from dlcore.classroom.inventory import COMPUTED, QUESTIONS, Inventory
from tests.book import CHAPTERS
from tests.notebook_form import link_problem


def name(question):
    return question.name


def test_there_are_25_questions_for_25_wrong_ideas():
    assert len({q.name for q in QUESTIONS}) == len(QUESTIONS) == 25
    assert len({q.stem for q in QUESTIONS}) == 25


@pytest.mark.parametrize("question", QUESTIONS, ids=name)
def test_a_question_has_answers_and_reasons_to_choose_from_and_a_key_among_them(question):
    assert len(set(question.answers)) == len(question.answers) >= 3
    assert len(set(question.reasons)) == len(question.reasons) >= 3
    assert question.key[0] in range(len(question.answers))
    assert question.key[1] in range(len(question.reasons))


@pytest.mark.parametrize("question", COMPUTED)
def test_a_calculation_finds_the_key(question):
    key = {q.name: q.key for q in QUESTIONS}[question]
    assert COMPUTED[question]() == key[0]


@pytest.mark.parametrize("question", QUESTIONS, ids=name)
def test_a_question_leads_to_where_its_wrong_idea_is_healed(question):
    assert link_problem(question.heals, None, CHAPTERS / "00_start.ipynb") is None


def test_the_page_marks_every_key_and_the_same_page_comes_twice():
    page = Inventory()._repr_html_()
    assert re.findall(r'data-key="(\d) (\d)"', page) == [tuple(map(str, q.key)) for q in QUESTIONS]
    assert page == Inventory()._repr_html_()
    assert page.count('type="radio"') == sum(len(q.answers) + len(q.reasons) for q in QUESTIONS)


def test_the_right_answer_stands_in_no_fixed_place():
    page = Inventory()._repr_html_()
    places = []
    for i, q in enumerate(QUESTIONS, 1):
        values = re.findall(rf'name="answer{i}" value="(\d)"', page)
        places.append(values.index(str(q.key[0])))
    assert {places.count(place) > 3 for place in range(3)} == {True}


@pytest.mark.parametrize("part", ["answers", "reasons"])
def test_the_right_choice_cannot_be_told_by_its_length(part):
    which = ("answers", "reasons").index(part)
    lengths = [[len(choice) for choice in getattr(q, part)] for q in QUESTIONS]
    right = [q.key[which] for q in QUESTIONS]
    places = [sorted(n).index(n[k]) for n, k in zip(lengths, right, strict=True)]
    assert max(places.count(place) for place in range(3)) <= 12  # by chance about 8

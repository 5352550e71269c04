"""Promises about answers that are values: judged entry by entry, and never told what is right."""

import ast
from fractions import Fraction

import numpy as np
import pytest

from dlcore.classroom import finding, solution
from dlcore.classroom.items import Edge, Item, mistake
from dlcore.classroom.judging import judge

COMMON = {
    "title": "A title",
    "difficulty": 1,
    "points": 2,
    "link": "chapters/00_start.ipynb",
    "task": "A task.",
    "explanation": "Why.",
    "hints": ("one", "two", "three"),
}

WORKED = Item(
    id="90a.1",
    kind="by hand",
    call="worked",
    starter="worked = {'p': (..., ...), 'E': ..., 'delta': (..., ...)}\n",
    reference=(
        "def worked():\n"
        "    p = np.array([1, 3]) / 4\n"
        "    delta = p - np.array([1, 0])\n"
        '    return {"p": p, "E": -np.log(p[0]), "delta": delta}\n'
    ),
    outputs=("p", "E", "delta"),
    mistakes=(
        mistake("forgot-target", "", ("p - np.array([1, 0])", "p")),
        mistake("", "You took the other class.", ("-np.log(p[0])", "-np.log(p[1])")),
    ),
    **COMMON,
)

CHOSEN = Item(
    id="90a.2",
    kind="predict",
    call="choice",
    starter="choice = ...\n",
    choices={"a": "the first", "b": "the second", "c": "both"},
    reference='def choice():\n    return "b"\n',
    outputs=("the choice",),
    mistakes=(
        mistake("idea-15", "", ('"b"', '"a"')),
        mistake("", "Look at the second alone.", ('"b"', '"c"')),
    ),
    **COMMON,
)

COUNTED = Item(
    id="90a.3",
    kind="predict",
    call="parameters",
    starter="parameters = ...\n",
    reference="def parameters():\n    return 784 * 32 + 32\n",
    outputs=("the number of parameters",),
    mistakes=(mistake("", "the biases are not counted", (" + 32", "")),),
    **COMMON,
)

WIRED = Item(
    id="90a.4",
    kind="by hand",
    call="weights",
    starter="weights = (..., ...)\n",
    reference="def weights():\n    return 1, -1\n",
    outputs=("what the neuron says at (0, 0), (0, 1), (1, 0) and (1, 1)",),
    used=lambda weights: [
        float(a * weights[0] + b * weights[1] > 0.5) for a in (0, 1) for b in (0, 1)
    ],
    mistakes=(mistake("", "this neuron says: one of the two", ("1, -1", "1, 1")),),
    **COMMON,
)

VALUES = [item for item in finding.items().values() if not item.takes_function]
RIGHT = {"p": (0.25, 0.75), "E": 1.386, "delta": (-0.75, 0.75)}


@pytest.mark.parametrize(
    "answer",
    [
        RIGHT,
        {"E": np.log(4), "delta": [-0.75, 0.75], "p": np.array([0.25, 0.75])},
        RIGHT | {"p": (Fraction(1, 4), Fraction(3, 4)), "E": 1.39, "unasked": None},
    ],
)
def test_a_value_is_right_to_three_digits_in_any_container(answer):
    verdict = judge(WORKED, answer)
    assert verdict.passed, str(verdict)
    assert verdict.points == 2


def test_two_digits_are_told_that_they_are_near():
    verdict = judge(WORKED, RIGHT | {"E": 1.4})
    assert not verdict.passed
    assert "near: give three significant digits" in verdict.message
    assert verdict.details["right"] == ["p", "delta"]


@pytest.mark.parametrize(
    "nothing",
    [..., None, {"p": (..., ...), "E": ..., "delta": ...}, {"p": ..., "E": ..., "delta": ...}],
)
def test_what_is_not_filled_in_is_not_attempted(nothing):
    assert judge(WORKED, nothing).details["kind"] == "not attempted"


def test_what_is_filled_in_so_far_is_judged():
    verdict = judge(WORKED, RIGHT | {"E": ..., "delta": (0.5, ...)})
    assert verdict.details["kind"] == "unfinished"
    assert verdict.message == "p is right. E and delta are not filled in."
    verdict = judge(WORKED, RIGHT | {"E": ..., "delta": (0.25, 0.75)})
    assert verdict.misconceptions == ["forgot-target"]
    assert "E is not filled in." in verdict.message


def test_a_wrong_value_is_never_told_the_right_one():
    verdict = judge(WORKED, {"p": (0.2, 0.75), "E": 7, "delta": (-0.3, 0.3)})
    for text in (str(verdict), verdict._repr_html_()):
        assert "0.25" not in text and "1.38" not in text and "-0.75" not in text
    marks = [(entry["output"], entry["mark"]) for entry in verdict.details["entries"]]
    assert marks == [("p", "✗"), ("p", "✓"), ("E", "✗"), ("delta", "✗"), ("delta", "✗")]


def test_a_mistake_told_in_a_sentence_is_told_in_it():
    verdict = judge(WORKED, RIGHT | {"E": 0.288})
    assert verdict.message.startswith("In E: You took the other class.")
    assert judge(CHOSEN, "c").message == "Look at the second alone."


@pytest.mark.parametrize("letter", ["b", "B", " b "])
def test_a_choice_is_a_letter(letter):
    assert judge(CHOSEN, letter).passed


def test_a_choice_that_is_a_wrong_idea_names_it():
    assert judge(CHOSEN, "a").misconceptions == ["idea-15"]


@pytest.mark.parametrize("odd", ["d", "the second", 2, ["a", "b"], {"b": 1}, True])
def test_what_is_no_letter_is_told_the_letters(odd):
    verdict = judge(CHOSEN, odd)
    assert verdict.details["kind"] == "type"
    assert "one of the letters a, b and c" in verdict.message


def test_whole_numbers_are_exact():
    assert judge(COUNTED, 25120).passed
    assert judge(COUNTED, np.int64(25120)).passed
    wrong = judge(COUNTED, 25121)
    assert wrong.message == "The answer is not right."
    assert "the biases are not counted" in judge(COUNTED, 25088).message


def test_a_single_wrong_number_is_no_multiple_of_the_right_one():
    assert judge(COUNTED, 12345).details["kind"] == "differs"
    assert judge(COUNTED, 251200).details["kind"] == "factor"


@pytest.mark.parametrize("weights", [(1, -1), (0.7, -0.4), [2, -7]])
def test_an_answer_may_be_used_before_it_is_compared(weights):
    assert judge(WIRED, weights).passed


def test_what_comes_of_using_it_is_diagnosed():
    assert "one of the two" in judge(WIRED, (1, 1)).message
    assert judge(WIRED, (1, "x")).details["kind"] == "raised"
    assert judge(WIRED, (0, 0)).details["kind"] == "differs"


@pytest.mark.parametrize(
    "odd", [5, "x", [1, 2], (), {}, {"E": 1}, {"p": None, "E": 1, "delta": 2}, object(), lambda: 1]
)
def test_whatever_stands_for_a_value_gets_a_calm_verdict(odd):
    for item in (WORKED, CHOSEN, COUNTED, WIRED):
        verdict = judge(item, odd)
        assert not verdict.passed
        assert str(verdict) and verdict._repr_html_()


def test_an_edge_can_forgive_what_is_good_enough():
    double = Item(
        id="90a.5",
        kind="code",
        call="double(x)",
        starter="def double(x):\n    raise NotImplementedError\n",
        reference="def double(x):\n    return 2 * x\n",
        outputs=("the double",),
        inputs=lambda rng, n: (rng.normal(size=n),),
        sizes=({"n": 5}, {"n": 6}),
        edges=(
            Edge(
                says="a number of 1000",
                make=lambda rng: (np.array([1000.0]),),
                forgives=lambda came, right: "it is capped." if came[0].item() == 100 else "",
            ),
        ),
        **COMMON,
    )
    verdict = judge(double, lambda x: np.minimum(2 * x, 100))
    assert verdict.passed
    assert verdict.details["remarks"] == ["it is capped."]
    assert not judge(double, lambda x: np.minimum(2 * x, 99)).passed


@pytest.mark.parametrize("item", VALUES, ids=lambda item: item.id)
def test_a_solution_shows_a_value_that_passes(item):
    text = solution(item.id)
    if item.choices:
        assert f"The answer is **{item.answer()}**: {item.choices[item.answer()]}" in text
        return
    shown = text.split(f"`{item.name} = ")[1].split("`")[0]
    assert "np." not in shown and "array" not in shown
    assert judge(item, ast.literal_eval(shown)).passed

"""Promises about verdicts: the most specific true thing is said, and can be read everywhere."""

import dataclasses
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from dlcore.classroom import Verdict, check, finding
from dlcore.classroom.items import Item, mistake
from dlcore.classroom.judging import judge

BACKWARD = finding.item("03c.1").answer()
NETWORK = finding.item("05a.1").answer()


def changed(right, name, by):
    """An answer that is right but for one output, of which `by` makes something else."""
    names = ("loss", "dW1", "db1", "dW2", "db2")[-4 if right is BACKWARD else 0 :]

    def answer(*args):
        values = list(right(*args))
        values[names.index(name)] = by(values[names.index(name)], *args)
        return values

    return answer


@pytest.mark.parametrize(
    ("by", "kind", "said"),
    [
        (lambda g, x, *_: g * 3 * len(x) ** 2, "one output", "differs"),
        (lambda g, x, *_: g * len(x), "mistake", "1/n of the mean is missing"),
        (lambda g, *_: g * 2, "mistake", "½ of the error is left out"),
        (lambda g, *_: -g, "mistake", "a minus sign too many in dW1"),
        (lambda g, *_: g * 7, "factor", "dW1 is 7 times the right one"),
        (lambda g, *_: g * np.pi, "factor", "3.142 times"),
        (lambda g, x, *_: g / len(x) ** 2, "factor", "1/n² times"),
        (lambda g, x, *_: -g * len(x), "mistake", "a minus sign too many in dW1, and the 1/n"),
        (lambda g, x, t, W1, *_: g * W1.shape[1], "factor", "h is the number of hidden units"),
        (lambda g, *_: g.T, "mistake", "transposed"),
        (lambda g, *_: g[::-1], "arrangement", "rows, in reverse order"),
        (lambda g, *_: g[:, [1, 0, *range(2, g.shape[1])]], "arrangement", "in another order"),
        (lambda g, *_: g.ravel(), "arrangement", "in one row"),
        (lambda g, *_: g.sum(axis=0), "arrangement", "the sum over axis 0"),
        (lambda g, *_: g[1:] * 1.5, "shape", "has shape (2, 5); expected (3, 5)"),
        (lambda g, *_: np.where(g > 0, g, np.nan), "not finite", "nan or inf"),
        (lambda g, *_: g + 0.25, "one output", "differs in 15 of 15 entries"),
        (lambda g, *_: g.astype(object) * None, "raised", "TypeError"),
        (lambda g, *_: "a text", "type", "dW1 is text; expected an array of shape (3, 5)"),
    ],
)
def test_the_most_specific_true_thing_is_said(by, kind, said):
    verdict = check("03c.1", changed(BACKWARD, "dW1", by))
    assert verdict.details["kind"] == kind, str(verdict)
    assert said in verdict.message
    if kind not in ("raised", "type"):
        assert verdict.details["wrong"] == ["dW1"]
        assert "db1, dW2 and db2 are right" in verdict.message


@pytest.mark.parametrize(
    ("by", "id"),
    [
        (lambda g, x, *_: 5 * g / len(x), ""),
        (lambda g, x, *_: g / len(x), "double-1-over-n"),
        (lambda g, *_: g.sum(), "bias-scalar"),
    ],
)
def test_only_the_wrong_output_is_blamed(by, id):
    verdict = check("05a.1", changed(NETWORK, "db1", by))
    assert verdict.details["right"] == ["loss", "dW1", "dW2", "db2"]
    assert not id or id in verdict.misconceptions or "bias-mean" in verdict.misconceptions


def test_a_known_mistake_is_seen_through_a_factor():
    item = finding.item("03c.1")
    switch = next(one for one in item.mistakes if one.id == "no-activation-derivative")
    tripled = item.answer([switch])

    def answer(*args):
        dW1, db1, dW2, db2 = tripled(*args)
        return dW1 * 3, db1 * 3, dW2, db2

    verdict = check("03c.1", answer)
    assert verdict.misconceptions == ["no-activation-derivative"]
    assert "a factor of 3 besides" in verdict.message


def test_an_unknown_fault_is_placed_and_shown_on_the_smallest_example():
    verdict = check("03c.1", changed(BACKWARD, "db2", lambda g, *_: g + 0.5))
    assert "look at how it is summed" in verdict.message
    assert [entry["output"] for entry in verdict.details["entries"]] == ["db2", "db2"]
    example = verdict.details["example"]
    assert re.search(r"x = \[\[-?\d\.\d?\]\]\n", example)
    assert "db2: " in example and "right: " in example


def test_what_is_wrong_in_the_second_input_only_is_shown_there():
    def answer(x, target, W1, b1, W2, b2):
        dW1, db1, dW2, db2 = BACKWARD(x, target, W1, b1, W2, b2)
        return dW1, db1, dW2, db2 + 0.5 * (len(x) == 6)

    verdict = check("03c.1", answer)
    assert "db2 differs in 3 of 3 entries" in verdict.message
    assert len(verdict.details["entries"]) == 3


def test_a_failure_at_an_edge_is_said_with_the_edge():
    def answer(logits, labels):
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        d = p.copy()
        d[np.arange(len(p)), labels] -= 1
        return -np.log(p[np.arange(len(p)), labels]).mean(), d / len(p)

    verdict = check("04c.1", answer)
    assert verdict.details["kind"] == "not finite"
    assert verdict.misconceptions == ["softmax-overflow"]
    assert "logits near 1000" in verdict.message


def test_what_is_right_as_asked_passes_with_a_remark():
    def answer(params, grads, learning_rate):
        new = [p.copy() for p in params]
        for p, g in zip(new, grads, strict=True):
            p -= learning_rate * g
        return new

    verdict = check("03d.1", answer)
    assert verdict.passed
    assert ["whole numbers" in remark for remark in verdict.details["remarks"]] == [True]


class Tags(HTMLParser):
    """Whether every tag is closed, and the text between them."""

    def __init__(self, page):
        super().__init__()
        self.open, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize(
    "answer", [BACKWARD, changed(BACKWARD, "dW1", lambda g, *_: g + 1), None, 7, lambda *a: 1 / 0]
)
def test_the_box_says_what_the_text_says(answer):
    verdict = check("03c.1", answer)
    page = Tags(verdict._repr_html_())
    assert page.open == []
    for line in verdict.message.split("\n"):
        assert line.replace("`", "") in page.text
    for entry in verdict.details.get("entries", ()):
        assert entry["yours"] in page.text and entry["right"] in page.text
        assert entry["yours"] in str(verdict)
    assert repr(verdict) == str(verdict)


def test_the_box_fits_light_and_dark_pages():
    page = check("03c.1", changed(BACKWARD, "dW1", lambda g, *_: g + 1))._repr_html_()
    assert set(re.findall(r"""[;'" ]color:(\w+)""", page)) == {"inherit"}
    backgrounds = re.findall(r"background:#[0-9a-fA-F]{6}([0-9a-fA-F]{2})", page)
    assert backgrounds and all(int(alpha, 16) < 64 for alpha in backgrounds)


def test_what_an_answer_says_cannot_break_out_of_the_box():
    def answer(*args):
        raise ValueError("<script>alert(1)</script>")

    page = check("03c.1", answer)._repr_html_()
    assert "<script>" not in page


def test_the_same_seed_gives_the_same_words(monkeypatch):
    wrong = changed(BACKWARD, "dW1", lambda g, *_: g + 0.1)
    first = str(check("03c.1", wrong))
    assert str(check("03c.1", wrong)) == first
    monkeypatch.setenv("DLCORE_SEED", "student 17")
    assert str(check("03c.1", wrong)) != first


def test_an_item_without_edges_notices_a_changed_argument_too():
    item = dataclasses.replace(finding.item("03d.1"), edges=())
    switch = next(one for one in item.mistakes if one.id == "mutates-input")
    assert judge(item, item.answer([switch])).misconceptions == ["mutates-input"]


# --- answers that are values ----------------------------------------------------------------


def value_item(**given):
    return Item(
        **{
            "id": "03a.9",
            "title": "A value",
            "difficulty": 1,
            "points": 1,
            "link": "chapters/03a_forward.ipynb",
            "task": "…",
            "starter": "answer = ...",
            "explanation": "…",
            "hints": ("1", "2", "3"),
            **given,
        }
    )


PREDICT = value_item(
    kind="predict",
    call="answer",
    outputs=("answer",),
    reference="def answer():\n    return 'diverges'\n",
    mistakes=(mistake("ascent", "the sign is turned", ("diverges", "converges")),),
)
BY_HAND = value_item(
    kind="by hand",
    call="answer",
    outputs=("answer",),
    reference=(
        "def answer():\n    p = 0.75\n"
        "    return {'E': -np.log(p), 'delta': np.array([p - 1, 1 - p])}\n"
    ),
    mistakes=(mistake("forgot-target", "", ("p - 1", "p")),),
)


@pytest.mark.parametrize("answer", ["diverges", " Diverges", np.str_("diverges")])
def test_a_choice_is_checked(answer):
    assert judge(PREDICT, answer).passed


def test_a_wrong_choice_is_refused_and_named():
    assert judge(PREDICT, "converges").misconceptions == ["ascent"]
    for wrong in ("perhaps", 3, [1, 2], lambda: "diverges"):
        assert not judge(PREDICT, wrong).passed
    for nothing in (None, ...):
        assert judge(PREDICT, nothing).details["kind"] == "not attempted"


def test_values_by_hand_are_checked_entry_by_entry():
    right = {"E": 0.28768207, "delta": [-0.25, 0.25]}
    assert judge(BY_HAND, right).passed
    verdict = judge(BY_HAND, right | {"E": 0.3})
    assert (verdict.details["right"], verdict.details["wrong"]) == (["delta"], ["E"])
    assert judge(BY_HAND, right | {"delta": [0.75, 0.25]}).misconceptions == ["forgot-target"]
    assert "without 'delta'" in judge(BY_HAND, {"E": 0.3}).message


def test_a_bug_hunt_left_as_given_is_not_attempted():
    buggy = "def f(x):\n    return x + 1\n"
    hunt = value_item(
        kind="bug hunt",
        call="f(x)",
        outputs=("y",),
        starter=buggy,
        reference="def f(x):\n    return x - 1\n",
        inputs=lambda rng: (rng.normal(size=3),),
        sizes=({}, {}),
    )
    given = {}
    exec(f"# a comment\n\n{buggy}", given)
    assert judge(hunt, given["f"]).details["kind"] == "not attempted"
    assert judge(hunt, lambda y: 1 + y).details["kind"] == "differs"  # as wrong, and not as given
    assert judge(hunt, lambda x: x - 1).passed
    assert judge(hunt, lambda x: x * 2).details["kind"] == "differs"


def test_stress_is_shown_as_such_and_a_product_is_not():
    shown = Verdict(False, 0, [], "It is *down*: `x * W * b`, or 2 * x * y.")._repr_html_()
    assert "<em>down</em>: <code>x * W * b</code>, or 2 * x * y." in shown

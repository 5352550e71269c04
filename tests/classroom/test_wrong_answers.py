"""Promises about wrong answers in a learner's own hand: each is refused, and told what it did."""

from itertools import groupby

import pytest

from dlcore.classroom import check, finding
from tests.classroom.wrong_answers import PROGRAMS, written

SLIPS = [
    pytest.param(id, text, named, right, wrong, id=f"{id} {named or 'unnamed'} {at}")
    for id, text, slips in PROGRAMS
    for at, (named, right, wrong) in enumerate(slips)
]


@pytest.mark.parametrize(("id", "text", "named", "right", "wrong"), SLIPS)
def test_a_slip_in_a_learners_own_program_is_named(id, text, named, right, wrong):
    assert text.count(right) == 1
    name = finding.item(id).name
    assert check(id, written(text, name)).passed
    verdict = check(id, written(text.replace(right, wrong), name))
    assert not verdict.passed
    assert verdict.points == 0
    if named:
        assert named in verdict.misconceptions, str(verdict)
    else:  # said in words: it has no name in the list
        assert verdict.misconceptions == []
        assert "his is what you get when" in verdict.message


def test_two_slips_at_once_are_both_named():
    text, slips = PROGRAMS[-1][1:]
    forgotten = [slip for slip in slips if slip[0] in ("no-activation-derivative", "bias-mean")]
    for _, (first, *_) in groupby(forgotten, key=lambda slip: slip[0]):
        text = text.replace(*first[1:])
    verdict = check("05a.1", written(text, "two_layer_loss"))
    assert set(verdict.misconceptions) == {"no-activation-derivative", "bias-mean"}


def test_three_slips_in_three_outputs_are_all_named():
    text = PROGRAMS[-1][1]
    for right, wrong in (
        ("np.sum(-np.log(correct)) / N", "np.sum(-np.log(correct))"),
        ("db2 = np.sum(dscores, axis=0)", "db2 = np.mean(dscores, axis=0)"),
        ("    dhidden[scores1 <= 0] = 0\n", ""),
    ):
        text = text.replace(right, wrong)
    verdict = check("05a.1", written(text, "two_layer_loss"))
    assert set(verdict.misconceptions) == {
        "sum-not-mean-loss",
        "bias-mean",
        "no-activation-derivative",
    }
    assert verdict.details["right"] == ["dW2"]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            "loss = data_loss + reg_loss",
            "loss = data_loss + reg_loss / 2",
            "½ in the loss, and none",
        ),
        ("dW1 += 2 * reg * W1", "dW1 += reg * W1", "the 2 is missing in the penalty's gradient"),
        (
            "    dhidden[scores1 <= 0] = 0\n",
            "    dhidden[scores1 <= 0] = 0\n    dhidden *= -1\n",
            "hidden layer's δ",
        ),
    ],
)
def test_only_the_place_that_is_wrong_is_blamed(right, wrong, said):
    verdict = check("05a.1", written(PROGRAMS[-1][1].replace(right, wrong), "two_layer_loss"))
    assert said in verdict.message


@pytest.mark.parametrize(
    ("start", "named"),
    [("x0.copy()", {"cached-wrong-value"}), ("x0", {"cached-wrong-value", "mutates-input"})],
)
def test_only_who_moves_the_start_itself_is_told_so(start, named):
    answer = written(
        "def descend(grad, x0, learning_rate, steps):\n"
        f"    x = {start}\n"
        "    path = [x]\n"
        "    while len(path) <= steps:\n"
        "        x -= learning_rate * grad(x)\n"
        "        path.append(x)\n"
        "    return np.stack(path)\n",
        "descend",
    )
    assert set(check("02b.1", answer).misconceptions) == named

"""Promises about answers that misbehave: a calm verdict each time, and the kernel unharmed."""

import builtins
import signal
import sys
import threading
import time

import numpy as np
import pytest

from dlcore.classroom import check, finding, record
from dlcore.classroom.running import Stopped, run

RIGHT = finding.item("03c.1").answer()
ERROR = finding.item("03b.1").answer()


def backward(wrong):
    """An answer to 03c.1 that makes of the right gradients what `wrong` says."""

    def answer(x, target, W1, b1, W2, b2):
        return wrong(*RIGHT(x, target, W1, b1, W2, b2))

    return answer


def judged(answer, id="03c.1"):
    verdict = check(id, answer)
    assert not verdict.passed
    assert verdict.points == 0
    assert str(verdict) and verdict._repr_html_()
    return verdict


# --- errors ---------------------------------------------------------------------------------


def test_an_error_is_said_with_the_learners_own_line():
    def answer(x, target, W1, b1, W2, b2):
        z = x @ W1 + b1
        return z.nothing

    verdict = judged(answer)
    assert verdict.details["kind"] == "raised"
    assert "AttributeError" in verdict.message
    assert f"line {answer.__code__.co_firstlineno + 2} of answer, `return z.nothing`" in (
        verdict.message
    )
    assert "dlcore" not in verdict.message


def test_an_error_deep_in_numpy_is_said_with_the_learners_own_line():
    def answer(x, target, W1, b1, W2, b2):
        return np.linalg.inv(x)

    assert "return np.linalg.inv(x)" in judged(answer).message


class Unspeakable(Exception):
    def __str__(self):
        raise ValueError


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), SystemExit(3), GeneratorExit(), Unspeakable(), RecursionError()]
)
def test_every_kind_of_error_is_caught(error):
    def answer(*args):
        raise error

    assert type(error).__name__ in judged(answer).message


def test_an_exit_ends_nothing():
    assert "SystemExit" in judged(lambda *args: sys.exit()).message
    assert "SystemExit" in judged(lambda *args: exit()).message


def test_endless_recursion_is_an_error_like_any_other():
    def answer(*args):
        return answer(*args)

    assert "RecursionError" in judged(answer).message


def test_a_wrong_number_of_arguments_is_told_with_the_right_call():
    assert "backward(x, target, W1, b1, W2, b2)" in judged(lambda x: x).message


def test_who_asks_for_input_is_told_that_there_is_none():
    before = builtins.input, sys.stdin
    assert "input" in judged(lambda *args: input("your gradient, please: ")).message
    assert judged(lambda *args: sys.stdin.readline()).details["kind"] == "type"
    assert (builtins.input, sys.stdin) == before


# --- time -----------------------------------------------------------------------------------


def forever(*args):
    while True:
        pass


def forever_and_deaf(*args):
    while True:
        try:  # noqa: SIM105
            time.sleep(0.001)
        except:  # noqa: E722
            pass


def asleep(*args):
    time.sleep(60)


def talking(*args):
    while True:
        print("still here")


@pytest.mark.parametrize("answer", [forever, forever_and_deaf, asleep, talking])
def test_an_answer_that_does_not_end_is_stopped_and_the_item_named(answer):
    before = signal.getsignal(signal.SIGINT), sys.gettrace()
    verdict = judged(answer)
    assert verdict.details["kind"] == "too slow"
    assert "03c.1" in verdict.message
    assert (signal.getsignal(signal.SIGINT), sys.gettrace()) == before
    assert check("03c.1", RIGHT).passed


def test_a_loop_is_stopped_outside_the_main_thread_too():
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(run(forever, (), 0.1)))
    thread.start()
    thread.join(timeout=10)
    assert [outcome.late for outcome in outcomes] == [True]


def test_who_stops_a_check_by_hand_stops_it():
    def answer(*args):
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(Stopped):
        check("03c.1", answer)
    assert issubclass(Stopped, KeyboardInterrupt)


# --- what comes back ------------------------------------------------------------------------


class Always:
    """Claims to equal everything."""

    def __eq__(self, other):
        return True

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no array")

    __hash__ = None


class Flattering(np.ndarray):
    """An array all of whose comparisons and differences turn out well."""

    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __sub__(self, other):
        return np.zeros(self.shape)

    def __array_ufunc__(self, *args, **kwargs):
        return np.zeros(self.shape)


@pytest.mark.parametrize(
    "returned",
    [
        None,
        "gradients",
        7,
        (),
        [],
        {},
        np.zeros(3),
        np.zeros((4, 2, 2)),
        (1, 2, 3),
        [[1, 2], [3]],
        object(),
        Always(),
        (Always(),) * 4,
        [Always(), Always(), Always(), Always()],
        ([[1, 2], [3]], [1], [[1]], [1]),
        (None, None, None, None),
        ("a", "b", "c", "d"),
        np.array([None, "x", 3, {}], dtype=object),
        (np.nan, np.inf, -np.inf, np.nan),
        (1j, 2j, 3j, 4j),
        (True, False, True, False),
        (np.datetime64("2020"),) * 4,
        iter([1, 2, 3, 4]),
        {"dW1": 1},
        type,
    ],
    ids=lambda returned: f"{type(returned).__name__}",
)
def test_whatever_is_returned_gets_a_calm_verdict(returned):
    for id in ("03c.1", "03b.1", "02b.1", "03d.1", "04c.1", "05a.1"):
        verdict = judged(lambda *args: returned, id)
        assert verdict.details["kind"] in {
            "arrangement",
            "differs",
            "mistake",
            "not finite",
            "one output",
            "raised",
            "shape",
            "type",
        }


def test_an_array_that_equals_everything_is_compared_as_numbers():
    flattering = backward(lambda *grads: [(g * 0 + 1).view(Flattering) for g in grads])
    assert judged(flattering).details["wrong"] == ["dW1", "db1", "dW2", "db2"]


def test_a_subclass_of_arrays_with_the_right_numbers_is_right():
    assert check("03c.1", backward(lambda *grads: [np.asmatrix(g) for g in grads])).passed
    assert check("03c.1", backward(lambda *grads: [g.view(Flattering) for g in grads])).passed
    assert check("03c.1", backward(lambda *grads: [np.ma.array(g) for g in grads])).passed


def test_gradients_in_a_dict_by_their_names_are_right():
    names = ("dW1", "db1", "dW2", "db2")
    assert check("03c.1", backward(lambda *grads: dict(zip(names, grads, strict=True)))).passed


def test_nan_in_one_entry_is_found():
    def spoilt(dW1, db1, dW2, db2):
        db1[1] = np.nan
        return dW1, db1, dW2, db2

    verdict = judged(backward(spoilt))
    assert verdict.details["kind"] == "not finite"
    assert (verdict.details["wrong"], verdict.details["right"]) == (["db1"], ["dW1", "dW2", "db2"])
    assert [entry["place"] for entry in verdict.details["entries"]] == [(1,)]


def test_a_changed_argument_is_said_by_its_name():
    def answer(x, target, W1, b1, W2, b2):
        W2 *= 2
        W2 /= 2
        b2 += 1
        return RIGHT(x, target, W1, b1, W2, b2 - 1)

    verdict = judged(answer)
    assert verdict.misconceptions == ["mutates-input"]
    assert verdict.details["kind"] == "changed input"
    assert "b2 was changed" in verdict.message
    assert "W2" not in verdict.message


def test_an_answer_that_changes_its_arguments_cannot_change_the_next_items_inputs():
    def destroy(prediction, target):
        prediction[...] = target[...] = np.nan
        return np.nan

    judged(destroy, "03b.1")
    assert check("03b.1", ERROR).passed


def test_megabytes_of_print_are_kept_short():
    def answer(prediction, target):
        for _ in range(100):
            print("x" * 100_000)
        return ERROR(prediction, target)

    verdict = check("03b.1", answer)
    assert verdict.passed
    assert len(str(verdict)) < 1000
    assert "characters more" in verdict.details["printed"]


def test_prints_and_warnings_do_not_leak(capsys, recwarn):
    def answer(prediction, target):
        print("hello")
        print("oops", file=sys.stderr)
        return np.log(prediction * 0).sum()

    verdict = judged(answer, "03b.1")
    assert capsys.readouterr() == ("", "")
    assert not recwarn.list
    assert verdict.details["printed"] == "hello\noops\n"
    assert "divide by zero encountered in log" in verdict.details["warned"]


def test_an_answer_that_remembers_is_told_so():
    calls = []

    def answer(prediction, target):
        calls.append(1)
        return ERROR(prediction, target) + len(calls)

    assert judged(answer, "03b.1").details["kind"] == "unsteady"


# --- what is no answer ----------------------------------------------------------------------


@pytest.mark.parametrize("nothing", [None, ...])
def test_nothing_is_not_attempted(nothing):
    verdict = check("03c.1", nothing)
    assert verdict.details["kind"] == "not attempted"
    assert record.read() == {}


def test_a_value_for_a_function_is_told_so():
    verdict = judged(np.zeros(3))
    assert verdict.details["kind"] == "not a function"
    assert 'check("03c.1", backward)' in verdict.message


@pytest.mark.parametrize(
    ("wrong", "nearest"), [("03c1", "03c.1"), ("3c.1", "03c.1"), ("05a.11", "05a.1")]
)
def test_a_wrong_id_names_the_nearest(wrong, nearest):
    with pytest.raises(ValueError, match=f"Did you mean '{nearest}'"):
        check(wrong, RIGHT)

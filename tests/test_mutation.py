"""Promises of the machinery that breaks the rules: what it breaks, and that it tells the truth."""

import ast
from collections import Counter

import pytest

from tests.book import ROOT
from tests.mutation.__main__ import FAMILIES, RULES, judged
from tests.mutation.equivalents import ANY, EQUIVALENT
from tests.mutation.operators import OPERATORS, mutants
from tests.mutation.workers import Crew, Plan

# (operator, an expression or statement, what it makes of it)
CLAIMS = [
    ("a sign turned round", "x + y", ["x - y"]),
    ("a sign turned round", "x - y", ["x + y"]),
    ("a sign turned round", "-x", ["x"]),
    ("a sign turned round", "np.add(x, y, out=z)", ["np.subtract(x, y, out=z)"]),
    ("a sign turned round", "x += y", ["x -= y"]),
    ("a factor turned over", "x * y", ["x / y"]),
    ("a factor turned over", "x / y", ["x * y"]),
    ("a factor turned over", "x ** y", ["x * y"]),
    ("a factor turned over", "np.divide(x, y)", ["np.multiply(x, y)"]),
    ("an operand left out", "x * y", ["x", "y"]),
    ("an operand left out", "x - y", ["x", "-y"]),
    ("an operand left out", "np.multiply(x, y, out=z)",
     ["np.multiply(x, 1, out=z)", "np.multiply(1, y, out=z)"]),
    ("an operand left out", "np.add(x, y)", ["np.add(x, 0)", "np.add(0, y)"]),
    ("an operand left out", "x and y", ["y", "x"]),
    ("a transpose left out", "W.T", ["W"]),
    ("a transpose left out", "W.swapaxes(0, 1)", ["W"]),
    ("a transpose left out", "W.transpose(2, 0)", ["W"]),
    ("two things swapped", "x @ y", ["y @ x"]),
    ("two things swapped", "f(x, y, z)", ["f(y, x, z)"]),
    ("two things swapped", "return x, y", ["return (y, x)"]),
    ("= for +=", "x[i] += y", ["x[i] = y"]),
    ("= for +=", "np.add.at(x, i, y)", ["x[i] = y", "x[i] += y"]),
    ("a comparison turned round", "x > y", ["x < y", "x >= y"]),
    ("a comparison turned round", "x <= y", ["x >= y", "x < y"]),
    ("a comparison turned round", "x == y", ["x != y"]),
    ("a comparison turned round", "x is None", ["x is not None"]),
    ("a comparison turned round", "x and y", ["x or y"]),
    ("a comparison turned round", "not x", ["x"]),
    ("a comparison turned round", "x if b else y", ["x if not b else y"]),
    ("another constant", "f(0.5)", ["f(1.0)"]),
    ("another constant", "f(1)", ["f(2)", "f(0)"]),
    ("another constant", "f(axis=-1)", ["f(axis=-2)", "f(axis=-0)"]),
    ("another constant", "f(True)", ["f(False)"]),
    ("largest for smallest", "np.maximum(x, y)", ["np.minimum(x, y)"]),
    ("largest for smallest", "np.minimum.reduce(x)", ["np.maximum.reduce(x)"]),
    ("largest for smallest", "x.argmax()", ["x.argmin()"]),
    ("largest for smallest", "max(x, y)", ["min(x, y)"]),
    ("a mean for a sum", "x.sum()", ["x.mean()"]),
    ("a mean for a sum", "np.mean(x)", ["np.sum(x)"]),
    ("an option left out", "x.sum(axis=0, dtype=d)", ["x.sum(dtype=d)", "x.sum(axis=0)"]),
    ("a function left out", "np.sqrt(x)", ["x"]),
    ("a statement left out", "check(x)", ["pass"]),
    ("a statement left out", "x += y", ["pass"]),
    ("a statement left out", "raise ValueError(x)", ["pass"]),
]  # fmt: skip


def changed(code, folder):
    """(operator, the last line of f) of every mutant of a function with this last line."""
    file = folder / "sample.py"
    file.write_text(f"def f():\n    {code}\n", encoding="utf-8")
    for mutant in mutants(file, folder):
        yield mutant.operator, mutant.source.split("\n")[-1].strip()


@pytest.mark.parametrize(("operator", "code", "made"), CLAIMS)
def test_an_operator_makes_what_it_says(operator, code, made, tmp_path):
    assert [after for by, after in changed(code, tmp_path) if by == operator] == made


def test_every_operator_is_tried_here_and_finds_something_in_the_rules():
    assert {operator for operator, *_ in CLAIMS} == OPERATORS.keys()
    found = Counter(m.operator for f in FAMILIES for m in mutants(RULES / f"{f}.py", ROOT))
    assert found.keys() == OPERATORS.keys()


@pytest.mark.parametrize(
    "code",
    [
        "'''Half of 1 + 2.'''",
        "raise ValueError(f'{1 + 2}') from None",
        "def g(x: int | None) -> 1 + 2: '''Words.'''",
        "isinstance(x, int | float | np.integer)",
        "zip(x, strict=True)",
        "x.reshape(-1)",
    ],
)
def test_what_is_read_and_not_computed_is_left_alone(code, tmp_path):
    whole = ("a statement left out", "two things swapped")
    assert [after for by, after in changed(code, tmp_path) if by not in whole] == []


def test_every_mutant_is_another_program():
    path = RULES / "losses.py"
    sources = [mutant.source for mutant in mutants(path, ROOT)]
    assert len(set(sources)) == len(sources)
    assert ast.unparse(ast.parse(path.read_text(encoding="utf-8"))) not in sources


# The verdict

SAMPLE = """
from functools import lru_cache

SCALE = {1: 3}[1]

def half(x, by=2):
    return x / by

@lru_cache
def scaled(x):
    return x * SCALE

def countdown(n):
    while n > 0:
        n -= 1
    return n
"""

WEAK = """
from sample import half, scaled

def test_half():
    assert half(4) == 2

def test_scaled():
    assert scaled(0) == 0
"""

STRICT = """
import inspect
import os
from sample import countdown, half, scaled

def test_half():
    assert half(6) == 3

def test_the_default():
    assert inspect.signature(half).parameters["by"].default == 2

def test_scaled():
    assert scaled(5) == 15

def test_countdown():
    if countdown(3) == 3:
        os._exit(1)
    assert countdown(3) == 0
"""


def unnoticed(folder, tests, wanted=lambda mutant: True):
    """(function, statement after) of the sample's mutants that these tests do not notice."""
    (folder / "sample.py").write_text(SAMPLE, encoding="utf-8")
    (folder / "test_sample.py").write_text(tests, encoding="utf-8")
    made = list(filter(wanted, mutants(folder / "sample.py", folder)))
    assert made
    with Crew(Plan(folder, ("test_sample.py",), ("sample",)), 1, patience=1) as crew:
        return {(mutant.function, mutant.after) for mutant in crew.unnoticed(made)}


def not_of_countdown(mutant):
    return mutant.function != "countdown"


def test_what_weak_tests_do_not_notice_is_found(tmp_path):
    assert unnoticed(tmp_path, WEAK, not_of_countdown) == {
        ("", "SCALE = {1: 4}[1]"),
        ("", "SCALE = {1: 2}[1]"),
        ("half", "return by"),
        ("scaled", "return x"),
        ("scaled", "return x / SCALE"),
    }


def test_strict_tests_notice_everything_and_defaults_that_only_a_signature_shows(tmp_path):
    assert unnoticed(tmp_path, STRICT, not_of_countdown) == set()


def test_a_function_that_no_test_calls_is_found(tmp_path):
    def of_countdown(mutant):
        return mutant.function == "countdown"

    left = unnoticed(tmp_path, WEAK, of_countdown)
    assert ("countdown", "n += 1") in left
    assert ("countdown", "while n >= 0:") in left


def test_a_mutant_that_cannot_be_loaded_never_ends_or_ends_the_process_is_noticed(tmp_path):
    def hard(mutant):
        return mutant.after in ("SCALE = {1: 3}[0]", "SCALE = {1: 3}[2]", "n += 1", "while n < 0:")

    assert unnoticed(tmp_path, STRICT, hard) == set()


@pytest.mark.parametrize(
    "tests",
    ["def test_wrong():\n    assert 1 == 2\n", "import nowhere_to_be_found\n", "# no tests\n"],
)
def test_tests_that_do_not_pass_unbroken_are_refused(tmp_path, tests):
    with pytest.raises(RuntimeError, match=r"test_wrong fails, and nothing is broken|pytest"):
        unnoticed(tmp_path, tests)


def made_of_the_sample(folder):
    (folder / "sample.py").write_text(SAMPLE, encoding="utf-8")
    return list(mutants(folder / "sample.py", folder))


def test_a_verdict_says_where_and_what(tmp_path):
    made = made_of_the_sample(tmp_path)
    shown = next(str(mutant) for mutant in made if mutant.after == "return x * by")
    assert shown == (
        "sample.py:7 half, a factor turned over\n    - return x / by\n    + return x * by"
    )


def test_a_declaration_holds_only_while_its_mutant_is_made_and_not_noticed(tmp_path):
    made = made_of_the_sample(tmp_path)
    one, other, *_ = made
    equivalent = {("sample", *one.key[1:]): "…", ("another", *other.key[1:]): "…"}
    assert judged("sample", made, [one], equivalent) == []
    assert judged("sample", made, [one, other], equivalent) == [str(other)]
    said = f": {one.key}"
    assert judged("sample", made, [], equivalent) == [f"declared equivalent, but noticed{said}"]
    assert judged("sample", made[1:], [], equivalent) == [
        f"declared equivalent, but no longer made{said}"
    ]


def test_a_declaration_of_any_change_holds_while_one_of_them_is_not_noticed(tmp_path):
    made = made_of_the_sample(tmp_path)
    of_half = [mutant for mutant in made if mutant.before == "return x / by"]
    other = next(mutant for mutant in made if mutant.function == "scaled")
    key = ("sample", "half", "return x / by", ANY)
    for left in (of_half, of_half[1:]):
        assert judged("sample", made, left, {key: "…"}) == []
    assert judged("sample", made, [*of_half, other], {key: "…"}) == [str(other)]
    assert judged("sample", made, [], {key: "…"}) == [f"declared equivalent, but noticed: {key}"]
    gone = [mutant for mutant in made if mutant not in of_half]
    assert judged("sample", gone, [], {key: "…"}) == [
        f"declared equivalent, but no longer made: {key}"
    ]


def test_every_declaration_has_a_family_and_a_reason():
    for (family, *_), reason in EQUIVALENT.items():
        assert family in FAMILIES
        assert len(reason.split()) > 4

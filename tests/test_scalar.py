"""Promises about reverse mode on single numbers: right, repeatable, and deep."""

import cmath
import gc
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.scalar import Value

UNARY = {
    "exp": (lambda v: (v * 0.1).exp(), lambda z: cmath.exp(z * 0.1)),
    "log": (lambda v: (v**2 + 1).log(), lambda z: cmath.log(z**2 + 1)),
    "tanh": (lambda v: v.tanh(), cmath.tanh),
    "sigmoid": (lambda v: v.sigmoid(), lambda z: 1 / (1 + cmath.exp(-z))),
    "relu": (lambda v: v.relu(), lambda z: z if z.real > 0 else 0j),
    "negative": (lambda v: -v, lambda z: -z),
    "cube": (lambda v: v**3, lambda z: z**3),
    "from 2": (lambda v: 2 - v, lambda z: 2 - z),
    "2 over": (lambda v: 2 / (v**2 + 1), lambda z: 2 / (z**2 + 1)),
    "2 to the": (lambda v: 2 ** v.tanh(), lambda z: 2 ** cmath.tanh(z)),
}
BINARY = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / (b * b + 1),
}


@st.composite
def recipes(draw):
    """A calculation as steps, each naming an operation and the earlier results it takes."""
    steps, ready = [], 3
    for _ in range(draw(st.integers(1, 12))):
        name = draw(st.sampled_from([*UNARY, *BINARY]))
        steps.append((name, *(draw(st.integers(0, ready - 1)) for _ in range(2))))
        ready += 1
    return steps


def follow(recipe, inputs, of_values):
    results = list(inputs)
    for name, i, j in recipe:
        if name in UNARY:
            results.append(UNARY[name][0 if of_values else 1](results[i]))
        else:
            results.append(BINARY[name](results[i], results[j]))
    return results[-1]


numbers = st.floats(-2, 2).filter(lambda x: abs(x) > 1e-3)


@settings(deadline=None, max_examples=200)
@given(recipes(), st.tuples(numbers, numbers, numbers))
def test_gradients_equal_the_complex_step_for_any_calculation(recipe, at):
    values = [Value(x) for x in at]
    result = follow(recipe, values, of_values=True)
    if not math.isfinite(result.data) or abs(result.data) > 1e6:
        return
    result.backward()
    reached = set(map(id, result.graph().nodes))
    for k, value in enumerate(values):
        nudged = [complex(x, 1e-20 if i == k else 0) for i, x in enumerate(at)]
        expected = follow(recipe, nudged, of_values=False)
        assert result.data == pytest.approx(expected.real, rel=1e-9, abs=1e-12)
        grad = value.grad if id(value) in reached else 0.0
        assert grad == pytest.approx(expected.imag / 1e-20, rel=1e-9, abs=1e-9)


def test_the_example_in_micrograds_readme_gives_its_numbers():
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert f"{g.data:.4f}, {a.grad:.4f}, {b.grad:.4f}" == "24.7041, 138.8338, 645.5773"


def test_gradients_add_up_where_paths_meet():
    x = Value(3.0)
    y = x * x + x  # x is used three times
    y.backward()
    assert x.grad == 7.0


def test_a_diamond_is_left_only_after_both_its_arms_arrived():
    x = Value(2.0)
    middle = x * 3
    late = middle * middle
    result = late * late + middle
    result.backward()
    assert x.grad == 3 * (4 * 6.0**3 + 1)


def test_backward_twice_gives_the_same_gradients():
    x, y = Value(1.5), Value(-0.5)
    z = (x * y + x).tanh() * x
    z.backward()
    first = x.grad, y.grad
    z.backward()
    assert (x.grad, y.grad) == first


def test_a_new_result_replaces_the_gradients_of_the_last_one():
    x = Value(3.0)
    (x * 10).backward()
    (x * 2).backward()
    assert x.grad == 2.0


def test_a_chain_of_a_hundred_thousand_operations_works():
    x = Value(1.0)
    y = x
    for _ in range(100_000):
        y = y + x
    y.backward()
    assert x.grad == 100_001.0
    del y
    gc.collect()


def test_the_graph_lists_the_oldest_first_and_every_slope():
    a, b = Value(2.0, label="a"), Value(5.0, label="b")
    c = a * b
    nodes, edges = (c + a).graph()
    assert nodes[:3] == [a, b, c]
    assert [n.operation for n in nodes] == ["", "", "×", "+"]
    assert edges == [(0, 2, 5.0), (1, 2, 2.0), (2, 3, 1.0), (0, 3, 1.0)]


def test_numbers_of_python_and_numpy_stand_on_either_side():
    x = Value(2.0)
    for result in (np.float64(3) * x, x * np.float32(3), 3 * x, np.int64(3) * x):
        assert isinstance(result, Value) and result.data == 6.0
    assert (1 - x).data == -1.0 and (1 / x).data == 0.5 and (3**x).data == pytest.approx(9.0)
    assert sum([x, x, x]).data == 6.0


def test_saturated_functions_stay_finite():
    for data in (-1e4, 1e4):
        for result in (Value(data).sigmoid(), Value(data).tanh()):
            result.backward()
            assert math.isfinite(result.data)
            assert result.slopes == (0.0,)


def test_the_slope_of_relu_at_its_kink_is_zero():
    x = Value(0.0)
    x.relu().backward()
    assert x.grad == 0.0


def test_the_power_zero_is_flat_even_at_zero():
    x = Value(0.0)
    y = x**0
    y.backward()
    assert (y.data, x.grad) == (1.0, 0.0)


def test_a_value_shows_its_label_and_its_numbers():
    assert repr(Value(1.5, label="w")) == "Value(w: data=1.5, grad=0)"


@pytest.mark.parametrize("wrong", ["3", None, [1.0], True, 1j, np.ones(2)])
def test_what_is_not_a_number_is_refused_by_name(wrong):
    with pytest.raises(TypeError, match="data must be a number"):
        Value(wrong)
    with pytest.raises(TypeError, match="data must be a number"):
        Value(1.0) + wrong


@pytest.mark.parametrize(
    ("calculation", "error", "says"),
    [
        (lambda: Value(1) / 0, ZeroDivisionError, "divide 1 by zero"),
        (lambda: Value(0.0) ** -1, ZeroDivisionError, "0 to the negative power -1"),
        (lambda: Value(-2.0) ** 0.5, ValueError, "not a real number"),
        (lambda: Value(-2.0) ** Value(2.0), ValueError, "a > 0"),
        (lambda: Value(0.0).log(), ValueError, "log needs a positive number; got 0"),
        (lambda: Value(1e4).exp(), OverflowError, "too large"),
        (lambda: Value(1e200) ** 3, OverflowError, "too large"),
    ],
)
def test_impossible_calculations_say_what_is_wrong(calculation, error, says):
    with pytest.raises(error, match=says):
        calculation()

"""What `dlcore.descent` promises: update rules that are their formulas, with or without room."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlcore.descent import gradient_descent, momentum

RATES = st.floats(0, 2)
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, max_side=4)


def drawn(shape, seed, count, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(dtype) for _ in range(count)]


def read_only(*arrays):
    for array in arrays:
        array.setflags(write=False)


@given(shape=SHAPES, rate=RATES)
@settings(deadline=None, max_examples=30)
def test_gradient_descent_is_x_minus_rate_times_g(shape, rate):
    x, g = drawn(shape, 0, 2)
    read_only(x, g)
    np.testing.assert_array_equal(gradient_descent(x, g, rate), x - rate * g)


@given(shape=SHAPES, rate=RATES, beta=st.floats(0, 1), nesterov=st.booleans())
@settings(deadline=None, max_examples=50)
def test_momentum_is_its_formula(shape, rate, beta, nesterov):
    x, g, v = drawn(shape, 1, 3)
    read_only(x, g, v)
    moved, velocity = momentum(x, g, v, rate, beta, nesterov=nesterov)
    expected = beta * v - rate * g
    np.testing.assert_allclose(velocity, expected, rtol=1e-13, atol=1e-14)
    step = beta * expected - rate * g if nesterov else expected
    np.testing.assert_allclose(moved, x + step, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("nesterov", [False, True])
def test_without_friction_memory_momentum_is_plain_descent(nesterov):
    x, g = drawn((3, 2), 2, 2)
    moved, _ = momentum(x, g, np.zeros_like(x), 0.3, 0.0, nesterov=nesterov)
    np.testing.assert_allclose(moved, gradient_descent(x, g, 0.3), rtol=1e-15)


@pytest.mark.parametrize("room", ["own", "the gradient"])
def test_descent_in_place_gives_the_same(room):
    x, g = drawn((4, 3), 3, 2)
    expected = gradient_descent(x, g, 0.1)
    result = gradient_descent(x, g, 0.1, out=x, step=g if room != "own" else np.empty_like(x))
    assert result is x
    np.testing.assert_array_equal(x, expected)


@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("room", ["own", "the gradient"])
def test_momentum_in_place_gives_the_same(nesterov, room):
    x, g, v = drawn((4, 3), 4, 3)
    expected = momentum(x, g, v, 0.1, 0.9, nesterov=nesterov)
    step = g if room != "own" else np.empty_like(x)
    result = momentum(x, g, v, 0.1, 0.9, nesterov=nesterov, out=x, velocity_out=v, step=step)
    assert result[0] is x
    assert result[1] is v
    np.testing.assert_array_equal(x, expected[0])
    np.testing.assert_array_equal(v, expected[1])


@pytest.mark.parametrize("nesterov", [False, True])
def test_float32_stays_float32(nesterov):
    x, g, v = drawn((2, 2), 5, 3, np.float32)
    assert gradient_descent(x, g, 0.1).dtype == np.float32
    assert {a.dtype for a in momentum(x, g, v, 0.1, 0.9, nesterov=nesterov)} == {np.dtype("f4")}


def test_a_rate_above_two_over_the_curvature_diverges_and_below_it_converges():
    def distance(rate, curvature=4.0):
        x = np.array(1.0)
        for _ in range(200):
            x = gradient_descent(x, curvature * x, rate)
        return abs(x)

    assert distance(0.49) < 0.02
    assert distance(0.51) > 40


def test_momentum_is_faster_than_descent_in_a_ravine():
    def final_error(beta):
        curvatures, x, v = np.array([1.0, 100.0]), np.ones(2), np.zeros(2)
        for _ in range(100):
            x, v = momentum(x, curvatures * x, v, 0.01, beta)
        return np.abs(x).max()

    assert final_error(0.8) < 0.01 * final_error(0.0)

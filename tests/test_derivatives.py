"""What `dlcore.derivatives` promises: gradients from nothing but a function's values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlcore.derivatives import central_difference, complex_step, relative_error

POINTS = hnp.arrays(
    np.float64, hnp.array_shapes(max_dims=3, max_side=3), elements=st.floats(-2, 2, width=32)
)
SMOOTH = {  # a function of all entries, and its gradient
    "sum of cubes": (lambda x: (x**3).sum(), lambda x: 3 * x**2),
    "sine of the sum": (lambda x: np.sin(x.sum()), lambda x: np.cos(x.sum()) * np.ones_like(x)),
    "exp of one entry": (lambda x: np.exp(x.flat[0]), lambda x: _first(x, np.exp(x.flat[0]))),
    "product": (lambda x: (x + 3).prod(), lambda x: (x + 3).prod() / (x + 3)),
}


def _first(x, value):
    gradient = np.zeros_like(x)
    gradient.flat[0] = value
    return gradient


@pytest.mark.parametrize("name", SMOOTH)
@given(x=POINTS)
@settings(deadline=None, max_examples=25)
def test_both_ways_find_the_gradient_of_a_smooth_function(name, x):
    f, gradient = SMOOTH[name]
    expected = gradient(x)
    near, exact = central_difference(f, x), complex_step(f, x)
    assert near.shape == exact.shape == x.shape
    assert near.dtype == exact.dtype == np.float64
    scale = 1 + np.abs(expected).max()
    assert np.abs(near - expected).max() / scale < 1e-6
    assert np.abs(exact - expected).max() / scale < 1e-14


def test_complex_step_is_exact_where_differences_round():
    x = np.array([1.5])
    errors = [
        abs(way(lambda v: (np.exp(v) / (np.cos(v) ** 3 + np.sin(v) ** 3)).sum(), x)[0] - known)
        for way, known in ((central_difference, SQUIRE_TRAPP), (complex_step, SQUIRE_TRAPP))
    ]
    assert errors[1] < 1e-14 < errors[0] < 1e-8


SQUIRE_TRAPP = 3.62203370071632877659  # d/dx e^x / (cos³x + sin³x) at 1.5, to twenty places


def test_the_error_of_central_differences_falls_with_the_square_of_h():
    def error(h):
        return abs(central_difference(lambda x: np.exp(x).sum(), np.zeros(1), h)[0] - 1)

    assert error(1e-2) / error(1e-3) == pytest.approx(100, rel=0.01)


def test_step_sizes_are_used_as_given():
    assert central_difference(lambda x: (x**3).sum(), np.zeros(1), h=0.5)[0] == 0.25
    assert complex_step(lambda x: (x**3).sum(), np.zeros(1), h=0.5)[0] == -0.25


@pytest.mark.parametrize("way", [central_difference, complex_step])
def test_the_point_is_left_alone_even_by_a_function_that_writes(way):
    x = np.array([1.0, 2.0])

    def vandal(v):
        result = (v * v).sum()
        v[:] = 99
        return result

    np.testing.assert_allclose(way(vandal, x), [2, 4], rtol=1e-8)
    np.testing.assert_array_equal(x, [1, 2])


@pytest.mark.parametrize("way", [central_difference, complex_step])
def test_lists_integers_and_single_numbers_are_points_too(way):
    np.testing.assert_allclose(way(lambda x: (x * x).sum(), [1, 2]), [2, 4], rtol=1e-8)
    assert way(lambda x: x * x, 3) == pytest.approx(6)
    assert way(lambda x: (x * x).reshape(1, 1), np.array(3.0)).shape == ()


@pytest.mark.parametrize("way", [central_difference, complex_step])
@pytest.mark.parametrize("h", [0, -1e-5, float("nan")])
def test_h_must_be_positive(way, h):
    with pytest.raises(ValueError, match=r"h must be a positive number; got"):
        way(np.sum, np.ones(2), h)


@pytest.mark.parametrize("way", [central_difference, complex_step])
def test_a_function_of_many_values_is_refused(way):
    with pytest.raises(ValueError, match=r"single number; got an array of shape \(3,\)"):
        way(lambda x: x * 2, np.ones(3))


def test_relative_error_measures_against_the_largest_entry():
    assert relative_error([1.0, 0.0], [1.0, 0.5]) == 0.5
    assert relative_error([10.0, 0.0], [10.0, 0.5]) == 0.05
    assert relative_error([0.0, 0.5], [10.0, 0.0]) == 1.0
    assert relative_error([0.0, -2.0], [0.0, -1.0]) == 0.5


@given(x=POINTS)
def test_relative_error_is_zero_for_equal_arrays_and_symmetric(x):
    assert relative_error(x, x) == 0
    assert relative_error(x, x + 1) == relative_error(x + 1, x)


def test_relative_error_of_nothing_and_of_zeros_is_zero():
    assert relative_error([], []) == 0
    assert relative_error([0.0], [0.0]) == 0


def test_relative_error_never_broadcasts():
    with pytest.raises(ValueError, match=r"one shape; got \(2,\) and \(2, 1\)"):
        relative_error(np.ones(2), np.ones((2, 1)))

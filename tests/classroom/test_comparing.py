"""Promises about comparing: numbers count, and neither dtype nor a leading axis of one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from dlcore.classroom.comparing import Odd, differing, equal, fitted, outputs, plain

numbers = st.floats(-1e6, 1e6)
matrices = arrays.arrays(np.float64, arrays.array_shapes(min_dims=1, max_dims=3), elements=numbers)


@given(matrices)
def test_an_array_equals_itself_in_float32(array):
    assert equal(plain(array.astype(np.float32)), array)


@given(matrices.filter(lambda array: np.abs(array).max() > 1e-3))
def test_a_tenth_of_a_per_mille_is_a_difference(array):
    assert not equal(array * 1.0001, array)


@given(matrices)
def test_leading_axes_of_one_do_not_matter_and_others_do(array):
    assert equal(array[np.newaxis], array)
    assert equal(array[np.newaxis, np.newaxis], array)
    assert fitted(array[..., np.newaxis], array.shape) is None or array.shape == (1,) * array.ndim


def test_one_number_is_one_number_however_wrapped():
    for wrapped in (2.0, np.float32(2), np.array(2), [2.0], np.array([[2]]), 2):
        assert equal(plain(wrapped), np.array(2.0))


def test_nan_and_infinity_equal_only_themselves():
    inf, nan = np.array([np.inf, np.nan]), np.array([1.0, np.nan])
    assert equal(inf, inf)
    assert not equal(np.array([1e300, np.nan]), inf)
    assert not equal(-inf, inf)
    assert not equal(np.array([1.0, 0.0]), nan)
    assert not equal(nan, np.array([1.0, 0.0]))


def test_small_entries_beside_large_ones_may_be_off_by_what_float32_loses():
    right = np.array([1.0, 1e-7])
    assert equal(right + 4e-6, right)
    assert not equal(right + np.array([0, 1e-5]), right)


def test_the_largest_difference_comes_first():
    right = np.zeros((2, 2)) + 1
    mine = right + np.array([[0, 3], [-5, 0]])
    assert differing(mine, right) == [(1, 0), (0, 1)]


@pytest.mark.parametrize(
    "value", [None, [[1, 2], [3]], object(), np.array([object()]), 1j, b"bytes", {1: 2}, {1, 2}]
)
def test_what_is_no_array_of_numbers_is_said_in_words(value):
    assert isinstance(plain(value), Odd)


def test_text_is_compared_as_text_without_case_and_margins():
    assert equal(plain(" Diverges "), plain("diverges"))
    assert not equal(plain("converges"), plain("diverges"))
    assert not equal(plain("1"), plain(1))


def test_several_outputs_come_as_tuple_list_dict_or_array_of_arrays():
    a, b = np.array([1.0]), np.array([2.0, 3.0])
    boxed = np.empty(2, dtype=object)
    boxed[:] = [a, b]
    for value in ((a, b), [a, b], {"a": a, "b": b, "c": 0}, boxed):
        assert all(map(equal, outputs(value, ("a", "b")), (a, b)))
    assert isinstance(outputs({"a": a}, ("a", "b")), Odd)
    assert isinstance(outputs(b, ("a", "b")), Odd)

"""What `dlcore.checks` promises: what passes comes back ready to use; the rest is named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore import checks


@given(value=st.integers(-5, 15), least=st.integers(-3, 3), most=st.integers(4, 9))
def test_an_integer_passes_exactly_within_its_bounds(value, least, most):
    if least <= value <= most:
        assert checks.integer("k", value, least, most) == value
    else:
        with pytest.raises(ValueError, match=rf"k must be in {least}..{most}; got {value}\."):
            checks.integer("k", value, least, most)


def test_numpys_integers_and_floats_pass_as_pythons():
    assert type(checks.integer("k", np.int32(3), 0)) is int
    assert type(checks.number("k", np.float32(0.5))) is float
    assert type(checks.number("k", 3)) is float


@pytest.mark.parametrize("value", [True, np.True_, "1", None, 1j, [1]])
def test_what_is_no_number_is_refused_with_its_type(value):
    for check in (checks.number, lambda name, value: checks.integer(name, value, 0)):
        with pytest.raises(TypeError, match=rf"k must be .*\({type(value).__name__}\)"):
            check("k", value)


def test_arrays_pass_without_a_copy_where_they_fit():
    array = np.ones((2, 3))
    assert checks.numbers("x", array) is array
    assert checks.finite("x", array) is array
    assert checks.numbers("x", [[True, False]]).dtype == np.float64
    assert checks.numbers("x", [1j], np.complex128).dtype == np.complex128


def test_finite_numbers_whose_sum_overflows_are_finite():
    array = np.full(4, 3e38, np.float32)
    assert checks.finite("x", array) is array
    array[2] = np.inf
    with pytest.raises(ValueError, match=r"x must be finite; got inf at position \(2,\)"):
        checks.finite("x", array)


def test_infinities_of_both_signs_do_not_cancel():
    with pytest.raises(ValueError, match=r"got inf at position \(0,\)"):
        checks.finite("x", np.array([np.inf, -np.inf]))


@given(classes=st.integers(1, 12), n=st.integers(1, 20), seed=st.integers(0, 99))
def test_labels_pass_exactly_within_their_classes(classes, n, seed):
    y = np.random.default_rng(seed).integers(-1, classes + 1, n, dtype=np.int8)
    wrong = [i for i in range(n) if not 0 <= y[i] < classes]
    if wrong:
        message = (
            rf"y must be integers in 0..{classes - 1} for {classes} classes; "
            rf"got {y[wrong[0]]} at position {wrong[0]}\."
        )
        with pytest.raises(ValueError, match=message):
            checks.labels("y", y, n, classes)
    else:
        passed = checks.labels("y", y[:, None], n, classes)
        assert passed.dtype == np.int64
        np.testing.assert_array_equal(passed, y)


def test_a_choice_is_told_its_nearest_only_where_one_is_near():
    with pytest.raises(ValueError, match=r"got 'Reluu'. Did you mean 'relu'\?$"):
        checks.choice("activation", "Reluu", ["relu", "tanh"])
    with pytest.raises(ValueError, match=r"got 'xyz'\.$"):
        checks.choice("activation", "xyz", ["relu", "tanh"])
    with pytest.raises(ValueError, match=r"got \['relu'\]"):
        checks.choice("activation", ["relu"], ["relu", "tanh"])

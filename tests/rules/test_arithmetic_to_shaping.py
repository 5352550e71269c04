"""The edges of arithmetic, products, reductions and shaping: kinks, ties, zeros, misfits."""

import numpy as np
import pytest

from dlcore.rules import arithmetic, products, reductions, shaping

ONE = np.ones(1)
equal = np.testing.assert_array_equal


# arithmetic


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("add", [5, -1]),
        ("subtract", [-1, 5]),
        ("multiply", [6, -6]),
        ("divide", [2 / 3, -2 / 3]),
        ("maximum", [3, 2]),
        ("general_power", [8, 0.125]),
    ],
)
def test_two_operands_give_the_numbers_of_the_operation(name, expected):
    x, y = np.array([2.0, 2.0]), np.array([3.0, -3.0])
    np.testing.assert_allclose(getattr(arithmetic, name)(x, y), expected, rtol=1e-15)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("negative", -4), ("exp", np.e**4), ("log", np.log(4)), ("sqrt", 2), ("square", 16),
     ("absolute", 4)],
)  # fmt: skip
def test_one_operand_gives_the_number_of_the_operation(name, expected):
    assert getattr(arithmetic, name)(np.array(4.0)) == pytest.approx(expected, rel=1e-15)


def test_a_gradient_has_the_shape_of_its_operand_whichever_was_broadcast():
    d = np.arange(6.0).reshape(2, 3)
    dx, dy = arithmetic.add_vjp(d, np.zeros((2, 1)), np.zeros(3))
    equal(dx, [[3], [12]])
    equal(dy, [3, 5, 7])


def test_a_number_may_be_an_operand():
    dx, dy = arithmetic.multiply_vjp(np.ones(3), np.arange(3.0), 2.0)
    equal(dx, [2, 2, 2])
    assert dy == 3


def test_the_slope_of_absolute_at_its_kink_is_zero():
    equal(arithmetic.absolute_vjp(np.ones(3), np.array([-2.0, 0.0, 3.0])), [-1, 0, 1])


def test_equal_operands_of_maximum_share_the_gradient():
    dx, dy = arithmetic.maximum_vjp(np.full(3, 4.0), np.array([1.0, 2, 3]), np.array([2.0, 2, 2]))
    equal(dx, [0, 2, 4])
    equal(dy, [4, 2, 0])


@pytest.mark.parametrize(("exponent", "slope"), [(0, 0), (0.0, 0), (1, 1), (2, 0), (1.5, 0)])
def test_a_constant_power_has_its_slope_at_zero(exponent, slope):
    assert arithmetic.power_vjp(ONE, np.zeros(1), exponent) == slope


@pytest.mark.parametrize(("exponent", "slope"), [(-1, -0.25), (2, -4), (3, 12), (0, 0)])
def test_a_whole_power_of_a_negative_base_has_its_slope(exponent, slope):
    assert arithmetic.power_vjp(ONE, np.array([-2.0]), exponent) == slope


def test_a_power_of_zero_or_less_says_nothing_about_its_exponent():
    x, y = np.array([0.0, -2.0, 0.0, -np.inf]), np.array([2.0, 3.0, 0.0, 1.0])
    dx, dy = arithmetic.general_power_vjp(np.ones(4), x, y)
    equal(dx, [0, 12, 0, 1])
    equal(dy, 0)


def test_a_quotient_by_a_tiny_or_huge_number_has_a_finite_slope_where_there_is_one():
    x = np.array([1e-200, 1e200])
    dx, dy = arithmetic.divide_vjp(np.array([1e-200, 1e200]), x, x)
    equal(dx, 1)
    equal(dy, -1)


def test_arithmetic_on_denormals_is_finite():
    tiny = np.array([5e-324, 1e-310])
    for name in ("add", "subtract", "multiply", "maximum"):
        for gradient in getattr(arithmetic, f"{name}_vjp")(np.ones(2), tiny, tiny[::-1]):
            assert np.isfinite(gradient).all()
    for name in ("negative", "square", "absolute"):
        assert np.isfinite(getattr(arithmetic, f"{name}_vjp")(np.ones(2), tiny)).all()
    assert np.isfinite(arithmetic.sqrt_vjp(np.ones(2), np.sqrt(tiny))).all()
    assert np.isfinite(arithmetic.log(tiny)).all()


# products


def test_matmul_is_numpys():
    x, y = np.arange(12.0).reshape(2, 2, 3), np.arange(3.0)
    equal(products.matmul(x, y), np.matmul(x, y))


def test_the_gradients_of_a_shared_matrix_add_up_over_the_stack():
    x, W = np.ones((5, 2, 3)), np.ones((3, 4))
    dx, dW = products.matmul_vjp(np.ones((5, 2, 4)), x, W)
    equal(dx, np.full((5, 2, 3), 4))
    equal(dW, np.full((3, 4), 10))


# reductions


def test_equal_largest_entries_share_the_gradient_equally():
    x = np.array([[1.0, 3, 3, 3], [2, 2, 0, 1]])
    equal(reductions.max_vjp(np.array([6.0, 4.0]), x, axis=1), [[0, 2, 2, 2], [2, 2, 0, 0]])
    equal(reductions.max_vjp(np.array(6.0), x), [[0, 2, 2, 2], [0, 0, 0, 0]])


def test_reductions_are_numpys_along_one_axis_several_or_all():
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    for axis in (None, 1, (0, -1)):
        for keepdims in (False, True):
            equal(reductions.sum(x, axis, keepdims), np.sum(x, axis, keepdims=keepdims))
            equal(reductions.mean(x, axis, keepdims), np.mean(x, axis, keepdims=keepdims))
            equal(reductions.max(x, axis, keepdims), np.max(x, axis, keepdims=keepdims))
    for name in ("sum", "mean", "max"):
        assert np.shape(getattr(reductions, name)(x)) == ()
        assert getattr(reductions, name)(x, 1).shape == (2, 4)


def test_the_gradient_of_a_sum_may_be_written_to():
    dx = reductions.sum_vjp(np.ones(2), np.zeros((2, 3)), axis=1)
    dx[0, 0] = 5
    equal(dx, [[5, 1, 1], [1, 1, 1]])


def test_the_gradient_of_an_empty_sum_is_empty():
    assert reductions.sum_vjp(np.ones(3), np.zeros((0, 3)), axis=0).shape == (0, 3)


# shaping


def test_an_entry_picked_twice_gets_both_gradients():
    dx = shaping.getitem_vjp(np.array([1.0, 10, 100]), np.zeros(3), np.array([2, 0, 2]))
    equal(dx, [10, 0, 101])
    rows, columns = np.array([0, 0, 1]), np.array([1, 1, 0])
    dx = shaping.getitem_vjp(np.array([1.0, 10, 100]), np.zeros((2, 2)), (rows, columns))
    equal(dx, [[0, 11], [100, 0]])


def test_transpose_puts_the_axes_back():
    x = np.zeros((2, 3, 4))
    for axes in ((1, 2, 0), (2, 0, 1), (-1, 0, 1), None):
        assert shaping.transpose_vjp(shaping.transpose(x, axes), x, axes).shape == x.shape


def test_arrays_are_concatenated_along_their_first_axis_unless_told():
    assert shaping.concatenate([np.zeros((2, 3)), np.zeros((1, 3))]).shape == (3, 3)


def test_broadcast_integers_stay_integers():
    z = shaping.broadcast_to(np.arange(3), (2, 3))
    equal(z, [[0, 1, 2], [0, 1, 2]])
    assert z.dtype == np.arange(3).dtype


def test_concatenated_arrays_each_get_their_own_piece():
    arrays = [np.zeros((2, 1)), np.zeros((2, 0)), np.zeros((2, 2))]
    pieces = shaping.concatenate_vjp(np.arange(6.0).reshape(2, 3), arrays, axis=1)
    equal(pieces[0], [[0], [3]])
    assert pieces[1].shape == (2, 0)
    equal(pieces[2], [[1, 2], [4, 5]])


def test_unbroadcast_of_what_was_not_broadcast_is_the_gradient_itself():
    d = np.ones((2, 3))
    assert shaping.unbroadcast(d, (2, 3)) is d


def test_unbroadcast_sums_new_axes_and_axes_of_length_one():
    d = np.ones((4, 2, 3))
    equal(shaping.unbroadcast(d, (2, 1)), [[12], [12]])
    equal(shaping.unbroadcast(d, ()), 24)
    equal(shaping.unbroadcast(np.ones((1, 3)), (3,)), [1, 1, 1])


@pytest.mark.parametrize(("have", "want"), [((3,), (1,)), ((2, 3), (3,)), ((3,), (2,))])
def test_broadcast_to_a_shape_that_does_not_fit_is_refused(have, want):
    with pytest.raises(ValueError, match="broadcast"):
        shaping.broadcast_to(np.zeros(have), want)

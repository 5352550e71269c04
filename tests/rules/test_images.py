"""Convolution and pooling against their definitions, written as loops; their edges and errors."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.rules import convolution, pooled, pooling, windows
from dlcore.tensor import conv2d, hessian_vector_product

GEOMETRY = {
    "h": st.integers(1, 7),
    "w": st.integers(1, 7),
    "size": st.tuples(st.integers(1, 4), st.integers(1, 4)),
    "strides": st.tuples(st.integers(1, 4), st.integers(1, 4)),
    "padding": st.sampled_from(["valid", "same"]),
    "seed": st.integers(0, 2**16),
}


def fits(h, w, size, padding):
    return padding == "same" or (size[0] <= h and size[1] <= w)


def window_spans(length, size, stride, padding):
    """From where to where each window reaches, past the edges too, by TensorFlow's definition."""
    if padding == "valid":
        return [(i, i + size) for i in range(0, length - size + 1, stride)]
    count = math.ceil(length / stride)
    before = max((count - 1) * stride + size - length, 0) // 2
    return [(i * stride - before, i * stride - before + size) for i in range(count)]


def by_loops(x, size, strides, padding, of_window):
    """of_window(real entries (., ., c), their places in the window) for every window."""
    rows = window_spans(x.shape[1], size[0], strides[0], padding)
    columns = window_spans(x.shape[2], size[1], strides[1], padding)

    def inside(span, length):
        return max(span[0], 0), min(span[1], length)

    def one(image, row, column):
        (a, b), (c, e) = inside(row, x.shape[1]), inside(column, x.shape[2])
        places = slice(a - row[0], b - row[0]), slice(c - column[0], e - column[0])
        return of_window(image[a:b, c:e], places)

    return np.array([[[one(image, r, c) for c in columns] for r in rows] for image in x])


@given(**GEOMETRY)
@settings(deadline=None, max_examples=60)
def test_conv2d_is_a_weighted_sum_at_every_place(h, w, size, strides, padding, seed):
    if not fits(h, w, size, padding):
        return
    rng = np.random.default_rng(seed)
    x, kernel = rng.normal(size=(2, h, w, 2)), rng.normal(size=(*size, 2, 3))
    bias = rng.normal(size=3)
    expected = by_loops(
        x,
        size,
        strides,
        padding,
        lambda part, at: np.einsum("ijc,ijco->o", part, kernel[at]) + bias,
    )
    ours = convolution.conv2d(x, kernel, bias, strides, padding)
    np.testing.assert_allclose(ours, expected, atol=1e-12)


@given(**GEOMETRY)
@settings(deadline=None, max_examples=60)
def test_pooling_is_over_the_real_entries_of_every_window(h, w, size, strides, padding, seed):
    if not fits(h, w, size, padding):
        return
    x = np.random.default_rng(seed).normal(size=(2, h, w, 2)) - 3
    for rule, of in ((pooling.max_pool2d, np.max), (pooling.average_pool2d, np.mean)):
        expected = by_loops(
            x, size, strides, padding, lambda part, at, of=of: of(part, axis=(0, 1))
        )
        np.testing.assert_allclose(rule(x, size, strides, padding), expected, atol=1e-12)


def test_same_padding_puts_the_odd_entry_after():
    x = np.arange(1.0, 5).reshape(1, 1, 4, 1)
    kernel = np.array([1.0, 10, 100]).reshape(1, 3, 1, 1)
    # two windows over 1 2 3 4 and one 0, which stands after the 4
    ours = convolution.conv2d(x, kernel, strides=2, padding="same")
    np.testing.assert_array_equal(ours.ravel(), [321, 43])


@given(**GEOMETRY)
@settings(deadline=None, max_examples=60)
def test_padding_is_as_much_as_the_windows_reach_over_the_edge(h, w, size, strides, padding, seed):
    if not fits(h, w, size, padding):
        return
    where = windows.grid("size", (1, h, w, 1), size, strides, padding)
    for axis, length in enumerate((h, w)):
        spans = window_spans(length, size[axis], strides[axis], padding)
        assert where.before[axis] == -spans[0][0]
        assert where.after[axis] == max(spans[-1][1] - length, 0)
    assert where.pads == any(where.before + where.after)


def test_images_whose_batch_lies_last_in_memory_are_taken_as_they_lie():
    x = np.arange(24.0).reshape(2, 2, 3, 2)
    turned = windows.batch_last(x)
    assert turned.flags.c_contiguous
    np.testing.assert_array_equal(turned, x.transpose(3, 1, 2, 0))
    assert np.shares_memory(windows.batch_last(turned.swapaxes(0, 3)), turned)


def test_the_gradient_of_a_kernel_can_be_differentiated_once_more():
    rng = np.random.default_rng(0)
    x, kernel, v = (rng.normal(size=shape) for shape in ((2, 4, 4, 1), *[(2, 3, 1, 2)] * 2))
    product = hessian_vector_product(lambda w: (conv2d(x, w) ** 2).sum() / 2, kernel, v)
    # a quadratic function of the kernel: what its gradient is at v
    _, known, _ = convolution.conv2d_vjp(convolution.conv2d(x, v), x, v)
    np.testing.assert_allclose(product, known, rtol=1e-12)


def test_conv2d_does_not_turn_its_kernel_round():
    x = np.array([1.0, 2, 3]).reshape(1, 1, 3, 1)
    kernel = np.array([1.0, 10]).reshape(1, 2, 1, 1)
    np.testing.assert_array_equal(convolution.conv2d(x, kernel).ravel(), [21, 32])


def test_dx_of_a_convolution_is_left_out_when_nobody_needs_it():
    x, kernel = np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1))
    d = np.ones((1, 2, 2, 1))
    dx, dkernel, dbias = convolution.conv2d_vjp(d, x, kernel, need_dx=False)
    assert dx is None
    np.testing.assert_array_equal(dkernel, np.full((2, 2, 1, 1), 4))
    assert dbias == 4


def test_the_gradient_of_max_pooling_goes_to_the_first_of_equals_alone():
    x = np.array([[1.0, 5], [5, 5]]).reshape(1, 2, 2, 1)
    dx = pooling.max_pool2d_vjp(np.array(7.0).reshape(1, 1, 1, 1), x)
    np.testing.assert_array_equal(dx[0, :, :, 0], [[0, 7], [0, 0]])


def test_overlapping_windows_add_up_their_gradients():
    x = np.array([0.0, 9, 0]).reshape(1, 1, 3, 1)
    d = np.array([1.0, 10]).reshape(1, 1, 2, 1)
    np.testing.assert_array_equal(pooling.max_pool2d_vjp(d, x, (1, 2), 1).ravel(), [0, 11, 0])
    np.testing.assert_array_equal(
        pooling.average_pool2d_vjp(d, x, (1, 2), 1).ravel(), [0.5, 5.5, 5]
    )


def test_the_padding_is_never_the_largest_nor_part_of_a_mean():
    x = np.full((1, 3, 3, 1), -4.0)
    for rule in (pooling.max_pool2d, pooling.average_pool2d):
        np.testing.assert_array_equal(rule(x, 2, padding="same"), np.full((1, 2, 2, 1), -4))


def test_pools_step_by_their_own_size_unless_told():
    x = np.random.default_rng(0).normal(size=(1, 6, 6, 1))
    for rule in (pooling.max_pool2d, pooling.average_pool2d):
        np.testing.assert_array_equal(rule(x, 3), rule(x, (3, 3), strides=(3, 3)))
        assert rule(x).shape == (1, 3, 3, 1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_images_of_extreme_numbers_stay_finite(dtype):
    x = np.array([1e4, -1e4, 1e-310, 0, -1e4, 1e4]).reshape(1, 2, 3, 1).astype(dtype)
    kernel = np.full((2, 2, 1, 1), 1e4, dtype)
    assert np.isfinite(convolution.conv2d(x, kernel, padding="same")).all()
    for rule in (pooling.max_pool2d, pooling.average_pool2d):
        assert np.isfinite(rule(x, 2, padding="same")).all()


@pytest.mark.parametrize(
    ("shape", "size", "strides", "padding", "pool"),
    [
        ((3, 11, 8, 2), (3, 3), 1, "valid", (2, 2)),  # leaves a row out, and a column
        ((1, 9, 9, 1), (3, 2), (2, 1), "same", (2, 3)),
        ((2, 7, 7, 3), (1, 1), 2, "valid", (2, 2)),
        ((2, 6, 5, 1), (5, 5), 1, "same", (1, 5)),
    ],
)
@pytest.mark.parametrize("biased", [True, False])
def test_convolution_and_pooling_in_one_are_the_two_after_each_other(
    shape, size, strides, padding, pool, biased
):
    rng = np.random.default_rng(0)
    # whole numbers: no sum is rounded, and there are many equals to choose among
    x, kernel = (rng.integers(-2, 3, s).astype(float) for s in (shape, (*size, shape[3], 4)))
    bias = np.arange(4.0) if biased else None
    stand = windows.grid("kernel", shape, size, strides, padding)
    pools = windows.grid("pool_size", (shape[0], *stand.count, 4), pool, pool, "valid")
    z = convolution.conv2d(x, kernel, bias, strides, padding)
    where = pooled.wide_windows(stand, pools)
    both, kept = pooled.conv2d_max_pool2d(x, kernel, bias, where)
    np.testing.assert_array_equal(both, pooling.max_pool2d(z, pool))
    d = rng.integers(-3, 4, both.shape).astype(float)
    ours = pooled.conv2d_max_pool2d_vjp(d, kept, kernel, shape, where)
    dz = pooling.max_pool2d_vjp(d, z, pool)
    for one, known in zip(
        ours, convolution.conv2d_vjp(dz, x, kernel, strides, padding), strict=True
    ):
        np.testing.assert_array_equal(one, known)
    dx, *_ = pooled.conv2d_max_pool2d_vjp(d, kept, kernel, shape, where, need_dx=False)
    assert dx is None


# errors


def called(rule, x=(1, 4, 4, 2), size=2, **options):
    if rule is convolution.conv2d:
        pair = size if isinstance(size, tuple) else (size, size)
        return rule(np.ones(x), np.ones((*pair, 2, 1)), **options)
    return rule(np.ones(x), size, **options)


RULES = [convolution.conv2d, pooling.max_pool2d, pooling.average_pool2d]


@pytest.mark.parametrize("rule", RULES)
def test_a_window_larger_than_the_image_is_refused_unless_padded(rule):
    for size in (5, (5, 1), (1, 5)):
        with pytest.raises(ValueError, match=r"(kernel|pool_size) must not be larger than"):
            called(rule, size=size)
        called(rule, size=size, padding="same")
    called(rule, size=4)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("strides", [0, -1, (1, 0), (1, 2, 3)])
def test_a_stride_that_is_no_step_is_refused(rule, strides):
    with pytest.raises(ValueError, match="strides must be"):
        called(rule, strides=strides)


@pytest.mark.parametrize("rule", RULES)
def test_an_unknown_padding_is_refused_with_the_nearest(rule):
    with pytest.raises(ValueError, match=r"padding must be one of.*Did you mean 'same'\?"):
        called(rule, padding="SAME")


@pytest.mark.parametrize("rule", RULES)
def test_what_is_no_batch_of_images_is_refused(rule):
    with pytest.raises(ValueError, match=r"x must have shape \(n, height, width, channels\)"):
        called(rule, x=(4, 4, 2))


def test_a_size_below_one_and_half_a_stride_are_refused():
    with pytest.raises(ValueError, match="pool_size must be at least 1"):
        pooling.max_pool2d(np.ones((1, 4, 4, 1)), 0)
    with pytest.raises(TypeError, match="strides must be an integer"):
        pooling.max_pool2d(np.ones((1, 4, 4, 1)), 2, 1.5)


def test_a_kernel_bias_or_gradient_that_does_not_fit_is_refused_by_name():
    x, kernel = np.ones((1, 4, 4, 2)), np.ones((3, 3, 2, 5))
    with pytest.raises(ValueError, match="kernel must take x's 3 channels"):
        convolution.conv2d(np.ones((1, 4, 4, 3)), kernel)
    with pytest.raises(ValueError, match="kernel must have shape"):
        convolution.conv2d(x, np.ones((3, 3, 2)))
    with pytest.raises(ValueError, match=r"bias must have shape \(5,\); got \(1,\)"):
        convolution.conv2d(x, kernel, np.ones(1))
    with pytest.raises(ValueError, match=r"d must have the result's shape \(1, 2, 2, 5\)"):
        convolution.conv2d_vjp(np.ones((1, 4, 4, 5)), x, kernel)


@pytest.mark.parametrize("rule", RULES)
def test_a_stride_may_be_a_list(rule):
    np.testing.assert_array_equal(called(rule, strides=[1, 2]), called(rule, strides=(1, 2)))


def test_windows_that_need_no_padding_are_a_view_that_nobody_writes_to():
    x = np.arange(16.0).reshape(1, 4, 4, 1)
    cut = windows.windows(x, windows.grid("size", x.shape, 2, 2, "valid"))
    assert np.shares_memory(cut, x)
    assert not cut.flags.writeable
    np.testing.assert_array_equal(cut[0, 1, 0, :, :, 0], [[8, 9], [12, 13]])

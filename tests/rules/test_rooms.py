"""The rules of images with room: the same numbers, in arrays that are kept, and nothing beside."""

import tracemalloc

import numpy as np
import pytest

from dlcore.rules import convolution, pooled, pooling, windows

POOL = 2, 3


class Shelf:
    """Room that offers the same arrays every time, full of NaN."""

    def __init__(self):
        self.arrays = {}

    def __call__(self, name, shape, dtype):
        if (name, shape) not in self.arrays:
            self.arrays[name, shape] = np.empty(shape, dtype)
        self.arrays[name, shape].fill(np.nan)
        return self.arrays[name, shape]

    def holds(self, array):
        return any(np.may_share_memory(array, one) for one in self.arrays.values())


def convolved(rng, shape, size, strides, padding):
    """A step there and back again: what it takes, and a function of it, its room and its out."""
    where = windows.grid("kernel", shape, size, strides, padding)
    inputs = rng.normal(size=shape), rng.normal(size=(*size, shape[3], 4)), rng.normal(size=4)

    def step(x, kernel, bias, d, *, out=(None, None), **room):
        cut = windows.unrolled(x, where, **room)
        z = convolution.apply_kernel(cut, kernel, bias, **room)
        dcut, *gradients = convolution.apply_kernel_vjp(d, cut, kernel, out=out, **room)
        return (z, windows.windows_vjp(dcut, shape, where, **room)), gradients

    return step, [*inputs, rng.normal(size=(shape[0], *where.count, 4))]


def convolved_and_pooled(rng, shape, size, strides, padding):
    stand = windows.grid("kernel", shape, size, strides, padding)
    pools = windows.grid("pool_size", (shape[0], *stand.count, 4), POOL, POOL, "valid")
    where = pooled.wide_windows(stand, pools)
    inputs = rng.normal(size=shape), rng.normal(size=(*size, shape[3], 4)), rng.normal(size=4)

    def step(x, kernel, bias, d, *, out=(None, None), **room):
        z, kept = pooled.conv2d_max_pool2d(x, kernel, bias, where, **room)
        dx, *gradients = pooled.conv2d_max_pool2d_vjp(
            d, kept, kernel, shape, where, out=out, **room
        )
        return (z, dx), gradients

    return step, [*inputs, rng.normal(size=(shape[0], *pools.count, 4))]


def largest(rng, shape, size, strides, padding):
    where = windows.grid("pool_size", shape, size, strides, padding)

    def step(x, d, **room):
        result, kept = pooling.largest_in(x, where, **room)
        return (result, pooling.to_the_largest(d, kept, shape, where, **room)), ()

    return step, [rng.normal(size=shape), rng.normal(size=(shape[0], *where.count, shape[3]))]


def averaged(rng, shape, size, strides, padding):
    where = windows.grid("pool_size", shape, size, strides, padding)

    def step(x, d, **room):
        dx = pooling.to_all(d, shape, where, **room)
        return (pooling.average_over(x, where, **room), dx), ()

    return step, [rng.normal(size=shape), rng.normal(size=(shape[0], *where.count, shape[3]))]


STEPS = convolved, convolved_and_pooled, largest, averaged
WINDOWS = [  # images, size, strides, padding
    ((3, 11, 9, 2), (3, 3), (1, 1), "valid"),
    ((1, 9, 11, 1), (3, 2), (2, 3), "same"),  # a batch of one; windows apart from each other
    ((2, 7, 10, 3), (2, 3), (1, 2), "same"),
    ((2, 8, 8, 1), (1, 1), (2, 1), "valid"),
    ((1, 5, 8, 2), (5, 4), (3, 2), "same"),
]


@pytest.mark.parametrize("given", WINDOWS)
@pytest.mark.parametrize("make", STEPS)
def test_with_room_every_step_gives_the_same_numbers_in_the_same_arrays(make, given):
    shelf = Shelf()
    for seed in range(3):
        step, inputs = make(np.random.default_rng(seed), *given)
        results, gradients = step(*inputs, room=shelf)
        known, known_gradients = step(*inputs)
        assert all(map(shelf.holds, results))
        for ours, other in zip((*results, *gradients), (*known, *known_gradients), strict=True):
            np.testing.assert_array_equal(ours, other)
        if not seed:
            kept = dict(shelf.arrays)
    assert shelf.arrays == kept


@pytest.mark.parametrize(
    ("make", "size", "strides", "most"),
    [
        (convolved, (3, 3), (1, 1), 0.1),
        (convolved_and_pooled, (3, 3), (1, 1), 0.8),  # which are the largest, a byte for each
        (largest, (2, 3), (2, 3), 0.8),
        (averaged, (2, 3), (2, 3), 1.3),  # each window's share
    ],
)
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_with_room_a_step_makes_no_other_large_array(make, size, strides, most, padding):
    step, inputs = make(np.random.default_rng(0), (2048, 8, 9, 2), size, strides, padding)
    shelf = Shelf()
    step(*inputs, room=shelf)  # so that nothing is made for the first time
    tracemalloc.start()
    try:
        step(*inputs, room=shelf)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < most * inputs[-1].nbytes


@pytest.mark.parametrize("asked", [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("make", [convolved, convolved_and_pooled])
def test_out_takes_the_gradients_of_kernel_and_bias_each_by_itself(make, asked):
    step, inputs = make(np.random.default_rng(0), *WINDOWS[0])
    out = tuple(
        np.full_like(x, np.nan) if yes else None for x, yes in zip(inputs[1:3], asked, strict=True)
    )
    for ours, known, place in zip(step(*inputs, out=out)[1], step(*inputs)[1], out, strict=True):
        np.testing.assert_array_equal(ours, known)
        assert place is None or np.may_share_memory(ours, place)


@pytest.mark.parametrize("odd", range(3))
def test_a_convolution_of_two_precisions_keeps_the_finer(odd):
    step, inputs = convolved(np.random.default_rng(0), *WINDOWS[0])
    coarse = [x.astype(np.float32) if i != odd else x for i, x in enumerate(inputs)]
    (z, dx), gradients = step(*coarse)
    assert z.dtype == np.float64
    known = step(*(x.astype(np.float64) for x in coarse))
    for ours, other in zip((z, dx, *gradients), (*known[0], *known[1]), strict=True):
        np.testing.assert_allclose(ours, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("need_dx", [True, False])
def test_a_convolutions_way_back_never_holds_the_windows_twice(need_dx):
    rng = np.random.default_rng(0)
    x, kernel = rng.normal(size=(64, 12, 12, 4)), rng.normal(size=(5, 5, 4, 1))
    d = rng.normal(size=(64, 8, 8, 1))
    cut = windows.unrolled(x, windows.grid("kernel", x.shape, 5, 1, "valid"))
    tracemalloc.start()
    try:
        convolution.conv2d_vjp(d, x, kernel, need_dx=need_dx)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1.9 * cut.nbytes

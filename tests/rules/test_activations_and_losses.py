"""The newer activations and the smoothed loss: definitions, edges, `out=`."""

import math

import numpy as np
import pytest

from dlcore.rules import activations, losses

Z = np.array([[-2.0, 0.0, 0.5], [3.0, -1e-3, 1e-3]])
NEW = ("leaky_relu", "elu", "gelu", "log_softmax")


def test_activations_are_what_they_are_called():
    close = np.testing.assert_allclose
    close(activations.leaky_relu(Z, 0.1), np.where(Z > 0, Z, 0.1 * Z), rtol=1e-15)
    close(activations.elu(Z, 0.7), np.where(Z > 0, Z, 0.7 * (np.exp(Z) - 1)), rtol=1e-12)
    close(activations.log_softmax(Z), np.log(activations.softmax(Z)), rtol=1e-12)
    close(activations.softmax(Z, axis=0).sum(axis=0), 1)
    tanh = np.tanh(math.sqrt(2 / math.pi) * (Z + 0.044715 * Z**3))
    close(activations.gelu(Z, approximate=True), Z * (1 + tanh) / 2, rtol=1e-14)


def test_the_defaults_are_keras_3s():
    np.testing.assert_allclose(activations.leaky_relu(np.array([-1.0])), [-0.2])
    np.testing.assert_allclose(activations.elu(np.array([-50.0])), [-1.0])
    assert activations.gelu(np.array([1.0])) == pytest.approx(0.8413447460685429, rel=1e-15)


@pytest.mark.parametrize("z", [-37.0, -20.0, -6.0, -1.0, -1e-300, 0.0, 1e-9, 0.7, 5.0, 1e4])
def test_gelu_is_exact_also_in_its_tail(z):
    # by an independent road: Φ(-x) from the continued fraction of Mills' ratio
    def mills(x):
        ratio = x
        for i in range(400, 0, -1):
            ratio = x + i / ratio
        return 1 / ratio

    x = abs(z)
    if x >= 5:
        tail = math.exp(-x * x / 2) / math.sqrt(2 * math.pi) * mills(x)
        chance = tail if z < 0 else 1 - tail
    else:
        chance = (1 + math.erf(z / math.sqrt(2))) / 2
    assert activations.gelu(np.array([z]))[0] == pytest.approx(z * chance, rel=1e-11, abs=0)


def test_gelu_approximated_is_within_what_it_says():
    z = np.linspace(-8, 8, 1001)
    off = np.abs(activations.gelu(z) - activations.gelu(z, approximate=True)).max()
    assert 1e-5 < off < 5e-4


@pytest.mark.parametrize(
    ("name", "slope"), [("leaky_relu", 0.2), ("elu", 1), ("gelu", 0.5), ("relu", 0)]
)
def test_the_slope_at_zero_is_the_one_documented(name, slope):
    zero = np.zeros(1)
    f, vjp = getattr(activations, name), getattr(activations, f"{name}_vjp")
    assert vjp(np.ones(1), zero if name == "gelu" else f(zero)) == slope


def test_the_slope_of_elu_at_its_kink_is_that_of_the_left_side():
    assert activations.elu_vjp(np.ones(1), activations.elu(np.zeros(1), 0.5), 0.5) == 0.5


@pytest.mark.parametrize("name", NEW)
def test_activations_with_out_give_the_same_also_into_their_own_input(name):
    rng = np.random.default_rng(0)
    z, da = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    f, vjp = getattr(activations, name), getattr(activations, f"{name}_vjp")
    kept = z.copy() if name == "gelu" else f(z)
    a, dz = f(z), vjp(da, kept)
    for out in (np.full_like(z, np.nan), z):
        assert f(z, out=out) is out
        np.testing.assert_array_equal(out, a)
    for out in (np.full_like(z, np.nan), da):
        assert vjp(da, kept, out=out) is out
        np.testing.assert_array_equal(out, dz)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", [*NEW, "softmax"])
def test_activations_take_extreme_numbers(name, dtype):
    tiny = np.finfo(dtype).smallest_subnormal
    z = np.array([[1e4, -1e4, 0.0, 9e3], [-1e4, -1e4, -tiny, tiny]], dtype)
    f, vjp = getattr(activations, name), getattr(activations, f"{name}_vjp")
    for options in ({}, {"approximate": True}) if name == "gelu" else ({},):
        a = f(z, **options)
        assert np.isfinite(a).all()
        slope = vjp(np.ones_like(a), z if name == "gelu" else a, **options)
        assert np.isfinite(slope).all()
        assert np.abs(slope).max() < 5


def test_log_softmax_is_finite_where_softmax_is_zero():
    a = activations.log_softmax(np.array([[1e4, -1e4]]))
    np.testing.assert_array_equal(a, [[0, -2e4]])


# label smoothing


def test_label_smoothing_moves_a_share_of_every_target_to_all_classes_alike():
    z = np.random.default_rng(0).normal(size=(4, 3))
    labels, rows = np.array([0, 2, 1, 2]), np.eye(3)[[0, 2, 1, 2]]
    smooth = rows * 0.8 + 0.2 / 3
    f, vjp = losses.softmax_cross_entropy, losses.softmax_cross_entropy_vjp
    for y in (labels, rows):
        np.testing.assert_allclose(f(z, y, label_smoothing=0.2), f(z, smooth), rtol=1e-13)
        ours = vjp(z, y, 0.25, label_smoothing=0.2)
        np.testing.assert_allclose(ours, vjp(z, smooth, 0.25), rtol=1e-13)
    np.testing.assert_array_equal(rows, np.eye(3)[labels])


def test_no_label_smoothing_is_the_plain_loss():
    z, y = np.random.default_rng(0).normal(size=(4, 3)), np.array([0, 2, 1, 2])
    f, vjp = losses.softmax_cross_entropy, losses.softmax_cross_entropy_vjp
    np.testing.assert_array_equal(f(z, y, label_smoothing=0.0), f(z, y))
    np.testing.assert_array_equal(vjp(z, y, 1.0, label_smoothing=0.0), vjp(z, y, 1.0))


def test_label_smoothing_with_out_gives_the_same_also_into_the_logits_themselves():
    z, y = np.random.default_rng(0).normal(size=(4, 3)), np.array([0, 2, 1, 2])
    expected = losses.softmax_cross_entropy_vjp(z, y, 0.5, label_smoothing=0.1)
    result = losses.softmax_cross_entropy_vjp(z, y, 0.5, label_smoothing=0.1, out=z)
    assert result is z
    np.testing.assert_array_equal(z, expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_smoothed_losses_on_extreme_logits_are_finite(dtype):
    z, y = np.array([[1e4, -1e4, 0], [-1e4, -1e4, -1e4]], dtype), np.array([1, 0])
    loss = losses.softmax_cross_entropy(z, y, label_smoothing=0.1)
    assert loss[0] == pytest.approx(2e4 * (0.9 + 0.1 / 3) + 1e4 * 0.1 / 3, rel=1e-5)
    assert np.isfinite(losses.softmax_cross_entropy_vjp(z, y, 1.0, label_smoothing=0.1)).all()


@pytest.mark.parametrize(
    "shape",
    [(), (0, 3), (1,), (3, 31), (3, 32), (2**15,), (40_000,), (40, 50, 31), (40, 50, 32)],
)
def test_relu_is_the_same_for_every_shape(shape):
    z = np.random.default_rng(0).normal(size=shape)
    z.flat[:1] = np.nan
    np.testing.assert_array_equal(activations.relu(z), np.where(z <= 0, 0, z))


@pytest.mark.parametrize("size", [1.0, 100.0])  # moderate numbers, and such as need the shift
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_of_many_rows_is_that_of_each(size, dtype):
    z = (size * np.random.default_rng(0).normal(size=(1200, 30))).astype(dtype)
    assert activations.moderate(z) == (size == 1)
    known = np.concatenate([activations.softmax(row[np.newaxis]) for row in z])
    rtol = 1e-5 if dtype == np.float32 else 1e-12
    for axis in (-1, 1):
        np.testing.assert_allclose(activations.softmax(z, axis), known, rtol=rtol, atol=1e-37)
    np.testing.assert_allclose(activations.softmax(z.T, 0).T, known, rtol=rtol, atol=1e-37)
    assert activations.softmax(z, out=z) is z
    np.testing.assert_allclose(z, known, rtol=rtol, atol=1e-37)


@pytest.mark.parametrize("axis", range(-3, 3))
def test_softmax_of_a_large_stack_is_along_the_axis_asked_for(axis):
    z = np.random.default_rng(0).normal(size=(20, 30, 64))
    e = np.exp(z)
    known = e / e.sum(axis=axis, keepdims=True)
    np.testing.assert_allclose(activations.softmax(z, axis), known, rtol=1e-12)


@pytest.mark.parametrize("offset", [0.0, 1000.0])  # moderate logits, and such as need the shift
def test_the_loss_of_a_label_is_minus_its_log_softmax(offset):
    z, y = offset + np.random.default_rng(0).normal(size=(4, 3)), np.array([0, 2, 1, 2])
    known = -activations.log_softmax(z)[np.arange(4), y]
    np.testing.assert_allclose(losses.softmax_cross_entropy(z, y), known, rtol=1e-12)


@pytest.mark.parametrize("size", [1.0, 25.0, 100.0])
def test_a_loss_in_float32_is_as_good_as_its_numbers_and_never_below_zero(size):
    rng = np.random.default_rng(0)
    logits = np.clip(size * rng.normal(size=(500, 7)), -size, size).astype(np.float32)
    y = rng.integers(0, 7, 500)
    logits[np.arange(400), y[:400]] = 1.1 * size  # mostly right, and sure of it
    found = losses.softmax_cross_entropy(logits, y)
    exact = losses.softmax_cross_entropy(logits.astype(np.float64), y)
    assert found.min() >= 0
    np.testing.assert_allclose(found, exact, rtol=1e-6, atol=2e-7)


@pytest.mark.parametrize("size", [1.0, 100.0])
def test_the_loss_leaves_logits_of_any_layout_alone(size):
    logits = np.asfortranarray(size * np.random.default_rng(0).normal(size=(5, 3)))
    kept = logits.copy()
    losses.softmax_cross_entropy(logits, np.array([0, 1, 2, 0, 1]))
    np.testing.assert_array_equal(logits, kept)


def test_what_is_moderate_has_a_sum_of_exponentials_in_float32():
    edge = np.float32(activations.MODERATE)
    assert np.isfinite(np.float32(1e10) * np.exp(edge) / np.exp(-edge))
    for z, known in (([0.0], True), ([-29.9, 29.9], True), ([-30.0], False), ([30.0], False),
                     ([np.nan], False), ([], False), ([-np.inf], False)):  # fmt: skip
        assert activations.moderate(np.array(z)) is known

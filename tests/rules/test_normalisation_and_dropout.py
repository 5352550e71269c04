"""Normalisation and dropout: what they make of their input, and of hard input."""

import numpy as np
import pytest

from dlcore.rules import dropout, normalisation

RNG = np.random.default_rng(0)
ONES, ZEROS = np.ones(3), np.zeros(3)


def test_layer_norm_gives_every_row_mean_beta_and_deviation_gamma():
    x = RNG.normal(5, 3, size=(4, 2, 1000))
    z, _ = normalisation.layer_norm(x, np.full(1000, 2.0), np.full(1000, 7.0), epsilon=0.0)
    np.testing.assert_allclose(z.mean(axis=-1), 7)
    np.testing.assert_allclose(z.std(axis=-1), 2)


@pytest.mark.parametrize("shape", [(50, 3), (10, 4, 5, 3)])
def test_batch_norm_gives_every_feature_mean_beta_and_deviation_gamma(shape):
    gamma, beta = np.array([1.0, 2, 3]), np.array([4.0, 5, 6])
    x = RNG.normal(5, 3, size=shape)
    z, kept = normalisation.batch_norm(x, gamma, beta, epsilon=0.0)
    axes = tuple(range(x.ndim - 1))
    np.testing.assert_allclose(z.mean(axis=axes), beta)
    np.testing.assert_allclose(z.std(axis=axes), gamma)
    np.testing.assert_allclose(kept.mean, x.mean(axis=axes))
    np.testing.assert_allclose(kept.variance, x.var(axis=axes))
    assert kept.mean.shape == kept.variance.shape == (3,)


def test_epsilon_is_keras_3s_and_stands_under_the_root():
    x = np.array([[1.0, -1.0]])
    z, _ = normalisation.layer_norm(x, np.ones(2), np.zeros(2))
    np.testing.assert_allclose(z, x / np.sqrt(1.001), rtol=1e-15)
    z, _ = normalisation.batch_norm(x.T, np.ones(1), np.zeros(1))
    np.testing.assert_allclose(z, x.T / np.sqrt(1.001), rtol=1e-15)
    z = normalisation.batch_norm_given(x, np.ones(2), np.zeros(2), np.zeros(2), np.ones(2))
    np.testing.assert_allclose(z, x / np.sqrt(1.001), rtol=1e-15)


def test_inference_with_the_batchs_own_statistics_gives_what_training_gave():
    x, gamma, beta = RNG.normal(size=(6, 3)), RNG.normal(size=3), RNG.normal(size=3)
    z, kept = normalisation.batch_norm(x, gamma, beta)
    given = normalisation.batch_norm_given(x, gamma, beta, kept.mean, kept.variance)
    np.testing.assert_allclose(given, z, rtol=1e-12)


def test_a_constant_input_is_normalised_to_zero_with_finite_gradients():
    x = np.full((4, 3), 1e4, np.float32)
    for name in ("layer_norm", "batch_norm"):
        f, vjp = getattr(normalisation, name), getattr(normalisation, f"{name}_vjp")
        z, kept = f(x, ONES, ZEROS)
        np.testing.assert_array_equal(z, 0)
        assert all(np.isfinite(g).all() for g in vjp(np.ones_like(x), kept, ONES))


def test_a_large_offset_costs_no_digits():
    x = RNG.normal(size=(50, 3))
    z, _ = normalisation.batch_norm(x, ONES, ZEROS)
    moved, _ = normalisation.batch_norm(x + 1e6, ONES, ZEROS)
    np.testing.assert_allclose(moved, z, atol=1e-8)


def test_batch_norm_of_one_example_is_beta_and_sends_nothing_back_to_it():
    z, kept = normalisation.batch_norm(np.array([[1.0, 2, 3]]), ONES, np.full(3, 5.0))
    np.testing.assert_array_equal(z, [[5, 5, 5]])
    dx, _, dbeta = normalisation.batch_norm_vjp(np.array([[1.0, 2, 3]]), kept, ONES)
    np.testing.assert_array_equal(dx, 0)
    np.testing.assert_array_equal(dbeta, [1, 2, 3])


def test_rooms_hold_what_layer_norm_gives_and_change_no_number():
    x, gamma, beta, d = (RNG.normal(size=shape) for shape in ((2, 4, 3), (3,), (3,), (2, 4, 3)))
    z, kept = normalisation.layer_norm(x, gamma, beta)
    gradients = normalisation.layer_norm_vjp(d, kept, gamma)
    rooms = np.empty_like(x), np.empty_like(x)
    inside, kept_inside = normalisation.layer_norm(x, gamma, beta, out=rooms)
    assert inside is rooms[0]
    assert kept_inside.x is rooms[1]
    for found, known in zip((inside, *kept_inside), (z, *kept), strict=True):
        np.testing.assert_array_equal(found, known)
    # over z, which has been used by then, and over d itself
    found = normalisation.layer_norm_vjp(d, kept_inside, gamma, out=(d, inside))
    assert found[0] is d
    for ours, known in zip(found, gradients, strict=True):
        np.testing.assert_array_equal(ours, known)


# dropout


def test_dropout_keeps_the_expected_value():
    mask = np.random.default_rng(1).random((1000, 1000)) >= 0.3
    assert dropout.dropout(np.ones((1000, 1000)), mask, 0.3).mean() == pytest.approx(1, abs=5e-3)


def test_dropout_switches_off_and_scales_up_forwards_and_backwards():
    mask = np.array([[True, False], [False, True]])
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_allclose(dropout.dropout(x, mask, 0.75), [[4, 0], [0, 16]])
    np.testing.assert_allclose(dropout.dropout_vjp(x, mask, 0.75), [[4, 0], [0, 16]])
    np.testing.assert_array_equal(dropout.dropout(x, np.ones((2, 2), bool), 0.0), x)


def test_dropout_with_out_gives_the_same_also_into_its_own_input():
    x, mask = np.ones((2, 2)), np.eye(2, dtype=bool)
    for out in (np.empty((2, 2)), x):
        assert dropout.dropout(x, mask, 0.5, out=out) is out
        np.testing.assert_array_equal(out, [[2, 0], [0, 2]])
    d = np.ones((2, 2))
    assert dropout.dropout_vjp(d, mask, 0.5, out=d) is d
    np.testing.assert_array_equal(d, [[2, 0], [0, 2]])


@pytest.mark.parametrize("shape", [(3, 2), (2,), (1, 2, 3), (2, 2)])
def test_a_mask_of_another_shape_is_refused(shape):
    for rule in (dropout.dropout, dropout.dropout_vjp):
        with pytest.raises(ValueError, match=r"mask must have the shape of x, \(2, 3\)"):
            rule(np.ones((2, 3)), np.ones(shape, bool), 0.5)


@pytest.mark.parametrize("rate", [-0.1, 1.0, 1.5, float("nan")])
def test_a_rate_that_is_no_share_is_refused(rate):
    with pytest.raises(ValueError, match="rate must be"):
        dropout.dropout(np.ones(2), np.ones(2, bool), rate)

"""Hard numbers for every activation, loss and normalisation: huge, tiny, equal, certain, absent.

pytest turns every warning into an error, so a test that passes has let none escape.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.rules import activations, losses, normalisation, reductions

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])
ACTIVATIONS = [name for name in activations.__all__ if not name.endswith("_vjp")]
LOSSES = {  # name of the rule -> (what it takes, what kind of targets it may have)
    "softmax_cross_entropy": ("logits", ("labels", "rows")),
    "cross_entropy": ("rows", ("labels", "rows")),
    "sigmoid_cross_entropy": ("logits", ("each",)),
    "binary_cross_entropy": ("each", ("each",)),
    "squared_error": ("logits", ("logits",)),
}
PAIRS = [(name, kind) for name, (_, kinds) in LOSSES.items() for kind in kinds]


def hard(dtype):
    """Numbers up to ±1e4, with the denormals, the zeros and the ends drawn often."""
    tiny = float(np.finfo(dtype).smallest_subnormal)
    edges = [1e4, -1e4, 0.0, -0.0, tiny, -tiny, 1e3 * tiny, float(np.finfo(dtype).tiny)]
    width = np.finfo(dtype).bits
    return st.sampled_from(edges) | st.floats(-1e4, 1e4, width=width)


def certain(dtype):
    """Probabilities, 0 and 1 drawn often."""
    tiny = float(np.finfo(dtype).smallest_subnormal)
    return st.sampled_from([0.0, 1.0, tiny, 1e-7, 0.5]) | st.floats(
        0, 1, width=np.finfo(dtype).bits
    )


@st.composite
def arrays(draw, numbers, dtype, shape=None):
    n, k = shape or (draw(st.integers(1, 4)), draw(st.integers(1, 4)))
    entries = draw(st.lists(numbers(dtype), min_size=n * k, max_size=n * k))
    return np.array(entries, dtype).reshape(n, k)


def finite(*results):
    return all(np.isfinite(result).all() for result in results)


def test_every_activation_and_loss_is_tried():
    assert {name for name in losses.__all__ if not name.endswith("_vjp")} == LOSSES.keys()


@DTYPES
@pytest.mark.parametrize("name", ACTIVATIONS)
@given(data=st.data())
@settings(deadline=None, max_examples=60)
def test_activations_and_their_slopes_are_finite_and_bounded(name, dtype, data):
    z = data.draw(arrays(hard, dtype))
    d = data.draw(arrays(hard, dtype, z.shape))
    f, vjp = getattr(activations, name), getattr(activations, f"{name}_vjp")
    for options in ({}, {"approximate": True}) if name == "gelu" else ({},):
        a = f(z, **options)
        dz = vjp(d, z if name == "gelu" else a, **options)
        assert finite(a, dz)
        assert a.dtype == dz.dtype == dtype
        # no slope of these is above 1.13 (gelu's); softmax and log_softmax add up a row of them
        assert np.abs(dz).max() <= 1.13 * 2 * np.abs(d).sum(axis=-1).max()


def outputs_and_targets(data, name, kind, dtype):
    wanted = LOSSES[name][0]
    outputs = data.draw(arrays(hard if wanted == "logits" else certain, dtype))
    n, k = outputs.shape
    if wanted == "rows":
        outputs = activations.softmax(1e4 * outputs)  # exactly 0 and exactly 1, most of them
    if kind == "labels":  # all of one class now and then, so that the others never occur
        return outputs, np.array(data.draw(st.lists(st.integers(0, k - 1), min_size=n, max_size=n)))
    if kind == "rows":
        return outputs, np.eye(k, dtype=dtype)[data.draw(st.integers(0, k - 1))] * np.ones(
            (n, 1), dtype
        )
    return outputs, data.draw(arrays(certain if kind == "each" else hard, dtype, (n, k)))


@DTYPES
@pytest.mark.parametrize(("name", "kind"), PAIRS)
@given(data=st.data())
@settings(deadline=None, max_examples=60)
def test_losses_and_their_gradients_are_finite(name, kind, dtype, data):
    outputs, y = outputs_and_targets(data, name, kind, dtype)
    f, vjp = getattr(losses, name), getattr(losses, f"{name}_vjp")
    loss, d = f(outputs, y), vjp(outputs, y, 1 / len(outputs))
    assert finite(loss, d)
    assert loss.dtype == d.dtype == dtype
    assert (loss >= -1e-6).all()


@DTYPES
def test_a_class_that_never_occurs_is_made_less_likely_and_nothing_else(dtype):
    z = np.array([[0, 1, 2], [3, 1, 0]], dtype)
    d = losses.softmax_cross_entropy_vjp(z, np.array([0, 0]), 0.5)
    assert (d[:, 1:] > 0).all()
    np.testing.assert_allclose(d.sum(axis=1), 0, atol=1e-7)


@DTYPES
@pytest.mark.parametrize("value", [0.0, 1e4, -1e4, "denormal"])
@pytest.mark.parametrize("k", [1, 2, 7])
def test_softmax_of_equal_values_is_even(k, value, dtype):
    value = np.finfo(dtype).smallest_subnormal if value == "denormal" else value
    z = np.full((2, k), value, dtype)
    a = activations.softmax(z)
    np.testing.assert_array_equal(a, np.full((2, k), dtype(1) / dtype(k)))
    np.testing.assert_allclose(activations.log_softmax(z), np.log(a), rtol=1e-6)
    np.testing.assert_allclose(activations.softmax_vjp(np.ones_like(z), a), 0, atol=1e-7)


@DTYPES
def test_softmax_gives_minus_infinity_nothing_forwards_or_backwards(dtype):
    z = np.array([[0, -np.inf, 1], [-np.inf, -np.inf, 5]], dtype)
    a = activations.softmax(z)
    np.testing.assert_array_equal(a[:, 1], 0)
    np.testing.assert_array_equal(a[1], [0, 0, 1])
    np.testing.assert_array_equal(a[:1, ::2], activations.softmax(z[:1, ::2]))
    dz = activations.softmax_vjp(np.full_like(z, 3), a)
    assert finite(dz)
    np.testing.assert_array_equal(dz[np.isinf(z)], 0)
    log = activations.log_softmax(z)
    np.testing.assert_array_equal(np.isneginf(log), np.isneginf(z))
    assert finite(activations.log_softmax_vjp(np.ones_like(z), log))


# normalisation

NORMS = pytest.mark.parametrize("name", ["layer_norm", "batch_norm"])


@DTYPES
@NORMS
@given(data=st.data())
@settings(deadline=None, max_examples=60)
def test_normalised_numbers_and_their_gradients_are_finite(name, dtype, data):
    x = data.draw(arrays(hard, dtype))
    d = data.draw(arrays(certain, dtype, x.shape))
    f, vjp = getattr(normalisation, name), getattr(normalisation, f"{name}_vjp")
    gamma, beta = np.ones(x.shape[1], dtype), np.zeros(x.shape[1], dtype)
    z, kept = f(x, gamma, beta)
    gradients = vjp(d, kept, gamma)
    assert finite(z, *kept, *gradients)
    assert {array.dtype for array in (z, *kept, *gradients)} == {np.dtype(dtype)}
    assert (kept.variance >= 0).all()
    group = x.shape[1] if name == "layer_norm" else len(x)
    assert np.abs(z).max() <= np.sqrt(group) * (1 + 1e-5)  # the largest that n numbers allow


@NORMS
def test_a_tiny_spread_on_a_huge_offset_is_centred_in_float32(name):
    x = np.float32(1e4) + np.float32(2**-10) * np.arange(5, dtype=np.float32)  # exact in float32
    x = np.tile(x, (3, 1)) if name == "layer_norm" else np.tile(x[:, np.newaxis], (1, 3))
    gamma, beta = np.ones(x.shape[1], np.float32), np.zeros(x.shape[1], np.float32)
    f, vjp = getattr(normalisation, name), getattr(normalisation, f"{name}_vjp")
    z, kept = f(x, gamma, beta)
    near = 2.0**-10 * (np.arange(5) - 2) / np.sqrt(2 * 2.0**-20 + 1e-3)
    ours = z[0] if name == "layer_norm" else z[:, 0]
    # the mean of numbers near 1e4 is known to float32's half a millionth of them, and no better
    np.testing.assert_allclose(ours, near, atol=np.spacing(np.float32(1e4)) / np.sqrt(1e-3))
    assert finite(*vjp(np.ones_like(x), kept, gamma))


# nothing at all


@pytest.mark.parametrize("name", ["mean", "max"])
@pytest.mark.parametrize("axis", [None, 0, (0, 1), -2])
def test_of_no_entries_there_is_no_mean_and_no_largest(name, axis):
    with pytest.raises(ValueError, match=r"x must have at least one entry along axis=.*\(0, 3\)"):
        getattr(reductions, name)(np.ones((0, 3)), axis)


def test_along_an_axis_with_entries_no_rows_give_no_results():
    for name in ("sum", "mean", "max"):
        assert getattr(reductions, name)(np.ones((0, 3)), 1).shape == (0,)

"""What a training step's rules promise: right derivatives, purity, `out=`, any kind of array.

The other rules, and what they promise, are tried in tests/rules.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.derivatives import central_difference, complex_step
from dlcore.rules import activations, affine, losses, penalties
from tests.rules.witnesses import agree, layouts

ROWS, COLUMNS = st.integers(1, 4), st.integers(1, 5)
SEEDS = st.integers(0, 2**16)
ENTRYWISE = ("relu", "sigmoid", "tanh")
ACTIVATIONS = (*ENTRYWISE, "softmax")
ANALYTIC = ("sigmoid", "tanh")  # softmax takes a maximum, relu too: no complex numbers

# name of the rule -> (what it takes, what kind of targets)
LOSSES = {
    "softmax_cross_entropy labels": ("logits", "labels"),
    "softmax_cross_entropy rows": ("logits", "rows"),
    "cross_entropy labels": ("rows", "labels"),
    "cross_entropy rows": ("rows", "rows"),
    "sigmoid_cross_entropy": ("logits", "each"),
    "binary_cross_entropy": ("each", "each"),
    "squared_error": ("logits", "logits"),
}


def loss_rule(case):
    name = case.split()[0]
    return getattr(losses, name), getattr(losses, f"{name}_vjp")


def drawn(kind, n, k, rng, dtype=np.float64):
    """Logits, rows of probabilities, single probabilities or labels for (n, k) outputs."""
    if kind == "labels":
        return rng.integers(0, k, n)
    if kind == "rows":
        p = rng.random((n, k)) + 0.1
        return (p / p.sum(axis=1, keepdims=True)).astype(dtype)
    if kind == "each":
        return (0.05 + 0.9 * rng.random((n, k))).astype(dtype)
    return (2 * rng.normal(size=(n, k))).astype(dtype)


def away_from_the_kink(z):
    return z + 0.01 * np.where(z >= 0, 1, -1)


# --- activations --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ACTIVATIONS)
@given(n=ROWS, k=COLUMNS, seed=SEEDS)
@settings(deadline=None, max_examples=30)
def test_every_activations_vjp_equals_central_differences(name, n, k, seed):
    rng = np.random.default_rng(seed)
    z, da = away_from_the_kink(rng.normal(size=(n, k))), rng.normal(size=(n, k))
    f, vjp = getattr(activations, name), getattr(activations, f"{name}_vjp")
    agree(vjp(da, f(z)), central_difference(lambda z: (da * f(z)).sum(), z))


@pytest.mark.parametrize("name", ANALYTIC)
@given(n=ROWS, k=COLUMNS, seed=SEEDS)
@settings(deadline=None, max_examples=20)
def test_analytic_activations_vjp_equals_the_complex_step(name, n, k, seed):
    rng = np.random.default_rng(seed)
    z, da = rng.normal(size=(n, k)), rng.normal(size=(n, k))
    f, vjp = getattr(activations, name), getattr(activations, f"{name}_vjp")
    agree(vjp(da, f(z)), complex_step(lambda z: (da * f(z)).sum(), z), 1e-13)


def test_activations_are_what_they_are_called():
    z = np.array([[-2.0, 0.0, 0.5]])
    np.testing.assert_array_equal(activations.relu(z), [[0, 0, 0.5]])
    np.testing.assert_allclose(activations.sigmoid(z), 1 / (1 + np.exp(-z)), rtol=1e-14)
    np.testing.assert_array_equal(activations.tanh(z), np.tanh(z))
    np.testing.assert_allclose(activations.softmax(z), np.exp(z) / np.exp(z).sum(), rtol=1e-14)


def test_the_slope_of_relu_at_its_kink_is_zero():
    assert activations.relu_vjp(np.ones(1), activations.relu(np.zeros(1))) == 0


def test_softmax_works_along_the_last_axis_of_any_shape():
    z = np.random.default_rng(0).normal(size=(2, 3, 4))
    a = activations.softmax(z)
    np.testing.assert_allclose(a.sum(axis=-1), 1)
    da = np.random.default_rng(1).normal(size=z.shape)
    agree(
        activations.softmax_vjp(da, a),
        central_difference(lambda z: (da * activations.softmax(z)).sum(), z),
    )


@pytest.mark.parametrize("name", ACTIVATIONS)
@given(n=ROWS, k=COLUMNS, seed=SEEDS)
@settings(deadline=None, max_examples=15)
def test_activations_with_out_give_the_same_also_into_their_own_input(name, n, k, seed):
    rng = np.random.default_rng(seed)
    z, da = rng.normal(size=(n, k)), rng.normal(size=(n, k))
    f, vjp = getattr(activations, name), getattr(activations, f"{name}_vjp")
    a, dz = f(z), vjp(da, f(z))
    for out in (np.full_like(z, np.nan), z):
        assert f(z, out=out) is out
        np.testing.assert_array_equal(out, a)
    for out in (np.full_like(z, np.nan), da):
        assert vjp(da, a, out=out) is out
        np.testing.assert_array_equal(out, dz)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_take_extreme_numbers(name):
    z = np.array([[1e4, -1e4, 0.0, 9e3], [-1e4, -1e4, -1e4, -1e4]])
    f, vjp = getattr(activations, name), getattr(activations, f"{name}_vjp")
    for dtype in (np.float32, np.float64):
        a = f(z.astype(dtype))
        assert np.isfinite(a).all()
        assert np.isfinite(vjp(np.ones_like(a), a)).all()


# --- affine -------------------------------------------------------------------------------------


@given(n=ROWS, i=COLUMNS, o=COLUMNS, seed=SEEDS)
@settings(deadline=None, max_examples=40)
def test_the_affine_vjp_equals_both_numerical_derivatives(n, i, o, seed):
    rng = np.random.default_rng(seed)
    x, W, b = rng.normal(size=(n, i)), rng.normal(size=(i, o)), rng.normal(size=o)
    dz = rng.normal(size=(n, o))
    np.testing.assert_array_equal(affine.affine(x, W, b), x @ W + b)
    np.testing.assert_array_equal(affine.affine(x, W), x @ W)
    dx, dW, db = affine.affine_vjp(dz, x, W)
    for numerical, tolerance in ((central_difference, 1e-6), (complex_step, 1e-13)):
        agree(dx, numerical(lambda x: (dz * affine.affine(x, W, b)).sum(), x), tolerance)
        agree(dW, numerical(lambda W: (dz * affine.affine(x, W, b)).sum(), W), tolerance)
        agree(db, numerical(lambda b: (dz * affine.affine(x, W, b)).sum(), b), tolerance)


@given(n=ROWS, i=COLUMNS, o=COLUMNS, seed=SEEDS)
@settings(deadline=None, max_examples=20)
def test_affine_with_out_gives_the_same(n, i, o, seed):
    rng = np.random.default_rng(seed)
    x, W, b = rng.normal(size=(n, i)), rng.normal(size=(i, o)), rng.normal(size=o)
    dz, room = rng.normal(size=(n, o)), np.empty((n, o))
    assert affine.affine(x, W, b, out=room) is room
    np.testing.assert_array_equal(room, affine.affine(x, W, b))
    expected = affine.affine_vjp(dz, x, W)
    rooms = (np.empty((n, i)), np.empty((i, o)), np.empty(o))
    assert affine.affine(x, W, out=room) is room
    np.testing.assert_array_equal(room, affine.affine(x, W))
    for result, room, known in zip(
        affine.affine_vjp(dz, x, W, out=rooms), rooms, expected, strict=True
    ):
        assert result is room
        np.testing.assert_array_equal(room, known)


@given(n=ROWS, k=COLUMNS, seed=SEEDS)
@settings(deadline=None, max_examples=20)
def test_the_affine_vjp_may_write_dx_over_dz(n, k, seed):
    rng = np.random.default_rng(seed)
    x, W, dz = rng.normal(size=(n, k)), rng.normal(size=(k, k)), rng.normal(size=(n, k))
    expected = affine.affine_vjp(dz, x, W)
    result = affine.affine_vjp(dz, x, W, out=(dz, None, None))
    assert result[0] is dz
    for ours, known in zip(result, expected, strict=True):
        np.testing.assert_array_equal(ours, known)


def test_dx_is_left_out_when_nobody_needs_it():
    dx, dW, db = affine.affine_vjp(np.ones((2, 3)), np.ones((2, 4)), np.ones((4, 3)), need_dx=False)
    assert dx is None
    assert (dW == 2).all()
    assert (db == 2).all()


# --- losses -------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", LOSSES)
@given(n=ROWS, k=st.integers(2, 5), seed=SEEDS, weighted=st.booleans())
@settings(deadline=None, max_examples=25)
def test_every_losses_vjp_equals_central_differences(case, n, k, seed, weighted):
    rng = np.random.default_rng(seed)
    outputs, y = (drawn(kind, n, k, rng) for kind in LOSSES[case])
    f, vjp = loss_rule(case)
    weight = rng.random((n, 1)) if weighted else 1 / n
    assert f(outputs, y).shape == (n,)
    numerical = central_difference(lambda o: (np.ravel(weight) * f(o, y)).sum(), outputs)
    agree(vjp(outputs, y, weight), numerical)


@given(n=ROWS, k=COLUMNS, seed=SEEDS)
@settings(deadline=None, max_examples=15)
def test_squared_errors_vjp_equals_the_complex_step(n, k, seed):
    rng = np.random.default_rng(seed)
    outputs, y = drawn("logits", n, k, rng), drawn("logits", n, k, rng)
    exact = complex_step(lambda o: losses.squared_error(o, y).sum() / n, outputs)
    agree(losses.squared_error_vjp(outputs, y, 1 / n), exact, 1e-13)


@given(n=ROWS, k=st.integers(2, 5), seed=SEEDS)
@settings(deadline=None, max_examples=15)
def test_cross_entropy_with_targets_that_do_not_add_up_to_one(n, k, seed):
    rng = np.random.default_rng(seed)
    logits, y = drawn("logits", n, k, rng), drawn("each", n, k, rng)
    f, vjp = losses.softmax_cross_entropy, losses.softmax_cross_entropy_vjp
    agree(vjp(logits, y, 1.0), central_difference(lambda z: f(z, y).sum(), logits))


def test_losses_give_the_numbers_of_their_definitions():
    rng = np.random.default_rng(0)
    z, p, y = (drawn(kind, 4, 3, rng) for kind in ("logits", "rows", "rows"))
    labels = np.array([0, 2, 1, 2])
    log_softmax = np.log(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))
    close = np.testing.assert_allclose
    close(losses.softmax_cross_entropy(z, y), -(y * log_softmax).sum(axis=1))
    close(losses.softmax_cross_entropy(z, labels), -log_softmax[np.arange(4), labels])
    close(losses.cross_entropy(p, y), -(y * np.log(p)).sum(axis=1))
    close(losses.cross_entropy(p, labels), -np.log(p[np.arange(4), labels]))
    s = 1 / (1 + np.exp(-z))
    each = -(y * np.log(s) + (1 - y) * np.log(1 - s)).mean(axis=1)
    close(losses.sigmoid_cross_entropy(z, y), each)
    close(losses.binary_cross_entropy(s, y), each)
    close(losses.squared_error(z, y), ((z - y) ** 2).sum(axis=1) / 3)


@pytest.mark.parametrize("case", LOSSES)
def test_losses_with_out_give_the_same_also_into_the_outputs_themselves(case):
    rng = np.random.default_rng(1)
    outputs, y = (drawn(kind, 5, 3, rng) for kind in LOSSES[case])
    _, vjp = loss_rule(case)
    for weight in (0.2, rng.random((5, 1))):
        expected = vjp(outputs, y, weight)
        for out in (np.full_like(outputs, np.nan), outputs.copy()):
            assert vjp(outputs, y, weight, out=out) is out
            np.testing.assert_array_equal(out, expected)
        into_itself = outputs.copy()
        np.testing.assert_array_equal(vjp(into_itself, y, weight, out=into_itself), expected)


@pytest.mark.parametrize("case", [c for c in LOSSES if "softmax" in c or "sigmoid" in c])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_losses_on_extreme_logits_are_finite(case, dtype):
    logits = np.array([[1e4, -1e4, 0], [-1e4, 1e4, 1e4], [-1e4, -1e4, -1e4]], dtype)
    y = np.array([1, 0, 2]) if "labels" in case else np.eye(3, dtype=dtype)[[1, 0, 2]]
    f, vjp = loss_rule(case)
    assert np.isfinite(f(logits, y)).all()
    d = vjp(logits, y, 1.0)
    assert np.isfinite(d).all()
    assert np.abs(d).max() <= 1
    assert f(logits, y)[0] == pytest.approx(2e4 if "softmax" in case else 2e4 / 3, rel=1e-4)


@pytest.mark.parametrize("case", ["cross_entropy labels", "cross_entropy rows",
                                  "binary_cross_entropy"])  # fmt: skip
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_losses_on_certain_probabilities_are_finite_and_flat(case, dtype):
    p = np.array([[1, 0], [0, 1]], dtype)
    y = np.array([1, 1]) if "labels" in case else np.eye(2, dtype=dtype)[[1, 1]]
    f, vjp = loss_rule(case)
    assert np.isfinite(f(p, y)).all()
    most = float(dtype(1 - 1e-7))  # as near to 1 as it may count
    at_0, at_1 = -math.log(1e-7), -math.log(1 - most)
    wrong = (at_0 + at_1) / 2 if "binary" in case else at_0  # binary: of both outputs
    np.testing.assert_allclose(f(p, y), [wrong, -math.log(most)], rtol=1e-6)
    np.testing.assert_array_equal(vjp(p, y, 1.0), 0)


@pytest.mark.parametrize("case", ["cross_entropy rows", "binary_cross_entropy"])
def test_a_probability_within_1e_7_of_0_or_1_is_clipped_and_has_no_slope(case):
    f, vjp = loss_rule(case)
    near, inside = np.array([0.0, 5e-8, 1e-7]), np.array([2e-7, 1e-6])
    y = np.full((3, 1), 0.5)
    for p in (near[:, np.newaxis], 1 - near[:, np.newaxis]):
        np.testing.assert_array_equal(vjp(p, y, 1.0), 0)
        np.testing.assert_array_equal(f(p, y), f(p[2:], y[2:])[0])
    for p in (inside[:, np.newaxis], 1 - inside[:, np.newaxis]):
        assert (vjp(p, y[:2], 1.0) != 0).all()


# --- penalties ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["square_sum", "absolute_sum"])
@given(i=ROWS, o=COLUMNS, seed=SEEDS, factor=st.floats(0, 3))
@settings(deadline=None, max_examples=20)
def test_every_penaltys_vjp_equals_central_differences(name, i, o, seed, factor):
    W = away_from_the_kink(np.random.default_rng(seed).normal(size=(i, o)))
    f, vjp = getattr(penalties, name), getattr(penalties, f"{name}_vjp")
    agree(vjp(W, factor), central_difference(lambda W: f(W, factor), W))


def test_penalties_have_no_half_and_sum_over_everything():
    W = np.array([[1.0, -2.0], [0.0, 3.0]])
    assert penalties.square_sum(W, 0.5) == 7
    assert penalties.absolute_sum(W, 0.5) == 3
    np.testing.assert_array_equal(penalties.absolute_sum_vjp(W, 0.5), [[0.5, -0.5], [0, 0.5]])


# --- all of them: pure, float32 kept, any layout ------------------------------------------------


def every_call(dtype=np.float64, n=4, k=3):
    """name -> (function, arrays): each rule and each VJP once, with arrays to call it on."""
    rng = np.random.default_rng(2)
    shapes = ((n, k), (n, k), (k, 5), (n, 5))
    z, da, W, dz = (drawn("logits", *shape, rng, dtype) for shape in shapes)
    b = np.ones(5, dtype)
    calls = {"affine": (affine.affine, [z, W, b]), "affine_vjp": (affine.affine_vjp, [dz, z, W])}
    for name in ACTIVATIONS:
        f, vjp = getattr(activations, name), getattr(activations, f"{name}_vjp")
        calls |= {name: (f, [z]), f"{name}_vjp": (vjp, [da, f(z)])}
    for case, kinds in LOSSES.items():
        f, vjp = loss_rule(case)
        pair = [drawn(kind, n, k, rng, dtype) for kind in kinds]
        calls |= {case: (f, pair), f"{case} vjp": (lambda o, y, vjp=vjp: vjp(o, y, 0.25), pair)}
    calls["square_sum_vjp"] = (lambda W: penalties.square_sum_vjp(W, 0.1), [W])
    calls["absolute_sum_vjp"] = (lambda W: penalties.absolute_sum_vjp(W, 0.1), [W])
    return calls


def results(function, arrays):
    result = function(*arrays)
    return list(result) if isinstance(result, tuple) else [result]


@pytest.mark.parametrize("name", every_call())
def test_without_out_no_rule_changes_or_returns_its_inputs(name):
    function, arrays = every_call()[name]
    copies = [a.copy() for a in arrays]
    for array in arrays:
        array.setflags(write=False)
    made = results(function, arrays)
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)
        assert not any(np.shares_memory(array, result) for result in made)


@pytest.mark.parametrize("name", every_call())
def test_float32_stays_float32_and_is_near_float64(name):
    function, arrays = every_call()[name]
    small = [a.astype(np.float32) if a.dtype.kind == "f" else a for a in arrays]
    for ours, exact in zip(results(function, small), results(function, arrays), strict=True):
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, exact, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("layout", ["Fortran", "strided", "read-only", "reversed"])
@pytest.mark.parametrize("name", every_call())
def test_every_layout_in_memory_is_accepted(name, layout):
    function, arrays = every_call()[name]
    laid_out = [layouts(a)[layout] for a in arrays]
    for ours, known in zip(results(function, laid_out), results(function, arrays), strict=True):
        np.testing.assert_allclose(ours, known, rtol=1e-12, atol=1e-14)

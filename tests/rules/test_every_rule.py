"""What every rule promises: the right derivatives, purity, float32 kept, any layout in memory."""

import inspect
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dlcore.rules
from dlcore.derivatives import complex_step
from dlcore.rules import (
    activations,
    affine,
    attention,
    dropout,
    losses,
    normalisation,
    recurrent,
)
from tests.rules.cases import ANALYTIC, CASES
from tests.rules.witnesses import agree, layouts, numerical_gradients, tupled

SIZES = {"n": st.integers(1, 4), "k": st.integers(1, 4), "seed": st.integers(0, 2**16)}


def called(name, n=3, k=4, seed=1, dtype=np.float64):
    """f, vjp, d and the inputs of a case."""
    rng = np.random.default_rng(seed)
    f, vjp, inputs = CASES[name](rng, n, k)
    d = np.asarray(rng.normal(size=np.shape(f(*inputs))))
    return f, vjp, d.astype(dtype), [np.asarray(x, dtype) for x in inputs]


def test_every_rule_with_a_vjp_is_tried_here_or_in_test_rules():
    tried = {name.split()[0] for name in CASES} | {"scaled_dot_product_attention"}
    for family in set(dlcore.rules.__all__) - {"losses", "penalties"}:
        module = getattr(dlcore.rules, family)
        rules = {name.removesuffix("_vjp") for name in module.__all__ if name.endswith("_vjp")}
        assert rules
        assert rules <= set(module.__all__)
        assert rules - tried == set()


def defaults(rule):
    parameters = inspect.signature(rule).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty}


def test_a_vjp_has_the_defaults_of_its_rule():
    for family in dlcore.rules.__all__:
        module = getattr(dlcore.rules, family)
        for name in module.__all__:
            if name.endswith("_vjp"):
                rule, vjp = getattr(module, name.removesuffix("_vjp")), getattr(module, name)
                shared = defaults(rule).keys() & defaults(vjp).keys() - {"out"}
                assert {key: defaults(vjp)[key] for key in shared} == {
                    key: defaults(rule)[key] for key in shared
                }, name


LABELS = np.zeros(1000, int)
LARGE = np.full((1000, 100), 100.0)  # no exponential is safe without a shift
ROOM = np.empty((1000, 100))
KEPT = normalisation.layer_norm(LARGE, LARGE[0], LARGE[0])[1]


def attend_vjp(z, out):
    q, k, rooms = z[:, :4], z[:100, :4], {"room": out, "z": z[:, :4]}
    return attention.scaled_dot_product_attention_vjp(q, q, k, k, z, z, **rooms)


# name -> a call on z, (1000, 100), with a room `out`; how many more arrays like z it may make
FRUGAL = {
    "relu": (lambda z, out: activations.relu(z, out=out), 0),
    "sigmoid": (lambda z, out: activations.sigmoid(z, out=out), 0),
    "tanh": (lambda z, out: activations.tanh(z, out=out), 0),
    "softmax": (lambda z, out: activations.softmax(z, out=out), 0),
    "softmax of columns": (lambda z, out: activations.softmax(z, 0, out=out), 0),
    "softmax_vjp": (lambda z, out: activations.softmax_vjp(z, z, total=z[:, :1], out=out), 0),
    "log_softmax": (lambda z, out: activations.log_softmax(z, out=out), 1),
    "affine": (lambda z, out: affine.affine(z, z[:100], z[0], out=out), 0),
    "dropout": (lambda z, out: dropout.dropout(z, z[0] > 0, 0.5, out=out), 0),
    "squared_error": (lambda z, out: losses.squared_error_vjp(z, z, 1.0, out=out), 0),
    "sigmoid_cross_entropy": (lambda z, out: losses.sigmoid_cross_entropy_vjp(z, z, 1, out=out), 0),
    "softmax_cross_entropy": (lambda z, out: losses.softmax_cross_entropy(z, LABELS), 1),
    "softmax_cross_entropy of large": (
        lambda z, out: losses.softmax_cross_entropy(LARGE, LABELS),
        2,
    ),
    "softmax_cross_entropy_vjp": (
        lambda z, out: losses.softmax_cross_entropy_vjp(z, LABELS, 1.0, out=out),
        0,
    ),
    "layer_norm": (
        lambda z, out: normalisation.layer_norm(z, z[0], z[0], out=(out, ROOM)),
        0,
    ),
    "layer_norm_vjp": (
        lambda z, out: normalisation.layer_norm_vjp(z, KEPT, z[0], out=(out, ROOM)),
        0,
    ),
    "attention": (
        lambda z, out: attention.scaled_dot_product_attention(
            z[:, :4], z[:100, :4], z[:100, :4], out=(None, out)
        ),
        0,
    ),
    "attention to large": (
        lambda z, out: attention.scaled_dot_product_attention(
            LARGE[:, :4], z[:100, :4], z[:100, :4], out=(None, out)
        ),
        0,
    ),
    "attention_vjp with dropout": (attend_vjp, 1),  # the weights that were used
    "recurrence": (
        lambda z, out: recurrent.recurrence(
            z.reshape(4, 250, 100), z[:100], z[:250], out=out.reshape(4, 250, 100)
        ),
        0,
    ),
}


@pytest.mark.parametrize("name", FRUGAL)
def test_a_rule_makes_no_more_arrays_than_it_must(name):
    call, more = FRUGAL[name]
    z = np.random.default_rng(0).normal(size=(1000, 100))
    out = np.empty_like(z)
    call(z, out)  # so that nothing is made for the first time
    tracemalloc.start()
    try:
        call(z, out)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < (more + 0.2) * z.nbytes


@pytest.mark.parametrize("name", CASES)
@given(**SIZES)
@settings(deadline=None, max_examples=8)
def test_every_vjp_equals_central_differences(name, n, k, seed):
    f, vjp, d, inputs = called(name, n, k, seed)
    numerical = numerical_gradients(f, d, inputs)
    for ours, known in zip(tupled(vjp(d, *inputs)), numerical, strict=True):
        agree(ours, known)


@pytest.mark.parametrize("name", sorted(ANALYTIC))
@given(**SIZES)
@settings(deadline=None, max_examples=4)
def test_every_analytic_vjp_equals_the_complex_step(name, n, k, seed):
    f, vjp, d, inputs = called(name, n, k, seed)
    exact = numerical_gradients(f, d, inputs, complex_step)
    for ours, known in zip(tupled(vjp(d, *inputs)), exact, strict=True):
        agree(ours, known, 1e-12)


@pytest.mark.parametrize("name", CASES)
def test_no_rule_changes_what_it_is_given(name):
    f, vjp, d, inputs = called(name)
    copies = [x.copy() for x in (d, *inputs)]
    for array in (d, *inputs):
        array.setflags(write=False)
    f(*inputs)
    vjp(d, *inputs)
    for array, copy in zip((d, *inputs), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("name", CASES)
def test_float32_stays_float32_and_is_near_float64(name):
    f, vjp, d, inputs = called(name)
    small_f, small_vjp, small_d, small = called(name, dtype=np.float32)
    ours = small_f(*small), *tupled(small_vjp(small_d, *small))
    exact = f(*inputs), *tupled(vjp(d, *inputs))
    for one, known in zip(ours, exact, strict=True):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, known, rtol=2e-5, atol=5e-6)


@pytest.mark.parametrize("layout", ["Fortran", "strided", "read-only", "reversed"])
@pytest.mark.parametrize("name", CASES)
def test_every_layout_in_memory_is_accepted(name, layout):
    f, vjp, d, inputs = called(name)
    laid_out = [layouts(x)[layout] for x in (d, *inputs)]
    ours = f(*laid_out[1:]), *tupled(vjp(*laid_out))
    for one, known in zip(ours, (f(*inputs), *tupled(vjp(d, *inputs))), strict=True):
        np.testing.assert_allclose(one, known, rtol=1e-12, atol=1e-14)

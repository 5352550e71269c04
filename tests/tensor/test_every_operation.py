"""What every operation of the tape promises: right gradients, and second ones right or refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dlcore.rules
from dlcore.derivatives import central_difference
from dlcore.tensor import Tensor, grad, operations, value_and_grad
from dlcore.tensor.operations import Operation
from tests.rules.witnesses import agree, layouts, numerical_gradients
from tests.tensor.cases import CASES

SIZES = {"n": st.integers(1, 4), "k": st.integers(1, 4), "seed": st.integers(0, 2**16)}
OPERATIONS = {o.name for o in vars(operations).values() if isinstance(o, Operation)}

# Their VJPs write in place, or take what the forward kept
NOT_TWICE = {
    "binary_cross_entropy",
    "conv2d",
    "cross_entropy",
    "average_pool2d",
    "batch_norm",
    "gelu",
    "layer_norm",
    "max_pool2d",
    "scaled_dot_product_attention",
}


def called(name, n=3, k=4, seed=1, dtype=np.float64):
    """Σ d f as a function of a list of inputs, and the list."""
    rng = np.random.default_rng(seed)
    f, inputs = CASES[name](rng, n, k)
    inputs = [np.asarray(x, dtype) for x in inputs]
    d = rng.normal(size=f(*map(Tensor, inputs)).shape).astype(dtype)
    return lambda xs: (f(*xs) * d).sum(), inputs


def number_of(f):
    """f as a function of arrays to a number, for differences."""
    return lambda *inputs: f([Tensor(x) for x in inputs]).item()


def made_by(result):
    """The names of the operations that a result was made by."""
    if not isinstance(result, Tensor) or not result._made:
        return set()
    return {result._made[0].name}.union(*map(made_by, result._made[1]))


def test_every_rule_is_an_operation():
    rules = {
        name.removesuffix("_vjp")
        for family in dlcore.rules.__all__
        for name in getattr(dlcore.rules, family).__all__
        if name.endswith("_vjp")
    }
    # windows and what a kernel makes of them are the parts of conv2d, which with a pooling in one
    # is for layers; to unbroadcast is to sum and to reshape; a recurrence is a loop
    parts = {"windows", "apply_kernel", "conv2d_max_pool2d"}
    assert rules - OPERATIONS == {*parts, "unbroadcast", "recurrence"}


def test_every_operation_is_tried():
    tried = set()
    for name in CASES:
        f, inputs = called(name)
        tried |= made_by(f([Tensor(x, requires_grad=True) for x in inputs]))
    assert OPERATIONS - tried == {
        "put",
        "same",
    }  # getitem's way back; the start of a nested gradient


@pytest.mark.parametrize("name", CASES)
@given(**SIZES)
@settings(deadline=None, max_examples=8)
def test_every_gradient_equals_central_differences(name, n, k, seed):
    f, inputs = called(name, n, k, seed)
    numerical = numerical_gradients(number_of(f), np.ones(()), inputs)
    for ours, known in zip(grad(f)(inputs), numerical, strict=True):
        agree(ours, known)


@pytest.mark.parametrize("name", CASES)
@given(**SIZES)
@settings(deadline=None, max_examples=8)
def test_the_second_derivative_equals_differences_of_the_first_or_is_refused(name, n, k, seed):
    f, inputs = called(name, n, k, seed)
    vs = [np.random.default_rng(seed + 1).normal(size=x.shape) for x in inputs]

    def along_v(xs):
        return sum((g * v).sum() for g, v in zip(grad(f)(xs), vs, strict=True))

    operation = name.split()[0]
    if operation in NOT_TWICE and "approximate" not in name and "constant" not in name:
        with pytest.raises(
            NotImplementedError, match=f"^{operation} cannot be differentiated twice"
        ):
            grad(along_v)(inputs)
        return
    numerical = numerical_gradients(lambda *xs: along_v(list(xs)), np.ones(()), inputs)
    for ours, known in zip(grad(along_v)(inputs), numerical, strict=True):
        agree(ours, known)


@pytest.mark.parametrize("name", CASES)
def test_float32_stays_float32_and_is_near_float64(name):
    f, inputs = called(name)
    g, small = called(name, dtype=np.float32)
    value, gradients = value_and_grad(g)(small)
    assert value.dtype == np.float32
    for ours, known in zip(gradients, grad(f)(inputs), strict=True):
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, known, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("layout", ["Fortran", "strided", "read-only", "reversed"])
@pytest.mark.parametrize("name", CASES)
def test_every_layout_in_memory_is_accepted_and_left_as_it_was(name, layout):
    f, inputs = called(name)
    known = grad(f)(inputs)
    laid_out = [layouts(x)[layout] for x in inputs]
    copies = [x.copy() for x in laid_out]
    for ours, expected in zip(grad(f)(laid_out), known, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-14)
    for x, copy in zip(laid_out, copies, strict=True):
        np.testing.assert_array_equal(x, copy)


@pytest.mark.parametrize("n, k", [(0, 3), (3, 0), (0, 0)])
@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore:invalid value", "ignore:Mean of empty", "ignore:divide by zero")
def test_arrays_without_entries_are_refused_or_right(name, n, k):
    try:
        f, inputs = called(name, n, k)
        gradients = grad(f)(inputs)
    except (ValueError, IndexError):  # the largest of no numbers, row 0 of none
        return
    for g, x in zip(gradients, inputs, strict=True):
        assert g.shape == x.shape
        assert np.isfinite(g).all()
    numerical = numerical_gradients(number_of(f), np.ones(()), inputs, central_difference)
    for ours, known in zip(gradients, numerical, strict=True):
        agree(ours, known)

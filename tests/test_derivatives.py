"""What `dlcore.derivatives` promises: derivatives of any function, and a check of gradients."""

from collections import namedtuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlcore.derivatives import (
    Dual,
    central_difference,
    check_gradient,
    complex_step,
    derivative,
    forward_difference,
    jacobian,
    jvp,
    relative_error,
    vjp,
)

WAYS = [forward_difference, central_difference, complex_step]

POINTS = hnp.arrays(
    np.float64, hnp.array_shapes(max_dims=3, max_side=3), elements=st.floats(-2, 2, width=32)
)
SMOOTH = {  # a function of all entries, and its gradient
    "sum of cubes": (lambda x: (x**3).sum(), lambda x: 3 * x**2),
    "sine of the sum": (lambda x: np.sin(x.sum()), lambda x: np.cos(x.sum()) * np.ones_like(x)),
    "exp of one entry": (lambda x: np.exp(x.flat[0]), lambda x: _first(x, np.exp(x.flat[0]))),
    "product": (lambda x: (x + 3).prod(), lambda x: (x + 3).prod() / (x + 3)),
}


def _first(x, value):
    gradient = np.zeros_like(x)
    gradient.flat[0] = value
    return gradient


@pytest.mark.parametrize("name", SMOOTH)
@given(x=POINTS)
@settings(deadline=None, max_examples=25)
def test_both_ways_find_the_gradient_of_a_smooth_function(name, x):
    f, gradient = SMOOTH[name]
    expected = gradient(x)
    near, exact = central_difference(f, x), complex_step(f, x)
    assert near.shape == exact.shape == x.shape
    assert near.dtype == exact.dtype == np.float64
    scale = 1 + np.abs(expected).max()
    assert np.abs(near - expected).max() / scale < 1e-6
    assert np.abs(exact - expected).max() / scale < 1e-14


def test_complex_step_is_exact_where_differences_round():
    x = np.array([1.5])
    errors = [
        abs(way(lambda v: (np.exp(v) / (np.cos(v) ** 3 + np.sin(v) ** 3)).sum(), x)[0] - known)
        for way, known in ((central_difference, SQUIRE_TRAPP), (complex_step, SQUIRE_TRAPP))
    ]
    assert errors[1] < 1e-14 < errors[0] < 1e-8


SQUIRE_TRAPP = 3.62203370071632877659  # d/dx e^x / (cos³x + sin³x) at 1.5, to twenty places


def test_the_error_of_central_differences_falls_with_the_square_of_h():
    def error(h):
        return abs(central_difference(lambda x: np.exp(x).sum(), np.zeros(1), h)[0] - 1)

    assert error(1e-2) / error(1e-3) == pytest.approx(100, rel=0.01)


def test_the_error_of_forward_differences_falls_only_with_h_itself():
    def error(h):
        return abs(forward_difference(lambda x: np.exp(x).sum(), np.zeros(1), h)[0] - 1)

    assert error(1e-3) / error(1e-4) == pytest.approx(10, rel=0.01)
    assert error(1e-8) < 1e-7


def test_step_sizes_are_used_as_given():
    assert forward_difference(lambda x: (x**3).sum(), np.zeros(1), h=0.5)[0] == 0.25
    assert central_difference(lambda x: (x**3).sum(), np.zeros(1), h=0.5)[0] == 0.25
    assert complex_step(lambda x: (x**3).sum(), np.zeros(1), h=0.5)[0] == -0.25


@pytest.mark.parametrize("way", WAYS)
def test_the_point_is_left_alone_even_by_a_function_that_writes(way):
    x = np.array([1.0, 2.0])

    def vandal(v):
        result = (v * v).sum()
        v[:] = 99
        return result

    np.testing.assert_allclose(way(vandal, x), [2, 4], rtol=1e-7)
    np.testing.assert_array_equal(x, [1, 2])


@pytest.mark.parametrize("way", [central_difference, complex_step])
def test_lists_integers_and_single_numbers_are_points_too(way):
    np.testing.assert_allclose(way(lambda x: (x * x).sum(), [1, 2]), [2, 4], rtol=1e-8)
    assert way(lambda x: x * x, 3) == pytest.approx(6)
    assert way(lambda x: (x * x).reshape(1, 1), np.array(3.0)).shape == ()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("h", [0, -1e-5, float("nan")])
def test_h_must_be_positive(way, h):
    with pytest.raises(ValueError, match=r"h must be a positive number; got"):
        way(np.sum, np.ones(2), h)


@pytest.mark.parametrize("way", WAYS)
def test_a_function_of_many_values_is_refused(way):
    with pytest.raises(ValueError, match=r"single number; got an array of shape \(3,\)"):
        way(lambda x: x * 2, np.ones(3))


def test_relative_error_measures_against_the_largest_entry():
    assert relative_error([1.0, 0.0], [1.0, 0.5]) == 0.5
    assert relative_error([10.0, 0.0], [10.0, 0.5]) == 0.05
    assert relative_error([0.0, 0.5], [10.0, 0.0]) == 1.0
    assert relative_error([0.0, -2.0], [0.0, -1.0]) == 0.5


@given(x=POINTS)
def test_relative_error_is_zero_for_equal_arrays_and_symmetric(x):
    assert relative_error(x, x) == 0
    assert relative_error(x, x + 1) == relative_error(x + 1, x)


def test_relative_error_of_nothing_and_of_zeros_is_zero():
    assert relative_error([], []) == 0
    assert relative_error([0.0], [0.0]) == 0


def test_relative_error_never_broadcasts():
    with pytest.raises(ValueError, match=r"one shape; got \(2,\) and \(2, 1\)"):
        relative_error(np.ones(2), np.ones((2, 1)))


# --- dual numbers -------------------------------------------------------------------------------

ONE = {  # functions of one array, safe for entries in -2..2
    "exp": np.exp,
    "log": lambda a: np.log(a + 3),
    "log1p, expm1": lambda a: np.log1p(np.expm1(a + 3)),
    "sin": np.sin,
    "cos": np.cos,
    "tan": lambda a: np.tan(a / 2),
    "tanh": np.tanh,
    "sinh, cosh": lambda a: np.sinh(a) / np.cosh(a / 2),
    "arctan": np.arctan,
    "sqrt": lambda a: np.sqrt(a + 3),
    "square": np.square,
    "minus": lambda a: -a,
    "plus": lambda a: +a,
    "reciprocal": lambda a: np.reciprocal(a + 3),
    "constant power": lambda a: a**3,
    "negative power": lambda a: (a + 3) ** -1.5,
    "power 0": lambda a: a**0,
    "base 2": lambda a: 2**a,
    "dual power": lambda a: (a + 3) ** a,
    "one over": lambda a: 1 / (a + 3),
    "three minus": lambda a: 3 - a,
    "sum": lambda a: a.sum(),
    "sum of an axis": lambda a: a - a.sum(axis=0, keepdims=True),
    "mean": lambda a: a * np.mean(a, axis=-1, keepdims=True),
    "transpose": lambda a: (a.T + np.arange(a.size).reshape(a.T.shape)).T ** 2,
    "reshape": lambda a: a.reshape(-1)[::-1].reshape(a.shape) * a,
    "index": lambda a: a * a[..., :1] + a[0],
    "matrix product": lambda a: a @ a.T @ a,
    "constant matrix": lambda a: np.ones((a.shape[0], a.shape[0])) @ a @ np.ones((a.shape[1], 2)),
    "concatenate": lambda a: np.concatenate([a * a, np.ones(a.shape), a]),
    "stack": lambda a: np.stack([a, a * a], axis=-1),
    "dot, outer": lambda a: np.dot(a, a.T) * np.outer(a[:, 0], a[:, 0]),
    "where": lambda a: np.where(a.real > 0.1, a * a, np.sin(a)) + np.where(a.real > 0, a, 3.0),
    "in place": lambda a: _doubled_with_first_squared(a),
    "transpose of axes": lambda a: a.transpose(1, 0) * a.ravel().sum(),
}


def _doubled_with_first_squared(a):
    result = a.copy()
    result *= 2
    result[0] = a[0] * a[0]
    return result


MATRICES = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=3),
    elements=st.floats(-2, 2, width=16),
)
CHAINS = st.lists(st.sampled_from(["tanh", "sin", "cos", "arctan"]), max_size=5)


@pytest.mark.parametrize("name", ONE)
@given(x=MATRICES, seed=st.integers(0, 99))
@settings(deadline=None, max_examples=12)
def test_dual_numbers_equal_the_complex_step_in_every_operation(name, x, seed):
    v = np.random.default_rng(seed).standard_normal(x.shape)
    value, tangent = jvp(ONE[name], x, v)
    stepped = np.asarray(ONE[name](x + 1e-20j * v))
    assert value.shape == tangent.shape == stepped.shape
    np.testing.assert_allclose(value, stepped.real, rtol=1e-14, atol=1e-14)
    np.testing.assert_allclose(tangent, stepped.imag / 1e-20, rtol=1e-12, atol=1e-12)


@given(x=MATRICES, y=MATRICES, chain=CHAINS, joins=st.lists(st.sampled_from("+-*/^"), min_size=1))
@settings(deadline=None, max_examples=60)
def test_dual_numbers_equal_the_complex_step_on_random_expressions(x, y, chain, joins):
    row = y[:1, :1]  # broadcasts against x

    def f(a):
        result = a
        for name in chain:
            result = ONE[name](result)
        for sign in joins[:6]:
            other = np.cos(a) + row
            result = {
                "+": lambda p, q: p + q,
                "-": lambda p, q: q - p,
                "*": lambda p, q: np.tanh(p) * q,
                "/": lambda p, q: p / (q * q + 1),
                "^": lambda p, q: (np.sin(p) + 2) ** q,
            }[sign](result, other)
        return result

    tangent = jvp(f, x, np.ones(x.shape))[1]
    stepped = f(x + 1e-20j).imag / 1e-20
    np.testing.assert_allclose(tangent, stepped, rtol=1e-10, atol=1e-10 * (1 + abs(stepped).max()))


def test_a_smaller_array_with_a_tangent_broadcasts_against_a_larger():
    b = np.array([1.0, -2.0, 0.5])
    for f in (lambda b: X * b, lambda b: X + b, lambda b: b / X, lambda b: np.maximum(X, b)):
        value, tangent = jvp(f, b, np.ones(3))
        assert value.shape == tangent.shape == X.shape
        np.testing.assert_allclose(tangent, jacobian(f, b, "central").sum(axis=-1), rtol=1e-8)


X = np.random.default_rng(5).uniform(0.5, 2, (4, 3))


def test_kinks_are_shared_as_a_central_difference_shares_them():
    for f in (
        np.absolute,
        lambda a: np.maximum(a, 0),
        lambda a: np.maximum(0, a),
        lambda a: np.minimum(0, 2 * a),
        lambda a: np.minimum(2 * a, 0),
        lambda a: np.max(np.stack([a, 0 * a])),
    ):
        for x in (-1.5, 0.0, 1.5):
            both = derivative(f, x), central_difference(f, x)
            assert both[0] == pytest.approx(float(both[1]), abs=1e-9)


def test_a_stable_softmax_and_a_log_sum_go_through_dual_numbers():
    def softmax(z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    np.testing.assert_allclose(
        jacobian(softmax, X, "dual"), jacobian(softmax, X, "central"), atol=1e-9
    )
    total = lambda z: np.logaddexp(z[:, 0], z[:, 1])  # noqa: E731
    np.testing.assert_allclose(jacobian(total, X, "dual"), jacobian(total, X, "central"), atol=1e-9)


def test_the_slope_of_zero_to_a_power_exists_where_it_should():
    assert derivative(lambda a: a**1, 0.0) == 1
    assert derivative(lambda a: a**2, 0.0) == 0
    assert derivative(lambda a: a**0, 0.0) == 0
    assert jvp(lambda b: 0.0**b, 2.0, 1.0)[1] == 0


def test_comparisons_look_at_values_and_give_plain_booleans():
    a = Dual([1.0, 2.0, 3.0], [9.0, 9.0, 9.0])
    for plain, wanted in ((a > 2, [0, 0, 1]), (a == [1, 0, 3], [1, 0, 1]), (a >= 2, [0, 1, 1])):
        assert type(plain) is np.ndarray
        np.testing.assert_array_equal(plain, wanted)


def test_a_dual_is_shaped_like_its_value_and_copies_what_it_is_given():
    x = np.ones((2, 3))
    a = Dual(x, 4)
    a[0] = Dual([5.0, 6.0, 7.0], [1.0, 2.0, 3.0])
    a[1, 0] = 8
    assert (a.shape, a.ndim, a.size, len(a), a.dtype) == ((2, 3), 2, 6, 2, np.float64)
    np.testing.assert_array_equal(x, np.ones((2, 3)))
    np.testing.assert_array_equal(a.tangent, [[1, 2, 3], [0, 4, 4]])
    assert repr(Dual(1.0, 2.0)) == "Dual(1.0, tangent=2.0)"


def test_a_dual_never_loses_its_tangent_silently():
    a = Dual([1.0, 2.0], 1.0)
    for misuse in (np.asarray, np.linalg.norm, np.arccos, np.add.reduce, float):
        with pytest.raises(TypeError):
            misuse(a)
    with pytest.raises(TypeError, match="tangent would be lost"):
        np.add(np.ones(2), a, out=np.ones(2))
    with pytest.raises(TypeError, match=r"no rule for np\.arccos"):
        np.arccos(a)


def test_dual_refuses_tangents_of_another_shape_and_text():
    with pytest.raises(ValueError, match=r"tangent must have shape \(2, 3\); got \(3,\)"):
        Dual(np.ones((2, 3)), np.ones(3))
    with pytest.raises(TypeError, match="value must hold real numbers"):
        Dual("text")


def test_derivative_is_of_one_number_only():
    assert derivative(lambda x: np.exp(x) / (np.cos(x) ** 3 + np.sin(x) ** 3), 1.5) == (
        pytest.approx(SQUIRE_TRAPP, rel=1e-14)
    )
    assert derivative(lambda x: 7.0, 1) == 0
    with pytest.raises(ValueError, match="x must be a single number"):
        derivative(np.sin, np.ones(2))
    with pytest.raises(ValueError, match="f must return a single number"):
        derivative(lambda x: x * np.ones(2), 1.0)


# --- Jacobians ----------------------------------------------------------------------------------

MAPS = {
    "to a vector": lambda x: np.tanh(x @ np.arange(6.0).reshape(3, 2) / 5).sum(axis=0),
    "to a matrix": lambda x: np.exp(x / 2) @ np.ones((3, 4)),
    "to a number": lambda x: (x * x).sum(),
    "to itself": np.sin,
}


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("method", ["complex", "central", "dual"])
def test_u_j_v_is_the_same_whichever_side_is_taken_first(name, method):
    f, rng = MAPS[name], np.random.default_rng(3)
    y, v, u = f(X), rng.standard_normal(X.shape), rng.standard_normal(np.shape(f(X)))
    whole, (value, forward), back = jacobian(f, X, method), jvp(f, X, v), vjp(f, X, u, method)
    assert whole.shape == np.shape(y) + X.shape
    assert back.shape == X.shape
    np.testing.assert_allclose(value, y)
    np.testing.assert_allclose(forward, np.tensordot(whole, v, axes=2), rtol=1e-8)
    assert np.sum(u * forward) == pytest.approx(np.sum(back * v), rel=1e-8)


def test_a_jacobian_holds_the_result_first_and_the_input_after():
    A = np.arange(6.0).reshape(2, 3)
    for method in ("complex", "central", "dual"):
        np.testing.assert_allclose(jacobian(lambda x: A @ x, [1, 2, 3], method), A, atol=1e-9)
    assert jvp(lambda x: np.ones(2), np.ones(3), np.ones(3))[1].tolist() == [0, 0]


def test_jacobians_refuse_what_they_cannot_do():
    with pytest.raises(ValueError, match=r"v must have the shape of x, \(4, 3\); got \(3,\)"):
        jvp(np.sin, X, np.ones(3))
    with pytest.raises(ValueError, match=r"u must have the shape of f\(x\), \(4, 3\); got \(3,\)"):
        vjp(np.sin, X, np.ones(3))
    with pytest.raises(ValueError, match=r"method must be one of .*Did you mean 'complex'"):
        jacobian(np.sin, X, "complx")


# --- check_gradient: what it passes -------------------------------------------------------------


def network(rng, sizes=(5, 7, 3), rows=6, hidden="relu", dead=False):
    """The mean squared error of a two-layer network, and its gradient, in a dict."""
    x, y = rng.standard_normal((rows, sizes[0])), rng.standard_normal((rows, sizes[2]))
    p = {
        "W1": rng.standard_normal(sizes[:2]),
        "b1": rng.standard_normal(sizes[1]),
        "W2": rng.standard_normal(sizes[1:]),
        "b2": rng.standard_normal(sizes[2]),
    }
    if dead:  # unit 0 sees nothing and stands on its kink for every row
        p["W1"][:, 0] = p["b1"][0] = 0

    def forward(p):
        z = x @ p["W1"] + p["b1"]
        a = np.maximum(z, 0) if hidden == "relu" else np.tanh(z)
        return z, a, a @ p["W2"] + p["b2"] - y

    def f(p):
        miss = forward(p)[2]
        return (miss * miss).sum() / (2 * rows)

    def grad(p):
        z, a, miss = forward(p)
        dz2 = miss / rows
        dz1 = dz2 @ p["W2"].T * ((z > 0) if hidden == "relu" else 1 - a * a)
        return {"W1": x.T @ dz1, "b1": dz1.sum(0), "W2": a.T @ dz2, "b2": dz2.sum(0)}

    return f, grad, p


@given(seed=st.integers(0, 10**6), hidden=st.sampled_from(["relu", "tanh"]))
@settings(deadline=None, max_examples=15)
def test_right_gradients_of_networks_pass(seed, hidden):
    report = check_gradient(*network(np.random.default_rng(seed), hidden=hidden))
    assert report.passed, report
    assert [a.name for a in report.arguments] == ["x['W1']", "x['b1']", "x['W2']", "x['b2']"]
    assert all(a.method == "complex step" and a.relative_error < 1e-12 for a in report.arguments)


RIGHT = {
    "cubes": (lambda x: (x**3).sum(), lambda x: 3 * x**2),
    "not analytic": (lambda x: (np.abs(x) ** 3).sum(), lambda x: 3 * x * np.abs(x)),
    "conjugates": (lambda x: (x * np.conj(x)).sum(), lambda x: 2 * x),
    "large offset": (lambda x: 1e9 + np.sin(x).sum(), np.cos),
    "lost in rounding": (lambda x: 1e6 + 1e-4 * np.abs(x).sum(), lambda x: 1e-4 * np.sign(x)),
    "real part only": (lambda x: (np.float64(0) + x.real**2).sum(), lambda x: 2 * x),
    "huge": (lambda x: 1e200 * np.sin(x).sum(), lambda x: 1e200 * np.cos(x)),
    "tiny": (lambda x: 1e-200 * np.sin(x).sum(), lambda x: 1e-200 * np.cos(x)),
    "fast waves": (lambda x: np.sin(1e3 * x).sum(), lambda x: 1e3 * np.cos(1e3 * x)),
    "float32 inside": (
        lambda x: np.sin(x.astype(np.float32)).sum(),
        lambda x: np.cos(x.astype(np.float32)),
    ),
    "a sum that never changes": (lambda x: _softmax(x).sum(), lambda x: _softmax(x) * 1e-17),
    "array of one": (lambda x: (x * x).sum().reshape(1, 1), lambda x: 2 * x),
}


def _softmax(z):
    e = np.exp(z - z.real.max())
    return e / e.sum()


@pytest.mark.parametrize("name", RIGHT)
def test_right_gradients_of_awkward_functions_pass(name):
    f, grad = RIGHT[name]
    for x in (X, X * 1e-3, X * 1e3 if name == "cubes" else -X):
        report = check_gradient(f, grad, x)
        assert report.passed, report


def test_steps_are_in_proportion_to_the_argument():
    x = 10.0 ** np.array([[-6], [0], [6]]) * X[0]
    for row in x:
        report = check_gradient(lambda v: np.log(np.abs(v)).sum(), lambda v: 1 / v, row)
        assert report.passed and report.arguments[0].tolerance < 1e-5, report


def test_the_witness_is_the_complex_step_exactly_where_it_is_right():
    x = {"smooth": X.copy(), "bent": X.copy()}
    report = check_gradient(
        lambda p: np.sin(p["smooth"]).sum() + np.abs(p["bent"]).sum(),
        lambda p: {"bent": np.sign(p["bent"]), "smooth": np.cos(p["smooth"])},
        x,
    )
    assert report.passed
    assert report["x['smooth']"].method == "complex step"
    assert report["x['bent']"].method == "central differences"
    assert report["x['bent']"].relative_error < report["x['bent']"].tolerance == 1e-6


def test_the_tolerance_never_falls_below_the_witness_own_error():
    noisy = check_gradient(*RIGHT["float32 inside"], X)
    assert noisy.passed and noisy.arguments[0].tolerance > 1e-6
    wrong = check_gradient(RIGHT["float32 inside"][0], lambda x: 1.3 * np.cos(x), X)
    assert not wrong.passed


def test_the_complex_step_stays_sharp_where_differences_are_blunt():
    def far(x):
        return 1e7 + np.sin(x).sum()

    assert check_gradient(far, np.cos, X)
    assert not check_gradient(far, lambda x: np.cos(x) * (1 + 1e-5), X)


def test_arguments_may_be_nested_and_tuples_may_have_names():
    Layer = namedtuple("Layer", "W b")

    def f(layers):
        return sum(np.sin(layer.W).sum() * np.exp(layer.b) for layer in layers)

    def grad(layers):
        return [(np.cos(p.W) * np.exp(p.b), np.sin(p.W).sum() * np.exp(p.b)) for p in layers]

    report = check_gradient(f, grad, [Layer(X, np.array(0.5)), Layer(X.T, np.array(0.1))])
    assert report.passed
    assert [a.name for a in report.arguments] == ["x[0][0]", "x[0][1]", "x[1][0]", "x[1][1]"]


# --- check_gradient: kinks ----------------------------------------------------------------------


def test_kinks_are_avoided_and_counted():
    x = np.array([[1.0, 0.0, -2.0], [0.0, 3.0, 1e-6]])
    for f, grad in (
        (lambda x: np.maximum(x, 0).sum(), lambda x: (x > 0) * 1.0),
        (lambda x: np.abs(x).sum(), np.sign),
        (lambda x: np.abs(x).sum() + (5 * x * x).sum(), lambda x: np.sign(x) + 10 * x),
    ):
        report = check_gradient(f, grad, x)
        assert report.passed, report
        assert (report.arguments[0].kinks, report.arguments[0].entries) == (2, 4)
        assert "kinks avoided: 2" in str(report)


def test_a_kink_near_by_is_stepped_round_and_hides_no_mistake():
    for distance in 10.0 ** np.arange(-7.0, -2, 0.25):
        x = np.array([1.0, distance])
        right = check_gradient(lambda x: np.abs(x).sum(), np.sign, x)
        assert right.passed and right.arguments[0].kinks == 0, right
        wrong = check_gradient(lambda x: np.abs(x).sum(), lambda x: np.array([1.0, 0.5]), x)
        assert not wrong and wrong.arguments[0].worst.index == (1,), wrong


def test_dead_units_on_their_kink_are_kinks_and_the_rest_is_checked():
    report = check_gradient(*network(np.random.default_rng(0), dead=True))
    assert report.passed, report
    assert report["x['b1']"].kinks == 1
    assert report["x['W1']"].kinks == 5


def test_a_kink_far_below_the_function_s_value_is_still_avoided():
    report = check_gradient(lambda x: 1e7 + np.abs(x).sum(), np.sign, np.array([1.0, 0.0]))
    assert report.passed and report.arguments[0].kinks == 1
    assert type(report.arguments[0].relative_error) is float


def test_curvature_is_no_kink():
    report = check_gradient(lambda x: (1e6 * x * x).sum(), lambda x: 2e6 * x, np.array([0.0, 1.0]))
    assert report.passed and report.arguments[0].kinks == 0


def test_an_argument_of_nothing_but_kinks_does_not_pass():
    report = check_gradient(lambda x: np.abs(x).sum(), np.sign, np.zeros(3))
    assert not report.passed and report.arguments[0].worst is None
    assert "nothing could be compared" in str(report) and "another point" in str(report)


# --- check_gradient: what it refuses ------------------------------------------------------------


def spoiled(key, change):
    """A right network gradient with one part changed."""
    f, grad, p = network(np.random.default_rng(8), sizes=(4, 4, 4))

    def wrong(p):
        result = grad(p)
        result[key] = change(result[key])
        return result

    return f, wrong, p


CHANGES = {
    "sign": lambda g: -g,
    "divided by n twice": lambda g: g / 6,
    "a little": lambda g: g * (1 + 3e-6),
    "zeros": lambda g: g * 0,
    "rolled": lambda g: np.roll(g, 1),
    "averaged": lambda g: np.full(g.shape, g.mean()),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("key", ["W1", "b1", "W2", "b2"])
def test_wrong_gradients_are_refused_and_the_others_pass(name, key):
    report = check_gradient(*spoiled(key, CHANGES[name]))
    assert not report
    assert [a.name for a in report.arguments if not a.passed] == [f"x[{key!r}]"]


def test_a_missing_transpose_in_a_square_matrix_is_refused():
    for key in ("W1", "W2"):
        assert not check_gradient(*spoiled(key, lambda g: g.T))


def test_a_gradient_right_only_at_a_batch_of_one_passes_there_and_only_there():
    W = np.random.default_rng(1).standard_normal((3, 2))

    def f(x):
        return ((x @ W) ** 2).sum() / 2

    def first_row_for_all(x):
        return np.repeat((x[:1] @ W) @ W.T, len(x), axis=0)

    one, two = (check_gradient(f, first_row_for_all, X[:rows]) for rows in (1, 2))
    assert one.passed and any("with one row, mistakes in summing" in n for n in one.notes)
    assert not two.passed and not any("one row" in n for n in two.notes)


def carried_over(x):
    """The gradient of a sum of squares in b, added to what the calls before left there."""
    total = np.zeros_like(x["b"])

    def grad(p):
        nonlocal total
        total += 2 * p["b"]  # in place: the answer of the first call changes with the second
        return {"a": 2 * p["a"], "b": total}

    return grad


@pytest.mark.parametrize("limit", [200, 2])  # every entry, and random directions
def test_a_gradient_carried_over_from_the_call_before_is_refused_where_it_is(limit):
    x = {"a": X, "b": X[0]}
    report = check_gradient(
        lambda p: squares(p["a"]) + squares(p["b"]), carried_over(x), x, max_entries=limit
    )
    assert [a.passed for a in report.arguments] == [True, False]
    assert [a.change for a in report.arguments] == [0, 0.5]
    assert report["x['b']"].relative_error < 1e-12  # the first answer is right
    asked_again = [note for note in report.notes if "asked again" in note]
    assert len(asked_again) == 1 and asked_again[0].startswith("x['b']:")
    text = str(report["x['b']"])
    assert text.startswith("WRONG x['b'] (3,): relative error")
    assert "≤" in text and ">" not in text and "when asked again: 5.0e-01 away" in text
    assert "asked again" not in str(report["x['a']"])


def test_a_second_answer_may_differ_by_rounding():
    def jitter(size):
        calls = iter((1.0, 1.0 + size))
        return lambda x: 2 * x * next(calls)

    assert check_gradient(squares, jitter(1e-12), X).passed
    assert not check_gradient(squares, jitter(1e-5), X).passed


@given(place=st.integers(0, 11), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=25)
def test_the_worst_place_is_the_wrong_entry(place, seed):
    def wrong(x):
        g = np.cos(x)
        g.flat[place] += 0.25
        return g

    worst = check_gradient(lambda x: np.sin(x).sum(), wrong, X, seed=seed).arguments[0].worst
    index = np.unravel_index(place, X.shape)
    assert worst.index == index
    assert worst.gradient == pytest.approx(np.cos(X[index]) + 0.25)
    assert worst.witness == pytest.approx(np.cos(X[index]))


# --- check_gradient: large arguments ------------------------------------------------------------

LARGE = np.random.default_rng(2).standard_normal((100, 100))


def large_with_one_wrong(place, amount):
    def wrong(x):
        g = np.cos(x)
        g.flat[place] += amount
        return g

    return wrong


def test_large_sums_pass_by_random_directions():
    for f, grad in (
        (lambda x: np.sin(x).sum(), np.cos),
        (lambda x: np.abs(x).sum(), np.sign),
        (lambda x: np.maximum(x @ LARGE, 0).sum(), lambda x: (x @ LARGE > 0) @ LARGE.T),
    ):
        report = check_gradient(f, grad, LARGE, directions=4, sample=5)
        seen = report.arguments[0]
        assert report.passed, report
        assert (seen.directions + seen.entries + seen.kinks, seen.directions > 0) == (9, True)
        assert any("random directions and a sample" in note for note in report.notes)


@given(place=st.integers(0, 9_999), seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=12)
def test_one_wrong_entry_in_ten_thousand_is_found(place, seed):
    # off by 0.01 against a root mean square of 0.75: with rtol 1e-6, one direction misses it with
    # probability 0.8 * 1e-6 * 100 / 0.013 = 0.6 %, two directions with 0.004 %
    wrong = large_with_one_wrong(place, 0.01)
    report = check_gradient(
        lambda x: np.sin(x).sum(), wrong, LARGE, seed=seed, directions=2, sample=0
    )
    assert not report
    assert report.arguments[0].worst.index == np.unravel_index(place, LARGE.shape)


def test_the_power_of_one_direction_is_what_the_docstring_says():
    n, d, rtol, tries = 400, 0.05, 1e-3, 400
    x, wrong = np.zeros(n), large_with_one_wrong(7, d)
    escaped = sum(
        check_gradient(np.sum, wrong, x, rtol=rtol, directions=1, sample=0, seed=s).passed
        for s in range(tries)
    )
    # 0.8 rtol √n / d is 0.32; a direction along the gradient is measured against more and sees less
    assert 0.25 < escaped / tries < 0.45


def test_a_wrong_entry_is_reported_before_a_wrong_direction():
    report = check_gradient(
        lambda x: np.sin(x).sum(), lambda x: np.cos(x) + 0.1, LARGE, directions=64
    )
    seen = report.arguments[0]
    assert not report and seen.entries == 20 and seen.directions == 64
    assert seen.worst.gradient - seen.worst.witness == pytest.approx(0.1)


def test_a_seed_gives_the_same_report_and_another_seed_other_directions():
    def once(seed):
        return check_gradient(lambda x: np.sin(x).sum(), lambda x: 2 * np.cos(x), LARGE, seed=seed)

    assert str(once(1)) == str(once(1))
    assert once(1).arguments[0].worst != once(2).arguments[0].worst


# --- check_gradient: notes, form, errors --------------------------------------------------------


def squares(x):
    return (x * x).sum()


def test_what_limits_the_check_is_noted():
    def notes(*arguments, **options):
        report = check_gradient(*arguments, **options)
        assert report.passed
        return " ".join(report.notes)

    assert notes(squares, lambda x: 2 * x, X) == ""
    assert "rtol 0.01 is loose" in notes(squares, lambda x: 2 * x, X, rtol=1e-2)
    assert notes(squares, lambda x: 2 * x, X, rtol=1e-4) == ""
    assert "x is float32 and was promoted" in notes(squares, lambda x: 2 * x, np.float32(X))
    assert "both gradients are zero" in notes(lambda x: 3.0, np.zeros_like, X)
    assert "both gradients are zero" in notes(lambda x: (0 * np.abs(x)).sum(), np.zeros_like, X)
    assert "judged to" in notes(*RIGHT["float32 inside"], X)


def test_arguments_are_left_alone_and_vandals_are_named():
    x = {"a": X.copy(), "b": X[0].copy()}

    def grad(p):
        p["b"] *= 2
        return {"a": 2 * p["a"], "b": p["b"]}

    report = check_gradient(lambda p: squares(p["a"]) + squares(p["b"]), grad, x)
    assert report.passed
    assert report.notes == ("grad changes x['b'] in place; it was given a copy.",)
    np.testing.assert_array_equal(x["a"], X)
    np.testing.assert_array_equal(x["b"], X[0])


def test_a_report_reads_as_text_and_counts_as_a_truth():
    good, bad = (check_gradient(squares, lambda x, k=k: k * x, X) for k in (2, -2))
    assert bool(good) is good.passed is True
    assert bool(bad) is bad.passed is False
    assert repr(good) == str(good)
    assert str(good).startswith("gradient check passed (rtol 1.0e-06, seed 0)\nok    x (4, 3):")
    assert "12 of 12 entries, complex step" in str(good)
    assert "FAILED" in str(bad) and "WRONG x (4, 3): relative error 2.0e+00 > 1.0e-06" in str(bad)
    worst = np.unravel_index(X.argmax(), X.shape)
    assert f"worst at {tuple(map(int, worst))}: gradient {-2 * X.max():.9g}" in str(bad)
    with pytest.raises(KeyError, match="there are"):
        good["y"]


PAIR = {"W": X, "b": X[0]}


@pytest.mark.parametrize(
    ("f", "grad", "x", "error", "message"),
    [
        (squares, lambda x: x[0], X, ValueError, r"for x must have shape \(4, 3\), as x; got \(3,"),
        (
            lambda p: 0.0,
            lambda p: {"W": p["W"], "b": p["b"][None]},
            PAIR,
            ValueError,
            r"x\['b'\] must have shape \(3,\), as x\['b'\]; got \(1, 3\)",
        ),
        (lambda p: 0.0, lambda p: {"W": p["W"]}, PAIR, ValueError, r"keys \['W', 'b'\]; got keys"),
        (lambda p: 0.0, lambda p: X, PAIR, ValueError, r"got ndarray of shape \(4, 3\)"),
        (lambda p: 0.0, lambda p: [X], [X, X], ValueError, r"x must hold 2 gradients; got 1"),
        (lambda p: 0.0, lambda p: X, (X, X), ValueError, r"x must hold 2 gradients; got ndarray"),
        (squares, lambda x: x * 1j, X, TypeError, "grad's result for x must hold real numbers"),
        (
            squares,
            lambda x: np.where(x == X[1, 2], np.nan, x),
            X,
            ValueError,
            r"nan at position \(1, 2",
        ),
        (squares, lambda x: x, np.array([1.0, np.inf]), ValueError, r"x must be finite; got inf"),
        (lambda x: np.nan, lambda x: x, X, ValueError, "f must be finite at x; got nan"),
        (
            lambda x: x * x,
            lambda x: x,
            X,
            ValueError,
            r"single number; got an array of shape \(4, 3",
        ),
        (lambda x: None, lambda x: x, X, TypeError, r"f\(x\) must hold real numbers"),
        (lambda x: 1j, lambda x: x, X, TypeError, r"f\(x\) must hold real numbers"),
        (squares, lambda x: x, np.ones((0, 3)), ValueError, "x is empty"),
        (squares, lambda x: x, {}, ValueError, "no array"),
        (squares, lambda x: x, np.arange(3), TypeError, r"convert with \.astype\(float\)"),
        (squares, lambda x: x, X * 1j, TypeError, "x must hold real numbers"),
        (
            lambda x: np.where(x == X, x.real, np.nan).sum(),
            lambda x: x,
            X,
            ValueError,
            r"not finite when x is nudged at position \(0, 0\)",
        ),
    ],
)
def test_bad_inputs_are_named(f, grad, x, error, message):
    with pytest.raises(error, match=message):
        check_gradient(f, grad, x)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("rtol", 0),
        ("rtol", -1),
        ("max_entries", 0),
        ("directions", 0),
        ("sample", -1),
        ("seed", -1),
    ],
)
def test_options_out_of_range_are_named(option, value):
    with pytest.raises(ValueError, match=f"{option} must be"):
        check_gradient(squares, lambda x: 2 * x, X, **{option: value})

"""What `dlcore.descent` promises: rules that are their formulas, surfaces with true derivatives,
trajectories that are the rule applied again and again."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlcore import descent
from dlcore.derivatives import central_difference, complex_step, relative_error
from dlcore.descent import gradient_descent, momentum, trajectory

RATES = st.floats(0, 2)
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, max_side=4)


def drawn(shape, seed, count, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(dtype) for _ in range(count)]


def read_only(*arrays):
    for array in arrays:
        array.setflags(write=False)


@given(shape=SHAPES, rate=RATES)
@settings(deadline=None, max_examples=30)
def test_gradient_descent_is_x_minus_rate_times_g(shape, rate):
    x, g = drawn(shape, 0, 2)
    read_only(x, g)
    np.testing.assert_array_equal(gradient_descent(x, g, rate), x - rate * g)


@given(shape=SHAPES, rate=RATES, beta=st.floats(0, 1), nesterov=st.booleans())
@settings(deadline=None, max_examples=50)
def test_momentum_is_its_formula(shape, rate, beta, nesterov):
    x, g, v = drawn(shape, 1, 3)
    read_only(x, g, v)
    moved, velocity = momentum(x, g, v, rate, beta, nesterov=nesterov)
    expected = beta * v - rate * g
    np.testing.assert_allclose(velocity, expected, rtol=1e-13, atol=1e-14)
    step = beta * expected - rate * g if nesterov else expected
    np.testing.assert_allclose(moved, x + step, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("nesterov", [False, True])
def test_without_friction_memory_momentum_is_plain_descent(nesterov):
    x, g = drawn((3, 2), 2, 2)
    moved, _ = momentum(x, g, np.zeros_like(x), 0.3, 0.0, nesterov=nesterov)
    np.testing.assert_allclose(moved, gradient_descent(x, g, 0.3), rtol=1e-15)


@pytest.mark.parametrize("room", ["own", "the gradient"])
def test_descent_in_place_gives_the_same(room):
    x, g = drawn((4, 3), 3, 2)
    expected = gradient_descent(x, g, 0.1)
    result = gradient_descent(x, g, 0.1, out=x, step=g if room != "own" else np.empty_like(x))
    assert result is x
    np.testing.assert_array_equal(x, expected)


@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("room", ["own", "the gradient"])
def test_momentum_in_place_gives_the_same(nesterov, room):
    x, g, v = drawn((4, 3), 4, 3)
    expected = momentum(x, g, v, 0.1, 0.9, nesterov=nesterov)
    step = g if room != "own" else np.empty_like(x)
    result = momentum(x, g, v, 0.1, 0.9, nesterov=nesterov, out=x, velocity_out=v, step=step)
    assert result[0] is x
    assert result[1] is v
    np.testing.assert_array_equal(x, expected[0])
    np.testing.assert_array_equal(v, expected[1])


@pytest.mark.parametrize("nesterov", [False, True])
def test_float32_stays_float32(nesterov):
    x, g, v = drawn((2, 2), 5, 3, np.float32)
    assert gradient_descent(x, g, 0.1).dtype == np.float32
    assert {a.dtype for a in momentum(x, g, v, 0.1, 0.9, nesterov=nesterov)} == {np.dtype("f4")}


def test_a_rate_above_two_over_the_curvature_diverges_and_below_it_converges():
    def distance(rate, curvature=4.0):
        x = np.array(1.0)
        for _ in range(200):
            x = gradient_descent(x, curvature * x, rate)
        return abs(x)

    assert distance(0.49) < 0.02
    assert distance(0.51) > 40


def test_momentum_is_faster_than_descent_in_a_ravine():
    def final_error(beta):
        curvatures, x, v = np.array([1.0, 100.0]), np.ones(2), np.zeros(2)
        for _ in range(100):
            x, v = momentum(x, curvatures * x, v, 0.01, beta)
        return np.abs(x).max()

    assert final_error(0.8) < 0.01 * final_error(0.0)


# --- the rules are their formulas ---------------------------------------------------------------

GRADIENTS = np.random.default_rng(6).normal(size=(30, 5)) * np.array([1, 10, 0.1, 3, 0])
START = np.array([1.0, -2.0, 0.5, 0.0, 3.0])


def walked(rule, memories, **settings):
    """The points a rule visits with the scripted gradients, and its memories at the end."""
    x, kept, points = START.copy(), [np.full(5, m) for m in memories], []
    read_only(x, *kept)
    for t, g in enumerate(GRADIENTS, start=1):
        extra = {"t": t} if rule in (descent.adam, descent.adamw) else {}
        names = settings.get("names", ())
        options = {k: v for k, v in settings.items() if k != "names"}
        named = dict(zip(names, kept[len(kept) - len(names) :], strict=True))
        plain = kept[: len(kept) - len(names)]
        x, *kept = rule(x, g, *plain, **extra, **named, **options)
        points.append(x)
    return np.array(points)


def entry_by_entry(update):
    """The points that a scalar update(w, g, t, memory) visits: plain Python numbers."""
    columns = []
    for i, w in enumerate(START.tolist()):
        memory, column = {}, []
        for t, g in enumerate(GRADIENTS[:, i].tolist(), start=1):
            w = update(w, g, t, memory)
            column.append(w)
        columns.append(column)
    return np.array(columns).T


def scalar_momentum(added, scale, ahead):
    def update(w, g, t, memory):
        v = memory["v"] = 0.9 * memory.get("v", 0.0) + added * g
        return w + scale * ((0.9 * v + added * g) if ahead else v)

    return update


@pytest.mark.parametrize(
    ("convention", "added", "scale"),
    [("heavy_ball", -0.1, 1.0), ("pytorch", 1.0, -0.1), ("ema", 0.1, -0.2)],
)
@pytest.mark.parametrize("ahead", [False, True])
def test_each_convention_of_momentum_is_its_formula(convention, added, scale, ahead):
    rate = 0.2 if convention == "ema" else 0.1
    points = walked(momentum, [0.0], learning_rate=rate, beta=0.9, convention=convention,
                    nesterov=ahead)  # fmt: skip
    expected = entry_by_entry(scalar_momentum(added, scale, ahead))
    np.testing.assert_allclose(points, expected, rtol=1e-12, atol=1e-13)


def test_nesterov_is_not_plain_momentum_and_is_momentum_with_the_option():
    settings = {"learning_rate": 0.1, "beta": 0.9}
    ahead, plain = walked(descent.nesterov, [0.0], **settings), walked(momentum, [0.0], **settings)
    np.testing.assert_array_equal(ahead, walked(momentum, [0.0], nesterov=True, **settings))
    assert np.abs(ahead - plain).max() > 0.1


@pytest.mark.parametrize("ahead", [False, True])
def test_the_conventions_agree_while_the_rate_is_constant_and_part_when_it_changes(ahead):
    def last(convention, factor, rates):
        x, v = START.copy(), np.zeros(5)
        for g, rate in zip(GRADIENTS, rates, strict=True):
            x, v = momentum(x, g, v, rate * factor, 0.9, convention=convention, nesterov=ahead)
        return x

    constant, falling = np.full(30, 0.1), np.linspace(0.1, 0.01, 30)
    ball = last("heavy_ball", 1, constant)
    np.testing.assert_allclose(last("pytorch", 1, constant), ball, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(last("ema", 1 / (1 - 0.9), constant), ball, rtol=1e-11, atol=1e-11)
    assert np.abs(last("pytorch", 1, falling) - last("heavy_ball", 1, falling)).max() > 0.01


def test_adagrad_is_its_formula():
    def update(w, g, t, memory):
        memory["s"] = memory.get("s", 0.3) + g**2
        return w - 0.5 * g / math.sqrt(memory["s"] + 0.02)

    points = walked(descent.adagrad, [0.3], learning_rate=0.5, epsilon=0.02)
    np.testing.assert_allclose(points, entry_by_entry(update), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("centered", [False, True])
@pytest.mark.parametrize("beta", [None, 0.7])
def test_rmsprop_is_its_formula(centered, beta):
    def update(w, g, t, memory):
        s = memory["s"] = 0.8 * memory.get("s", 0.0) + 0.2 * g * g
        if centered:
            m = memory["m"] = 0.8 * memory.get("m", 0.0) + 0.2 * g
            s -= m**2
        step = 0.1 * g / (s + 0.01) ** 0.5
        if beta is not None:
            step = memory["v"] = beta * memory.get("v", 0.0) + step
        return w - step

    names = ("mean",) * centered + ("velocity",) * (beta is not None)
    options = {} if beta is None else {"beta": beta}
    points = walked(descent.rmsprop, [0.0] * (1 + len(names)), names=names, learning_rate=0.1,
                    rho=0.8, epsilon=0.01, **options)  # fmt: skip
    np.testing.assert_allclose(points, entry_by_entry(update), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("amsgrad", [False, True])
@pytest.mark.parametrize("weight_decay", [None, 0.3])
def test_adam_and_adamw_are_their_formulas(amsgrad, weight_decay):
    def update(w, g, t, memory):
        m = memory["m"] = 0.8 * memory.get("m", 0.0) + 0.2 * g
        v = memory["v"] = 0.95 * memory.get("v", 0.0) + 0.05 * g * g
        if amsgrad:
            v = memory["top"] = max(memory.get("top", 0.0), v)
        m_hat, v_hat = m / (1 - 0.8**t), v / (1 - 0.95**t)
        w = w * (1 - 0.1 * (weight_decay or 0))
        # ε stands beside √v, and so beside √v_hat it is divided by the same correction
        return w - 0.1 * m_hat / (math.sqrt(v_hat) + 0.01 / math.sqrt(1 - 0.95**t))

    rule, options = descent.adam, {}
    if weight_decay is not None:
        rule, options = descent.adamw, {"weight_decay": weight_decay}
    points = walked(rule, [0.0] * (2 + amsgrad), names=("largest",) * amsgrad, learning_rate=0.1,
                    beta_1=0.8, beta_2=0.95, epsilon=0.01, **options)  # fmt: skip
    np.testing.assert_allclose(points, entry_by_entry(update), rtol=1e-11, atol=1e-12)


def test_the_largest_v_of_amsgrad_never_falls():
    m, v, top = np.zeros(5), np.zeros(5), np.zeros(5)
    x = START
    for t, g in enumerate([*GRADIENTS, *np.zeros_like(GRADIENTS)], start=1):
        x, m, v, after = descent.adam(x, g, m, v, t, beta_2=0.5, largest=top)
        assert (after >= top).all()
        assert (after >= v).all()
        top = after
    assert (top[:4] > 1e3 * v[:4]).all()


def test_adams_first_step_is_as_long_as_the_rate_whatever_the_gradient():
    g = np.array([1e-3, -1.0, 1e3])
    x, *_ = descent.adam(np.zeros(3), g, np.zeros(3), np.zeros(3), 1, 0.1, epsilon=1e-12)
    np.testing.assert_allclose(x, [-0.1, 0.1, -0.1], rtol=1e-6)


@pytest.mark.parametrize("t", [0, -1])
def test_adam_refuses_a_count_that_does_not_begin_at_one(t):
    with pytest.raises(ValueError, match=f"t must be at least 1; got {t}"):
        descent.adam(*np.ones((4, 2)), t)


def test_an_unknown_convention_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match=r"convention must be one of .*Did you mean 'pytorch'"):
        momentum(*np.ones((3, 2)), 0.1, convention="torch")


def test_centered_rmsprop_stays_finite_where_rounding_makes_a_variance_negative():
    x, s, mean = (np.zeros(500, np.float32) for _ in range(3))
    g = np.random.default_rng(0).normal(size=500).astype(np.float32) * 1e4
    for _ in range(300):
        x, s, mean = descent.rmsprop(x, g, s, 1e-3, mean=mean)
    assert np.isfinite(x).all()


RULES_IN_PLACE = {
    "adagrad": (descent.adagrad, ["squares"], {"learning_rate": 0.1}),
    "rmsprop": (descent.rmsprop, ["squares"], {"learning_rate": 0.1}),
    "rmsprop, all": (
        descent.rmsprop, ["squares", "mean", "velocity"], {"learning_rate": 0.1, "beta": 0.9},
    ),
    "adam": (descent.adam, ["m", "v"], {"t": 3}),
    "adam, amsgrad": (descent.adam, ["m", "v", "largest"], {"t": 3}),
    "adamw": (descent.adamw, ["m", "v"], {"t": 3, "weight_decay": 0.1}),
}  # fmt: skip


@pytest.mark.parametrize("case", RULES_IN_PLACE)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_rule_gives_the_same_in_place_and_keeps_the_dtype(case, dtype):
    rule, names, settings = RULES_IN_PLACE[case]
    x, g, *memory = (np.abs(a) for a in drawn((4, 3), 7, 2 + len(names), dtype))
    named = dict(zip(names, memory, strict=True))
    expected = rule(x, g, **named, **settings)
    assert {a.dtype for a in expected} == {np.dtype(dtype)}
    kept = g.copy()
    by_name = {n: named.get(n) for n in ("squares", "mean", "velocity", "m", "v", "largest")}
    order = ("m", "v", "largest") if "m" in named else ("squares", "mean", "velocity")
    out = (x, *(by_name[n] for n in order))
    result = rule(x, g, **named, **settings, out=out, room=np.empty_like(x))
    for got, place, wanted in zip(result, [x, *memory], expected, strict=True):
        assert got is place
        np.testing.assert_array_equal(got, wanted)
    np.testing.assert_array_equal(g, kept)


def test_decay_draws_towards_zero_by_rate_times_decay():
    np.testing.assert_allclose(descent.decay(START, 0.1, 0.5), 0.95 * START, rtol=1e-15)


def test_newton_is_at_the_bottom_of_a_bowl_in_one_step():
    bowl = descent.Quadratic(50, angle=30)
    x = np.array([3.0, -2.0])
    np.testing.assert_allclose(
        descent.newton(x, bowl.gradient(x), bowl.hessian(x)), [0, 0], atol=1e-13
    )
    half = descent.newton(x, bowl.gradient(x), bowl.hessian(x), 0.5)
    np.testing.assert_allclose(half, x / 2, rtol=1e-12)


def test_newton_refuses_a_hessian_without_an_inverse():
    with pytest.raises(ValueError, match="hessian must be invertible"):
        descent.newton(np.ones(2), np.ones(2), np.ones((2, 2)))


# --- clipping -----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_clipping_by_a_norm_shortens_and_keeps_the_direction(dtype):
    g = np.array([[3.0, 0.0], [0.0, -4.0]], dtype)
    np.testing.assert_allclose(descent.clip_by_norm(g, 1.0), g / 5, rtol=1e-6)
    np.testing.assert_array_equal(descent.clip_by_norm(g, 5.0), g)
    np.testing.assert_array_equal(descent.clip_by_norm(0 * g, 5.0), 0 * g)
    assert descent.clip_by_norm(g, 1.0).dtype == dtype


def test_clipping_by_the_global_norm_uses_one_factor_for_all():
    grads = [np.array([3.0]), np.array([[0.0, 4.0]])]
    for limit, factor in ((1.0, 0.2), (2.5, 0.5), (5.0, 1.0), (9.0, 1.0)):
        clipped = descent.clip_by_global_norm(grads, limit)
        for g, c in zip(grads, clipped, strict=True):
            np.testing.assert_allclose(c, factor * g, rtol=1e-15)


def test_clipping_by_value_limits_every_entry():
    np.testing.assert_array_equal(descent.clip_by_value(np.array([-3, -0.5, 0.2, 9]), 0.5),
                                  [-0.5, -0.5, 0.2, 0.5])  # fmt: skip


def test_clipping_a_gradient_too_long_for_float32s_squares_still_shortens_it():
    g = np.full(4, 1e30, np.float32)
    np.testing.assert_allclose(descent.clip_by_norm(g, 1.0), 0.5, rtol=1e-6)


def test_clipping_does_not_hide_what_is_not_finite():
    assert np.isnan(descent.clip_by_norm(np.array([1.0, np.inf]), 1.0)).all()


# --- surfaces -----------------------------------------------------------------------------------

SURFACES = [
    descent.Quadratic(),
    descent.Quadratic(40, angle=25, scale=0.3),
    descent.Rosenbrock(),
    descent.Rosenbrock(2.0, 7.0),
    descent.Beale(),
    descent.Saddle(),
    descent.Ravine(),
    descent.Ravine(3.0),
    descent.Himmelblau(),
]
PLACES = np.random.default_rng(8).uniform(-2, 2, size=(6, 2))


@pytest.mark.parametrize("surface", SURFACES, ids=repr)
def test_gradients_and_hessians_of_surfaces_are_the_complex_steps(surface):
    for place in PLACES:
        slopes = complex_step(surface.value, place)
        assert relative_error(surface.gradient(place), slopes) < 1e-13
        rows = [complex_step(lambda p, i=i: surface.gradient(p)[i], place) for i in range(2)]
        assert relative_error(surface.hessian(place), np.array(rows)) < 1e-13


@pytest.mark.parametrize("surface", SURFACES, ids=repr)
def test_surfaces_work_on_whole_grids_as_on_single_points(surface):
    grid = PLACES.reshape(2, 3, 2)
    X, Y = grid[..., 0], grid[..., 1]
    assert surface.value(grid).shape == (2, 3)
    np.testing.assert_array_equal(surface(X, Y), surface.value(grid))
    for name, shape in (
        ("value", ()),
        ("gradient", (2,)),
        ("hessian", (2, 2)),
        ("curvature", (2,)),
    ):
        whole = getattr(surface, name)(grid)
        assert whole.shape == (2, 3, *shape)
        one = getattr(surface, name)(grid[1, 2])
        np.testing.assert_allclose(whole[1, 2], one, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("surface", SURFACES, ids=repr)
def test_minima_and_saddles_are_level_and_bend_as_they_must(surface):
    lowest = min(surface.value(m) for m in surface.minima)
    for minimum in surface.minima:
        np.testing.assert_allclose(surface.gradient(minimum), 0, atol=1e-12)
        assert (surface.curvature(minimum) > 0).all()
        assert surface.value(minimum) == pytest.approx(lowest, abs=1e-12)
    for saddle in surface.saddles:
        np.testing.assert_allclose(surface.gradient(saddle), 0, atol=1e-12)
        assert surface.curvature(saddle)[0] < 0 < surface.curvature(saddle)[1]
    (left, right), (bottom, top) = surface.span
    for x, y in (*surface.minima, surface.start):
        if getattr(surface, "a", 1.0) == 1.0:  # a Rosenbrock moved elsewhere lies elsewhere
            assert left < x < right
            assert bottom < y < top
    X, Y = np.meshgrid(np.linspace(left, right, 60), np.linspace(bottom, top, 60))
    assert surface(X, Y).min() >= lowest - 1e-12


def test_the_classic_values_of_the_classic_surfaces():
    assert descent.Rosenbrock().value((-1.2, 1.0)) == pytest.approx(24.2)
    assert descent.Beale().value((0.0, 0.0)) == pytest.approx(14.203125)
    assert descent.Himmelblau().value((0, 0)) == 170
    assert descent.Saddle().value((0, 1)) == -0.25
    assert descent.Ravine(10).value((0, 1)) == 5
    assert descent.Quadratic(10).value((1, 1)) == 5.5


def test_a_quadratic_has_the_condition_number_it_was_given():
    for angle in (0, 17, 90):
        small, large = descent.Quadratic(30, angle, scale=2).curvature((1.0, 1.0))
        assert (small, large) == pytest.approx((2, 60))


def test_the_step_size_limit_divides_convergence_from_divergence():
    bowl = descent.Quadratic(20, angle=40)
    limit = descent.step_size_limit(bowl, (0.0, 0.0))
    assert limit == pytest.approx(0.1)
    assert limit == descent.step_size_limit(bowl.hessian((0, 0)))
    below, above = (
        trajectory("gradient_descent", bowl, (1, 2), 400, learning_rate=limit * f)
        for f in (0.98, 1.02)
    )
    assert bowl.value(below[-1]) < 1e-5
    assert bowl.value(above[-1]) > 1e5


def test_where_nothing_bends_upwards_there_is_no_limit():
    assert descent.step_size_limit(-np.eye(3)) == math.inf


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: descent.Quadratic(0.5), "condition_number must be at least 1; got 0.5"),
        (lambda: descent.Quadratic("9"), "condition_number must be a number; got '9'"),
        (lambda: descent.Beale().value([1, 2, 3]), r"point must have shape \(..., 2\).*got \(3,\)"),
        (lambda: descent.Beale().value(["a", "b"]), "point must hold numbers; got dtype <U1"),
        (lambda: descent.step_size_limit(np.ones((2, 3))), r"hessian must have shape \(d, d\)"),
        (lambda: descent.step_size_limit([[0, 1], [2, 0]]), "hessian must be symmetric"),
        (lambda: descent.step_size_limit([[np.nan]]), "hessian must be finite"),
        (lambda: descent.step_size_limit(descent.Beale()), "at must be a point"),
        (lambda: descent.step_size_limit(descent.Beale(), PLACES), "at must be one point"),
    ],
)
def test_surfaces_refuse_what_they_cannot_use(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


# --- trajectories -------------------------------------------------------------------------------

METHODS = {
    "gradient_descent": {"learning_rate": 0.05},
    "momentum": {"learning_rate": 0.02, "beta": 0.8},
    "nesterov": {"learning_rate": 0.02, "beta": 0.8},
    "adagrad": {"learning_rate": 1.0},
    "rmsprop": {"learning_rate": 0.02},
    "adam": {"learning_rate": 0.1},
    "adamw": {"learning_rate": 0.1, "weight_decay": 0.01},
    "newton": {},
    "lbfgs": {},
    "random_search": {"scale": 0.3},
    "finite_differences": {"learning_rate": 0.05},
}


@pytest.mark.parametrize("method", METHODS)
def test_every_method_walks_down_a_bowl(method):
    bowl = descent.Quadratic(10, angle=20)
    path = trajectory(method, bowl, bowl.start, 200, **METHODS[method])
    assert path.shape == (201, 2)
    np.testing.assert_array_equal(path[0], bowl.start)
    assert bowl.value(path[-1]) < 0.003 * bowl.value(path[0])
    np.testing.assert_array_equal(path[:6], trajectory(method, bowl, bowl.start, 5,
                                                       **METHODS[method]))  # fmt: skip
    assert trajectory(method, bowl, bowl.start, 0, **METHODS[method]).shape == (1, 2)


def test_a_trajectory_is_the_rule_applied_again_and_again():
    bowl = descent.Quadratic(10)
    path = trajectory("adam", bowl, (1.0, 1.0), 12, learning_rate=0.1)
    x, m, v = np.ones(2), np.zeros(2), np.zeros(2)
    for t in range(1, 13):
        x, m, v = descent.adam(x, bowl.gradient(x), m, v, t, 0.1)
        np.testing.assert_array_equal(path[t], x)


def test_the_rule_itself_its_name_a_gradient_and_a_surface_give_one_path():
    bowl, settings = descent.Quadratic(10), {"learning_rate": 0.1, "beta": 0.5}
    paths = [
        trajectory(rule, function, [1, 1], 9, **settings)
        for rule in ("momentum", momentum)
        for function in (bowl, bowl.gradient)
    ]
    for path in paths[1:]:
        np.testing.assert_array_equal(path, paths[0])


def test_a_readers_own_rule_is_walked_with_its_memory():
    def own(x, g, v, learning_rate, beta):
        v = beta * v - learning_rate * g
        return x + v, v

    bowl, settings = descent.Quadratic(10), {"learning_rate": 0.1, "beta": 0.5}
    np.testing.assert_allclose(
        trajectory(own, bowl, (1, 1), 9, **settings),
        trajectory("momentum", bowl, (1, 1), 9, **settings),
        rtol=1e-13,
    )
    halves = trajectory(lambda x, g: x / 2, bowl, (4, 8), 2)
    np.testing.assert_array_equal(halves, [[4, 8], [2, 4], [1, 2]])


def test_memory_may_begin_elsewhere_and_be_switched_on():
    bowl = descent.Quadratic(10)
    path = trajectory("adagrad", bowl, (1, 1), 1, learning_rate=1.0, memory={"squares": 3.0})
    g = bowl.gradient((1, 1))
    np.testing.assert_allclose(path[1], 1 - g / np.sqrt(3 + g * g), rtol=1e-6)
    plain, centred = (
        trajectory("rmsprop", bowl, (1, 1), 5, learning_rate=0.1, memory=memory)
        for memory in (None, {"mean": 0.0})
    )
    assert np.abs(plain - centred).max() > 0.01


def test_the_way_of_differentiating_does_not_change_a_path_and_the_rule_does():
    surface = descent.Beale()

    def ends(method, **settings):
        ways = [
            surface.gradient,
            lambda x: complex_step(surface.value, x),
            lambda x: central_difference(surface.value, x),
        ]
        return [
            trajectory(method, surface, surface.start, 30, gradient=way, **settings)[-1]
            for way in ways
        ]

    descents, adams = (
        ends("gradient_descent", learning_rate=0.005),
        ends("adam", learning_rate=0.05),
    )
    for same in (descents, adams, ends("lbfgs")):
        np.testing.assert_allclose(same[1:], [same[0]] * 2, rtol=1e-5)
    assert np.abs(descents[0] - adams[0]).max() > 0.1


def test_finite_difference_descent_is_gradient_descent_with_a_measured_gradient():
    surface = descent.Rosenbrock()
    measured, exact = (
        trajectory(method, surface, surface.start, 50, learning_rate=1e-3)
        for method in ("finite_differences", "gradient_descent")
    )
    np.testing.assert_allclose(measured, exact, rtol=1e-6)


def test_second_order_methods_reach_rosenbrocks_minimum_where_descent_is_still_far():
    surface = descent.Rosenbrock()
    for method in ("newton", "lbfgs"):
        np.testing.assert_allclose(
            trajectory(method, surface, surface.start, 60)[-1], [1, 1], atol=1e-6
        )
    path = trajectory("gradient_descent", surface, surface.start, 60, learning_rate=1e-3)
    assert np.abs(path[-1] - 1).max() > 0.5


def test_newton_goes_to_the_saddle_and_descent_leaves_it():
    surface, near = descent.Saddle(), (0.3, 0.1)
    np.testing.assert_allclose(trajectory("newton", surface, near, 20)[-1], [0, 0], atol=1e-9)
    path = trajectory("gradient_descent", surface, near, 300, learning_rate=0.1)
    np.testing.assert_allclose(path[-1], [0, 1], atol=1e-6)


def test_random_search_never_goes_up_and_is_repeatable():
    surface = descent.Himmelblau()
    path = trajectory("random_search", surface, (0, 0), 200, scale=0.5, rng=3)
    assert (np.diff(surface.value(path)) <= 0).all()
    again = trajectory("random_search", surface, (0, 0), 200, scale=0.5,
                       rng=np.random.default_rng(3))  # fmt: skip
    np.testing.assert_array_equal(path, again)
    assert np.abs(path - trajectory("random_search", surface, (0, 0), 200, scale=0.5)).max() > 0.1


def test_a_trajectory_in_more_dimensions_and_one_that_diverges():
    path = trajectory("gradient_descent", lambda x: x, np.ones(7), 3, learning_rate=0.5)
    np.testing.assert_array_equal(path[-1], np.full(7, 0.125))
    gone = trajectory("gradient_descent", lambda x: x**3, [9.0], 50, learning_rate=1.0)
    assert not np.isfinite(gone[-1]).any()


def test_a_function_may_not_change_the_path_behind_our_back():
    def spiteful(x):
        g = x.copy()
        x[:] = 99
        return g

    path = trajectory("gradient_descent", spiteful, [1.0], 2, learning_rate=0.5)
    np.testing.assert_array_equal(path, [[1], [0.5], [0.25]])


BOWL = descent.Quadratic()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: trajectory("adem", BOWL, (1, 1), 3), "method must be .*Did you mean 'adam'"),
        (lambda: trajectory(3, BOWL, (1, 1), 3), "method must be a rule or a name; got 3"),
        (lambda: trajectory("adam", 3, (1, 1), 3), "function must be a Surface or .*; got 3"),
        (lambda: trajectory("adam", BOWL, (1, np.nan), 3), "x0 must be finite"),
        (lambda: trajectory("adam", BOWL, 3.0, 3), r"x0 must have shape \(d,\).*got \(\)"),
        (lambda: trajectory("adam", BOWL, (1, 1), -1), "steps must be at least 0; got -1"),
        (lambda: trajectory("adam", BOWL, (1, 1), 1.5), "steps must be an integer; got 1.5"),
        (lambda: trajectory("adam", BOWL, (1, 1), 3, beta1=0.9),
         "setting must be one of .*got 'beta1'. Did you mean 'beta_1'"),
        (lambda: trajectory("momentum", BOWL, (1, 1), 3), "learning_rate must be given"),
        (lambda: trajectory("adam", BOWL, (1, 1), 3, learning_rate=-1),
         "learning_rate must be at least 0; got -1"),
        (lambda: trajectory("adam", lambda x: x[:1], (1, 1), 3),
         r"the gradient must have x0's shape \(2,\); got \(1,\)"),
        (lambda: trajectory("newton", lambda x: x, (1, 1), 3), "hessian must be given"),
        (lambda: trajectory("lbfgs", lambda x: x @ x, (1, 1), 3), "gradient must be given"),
        (lambda: trajectory("adam", BOWL, (1, 1), 3, memory={"w": 0.0}), "memory must be one of"),
        (lambda: trajectory("adam", BOWL, (1, 1), 3, memory=4), "memory must be a dict"),
        (lambda: trajectory("lbfgs", BOWL, (1, 1), 3, memory=0), "memory must be at least 1"),
        (lambda: trajectory("random_search", BOWL, (1, 1), 3, scale=-1), "scale must be at least"),
    ],
)  # fmt: skip
def test_trajectories_refuse_what_they_cannot_use(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_importing_descent_does_not_load_scipy():
    code = "import sys, dlcore.descent; print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

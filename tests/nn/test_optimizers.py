"""What the optimisers promise: the formulas of Keras 3, clipping, decay, and clear errors."""

import math

import numpy as np
import pytest

from dlcore import nn
from dlcore.nn import optimizers
from dlcore.nn.parameters import ParameterVector
from tests.nn.small import CLASSES, INPUTS, blobs, compiled, equal

X, Y = blobs(40)
STEPS = 25
START = np.array([0.5, -1.0, 2.0, 0.0])
GRADIENTS = np.random.default_rng(0).normal(size=(STEPS, 4)) * np.array([1, 30, 0.05, 2])


def path(optimizer, grads=GRADIENTS, **options):
    """The numbers after each step from START."""
    w, points = START.copy(), []
    for g in grads:
        optimizer.apply([g.copy()], [w], **options)
        points.append(w.copy())
    return np.array(points)


def expected(update, decay=0.0, rate=0.1):
    """The same in plain Python numbers: update(g, t, memory) is what is subtracted."""
    columns = []
    for i, w in enumerate(START.tolist()):
        memory, column = {}, []
        for t, g in enumerate(GRADIENTS[:, i].tolist(), start=1):
            w = w * (1 - decay * rate)
            w -= update(g, t, memory)
            column.append(w)
        columns.append(column)
    return np.array(columns).T


def mean(memory, name, keep, new):
    memory[name] = keep * memory.get(name, 0.0) + (1 - keep) * new
    return memory[name]


def sgd(g, t, memory):
    return 0.1 * g


def with_momentum(g, t, memory):
    v = memory["v"] = 0.9 * memory.get("v", 0.0) - 0.1 * g
    return -v


def with_nesterov(g, t, memory):
    v = memory["v"] = 0.9 * memory.get("v", 0.0) - 0.1 * g
    return 0.1 * g - 0.9 * v


def adagrad(g, t, memory):
    memory["s"] = memory.get("s", 0.1) + g * g
    return 0.1 * g / math.sqrt(memory["s"] + 1e-7)


def rmsprop(g, t, memory):
    return 0.1 * g / math.sqrt(mean(memory, "s", 0.9, g * g) + 1e-7)


def rmsprop_centered_with_momentum(g, t, memory):
    spread = mean(memory, "s", 0.9, g * g) - mean(memory, "m", 0.9, g) ** 2
    memory["v"] = 0.8 * memory.get("v", 0.0) + 0.1 * g / math.sqrt(spread + 1e-2)
    return memory["v"]


def adam(g, t, memory, epsilon=1e-7, amsgrad=False):
    m, v = mean(memory, "m", 0.9, g), mean(memory, "v", 0.999, g * g)
    if amsgrad:
        v = memory["top"] = max(v, memory.get("top", 0.0))
    return 0.1 * math.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (math.sqrt(v) + epsilon)


def coarse_adam(g, t, memory):
    return adam(g, t, memory, epsilon=0.1)


def amsgrad(g, t, memory):
    return adam(g, t, memory, amsgrad=True)


FORMULAS = [
    (optimizers.SGD(0.1), sgd, 0),
    (optimizers.SGD(0.1, weight_decay=0.3), sgd, 0.3),
    (optimizers.SGD(0.1, momentum=0.9), with_momentum, 0),
    (optimizers.SGD(0.1, momentum=0.9, nesterov=True), with_nesterov, 0),
    (optimizers.SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.2), with_nesterov, 0.2),
    (optimizers.Adagrad(0.1), adagrad, 0),
    (optimizers.Adagrad(0.1, weight_decay=0.5), adagrad, 0.5),
    (optimizers.RMSprop(0.1), rmsprop, 0),
    (optimizers.RMSprop(0.1, centered=True, momentum=0.8, epsilon=1e-2),
     rmsprop_centered_with_momentum, 0),
    (optimizers.Adam(0.1), adam, 0),
    (optimizers.Adam(0.1, epsilon=0.1), coarse_adam, 0),
    (optimizers.Adam(0.1, amsgrad=True), amsgrad, 0),
    (optimizers.Adam(0.1, weight_decay=0.1), adam, 0.1),
    (optimizers.AdamW(0.1), adam, 0.004),
    (optimizers.AdamW(0.1, weight_decay=0.3, amsgrad=True), amsgrad, 0.3),
]  # fmt: skip


@pytest.mark.parametrize(("optimizer", "update", "decay"), FORMULAS)
@pytest.mark.parametrize("spend", [False, True])
def test_every_optimizer_is_its_formula(optimizer, update, decay, spend):
    optimizer.reset()
    points = path(optimizer, spend_grads=spend)
    np.testing.assert_allclose(points, expected(update, decay), rtol=1e-10, atol=1e-12)
    assert optimizer.iterations == STEPS


EVERY = [o for o, *_ in FORMULAS]


@pytest.mark.parametrize("optimizer", EVERY)
def test_the_gradients_are_left_alone_unless_they_may_be_spent(optimizer):
    for clip in (None, "clipnorm", "clipvalue", "global_clipnorm"):
        made = type(optimizer)(**({clip: 0.01} if clip else {}))
        g, w = GRADIENTS[0].copy(), START.copy()
        made.apply([g], [w])
        np.testing.assert_array_equal(g, GRADIENTS[0])


@pytest.mark.parametrize("optimizer", EVERY)
def test_each_variable_has_a_memory_of_its_own_in_its_own_precision(optimizer):
    optimizer.reset()
    alone = path(optimizer)
    optimizer.reset()
    a, b = START.copy(), START.astype(np.float32)[::-1].copy()
    for g in GRADIENTS:
        optimizer.apply([g, g[::-1].astype(np.float32)], [a, b])
    np.testing.assert_allclose(a, alone[-1], rtol=1e-12)
    np.testing.assert_allclose(b[::-1], alone[-1], rtol=1e-3, atol=1e-3)
    assert b.dtype == np.float32


@pytest.mark.parametrize("optimizer", EVERY)
def test_reset_forgets_everything(optimizer):
    optimizer.reset()
    first = path(optimizer)
    optimizer.reset()
    assert optimizer.iterations == 0
    np.testing.assert_array_equal(path(optimizer), first)


@pytest.mark.parametrize("name", ["sgd", "adagrad", "RMSprop", "Adam", "adamw"])
def test_an_optimizer_by_name_has_the_defaults_and_learns(name):
    model = compiled(optimizer=name)
    assert repr(model.optimizer).startswith(f"{type(model.optimizer).__name__}(learning_rate=0.0")
    model.optimizer.learning_rate = 0.1
    losses = model.fit(X, Y, 8, 10, 0, seed=0).history["loss"]
    assert losses[-1] < 0.5 * losses[0]


# --- clipping -----------------------------------------------------------------------------------


def clipped(optimizer, grads, **options):
    """What remains of the gradients, as plain descent at rate 1 shows."""
    variables = [np.zeros_like(g) for g in grads]
    optimizer.apply([g.copy() for g in grads], variables, **options)
    return [-v for v in variables]


A, B = np.array([3.0, -4.0]), np.array([[0.6], [0.8]])


def test_clipnorm_shortens_each_variable_alone():
    a, b = clipped(optimizers.SGD(1.0, clipnorm=2.0), [A, B])
    np.testing.assert_allclose(a, A * 0.4)
    np.testing.assert_allclose(b, B)


def test_clipnorm_shortens_each_parameter_of_a_flat_vector_alone():
    flat, parts = np.concatenate([A, B.ravel()]), [[slice(0, 2), slice(2, 4)]]
    (got,) = clipped(optimizers.SGD(1.0, clipnorm=2.0), [flat], parts=parts)
    np.testing.assert_allclose(got, [*(A * 0.4), *B.ravel()])
    (whole,) = clipped(optimizers.SGD(1.0, clipnorm=2.0), [flat])
    np.testing.assert_allclose(whole, flat * 2 / math.sqrt(26))


def test_global_clipnorm_shortens_all_together():
    factor = 2 / math.sqrt(26)
    for grads, options in (([A, B], {}), ([np.concatenate([A, B.ravel()])], {})):
        got = clipped(optimizers.SGD(1.0, global_clipnorm=2.0), grads, **options)
        for c, g in zip(got, grads, strict=True):
            np.testing.assert_allclose(c, g * factor)


def test_clipvalue_limits_each_entry():
    a, b = clipped(optimizers.SGD(1.0, clipvalue=0.7), [A, B])
    np.testing.assert_array_equal(a, [0.7, -0.7])
    np.testing.assert_array_equal(b, [[0.6], [0.7]])


def test_clipping_comes_before_the_memory():
    first = path(optimizers.SGD(0.1, momentum=0.9, clipvalue=0.5))
    again = path(optimizers.SGD(0.1, momentum=0.9), np.clip(GRADIENTS, -0.5, 0.5))
    np.testing.assert_allclose(first, again, rtol=1e-13)


def test_a_model_tells_where_its_parameters_lie():
    model = compiled()
    model.layers[0].trainable = False
    vector = ParameterVector(model.layers, np.dtype("f4"))
    shapes = [w.shape for w in model.layers[1].get_weights()]
    assert [vector.trainable[part].size for part in vector.trainable_parts] == [
        math.prod(shape) for shape in shapes
    ]
    kernel = vector.trainable[vector.trainable_parts[0]]
    np.testing.assert_array_equal(kernel, model.layers[1].kernel.ravel())


@pytest.mark.parametrize("clip", ["clipnorm", "global_clipnorm", "clipvalue"])
@pytest.mark.parametrize("frozen", [False, True])
def test_a_fit_clips_parameter_by_parameter(clip, frozen):
    model = compiled(optimizer=optimizers.SGD(1.0, **{clip: 0.01}), dtype="float64")
    model.layers[0].trainable = not frozen
    before = model.get_weights()
    model.train_on_batch(X, Y)
    plain = compiled(optimizer=optimizers.SGD(1.0), dtype="float64")
    plain.layers[0].trainable = not frozen
    plain.train_on_batch(X, Y)
    grads = [b - a for b, a in zip(before, plain.get_weights(), strict=True)]
    length = math.sqrt(sum((g**2).sum() for g in grads))
    for b, a, g in zip(before, model.get_weights(), grads, strict=True):
        if clip == "clipvalue":
            wanted = np.clip(g, -0.01, 0.01)
        else:
            norm = length if clip == "global_clipnorm" else np.linalg.norm(g)
            wanted = g * (0.01 / norm if norm else 1.0)
        np.testing.assert_allclose(b - a, wanted, rtol=1e-7, atol=1e-14)


# --- in a fit -----------------------------------------------------------------------------------


def test_decay_draws_every_parameter_even_where_no_gradient_comes():
    model = compiled(optimizer=optimizers.SGD(0.5, weight_decay=0.1), dtype="float64")
    model.layers[1].bias[:] = 2.0
    model.layers[1].kernel[:] = 0.0  # nothing reaches the first layer
    kernel = model.layers[0].kernel.copy()
    model.train_on_batch(X, Y)
    np.testing.assert_allclose(model.layers[0].kernel, 0.95 * kernel, rtol=1e-12)


@pytest.mark.parametrize("optimizer", [optimizers.Adam(0.01, clipnorm=1.0), optimizers.AdamW(0.01)])
def test_an_interrupted_series_of_fits_is_one_fit(optimizer):
    once = compiled(optimizer=type(optimizer)(0.01))
    twice = compiled(optimizer=type(optimizer)(0.01))
    once.fit(X, Y, 8, 4, 0, shuffle=False)
    for _ in range(2):
        twice.fit(X, Y, 8, 2, 0, shuffle=False)
    assert equal(once.get_weights(), twice.get_weights())


@pytest.mark.parametrize(
    ("where", "told"),
    [
        (None, r"no longer finite\. learning_rate="),  # every gradient is NaN: nobody can tell
        (0, r"the gradient of layer 'first' broke\. learning_rate="),
    ],
)
def test_a_fit_that_breaks_names_the_layer_where_that_can_be_known(where, told):
    layers = [
        nn.layers.Dense(4, input_shape=(INPUTS,), name="first"),
        nn.layers.Dense(4, name="second"),
        nn.layers.Dense(CLASSES, name="third"),
    ]
    model = nn.Sequential(layers, seed=0)
    model.compile("sgd", "mse")
    x, targets = X.copy(), np.eye(CLASSES)[Y]
    if where is None:
        layers[2].kernel[:] = 3e38  # the outputs overflow, and everything from there
    else:
        # all that goes forward is finite; going back, 1e30 of the inputs meets 1e13 of the errors
        x, targets = x * np.float32(1e30), targets * 1e13
        layers[0].kernel[:] *= np.float32(1e-30)
    before = model.get_weights()
    with pytest.raises(FloatingPointError, match=told):
        model.fit(x, targets, len(x), 1, 0)
    assert equal(model.get_weights(), before)


# --- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: optimizers.Adam(-1), "learning_rate must be at least 0; got -1"),
        (lambda: optimizers.Adam("fast"), "learning_rate must be a number; got 'fast'"),
        (lambda: optimizers.Adam(beta_1=1.0), "beta_1 must be less than 1; got 1.0"),
        (lambda: optimizers.Adam(beta_2=-0.1), "beta_2 must be in 0..1; got -0.1"),
        (lambda: optimizers.Adam(epsilon=-1), "epsilon must be at least 0; got -1"),
        (lambda: optimizers.AdamW(weight_decay=None), "weight_decay must be a number; got None"),
        (lambda: optimizers.SGD(weight_decay=-1), "weight_decay must be at least 0; got -1"),
        (lambda: optimizers.RMSprop(rho=2), "rho must be in 0..1; got 2"),
        (lambda: optimizers.RMSprop(momentum=2), "momentum must be in 0..1; got 2"),
        (lambda: optimizers.Adagrad(initial_accumulator_value=-1),
         "initial_accumulator_value must be at least 0; got -1"),
        (lambda: optimizers.SGD(clipnorm=0), "clipnorm must be greater than 0; got 0"),
        (lambda: optimizers.SGD(clipvalue="1"), "clipvalue must be a number; got '1'"),
        (lambda: optimizers.SGD(clipnorm=1.0, global_clipnorm=2.0),
         r"at most one of clipnorm.*got clipnorm=1.0, global_clipnorm=2.0"),
        (lambda: optimizers.get("adm"), "optimizer must be .*Did you mean 'adam'"),
    ],
)  # fmt: skip
def test_an_optimizer_made_wrongly_names_the_argument(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


@pytest.mark.parametrize("grads", [[np.ones(3)], [np.ones(4), np.ones(4)], []])
def test_gradients_that_do_not_fit_are_refused_before_anything_moves(grads):
    optimizer, w = optimizers.Adam(), START.copy()
    optimizer.apply([np.ones(4)], [w])
    before = w.copy()
    with pytest.raises(ValueError, match="grads must be shaped like the variables"):
        optimizer.apply(grads, [w])
    np.testing.assert_array_equal(w, before)
    assert optimizer.iterations == 1


# --- published values ---------------------------------------------------------------------------

# Keras 3, keras/src/optimizers/*_test.py, test_single_step: rate 0.5, one step.
ONE_STEP = [
    ("SGD", [0.5, -1.0, -0.5, 3.0]),
    ("Adagrad", [0.5233, 1.5007, 2.5005, 3.5061]),
    ("RMSprop", [-0.5811, 0.4189, 1.4189, 2.4189]),
    ("Adam", [0.5, 1.5, 2.5, 3.5]),
    ("AdamW", [0.4980, 1.4960, 2.494, 3.492]),
]

# The same files, test_correctness_with_golden: from ones, a step with gradients of 0.01, then four
# with 0.1, 0.2, … 1. Here the first and the last column of what is published after each step.
GOLDEN = [
    (
        optimizers.SGD(nesterov=True),
        [0.9999, 0.9989, 0.9979, 0.9969, 0.9959],
        [0.9999, 0.9899, 0.9799, 0.9699, 0.9599],
    ),
    (
        optimizers.Adagrad(0.2, initial_accumulator_value=0.3, epsilon=1e-6),
        [0.9963, 0.9604, 0.9251, 0.8903, 0.8560],
        [0.9963, 0.8209, 0.6891, 0.5790, 0.4825],
    ),
    (
        optimizers.RMSprop(centered=True),
        [0.9967, 0.9933, 0.9908, 0.9885, 0.9864],
        [0.9967, 0.9933, 0.9908, 0.9885, 0.9864],
    ),
    (
        optimizers.Adam(amsgrad=True),
        [0.9990, 0.9982, 0.9974, 0.9965, 0.9955],
        [0.9990, 0.9982, 0.9974, 0.9965, 0.9955],
    ),
    (
        optimizers.AdamW(1.0, weight_decay=0.5, epsilon=2.0),
        [0.4998, 0.2486, 0.1223, 0.0586, 0.0263],
        [0.4998, 0.2382, 0.1003, 0.0258, -0.0159],
    ),
]


@pytest.mark.parametrize(("name", "published"), ONE_STEP)
def test_one_step_ends_where_kerass_own_test_says(name, published):
    w = np.array([1.0, 2.0, 3.0, 4.0])
    getattr(optimizers, name)(0.5).apply([np.array([1.0, 6.0, 7.0, 2.0])], [w])
    np.testing.assert_allclose(w, published, atol=6e-5)


@pytest.mark.parametrize(("optimizer", "first", "last"), GOLDEN)
def test_five_steps_are_those_of_kerass_own_test(optimizer, first, last):
    optimizer.reset()
    w, gradients = np.ones(10), np.arange(0.1, 1.05, 0.1)
    for step, published in enumerate(zip(first, last, strict=True)):
        optimizer.apply([np.full(10, 0.01) if step == 0 else gradients.copy()], [w])
        np.testing.assert_allclose(w[[0, -1]], published, atol=5e-4)  # Keras's own tolerance


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "RMSprop", "Adam", "AdamW"])
def test_three_decays_alone_end_where_kerass_own_test_says(name):
    """The same files, test_weight_decay: a 2 that three optimisers draw at a rate of 1."""
    w = np.array(2.0)
    for _ in range(3):
        optimizer = getattr(optimizers, name)(1.0, weight_decay=0.004)
        optimizer.apply([np.zeros(())], [w])
    assert w == pytest.approx(1.9760959, abs=1e-6)


@pytest.mark.parametrize(
    ("optimizer", "start", "published"),
    [
        (optimizers.SGD(0.1), 1.0, [0.9]),
        (optimizers.SGD(0.1, momentum=0.9), 1.0, [0.9, 0.9 - 0.18]),
        (optimizers.RMSprop(0.1), 10.0, [9.683772]),
        (optimizers.Adam(0.1), 10.0, [9.9]),
    ],
)
def test_documented_examples_come_out(optimizer, start, published):
    """The "Usage" on the optimisers' own pages in the documentation of tf.keras: E = w² / 2."""
    optimizer.reset()
    w = np.array(start)
    for value in published:
        optimizer.apply([w.copy()], [w])
        assert w == pytest.approx(value, abs=1e-6)

"""What `dlcore.steps` promises: four pure functions, right derivatives, the known numbers."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.derivatives import central_difference, complex_step, relative_error
from dlcore.steps import backward, error, forward, init, softmax, train, update

NAMES = ("sigmoid", "tanh", "relu", "identity")
LOSSES = ("squared_error", "softmax_cross_entropy")
SIZES = {1: (3, 4), 2: (3, 4, 3), 3: (3, 5, 4, 2)}


def problem(sizes, rows, loss, seed=0):
    """Weights and biases of order one, x, and y as the loss takes it."""
    rng = np.random.default_rng(seed)
    pairs = itertools.pairwise(sizes)
    params = [(rng.normal(size=(i, o)), rng.normal(size=o)) for i, o in pairs]
    x = rng.normal(size=(rows, sizes[0]))
    if loss == "squared_error":
        return params, x, rng.normal(size=(rows, sizes[-1]))
    return params, x, rng.integers(0, sizes[-1], rows)


def error_of(params, x, y, activations, loss):
    return error(forward(params, x, activations).prediction, y, loss)


def one_array_moved(params, layer, part):
    """From an array in the place of params[layer][part], the params."""

    def moved(array):
        pair = list(params[layer])
        pair[part] = array
        return [*params[:layer], tuple(pair), *params[layer + 1 :]]

    return moved


def frozen(params):
    for array in itertools.chain.from_iterable(params):
        array.setflags(write=False)


# --- the derivatives ----------------------------------------------------------------------------


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("rows", [1, 4])
@pytest.mark.parametrize("layers", SIZES)
@pytest.mark.parametrize("last", NAMES)
@pytest.mark.parametrize("hidden", NAMES)
def test_backward_equals_both_numerical_derivatives(hidden, last, layers, rows, loss):
    params, x, y = problem(SIZES[layers], rows, loss, seed=layers)
    names = [hidden] * (layers - 1) + [last]
    grads = backward(params, forward(params, x, names), y, loss)
    assert len(grads) == layers
    for layer, part in itertools.product(range(layers), (0, 1)):
        moved = one_array_moved(params, layer, part)

        def f(array, moved=moved):
            return error_of(moved(array), x, y, names, loss)

        ours, at = grads[layer][part], params[layer][part]
        assert ours.shape == at.shape
        exact = complex_step(f, at)
        assert np.abs(ours - exact).max() <= 1e-12 * max(1, np.abs(exact).max())
        near = central_difference(f, at)
        assert np.abs(ours - near).max() <= 1e-7 * max(1, np.abs(near).max())


def test_soft_targets_have_the_right_derivative():
    params, x, _ = problem((3, 4, 3), 5, "softmax_cross_entropy")
    y = np.random.default_rng(1).dirichlet(np.ones(3), 5)
    grads = backward(params, forward(params, x, "tanh"), y, "softmax_cross_entropy")
    W = one_array_moved(params, 0, 0)
    exact = complex_step(
        lambda a: error_of(W(a), x, y, "tanh", "softmax_cross_entropy"), params[0][0]
    )
    assert relative_error(grads[0][0], exact) < 1e-12


@given(sizes=st.lists(st.integers(1, 5), min_size=2, max_size=4), rows=st.integers(1, 6))
@settings(deadline=None, max_examples=30)
def test_a_step_against_the_gradient_lowers_the_error_by_its_length(sizes, rows):
    params, x, y = problem(sizes, rows, "squared_error", seed=rows)
    before = error_of(params, x, y, "tanh", "squared_error")
    grads = backward(params, forward(params, x, "tanh"), y)
    length = sum((g * g).sum() for pair in grads for g in pair)
    after = error_of(update(params, grads, 1e-7), x, y, "tanh", "squared_error")
    assert before - after == pytest.approx(1e-7 * length, rel=1e-3, abs=1e-14)


def test_the_gradient_is_the_mean_of_the_rows_gradients():
    params, x, y = problem((3, 4, 2), 6, "squared_error")
    together = backward(params, forward(params, x), y)
    singly = [backward(params, forward(params, x[[i]]), y[[i]]) for i in range(6)]
    for layer, part in itertools.product((0, 1), (0, 1)):
        mean = np.mean([grads[layer][part] for grads in singly], axis=0)
        np.testing.assert_allclose(together[layer][part], mean, rtol=1e-13)


# --- what each step gives -----------------------------------------------------------------------


def test_forward_keeps_every_z_and_every_a():
    params, x, _ = problem((3, 4, 2), 5, "squared_error")
    cache = forward(params, x, ["relu", "identity"])
    assert [z.shape for z in cache.z] == [(5, 4), (5, 2)]
    assert [a.shape for a in cache.a] == [(5, 3), (5, 4), (5, 2)]
    assert cache.activations == ("relu", "identity")
    np.testing.assert_array_equal(cache.a[0], x)
    np.testing.assert_array_equal(cache.z[0], x @ params[0][0] + params[0][1])
    np.testing.assert_array_equal(cache.a[1], np.maximum(cache.z[0], 0))
    np.testing.assert_array_equal(cache.a[2], cache.z[1])
    assert cache.prediction is cache.a[-1]


def test_one_name_stands_for_all_layers():
    params, x, _ = problem((3, 4, 2), 5, "squared_error")
    one, each = forward(params, x, "tanh"), forward(params, x, ("tanh", "tanh"))
    np.testing.assert_array_equal(one.prediction, each.prediction)
    assert one.activations == each.activations


def test_squared_error_is_half_the_squared_distance_averaged_over_rows():
    assert error([[1.0, 2.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]]) == (2.5 + 0.5) / 2
    assert isinstance(error([[1.0]], [[0.0]]), float)


def test_cross_entropy_of_uniform_logits_is_log_classes_for_labels_and_rows():
    logits = np.zeros((4, 5))
    labels = [0, 1, 4, 2]
    assert error(logits, labels, "softmax_cross_entropy") == pytest.approx(np.log(5))
    assert error(logits, np.eye(5)[labels], "softmax_cross_entropy") == pytest.approx(np.log(5))


@pytest.mark.parametrize("size", [1.0, 1e4])
def test_softmax_and_its_cross_entropy_cannot_overflow(size):
    logits = size * np.array([[1.0, -1.0, 0.5], [-1.0, 1.0, 1.0]])
    p = softmax(logits)
    assert np.isfinite(p).all()
    np.testing.assert_allclose(p.sum(axis=1), 1)
    np.testing.assert_allclose(softmax(logits + 123.0), p, atol=1e-9)
    assert np.isfinite(error(logits, [1, 0], "softmax_cross_entropy"))


def test_a_saturated_sigmoid_neither_overflows_nor_warns():
    cache = forward([(np.array([[1e4, -1e4]]), np.zeros(2))], [[1.0]], "sigmoid")
    np.testing.assert_array_equal(cache.prediction, [[1.0, 0.0]])


def test_update_moves_every_array_against_its_gradient():
    params = [(np.array([[1.0]]), np.array([2.0])), (np.array([[3.0]]), np.array([4.0]))]
    grads = [(np.array([[10.0]]), np.array([20.0])), (np.array([[30.0]]), np.array([40.0]))]
    moved = [array.item() for pair in update(params, grads, 0.1) for array in pair]
    assert moved == [0, 0, 0, 0]


def test_init_is_glorot_uniform_with_zero_biases_and_repeatable():
    params = init((200, 100, 10), seed=3)
    assert [W.shape for W, _ in params] == [(200, 100), (100, 10)]
    for (W, b), fans in zip(params, (300, 110), strict=True):
        limit = np.sqrt(6 / fans)
        assert 0.98 * limit < np.abs(W).max() <= limit
        assert W.std() == pytest.approx(limit / np.sqrt(3), rel=0.05)
        assert not b.any()
    np.testing.assert_array_equal(params[0][0], init((200, 100, 10), seed=3)[0][0])
    assert (params[0][0] != init((200, 100, 10), seed=4)[0][0]).all()
    again = init((200, 100, 10), np.random.default_rng(3))
    np.testing.assert_array_equal(params[1][0], again[1][0])


# --- nothing is changed -------------------------------------------------------------------------


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("name", NAMES)
def test_no_step_changes_what_it_is_given(name, loss):
    params, x, y = problem((3, 4, 3), 5, loss)
    frozen(params)
    x.setflags(write=False)
    y.setflags(write=False)
    copies = [array.copy() for pair in params for array in pair]
    cache = forward(params, x, name)
    for array in (*cache.z, *cache.a):
        array.setflags(write=False)
    error(cache.prediction, y, loss)
    grads = backward(params, cache, y, loss)
    frozen(grads)
    update(params, grads, 0.1)
    train(params, x, y, name, loss=loss, epochs=2, batch_size=2, learning_rate=0.1)
    for array, copy in zip((a for pair in params for a in pair), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_update_gives_new_arrays_even_at_rate_zero():
    params, x, y = problem((3, 2), 2, "squared_error")
    same = update(params, backward(params, forward(params, x), y), 0.0)
    np.testing.assert_array_equal(same[0][0], params[0][0])
    assert not np.shares_memory(same[0][0], params[0][0])


def test_backward_twice_gives_the_same_twice():
    params, x, y = problem((3, 4, 2), 5, "squared_error")
    cache = forward(params, x)
    first, second = backward(params, cache, y), backward(params, cache, y)
    for a, b in zip(itertools.chain(*first), itertools.chain(*second), strict=True):
        np.testing.assert_array_equal(a, b)


# --- the known worked example -------------------------------------------------------------------

X, Y = np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]])


def worked_example():
    return [
        (np.array([[0.15, 0.25], [0.20, 0.30]]), np.array([0.35, 0.35])),
        (np.array([[0.40, 0.50], [0.45, 0.55]]), np.array([0.60, 0.60])),
    ]


def without_bias_gradients(grads):
    return [(dW, np.zeros_like(db)) for dW, db in grads]


def test_worked_example_starts_at_the_known_error_and_outputs():
    prediction = forward(worked_example(), X).prediction
    np.testing.assert_allclose(prediction, [[0.75136507, 0.772928465]], atol=5e-10)
    assert error(prediction, Y) == pytest.approx(0.298371109, abs=5e-10)


def test_worked_example_with_fixed_biases_reaches_the_numbers_of_a_simultaneous_update():
    params = worked_example()
    for step in range(1, 10_001):
        cache = forward(params, X)
        params = update(params, without_bias_gradients(backward(params, cache, Y)), 0.5)
        if step == 1:
            after_one = error(forward(params, X).prediction, Y)
    assert after_one == pytest.approx(0.291027774, abs=5e-10)
    outputs = forward(params, X).prediction
    np.testing.assert_allclose(outputs, [[0.015913620, 0.984064274]], atol=5e-10)


def test_updating_the_output_weights_first_gives_the_number_printed_elsewhere():
    params = worked_example()
    cache = forward(params, X)
    last = without_bias_gradients(backward(params, cache, Y))[1]
    early = [params[0], update(params[1:], [last], 0.5)[0]]
    first = without_bias_gradients(backward(early, cache, Y))[0]
    wrong = [update(params[:1], [first], 0.5)[0], early[1]]
    assert error(forward(wrong, X).prediction, Y) == pytest.approx(0.291027924, abs=5e-10)


def test_worked_example_with_biases_takes_one_step_to_the_known_error():
    _, errors = train(worked_example(), X, Y, learning_rate=0.5, epochs=1)
    assert errors == pytest.approx([0.298371109, 0.280471447], abs=5e-10)


# --- training -----------------------------------------------------------------------------------


def test_train_is_the_four_steps_over_and_over():
    params, x, y = problem((3, 4, 2), 6, "squared_error")
    expected, errors = params, [error_of(params, x, y, "tanh", "squared_error")]
    for _ in range(5):
        grads = backward(expected, forward(expected, x, "tanh"), y)
        expected = update(expected, grads, 0.1)
        errors.append(error_of(expected, x, y, "tanh", "squared_error"))
    trained, history = train(params, x, y, "tanh", learning_rate=0.1, epochs=5)
    assert history == pytest.approx(errors, rel=1e-12)
    for a, b in zip(itertools.chain(*trained), itertools.chain(*expected), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


@pytest.mark.parametrize("batch_size", [1, 2, 4, 7])
def test_every_epoch_visits_each_row_once_in_a_new_order(batch_size):
    params, x, y = problem((3, 2), 7, "squared_error")
    expected, rng = params, np.random.default_rng(5)
    for _ in range(3):
        order = rng.permutation(7) if batch_size < 7 else np.arange(7)
        for start in range(0, 7, batch_size):
            rows = order[start : start + batch_size]
            expected = update(expected, backward(expected, forward(expected, x[rows]), y[rows]), 1)
    trained, history = train(params, x, y, learning_rate=1, epochs=3, batch_size=batch_size, rng=5)
    np.testing.assert_allclose(trained[0][0], expected[0][0], rtol=1e-12)
    assert len(history) == 4
    assert history[-1] == error_of(trained, x, y, "sigmoid", "squared_error")


def test_training_learns_xor():
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    params, errors = train(
        init((2, 8, 2), seed=1),
        x,
        np.array([0, 1, 1, 0]),
        ["tanh", "identity"],
        loss="softmax_cross_entropy",
        epochs=300,
    )
    predicted = forward(params, x, ["tanh", "identity"]).prediction.argmax(axis=1)
    np.testing.assert_array_equal(predicted, [0, 1, 1, 0])
    assert errors[-1] < 0.05 < errors[0]


def test_training_that_diverges_names_the_learning_rate():
    params, x, y = problem((3, 4, 2), 6, "squared_error")
    with pytest.raises(FloatingPointError, match="learning_rate=1000 is too large"):
        train(params, x, y, "identity", learning_rate=1000.0, epochs=200)


# --- what is refused ----------------------------------------------------------------------------

PARAMS = [(np.ones((3, 2)), np.zeros(2))]
ROWS, TARGETS = np.ones((4, 3)), np.zeros((4, 2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: init((3,)), "sizes must be two or more"),
        (lambda: init((3, 0)), "sizes must be at least 1; got 0"),
        (lambda: init((3, 2.5)), r"sizes must be an integer; got 2.5 \(float\)"),
        (lambda: forward([], ROWS), "params must be a list of"),
        (lambda: forward(None, ROWS), "params must be a list of"),
        (lambda: forward([np.ones((3, 2))], ROWS), r"params\[0\] must be a pair \(W, b\)"),
        (lambda: forward([(np.ones((3, 2)), np.ones(3))], ROWS), r"params\[0\] must be W of shape"),
        (lambda: forward([*PARAMS, *PARAMS], ROWS), r"params\[1\] must be W of shape \(2, units\)"),
        (lambda: forward([(["a"], [0])], ROWS), r"params\[0\] must hold real numbers"),
        (lambda: forward(PARAMS, ROWS[:, :2]), r"x must have shape \(n, 3\); got \(4, 2\)"),
        (lambda: forward(PARAMS, ROWS[0]), r"x must have shape \(n, 3\); got \(3,\)"),
        (lambda: forward(PARAMS, ROWS[:0]), r"x must have at least one row; got shape \(0, 3\)"),
        (lambda: forward(PARAMS, [[1, 2, 3], [1, 2]]), "x must be a rectangular array"),
        (lambda: forward(PARAMS, ROWS * np.nan), r"x must be finite; got nan at position \(0, 0\)"),
        (lambda: forward(PARAMS, ROWS, "sigmoïd"), "Did you mean 'sigmoid'"),
        (lambda: forward(PARAMS, ROWS, ["tanh", "tanh"]), "activations must be 1 names"),
        (lambda: error(TARGETS, TARGETS[:2]), r"y must have shape \(4, 2\); got \(2, 2\)"),
        (lambda: error(TARGETS, TARGETS[:, 0]), r"y must have shape \(4, 2\); got \(4,\)"),
        (lambda: error(TARGETS[0], TARGETS), "prediction must have shape"),
        (lambda: error(TARGETS, TARGETS, "mse"), "loss must be one of squared_error"),
        (lambda: error(TARGETS, [0, 1, 2, 0], LOSSES[1]), r"0..1 for 2 classes; got 2 at posit"),
        (lambda: error(TARGETS, [0, -1, 1, 0], LOSSES[1]), r"0..1 for 2 classes; got -1 at posit"),
        (lambda: error(TARGETS, [0.0, 1.0, 1.0, 0.0], LOSSES[1]), "y must be integers"),
        (lambda: error(TARGETS, [[0, 1], [1]] * 2, LOSSES[1]), "y must be a rectangular array"),
        (lambda: error(TARGETS, np.ones((4, 2)), LOSSES[1]), "y must have rows that add up to 1"),
        (lambda: error(TARGETS, [[2, -1]] * 4, LOSSES[1]), r"y must be in 0..1; got 2 at posit"),
        (
            lambda: backward(init((3, 4)), forward(PARAMS, ROWS), TARGETS),
            r"params must be those forward was called with, of layer sizes \[3, 2\]",
        ),
        (lambda: update(PARAMS, [], 0.1), "grads must have 1"),
        (
            lambda: update(PARAMS, [(np.ones(2), np.ones(2))], 0.1),
            r"grads\[0\] must have shapes \[\(3, 2\), \(2,\)\]; got \[\(2,\), \(2,\)\]",
        ),
        (lambda: update(PARAMS, PARAMS, np.nan), "learning_rate must be finite; got nan"),
        (lambda: update(PARAMS, PARAMS, "0.1"), "learning_rate must be a number"),
        (lambda: train(PARAMS, ROWS, TARGETS, epochs=0), "epochs must be at least 1; got 0"),
        (lambda: train(PARAMS, ROWS, TARGETS, epochs=2.0), "epochs must be an integer"),
        (lambda: train(PARAMS, ROWS, TARGETS, batch_size=5), r"batch_size must be in 1..4; got 5"),
        (lambda: train(PARAMS, ROWS, TARGETS, batch_size=0), r"batch_size must be in 1..4; got 0"),
        (lambda: train(PARAMS, ROWS, TARGETS[:3]), r"y must have shape \(4, 2\)"),
        (lambda: train(PARAMS, [[1, 2, 3], [1]], TARGETS), "x must be a rectangular array"),
    ],
)
def test_a_wrong_argument_is_named(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()

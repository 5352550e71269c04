"""Hard numbers for a whole model: it trains on them, or says clearly why not."""

import numpy as np
import pytest

from dlcore import nn, steps
from tests.nn.small import CLASSES, assert_same_state, blobs, compiled, equal, state

X, Y = blobs(20)
OPTIMIZERS = ("sgd", "adagrad", "rmsprop", "adam", "adamw")
DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])


def finite(model, x):
    predictions = model.predict(x)
    return all(np.isfinite(array).all() for array in (*model.get_weights(), predictions))


@DTYPES
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("scale", [0.0, "denormal", 1e4])
def test_training_on_zeros_denormals_and_huge_inputs_stays_finite(scale, optimizer, dtype):
    x = X.astype(dtype)
    x = np.sign(x) * np.finfo(dtype).smallest_subnormal if scale == "denormal" else scale * x
    model = compiled(optimizer=optimizer, dtype=dtype)
    losses = model.fit(x.astype(dtype), Y, epochs=3, verbose=0, seed=0).history["loss"]
    assert np.isfinite(losses).all()
    assert finite(model, x)


@DTYPES
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_denormal_weights_train(optimizer, dtype):
    model = compiled(optimizer=optimizer, dtype=dtype)
    tiny = np.finfo(dtype).smallest_subnormal
    model.set_weights([np.full_like(w, tiny) for w in model.get_weights()])
    before = model.get_weights()
    model.fit(X, Y, epochs=2, verbose=0, seed=0)
    assert finite(model, X)
    assert not equal(model.get_weights(), before)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_denormal_gradients_change_nothing_much_and_break_nothing(optimizer):
    model = compiled(optimizer=optimizer)
    before = model.get_weights()
    model.fit(X, Y, epochs=2, verbose=0, seed=0, sample_weight=np.full(20, 1e-42))
    assert finite(model, X)
    for w, old in zip(model.get_weights(), before, strict=True):
        np.testing.assert_allclose(w, old, atol=1e-3)


@pytest.mark.parametrize("name", ["Adam", "RMSprop", "Adagrad"])
def test_units_that_are_never_on_break_nothing_even_without_epsilon(name):
    model = nn.Sequential(
        [nn.layers.Dense(5, "relu", input_shape=(4,)), nn.layers.Dense(CLASSES, "softmax")], seed=0
    )
    options = {"initial_accumulator_value": 0.0} if name == "Adagrad" else {}
    optimizer = getattr(nn.optimizers, name)(0.01, epsilon=0.0, **options)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    kernel, bias, *rest = model.get_weights()
    model.set_weights([kernel, np.full_like(bias, -1e4), *rest])
    model.fit(X, Y, epochs=2, verbose=0, seed=0)
    assert finite(model, X)
    assert equal(model.get_weights()[0], kernel)


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy"])
def test_classes_that_never_occur_are_learnt_as_unlikely(loss):
    y = np.zeros(20, int) if loss.startswith("sparse") else np.eye(CLASSES)[np.zeros(20, int)]
    model = compiled(loss=loss)
    model.fit(X, y, epochs=30, verbose=0, seed=0)
    predictions = model.predict(X)
    assert finite(model, X)
    assert (predictions.argmax(axis=1) == 0).all()
    assert model.evaluate(X, y)[1] == 1


@DTYPES
def test_a_prediction_that_is_quite_certain_has_a_finite_loss_right_or_wrong(dtype):
    model = compiled(dtype=dtype)
    kernel, bias, last, _ = model.get_weights()
    model.set_weights([kernel, bias, 0 * last, np.array([1e4, -1e4, 0])])
    np.testing.assert_array_equal(model.predict(X), np.tile([1, 0, 0], (20, 1)))
    assert model.evaluate(X, np.zeros(20, int))[0] == 0
    wrong = model.evaluate(X, np.ones(20, int))[0]
    assert wrong == pytest.approx(2e4)
    model.fit(X, np.ones(20, int), epochs=2, verbose=0, seed=0)
    assert finite(model, X)


@DTYPES
@pytest.mark.parametrize("name", ["BinaryCrossentropy", "CategoricalCrossentropy"])
def test_a_loss_of_probabilities_of_exactly_0_and_1_is_finite(name, dtype):
    loss, p = getattr(nn.losses, name)(), np.eye(2, dtype=dtype)
    assert loss(p, p) == pytest.approx(1e-7, rel=1e-6)
    assert 15 < loss(p[::-1], p) < 17


# one row, and none


def test_one_row_is_enough_for_everything():
    model = compiled()
    model.fit(X[:1], Y[:1], epochs=2, verbose=0)
    assert model.predict(X[:1]).shape == (1, CLASSES)
    assert np.isfinite(model.evaluate(X[:1], Y[:1])).all()
    assert np.isfinite(model.train_on_batch(X[:1], Y[:1])).all()
    # to rounding: another number of rows is another kernel of the BLAS
    np.testing.assert_allclose(model.predict(X[:1]), model.predict(X)[:1], rtol=1e-5)


@pytest.mark.parametrize("size", [1, 3, 20])
def test_batches_of_any_size_down_to_one_row_train(size):
    model = compiled()
    model.fit(X, Y, batch_size=size, epochs=2, verbose=0, seed=0)
    assert finite(model, X)


@pytest.mark.parametrize("what", ["fit", "evaluate", "train_on_batch", "predict", "call"])
@pytest.mark.parametrize("built", [True, False])
def test_no_rows_are_refused_and_x_is_named(what, built):
    calls = {
        "fit": lambda m: m.fit(X[:0], Y[:0], verbose=0),
        "evaluate": lambda m: m.evaluate(X[:0], Y[:0]),
        "train_on_batch": lambda m: m.train_on_batch(X[:0], Y[:0]),
        "predict": lambda m: m.predict(X[:0]),
        "call": lambda m: m(X[:0]),
    }
    model = compiled(built=built)
    before = state(model)
    with pytest.raises(ValueError, match=r"x must have (at least )?one row"):
        calls[what](model)
    assert_same_state(model, before)


@pytest.mark.parametrize("call", ["fit", "evaluate", "predict"])
def test_a_batch_of_no_rows_is_refused_and_batch_size_is_named(call):
    arguments = (X,) if call == "predict" else (X, Y)
    with pytest.raises(ValueError, match=r"batch_size must be .*; got 0"):
        getattr(compiled(), call)(*arguments, batch_size=0)


METRICS = [
    nn.metrics.MeanSquaredError,
    nn.metrics.BinaryAccuracy,
    nn.metrics.CategoricalAccuracy,
    nn.metrics.SparseCategoricalAccuracy,
]


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(
    ("y", "prediction", "message"),
    [
        (np.ones((0, 2)), np.ones((0, 2)), r"y_pred must have shape \(n, outputs\), n > 0"),
        (np.ones(2), np.ones(2), r"y_pred must have shape \(n, outputs\), n > 0; got \(2,\)"),
        (1.0, 1.0, r"y_pred must have shape \(n, outputs\), n > 0; got \(\)"),
        (1.0, np.ones((2, 2)), r"y_true and y_pred must pair up; got \(\), \(2, 2\)"),
        (np.ones((3, 2)), np.ones((2, 2)), r"y_true and y_pred must pair up"),
        (np.ones((1, 2)), [[np.nan, 1]], r"y_pred must be finite; got nan at position \(0, 0\)"),
        ([[1, np.inf]], np.ones((1, 2)), r"y_true must be finite; got inf at position \(0, 1\)"),
    ],
)
def test_a_metric_called_on_what_has_no_answer_names_it(metric, y, prediction, message):
    with pytest.raises(ValueError, match=message):
        metric()(y, prediction)


# the four steps


def test_the_four_steps_refuse_no_rows_by_name():
    params = steps.init((4, 3, 2))
    cache = steps.forward(params, X[:2])
    with pytest.raises(ValueError, match=r"x must have at least one row; got shape \(0, 4\)"):
        steps.forward(params, X[:0])
    for loss in steps.LOSSES:
        with pytest.raises(ValueError, match=r"prediction must have at least one row; got shape"):
            steps.error(cache.prediction[:0], np.ones((0, 2)), loss)
    with pytest.raises(ValueError, match=r"y must have shape \(2, 2\)"):
        steps.backward(params, cache, np.ones((0, 2)))


@pytest.mark.parametrize("loss", steps.LOSSES)
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "identity"])
def test_the_four_steps_on_sums_of_1e4_are_finite(activation, loss):
    params = [(1e4 * np.array([[1.0, -1.0, 0.0]]), np.zeros(3))]
    cache = steps.forward(params, [[1.0], [-1.0]], activation)
    y = np.eye(3)[:2]
    assert np.isfinite(steps.error(cache.prediction, y, loss))
    for gradient in steps.backward(params, cache, y, loss):
        assert all(np.isfinite(array).all() for array in gradient)


# --- what overflows -----------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["predict", "__call__", "evaluate", "train_on_batch"])
def test_what_overflows_is_an_error_and_leaves_the_weights_alone(call):
    model = compiled(loss="mse", optimizer=nn.optimizers.SGD(1.0))
    model.layers[-1].activation = nn.activations.linear
    model.set_weights([np.full_like(w, 3e38) for w in model.get_weights()])
    before = model.get_weights()
    arguments = (X,) if call in ("predict", "__call__") else (X, np.eye(CLASSES)[Y])
    with pytest.raises(FloatingPointError, match=r"not finite|no longer finite"):
        getattr(model, call)(*arguments)
    assert equal(model.get_weights(), before)

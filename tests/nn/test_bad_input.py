"""Bad input: an error that names the argument, says what came, and finds the model unchanged."""

from functools import partial

import numpy as np
import pytest

from dlcore import nn
from tests.nn.small import (
    CLASSES,
    assert_same_state,
    blobs,
    classifier,
    compiled,
    equal,
    state,
)

X, Y = blobs(20)
ONE_HOT = np.eye(CLASSES)[Y]
REFUSED = (ValueError, TypeError)


def with_one(array, value, at=3):
    changed = np.array(array, dtype=np.result_type(array, value))
    changed[at] = value
    return changed


def refused(model, call, message, error=REFUSED):
    """call raises with that message, and the model is as it was."""
    before = state(model)
    with pytest.raises(error, match=message):
        call(model)
    assert_same_state(model, before)


BAD_X = [
    (X[:, :3], r"x must have shape \(n, 4\).*got \(20, 3\)"),
    (X[0], r"x must have shape \(n, 4\).*got \(4,\)"),
    (X.reshape(20, 2, 2), r"x must have shape \(n, 4\).*got \(20, 2, 2\). Flatten it: x.reshape"),
    (X[:0], r"x must have at least one row; got shape \(0, 4\)"),
    ([], r"x must have shape \(n, 4\).*got \(0,\)"),
    (3.0, r"x must have shape \(n, 4\).*got \(\)"),
    (with_one(X, np.nan, (3, 1)), r"x must be finite; got nan at position \(3, 1\)"),
    (with_one(X, -np.inf, (0, 2)), r"x must be finite; got -inf at position \(0, 2\)"),
    (with_one(X.astype(float), 1e300, (0, 2)), r"x must be finite; got inf at position \(0, 2\)"),
    (X.astype(str), "x must hold real numbers; got dtype <U"),
    (X.astype(object), "x must hold real numbers; got dtype object"),
    (X.astype(complex), "x must hold real numbers; got dtype complex128"),
    ([[1, 2, 3, 4], [1, 2, 3]], "x must be a rectangular array"),
    (None, "x must hold real numbers; got dtype object"),
    ({"a": 1}, "x must hold real numbers; got dtype object"),
]


@pytest.mark.parametrize(("x", "message"), BAD_X)
@pytest.mark.parametrize("what", ["fit", "evaluate", "train_on_batch", "predict", "call"])
def test_every_call_refuses_bad_x(what, x, message):
    calls = {
        "fit": lambda m: m.fit(x, Y, verbose=0),
        "evaluate": lambda m: m.evaluate(x, Y),
        "train_on_batch": lambda m: m.train_on_batch(x, Y),
        "predict": lambda m: m.predict(x),
        "call": lambda m: m(x),
    }
    refused(fitted(), calls[what], message)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (X[:, :0], r"x must .*\(20, 0\)"),
        (X[:0], r"x must .*\(0, 4\)"),
        (X[0], r"x must .*\(4,\)"),
        ([], r"x must .*\(0,\)"),
        (3.0, r"x must .*\(\)"),
        (None, r"x must .*"),
        (with_one(X, np.nan), "x must be finite; got nan"),
        (X.astype(str), "x must hold real numbers"),
        ([[1, 2, 3, 4], [1, 2, 3]], "x must be a rectangular array"),
    ],
)
@pytest.mark.parametrize("what", ["fit", "evaluate", "train_on_batch", "predict", "call"])
def test_bad_x_leaves_an_unbuilt_model_unbuilt_and_its_random_numbers_undrawn(what, x, message):
    calls = {
        "fit": lambda m: m.fit(x, Y, verbose=0),
        "evaluate": lambda m: m.evaluate(x, Y),
        "train_on_batch": lambda m: m.train_on_batch(x, Y),
        "predict": lambda m: m.predict(x),
        "call": lambda m: m(x),
    }
    model = compiled(built=False)
    refused(model, calls[what], message)
    model.predict(X)
    assert equal(model.get_weights(), classifier().get_weights())


def fitted():
    model = compiled()
    model.fit(X, Y, epochs=2, verbose=0, seed=0)
    return model


SPARSE, DENSE, BINARY, MSE = (
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
    "binary_crossentropy",
    "mse",
)
BAD_Y = [
    (SPARSE, with_one(Y, 3), r"y must be integers in 0..2 for 3 classes; got 3 at position 3"),
    (SPARSE, with_one(Y, -1), r"y must be integers in 0..2 for 3 classes; got -1 at position 3"),
    (SPARSE, Y.astype(float), r"y must be integers.*got dtype float64 \(convert with .astype\(int"),
    (SPARSE, Y == 1, r"y must be integers.*got dtype bool"),
    (SPARSE, Y.astype(str), "y must be integers.*got dtype <U"),
    (SPARSE, ["a", "b"] * 10, "y must be integers.*got dtype <U1"),
    (SPARSE, ONE_HOT.astype(int), r"y must .*got \(20, 3\).*use categorical_crossentropy"),
    (SPARSE, ONE_HOT, r"y must .*got \(20, 3\).*use categorical_crossentropy"),
    (SPARSE, Y.astype(object), "y must be integers.*got dtype object"),
    (SPARSE, Y[:19], "y must have 20 rows, as x; got 19"),
    (SPARSE, [[0], [1, 2]] * 10, "y must be a rectangular array"),
    (SPARSE, [], "y must have 20 rows, as x; got 0"),
    (SPARSE, 1, r"y must have shape \(20,\), one label per row; got \(\)"),
    (SPARSE, None, "y is missing: x has 20 rows"),
    (DENSE, Y, r"y must be one row of 3 probabilities.*For class labels use sparse_categorical"),
    (DENSE, Y[:, None], r"y must have shape \(20, 3\), as the outputs; got \(20, 1\)"),
    (DENSE, ONE_HOT[:, :2], r"y must have shape \(20, 3\), as the outputs; got \(20, 2\)"),
    (DENSE, 2 * ONE_HOT, r"y must be in 0..1; got 2"),
    (DENSE, 0.5 * ONE_HOT, "y must have rows that add up to 1; got 0.5 in row 0"),
    (DENSE, with_one(ONE_HOT, np.nan), r"y must be finite; got nan at position \(3, 0\)"),
    (DENSE, ONE_HOT.astype(str), "y must hold real numbers; got dtype <U"),
    (DENSE, ONE_HOT.astype(complex), "y must hold real numbers; got dtype complex128"),
    (DENSE, [[0], [1, 2]] * 10, "y must be a rectangular array"),
    (DENSE, None, "y is missing"),
    (BINARY, ONE_HOT * 2 - 1, r"y must be in 0..1; got -1 at position \(0, "),
    (BINARY, Y, r"y must have shape \(20, 3\), as the outputs; got \(20,\)"),
    (MSE, Y.astype(float), r"y must have shape \(20, 3\), as the outputs; got \(20,\)"),
    (MSE, with_one(ONE_HOT, np.inf), r"y must be finite; got inf at position \(3, 0\)"),
    (MSE, 1e300 * ONE_HOT, "y must be finite; got inf at position"),
    (MSE, ONE_HOT.T, "y must have 20 rows, as x; got 3"),
    (MSE, ONE_HOT[:, :, None], r"y must have shape \(20, 3\), as the outputs; got \(20, 3, 1\)"),
]


@pytest.mark.parametrize(("loss", "y", "message"), BAD_Y)
def test_fit_evaluate_and_train_on_batch_refuse_bad_y(loss, y, message):
    for built in (True, False):
        model = compiled(loss=loss, built=built, metrics=())
        refused(model, lambda m: m.fit(X, y, verbose=0), message)
        refused(model, lambda m: m.evaluate(X, y), message)
        refused(model, lambda m: m.train_on_batch(X, y), message)
        validated = message.replace("as x", "as validation x").replace(": x has", ".*")
        good = {SPARSE: Y}.get(loss, ONE_HOT)
        refused(
            model,
            lambda m, good=good: m.fit(X, good, verbose=0, validation_data=(X, y)),
            "validation " + validated,
        )


def test_targets_of_one_output_may_be_flat_and_are_never_broadcast():
    x, y = X, np.arange(20.0)
    models = [nn.Sequential([nn.layers.Dense(1, input_shape=(4,))], seed=0) for _ in range(2)]
    for model, targets in zip(models, (y, y[:, None]), strict=True):
        model.compile("sgd", "mse", metrics=["mse"])
        model.fit(x, targets, verbose=0, epochs=2, shuffle=False)
    assert models[0].history.history == models[1].history.history
    predictions = models[0].predict(x)[:, 0]
    assert models[0].evaluate(x, y)[0] == pytest.approx(((predictions - y) ** 2).mean(), rel=1e-5)
    assert nn.losses.MeanSquaredError()(y, predictions[:, None]) == pytest.approx(
        ((predictions - y) ** 2).mean()
    )


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("batch_size", 21, r"batch_size must be in 1..20; got 21"),
        ("batch_size", 0, r"batch_size must be in 1..20; got 0"),
        ("batch_size", -1, r"batch_size must be in 1..20; got -1"),
        ("batch_size", 2.0, r"batch_size must be an integer; got 2.0 \(float\)"),
        ("batch_size", True, r"batch_size must be an integer; got True \(bool\)"),
        ("batch_size", "8", r"batch_size must be an integer; got '8' \(str\)"),
        ("epochs", 0, "epochs must be at least 1; got 0"),
        ("epochs", -2, "epochs must be at least 1; got -2"),
        ("epochs", 1.5, r"epochs must be an integer; got 1.5 \(float\)"),
        ("epochs", None, "epochs must be an integer; got None"),
        ("epochs", True, "epochs must be an integer; got True"),
        ("initial_epoch", 1, "initial_epoch must be in 0..0; got 1"),
        ("initial_epoch", -1, "initial_epoch must be in 0..0; got -1"),
        ("verbose", 3, "verbose must be 'auto', 0, 1 or 2; got 3"),
        ("verbose", True, "verbose must be 'auto', 0, 1 or 2; got True"),
        ("verbose", "loud", "verbose must be 'auto', 0, 1 or 2; got 'loud'"),
        ("callbacks", [print], "callbacks must be Callback objects; got <built-in"),
        ("callbacks", ["history"], "callbacks must be Callback objects; got 'history'"),
        ("validation_split", 1.0, "validation_split=1 of 20 rows leaves none on one side"),
        ("validation_split", 0.999, "validation_split=0.999 of 20 rows leaves none on one side"),
        ("validation_split", -0.1, "validation_split must be in 0..1; got -0.1"),
        ("validation_split", 1.1, "validation_split must be in 0..1; got 1.1"),
        ("validation_split", np.nan, "validation_split must be in 0..1; got nan"),
        ("validation_split", "0.2", "validation_split must be a number; got '0.2'"),
        ("validation_data", X, r"validation_data must be \(x, y\) or .*; got ndarray"),
        ("validation_data", (X,), r"validation_data must be \(x, y\) or .*; got 1 of them"),
        ("validation_data", (X, Y, None, None), r"validation_data must be .*; got 4 of them"),
        ("validation_data", (X[:, :3], Y), r"validation x must have shape \(n, 4\)"),
        ("validation_data", (X[:0], Y[:0]), "validation x must have at least one row"),
        ("validation_data", (with_one(X, np.nan), Y), "validation x must be finite; got nan"),
        ("validation_data", (X, Y[:3]), "validation y must have 20 rows, as validation x; got 3"),
        ("validation_data", (X, Y, np.ones(3)), r"validation sample_weight must have shape \(20,"),
        ("class_weight", {3: 1.0}, r"every class in class_weight must be in 0..2; got 3"),
        ("class_weight", {-1: 1.0}, r"every class in class_weight must be in 0..2; got -1"),
        ("class_weight", {"a": 1.0}, r"every class in class_weight must be an integer; got 'a'"),
        ("class_weight", {0: -1.0}, r"class_weight\[0\] must be at least 0; got -1.0"),
        ("class_weight", {0: np.nan}, r"class_weight\[0\] must be at least 0; got nan"),
        ("class_weight", {0: "1"}, r"class_weight\[0\] must be a number; got '1'"),
        ("class_weight", [1, 2, 3], "class_weight must be a dict"),
        ("sample_weight", np.ones(19), r"sample_weight must have shape \(20,\).*got \(19,\)"),
        ("sample_weight", np.ones((20, 2)), r"sample_weight must have shape \(20,\)"),
        ("sample_weight", 1.0, r"sample_weight must have shape \(20,\).*got \(\)"),
        ("sample_weight", -np.ones(20), "sample_weight must not be negative; got -1 at position 0"),
        ("sample_weight", with_one(np.ones(20), np.nan), r"sample_weight must be finite; got nan"),
        ("sample_weight", with_one(np.ones(20), np.inf), r"sample_weight must be finite; got inf"),
        ("sample_weight", ["1"] * 20, "sample_weight must hold real numbers"),
        ("sample_weight", [[1], [1, 2]] * 10, "sample_weight must be a rectangular array"),
        ("threads", 0, "threads must be at least 1; got 0"),
        ("threads", 1.0, "threads must be an integer; got 1.0"),
        ("seed", -1, "seed must be at least 0; got -1"),
        ("seed", "zero", "seed must be an integer; got 'zero'"),
    ],
)
def test_fit_names_a_bad_argument(argument, value, message):
    bad = {argument: value}
    for model in (fitted(), compiled(), compiled(built=False)):
        refused(model, lambda m: m.fit(X, Y, **({"verbose": 0} | bad)), message)


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("batch_size", 0, "batch_size must be at least 1; got 0"),
        ("batch_size", -1, "batch_size must be at least 1; got -1"),
        ("batch_size", False, "batch_size must be an integer; got False"),
        ("batch_size", 2.0, "batch_size must be an integer; got 2.0"),
    ],
)
def test_evaluate_and_predict_name_a_bad_batch_size(argument, value, message):
    for model in (fitted(), compiled(built=False)):
        refused(model, lambda m: m.evaluate(X, Y, **{argument: value}), message)
        refused(model, lambda m: m.predict(X, **{argument: value}), message)


def test_evaluate_and_train_on_batch_name_bad_weights():
    model = fitted()
    message = r"sample_weight must have shape \(20,\)"
    refused(model, lambda m: m.evaluate(X, Y, sample_weight=np.ones(3)), message)
    refused(model, lambda m: m.train_on_batch(X, Y, sample_weight=np.ones(3)), message)
    refused(model, lambda m: m.train_on_batch(X, Y, class_weight={5: 1.0}), "class_weight")


def test_class_weights_of_targets_that_are_no_classes_are_refused():
    model = nn.Sequential([nn.layers.Dense(1, input_shape=(4,))])
    model.compile("sgd", "mse")
    for y in (np.full(20, 5.0), np.full(20, -1.0), np.full(20, 0.3)):
        refused(
            model,
            lambda m, y=y: m.fit(X, y, class_weight={0: 2.0}, verbose=0),
            r"class_weight needs y to be classes in 0..1; got .* at position 0",
        )


@pytest.mark.parametrize("what", ["fit", "evaluate", "train_on_batch"])
def test_what_needs_compile_says_so(what):
    model = classifier()
    refused(model, lambda m: getattr(m, what)(X, Y), r"model.compile\(", RuntimeError)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"optimizer": "sdg"}, "optimizer must be one of sgd.*; got 'sdg'. Did you mean 'sgd'"),
        ({"optimizer": None}, "optimizer must be one of sgd.*; got None"),
        ({"optimizer": 3}, "optimizer must be one of sgd.*; got 3"),
        ({"loss": "sparse_categorical_crossentropi"}, "loss must be .* mean 'sparse_categorical_c"),
        ({"loss": "mean_square_error"}, "loss must be one of .* Did you mean 'mean_squared_error'"),
        ({"loss": None}, "loss must be one of .*; got None"),
        ({"metrics": ["acuracy"]}, "metrics must be one of .*'acuracy'. Did you mean 'accuracy'"),
        ({"metrics": "acuracy"}, "metrics must be one of .*'acuracy'. Did you mean 'accuracy'"),
        ({"metrics": [None]}, "metrics must be one of .*; got None"),
        ({"metrics": 3}, "metrics must be a list of names; got 3"),
    ],
)
def test_compile_names_the_nearest_valid_choice(arguments, message):
    model = fitted()
    optimizer, loss = model.optimizer, model.loss
    good = {"optimizer": "sgd", "loss": "mse", "metrics": ["mse"]}
    refused(model, lambda m: m.compile(**(good | arguments)), message)
    assert model.optimizer is optimizer
    assert model.loss is loss


@pytest.mark.parametrize(
    ("loss", "y", "metric"),
    [
        (SPARSE, Y, "mse"),
        (SPARSE, Y, "categorical_accuracy"),
        (SPARSE, Y, "binary_accuracy"),
        (DENSE, ONE_HOT, "sparse_categorical_accuracy"),
    ],
)
def test_a_metric_that_cannot_be_worked_out_is_refused_before_training(loss, y, metric):
    model = compiled(loss=loss, metrics=[metric])
    message = rf"metrics: {'mean_squared_error' if metric == 'mes' else metric}.* does not fit"
    refused(model, lambda m: m.fit(X, y, verbose=0), message)
    refused(model, lambda m: m.evaluate(X, y), message)
    refused(model, lambda m: m.train_on_batch(X, y), message)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.layers.Dense(0), "units must be at least 1; got 0"),
        (lambda: nn.layers.Dense(-3), "units must be at least 1; got -3"),
        (lambda: nn.layers.Dense("3"), r"units must be an integer; got '3' \(str\)"),
        (lambda: nn.layers.Dense(2.5), r"units must be an integer; got 2.5 \(float\)"),
        (lambda: nn.layers.Dense(True), r"units must be an integer; got True \(bool\)"),
        (lambda: nn.layers.Dense(None), "units must be an integer; got None"),
        (lambda: nn.layers.Dense(3, "rleu"), "activation must be .*got 'rleu'. Did you mean 'relu"),
        (lambda: nn.layers.Dense(3, np.tanh), "activation must be one of .*got <ufunc 'tanh'>"),
        (
            lambda: nn.layers.Dense(3, kernel_initializer="glorot_unifrom"),
            "kernel_initializer must be one of .*Did you mean 'glorot_uniform'",
        ),
        (
            lambda: nn.layers.Dense(3, bias_initializer="zeroes"),
            "bias_initializer must be one of .*Did you mean 'zeros'",
        ),
        (
            lambda: nn.layers.Dense(3, kernel_regularizer="l3"),
            "kernel_regularizer must be one of l1, l2.*; got 'l3'",
        ),
        (
            lambda: nn.layers.Dense(3, bias_regularizer=0.1),
            "bias_regularizer must be one of l1, l2.*; got 0.1",
        ),
        (lambda: nn.layers.Dense(3, input_shape=784), r"input_shape must be a tuple such as"),
        (lambda: nn.layers.Dense(3, input_shape="784"), r"input_shape must be a tuple such as"),
        (lambda: nn.layers.Dense(3, input_shape=(0,)), "size in input_shape must be at least 1"),
        (lambda: nn.layers.Dense(3, input_shape=(-4,)), "input_shape must be at least 1; got -4"),
        (lambda: nn.layers.Dense(3, input_shape=(4.0,)), "input_shape must be an integer; got 4.0"),
        (lambda: nn.Input(784), "shape must be a tuple such as"),
        (lambda: nn.Input((0,)), "size in shape must be at least 1; got 0"),
        (lambda: nn.layers.Activation("softmx"), "activation must be .*Did you mean 'softmax'"),
        (lambda: nn.layers.Dropout(-0.1), "rate must be in 0..1; got -0.1"),
        (lambda: nn.layers.Dropout(1.5), "rate must be in 0..1; got 1.5"),
        (lambda: nn.layers.Dropout(1), "rate must be below 1; got 1"),
        (lambda: nn.layers.Dropout("0.5"), "rate must be a number; got '0.5'"),
        (lambda: nn.layers.Dropout(0.5, 3), r"noise_shape must be a tuple such as .*; got 3"),
        (lambda: nn.layers.Dropout(0.5, "ab"), r"noise_shape must be a tuple such as .*got 'ab'"),
        (lambda: nn.layers.Dropout(0.5, (0, 4)), "in noise_shape .* must be at least 1; got 0"),
        (lambda: nn.layers.Dropout(0.5, (None, 1.0)), "noise_shape .* an integer; got 1.0"),
        (lambda: nn.layers.Dropout(0.5, seed=-1), "seed must be at least 0; got -1"),
        (lambda: nn.layers.Reshape(784), "target_shape must be a tuple such as .*; got 784"),
        (lambda: nn.layers.Reshape((2, 0)), "target_shape must hold sizes of at least 1"),
        (lambda: nn.layers.Reshape((-1, -1)), r"or -1 once; got \(-1, -1\)"),
        (lambda: nn.layers.Reshape((2, -2)), "size in target_shape must be at least -1; got -2"),
        (lambda: nn.layers.Reshape((2.0, 2)), "size in target_shape must be an integer; got 2.0"),
        (lambda: nn.layers.BatchNormalization(momentum=1.1), "momentum must be in 0..1; got 1.1"),
        (
            lambda: nn.layers.BatchNormalization(momentum=None),
            "momentum must be a number; got None",
        ),
        (
            lambda: nn.layers.BatchNormalization(moving_variance_initializer="one"),
            "moving_variance_initializer must be one of .*Did you mean 'ones'",
        ),
        *(
            (partial(kind, **wrong), message)
            for kind in (nn.layers.BatchNormalization, nn.layers.LayerNormalization)
            for wrong, message in (
                ({"axis": "last"}, "axis must be an integer; got 'last'"),
                ({"axis": True}, "axis must be an integer; got True"),
                ({"axis": None}, "axis must be an integer; got None"),
                ({"axis": -2}, "axis must be at least -1; got -2"),
                ({"epsilon": -1e-3}, "epsilon must be at least 0; got -0.001"),
                ({"epsilon": np.nan}, "epsilon must be at least 0; got nan"),
                ({"epsilon": "small"}, "epsilon must be a number; got 'small'"),
                ({"gamma_initializer": 1}, "gamma_initializer must be one of .*; got 1"),
                ({"beta_regularizer": "l3"}, "beta_regularizer must be one of l1, l2.*; got 'l3'"),
            )
        ),
        (lambda: nn.optimizers.SGD(-0.1), "learning_rate must be at least 0; got -0.1"),
        (lambda: nn.optimizers.SGD(np.nan), "learning_rate must be at least 0; got nan"),
        (lambda: nn.optimizers.SGD(np.inf), "learning_rate must be at least 0; got inf"),
        (lambda: nn.optimizers.SGD("0.1"), "learning_rate must be a number; got '0.1'"),
        (lambda: nn.optimizers.SGD(None), "learning_rate must be a number; got None"),
        (lambda: nn.optimizers.SGD(momentum=1.1), "momentum must be in 0..1; got 1.1"),
        (lambda: nn.optimizers.SGD(momentum=-0.1), "momentum must be in 0..1; got -0.1"),
        (lambda: nn.optimizers.SGD(momentum="0.9"), "momentum must be a number; got '0.9'"),
        (lambda: nn.regularizers.L2(-1.0), "l2 must be at least 0; got -1.0"),
        (lambda: nn.regularizers.L1("a"), "l1 must be a number; got 'a'"),
        (lambda: nn.initializers.RandomNormal(stddev=-1), "stddev must be at least 0; got -1"),
        (lambda: nn.initializers.RandomUniform(1, 0), "maxval must be at least 1; got 0"),
        (lambda: nn.initializers.GlorotUniform(seed=-1), "seed must be at least 0; got -1"),
        (lambda: nn.initializers.Constant("1"), "value must be a number; got '1'"),
        (lambda: nn.metrics.BinaryAccuracy(threshold=2), "threshold must be in 0..1; got 2"),
        (lambda: nn.callbacks.EarlyStopping(patience=-1), "patience must be at least 0; got -1"),
        (lambda: nn.callbacks.EarlyStopping(patience=1.5), "patience must be an integer; got 1.5"),
        (lambda: nn.callbacks.EarlyStopping(mode="mni"), "mode must be one of auto, min, max"),
        (lambda: nn.callbacks.EarlyStopping(min_delta=None), "min_delta must be a number"),
        (lambda: nn.Sequential(dtype="float16"), "dtype must be one of float32, float64"),
        (lambda: nn.Sequential(dtype="flaot32"), "dtype must be .*Did you mean 'float32'"),
        (lambda: nn.Sequential(dtype=None), "dtype must be one of float32, float64; got None"),
        (lambda: nn.Sequential(dtype=int), "dtype must be one of float32, float64"),
        (lambda: nn.Sequential(seed=-1), "seed must be at least 0; got -1"),
        (lambda: nn.Sequential(seed=0.5), "seed must be an integer; got 0.5"),
        (lambda: nn.Sequential([3]), "layer must be a layer such as .*; got 3"),
        (lambda: nn.Sequential(["dense"]), "layer must be a layer such as .*; got 'dense'"),
        (lambda: nn.Sequential([nn.layers.Dense]), "layer must be a layer such as"),
    ],
)
def test_a_part_made_wrongly_names_the_argument(make, message):
    with pytest.raises(REFUSED, match=message):
        make()


def test_the_learning_rate_is_checked_whenever_it_is_set():
    optimizer = nn.optimizers.SGD(0.1)
    with pytest.raises(ValueError, match="learning_rate must be at least 0; got -1"):
        optimizer.learning_rate = -1
    assert optimizer.learning_rate == 0.1


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (lambda m: m.layers[0], "layer 'dense' is in this model already"),
        (lambda m: 7, "layer must be a layer such as .*; got 7"),
        (lambda m: None, "layer must be a layer such as .*; got None"),
        (lambda m: nn.Input((3,)), "an Input must stand first"),
        (lambda m: nn.layers.Dense(2, name="dense_1"), "name must be unique.*'dense_1'"),
        (lambda m: classifier().layers[0], r"input_shape of layer .* must be \(3,\).*got \(4,\)"),
        (lambda m: classifier().layers[1], r"built for inputs of shape \(5,\); got \(3,\)"),
        (lambda m: built_for(3, "float64"), "built for another dtype: float64"),
    ],
)
def test_add_refuses_what_does_not_fit_and_adds_nothing(layer, message):
    model = fitted()
    refused(model, lambda m: m.add(layer(m)), message)
    assert len(model.layers) == 2
    model.fit(X, Y, verbose=0)


def built_for(inputs, dtype):
    return nn.Sequential([nn.layers.Dense(2, input_shape=(inputs,))], dtype=dtype).layers[0]


def test_add_to_a_model_of_known_input_refuses_what_was_built_for_another():
    model = nn.Sequential([nn.Input((4,))])
    for layer in (built_for(3, "float32"), built_for(4, "float64")):
        message = r"must be \(4,\)|was built for another dtype: float64"
        refused(model, lambda m, layer=layer: m.add(layer), message)
    model.add(nn.layers.Dense(2))
    assert model.count_params() == 10


def test_a_refused_fit_leaves_a_layer_of_another_model_built():
    first = fitted()
    second = nn.Sequential([nn.layers.Dense(4), first.layers[0]])
    second.compile("sgd", "mse")
    kept = first.get_weights()
    with pytest.raises(ValueError, match="y must have"):
        second.fit(X, Y[:3], verbose=0)
    assert equal(first.get_weights(), kept)
    assert first.built
    assert not second.built


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda w: w[:-1], "weights must be a list of 4 arrays; got 3"),
        (lambda w: [*w, w[0]], "weights must be a list of 4 arrays; got 5"),
        (lambda w: [], "weights must be a list of 4 arrays; got 0"),
        (lambda w: None, "weights must be a list of arrays; got NoneType"),
        (lambda w: w[0], "weights must be a list of arrays; got ndarray"),
        (lambda w: [*w[:3], w[3][:2]], r"weights\[3\] must have shape \(3,\); got \(2,\)"),
        (lambda w: [w[0].T, *w[1:]], r"weights\[0\] must have shape \(4, 5\); got \(5, 4\)"),
        (lambda w: [*w[:3], with_one(w[3], np.nan, 1)], r"weights\[3\] must be finite; got nan"),
        (lambda w: [*w[:3], [1e300] * 3], r"weights\[3\] must be finite; got inf"),
        (lambda w: [*w[:3], ["a"] * 3], r"weights\[3\] must hold real numbers"),
        (lambda w: [*w[:3], [[1], [1, 2]]], r"weights\[3\] must be a rectangular array"),
    ],
)
def test_set_weights_checks_all_before_it_sets_any(change, message):
    model = fitted()
    wrong = change([w + 1 for w in model.get_weights()])
    refused(model, lambda m: m.set_weights(wrong), message)


def test_a_layers_set_weights_checks_too():
    model = fitted()
    refused(model, lambda m: m.layers[0].set_weights([np.ones((4, 5))]), "list of 2 arrays; got 1")


def test_weights_of_an_unbuilt_model_are_asked_for_in_vain(tmp_path):
    model = classifier(built=False)
    for call in (
        lambda m: m.count_params(),
        lambda m: m.set_weights([]),
        lambda m: m.save_weights(tmp_path / "w.npz"),
        lambda m: m.load_weights(tmp_path / "w.npz"),
    ):
        refused(model, call, "the model has no weights yet: give the first layer an input_shape")
    assert not list(tmp_path.iterdir())


def test_a_model_without_layers_says_so():
    model = nn.Sequential()
    model.compile("sgd", "mse")
    refused(model, lambda m: m.fit(X, Y), "the model has no layers: add some first")
    refused(model, lambda m: m.predict(X), "the model has no layers: add some first")
    refused(model, lambda m: m.pop(), "no layer to pop: the model is empty")


def test_get_layer_names_the_nearest():
    model = classifier()
    refused(model, lambda m: m.get_layer("dence"), "name must be .*Did you mean 'dense'")
    refused(model, lambda m: m.get_layer(index=2), "index must be in 0..1; got 2")


# --- logits or probabilities --------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["SparseCategoricalCrossentropy", "CategoricalCrossentropy"])
def test_from_logits_on_top_of_a_softmax_is_refused(loss):
    y = Y if loss.startswith("Sparse") else ONE_HOT
    model = compiled(loss=getattr(nn.losses, loss)(from_logits=True))
    message = "from_logits=True needs a last layer without 'softmax'"
    refused(model, lambda m: m.fit(X, y, verbose=0), message)
    refused(model, lambda m: m.evaluate(X, y), message)
    refused(model, lambda m: m.train_on_batch(X, y), message)


def test_from_logits_on_top_of_a_sigmoid_is_refused():
    model = nn.Sequential([nn.layers.Dense(1, "sigmoid")])
    model.compile("sgd", nn.losses.BinaryCrossentropy(from_logits=True))
    refused(model, lambda m: m.fit(X, Y > 1, verbose=0), "from_logits=True needs .*'sigmoid'")


@pytest.mark.parametrize("last", [None, "relu", "tanh"])
@pytest.mark.parametrize(("loss", "y"), [(SPARSE, Y), (DENSE, ONE_HOT), (BINARY, ONE_HOT)])
@pytest.mark.parametrize("apart", [False, True])
def test_outputs_that_are_no_probabilities_are_refused_without_from_logits(last, loss, y, apart):
    end = [nn.layers.Dense(3), nn.layers.Activation(last)] if apart else [nn.layers.Dense(3, last)]
    model = nn.Sequential(end)
    model.compile("sgd", loss)
    ending = "sigmoid" if loss == BINARY else "softmax"
    message = rf"{loss} needs .*activation='{ending}'.*from_logits=True.*got '{last or 'linear'}'"
    refused(model, lambda m: m.fit(X, y, verbose=0), message)
    refused(model, lambda m: m.evaluate(X, y), message)


@pytest.mark.parametrize("name", ["SparseCategorical", "Categorical", "Binary"])
def test_a_loss_called_on_logits_without_from_logits_is_refused(name):
    loss = getattr(nn.losses, f"{name}Crossentropy")
    y = np.array([0, 1]) if name == "SparseCategorical" else np.eye(2)
    with pytest.raises(ValueError, match=r"y_pred must be in 0..1.*from_logits=True"):
        loss()(y, np.array([[3.0, -1.0], [0.5, 0.5]]))
    assert loss(from_logits=True)(y, np.array([[3.0, -1.0], [0.5, 0.5]])) > 0


@pytest.mark.parametrize(
    ("y_true", "y_pred", "message"),
    [
        ([0.0], [[np.nan]], "y_pred must be finite; got nan"),
        ([0.0], [0.5], r"y_pred must have shape \(n, outputs\).*got \(1,\)"),
        ([], np.ones((0, 1)), r"y_pred must have shape .* got \(0, 1\)"),
        ([0.0, 1.0], [[0.5]], r"y_true must have shape \(1, 1\)"),
        ([0.0], [["a"]], "y_pred must hold real numbers"),
    ],
)
def test_a_loss_called_on_misfits_names_them(y_true, y_pred, message):
    with pytest.raises(REFUSED, match=message):
        nn.losses.MeanSquaredError()(y_true, y_pred)


def test_outputs_with_more_axes_than_targets_ask_for_a_row_per_example():
    model = nn.Sequential([nn.layers.Dense(2, input_shape=(3, 4))])
    model.compile("sgd", "mse")
    x, y = np.ones((5, 3, 4)), np.ones((5, 2))
    message = r"y must begin with the shape \(5, 3\).*output \(n, 3, 2\); got \(5, 2\).*Flatten"
    refused(model, lambda m: m.fit(x, y, verbose=0), message)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (
            lambda: nn.layers.Reshape((3,)),
            r"target_shape \(3,\) of layer 'reshape' cannot hold the 4",
        ),
        (
            lambda: nn.layers.Reshape((-1, 3)),
            r"target_shape \(-1, 3\) .* cannot hold the 4 numbers",
        ),
        (
            lambda: nn.layers.Dropout(0.5, (None, 3)),
            r"noise_shape must be \(batch, 4\).*\(None, 3\)",
        ),
        (lambda: nn.layers.Dropout(0.5, (None,)), r"noise_shape must be \(batch, 4\).*\(None,\)"),
        (
            lambda: nn.layers.BatchNormalization(axis=2),
            "axis of layer .* must be the last one.*got 2",
        ),
        (
            lambda: nn.layers.LayerNormalization(axis=0),
            "axis of layer .* must be the last one.*got 0",
        ),
    ],
)
def test_a_layer_that_does_not_fit_its_inputs_says_so_before_anything_is_built(layer, message):
    with pytest.raises(ValueError, match=message):
        nn.Sequential([nn.Input((4,)), layer()])
    model = nn.Sequential([layer(), nn.layers.Dense(CLASSES, "softmax")])
    model.compile("sgd", SPARSE)
    refused(model, lambda m: m.fit(X, Y, verbose=0), message)
    refused(model, lambda m: m.predict(X), message)


@pytest.mark.parametrize("kind", ["BatchNormalization", "LayerNormalization", "Dense"])
def test_a_layer_along_the_last_axis_refuses_rows_without_one(kind):
    layer = getattr(nn.layers, kind)(*([3] if kind == "Dense" else []))
    with pytest.raises(ValueError, match=r"needs inputs of shape \(n, .*\); got \(n,\)"):
        layer(np.ones(20))
    assert not layer.built


@pytest.mark.parametrize("shape", [(4, 3), (4,), (5, 4)])
def test_a_metric_called_on_sequences_needs_a_target_for_every_place(shape):
    with pytest.raises(ValueError, match=r"y_true and y_pred must pair up; got .*\(4, 5, 2\)"):
        nn.metrics.SparseCategoricalAccuracy()(np.ones(shape, int), np.ones((4, 5, 2)))

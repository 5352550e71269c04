"""A prediction at every place of a sequence, and numbers that are measured and not learnt."""

import numpy as np
import pytest

from dlcore import nn
from dlcore.nn.parameters import ParameterVector
from tests.nn.small import assert_same_state, equal, state

N, PLACES, INPUTS, CLASSES = 24, 5, 4, 3
RNG = np.random.default_rng(0)
X = RNG.normal(size=(N, PLACES, INPUTS))
Y = RNG.integers(0, CLASSES, (N, PLACES))
WEIGHTS = RNG.random(N)
SPARSE = "sparse_categorical_crossentropy"


def tagger(*extra, loss=SPARSE, metrics=("accuracy",)):
    """A class for every place: 4-6-3 along the last axis, with `extra` layers in between."""
    model = nn.Sequential(
        [
            nn.Input((PLACES, INPUTS)),
            nn.layers.Dense(6, "tanh"),
            *extra,
            nn.layers.Dense(CLASSES, "softmax"),
        ],
        seed=0,
        dtype="float64",
    )
    model.compile(nn.optimizers.SGD(0.1), loss, list(metrics))
    return model


def by_place(x=X, y=Y, weights=WEIGHTS):
    """The same as rows, each place one of them."""
    return x.reshape(-1, INPUTS), y.reshape(-1), np.repeat(weights, PLACES)


def row_model():
    """The same network, for single places."""
    model = nn.Sequential(
        [nn.Input((INPUTS,)), nn.layers.Dense(6, "tanh"), nn.layers.Dense(CLASSES, "softmax")],
        seed=0,
        dtype="float64",
    )
    model.compile(nn.optimizers.SGD(0.1), SPARSE, ["accuracy"])
    return model


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("batch_size", [5, 24])
def test_a_sequence_is_learnt_as_its_places_would_be(weighted, batch_size):
    sequences, rows = tagger(), row_model()
    x, y, weights = by_place()
    options = {"epochs": 3, "shuffle": False, "verbose": 0}
    given = {"sample_weight": WEIGHTS if weighted else None, "validation_data": (X, Y, WEIGHTS)}
    mine = sequences.fit(X, Y, batch_size, **given, **options).history
    given = {"sample_weight": weights if weighted else None, "validation_data": (x, y, weights)}
    known = rows.fit(x, y, batch_size * PLACES, **given, **options).history
    for name, values in known.items():
        assert mine[name] == pytest.approx(values, rel=1e-10), name
    for a, b in zip(sequences.get_weights(), rows.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-14)
    assert sequences.evaluate(X, Y) == pytest.approx(rows.evaluate(x, y))


@pytest.mark.parametrize(
    ("loss", "y", "metric"),
    [
        (SPARSE, Y, "SparseCategoricalAccuracy"),
        ("categorical_crossentropy", np.eye(CLASSES)[Y], "CategoricalAccuracy"),
        ("mse", np.eye(CLASSES)[Y], "MeanSquaredError"),
        ("mse", np.eye(CLASSES)[Y], "BinaryAccuracy"),
    ],
)
def test_a_metric_is_the_mean_over_all_places(loss, y, metric):
    metric = getattr(nn.metrics, metric)()
    model = tagger(loss=loss, metrics=[metric])
    shown = model.evaluate(X, y, return_dict=True)[metric.name]
    predictions = model.predict(X)
    assert metric(y, predictions) == pytest.approx(shown)
    rows = (y.reshape(N * PLACES, *y.shape[2:]), predictions.reshape(-1, CLASSES))
    assert metric(*rows) == pytest.approx(shown)


@pytest.mark.parametrize("call", ["fit", "train_on_batch"])
@pytest.mark.parametrize("one_hot", [False, True])
def test_class_weights_are_refused_where_an_example_has_several_classes(call, one_hot):
    model = tagger(loss="categorical_crossentropy" if one_hot else SPARSE)
    y, before = np.eye(CLASSES)[Y] if one_hot else Y, state(model)
    with pytest.raises(
        ValueError, match=r"class_weight needs one target per example; .*\(n, 5, 3\)"
    ):
        getattr(model, call)(X, y, class_weight={0: 2.0})
    assert_same_state(model, before)


@pytest.mark.parametrize("shape", [(N, PLACES), (N, 1), (N * PLACES,)])
def test_weights_are_one_for_each_example(shape):
    model = tagger()
    before = state(model)
    with pytest.raises(ValueError, match=r"sample_weight must have shape \(24,\), one per row"):
        model.fit(X, Y, sample_weight=np.ones(shape), verbose=0)
    assert_same_state(model, before)


def test_callbacks_see_sequences_as_they_see_rows():
    class Diary(nn.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            losses.append(logs["loss"])

    losses = []
    stopping = nn.callbacks.EarlyStopping("val_accuracy", patience=1, restore_best_weights=True)
    model = tagger()
    history = model.fit(X, Y, 8, 30, 0, [Diary(), stopping], validation_split=0.25, seed=0).history
    assert len(losses) == 3 * len(history["loss"])
    assert losses[2::3] == history["loss"]
    best = history["val_accuracy"].index(max(history["val_accuracy"]))
    assert len(history["loss"]) == best + 2
    assert model.evaluate(X[18:], Y[18:])[1] == max(history["val_accuracy"])


# --- what is measured and not learnt ------------------------------------------------------------


def normalised():
    """A tagger with batch normalisation, and that layer."""
    layer = nn.layers.BatchNormalization(momentum=0.5)
    return tagger(layer), layer


def test_a_model_keeps_what_is_measured_behind_what_is_learnt():
    model, layer = normalised()
    before = model.get_weights()
    vector = ParameterVector(model.layers, model.dtype)
    assert equal(model.get_weights(), before)
    assert layer.learnt() == ["gamma", "beta"]
    measured = 2 * 6
    assert len(vector.trainable) == model.count_params() - measured
    assert len(vector.values) == model.count_params()
    vector.values[-measured:] = 7
    assert (layer.parameters["moving_mean"] == 7).all()
    assert (layer.parameters["moving_variance"] == 7).all()
    assert sum(part.stop - part.start for part in vector.trainable_parts) == len(vector.trainable)


@pytest.mark.parametrize("optimizer", ["sgd", "adamw", nn.optimizers.SGD(0.1, weight_decay=0.1)])
def test_no_optimizer_and_no_decay_touches_what_is_measured(optimizer):
    model, layer = normalised()
    model.compile(optimizer, SPARSE)
    model.train_on_batch(X, Y)
    hidden = nn.activations.tanh(X @ tagger().weights[0])
    rows = hidden.reshape(-1, 6)
    np.testing.assert_allclose(layer.parameters["moving_mean"], rows.mean(axis=0) / 2)
    np.testing.assert_allclose(layer.parameters["moving_variance"], (1 + rows.var(axis=0)) / 2)


def test_a_fit_that_diverges_takes_what_was_measured_back_too():
    model, _ = normalised()
    before = model.get_weights()
    model.optimizer.learning_rate = 1e200
    with pytest.raises(FloatingPointError, match="training diverged in epoch 1"):
        model.fit(X, Y, 8, epochs=3, verbose=0)
    assert equal(model.get_weights(), before)


def test_evaluate_and_predict_measure_nothing_and_drop_nothing():
    model = tagger(nn.layers.BatchNormalization(), nn.layers.Dropout(0.5, seed=0))
    model.fit(X, Y, verbose=0)
    before, predictions = model.get_weights(), model.predict(X)
    model.evaluate(X, Y)
    np.testing.assert_array_equal(model.predict(X), predictions)
    np.testing.assert_allclose(model.predict(X[:1]), predictions[:1])  # whoever is beside it
    assert equal(model.get_weights(), before)


def test_dropout_goes_on_from_batch_to_batch_and_repeats_with_the_seed():
    def weights(seed):
        model = tagger(nn.layers.Dropout(0.5, seed=seed))
        model.fit(X, Y, 8, verbose=0, shuffle=False)
        return model.get_weights()

    assert equal(weights(0), weights(0))
    assert not equal(weights(0), weights(1))
    layer = nn.layers.Dropout(0.5, seed=0)
    first, second = (layer(np.ones((8, 50)), training=True) for _ in range(2))
    assert (first != second).any()

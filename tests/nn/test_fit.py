"""What `fit`, `evaluate` and `predict` promise: order, history, callbacks, and a way back."""

import subprocess
import sys

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from dlcore import nn
from tests.nn.small import assert_same_state, blobs, classifier, compiled, equal, state

X, Y = blobs(50)
Dense = nn.layers.Dense


def digits_like(n=300):
    """Ten noisy prototypes of 784 pixels in 0..1, and which one each row came from."""
    rng = np.random.default_rng(0)
    prototypes, labels = rng.random((10, 784)), rng.integers(0, 10, n)
    x = 0.8 * prototypes[labels] + 0.2 * rng.random((n, 784))
    return x.astype(np.float32), labels.astype(np.uint8)


ARTICLE = """
# 定义模型
model = keras.Sequential([
    keras.layers.Dense(128, activation='relu', input_shape=(784,)),
    keras.layers.Dense(64, activation='relu'),
    keras.layers.Dense(10, activation='softmax')
])

# 编译模型
model.compile(optimizer='sgd', loss='sparse_categorical_crossentropy', metrics=['accuracy'])

# 训练模型
model.fit(x_train, y_train, epochs=10)
"""


def test_the_articles_code_runs_and_learns(capfd):
    from dlcore import nn as keras

    x_train, y_train = digits_like()
    names = {"keras": keras, "x_train": x_train, "y_train": y_train}
    exec(ARTICLE, names)
    history = names["model"].history.history
    assert list(history) == ["loss", "accuracy"]
    assert len(history["loss"]) == 10
    assert history["loss"][-1] < history["loss"][0]
    assert history["accuracy"][-1] > 0.8
    assert names["model"].evaluate(x_train, y_train)[1] > 0.8
    assert "Epoch 10/10" in capfd.readouterr().err


# --- history ------------------------------------------------------------------------------------


@pytest.mark.parametrize("held_out", ["no", "split", "data", "both"])
@pytest.mark.parametrize(
    "metrics", [(), ("accuracy",), ("accuracy", "sparse_categorical_accuracy")]
)
def test_history_has_a_number_per_epoch_for_each_name(held_out, metrics):
    model = compiled(metrics=metrics)
    extra = {
        "no": {},
        "split": {"validation_split": 0.2},
        "data": {"validation_data": (X[:7], Y[:7])},
        "both": {"validation_split": 0.2, "validation_data": [X[:7], Y[:7]]},
    }[held_out]
    history = model.fit(X, Y, epochs=3, verbose=0, **extra)
    assert history is model.history
    assert history.epoch == [0, 1, 2]
    names = ["loss", *metrics]
    if held_out != "no":
        names += [f"val_{name}" for name in names]
    assert list(history.history) == names
    for values in history.history.values():
        assert len(values) == 3
        assert all(type(value) is float for value in values)


def test_a_second_fit_has_a_history_of_its_own_and_goes_on_from_the_first():
    once, twice = compiled(), compiled()
    rng = np.random.default_rng(0)
    whole = once.fit(X, Y, epochs=4, verbose=0, seed=np.random.default_rng(0)).history
    first = twice.fit(X, Y, epochs=2, verbose=0, seed=rng)
    second = twice.fit(X, Y, epochs=4, initial_epoch=2, verbose=0, seed=rng)
    assert first is not second
    assert second.epoch == [2, 3]
    assert first.history["loss"] + second.history["loss"] == whole["loss"]
    assert equal(once.get_weights(), twice.get_weights())


@pytest.mark.parametrize("batch_size", [1, 7, 16, 50])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("price", [None, "l2"])
def test_the_numbers_of_an_epoch_are_naive_running_means_over_the_batches(
    batch_size, weighted, price
):
    fitted, by_hand = (compiled(kernel_regularizer=price) for _ in range(2))
    weights = np.random.default_rng(1).random(50) if weighted else None
    history = fitted.fit(X, Y, batch_size, 2, 0, sample_weight=weights, shuffle=False).history
    for epoch in range(2):
        totals = np.zeros(2)
        for start in range(0, 50, batch_size):
            rows = slice(start, start + batch_size)
            w = None if weights is None else weights[rows]
            numbers = by_hand.train_on_batch(X[rows], Y[rows], sample_weight=w)
            totals += np.array(numbers) * len(Y[rows])
        assert history["loss"][epoch] == pytest.approx(totals[0] / 50, rel=1e-6)
        assert history["accuracy"][epoch] == pytest.approx(totals[1] / 50)
    for a, b in zip(fitted.get_weights(), by_hand.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)


def test_many_outputs_are_worked_out_in_parts_with_the_same_result(monkeypatch):
    whole, parts = compiled(), compiled()
    extra = {"validation_split": 0.3, "verbose": 0, "seed": 0, "epochs": 2}
    one = whole.fit(X, Y, 8, **extra).history
    monkeypatch.setattr("dlcore.nn.model.WAITING_NUMBERS", 12)
    other = parts.fit(X, Y, 8, **extra).history
    for name in one:
        assert one[name] == pytest.approx(other[name], rel=1e-6)


def test_validation_numbers_are_those_of_evaluate_after_the_epoch():
    model, held_out = compiled(), blobs(30, seed=5)
    history = model.fit(X, Y, epochs=2, verbose=0, validation_data=held_out).history
    assert model.evaluate(*held_out) == [history["val_loss"][-1], history["val_accuracy"][-1]]
    weights = np.random.default_rng(0).random(30)
    history = model.fit(X, Y, verbose=0, validation_data=(*held_out, weights)).history
    assert model.evaluate(*held_out, sample_weight=weights)[0] == history["val_loss"][-1]


# --- which rows, in which order -----------------------------------------------------------------


class Seen(Dense):
    """A layer that remembers the first column of what it is trained on."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.batches = []

    def forward(self, x, *, training=False, activate=True):
        if training:
            self.batches.append(x[:, 0].copy())
        return super().forward(x, training=training, activate=activate)


def rows_seen(n=10, **options):
    """The batches of row numbers that fit trains on."""
    layer = Seen(1, input_shape=(2,))
    model = nn.Sequential([layer])
    model.compile(nn.optimizers.SGD(0.0), "mse")
    x = np.stack([np.arange(n), np.ones(n)], axis=1)
    model.fit(x, np.zeros(n), verbose=0, **options)
    return [batch.astype(int).tolist() for batch in layer.batches]


def test_without_shuffling_rows_come_in_order_and_the_last_batch_may_be_smaller():
    expected = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert rows_seen(batch_size=4, shuffle=False, epochs=2) == expected * 2


def test_shuffling_visits_every_row_once_in_the_promised_order():
    rng = np.random.default_rng(3)
    batches = rows_seen(batch_size=4, epochs=2, seed=3)
    assert [len(b) for b in batches] == [4, 4, 2] * 2
    assert np.concatenate(batches[:3]).tolist() == rng.permutation(10).tolist()
    assert np.concatenate(batches[3:]).tolist() == rng.permutation(10).tolist()


def test_validation_split_takes_the_last_rows_before_shuffling():
    batches = rows_seen(batch_size=8, validation_split=0.2)
    assert sorted(batches[0]) == list(range(8))
    assert [len(b) for b in rows_seen(n=11, validation_split=0.25)] == [8]  # as Keras: ⌊11 · ¾⌋


def test_the_default_batch_is_32_rows_or_all_there_are():
    assert [len(b) for b in rows_seen(n=70)] == [32, 32, 6]
    assert [len(b) for b in rows_seen(n=20)] == [20]


def test_the_same_seed_gives_the_same_path_and_another_gives_another():
    losses, weights = [], []
    for seed in (1, 1, 2):
        model = compiled()
        losses.append(model.fit(X, Y, 8, 2, 0, seed=seed).history["loss"])
        weights.append(model.get_weights())
    assert losses[0] == losses[1] != losses[2]
    assert equal(weights[0], weights[1])
    assert not equal(weights[0], weights[2])


def test_targets_and_weights_are_shuffled_with_their_rows():
    weights = np.random.default_rng(2).random(50)
    order = np.random.default_rng(6).permutation(50)
    shuffled, in_order = compiled(), compiled()
    one = shuffled.fit(X, Y, 8, 1, 0, sample_weight=weights, seed=6)
    other = in_order.fit(X[order], Y[order], 8, 1, 0, sample_weight=weights[order], shuffle=False)
    assert one.history == other.history
    assert equal(shuffled.get_weights(), in_order.get_weights())


def test_validation_is_not_weighted_by_class():
    models = [compiled() for _ in range(2)]
    for model, class_weight in zip(models, (None, {0: 0.0, 1: 0.0, 2: 0.0}), strict=True):
        model.compile(nn.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
        model.fit(X, Y, verbose=0, validation_split=0.4, class_weight=class_weight)
    first, second = (model.history.history for model in models)
    assert second["loss"] == [0.0]
    assert second["val_loss"] == first["val_loss"]


@pytest.mark.parametrize("one_hot", [False, True])
def test_class_weights_are_sample_weights_by_class(one_hot):
    loss = "categorical_crossentropy" if one_hot else "sparse_categorical_crossentropy"
    y = np.eye(3)[Y] if one_hot else Y
    given = np.random.default_rng(0).random(50)
    by_class, by_row = compiled(loss=loss), compiled(loss=loss)
    one = by_class.fit(X, y, 8, 2, 0, class_weight={0: 3, 2: 0.5}, sample_weight=given, seed=0)
    rows = np.array([3, 1, 0.5])[Y] * given
    other = by_row.fit(X, y, 8, 2, 0, sample_weight=rows, seed=0)
    assert one.history["loss"] == pytest.approx(other.history["loss"], rel=1e-6)
    assert one.history["accuracy"] == other.history["accuracy"]


def test_a_row_of_weight_zero_teaches_nothing_and_metrics_are_unweighted():
    kept = np.arange(50) < 25
    all_rows, half = compiled(), compiled()
    weights = np.where(kept, 2.0, 0.0)
    history = all_rows.fit(X, Y, 50, 1, 0, sample_weight=weights, shuffle=False).history
    half.fit(X[kept], Y[kept], 25, 1, 0, shuffle=False)
    for a, b in zip(all_rows.get_weights(), half.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    assert history["accuracy"] == [compiled().evaluate(X, Y)[1]]


# --- callbacks ----------------------------------------------------------------------------------


class Diary(nn.callbacks.Callback):
    """Writes every call down."""

    def __init__(self, name="", pages=None):
        self.name, self.pages = name, [] if pages is None else pages

    def note(self, what, number=None, logs=None):
        self.pages.append((self.name + what, number, sorted(logs or {})))

    def on_train_begin(self, logs=None):
        self.note("train begins")

    def on_train_end(self, logs=None):
        self.note("train ends")

    def on_epoch_begin(self, epoch, logs=None):
        self.note("epoch begins", epoch)

    def on_epoch_end(self, epoch, logs=None):
        self.note("epoch ends", epoch, logs)

    def on_train_batch_begin(self, batch, logs=None):
        self.note("batch begins", batch)

    def on_train_batch_end(self, batch, logs=None):
        self.note("batch ends", batch, logs)


def test_callbacks_are_called_in_order():
    diary = Diary()
    compiled().fit(X, Y, 25, 2, 0, callbacks=[diary], validation_split=0.5)
    numbers = ["accuracy", "loss"]
    one_epoch = [
        ("epoch begins", 0, []),
        ("batch begins", 0, []),
        ("batch ends", 0, numbers),
        ("epoch ends", 0, [*numbers, "val_accuracy", "val_loss"]),
    ]
    second = [(what, 1 if "epoch" in what else 0, names) for what, _, names in one_epoch]
    begin, end = ("train begins", None, []), ("train ends", None, [])
    assert diary.pages == [begin, *one_epoch, *second, end]


def test_several_callbacks_take_turns_in_the_order_given():
    pages = []
    compiled().fit(X, Y, 50, 1, 0, callbacks=[Diary("a ", pages), Diary("b ", pages)])
    names = [name for name, _, _ in pages]
    assert names[::2] == [name.replace("b ", "a ") for name in names[1::2]]


def test_a_callback_knows_its_model_and_the_plan():
    callback, model = nn.callbacks.Callback(), compiled()
    model.fit(X, Y, 20, epochs=3, initial_epoch=1, verbose=0, callbacks=callback,
              validation_split=0.2)  # fmt: skip
    assert callback.model is model
    assert callback.params["epochs"] == 2
    assert callback.params["steps"] == 2
    assert callback.params["metrics"] == ["loss", "accuracy", "val_loss", "val_accuracy"]


def test_batch_logs_are_running_means_and_end_at_the_epochs_numbers():
    class Means(nn.callbacks.Callback):
        losses = ()

        def on_train_batch_end(self, batch, logs=None):
            self.losses = (*self.losses, logs["loss"])

    means, plain = Means(), compiled()
    with_them, by_hand = compiled(), compiled()
    history = with_them.fit(X, Y, 20, 1, 0, callbacks=[means], shuffle=False).history
    assert history == plain.fit(X, Y, 20, 1, 0, shuffle=False).history
    assert means.losses[-1] == history["loss"][-1]
    losses = [by_hand.train_on_batch(X[i : i + 20], Y[i : i + 20])[0] for i in (0, 20, 40)]
    expected = [losses[0], np.mean(losses[:2]), (20 * losses[0] + 20 * losses[1] + 10 * losses[2])
                / 50]  # fmt: skip
    assert means.losses == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("hook", ["on_train_batch_end", "on_epoch_end", "on_epoch_begin"])
def test_stop_training_stops(hook):
    class Stop(nn.callbacks.Callback):
        pass

    def stop(self, number, logs=None):
        self.model.stop_training = True

    setattr(Stop, hook, stop)
    diary, model = Diary(), compiled()
    model.fit(X, Y, 10, 5, 0, callbacks=[diary, Stop()], validation_split=0.2)
    batches = sum(name == "batch ends" for name, _, _ in diary.pages)
    assert batches == (4 if hook == "on_epoch_end" else 1)
    assert model.history.epoch == [0]
    assert diary.pages[-1][0] == "train ends"
    model.fit(X, Y, epochs=2, verbose=0)
    assert model.history.epoch == [0, 1]


def scripted(losses, **options):
    """EarlyStopping shown these val_losses: the epochs that ran, and the best one's number."""

    class Script(nn.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["val_loss"] = losses[epoch]
            self.model.set_weights([np.full_like(w, epoch) for w in self.model.get_weights()])

    model, stopping = compiled(optimizer="sgd"), nn.callbacks.EarlyStopping(**options)
    model.fit(X, Y, epochs=len(losses), verbose=0, callbacks=[Script(), stopping])
    return len(model.history.epoch), model.get_weights()[0].flat[0]


@pytest.mark.parametrize(
    ("options", "epochs", "weights_of"),
    [
        ({}, 3, 2),
        ({"patience": 1}, 3, 2),
        ({"patience": 2}, 4, 3),
        ({"patience": 3}, 8, 7),
        ({"patience": 2, "restore_best_weights": True}, 4, 1),
        ({"patience": 9, "restore_best_weights": True}, 8, 4),
        ({"patience": 2, "min_delta": 0.5}, 3, 2),
        ({"patience": 2, "start_from_epoch": 3}, 7, 6),
        ({"patience": 3, "baseline": 3.2}, 3, 2),
        ({"patience": 2, "baseline": 4.2}, 4, 3),
        ({"patience": 1, "mode": "max"}, 2, 1),
    ],
)
def test_early_stopping_waits_and_restores_as_asked(options, epochs, weights_of):
    losses = [4.0, 3.75, 4.5, 3.75, 3.0, 3.5, 3.25, 5.0]
    assert scripted(losses, **options) == (epochs, weights_of)


def test_early_stopping_takes_accuracies_for_maxima():
    assert nn.callbacks.EarlyStopping("val_accuracy").sign == 1
    assert nn.callbacks.EarlyStopping("val_loss").sign == -1
    assert nn.callbacks.EarlyStopping("val_loss", mode="max").sign == 1


def test_early_stopping_says_what_it_could_watch():
    with pytest.raises(ValueError, match=r"monitor must be one of loss, accuracy; got 'val_loss'."):
        compiled().fit(X, Y, verbose=0, callbacks=nn.callbacks.EarlyStopping())


def test_early_stopping_may_say_that_it_stopped(capsys):
    stopping = nn.callbacks.EarlyStopping(monitor="loss", mode="max", patience=1, verbose=1)
    compiled().fit(X, Y, epochs=9, verbose=0, callbacks=stopping)
    assert capsys.readouterr().out == "Stopped early after epoch 2.\n"


# --- freezing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("frozen", [(0,), (1,), (0, 1)])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_frozen_layers_keep_their_weights_and_the_others_learn(frozen, momentum):
    model = compiled(optimizer=nn.optimizers.SGD(0.1, momentum))
    model.fit(X, Y, verbose=0)
    for i in frozen:
        model.layers[i].trainable = False
    before = [layer.get_weights() for layer in model.layers]
    model.fit(X, Y, epochs=2, verbose=0)
    for i, layer in enumerate(model.layers):
        assert equal(layer.get_weights(), before[i]) == (i in frozen)
    for i in frozen:
        model.layers[i].trainable = True
    model.fit(X, Y, verbose=0)
    assert not any(equal(la.get_weights(), b) for la, b in zip(model.layers, before, strict=True))


def test_a_model_may_be_frozen_as_a_whole():
    model = compiled(kernel_regularizer="l2")
    model.trainable = False
    before = model.get_weights()
    model.fit(X, Y, verbose=0)
    assert equal(model.get_weights(), before)
    assert not model.trainable
    model.trainable = True
    model.fit(X, Y, verbose=0)
    assert not equal(model.get_weights(), before)


def test_a_layer_added_between_fits_is_trained_too():
    model = compiled()
    model.fit(X, Y, verbose=0)
    model.add(Dense(3, "softmax"))
    before = model.layers[-1].get_weights()
    model.fit(X, Y, verbose=0)
    assert not equal(model.layers[-1].get_weights(), before)


# --- one batch, evaluate, predict ---------------------------------------------------------------


def test_train_on_batch_returns_the_numbers_from_before_its_update():
    model = compiled()
    before = model.evaluate(X, Y)
    assert model.train_on_batch(X, Y) == pytest.approx(before)
    assert model.evaluate(X, Y)[0] < before[0]
    as_dict = model.train_on_batch(X, Y, return_dict=True)
    assert list(as_dict) == ["loss", "accuracy"]
    assert isinstance(compiled(metrics=()).train_on_batch(X, Y), float)


def test_train_on_batch_takes_weights_of_rows_and_classes():
    by_row, by_class = compiled(metrics=()), compiled(metrics=())
    loss = by_row.train_on_batch(X, Y, sample_weight=np.where(Y == 1, 2.0, 1.0))
    assert loss == pytest.approx(by_class.train_on_batch(X, Y, class_weight={1: 2.0}))
    assert equal(by_row.get_weights(), by_class.get_weights())


def test_evaluate_gives_a_number_a_list_or_a_dict():
    assert isinstance(compiled(metrics=()).evaluate(X, Y), float)
    loss, accuracy = compiled().evaluate(X, Y)
    assert compiled().evaluate(X, Y, return_dict=True) == {"loss": loss, "accuracy": accuracy}
    p = compiled().predict(X).astype(float)
    assert loss == pytest.approx(-np.log(p[np.arange(50), Y]).mean(), rel=1e-6)
    assert accuracy == (p.argmax(axis=1) == Y).mean()


@pytest.mark.parametrize("batch_size", [1, 3, 50, 1000])
def test_evaluate_and_predict_do_not_depend_on_the_batch_size(batch_size):
    model = compiled()
    expected = model.evaluate(X, Y)
    assert model.evaluate(X, Y, batch_size=batch_size) == pytest.approx(expected, rel=1e-6)
    predictions = model.predict(X, batch_size=batch_size)
    np.testing.assert_allclose(predictions, model.predict(X), rtol=1e-6)
    np.testing.assert_allclose(predictions, model(X), rtol=1e-6)


def test_evaluate_and_predict_change_nothing():
    model = compiled()
    model.fit(X, Y, verbose=0)
    before = state(model)
    model.evaluate(X, Y)
    model.predict(X)
    model(X)
    assert_same_state(model, before)


def test_more_rows_than_an_inference_batch_are_evaluated_whole():
    x, y = blobs(700)
    model = compiled()
    p = model.predict(x)
    np.testing.assert_allclose(p[600:], model.predict(x[600:]), rtol=1e-6)
    loss = model.evaluate(x, y)[0]
    assert loss == pytest.approx(-np.log(p[np.arange(700), y].astype(float)).mean(), rel=1e-6)


def test_predictions_stay_as_they_were_given():
    model = compiled()
    first, called = model.predict(X), model(X)
    kept = first.copy()
    model.predict(X + 1)
    model.fit(X, Y, verbose=0)
    np.testing.assert_array_equal(first, kept)
    np.testing.assert_array_equal(called, kept)


@pytest.mark.parametrize("last", ["softmax", "sigmoid"])
def test_metrics_see_predictions_where_the_loss_works_on_logits(last):
    loss = {"softmax": "categorical_crossentropy", "sigmoid": "binary_crossentropy"}[last]
    model = nn.Sequential([Dense(3, last, input_shape=(4,))], seed=0)
    model.compile(nn.optimizers.SGD(0.1), loss, ["mse", "accuracy"])
    targets = np.eye(3)[Y]
    squares = ((model.predict(X) - targets) ** 2).mean()
    assert model.train_on_batch(X, targets)[1] == pytest.approx(squares, rel=1e-5)
    squares = ((model.predict(X) - targets) ** 2).mean()
    assert model.evaluate(X, targets)[1] == pytest.approx(squares, rel=1e-5)


# --- kinds of input -----------------------------------------------------------------------------


def kinds_of_input():
    wide = np.repeat(X, 2, axis=1)
    locked, locked_y = X.copy(), Y.copy()
    locked.setflags(write=False)
    locked_y.setflags(write=False)
    return {
        "lists": (X.tolist(), Y.tolist()),
        "float64": (X.astype(np.float64), Y.astype(np.int32)),
        "Fortran order": (np.asfortranarray(X), Y),
        "strided": (wide[:, ::2], np.repeat(Y, 2)[::2]),
        "read-only": (locked, locked_y),
        "labels uint8 in a column": (X, Y.astype(np.uint8)[:, None]),
        "big-endian": (X.astype(">f4"), Y.astype(">i4")),
    }


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("kind", kinds_of_input())
def test_any_kind_of_input_gives_the_same_and_is_left_alone(kind, shuffle):
    x, y = kinds_of_input()[kind]
    kept = np.array(x), np.array(y)
    usual, other = compiled(), compiled()
    usual.fit(X, Y, 8, 2, 0, shuffle=shuffle, seed=0, validation_split=0.2)
    other.fit(x, y, 8, 2, 0, shuffle=shuffle, seed=0, validation_split=0.2)
    assert usual.history.history == other.history.history
    assert equal(usual.get_weights(), other.get_weights())
    np.testing.assert_array_equal(usual.predict(X), other.predict(x))
    np.testing.assert_array_equal(x, kept[0])
    np.testing.assert_array_equal(y, kept[1])


def test_pixels_as_bytes_are_taken_for_their_numbers():
    pixels = np.random.default_rng(0).integers(0, 256, (20, 4), dtype=np.uint8)
    model = classifier()
    np.testing.assert_array_equal(model.predict(pixels), model.predict(pixels.astype(np.float32)))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_model_computes_and_predicts_in_its_own_precision(dtype):
    model = compiled(dtype=dtype)
    model.fit(X.astype(np.float64), Y, epochs=2, verbose=0, seed=0)
    assert model.predict(X).dtype == dtype
    assert {w.dtype for w in model.weights} == {np.dtype(dtype)}
    assert {g.dtype for la in model.layers for g in la.gradients.values()} == {np.dtype(dtype)}


def test_both_precisions_walk_the_same_path_nearly():
    single, double = compiled(), compiled(dtype="float64")
    one = single.fit(X, Y, 8, 5, 0, seed=0).history["loss"]
    other = double.fit(X.astype(np.float64), Y, 8, 5, 0, seed=0).history["loss"]
    assert one == pytest.approx(other, rel=1e-4)
    assert one != other


# --- when it goes wrong -------------------------------------------------------------------------


def diverging(**options):
    model = nn.Sequential([Dense(8, "relu", input_shape=(4,)), Dense(1)], seed=0)
    model.compile(nn.optimizers.SGD(0.01, momentum=0.5), "mse")
    return model


class RaiseTheRate(nn.callbacks.Callback):
    """Sensible for two epochs, then far too fast."""

    def __init__(self, rate):
        self.rate = rate

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2:
            self.kept = self.model.get_weights()
            self.model.optimizer.learning_rate = self.rate


@pytest.mark.parametrize("rate", [1e3, 1e30, 3e38])
@pytest.mark.parametrize("batch_size", [5, 40])
def test_a_diverging_fit_names_the_learning_rate_and_goes_back(rate, batch_size):
    model, raising = diverging(), RaiseTheRate(rate)
    with pytest.raises(FloatingPointError, match=r"training diverged.*learning_rate=.*try"):
        model.fit(X, Y.astype(float), batch_size, 300, 0, callbacks=[raising, KeepLast()],
                  validation_split=0.2)  # fmt: skip
    completed = len(model.history.epoch)
    assert completed >= 2
    assert all(len(values) == completed for values in model.history.history.values())
    assert np.isfinite(model.history.history["loss"]).all()
    assert np.isfinite(model.history.history["val_loss"]).all()
    assert all(np.isfinite(w).all() for w in model.get_weights())
    assert equal(model.get_weights(), KeepLast.weights)
    model.optimizer.learning_rate = 1e-6
    if completed == 2:
        model.fit(X, Y.astype(float), batch_size, 1, 0)
        assert np.isfinite(model.history.history["loss"]).all()


class KeepLast(nn.callbacks.Callback):
    """The weights at the end of the last complete epoch."""

    def on_epoch_end(self, epoch, logs=None):
        KeepLast.weights = self.model.get_weights()


def test_a_fit_whose_validation_overflows_goes_back_too():
    model = diverging()
    model.fit(X, Y.astype(float), verbose=0)
    before = model.get_weights()
    with pytest.raises(FloatingPointError, match=r"diverged.*learning_rate=0.01"):
        model.fit(X, Y.astype(float), verbose=0, validation_data=(X, np.full(50, 1e30)))
    assert equal(model.get_weights(), before)
    assert model.history.history == {"loss": [], "val_loss": []}


class Interrupt(nn.callbacks.Callback):
    """Ctrl-C in the middle of the second epoch."""

    def __init__(self, hook):
        self.hook, self.epoch = hook, 0

    def on_train_begin(self, logs=None):
        if self.hook == "on_train_begin":
            raise KeyboardInterrupt

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.hook == "on_train_batch_end" and (self.epoch, batch) == (1, 1):
            self.kept = self.model.get_weights()
            raise KeyboardInterrupt


@pytest.mark.parametrize("hook", ["on_train_begin", "on_train_batch_end"])
def test_an_interrupt_keeps_what_was_reached_and_closes_the_bar(hook, monkeypatch):
    closed = []
    close = nn.callbacks.ProgressBar.close
    monkeypatch.setattr(
        nn.callbacks.ProgressBar, "close", lambda bar: (closed.append(bar), close(bar))
    )
    model, interrupt = compiled(), Interrupt(hook)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, 10, 3, verbose=1, callbacks=interrupt, seed=0)
    assert len(closed) == 1
    assert closed[0].bar.disable
    if hook == "on_train_batch_end":
        assert model.history.epoch == [0]
        assert len(model.history.history["loss"]) == 1
        assert equal(model.get_weights(), interrupt.kept)
        assert not equal(model.get_weights(), compiled().get_weights())
    model.fit(X, Y, verbose=0)


# --- what is shown ------------------------------------------------------------------------------


def test_verbose_0_is_silent(capfd):
    compiled().fit(X, Y, epochs=2, verbose=0)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("verbose", [1, "auto"])
def test_verbose_1_is_a_bar_on_stderr(capfd, verbose):
    compiled().fit(X, Y, 10, epochs=3, verbose=verbose)
    out, err = capfd.readouterr()
    assert out == ""
    assert "Epoch 3/3: 100%" in err
    assert "15/15" in err
    assert "accuracy: " in err


def test_verbose_2_is_a_line_per_epoch_on_stdout(capfd):
    model = compiled()
    history = model.fit(X, Y, epochs=4, initial_epoch=2, verbose=2, validation_split=0.2).history
    out, err = capfd.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"Epoch 4/4 - loss: {history['loss'][1]:.4f} - accuracy: ")
    assert lines[1].endswith(f"val_accuracy: {history['val_accuracy'][1]:.4f}")


# --- threads and imports ------------------------------------------------------------------------


def blas_threads():
    return [i["num_threads"] for i in threadpool_info() if i["user_api"] == "blas"]


class CountThreads(nn.callbacks.Callback):
    """How many BLAS threads a fit runs on."""

    def on_epoch_end(self, epoch, logs=None):
        self.threads = blas_threads()


@pytest.mark.parametrize("outside", [1, 2])
@pytest.mark.parametrize("asked", [None, 1, 2])
def test_a_fit_sets_its_threads_and_gives_the_callers_back(outside, asked):
    counter = CountThreads()
    with threadpool_limits(outside, user_api="blas"):
        before = blas_threads()
        compiled().fit(X, Y, verbose=0, callbacks=counter, threads=asked)
        assert set(counter.threads) == {asked or 1}
        assert blas_threads() == before


def test_a_large_network_keeps_the_callers_threads(monkeypatch):
    monkeypatch.setattr("dlcore.nn.threads.SMALL", 1)
    counter = CountThreads()
    with threadpool_limits(2, user_api="blas"):
        compiled().fit(X, Y, verbose=0, callbacks=counter)
        assert set(counter.threads) == {2}


def test_threads_come_back_after_a_failure():
    before = blas_threads()
    with pytest.raises(KeyboardInterrupt):
        compiled().fit(X, Y, verbose=0, callbacks=Interrupt("on_train_begin"), threads=1)
    with pytest.raises(FloatingPointError):
        diverging().fit(X, Y.astype(float), verbose=0, callbacks=RaiseTheRate(1e30), epochs=99)
    assert blas_threads() == before


@pytest.mark.parametrize("module", ["dlcore", "dlcore.nn", "dlcore.steps", "dlcore.rules.losses"])
def test_imports_stay_light(module):
    heavy = ("matplotlib", "tqdm", "sklearn", "pooch", "IPython", "ipywidgets", "mlxtend", "pandas")
    code = f"import sys, {module}; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

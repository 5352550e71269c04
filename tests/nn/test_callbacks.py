"""What the callbacks promise: rates that fall, files that are written, fits that end in peace."""

import csv
import re

import numpy as np
import pytest

from dlcore import nn
from dlcore.nn import callbacks
from tests.nn.small import blobs, compiled, equal

X, Y = blobs(20)
LOSSES = [4.0, 3.0, 3.5, 3.2, 2.0, 2.5, 2.6, 2.7, 2.8, 1.0]


class Script(callbacks.Callback):
    """Puts these val_losses into the logs, and the epoch's number into every weight."""

    def __init__(self, losses=LOSSES):
        self.losses = losses

    def on_epoch_end(self, epoch, logs=None):
        logs["val_loss"] = self.losses[epoch]
        self.model.set_weights([np.full_like(w, epoch) for w in self.model.get_weights()])


def scripted(callback, losses=LOSSES, rate=0.5, **options):
    model = compiled(optimizer=nn.optimizers.SGD(rate), **options)
    model.fit(X, Y, 20, len(losses), 0, callbacks=[Script(losses), callback])
    return model


# --- rates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "reduced_after"),
    [
        ({"patience": 1}, [2, 3, 5, 6, 7, 8]),
        ({"patience": 2}, [3, 6, 8]),
        ({"patience": 3}, [7]),
        ({"patience": 10}, []),
        ({"patience": 1, "cooldown": 2}, [2, 5, 7]),
        ({"patience": 1, "min_delta": 1.5}, [1, 2, 3, 5, 6, 7, 8, 9]),
        ({"patience": 1, "mode": "max"}, list(range(1, 10))),
        ({"patience": 1, "min_lr": 0.1}, [2, 3, 5]),
    ],
)
def test_reduce_lr_on_plateau_waits_and_then_multiplies(options, reduced_after):
    model = scripted(callbacks.ReduceLROnPlateau(factor=0.5, **options))
    rates, rate = [], 0.5
    for epoch in range(10):
        rates.append(rate)  # a reduction after an epoch shows in the next one's numbers
        if epoch in reduced_after:
            rate = max(rate * 0.5, options.get("min_lr", 0.0))
    assert model.history.history["learning_rate"] == pytest.approx(rates)
    assert model.optimizer.learning_rate == pytest.approx(rate)


def test_reduce_lr_begins_each_fit_anew_and_may_say_what_it_does(capsys):
    callback = callbacks.ReduceLROnPlateau(patience=1, verbose=1)
    for _ in range(2):
        scripted(callback, [2.0, 3.0])
    assert capsys.readouterr().out.splitlines() == ["Epoch 2: the rate is reduced to 0.05."] * 2


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (lambda epoch, rate: rate / 2, [0.25, 0.125, 0.0625]),
        (lambda epoch: 0.1 * (epoch + 1), [0.1, 0.2, 0.3]),
        (lambda epoch, rate=7.0: rate / 2, [0.25, 0.125, 0.0625]),
        (min, [0, 0, 0]),
    ],
)
def test_learning_rate_scheduler_sets_the_rate_before_each_epoch(schedule, expected, capsys):
    model = scripted(callbacks.LearningRateScheduler(schedule, verbose=1), [1.0] * 3)
    assert model.history.history["learning_rate"] == pytest.approx(expected)
    assert capsys.readouterr().out.startswith(
        f"Epoch 1: the learning rate is set to {expected[0]:g}"
    )


def test_an_error_inside_a_schedule_is_told_and_not_taken_for_another_signature():
    with pytest.raises(TypeError, match="unsupported operand"):
        scripted(callbacks.LearningRateScheduler(lambda epoch, rate: rate + "x"))


# --- files --------------------------------------------------------------------------------------


def saved(folder, model):
    """{name: the epoch whose weights the file holds}."""
    found = {}
    for path in sorted(folder.iterdir()):
        model.load_weights(path)
        found[path.name] = model.get_weights()[0].flat[0]
    return found


def test_model_checkpoint_names_a_file_for_each_epoch(tmp_path):
    path = tmp_path / "new" / "w.{epoch:02d}-{val_loss:.2f}.npz"
    model = scripted(callbacks.ModelCheckpoint(path))
    expected = {f"w.{i + 1:02d}-{loss:.2f}.npz": i for i, loss in enumerate(LOSSES)}
    assert saved(tmp_path / "new", model) == expected


@pytest.mark.parametrize(
    ("options", "epochs"),
    [
        ({}, [1, 2, 5, 10]),
        ({"mode": "max"}, [1]),
        ({"initial_value_threshold": 2.2}, [5, 10]),
        ({"initial_value_threshold": 0.5}, []),
    ],
)
def test_model_checkpoint_may_save_only_what_is_better(tmp_path, options, epochs):
    callback = callbacks.ModelCheckpoint(
        tmp_path / "{epoch:02d}.npz", save_best_only=True, **options
    )
    model = scripted(callback)
    assert saved(tmp_path, model) == {f"{e:02d}.npz": e - 1 for e in epochs}


def test_model_checkpoint_watches_an_accuracy_upwards(tmp_path):
    checkpoint = callbacks.ModelCheckpoint(tmp_path / "best.npz", "val_accuracy",
                                           save_best_only=True)  # fmt: skip
    assert checkpoint.sign == 1
    model = compiled()
    history = model.fit(X, Y, 5, 8, 0, callbacks=checkpoint, validation_data=(X, Y), seed=0).history
    model.load_weights(tmp_path / "best.npz")
    assert model.evaluate(X, Y, return_dict=True)["accuracy"] == max(history["val_accuracy"])


def test_model_checkpoint_may_save_after_so_many_batches(tmp_path):
    checkpoint = callbacks.ModelCheckpoint(tmp_path / "{epoch}-{batch}.npz", save_freq=3)
    compiled().fit(X, Y, 5, 2, 0, callbacks=checkpoint)  # 4 batches, twice
    assert sorted(p.name for p in tmp_path.iterdir()) == ["1-3.npz", "2-2.npz"]


def test_only_a_checkpoint_that_counts_batches_has_every_loss_worked_out(tmp_path):
    from dlcore.nn.training import _overriding

    each, counting = (
        callbacks.ModelCheckpoint(tmp_path / "w.npz", save_freq=f) for f in ("epoch", 2)
    )
    assert _overriding([each, counting], "on_train_batch_end") == [counting]


def test_model_checkpoint_may_say_what_it_does(tmp_path, capsys):
    path = tmp_path / "w.npz"
    scripted(callbacks.ModelCheckpoint(path, verbose=1, save_best_only=True), [2.0, 3.0])
    first, second = capsys.readouterr().out.splitlines()
    assert first.endswith(f"improved from inf to 2.00000, weights saved to {path}.")
    assert second == "Epoch 2: val_loss did not improve from 2.00000."


def test_csv_logger_writes_a_row_for_each_epoch_and_may_go_on(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("old")
    first = compiled().fit(X, Y, epochs=3, verbose=0, validation_split=0.2,
                           callbacks=callbacks.CSVLogger(path)).history  # fmt: skip
    compiled().fit(X, Y, epochs=2, verbose=0, validation_split=0.2,
                   callbacks=callbacks.CSVLogger(path, append=True))  # fmt: skip
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["epoch", "accuracy", "loss", "val_accuracy", "val_loss"]
    assert [row["epoch"] for row in rows] == ["0", "1", "2", "0", "1"]
    assert [float(row["val_loss"]) for row in rows[:3]] == first["val_loss"]


def test_csv_logger_keeps_the_rows_of_a_fit_that_was_interrupted(tmp_path):
    def interrupt(epoch, logs):
        if epoch == 2:
            raise KeyboardInterrupt

    path = tmp_path / "log.tsv"
    with pytest.raises(KeyboardInterrupt):
        both = [callbacks.CSVLogger(path, separator="\t"), callbacks.LambdaCallback(interrupt)]
        compiled().fit(X, Y, epochs=5, verbose=0, callbacks=both)
    lines = path.read_text().splitlines()
    assert lines[0].split("\t") == ["epoch", "accuracy", "loss", "val_accuracy", "val_loss"]
    assert len(lines) == 3
    assert lines[2].endswith("\tNA\tNA")


# --- functions ----------------------------------------------------------------------------------


def test_lambda_callback_calls_each_function_as_its_hook():
    seen = []
    hooks = {
        "on_epoch_begin": lambda epoch, logs: seen.append(f"epoch {epoch}"),
        "on_epoch_end": lambda epoch, logs: seen.append(sorted(logs)),
        "on_train_begin": lambda logs: seen.append("begin"),
        "on_train_end": lambda logs: seen.append("end"),
        "on_train_batch_begin": lambda batch, logs: seen.append(f"batch {batch}"),
        "on_train_batch_end": lambda batch, logs: seen.append(logs["loss"] > 0),
    }
    compiled().fit(X, Y, 10, 1, 0, callbacks=callbacks.LambdaCallback(**hooks))
    assert seen == [
        "begin",
        "epoch 0",
        "batch 0",
        True,
        "batch 1",
        True,
        ["accuracy", "loss"],
        "end",
    ]


def test_a_lambda_callback_without_functions_changes_nothing():
    with_it, without = compiled(), compiled()
    with_it.fit(X, Y, verbose=0, seed=0, callbacks=callbacks.LambdaCallback())
    without.fit(X, Y, verbose=0, seed=0)
    assert equal(with_it.get_weights(), without.get_weights())


def test_what_a_callback_adds_to_the_logs_is_recorded():
    def add(epoch, logs):
        logs["twice"] = 2 * epoch

    model = compiled()
    model.fit(X, Y, epochs=3, verbose=0, callbacks=callbacks.LambdaCallback(on_epoch_end=add))
    assert model.history.history["twice"] == [0, 2, 4]


# --- divergence ---------------------------------------------------------------------------------


def runaway(callback, **options):
    model = nn.Sequential(
        [nn.layers.Dense(8, "relu", input_shape=(4,)), nn.layers.Dense(1)], seed=0
    )
    model.compile(nn.optimizers.Adam(0.01), "mse")
    kept = []

    def burst(epoch, logs):
        if epoch == 2:
            kept.extend(model.get_weights())
            model.set_weights([np.full_like(w, 3e38) for w in model.get_weights()])

    model.fit(X, Y.astype(float), 5, 9, 0, **options, callbacks=[
        callback, callbacks.LambdaCallback(on_epoch_begin=burst)])  # fmt: skip
    return model, kept


@pytest.mark.parametrize("options", [{}, {"validation_split": 0.2}])
def test_terminate_on_nan_ends_a_diverging_fit_without_an_error(capsys, options):
    model, _ = runaway(callbacks.TerminateOnNaN(), **options)
    assert model.stop_training
    assert model.history.epoch == [0, 1]
    assert all(np.isfinite(values).all() for values in model.history.history.values())
    assert all(np.isfinite(w).all() for w in model.get_weights())
    assert re.fullmatch(r"Epoch 3: the \w+ .*; training is terminated.\n", capsys.readouterr().out)
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    model.fit(X, Y.astype(float), verbose=0)
    assert model.history.epoch == [0]


def test_terminate_on_nan_may_raise_all_the_same_and_its_absence_raises():
    for callback in (callbacks.TerminateOnNaN(raise_error=True), callbacks.Callback()):
        with pytest.raises(FloatingPointError, match="diverged in epoch 3"):
            runaway(callback)


# --- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: callbacks.ReduceLROnPlateau(factor=1.0), "factor must be less than 1.*got 1.0"),
        (lambda: callbacks.ReduceLROnPlateau(factor=-1), "factor must be at least 0; got -1"),
        (lambda: callbacks.ReduceLROnPlateau(patience=1.5), "patience must be an integer"),
        (lambda: callbacks.ReduceLROnPlateau(mode="least"), "mode must be one of auto, min, max"),
        (lambda: callbacks.ReduceLROnPlateau(cooldown=-1), "cooldown must be at least 0"),
        (lambda: callbacks.ReduceLROnPlateau(min_lr=-1), "min_lr must be at least 0"),
        (lambda: callbacks.LearningRateScheduler(0.1), "schedule must be a function of the epoch"),
        (lambda: callbacks.ModelCheckpoint("w.h5"), "filepath must end in .npz; got 'w.h5'"),
        (lambda: callbacks.ModelCheckpoint("w.npz", save_weights_only=False),
         "save_weights_only must be True"),
        (lambda: callbacks.ModelCheckpoint("w.npz", save_freq="batch"), "save_freq must be one of"),
        (lambda: callbacks.ModelCheckpoint("w.npz", save_freq=0), "save_freq must be at least 1"),
        (lambda: callbacks.CSVLogger("log.csv", separator=", "), "separator must be one character"),
        (lambda: callbacks.LambdaCallback(on_epoch_end=3), "on_epoch_end must be a function"),
        (lambda: scripted(callbacks.ReduceLROnPlateau("val_los")),
         "monitor must be one of .*val_loss.*; got 'val_los'"),
        (lambda: scripted(callbacks.LearningRateScheduler(lambda epoch: -1.0)),
         "what schedule returns must be at least 0; got -1.0"),
        (lambda: scripted(callbacks.LearningRateScheduler(lambda epoch: None)),
         "what schedule returns must be a number; got None"),
        (lambda: scripted(callbacks.ModelCheckpoint("{vol_loss}.npz")),
         "filepath may name .*val_loss.*; got 'vol_loss'"),
    ],
)  # fmt: skip
def test_a_callback_made_or_used_wrongly_names_the_argument(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


def test_a_schedule_and_a_callback_that_sets_the_rate_do_not_go_together():
    model = compiled(optimizer=nn.optimizers.SGD(nn.optimizers.schedules.CosineDecay(0.1, 9)))
    with pytest.raises(TypeError, match="learning_rate cannot be set"):
        model.fit(X, Y, verbose=0, callbacks=callbacks.LearningRateScheduler(lambda epoch: 0.1))

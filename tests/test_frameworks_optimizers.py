"""dlcore's optimisers, schedules and callbacks beside Keras 3's and PyTorch's.

Left out unless asked for: `pytest -m frameworks`. Keras runs on PyTorch here.
"""

import inspect
import itertools

import numpy as np
import pytest

from dlcore import nn
from dlcore.derivatives import relative_error
from dlcore.nn import schedules
from dlcore.nn.parameters import ParameterVector

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning"),
    # Keras warns of a filepath that it has seen before, and of numbers that are missing
    pytest.mark.filterwarnings("ignore::UserWarning:keras.*"),
]


STEPS = 200
SHAPES = [(4, 3), (3,), (5, 2), (2,)]


def drawn(seed=0, dtype=np.float32):
    """Weights, and for each step gradients whose sizes differ by parameter and step."""
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=shape).astype(dtype) for shape in SHAPES]
    sizes = 10.0 ** rng.uniform(-2, 1, (STEPS, len(SHAPES)))
    grads = [
        [(size * (rng.normal(size=shape) + 0.3)).astype(dtype) for size, shape in zip(row, SHAPES)]  # noqa: B905
        for row in sizes
    ]
    return weights, grads


def our_path(optimizer, weights, grads, *, flat=False):
    """The weights after every step; with flat, through one vector and its parts, as in fit."""
    weights, path = [w.copy() for w in weights], []
    if flat:
        sizes = np.cumsum([0, *(w.size for w in weights)])
        parts = [slice(a, b) for a, b in itertools.pairwise(sizes)]
        vector = np.concatenate([w.ravel() for w in weights])
    for row in grads:
        if flat:
            g = np.concatenate([g.ravel() for g in row])
            optimizer.apply([g], [vector], spend_grads=True, parts=[parts])
            path.append(vector.copy())
        else:
            optimizer.apply(row, weights)
            path.append(np.concatenate([w.ravel() for w in weights]))
    return np.array(path)


def keras_path(keras, optimizer, weights, grads):
    variables, path = [keras.Variable(w) for w in weights], []
    for row in grads:
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in row], variables)
        path.append(np.concatenate([keras.ops.convert_to_numpy(v).ravel() for v in variables]))
    return np.array(path)


OPTIMIZERS = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("SGD", {"weight_decay": 0.1}),
    ("SGD", {"momentum": 0.8, "weight_decay": 0.1, "clipnorm": 1.0}),
    ("Adagrad", {}),
    ("Adagrad", {"learning_rate": 0.1, "initial_accumulator_value": 0.5, "epsilon": 0.01}),
    ("Adagrad", {"learning_rate": 0.1, "weight_decay": 0.05}),
    ("RMSprop", {}),
    ("RMSprop", {"momentum": 0.9}),
    ("RMSprop", {"centered": True}),
    ("RMSprop", {"centered": True, "momentum": 0.5, "rho": 0.8, "epsilon": 1e-3}),
    ("RMSprop", {"weight_decay": 0.1, "learning_rate": 0.01}),
    ("Adam", {}),
    ("Adam", {"amsgrad": True}),
    ("Adam", {"learning_rate": 0.05, "beta_1": 0.7, "beta_2": 0.9, "epsilon": 0.1}),
    ("Adam", {"weight_decay": 0.1}),
    ("AdamW", {}),
    ("AdamW", {"amsgrad": True, "learning_rate": 0.01, "weight_decay": 0.3}),
    *(
        (name, clip)
        for name in ("SGD", "Adagrad", "RMSprop", "Adam", "AdamW")
        for clip in ({"clipnorm": 0.7}, {"clipvalue": 0.2}, {"global_clipnorm": 0.9})
    ),
]


@pytest.mark.parametrize(("name", "options"), OPTIMIZERS)
@pytest.mark.parametrize("flat", [False, True])
def test_200_steps_of_every_optimizer_are_kerass(keras, name, options, flat):
    weights, grads = drawn()
    ours = our_path(getattr(nn.optimizers, name)(**options), weights, grads, flat=flat)
    theirs = keras_path(keras, getattr(keras.optimizers, name)(**options), weights, grads)
    assert ours.dtype == np.float32
    for mine, known in zip(ours, theirs, strict=True):
        assert relative_error(mine, known) < 1e-5
    assert np.abs(ours[-1] - ours[0]).max() > 0.005


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "RMSprop", "Adam", "AdamW"])
def test_the_first_steps_are_kerass_to_the_size_of_the_step(keras, name):
    """What a tolerance on the weights would hide: bias corrections and ε show at first."""
    weights, grads = drawn(1)
    weights = [0 * w for w in weights]
    grads = [[g * 1e-5 for g in row] for row in grads[:5]]
    ours = our_path(getattr(nn.optimizers, name)(), weights, grads)
    theirs = keras_path(keras, getattr(keras.optimizers, name)(), weights, grads)
    for mine, known in zip(ours, theirs, strict=True):
        assert relative_error(mine, known) < 1e-4  # Keras takes 1 - 0.999ᵗ in float32


PYTORCHS = [
    ("SGD", {"weight_decay": None}, "SGD", {}),
    ("SGD", {"momentum": 0.9}, "SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}, "SGD", {"momentum": 0.9, "nesterov": True}),
    ("Adagrad", {"initial_accumulator_value": 0.2, "epsilon": 0.0}, "Adagrad",
     {"initial_accumulator_value": 0.2, "eps": 0.0}),
    ("RMSprop", {"epsilon": 0.0}, "RMSprop", {"alpha": 0.9, "eps": 0.0}),
    ("RMSprop", {"epsilon": 0.0, "momentum": 0.5, "centered": True}, "RMSprop",
     {"alpha": 0.9, "eps": 0.0, "momentum": 0.5, "centered": True}),
    ("Adam", {"epsilon": 0.0}, "Adam", {"eps": 0.0}),
    ("Adam", {"epsilon": 0.0, "amsgrad": True}, "Adam", {"eps": 0.0, "amsgrad": True}),
    ("AdamW", {"epsilon": 0.0, "weight_decay": 0.1}, "AdamW", {"eps": 0.0, "weight_decay": 0.1}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options", "theirs", "their_options"), PYTORCHS)
def test_where_the_formulas_coincide_the_path_is_pytorchs(
    torch, name, options, theirs, their_options
):
    weights, grads = drawn(2, np.float64)
    if options.get("centered"):  # the first variance is 0: without ε it cannot be divided by
        grads, options, their_options = (
            grads,
            options | {"epsilon": 1e-12},
            their_options | {"eps": 1e-6},
        )
    ours = our_path(getattr(nn.optimizers, name)(0.01, **options), weights, grads)
    parameters = [torch.nn.Parameter(torch.from_numpy(w.copy())) for w in weights]
    optimizer = getattr(torch.optim, theirs)(parameters, lr=0.01, **their_options)
    for row, mine in zip(grads, ours, strict=True):
        for parameter, g in zip(parameters, row, strict=True):
            parameter.grad = torch.from_numpy(g.copy())
        optimizer.step()
        known = np.concatenate([p.detach().numpy().ravel() for p in parameters])
        assert relative_error(mine, known) < (1e-4 if options.get("centered") else 1e-10)


@pytest.mark.parametrize("clip", ["clipnorm", "clipvalue", "global_clipnorm"])
@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_a_fit_that_clips_is_kerass_although_ours_keeps_one_vector(keras, clip, name):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(60, 6)).astype(np.float32)
    labels = rng.integers(0, 3, 60)
    models = []
    for library in (nn, keras):
        inputs = nn.Input((6,)) if library is nn else keras.layers.Input((6,))
        model = library.Sequential(
            [
                inputs,
                library.layers.Dense(8, activation="relu"),
                library.layers.Dense(5, activation="tanh", trainable=False),
                library.layers.Dense(3, activation="softmax"),
            ]
        )
        # Adam turns a gradient of almost 0, which rounding decides, into a whole step; ε tames it
        tamed = {"epsilon": 1e-2} if name == "Adam" else {}
        optimizer = getattr(library.optimizers, name)(
            learning_rate=0.05, weight_decay=0.02, **{clip: 0.05}, **tamed
        )
        model.compile(optimizer, "sparse_categorical_crossentropy")
        models.append(model)
    ours, theirs = models
    start = [0.5 * rng.normal(size=w.shape) for w in ours.get_weights()]
    for model in models:
        model.set_weights(start)
        model.fit(x, labels, epochs=5, batch_size=16, shuffle=False, verbose=0)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=2e-5)
    assert isinstance(ours._vector, ParameterVector)


# --- schedules ----------------------------------------------------------------------------------

SCHEDULES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 30, "decay_rate": 0.5}),
    ("ExponentialDecay",
     {"initial_learning_rate": 0.1, "decay_steps": 30, "decay_rate": 0.9, "staircase": True}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 70}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 70, "alpha": 0.2}),
    ("CosineDecay", {"initial_learning_rate": 0.0, "decay_steps": 70, "alpha": 0.1,
                     "warmup_target": 0.3, "warmup_steps": 25}),
    ("CosineDecay", {"initial_learning_rate": 0.2, "decay_steps": 70, "warmup_target": 0.3,
                     "warmup_steps": 0}),
    ("CosineDecay", {"initial_learning_rate": 0.2, "decay_steps": 70, "warmup_steps": 20}),
    ("PiecewiseConstantDecay", {"boundaries": [10, 11, 60], "values": [1.0, 0.5, 0.25, 0.1]}),
    ("PiecewiseConstantDecay", {"boundaries": [50], "values": [0.1, 0.01]}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options"), SCHEDULES)
def test_schedules_give_kerass_rates(keras, name, options):
    theirs = getattr(keras.optimizers.schedules, name)(**options)
    ours = getattr(nn.optimizers.schedules, name)(**options)
    for step in range(150):
        assert ours(step) == pytest.approx(float(theirs(step)), rel=1e-5, abs=1e-8), step


@pytest.mark.parametrize("name", ["ExponentialDecay", "CosineDecay", "PiecewiseConstantDecay"])
def test_schedules_take_kerass_arguments(keras, name):
    ours = inspect.signature(getattr(schedules, name)).parameters
    theirs = inspect.signature(getattr(keras.optimizers.schedules, name)).parameters
    assert [(p, v.default) for p, v in ours.items()] == [(p, v.default) for p, v in theirs.items()]


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW"])
def test_an_optimizer_with_a_schedule_walks_kerass_path(keras, name):
    weights, grads = drawn(3)
    options = {"initial_learning_rate": 0.001, "decay_steps": 50, "warmup_target": 0.05,
               "warmup_steps": 20, "alpha": 0.1}  # fmt: skip

    def made(library):
        schedule = library.optimizers.schedules.CosineDecay(**options)
        return getattr(library.optimizers, name)(schedule, weight_decay=0.1)

    ours, theirs = made(nn), made(keras)
    for mine, known in zip(
        our_path(ours, weights, grads), keras_path(keras, theirs, weights, grads), strict=True
    ):
        assert relative_error(mine, known) < 2e-5
    assert ours.iterations == int(theirs.iterations) == STEPS
    assert ours.learning_rate == pytest.approx(float(theirs.learning_rate))


@pytest.mark.parametrize("strategy", ["cos", "linear"])
@pytest.mark.parametrize("options", [{}, {"pct_start": 0.5, "div_factor": 10.0},
                                     {"final_div_factor": 100.0, "pct_start": 0.15}])  # fmt: skip
def test_one_cycle_is_pytorchs(torch, strategy, options):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    theirs = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 0.5, total_steps=60, anneal_strategy=strategy, cycle_momentum=False, **options
    )
    ours = schedules.OneCycle(0.5, 60, anneal_strategy=strategy, **options)
    for step in range(60):
        assert ours(step) == pytest.approx(theirs.get_last_lr()[0], rel=1e-9), step
        optimizer.step()
        if step < 59:
            theirs.step()


# --- callbacks ----------------------------------------------------------------------------------

UPS_AND_DOWNS = [4.0, 3.75, 4.5, 3.75, 3.0, 3.5, 3.25, 5.0, 2.5, 2.75, 2.74995, 2.6, 2.6, 2.6]


def scripted(library, losses, callback, *, rate=0.5):
    """A model shown these val_losses, whose weights are the epoch's number, and its history."""

    class Script(library.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["val_loss"] = losses[epoch]
            self.model.set_weights([np.full_like(w, epoch) for w in self.model.get_weights()])

    inputs = nn.Input((1,)) if library is nn else library.layers.Input((1,))
    model = library.Sequential([inputs, library.layers.Dense(1)])
    model.compile(library.optimizers.SGD(rate), "mse")
    # a target that is already reached: only the script moves the weights
    history = model.fit(np.zeros((1, 1)), np.zeros((1, 1)), epochs=len(losses), verbose=0,
                        callbacks=[Script(), callback])  # fmt: skip
    return model, history


@pytest.mark.parametrize("losses", [UPS_AND_DOWNS, UPS_AND_DOWNS[::-1], [1.0] * 14])
@pytest.mark.parametrize(
    "options",
    [
        {"patience": 1},
        {"patience": 0},
        {"patience": 2, "factor": 0.5},
        {"patience": 1, "cooldown": 2},
        {"patience": 2, "cooldown": 1, "factor": 0.5},
        {"patience": 1, "min_lr": 0.01},
        {"patience": 1, "min_lr": 0.5},
        {"patience": 2, "min_delta": 0.5},
        {"patience": 2, "min_delta": 0.0},
        {"patience": 2, "mode": "max"},
    ],
)
def test_reduce_lr_on_plateau_does_what_kerass_does(keras, losses, options):
    rates = []
    for library in (nn, keras):
        callback = library.callbacks.ReduceLROnPlateau(**options)
        model, history = scripted(library, losses, callback)
        rates.append([*history.history["learning_rate"], float(model.optimizer.learning_rate)])
    assert rates[0] == pytest.approx(rates[1], rel=1e-5)


@pytest.mark.parametrize(
    "schedule", [lambda epoch, rate: rate * 0.5, lambda epoch: 0.1 / (1 + epoch)]
)
def test_learning_rate_scheduler_does_what_kerass_does(keras, schedule):
    histories = [
        scripted(lib, UPS_AND_DOWNS, lib.callbacks.LearningRateScheduler(schedule))[1].history
        for lib in (nn, keras)
    ]
    assert histories[0]["learning_rate"] == pytest.approx(histories[1]["learning_rate"], rel=1e-5)
    assert sorted(histories[0]) == sorted(histories[1])


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"save_best_only": True},
        {"save_best_only": True, "mode": "max"},
        {"save_best_only": True, "initial_value_threshold": 3.2},
        {"save_best_only": True, "monitor": "loss"},
        {"save_freq": 3},
    ],
)
def test_model_checkpoint_writes_what_kerass_writes(keras, tmp_path, options):
    saved = []
    for library, ending in ((nn, ".npz"), (keras, ".weights.h5")):
        folder = tmp_path / library.__name__
        name = "{epoch:02d}" if "save_freq" in options else "{epoch:02d}-{val_loss:.2f}"
        callback = library.callbacks.ModelCheckpoint(
            folder / "in" / f"{name}{ending}", save_weights_only=True, **options
        )
        model, _ = scripted(library, UPS_AND_DOWNS, callback)
        found = {}
        for path in sorted((folder / "in").iterdir()):
            model.load_weights(path)
            found[path.name.removesuffix(ending)] = model.get_weights()[0].item()
        saved.append(found)
    assert saved[0] == saved[1]
    assert saved[0]


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("validation", [0.0, 0.5])
def test_csv_logger_writes_kerass_rows(keras, tmp_path, separator, validation):
    tables = []
    for library in (nn, keras):
        inputs = nn.Input((1,)) if library is nn else library.layers.Input((1,))
        model = library.Sequential([inputs, library.layers.Dense(1)])
        model.set_weights([np.ones((1, 1)), np.zeros(1)])
        model.compile(library.optimizers.SGD(0.25), "mse", metrics=["mse"])
        path = tmp_path / f"{library.__name__}.csv"
        for append in (False, True, True):
            logger = library.callbacks.CSVLogger(path, separator, append=append)
            model.fit(np.ones((4, 1)), np.ones((4, 1)) * 2, epochs=2, verbose=0, callbacks=[logger],
                      validation_split=validation)  # fmt: skip
        tables.append([line.split(separator) for line in path.read_text().splitlines()])
    columns = [sorted(table[0]) for table in tables]
    assert columns[0] == columns[1]
    assert len(tables[0]) == len(tables[1]) == 7
    for mine, known in zip(tables[0][1:], tables[1][1:], strict=True):
        mine, known = (
            dict(zip(t[0], r, strict=True)) for t, r in zip(tables, (mine, known), strict=True)
        )
        for name, value in known.items():
            if value == "NA":
                assert mine[name] == "NA"
            else:
                assert float(mine[name]) == pytest.approx(float(value), abs=1e-6)


def test_lambda_callback_is_called_as_kerass_is(keras):
    called = []
    for library in (nn, keras):
        seen = []
        hooks = {
            "on_epoch_begin": lambda epoch, logs, seen=seen: seen.append(("eb", epoch)),
            "on_epoch_end": lambda epoch, logs, seen=seen: seen.append(
                ("ee", epoch, "loss" in logs)
            ),
            "on_train_begin": lambda logs, seen=seen: seen.append("begin"),
            "on_train_end": lambda logs, seen=seen: seen.append("end"),
            "on_train_batch_begin": lambda batch, logs, seen=seen: seen.append(("bb", batch)),
            "on_train_batch_end": lambda batch, logs, seen=seen: seen.append(
                ("be", batch, "loss" in logs)
            ),
        }
        callback = library.callbacks.LambdaCallback(**hooks)
        scripted(library, UPS_AND_DOWNS[:3], callback)
        called.append(seen)
    assert called[0] == called[1]


def test_terminate_on_nan_stops_where_kerass_stops(keras, capsys):
    epochs = []
    for library in (nn, keras):

        class Burst(library.callbacks.Callback):
            def on_epoch_begin(self, epoch, logs=None):
                if epoch == 3:
                    self.model.set_weights(
                        [np.full_like(w, 3e38) for w in self.model.get_weights()]
                    )

        inputs = nn.Input((1,)) if library is nn else library.layers.Input((1,))
        model = library.Sequential([inputs, library.layers.Dense(1)])
        model.compile(library.optimizers.SGD(0.1), "mse")
        history = model.fit(np.ones((1, 1)), np.ones((1, 1)), epochs=9, verbose=0,
                            callbacks=[Burst(), library.callbacks.TerminateOnNaN()])  # fmt: skip
        epochs.append([e for e, loss in zip(history.epoch, history.history["loss"], strict=True)
                       if np.isfinite(loss)])  # fmt: skip
        assert model.stop_training
    assert epochs[0] == epochs[1] == [0, 1, 2]

"""dlcore.nn beside PyTorch and Keras 3: from the same weights, the same numbers.

Left out unless asked for: `pytest -m frameworks`. Keras runs on PyTorch here.
"""

import inspect

import numpy as np
import pytest

from dlcore import nn

pytestmark = [
    pytest.mark.frameworks,
    # Keras's own way to ask PyTorch for an array
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning"),
]


def problem(n=70, inputs=6, classes=3, seed=0):
    """Float32 rows and their labels."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, n)
    return (rng.normal(size=(classes, inputs))[labels] + rng.normal(size=(n, inputs))).astype(
        np.float32
    ), labels


# --- PyTorch ------------------------------------------------------------------------------------


def test_the_articles_network_takes_pytorchs_path_for_100_steps(torch):
    x, y = problem(32 * 100, 784, 10)
    x /= 2
    model = nn.Sequential(
        [
            nn.layers.Dense(128, "relu", input_shape=(784,)),
            nn.layers.Dense(64, "relu"),
            nn.layers.Dense(10, "softmax"),
        ],
        seed=0,
    )
    model.compile(nn.optimizers.SGD(0.01), "sparse_categorical_crossentropy")
    theirs = torch.nn.Sequential(
        torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 64), torch.nn.ReLU(),
        torch.nn.Linear(64, 10),
    )  # fmt: skip
    with torch.no_grad():
        for parameter, w in zip(theirs.parameters(), model.get_weights(), strict=True):
            parameter.copy_(torch.from_numpy(w.T))
    optimizer = torch.optim.SGD(theirs.parameters(), lr=0.01)
    for start in range(0, len(x), 32):
        rows = slice(start, start + 32)
        ours = model.train_on_batch(x[rows], y[rows])
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(
            theirs(torch.from_numpy(x[rows])), torch.from_numpy(y[rows])
        )
        loss.backward()
        optimizer.step()
        assert ours == pytest.approx(loss.item(), abs=1e-5)
    for parameter, w in zip(theirs.parameters(), model.get_weights(), strict=True):
        np.testing.assert_allclose(w.T, parameter.detach().numpy(), atol=1e-5)


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum_walks_pytorchs_path_while_the_rate_is_constant(torch, nesterov):
    w, grads = np.ones(5), np.random.default_rng(0).normal(size=(20, 5))
    theirs = torch.ones(5, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([theirs], lr=0.1, momentum=0.9, nesterov=nesterov)
    ours = nn.optimizers.SGD(0.1, 0.9, nesterov)
    for g in grads:
        theirs.grad = torch.from_numpy(g.copy())
        optimizer.step()
        ours.apply([g.copy()], [w])
        np.testing.assert_allclose(w, theirs.detach().numpy(), rtol=1e-12)


# --- Keras: names, arguments and defaults -------------------------------------------------------

OURS_ALONE = {  # arguments that Keras does not have; `**options` are its `**kwargs`
    "Sequential": {"layers", "dtype", "seed"},
    "Sequential.fit": {"seed", "threads"},
    "Sequential.forward": {"activate"},
    "Flatten": {"input_shape", "trainable", "name"},
    "GlobalAveragePooling1D": {"input_shape", "trainable", "name"},
    "MeanSquaredError": {"self"},
    "SimpleRNN": {"truncate"},
    "MultiHeadAttention": {"use_causal_mask"},
}
MODULES = ("activations", "callbacks", "initializers", "layers", "losses", "metrics", "optimizers",
           "regularizers")  # fmt: skip


def shared_names():
    """(module, name) of every public class that Keras may have as well."""
    for module in MODULES:
        for name in getattr(nn, module).__all__:
            if inspect.isclass(getattr(getattr(nn, module), name)):
                yield module, name


@pytest.mark.parametrize(("module", "name"), list(shared_names()))
def test_arguments_and_defaults_are_kerass(keras, module, name):
    if name in ("ProgressBar", "ProgressLines", "InputLayer", "PositionalEmbedding", "Residual",
                "SelfAttention"):  # fmt: skip
        return  # ours alone, or never made by name
    if (module, name) == ("activations", "Activation"):
        return  # Keras's activations are functions
    ours = getattr(getattr(nn, module), name)
    theirs = getattr(getattr(keras, module), name)
    if name in ("Layer", "Loss", "Metric", "Optimizer", "Initializer", "Regularizer", "Callback"):
        return  # base classes: only the name is shared
    unlike = {"save_weights_only"} if name == "ModelCheckpoint" else set()  # ours saves no models
    assert_same_arguments(name, ours, theirs, unlike)


@pytest.mark.parametrize(
    "method",
    ["compile", "fit", "evaluate", "predict", "train_on_batch", "save_weights", "load_weights",
     "get_layer", "add", "pop", "summary", "get_weights", "set_weights", "count_params"],
)  # fmt: skip
def test_methods_of_a_model_take_kerass_arguments(keras, method):
    ours, theirs = getattr(nn.Sequential, method), getattr(keras.Sequential, method)
    unlike = {
        "compile": {"optimizer", "loss"},  # Keras trains without a loss that is named; we insist
        "evaluate": {"x", "y", "verbose"},
        "predict": {"verbose"},
        "fit": {"x", "y"},
        "summary": {"print_fn"},
        "train_on_batch": {"y"},
    }
    assert_same_arguments(f"Sequential.{method}", ours, theirs, unlike.get(method, set()))


def assert_same_arguments(name, ours, theirs, unlike=frozenset()):
    mine, known = (inspect.signature(f).parameters for f in (ours, theirs))
    alone = OURS_ALONE.get(name, set()) | {"options"}  # what every layer takes
    assert [p for p in mine if p not in known and p not in alone] == []
    for argument, parameter in mine.items():
        if argument in known and argument not in unlike:
            assert parameter.default == known[argument].default, argument
    shared = [p for p in mine if p in known and mine[p].kind == mine[p].POSITIONAL_OR_KEYWORD]
    assert shared == [p for p in known if p in shared]


@pytest.mark.parametrize("module", MODULES)
def test_every_name_that_get_takes_is_one_of_kerass(keras, module):
    names = getattr(getattr(nn, module), "NAMES", ())
    for name in names:
        if name != "constant":  # Keras 3.15.1 knows the name, and fails for want of a default
            assert getattr(keras, module).get(name) is not None


@pytest.mark.parametrize("name", nn.regularizers.NAMES)
def test_regularisers_by_name_and_by_argument_are_kerass(keras, name):
    W = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)

    def theirs(regularizer):
        return float(regularizer(keras.ops.convert_to_tensor(W)))

    assert nn.regularizers.get(name)(W) == pytest.approx(
        theirs(keras.regularizers.get(name)), rel=1e-6
    )
    for arguments in ({"l1": 0.3}, {"l2": 0.2}, {"l1": 0.1, "l2": 0.4}):
        expected = theirs(keras.regularizers.L1L2(**arguments))
        assert nn.regularizers.L1L2(**arguments)(W) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", [n for n in nn.initializers.NAMES if n != "constant"])
@pytest.mark.parametrize("shape", [(400, 300), (3, 3, 40, 60)])
def test_initialisers_spread_as_kerass_do(keras, name, shape):
    ours = nn.initializers.get(name)(shape, rng=np.random.default_rng(0))
    keras.utils.set_random_seed(0)
    theirs = keras.ops.convert_to_numpy(keras.initializers.get(name)(shape))
    stddev = float(theirs.std())
    # not the largest: one in some hundred thousand of Keras's truncated draws is not truncated
    limit = float(np.quantile(np.abs(theirs), 0.995))
    assert ours.mean() == pytest.approx(float(theirs.mean()), abs=0.03 * stddev + 1e-9)
    assert ours.std() == pytest.approx(stddev, rel=0.02)
    assert np.quantile(np.abs(ours), 0.995) == pytest.approx(limit, rel=0.03)


# --- Keras: losses and metrics ------------------------------------------------------------------


def loss_cases():
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(8, 3)).astype(np.float32) * 3
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    each = 1 / (1 + np.exp(-logits))
    labels = rng.integers(0, 3, 8)
    rows, soft = np.eye(3, dtype=np.float32)[labels], rng.random((8, 3)).astype(np.float32)
    return [
        ("SparseCategoricalCrossentropy", {}, labels, p),
        ("SparseCategoricalCrossentropy", {"from_logits": True}, labels, logits),
        ("CategoricalCrossentropy", {}, rows, p),
        ("CategoricalCrossentropy", {"from_logits": True}, rows, logits),
        ("BinaryCrossentropy", {}, soft, each),
        ("BinaryCrossentropy", {"from_logits": True}, soft, logits),
        ("BinaryCrossentropy", {}, soft[:, :1], each[:, :1]),
        ("MeanSquaredError", {}, soft, logits),
        ("MeanSquaredError", {}, soft[:, 0], logits[:, :1]),
    ]


@pytest.mark.parametrize(("name", "options", "y", "outputs"), loss_cases())
@pytest.mark.parametrize("weighted", [False, True])
def test_loss_objects_give_kerass_numbers(keras, name, options, y, outputs, weighted):
    weights = np.linspace(0, 2, 8).astype(np.float32) if weighted else None
    theirs = getattr(keras.losses, name)(**options)(
        y if y.ndim > 1 or "Sparse" in name else y[:, None], outputs, sample_weight=weights
    )
    ours = getattr(nn.losses, name)(**options)(y, outputs, sample_weight=weights)
    assert ours == pytest.approx(float(theirs), abs=1e-6, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SparseCategoricalAccuracy", "labels"),
        ("CategoricalAccuracy", "rows"),
        ("BinaryAccuracy", "rows"),
        ("MeanSquaredError", "rows"),
    ],
)
def test_metric_objects_give_kerass_numbers(keras, name, kind):
    rng = np.random.default_rng(2)
    labels, p = rng.integers(0, 3, 50), rng.dirichlet(np.ones(3), 50)
    y = labels if kind == "labels" else np.eye(3)[labels]
    theirs = getattr(keras.metrics, name)()
    theirs.update_state(y, p)
    ours = getattr(nn.metrics, name)()
    assert ours(y, p) == pytest.approx(float(theirs.result()), rel=1e-6)
    assert ours.name == theirs.name


# --- Keras: whole fits --------------------------------------------------------------------------

ONE_HOT = "categorical_crossentropy"
SPARSE = "sparse_categorical_crossentropy"
BINARY = "binary_crossentropy"


def fits():
    """name -> (model and compile options, fit options)."""
    rng = np.random.default_rng(4)
    weights, held_out = rng.random(70), problem(30, seed=9)
    return {
        "plain": ({}, {}),
        "a last smaller batch": ({}, {"batch_size": 16}),
        "one row at a time": ({}, {"batch_size": 1, "epochs": 2}),
        "split": ({}, {"validation_split": 0.3}),
        "split and weights": ({}, {"validation_split": 0.3, "sample_weight": weights}),
        "split and classes": ({}, {"validation_split": 0.3, "class_weight": {0: 3.0, 2: 0.5}}),
        "validation data": ({}, {"validation_data": held_out}),
        "weighted validation data": ({}, {"validation_data": (*held_out, weights[:30])}),
        "row weights": ({}, {"sample_weight": weights}),
        "class weights": ({}, {"class_weight": {0: 3.0, 2: 0.5}}),
        "class weights one-hot": ({"loss": ONE_HOT}, {"class_weight": {0: 3.0, 1: 0.0}}),
        "l2": ({"kernel_regularizer": "l2", "bias_regularizer": "l2"}, {"validation_split": 0.3}),
        "l1": ({"kernel_regularizer": "l1"}, {"sample_weight": weights}),
        "momentum": ({"momentum": 0.9}, {}),
        "nesterov": ({"momentum": 0.9, "nesterov": True}, {}),
        "frozen": ({"frozen": True, "kernel_regularizer": "l2"}, {}),
        "one-hot": ({"loss": ONE_HOT}, {"validation_split": 0.3}),
        "tanh, sigmoid": ({"hidden": "tanh", "last": "sigmoid", "loss": BINARY}, {}),
        "squares": ({"last": "linear", "loss": "mse"}, {"validation_split": 0.3}),
        "softmax and squares": ({"last": "softmax", "loss": "mse"}, {}),
        "softmax and binary": ({"last": "softmax", "loss": BINARY}, {}),
        "one output": ({"last": "sigmoid", "loss": BINARY, "outputs": 1}, {}),
        "one output, squares": ({"last": "linear", "loss": "mse", "outputs": 1}, {}),
        "later epochs": ({}, {"initial_epoch": 2}),
    }


def model_in(library, *, loss=SPARSE, hidden="relu", last="softmax", outputs=3, frozen=False,
             momentum=0.0, nesterov=False, **regularizers):  # fmt: skip
    """The same Sequential, written once, in dlcore.nn or in Keras."""
    model = library.Sequential(
        [
            library.layers.Input((6,)) if library is not nn else nn.Input((6,)),
            library.layers.Dense(8, activation=hidden, **regularizers),
            library.layers.Dense(5, activation=hidden, trainable=not frozen, **regularizers),
            library.layers.Dense(outputs, activation=last),
        ]
    )
    optimizer = library.optimizers.SGD(learning_rate=0.1, momentum=momentum, nesterov=nesterov)
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy", *extra_metrics(loss)])
    return model


def extra_metrics(loss):
    return ["mse"] if loss != SPARSE else ["sparse_categorical_accuracy"]


def targets(labels, loss, outputs):
    if outputs == 1:
        return (labels == 1).astype(np.float32)[:, None]
    return labels if loss == SPARSE else np.eye(3, dtype=np.float32)[labels]


@pytest.mark.parametrize("case", fits())
def test_fit_gives_kerass_history_and_weights(keras, case):
    model_options, fit_options = fits()[case]
    loss, outputs = model_options.get("loss", SPARSE), model_options.get("outputs", 3)
    x, labels = problem()
    y = targets(labels, loss, outputs)
    ours, theirs = model_in(nn, **model_options), model_in(keras, **model_options)
    theirs.set_weights(ours.get_weights())
    fit_options = {"epochs": 4, "verbose": 0, "shuffle": False} | fit_options
    mine, known = ours.fit(x, y, **fit_options), theirs.fit(x, y, **fit_options)
    assert mine.epoch == known.epoch
    assert sorted(mine.history) == sorted(known.history)
    for name, values in known.history.items():
        assert mine.history[name] == pytest.approx(values, abs=1e-5), name
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)
    np.testing.assert_allclose(ours.predict(x), theirs.predict(x, verbose=0), atol=1e-5)
    assert ours.evaluate(x, y) == pytest.approx(theirs.evaluate(x, y, verbose=0), abs=1e-5)


def test_train_on_batch_gives_kerass_numbers(keras):
    x, labels = problem()
    ours, theirs = model_in(nn), model_in(keras)
    theirs.set_weights(ours.get_weights())
    assert ours.train_on_batch(x, labels) == pytest.approx(theirs.train_on_batch(x, labels))
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_a_layer_adopted_by_another_model_is_shared_as_in_keras(keras):
    x, labels = problem()
    first, first_theirs = model_in(nn), model_in(keras)
    first_theirs.set_weights(first.get_weights())
    predictions = []
    for library, model in ((nn, first), (keras, first_theirs)):
        second = library.Sequential([*model.layers[:2], library.layers.Dense(3, "softmax")])
        second.build((6,) if library is nn else (None, 6))
        second.set_weights([np.full_like(w, 0.1) for w in second.get_weights()])
        second.compile(library.optimizers.SGD(0.1), SPARSE)
        second.fit(x, labels, shuffle=False, verbose=0, epochs=2)
        predictions.append(model.predict(x, verbose=0))
    np.testing.assert_allclose(*predictions, atol=1e-5)


# --- Keras: EarlyStopping -----------------------------------------------------------------------

UPS_AND_DOWNS = [4.0, 3.75, 4.5, 3.75, 3.0, 3.5, 3.25, 5.0, 2.5, 2.75]


@pytest.mark.parametrize("losses", [UPS_AND_DOWNS, UPS_AND_DOWNS[::-1], [1.0] * 10])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"patience": 1},
        {"patience": 2},
        {"patience": 4},
        {"patience": 2, "min_delta": 0.5},
        {"patience": 2, "min_delta": -0.5},
        {"patience": 2, "start_from_epoch": 3},
        {"patience": 0, "start_from_epoch": 2},
        {"patience": 3, "baseline": 3.2},
        {"patience": 9, "baseline": 2.0},
        {"patience": 2, "baseline": 4.2},
        {"patience": 2, "mode": "max"},
        {"patience": 2, "mode": "min"},
    ],
)
@pytest.mark.parametrize("restore", [False, True])
def test_early_stopping_does_what_kerass_does(keras, losses, options, restore):
    outcomes = []
    for library in (nn, keras):

        class Script(library.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                logs["val_loss"] = losses[epoch]
                self.model.set_weights([np.full_like(w, epoch) for w in self.model.get_weights()])

        model = library.Sequential(
            [nn.Input((1,)) if library is nn else keras.layers.Input((1,)), library.layers.Dense(1)]
        )
        model.compile("sgd", "mse")
        stopping = library.callbacks.EarlyStopping(restore_best_weights=restore, **options)
        history = model.fit(np.ones((1, 1)), np.ones((1, 1)), epochs=len(losses), verbose=0,
                            callbacks=[Script(), stopping])  # fmt: skip
        outcomes.append(
            (history.epoch, model.get_weights()[0].item(), stopping.stopped_epoch,
             stopping.best_epoch)
        )  # fmt: skip
    assert outcomes[0] == outcomes[1]

"""200 updates of a real network: from the same weights and batches, Keras's path and PyTorch's.

Left out unless asked for: `pytest -m frameworks`. Keras runs on PyTorch, or on the backend that
KERAS_BACKEND names.
"""

import numpy as np
import pytest

from dlcore import nn
from dlcore.derivatives import relative_error
from tests.test_frameworks_optimizers import OPTIMIZERS, SCHEDULES

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning"),
]

SPARSE = "sparse_categorical_crossentropy"
INPUTS, CLASSES, BATCH, STEPS = 12, 3, 16, 200
SHAPES = [(INPUTS, 10), (10,), (10, 6), (6,), (6, CLASSES), (CLASSES,)]


def problem():
    """A batch for every update: overlapping clouds, one for each class."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, CLASSES, STEPS * BATCH)
    x = rng.normal(size=(CLASSES, INPUTS))[labels] + rng.normal(size=(len(labels), INPUTS))
    return x.astype(np.float32), labels


def start():
    """Weights whose first gradients are of ordinary size."""
    rng = np.random.default_rng(1)
    return [(rng.normal(size=shape) / np.sqrt(shape[0])).astype(np.float32) for shape in SHAPES]


def fitted(library, optimizer):
    """The mean loss of 200 updates with this optimiser, and the weights after them."""
    inputs = nn.Input((INPUTS,)) if library is nn else library.layers.Input((INPUTS,))
    model = library.Sequential(
        [
            inputs,
            library.layers.Dense(10, activation="sigmoid"),
            library.layers.Dense(6, activation="tanh"),
            library.layers.Dense(CLASSES, activation="softmax"),
        ]
    )
    model.set_weights(start())
    model.compile(optimizer, SPARSE)
    history = model.fit(*problem(), batch_size=BATCH, shuffle=False, verbose=0).history
    return history["loss"], model.get_weights()


def assert_same_path(ours, theirs):
    (loss, weights), (their_loss, their_weights) = ours, theirs
    assert loss == pytest.approx(their_loss, rel=1e-5)
    for w, known, before in zip(weights, their_weights, start(), strict=True):
        assert w.dtype == np.float32
        assert relative_error(w, known) < 1e-5
        assert relative_error(w, before) > 0.001  # it has gone somewhere


@pytest.mark.parametrize(("name", "options"), OPTIMIZERS)
def test_200_updates_of_a_network_are_kerass_with_every_optimizer(keras, name, options):
    ours, theirs = (fitted(lib, getattr(lib.optimizers, name)(**options)) for lib in (nn, keras))
    assert_same_path(ours, theirs)


def slower(options):
    """The same schedule at a hundredth of its rates: Adam's steps are as long as its rate."""
    rates = {"initial_learning_rate", "warmup_target", "values"} & options.keys()
    return options | {name: (np.asarray(options[name]) / 100).tolist() for name in rates}


@pytest.mark.parametrize(("schedule", "options"), SCHEDULES)
@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_200_updates_of_a_network_are_kerass_under_every_schedule(keras, name, schedule, options):
    def made(library):
        rate = getattr(library.optimizers.schedules, schedule)
        return getattr(library.optimizers, name)(
            rate(**(options if name == "SGD" else slower(options)))
        )

    assert_same_path(fitted(nn, made(nn)), fitted(keras, made(keras)))


# --- PyTorch ------------------------------------------------------------------------------------


def fitted_by_torch(torch, make_optimizer, clip=None):
    """The same in PyTorch, as its tutorials write it."""
    layers = []
    for inputs, units in (shape for shape in SHAPES if len(shape) == 2):
        layers += [torch.nn.Linear(inputs, units), torch.nn.Tanh()]
    layers[1] = torch.nn.Sigmoid()
    model = torch.nn.Sequential(*layers[:-1])
    with torch.no_grad():
        for parameter, w in zip(model.parameters(), start(), strict=True):
            parameter.copy_(torch.from_numpy(w.T))
    optimizer, losses = make_optimizer(torch.optim)(model.parameters()), []
    x, y = map(torch.from_numpy, problem())
    for rows in torch.arange(len(x)).split(BATCH):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        if clip:
            clip(torch.nn.utils, model.parameters())
        optimizer.step()
        losses.append(loss.item())
    return [np.mean(losses)], [p.detach().numpy().T for p in model.parameters()]


TORCHS = {
    "SGD": (
        lambda: nn.optimizers.SGD(0.1),
        lambda optim: lambda p: optim.SGD(p, lr=0.1),
    ),
    # without momentum, decay beside the gradient and decay inside it are the same
    "SGD with decay": (
        lambda: nn.optimizers.SGD(0.1, weight_decay=0.01),
        lambda optim: lambda p: optim.SGD(p, lr=0.1, weight_decay=0.01),
    ),
    "momentum": (
        lambda: nn.optimizers.SGD(0.05, momentum=0.9),
        lambda optim: lambda p: optim.SGD(p, lr=0.05, momentum=0.9),
    ),
    "nesterov": (
        lambda: nn.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
        lambda optim: lambda p: optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
    ),
    "Adagrad": (
        lambda: nn.optimizers.Adagrad(0.05, epsilon=0.0),
        lambda optim: lambda p: optim.Adagrad(p, lr=0.05, initial_accumulator_value=0.1, eps=0.0),
    ),
    "RMSprop": (
        lambda: nn.optimizers.RMSprop(0.001, epsilon=1e-30),
        lambda optim: lambda p: optim.RMSprop(p, lr=0.001, alpha=0.9, eps=1e-15),
    ),
    "RMSprop with momentum": (
        lambda: nn.optimizers.RMSprop(0.001, momentum=0.5, epsilon=1e-30),
        lambda optim: lambda p: optim.RMSprop(p, lr=0.001, alpha=0.9, eps=1e-15, momentum=0.5),
    ),
    "Adam": (
        lambda: nn.optimizers.Adam(epsilon=1e-15),
        lambda optim: lambda p: optim.Adam(p, eps=1e-15),
    ),
    "amsgrad": (
        lambda: nn.optimizers.Adam(epsilon=1e-15, amsgrad=True),
        lambda optim: lambda p: optim.Adam(p, eps=1e-15, amsgrad=True),
    ),
    "AdamW": (
        lambda: nn.optimizers.AdamW(weight_decay=0.1, epsilon=1e-15),
        lambda optim: lambda p: optim.AdamW(p, weight_decay=0.1, eps=1e-15),
    ),
}


@pytest.mark.parametrize("name", TORCHS)
def test_where_the_formulas_coincide_200_updates_are_pytorchs(torch, name):
    ours, theirs = TORCHS[name]
    assert_same_path(fitted(nn, ours()), fitted_by_torch(torch, theirs))


@pytest.mark.parametrize(
    ("ours", "clip"),
    [
        ({"global_clipnorm": 0.3}, lambda utils, p: utils.clip_grad_norm_(p, 0.3)),
        ({"clipvalue": 0.02}, lambda utils, p: utils.clip_grad_value_(p, 0.02)),
        ({"clipnorm": 0.1}, lambda utils, p: [utils.clip_grad_norm_([one], 0.1) for one in p]),
    ],
)
def test_200_clipped_updates_are_pytorchs(torch, ours, clip):
    optimizer = nn.optimizers.SGD(0.1, momentum=0.9, **ours)
    theirs = fitted_by_torch(
        torch, lambda optim: lambda p: optim.SGD(p, lr=0.1, momentum=0.9), clip
    )
    assert_same_path(fitted(nn, optimizer), theirs)

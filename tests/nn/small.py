"""Small data, small models, and how to tell whether a model was changed: for all nn tests."""

import copy

import numpy as np

from dlcore import nn

INPUTS, CLASSES = 4, 3


def blobs(n=60, seed=0, dtype=np.float32):
    """Rows around one centre per class, and their labels: learnt in an epoch or two."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, CLASSES, n)
    centres = np.random.default_rng(1).normal(size=(CLASSES, INPUTS))
    x = 2 * centres[labels] + 0.5 * rng.normal(size=(n, INPUTS))
    return x.astype(dtype), labels


def classifier(*, built=True, seed=0, dtype="float32", **options):
    """4-5-3 with a softmax, not compiled."""
    shape = {"input_shape": (INPUTS,)} if built else {}
    return nn.Sequential(
        [
            nn.layers.Dense(5, activation="tanh", **shape, **options),
            nn.layers.Dense(CLASSES, activation="softmax", **options),
        ],
        seed=seed,
        dtype=dtype,
    )


def compiled(*, optimizer=None, metrics=("accuracy",), loss="sparse_categorical_crossentropy",
             **options):  # fmt: skip
    """The classifier, ready to fit."""
    model = classifier(**options)
    model.compile(optimizer or nn.optimizers.SGD(0.1, momentum=0.9), loss, list(metrics))
    return model


def state(model):
    """Everything a refused call must leave alone, copied."""
    return copy.deepcopy(
        {
            "weights": model.get_weights(),
            "built": [layer.built for layer in model.layers],
            "layers": [layer.name for layer in model.layers],
            "input_shape": model.input_shape,
            "random numbers to come": model._rng.bit_generator.state,
            "optimizer": vars(model.optimizer) if model.optimizer else None,
            "history": model.history and (model.history.epoch, model.history.history),
        }
    )


def assert_same_state(model, before):
    """Every part of the state is as it was."""
    now = state(model)
    for part, was in before.items():
        np.testing.assert_equal(now[part], was, err_msg=part)


def equal(a, b):
    """Whether two lists of weights are the same numbers."""
    return len(a) == len(b) and all(np.array_equal(v, w) for v, w in zip(a, b, strict=True))

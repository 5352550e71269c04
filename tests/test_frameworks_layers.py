"""Every layer beside Keras's: its outputs, its gradients, and what it remembers of the batches.

Left out unless asked for: `pytest -m frameworks`. Keras runs on PyTorch here, which
differentiates its layers.
"""

import numpy as np
import pytest

from dlcore import nn
from dlcore.derivatives import relative_error

pytestmark = [
    pytest.mark.frameworks,
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning"),
]

FLAT, SEQUENCE, IMAGE = (7, 6), (4, 5, 6), (3, 4, 2, 6)


def normal(shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def pair(keras, name, options, shape, **both):
    """Our layer and Keras's, built for inputs of this shape, with the same drawn parameters."""
    layers = [getattr(lib.layers, name)(**options, **both) for lib in (nn, keras)]
    ours, theirs = layers
    ours.ensure_built(shape[1:])
    theirs.build(shape)
    rng = np.random.default_rng(1)
    drawn = [0.5 + rng.random(w.shape) for w in ours.get_weights()]  # variances are positive
    for layer in layers:
        layer.set_weights(drawn)
    return ours, theirs


def both_ways(keras, torch, ours, theirs, x, training):
    """Outputs and gradients of Σ d · output, of ours and of Keras's, by name."""
    y = ours.forward(x, training=training).copy()
    d = normal(y.shape, seed=2)
    mine = {"output": y, "dx": np.array(ours.backward(d.copy()))}
    mine |= {name: g for name, g in ours.gradients.items() if ours.trainable}
    inputs = torch.tensor(x, requires_grad=True)
    outputs = theirs(inputs, training=training) if trains(theirs) else theirs(inputs)
    (outputs * torch.from_numpy(d)).sum().backward()
    known = {"output": outputs.detach(), "dx": inputs.grad}
    known |= {w.name: w.value.grad for w in theirs.trainable_weights}
    return mine, {name: np.asarray(value) for name, value in known.items()}


def trains(layer):
    """Whether the layer does something else in training."""
    return type(layer).__name__ in ("BatchNormalization", "Dropout")


def assert_same(mine, known):
    assert mine.keys() == known.keys()
    for name, value in known.items():
        assert mine[name].dtype == np.float32
        assert relative_error(mine[name], value) < 1e-5, name


LAYERS = [
    *(("Dense", {"units": 4, "activation": name}) for name in nn.activations.NAMES),
    *(("Activation", {"activation": name}) for name in nn.activations.NAMES),
    ("Dense", {"units": 4, "use_bias": False}),
    ("Flatten", {}),
    ("LayerNormalization", {}),
    ("LayerNormalization", {"epsilon": 0.1, "center": False}),
    ("LayerNormalization", {"scale": False}),
    ("BatchNormalization", {}),
    ("BatchNormalization", {"epsilon": 0.1, "center": False}),
    ("BatchNormalization", {"scale": False, "momentum": 0.5}),
]


@pytest.mark.parametrize("shape", [FLAT, SEQUENCE, IMAGE])
@pytest.mark.parametrize(("name", "options"), LAYERS)
@pytest.mark.parametrize("training", [False, True])
def test_outputs_and_gradients_are_kerass(keras, torch, name, options, shape, training):
    layers = pair(keras, name, options, shape)
    mine, known = both_ways(keras, torch, *layers, normal(shape), training)
    assert_same(mine, known)
    if name == "BatchNormalization":
        for w, v in zip(*(layer.get_weights() for layer in layers), strict=True):
            np.testing.assert_allclose(w, v, rtol=1e-6)


@pytest.mark.parametrize("target", [(3, 10), (30,), (2, -1), (-1, 5, 3), (1, 30, 1)])
def test_reshape_gives_kerass_shape_and_sends_the_gradient_back(keras, torch, target):
    layers = pair(keras, "Reshape", {"target_shape": target}, SEQUENCE)
    mine, known = both_ways(keras, torch, *layers, normal(SEQUENCE), False)
    assert_same(mine, known)
    assert layers[0].output_shape == layers[1].compute_output_shape(SEQUENCE)[1:]


@pytest.mark.parametrize("shape", [FLAT, SEQUENCE])
def test_moving_averages_are_kerass_after_every_batch(keras, shape):
    ours, theirs = pair(keras, "BatchNormalization", {"momentum": 0.8}, shape)
    for step in range(12):
        x = 3 * normal(shape, seed=step) + step
        ours(x, training=True)
        theirs(x, training=True)
        for w, v in zip(ours.get_weights(), theirs.get_weights(), strict=True):
            np.testing.assert_allclose(w, v, rtol=1e-5)
    x = normal(shape, seed=99)
    assert relative_error(ours(x), theirs(x).detach().numpy()) < 1e-5


def test_a_frozen_batch_normalization_infers_as_kerass_does(keras, torch):
    ours, theirs = pair(keras, "BatchNormalization", {}, FLAT)
    kept = ours.get_weights()
    ours.trainable = theirs.trainable = False
    mine, known = both_ways(keras, torch, ours, theirs, normal(FLAT), True)
    assert_same(mine, known)
    for layer in (ours, theirs):
        for w, before in zip(layer.get_weights(), kept, strict=True):
            np.testing.assert_array_equal(w, before)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("noise_shape", [None, (None, 1, 6), (1, 500, 6)])
def test_dropout_drops_as_many_as_keras_and_scales_the_rest_alike(keras, rate, noise_shape):
    shape = (400, 500, 6)
    shares, kept = [], []
    for library in (nn, keras):
        layer = library.layers.Dropout(rate, noise_shape=noise_shape, seed=0)
        y = np.asarray(layer(np.ones(shape, np.float32), training=True))
        for axis, size in enumerate(noise_shape or ()):
            if size == 1:  # they share their fate
                assert (y == y.take([0], axis)).all()
        shares.append((y == 0).mean())
        kept.append(np.unique(y[y != 0]))
    fates = np.prod([size or n for size, n in zip(noise_shape or shape, shape, strict=True)])
    spread = np.sqrt(rate * (1 - rate) / fates)
    assert abs(shares[0] - rate) < 4 * spread
    assert abs(shares[1] - rate) < 4 * spread
    np.testing.assert_allclose(*kept, rtol=1e-6)
    assert len(kept[0]) == 1


# --- in a network -------------------------------------------------------------------------------


def network(library, *, frozen, places):
    """Dense layers with both normalisations, one prediction per row or at every place."""
    inputs = nn.Input((5, 6)) if library is nn else library.layers.Input((5, 6))
    end = [] if places else [library.layers.Flatten()]
    model = library.Sequential(
        [
            inputs,
            library.layers.Dense(8, activation="gelu"),
            library.layers.BatchNormalization(momentum=0.7, trainable=not frozen),
            library.layers.Reshape((5, 4, 2)),
            library.layers.Reshape((5, 8)),
            library.layers.Dense(7, activation="elu"),
            library.layers.LayerNormalization(),
            library.layers.Dropout(0.0),
            *end,
            library.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(
        library.optimizers.SGD(0.1, momentum=0.9),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("places", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_fit_with_every_layer_is_kerass(keras, frozen, places, weighted):
    x, rng = normal((48, 5, 6)), np.random.default_rng(3)
    y = rng.integers(0, 3, (48, 5) if places else 48)
    ours, theirs = (network(lib, frozen=frozen, places=places) for lib in (nn, keras))
    theirs.set_weights(ours.get_weights())
    options = {"epochs": 4, "batch_size": 16, "shuffle": False, "verbose": 0}
    options["validation_split"] = 1 / 3
    weights = rng.random(48).astype(np.float32) if weighted else None
    mine = ours.fit(x, y, sample_weight=weights, **options).history
    if weighted and places:  # Keras multiplies (n, 5) losses by what it is given
        weights = weights[:, np.newaxis]
    known = theirs.fit(x, y, sample_weight=weights, **options).history
    assert sorted(mine) == sorted(known)
    for name, values in known.items():
        assert mine[name] == pytest.approx(values, rel=1e-5), name
    for w, v in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        assert relative_error(w, v) < 1e-5
    assert ours.evaluate(x, y) == pytest.approx(theirs.evaluate(x, y, verbose=0), rel=1e-5)
    assert relative_error(ours.predict(x), theirs.predict(x, verbose=0)) < 1e-5

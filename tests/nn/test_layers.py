"""What the parts of a model promise: layers, initialisers, activations, losses, metrics, rules."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore import nn
from dlcore.rules import activations as rules
from tests.nn.small import INPUTS, blobs, classifier, compiled, equal, state

X, Y = blobs(20)
Dense = nn.layers.Dense


# --- layers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", [None, "linear", "relu", "sigmoid", "softmax", "tanh"])
def test_dense_is_its_activation_of_x_W_plus_b(activation):
    layer = Dense(3, activation, bias_initializer="random_normal")
    out = layer(X)
    z = X @ layer.kernel + layer.bias
    expected = z if activation in (None, "linear") else getattr(rules, activation)(z)
    np.testing.assert_allclose(out, expected, rtol=1e-6)
    assert layer.kernel.shape == (INPUTS, 3)
    assert layer.bias.shape == (3,)
    assert layer.output_shape == (3,)


def test_dense_without_bias_has_a_kernel_only():
    layer = Dense(3, use_bias=False, bias_regularizer="l2")
    np.testing.assert_allclose(layer(X), X @ layer.kernel, rtol=1e-6)
    assert layer.bias is None
    assert [w.shape for w in layer.get_weights()] == [(4, 3)]
    assert layer.penalty() == 0
    assert layer.count_params() == 12


def test_dense_works_along_the_last_axis():
    layer = Dense(3, "tanh")
    x = np.random.default_rng(0).normal(size=(5, 2, 4)).astype(np.float32)
    out = layer(x)
    assert out.shape == (5, 2, 3)
    np.testing.assert_allclose(out[:, 1], np.tanh(x[:, 1] @ layer.kernel + layer.bias), rtol=1e-5)


def test_a_called_layer_gives_an_array_of_ones_own():
    layer = Dense(3)
    first = layer(X)
    kept = first.copy()
    layer(X + 1)
    np.testing.assert_array_equal(first, kept)
    same = nn.layers.Activation("linear")(X)
    assert not np.shares_memory(same, X)
    assert not np.shares_memory(nn.layers.Flatten()(X), X)


def test_flatten_makes_rows():
    x = np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_array_equal(nn.layers.Flatten()(x), x.reshape(2, 12))


def test_a_layer_built_for_one_shape_refuses_another():
    layer = Dense(3)
    layer(X)
    with pytest.raises(ValueError, match=r"x must have shape \(n, 4\); got \(20, 3\)"):
        layer(X[:, :3])
    with pytest.raises(ValueError, match="x must be a rectangular array"):
        layer([[1, 2], [3]])


@pytest.mark.parametrize(
    ("given", "kept"), [("f8", "f8"), ("f4", "f4"), ("u1", "f4"), ("i8", "f4")]
)
def test_a_layer_takes_the_precision_of_its_first_floats(given, kept):
    layer = Dense(3)
    assert layer(np.ones((2, 4), given)).dtype == kept
    assert layer.kernel.dtype == kept


def test_the_model_is_its_layers_one_after_the_other():
    model = classifier()
    out = X
    for layer in model.layers:
        out = layer(out)
    np.testing.assert_array_equal(model.predict(X), out)
    np.testing.assert_array_equal(model(X), out)


# --- the model's structure ----------------------------------------------------------------------


def test_three_ways_to_tell_the_input_shape_make_the_same_model():
    def layers(**first):
        return [Dense(5, "tanh", **first), Dense(3, "softmax")]

    models = [
        nn.Sequential(layers(input_shape=(4,)), seed=1),
        nn.Sequential([nn.Input((4,)), *layers()], seed=1),
        nn.Sequential([nn.Input([4]), *layers(input_shape=(4,))], seed=1),
        nn.Sequential(layers(), seed=1),
        nn.Sequential(seed=1),
        nn.Sequential(layers(), seed=1),
    ]
    models[3].predict(X)
    for layer in layers(input_shape=[4]):
        models[4].add(layer)
    models[5].build((4,))
    for model in models:
        assert equal(model.get_weights(), models[0].get_weights())
        assert model.input_shape == (4,)
        assert model.output_shape == (3,)
        assert model.built
        assert model.count_params() == 43


def test_a_known_shape_must_not_be_contradicted():
    with pytest.raises(ValueError, match=r"input_shape of layer 'dense' must be \(4,\).*\(5,\)"):
        nn.Sequential([nn.Input((4,)), Dense(3, input_shape=(5,))])
    with pytest.raises(ValueError, match="an Input must stand first, and only once"):
        nn.Sequential([nn.Input((4,)), nn.Input((4,))])


def test_layers_are_named_by_kind_and_number_or_as_asked():
    model = nn.Sequential([Dense(2), Dense(2), nn.layers.Flatten(), Dense(2, name="last")])
    assert [layer.name for layer in model.layers] == ["dense", "dense_1", "flatten", "last"]
    assert model.get_layer("last") is model.layers[3]
    assert model.get_layer(index=1) is model.layers[1]


def test_pop_takes_the_last_layer_off():
    model = compiled()
    last = model.layers[-1]
    assert model.pop() is last
    assert model.output_shape == (5,)
    model.add(Dense(3, "softmax"))
    model.fit(X, Y, verbose=0)


def test_seeds_repeat_and_no_seed_does_not():
    assert equal(classifier(seed=3).get_weights(), classifier(seed=3).get_weights())
    assert not equal(classifier(seed=3).get_weights(), classifier(seed=4).get_weights())
    unseeded = [classifier(seed=None).get_weights() for _ in range(2)]
    assert not equal(*unseeded)
    first, second = (Dense(4, input_shape=(4,)) for _ in range(2))
    nn.Sequential([first, second], seed=0)
    assert (first.kernel != second.kernel).any()


def test_both_precisions_start_alike():
    for single, double in zip(
        classifier().get_weights(), classifier(dtype="float64").get_weights(), strict=True
    ):
        assert single.dtype == np.float32
        assert double.dtype == np.float64
        np.testing.assert_array_equal(single, double.astype(np.float32))


def test_the_summary_tells_shapes_and_counts():
    model = nn.Sequential(
        [
            Dense(128, "relu", input_shape=(784,)),
            Dense(64, "relu"),
            Dense(10, "softmax"),
        ]
    )
    model.layers[0].trainable = False
    lines = []
    model.summary(print_fn=lines.append)
    text = "\n".join(lines)
    for part in ("dense (Dense), frozen", "dense_2 (Dense)", "(None, 128)", "100,480", "8,256"):
        assert part in text
    assert "Total params: 109,386" in text
    assert "Trainable params: 8,906" in text
    assert "Non-trainable params: 100,480" in text


def test_the_summary_of_an_unbuilt_model_says_what_to_do(capsys):
    classifier(built=False).summary()
    assert "Not built yet: give the first layer an input_shape" in capsys.readouterr().out


def test_a_shared_layer_shares_its_weights_also_after_training():
    first = compiled()
    first.fit(X, Y, verbose=0)
    before = first.predict(X)
    second = nn.Sequential([first.layers[0], Dense(3, "softmax")], seed=1)
    assert [layer.name for layer in first.layers] == ["dense", "dense_1"]
    second.compile(nn.optimizers.SGD(0.5), "sparse_categorical_crossentropy")
    second.fit(X, Y, verbose=0)
    assert first.layers[0].kernel is second.layers[0].kernel
    assert equal(first.get_weights()[:2], second.get_weights()[:2])
    after = first.predict(X)
    assert (before != after).any()
    expected = rules.softmax(np.tanh(X @ first.weights[0] + first.weights[1]) @ first.weights[2]
                             + first.weights[3])  # fmt: skip
    np.testing.assert_allclose(after, expected, rtol=1e-5)
    # and back: the first trains what the second then uses
    kept = second.get_weights()[0]
    first.fit(X, Y, verbose=0)
    assert (second.get_weights()[0] != kept).any()
    assert equal(first.get_weights()[:2], second.get_weights()[:2])


def test_adopting_a_layer_does_not_rename_it_for_the_first_model():
    first = nn.Sequential([Dense(4, input_shape=(4,)), Dense(4)])
    nn.Sequential([nn.Input((4,)), first.layers[1]])
    assert [layer.name for layer in first.layers] == ["dense", "dense_1"]


def test_a_model_may_be_made_of_layers_that_are_built_already():
    first = classifier(built=False)
    first.predict(X)
    second = nn.Sequential([first.layers[0]])
    assert second.input_shape == (4,)
    np.testing.assert_array_equal(second.predict(X), first.layers[0](X))


# --- initialisers -------------------------------------------------------------------------------

UNIFORM = {"glorot_uniform": 6 / 300, "he_uniform": 6 / 200, "random_uniform": 0.05**2}
NORMAL = {"glorot_normal": 2 / 300, "he_normal": 2 / 200, "random_normal": 0.05**2}


@pytest.mark.parametrize("name", UNIFORM)
def test_uniform_initialisers_fill_their_interval(name):
    limit = np.sqrt(UNIFORM[name])
    W = nn.initializers.get(name)((200, 100), rng=np.random.default_rng(0))
    assert 0.99 * limit < np.abs(W).max() <= limit * (1 + 1e-6)
    assert W.std() == pytest.approx(limit / np.sqrt(3), rel=0.02)
    assert abs(W.mean()) < 0.02 * limit


@pytest.mark.parametrize("name", NORMAL)
def test_normal_initialisers_have_their_standard_deviation(name):
    W = nn.initializers.get(name)((200, 100), rng=np.random.default_rng(0))
    stddev = np.sqrt(NORMAL[name])
    assert W.std() == pytest.approx(stddev, rel=0.02)
    assert abs(W.mean()) < 0.02 * stddev
    if name != "random_normal":  # cut off at two standard deviations before scaling
        assert np.abs(W).max() <= 2 * stddev / 0.8796 * (1 + 1e-4)


def test_constants_and_arguments_are_taken():
    make = nn.initializers
    assert (make.Zeros()((2, 3)) == 0).all()
    assert (make.Ones()((2, 3)) == 1).all()
    assert (make.Constant(0.5)((2, 3)) == 0.5).all()
    W = make.RandomNormal(mean=3.0, stddev=0.1, seed=0)((100, 100))
    assert W.mean() == pytest.approx(3, abs=0.01)
    assert W.std() == pytest.approx(0.1, rel=0.05)
    W = make.RandomUniform(2.0, 3.0, seed=0)((100, 100))
    assert 2 <= W.min() < 2.01
    assert 2.99 < W.max() <= 3


def test_an_initialiser_with_a_seed_makes_the_same_each_time():
    one = nn.initializers.HeNormal(seed=4)
    np.testing.assert_array_equal(one((3, 4)), one((3, 4), rng=np.random.default_rng(9)))
    free = nn.initializers.HeNormal()
    assert (free((3, 4)) != free((3, 4))).any()


def test_kernels_of_filters_count_their_receptive_field():
    W = nn.initializers.HeUniform(seed=0)((3, 3, 20, 50))
    assert np.abs(W).max() == pytest.approx(np.sqrt(6 / (9 * 20)), rel=0.01)
    W = nn.initializers.GlorotUniform(seed=0)((3, 3, 20, 50))
    assert np.abs(W).max() == pytest.approx(np.sqrt(6 / (9 * 70)), rel=0.01)


# --- activations, losses, metrics ---------------------------------------------------------------


def test_activations_may_be_called_on_lists_and_integers():
    np.testing.assert_array_equal(nn.activations.relu([-1, 2]), [0, 2])
    np.testing.assert_allclose(nn.activations.get("softmax")([[0, 0]]), [[0.5, 0.5]])
    assert nn.activations.get(None) is nn.activations.linear
    assert nn.activations.get(nn.activations.tanh) is nn.activations.tanh


@given(seed=st.integers(0, 100), weighted=st.booleans())
@settings(deadline=None, max_examples=20)
def test_a_loss_object_gives_the_weighted_mean_over_the_rows(seed, weighted):
    rng = np.random.default_rng(seed)
    y, p = rng.random((6, 3)), rng.random((6, 3))
    weights = rng.random(6) if weighted else None
    rows = ((y - p) ** 2).mean(axis=1) * (1 if weights is None else weights)
    loss = nn.losses.MeanSquaredError()(y, p, sample_weight=weights)
    assert loss == pytest.approx(rows.sum() / 6)


def test_losses_of_probabilities_and_of_logits_agree():
    rng = np.random.default_rng(0)
    z, labels = rng.normal(size=(6, 3)), rng.integers(0, 3, 6)
    p, s = rules.softmax(z), rules.sigmoid(z)
    make = nn.losses
    sparse = make.SparseCategoricalCrossentropy()(labels, p)
    assert sparse == pytest.approx(make.SparseCategoricalCrossentropy(from_logits=True)(labels, z))
    assert sparse == pytest.approx(make.CategoricalCrossentropy()(np.eye(3)[labels], p))
    assert sparse == pytest.approx(make.CategoricalCrossentropy(True)(np.eye(3)[labels], z))
    binary = make.BinaryCrossentropy()(np.eye(3)[labels], s)
    assert binary == pytest.approx(make.BinaryCrossentropy(True)(np.eye(3)[labels], z))


def test_labels_may_stand_in_a_column():
    p = np.array([[0.2, 0.8], [0.5, 0.5]])
    loss = nn.losses.SparseCategoricalCrossentropy()
    assert loss([[1], [0]], p) == loss([1, 0], p)


def test_metrics_are_the_share_or_the_mean_over_the_rows():
    p = np.array([[0.1, 0.9], [0.8, 0.2], [0.4, 0.6], [0.3, 0.7]])
    metrics = nn.metrics
    assert metrics.SparseCategoricalAccuracy()([1, 0, 0, 1], p) == 0.75
    assert metrics.SparseCategoricalAccuracy()([[1], [0], [0], [1]], p) == 0.75
    assert metrics.CategoricalAccuracy()(np.eye(2)[[1, 0, 0, 1]], p) == 0.75
    assert metrics.BinaryAccuracy()([1, 0, 0, 0], p[:, :1]) == 0.5
    assert metrics.BinaryAccuracy(threshold=0.85)([1, 0, 0, 0], p[:, 1:]) == 1
    assert metrics.BinaryAccuracy()(np.eye(2)[[1, 0, 0, 1]], p) == 0.75
    assert metrics.MeanSquaredError()([0, 1], np.array([[1.0], [3.0]])) == 2.5
    with pytest.raises(ValueError, match="y_true and y_pred must pair up"):
        metrics.MeanSquaredError()([0, 1], np.ones((3, 1)))


@pytest.mark.parametrize(
    ("loss", "outputs", "kind"),
    [
        ("sparse_categorical_crossentropy", 3, "SparseCategoricalAccuracy"),
        ("categorical_crossentropy", 3, "CategoricalAccuracy"),
        ("binary_crossentropy", 1, "BinaryAccuracy"),
        ("binary_crossentropy", 3, "CategoricalAccuracy"),
        ("mse", 1, "BinaryAccuracy"),
        ("mse", 3, "CategoricalAccuracy"),
    ],
)
@pytest.mark.parametrize("name", ["accuracy", "acc"])
def test_accuracy_means_the_kind_that_fits_the_loss_and_keeps_its_name(name, loss, outputs, kind):
    metric = nn.metrics.get(name, nn.losses.get(loss), outputs)
    assert type(metric).__name__ == kind
    assert metric.name == name


def test_a_metric_may_be_an_object_with_a_name_of_its_own():
    model = compiled(metrics=[nn.metrics.SparseCategoricalAccuracy(name="right"), "accuracy"])
    history = model.fit(X, Y, verbose=0).history
    assert history["right"] == history["accuracy"]


# --- regularisers and optimisers ----------------------------------------------------------------


def test_penalties_of_all_layers_are_added_to_the_loss_once():
    W = np.array([[1.0, -2.0]])
    make = nn.regularizers
    assert make.L1(0.1)(W) == pytest.approx(0.3)
    assert make.L2(0.1)(W) == pytest.approx(0.5)
    assert make.L1L2(0.1, 0.1)(W) == pytest.approx(0.8)
    plain, priced = compiled(metrics=()), compiled(metrics=(), kernel_regularizer="l2")
    kernels = plain.get_weights()[0::2]
    difference = priced.evaluate(X, Y) - plain.evaluate(X, Y)
    assert difference == pytest.approx(0.01 * sum((k**2).sum() for k in kernels), rel=1e-5)
    priced.layers[0].trainable = False  # Keras counts the penalties of what learns
    difference = priced.evaluate(X, Y) - plain.evaluate(X, Y)
    assert difference == pytest.approx(0.01 * (kernels[1] ** 2).sum(), rel=1e-4)


def test_an_optimizer_moves_any_arrays_in_place():
    a, b = np.array([1.0, 2.0]), np.array([[3.0]])
    grads = [np.array([10.0, 0.0]), np.array([[1.0]])]
    kept = [g.copy() for g in grads]
    nn.optimizers.SGD(0.1).apply(grads, [a, b])
    np.testing.assert_array_equal(a, [0, 2])
    np.testing.assert_allclose(b, [[2.9]])
    assert equal(grads, kept)


@pytest.mark.parametrize("nesterov", [False, True])
def test_an_optimizer_may_spend_the_gradients_and_goes_the_same_way(nesterov):
    paths = []
    for spend in (False, True):
        w, optimizer = np.ones(3), nn.optimizers.SGD(0.1, momentum=0.5, nesterov=nesterov)
        for _ in range(5):
            optimizer.apply([w * 2], [w], spend_grads=spend)
        paths.append(w)
    np.testing.assert_array_equal(*paths)


def test_velocity_goes_on_between_fits_and_compile_forgets_it():
    once, twice, again = compiled(), compiled(), compiled()
    once.fit(X, Y, epochs=2, verbose=0, shuffle=False)
    for model in (twice, again):
        model.fit(X, Y, verbose=0, shuffle=False)
        if model is again:
            model.compile(model.optimizer, model.loss)
        model.fit(X, Y, verbose=0, shuffle=False)
    assert equal(once.get_weights(), twice.get_weights())
    assert not equal(once.get_weights(), again.get_weights())


def test_the_learning_rate_may_be_changed_while_training():
    class Stop(nn.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.optimizer.learning_rate = 0.0

    model = compiled(optimizer=nn.optimizers.SGD(0.1))
    model.fit(X, Y, epochs=1, verbose=0, seed=0, callbacks=Stop())
    after = model.get_weights()
    model.fit(X, Y, epochs=3, verbose=0, seed=0)
    assert equal(model.get_weights(), after)


@pytest.mark.parametrize("name", ["sgd", "SGD", "Sgd"])
def test_an_optimizer_is_found_by_name_in_any_case(name):
    found = nn.optimizers.get(name)
    assert (found.learning_rate, found.momentum, found.nesterov) == (0.01, 0.0, False)


def test_state_notices_a_change():
    model = compiled()
    before = state(model)
    model.weights[0][0, 0] += 1
    with pytest.raises(AssertionError, match="weights"):
        np.testing.assert_equal(state(model)["weights"], before["weights"], err_msg="weights")

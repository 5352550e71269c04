"""Convolution and pooling as layers: their derivatives, their memory, what they learn."""

import numpy as np
import pytest

from dlcore import data, nn
from dlcore.nn.threads import blas_threads
from dlcore.rules import convolution, pooling, reductions
from tests.nn.small import equal
from tests.nn.test_gradients import assert_gradients_agree, gradients, model_of
from tests.rules.witnesses import layouts

layers = nn.layers
Conv2D, MaxPooling2D, AveragePooling2D = layers.Conv2D, layers.MaxPooling2D, layers.AveragePooling2D
SPARSE = "sparse_categorical_crossentropy"

# --- what they compute --------------------------------------------------------------------------

WINDOWS = [
    (3, 1, "valid"),
    ((2, 3), (2, 1), "valid"),
    (1, 2, "same"),
    (3, (1, 2), "SAME"),
    ((5, 4), 3, "Same"),
]


@pytest.mark.parametrize(("size", "strides", "padding"), WINDOWS)
@pytest.mark.parametrize("n", [1, 3])
def test_layers_give_what_their_rules_give(size, strides, padding, n):
    x = np.random.default_rng(0).normal(size=(n, 7, 6, 2))
    conv = Conv2D(4, size, strides, padding, activation="tanh", bias_initializer="random_normal")
    result = conv(x)
    z = convolution.conv2d(x, conv.kernel, conv.bias, strides, padding.lower())
    np.testing.assert_allclose(result, np.tanh(z), rtol=1e-13)
    assert conv.output_shape == z.shape[1:]
    for layer, rule in (
        (MaxPooling2D(size, strides, padding), pooling.max_pool2d),
        (AveragePooling2D(size, strides, padding), pooling.average_pool2d),
    ):
        known = rule(x, size, strides, padding.lower())
        np.testing.assert_array_equal(layer(x), known)
        assert layer.output_shape == known.shape[1:]


def test_a_kernel_is_rows_by_columns_by_channels_by_filters():
    layer = Conv2D(5, (3, 2), kernel_initializer="he_uniform", kernel_regularizer="l2")
    layer(np.ones((1, 6, 6, 4)))
    assert [w.shape for w in layer.get_weights()] == [(3, 2, 4, 5), (5,)]
    assert layer.count_params() == 3 * 2 * 4 * 5 + 5
    assert layer.penalty() == pytest.approx(0.01 * (layer.kernel**2).sum())
    plain = Conv2D(5, 3, use_bias=False, bias_regularizer="l2")
    plain(np.ones((1, 6, 6, 4)))
    assert plain.bias is None
    assert plain.penalty() == 0


def test_pools_stand_side_by_side_and_are_2_by_2_unless_told():
    x = np.random.default_rng(0).normal(size=(2, 6, 6, 1))
    np.testing.assert_array_equal(MaxPooling2D()(x), pooling.max_pool2d(x, 2, 2))
    np.testing.assert_array_equal(AveragePooling2D(3)(x), pooling.average_pool2d(x, 3, 3))


@pytest.mark.parametrize("keepdims", [False, True])
def test_global_pooling_is_over_the_whole_image(keepdims):
    x = np.random.default_rng(0).normal(size=(2, 5, 6, 3))
    for layer, rule in (
        (layers.GlobalAveragePooling2D(keepdims=keepdims), reductions.mean),
        (layers.GlobalMaxPooling2D(keepdims=keepdims), reductions.max),
    ):
        result = layer(x)
        np.testing.assert_allclose(result, rule(x, (1, 2), keepdims), rtol=1e-14)
        assert result.shape[1:] == layer.output_shape == ((1, 1, 3) if keepdims else (3,))


# --- their gradients ----------------------------------------------------------------------------

MODELS = {  # of images (8, 7, 2); what comes after is flattened, and ends in three outputs
    "relu, then pooled": lambda: [Conv2D(3, 3, activation="relu"), MaxPooling2D()],
    "linear, then pooled": lambda: [Conv2D(3, 3), MaxPooling2D((3, 1))],
    "tanh, then pooled": lambda: [Conv2D(3, 3, activation="tanh"), MaxPooling2D()],
    "overlapping pools": lambda: [Conv2D(3, 3, activation="relu"), MaxPooling2D(3, 2)],
    "pools over the edge": lambda: [
        Conv2D(3, 3, padding="same", activation="relu"),
        MaxPooling2D(padding="same"),
    ],
    "many filters": lambda: [
        Conv2D(17, (4, 5), padding="same", activation="relu"),
        MaxPooling2D(),
    ],
    "twice": lambda: [
        Conv2D(3, 3, activation="relu", padding="same"),
        MaxPooling2D(),
        Conv2D(4, 2, use_bias=False, activation="relu"),
        MaxPooling2D(2),
    ],
    "strides": lambda: [Conv2D(3, 3, 2, "same", activation="relu"), MaxPooling2D()],
    "averages": lambda: [
        Conv2D(3, 3, activation="sigmoid"),
        AveragePooling2D(2),
        AveragePooling2D(2, 1, "same"),
    ],
    "one after another": lambda: [Conv2D(3, 2, activation="gelu"), Conv2D(2, 3, activation="elu")],
    "global average": lambda: [Conv2D(4, 3, activation="relu"), layers.GlobalAveragePooling2D()],
    "global maximum": lambda: [
        Conv2D(4, 3, activation="tanh"),
        layers.GlobalMaxPooling2D(keepdims=True),
    ],
    "softmax over channels": lambda: [Conv2D(3, 3, activation="softmax"), MaxPooling2D()],
    "activation apart": lambda: [Conv2D(3, 3), layers.Activation("relu"), MaxPooling2D()],
    "normalised": lambda: [
        Conv2D(3, 3),
        layers.BatchNormalization(),
        layers.Activation("relu"),
        MaxPooling2D(),
        layers.LayerNormalization(),
        Conv2D(2, 2, activation="relu"),
    ],
    "other shapes between": lambda: [
        Conv2D(4, 3, activation="relu"),
        MaxPooling2D(),
        layers.Reshape((4, 3, 2)),
        Conv2D(3, 2, activation="relu"),
        layers.Dense(2, activation="tanh"),
    ],
    "pooled first": lambda: [MaxPooling2D(), Conv2D(3, 2, activation="relu")],
    "regularised": lambda: [
        Conv2D(3, 3, activation="relu", kernel_regularizer="l2", bias_regularizer="l1"),
        MaxPooling2D(),
        Conv2D(2, 2, kernel_regularizer="l1"),
    ],
}
IMAGE = (8, 7, 2)
LABELS = np.array([0, 1, 2, 1, 0, 2, 2])


def built(name):
    ending = [layers.Flatten(), layers.Dense(3, activation="softmax")]
    return model_of([*MODELS[name](), *ending], IMAGE, SPARSE)


@pytest.mark.parametrize("name", [name for name in MODELS if name != "normalised"])
def test_gradients_of_image_models_equal_central_differences(name):
    model, x = built(name)
    assert_gradients_agree(model, x, LABELS)


def test_gradients_of_a_model_that_ends_in_images_equal_central_differences():
    model, x = model_of([Conv2D(4, 3, activation="tanh"), MaxPooling2D()], (6, 6, 1), "mse")
    assert_gradients_agree(model, x, np.random.default_rng(1).random((7, 2, 2, 4)))


def passed_one_by_one(model, x, d):
    """Output and gradients of the layers, each called by itself."""
    out = x
    for layer in model.layers:
        out = layer.forward(out, training=True)
    back = d.copy()
    for layer in reversed(model.layers):
        back = layer.backward(back, need_dx=layer is not model.layers[0])
    return out.copy(), [g.copy() for la in model.layers for g in la.gradients.values()]


@pytest.mark.parametrize("name", MODELS)
def test_a_network_gives_what_its_layers_give_one_by_one(name):
    model, x = built(name)
    x[:, :, :4] = 0  # a blank half: pools full of equals
    d = np.random.default_rng(5).normal(size=(7, 3))
    out, known = passed_one_by_one(model, x, d)
    np.testing.assert_allclose(model.forward(x, training=True), out, rtol=1e-12)
    model.backward(d.copy())
    ours = [g for la in model.layers for g in la.gradients.values()]
    for one, other in zip(ours, known, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("activation", ["relu", None, "tanh"])
def test_a_convolution_and_the_max_pooling_after_it_are_one_step(activation):
    model = nn.Sequential(
        [nn.Input(IMAGE), Conv2D(3, 3, activation=activation), MaxPooling2D(), layers.Flatten()]
    )
    conv, pool, flat = model.layers
    one_by_one = [(conv, None), (pool, None), (flat, None)]
    assert model.steps() == (one_by_one if activation == "tanh" else [(pool, conv), (flat, None)])


@pytest.mark.parametrize("name", MODELS)
def test_image_gradients_do_not_depend_on_what_went_through_before(name):
    model, x = built(name)
    first = gradients(model, x, LABELS)
    model.predict(np.random.default_rng(9).normal(size=(300, *IMAGE)))
    gradients(model, x[:2], LABELS[:2])
    gradients(model, x[:1], LABELS[:1])
    for before, after in zip(first, gradients(model, x, LABELS), strict=True):
        np.testing.assert_allclose(after, before, rtol=1e-13, atol=1e-16)


def test_gradients_above_a_frozen_convolution_are_right():
    model, x = built("twice")
    known = gradients(model, x, LABELS)
    for i, learnt in ((0, known[2:]), (2, [*known[:2], *known[3:]])):
        for layer in model.layers:
            layer.trainable = True
        model.layers[i].trainable = False
        gradients(model, x, LABELS)
        ours = [g for la in model.layers for n, g in la.gradients.items() if n in la.learnt()]
        for one, other in zip(ours, learnt, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12)


# --- their memory -------------------------------------------------------------------------------


def test_results_are_laid_out_for_whoever_asks():
    model, x = built("twice")
    images = x
    for layer in model.layers[:4]:
        images = layer(images)
        assert images.flags.c_contiguous
        assert images.flags.writeable
    np.testing.assert_array_equal(model.layers[4](images), images.reshape(7, -1))
    features = nn.Sequential(model.layers[:4], dtype="float64")
    assert features(x).flags.c_contiguous
    np.testing.assert_allclose(features(x), images, rtol=1e-13)
    kept = images.copy()
    model.layers[3](np.zeros((7, 3, 2, 4)))
    np.testing.assert_array_equal(images, kept)


@pytest.mark.parametrize("layout", ["Fortran", "strided", "read-only", "reversed"])
@pytest.mark.parametrize("name", ["twice", "averages", "normalised", "global average"])
def test_images_may_lie_in_memory_in_any_way(name, layout):
    model, x = built(name)
    other = layouts(x)[layout]
    np.testing.assert_allclose(model(other), model(x), rtol=1e-12)
    np.testing.assert_allclose(model.layers[0](other), model.layers[0](x), rtol=1e-12)
    known = gradients(model, x, LABELS)
    for ours, other_ones in zip(gradients(model, other, LABELS), known, strict=True):
        np.testing.assert_allclose(ours, other_ones, rtol=1e-10, atol=1e-14)


def convnet(seed=0, dtype="float32", **options):
    model = nn.Sequential(
        [
            nn.Input((8, 8, 1)),
            Conv2D(8, 3, padding="same", activation="relu", **options),
            MaxPooling2D(),
            layers.Dropout(0.1, seed=0),
            Conv2D(16, 3, padding="same", activation="relu"),
            MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ],
        seed=seed,
        dtype=dtype,
    )
    model.compile(nn.optimizers.Adam(3e-3), SPARSE, metrics=["accuracy"])
    return model


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_training_keeps_the_models_precision_and_takes_a_smaller_last_batch(dtype):
    model = convnet(dtype=dtype)
    rng = np.random.default_rng(0)
    x, y = rng.random((37, 8, 8, 1)), rng.integers(0, 10, 37)
    model.fit(x, y, batch_size=16, epochs=2, verbose=0, seed=0)
    again = convnet(dtype=dtype)
    again.fit(x, y, batch_size=16, epochs=2, verbose=0, seed=0)
    assert equal(model.get_weights(), again.get_weights())
    assert {w.dtype for w in model.get_weights()} == {np.dtype(dtype)}
    assert model.predict(x).dtype == dtype
    np.testing.assert_allclose(model.predict(x, batch_size=5), model.predict(x), rtol=1e-5)


def test_weights_of_a_convnet_are_saved_and_loaded(tmp_path):
    model, other = convnet(), convnet(seed=1)
    x = np.random.default_rng(0).random((5, 8, 8, 1))
    model.save_weights(tmp_path / "w.npz")
    other.load_weights(tmp_path / "w.npz")
    np.testing.assert_array_equal(model.predict(x), other.predict(x))


def test_a_convolution_may_be_shared_by_models_that_pool_it_and_that_do_not():
    conv = Conv2D(4, 3, activation="relu")
    pools = MaxPooling2D(), MaxPooling2D(3)
    x = np.random.default_rng(0).random((2, 9, 9, 1)).astype(np.float32)
    plain = nn.Sequential([nn.Input((9, 9, 1)), conv])
    pooled = [nn.Sequential([nn.Input((9, 9, 1)), conv, pool]) for pool in pools]
    for _ in range(2):
        images = plain.predict(x)
        assert images.shape == (2, 7, 7, 4)
        for model, pool in zip(pooled, pools, strict=True):
            np.testing.assert_allclose(model.predict(x), pool(images), rtol=1e-5, atol=1e-7)


# --- what they learn ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 3])
def test_a_small_convnet_reads_98_percent_of_unseen_digits(seed):
    (x, y), (x_test, y_test) = data.digits(seed=seed)
    model = nn.Sequential(
        [
            nn.Input((8, 8, 1)),
            Conv2D(16, 3, padding="same", activation="relu"),
            MaxPooling2D(),
            Conv2D(32, 3, padding="same", activation="relu"),
            MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(10, activation="softmax"),
        ],
        seed=seed,
    )
    rate = nn.optimizers.schedules.CosineDecay(0.1, decay_steps=20 * 45)
    model.compile(nn.optimizers.SGD(rate, momentum=0.9), SPARSE, metrics=["accuracy"])
    model.fit(x.reshape(-1, 8, 8, 1), y, epochs=20, verbose=0, seed=seed)
    _, accuracy = model.evaluate(x_test.reshape(-1, 8, 8, 1), y_test)
    assert accuracy >= 0.984


# --- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Conv2D(0, 3), "filters must be at least 1; got 0"),
        (lambda: Conv2D(2.5, 3), "filters must be an integer"),
        (lambda: Conv2D(2, 0), "kernel_size must be at least 1; got 0"),
        (lambda: Conv2D(2, (3, 3, 3)), r"kernel_size must be one integer or two.*\(3, 3, 3\)"),
        (lambda: Conv2D(2, "3"), "kernel_size must be an integer; got '3'"),
        (lambda: Conv2D(2, 3, strides=(1, 0)), "strides must be at least 1; got 0"),
        (lambda: Conv2D(2, 3, padding="sane"), "padding must be .*'sane'. Did you mean 'same'"),
        (lambda: Conv2D(2, 3, padding=1), "padding must be one of valid, same; got 1"),
        (lambda: Conv2D(2, 3, data_format="channels_first"), "data_format must be 'channels_last'"),
        (lambda: Conv2D(2, 3, dilation_rate=2), "dilation_rate and groups must be 1.*got 2 and 1"),
        (lambda: Conv2D(2, 3, groups=2), r"dilation_rate and groups must be 1.*got \(1, 1\) and 2"),
        (lambda: Conv2D(2, 3, activation="rely"), "activation must be .*Did you mean 'relu'"),
        (lambda: Conv2D(2, 3, kernel_initializer="he"), "kernel_initializer must be one of"),
        (lambda: MaxPooling2D(0), "pool_size must be at least 1; got 0"),
        (lambda: MaxPooling2D(2, 1.5), "strides must be an integer; got 1.5"),
        (lambda: AveragePooling2D(2, padding="full"), "padding must be one of valid, same"),
        (lambda: layers.GlobalMaxPooling2D("channels_first"), "data_format must be"),
    ],
)
def test_a_wrong_argument_is_refused_by_name(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (Conv2D(2, 3), (28, 28), r"'conv2d' needs images.*got \(n, 28, 28\).*x\[..., np.newaxis\]"),
        (MaxPooling2D(), (9,), r"'max_pooling2d' needs images.*got \(n, 9\)"),
        (layers.GlobalAveragePooling2D(), (9, 9), "'global_average_pooling2d' needs images"),
        (Conv2D(2, (3, 5)), (4, 4, 1), r"kernel_size must not be larger than the image \(4, 4\)"),
        (AveragePooling2D(5), (4, 4, 1), r"pool_size must not be larger than the image \(4, 4\)"),
    ],
)
def test_images_that_do_not_fit_are_refused_before_anything_is_made(layer, shape, message):
    with pytest.raises(ValueError, match=message):
        nn.Sequential([nn.Input(shape), layer])
    assert not layer.built
    assert layer.weights == []


def test_a_convolution_built_for_one_image_refuses_another():
    layer = Conv2D(2, 3)
    layer(np.ones((1, 6, 6, 1)))
    with pytest.raises(ValueError, match=r"x must have shape \(n, 6, 6, 1\); got \(1, 6, 6, 2\)"):
        layer(np.ones((1, 6, 6, 2)))


# --- PyTorch and Keras --------------------------------------------------------------------------


def torch_twin(torch, model):
    """The same network in PyTorch: its parameters, in our order, and a function of x."""
    functional = torch.nn.functional
    parameters, steps = [], []
    for layer in model.layers:
        own = [torch.from_numpy(w.copy()) for w in layer.get_weights()]
        if isinstance(layer, Conv2D):
            own[0] = own[0].permute(3, 2, 0, 1).contiguous()
        own = [w.requires_grad_() for w in own]
        parameters += own
        steps.append((layer, own))

    def forward(x):
        h = x
        for layer, own in steps:
            if isinstance(layer, Conv2D):
                padding = [k // 2 for k in layer.kernel_size] if layer.padding == "same" else 0
                h = functional.conv2d(h.permute(0, 3, 1, 2), *own, layer.strides, padding)
                h = torch.relu(h).permute(0, 2, 3, 1)
            elif isinstance(layer, MaxPooling2D):
                h = functional.max_pool2d(h.permute(0, 3, 1, 2), layer.pool_size, layer.strides)
                h = h.permute(0, 2, 3, 1)
            elif isinstance(layer, AveragePooling2D):
                h = functional.avg_pool2d(h.permute(0, 3, 1, 2), layer.pool_size, layer.strides)
                h = h.permute(0, 2, 3, 1)
            elif isinstance(layer, layers.Flatten):
                h = h.flatten(1)
            else:
                h = h @ own[0] + own[1]
        return h

    return parameters, forward


NETS = {
    "small": lambda: [
        Conv2D(8, 3, activation="relu"),
        MaxPooling2D(),
        Conv2D(16, 3, activation="relu"),
        MaxPooling2D(),
    ],
    "many filters, same": lambda: [
        Conv2D(20, 5, padding="same", activation="relu"),
        MaxPooling2D(3, 2),
        Conv2D(18, 3, 2, activation="relu"),
    ],
    "averages": lambda: [
        Conv2D(6, (3, 5), (2, 1), activation="relu"),
        AveragePooling2D(2),
        Conv2D(8, 2, activation="relu"),
    ],
}


@pytest.mark.frameworks
@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("float64", 1e-11)])
def test_a_convnet_takes_pytorchs_path_for_200_steps(torch, name, dtype, tolerance):
    (x, y), _ = data.digits()
    x = np.pad(x.reshape(-1, 8, 8, 1), ((0, 0), (4, 4), (4, 4), (0, 0)))
    # no two neighbours alike, or rounding would decide which of them is the larger
    x = (x + 0.1 * np.random.default_rng(0).random(x.shape)).astype(dtype)
    ending = [layers.Flatten(), layers.Dense(10, activation="softmax")]
    model = nn.Sequential([nn.Input((16, 16, 1)), *NETS[name](), *ending], seed=0, dtype=dtype)
    model.compile(nn.optimizers.SGD(0.01), SPARSE)
    parameters, forward = torch_twin(torch, model)
    for step in range(200):
        rows = np.random.default_rng(step).integers(0, len(x), 32)
        with blas_threads(1):
            ours = model.train_on_batch(x[rows], y[rows])
        loss = torch.nn.functional.cross_entropy(
            forward(torch.from_numpy(x[rows])), torch.from_numpy(y[rows])
        )
        assert ours == pytest.approx(loss.item(), rel=tolerance)
        with torch.no_grad():
            found = torch.autograd.grad(loss, parameters)
            torch._foreach_add_(parameters, found, alpha=-0.01)
    for w, other in zip(model.get_weights(), parameters, strict=True):
        theirs = other.detach().numpy()
        theirs = theirs.transpose(2, 3, 1, 0) if w.ndim == 4 else theirs
        assert np.abs(w - theirs).max() <= tolerance * np.abs(theirs).max()


@pytest.mark.frameworks
@pytest.mark.parametrize("name", ["small", "many filters, same"])
def test_among_equals_gradients_go_where_pytorchs_go(torch, name):
    rng = np.random.default_rng(0)
    ending = [layers.Flatten(), layers.Dense(10)]
    model = nn.Sequential([nn.Input((16, 16, 1)), *NETS[name](), *ending], dtype="float64")
    # whole numbers: nothing is rounded, and a third of the pools have several largest entries
    model.set_weights([rng.integers(-1, 2, w.shape) for w in model.get_weights()])
    x, d = (
        rng.integers(low, 3, shape) / 1.0 for low, shape in ((0, (4, 16, 16, 1)), (-2, (4, 10)))
    )
    parameters, forward = torch_twin(torch, model)
    theirs = forward(torch.from_numpy(x))
    np.testing.assert_array_equal(model.forward(x, training=True), theirs.detach().numpy())
    model.backward(d.copy())
    ours = [g for la in model.layers for g in la.gradients.values()]
    found = torch.autograd.grad(theirs, parameters, torch.from_numpy(d))
    for g, other in zip(ours, found, strict=True):
        other = other.numpy()
        np.testing.assert_array_equal(g, other.transpose(2, 3, 1, 0) if g.ndim == 4 else other)


@pytest.mark.frameworks
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning")
@pytest.mark.parametrize(("size", "strides", "padding"), WINDOWS)
def test_layers_give_kerass_numbers(keras, size, strides, padding):
    for shape in ((3, 7, 8, 2), (1, 6, 5, 3)):
        x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
        ours, theirs = (k.Conv2D(4, size, strides, padding, activation="relu")
                        for k in (layers, keras.layers))  # fmt: skip
        ours(x)
        theirs.build(x.shape)
        theirs.set_weights(ours.get_weights())
        close(keras, ours(x), theirs(x))
        close(keras, *(k.MaxPooling2D(size, strides, padding)(x) for k in (layers, keras.layers)))
        for name in ("GlobalAveragePooling2D", "GlobalMaxPooling2D"):
            for keep in (False, True):
                close(
                    keras,
                    *(getattr(k, name)(keepdims=keep)(x) for k in (layers, keras.layers)),
                )
        if padding == "valid":  # with 'same', Keras on PyTorch repeats the image's edge
            close(
                keras,
                *(k.AveragePooling2D(size, strides, padding)(x) for k in (layers, keras.layers)),
            )


def close(keras, ours, theirs):
    theirs = keras.ops.convert_to_numpy(theirs)
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)

"""The rules beside PyTorch and Keras 3: the same numbers, forwards and backwards.

Left out unless asked for: `pytest -m frameworks`. Keras runs on PyTorch here.
"""

import numpy as np
import pytest

from dlcore.rules import (
    activations,
    attention,
    convolution,
    embedding,
    losses,
    normalisation,
    pooling,
)
from tests.rules.witnesses import away_from_zero

pytestmark = [
    pytest.mark.frameworks,
    # Keras's own way to ask PyTorch for an array
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning"),
]

IMAGES = [
    (size, strides, padding)
    for size in ((2, 2), (3, 2), (3, 3))
    for strides in (1, 2, (2, 3))
    for padding in ("valid", "same")
]


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def beside(torch, theirs, d, inputs):
    """The other's result and its gradients for Σ d · result, as arrays."""
    tensors = [torch.tensor(x, requires_grad=True) for x in inputs]
    result = theirs(*tensors)
    result.backward(torch.tensor(d))
    return [result.detach().numpy(), *(t.grad.numpy() for t in tensors)]


def same(ours, theirs, rtol=1e-9):
    for one, other in zip(ours, theirs, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, rtol=rtol, atol=1e-11)


def channels_first(torch, f):
    """An NCHW function as one of NHWC images."""
    return lambda x, *rest: f(x.permute(0, 3, 1, 2), *rest).permute(0, 2, 3, 1)


@pytest.mark.parametrize("strides", [1, 2, (2, 3)])
def test_conv2d_is_pytorchs(torch, strides):
    x, kernel, bias = normal(2, 7, 8, 3), normal(3, 2, 3, 4, seed=1), normal(4, seed=2)
    z = convolution.conv2d(x, kernel, bias, strides)
    d = normal(*z.shape, seed=3)
    theirs = channels_first(
        torch,
        lambda x, w, b: torch.nn.functional.conv2d(x, w.permute(3, 2, 0, 1), b, stride=strides),
    )
    gradients = convolution.conv2d_vjp(d, x, kernel, strides)
    same([z, *gradients], beside(torch, theirs, d, [x, kernel, bias]))


@pytest.mark.parametrize("name", ["max_pool2d", "average_pool2d"])
@pytest.mark.parametrize(("size", "strides"), [(2, None), (3, 2), ((3, 2), (1, 2))])
def test_pooling_is_pytorchs(torch, name, size, strides):
    # rounded: max_pool2d has to choose among equals, and chooses as PyTorch does
    x = normal(2, 7, 8, 3).round()
    f, vjp = getattr(pooling, name), getattr(pooling, f"{name}_vjp")
    z = f(x, size, strides)
    d = normal(*z.shape, seed=3)
    other = getattr(torch.nn.functional, name.replace("average", "avg"))
    theirs = channels_first(torch, lambda x: other(x, size, strides))
    same([z, vjp(d, x, size, strides)], beside(torch, theirs, d, [x]))


@pytest.mark.parametrize(("size", "strides", "padding"), IMAGES)
def test_conv2d_is_keras_s_with_same_padding_and_strides_too(keras, torch, size, strides, padding):
    for h, w in ((7, 8), (6, 5)):
        x, kernel = normal(2, h, w, 3), normal(*size, 3, 4, seed=1)
        z = convolution.conv2d(x, kernel, None, strides, padding)
        d = normal(*z.shape, seed=3)

        def theirs(x, kernel):
            return keras.ops.conv(x, kernel, strides, padding, data_format="channels_last")

        dx, dkernel, _ = convolution.conv2d_vjp(d, x, kernel, strides, padding)
        same([z, dx, dkernel], beside(torch, theirs, d, [x, kernel]))


@pytest.mark.parametrize(("size", "strides", "padding"), IMAGES)
@pytest.mark.parametrize("name", ["max_pool2d", "average_pool2d"])
def test_pooling_is_keras_s_with_same_padding_and_strides_too(
    keras, torch, name, size, strides, padding
):
    f, vjp = getattr(pooling, name), getattr(pooling, f"{name}_vjp")
    other = getattr(keras.ops, name.removesuffix("2d"))

    def theirs(x):
        result = other(x, size, strides, padding, data_format="channels_last")
        if name == "max_pool2d" or padding == "valid":
            return result
        # Keras 3.15 on PyTorch repeats the image's edge where the padding is uneven; on TensorFlow
        # and JAX it divides by the number of real entries. So here: JAX's formula in PyTorch.
        return padded_sum(torch, x, result, size, strides) / padded_sum(
            torch, torch.ones_like(x), result, size, strides
        )

    for h, w in ((7, 8), (6, 5)):
        x = normal(2, h, w, 3)
        z = f(x, size, strides, padding)
        d = normal(*z.shape, seed=3)
        same([z, vjp(d, x, size, strides, padding)], beside(torch, theirs, d, [x]))


def padded_sum(torch, x, result, size, strides):
    """The sums of x's windows, with TensorFlow's zeros around it."""
    strides = strides if isinstance(strides, tuple) else (strides, strides)
    spread = []
    for axis in (2, 1):  # torch.nn.functional.pad begins with the last axis
        count, length = result.shape[axis], x.shape[axis]
        missing = max((count - 1) * strides[axis - 1] + size[axis - 1] - length, 0)
        spread += [missing // 2, missing - missing // 2]
    padded = torch.nn.functional.pad(x.permute(0, 3, 1, 2), spread)
    pooled = torch.nn.functional.avg_pool2d(padded, size, strides, divisor_override=1)
    return pooled.permute(0, 2, 3, 1)


def test_layer_norm_is_pytorchs(torch):
    x, gamma, beta = normal(4, 3, 5), normal(5, seed=1), normal(5, seed=2)
    z, kept = normalisation.layer_norm(x, gamma, beta)
    d = normal(*z.shape, seed=3)

    def theirs(x, gamma, beta):
        return torch.nn.functional.layer_norm(x, (5,), gamma, beta, eps=1e-3)

    ours = [z, *normalisation.layer_norm_vjp(d, kept, gamma)]
    same(ours, beside(torch, theirs, d, [x, gamma, beta]))


@pytest.mark.parametrize("training", [True, False])
def test_batch_norm_is_pytorchs_in_training_and_inference(torch, training):
    x, gamma, beta = normal(4, 3, 2, 5), normal(5, seed=1), normal(5, seed=2)
    mean, variance = normal(5, seed=4), normal(5, seed=5) ** 2
    d = normal(*x.shape, seed=3)
    if training:
        z, kept = normalisation.batch_norm(x, gamma, beta)
        gradients = normalisation.batch_norm_vjp(d, kept, gamma)
    else:
        z = normalisation.batch_norm_given(x, gamma, beta, mean, variance)
        gradients = normalisation.batch_norm_given_vjp(d, x, gamma, mean, variance)
    statistics = [torch.tensor(s) for s in (mean, variance)]
    theirs = channels_first(
        torch,
        lambda x, gamma, beta: torch.nn.functional.batch_norm(
            x, *statistics, gamma, beta, training=training, eps=1e-3
        ),
    )
    same([z, *gradients], beside(torch, theirs, d, [x, gamma, beta]))


def test_normalisation_has_keras_s_epsilon_and_formula(keras):
    x = normal(4, 3).astype(np.float32) / 30
    ones, zeros = np.ones(3, np.float32), np.zeros(3, np.float32)
    layer, batch = keras.layers.LayerNormalization(), keras.layers.BatchNormalization()
    theirs = [np.asarray(layer(x).detach()), np.asarray(batch(x, training=True).detach())]
    ours = [f(x, ones, zeros)[0] for f in (normalisation.layer_norm, normalisation.batch_norm)]
    same(ours, theirs, rtol=1e-4)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_attention_is_pytorchs(torch, causal, masked):
    q, k, v = normal(2, 3, 4, 5), normal(2, 3, 6, 5, seed=1), normal(2, 3, 6, 2, seed=2)
    mask = np.random.default_rng(4).random((4, 6)) < 0.6 if masked else None
    if masked:
        mask[:, 0] = True
    z, weights = attention.scaled_dot_product_attention(q, k, v, causal, mask)
    d = normal(*z.shape, seed=3)
    allowed = np.tri(4, 6, dtype=bool) if causal else np.ones((4, 6), bool)
    together = torch.tensor(allowed & mask if masked else allowed)

    def theirs(q, k, v):
        attend = torch.nn.functional.scaled_dot_product_attention
        if causal and not masked:
            return attend(q, k, v, is_causal=True)
        return attend(q, k, v, attn_mask=together)

    ours = [z, *attention.scaled_dot_product_attention_vjp(d, q, k, v, weights)]
    same(ours, beside(torch, theirs, d, [q, k, v]))


@pytest.mark.parametrize(
    ("name", "options", "theirs"),
    [
        ("gelu", {}, lambda F, z: F.gelu(z)),
        ("gelu", {"approximate": True}, lambda F, z: F.gelu(z, approximate="tanh")),
        ("leaky_relu", {"negative_slope": 0.3}, lambda F, z: F.leaky_relu(z, 0.3)),
        ("elu", {"alpha": 0.7}, lambda F, z: F.elu(z, 0.7)),
        ("log_softmax", {"axis": 0}, lambda F, z: F.log_softmax(z, 0)),
        ("softmax", {"axis": 1}, lambda F, z: F.softmax(z, 1)),
    ],
)
def test_activations_are_pytorchs(torch, name, options, theirs):
    z = 3 * away_from_zero(np.random.default_rng(0), 5, 4)
    f, vjp = getattr(activations, name), getattr(activations, f"{name}_vjp")
    a, d = f(z, **options), normal(5, 4, seed=3)
    ours = [a, vjp(d, z if name == "gelu" else a, **options)]
    same(ours, beside(torch, lambda z: theirs(torch.nn.functional, z), d, [z]))


@pytest.mark.parametrize("name", ["gelu", "leaky_relu", "elu"])
def test_activations_have_keras_s_defaults(keras, name):
    z = np.linspace(-3, 3, 13)
    theirs = np.asarray(getattr(keras.activations, name)(keras.ops.convert_to_tensor(z)))
    np.testing.assert_allclose(getattr(activations, name)(z), theirs, rtol=1e-6, atol=1e-12)


def test_embedding_is_pytorchs(torch):
    table, indices = normal(6, 3), np.array([[0, 5, 0], [2, 0, 5]])
    z = embedding.embedding(table, indices)
    d = normal(*z.shape, seed=3)

    def theirs(table):
        return torch.nn.functional.embedding(torch.tensor(indices), table)

    same([z, embedding.embedding_vjp(d, table, indices)], beside(torch, theirs, d, [table]))


def test_label_smoothing_is_keras_s_and_pytorchs(keras, torch):
    z, labels = normal(5, 4), np.array([0, 3, 1, 1, 2])
    ours = losses.softmax_cross_entropy(z, labels, label_smoothing=0.1)
    d = np.array(1.0)

    def theirs(z):
        return torch.nn.functional.cross_entropy(z, torch.tensor(labels), label_smoothing=0.1)

    gradient = losses.softmax_cross_entropy_vjp(z, labels, 1 / 5, label_smoothing=0.1)
    same([ours.mean(), gradient], beside(torch, theirs, d, [z]))
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    assert ours.mean() == pytest.approx(float(loss(np.eye(4)[labels], z)), rel=1e-6)

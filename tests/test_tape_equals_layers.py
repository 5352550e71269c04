"""A promise about two ways back: the general tape and the layers ordered by hand agree exactly.

`TAPED` says for each kind of layer what it does, in functions of Tensors. A layer that is new
needs a row there, and a model in `MODELS`.
"""

import numpy as np
import pytest

from dlcore import nn, tensor
from dlcore.derivatives import relative_error
from dlcore.tensor import value_and_grad
from tests.nn.small import CLASSES, INPUTS, blobs
from tests.nn.test_gradients import architectures, endings, gradients, model_of

layers, losses = nn.layers, nn.losses
Dense, Activation = layers.Dense, layers.Activation


# What each layer does: (layer, x, its parameters by name as Tensors) -> z, before the activation.
# The parameters of layers inside a layer are found by `inner(layer)`.


def dense(layer, x, p, inner):
    rows = x.reshape(-1, x.shape[-1])
    return tensor.affine(rows, p["kernel"], p.get("bias")).reshape(*x.shape[:-1], layer.units)


def reshape(layer, x, p, inner):
    return x.reshape(x.shape[0], *layer.output_shape)


def scale_and_offset(layer, x, p):
    gamma, beta = p.get("gamma", np.ones(x.shape[-1])), p.get("beta", np.zeros(x.shape[-1]))
    return gamma, beta, layer.epsilon


def layer_normalization(layer, x, p, inner):
    return tensor.layer_norm(x, *scale_and_offset(layer, x, p))


def batch_normalization(layer, x, p, inner):
    gamma, beta, epsilon = scale_and_offset(layer, x, p)
    if layer.trainable:
        return tensor.batch_norm(x, gamma, beta, epsilon)
    statistics = [layer.parameters[name] for name in layer.statistics]
    return tensor.batch_norm_given(x, gamma, beta, *statistics, epsilon)


def dropout(layer, x, p, inner):
    return tensor.dropout(x, layer._mask, layer.rate)  # the mask that the layer has drawn


def simple_rnn(layer, x, p, inner):
    h, states = np.zeros((x.shape[0], layer.units)), []
    for step in range(x.shape[1]):
        z = tensor.affine(x[:, step], p["kernel"], p["bias"]) + h @ p["recurrent_kernel"]
        h = tensor.tanh(z)
        states.append(h.reshape(x.shape[0], 1, layer.units))
    return tensor.concatenate(states, axis=1) if layer.return_sequences else h


def attention(layer, x, p, inner):
    n, steps, features = x.shape

    def heads(part, size):
        rows = x @ p[f"{part}_kernel"].reshape(features, -1)
        return rows.reshape(n, steps, layer.num_heads, size).transpose(0, 2, 1, 3)

    sizes = {"query": layer.key_dim, "key": layer.key_dim, "value": layer.value_dim}
    qkv = [heads(part, size) for part, size in sizes.items()]
    z = tensor.scaled_dot_product_attention(*qkv, layer.use_causal_mask).transpose(0, 2, 1, 3)
    last = p["output_kernel"]
    return z.reshape(n, steps, -1) @ last.reshape(-1, last.shape[-1])


def conv2d(layer, x, p, inner):
    return tensor.conv2d(x, p["kernel"], p.get("bias"), layer.strides, layer.padding)


def pooling(pool):
    return lambda layer, x, p, inner: pool(x, layer.pool_size, layer.strides, layer.padding)


def over_the_image(reduce):
    return lambda layer, x, p, inner: reduce(x, axis=(1, 2), keepdims=layer.keepdims)


def residual(layer, x, p, inner):
    y = x
    for sublayer in layer.sublayers:
        y = inner(sublayer, y)
    return x + y


TAPED = {
    layers.Activation: lambda layer, x, p, inner: x,
    layers.AveragePooling2D: pooling(tensor.average_pool2d),
    layers.BatchNormalization: batch_normalization,
    layers.Conv2D: conv2d,
    layers.Dense: dense,
    layers.Dropout: dropout,
    layers.Embedding: lambda layer, x, p, inner: tensor.embedding(
        p["embeddings"], x.data.astype(int)
    ),
    layers.Flatten: reshape,
    layers.GlobalAveragePooling1D: lambda layer, x, p, inner: x.mean(axis=1),
    layers.GlobalAveragePooling2D: over_the_image(tensor.Tensor.mean),
    layers.GlobalMaxPooling2D: over_the_image(tensor.Tensor.max),
    layers.LayerNormalization: layer_normalization,
    layers.MaxPooling2D: pooling(tensor.max_pool2d),
    layers.MultiHeadAttention: attention,
    layers.PositionalEmbedding: lambda layer, x, p, inner: x + p["position_embeddings"],
    layers.Reshape: reshape,
    layers.Residual: residual,
    layers.SelfAttention: attention,
    layers.SimpleRNN: simple_rnn,
}
NO_LAYERS = {"Input", "InputLayer", "Layer", "example_shape", "fitting_weights"}

# loss -> what it is of logits, and of predictions
LOSSES = {
    losses.BinaryCrossentropy: (tensor.sigmoid_cross_entropy, tensor.binary_cross_entropy),
    losses.CategoricalCrossentropy: (tensor.softmax_cross_entropy, tensor.cross_entropy),
    losses.MeanSquaredError: (None, tensor.squared_error),
    losses.SparseCategoricalCrossentropy: (tensor.softmax_cross_entropy, tensor.cross_entropy),
}
NO_LOSSES = {"Loss", "get"}


def taped(layer, x, params, *, activate=True):
    """One layer on the tape; params: {layer: {name: Tensor}}."""
    z = TAPED[type(layer)](layer, x, params[layer], lambda sublayer, x: taped(sublayer, x, params))
    activation = layer.activation
    if not activate or activation.name == "linear":
        return z
    return getattr(tensor, activation.name)(z, **getattr(activation.forward, "keywords", {}))


def taped_loss(model, x, y, weights=None):
    """The loss of a compiled model as a function of {layer: {name: array}}, for the tape."""
    loss, last = model.loss, model.layers[-1]
    fused = loss.absorbs == last.activation.name and not loss.from_logits
    of_logits, of_predictions = LOSSES[type(loss)]
    per_row = of_logits if fused or loss.from_logits else of_predictions
    places, k = model.output_shape[:-1], model.output_shape[-1]  # each place is a row
    y = np.reshape(y, (-1, *np.shape(y)[1 + len(places) :]))
    y = loss.checked_targets("y", y, (len(y), k), np.float64)
    of_rows = 1 if weights is None else np.repeat(weights, len(y) // len(x))

    def of(params):
        z = tensor.Tensor(x)
        for layer in model.layers:
            z = taped(layer, z, params, activate=layer is not last or not fused)
        error = (per_row(z.reshape(-1, k), y) * of_rows).mean()
        for layer, own in params.items():
            for name, regularizer in layer.regularizers.items() if layer.trainable else ():
                error = error + tensor.absolute_sum(own[name], regularizer.l1)
                error = error + tensor.square_sum(own[name], regularizer.l2)
        return error

    return of


def family(model):
    return [layer for top in model.layers for layer in top.family()]


def assert_both_agree(model, x, y, weights=None):
    """Every gradient, and the loss, in float64."""
    gradients(model, x, y, weights)
    ordered = {layer: {n: g.copy() for n, g in layer.gradients.items()} for layer in family(model)}
    params = {layer: {n: p.copy() for n, p in layer.parameters.items()} for layer in family(model)}
    value, found = value_and_grad(taped_loss(model, x, y, weights))(params)
    if layers.Dropout not in map(type, family(model)):  # which would draw another mask
        assert value == pytest.approx(model.train_on_batch(x, y, weights), rel=1e-13)
    learnt = [(layer, name) for layer in family(model) for name in layer.learnt()]
    assert learnt
    for layer, name in learnt:
        assert np.abs(ordered[layer][name]).max() > 0
        assert relative_error(found[layer][name], ordered[layer][name]) < 1e-13


# name -> (layers that end in Dense(CLASSES, "softmax") when one is added, shape of an example)
MODELS = {
    **{
        f"dense {name}": lambda name=name: ([Dense(5, name), Dense(4, name)], (INPUTS,))
        for name in nn.activations.NAMES
    },
    "leaky_relu with a slope of its own": lambda: (
        [Dense(5, nn.activations.leaky_relu.with_settings(negative_slope=0.1))],
        (INPUTS,),
    ),
    "elu on its own": lambda: ([Dense(5), Activation("elu")], (INPUTS,)),
    "regularized": lambda: (
        [
            Dense(5, "tanh", kernel_regularizer="l1", bias_regularizer="l2"),
            Dense(4, "tanh", kernel_regularizer=nn.regularizers.L1L2(0.03, 0.2)),
        ],
        (INPUTS,),
    ),
    "layer normalization": lambda: (
        [Dense(5), layers.LayerNormalization(gamma_regularizer="l2"), Activation("relu")],
        (INPUTS,),
    ),
    "batch normalization": lambda: (
        [Dense(5), layers.BatchNormalization(), Activation("relu")],
        (INPUTS,),
    ),
    "batch normalization frozen": lambda: (
        [Dense(5), layers.BatchNormalization(trainable=False), Activation("tanh")],
        (INPUTS,),
    ),
    "normalization without scale and center": lambda: (
        [
            Dense(5),
            layers.LayerNormalization(scale=False),
            layers.BatchNormalization(center=False),
        ],
        (INPUTS,),
    ),
    "dropout": lambda: ([Dense(9, "tanh"), layers.Dropout(0.4, seed=3)], (INPUTS,)),
    "recurrent": lambda: (
        [layers.Embedding(6, 3), layers.SimpleRNN(4, return_sequences=True), layers.SimpleRNN(5)],
        (INPUTS,),
    ),
    "attention": lambda: (
        [
            layers.Embedding(6, 4),
            layers.PositionalEmbedding(),
            layers.MultiHeadAttention(2, 3, value_dim=5, use_bias=False, use_causal_mask=True),
            layers.SelfAttention(3, use_bias=False),
            layers.GlobalAveragePooling1D(),
        ],
        (INPUTS,),
    ),
    "residual": lambda: (
        [
            layers.Residual(
                [
                    layers.LayerNormalization(),
                    layers.Residual([Dense(6, "relu"), Dense(INPUTS)]),
                    Dense(INPUTS, "tanh"),
                ]
            )
        ],
        (INPUTS,),
    ),
    "convolution, pooled": lambda: (
        [
            layers.Conv2D(3, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(17, 2, activation="relu", kernel_regularizer="l2"),
            layers.MaxPooling2D((3, 2), 1),
            layers.GlobalMaxPooling2D(),
        ],
        (9, 8, 2),
    ),
    "convolution, averaged": lambda: (
        [
            layers.Conv2D(4, (2, 3), (2, 1), activation="tanh", use_bias=False),
            layers.AveragePooling2D(2, padding="same"),
            layers.Conv2D(3, 2),
            layers.GlobalAveragePooling2D(keepdims=True),
            layers.Flatten(),
        ],
        (8, 7, 1),
    ),
    "reshaped": lambda: (
        [layers.Reshape((2, 2)), Dense(3, "tanh"), layers.Flatten()],
        (INPUTS,),
    ),
}


def test_every_layer_and_every_loss_has_its_row():
    assert {kind.__name__ for kind in TAPED} == set(layers.__all__) - NO_LAYERS
    assert {kind.__name__ for kind in LOSSES} == set(losses.__all__) - NO_LOSSES


def test_every_layer_with_a_row_is_in_a_model():
    used = {type(layer) for make in MODELS.values() for layer in make()[0]}
    assert used == set(TAPED)


@pytest.mark.parametrize("name", MODELS)
def test_the_tape_equals_the_layers_to_machine_precision(name):
    before, shape = MODELS[name]()
    loss = losses.SparseCategoricalCrossentropy()
    model, x = model_of([*before, Dense(CLASSES, "softmax")], shape, loss)
    if isinstance(before[0], layers.Embedding):
        x = np.random.default_rng(0).integers(0, before[0].input_dim, x.shape)
    assert_both_agree(model, x, blobs(7)[1])


@pytest.mark.parametrize("ending", endings())
@pytest.mark.parametrize("architecture", architectures(None, 1))
@pytest.mark.parametrize("weighted", [False, True])
def test_the_tape_equals_the_layers_for_every_model_and_loss(architecture, ending, weighted):
    last, loss, y = endings()[ending]
    before, shape = architectures(last, CLASSES)[architecture]
    model, x = model_of(before, shape, loss)
    weights = np.array([0, 1, 2, 0.5, 3, 1, 0.1]) if weighted else None
    assert_both_agree(model, x, y, weights)


@pytest.mark.parametrize("weights", [None, np.arange(7.0)])
def test_the_tape_equals_the_layers_with_targets_at_every_place(weights):
    loss = losses.SparseCategoricalCrossentropy()
    before = [layers.Reshape((2, 2)), Dense(5, "tanh"), Dense(CLASSES, "softmax")]
    model, x = model_of(before, (INPUTS,), loss)
    assert_both_agree(model, x, np.random.default_rng(0).integers(0, CLASSES, (7, 2)), weights)


def test_a_layer_that_two_inputs_share_gets_both_shares():
    before = [Dense(3, "tanh"), layers.Flatten()]  # Dense takes each of the example's two rows
    loss, y = losses.SparseCategoricalCrossentropy(), blobs(7)[1]
    model, x = model_of([*before, Dense(CLASSES, "softmax")], (2, INPUTS), loss)
    ordered = gradients(model, x, y)

    def taped_by_hand(params):
        W, b, *last = params
        twice = [tensor.tanh(tensor.affine(x[:, i], W, b)) for i in range(2)]
        z = tensor.affine(tensor.concatenate(twice, axis=1), *last)
        return tensor.softmax_cross_entropy(z, y).mean()

    found = value_and_grad(taped_by_hand)(model.get_weights())[1]
    for taped_one, ordered_one in zip(found, ordered, strict=True):
        assert relative_error(taped_one, ordered_one) < 1e-13

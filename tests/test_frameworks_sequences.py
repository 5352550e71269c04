"""The layers for sequences beside PyTorch and Keras 3: from the same weights, the same numbers.

Left out unless asked for: `pytest -m frameworks`. Keras runs on PyTorch here.
"""

import numpy as np
import pytest

from dlcore import nn

pytestmark = [
    pytest.mark.frameworks,
    # Keras's own way to ask PyTorch for an array
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning"),
]

layers = nn.layers
N, STEPS, FEATURES, WORDS = 3, 6, 8, 11


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def words(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, WORDS, shape)


# --- Keras --------------------------------------------------------------------------------------

RECURRENT = {
    "last": {},
    "all": {"return_sequences": True},
    "backwards": {"return_sequences": True, "go_backwards": True},
    "last of backwards": {"go_backwards": True, "use_bias": False},
    "sigmoid": {"activation": "sigmoid", "return_sequences": True},
}
ATTENTION = {
    "plain": {},
    "no bias": {"use_bias": False},
    "sizes": {"value_dim": 5, "output_shape": 7},
}


def beside_keras(torch, ours, theirs, call, x, d):
    """Both layers' outputs, dx and gradients for Σ d · output, from the same weights."""
    ours.ensure_built(x.shape[1:], "float32", np.random.default_rng(0))
    ours.set_weights([w + 0.1 * numbers(*w.shape, seed=1) for w in ours.get_weights()])
    inputs = torch.tensor(x, requires_grad=x.dtype.kind == "f")
    call(inputs)  # builds it
    theirs.set_weights(ours.get_weights())
    z = call(inputs)
    z.backward(torch.tensor(d))
    known = [z.detach().numpy(), *(v.value.grad.numpy() for v in theirs.trainable_weights)]
    mine = [np.array(ours.forward(x))]
    dx = ours.backward(d.copy(), need_dx=inputs.requires_grad)
    mine += ours.gradients.values()
    if inputs.requires_grad:
        mine.append(dx)
        known.append(inputs.grad.numpy())
    assert len(mine) == len(known)
    for one, other in zip(mine, known, strict=True):
        assert one.shape == other.shape
        assert np.abs(one - other).max() <= 2e-6 * max(1, np.abs(other).max())
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_embedding_is_kerass(keras, torch):
    theirs = keras.layers.Embedding(WORDS, 4)
    d = numbers(N, STEPS, 4)
    beside_keras(torch, layers.Embedding(WORDS, 4), theirs, theirs, words(N, STEPS), d)


def test_global_average_pooling_is_kerass(keras, torch):
    theirs = keras.layers.GlobalAveragePooling1D()
    x, d = numbers(N, STEPS, FEATURES), numbers(N, FEATURES, seed=2)
    beside_keras(torch, layers.GlobalAveragePooling1D(), theirs, theirs, x, d)


@pytest.mark.parametrize("name", RECURRENT)
def test_simple_rnn_is_kerass(keras, torch, name):
    options = RECURRENT[name]
    ours, theirs = layers.SimpleRNN(5, **options), keras.layers.SimpleRNN(
        5, **options
    )  # fmt: skip
    shape = (N, STEPS, 5) if "return_sequences" in options else (N, 5)
    x, d = numbers(N, STEPS, FEATURES), numbers(*shape, seed=2)
    beside_keras(torch, ours, theirs, theirs, x, d)


def test_stateful_simple_rnn_is_kerass(keras):
    ours = layers.SimpleRNN(5, stateful=True)
    theirs = keras.layers.SimpleRNN(5, stateful=True)
    first, second = numbers(N, STEPS, FEATURES), numbers(N, STEPS, FEATURES, seed=1)
    ours(first)
    theirs(first)
    theirs.set_weights(ours.get_weights())
    for layer in (ours, theirs):
        layer.reset_state()
    for x in (first, second):
        np.testing.assert_allclose(ours(x), theirs(x).detach().numpy(), atol=2e-6)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("name", ATTENTION)
def test_multi_head_attention_is_kerass(keras, torch, name, causal):
    options = ATTENTION[name]
    ours = layers.MultiHeadAttention(2, 3, **options, use_causal_mask=causal)
    theirs = keras.layers.MultiHeadAttention(2, 3, **options)

    def call(x):
        return theirs(x, x, use_causal_mask=causal)

    x, d = numbers(N, STEPS, FEATURES), numbers(N, STEPS, 7 if name == "sizes" else 8, seed=2)
    beside_keras(torch, ours, theirs, call, x, d)
    _, scores = theirs(x, x, use_causal_mask=causal, return_attention_scores=True)
    np.testing.assert_allclose(ours.attention_scores, scores.detach().numpy(), atol=2e-6)


def test_initial_weights_of_attention_spread_as_kerass_do(keras):
    ours, theirs = layers.MultiHeadAttention(8, 40), keras.layers.MultiHeadAttention(8, 40)
    ours.ensure_built((STEPS, 300), rng=np.random.default_rng(0))
    keras.utils.set_random_seed(0)
    theirs.build((N, STEPS, 300), (N, STEPS, 300))
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        assert one.std() == pytest.approx(float(other.std()), rel=0.02)
        assert np.abs(one).max() == pytest.approx(float(np.abs(other).max()), rel=0.01)


# --- PyTorch: the path of 200 steps -------------------------------------------------------------


def walked_alike(torch, model, forward, parameters, x, y, rate):
    """200 steps of plain SGD, ours and PyTorch's, in float32 from the same weights."""
    for step in range(200):
        rows = slice(8 * step % len(x), 8 * step % len(x) + 8)
        ours = model.train_on_batch(x[rows], y[rows])
        logits = forward(torch.from_numpy(x[rows]))
        targets = torch.from_numpy(y[rows]).reshape(-1)
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, WORDS), targets)
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            torch._foreach_add_(parameters, gradients, alpha=-rate)
        assert ours == pytest.approx(loss.item(), rel=1e-5)
        if not step:
            first = ours
    assert ours < 0.8 * first


def tensors(torch, arrays):
    return [torch.tensor(w, requires_grad=True) for w in arrays]


@pytest.mark.parametrize("truncate", [None, 4])
def test_a_recurrent_network_takes_pytorchs_path(torch, truncate):
    model = nn.Sequential(
        [
            layers.Embedding(WORDS, FEATURES, input_shape=(STEPS,)),
            layers.SimpleRNN(12, return_sequences=True, truncate=truncate),
            layers.Dense(WORDS, "softmax"),
        ],
        seed=0,
    )
    model.compile(nn.optimizers.SGD(0.5), "sparse_categorical_crossentropy")
    parameters = tensors(torch, model.get_weights())
    table, W, U, b, V, c = parameters

    def forward(x):
        h, states = torch.zeros(len(x), 12), []
        for s in range(STEPS):
            if truncate and s and (STEPS - s) % truncate == 0:
                h = h.detach()
            h = torch.tanh(table[x[:, s]] @ W + h @ U + b)
            states.append(h)
        return torch.stack(states, dim=1) @ V + c

    x = words(64, STEPS)
    walked_alike(torch, model, forward, parameters, x, (3 * x + 1) % WORDS, 0.5)
    for ours, theirs in zip(model.get_weights(), parameters, strict=True):
        limit = 1e-5 * np.abs(ours).max()
        np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=0, atol=limit)


def test_an_attention_block_takes_pytorchs_path(torch):
    heads, key = 2, 4
    model = nn.Sequential(
        [
            layers.Embedding(WORDS, FEATURES, input_shape=(STEPS,)),
            layers.PositionalEmbedding(),
            layers.Residual(
                [
                    layers.LayerNormalization(),
                    layers.MultiHeadAttention(heads, key, use_causal_mask=True),
                ]
            ),
            layers.Residual(
                [
                    layers.LayerNormalization(),
                    layers.Dense(16, "relu"),
                    layers.Dense(FEATURES),
                ]
            ),
            layers.Dense(WORDS, "softmax"),
        ],
        seed=0,
    )
    model.compile(nn.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    parameters = tensors(torch, model.get_weights())
    table, places, *block = parameters
    g1, b1, Wq, bq, Wk, bk, Wv, bv, Wo, bo, g2, b2, W1, c1, W2, c2, Wy, by = block
    F = torch.nn.functional

    def forward(x):
        h = table[x] + places
        a = F.layer_norm(h, (FEATURES,), g1, b1, 1e-3)
        q, k, v = (
            torch.einsum("ntf,fhk->nhtk", a, W) + b.unsqueeze(1)
            for W, b in ((Wq, bq), (Wk, bk), (Wv, bv))
        )
        z = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        h = h + torch.einsum("nhtk,hkf->ntf", z, Wo) + bo
        a = F.layer_norm(h, (FEATURES,), g2, b2, 1e-3)
        return (h + torch.relu(a @ W1 + c1) @ W2 + c2) @ Wy + by

    x = words(64, STEPS)
    y = np.concatenate([x[:, :1], x[:, :-1]], axis=1)  # the word before
    walked_alike(torch, model, forward, parameters, x, y, 0.1)
    for ours, theirs in zip(model.get_weights(), parameters, strict=True):
        limit = 1e-5 * max(1, np.abs(ours).max())  # the key's bias has no gradient but rounding
        np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=0, atol=limit)

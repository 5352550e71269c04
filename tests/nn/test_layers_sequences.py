"""What the layers for sequences promise: words looked up, states carried on, places that look."""

import numpy as np
import pytest

from dlcore import nn
from dlcore.derivatives import central_difference
from dlcore.rules.recurrent import recurrence
from tests.nn.small import assert_same_state, equal, state

layers = nn.layers
STEPS, FEATURES, WORDS = 5, 4, 7


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def words(*shape, seed=0, among=WORDS):
    return np.random.default_rng(seed).integers(0, among, shape)


def shaken(layer, input_shape, dtype="float64"):
    """The layer, built, with no weight at 0 or 1 and no two alike."""
    layer.ensure_built(input_shape, dtype, np.random.default_rng(1))
    layer.set_weights([w + 0.3 * numbers(*w.shape, seed=2) for w in layer.get_weights()])
    return layer


SEQUENCES = {
    "positions": lambda: layers.PositionalEmbedding(),
    "rnn": lambda: layers.SimpleRNN(3),
    "rnn, all states": lambda: layers.SimpleRNN(3, return_sequences=True),
    "rnn, backwards": lambda: layers.SimpleRNN(3, return_sequences=True, go_backwards=True),
    "rnn, last of backwards": lambda: layers.SimpleRNN(3, go_backwards=True),
    "rnn, no bias": lambda: layers.SimpleRNN(3, "sigmoid", use_bias=False),
    "rnn, linear": lambda: layers.SimpleRNN(3, None, return_sequences=True),
    "rnn, gelu": lambda: layers.SimpleRNN(3, "gelu", return_sequences=True),
    "rnn, softmax": lambda: layers.SimpleRNN(3, "softmax", return_sequences=True),
    "rnn, cut where it ends": lambda: layers.SimpleRNN(3, truncate=STEPS),
    "attention": lambda: layers.MultiHeadAttention(2, 3),
    "attention, causal": lambda: layers.MultiHeadAttention(2, 3, use_causal_mask=True),
    "attention, sizes": lambda: layers.MultiHeadAttention(3, 2, value_dim=5, output_shape=6),
    "attention, no bias": lambda: layers.MultiHeadAttention(2, 2, use_bias=False),
    "self-attention": lambda: layers.SelfAttention(3, use_causal_mask=True),
    "mean": lambda: layers.GlobalAveragePooling1D(),
    "norm": lambda: layers.LayerNormalization(),
    "residual": lambda: layers.Residual([layers.Dense(6, "tanh"), layers.Dense(FEATURES)]),
    "residual in residual": lambda: layers.Residual(
        [
            layers.LayerNormalization(),
            layers.Residual([layers.Dense(FEATURES, "tanh"), layers.MultiHeadAttention(1, 2)]),
            layers.Dense(FEATURES, "sigmoid"),
        ]
    ),
}


def gradients_of(layer, x, d, **asked):
    """∂(Σ d · layer(x))/∂x and by each parameter, by the layer's own way back."""
    layer.forward(x)
    dx = layer.backward(d.copy(), **asked)
    kept = None if dx is None else dx.copy()
    return kept, [g.copy() for one in layer.family() for g in one.gradients.values()]


def numerical_gradients_of(layer, x, d, by_x=True):
    def error(x):
        return (d * layer.forward(x)).sum()

    by_weights = []
    for w in layer.weights:
        start = w.copy()

        def with_weight(value, w=w):
            w[...] = value
            return error(x)

        by_weights.append(central_difference(with_weight, start))
        w[...] = start
    return central_difference(error, x) if by_x else None, by_weights


def near(ours, numerical):
    np.testing.assert_allclose(ours, numerical, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("steps", [1, STEPS])
@pytest.mark.parametrize("name", SEQUENCES)
def test_gradients_of_every_layer_equal_central_differences(name, steps, n):
    layer, x = shaken(SEQUENCES[name](), (steps, FEATURES)), numbers(n, steps, FEATURES)
    d = numbers(*layer.forward(x).shape, seed=3)
    dx, gradients = gradients_of(layer, x, d)
    known_dx, known = numerical_gradients_of(layer, x, d)
    near(dx, known_dx)
    assert len(gradients) == len(known)
    for ours, one in zip(gradients, known, strict=True):
        near(ours, one)


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_layer_that_comes_first_finds_the_same_gradients_without_dx(name):
    layer, x = shaken(SEQUENCES[name](), (STEPS, FEATURES)), numbers(2, STEPS, FEATURES)
    d = numbers(*layer.forward(x).shape, seed=3)
    _, known = gradients_of(layer, x, d)
    for gradient in (g for one in layer.family() for g in one.gradients.values()):
        gradient[...] = np.nan
    _, ours = gradients_of(layer, x, d, need_dx=False)
    assert equal(ours, known)


@pytest.mark.parametrize("name", SEQUENCES)
def test_results_do_not_depend_on_the_batch_before(name):
    layer, x = shaken(SEQUENCES[name](), (STEPS, FEATURES)), numbers(3, STEPS, FEATURES)
    d = numbers(*layer.forward(x).shape, seed=3)
    first = layer(x), *gradients_of(layer, x, d)[1]
    gradients_of(layer, numbers(8, STEPS, FEATURES), numbers(8, *d.shape[1:]))
    gradients_of(layer, numbers(1, STEPS, FEATURES), numbers(1, *d.shape[1:]))
    again = layer(x), *gradients_of(layer, x, d)[1]
    assert equal(first, again)


@pytest.mark.parametrize("name", SEQUENCES)
def test_nothing_changes_what_it_is_given_but_d(name):
    layer, x = shaken(SEQUENCES[name](), (STEPS, FEATURES)), numbers(2, STEPS, FEATURES)
    kept = x.copy()
    gradients_of(layer, x, numbers(*layer.forward(x).shape))
    np.testing.assert_array_equal(x, kept)


# --- Embedding ----------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(), (4,), (2, 3)])
def test_an_embedding_is_the_rows_of_the_words_and_its_gradient_is_theirs(shape):
    layer = shaken(layers.Embedding(WORDS, 3), shape)
    x = words(6, *shape)
    np.testing.assert_array_equal(layer(x), layer.embeddings[x])
    d = numbers(6, *shape, 3)
    _, [ours] = gradients_of(layer, x, d, need_dx=False)
    near(ours, numerical_gradients_of(layer, x, d, by_x=False)[1][0])


@pytest.mark.parametrize(("rows", "size"), [(10, 3), (64, 64), (600, 64)])
def test_a_word_is_counted_as_often_as_it_comes(rows, size):
    x, d = words(32, 64, among=rows), numbers(32, 64, size).astype(np.float32)
    layer = shaken(layers.Embedding(rows, size), (64,), "float32")
    x[:, ::3] = 2
    _, [ours] = gradients_of(layer, x, d, need_dx=False)
    known = np.zeros((rows, size))
    np.add.at(known, x, d)
    np.testing.assert_allclose(ours, known, rtol=1e-5, atol=1e-4)
    assert (ours[np.setdiff1d(np.arange(rows), x)] == 0).all()


def test_words_may_be_whole_floats_and_are_never_made_float32():
    layer = layers.Embedding(2**25, 1)
    for given in (np.int64, np.uint32, np.float64):
        found = layer.accepted("x", np.array([[2**24 + 1]], given), np.float32)
        assert found.dtype == np.intp
        assert found[0, 0] == 2**24 + 1
    small = layers.Embedding(WORDS, 2)
    np.testing.assert_array_equal(small([[1.0, 3.0]]), small([[1, 3]]))


def language_model(*, seed=0, dtype="float32", compiled=True):
    """Embedding, places, one attention block, words: (n, STEPS) -> (n, STEPS, WORDS)."""
    model = nn.Sequential(
        [
            nn.Input((STEPS,)),
            layers.Embedding(WORDS, FEATURES),
            layers.PositionalEmbedding(),
            layers.Residual(
                [
                    layers.LayerNormalization(),
                    layers.MultiHeadAttention(2, 2, use_causal_mask=True),
                ]
            ),
            layers.Residual([layers.LayerNormalization(), layers.Dense(8, "relu"),
                             layers.Dense(FEATURES)]),
            layers.Dense(WORDS, "softmax"),
        ],
        seed=seed,
        dtype=dtype,
    )  # fmt: skip
    if compiled:
        model.compile(nn.optimizers.SGD(0.1), "sparse_categorical_crossentropy", ["accuracy"])
    return model


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        (-1, ValueError, r"x must be in 0\.\.6 for layer 'embedding' of 7 words; got -1 at "
                         r"position \(2, 1\)"),
        (WORDS, ValueError, r"x must be in 0\.\.6 .*; got 7 at position \(2, 1\)"),
        (0.5, ValueError, r"x must be whole; got 0\.5 at position \(2, 1\)"),
        (np.nan, ValueError, r"x must be whole; got nan at position \(2, 1\)"),
        (np.inf, ValueError, r"x must be in 0\.\.6 .*; got inf at position \(2, 1\)"),
        ("word", TypeError, "x must hold integers, words' numbers; got dtype <U"),
        (True, TypeError, "x must hold integers, words' numbers; got dtype bool"),
        (1j, TypeError, "x must hold integers, words' numbers; got dtype complex128"),
    ],
)  # fmt: skip
def test_what_is_no_word_is_refused_before_anything_changes(wrong, error, said):
    model, x, y = language_model(), words(8, STEPS), words(8, STEPS)
    model.fit(x, y, verbose=0)
    before = state(model)
    bad = x.astype(type(wrong))
    bad[2, 1] = wrong
    for call in (
        lambda: model.fit(bad, y, verbose=0),
        lambda: model.evaluate(bad, y),
        lambda: model.train_on_batch(bad, y),
        lambda: model.predict(bad),
        lambda: model(bad),
    ):
        with pytest.raises(error, match=said):
            call()
    with pytest.raises(error, match=said.replace("x must", "validation x must")):
        model.fit(x, y, verbose=0, validation_data=(bad, y))
    assert_same_state(model, before)


@pytest.mark.parametrize("shape", [(8,), (8, STEPS + 1), (8, STEPS, 1)])
def test_words_in_another_shape_are_refused(shape):
    model = language_model()
    with pytest.raises(ValueError, match=r"x must have shape \(n, 5\)"):
        model.predict(words(*shape))


def test_an_embedding_in_the_middle_is_given_words_too():
    model = nn.Sequential([layers.Reshape((4,), input_shape=(2, 2)), layers.Embedding(WORDS, 3)])
    x = words(3, 2, 2)
    np.testing.assert_array_equal(model.predict(x), model.layers[1].embeddings[x.reshape(3, 4)])
    with pytest.raises(ValueError, match=r"the input of layer 'embedding' must be in 0\.\.6"):
        model.predict(x + WORDS)


def test_nothing_before_an_embedding_can_learn():
    model = nn.Sequential(
        [
            layers.Dense(3, kernel_initializer="zeros", input_shape=(2,)),
            layers.Embedding(WORDS, 2),
            layers.GlobalAveragePooling1D(),
        ]
    )
    model.compile("sgd", "mse")
    before = model.get_weights()
    with pytest.raises(ValueError, match="layer 'embedding' has no derivative by its input"):
        model.fit(np.ones((4, 2)), np.ones((4, 2)), verbose=0)
    assert equal(model.get_weights(), before)
    model.layers[0].trainable = False
    model.fit(np.ones((4, 2)), np.ones((4, 2)), verbose=0)
    assert not equal(model.get_weights(), before)


def test_classes_of_texts_may_be_weighed():
    model = nn.Sequential(
        [
            layers.Embedding(WORDS, 3, input_shape=(STEPS,)),
            layers.GlobalAveragePooling1D(),
            layers.Dense(2, "softmax"),
        ],
        seed=0,
    )
    model.compile(nn.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    x, y, start = words(6, STEPS), np.array([0, 1, 1, 0, 1, 0]), model.get_weights()
    paths = []
    for asked in (
        {"class_weight": {0: 0.25, 1: 1.5}},
        {"sample_weight": np.where(y == 0, 0.25, 1.5)},
    ):
        model.set_weights(start)
        model.train_on_batch(x, y, **asked)
        paths.append(model.get_weights())
    assert equal(*paths)


# --- SimpleRNN ----------------------------------------------------------------------------------


def test_a_recurrent_layer_goes_step_by_step():
    layer, x = shaken(layers.SimpleRNN(3), (STEPS, FEATURES)), numbers(2, STEPS, FEATURES)
    W, U, b = layer.get_weights()
    assert (W.shape, U.shape, b.shape) == ((FEATURES, 3), (3, 3), (3,))
    h, states = np.zeros((2, 3)), []
    for s in range(STEPS):
        h = np.tanh(x[:, s] @ W + h @ U + b)
        states.append(h)
    np.testing.assert_allclose(layer(x), h, rtol=1e-12)
    layer.return_sequences = True
    np.testing.assert_allclose(layer(x), np.stack(states, axis=1), rtol=1e-12)


def test_going_backwards_is_reading_the_sequence_from_its_end():
    x = numbers(2, STEPS, FEATURES)
    forwards, backwards = (
        shaken(layers.SimpleRNN(3, return_sequences=True, go_backwards=back), (STEPS, FEATURES))
        for back in (False, True)
    )
    np.testing.assert_array_equal(backwards(x), forwards(x[:, ::-1]))


@pytest.mark.parametrize("truncate", [1, 2, 3, STEPS - 1, STEPS, STEPS + 3])
@pytest.mark.parametrize("sequences", [False, True])
def test_truncation_takes_the_state_at_each_cut_for_a_constant(truncate, sequences):
    layer = layers.SimpleRNN(3, return_sequences=sequences, truncate=truncate)
    shaken(layer, (STEPS, FEATURES))
    x = numbers(2, STEPS, FEATURES)
    d = numbers(*layer.forward(x).shape, seed=3)
    dx, (dW, dU, db) = gradients_of(layer, x, d)
    states = layer._h.copy()
    cuts = [s for s in range(STEPS) if s == 0 or (STEPS - s) % truncate == 0]

    def error(x, W, U, b):
        """Σ d h, block by block, each from the state that stands at its beginning."""
        z, total = (x @ W + b).swapaxes(0, 1), 0.0
        for start, stop in zip(cuts, [*cuts[1:], STEPS], strict=True):
            h0 = states[start - 1] if start else np.zeros((2, 3))
            h = recurrence(z[start:stop], U, h0)
            wanted = d[:, start:stop].swapaxes(0, 1) if sequences else d
            if sequences or stop == STEPS:
                total += (wanted * (h if sequences else h[-1])).sum()
        return total

    inputs = [x, *layer.get_weights()]
    for i, ours in enumerate((dx, dW, dU, db)):
        known = central_difference(
            lambda v, i=i: error(*inputs[:i], v, *inputs[i + 1 :]), inputs[i]
        )
        near(ours, known)
    if not sequences:  # the last step's error reaches so many steps and no further
        assert (dx[:, : max(0, STEPS - truncate)] == 0).all()
        assert (dx[:, max(0, STEPS - truncate) :] != 0).all()


@pytest.mark.parametrize("truncate", [STEPS, STEPS + 1])
def test_a_cut_beyond_the_sequence_is_no_cut(truncate):
    x, d = numbers(2, STEPS, FEATURES), numbers(2, STEPS, 3, seed=3)
    whole, cut = (
        shaken(layers.SimpleRNN(3, return_sequences=True, truncate=k), (STEPS, FEATURES))
        for k in (None, truncate)
    )
    assert equal(gradients_of(whole, x, d)[1], gradients_of(cut, x, d)[1])


def test_a_stateful_layer_goes_on_where_it_was():
    layer, whole = (
        shaken(layers.SimpleRNN(3, return_sequences=True, stateful=kept), (steps, FEATURES))
        for kept, steps in ((True, STEPS), (False, 2 * STEPS))
    )
    x = numbers(2, 2 * STEPS, FEATURES)
    halves = [layer(x[:, :STEPS]), layer(x[:, STEPS:])]
    np.testing.assert_allclose(np.concatenate(halves, axis=1), whole(x), rtol=1e-12)
    with pytest.raises(ValueError, match=r"'simple_rnn' is stateful and remembers 2 rows; got a "
                                         r"batch of 3"):  # fmt: skip
        layer(numbers(3, STEPS, FEATURES))
    layer.reset_state()
    np.testing.assert_array_equal(layer(x[:, :STEPS]), halves[0])


def test_gradients_of_a_stateful_layer_take_the_state_for_a_constant():
    layer = shaken(layers.SimpleRNN(3, stateful=True), (STEPS, FEATURES))
    first, x = numbers(2, STEPS, FEATURES, seed=5), numbers(2, STEPS, FEATURES)
    d = numbers(2, 3, seed=3)
    layer.forward(first)
    remembered = layer._state

    class Always(layers.SimpleRNN):
        def forward(self, x, **options):
            self._state = remembered
            return super().forward(x, **options)

    layer.__class__ = Always
    dx, gradients = gradients_of(layer, x, d)
    known_dx, known = numerical_gradients_of(layer, x, d)
    for ours, one in zip([dx, *gradients], [known_dx, *known], strict=True):
        near(ours, one)


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_a_recurrent_layer_may_end_a_model_with_any_activation(activation):
    units, loss = {"softmax": (3, "sparse_categorical_crossentropy"),
                   "sigmoid": (1, "binary_crossentropy")}[activation]  # fmt: skip
    model = nn.Sequential(
        [layers.SimpleRNN(units, activation, input_shape=(STEPS, FEATURES))], seed=0
    )
    model.compile("sgd", loss)
    x, y = numbers(4, STEPS, FEATURES), np.array([0, 1, 1, 0])
    p = model.predict(x)[:, -1] if units == 1 else model.predict(x)[np.arange(4), y]
    expected = -np.log(np.where(y == 1, p, 1 - p) if units == 1 else p).mean()
    assert model.evaluate(x, y) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("shape", [(4, 4), (3, 8), (8, 3), (2, 3, 4), (1, 1)])
def test_an_orthogonal_matrix_has_orthonormal_rows_or_columns(shape):
    W = nn.initializers.Orthogonal(gain=2.0, seed=0)(shape, "float64").reshape(-1, shape[-1])
    square = W @ W.T if W.shape[0] < W.shape[1] else W.T @ W
    np.testing.assert_allclose(square, 4 * np.eye(len(square)), atol=1e-12)


def test_orthogonal_matrices_favour_no_direction():
    signs = [nn.initializers.Orthogonal(seed=s)((1, 1))[0, 0] for s in range(200)]
    assert 70 < np.sum(np.array(signs) > 0) < 130


def test_a_vector_cannot_be_orthogonal():
    with pytest.raises(ValueError, match=r"needs two axes or more; got shape \(3,\)"):
        nn.initializers.Orthogonal()((3,))


# --- attention ----------------------------------------------------------------------------------


def test_attention_is_written_out_head_by_head():
    layer = shaken(layers.MultiHeadAttention(2, 3, value_dim=5, output_shape=6), (STEPS, FEATURES))
    x = numbers(2, STEPS, FEATURES)
    Wq, bq, Wk, bk, Wv, bv, Wo, bo = layer.get_weights()
    assert [w.shape for w in layer.get_weights()] == [
        (4, 2, 3), (2, 3), (4, 2, 3), (2, 3), (4, 2, 5), (2, 5), (2, 5, 6), (6,),
    ]  # fmt: skip
    expected = np.zeros((2, STEPS, 6)) + bo
    for h in range(2):
        q, k, v = (x @ W[:, h] + b[h] for W, b in ((Wq, bq), (Wk, bk), (Wv, bv)))
        scores = np.exp(q @ k.swapaxes(1, 2) / np.sqrt(3))
        scores /= scores.sum(axis=-1, keepdims=True)
        expected += scores @ v @ Wo[h]
    np.testing.assert_allclose(layer(x), expected, rtol=1e-12)


def test_attention_scores_are_those_of_the_last_pass_and_ones_own():
    layer = layers.MultiHeadAttention(2, 3, use_causal_mask=True)
    assert layer.attention_scores is None
    layer(numbers(3, STEPS, FEATURES))
    scores = layer.attention_scores
    assert scores.shape == (3, 2, STEPS, STEPS)
    np.testing.assert_allclose(scores.sum(axis=-1), 1, rtol=1e-6)
    np.testing.assert_array_equal(np.triu(scores, 1), 0)
    kept = scores.copy()
    layer(numbers(3, STEPS, FEATURES, seed=9))
    np.testing.assert_array_equal(scores, kept)
    assert (layer.attention_scores != kept).any()


@pytest.mark.parametrize("scale", [1.0, 1e4])  # 1e4: the scores are not moderate
def test_with_a_causal_mask_no_output_depends_on_a_later_word(scale):
    model = language_model()
    attention = model.layers[2].sublayers[1]
    attention.parameters["query_kernel"] *= scale
    x = words(3, STEPS)
    before = model.predict(x)
    for at in range(STEPS):
        later = x.copy()
        later[:, at] = (x[:, at] + 1) % WORDS
        changed = (model.predict(later) != before).any(axis=(0, 2))
        assert not changed[:at].any()
        assert changed[at]


def test_dropped_weights_are_made_up_for_and_repeat_with_the_seed():
    x = np.ones((1, 200, 1))  # every place looks everywhere alike, so that z tells the share kept
    ones = [np.ones(s) for s in ((1, 1, 1), (1, 1), (1, 1, 1), (1, 1), (1, 1, 1), (1, 1),
                                 (1, 1, 1), (1,))]  # fmt: skip
    outputs = []
    for _ in range(2):
        layer = layers.MultiHeadAttention(1, 1, dropout=0.25, seed=3)
        layer.ensure_built((200, 1), "float64")
        layer.set_weights([*ones[:5], 0 * ones[5], ones[6], 0 * ones[7]])
        np.testing.assert_allclose(layer(x), 1, rtol=1e-12)
        outputs.append(layer(x, training=True))
    assert equal(outputs[:1], outputs[1:])
    assert np.std(outputs[0]) > 0.01
    assert outputs[0].mean() == pytest.approx(1, abs=0.01)
    kept = outputs[0] * 0.75 * 200  # how many of the 200 each place has kept
    np.testing.assert_allclose(kept, np.round(kept), atol=1e-9)


def test_gradients_with_dropped_weights_equal_central_differences():
    class Repeating(layers.MultiHeadAttention):
        def forward(self, x, **options):
            self._rng = np.random.default_rng(4)
            return super().forward(x, training=True)

    layer = shaken(Repeating(2, 3, dropout=0.4, use_causal_mask=True), (STEPS, FEATURES))
    x, d = numbers(2, STEPS, FEATURES), numbers(2, STEPS, FEATURES, seed=3)
    dx, gradients = gradients_of(layer, x, d)
    known_dx, known = numerical_gradients_of(layer, x, d)
    for ours, one in zip([dx, *gradients], [known_dx, *known], strict=True):
        near(ours, one)


def test_penalties_of_attention_are_on_all_its_kernels():
    layer = layers.MultiHeadAttention(2, 3, kernel_regularizer="l2", bias_regularizer="l1")
    shaken(layer, (STEPS, FEATURES))
    weights = layer.get_weights()
    expected = sum(0.01 * (w**2).sum() for w in weights[::2])
    expected += sum(0.01 * np.abs(b).sum() for b in weights[1::2])
    assert layer.penalty() == pytest.approx(expected)
    x, d = numbers(2, STEPS, FEATURES), np.zeros((2, STEPS, FEATURES))
    for gradient, w, i in zip(gradients_of(layer, x, d)[1], weights, range(8), strict=True):
        np.testing.assert_allclose(gradient, 0.01 * np.sign(w) if i % 2 else 0.02 * w, rtol=1e-12)


# --- Residual -----------------------------------------------------------------------------------


def test_a_residual_adds_what_its_layers_make_of_x():
    inner = [layers.Dense(6, "relu"), layers.Dense(FEATURES, "tanh")]
    layer, x = shaken(layers.Residual(inner), (FEATURES,)), numbers(3, FEATURES)
    np.testing.assert_allclose(layer(x), x + inner[1](inner[0](x)), rtol=1e-12)
    assert [one.name for one in inner] == ["dense", "dense_1"]
    assert layer.count_params() == 4 * 6 + 6 + 6 * 4 + 4


def test_dropout_and_batch_normalisation_work_within_a_residual():
    inner = [layers.BatchNormalization(momentum=0.5), layers.Dropout(0.5, seed=0)]
    layer, x = layers.Residual(inner), numbers(400, FEATURES) + 3
    still = layer(x)
    np.testing.assert_allclose(still, x + x / np.sqrt(1.001), rtol=1e-6)
    f = layer(x, training=True) - x
    assert 0.4 < (f == 0).mean() < 0.6
    np.testing.assert_allclose(inner[0].parameters["moving_mean"], x.mean(axis=0) / 2, rtol=1e-5)
    assert len(layer.weights) == 4


@pytest.mark.parametrize("frozen", ["outer", "inner"])
def test_what_is_frozen_in_a_residual_stays(frozen):
    inner = layers.Residual([layers.Dense(FEATURES, "tanh"), layers.Dense(FEATURES)])
    outer = layers.Residual([layers.Dense(FEATURES, "tanh"), inner], input_shape=(FEATURES,))
    model = nn.Sequential([outer, layers.Dense(3, "softmax")], seed=0)
    model.compile(nn.optimizers.SGD(0.5), "sparse_categorical_crossentropy")
    (outer if frozen == "outer" else inner.sublayers[0]).trainable = False
    before = model.get_weights()
    model.fit(numbers(6, FEATURES), words(6, among=3), verbose=0)
    same = [np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]
    outer_only = [True] * 6 + [False] * 2
    assert same == (outer_only if frozen == "outer" else [False] * 2 + [True] * 2 + [False] * 4)


def test_a_frozen_residual_makes_its_layers_frozen():
    layer = layers.Residual([layers.Dense(FEATURES)], trainable=False)
    layer(numbers(2, FEATURES))
    assert not layer.learns()


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda: layers.Residual([]), TypeError, "layers must be a list of layers, one or more"),
        (lambda: layers.Residual(layers.Dense(3)), TypeError, "layers must be a list of layers"),
        (lambda: layers.Residual([3]), TypeError, "every one of layers must be a layer; got 3"),
        (lambda: layers.Residual([layers.Dense(2, name="a"), layers.Dense(2, name="a")]),
         ValueError, "name must be unique; there is a layer 'a' already"),
        (lambda: layers.Residual([layers.Dense(3)])(np.ones((2, 4))), ValueError,
         r"the layers of 'residual' must give out the shape they are given, \(4,\), to be added "
         r"to it; they give \(3,\)"),
    ],
)  # fmt: skip
def test_a_residual_that_cannot_be_is_refused(make, error, said):
    with pytest.raises(error, match=said):
        make()


def test_no_layer_stands_in_a_model_twice_not_even_within_another():
    shared = layers.Dense(4)
    with pytest.raises(ValueError, match="layers must be different ones"):
        layers.Residual([shared, layers.Residual([shared])])
    model = nn.Sequential([nn.Input((4,)), layers.Residual([shared])])
    with pytest.raises(ValueError, match="layer 'dense' is in this model already"):
        model.add(shared)


def test_a_residual_that_does_not_fit_is_left_unbuilt():
    good, bad = layers.Dense(4), layers.Dense(3)
    with pytest.raises(ValueError, match="to be added to it"):
        nn.Sequential([nn.Input((4,)), layers.Residual([good, bad])])
    assert not good.built
    assert not good.parameters
    assert not bad.built


# --- whole models -------------------------------------------------------------------------------


def test_gradients_of_a_language_model_equal_central_differences():
    model = language_model(dtype="float64")
    x, y = words(3, STEPS), words(3, STEPS, seed=1)
    model.evaluate(x, y)
    step = model._step()
    model.optimizer.learning_rate = 0.0
    step.train(x, y, None)
    ours = [g.copy() for top in model.layers for one in top.family()
            for g in one.gradients.values()]  # fmt: skip
    for parameter, gradient in zip(model.weights, ours, strict=True):
        start = parameter.copy()

        def error(value, parameter=parameter):
            parameter[...] = value
            return model.evaluate(x, y)[0]

        near(gradient, central_difference(error, start))
        parameter[...] = start


def test_frozen_layers_of_a_language_model_stay_and_the_others_learn():
    model = language_model()
    for i in (0, 2):
        model.layers[i].trainable = False
    before = [layer.get_weights() for layer in model.layers]
    model.fit(words(8, STEPS), words(8, STEPS, seed=1), verbose=0)
    for i, (layer, was) in enumerate(zip(model.layers, before, strict=True)):
        assert equal(layer.get_weights(), was) == (i in (0, 2))


def test_weights_of_nested_layers_come_back_from_a_file(tmp_path):
    model, other = language_model(seed=1), language_model(seed=2)
    assert len(model.get_weights()) == 1 + 1 + (2 + 8) + (2 + 4) + 2
    model.save_weights(tmp_path / "w.npz")
    assert len(np.load(tmp_path / "w.npz").files) == len(model.get_weights())
    other.load_weights(tmp_path / "w.npz")
    assert equal(model.get_weights(), other.get_weights())
    x = words(3, STEPS)
    np.testing.assert_array_equal(model.predict(x), other.predict(x))


def test_the_summary_counts_what_stands_in_a_residual():
    lines = []
    language_model().summary(print_fn=lines.append)
    text = "\n".join(lines)
    assert "residual_1 (Residual)" in text
    assert f"Total params: {sum(w.size for w in language_model().get_weights()):,}" in text


def test_fit_and_predict_do_not_depend_on_how_the_words_are_stored():
    paths = []
    for kind in (np.int64, np.uint8, np.float32, list):
        model, x = language_model(), words(8, STEPS)
        x = x.tolist() if kind is list else x.astype(kind)
        model.fit(x, words(8, STEPS, seed=1), batch_size=3, verbose=0, seed=0)
        paths.append([*model.get_weights(), model.predict(x)])
    for path in paths[1:]:
        assert equal(path, paths[0])


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda: layers.Embedding(0, 3), ValueError, "input_dim must be at least 1; got 0"),
        (lambda: layers.Embedding(3, 1.5), TypeError, "output_dim must be an integer; got 1.5"),
        (lambda: layers.Embedding(3, 2, mask_zero=True), TypeError, "mask_zero"),
        (lambda: layers.SimpleRNN(0), ValueError, "units must be at least 1; got 0"),
        (lambda: layers.SimpleRNN(2, truncate=0), ValueError, "truncate must be at least 1"),
        (lambda: layers.SimpleRNN(2, "tan"), ValueError, "activation must be one of .*'tanh'"),
        (lambda: layers.MultiHeadAttention(0, 2), ValueError, "num_heads must be at least 1"),
        (lambda: layers.MultiHeadAttention(2, 0), ValueError, "key_dim must be at least 1; got 0"),
        (lambda: layers.MultiHeadAttention(2, 2, 0), ValueError, "value_dim must be at least 1"),
        (lambda: layers.MultiHeadAttention(2, 2, dropout=1), ValueError, "dropout must be below 1"),
        (lambda: layers.MultiHeadAttention(2, 2, output_shape=(3, 4)), TypeError,
         r"output_shape must be an integer; got \(3, 4\)"),
        (lambda: layers.PositionalEmbedding("zeroes"), ValueError, "Did you mean 'zeros'"),
    ],
)  # fmt: skip
def test_arguments_that_make_no_layer_are_refused(make, error, said):
    with pytest.raises(error, match=said):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: layers.SimpleRNN(2, name="it"),
        lambda: layers.MultiHeadAttention(1, 2, name="it"),
        lambda: layers.PositionalEmbedding(name="it"),
        lambda: layers.GlobalAveragePooling1D(name="it"),
    ],
)
@pytest.mark.parametrize("shape", [(4,), (2, 3, 4)])
def test_what_is_no_sequence_is_refused(make, shape):
    with pytest.raises(
        ValueError,
        match=rf"layer 'it' needs inputs of shape \(n, time, features\); got \(n, {shape[0]}",
    ):
        make()(np.ones((3, *shape)))


# --- learning -----------------------------------------------------------------------------------


def test_a_recurrent_network_learns_the_next_character():
    text = "in the beginning was the word. " * 12
    letters = sorted(set(text))
    codes = np.array([letters.index(c) for c in text])
    x = np.lib.stride_tricks.sliding_window_view(codes, 13)[:-1:3]
    model = nn.Sequential(
        [
            layers.Embedding(len(letters), 12, input_shape=(12,)),
            layers.SimpleRNN(32, return_sequences=True, truncate=6),
            layers.Dense(len(letters), "softmax"),
        ],
        seed=0,
    )
    model.compile(nn.optimizers.Adam(0.01), "sparse_categorical_crossentropy", ["accuracy"])
    model.fit(x[:, :-1], x[:, 1:], batch_size=16, epochs=40, verbose=0, seed=0)
    right = model.predict(x[:, :-1]).argmax(axis=-1) == x[:, 1:]
    assert right[:, 5:].mean() > 0.99  # once it knows where in the text it is


def test_attention_learns_to_copy_from_two_places_back():
    x = words(256, 8, among=6)
    model = nn.Sequential(
        [
            layers.Embedding(6, 16, input_shape=(8,)),
            layers.PositionalEmbedding(),
            layers.Residual([layers.SelfAttention(16, use_causal_mask=True)]),
            layers.Dense(6, "softmax"),
        ],
        seed=0,
    )
    model.compile(nn.optimizers.Adam(0.02), "sparse_categorical_crossentropy", ["accuracy"])
    y = np.concatenate([x[:, :2], x[:, :-2]], axis=1)  # the first two have only themselves
    model.fit(x, y, epochs=30, verbose=0, seed=0)
    assert model.evaluate(x, y)[1] > 0.99
    model.predict(x)
    scores = model.layers[2].sublayers[0].attention_scores[:, 0]
    looked = scores.mean(axis=0).argmax(axis=1)
    np.testing.assert_array_equal(looked[2:], np.arange(6))

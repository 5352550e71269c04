"""Embedding and attention: definitions, masks, edges, errors."""

import numpy as np
import pytest

from dlcore.rules import activations, attention, embedding, recurrent

attend, attend_vjp = (
    attention.scaled_dot_product_attention,
    attention.scaled_dot_product_attention_vjp,
)


# embedding


def test_an_embedding_is_the_rows_asked_for():
    table = np.arange(6.0).reshape(3, 2)
    np.testing.assert_array_equal(
        embedding.embedding(table, np.array([[2, 0]])), [[[4, 5], [0, 1]]]
    )


def test_a_word_that_comes_twice_gets_both_gradients():
    d = np.array([[1.0, 2], [10, 20], [100, 200]])
    dtable = embedding.embedding_vjp(d, np.zeros((3, 2)), np.array([2, 0, 2]))
    np.testing.assert_array_equal(dtable, [[10, 20], [0, 0], [101, 202]])


def test_no_words_give_no_rows_and_no_gradient():
    none = np.zeros((2, 0), int)
    assert embedding.embedding(np.ones((3, 4)), none).shape == (2, 0, 4)
    np.testing.assert_array_equal(
        embedding.embedding_vjp(np.ones((2, 0, 4)), np.ones((3, 4)), none), 0
    )


@pytest.mark.parametrize(
    ("indices", "said"),
    [
        ([0, 3], r"got 3 at position \(1,\)"),
        ([[0, 1], [-1, 7]], r"got -1 at position \(1, 0\)"),
    ],
)
def test_indices_out_of_range_are_refused_with_their_place(indices, said):
    indices = np.array(indices)
    with pytest.raises(ValueError, match=rf"indices must be in 0\.\.2.*{said}"):
        embedding.embedding(np.ones((3, 2)), indices)
    with pytest.raises(ValueError, match="indices must be in"):
        embedding.embedding_vjp(np.ones((*indices.shape, 2)), np.ones((3, 2)), indices)


def test_indices_that_are_no_integers_are_refused():
    with pytest.raises(TypeError, match="indices must be integers; got dtype float64"):
        embedding.embedding(np.ones((3, 2)), np.array([1.0]))


@pytest.mark.parametrize("rows", [1, 3, 300, 2000])  # few rows are sorted, many are counted
@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.uint64])
def test_gradients_of_words_are_added_up_whatever_the_number_of_rows(rows, kind):
    rng = np.random.default_rng(0)
    indices = rng.integers(0, min(rows, np.iinfo(kind).max), (40, 60)).astype(kind)
    d = rng.normal(size=(40, 60, 16))
    known = np.zeros((rows, 16))
    np.add.at(known, indices, d)
    out = np.full((rows, 16), np.nan)
    found = embedding.embedding_vjp(d, known, indices, out=out)
    assert found is out
    np.testing.assert_allclose(found, known, rtol=1e-12, atol=1e-12)


# recurrence


def test_a_recurrence_goes_step_by_step():
    z, U, h0 = sequence(3, 2, 4), sequence(4, 4, seed=1), sequence(2, 4, seed=2)
    h, before = recurrent.recurrence(z, U, h0), h0
    for s in range(3):
        before = np.tanh(z[s] + before @ U)
        np.testing.assert_allclose(h[s], before, rtol=1e-12)


@pytest.mark.parametrize("truncate", [1, 2, 3, 5, 6])
def test_a_truncated_recurrence_sends_nothing_back_over_a_cut(truncate):
    z, U, h0 = sequence(7, 2, 3), sequence(3, 3, seed=1), sequence(2, 3, seed=2)
    h, d = recurrent.recurrence(z, U, h0), sequence(7, 2, 3, seed=3)
    dz, dU, dh0 = recurrent.recurrence_vjp(d, h, U, h0, truncate=truncate)
    cuts, known_dU = [s for s in range(7) if s == 0 or (7 - s) % truncate == 0], 0
    for start, stop in zip(cuts, [*cuts[1:], 7], strict=True):  # each block on its own
        before = h[start - 1] if start else h0
        block = recurrent.recurrence_vjp(d[start:stop], h[start:stop], U, before)
        np.testing.assert_allclose(dz[start:stop], block[0], rtol=1e-12)
        known_dU = known_dU + block[1]
        if not start:
            np.testing.assert_allclose(dh0, block[2], rtol=1e-12)
    np.testing.assert_allclose(dU, known_dU, rtol=1e-12)


def test_rooms_hold_what_a_recurrence_gives_and_change_no_number():
    z, U, h0, d = (sequence(*shape) for shape in ((5, 2, 3), (3, 3), (2, 3), (5, 2, 3)))
    h = recurrent.recurrence(z, U, h0)
    room = np.empty_like(z)
    assert recurrent.recurrence(z, U, h0, out=room) is room
    np.testing.assert_array_equal(room, h)
    known = recurrent.recurrence_vjp(d, h, U, h0)
    for which, shape in enumerate((z.shape, U.shape)):  # each alone
        rooms = [None, None]
        rooms[which] = np.full(shape, np.nan)
        found = recurrent.recurrence_vjp(d, h, U, h0, out=tuple(rooms))
        assert found[which] is rooms[which]
        for ours, expected in zip(found, known, strict=True):
            np.testing.assert_array_equal(ours, expected)


# attention


def sequence(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def test_attention_is_a_mean_of_the_values_weighted_by_the_softmax_of_the_scores():
    q, k, v = sequence(2, 4), sequence(3, 4, seed=1), sequence(3, 5, seed=2)
    z, weights = attend(q, k, v)
    for i in range(2):
        e = np.exp([q[i] @ k[j] / 2 for j in range(3)])
        np.testing.assert_allclose(weights[i], e / e.sum(), rtol=1e-12)
        np.testing.assert_allclose(z[i], (e[:, np.newaxis] * v).sum(axis=0) / e.sum(), rtol=1e-12)


def test_causal_attention_looks_at_no_later_key():
    q, k, v = sequence(4, 3), sequence(4, 3, seed=1), sequence(4, 2, seed=2)
    z, weights = attend(q, k, v, causal=True)
    np.testing.assert_array_equal(np.triu(weights, 1), 0)
    np.testing.assert_allclose(weights.sum(axis=-1), 1)
    later = v.copy()
    later[2:] = 1e4
    np.testing.assert_array_equal(attend(q, k, later, causal=True)[0][:2], z[:2])


def test_a_masked_key_might_as_well_not_be_there():
    q, k, v = sequence(2, 4, 3), sequence(2, 5, 3, seed=1), sequence(2, 5, 2, seed=2)
    mask = np.array([True, False, True, True, False])
    z, weights = attend(q, k, v, mask=mask)
    np.testing.assert_allclose(z, attend(q, k[:, mask], v[:, mask])[0], rtol=1e-12)
    dq, dk, dv = attend_vjp(np.ones_like(z), q, k, v, weights)
    assert np.abs(dq).max() > 0
    np.testing.assert_array_equal(dk[:, ~mask], 0)
    np.testing.assert_array_equal(dv[:, ~mask], 0)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("size", [1.0, 30.0])  # moderate scores, and such as need the shift
def test_attention_on_scores_of_any_size_is_the_definition(size, causal):
    q, k, v = size * sequence(2, 9, 4), sequence(2, 9, 4, seed=1), sequence(2, 9, 3, seed=2)
    scores = q @ k.swapaxes(1, 2) / 2
    assert activations.moderate(scores) == (size == 1)
    if causal:
        scores[:, np.triu(np.ones((9, 9), bool), 1)] = -np.inf
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    known = e / e.sum(axis=-1, keepdims=True)
    z, weights = attend(q, k, v, causal=causal)
    np.testing.assert_allclose(weights, known, rtol=1e-11, atol=1e-300)
    np.testing.assert_allclose(z, known @ v, rtol=1e-11)


def test_rooms_hold_what_attention_gives_and_change_no_number():
    q, k, v = sequence(2, 5, 4), sequence(2, 6, 4, seed=1), sequence(2, 6, 3, seed=2)
    keep, d = 2.0 * (sequence(2, 5, 6, seed=3) > 0), sequence(2, 5, 3, seed=4)
    z, weights = attend(q, k, v, keep=keep)
    rooms = np.empty_like(z), np.empty_like(weights)
    inside = attend(q, k, v, keep=keep, out=rooms)
    for found, room, known in zip(inside, rooms, (z, weights), strict=True):
        assert found is room
        np.testing.assert_array_equal(room, known)
    known = attend_vjp(d, q, k, v, weights, keep)
    rooms = [np.full_like(x, np.nan) for x in (q, k, v)]
    attend_vjp(d, q, k, v, weights, keep, z=z, out=tuple(rooms), room=np.empty_like(weights))
    for room, gradient in zip(rooms, known, strict=True):
        np.testing.assert_allclose(room, gradient, rtol=1e-12)
    for which, one in enumerate(rooms):  # each alone
        alone = [None] * 3
        alone[which] = np.full_like(one, np.nan)
        found = attend_vjp(d, q, k, v, weights, keep, out=tuple(alone))
        np.testing.assert_array_equal(alone[which], found[which])


def test_causal_and_mask_hold_together():
    mask = np.array([[True, True, True], [False, True, True], [True, False, True]])
    _, weights = attend(sequence(3, 2), sequence(3, 2), sequence(3, 2), causal=True, mask=mask)
    np.testing.assert_array_equal(weights > 0, [[1, 0, 0], [0, 1, 0], [1, 0, 1]])


@pytest.mark.parametrize("size", [1.0, 1000.0])
def test_a_query_that_may_look_nowhere_gets_zeros_and_sends_nothing_back(size):
    q, k, v = size * sequence(2, 3), sequence(4, 3, seed=1), sequence(4, 2, seed=2)
    mask = np.array([[False] * 4, [True] * 4])
    z, weights = attend(q, k, v, mask=mask)
    np.testing.assert_array_equal(z[0], 0)
    gradients = attend_vjp(np.ones_like(z), q, k, v, weights)
    assert all(np.isfinite(g).all() for g in gradients)
    np.testing.assert_array_equal(gradients[0][0], 0)


def test_a_query_whose_scores_are_far_below_anothers_still_looks_somewhere():
    q, k = np.array([[1000.0], [-1000.0]]), np.array([[3.0], [4.0]])
    _, weights = attend(q, k, np.ones((2, 1)))
    np.testing.assert_array_equal(weights, [[0, 1], [1, 0]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_attention_on_extreme_scores_is_finite(dtype):
    q = np.array([[1e4, -1e4], [-1e4, 1e4]], dtype)
    z, weights = attend(q, q, q, causal=True)
    assert np.isfinite(z).all()
    np.testing.assert_array_equal(weights, np.eye(2))
    assert all(np.isfinite(g).all() for g in attend_vjp(np.ones_like(z), q, q, q, weights))


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        (((2, 3), (4, 2), (4, 2)), "q and k must have as many features"),
        (((2, 3), (4, 3), (5, 2)), "k and v must be equally long"),
        (((3,), (4, 3), (4, 2)), r"q must have shape \(\.\.\., time, features\)"),
    ],
)
def test_queries_keys_and_values_that_do_not_fit_are_refused(shapes, said):
    with pytest.raises(ValueError, match=said):
        attend(*map(np.ones, shapes))


@pytest.mark.parametrize("shape", [(3, 4), (4, 2), (5, 2, 4)])
def test_an_attention_mask_that_does_not_fit_is_refused(shape):
    with pytest.raises(ValueError, match=r"mask must have the scores' shape \(2, 4\)"):
        attend(np.ones((2, 3)), np.ones((4, 3)), np.ones((4, 2)), mask=np.ones(shape, bool))


def test_an_attention_mask_of_numbers_is_refused():
    with pytest.raises(TypeError, match="mask must hold booleans; got dtype float64"):
        attend(np.ones((2, 3)), np.ones((4, 3)), np.ones((4, 2)), mask=np.ones((2, 4)))

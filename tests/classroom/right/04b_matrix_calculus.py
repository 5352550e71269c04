"""Right answers to exercises of 4b, each written in another way."""

from itertools import product

import numpy as np

from dlcore.rules.affine import affine_vjp as dlcore_affine_vjp


def affine_vjp_with_loops(d, x, W):
    dx, dW, db = np.zeros_like(x), np.zeros_like(W), np.zeros(W.shape[1])
    for r, j in product(range(d.shape[0]), range(d.shape[1])):
        db[j] += d[r, j]
        for i in range(len(W)):
            dW[i, j] += x[r, i] * d[r, j]
            dx[r, i] += W[i, j] * d[r, j]
    return dx, dW, db


def affine_vjp_with_einsum(d, x, W):
    dx = np.einsum("rj,ij->ri", d, W)
    return dx, np.einsum("ri,rj->ij", x, d), np.einsum("rj->j", d)


def affine_vjp_with_a_row_bias(d, x, W):
    return [(W @ d.T).T, (d.T @ x).T, np.ones((1, len(d))) @ d]


def affine_vjp_in_float32(d, x, W):
    d, x, W = (array.astype(np.float32) for array in (d, x, W))
    return np.dot(d, W.T), np.dot(x.T, d), d.sum(0)


def affine_vjp_of_dlcore(d, x, W):
    return dlcore_affine_vjp(d, x, W)


def unbroadcast_step_by_step(d, shape):
    while d.ndim > len(shape):
        d = d.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1 and d.shape[axis] != 1:
            d = d.sum(axis=axis, keepdims=True)
    return d


def unbroadcast_at_once(d, shape):
    padded = (1,) * (d.ndim - len(shape)) + tuple(shape)
    axes = tuple(k for k in range(d.ndim) if padded[k] == 1)
    return d.sum(axis=axes, keepdims=True).reshape(shape)


def unbroadcast_by_adding_at(d, shape):
    result = np.zeros(shape)
    places = np.broadcast_to(np.arange(result.size).reshape(shape), d.shape)
    np.add.at(result.reshape(-1), places.ravel(), d.ravel())
    return result


def columns_vjp_by_rows(d, x, W):
    dx, dW, db = dlcore_affine_vjp(np.ascontiguousarray(d.T), x.T, W.T)
    return dx.T, dW.T, db[:, np.newaxis]


def columns_vjp_with_einsum(d, x, W):
    db = np.einsum("jr->j", d).reshape(-1, 1)
    return np.einsum("jr,ji->ir", d, W), np.einsum("jr,ir->ji", d, x), db


def columns_vjp_one_example_at_a_time(d, x, W):
    dx, dW, db = np.zeros_like(x), np.zeros_like(W), np.zeros((len(W), 1))
    for r in range(x.shape[1]):
        dx[:, r] = W.T.dot(d[:, r])
        dW += np.outer(d[:, r], x[:, r])
        db += d[:, r : r + 1]
    return dx, dW, db


def matmul_vjp_with_loops(d, A, B):
    dA, dB = np.empty_like(A), np.zeros_like(B)
    for k in range(len(A)):
        dA[k] = d[k] @ B.T
        dB += A[k].T @ d[k]
    return dA, dB


def matmul_vjp_with_einsum(d, A, B):
    return np.einsum("kno,io->kni", d, B), np.einsum("kni,kno->io", A, d)


def matmul_vjp_laid_flat(d, A, B):
    rows = d.reshape(-1, d.shape[-1])
    return (rows @ B.T).reshape(A.shape), A.reshape(-1, A.shape[-1]).T @ rows


def matmul_vjp_by_tensordot(d, A, B):
    return np.tensordot(d, B, (2, 1)), np.tensordot(A, d, ((0, 1), (0, 1)))

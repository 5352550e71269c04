"""Right answers to exercises of 4c, each written in another way."""

import numpy as np


def softmax_cross_entropy_with_loops(logits, labels):
    n, k = logits.shape
    loss, d = 0.0, np.zeros((n, k))
    for i in range(n):
        top = max(logits[i])
        total = sum(np.exp(z - top) for z in logits[i])
        loss += np.log(total) - (logits[i, labels[i]] - top)
        for j in range(k):
            d[i, j] = (np.exp(logits[i, j] - top) / total - (j == labels[i])) / n
    return loss / n, d


def softmax_cross_entropy_in_place(logits, labels):
    n = logits.shape[0]
    s = logits - np.max(logits, axis=1)[:, None]
    e = np.exp(s)
    z = e.sum(axis=1)
    loss = (np.log(z) - s[np.arange(n), labels]).sum() / n
    e /= z[:, None]
    e[range(n), labels] -= 1
    e /= n
    return loss, e


def softmax_cross_entropy_with_logaddexp(logits, labels):
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    one_hot = np.zeros_like(logits)
    one_hot[np.arange(len(labels)), labels] = 1
    return [-(one_hot * log_p).sum(axis=1).mean(), (np.exp(log_p) - one_hot) / len(labels)]


def softmax_cross_entropy_in_float32(logits, labels):
    loss, d = softmax_cross_entropy_in_place(logits.astype(np.float32), labels)
    return np.float32(loss), d


def softmax_cross_entropy_with_scipy(logits, labels):
    from scipy.special import log_softmax, softmax

    d = softmax(logits, axis=1)
    d[np.arange(len(d)), labels] -= 1
    return -log_softmax(logits, axis=1)[np.arange(len(d)), labels].mean(), d / len(d)


# --- 04c.5 ----------------------------------------------------------------------------------


def softmax_in_a_loop(z):
    p = np.zeros_like(z)
    for i, row in enumerate(z):
        p[i] = np.exp(row - max(row))
        p[i] = p[i] / p[i].sum()
    return p


def softmax_by_log_sum_exp(z):
    m = np.max(z, axis=-1)[:, None]
    return np.exp(z - m - np.log(np.sum(np.exp(z - m), axis=-1))[:, None])


def softmax_transposed(z):
    e = np.exp(z.T - z.max(axis=1))
    return (e / e.sum(axis=0)).T


def softmax_in_float32(z):
    z = z.astype(np.float32)
    e = np.exp(z - z.max(axis=1).reshape(-1, 1))
    return e / np.einsum("nk->n", e)[:, np.newaxis]


# --- 04c.6 ----------------------------------------------------------------------------------


def log_sum_exp_with_loops(z):
    m = max(z)
    total = sum(np.exp(one - m) for one in z)
    p = [np.exp(one - m) / total for one in z]
    k = len(z)
    hessian = [[p[i] * ((i == j) - p[j]) for j in range(k)] for i in range(k)]
    return float(np.log(total) + m), p, hessian


def log_sum_exp_by_logaddexp(z):
    value = np.logaddexp.reduce(z)
    p = np.exp(z - value)
    return value, p, p * np.eye(len(z)) - p[:, None] * p[None, :]


def log_sum_exp_with_einsum(z):
    shifted = z - np.amax(z)
    s = np.exp(shifted).sum()
    p = np.exp(shifted) / s
    hessian = np.einsum("i,ij->ij", p, np.eye(p.size)) - np.einsum("i,j->ij", p, p)
    return np.array([np.log(s) + np.amax(z)]), p[np.newaxis], hessian

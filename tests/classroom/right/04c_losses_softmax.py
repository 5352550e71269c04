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

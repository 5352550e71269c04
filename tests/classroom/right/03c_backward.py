"""Right answers to exercises of 3c, each written in another way."""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def backward_with_loops(x, target, W1, b1, W2, b2):
    dW1, db1, dW2, db2 = (np.zeros_like(array) for array in (W1, b1, W2, b2))
    n = x.shape[0]
    for row, wanted in zip(x, target, strict=True):
        ins, units, outs = range(len(row)), range(len(b1)), range(len(b2))
        h = [sigmoid(sum(row[i] * W1[i, j] for i in ins) + b1[j]) for j in units]
        out = [sigmoid(sum(h[j] * W2[j, k] for j in units) + b2[k]) for k in outs]
        d2 = [(out[k] - wanted[k]) * out[k] * (1 - out[k]) for k in outs]
        d1 = [sum(d2[k] * W2[j, k] for k in outs) * h[j] * (1 - h[j]) for j in units]
        for j in units:
            db1[j] += d1[j] / n
            for i in ins:
                dW1[i, j] += d1[j] * row[i] / n
        for k in outs:
            db2[k] += d2[k] / n
            for j in units:
                dW2[j, k] += d2[k] * h[j] / n
    return dW1, db1, dW2, db2


def backward_with_einsum(x, target, W1, b1, W2, b2):
    a1 = sigmoid(np.einsum("ni,ih->nh", x, W1) + b1)
    a2 = sigmoid(np.einsum("nh,ho->no", a1, W2) + b2)
    d2 = np.einsum("no,no,no->no", a2 - target, a2, 1 - a2) / len(x)
    d1 = np.einsum("no,ho,nh,nh->nh", d2, W2, a1, 1 - a1)
    return (
        np.einsum("ni,nh->ih", x, d1),
        np.einsum("nh->h", d1),
        np.einsum("nh,no->ho", a1, d2),
        np.einsum("no->o", d2),
    )


def backward_dividing_at_the_end(x, target, W1, b1, W2, b2):
    n = len(x)
    a1 = np.tanh((x @ W1 + b1) / 2) / 2 + 0.5
    a2 = np.tanh((a1 @ W2 + b2) / 2) / 2 + 0.5
    d2 = -(target - a2) * (a2 - a2**2)
    d1 = d2.dot(W2.T) * (a1 - a1**2)
    return [d1.T.dot(x).T / n, d1.mean(axis=0), np.dot(a1.T, d2) / n, d2.mean(axis=0)]


def backward_with_row_biases(x, target, W1, b1, W2, b2):
    a1 = sigmoid(np.dot(x, W1) + b1.reshape(1, -1))
    a2 = sigmoid(np.dot(a1, W2) + b2.reshape(1, -1))
    d2 = (a2 - target) * a2 * (1 - a2) / x.shape[0]
    d1 = d2 @ W2.T * a1 * (1 - a1)
    return x.T @ d1, d1.sum(axis=0, keepdims=True), a1.T @ d2, d2.sum(axis=0, keepdims=True)


def backward_in_float32(x, target, W1, b1, W2, b2):
    x, target, W1, b1, W2, b2 = (a.astype(np.float32) for a in (x, target, W1, b1, W2, b2))
    return backward_with_row_biases(x, target, W1, b1, W2, b2)


def backward_row_by_row(x, target, W1, b1, W2, b2):
    grads = [np.zeros_like(array) for array in (W1, b1, W2, b2)]
    for i in range(len(x)):
        a1 = sigmoid(x[i] @ W1 + b1)
        a2 = sigmoid(a1 @ W2 + b2)
        d2 = (a2 - target[i]) * a2 * (1 - a2)
        d1 = W2 @ d2 * a1 * (1 - a1)
        for total, one in zip(grads, (np.outer(x[i], d1), d1, np.outer(a1, d2), d2), strict=True):
            total += one
    return tuple(total / len(x) for total in grads)


def backward_in_columns(x, target, W1, b1, W2, b2):
    X, Y = x.T, target.T
    A1 = sigmoid(W1.T @ X + b1[:, None])
    A2 = sigmoid(W2.T @ A1 + b2[:, None])
    D2 = (A2 - Y) * A2 * (1 - A2) / X.shape[1]
    D1 = (W2 @ D2) * A1 * (1 - A1)
    return (D1 @ X.T).T, D1.sum(axis=1), (D2 @ A1.T).T, D2.sum(axis=1)


def tanh_delta_with_loops(z, target):
    delta = np.zeros(z.shape)
    for k, j in np.ndindex(z.shape):
        a = np.tanh(z[k, j])
        delta[k, j] = (a - target[k, j]) * (1 - a) * (1 + a) / len(z)
    return delta


def tanh_delta_with_sigmoids(z, target):
    s = 0.5 + 0.5 * np.tanh(z)
    return 4 * s * (1 - s) * (2 * s - 1 - target) / z.shape[0]


def tanh_delta_in_float32(z, target):
    a = np.tanh(np.float32(z))
    return (np.float32(target) - a) * (a * a - 1) / len(z)


def hidden_delta_with_einsum(delta2, W2, a1):
    return np.einsum("no,ho,nh,nh->nh", delta2, W2, a1, 1 - a1)


def hidden_delta_turned_over(delta2, W2, a1):
    return (W2 @ delta2.T).T * (a1 - a1**2)


def hidden_delta_row_by_row(delta2, W2, a1):
    return [W2.dot(d) * a * (1 - a) for d, a in zip(delta2, a1, strict=True)]

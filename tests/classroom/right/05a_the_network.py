"""Right answers to exercises of 5a, each written in another way."""

import numpy as np


def two_layer_loss_as_in_courses(X, y, W1, b1, W2, b2, reg):
    N = X.shape[0]
    hidden = np.maximum(0, X.dot(W1) + b1)
    scores = hidden.dot(W2) + b2
    scores -= np.max(scores, axis=1, keepdims=True)
    probs = np.exp(scores)
    probs /= probs.sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(N), y]).sum() / N
    loss += reg * np.sum(W1 * W1) + reg * np.sum(W2 * W2)
    dscores = probs.copy()
    dscores[np.arange(N), y] -= 1
    dscores /= N
    dW2 = hidden.T.dot(dscores)
    db2 = np.sum(dscores, axis=0)
    dhidden = dscores.dot(W2.T)
    dhidden[hidden <= 0] = 0
    dW1 = X.T.dot(dhidden)
    db1 = np.sum(dhidden, axis=0)
    dW1 += 2 * reg * W1
    dW2 += 2 * reg * W2
    return loss, dW1, db1, dW2, db2


def two_layer_loss_with_loops(X, y, W1, b1, W2, b2, reg):
    loss = 0.0
    dW1, db1, dW2, db2 = (np.zeros_like(array) for array in (W1, b1, W2, b2))
    for x, label in zip(X, y, strict=True):
        z = x @ W1 + b1
        a = z * (z > 0)
        s = a @ W2 + b2
        s = s - s.max()
        p = np.exp(s) / np.exp(s).sum()
        loss += -np.log(p[label])
        p[label] -= 1
        back = (W2 @ p) * (z > 0)
        dW1 += np.outer(x, back)
        db1 += back
        dW2 += np.outer(a, p)
        db2 += p
    n = len(X)
    loss = loss / n + reg * ((W1**2).sum() + (W2**2).sum())
    return loss, dW1 / n + 2 * reg * W1, db1 / n, dW2 / n + 2 * reg * W2, db2 / n


def two_layer_loss_with_einsum(X, y, W1, b1, W2, b2, reg):
    a = np.clip(np.einsum("ni,ih->nh", X, W1) + b1, 0, None)
    s = np.einsum("nh,ho->no", a, W2) + b2
    log_p = s - np.logaddexp.reduce(s, axis=1)[:, None]
    one_hot = (y[:, None] == np.arange(len(b2))) * 1.0
    d2 = (np.exp(log_p) - one_hot) / len(y)
    d1 = np.einsum("no,ho,nh->nh", d2, W2, np.sign(a))
    loss = -np.einsum("no,no->", one_hot, log_p) / len(y) + reg * (np.sum(W1**2) + np.sum(W2**2))
    dW1 = np.einsum("ni,nh->ih", X, d1) + reg * (W1 + W1)
    dW2 = np.einsum("nh,no->ho", a, d2) + reg * (W2 + W2)
    return [loss, dW1, d1.sum(0, keepdims=True), dW2, d2.sum(0, keepdims=True)]


def two_layer_loss_in_float32(X, y, W1, b1, W2, b2, reg):
    X, W1, b1, W2, b2 = (a.astype(np.float32) for a in (X, W1, b1, W2, b2))
    return two_layer_loss_as_in_courses(X, y, W1, b1, W2, b2, np.float32(reg))


def two_layer_loss_on_one_maximum(X, y, W1, b1, W2, b2, reg):
    z = X @ W1 + b1
    a = np.where(z >= 0, z, 0)
    s = a @ W2 + b2
    e = np.exp(s - s.max())
    p = (e.T / e.sum(axis=1)).T
    rows = range(len(y))
    loss = np.mean([-np.log(p[i, y[i]]) for i in rows]) + reg * sum((W * W).sum() for W in (W1, W2))
    d = p / len(y)
    d[rows, y] -= 1 / len(y)
    back = np.where(z >= 0, d @ W2.T, 0)
    return loss, X.T @ back + 2 * reg * W1, back.sum(0), a.T @ d + 2 * reg * W2, d.sum(0)


# --- 05a.5 ----------------------------------------------------------------------------------


def class_accuracy_by_confusion(p, labels):
    k = p.shape[1]
    table = np.zeros((k, k))
    np.add.at(table, (labels, p.argmax(axis=1)), 1)
    with np.errstate(invalid="ignore"):
        return np.diag(table) / table.sum(axis=1)


def class_accuracy_by_bincount(p, labels):
    k = p.shape[1]
    said = np.argmax(p, axis=-1)
    hits = np.bincount(labels, weights=(said == labels), minlength=k)
    counts = np.bincount(labels, minlength=k)
    return [hits[c] / counts[c] if counts[c] else float("nan") for c in range(k)]


def class_accuracy_with_loops(p, labels):
    shares = []
    for c in range(len(p[0])):
        right = total = 0
        for row, label in zip(p, labels, strict=True):
            if label == c:
                total += 1
                right += list(row).index(max(row)) == c
        shares.append(right / total if total else np.nan)
    return np.array(shares)

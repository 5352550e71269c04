"""Right answers, each written in another way: loops, einsum, float32, other orders, (1, H) biases.

Functions named after their exercise: `backward_with_loops` answers the exercise of `backward`.
"""

import numpy as np

# --- 02b.1 ----------------------------------------------------------------------------------


def descend_into_a_table(grad, x0, learning_rate, steps):
    path = np.zeros((steps + 1, len(x0)))
    path[0] = x0
    for t in range(steps):
        path[t + 1] = path[t] - learning_rate * grad(path[t])
    return path


def descend_with_while(grad, x0, learning_rate, steps):
    x = x0.copy()
    path = [x.copy()]
    while len(path) <= steps:
        x -= learning_rate * grad(x)
        path.append(x.copy())
    return np.vstack(path)


def descend_in_a_list(grad, x0, learning_rate, steps):
    path = [x0]
    for _ in range(steps):
        path += [path[-1] - np.multiply(grad(path[-1]), learning_rate)]
    return path


def descend_recursively(grad, x0, learning_rate, steps):
    first = np.asarray(x0, dtype=float)[np.newaxis]
    if steps == 0:
        return first
    second = first[0] - learning_rate * grad(first[0])
    rest = descend_recursively(grad, second, learning_rate, steps - 1)
    return np.concatenate([first, rest])


def descend_in_float32(grad, x0, learning_rate, steps):
    path = np.empty((steps + 1, x0.size), dtype=np.float32)
    path[0] = x0
    for t in range(1, steps + 1):
        path[t] = path[t - 1] - np.float32(learning_rate) * grad(path[t - 1]).astype(np.float32)
    return path


# --- 03b.1 ----------------------------------------------------------------------------------


def squared_error_with_loops(prediction, target):
    total = 0.0
    for row, wanted in zip(prediction, target, strict=True):
        for p, t in zip(row, wanted, strict=True):
            total += (p - t) ** 2 / 2
    return total / len(prediction)


def squared_error_in_one_line(prediction, target):
    return np.sum((target - prediction) ** 2) / (2 * prediction.shape[0])


def squared_error_with_einsum(prediction, target):
    d = prediction - target
    return np.einsum("ij,ij->", d, d) / 2 / len(d)


def squared_error_with_norms(prediction, target):
    return np.mean([0.5 * np.linalg.norm(difference) ** 2 for difference in prediction - target])


def squared_error_in_float32(prediction, target):
    d = prediction.astype(np.float32) - target.astype(np.float32)
    return 0.5 * (d * d).sum(axis=1, keepdims=True).mean(axis=0)


# --- 03c.1 ----------------------------------------------------------------------------------


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


# --- 03d.1 ----------------------------------------------------------------------------------


def update_with_a_loop(params, grads, learning_rate):
    new = []
    for i in range(len(params)):
        new.append(params[i] - learning_rate * grads[i])
    return new


def update_on_copies(params, grads, learning_rate):
    new = [p.copy() for p in params]
    for p, g in zip(new, grads, strict=True):
        p -= learning_rate * g
    return new


def update_as_a_tuple(params, grads, learning_rate):
    return tuple(map(lambda p, g: np.add(p, np.multiply(-learning_rate, g)), params, grads))


def update_in_float32(params, grads, learning_rate):
    pairs = zip(params, grads, strict=True)
    return [np.float32(p) - np.float32(learning_rate) * np.float32(g) for p, g in pairs]


def update_entry_by_entry(params, grads, learning_rate):
    new = []
    for p, g in zip(params, grads, strict=True):
        q = np.zeros_like(p)
        for place in np.ndindex(p.shape):
            q[place] = p[place] - learning_rate * g[place]
        new.append(q)
    return new


# --- 04c.1 ----------------------------------------------------------------------------------


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


# --- 05a.1 ----------------------------------------------------------------------------------


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

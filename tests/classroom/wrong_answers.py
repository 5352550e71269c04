"""Wrong answers in a learner's own hand, each with the mistakes a diagnosis is to name.

The programs are not the references: they loop, work in place, keep other values. A slip is a place
in such a program and what the learner wrote instead.
"""
# ruff: noqa: E501  (a slip stands in one line, so that the list can be read down)

import numpy as np

# Of each slip: the id that must be named, or none; what the program says; what was written instead.

DESCEND = """
def descend(grad, x0, learning_rate, steps):
    x = np.array(x0, dtype=float)
    path = np.zeros((steps + 1, len(x)))
    path[0] = x
    for t in range(steps):
        g = grad(x)
        x = x - learning_rate * g
        path[t + 1] = x
    return path
"""

DESCEND_SLIPS = [
    ("ascent", "x = x - learning_rate", "x += learning_rate"),
    ("assign-minus", "x = x - learning_rate * g", "x =- learning_rate * g"),
    ("not-zeroed", "g = grad(x)", "g = grad(x) + (g if t else 0)"),
    ("integer-dtype", "np.zeros((steps + 1, len(x)))", "np.zeros((steps + 1, len(x)), dtype=int)"),
    ("cached-wrong-value", "    return path", "    path[:] = x\n    return path"),
    ("stale-order", "x = x - learning_rate * g", "x = x.copy()\n        for j in range(len(x)): x[j] = x[j] - learning_rate * grad(x)[j]"),
    ("mutates-input", "x = x - learning_rate * g", "x = x - learning_rate * g\n        x0[:] = x"),
]  # fmt: skip

DESCEND_IN_A_LIST = """
def descend(grad, x0, learning_rate, steps):
    x = x0.copy()
    path = [x0]
    for _ in range(steps):
        x = x - learning_rate * grad(x)
        path.append(x)
    return np.array(path)
"""

DESCEND_IN_A_LIST_SLIPS = [
    ("ascent", "grad(x)", "-grad(x)"),
    ("not-zeroed", "x = x - learning_rate * grad(x)", "x = x - learning_rate * sum(grad(each) for each in path)"),
    ("cached-wrong-value", "x = x - learning_rate", "x -= learning_rate"),
    ("integer-dtype", "x = x - learning_rate * grad(x)", "x = (x - learning_rate * grad(x)).astype(int)"),
    ("overwrite-not-accumulate", "x = x - learning_rate * grad(x)", "path.append(x - learning_rate * grad(x)); continue"),
    ("overwrite-not-accumulate", "x = x - learning_rate", "x = x0 - learning_rate"),
    ("", "x = x - learning_rate", "x - learning_rate"),
    ("", "x = x - learning_rate", "x = learning_rate"),
    ("", "learning_rate * grad(x)", "learning_rate * x"),
    ("", "learning_rate * grad(x)", "learning_rate"),
    ("", "learning_rate * grad(x)", "grad(x) / learning_rate"),
    ("", "learning_rate * grad(x)", "0.1 * grad(x)"),
    ("", "learning_rate * grad(x)", "learning_rate * grad(x).mean()"),
    ("", "path.append(x)", "path.append(x)\n        learning_rate *= 0.9"),
    ("", "path.append(x)", "path.append(learning_rate * grad(path[-1]))"),
    ("", "        path.append(x)", "    path.append(x)"),
    ("", "    return", "        return"),
    ("", "path.append(x)", "path.append(x)\n        if np.linalg.norm(path[-1] - path[-2]) < 1e-6: break"),
    ("", "path = [x0]", "path = []"),
    ("", "    return np.array(path)", "    path.append(path.pop(0))\n    return np.array(path)"),
    ("", "x = x - learning_rate * grad(x)", "x = x - learning_rate * grad(x) + 0.9 * (x - path[-2] if len(path) > 1 else 0)"),
]  # fmt: skip

ERROR = """
def squared_error(prediction, target):
    total = 0.0
    n, outputs = prediction.shape
    for i in range(n):
        row = 0.0
        for j in range(outputs):
            row += 0.5 * (target[i, j] - prediction[i, j]) ** 2
        total += row
    return total / n
"""

ERROR_SLIPS = [
    ("sum-not-mean-loss", "return total / n", "return total"),
    ("missing-1-over-n", "return total / n", "return total"),
    ("double-1-over-n", "total += row", "total += row / n"),
    ("forgot-target", "(target[i, j] - prediction[i, j])", "prediction[i, j]"),
    ("overwrite-not-accumulate", "total += row", "total = row"),
    ("overwrite-not-accumulate", "row += 0.5", "row = 0.5"),
    ("first-example-only", "for i in range(n)", "for i in range(1)"),
    ("first-example-only", "        total += row", "        return row"),
    ("mutates-input", "total = 0.0", "total = 0.0; target -= 1; target = target + 1"),
    ("", "row += 0.5 *", "row += "),
    ("", "return total / n", "return total / (n * outputs)"),
    ("column-vs-flat", "    n, outputs = prediction.shape\n", "    return float(0.5 * ((prediction - target.flatten()) ** 2).mean(axis=0).sum())\n    n, outputs = prediction.shape\n"),
]  # fmt: skip

ERROR_IN_ONE_LINE = """
def squared_error(prediction, target):
    return 0.5 * np.mean(np.sum((prediction - target) ** 2, axis=1))
"""

ERROR_IN_ONE_LINE_SLIPS = [
    ("sum-not-mean-loss", "np.mean(np.sum((prediction - target) ** 2, axis=1))", "np.sum((prediction - target) ** 2)"),
    ("forgot-target", "(prediction - target)", "prediction"),
    ("error-sign", "prediction - target", "prediction + target"),
    ("integer-dtype", "(prediction - target)", "(prediction - target).astype(int)"),
    ("integer-dtype", "0.5 * np.mean(np.sum((prediction - target) ** 2, axis=1))", "int(0.5 * np.mean(np.sum((prediction - target) ** 2, axis=1)))"),
    ("column-vs-flat", "np.mean(np.sum((prediction - target) ** 2, axis=1))", "np.mean(np.sum((prediction[:, None] - target) ** 2, axis=(1, 2)))"),
    ("column-vs-flat", "np.mean(np.sum((prediction - target) ** 2, axis=1))", "np.mean(np.sum((prediction[:, None] - target) ** 2, axis=2))"),
    ("bias-not-summed", "np.mean(np.sum((prediction - target) ** 2, axis=1))", "np.sum((prediction - target) ** 2, axis=1, keepdims=True)"),
    ("", "0.5 * ", ""),
    ("", "0.5 * ", "1 // 2 * "),
    ("", "axis=1", "axis=0"),
    ("", "** 2", "* 2"),
    ("", "(prediction - target) ** 2", "prediction - target ** 2"),
    ("", "(prediction - target) ** 2", "prediction ** 2 - target ** 2"),
    ("", "(prediction - target) ** 2", "np.abs(prediction - target)"),
    ("", "(prediction - target) ** 2, axis=1)", "prediction - target, axis=1) ** 2"),
    ("", "(prediction - target)", "target"),
    ("", "(prediction - target)", "(prediction - target[0])"),
    ("", "(prediction - target)", "(prediction - prediction)"),
    ("", "np.sum((prediction - target) ** 2, axis=1)", "(prediction - target) ** 2"),
    ("", "np.sum((prediction - target) ** 2, axis=1)", "prediction - target) ** 2 + (0"),
    ("", "np.sum((prediction - target) ** 2, axis=1)", "(prediction[:, 0] - target[:, 0]) ** 2"),
    ("", "np.mean(np.sum((prediction - target) ** 2, axis=1))", "np.sqrt(np.sum((prediction - target) ** 2))"),
    ("", "np.mean(np.sum((prediction - target) ** 2, axis=1))", "np.sum((prediction - target) ** 2) / (len(target) - 1)"),
    ("", "np.mean(np.sum((prediction - target) ** 2, axis=1))", "np.sum((prediction - target)[1:] ** 2) / len(target)"),
    ("", "np.mean(", "np.median("),
    ("", "0.5 * np.mean(np.sum((prediction - target) ** 2, axis=1))", "np.sqrt(np.mean((prediction - target) ** 2))"),
    ("", "0.5 * np.mean(np.sum((prediction - target) ** 2, axis=1))", "np.var(prediction - target)"),
    ("", "0.5 * np.mean(np.sum((prediction - target) ** 2, axis=1))", "(prediction - target) / len(target)"),
]  # fmt: skip

BACKWARD = """
def sigmoid(z):
    return np.exp(z) / (1 + np.exp(z))

def d_sigmoid(z):
    return sigmoid(z) * (1 - sigmoid(z))

def backward(x, target, W1, b1, W2, b2):
    dW1, db1, dW2, db2 = np.zeros(W1.shape), np.zeros(b1.shape), np.zeros(W2.shape), np.zeros(b2.shape)
    N = len(x)
    for k in range(N):
        inp = x[k]
        net_h = np.dot(inp, W1) + b1
        hid = sigmoid(net_h)
        net_o = np.dot(hid, W2) + b2
        out = sigmoid(net_o)
        err = out - target[k]
        d_out = err * d_sigmoid(net_o)
        d_hid = np.dot(W2, d_out) * d_sigmoid(net_h)
        dW2 += np.outer(hid, d_out) / N
        db2 += d_out / N
        dW1 += np.outer(inp, d_hid) / N
        db1 += d_hid / N
    return dW1, db1, dW2, db2
"""

BACKWARD_SLIPS = [
    ("missing-1-over-n", "err = out - target[k]", "err = (out - target[k]) * N"),
    ("missing-1-over-n", "np.outer(hid, d_out) / N", "np.outer(hid, d_out)"),
    ("missing-1-over-n", "db2 += d_out / N", "db2 += d_out"),
    ("double-1-over-n", "err = out - target[k]", "err = (out - target[k]) / N"),
    ("bias-mean", "    return dW1", "    db1 /= N; db2 /= N\n    return dW1"),
    ("bias-mean", "    return dW1", "    db2 /= N\n    return dW1"),
    ("bias-scalar", "    return dW1", "    db1 = db1.sum()\n    return dW1"),
    ("bias-scalar", "    return dW1", "    db1 = np.array([[db1.sum()]]); db2 = [db2.sum()]\n    return dW1"),
    ("bias-scalar", "db2 += d_out / N", "db2 += d_out.sum() / N"),
    ("bias-not-summed", "db1 += d_hid / N", "db1 = d_hid / N"),
    ("bias-not-summed", "db1 += d_hid / N", "db1 = d_hid"),
    ("bias-wrong-product", "db1 += d_hid / N", "db1 += d_hid / N * inp.sum()"),
    ("bias-wrong-product", "db1 += d_hid / N", "db1 += d_hid / N * b1"),
    ("bias-wrong-product", "db2 += d_out / N", "db2 += hid.mean() * d_out / N"),
    ("wrong-transpose", "np.dot(W2, d_out)", "np.dot(W2.T, d_out)"),
    ("wrong-transpose", "np.dot(W2, d_out)", "np.dot(d_out, W2)"),
    ("wrong-transpose", "np.outer(inp, d_hid)", "np.outer(d_hid, inp)"),
    ("wrong-transpose", "    return dW1", "    dW1 = dW1.T\n    return dW1"),
    ("wrong-transpose", "np.dot(inp, W1)", "np.dot(W1, inp)"),
    ("no-activation-derivative", " * d_sigmoid(net_h)", ""),
    ("no-activation-derivative", "err * d_sigmoid(net_o)", "err"),
    ("derivative-at-activation", "d_sigmoid(net_h)", "d_sigmoid(hid)"),
    ("derivative-at-activation", "d_sigmoid(net_o)", "d_sigmoid(out)"),
    ("derivative-at-preactivation", "return sigmoid(z) * (1 - sigmoid(z))", "return z * (1 - z)"),
    ("derivative-at-preactivation", "d_sigmoid(net_h)", "net_h * (1 - net_h)"),
    ("derivative-formula", "return sigmoid(z) * (1 - sigmoid(z))", "return 1 - sigmoid(z) ** 2"),
    ("derivative-formula", "d_sigmoid(net_h)", "(1 - np.tanh(net_h) ** 2)"),
    ("derivative-formula", "d_sigmoid(net_h)", "(net_h > 0)"),
    ("derivative-formula", "return sigmoid(z) * (1 - sigmoid(z))", "return sigmoid(z)"),
    ("preactivation-for-activation", "np.outer(hid, d_out)", "np.outer(net_h, d_out)"),
    ("preactivation-for-activation", "err = out", "err = net_o"),
    ("forgot-target", "err = out - target[k]", "err = out"),
    ("error-sign", "err = out - target[k]", "err = target[k] - out"),
    ("overwrite-not-accumulate", "dW2 += np.outer(hid, d_out) / N\n        db2 += d_out / N\n        dW1 += np.outer(inp, d_hid) / N\n        db1 +=", "dW2 = np.outer(hid, d_out) / N\n        db2 = d_out / N\n        dW1 = np.outer(inp, d_hid) / N\n        db1 ="),
    ("overwrite-not-accumulate", "dW1 += ", "dW1 = "),
    ("first-example-only", "range(N)", "range(1)"),
    ("first-example-only", "db1 += d_hid / N\n", "db1 += d_hid / N\n        break\n"),
    ("no-hidden-gradient", "        dW1 += np.outer(inp, d_hid) / N\n        db1 += d_hid / N\n", ""),
    ("mutates-input", "err = out - target[k]", "target[k] = err = out - target[k]"),
    ("", "np.dot(inp, W1) + b1", "np.dot(inp, W1)"),
    ("", "np.dot(hid, W2) + b2", "np.dot(hid, W2)"),
    ("", "err = out - target[k]", "err = 2 * (out - target[k])"),
    ("", "err = out - target[k]", "err = 0.5 * (out - target[k]) ** 2"),
    ("", "err = out - target[k]", "err = np.abs(out - target[k])"),
    ("", "err = out - target[k]", "err = (out - target[k]).sum()"),
    ("", "err * d_sigmoid(net_o)", "out - target[k] * d_sigmoid(net_o)"),
    ("", "np.dot(W2, d_out) * d_sigmoid(net_h)", "np.dot(W2, d_out) * hid * 1 - hid"),
    ("", "out = sigmoid(net_o)", "out = np.round(sigmoid(net_o))"),
    ("", "np.exp(z) / (1 + np.exp(z))", "1 / (1 + np.exp(z))"),
    ("", "for k in range(N)", "for k in range(N - 1)"),
    ("derivative-formula", "return sigmoid(z) * (1 - sigmoid(z))", "return 1 / (1 + np.exp(-z)) ** 2"),
    ("error-sign", "d_sigmoid(net_h)", "hid * (hid - 1)"),
    ("missing-1-over-n", "err = out - target[k]", "err = (out - target[k]) * N / x.shape[1]"),
    ("missing-1-over-n", "err = out - target[k]", "err = (out - target[k]) * N ** 2"),
    ("no-activation-derivative", "np.outer(hid, d_out)", "np.outer(hid, err)"),
    ("overwrite-not-accumulate", "np.dot(W2, d_out)", "W2[:, -1] * d_out[-1]"),
    ("first-example-only", "np.outer(inp, d_hid)", "np.outer(x[0], d_hid)"),
    ("", "return dW1, db1, dW2, db2", "return W1 - 0.1 * dW1, b1 - 0.1 * db1, W2 - 0.1 * dW2, b2 - 0.1 * db2"),
    ("", "return dW1, db1, dW2, db2", "return dW2, db2, dW1, db1"),
]  # fmt: skip

BACKWARD_KEPT = """
totals = [0, 0, 0, 0]

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backward(x, target, W1, b1, W2, b2):
    a1 = sigmoid(x @ W1 + b1)
    a2 = sigmoid(a1 @ W2 + b2)
    g2 = (a2 - target) * a2 * (1 - a2) / len(x)
    dW2 = a1.T @ g2
    W2_now = W2
    g1 = g2 @ W2_now.T * a1 * (1 - a1)
    new = [x.T @ g1, g1.sum(0), dW2, g2.sum(0)]
    return new
"""

BACKWARD_KEPT_SLIPS = [
    ("not-zeroed", "    return new", "    for i in range(4):\n        totals[i] = totals[i] + new[i]\n    return tuple(totals)"),
    ("stale-order", "W2_now = W2", "W2_now = W2 - 0.5 * dW2"),
    ("stale-order", "W2_now = W2", "W2_now = W2 - dW2"),
    ("mutates-input", "a1 = sigmoid(x @ W1 + b1)", "a1 = sigmoid(x @ W1 + b1); b2 += 1; b2 = b2 - 1"),
    ("bias-not-summed", "g1.sum(0)", "g1"),
]  # fmt: skip

UPDATE = """
def update(params, grads, learning_rate):
    new = []
    for i in range(len(params)):
        p, g = params[i], grads[i]
        p = p - learning_rate * g
        new.append(p)
    return new
"""

UPDATE_SLIPS = [
    ("ascent", "p = p - learning_rate", "p = p + learning_rate"),
    ("ascent", "- learning_rate * g", "- -learning_rate * g"),
    ("assign-minus", "p = p - learning_rate * g", "p =- learning_rate * g"),
    ("mutates-input", "p = p - learning_rate * g", "p -= learning_rate * g"),
    ("mutates-input", "        new.append(p)", "        params[i] = p; new.append(p)"),
    ("mutates-input", "    return new", "    grads.clear()\n    return new"),
    ("integer-dtype", "new.append(p)", "new.append(p.astype(int))"),
    ("integer-dtype", "new.append(p)", "q = np.zeros_like(p, dtype=np.int64); q[...] = p; new.append(q)"),
    ("first-example-only", "p = p - learning_rate * g", "p = p - learning_rate * g if i == 0 else p"),
    ("", "new.append(p)", "new.append(params[i])"),
    ("", "learning_rate * g", "g"),
    ("", "p = p - learning_rate * g", "p = p - learning_rate * g if g.ndim == 2 else p"),
]  # fmt: skip

UPDATE_IN_ONE_LINE = """
def update(params, grads, learning_rate):
    return [p - learning_rate * g for p, g in zip(params, grads)]
"""

UPDATE_IN_ONE_LINE_SLIPS = [
    ("assign-minus", "p - learning_rate * g", "-learning_rate * g"),
    ("integer-dtype", "p - learning_rate * g", "(p - learning_rate * g).astype(int)"),
    ("no-hidden-gradient", "p - learning_rate * g for", "p - learning_rate * g if p is params[2] or p is params[3] else p for"),
    ("wrong-transpose", "p - learning_rate * g", "p.T - learning_rate * g.T"),
    ("bias-scalar", "* g ", "* g.sum() "),
    ("", "p - learning_rate * g", "p - learning_rate"),
    ("", "p - learning_rate * g", "p - learning_rate * p"),
    ("", "p - learning_rate * g", "learning_rate * p - g"),
    ("", "p - learning_rate * g", "p - 0.01 * g"),
    ("", "p - learning_rate * g", "p - (1 - learning_rate) * g"),
    ("", "p - learning_rate * g", "p - learning_rate * (g + 0.01 * p)"),
    ("", "p - learning_rate * g", "p - learning_rate * g / p.size"),
    ("", "p - learning_rate * g", "p - learning_rate * abs(g)"),
    ("", "p - learning_rate * g for", "p if p is params[0] else p - learning_rate * g for"),
    ("", "p - learning_rate * g for", "p if p is params[-1] else p - learning_rate * g for"),
    ("", "for p, g in zip(params, grads)]", "for k in (0, 2, 1, 3) for p, g in [(params[k], grads[k])]]"),
]  # fmt: skip

SOFTMAX = """
def softmax_cross_entropy(logits, labels):
    n, k = logits.shape
    z = logits - np.max(logits, axis=1, keepdims=True)
    e = np.exp(z)
    s = np.sum(e, axis=1, keepdims=True)
    p = e / s
    loss = 0.0
    for i in range(n):
        loss += np.log(s[i, 0]) - z[i, labels[i]]
    loss /= n
    d = p.copy()
    d[np.arange(n), labels] -= 1
    d /= n
    return loss, d
"""

SOFTMAX_SLIPS = [
    ("missing-1-over-n", "    d /= n\n", ""),
    ("sum-not-mean-loss", "    loss /= n\n", ""),
    ("double-1-over-n", "    d /= n\n", "    d /= n * n\n"),
    ("double-1-over-n", "    loss /= n\n", "    loss /= n ** 2\n"),
    ("softmax-axis", "    z = logits - np.max(logits, axis=1, keepdims=True)\n    e = np.exp(z)\n    s = np.sum(e, axis=1, keepdims=True)", "    z = logits - np.max(logits, axis=0)\n    e = np.exp(z)\n    s = np.sum(e, axis=0) * np.ones((n, 1))"),
    ("softmax-overflow", " - np.max(logits, axis=1, keepdims=True)", ""),
    ("softmax-overflow", "np.max(logits, axis=1, keepdims=True)", "np.max(logits)"),
    ("log-zero", "np.log(s[i, 0]) - z[i, labels[i]]", "-np.log(p[i, labels[i]])"),
    ("double-softmax", "    loss = 0.0", "    e = np.exp(p); s = e.sum(axis=1, keepdims=True); z = p; p = e / s\n    loss = 0.0"),
    ("keepdims", "s = np.sum(e, axis=1, keepdims=True)\n    p = e / s\n", "s = np.sum(e, axis=1)\n    p = e / s\n    s = s[:, None]\n"),
    ("column-vs-flat", "    loss /= n\n", "    loss = -np.log(p[np.arange(n), labels.reshape(-1, 1)]).mean()\n"),
    ("forgot-target", "    d[np.arange(n), labels] -= 1\n", ""),
    ("error-sign", "    d /= n\n", "    d /= -n\n"),
    ("error-sign", "np.log(s[i, 0]) - z[i, labels[i]]", "z[i, labels[i]] - np.log(s[i, 0])"),
    ("mse-delta-under-cross-entropy", "    d /= n\n", "    d *= p * (1 - p) / n\n"),
    ("first-example-only", "for i in range(n)", "for i in range(1)"),
    ("overwrite-not-accumulate", "loss += ", "loss = "),
    ("overwrite-not-accumulate", "-= 1", "= -1"),
    ("mutates-input", "z = logits - np.max(logits, axis=1, keepdims=True)", "logits -= np.max(logits, axis=1, keepdims=True); z = logits"),
    ("cached-wrong-value", "    d = p.copy()\n    d[np.arange(n), labels] -= 1\n", "    d = p\n    d[np.arange(n), labels] -= 1\n    loss = np.mean(-np.log(p[np.arange(n), labels]))\n"),
    ("no-activation-derivative", "    d /= n\n", "    d = np.zeros((n, k)); d[np.arange(n), labels] = -1 / p[np.arange(n), labels] / n\n"),
    ("wrong-transpose", "return loss, d", "return loss, d.T"),
    ("", "loss /= n", "loss /= n * k"),
    ("", "return loss, d", "return d, loss"),
]  # fmt: skip

SOFTMAX_ONE_HOT = """
def softmax_cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    y = np.eye(logits.shape[1])[labels]
    loss = -np.sum(y * logp) / len(y)
    return loss, (np.exp(logp) - y) / len(y)
"""

SOFTMAX_ONE_HOT_SLIPS = [
    ("forgot-target", "(np.exp(logp) - y)", "np.exp(logp)"),
    ("forgot-target", "np.eye(logits.shape[1])[labels]", "np.zeros(logits.shape)"),
    ("first-example-only", "[labels]", "[labels * 0 + labels[0]]"),
    ("first-example-only", "loss = -np.sum(y * logp) / len(y)", "loss = -np.sum(y[0] * logp[0])"),
    ("error-sign", "(np.exp(logp) - y)", "(np.exp(logp) + y)"),
    ("missing-1-over-n", "(np.exp(logp) - y) / len(y)", "np.exp(logp) - y / len(y)"),
    ("column-vs-flat", "np.eye(logits.shape[1])[labels]", "np.zeros(logits.shape); y[:, labels] = 1"),
    ("mse-delta-under-cross-entropy", "(np.exp(logp) - y) / len(y)", "np.array([(np.diag(p) - np.outer(p, p)) @ (p - t) for p, t in zip(np.exp(logp), y)]) / len(y)"),
    ("derivative-formula", "(np.exp(logp) - y)", "np.exp(logp) * (1 - np.exp(logp))"),
    ("double-softmax", "(np.exp(logp) - y)", "(np.exp(np.exp(logp)) / np.exp(np.exp(logp)).sum(axis=1)[:, None] - y)"),
    ("softmax-axis", "np.exp(shifted).sum(axis=1, keepdims=True)", "np.exp(shifted).sum(axis=0)"),
    ("softmax-axis", "np.exp(shifted).sum(axis=1, keepdims=True)", "np.exp(shifted).sum()"),
    ("softmax-overflow", "logits.max(axis=1, keepdims=True)", "logits.min(axis=1, keepdims=True)"),
    ("softmax-overflow", "logits - logits.max(axis=1, keepdims=True)", "np.clip(logits, -500, 500)"),
    ("log-zero", "y * logp", "y * np.log(np.exp(logp))"),
    ("numeric-gradient-one-sided", "(np.exp(logp) - y)", "((np.log(1 + np.exp(logp) * (np.exp(1e-3) - 1))) / 1e-3 - y)"),
    ("", "-np.sum(y * logp) / len(y)", "-np.mean(y * logp)"),
    ("", "-np.sum(y * logp) / len(y)", "-np.mean(logp)"),
    ("", "-np.sum(y * logp) / len(y)", "-np.sum(np.exp(logp) * logp) / len(y)"),
    ("", "-np.sum(y * logp) / len(y)", "-np.log(np.mean(np.exp(logp)[y == 1]))"),
    ("", "[labels]", "[labels - 1]"),
    ("", "[labels]", "[np.argmax(logits, axis=1)]"),
    ("", "np.eye(logits.shape[1])[labels]", "np.zeros(logits.shape); y[labels] = 1"),
    ("", "np.eye(logits.shape[1])[labels]", "labels[:, np.newaxis]"),
    ("", "(np.exp(logp) - y)", "(np.exp(logp) - 1)"),
    ("", "(np.exp(logp) - y)", "(logp - y)"),
    ("", "(np.exp(logp) - y)", "(logits - y)"),
    ("", "(np.exp(logp) - y)", "loss * (np.exp(logp) - y)"),
    ("", "shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))", "shifted"),
    ("", "shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))", "-np.log(1 + np.exp(-logits))"),
]  # fmt: skip

NETWORK = """
def two_layer_loss(X, y, W1, b1, W2, b2, reg):
    N = X.shape[0]
    scores1 = X.dot(W1) + b1
    hidden = np.maximum(scores1, 0)
    scores = hidden.dot(W2) + b2
    scores = scores - scores.max(axis=1, keepdims=True)
    exp_scores = np.exp(scores)
    probs = exp_scores / exp_scores.sum(axis=1, keepdims=True)
    correct = probs[np.arange(N), y]
    data_loss = np.sum(-np.log(correct)) / N
    reg_loss = reg * np.sum(W1 * W1) + reg * np.sum(W2 * W2)
    loss = data_loss + reg_loss
    dscores = probs.copy()
    dscores[np.arange(N), y] -= 1
    dscores = dscores / N
    dW2 = np.dot(hidden.T, dscores)
    db2 = np.sum(dscores, axis=0)
    dhidden = np.dot(dscores, W2.T)
    dhidden[scores1 <= 0] = 0
    dW1 = np.dot(X.T, dhidden)
    db1 = np.sum(dhidden, axis=0)
    dW2 += 2 * reg * W2
    dW1 += 2 * reg * W1
    return loss, dW1, db1, dW2, db2
"""

NETWORK_SLIPS = [
    ("missing-1-over-n", "dscores = dscores / N", "dscores = dscores"),
    ("sum-not-mean-loss", "np.sum(-np.log(correct)) / N", "np.sum(-np.log(correct))"),
    ("double-1-over-n", "dscores = dscores / N", "dscores = dscores / N / N"),
    ("double-1-over-n", "    dW2 += 2 * reg * W2", "    dW1 /= N; dW2 /= N; db1 /= N; db2 /= N\n    dW2 += 2 * reg * W2"),
    ("bias-mean", "db2 = np.sum(dscores, axis=0)", "db2 = np.mean(dscores, axis=0)"),
    ("bias-mean", "db1 = np.sum(dhidden, axis=0)", "db1 = np.sum(dhidden, axis=0) / N"),
    ("bias-scalar", "db2 = np.sum(dscores, axis=0)", "db2 = np.sum(dscores)"),
    ("bias-scalar", "db1 = np.sum(dhidden, axis=0)", "db1 = np.sum(dhidden)"),
    ("bias-not-summed", "db2 = np.sum(dscores, axis=0)", "db2 = dscores"),
    ("bias-not-summed", "db1 = np.sum(dhidden, axis=0)", "db1 = dhidden[-1]"),
    ("bias-wrong-product", "db1 = np.sum(dhidden, axis=0)", "db1 = np.sum(dhidden, axis=0) * b1"),
    ("bias-wrong-product", "db2 = np.sum(dscores, axis=0)", "db2 = hidden.T.dot(dscores).sum(axis=0)"),
    ("keepdims", "exp_scores.sum(axis=1, keepdims=True)", "exp_scores.sum(axis=1)"),
    ("column-vs-flat", "np.sum(-np.log(correct)) / N", "np.mean(-np.log(probs[np.arange(N), y.reshape(N, 1)]))"),
    ("elementwise-for-matmul", "np.dot(dscores, W2.T)", "dscores * W2.T"),
    ("elementwise-for-matmul", "X.dot(W1)", "X * W1"),
    ("wrong-transpose", "np.dot(dscores, W2.T)", "np.dot(dscores, W2)"),
    ("wrong-transpose", "np.dot(X.T, dhidden)", "np.dot(X, dhidden)"),
    ("wrong-transpose", "X.dot(W1)", "X.dot(W1.T)"),
    ("wrong-transpose", "return loss, dW1, db1, dW2, db2", "return loss, dW1.T, db1, dW2.T, db2"),
    ("no-activation-derivative", "    dhidden[scores1 <= 0] = 0\n", ""),
    ("derivative-formula", "dhidden[scores1 <= 0] = 0", "dhidden = dhidden * hidden * (1 - hidden)"),
    ("derivative-formula", "dhidden[scores1 <= 0] = 0", "dhidden *= 1 - hidden ** 2"),
    ("derivative-at-preactivation", "dhidden[scores1 <= 0] = 0", "dhidden *= scores1 * (1 - scores1)"),
    ("mse-delta-under-cross-entropy", "dscores = dscores / N", "dscores = dscores * probs * (1 - probs) / N"),
    ("relu-mask-flipped", "scores1 <= 0", "scores1 > 0"),
    ("relu-mask-on-gradient", "dhidden[scores1 <= 0] = 0", "dhidden[dhidden <= 0] = 0"),
    ("relu-mask-on-gradient", "dhidden[scores1 <= 0] = 0", "dhidden = np.maximum(0, dhidden)"),
    ("preactivation-for-activation", "np.dot(hidden.T, dscores)", "np.dot(scores1.T, dscores)"),
    ("preactivation-for-activation", "hidden.dot(W2)", "scores1.dot(W2)"),
    ("forgot-target", "    dscores[np.arange(N), y] -= 1\n", ""),
    ("error-sign", "dscores = dscores / N", "dscores = -dscores / N"),
    ("error-sign", "np.sum(-np.log(correct))", "np.sum(np.log(correct))"),
    ("stale-order", "dhidden = np.dot(dscores, W2.T)", "dhidden = np.dot(dscores, (W2 - 0.1 * dW2).T)"),
    ("overwrite-not-accumulate", "dW2 += 2 * reg * W2\n    dW1 +=", "dW2 = 2 * reg * W2\n    dW1 ="),
    ("overwrite-not-accumulate", "dW2 += 2", "dW2 = 2"),
    ("overwrite-not-accumulate", "dscores[np.arange(N), y] -= 1", "dscores[np.arange(N), y] = -1"),
    ("regularise-bias", "reg_loss = ", "reg_loss = reg * (b1 @ b1 + b2 @ b2) + "),
    ("regularise-bias", "dW1 += 2 * reg * W1", "dW1 += 2 * reg * W1; db1 += 2 * reg * b1; db2 += 2 * reg * b2"),
    ("regularise-factor", "dW2 += 2 * reg * W2\n    dW1 += 2 * reg", "dW2 += reg * W2\n    dW1 += reg"),
    ("regularise-factor", "reg_loss = reg * np.sum(W1 * W1) + reg * np.sum(W2 * W2)", "reg_loss = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))"),
    ("regularise-loss-only", "    dW2 += 2 * reg * W2\n    dW1 += 2 * reg * W1\n", ""),
    ("regularise-gradient-only", "loss = data_loss + reg_loss", "loss = data_loss"),
    ("regularise-over-n", "loss = data_loss + reg_loss", "loss = data_loss + reg_loss / N"),
    ("regularise-over-n", "dW2 += 2 * reg * W2\n    dW1 += 2 * reg", "dW2 += 2 * reg / N * W2\n    dW1 += 2 * reg / N"),
    ("softmax-axis", "    scores = scores - scores.max(axis=1, keepdims=True)\n    exp_scores = np.exp(scores)\n    probs = exp_scores / exp_scores.sum(axis=1, keepdims=True)", "    exp_scores = np.exp(scores - scores.max())\n    probs = exp_scores / exp_scores.sum()"),
    ("softmax-axis", "    scores = scores - scores.max(axis=1, keepdims=True)\n    exp_scores = np.exp(scores)\n    probs = exp_scores / exp_scores.sum(axis=1, keepdims=True)", "    exp_scores = np.exp(scores)\n    probs = exp_scores / exp_scores.sum(axis=0)"),
    ("softmax-overflow", "    scores = scores - scores.max(axis=1, keepdims=True)\n", ""),
    ("double-softmax", "    correct =", "    probs = np.exp(probs) / np.exp(probs).sum(axis=1, keepdims=True)\n    correct ="),
    ("no-hidden-gradient", "    dW1 = np.dot(X.T, dhidden)", "    dhidden = dhidden * 0\n    dW1 = np.dot(X.T, dhidden)"),
    ("first-example-only", "dscores = dscores / N", "dscores = dscores / N; dscores[1:] = 0; loss = -np.log(correct[0]) / N + reg_loss"),
    ("mutates-input", "dW1 += 2 * reg * W1", "W1 *= 2 * reg; dW1 += W1"),
    ("", "+ b1", ""),
    ("", "loss = data_loss + reg_loss", "loss = data_loss / W2.shape[1] + reg_loss"),
    ("", "np.sum(-np.log(correct))", "np.sum(-np.log(probs))"),
    ("", "np.sum(-np.log(correct))", "np.sum(-np.log10(correct))"),
    ("", "np.sum(-np.log(correct))", "np.sum((probs - np.eye(len(b2))[y]) ** 2)"),
    ("", "dscores[np.arange(N), y] -= 1", "dscores[np.arange(N), y] += 1"),
    ("", "dscores[np.arange(N), y] -= 1", "dscores[y] -= 1"),
    ("", "dscores = probs.copy()", "dscores = scores.copy()"),
    ("", "dscores = probs.copy()", "dscores = exp_scores.copy()"),
    ("", "dscores = dscores / N", "dscores = 2 * dscores / N"),
    ("", "np.dot(dscores, W2.T)", "np.dot(dscores, dW2.T)"),
    ("", "scores1 <= 0", "X.dot(W1) <= 0"),
    ("", "hidden = np.maximum(scores1, 0)", "hidden = np.maximum(scores1, 0.01 * scores1)"),
    ("", "hidden = np.maximum(scores1, 0)", "hidden = np.tanh(scores1)"),
    ("", "db1 = np.sum(dhidden, axis=0)", "db1 = np.sum(dscores, axis=0)"),
    ("", "reg * np.sum(W2 * W2)", "np.sum(W2 * W2)"),
    ("", "dW2 += 2 * reg * W2", "dW2 += 2 * reg * np.sum(W2)"),
    ("", "return loss, dW1, db1, dW2, db2", "return loss, W1 - 0.1 * dW1, b1 - 0.1 * db1, W2 - 0.1 * dW2, b2 - 0.1 * db2"),
    ("error-sign", "return loss, dW1, db1, dW2, db2", "return loss, -dW1, -db1, -dW2, -db2"),
    ("error-sign", "np.dot(X.T, dhidden)", "-np.dot(X.T, dhidden)"),
    ("forgot-target", "np.dot(dscores, W2.T)", "np.dot(probs, W2.T)"),
    ("missing-1-over-n", "dscores = dscores / N", "dscores = dscores / X.shape[1]"),
    ("missing-1-over-n", "    dscores[np.arange(N), y] -= 1\n    dscores = dscores / N\n", "    dscores = dscores / N\n    dscores[np.arange(N), y] -= 1\n"),
    ("no-activation-derivative", "dhidden[scores1 <= 0] = 0", "dhidden[hidden < 0] = 0"),
    ("no-activation-derivative", "dscores = dscores / N", "dscores = -np.eye(len(b2))[y] / probs / N"),
    ("derivative-formula", "dhidden[scores1 <= 0] = 0", "dhidden[scores1 <= 0] *= 0.01"),
    ("overwrite-not-accumulate", "dscores[np.arange(N), y] -= 1", "dscores[np.arange(N), y] = 1"),
    ("regularise-loss-only", "    dW2 += 2 * reg * W2\n", ""),
    ("regularise-gradient-only", " + reg * np.sum(W2 * W2)", ""),
    ("softmax-axis", "scores.max(axis=1, keepdims=True)", "scores.max(axis=0)"),
]  # fmt: skip

PROGRAMS = [
    ("02b.1", DESCEND, DESCEND_SLIPS),
    ("02b.1", DESCEND_IN_A_LIST, DESCEND_IN_A_LIST_SLIPS),
    ("03b.1", ERROR, ERROR_SLIPS),
    ("03b.1", ERROR_IN_ONE_LINE, ERROR_IN_ONE_LINE_SLIPS),
    ("03c.1", BACKWARD, BACKWARD_SLIPS),
    ("03c.1", BACKWARD_KEPT, BACKWARD_KEPT_SLIPS),
    ("03d.1", UPDATE, UPDATE_SLIPS),
    ("03d.1", UPDATE_IN_ONE_LINE, UPDATE_IN_ONE_LINE_SLIPS),
    ("04c.1", SOFTMAX, SOFTMAX_SLIPS),
    ("04c.1", SOFTMAX_ONE_HOT, SOFTMAX_ONE_HOT_SLIPS),
    ("05a.1", NETWORK, NETWORK_SLIPS),
]


def written(text, name):
    """The program as the learner would have it after running the cell."""
    namespace = {"np": np}
    exec(compile(text, "<cell>", "exec"), namespace)
    return namespace[name]

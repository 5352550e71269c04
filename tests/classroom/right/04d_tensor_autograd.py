"""Right answers to exercises of 4d, each written in another way."""

import numpy as np


def multiply_vjp_by_the_rule(d, x, y):
    def back(share, like):
        while share.ndim > like.ndim:
            share = share.sum(axis=0)
        for axis, size in enumerate(like.shape):
            if size == 1:
                share = share.sum(axis=axis, keepdims=True)
        return share

    return back(d * y, x), back(d * x, y)


def multiply_vjp_with_loops(d, x, y):
    X, Y = np.broadcast_arrays(x, y)
    at_x = np.broadcast_to(np.arange(x.size).reshape(x.shape), d.shape)
    at_y = np.broadcast_to(np.arange(y.size).reshape(y.shape), d.shape)
    dx, dy = np.zeros(x.size), np.zeros(y.size)
    for at in np.ndindex(d.shape):
        dx[at_x[at]] += d[at] * Y[at]
        dy[at_y[at]] += d[at] * X[at]
    return dx.reshape(x.shape), dy.reshape(y.shape)


def multiply_vjp_by_bincount(d, x, y):
    found = []
    for mine, other in ((x, y), (y, x)):
        places = np.broadcast_to(np.arange(mine.size).reshape(mine.shape), d.shape)
        shares = (d * other).ravel()
        summed = np.bincount(places.ravel(), weights=shares, minlength=mine.size)
        found.append(summed.reshape(mine.shape))
    return found


def exp_node_with_a_lambda(x):
    z = np.e**x
    return z, lambda d: z * d


def exp_node_computed_again(x):
    def back(d):
        return np.multiply(d, np.exp(x))

    return np.exp(x), back


def exp_node_by_the_diagonal(x):
    z = np.exp(x)

    def back(d):
        return (np.diag(z.ravel()).T @ d.ravel()).reshape(x.shape)

    return [z, back]


def hvp_in_halves(grad, w, v, h):
    up, down = grad(w + h * v), grad(w - h * v)
    return 0.5 * (up - down) / h


def hvp_in_a_loop(grad, w, v, h):
    step = [h * one for one in v]
    up, down = grad(np.add(w, step)), grad(np.subtract(w, step))
    return [(a - b) / (h + h) for a, b in zip(up, down, strict=True)]


def hvp_on_copies(grad, w, v, h):
    w = w.copy()
    w += h * v
    up = grad(w)
    w -= 2 * h * v
    return (up - grad(w)) / (2 * h)

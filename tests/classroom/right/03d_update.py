"""Right answers to exercises of 3d, each written in another way."""

import numpy as np


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


def step_in_place(params, grads, rate):
    for p, g in zip(params, grads, strict=True):
        p -= rate * g
    return params


def step_into_the_list(params, grads, rate):
    for i, g in enumerate(grads):
        params[i] = params[i] - g * rate
    return params


def step_as_a_comprehension(params, grads, rate):
    return tuple(np.float32(p - rate * g) for p, g in zip(params, grads, strict=True))

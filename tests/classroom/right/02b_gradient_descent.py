"""Right answers to exercises of 2b, each written in another way."""

import numpy as np


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

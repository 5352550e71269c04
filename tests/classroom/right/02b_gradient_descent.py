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


def kept_path_of_new_arrays(grad, x0, learning_rate, steps):
    x = x0
    path = [x]
    for _ in range(steps):
        x = x - learning_rate * grad(x)
        path.append(x)
    return np.array(path)


def kept_path_in_a_table(grad, x0, learning_rate, steps):
    x = x0.astype(float)
    path = np.empty((steps + 1, *x.shape))
    for row in path[:-1]:
        row[...] = x
        x -= learning_rate * grad(x)
    path[-1] = x
    return path


def kept_path_of_tuples(grad, x0, learning_rate, steps):
    x = 1.0 * x0
    path = [tuple(x)]
    for _ in range(steps):
        x -= learning_rate * grad(x)
        path.append(tuple(x))
    return path


def largest_curvature_one_sided(grad, x, iterations, h=1e-6):
    v = np.ones(len(x)) / len(x) ** 0.5
    for _ in range(iterations):
        change = grad(x + h * v) - grad(x)
        v = change / np.linalg.norm(change)
    return np.linalg.norm(change) / h


def largest_curvature_by_its_share_along_v(grad, x, iterations, h=1e-5):
    v = np.eye(len(x))[0]
    for _ in range(iterations):
        v = v / np.sqrt(v @ v)
        change = (grad(x + h * v) - grad(x - h * v)) / (2 * h)
        curvature, v = v @ change, change
    return curvature


def largest_curvature_from_any_start(grad, x, iterations, h=1e-5):
    v = np.random.default_rng().normal(size=x.shape)
    for _ in range(iterations):
        v *= h / np.linalg.norm(v)
        v = 0.5 * (grad(x + v) - grad(x - v))
    return np.linalg.norm(v) / h


def largest_curvature_from_the_hessian(grad, x, iterations, h=1e-5):
    nudges = h * np.eye(len(x))
    hessian = np.array([(grad(x + e) - grad(x - e)) / (2 * h) for e in nudges])
    return np.linalg.eigvalsh((hessian + hessian.T) / 2)[-1]


def descend_until_with_while(grad, x0, learning_rate, share, most):
    path = [x0.astype(float)]
    slope = grad(x0)
    enough = share * np.sqrt(np.sum(slope**2))
    while len(path) <= most and np.sqrt(np.sum(slope**2)) > enough:
        path.append(path[-1] - learning_rate * slope)
        slope = grad(path[-1])
    return np.vstack(path)


def descend_until_cut_from_a_longer_path(grad, x0, learning_rate, share, most):
    path = np.zeros((most + 1, len(x0)))
    path[0] = x0
    for k in range(most):
        path[k + 1] = path[k] - learning_rate * grad(path[k])
    slopes = np.array([np.linalg.norm(grad(x)) for x in path])
    good = np.flatnonzero(slopes <= share * slopes[0])
    return path[: good[0] + 1] if len(good) else path


def descend_until_recursively(grad, x0, learning_rate, share, most, enough=None):
    g = grad(x0)
    slope = np.dot(g, g) ** 0.5
    enough = share * slope if enough is None else enough
    if most == 0 or slope <= enough:
        return [x0]
    return [
        x0,
        *descend_until_recursively(
            grad, x0 - learning_rate * g, learning_rate, share, most - 1, enough
        ),
    ]


def descend_until_on_copies(grad, x0, learning_rate, share, most):
    x, rows = np.array(x0, dtype=float), []
    for k in range(most + 1):
        rows.append(x.copy())
        g = grad(x)
        if k == 0:
            first = np.linalg.norm(g)
        if np.linalg.norm(g) <= share * first:
            return np.array(rows)
        x -= learning_rate * g
    return np.array(rows)

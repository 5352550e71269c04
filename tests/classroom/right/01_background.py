"""Right answers to exercises of 1, each written in another way."""

import numpy as np


def perceptron_step_by_the_sign(w, x, t):
    said = 1 if np.dot(w, x) > 0 else -1
    if np.dot(w, x) == 0:
        said = -t  # a sum of 0 counts as a mistake
    return w if said == t else w + t * x


def perceptron_step_on_a_copy(w, x, t):
    new = w.astype(float).copy()
    if t * sum(a * b for a, b in zip(w, x, strict=True)) <= 0:
        for i in range(len(new)):
            new[i] += t * x[i]
    return new


def perceptron_step_with_a_mask(w, x, t):
    return w + (t * np.einsum("i,i", w, x) <= 0) * t * x


def delta_step_with_a_plus(w, x, t, learning_rate):
    return w + learning_rate * (t - x @ w) * x


def delta_step_in_a_loop(w, x, t, learning_rate):
    miss = sum(w[i] * x[i] for i in range(len(w))) - t
    return [w[i] - learning_rate * miss * x[i] for i in range(len(w))]


def delta_step_on_a_copy(w, x, t, learning_rate):
    w = w.copy()
    w -= learning_rate * (np.inner(x, w) - t) * x
    return w

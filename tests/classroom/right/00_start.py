"""Right answers to exercises of 0, each written in another way."""

import numpy as np


def average_images_with_sums(x, y):
    sums, counts = np.zeros((10, 64)), np.zeros(10)
    for image, label in zip(x, y, strict=True):
        sums[label] += image
        counts[label] += 1
    return sums / counts[:, np.newaxis]


def average_images_with_add_at(x, y):
    sums = np.zeros((10, x.shape[1]))
    np.add.at(sums, y, x)
    return sums / np.bincount(y, minlength=10).reshape(-1, 1)


def average_images_with_a_product(x, y):
    chosen = np.eye(10)[y]
    return chosen.T @ x / chosen.sum(axis=0)[:, None]


def average_images_with_unique_labels(x, y):
    return np.stack([np.mean(x[np.flatnonzero(y == label)], axis=0) for label in np.unique(y)])


def average_images_in_float32(x, y):
    return [list(x.astype(np.float32)[y == k].mean(0)) for k in range(10)]


def share_right_with_a_column_of_labels(guess, y):
    return np.mean(guess == y[:, np.newaxis])


def share_right_with_loops(guess, y):
    right = 0
    for row, label in zip(guess, y, strict=True):
        right += int(row[0]) == label
    return right / len(y)


def share_right_flattened(guess, y):
    return np.count_nonzero(guess.ravel() == y) / y.size


def share_right_with_squeeze(guess, y):
    return (np.squeeze(guess, axis=1) == y).mean()


def share_right_on_the_diagonal(guess, y):
    return np.diag(guess == y).mean()


def share_right_as_a_row(guess, y):
    return 1 - np.mean(y != guess.T)

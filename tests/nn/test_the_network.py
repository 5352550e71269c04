"""Promises about the article's network on real digits: how well it learns, with which settings."""

import os
from pathlib import Path

import pytest

from dlcore import data, nn

FULL = Path(os.environ.get("DLCORE_DATA", ".")) / "mnist" / "train-images-idx3-ubyte.gz"


def accuracy_after(digits, *, epochs, learning_rate=0.01, seed=0):
    """Share of unseen digits read right by 784-128-64-10 after training as the article does."""
    (x_train, y_train), unseen = digits
    dense = nn.layers.Dense
    model = nn.Sequential(
        [dense(128, "relu", input_shape=(784,)), dense(64, "relu"), dense(10, "softmax")], seed=seed
    )
    sgd = nn.optimizers.SGD(learning_rate)
    model.compile(sgd, "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_train, y_train, epochs=epochs, verbose=0, seed=seed)
    return model.evaluate(*unseen, return_dict=True)["accuracy"]


@pytest.mark.parametrize("seed", range(3))
def test_the_articles_settings_reach_about_89_percent_on_the_embedded_digits(seed):
    assert 0.87 <= accuracy_after(data.mnist(seed=seed), epochs=10, seed=seed) <= 0.92


@pytest.mark.parametrize("seed", range(2))
def test_ten_times_the_rate_and_twice_the_epochs_pass_92_percent(seed):
    assert accuracy_after(data.mnist(), epochs=20, learning_rate=0.1, seed=seed) >= 0.925


@pytest.mark.skipif(not FULL.is_file(), reason="DLCORE_DATA names no folder with mnist/*.gz")
def test_the_articles_settings_reach_96_percent_on_all_of_mnist():
    accuracy = accuracy_after(data.mnist(full=True), epochs=10)
    assert 0.961 <= accuracy <= 0.967

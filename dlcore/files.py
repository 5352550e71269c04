"""Files on this computer and from the network: downloaded once, verified, kept whole or not at all.

What comes over a network may be late, cut short or another file altogether. So each file of MNIST
is known here by its fingerprint, the SHA-256 of its bytes: bytes with another fingerprint are never
used, a second address is asked where the first one fails, and what was right is kept for next time.
A copy that only saves time is kept where there is room for it, and done without elsewhere. A file
of ours appears complete or does not appear, even when two programs write it at the same moment.
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
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["DownloadError", "cache_folders", "keep_copy", "mnist_arrays", "read_idx", "write_whole"]

Array = np.ndarray

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


# --- The full MNIST -------------------------------------------------------------------------


def mnist_arrays() -> dict[str, Array]:
    """Give what MNIST's four files hold, by their names: uint8, (n, 28, 28) images, (n,) labels.

    Files that the folder `mnist` of the data folder lacks are downloaded (11.6 MB) and kept there.
    The data folder is the one that DLCORE_DATA names, or else this user's cache.
    Raises DownloadError when they can be neither downloaded nor kept; ValueError when a folder you
    named holds other files of these names.
    Source: LeCun, Cortes & Burges 1998.
    """
    return {name: _parse_idx(content, name) for name, content in _mnist_contents().items()}


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
        write_whole(path, content)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None))
        room = sum(size for size, _ in MNIST_FILES.values()) / 1e6
        raise DownloadError(
            error.errno,
            f"{path.name} was downloaded but cannot be kept in {path.parent}: "
            f"{'the disk is full' if full else error}. The full MNIST needs {room:.1f} MB there: "
            "make room, or let the environment variable DLCORE_DATA name another folder",
        ) from error


# --- MNIST's own format, idx ----------------------------------------------------------------


def read_idx(path: str | os.PathLike[str]) -> Array:
    """Read one file in MNIST's own format, idx, compressed with gzip or not.

    An idx file opens with two zero bytes, a type (8: unsigned bytes, the only one MNIST uses) and
    the number of axes; then come the length of each axis, as four bytes each, and the values.

    Returns a uint8 array of the shape the file states: (n, 28, 28) for images, (n,) for labels.
    Raises ValueError when the file is truncated, too long or not idx; OSError when unreadable.
    Source: LeCun, Cortes & Burges 1998.
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


# --- Quick copies ---------------------------------------------------------------------------


def cache_folders() -> Iterator[Path]:
    """Give the folders where a quick copy may lie: the data folder, then this user's cache."""
    yield _data_folder()
    if _named_folder():
        yield _own_folder()


def keep_copy(file: str, content: bytes) -> None:
    """Keep a quick copy in the first folder that takes it; do without where none does."""
    for folder in cache_folders():
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            # An administrator may write anywhere: a folder marked read-only is respected.
            if folder.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
                write_whole(folder / file, content)
                return


# --- Folders, and files that are whole ------------------------------------------------------


def _named_folder() -> str:
    return os.environ.get("DLCORE_DATA", "")


def _own_folder() -> Path:
    import pooch

    return pooch.os_cache("dlcore")


def _data_folder() -> Path:
    return Path(_named_folder()).expanduser() if _named_folder() else _own_folder()


def write_whole(path: Path, content: bytes) -> None:
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

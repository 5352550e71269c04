"""Weights in a file: NumPy's npz, one array per parameter, named by layer and parameter."""

import os
import secrets
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dlcore.nn.layers import Layer, fitting_weights

__all__ = ["load_weights", "save_weights"]

Array = np.ndarray

# What zipfile and numpy raise on files cut short, overwritten in places or of another kind.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,  # "encrypted", and NotImplementedError for an unknown compression
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)


def save_weights(layers: Sequence[Layer], filepath: str | os.PathLike, overwrite: bool) -> None:
    """Write all at once or not at all: to a file beside it first, which then takes its place."""
    path = _npz_path(filepath)
    if path.exists() and not overwrite:
        raise FileExistsError(f"filepath {str(path)!r} exists already; give overwrite=True.")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"filepath must be in a folder that exists; got {str(path)!r}.")
    # not from tempfile, whose files only their owner may read
    beside = path.with_name(f"{path.stem}.{secrets.token_hex(8)}.part")
    try:
        with beside.open("xb") as file:
            np.savez(file, **_named(layers))
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def load_weights(layers: Sequence[Layer], filepath: str | os.PathLike) -> None:
    """Set the parameters from a file; it is read and checked whole before anything is changed.

    Raises FileNotFoundError, or ValueError for a damaged file or another model's.
    """
    path = _npz_path(filepath)
    if not path.is_file():
        raise FileNotFoundError(f"filepath must be a file of weights; there is no {str(path)!r}.")
    stored, here = _read(path), _named(layers)
    if stored.keys() != here.keys() or any(stored[k].shape != here[k].shape for k in here):
        raise ValueError(
            f"filepath {str(path)!r} holds another model's weights: {_shapes(stored)}; "
            f"expected {_shapes(here)}."
        )
    for parameter, new in fitting_weights(list(here.values()), [stored[k] for k in here]):
        parameter[...] = new


def _named(layers: Sequence[Layer]) -> dict[str, Array]:
    return {
        f"layer{i}{f'.{j}' if j else ''}.{name}": parameter
        for i, top in enumerate(layers)
        for j, layer in enumerate(top.family())
        for name, parameter in layer.parameters.items()
    }


def _read(path: Path) -> dict[str, Array]:
    try:
        with zipfile.ZipFile(path), np.load(path, allow_pickle=False) as stored:
            return {name: np.asarray(stored[name]) for name in stored.files}
    except DAMAGED as why:
        raise ValueError(f"filepath {str(path)!r} is not a whole file of weights: {why}") from None


def _npz_path(filepath: str | os.PathLike) -> Path:
    path = Path(filepath)
    if path.suffix != ".npz":
        raise ValueError(f"filepath must end in .npz; got {str(filepath)!r}.")
    return path


def _shapes(arrays: dict[str, Array]) -> str:
    return ", ".join(f"{name} {array.shape}" for name, array in arrays.items()) or "nothing"

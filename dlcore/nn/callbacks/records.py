"""Callbacks that write to files: the weights, or a table of the numbers."""

import csv
import os
from pathlib import Path

import numpy as np

from dlcore import checks
from dlcore.nn.callbacks.base import Callback, Logs, improved, monitored, upwards

__all__ = ["CSVLogger", "ModelCheckpoint"]


class ModelCheckpoint(Callback):
    """Save the weights after each epoch, or only when `monitor` is better than ever before.

    filepath: ends in .npz; may hold {epoch} (counted from 1) and the names in the logs, as in
    'weights.{epoch:02d}-{val_loss:.2f}.npz'; its folder is made if need be. save_freq: 'epoch', or
    after how many batches (the logs are then the epoch's so far). initial_value_threshold: the
    number to beat at first. Only weights are saved: read them with `model.load_weights`.
    """

    def __init__(
        self,
        filepath: str | os.PathLike,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = True,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        self.filepath = os.fspath(filepath)
        if not self.filepath.endswith(".npz"):
            raise ValueError(f"filepath must end in .npz; got {self.filepath!r}.")
        if not save_weights_only:
            raise ValueError("save_weights_only must be True: a model is its code and its weights.")
        self.monitor, self.verbose = monitor, verbose
        self.save_best_only, self.save_weights_only = bool(save_best_only), True
        self.sign = 1 if upwards(monitor, mode) else -1
        self.best = -np.inf * self.sign
        if initial_value_threshold is not None:
            self.best = checks.number("initial_value_threshold", initial_value_threshold)
        if isinstance(save_freq, str):
            checks.choice("save_freq", save_freq, ("epoch",))
        else:
            checks.integer("save_freq", save_freq, least=1)
            # only now: a callback with this hook makes fit work out the loss of every batch
            self.on_train_batch_end = self._after_batch
        self.save_freq = save_freq
        self._epoch, self._batches = 0, 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            self._save(logs or {}, {"epoch": epoch + 1})

    def _after_batch(self, batch: int, logs: Logs | None = None) -> None:
        self._batches += 1
        if self._batches >= self.save_freq:
            self._batches = 0
            self._save(logs or {}, {"epoch": self._epoch + 1, "batch": batch + 1})

    def _save(self, logs: Logs, numbers: dict[str, int]) -> None:
        path, said = self._path({**logs, **numbers}), f"Epoch {numbers['epoch']}: "
        if self.save_best_only:
            current = monitored(self.monitor, logs)
            if not improved(current, self.best, self.sign):
                if self.verbose:
                    print(f"{said}{self.monitor} did not improve from {self.best:.5f}.")
                return
            said += f"{self.monitor} improved from {self.best:.5f} to {current:.5f}, "
            self.best = current
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.model.save_weights(path, overwrite=True)
        if self.verbose:
            print(f"{said}weights saved to {path}.")

    def _path(self, names: Logs) -> str:
        try:
            return self.filepath.format(**names)
        except (KeyError, IndexError) as missing:
            raise ValueError(
                f"filepath may name {', '.join(names)}; got {missing} in {self.filepath!r}."
            ) from None


class CSVLogger(Callback):
    """One row for each epoch in a text file: epoch, counted from 0, and the numbers by name.

    append=True goes on with a file that exists. Without validation its columns are there all the
    same and say NA, as in Keras.
    """

    def __init__(
        self, filename: str | os.PathLike, separator: str = ",", append: bool = False
    ) -> None:
        self.filename = os.fspath(filename)
        if not isinstance(separator, str) or len(separator) != 1:
            raise ValueError(f"separator must be one character; got {separator!r}.")
        self.separator, self.append = separator, bool(append)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        path = Path(self.filename)
        going_on = self.append and path.exists() and path.stat().st_size > 0
        if not going_on:
            path.write_bytes(b"")
        self._names: list[str] | None = None
        self._titled = going_on

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = logs or {}
        if self._names is None:
            self._names = sorted(logs)
            if not any(name.startswith("val_") for name in self._names):
                self._names += [f"val_{name}" for name in self._names]
        row = [epoch, *(logs.get(name, "NA") for name in self._names)]
        # opened anew for each row: nothing is lost or left open when a fit is interrupted
        with open(self.filename, "a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, delimiter=self.separator)
            if not self._titled:
                writer.writerow(["epoch", *self._names])
                self._titled = True
            writer.writerow(row)

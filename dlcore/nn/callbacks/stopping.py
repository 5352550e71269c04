"""Callbacks that end a fit early: when nothing improves, or when the numbers have run away."""

import numpy as np

from dlcore import checks
from dlcore.nn.callbacks.base import Callback, Logs, improved, monitored, upwards

__all__ = ["EarlyStopping", "TerminateOnNaN"]


class EarlyStopping(Callback):
    """Stop when `monitor` has not improved by more than min_delta for `patience` epochs.

    mode: 'min', 'max', or 'auto', which takes names with 'acc' for maxima. With
    restore_best_weights the model ends with the weights of its best epoch.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        self.monitor = monitor
        self.min_delta = abs(checks.number("min_delta", min_delta))
        self.patience = checks.integer("patience", patience, least=0)
        self.verbose = verbose
        self.sign = 1 if upwards(monitor, mode) else -1
        self.baseline = None if baseline is None else checks.number("baseline", baseline)
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = checks.integer("start_from_epoch", start_from_epoch, least=0)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.waited, self.stopped_epoch, self.best_epoch = 0, 0, 0
        self.best = -np.inf * self.sign
        self.best_weights: list[np.ndarray] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if epoch < self.start_from_epoch:
            return
        current = monitored(self.monitor, logs or {})
        if self.restore_best_weights and self.best_weights is None:
            self.best_weights, self.best_epoch = self.model.get_weights(), epoch
        self.waited += 1
        if self._better(current, self.best):
            self.best, self.best_epoch = current, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self._better(current, self.baseline):
                self.waited = 0
        elif self.waited >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.restore_best_weights and self.best_weights is not None:
            self.model.set_weights(self.best_weights)
        if self.stopped_epoch and self.verbose:
            print(f"Stopped early after epoch {self.stopped_epoch + 1}.")

    def _better(self, current: float, best: float) -> bool:
        return improved(current, best, self.sign, self.min_delta)


class TerminateOnNaN(Callback):
    """A fit that diverges ends with a printed line instead of a FloatingPointError.

    The weights are then back where the last complete epoch left them (Keras leaves NaN), and the
    history holds the complete epochs. With raise_error=True the error is raised all the same.
    """

    def __init__(self, raise_error: bool = False) -> None:
        self.raise_error = bool(raise_error)

    def on_divergence(self, epoch: int, reason: str) -> None:
        """Called by the loop in the epoch (counted from 0) whose numbers are not finite."""
        print(f"Epoch {epoch + 1}: {reason}; training is terminated.")

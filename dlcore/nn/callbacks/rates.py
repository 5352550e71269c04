"""Callbacks that change the learning rate between epochs, and write it into the logs."""

import inspect
from collections.abc import Callable

import numpy as np

from dlcore import checks
from dlcore.nn.callbacks.base import Callback, Logs, improved, monitored, upwards

__all__ = ["LearningRateScheduler", "ReduceLROnPlateau"]


class LearningRateScheduler(Callback):
    """Before each epoch, learning_rate ← schedule(epoch, learning_rate), or schedule(epoch).

    Epochs count from 0. The history then has 'learning_rate'. For a rate that changes with every
    update, give the optimiser a schedule.
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        if not callable(schedule):
            raise TypeError(f"schedule must be a function of the epoch; got {schedule!r}.")
        self.schedule, self.verbose = schedule, verbose

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        optimizer = self.model.optimizer
        given = (epoch, optimizer.learning_rate) if _takes_two(self.schedule) else (epoch,)
        rate = checks.number("what schedule returns", self.schedule(*given), least=0.0)
        optimizer.learning_rate = rate
        if self.verbose:
            print(f"Epoch {epoch + 1}: the learning rate is set to {rate:g}.")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is not None:
            logs["learning_rate"] = self.model.optimizer.learning_rate


class ReduceLROnPlateau(Callback):
    """Multiply the rate by `factor` when `monitor` has not improved for `patience` epochs.

    An improvement is one by more than min_delta; mode as in EarlyStopping. After a reduction
    nothing is counted for `cooldown` epochs; the rate does not fall below min_lr. The history then
    has 'learning_rate'.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        if checks.number("factor", factor, least=0.0) >= 1:
            raise ValueError(f"factor must be less than 1, to reduce the rate; got {factor!r}.")
        self.monitor, self.factor, self.verbose = monitor, float(factor), verbose
        self.patience = checks.integer("patience", patience, least=0)
        self.sign = 1 if upwards(monitor, mode) else -1
        self.min_delta = abs(checks.number("min_delta", min_delta))
        self.cooldown = checks.integer("cooldown", cooldown, least=0)
        self.min_lr = checks.number("min_lr", min_lr, least=0.0)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.waited, self.cooling, self.best = 0, 0, -np.inf * self.sign

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = {} if logs is None else logs
        logs["learning_rate"] = self.model.optimizer.learning_rate
        current = monitored(self.monitor, logs)
        if self.cooling > 0:
            self.cooling, self.waited = self.cooling - 1, 0
        if improved(current, self.best, self.sign, self.min_delta):
            self.best, self.waited = current, 0
        elif self.cooling == 0:
            self.waited += 1
            if self.waited >= self.patience:
                self._reduce(epoch)

    def _reduce(self, epoch: int) -> None:
        optimizer = self.model.optimizer
        if optimizer.learning_rate <= self.min_lr:
            return
        optimizer.learning_rate = max(optimizer.learning_rate * self.factor, self.min_lr)
        self.cooling, self.waited = self.cooldown, 0
        if self.verbose:
            print(f"Epoch {epoch + 1}: the rate is reduced to {optimizer.learning_rate:g}.")


def _takes_two(function: Callable[..., float]) -> bool:
    try:
        inspect.signature(function).bind(0, 0.0)
    except TypeError:
        return False
    except ValueError:  # a built-in function that does not tell its arguments
        return True
    return True

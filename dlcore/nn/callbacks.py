"""Callbacks: what else should happen while a model is fitted.

Each hook is given `logs`, the numbers so far: at the end of an epoch the loss, the metrics and,
with validation data, the same names with `val_` in front. Names and arguments are Keras 3's.
"""

from typing import Any

import numpy as np

from dlcore import checks

__all__ = ["Callback", "EarlyStopping", "History", "ProgressBar", "ProgressLines"]

Logs = dict[str, float]


class Callback:
    """Override what you need; `self.model` is the model and `self.params` tells the plan.

    Overriding on_train_batch_end makes a loss be worked out for every batch, which costs time;
    otherwise it is done for many batches at once.
    """

    model: Any = None
    params: dict[str, Any]

    def set_model(self, model: Any) -> None:
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        self.params = params

    def on_train_begin(self, logs: Logs | None = None) -> None: ...

    def on_train_end(self, logs: Logs | None = None) -> None: ...

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None: ...

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None: ...

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None: ...

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None: ...


class History(Callback):
    """The record of a fit: `history["loss"]` has one number for each completed epoch."""

    def __init__(self) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.epoch, self.history = [], {name: [] for name in self.params["metrics"]}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def __repr__(self) -> str:
        return f"<History of {len(self.epoch)} epochs: {', '.join(self.history) or 'nothing yet'}>"


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
        checks.choice("mode", mode, ("auto", "min", "max"))
        self.sign = 1 if mode == "max" or (mode == "auto" and "acc" in monitor) else -1
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
        current = self._monitored(logs or {})
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

    def _monitored(self, logs: Logs) -> float:
        if self.monitor not in logs:
            raise ValueError(
                f"monitor must be one of {', '.join(logs)}; got {self.monitor!r}."
                + (" Give fit validation_data." if self.monitor.startswith("val_") else "")
            )
        return logs[self.monitor]

    def _better(self, current: float, best: float) -> bool:
        return self.sign * (current - best) > self.min_delta


class ProgressBar(Callback):
    """verbose=1: a tqdm bar over all steps, in a terminal or a notebook, with the last numbers."""

    def on_train_begin(self, logs: Logs | None = None) -> None:
        from tqdm.auto import tqdm  # here, so that importing dlcore.nn stays quick

        self.bar = tqdm(total=self.params["epochs"] * self.params["steps"], unit="step")

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.bar.set_description(f"Epoch {epoch + 1}/{self.params['last_epoch']}", refresh=False)

    def advance(self) -> None:
        """One step is done; cheap, for tqdm redraws at most ten times a second."""
        self.bar.update()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.bar.set_postfix_str(_shown(logs or {}))

    def close(self) -> None:
        """Leave the bar as it stands; called also when training was interrupted."""
        self.bar.close()


class ProgressLines(Callback):
    """verbose=2: one line for each epoch."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        print(f"Epoch {epoch + 1}/{self.params['last_epoch']} - {_shown(logs or {})}")

    def close(self) -> None:
        """Nothing to leave behind."""


def _shown(logs: Logs) -> str:
    return " - ".join(f"{name}: {value:.4f}" for name, value in logs.items())

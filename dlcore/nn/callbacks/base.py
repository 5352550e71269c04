"""What every callback is, the record of a fit, and callbacks made from functions."""

from collections.abc import Callable
from typing import Any

from dlcore import checks

__all__ = ["Callback", "History", "LambdaCallback", "Logs", "improved", "monitored", "upwards"]

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


class LambdaCallback(Callback):
    """A callback from functions: each is called as the hook it is named after.

    on_epoch_begin and on_epoch_end take (epoch, logs), on_train_begin and on_train_end (logs),
    on_train_batch_begin and on_train_batch_end (batch, logs).
    """

    def __init__(
        self,
        on_epoch_begin: Callable[[int, Logs], Any] | None = None,
        on_epoch_end: Callable[[int, Logs], Any] | None = None,
        on_train_begin: Callable[[Logs], Any] | None = None,
        on_train_end: Callable[[Logs], Any] | None = None,
        on_train_batch_begin: Callable[[int, Logs], Any] | None = None,
        on_train_batch_end: Callable[[int, Logs], Any] | None = None,
    ) -> None:
        given = {name: function for name, function in locals().items() if name[:3] == "on_"}
        for name, function in given.items():
            if function is None:
                continue
            if not callable(function):
                raise TypeError(f"{name} must be a function; got {function!r}.")
            whole = name in ("on_train_begin", "on_train_end")
            setattr(self, name, _without_number(function) if whole else _with_number(function))


def _with_number(function: Callable[[int, Logs], Any]) -> Callable[..., None]:
    def hook(number: int, logs: Logs | None = None) -> None:
        function(number, {} if logs is None else logs)

    return hook


def _without_number(function: Callable[[Logs], Any]) -> Callable[..., None]:
    def hook(logs: Logs | None = None) -> None:
        function({} if logs is None else logs)

    return hook


# What callbacks that watch a number share


def upwards(monitor: str, mode: str) -> bool:
    """Whether more is better: mode 'max', or 'auto' and a name with 'acc' in it."""
    checks.choice("mode", mode, ("auto", "min", "max"))
    return mode == "max" or (mode == "auto" and "acc" in monitor)


def monitored(monitor: str, logs: Logs) -> float:
    """The number watched; ValueError, with the names there are, if it is not in the logs."""
    if monitor not in logs:
        raise ValueError(
            f"monitor must be one of {', '.join(logs)}; got {monitor!r}."
            + (" Give fit validation_data." if monitor.startswith("val_") else "")
        )
    return logs[monitor]


def improved(current: float, best: float, sign: int, min_delta: float = 0.0) -> bool:
    """Whether current is better than best by more than min_delta; sign: 1 for maxima, else -1."""
    return sign * (current - best) > min_delta

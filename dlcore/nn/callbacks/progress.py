"""Callbacks that show how far a fit has come."""

from dlcore.nn.callbacks.base import Callback, Logs

__all__ = ["ProgressBar", "ProgressLines"]


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

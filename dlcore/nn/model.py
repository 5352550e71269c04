"""Sequential: a network that learns, by backpropagation and gradient descent.

The interface is Keras 3's; what happens behind it is short enough to read. `fit` checks
everything first, and hands over to the loop in `training.py`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dlcore import checks
from dlcore.nn import losses, metrics, optimizers
from dlcore.nn.batches import Rows, as_rows, checked_rows, split_off_validation, weigh_classes
from dlcore.nn.callbacks import Callback, History, ProgressBar, ProgressLines
from dlcore.nn.network import INFERENCE_BATCH, Network
from dlcore.nn.parameters import ParameterVector
from dlcore.nn.threads import blas_threads, chosen_threads
from dlcore.nn.training import RunningMeans, Step, run_epochs

__all__ = ["Sequential"]

WAITING_NUMBERS = 2**16  # outputs put aside before loss and metrics are worked out


class Sequential(Network):
    """A network whose layers follow one another.

    layers: a list; an `Input` (or the first layer's input_shape) tells the shape of one example,
    and without it the first data do. dtype: 'float32' or 'float64'. seed: makes the initial
    weights repeatable.
    """

    optimizer: optimizers.Optimizer | None = None
    loss: losses.Loss | None = None
    history: History | None = None
    stop_training = False
    _vector: ParameterVector | None = None

    def compile(
        self,
        optimizer: str | optimizers.Optimizer,
        loss: str | losses.Loss,
        metrics: Sequence[str | metrics.Metric] | str | None = None,
    ) -> None:
        """Say how to train: which update rule, which loss, which metrics to report.

        Raises ValueError for an unknown name, with the nearest known one.
        """
        named = [metrics] if isinstance(metrics, str) else metrics or []
        if not isinstance(named, list | tuple):
            raise TypeError(f"metrics must be a list of names; got {metrics!r}.")
        optimizer, loss = optimizers.get(optimizer), losses.get(loss)
        for metric in named:
            _metric(metric, loss, outputs=2)
        optimizer.reset()
        self.optimizer, self.loss, self._metrics = optimizer, loss, list(named)

    def fit(
        self,
        x: Any,
        y: Any,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Sequence[Callback] | Callback | None = None,
        validation_split: float = 0.0,
        validation_data: Sequence[Any] | None = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        *,
        seed: int | np.random.Generator | None = None,
        threads: int | None = None,
    ) -> History:
        """Train for `epochs` passes over the data; returns the history of losses and metrics.

        x: (n, *input_shape). y: as the loss takes it. batch_size: min(32, n) by default. verbose:
        1 a progress bar ('auto' too), 2 a line per epoch, 0 nothing. validation_split holds the
        last part of the data out, before any shuffling; validation_data is (x, y) or
        (x, y, weights). seed makes the shuffling repeatable. threads: BLAS threads for this call
        (one for small networks by default).

        Arguments are checked before anything is changed (ValueError, TypeError). A loss that is no
        longer finite raises FloatingPointError; then, as after an interrupt, `model.history` holds
        the completed epochs.
        """
        self._require_compiled()
        epochs = checks.integer("epochs", epochs, least=1)
        initial_epoch = checks.integer("initial_epoch", initial_epoch, 0, epochs - 1)
        reporters = _reporters(verbose)
        callbacks = [callbacks] if isinstance(callbacks, Callback) else list(callbacks or [])
        for callback in callbacks:
            if not isinstance(callback, Callback):
                raise TypeError(f"callbacks must be Callback objects; got {callback!r}.")
        split = checks.number("validation_split", validation_split, 0.0, 1.0)
        if seed is not None and not isinstance(seed, np.random.Generator):
            checks.integer("seed", seed, least=0)
        rng = np.random.default_rng(seed)
        with self._built_for(x):
            rows = self._rows(x, y, sample_weight)
            held_out = self._held_out(validation_data)
            if held_out is None and split > 0:
                rows, held_out = split_off_validation(rows, split)
            rows = weigh_classes(rows, class_weight, self.output_shape, self.dtype)
            batch_size = _batch_size(batch_size, len(rows))
            named = self._named_metrics(rows)
            threads = chosen_threads(threads, batch_size * self.count_params())
        step = self._step()
        room = max(batch_size, WAITING_NUMBERS // max(int(np.prod(self.output_shape)), 1))
        means = RunningMeans(step, named, min(room, len(rows)))

        def validate() -> dict[str, float]:
            numbers = {} if held_out is None else self._evaluated(held_out, INFERENCE_BATCH)
            return {f"val_{name}": value for name, value in numbers.items()}

        self.history, self.stop_training = History(), False
        everyone = [*reporters, *callbacks, self.history]  # so it records what they add to logs
        names = ["loss", *(m.name for m in named)]
        plan = {
            "epochs": epochs - initial_epoch,
            "last_epoch": epochs,
            "steps": -(-len(rows) // batch_size),
            "metrics": names + [f"val_{m}" for m in names if held_out is not None],
        }
        for callback in everyone:
            callback.set_model(self)
            callback.set_params(plan)
        try:
            for callback in everyone:
                callback.on_train_begin()
            # overflow is looked for, and told, by the loop
            with blas_threads(threads), np.errstate(all="ignore"):
                run_epochs(
                    step,
                    means,
                    rows,
                    epochs=range(initial_epoch, epochs),
                    batch_size=batch_size,
                    shuffle=shuffle,
                    rng=rng,
                    callbacks=everyone,
                    validate=validate,
                )
        finally:
            for bar in reporters:
                bar.close()
        for callback in everyone:
            callback.on_train_end()
        return self.history

    def train_on_batch(
        self,
        x: Any,
        y: Any,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> float | list[float] | dict[str, float]:
        """One update on this batch; returns its loss (and metrics) from before the update.

        Raises FloatingPointError if the loss or the new weights are not finite; the weights are
        then as they were.
        """
        self._require_compiled()
        with self._built_for(x):
            rows = self._rows(x, y, sample_weight)
            rows = weigh_classes(rows, class_weight, self.output_shape, self.dtype)
            named = self._named_metrics(rows)
        step = self._step()
        means = RunningMeans(step, named, len(rows))
        means.start(rows)
        before = step.vector.values.copy()
        try:
            with np.errstate(all="ignore"):  # a loss that overflows is told by the means
                means.add(*step.train(rows.x, rows.y, rows.weights))
                numbers = means.means()
                step.require_finite_weights()
        except FloatingPointError as reason:
            step.vector.values[:] = before
            self.optimizer.reset()
            raise FloatingPointError(f"{reason}. The weights are as they were.") from None
        return _returned(numbers, return_dict)

    def evaluate(
        self,
        x: Any,
        y: Any,
        batch_size: int | None = None,
        verbose: str | int = 0,
        sample_weight: Any = None,
        return_dict: bool = False,
    ) -> float | list[float] | dict[str, float]:
        """The loss, or [loss, metrics…], on data the model is not trained on here."""
        self._require_compiled()
        size = INFERENCE_BATCH if batch_size is None else batch_size
        checks.integer("batch_size", size, least=1)
        with self._built_for(x):
            rows = self._rows(x, y, sample_weight)
            self._named_metrics(rows)
        with np.errstate(all="ignore"):  # a loss that overflows is told by the means
            return _returned(self._evaluated(rows, size), return_dict)

    # Behind the scenes

    def _require_compiled(self) -> None:
        if self.optimizer is None:
            raise RuntimeError("compile the model first: model.compile(optimizer, loss).")

    def _rows(self, x: Any, y: Any, sample_weight: Any, prefix: str = "") -> Rows:
        last = self.layers[-1]
        if "activation" in vars(last):  # another kind does not say what it gives
            self.loss.check_ending(last.activation.name)
        return checked_rows(
            x,
            y,
            sample_weight,
            loss=self.loss,
            first=self.layers[0],
            input_shape=self.input_shape,
            output_shape=self.output_shape,
            dtype=self.dtype,
            names=(f"{prefix}x", f"{prefix}y", f"{prefix}sample_weight"),
        )

    def _held_out(self, validation_data: Sequence[Any] | None) -> Rows | None:
        if validation_data is None:
            return None
        if not isinstance(validation_data, tuple | list) or len(validation_data) not in (2, 3):
            what = type(validation_data).__name__
            if isinstance(validation_data, tuple | list):
                what = f"{len(validation_data)} of them"
            raise TypeError(f"validation_data must be (x, y) or (x, y, weights); got {what}.")
        x, y, *weights = validation_data
        return self._rows(x, y, weights[0] if weights else None, prefix="validation ")

    def _step(self) -> Step:
        if self._vector is None or not self._vector.holds(self.layers):
            self._vector = ParameterVector(self.layers, self.dtype)
            self.optimizer.reset()
        return Step(self, self.loss, self._vector)

    def _named_metrics(self, rows: Rows) -> list[metrics.Metric]:
        outputs = self.output_shape[-1]
        named = [_metric(m, self.loss, outputs) for m in self._metrics]
        for metric in named:  # tried on a row, since an error must come before training
            try:
                outputs_of_one = np.zeros((1, *self.output_shape), self.dtype)
                _, y = as_rows(outputs_of_one, rows.y[:1])
                metric.per_row(y, np.zeros((len(y), outputs), self.dtype))
            except (ValueError, IndexError):
                raise ValueError(
                    f"metrics: {metric.name} does not fit the targets of {self.loss.name}."
                ) from None
        return named

    def _evaluated(self, rows: Rows, size: int) -> dict[str, float]:
        step = self._step()
        penalty = step.penalty()
        means = RunningMeans(step, self._named_metrics(rows), min(size, len(rows)))
        means.start(rows)
        for start in range(0, len(rows), size):
            means.add(step.forward(rows.x[start : start + size]), penalty)
        return means.means()


def _metric(metric: Any, loss: losses.Loss, outputs: int) -> metrics.Metric:
    return metrics.get(metric, loss, outputs)


def _batch_size(batch_size: int | None, n: int) -> int:
    return min(32, n) if batch_size is None else checks.integer("batch_size", batch_size, 1, n)


def _reporters(verbose: str | int) -> list[Callback]:
    if isinstance(verbose, bool) or verbose not in ("auto", 0, 1, 2):
        raise ValueError(f"verbose must be 'auto', 0, 1 or 2; got {verbose!r}.")
    return {0: [], 2: [ProgressLines()]}.get(verbose) or ([] if verbose == 0 else [ProgressBar()])


def _returned(numbers: dict[str, float], return_dict: bool) -> Any:
    if return_dict:
        return numbers
    values = list(numbers.values())
    return values if len(values) > 1 else values[0]

"""The training loop: batch after batch, forward, loss, backward, update.

The numbers people read (loss, metrics) cost more than they should when they are worked out 32
rows at a time. So the loop puts each batch's outputs aside and works the numbers out for
thousands of rows together; the history is the same.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcore.nn.batches import Rows, as_rows
from dlcore.nn.callbacks import Callback, Logs, ProgressBar, TerminateOnNaN
from dlcore.nn.losses import Loss
from dlcore.nn.metrics import Metric
from dlcore.nn.parameters import ParameterVector

__all__ = ["RunningMeans", "Step", "run_epochs"]

Array = np.ndarray


class Step:
    """One training step of a model, with the arrays it needs kept from call to call."""

    def __init__(self, model: Any, loss: Loss, vector: ParameterVector) -> None:
        self.model, self.loss, self.vector = model, loss, vector
        self.optimizer = model.optimizer
        last = model.layers[-1]
        # the pair softmax and cross-entropy (or sigmoid and binary) is differentiated as one
        self.fused = loss.absorbs == last.activation.name and not loss.from_logits
        self.logits = self.fused or loss.from_logits
        everyone = [la for top in model.layers for la in top.family()]
        self.regularized = [la for la in everyone if la.regularizers and la.trainable]
        self._gradients, self._variables = [vector.trainable_gradients], [vector.trainable]
        self._parts = [vector.trainable_parts]
        self._steps, self._learning = model.steps(), model.from_first_that_learns()
        self._room = np.empty((0, *last.output_shape), model.dtype)

    def forward(self, x: Array, *, training: bool = False) -> Array:
        """What the loss takes: logits or predictions, (n, k)."""
        return self.model.forward(x, training=training, activate=not self.fused, steps=self._steps)

    def predictions(self, outputs: Array) -> Array:
        """What the metrics take, from what the loss takes."""
        return self.model.layers[-1].activation.forward(outputs) if self.fused else outputs

    def penalty(self) -> float:
        """What the regularisers add to the loss at the present weights."""
        return sum(layer.penalty() for layer in self.regularized)

    def require_finite_weights(self) -> None:
        """Raise FloatingPointError if an update has made a weight infinite or NaN."""
        if not np.isfinite(self.vector.trainable.sum()):
            raise FloatingPointError("the weights are no longer finite")

    def where_it_broke(self) -> str:
        """The layer whose gradient stopped being finite first on the way back, told in words.

        '' where that cannot be known: once the weights are NaN, all gradients are.
        """
        learning = [la for la in reversed(self.model.layers) if la.learns()]
        finite = [
            all(np.isfinite(g).all() for la in top.family() for g in la.gradients.values())
            for top in learning
        ]
        if all(finite) or not any(finite):
            return ""
        return (
            f"; on the way back, the gradient of layer {learning[finite.index(False)].name!r} broke"
        )

    def train(
        self, x: Array, y: Array, weights: Array | None, *, spend_grads: bool = False
    ) -> tuple[Array, float]:
        """One update; returns outputs and penalty from before it, valid until the next step."""
        outputs = self.forward(x, training=True)
        penalty = self.penalty() if self.regularized else 0.0
        # η folded into the loss's derivative is η in every gradient (4 µs less than at the end)
        scale = self.optimizer.scale if spend_grads and not self.regularized else None
        d = self._derivative(outputs, y, weights, 1.0 if scale is None else scale)
        self.model.backward(d, activated=not self.fused, learning=self._learning)
        self.optimizer.apply(
            self._gradients,
            self._variables,
            spend_grads=spend_grads,
            parts=self._parts,
            scaled=scale is not None,
        )
        return outputs, penalty

    def _derivative(self, outputs: Array, y: Array, weights: Array | None, scale: float) -> Array:
        """scale · ∂E/∂outputs, where E is the mean of the rows' weighted losses."""
        n = len(outputs)
        if len(self._room) < n:
            self._room = np.empty_like(outputs)
        room = self._room[:n]
        if outputs.ndim == 2:
            weight = scale / n if weights is None else weights[:, np.newaxis] * (scale / n)
            return self.loss.gradient(outputs, y, weight, self.logits, room)
        # a prediction at every place of a sequence: each place is a row
        flat, targets = as_rows(outputs, y)
        weight = scale / len(flat)
        if weights is not None:
            weight *= np.repeat(weights, len(flat) // n)[:, np.newaxis]
        d = self.loss.gradient(flat, targets, weight, self.logits, room.reshape(flat.shape))
        return d.reshape(outputs.shape)


class RunningMeans:
    """The means of the loss and the metrics over the rows seen so far."""

    def __init__(self, step: Step, metrics: Sequence[Metric], room: int) -> None:
        self.step, self.metrics = step, metrics
        self._waiting = np.empty((room, *step.model.output_shape), step.model.dtype)
        self.start(None)

    def start(self, rows: Rows | None) -> None:
        """Begin anew, with these targets (and weights) in the order the outputs will come."""
        self.rows, self.seen, self._done = rows, 0, 0
        self._sums = np.zeros(1 + len(self.metrics))
        self._penalties = 0.0

    def add(self, outputs: Array, penalty: float = 0.0) -> None:
        """Take the outputs of the next rows, and the penalty on the weights that made them."""
        n = len(outputs)
        if self.seen - self._done + n > len(self._waiting):
            self._work_out()
        at = self.seen - self._done
        self._waiting[at : at + n] = outputs
        self.seen += n
        self._penalties += n * penalty

    def means(self) -> Logs:
        """{'loss': …, metric: …} over all rows so far."""
        self._work_out()
        sums = self._sums.copy()
        sums[0] += self._penalties
        names = ["loss", *(m.name for m in self.metrics)]
        return dict(zip(names, (sums / max(self.seen, 1)).tolist(), strict=True))

    def _work_out(self) -> None:
        outputs = self._waiting[: self.seen - self._done]
        if not len(outputs):
            return
        rows, step = slice(self._done, self.seen), self.step
        y = self.rows.y[rows]
        n = len(outputs)
        if outputs.ndim > 2:
            outputs, y = as_rows(outputs, y)
        losses = step.loss.per_row(outputs, y, step.logits)
        places = len(losses) // n  # more than one where a prediction is a sequence
        if self.rows.weights is not None:
            losses = losses * np.repeat(self.rows.weights[rows], places)
        self._sums[0] += losses.sum(dtype=np.float64) / places
        ranked = all(metric.by_rank for metric in self.metrics)
        predictions = outputs if ranked else step.predictions(outputs)
        for i, metric in enumerate(self.metrics, start=1):
            self._sums[i] += metric.per_row(y, predictions).sum(dtype=np.float64) / places
        self._done = self.seen
        if not np.isfinite(self._sums[0]):
            raise FloatingPointError("the loss is no longer finite")


def run_epochs(
    step: Step,
    means: RunningMeans,
    rows: Rows,
    *,
    epochs: range,
    batch_size: int,
    shuffle: bool,
    rng: np.random.Generator,
    callbacks: Sequence[Callback],
    validate: Any,
) -> None:
    """Train for these epochs; `validate()` gives the numbers on held-out data, or {}.

    Raises FloatingPointError when the loss or the weights stop being finite, unless a
    TerminateOnNaN is among the callbacks; the weights are then back where the last good epoch left
    them.
    """
    model, vector = step.model, step.vector
    before = np.empty_like(vector.values)
    for epoch in epochs:
        before[:] = vector.values
        _call(callbacks, "on_epoch_begin", epoch)
        try:
            logs = _one_epoch(step, means, rows, batch_size, shuffle, rng, callbacks)
            step.require_finite_weights()
            logs |= validate()
        except FloatingPointError as reason:
            where, rate = step.where_it_broke(), step.optimizer.learning_rate
            vector.values[:] = before
            step.optimizer.reset()
            quiet = [c for c in callbacks if isinstance(c, TerminateOnNaN) and not c.raise_error]
            if quiet:
                model.stop_training = True
                quiet[0].on_divergence(epoch, str(reason))
                break
            raise FloatingPointError(
                f"training diverged in epoch {epoch + 1}: {reason}{where}. "
                f"learning_rate={rate:g} is probably too large; try {rate / 10:g}. "
                "The weights are back where the last complete epoch left them."
            ) from None
        _call(callbacks, "on_epoch_end", epoch, logs)
        if model.stop_training:
            break


def _one_epoch(
    step: Step,
    means: RunningMeans,
    rows: Rows,
    batch_size: int,
    shuffle: bool,
    rng: np.random.Generator,
    callbacks: Sequence[Callback],
) -> Logs:
    n = len(rows)
    order = rng.permutation(n) if shuffle else None
    # targets are put in order once; inputs may be large, and are fetched a batch at a time
    y = rows.y if order is None else rows.y[order]
    weights = rows.weights if order is None or rows.weights is None else rows.weights[order]
    means.start(Rows(rows.x, y, weights))
    room = np.empty((batch_size, *rows.x.shape[1:]), rows.x.dtype)
    bars = [c for c in callbacks if isinstance(c, ProgressBar)]
    begins = _overriding(callbacks, "on_train_batch_begin")
    ends = _overriding(callbacks, "on_train_batch_end")
    for batch, start in enumerate(range(0, n, batch_size)):
        stop = min(start + batch_size, n)
        _call(begins, "on_train_batch_begin", batch)
        if order is None:
            x = rows.x[start:stop]
        else:  # 'clip' skips a check of every index (2 µs less); they come from a permutation
            x = rows.x.take(order[start:stop], 0, room[: stop - start], "clip")
        w = None if weights is None else weights[start:stop]
        means.add(*step.train(x, y[start:stop], w, spend_grads=True))
        for bar in bars:
            bar.advance()
        if ends:
            _call(ends, "on_train_batch_end", batch, means.means())
        if step.model.stop_training:
            break
    return means.means()


def _overriding(callbacks: Sequence[Callback], hook: str) -> list[Callback]:
    # asked of the object, not its class: a LambdaCallback has hooks of its own
    default = getattr(Callback, hook)
    return [c for c in callbacks if getattr(getattr(c, hook), "__func__", None) is not default]


def _call(callbacks: Sequence[Callback], hook: str, *arguments: Any) -> None:
    for callback in callbacks:
        getattr(callback, hook)(*arguments)

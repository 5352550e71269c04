"""Learning-rate schedules: the rate as a function of how many updates have been made.

Give one to an optimiser in place of a number. It is called with the optimiser's `iterations`,
which is 0 at the first update. Names, arguments and formulas are Keras 3's; OneCycle is an
addition. They are also reached as `optimizers.schedules`.
"""

import bisect
import math
from collections.abc import Sequence

from dlcore import checks

__all__ = [
    "CosineDecay",
    "ExponentialDecay",
    "LearningRateSchedule",
    "OneCycle",
    "PiecewiseConstantDecay",
]


class LearningRateSchedule:
    """A function from the number of updates so far to the learning rate of the next."""

    def __call__(self, step: int) -> float:
        """The rate for the update with this number, counted from 0."""
        raise NotImplementedError

    def __repr__(self) -> str:
        given = ", ".join(f"{k}={v!r}" for k, v in vars(self).items() if not k.startswith("_"))
        return f"{type(self).__name__}({given})"


class ExponentialDecay(LearningRateSchedule):
    """initial_learning_rate · decay_rate^(step / decay_steps).

    With staircase=True the exponent is rounded down, so that the rate falls in steps.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        self.initial_learning_rate = _rate("initial_learning_rate", initial_learning_rate)
        self.decay_steps = _positive("decay_steps", decay_steps)
        self.decay_rate = _rate("decay_rate", decay_rate)
        self.staircase, self.name = bool(staircase), name

    def __call__(self, step: int) -> float:
        exponent = step / self.decay_steps
        if self.staircase:
            exponent = math.floor(exponent)
        return self.initial_learning_rate * self.decay_rate**exponent


class CosineDecay(LearningRateSchedule):
    """Half a cosine from the initial rate down to alpha times it (Loshchilov & Hutter 2017).

    With warmup_target the rate first climbs, in a straight line over warmup_steps, from
    initial_learning_rate to the target, and the cosine of decay_steps begins there.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        self.initial_learning_rate = _rate("initial_learning_rate", initial_learning_rate)
        self.decay_steps = _positive("decay_steps", decay_steps)
        self.alpha = checks.number("alpha", alpha, 0.0)
        self.name = name
        self.warmup_target = (
            None if warmup_target is None else _rate("warmup_target", warmup_target)
        )
        self.warmup_steps = checks.number("warmup_steps", warmup_steps, 0.0)

    def __call__(self, step: int) -> float:
        top = self.initial_learning_rate
        if self.warmup_target is not None:
            if step < self.warmup_steps:
                return top + (self.warmup_target - top) * step / self.warmup_steps
            step, top = step - self.warmup_steps, self.warmup_target
        done = min(step / self.decay_steps, 1.0)
        cosine = 0.5 * (1 + math.cos(math.pi * done))
        return top * ((1 - self.alpha) * cosine + self.alpha)


class PiecewiseConstantDecay(LearningRateSchedule):
    """values[0] up to and with step boundaries[0], then values[1], and so on: a staircase."""

    def __init__(
        self, boundaries: Sequence[int], values: Sequence[float], name: str = "PiecewiseConstant"
    ) -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                f"values must be one more than boundaries; got {len(values)} values "
                f"and {len(boundaries)} boundaries."
            )
        self.boundaries = [checks.number("every boundary", b) for b in boundaries]
        if sorted(set(self.boundaries)) != self.boundaries:
            raise ValueError(f"boundaries must increase; got {list(boundaries)}.")
        self.values = [_rate("every value", v) for v in values]
        self.name = name

    def __call__(self, step: int) -> float:
        return self.values[bisect.bisect_left(self.boundaries, step)]


class OneCycle(LearningRateSchedule):
    """Up to a high rate, and down to almost none, in one run (Smith 2018; Smith & Topin 2018).

    The rate climbs from max_learning_rate / div_factor to max_learning_rate during the first
    pct_start of total_steps, and falls to 1 / final_div_factor of where it began by the last,
    where it stays. anneal_strategy: 'cos' (half a cosine each way) or 'linear'.

    Keras has none; arguments, defaults and formula are those of PyTorch's OneCycleLR with two
    phases. Smith's paper lets the momentum fall while the rate climbs; this changes only the rate.
    """

    def __init__(
        self,
        max_learning_rate: float,
        total_steps: int,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        name: str = "OneCycle",
    ) -> None:
        self.max_learning_rate = _rate("max_learning_rate", max_learning_rate)
        self.total_steps = checks.integer("total_steps", total_steps, least=2)
        self.pct_start = checks.number("pct_start", pct_start, 0.0, 1.0)
        self.anneal_strategy = checks.choice("anneal_strategy", anneal_strategy, ("cos", "linear"))
        self.div_factor = _positive("div_factor", div_factor)
        self.final_div_factor = _positive("final_div_factor", final_div_factor)
        self.name = name

    def __call__(self, step: int) -> float:
        top, last = self.max_learning_rate, self.total_steps - 1
        begin = top / self.div_factor
        peak = min(max(self.pct_start * self.total_steps - 1, 0), last)
        if step < peak:
            return self._between(begin, top, step / peak)
        done = (step - peak) / (last - peak) if step < last else 1.0
        return self._between(top, begin / self.final_div_factor, done)

    def _between(self, begin: float, end: float, done: float) -> float:
        share = done if self.anneal_strategy == "linear" else 0.5 * (1 - math.cos(math.pi * done))
        return begin + (end - begin) * share


def _rate(name: str, value: float) -> float:
    return checks.number(name, value, least=0.0)


def _positive(name: str, value: float) -> float:
    if checks.number(name, value) <= 0:
        raise ValueError(f"{name} must be greater than 0; got {value!r}.")
    return float(value)

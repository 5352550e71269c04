"""What the learning-rate schedules promise: their formulas, and clear errors."""

import math

import numpy as np
import pytest

from dlcore import nn
from dlcore.nn import schedules
from tests.nn.small import blobs, compiled

X, Y = blobs(20)


def test_exponential_decay_is_its_formula():
    smooth = schedules.ExponentialDecay(0.2, 10, 0.5)
    stairs = schedules.ExponentialDecay(0.2, 10, 0.5, staircase=True)
    assert [smooth(s) for s in (0, 5, 10, 25)] == pytest.approx(
        [0.2, 0.2 / math.sqrt(2), 0.1, 0.2 * 2**-2.5]
    )
    assert [stairs(s) for s in (0, 9, 10, 19, 20)] == pytest.approx([0.2, 0.2, 0.1, 0.1, 0.05])


def test_cosine_decay_falls_by_half_a_cosine_to_alpha_and_stays():
    cosine = schedules.CosineDecay(0.4, 100, alpha=0.25)
    assert [cosine(s) for s in (0, 50, 100, 999)] == pytest.approx([0.4, 0.25, 0.1, 0.1])
    expected = 0.4 * (0.25 + 0.75 * math.cos(math.pi * 0.3 / 2) ** 2)
    assert cosine(30) == pytest.approx(expected)


def test_cosine_decay_warms_up_in_a_straight_line_and_then_begins():
    cosine = schedules.CosineDecay(0.1, 100, warmup_target=0.5, warmup_steps=4)
    assert [cosine(s) for s in range(5)] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])
    assert [cosine(s) for s in (54, 104, 500)] == pytest.approx([0.25, 0, 0], abs=1e-12)
    without_target = schedules.CosineDecay(0.1, 100, warmup_steps=4)
    assert without_target(0) == 0.1


def test_piecewise_constant_changes_after_each_boundary():
    steps = schedules.PiecewiseConstantDecay([2, 5], [1.0, 0.5, 0.1])
    assert [steps(s) for s in range(8)] == [1, 1, 1, 0.5, 0.5, 0.5, 0.1, 0.1]


@pytest.mark.parametrize("strategy", ["cos", "linear"])
def test_one_cycle_climbs_to_the_top_and_falls_to_almost_nothing(strategy):
    cycle = schedules.OneCycle(1.0, 100, pct_start=0.31, anneal_strategy=strategy, div_factor=10,
                               final_div_factor=50)  # fmt: skip
    rates = np.array([cycle(s) for s in range(120)])
    assert rates[0] == pytest.approx(0.1)
    assert rates.argmax() == 30
    assert rates[30] == pytest.approx(1.0)
    assert (np.diff(rates[:31]) > 0).all()
    assert (np.diff(rates[30:100]) < 0).all()
    np.testing.assert_allclose(rates[99:], 0.1 / 50)
    assert rates[15] == pytest.approx(0.55)  # half the way in half the time, with either strategy
    quarter = 0.25 if strategy == "linear" else 0.5 * (1 - math.cos(math.pi / 4))
    assert (1 - cycle(30 + 69 / 4)) / (1 - 0.1 / 50) == pytest.approx(quarter)


@pytest.mark.parametrize("options", [{"pct_start": 0.0}, {"pct_start": 1.0}, {"total_steps": 2}])
def test_one_cycle_is_finite_at_its_edges(options):
    cycle = schedules.OneCycle(**({"max_learning_rate": 0.1, "total_steps": 9} | options))
    rates = [cycle(s) for s in range(12)]
    assert np.isfinite(rates).all()
    assert 0 < min(rates) < max(rates) <= 0.1


def test_schedules_are_reached_through_the_optimizers_and_tell_what_they_are():
    assert nn.optimizers.schedules is schedules
    shown = repr(nn.optimizers.SGD(schedules.CosineDecay(0.1, 50)))
    assert "CosineDecay" in shown
    assert "decay_steps=50" in shown


def test_an_optimizer_asks_its_schedule_once_a_step_from_zero():
    asked = []

    class Asked(schedules.LearningRateSchedule):
        def __call__(self, step):
            asked.append(step)
            return 0.5**step

    w, optimizer = np.zeros(1), nn.optimizers.SGD(Asked())
    for step in range(4):
        optimizer.apply([np.ones(1)], [w])
        assert optimizer.iterations == step + 1
    assert asked == [0, 1, 2, 3]
    assert w == [-1.875]
    assert optimizer.learning_rate == 0.5**4


def test_a_fit_goes_on_with_the_schedule_and_compile_begins_it_anew():
    model = compiled(optimizer=nn.optimizers.SGD(schedules.ExponentialDecay(0.1, 1, 0.5)))
    model.fit(X, Y, 5, epochs=2, verbose=0)
    assert model.optimizer.iterations == 8
    model.fit(X, Y, 5, verbose=0)
    assert model.optimizer.learning_rate == pytest.approx(0.1 * 0.5**12)
    model.compile(model.optimizer, model.loss)
    assert model.optimizer.iterations == 0


def test_a_float32_model_stays_float32_with_a_schedule():
    model = compiled(optimizer=nn.optimizers.Adam(schedules.CosineDecay(0.1, 50)))
    model.fit(X, Y, verbose=0)
    assert {w.dtype for w in model.weights} == {np.dtype("f4")}


def test_a_rate_that_follows_a_schedule_cannot_be_set():
    optimizer = nn.optimizers.SGD(schedules.CosineDecay(0.1, 50))
    with pytest.raises(TypeError, match=r"learning_rate cannot be set to 0.1.*CosineDecay"):
        optimizer.learning_rate = 0.1
    assert optimizer.learning_rate == 0.1
    optimizer.learning_rate = schedules.CosineDecay(0.3, 50)
    assert optimizer.learning_rate == 0.3


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: schedules.ExponentialDecay(0.1, 0, 0.5), "decay_steps must be greater than 0"),
        (lambda: schedules.ExponentialDecay(-0.1, 5, 0.5), "initial_learning_rate must be at lea"),
        (lambda: schedules.ExponentialDecay(0.1, "5", 0.5), "decay_steps must be a number"),
        (lambda: schedules.ExponentialDecay(0.1, 5, None), "decay_rate must be a number; got None"),
        (lambda: schedules.CosineDecay(0.1, -4), "decay_steps must be greater than 0; got -4"),
        (lambda: schedules.CosineDecay(0.1, 4, alpha=-1), "alpha must be at least 0; got -1"),
        (lambda: schedules.CosineDecay(0.1, 4, warmup_target=np.nan), "warmup_target must be"),
        (lambda: schedules.CosineDecay(0.1, 4, warmup_steps=-1), "warmup_steps must be at least 0"),
        (lambda: schedules.PiecewiseConstantDecay([1], [1.0]), "values must be one more than"),
        (lambda: schedules.PiecewiseConstantDecay([2, 1], [1, 2, 3]), "boundaries must increase"),
        (lambda: schedules.PiecewiseConstantDecay([2], [1, -2]), "every value must be at least 0"),
        (lambda: schedules.OneCycle(0.1, 1), "total_steps must be at least 2; got 1"),
        (lambda: schedules.OneCycle(0.1, 9, pct_start=2), "pct_start must be in 0..1; got 2"),
        (lambda: schedules.OneCycle(0.1, 9, anneal_strategy="cosine"), "anneal_strategy must be"),
        (lambda: schedules.OneCycle(0.1, 9, div_factor=0), "div_factor must be greater than 0"),
    ],
)
def test_a_schedule_made_wrongly_names_the_argument(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()

"""W3: micrograd's own demonstration, a 2-16-16-1 network on two moons, on single numbers.

The same program, micrograd's `nn` and its loss, runs on micrograd's Value and on ours. Python's
garbage collector stays as Python sets it.
"""

import random
from typing import Any

import numpy as np

from tests.benchmarks.harness import Turn, Workload

EXAMPLES = 100


def two_moons() -> tuple[np.ndarray, np.ndarray]:
    """Two half circles that reach into each other, labelled -1 and 1."""
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, np.pi, EXAMPLES)
    upper = rng.random(EXAMPLES) < 0.5
    x = np.where(upper, np.cos(angle), 1 - np.cos(angle))
    y = np.where(upper, np.sin(angle), 0.5 - np.sin(angle))
    noise = rng.normal(0, 0.1, (EXAMPLES, 2))
    return np.stack([x, y], axis=1) + noise, np.where(upper, -1, 1)


def step_with(value: Any) -> Turn:
    """One step of the demonstration (its loss, backward, update) with this Value."""
    import micrograd.nn

    micrograd.nn.Value = value
    random.seed(1337)
    model = micrograd.nn.MLP(2, [16, 16, 1])
    points, labels = two_moons()
    rows = [
        (list(map(float, row)), float(label)) for row, label in zip(points, labels, strict=True)
    ]

    def step() -> None:
        scores = [model(list(map(value, row))) for row, _ in rows]
        losses = [(1 + -label * s).relu() for (_, label), s in zip(rows, scores, strict=True)]
        penalty = 1e-4 * sum(p * p for p in model.parameters())
        loss = sum(losses) * (1.0 / len(losses)) + penalty
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.1 * p.grad

    return step


def dlcore_value() -> Turn:
    """dlcore.scalar.Value."""
    from dlcore.scalar import Value

    return step_with(Value)


def micrograd_value() -> Turn:
    """micrograd.engine.Value."""
    from micrograd.engine import Value

    return step_with(Value)


WORKLOAD = Workload(
    title="W3  micrograd's demonstration, 2-16-16-1 on 100 points",
    unit="step",
    units=1,
    candidates={"dlcore Value": dlcore_value, "micrograd Value": micrograd_value},
    ours="dlcore Value",
    targets={"micrograd Value": 1 / 6},
)

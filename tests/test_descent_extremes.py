"""The update rules on gradients of zero, denormal and huge size: every step is finite."""

import numpy as np
import pytest

from dlcore import descent

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def steps(name, x, g, epsilon):
    """Three steps of a rule along the same gradient; the points."""
    memory = [np.zeros_like(x) for _ in range(3)]
    points = []
    for t in (1, 2, 3):
        if name in ("adam", "amsgrad", "adamw"):
            rule = descent.adamw if name == "adamw" else descent.adam
            largest = {"largest": memory[2]} if name == "amsgrad" else {}
            x, *memory[: 3 if largest else 2] = rule(
                x, g, *memory[:2], t, epsilon=epsilon, **largest
            )
        elif name == "rmsprop centered":
            x, *memory = descent.rmsprop(
                x,
                g,
                memory[0],
                0.001,
                epsilon=epsilon,
                mean=memory[1],
                velocity=memory[2],
                beta=0.9,
            )
        elif name in ("rmsprop", "adagrad"):
            x, memory[0] = getattr(descent, name)(x, g, memory[0], 0.001, epsilon=epsilon)
        elif name in ("momentum", "nesterov"):
            x, memory[0] = getattr(descent, name)(x, g, memory[0], 0.001)
        else:
            x = descent.gradient_descent(x, g, 0.001)
        points.append(x)
    return points


RULES = ("gradient_descent", "momentum", "nesterov", "adagrad", "rmsprop", "rmsprop centered",
         "adam", "amsgrad", "adamw")  # fmt: skip
SIZES = {
    "zero": lambda dtype: 0.0,
    "denormal": lambda dtype: np.finfo(dtype).smallest_subnormal,
    "tiny": lambda dtype: np.finfo(dtype).tiny,
    "1e4": lambda dtype: 1e4,
}


@DTYPES
@pytest.mark.parametrize("epsilon", [1e-7, 0.0])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", RULES)
def test_every_step_is_finite(name, size, epsilon, dtype):
    g = np.array([1, -1, 0], dtype) * dtype(SIZES[size](dtype))
    for x in steps(name, np.ones(3, dtype), g, epsilon):
        assert np.isfinite(x).all()
        assert x.dtype == dtype


@DTYPES
@pytest.mark.parametrize("epsilon", [1e-7, 0.0])
@pytest.mark.parametrize("name", [name for name in RULES if name != "adamw"])
def test_no_gradient_means_no_step(name, epsilon, dtype):
    x = np.array([1.0, -2.0, 0.0], dtype)
    for point in steps(name, x, np.zeros_like(x), epsilon):
        np.testing.assert_array_equal(point, x)


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adam"])
def test_with_room_a_zero_gradient_without_epsilon_is_no_step_either(name):
    x, g, room = np.ones(3), np.array([0.0, 2.0, 0.0]), np.empty(3)
    memory = (np.zeros(3), np.zeros(3), 1) if name == "adam" else (np.zeros(3), 0.1)
    rule = getattr(descent, name)
    expected = rule(x, g, *memory, epsilon=0.0)[0]
    np.testing.assert_array_equal(rule(x, g, *memory, epsilon=0.0, room=room)[0], expected)
    np.testing.assert_array_equal(expected[[0, 2]], 1)
    assert expected[1] < 1


@DTYPES
@pytest.mark.parametrize("size", [*SIZES, "huge"])
def test_clipped_gradients_are_finite_and_no_longer_than_the_limit(size, dtype):
    length = 1e30 if size == "huge" else SIZES[size](dtype)
    g = np.array([3, -4, 0], dtype) * dtype(length)
    for clipped in (
        descent.clip_by_norm(g, 1.0),
        descent.clip_by_value(g, 1.0),
        *descent.clip_by_global_norm([g, g], 1.0),
    ):
        assert np.isfinite(clipped).all()
        assert np.abs(clipped).max() <= 1
        assert clipped.dtype == dtype

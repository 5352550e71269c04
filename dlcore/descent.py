"""The update rules: what to do with a gradient once somebody has computed it.

Each rule takes the point x where we stand and the gradient g there, and returns the next
point. None of them knows how the gradient was found, and that is the lesson: finding a
gradient and using it are two different things.
"""

import numpy as np

__all__ = ["gradient_descent", "momentum"]

Array = np.ndarray


def gradient_descent(
    x: Array, g: Array, learning_rate: float, *, out: Array | None = None, step: Array | None = None
) -> Array:
    """One step against the gradient: x - η g.  x, g: one shape -> the next x, same shape.

    `step` is room for η g and `out` for the result (it may be x itself); without them the inputs
    stay untouched and new arrays are returned.
    """
    return np.subtract(x, np.multiply(g, learning_rate, out=step), out=out)


def momentum(
    x: Array,
    g: Array,
    velocity: Array,
    learning_rate: float,
    beta: float,
    *,
    nesterov: bool = False,
    out: Array | None = None,
    velocity_out: Array | None = None,
    step: Array | None = None,
) -> tuple[Array, Array]:
    """A heavy ball: v ← β v - η g, then x ← x + v.  Returns (next x, next velocity).

    With nesterov=True the point moves by β v - η g with the new v, as if it looked one step
    ahead. This is Keras's convention; PyTorch multiplies the learning rate in later, which is the
    same path as long as the rate stays constant (Sutskever et al. 2013, section 2).
    """
    descent = np.multiply(g, learning_rate, out=step)
    velocity = np.multiply(velocity, beta, out=velocity_out)
    velocity = np.subtract(velocity, descent, out=velocity_out)
    if not nesterov:
        return np.add(x, velocity, out=out), velocity
    x = np.subtract(x, descent, out=out)
    return np.add(x, np.multiply(velocity, beta, out=step), out=out), velocity

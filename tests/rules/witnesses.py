"""What the tests of the rules share: numbers to try them on, and how a derivative is judged."""

import numpy as np

from dlcore.derivatives import central_difference


def agree(ours, numerical, tolerance=1e-6):
    """The same shape, and no entry further off than the tolerance times the largest."""
    assert np.shape(ours) == np.shape(numerical)
    off = np.abs(ours - numerical).max(initial=0)
    assert off <= tolerance * max(1, np.abs(numerical).max(initial=0))


def numerical_gradients(f, d, inputs, derivative=central_difference):
    """∂(Σ d f)/∂ each input, entry by entry."""

    def by(i):
        def number(x):
            return (d * f(*inputs[:i], x, *inputs[i + 1 :])).sum()

        return derivative(number, inputs[i])

    return [by(i) for i in range(len(inputs))]


def normal(rng, *shape):
    return rng.normal(size=shape)


def positive(rng, *shape):
    return 0.3 + rng.random(shape)


def away_from_zero(rng, *shape):
    x = rng.normal(size=shape)
    return x + 0.05 * np.where(x >= 0, 1, -1)


def distinct(rng, *shape):
    """Numbers 0.08 apart or more, and none within 0.01 of another such array plus 0.03.

    So no nudge changes which is the largest.
    """
    size = int(np.prod(shape))
    return (rng.permutation(size) * 0.1 - 0.05 * size + rng.random(size) * 0.02).reshape(shape)


def tupled(result):
    return result if isinstance(result, tuple) else (result,)


def layouts(array):
    """The same numbers, laid out in other ways in memory."""
    if array.ndim == 0:
        return dict.fromkeys(("Fortran", "strided", "read-only", "reversed"), array)
    wide = np.repeat(array, 2, axis=-1)
    locked = array.copy()
    locked.setflags(write=False)
    return {
        "Fortran": np.asfortranarray(array),
        "strided": wide[..., ::2],
        "read-only": locked,
        "reversed": array[::-1].copy()[::-1],
    }

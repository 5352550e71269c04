"""Where weights start. Too large and the signals explode, too small and they fade.

The scaled initialisers keep the variance of a signal about the same from layer to layer:
Glorot's for activations that are linear near zero (Glorot & Bengio 2010), He's for ReLU, which
throws half of the signal away (He et al. 2015). Names, defaults and formulas are Keras 3's.
"""

import math
from typing import Any

import numpy as np

from dlcore import checks

__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Initializer",
    "Ones",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "Zeros",
    "get",
]

Array = np.ndarray
Shape = tuple[int, ...]

# The standard deviation of a normal distribution cut off at two of its own: what a truncated
# draw must be divided by to have the standard deviation that was asked for.
TRUNCATED_STDDEV = 0.87962566103423978


class Initializer:
    """Makes an array of a given shape. With a seed of its own it makes the same one each time."""

    def __init__(self, seed: int | None = None) -> None:
        self.seed = None if seed is None else checks.integer("seed", seed, least=0)

    def __call__(
        self, shape: Shape, dtype: Any = "float32", rng: np.random.Generator | None = None
    ) -> Array:
        """An array of this shape; drawn in float64 first, so that every dtype starts alike."""
        if self.seed is not None or rng is None:
            rng = np.random.default_rng(self.seed)
        return self.draw(tuple(shape), rng).astype(dtype)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        raise NotImplementedError


class Constant(Initializer):
    """One value everywhere."""

    def __init__(self, value: float = 0.0) -> None:
        super().__init__()
        self.value = checks.number("value", value)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return np.full(shape, self.value)


class Zeros(Constant):
    """Zero everywhere: right for biases, fatal for kernels (all units stay equal)."""

    def __init__(self) -> None:
        super().__init__(0.0)


class Ones(Constant):
    """One everywhere."""

    def __init__(self) -> None:
        super().__init__(1.0)


class RandomNormal(Initializer):
    """Normal, with the given mean and standard deviation."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean, self.stddev = checks.number("mean", mean), checks.number("stddev", stddev, 0.0)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return rng.normal(self.mean, self.stddev, shape)


class RandomUniform(Initializer):
    """Uniform between minval and maxval."""

    def __init__(
        self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None
    ) -> None:
        super().__init__(seed)
        self.minval = checks.number("minval", minval)
        self.maxval = checks.number("maxval", maxval, least=self.minval)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        return rng.uniform(self.minval, self.maxval, shape)


class _Scaled(Initializer):
    """Variance = scale / fan, uniform or truncated normal."""

    scale, fan, normal = 1.0, "average", False

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        inputs, outputs = _fans(shape)
        fan = inputs if self.fan == "in" else (inputs + outputs) / 2
        variance = self.scale / max(fan, 1)
        if self.normal:
            return math.sqrt(variance) / TRUNCATED_STDDEV * _truncated_normal(shape, rng)
        limit = math.sqrt(3 * variance)
        return rng.uniform(-limit, limit, shape)


class GlorotUniform(_Scaled):
    """Uniform in ±sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010, eq. 16)."""


class GlorotNormal(_Scaled):
    """Truncated normal of variance 2 / (fan_in + fan_out)."""

    normal = True


class HeUniform(_Scaled):
    """Uniform in ±sqrt(6 / fan_in) (He et al. 2015, section 2.2)."""

    scale, fan = 2.0, "in"


class HeNormal(_Scaled):
    """Truncated normal of variance 2 / fan_in (He et al. 2015, section 2.2)."""

    scale, fan, normal = 2.0, "in", True


class Orthogonal(Initializer):
    """gain times a random matrix whose rows, or columns if they are fewer, are orthonormal.

    A step through it keeps the length of a signal, which is what a recurrent kernel is for (Saxe,
    McClelland & Ganguli 2014). All axes but the last count as rows. Raises ValueError for fewer
    than two axes.
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        super().__init__(seed)
        self.gain = checks.number("gain", gain)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:
        if len(shape) < 2:
            raise ValueError(f"an orthogonal matrix needs two axes or more; got shape {shape}.")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        normal = rng.standard_normal((max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(normal)
        q = q * np.where(np.diag(r) < 0, -1, 1)  # else some matrices are likelier than others
        return self.gain * (q.T if rows < columns else q).reshape(shape)


def _fans(shape: Shape) -> tuple[int, int]:
    """How many inputs and outputs each unit of a kernel of this shape has."""
    if len(shape) < 2:
        return math.prod(shape), math.prod(shape)
    receptive_field = math.prod(shape[:-2])
    return shape[-2] * receptive_field, shape[-1] * receptive_field


def _truncated_normal(shape: Shape, rng: np.random.Generator) -> Array:
    z = rng.standard_normal(shape)
    while (outside := np.abs(z) > 2).any():
        z[outside] = rng.standard_normal(int(outside.sum()))
    return z


NAMES = {
    "constant": Constant,
    "glorot_normal": GlorotNormal,
    "glorot_uniform": GlorotUniform,
    "he_normal": HeNormal,
    "he_uniform": HeUniform,
    "ones": Ones,
    "orthogonal": Orthogonal,
    "normal": RandomNormal,
    "random_normal": RandomNormal,
    "random_uniform": RandomUniform,
    "uniform": RandomUniform,
    "zeros": Zeros,
}


def get(initializer: str | Initializer, argument: str = "initializer") -> Initializer:
    """The initialiser of that name.  Raises ValueError for an unknown one."""
    if isinstance(initializer, Initializer):
        return initializer
    return NAMES[checks.choice(argument, initializer, NAMES)]()

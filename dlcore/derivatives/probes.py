"""Walking through a function's arguments: one entry, or one direction through all of them.

A probe is one comparison: what the gradient says about a direction, and what the function's own
values say, by central differences and, where the function takes complex numbers, by a complex
step (Squire & Trapp 1998).
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from dlcore.derivatives.arguments import rebuilt
from dlcore.derivatives.witness import Slope, measured_slope

__all__ = ["Line", "Probe", "root_mean_square", "unit_vector"]

Array = np.ndarray
TINY = 1e-20  # the complex step


class Probe(NamedTuple):
    """One comparison: along a direction, the gradient's answer and the witnesses'."""

    index: tuple[int, ...] | None  # of an entry; None for a random direction
    gradient: float
    central: Slope
    complex: float | None  # None if f takes no complex numbers

    @property
    def is_entry(self) -> bool:
        """Whether this is one entry, not a direction."""
        return self.index is not None

    @property
    def miss(self) -> float:
        """How far the gradient is from the central difference; 0 where there is none."""
        miss = abs(self.gradient - self.central.value)
        return miss if np.isfinite(miss) else 0.0

    def analytic(self, slack: float) -> bool:
        """Whether the complex step says what the central difference says."""
        if self.complex is None:
            return False
        return abs(self.complex - self.central.value) <= max(slack, 3 * self.central.error)


@dataclass
class Line:
    """f along straight lines through x, in one of its arguments.

    arrays: x laid out flat; j: the argument to move; start: f(x); epsilon: its relative rounding.
    """

    f: Callable[[Any], Any]
    x: Any
    arrays: list[Array]
    j: int
    name: str
    start: float
    epsilon: float
    takes_complex: bool = field(default=True, init=False)

    @property
    def size(self) -> float:
        """The argument's own size, which steps are measured in; 1 if it is all zeros."""
        return root_mean_square(self.arrays[self.j]) or 1.0

    def at(self, v: Array, t: complex) -> Any:
        """f with t v added to the argument."""
        arrays = [array.copy() for array in self.arrays]
        arrays[self.j] = arrays[self.j] + t * v
        with np.errstate(all="ignore"):
            return np.asarray(self.f(rebuilt(self.x, iter(arrays)))).item()

    def probe(self, gradient: Array, v: Array, index: tuple[int, ...] | None) -> Probe:
        """The gradient along v beside what f itself says."""
        size = self.size if index is None else max(self.size, abs(self.arrays[self.j][index]))
        step = size * self.epsilon**0.25
        central = measured_slope(lambda t: self.at(v, t), self.start, step, self.epsilon)
        if not central.kink and not np.isfinite(central.value):
            where = "a random direction" if index is None else f"position {index}"
            raise ValueError(f"f is not finite when {self.name} is nudged at {where}.")
        return Probe(index, float(np.sum(gradient * v)), central, self._complex(v))

    def entry(self, gradient: Array, i: int) -> Probe:
        """The probe of one entry, by its place in the flat array."""
        index = tuple(int(k) for k in np.unravel_index(i, gradient.shape))
        unit = np.zeros(gradient.shape)
        unit[index] = 1.0
        return self.probe(gradient, unit, index)

    def located(self, gradient: Array, v: Array) -> Probe:
        """An entry that is wrong, given a direction that is: keep the half that is more wrong."""
        places = np.arange(v.size)
        while places.size > 1:
            halves = np.array_split(places, 2)
            places = max(halves, key=lambda half: self.probe(gradient, _only(v, half), None).miss)
        return self.entry(gradient, int(places[0]))

    def _complex(self, v: Array) -> float | None:
        if not self.takes_complex:
            return None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # such as: the imaginary part is discarded
                value = self.at(v, 1j * TINY)
        except Exception:  # whatever it is, f does not take complex numbers
            value = None
        # a real result, from np.abs perhaps: the step was lost on the way
        self.takes_complex = isinstance(value, complex)
        return value.imag / TINY if self.takes_complex else None


def unit_vector(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """A random direction of length 1, none preferred."""
    v = rng.standard_normal(shape)
    return v / np.linalg.norm(v)


def root_mean_square(array: Array) -> float:
    """The typical size of an entry; huge entries do not overflow on the way."""
    largest = float(np.abs(array).max())
    return largest * float(np.sqrt(np.mean(np.square(array / largest)))) if largest else 0.0


def _only(v: Array, places: Array) -> Array:
    """v at these places of the flat array, 0 elsewhere."""
    part = np.zeros(v.shape)
    part.flat[places] = v.flat[places]
    return part

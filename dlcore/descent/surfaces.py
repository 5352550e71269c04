"""Test surfaces: heights over a plane whose slopes, curvatures and minima are known.

Points are (x, y), arrays of shape (..., 2), so that a whole grid or a whole path is one call.
`surface(X, Y)` takes the two coordinates apart, as a contour plot needs them. All are smooth and
take complex numbers, so that `derivatives.complex_step` can check what is written here.
"""

from typing import Any

import numpy as np

from dlcore import checks

__all__ = [
    "Beale",
    "Himmelblau",
    "Quadratic",
    "Ravine",
    "Rosenbrock",
    "Saddle",
    "Surface",
    "step_size_limit",
]

Array = np.ndarray
Points = tuple[tuple[float, float], ...]
Parts = tuple[Array, ...]


class Surface:
    """A height over the plane; a kind of surface defines the three functions of x and y.

    minima: where it is lowest. start: a point to set out from. span: ((x from, to), (y from, to))
    worth drawing.
    """

    minima: Points
    saddles: Points = ()
    start: tuple[float, float]
    span: tuple[tuple[float, float], tuple[float, float]]

    def height(self, x: Array, y: Array) -> Array:
        """f(x, y)."""
        raise NotImplementedError

    def slopes(self, x: Array, y: Array) -> Parts:
        """∂f/∂x, ∂f/∂y."""
        raise NotImplementedError

    def bends(self, x: Array, y: Array) -> Parts:
        """∂²f/∂x², ∂²f/∂x∂y, ∂²f/∂y²."""
        raise NotImplementedError

    def __call__(self, x: Any, y: Any) -> Array:
        """The heights over the coordinates x and y, arrays of one shape."""
        return self.height(np.asarray(x), np.asarray(y))

    def value(self, point: Any) -> Array:
        """The height at each point: (..., 2) -> (...)."""
        return self.height(*_coordinates(point))

    def gradient(self, point: Any) -> Array:
        """The slopes at each point: (..., 2) -> (..., 2)."""
        x, y = _coordinates(point)
        return np.stack(np.broadcast_arrays(*self.slopes(x, y)), axis=-1)

    def hessian(self, point: Any) -> Array:
        """The second derivatives at each point: (..., 2) -> (..., 2, 2)."""
        x, y = _coordinates(point)
        xx, xy, yy, _ = np.broadcast_arrays(*self.bends(x, y), x)
        return np.stack([xx, xy, xy, yy], axis=-1).reshape(*x.shape, 2, 2)

    def curvature(self, point: Any) -> Array:
        """The hessian's eigenvalues at each point, smallest first: (..., 2) -> (..., 2).

        Positive: the surface bends upwards along that axis; negative: downwards.
        """
        return np.linalg.eigvalsh(self.hessian(point))

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Quadratic(Surface):
    """A bowl, ½ pᵀ H p, with curvatures 1·scale and condition_number·scale; lowest at 0.

    angle: by how many degrees its long axis is turned from the x-axis.
    """

    minima = ((0.0, 0.0),)
    start = (-2.0, 1.0)
    span = ((-2.5, 2.5), (-2.0, 2.0))

    def __init__(
        self, condition_number: float = 10.0, angle: float = 0.0, scale: float = 1.0
    ) -> None:
        self.condition_number = checks.number("condition_number", condition_number, least=1.0)
        self.angle = checks.number("angle", angle)
        self.scale = checks.number("scale", scale, least=1e-300)
        c, s = np.cos(np.radians(self.angle)), np.sin(np.radians(self.angle))
        small, large = self.scale, self.scale * self.condition_number
        xx, yy = small * c * c + large * s * s, small * s * s + large * c * c
        self._bends = xx, (small - large) * s * c, yy

    def height(self, x: Array, y: Array) -> Array:
        xx, xy, yy = self._bends
        return 0.5 * xx * x * x + xy * x * y + 0.5 * yy * y * y

    def slopes(self, x: Array, y: Array) -> Parts:
        xx, xy, yy = self._bends
        return xx * x + xy * y, xy * x + yy * y

    def bends(self, x: Array, y: Array) -> Parts:
        return tuple(np.asarray(b) for b in self._bends)

    def __repr__(self) -> str:
        return f"Quadratic({self.condition_number:g}, angle={self.angle:g}, scale={self.scale:g})"


class Rosenbrock(Surface):
    """(a - x)² + b (y - x²)²: easy to find the valley, hard to walk along it (Rosenbrock 1960)."""

    start = (-1.2, 1.0)
    span = ((-2.0, 2.0), (-1.0, 3.0))

    def __init__(self, a: float = 1.0, b: float = 100.0) -> None:
        self.a, self.b = checks.number("a", a), checks.number("b", b, least=0.0)
        self.minima = ((self.a, self.a**2),)

    def height(self, x: Array, y: Array) -> Array:
        return (self.a - x) ** 2 + self.b * (y - x * x) ** 2

    def slopes(self, x: Array, y: Array) -> Parts:
        above = y - x * x
        return -2 * (self.a - x) - 4 * self.b * x * above, 2 * self.b * above

    def bends(self, x: Array, y: Array) -> Parts:
        b = self.b
        return 2 - 4 * b * (y - 3 * x * x), -4 * b * x, np.asarray(2.0 * b)


class Beale(Surface):
    """Sum of (c - x + x yⁿ)² for n = 1, 2, 3: flat plains and steep corners (Beale 1958)."""

    minima = ((3.0, 0.5),)
    saddles = ((0.0, 1.0),)
    start = (1.0, 1.5)
    span = ((-1.0, 4.5), (-2.0, 2.0))

    CONSTANTS = ((1.5, 1), (2.25, 2), (2.625, 3))

    def height(self, x: Array, y: Array) -> Array:
        return sum((c - x + x * y**n) ** 2 for c, n in self.CONSTANTS)

    def slopes(self, x: Array, y: Array) -> Parts:
        dx, dy = 0.0, 0.0
        for c, n in self.CONSTANTS:
            r = c - x + x * y**n
            dx, dy = dx + 2 * r * (y**n - 1), dy + 2 * r * n * x * y ** (n - 1)
        return dx, dy

    def bends(self, x: Array, y: Array) -> Parts:
        xx, xy, yy = 0.0, 0.0, 0.0
        for c, n in self.CONSTANTS:
            r, rx, ry = c - x + x * y**n, y**n - 1, n * x * y ** (n - 1)
            bend = n * (n - 1) * x * y ** max(n - 2, 0)
            xx, yy = xx + 2 * rx * rx, yy + 2 * (ry * ry + r * bend)
            xy = xy + 2 * (rx * ry + r * n * y ** (n - 1))
        return xx, xy, yy


class Saddle(Surface):
    """½ x² - ½ y² + ¼ y⁴: level at the saddle (0, 0), and lowest on either side of it."""

    minima = ((0.0, -1.0), (0.0, 1.0))
    saddles = ((0.0, 0.0),)
    start = (1.5, 1e-3)
    span = ((-2.0, 2.0), (-1.6, 1.6))

    def height(self, x: Array, y: Array) -> Array:
        return x * x / 2 - y * y / 2 + y**4 / 4

    def slopes(self, x: Array, y: Array) -> Parts:
        return x, y**3 - y

    def bends(self, x: Array, y: Array) -> Parts:
        return np.asarray(1.0), np.asarray(0.0), 3 * y * y - 1


class Ravine(Surface):
    """x²/20 + ½ steepness (y - sin x)²: steep walls, and a gentle floor that winds to (0, 0)."""

    minima = ((0.0, 0.0),)
    start = (-5.0, 2.5)
    span = ((-6.0, 2.0), (-3.0, 3.0))

    def __init__(self, steepness: float = 10.0) -> None:
        self.steepness = checks.number("steepness", steepness, least=0.0)

    def height(self, x: Array, y: Array) -> Array:
        return x * x / 20 + self.steepness / 2 * (y - np.sin(x)) ** 2

    def slopes(self, x: Array, y: Array) -> Parts:
        above = y - np.sin(x)
        return x / 10 - self.steepness * above * np.cos(x), self.steepness * above

    def bends(self, x: Array, y: Array) -> Parts:
        s, above = self.steepness, y - np.sin(x)
        xx = 0.1 + s * (np.cos(x) ** 2 + above * np.sin(x))
        return xx, -s * np.cos(x), np.asarray(s)


class Himmelblau(Surface):
    """(x² + y - 11)² + (x + y² - 7)²: four minima of equal depth (Himmelblau 1972)."""

    minima = (
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.283185991286170),
        (3.584428340330492, -1.848126526964404),
    )
    start = (0.0, 0.0)
    span = ((-6.0, 6.0), (-6.0, 6.0))

    def height(self, x: Array, y: Array) -> Array:
        return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2

    def slopes(self, x: Array, y: Array) -> Parts:
        p, q = x * x + y - 11, x + y * y - 7
        return 4 * x * p + 2 * q, 2 * p + 4 * y * q

    def bends(self, x: Array, y: Array) -> Parts:
        p, q = x * x + y - 11, x + y * y - 7
        return 8 * x * x + 4 * p + 2, 4 * (x + y), 2 + 8 * y * y + 4 * q


def step_size_limit(hessian: Any, at: Any = None) -> float:
    """2 / L: gradient descent with a larger rate moves away from a minimum so curved.

    hessian: a matrix (d, d), or a Surface with the point `at`. L is the largest eigenvalue; the
    limit is infinite where none is positive (Nesterov 2018, section 1.2.3).
    """
    if isinstance(hessian, Surface):
        if at is None:
            raise ValueError("at must be a point (x, y) of the surface; got None.")
        hessian = hessian.hessian(at)
        if hessian.ndim != 2:
            raise ValueError(f"at must be one point (x, y); got shape {np.shape(at)}.")
    hessian = checks.finite("hessian", checks.numbers("hessian", hessian))
    if hessian.ndim != 2 or hessian.shape[0] != hessian.shape[1] or not hessian.size:
        raise ValueError(f"hessian must have shape (d, d); got {hessian.shape}.")
    if not np.allclose(hessian, hessian.T):
        raise ValueError("hessian must be symmetric; got one that is not.")
    largest = float(np.linalg.eigvalsh(hessian)[-1])
    return 2 / largest if largest > 0 else float("inf")


def _coordinates(point: Any) -> tuple[Array, Array]:
    point = checks.array("point", point)
    if point.dtype.kind not in "biufc":
        raise TypeError(f"point must hold numbers; got dtype {point.dtype}.")
    if point.ndim == 0 or point.shape[-1] != 2:
        raise ValueError(f"point must have shape (..., 2), x and y last; got {point.shape}.")
    point = point.astype(np.result_type(point, np.float64), copy=False)
    return point[..., 0], point[..., 1]

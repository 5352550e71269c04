"""The update rules: from the point x and the gradient g there to the next point.

A rule that remembers (a velocity, a mean of squares) is given its memory and returns the new one
beside the new point; the memory begins as zeros. Nothing it is given is changed, unless room is
offered: `out` takes the results, and `room` (or `step`) is one array for what is worked out on
the way. Formulas and the defaults are Keras 3's.
"""

import numpy as np

from dlcore import checks

__all__ = [
    "CONVENTIONS",
    "adagrad",
    "adam",
    "adamw",
    "decay",
    "gradient_descent",
    "momentum",
    "nesterov",
    "newton",
    "rmsprop",
]

Array = np.ndarray
Arrays = tuple[Array, ...]

CONVENTIONS = ("heavy_ball", "pytorch", "ema")


def gradient_descent(
    x: Array, g: Array, learning_rate: float, *, out: Array | None = None, step: Array | None = None
) -> Array:
    """One step against the gradient: x - η g.  x, g: one shape -> the next x, same shape.

    `step` is room for η g and `out` for the result (it may be x itself); without them the inputs
    stay untouched and new arrays are returned (Cauchy 1847).
    """
    moved = g if learning_rate == 1 else np.multiply(g, learning_rate, out=step)
    return np.subtract(x, moved, out=out)


def momentum(
    x: Array,
    g: Array,
    velocity: Array,
    learning_rate: float,
    beta: float = 0.9,
    *,
    convention: str = "heavy_ball",
    nesterov: bool = False,
    out: Array | None = None,
    velocity_out: Array | None = None,
    step: Array | None = None,
) -> tuple[Array, Array]:
    """A ball that keeps part of its speed (Polyak 1964).  Returns (next x, next velocity).

    convention: 'heavy_ball', Keras's: v ← β v - η g, x ← x + v;
    'pytorch': v ← β v + g, x ← x - η v, the same path as long as η stays constant;
    'ema', an exponential average: v ← β v + (1 - β) g, x ← x - η v, steps 1 - β times as long.

    With nesterov=True the point moves as if v were renewed once more with the same g
    (Nesterov 1983, in the form of Sutskever et al. 2013, section 2). `step` is room for one
    array, which may be g itself.
    """
    if convention not in CONVENTIONS:
        checks.choice("convention", convention, CONVENTIONS)
    if convention == "heavy_ball":
        added = np.multiply(g, -learning_rate, out=step)
        scale = 1.0
    else:
        added = np.multiply(g, 1 - beta if convention == "ema" else 1.0, out=step)
        scale = -learning_rate
    velocity = np.multiply(velocity, beta, out=velocity_out)
    velocity = np.add(velocity, added, out=velocity_out)
    if nesterov:
        ahead = added if scale == 1 else np.multiply(added, scale, out=step)
        x = np.add(x, ahead, out=out)
        return np.add(x, np.multiply(velocity, beta * scale, out=step), out=out), velocity
    moved = velocity if scale == 1 else np.multiply(velocity, scale, out=step)
    return np.add(x, moved, out=out), velocity


def nesterov(
    x: Array,
    g: Array,
    velocity: Array,
    learning_rate: float,
    beta: float = 0.9,
    *,
    out: Array | None = None,
    velocity_out: Array | None = None,
    step: Array | None = None,
) -> tuple[Array, Array]:
    """Momentum that looks one step ahead: v ← β v - η g, x ← x + β v - η g (with the new v).

    Returns (next x, next velocity). Nesterov 1983, as Sutskever et al. 2013 write it and Keras
    computes it: the x here is their point ahead, where the gradient is taken.
    """
    options = {"out": out, "velocity_out": velocity_out, "step": step}
    return momentum(x, g, velocity, learning_rate, beta, nesterov=True, **options)


def adagrad(
    x: Array,
    g: Array,
    squares: Array,
    learning_rate: float,
    epsilon: float = 1e-7,
    *,
    out: Arrays = (None, None),
    room: Array | None = None,
) -> tuple[Array, Array]:
    """A rate for each entry: s ← s + g², x ← x - η g / √(s + ε).  Returns (next x, next s).

    The steps shrink as the squares add up, and never grow again (Duchi, Hazan & Singer 2011).
    Keras begins with s = 0.1 and has ε inside the root; PyTorch with 0 and outside.
    """
    squares = np.add(squares, np.multiply(g, g, out=room), out=out[1])
    return _against(x, g, squares, learning_rate, epsilon, out[0], room), squares


def rmsprop(
    x: Array,
    g: Array,
    squares: Array,
    learning_rate: float,
    rho: float = 0.9,
    epsilon: float = 1e-7,
    *,
    mean: Array | None = None,
    velocity: Array | None = None,
    beta: float = 0.0,
    out: Arrays = (None, None, None, None),
    room: Array | None = None,
) -> Arrays:
    """Adagrad that forgets: s ← ρ s + (1 - ρ) g², x ← x - η g / √(s + ε).

    Returns (next x, next s), and after them the next mean and the next velocity where given.
    With `mean`, the running mean of g, its square is taken off s ("centered", Graves 2013).
    With `velocity`, the scaled steps are a heavy ball's: v ← β v - η g / √…, x ← x + v.
    Tieleman & Hinton 2012, lecture 6.5. `out`: room for x, s, mean and velocity.
    """
    squares = _average(squares, np.multiply(g, g, out=room), rho, out[1], room)
    results, spread = [squares], squares
    if mean is not None:
        mean = _average(mean, g, rho, out[2], room)
        spread = np.subtract(squares, np.multiply(mean, mean, out=room), out=room)
        spread = np.maximum(spread, 0.0, out=room)  # a variance, but for rounding
        results.append(mean)
    if velocity is None:
        return _against(x, g, spread, learning_rate, epsilon, out[0], room), *results
    scaled = _scaled(g, spread, epsilon, room)
    x, velocity = momentum(
        x, scaled, velocity, learning_rate, beta, out=out[0], velocity_out=out[3], step=room
    )
    return x, *results, velocity


def adam(
    x: Array,
    g: Array,
    m: Array,
    v: Array,
    t: int,
    learning_rate: float = 0.001,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
    *,
    largest: Array | None = None,
    out: Arrays = (None, None, None, None),
    room: Array | None = None,
) -> Arrays:
    """Momentum and RMSprop together, corrected for beginning at zero.  t counts from 1.

    m ← β₁ m + (1 - β₁) g,  v ← β₂ v + (1 - β₂) g²,
    x ← x - η √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v + ε).  Returns (next x, next m, next v).

    This is the short form at the end of section 2 of Kingma & Ba 2015, and Keras's; their
    Algorithm 1 and PyTorch add ε after √v has been corrected. With `largest`, the entrywise
    maximum of all v so far, it stands in v's place and is returned last (AMSGrad: Reddi, Kale &
    Kumar 2018). Raises ValueError for t < 1.
    """
    t = checks.integer("t", t, least=1)
    m = _average(m, g, beta_1, out[1], room)
    v = _average(v, np.multiply(g, g, out=room), beta_2, out[2], room)
    results, spread = (m, v), v
    if largest is not None:
        spread = np.maximum(largest, v, out=out[3])
        results = (m, v, spread)
    alpha = learning_rate * (1 - beta_2**t) ** 0.5 / (1 - beta_1**t)
    root = np.add(np.sqrt(spread, out=room), epsilon, out=room)
    scaled = _over(m, root, epsilon, room)
    return gradient_descent(x, scaled, alpha, out=out[0], step=room), *results


def decay(
    x: Array,
    learning_rate: float,
    weight_decay: float,
    *,
    out: Array | None = None,
    room: Array | None = None,
) -> Array:
    """Weights drawn towards zero, apart from any gradient: x - x λ η (Loshchilov & Hutter 2019)."""
    return np.subtract(x, np.multiply(x, weight_decay * learning_rate, out=room), out=out)


def adamw(
    x: Array,
    g: Array,
    m: Array,
    v: Array,
    t: int,
    learning_rate: float = 0.001,
    weight_decay: float = 0.004,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
    *,
    largest: Array | None = None,
    out: Arrays = (None, None, None, None),
    room: Array | None = None,
) -> Arrays:
    """Adam after `decay`, so that the decay is not divided by √v as an L2 penalty's would be.

    Returns (next x, next m, next v). Loshchilov & Hutter 2019, Algorithm 2, whose λ is
    multiplied by η here, as in Keras and PyTorch.
    """
    x = decay(x, learning_rate, weight_decay, out=out[0], room=room)
    options = {"largest": largest, "out": out, "room": room}
    return adam(x, g, m, v, t, learning_rate, beta_1, beta_2, epsilon, **options)


def newton(x: Array, g: Array, hessian: Array, learning_rate: float = 1.0) -> Array:
    """Newton's step, x - η H⁻¹ g, to where the quadratic that fits best here is flat.

    x, g: (d,), hessian: (d, d). It goes as readily to a saddle or a maximum (Nocedal & Wright
    2006, section 2.2). Raises ValueError if the hessian cannot be inverted.
    """
    try:
        step = np.linalg.solve(hessian, g)
    except np.linalg.LinAlgError:
        raise ValueError(f"hessian must be invertible; got {np.asarray(hessian)}.") from None
    return gradient_descent(x, step, learning_rate)


def _average(old: Array, new: Array, keep: float, out: Array | None, room: Array | None) -> Array:
    """keep · old + (1 - keep) · new; `room` may be `new` itself."""
    fresh = np.multiply(new, 1 - keep, out=room)
    return np.add(np.multiply(old, keep, out=out), fresh, out=out)


def _scaled(g: Array, spread: Array, epsilon: float, room: Array | None) -> Array:
    root = np.sqrt(np.add(spread, epsilon, out=room), out=room)
    return _over(g, root, epsilon, room)


def _over(g: Array, root: Array, epsilon: float, room: Array | None) -> Array:
    """g / root; no step where the root is 0, as only ε = 0 lets it be."""
    if epsilon == 0:
        root = np.where(root == 0, np.inf, root)
    return np.divide(g, root, out=room)


def _against(
    x: Array,
    g: Array,
    spread: Array,
    learning_rate: float,
    epsilon: float,
    out: Array | None,
    room: Array | None,
) -> Array:
    scaled = _scaled(g, spread, epsilon, room)
    return gradient_descent(x, scaled, learning_rate, out=out, step=room)

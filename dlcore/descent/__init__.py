"""Descent: what to do with a gradient once somebody has computed it, and where it leads.

Each rule takes the point x where we stand and the gradient g there, and returns the next
point. None of them knows how the gradient was found, and that is the lesson: finding a
gradient and using it are two different things. `trajectory` walks any rule over any function,
and the surfaces are functions whose derivatives and minima are known.
"""

from dlcore.descent.clipping import clip_by_global_norm, clip_by_norm, clip_by_value
from dlcore.descent.rules import (
    adagrad,
    adam,
    adamw,
    decay,
    gradient_descent,
    momentum,
    nesterov,
    newton,
    rmsprop,
)
from dlcore.descent.surfaces import (
    Beale,
    Himmelblau,
    Quadratic,
    Ravine,
    Rosenbrock,
    Saddle,
    Surface,
    step_size_limit,
)
from dlcore.descent.trajectories import trajectory
from dlcore.descent.walks import finite_difference_descent, lbfgs, random_search

__all__ = [
    "Beale",
    "Himmelblau",
    "Quadratic",
    "Ravine",
    "Rosenbrock",
    "Saddle",
    "Surface",
    "adagrad",
    "adam",
    "adamw",
    "clip_by_global_norm",
    "clip_by_norm",
    "clip_by_value",
    "decay",
    "finite_difference_descent",
    "gradient_descent",
    "lbfgs",
    "momentum",
    "nesterov",
    "newton",
    "random_search",
    "rmsprop",
    "step_size_limit",
    "trajectory",
]

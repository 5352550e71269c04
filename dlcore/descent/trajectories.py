"""Trajectories: where a rule leads, step after step, on any function."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlcore import checks
from dlcore.descent import rules, walks
from dlcore.descent.surfaces import Surface

__all__ = ["trajectory"]

Array = np.ndarray

RULES = {
    name: getattr(rules, name)
    for name in (
        "gradient_descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "newton"
    )
}  # fmt: skip
WALKS = {
    "lbfgs": walks.lbfgs,
    "random_search": walks.random_search,
    "finite_differences": walks.finite_difference_descent,
}


def trajectory(
    method: str | Callable[..., Any],
    function: Surface | Callable[[Array], Any],
    x0: Any,
    steps: int,
    *,
    memory: Mapping[str, float] | None = None,
    **settings: Any,
) -> Array:
    """The path of a rule or a method from x0, (steps + 1, d), x0 first.

    method: a rule's name or the rule itself ('gradient_descent', 'momentum', 'nesterov',
    'adagrad', 'rmsprop', 'adam', 'adamw', 'newton'), or 'lbfgs', 'random_search',
    'finite_differences'. A rule of your own is rule(x, g, …, learning_rate, …): what stands
    between g and learning_rate is its memory, which begins as zeros and is returned after x,
    except `t`, which counts from 1. `memory` gives other beginnings and switches further memory
    on: trajectory('rmsprop', …, memory={'mean': 0.0}).

    function: a Surface; else the gradient for a rule, and the value for the other methods ('lbfgs'
    then needs gradient=…, 'newton' hessian=…). With a Surface, gradient=… takes the place of its
    own. settings: what the rule or method takes, such as learning_rate. A path that diverges
    goes on to inf or nan. Raises ValueError or TypeError naming the argument.
    """
    if isinstance(method, str):
        method = (RULES | WALKS)[checks.choice("method", method, [*RULES, *WALKS])]
    elif not callable(method):
        raise TypeError(f"method must be a rule or a name; got {method!r}.")
    if not isinstance(function, Surface) and not callable(function):
        raise TypeError(f"function must be a Surface or a function of x; got {function!r}.")
    if method in WALKS.values():
        return _walk(method, function, x0, steps, memory, settings)
    if memory is not None and not isinstance(memory, Mapping):
        raise TypeError(f"memory must be a dict such as {{'velocity': 0.0}}; got {memory!r}.")
    return _steps_of(method, function, x0, steps, memory or {}, settings)


def _walk(
    walk: Callable[..., Array],
    function: Any,
    x0: Any,
    steps: int,
    memory: Mapping[str, float] | int | None,
    settings: dict[str, Any],
) -> Array:
    value = function.value if isinstance(function, Surface) else function
    given = dict(settings)
    if memory is not None:  # L-BFGS has a setting of that name
        given["memory"] = memory
    if walk is walks.lbfgs and "gradient" not in given:
        if not isinstance(function, Surface):
            raise ValueError("gradient must be given: 'lbfgs' needs f and gradient=…; got none.")
        given["gradient"] = function.gradient
    _check_settings(walk, given, beside=("f", "x0", "steps"))
    return walk(value, x0=x0, steps=steps, **given)


def _steps_of(
    rule: Callable[..., Any],
    function: Any,
    x0: Any,
    steps: int,
    memory: Mapping[str, float],
    settings: dict[str, Any],
) -> Array:
    x, settings = walks.start(x0), dict(settings)
    steps = walks.checked_steps(steps)
    surface = function if isinstance(function, Surface) else None
    gradient = settings.pop("gradient", surface.gradient if surface else function)
    takes, named = _names(rule, settings)
    bending = settings.pop("hessian", surface.hessian if surface else None)
    if "hessian" in takes and bending is None:
        raise ValueError("hessian must be given: 'newton' needs hessian=…; got none.")
    kept = {name: np.zeros_like(x) for name in named}
    for name, begin in memory.items():
        checks.choice("memory", name, takes[2:])
        kept[name] = np.full_like(x, checks.number(f"memory[{name!r}]", begin))
    kept = {name: kept[name] for name in takes if name in kept}  # in the rule's order
    _check_settings(rule, settings, beside=(*takes[:2], "t", "hessian", "out", "room", *kept))
    path = [x]
    with np.errstate(all="ignore"):  # a path may diverge: that is worth seeing
        for t in range(1, steps + 1):
            now = kept | ({"t": t} if "t" in takes else {})
            if "hessian" in takes:
                now["hessian"] = np.asarray(bending(x.copy()))
            moved = rule(x, walks.slope_at(gradient, x), **now, **settings)
            x, *new = moved if isinstance(moved, tuple) else (moved,)
            kept = dict(zip(kept, new, strict=True))
            path.append(x)
    return np.array(path)


def _names(rule: Callable[..., Any], settings: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What a rule takes, and which of that is its memory."""
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    takes = [p for p in inspect.signature(rule).parameters.values() if p.kind in named]
    names = [p.name for p in takes]
    end = names.index("learning_rate") if "learning_rate" in names else len(names)
    needed = [p.name for p in takes[2:end] if p.default is p.empty]
    return names, [n for n in needed if n not in ("t", "hessian") and n not in settings]


def _check_settings(call: Callable[..., Any], settings: dict[str, Any], beside: Any) -> None:
    parameters = inspect.signature(call).parameters
    open_ended = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    for name in settings:
        if not open_ended:
            checks.choice("setting", name, [p for p in parameters if p not in beside])
    for name, parameter in parameters.items():
        fixed = parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
        missing = parameter.default is parameter.empty and not fixed
        if missing and name not in settings and name not in beside:
            raise TypeError(f"{name} must be given for {call.__name__}; got no {name}=….")
    if "learning_rate" in settings:
        checks.rate(settings["learning_rate"])

"""Arguments as people keep them: one array, or tuples, lists and dicts of arrays, nested or not.

A gradient has the structure of what it is taken with respect to. Here both are laid out as a
flat list of named arrays, `x['W']`, `x[0][1]`, and put back together.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from dlcore import checks

__all__ = ["float_arrays", "gradients", "leaves", "rebuilt"]

Array = np.ndarray


def leaves(name: str, x: Any) -> Iterator[tuple[str, Any]]:
    """Each array in the structure x with its name, in order."""
    if isinstance(x, dict):
        for key in x:
            yield from leaves(f"{name}[{key!r}]", x[key])
    elif isinstance(x, tuple | list):
        for i, item in enumerate(x):
            yield from leaves(f"{name}[{i}]", item)
    else:
        yield name, x


def rebuilt(x: Any, arrays: Iterator[Array]) -> Any:
    """The structure of x again, with these arrays in it."""
    if isinstance(x, dict):
        return {key: rebuilt(x[key], arrays) for key in x}
    if isinstance(x, tuple | list):
        items = [rebuilt(item, arrays) for item in x]
        return type(x)(*items) if hasattr(x, "_fields") else type(x)(items)
    return next(arrays)


def float_arrays(x: Any) -> dict[str, Array]:
    """Name -> every array in x, as float64.

    Raises TypeError for integers and whatever else is not real floating-point numbers,
    ValueError for empty arrays and for NaN or infinity.
    """
    found = {}
    for name, leaf in leaves("x", x):
        given = checks.array(name, leaf)
        if given.dtype.kind in "biu":
            raise TypeError(
                f"{name} must hold floats, an integer cannot be nudged; got dtype {given.dtype} "
                "(convert with .astype(float))."
            )
        if given.size == 0:
            raise ValueError(f"{name} is empty, shape {given.shape}: there is nothing to check.")
        found[name] = checks.finite(name, checks.numbers(name, given))
    if not found:
        raise ValueError(f"x holds no array: there is nothing to check; got {x!r}.")
    return found


def gradients(x: Any, result: Any, shapes: dict[str, tuple[int, ...]]) -> list[Array]:
    """The arrays of grad's result in the order of x's, as float64.

    Raises ValueError, naming the argument, for another structure, another shape, NaN or infinity;
    TypeError for anything but real numbers.
    """
    found = []
    for name, leaf in _matched("x", x, result):
        array = checks.numbers(f"grad's result for {name}", leaf)
        if array.shape != shapes[name]:
            raise ValueError(
                f"grad's result for {name} must have shape {shapes[name]}, as {name}; "
                f"got {array.shape}."
            )
        found.append(checks.finite(f"grad's result for {name}", array))
    return found


def _matched(name: str, x: Any, result: Any) -> Iterator[tuple[str, Any]]:
    """The leaves of result, which must be put together as x is."""
    if isinstance(x, dict):
        if not isinstance(result, dict) or set(result) != set(x):
            got = f"keys {list(result)}" if isinstance(result, dict) else _kind(result)
            raise ValueError(f"grad's result for {name} must have keys {list(x)}; got {got}.")
        for key in x:
            yield from _matched(f"{name}[{key!r}]", x[key], result[key])
    elif isinstance(x, tuple | list):
        if not isinstance(result, tuple | list) or len(result) != len(x):
            got = f"{len(result)}" if isinstance(result, tuple | list) else _kind(result)
            raise ValueError(f"grad's result for {name} must hold {len(x)} gradients; got {got}.")
        for i, (item, part) in enumerate(zip(x, result, strict=True)):
            yield from _matched(f"{name}[{i}]", item, part)
    else:
        yield name, result


def _kind(result: Any) -> str:
    return f"{type(result).__name__} of shape {np.shape(result)}"

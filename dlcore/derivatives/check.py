"""A gradient against its witnesses.

Somebody wrote a gradient by hand, or a program did. `check_gradient` nudges the function itself,
compares, and says for each argument how large the difference is, where it is largest, how much
was looked at and how sharply.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from dlcore import checks
from dlcore.derivatives.arguments import float_arrays, gradients, leaves, rebuilt
from dlcore.derivatives.differences import relative_error
from dlcore.derivatives.probes import Line, Probe, root_mean_square, unit_vector
from dlcore.derivatives.report import ArgumentCheck, GradientCheck, Place

__all__ = ["check_gradient"]

Array = np.ndarray
LOOSE = 1e-4  # a tolerance that lets mistakes of a hundredth of a per cent pass


def check_gradient(
    f: Callable[[Any], Any],
    grad: Callable[[Any], Any],
    x: Any,
    *,
    rtol: float = 1e-6,
    max_entries: int = 200,
    directions: int = 8,
    sample: int = 20,
    seed: int = 0,
) -> GradientCheck:
    """Compare grad(x) with the derivatives of f at x, measured from values of f alone.

    x: one array, or a tuple, list or dict of arrays (nested, if you like), of floats. f(x) is one
    number; grad(x) has the structure and shapes of x. Both are given copies. grad is asked twice:
    an argument whose second gradient differs from the first by more than rtol fails.

    Every entry is nudged by itself. An argument with more than `max_entries` entries is compared
    along `directions` random unit vectors instead, and at `sample` random entries. One entry of n
    that is wrong by a fraction d of the gradient's root mean square escapes one direction with
    probability about 0.8 rtol √n / d, all k of them with the k-th power of that. The entry is then
    searched for by halving.

    The witness is the complex step (Squire & Trapp 1998) where it agrees with central differences.
    Where it does not, because f takes no complex numbers or is not analytic, it is the central
    difference, with steps in proportion to x and Richardson's extrapolation (Nocedal & Wright
    2006, section 8.1); the tolerance is then the larger of rtol and the difference's own estimated
    error. Where the slopes on both sides differ, at ever smaller nudges, there is a kink and no
    derivative: such entries are left out and counted. An argument with nothing left fails.

    Errors are relative to the largest entry of the argument's gradient (Karpathy, CS231n notes).

    Raises TypeError for integer arrays, ValueError for empty or non-finite ones, for an f that
    does not return one finite number, and for a gradient of another structure or shape, or with
    NaN or infinity in it.
    """
    rtol = checks.number("rtol", rtol, least=0.0)
    if rtol == 0:
        raise ValueError("rtol must be positive: no measured derivative is exact; got 0.")
    max_entries = checks.integer("max_entries", max_entries, least=1)
    directions = checks.integer("directions", directions, least=1)
    sample = checks.integer("sample", sample, least=0)
    seed = checks.integer("seed", seed, least=0)
    arrays, notes = float_arrays(x), []
    start, epsilon = _number(_given_copies("f", f, x, arrays, notes))
    shapes = {name: array.shape for name, array in arrays.items()}

    def asked() -> list[Array]:
        answer = _given_copies("grad", grad, x, arrays, notes)
        # copied, for grad may write into what it handed out when it is called again
        return [gradient.copy() for gradient in gradients(x, answer, shapes)]

    found, again = asked(), asked()
    steepest = max(float(np.abs(gradient).max()) for gradient in found)
    reports = []
    for j, (name, gradient, second) in enumerate(zip(arrays, found, again, strict=True)):
        line = Line(f, x, list(arrays.values()), j, name, start, epsilon)
        rng = np.random.default_rng([seed, j])  # an argument's probes depend on no other argument
        chosen, units = range(gradient.size), []
        if gradient.size > max_entries:
            chosen = rng.choice(gradient.size, min(sample, gradient.size), replace=False)
            units = [unit_vector(rng, gradient.shape) for _ in range(directions)]
        entries = [line.entry(gradient, int(i)) for i in chosen]
        along = [line.probe(gradient, v, None) for v in units]
        # what rounding leaves where the derivative is zero
        noise = 64 * epsilon * (abs(start) / line.size + steepest)
        report = _judged(name, gradient, entries, along, rtol, noise)
        if not report.passed and report.worst is not None and report.worst.index is None:
            wrong = max(range(len(along)), key=lambda d: along[d].miss)
            entries.append(line.located(gradient, units[wrong]))
            report = _judged(name, gradient, entries, along, rtol, noise)
        change = relative_error(gradient, second)
        reports.append(replace(report, passed=report.passed and change <= rtol, change=change))
    notes = dict.fromkeys([*_notes_on(x, arrays, rtol), *notes, *_notes_after(reports, rtol)])
    return GradientCheck(tuple(reports), tuple(notes), rtol, seed)


def _judged(
    name: str, gradient: Array, entries: list[Probe], along: list[Probe], rtol: float, noise: float
) -> ArgumentCheck:
    """Which witness to believe for one argument, and how far the gradient is from it."""
    compared = [p for p in entries + along if not p.central.kink]
    rms = root_mean_square(gradient)
    # an entry is measured against the largest entry, a direction against the largest direction
    # or, should all of them stand across the gradient, against what a direction gives on average
    scales = {
        entry: max(
            [np.finfo(float).tiny, noise / rtol, 0.0 if entry else rms]
            + [max(abs(p.gradient), abs(p.central.value)) for p in compared if p.is_entry == entry]
        )
        for entry in (True, False)
    }
    analytic = all(p.analytic(1e-5 * scales[p.is_entry]) for p in compared)

    def witness(p: Probe) -> float:
        return p.complex if analytic else p.central.value

    def error(p: Probe) -> float:
        return abs(p.gradient - witness(p)) / scales[p.is_entry]

    def tolerance(p: Probe) -> float:
        return rtol if analytic else max(rtol, p.central.error / scales[p.is_entry])

    # a wrong entry says more than a wrong direction
    worst = max(
        compared,
        key=lambda p: (p.is_entry and error(p) > tolerance(p), error(p) / tolerance(p)),
        default=None,
    )
    return ArgumentCheck(
        name=name,
        shape=gradient.shape,
        passed=worst is not None and all(error(p) <= tolerance(p) for p in compared),
        relative_error=error(worst) if worst else 0.0,
        tolerance=tolerance(worst) if worst else rtol,
        worst=Place(worst.index, worst.gradient, witness(worst)) if worst else None,
        entries=sum(not p.central.kink for p in entries),
        directions=sum(not p.central.kink for p in along),
        kinks=len(entries) + len(along) - len(compared),
        method="complex step" if analytic and compared else "central differences",
        zero=not gradient.any()
        and all(abs(witness(p)) <= max(noise, p.central.error) for p in compared),
    )


def _given_copies(name: str, function: Callable, x: Any, arrays: dict, notes: list) -> Any:
    """function(x) with copies of the arrays; a note if it changes them."""
    copies = [array.copy() for array in arrays.values()]
    result = function(rebuilt(x, iter(copies)))
    for (argument, array), copy in zip(arrays.items(), copies, strict=True):
        if not np.array_equal(array, copy):
            notes.append(f"{name} changes {argument} in place; it was given a copy.")
    return result


def _number(value: Any) -> tuple[float, float]:
    """f's value as a float, and the relative rounding error of its dtype."""
    value = checks.numbers("f(x)", np.asarray(value), getattr(value, "dtype", np.float64))
    if value.size != 1:
        raise ValueError(f"f must return a single number; got an array of shape {value.shape}.")
    if not np.isfinite(value).all():
        raise ValueError(f"f must be finite at x; got {value.item()}.")
    epsilon = np.finfo(value.dtype if value.dtype.kind == "f" else np.float64).eps
    return float(value.item()), float(epsilon)


def _notes_on(x: Any, arrays: dict[str, Array], rtol: float) -> Iterator[str]:
    if rtol > LOOSE:
        yield f"rtol {rtol:g} is loose: a mistake that small in proportion passes."
    for name, leaf in leaves("x", x):
        dtype = np.asarray(leaf).dtype
        if dtype != np.float64:
            yield f"{name} is {dtype} and was promoted to float64."
        if arrays[name].ndim > 1 and len(arrays[name]) == 1:
            yield f"{name} has one row: with one row, mistakes in summing over rows cannot be seen."


def _notes_after(reports: list[ArgumentCheck], rtol: float) -> Iterator[str]:
    for report in reports:
        if report.worst is None:
            yield f"{report.name}: every probe stands on a kink; check at another point."
        elif report.zero:
            yield f"{report.name}: both gradients are zero; check at a point where they are not."
        elif report.tolerance > max(LOOSE, rtol):
            yield (
                f"{report.name}: the differences themselves are uncertain, and {report.name} was "
                f"judged to {report.tolerance:.0e} at its worst place."
            )
        if report.change > rtol:
            yield (
                f"{report.name}: asked again at the same point, grad gives another gradient; does "
                "it keep something from the call before?"
            )
        if report.directions:
            yield (
                f"{report.name} is large: random directions and a sample in place of every entry."
            )

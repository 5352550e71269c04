"""What was done: an answer's numbers, matched against the reference with each mistake made.

Each output that is wrong is looked at by itself. It may be what the reference returns with one
mistake or with two; it may be right up to a factor, or up to an order of its entries. The
smallest set of mistakes that accounts for the wrong outputs is the diagnosis.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isclose
from typing import Any

import numpy as np

from dlcore.classroom.cases import Case, made
from dlcore.classroom.comparing import FLOOR, RELATIVE, Odd, close, equal, fitted
from dlcore.classroom.items import Item, Mistake

__all__ = ["Known", "arrangement", "explain", "factor"]

Array = np.ndarray
Values = list[list[Array | Odd]]  # per case, per output

MOST_SAID = 3  # sets of mistakes that cannot be told apart and are said
MOST_SETS = 60  # sets of mistakes that are kept while the smallest is sought

# What a size stands for, and what an answer that is this many times too large has left out.
SIZES = {
    "n": "the number of rows",
    "i": "the number of inputs",
    "h": "the number of hidden units",
    "o": "the number of outputs",
    "k": "the number of classes",
    "d": "the number of entries",
}
CONSTANTS = {2.0: "2", 0.5: "½", -1.0: "−1", -2.0: "−2", -0.5: "−½", 4.0: "4", 0.25: "¼"}
POWERS_OF_TEN = {
    10.0: "10",
    100.0: "100",
    1000.0: "1000",
    0.1: "1/10",
    0.01: "1/100",
    1e-3: "1/1000",
}
OFTEN = {
    "n": "often the 1/n of the mean left out",
    "1/n": "often the 1/n of the mean applied twice",
    "2": "often the ½ of ½(ŷ − y)² left out, or a 2 too many",
    "½": "often the 2 from a square's derivative left out, or a ½ too many",
    "−1": "often y − ŷ where ŷ − y is meant",
}
FACTOR_IDS = {"n": "missing-1-over-n", "1/n": "double-1-over-n", "−1": "error-sign"}


@dataclass(frozen=True)
class Known:
    """The mistakes that account for some of the wrong outputs.

    sets: one set of mistakes, or several that cannot be told apart. outputs: which of the wrong
    ones they account for. factor: by which the result is multiplied besides, in words.
    """

    sets: tuple[frozenset[Mistake], ...]
    outputs: tuple[int, ...]
    factor: str = ""

    @property
    def ids(self) -> list[str]:
        """The mistakes' ids, each once."""
        every = (one.id for chosen in self.sets for one in _ordered(chosen))
        return list(dict.fromkeys(id for id in every if id))

    def says(self) -> str:
        """This is what you get when …; or, of a mistake that is told in a sentence, that one."""
        alone = self.sets[0] if len(self.sets) == 1 and not self.factor else ()
        if alone and all(one.says.endswith(".") for one in alone):
            return " ".join(one.says for one in _ordered(alone))
        ways = [
            ", and ".join(one.says.rstrip(".") for one in _ordered(chosen)) for chosen in self.sets
        ]
        besides = f", and {self.factor} besides" if self.factor else ""
        return f"This is what you get when {'; or when '.join(ways)}{besides}."


def _ordered(chosen: Iterable[Mistake]) -> list[Mistake]:
    return sorted(chosen, key=lambda one: (one.id, one.says))


def explain(
    item: Item,
    cases: Sequence[Case],
    mine: Values,
    wrong: Sequence[int],
    *,
    changed: bool = False,
    raised: Sequence[Case] = (),
    pairs: bool = True,
) -> Known | None:
    """The smallest set of known mistakes that accounts for as many wrong outputs as possible.

    mine: what the answer returned for each case. changed: whether it changed its input, without
    which no mistake that does so is considered. raised: cases at which the answer raised, so that a
    mistake that accounts for it must upset the shapes there. pairs: whether two mistakes at once
    are tried.
    """
    listed = [one for one in item.mistakes if changed or one.id != "mutates-input"]
    trials = _Trials(item, cases, mine, wrong, raised)
    for one in listed:
        trials.add(frozenset([one]))
    if pairs and not all(trials.found.values()):
        any(map(trials.add, trials.pairs()))  # until one accounts for the whole answer
    explained = tuple(k for k in wrong if trials.found[k])
    if explained:
        sets = trials.best(explained)
        if sets and len(sets[0]) <= 3:
            return Known(sets, explained)
    return trials.up_to_a_factor(listed)


class _Trials:
    """The reference with mistakes made, tried against one answer."""

    def __init__(
        self,
        item: Item,
        cases: Sequence[Case],
        mine: Values,
        wrong: Sequence[int],
        raised: Sequence[Case],
    ) -> None:
        self.item, self.cases, self.mine, self.raised = item, cases, mine, raised
        self.found: dict[int, list[frozenset[Mistake]]] = {k: [] for k in wrong}
        self.singles: dict[Mistake, Values] = {}
        self.marks = [[_mark(value) for value in values] for values in mine]

    def add(self, chosen: frozenset[Mistake]) -> bool:
        """Note which wrong outputs these mistakes account for; whether for the whole answer."""
        values = self._values(chosen)
        if values is None:
            return False
        if len(chosen) == 1:
            self.singles[next(iter(chosen))] = values
        every = range(len(self.cases))
        for k, sets in self.found.items():
            if not all(self._same(k, c, values) for c in every):
                continue
            if any(self._alone(one, k) for one in chosen if len(chosen) > 1):
                continue  # the other of the two does nothing here
            if not any(self._fits(chosen, case) for case in self.raised):
                sets.append(chosen)
        whole = all(chosen in sets for sets in self.found.values())
        return whole and all(self._same(k, 0, values) for k in range(len(values[0])))

    def pairs(self) -> list[frozenset[Mistake]]:
        """The pairs worth a trial: each of the two, alone, upsets an output to be explained.

        What cannot run alone does not run with another, and two of one id are one mistake.
        """
        right = self.cases[0].right
        found: dict[frozenset[Mistake], None] = {}
        for k in (k for k, sets in self.found.items() if not sets):
            upset = [
                one
                for one, values in self.singles.items()
                if not equal(values[0][k], right[k], self.cases[0].tolerance)
            ]
            found |= {frozenset(p): None for p in combinations(upset, 2) if p[0].id != p[1].id}
        return list(found)

    def _values(self, chosen: frozenset[Mistake]) -> Values | None:
        """What the reference returns with these mistakes; None if it cannot, or matches nothing."""
        try:
            version = self.item.version(_ordered(chosen))
        except ValueError:
            return None
        values: Values = []
        for c, case in enumerate(self.cases):
            found = made(version, case)
            if found is None or len(found) != len(self.mine[c]):
                return None
            values.append(found)
            if len(chosen) > 1 and not any(self._same(k, c, values) for k in self.found):
                return None
        return values

    def _alone(self, one: Mistake, k: int) -> bool:
        """Whether one of two mistakes gives all the numbers of output k by itself."""
        values = self.singles.get(one)
        every = range(len(self.cases))
        return values is not None and all(self._same(k, c, values) for c in every)

    def _fits(self, chosen: frozenset[Mistake], case: Case) -> bool:
        """Whether, with these mistakes, a case goes through with every shape as it should be."""
        values = made(self.item.version(_ordered(chosen)), case)
        return values is not None and all(
            not isinstance(value, Odd) and fitted(value, right.shape) is not None
            for value, right in zip(values, case.right, strict=False)
        )

    def _same(self, k: int, c: int, values: Values) -> bool:
        mine, value, tolerance = self.marks[c][k], values[c][k], self.cases[c].tolerance
        if mine and not isinstance(value, Odd) and value.size and value.dtype.kind == "f":
            first, largest = mine  # one entry tells most of them apart, at once
            if abs(value.flat[0] - first) > max(1e-3, 2 * tolerance) * largest + FLOOR:
                return False
        return equal(self.mine[c][k], value, tolerance)

    def best(self, explained: Sequence[int]) -> tuple[frozenset[Mistake], ...]:
        """The smallest sets that account for these outputs and upset least of the others."""
        unions = {frozenset()}
        for k in explained:
            wider = {union | chosen for union in unions for chosen in self.found[k]}
            unions = set(sorted(wider, key=self._cost)[:MOST_SETS])
        least = min(map(self._cost, unions))
        equally = sorted((u for u in unions if self._cost(u) == least), key=_in_order)
        return tuple(equally[:MOST_SAID])

    def _cost(self, union: frozenset[Mistake]) -> tuple[int, int]:
        """How many mistakes, and how many outputs they would change that are as they should be."""
        upset = 0
        for one in union:
            values = self.singles.get(one)
            others = set(range(len(self.mine[0]))) - set(self.found)
            if values:
                upset += sum(not self._same(k, 0, values) for k in others)
        return len(union), upset

    def up_to_a_factor(self, listed: Sequence[Mistake]) -> Known | None:
        """One known mistake, and a factor besides, that account for all wrong outputs."""
        right = self.cases[0].right
        for one in listed:
            values = self.singles.get(one)
            if values is None:
                continue
            if any(_multiple(values[0][k], right[k]) for k in self.found):
                continue  # it does no more than the factor would do without it
            said = {factor(self.cases, self.mine, values, k) for k in self.found}
            if len(said) == 1 and None not in said:
                return Known((frozenset([one]),), tuple(self.found), f"a factor of {said.pop()}")
        return None


def _mark(value: Array | Odd) -> tuple[float, float] | None:
    """An array's first entry and its largest size, if all of it is finite."""
    if isinstance(value, Odd) or value.dtype.kind != "f" or not value.size:
        return None
    largest = float(np.abs(value).max())
    return (float(value.flat[0]), largest) if np.isfinite(largest) and largest else None


def _in_order(chosen: frozenset[Mistake]) -> list[tuple[str, str]]:
    return [(one.id, one.says) for one in _ordered(chosen)]


# --- right up to something ------------------------------------------------------------------


def factor(cases: Sequence[Case], mine: Values, right: Values, k: int) -> str | None:
    """By which one factor output k differs from `right` in all cases, in words; None if by none.

    It is a number, or one of the sizes, which differ from case to case.
    """
    found = []
    constants = CONSTANTS if cases[0].args else CONSTANTS | POWERS_OF_TEN
    for case, my, values in zip(cases, mine, right, strict=True):
        c = _multiple(my[k], values[k], case.tolerance)
        if c is None:
            return None
        found.append((c, case))
    first = found[0][0]
    for name in ("n", *(name for name in SIZES if name != "n")):
        if not all(name in case.sizes for _, case in found):
            continue
        for sign, power, text in _POWERS:
            if all(isclose(c, sign * case.sizes[name] ** power, rel_tol=1e-5) for c, case in found):
                return text.replace("s", name)
    off = cases[0].tolerance
    steady = all(isclose(c, first, rel_tol=off) for c, _ in found)
    if not steady or isclose(first, 1, rel_tol=off):
        return None
    near = [text for value, text in constants.items() if isclose(first, value, rel_tol=off)]
    if near or not cases[0].args:  # a single number is some multiple of any other
        return near[0] if near else None
    return f"{first:.4g}"


_POWERS = (
    (1, 1.0, "s"),
    (1, -1.0, "1/s"),
    (1, 2.0, "s²"),
    (1, -2.0, "1/s²"),
    (-1, 1.0, "−s"),
    (-1, -1.0, "−1/s"),
    (2, 1.0, "2s"),
    (2, -1.0, "2/s"),
    (0.5, 1.0, "½s"),
    (0.5, -1.0, "½/s"),
)


def _multiple(mine: Array | Odd, right: Array | Odd, tolerance: float = RELATIVE) -> float | None:
    """The c with mine = c · right; None if there is none, or it is 0."""
    if isinstance(mine, Odd) or isinstance(right, Odd) or right.dtype.kind != "f":
        return None
    mine = fitted(mine, right.shape) if mine.dtype.kind == "f" else None
    if mine is None or not np.isfinite([mine, right]).all() or not np.any(right):
        return None
    with np.errstate(all="ignore"):
        c = float((mine * right).sum() / (right * right).sum())
        return c if c and close(mine, c * right, tolerance).all() else None


def arrangement(mine: Array | Odd, right: Array, tolerance: float = RELATIVE) -> str | None:
    """How the entries stand otherwise than in `right`: 'the transpose of'; None if they do not."""
    if isinstance(mine, Odd) or mine.dtype.kind != "f" or right.size < 2:
        return None
    for text, other in _rearranged(right):
        if mine.shape == other.shape and close(mine, other, tolerance).all():
            return text
    ordered = np.sort(mine, None), np.sort(right, None)
    if mine.shape == right.shape and close(*ordered, tolerance).all():
        return "made of the entries, in another order, of"
    return None


def _rearranged(right: Array) -> Iterable[tuple[str, Any]]:
    if right.ndim == 2:
        yield "the transpose of", right.T
        yield "the rows, in reverse order, of", right[::-1]
        yield "the columns, in reverse order, of", right[:, ::-1]
        for axis in (0, 1):
            yield f"the sum over axis {axis} of", right.sum(axis=axis)
            yield f"the mean over axis {axis} of", right.mean(axis=axis)
            yield f"the sum over axis {axis}, with keepdims, of", right.sum(axis, keepdims=True)
        yield "the entries, in one row, of", right.ravel()
        yield "the sum of all entries of", right.sum()
    elif right.ndim == 1:
        yield "a column instead of a row:", right[:, np.newaxis]
        yield "the entries, in reverse order, of", right[::-1]
        yield "the sum of all entries of", right.sum()
        yield "the mean of all entries of", right.mean()

"""What an exercise is: a task, a reference, and the mistakes its reference can make.

The reference is the text of the solution, as the learner may read it, and each mistake is a switch
in it (`switches`). So every mistake, and every two that touch different places, can be run and
compared with an answer.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

import numpy as np

from dlcore.classroom.comparing import EXACT, RELATIVE, THREE_DIGITS
from dlcore.classroom.mistakes import MISTAKES
from dlcore.classroom.switches import Mistake, mistake, switched

__all__ = ["KINDS", "Edge", "Item", "Mistake", "mistake"]

KINDS = ("predict", "by hand", "code", "bug hunt")

Sizes = Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Edge:
    """An input at the edge of what is asked.

    says completes "with …": "logits of 1000". make: rng -> arguments. tolerance: for inputs where
    float32 itself loses digits. gentle: a failure here is remarked on and does not fail the
    answer. forgives: (what came, what is right) -> a remark, if a wrong answer is good enough to
    pass, else "". refuses: the answer is to raise. id: the mistake that a failure here means, if
    any.
    """

    says: str
    make: Callable[[np.random.Generator], tuple]
    tolerance: float = RELATIVE
    gentle: bool = False
    forgives: Callable[[list, list], str] = lambda came, right: ""
    refuses: bool = False
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One exercise.

    call: the name and arguments, `backward(x, target, W1, b1, W2, b2)`; without arguments the
    answer is a value (a number, a tuple, a dict of entries to fill in, the letter of one of the
    choices), which the reference's function of that name returns. outputs: the names of what is
    returned; a single name for one array, or for a list of any length; of a value, its name in a
    sentence. used: (answer, *arguments) -> what is compared, where that is not what the answer
    returns: it may build a circuit and call the answer on it. tolerance: how far an entry may be
    off, relative to it; unless told, three significant digits of a value are enough, and whole
    numbers are exact.
    inputs: (rng, **sizes) -> arguments. sizes: those of the inputs that decide, two or more,
    every dimension different. probes: sizes at which wrong shapes fit, used to find out what was
    done, never to judge. small: sizes of examples to show, smallest first.
    places: for wrong outputs (names joined by spaces), where to look. twins: ids that cannot be
    told apart here. seconds: how long an answer may take in all.
    """

    id: str
    title: str
    kind: str
    difficulty: int
    points: int
    link: str
    task: str
    call: str
    starter: str
    reference: str
    explanation: str
    hints: tuple[str, str, str]
    outputs: tuple[str, ...]
    choices: Mapping[str, str] | None = None
    used: Callable[..., Any] | None = None
    tolerance: float | None = None
    inputs: Callable[..., tuple] = lambda rng: ()
    sizes: tuple[Sizes, ...] = ({},)
    probes: tuple[Sizes, ...] = ()
    small: tuple[Sizes, ...] = ()
    edges: tuple[Edge, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    places: Mapping[str, str] | None = None
    twins: tuple[frozenset[str], ...] = ()
    seconds: float = 1.5

    def __post_init__(self) -> None:
        wrong = list(_faults(self))
        if wrong:
            raise ValueError(f"item {self.id!r}: {wrong[0]}")

    @property
    def name(self) -> str:
        """The name of the answer: a function's, or a value's."""
        return self.call.partition("(")[0]

    @property
    def takes_function(self) -> bool:
        """Whether the answer is a function (and not a value)."""
        return "(" in self.call

    @property
    def precision(self) -> float:
        """How far an entry may be off, relative to it."""
        if self.tolerance is not None:
            return self.tolerance
        if self.takes_function:
            return RELATIVE
        return EXACT if _whole(self.answer()) else THREE_DIGITS

    def answer(self, on: Iterable[Mistake] = ()) -> Any:
        """The reference as an answer, a function or a value, with these mistakes made.

        Raises ValueError if two of them touch the same place.
        """
        reference = switched(self.reference, self.name, self.mistakes, on)
        return reference if self.takes_function else reference()

    def called(self, answer: Any) -> Callable[..., Any]:
        """An answer as a function of a case's arguments, which gives what is compared."""
        if not self.takes_function:
            return lambda: answer if self.used is None else self.used(answer)
        if self.used is None:
            return answer

        @wraps(answer, assigned=())
        def call(*args: Any) -> Any:
            return self.used(answer, *args)

        return call

    def version(self, on: Iterable[Mistake] = ()) -> Callable[..., Any]:
        """The reference as a function of a case's arguments, with these mistakes made.

        Raises ValueError if two of them touch the same place.
        """
        return self.called(self.answer(on))


def _whole(value: Any) -> bool:
    """Whether a value is made of whole numbers (or choices), of which none is rounded."""
    entries = value.values() if isinstance(value, dict) else [value]
    return all(np.asarray(entry).dtype.kind in "biuU" for entry in entries)


_ASKED = {"code": "function", "predict": "value", "by hand": "value"}


def _faults(item: Item) -> Iterable[str]:
    if not re.fullmatch(r"(\d\d[a-z]?|[A-Z])\.\d+", item.id):
        yield "its id must look like 03c.1."
    if item.kind not in KINDS:
        yield f"its kind must be one of {', '.join(KINDS)}; got {item.kind!r}."
    if len(item.hints) != 3:
        yield f"it must have three hints; got {len(item.hints)}."
    if item.kind in _ASKED and item.takes_function != (item.kind == "code"):
        yield f"of kind {item.kind}, its answer must be a {_ASKED[item.kind]}; got {item.call!r}."
    if item.difficulty not in (1, 2, 3) or item.points < 1:
        yield "its difficulty must be 1, 2 or 3, and its points at least 1."
    for one in item.mistakes:
        if one.id and one.id not in MISTAKES:
            yield f"{one.id!r} is not the id of a mistake."
        for old, _ in one.edits:
            if item.reference.count(old) != 1:
                yield f"{old!r} must stand in the reference exactly once ({one.says})."

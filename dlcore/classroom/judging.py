"""From an answer to a verdict: run it, compare it, and say the most specific thing that is true."""

import dataclasses
from collections.abc import Iterator, Sequence
from types import CodeType
from typing import Any

import numpy as np

from dlcore.classroom import cases as inputs
from dlcore.classroom.cases import Case
from dlcore.classroom.comparing import (
    BLANK,
    THREE_DIGITS,
    Odd,
    close,
    differing,
    equal,
    fitted,
    outputs,
)
from dlcore.classroom.diagnosis import (
    FACTOR_IDS,
    OFTEN,
    SIZES,
    Known,
    arrangement,
    explain,
    factor,
)
from dlcore.classroom.items import Item
from dlcore.classroom.mistakes import MISTAKES
from dlcore.classroom.running import Outcome, run
from dlcore.classroom.showing import (
    entries,
    expected,
    in_a_row,
    marks,
    other_shape,
    quoted,
    written,
)
from dlcore.classroom.verdict import Verdict

__all__ = ["judge"]


def judge(item: Item, answer: Any) -> Verdict:
    """The verdict on an answer: a function, or a value where the item asks for one.

    Raises KeyboardInterrupt if the user stops it, and nothing else.
    """
    return _Judgement(item, answer).verdict()


class _Judgement:
    """One answer to one item, and what is found about it on the way."""

    def __init__(self, item: Item, answer: Any) -> None:
        self.item, self.answer = item, answer
        self.left = item.seconds
        self.remarks: list[str] = []
        self.outcomes: list[Outcome] = []
        self.names: list[str] = list(item.outputs)
        self.settled: list[Case] = []  # the cases at which the answer is right

    def verdict(self) -> Verdict:
        """The first finding there is, from the most to the least serious."""
        return next(finding for finding in self._findings() if finding is not None)

    def _findings(self) -> Iterator[Verdict | None]:
        item = self.item
        yield self._unfit()
        ordinary = inputs.ordinary_cases(item)
        self.names = list(ordinary[0].names or item.outputs)
        # the first case comes twice: an answer must not depend on what was called before
        twice = [self._run(ordinary[0]), self._run(ordinary[0])]
        yield self._stopped(twice)
        yield self._odd([ordinary[0]] * 2, twice)
        yield self._unsteady(ordinary[0], *(outcome.value for outcome in twice))
        ran = [twice[0], *(self._run(case) for case in ordinary[1:])]
        yield self._stopped(ran)
        yield self._odd(ordinary, ran)
        mine = [outcome.value for outcome in ran]
        yield self._wrong(ordinary, mine, any(outcome.changed for outcome in ran))
        yield self._changed(ran)
        self.settled += ordinary
        yield from map(self._edge, inputs.edge_cases(item))
        yield self._correct(ordinary)

    def _unfit(self) -> Verdict | None:
        """A verdict on nothing, and on what is no function where one is asked."""
        item, value = self.item, self.answer
        if value is None or value is ...:
            return self._not_attempted()
        if item.takes_function and not callable(value):
            return self._say(
                "not a function",
                f"The answer to {item.id} is the function itself, `{item.call}`; this is "
                f"an object of type {type(value).__name__}. "
                f'Write `check("{item.id}", {item.name})`, without calling it.',
            )
        if item.kind == "bug hunt" and item.takes_function and _is_starter(item, value):
            return self._not_attempted("it is as it was given out: the bug is in it yet")
        self.call = item.called(value)
        return None

    # --- running ----------------------------------------------------------------------------

    def _run(self, case: Case) -> Outcome:
        outcome = run(
            self.call,
            case.args,
            max(self.left, 0.05),
            lambda value: outputs(value, case.names),
        )
        self.left -= outcome.seconds
        self.outcomes.append(outcome)
        return outcome

    # --- saying -----------------------------------------------------------------------------

    def _say(
        self,
        kind: str,
        message: str,
        ids: Sequence[str] = (),
        *,
        wrong: Sequence[int] | None = None,
        **details: Any,
    ) -> Verdict:
        passed = kind == "correct"
        item = self.item
        every = range(len(self.names))
        wrong = (() if passed else every) if wrong is None else wrong
        printed = next((one.printed for one in self.outcomes if one.printed), "")
        warned = list(dict.fromkeys(text for one in self.outcomes for text in one.warned))
        return Verdict(
            passed,
            item.points if passed else 0,
            list(dict.fromkeys(ids)),
            message,
            {
                "item": item.id,
                "title": item.title,
                "kind": kind,
                "right": [self.names[k] for k in every if k not in wrong],
                "wrong": [self.names[k] for k in wrong],
                "remarks": list(self.remarks),
                "printed": printed,
                "warned": warned,
                "link": item.link,
                **details,
            },
        )

    def _not_attempted(self, message: str = "it is not attempted yet") -> Verdict:
        return self._say("not attempted", f"{self.item.id}: {message}.")

    def _correct(self, cases: Sequence[Case]) -> Verdict:
        count, edges = len(cases), sum(not edge.gentle for edge in self.item.edges)
        on = f" on {count} inputs" if self.item.takes_function else ""
        besides = f" and {edges} at the edge" if edges else ""
        what = in_a_row(self.item.outputs) if self.item.takes_function else "the answer"
        verb = "are" if len(self.item.outputs) > 1 and self.item.takes_function else "is"
        return self._say("correct", f"Correct: {what} {verb} right{on}{besides}.")

    # --- what can be wrong ------------------------------------------------------------------

    def _stopped(self, ran: Sequence[Outcome]) -> Verdict | None:
        """A verdict on the first call that returned nothing."""
        for outcome in ran:
            if isinstance(outcome.error, NotImplementedError):
                return self._not_attempted()
            if not outcome.fine:
                return self._late() if outcome.late else self._raised(outcome)
        return None

    def _late(self) -> Verdict:
        return self._say(
            "too slow",
            f"{self.item.id} did not finish within {self.item.seconds:g} s and was stopped. "
            "Is there a loop that never ends?",
        )

    def _raised(self, outcome: Outcome, where: str = "") -> Verdict:
        said = outcome.said
        if isinstance(outcome.error, TypeError) and not outcome.line:
            said += f". It is called as `{self.item.call}`"
        at = f" It was at {quoted(outcome.line)}." if outcome.line else ""
        message = f"It raised {said}{where}.{at}"
        known = None if where else self._known_by_probes()
        if known:
            message += (
                "\nWith inputs whose sizes are all equal, so that the shapes fit, it runs, and "
                f"the numbers are telling. {known.says()}"
            )
        return self._say(
            "mistake" if known else "raised", message, known.ids if known else (), line=outcome.line
        )

    def _known_by_probes(self) -> Known | None:
        """The mistakes that account for the answer where every shape fits."""
        raised = inputs.ordinary_cases(self.item)[:1]
        probes = inputs.probe_cases(self.item)
        for at in range(0, len(probes), 2):
            pair = probes[at : at + 2]
            ran = [self._run(case) for case in pair]
            if not all(outcome.fine for outcome in ran) or self._odd(pair, ran) is not None:
                raised += pair[:1]
                continue
            mine = [outcome.value for outcome in ran]
            wrong = _wrong_outputs(pair, mine)
            known = explain(self.item, pair, mine, wrong, raised=raised) if wrong else None
            if known:
                return known
        return None

    def _odd(self, cases: Sequence[Case], ran: Sequence[Outcome]) -> Verdict | None:
        """A verdict on what is no array, or on another number of outputs."""
        for case, outcome in zip(cases, ran, strict=True):
            value = outcome.value
            if isinstance(value, Odd) or len(value) != len(case.right):
                if isinstance(value, Odd):
                    got = value.what
                else:
                    got = f"{len(value)} value{'s' * (len(value) != 1)}"
                names = case.names or self.item.outputs
                asked = f"{len(names)}, {in_a_row(names)}"
                if not self.item.takes_function:
                    return self._say(
                        "type", f"The answer is {got}; expected a dict with {in_a_row(names)}."
                    )
                if got == "None":
                    got += " (is the return missing?)"
                return self._say("type", f"It returned {got}; expected {asked}.")
            for k, my in enumerate(value):
                said = self._odd_output(case, k, my)
                if said:
                    return self._say("type", said)
        return None

    def _odd_output(self, case: Case, k: int, my: Any) -> str:
        """What is odd about output k; "" if it is an array of the kind that is asked."""
        right, choices = case.right[k], self.item.choices
        is_function = self.item.takes_function
        if my is BLANK and not is_function:
            return ""
        if not isinstance(my, Odd) and my.dtype.kind != right.dtype.kind:
            my = Odd("text" if my.dtype.kind == "U" else "a number")
        elif choices and not isinstance(my, Odd) and my.item() not in choices:
            my = Odd(f"'{my.item()[:40]}'")
        if not isinstance(my, Odd):
            return ""
        name = f"{self.names[k]} is" if is_function or case.names else "The answer is"
        missing = " (is the return missing?)" if my.what == "None" and is_function else ""
        asked = f"one of the letters {in_a_row(list(choices))}" if choices else expected(right)
        return f"{name} {my.what}{missing}; expected {asked}."

    def _unsteady(self, case: Case, first: list, second: list) -> Verdict | None:
        pairs = enumerate(zip(first, second, strict=True))
        moved = [k for k, pair in pairs if pair[0] is not BLANK and not _alike(*pair)]
        if not moved:
            return None
        added = [
            k
            for k in moved
            if first[k].shape == second[k].shape == case.right[k].shape
            and case.right[k].dtype.kind == "f"
            and close(second[k] - first[k], case.right[k]).all()
        ]
        names = in_a_row([self.names[k] for k in moved])
        if added:
            says = MISTAKES["not-zeroed"]
            message = f"Called again with the same input, {names} grew by the gradient: {says}."
            return self._say("mistake", message, ["not-zeroed"], wrong=moved)
        message = f"Called again with the same input, it gave another answer for {names}."
        return self._say("unsteady", f"{message} Something is kept, or random.", wrong=moved)

    def _changed(self, ran: Sequence[Outcome]) -> Verdict | None:
        changed = sorted({at for outcome in ran for at in outcome.changed})
        if not changed:
            return None
        arguments = self._arguments()
        names = in_a_row([arguments[at] for at in changed])
        return self._say(
            "changed input",
            f"The numbers are right, but {names} {'was' if len(changed) == 1 else 'were'} changed "
            "in place: whoever called finds other numbers than before. Work on a copy, or write "
            "`a = a - …` where you wrote `a -= …`.",
            ["mutates-input"],
            wrong=(),
        )

    def _arguments(self) -> list[str]:
        return [name.strip() for name in self.item.call.partition("(")[2].rstrip(")").split(",")]

    def _edge(self, case: Case) -> Verdict | None:
        edge, outcome = case.edge, self._run(case)
        if edge.refuses:
            if outcome.fine:
                self.remarks.append(f"it accepts {edge.says}, where an error would be better.")
            return None
        odd = self._odd([case], [outcome]) if outcome.fine else None
        wrong: list[int] = []
        if outcome.fine and odd is None:
            wrong = [
                k
                for k, right in enumerate(case.right)
                if not equal(outcome.value[k], right, case.tolerance)
            ]
            if not wrong:
                self.settled.append(case)
                return self._changed([outcome])
        forgiven = edge.forgives(outcome.value, case.right) if wrong else ""
        if forgiven:
            self.remarks.append(forgiven)
            return None
        if edge.gentle:
            means = f": {MISTAKES[edge.id]}" if edge.id else ""
            self.remarks.append(f"it is right as asked, but not with {edge.says}{means}.")
            return None
        if outcome.late:
            return self._late()
        if not outcome.fine:
            return self._raised(outcome, f", with {edge.says}; elsewhere it is right")
        return odd if odd is not None else self._wrong_at_edge(case, outcome, wrong)

    def _wrong_at_edge(self, case: Case, outcome: Outcome, wrong: list[int]) -> Verdict:
        values = [*(one.right for one in self.settled), outcome.value]
        known = explain(self.item, [*self.settled, case], values, wrong, pairs=False)
        finite = all(np.isfinite(outcome.value[k]).all() for k in wrong)
        names = in_a_row([self.names[k] for k in wrong])
        verb = "is" if len(wrong) == 1 else "are"
        says = f"With {case.edge.says}, {names} {verb} {'wrong' if finite else 'not finite'}; "
        ids = known.ids if known else [case.edge.id] if case.edge.id else []
        why = known.says() if known else f"Often {MISTAKES[ids[0]]}." if ids else ""
        return self._say(
            "edge" if finite else "not finite",
            f"{says}elsewhere the answer is right. {why}".strip(),
            ids,
            wrong=wrong,
            entries=entries(self.names, case, outcome.value, wrong),
        )

    # --- wrong numbers ----------------------------------------------------------------------

    def _wrong(self, cases: Sequence[Case], mine: list, changed: bool) -> Verdict | None:
        blank = [k for k, my in enumerate(mine[0]) if my is BLANK]
        wrong = [k for k in _wrong_outputs(cases, mine) if k not in blank]
        if not wrong:
            return self._unfinished(blank)
        # a value's entries are filled in one by one, so each has its own mistakes
        asked = [wrong] if self.item.takes_function else [[k] for k in wrong]
        found = (explain(self.item, cases, mine, some, changed=changed) for some in asked)
        accounts: dict[str, list[Known]] = {}
        for known in filter(None, found):
            accounts.setdefault(known.says(), []).append(known)
        also = ["mutates-input"] if changed else []
        lines, ids, kinds, explained = [], [], [], []
        for says, knowns in accounts.items():
            places = [k for known in knowns for k in known.outputs]
            every = len(places) == len(self.names)
            where = "" if every else f"In {in_a_row([self.names[k] for k in places])}: "
            lines.append(where + says.replace("This is what", "this is what") if where else says)
            ids += knowns[0].ids
            kinds.append("mistake")
            explained += places
        for k in wrong:
            if k not in explained:
                kind, said, named = self._output(cases, mine, k)
                lines.append(said)
                ids += named
                kinds.append(kind)
        lines += self._right_and_blank(wrong, blank)
        place = self._place(wrong, explained)
        if place:
            lines.append(place)
        if changed:
            lines.append("It also changes an argument in place.")
        kind = kinds[0] if len(set(kinds)) == 1 or accounts else "differs"
        if kind == "differs" and len(wrong) == 1 < len(self.names):
            kind = "one output"
        at = min(_first_wrong(cases, mine, k) for k in wrong)
        if not self.item.takes_function:
            details = {"entries": marks(self.names, cases[at], mine[at])}
        else:
            details = {"entries": entries(self.names, cases[at], mine[at], wrong)}
        if not accounts and kind in ("differs", "one output"):
            details["example"] = self._example()
        return self._say(kind, "\n".join(lines), ids + also, wrong=[*wrong, *blank], **details)

    def _unfinished(self, blank: Sequence[int]) -> Verdict | None:
        """A verdict on a value of which something is not filled in, and the rest is right."""
        if not blank:
            return None
        if len(blank) == len(self.names):
            return self._not_attempted()
        return self._say("unfinished", " ".join(self._right_and_blank((), blank)), wrong=blank)

    def _right_and_blank(self, wrong: Sequence[int], blank: Sequence[int]) -> Iterator[str]:
        """What is right so far, and what is not filled in yet, a sentence each."""
        off = {*wrong, *blank}
        right = [name for k, name in enumerate(self.names) if k not in off]
        for names, said in ((right, "right"), ([self.names[k] for k in blank], BLANK.what)):
            if names:
                yield f"{in_a_row(names)} {'is' if len(names) == 1 else 'are'} {said}."

    def _output(self, cases: Sequence[Case], mine: list, k: int) -> tuple[str, str, list[str]]:
        """What kind of wrong one output is, in a sentence, and the ids of what it often means."""
        at = _first_wrong(cases, mine, k)
        name, my, right = self.names[k], mine[at][k], cases[at].right[k]
        tolerance = cases[at].tolerance
        if not cases[at].names and not self.item.takes_function:
            name = "The answer"
        by = factor(cases, mine, [case.right for case in cases], k)
        if by:
            often = OFTEN if self.item.takes_function else {}
            means = "".join(f" ({text})" for key, text in often.items() if key == by)
            sizes = [f"{s} is {SIZES[s]}" for s in SIZES if s in by]
            note = f", where {sizes[0]}" if sizes else ""
            id = FACTOR_IDS.get(by, "")
            known = {one.id for one in self.item.mistakes}
            said = f"{name} is {by} times the right one{note}{means}."
            return "factor", said, [id] if id and id in known else []
        order = arrangement(my, right, tolerance)
        if order:
            says = f"{name} is {order} the right one"
            if not self.item.takes_function and my.shape == right.shape:
                says = f"{name} has the right entries in another order"
            ids = ["wrong-transpose"] if "transpose" in order else []
            return "arrangement", f"{says}{other_shape(my, right)}.", ids
        if fitted(my, right.shape) is None:
            shape = f"shape {my.shape}" if my.ndim else "one number"
            asked = f"{'' if my.ndim else 'shape '}{right.shape}" if right.ndim else "one number"
            return "shape", f"{name} has {shape}; expected {asked}.", []
        if my.dtype.kind == "f" and not np.isfinite(my).all():
            return "not finite", f"{name} holds nan or inf.", []
        count = len(differing(fitted(my, right.shape), right, tolerance))
        where = f" in {count} of {right.size} entries" if right.ndim else ""
        if self.item.takes_function:
            return "differs", f"{name} differs{where}.", []
        near = ""
        rounded = right.dtype.kind == "f" and tolerance == THREE_DIGITS
        if rounded and equal(my, right, 10 * THREE_DIGITS):
            near = " It is near: give three significant digits, and round at the end only."
        return "differs", f"{name} is not right{where}.{near}", []

    def _place(self, wrong: Sequence[int], explained: Sequence[int]) -> str:
        if len(explained) == len(wrong):
            return ""
        key = " ".join(self.names[k] for k in wrong)
        return (self.item.places or {}).get(key, "")

    def _example(self) -> str:
        """The smallest input that shows the difference, and both answers."""
        for case in inputs.small_cases(self.item):
            if len(case.args) != len(self._arguments()):
                return ""  # what is used makes its arguments from others
            outcome = self._run(case)
            if not outcome.fine or isinstance(outcome.value, Odd):
                continue
            if len(outcome.value) != len(case.right):
                continue
            for name, my, right in zip(self.names, outcome.value, case.right, strict=True):
                if not equal(my, right):
                    given = [
                        f"{argument} = {written(value)}"
                        for argument, value in zip(self._arguments(), case.args, strict=True)
                    ]
                    yours = my.what if isinstance(my, Odd) else written(my)
                    return "\n".join([*given, f"{name}: {yours}; right: {written(right)}"])
        return ""


def _is_starter(item: Item, answer: Any) -> bool:
    """Whether an answer is the starter's own code, comments and layout aside."""
    starter = dataclasses.replace(item, reference=item.starter, mistakes=()).answer()
    code = getattr(answer, "__code__", None)
    return code is not None and _same_code(code, starter.__code__)


def _same_code(one: Any, other: Any) -> bool:
    if not isinstance(one, CodeType) or not isinstance(other, CodeType):
        return type(one) is type(other) and one == other
    if (one.co_code, one.co_names) != (other.co_code, other.co_names):
        return False
    consts = one.co_consts, other.co_consts
    return len(consts[0]) == len(consts[1]) and all(map(_same_code, *consts))


# --- numbers --------------------------------------------------------------------------------


def _wrong_outputs(cases: Sequence[Case], mine: Sequence[list]) -> list[int]:
    """The outputs that are wrong in some case."""
    pairs = list(zip(cases, mine, strict=True))
    every = range(len(cases[0].right))
    return [
        k
        for k in every
        if not all(equal(my[k], case.right[k], case.tolerance) for case, my in pairs)
    ]


def _first_wrong(cases: Sequence[Case], mine: Sequence[list], k: int) -> int:
    """The first case in which output k is wrong."""
    return next(
        c for c, case in enumerate(cases) if not equal(mine[c][k], case.right[k], case.tolerance)
    )


def _alike(first: Any, second: Any) -> bool:
    return first.shape == second.shape and bool(close(first, second).all())

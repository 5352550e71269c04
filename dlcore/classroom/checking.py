"""What a learner calls: check an answer, ask for a hint, read the solution."""

from typing import Any

from dlcore import checks
from dlcore.classroom import finding, record
from dlcore.classroom.items import Item
from dlcore.classroom.judging import judge
from dlcore.classroom.showing import value_in_short
from dlcore.classroom.verdict import Page, Verdict

__all__ = ["check", "hint", "solution"]


def check(id: str, answer: Any) -> Verdict:
    """The verdict on an answer to exercise `id`: right, or what was done instead, and where.

    answer: the function that is asked for, or the value. Nothing an answer does is raised here.
    Raises ValueError, with the nearest id, if there is no such exercise.
    """
    item = finding.item(id)
    verdict = judge(item, answer)
    if verdict.details["kind"] != "not attempted":
        record.change(item.id, lambda entry: _note(entry, verdict))
    return verdict


def hint(id: str, level: int | None = None) -> Page:
    """A hint, from a nudge (level 1) to nearly the answer (level 3).

    Without a level it is the next one that you have not seen; after the third, the third again.
    Raises ValueError for an unknown id, and for a level that is not 1, 2 or 3.
    """
    item = finding.item(id)
    if level is not None:
        level = checks.integer("level", level, least=1, most=3)
    seen = record.read().get(item.id, {}).get("hints", 0)
    number = level or min(seen + 1, 3)
    record.change(item.id, lambda entry: entry.update(hints=max(entry["hints"], number)))
    return Page(f"**{item.id}, hint {number} of 3.** {item.hints[number - 1]}")


def solution(id: str) -> Page:
    """A solution with its explanation. Raises ValueError, with the nearest id, for an unknown id.

    Other ways of writing it are as right.
    """
    item = finding.item(id)
    record.change(item.id, lambda entry: entry.update(solution=True))
    return Page(
        f"**{item.id} · {item.title}**\n\n{_shown(item)}\n\n"
        f"{item.explanation}\n\nThe section: {item.link}"
    )


def _shown(item: Item) -> str:
    """A right answer, as it is shown: code, or the value and how it is come by."""
    code = f"```python\n{item.reference.strip()}\n```"
    if item.takes_function:
        return code
    value = item.answer()
    if item.choices:
        return f"The answer is **{value}**: {item.choices[value]}"
    return f"The answer: `{item.name} = {value_in_short(value)}`\n\n{code}"


def _note(entry: dict[str, Any], verdict: Verdict) -> None:
    entry["attempts"] += 1
    entry["passed"] |= verdict.passed
    entry["points"] = max(entry["points"], verdict.points)
    for id in verdict.misconceptions:
        entry["mistakes"][id] = entry["mistakes"].get(id, 0) + 1

"""How far a learner is, drawn, and what is worth reading again.

A row for each notebook, a tile for each exercise: ✓ passed, ◐ passed with the solution read, ✗
tried, · not tried yet. It shows itself as a table in a notebook and as plain text elsewhere.
"""

import html
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dlcore.classroom import finding, record
from dlcore.classroom.items import Item
from dlcore.classroom.mistakes import MISTAKES
from dlcore.classroom.verdict import BAD, GOOD, OPEN

__all__ = ["Progress", "progress"]

MOST = 5  # sections, and mistakes, that are named
MANY = 4  # attempts after which an exercise was not easy

Record = Mapping[str, Mapping[str, Any]]

MEANING = {"✓": "passed", "◐": "passed, solution read", "✗": "tried", "·": "not tried yet"}
COLOURS = {"✓": GOOD, "◐": OPEN, "✗": BAD, "·": "#888888"}


def progress() -> "Progress":
    """How far you are: a drawing of all exercises, and what is worth reading again."""
    return Progress(list(finding.items().values()), record.read())


@dataclass(frozen=True, repr=False)
class Progress:
    """The exercises, and the learner's record of them."""

    items: Sequence[Item]
    record: Record

    @property
    def points(self) -> tuple[int, int]:
        """Points got, and points there are."""
        return _points(self.items, self.record)

    @property
    def again(self) -> list[tuple[Item, str]]:
        """What is worth reading again, the most worth it first: an exercise, and why."""
        weighed = []
        for item in self.items:
            weight, why = _worth(self.record.get(item.id))
            if weight:
                weighed.append((weight, item, why))
        weighed.sort(key=lambda one: -one[0])  # a stable sort: the book's order among equals
        once = {item.link: (item, why) for _, item, why in reversed(weighed)}
        return [once[item.link] for _, item, _ in weighed if once[item.link][0] is item][:MOST]

    @property
    def mistakes(self) -> list[tuple[str, int]]:
        """The mistakes that were recognised most often, in words, with how often."""
        count: Counter[str] = Counter()
        for entry in self.record.values():
            count.update(entry["mistakes"])
        return [(MISTAKES.get(id, id), number) for id, number in count.most_common(MOST)]

    @property
    def following(self) -> Item | None:
        """The first exercise that is not passed, after the last one that was tried."""
        tried = [at for at, item in enumerate(self.items) if _sign(self.record, item) != "·"]
        after = max(tried, default=-1) + 1
        ahead = [*self.items[after:], *self.items[:after]]
        return next((item for item in ahead if _sign(self.record, item) not in "✓◐"), None)

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        rows = [
            f"{name:<4} {''.join(_sign(self.record, item) for item in items):<12}"
            f"{'{:>3} of {} points'.format(*_points(items, self.record))}"
            for name, items in _by_notebook(self.items).items()
        ]
        lines = [self._heading, "", *rows, "", self._key]
        for title, said in self._lists:
            lines += ["", title, *(f"- {text}" for text, _ in said)]
        if self.following:
            lines += ["", f"Next: {self.following.id} {self.following.title}"]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row' style='text-align:left;padding:.1em .8em .1em 0'>{name}</th>"
            f"<td style='text-align:left;white-space:normal'>{self._tiles(items)}</td>"
            f"<td style='text-align:left'>{_bar(*_points(items, self.record))}</td></tr>"
            for name, items in _by_notebook(self.items).items()
        )
        parts = [
            f"<p><b>{html.escape(self._heading)}</b></p>",
            "<table style='color:inherit;border-collapse:collapse;margin:.4em 0'>"
            f"<tbody>{rows}</tbody></table>",
            f"<p>{html.escape(self._key)}</p>",
        ]
        for title, said in self._lists:
            entries = "".join(f"<li>{_linked(text, link)}</li>" for text, link in said)
            parts.append(f"<p style='margin-bottom:0'>{title}</p><ul>{entries}</ul>")
        if self.following:
            item = self.following
            parts.append(f"<p>Next: {_linked(f'{item.id} {item.title}', item.link)}</p>")
        return f"<div style='max-width:50em'>{''.join(parts)}</div>"

    @property
    def _heading(self) -> str:
        passed = sum(_sign(self.record, item) in "✓◐" for item in self.items)
        got, there = self.points
        return f"{passed} of {len(self.items)} exercises passed, {got} of {there} points."

    @property
    def _key(self) -> str:
        return "   ".join(f"{sign} {meaning}" for sign, meaning in MEANING.items())

    @property
    def _lists(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The lists under the drawing: a title, and texts each with a link or none."""
        again = [(f"{item.id} {item.title}: {why}", item.link) for item, why in self.again]
        often = [(f"{says} (×{number})", "") for says, number in self.mistakes]
        both = [("Worth reading again:", again), ("Recognised most often:", often)]
        return [(title, said) for title, said in both if said]

    def _tiles(self, items: Sequence[Item]) -> str:
        tiles = []
        for item in items:
            sign = _sign(self.record, item)
            says = html.escape(f"{item.id} {item.title}: {MEANING[sign]}", quote=True)
            tiles.append(
                f"<span role='img' title='{says}' aria-label='{says}' style='display:inline-block;"
                f"width:1.5em;text-align:center;margin:.1em;border:.12em solid {COLOURS[sign]};"
                f"background:{COLOURS[sign]}33'>{sign}</span>"
            )
        return "".join(tiles)


def _by_notebook(items: Sequence[Item]) -> dict[str, list[Item]]:
    rows: dict[str, list[Item]] = {}
    for item in items:
        rows.setdefault(item.id.partition(".")[0], []).append(item)
    return rows


def _sign(noted: Record, item: Item) -> str:
    entry = noted.get(item.id)
    if entry is None or not (entry["attempts"] or entry["solution"] or entry["passed"]):
        return "·"
    if entry["passed"]:
        return "◐" if entry["solution"] else "✓"
    return "✗"


def _points(items: Sequence[Item], noted: Record) -> tuple[int, int]:
    got = sum(item.points for item in items if noted.get(item.id, {}).get("passed"))
    return got, sum(item.points for item in items)


def _worth(entry: Mapping[str, Any] | None) -> tuple[int, str]:
    """How much a section is worth reading again (0: not at all), and why."""
    if entry is None or not entry["attempts"] + entry["solution"]:
        return 0, ""
    again = sum(count - 1 for count in entry["mistakes"].values())
    if not entry["passed"] and entry["attempts"]:
        return 300 + entry["attempts"], f"not passed after {_times(entry['attempts'])}"
    if entry["solution"]:
        return 200, "the solution was read"
    if again:
        return 100 + again, "the same mistake more than once"
    if entry["attempts"] > MANY:
        return 50 + entry["attempts"], f"passed after {_times(entry['attempts'])}"
    return 0, ""


def _times(attempts: int) -> str:
    return f"{attempts} attempt{'s' * (attempts != 1)}"


def _bar(got: int, there: int) -> str:
    share = 100 * got / there if there else 0
    return (
        "<span style='display:inline-block;width:6em;height:.6em;border:.08em solid #888888;"
        "margin:0 .6em' aria-hidden='true'><span style='display:block;height:100%;"
        f"width:{share:.0f}%;background:{GOOD}'></span></span>{got} of {there} points"
    )


def _linked(text: str, link: str) -> str:
    said = html.escape(text)
    return f"<a style='color:inherit' href='../{html.escape(link)}'>{said}</a>" if link else said

"""A verdict: whether an answer is right, and if not, what was done and where.

It shows itself as a box in a notebook and as plain text everywhere else. The box takes its text
colours from the page around it, so it reads as well on a dark page as on a light one; sign and
words carry the meaning, the colour only repeats it.
"""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Page", "Verdict", "table"]

GOOD, BAD, OPEN = "#009E73", "#D55E00", "#56B4E9"  # Okabe and Ito's


class Page(str):
    """A text in Markdown that a notebook shows as such, and that prints as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        return str(self)


@dataclass(frozen=True, repr=False)
class Verdict:
    """What `check` found.

    passed: whether the answer is right. points: those it earns. misconceptions: ids of the known
    mistakes that were recognised. message: the finding in words. details: item, title, kind (one
    word for the sort of verdict), right and wrong (names of outputs), entries (the places that
    differ most: output, place, yours, right; of a value, all its places: output, place, yours,
    mark), line (the learner's own, where an error arose),
    example (a smallest input that differs), remarks, printed, warned, link.
    """

    passed: bool
    points: int
    misconceptions: list[str]
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        lines = [f"{self._sign} {self._heading}", self.message]
        if self.details.get("entries"):
            lines.append(table(self._heads, self._rows))
        if self.details.get("example"):
            lines.append(f"The smallest example that differs:\n{self.details['example']}")
        lines += self._asides
        if not self.passed and self.details.get("link"):
            lines.append(f"Read again: {self.details['link']}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        colour = {"✓": GOOD, "✗": BAD, "○": OPEN}[self._sign]
        parts = [f"<b>{_shown(f'{self._sign} {self._heading}')}</b>"]
        parts += [f"<p style='margin:.4em 0'>{_shown(line)}</p>" for line in self._paragraphs]
        if self.details.get("entries"):
            parts.append(_html_table(self._heads, self._rows))
        if self.details.get("example"):
            parts.append(
                "<p style='margin:.4em 0'>The smallest example that differs:</p>"
                f"<pre style='margin:.4em 0'>{html.escape(self.details['example'])}</pre>"
            )
        parts += [f"<p style='margin:.4em 0'>{_shown(aside)}</p>" for aside in self._asides]
        if not self.passed and self.details.get("link"):
            link = html.escape(f"../{self.details['link']}")
            link = f"<a style='color:inherit' href='{link}'>Read again in the book</a>"
            parts.append(f"<p style='margin:.4em 0'>{link}</p>")
        return (
            f"<div role='status' style='border-left:.4em solid {colour};padding:.4em .8em;"
            f"margin:.4em 0;background:{colour}1a;max-width:50em'>{''.join(parts)}</div>"
        )

    @property
    def _sign(self) -> str:
        if self.passed:
            return "✓"
        return "○" if self.details.get("kind") in ("not attempted", "unfinished") else "✗"

    @property
    def _heading(self) -> str:
        named = " · ".join(
            str(self.details[key]) for key in ("item", "title") if key in self.details
        )
        points = f" · {self.points} point{'s' * (self.points != 1)}" if self.passed else ""
        return named + points

    @property
    def _paragraphs(self) -> list[str]:
        return [line for line in self.message.split("\n") if line]

    @property
    def _rows(self) -> list[tuple[str, str, str]]:
        return [
            (
                f"{entry['output']}{_place(entry['place'])}",
                entry["yours"],
                entry.get("right", entry.get("mark", "")),
            )
            for entry in self.details["entries"]
        ]

    @property
    def _heads(self) -> tuple[str, str, str]:
        return ("entry", "yours", "right" if "right" in self.details["entries"][0] else "")

    @property
    def _asides(self) -> list[str]:
        aside = [f"Remark: {remark}" for remark in self.details.get("remarks", ())]
        if not self.passed:
            aside += [f"NumPy warned: {warning}" for warning in self.details.get("warned", ())]
        if self.details.get("printed"):
            printed = self.details["printed"].rstrip()
            aside.append(f"It printed: {printed if len(printed) <= 300 else printed[:300] + ' …'}")
        return aside


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows of text under heads, in columns: the first to the left, the others to the right."""
    whole = [tuple(heads), *map(tuple, rows)]
    widths = [max(len(row[at]) for row in whole) for at in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in whole
    )


def _html_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cell = "style='text-align:right;padding:.1em .8em'"
    top = "".join(f"<th scope='col' {cell}>{html.escape(head)}</th>" for head in heads)
    body = "".join(
        f"<tr><th scope='row' {cell}><code>{html.escape(row[0])}</code></th>"
        + "".join(f"<td {cell}>{html.escape(one)}</td>" for one in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        "<table style='color:inherit;border-collapse:collapse;margin:.4em 0'>"
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    )


def _place(place: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, place))}]" if place else ""


def _shown(text: str) -> str:
    """Text as HTML: `code` and *stress* as such."""
    parts = re.split("`([^`]+)`", html.escape(text))
    parts[::2] = [
        re.sub(r"(?<![\w*])\*(\S|\S[^*]*\S)\*(?![\w*])", r"<em>\1</em>", part)
        for part in parts[::2]
    ]
    parts[1::2] = [f"<code>{part}</code>" for part in parts[1::2]]
    return "".join(parts).replace("\n", "<br>")

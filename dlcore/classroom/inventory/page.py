"""The questions as one piece of HTML that scores itself, with a kernel or without.

It needs no server: a few lines of JavaScript count what is right and keep the choices in the
reader's own browser. Where no script runs (GitHub shows notebooks so), the questions can be read,
and each key opens with a click.
"""

import html
import random
import re
from collections.abc import Sequence
from importlib.resources import files

from dlcore.classroom.inventory.questions import QUESTIONS, Question

__all__ = ["Inventory", "inventory"]


class Inventory:
    """The concept inventory as a notebook displays it."""

    def __init__(self, after: bool = False) -> None:
        self.after = after

    def __repr__(self) -> str:
        return f"Concept inventory: {len(QUESTIONS)} questions, each with an answer and a reason."

    def _repr_html_(self) -> str:
        asked = "\n".join(_question(i, q) for i, q in enumerate(QUESTIONS, 1))
        script = files(__package__).joinpath("score.js").read_text(encoding="utf-8")
        sitting = "after" if self.after else "before"
        return (
            f'<form class="dlcore-inventory" data-sitting="{sitting}" style="max-width:44em">\n'
            f"{asked}\n"
            '<p><button type="button">Score my answers</button> '
            '<output role="status" aria-live="polite"></output></p>\n'
            f"</form>\n<script>{script}</script>"
        )


def inventory(after: bool = False) -> None:
    """Display the 25 questions; with after=True the score is set beside that of the first time."""
    from IPython.display import display

    display(Inventory(after))


def _question(number: int, question: Question) -> str:
    right, reason = question.key
    key = f"{question.answers[right]} {question.reasons[reason]}"
    return (
        f'<fieldset data-key="{right} {reason}" style="margin:1em 0;padding:.4em 1em">'
        f"<legend><b>{number}</b></legend><p>{_shown(question.stem)}</p>"
        f"{_choices(number, 'answer', question.answers)}"
        f'<p style="margin:.6em 0 .2em">because</p>{_choices(number, "reason", question.reasons)}'
        f'<p class="verdict" role="status"></p>'
        f"<details><summary>The key</summary><p>{html.escape(key)} "
        f'<a href="{html.escape(question.heals)}">Where the book shows it</a></p></details>'
        "</fieldset>"
    )


def _choices(number: int, part: str, choices: Sequence[str]) -> str:
    order = list(range(len(choices)))
    random.Random(f"{part}{number}").shuffle(order)  # the same for everybody, and no pattern in it
    return "".join(
        f'<label style="display:block;padding:.15em 0"><input type="radio" name="{part}{number}" '
        f'value="{i}"> {_shown(choices[i])}</label>'
        for i in order
    )


def _shown(text: str) -> str:
    return re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(text))

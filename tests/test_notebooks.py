"""Promises about the form of every notebook: short, described, clean, in order, in plain words.

That a notebook's outputs are what its code prints is nbval's part of the test run.
"""

from functools import cache
from pathlib import Path

import pytest

from tests.book import CHAPTERS, NAMES, notebooks
from tests.notebook_form import rules_for
from tests.refresh import COVER, cover_of, is_clean, read

BOOK = notebooks(CHAPTERS)
CASES = [(path, rule) for path in BOOK for rule in rules_for(path)]


def name(value):
    """A short name for a test's case: chapters/03a_forward, or the rule's own name."""
    if isinstance(value, Path):
        return f"{value.parent.name}/{value.stem}"
    return value.__name__


@cache
def stored(path):
    return read(path)


def test_there_are_notebooks_to_test():
    assert BOOK, f"no notebooks in {CHAPTERS}: every other test here would pass without looking"


def test_the_contents_name_every_notebook_once():
    assert len(NAMES) == len(set(NAMES)) == 31


@pytest.mark.parametrize(("path", "rule"), CASES, ids=name)
def test_a_notebook_keeps_to_the_form(path, rule):
    assert list(rule(stored(path), path)) == []


@pytest.mark.parametrize("path", BOOK, ids=name)
def test_a_notebook_is_stored_clean(path):
    assert is_clean(path), f"store it with: python -m tests.refresh {path.stem}"


def test_the_picture_in_the_readme_is_the_one_in_the_book():
    covers = [cover for path in BOOK if (cover := cover_of(stored(path))) is not None]
    assert covers == [(CHAPTERS / COVER).read_bytes()]

"""What the classroom's tests share: a room of their own, so that no record is left in the book."""

import pytest

from tests.book import EXERCISES


@pytest.fixture(autouse=True)
def room(tmp_path, monkeypatch):
    """An empty working folder, and the book's exercises."""
    monkeypatch.setenv("DLCORE_EXERCISES", str(EXERCISES))
    monkeypatch.chdir(tmp_path)
    return tmp_path

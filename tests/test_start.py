"""Promises about the first cell a reader runs: it says in plain words what the set-up lacks."""

from importlib import metadata
from types import SimpleNamespace

import pytest

from tests.book import CHAPTERS
from tests.refresh import read

(SELF_TEST, *_) = (
    c.source for c in read(CHAPTERS / "00_start.ipynb").cells if c.cell_type == "code"
)


def says(monkeypatch, capsys, installed, python="3.11.9 (main)"):
    """What the cell prints where these packages, {name: version}, are installed."""
    found = [SimpleNamespace(metadata={"Name": n}, version=v) for n, v in installed.items()]
    monkeypatch.setattr(metadata, "distributions", lambda: found)
    monkeypatch.setattr("sys.version", python)
    monkeypatch.chdir(CHAPTERS)
    exec(compile(SELF_TEST, "the first cell", "exec"), {})
    return capsys.readouterr().out.strip()


@pytest.fixture
def complete():
    return {d.metadata["Name"]: d.version for d in metadata.distributions()}


def test_it_needs_nothing_but_python_itself():
    imported = {
        line.split()[1].split(".")[0]
        for line in SELF_TEST.splitlines()
        if line.startswith(("import", "from"))
    }
    assert imported <= {"re,", "re", "sys", "importlib"}


def test_a_complete_set_up_is_called_complete(monkeypatch, capsys, complete):
    assert says(monkeypatch, capsys, complete) == "Everything is here."


def test_a_newer_package_is_fine(monkeypatch, capsys, complete):
    assert says(monkeypatch, capsys, complete | {"numpy": "99.0"}) == "Everything is here."


def test_a_missing_package_is_named_with_the_command_that_mends_it(monkeypatch, capsys, complete):
    del complete["mlxtend"]
    said = says(monkeypatch, capsys, complete)
    assert "mlxtend" in said and "none" in said and "pip install -r requirements.txt" in said


def test_an_old_package_is_named_with_both_versions(monkeypatch, capsys, complete):
    said = says(monkeypatch, capsys, complete | {"numpy": "1.26.4"})
    assert "numpy" in said and "1.26.4" in said and complete["numpy"] in said


def test_an_old_python_is_named(monkeypatch, capsys, complete):
    said = says(monkeypatch, capsys, complete, python="3.9.18 (main)")
    assert "python" in said and "3.11" in said and "3.9.18" in said


def test_the_library_itself_may_be_missing(monkeypatch, capsys, complete):
    del complete["dlcore"]
    assert "dlcore" in says(monkeypatch, capsys, complete)

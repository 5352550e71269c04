"""Promises about sources: one bibliography, and every text names a source as it has it.

Where a test fails, its message says what to write. How a source is added: CONTRIBUTING.md.
"""

import re

import nbformat
import pytest
from pybtex.database import PybtexError, parse_string

from tests.bibliography import (
    BIBLIOGRAPHY,
    citations,
    cited,
    cited_in_module,
    cited_in_notebook,
    entries,
    field,
    listed,
    listed_in_notebook,
    missing_lines,
    parts,
    place,
    wrong_citations,
    wrong_lines,
)
from tests.book import ROOT, notebooks
from tests.refresh import read

SOURCES = entries()
BOOK = notebooks()
MODULES = sorted((ROOT / "dlcore").rglob("*.py"))
EACH = pytest.mark.parametrize("key", SOURCES)
EACH_NOTEBOOK = pytest.mark.parametrize("path", BOOK, ids=lambda path: path.stem)


# The bibliography


@EACH
def test_a_source_says_who_what_when_and_where(key):
    entry = SOURCES[key]
    assert entry.persons["author"]
    assert field(entry, "title")
    assert re.fullmatch(r"(?:1[6-9]|20)\d\d", field(entry, "year"))
    assert place(entry) or field(entry, "eprint")


@EACH
def test_a_source_says_in_one_sentence_what_it_is_good_for(key):
    note = field(SOURCES[key], "note")
    assert re.fullmatch(r"[A-Z].+[^.]\.", note), f"{key}: note = {{One sentence.}}"
    assert 5 <= len(note.split()) <= 30
    assert ". " not in note


@EACH
def test_an_identifier_is_well_formed(key):
    fields = SOURCES[key].fields
    assert re.fullmatch(r"10\.\d{4,9}/[^\s{}]*[^\s{}.,;]", fields.get("doi", "10.1000/none"))
    number = fields.get("eprint", "0701.0001")
    assert re.fullmatch(r"\d\d(?:0[1-9]|1[0-2])\.\d{4,5}", number)
    assert ("eprint" in fields) == (fields.get("archiveprefix") == "arXiv")


def test_no_two_sources_are_cited_alike_or_share_an_identifier():
    for names in (
        [cited(entry) for entry in SOURCES.values()],
        [entry.fields["doi"].lower() for entry in SOURCES.values() if "doi" in entry.fields],
        [entry.fields["eprint"] for entry in SOURCES.values() if "eprint" in entry.fields],
    ):
        assert sorted(names) == sorted(set(names))


def test_the_sources_stand_in_the_order_of_their_keys():
    assert list(SOURCES) == sorted(SOURCES)


def test_the_bibliography_leads_to_no_address_that_may_die():
    assert re.findall(r"https?:|www\.|\burl\b", BIBLIOGRAPHY.read_text(encoding="utf-8")) == []


def test_every_source_is_used():
    listing = set().union(*(listed_in_notebook(read(path), SOURCES) for path in BOOK))
    citing = set().union(*map(cited_in_module, MODULES))
    idle = [key for key, one in SOURCES.items() if key not in listing and cited(one) not in citing]
    assert idle == [], "no notebook lists and no module cites these: take them out"


# The notebooks


def nothing_wrong(sentences):
    """Fail with all the sentences, whole."""
    found = list(sentences)
    assert not found, "\n" + "\n".join(found)


@EACH_NOTEBOOK
def test_every_reference_is_written_as_the_bibliography_has_it(path):
    nothing_wrong(wrong_lines(read(path), SOURCES))


@EACH_NOTEBOOK
def test_every_citation_is_one_of_the_bibliography(path):
    nothing_wrong(wrong_citations(cited_in_notebook(read(path)), SOURCES))


@EACH_NOTEBOOK
def test_every_source_that_a_notebook_cites_is_in_its_references(path):
    nothing_wrong(missing_lines(read(path), SOURCES))


@EACH_NOTEBOOK
def test_references_are_a_list_of_sources_each_once(path):
    lines = [line for line in parts(read(path))[1].split("\n") if line.strip()]
    assert lines, "under '## References' stands no source"
    assert [line for line in lines if not line.startswith("- ")] == [], "write '- ' before each"
    assert len(lines) == len(set(lines))


@EACH_NOTEBOOK
def test_references_lead_to_no_address_that_may_die(path):
    addresses = re.findall(r"(?:https?:|www\.)[^\s)>]*", parts(read(path))[1])
    assert [one for one in addresses if not re.match(r"https://(?:doi|arxiv)\.org/", one)] == []


# The library


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_module_cites_is_in_the_bibliography(path):
    nothing_wrong(wrong_citations(cited_in_module(path), SOURCES))


# The checks see what they should

SMALL = """
@article{a, author = {Ng, Ada B. and van der Berg, Bo}, title = {On {X}: a study}, year = 2001,
  journal = {Mind}, volume = 4, doi = {10.1000/ab}}
@book{b, author = {Abe, A. and Ito, B. and Oda, C.}, title = {Y}, year = 1999,
  publisher = {Wiley}, edition = {2nd}}
@misc{c, author = {Ek, A. and Eng, B. and Al, C. and Od, D.}, title = {Z}, year = 2017,
  eprint = {1701.00001}, archiveprefix = {arXiv}}
@misc{d, author = {Ek, A. and others}, title = {Tool}, year = 2020, howpublished = {software}}
@phdthesis{e, author = {Ure, A.}, title = {T}, school = {Lund University}, year = 1980}
"""


@pytest.fixture
def few():
    return dict(parse_string(SMALL, "bibtex").entries)


def test_how_a_source_is_written(few):
    assert {key: cited(entry) for key, entry in few.items()} == {
        "a": "Ng & van der Berg 2001",
        "b": "Abe, Ito & Oda 1999",
        "c": "Ek et al. 2017",
        "d": "Ek et al. 2020",
        "e": "Ure 1980",
    }
    assert {key: listed(entry) for key, entry in few.items()} == {
        "a": "Ng, A., & van der Berg, B. (2001). On X. *Mind* 4. doi:10.1000/ab",
        "b": "Abe, A., Ito, B., & Oda, C. (1999). *Y*, 2nd ed., Wiley",
        "c": "Ek, A., et al. (2017). Z. arXiv:1701.00001",
        "d": "Ek, A., et al. (2020). *Tool*, software",
        "e": "Ure, A. (1980). *T*, PhD thesis, Lund University",
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It is so (Abe, Ito\n& Oda 1999, section 2).", {"Abe, Ito & Oda 1999"}),
        ("Ng & van der Berg (2001, §3) show it.", {"Ng & van der Berg 2001"}),
        ("(see Ek et al. 2017; Ure 1980)", {"Ek et al. 2017", "Ure 1980"}),
        ("Ito and Oda (1999)", {"Ito and Oda 1999"}),
        ("Ure, 1980", {"Ure, 1980"}),
        ("In 1986 it was known; in the 1960s not. the 1990s: Early 1990s. X (1797, 64)", set()),
    ],
)
def test_a_citation_is_seen(text, found):
    assert citations(text) == found


def small_notebook(text, references):
    markdown = map(nbformat.v4.new_markdown_cell, [text, f"## References\n\n{references}"])
    return nbformat.v4.new_notebook(cells=[*markdown])


def test_a_wrong_line_or_citation_is_told_what_to_write(few):
    right = "Abe, A., Ito, B., & Oda, C. (1999). *Y*, 2nd ed., Wiley"
    wrong = small_notebook("(Abe et al. 1999; Who 1950)", "- Abe, A. (1999). *Y*.\n- Who (1950).")
    assert [*wrong_lines(wrong, few)] == [
        f"'Abe, A. (1999). *Y*.': write {right!r}",
        "'Who (1950).': add this source to chapters/references.bib",
    ]
    assert [*wrong_citations(cited_in_notebook(wrong), few)] == [
        "'Abe et al. 1999' is no citation of the bibliography: write 'Abe, Ito & Oda 1999'",
        "'Who 1950' is no citation of the bibliography: add this source to chapters/references.bib",
    ]
    assert [*missing_lines(small_notebook("(Abe, Ito & Oda 1999)", "- "), few)] == [
        f"'Abe, Ito & Oda 1999' is cited; add under References: '- {right}'"
    ]
    good = small_notebook("(Abe, Ito & Oda 1999)", f"- {right}, §2 (why).")
    assert [*wrong_lines(good, few), *missing_lines(good, few)] == []
    for ending in ("c", ".", ", §2"):
        stuck = small_notebook("", f"- {listed(few['a'])}{ending}")
        assert [*wrong_lines(stuck, few)] != [], "a DOI is followed by a space"


@pytest.mark.parametrize("text", ["@book{a, title = {X}", SMALL + "@book{a, title = {again}}"])
def test_what_is_not_bibtex_is_refused(text):
    with pytest.raises(PybtexError):
        parse_string(text, "bibtex")

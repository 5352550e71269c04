"""The book's sources: what chapters/references.bib holds, and how texts name them.

A source is named in running text by `cited` and listed under References by `listed`; both are made
from its entry, so that it is written alike everywhere. `python -m tests.bibliography NAME` prints
them for the sources by NAME.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

from nbformat import NotebookNode
from pybtex.database import Entry, Person, parse_file

from tests.book import CHAPTERS
from tests.notebook_form import cells, prose

BIBLIOGRAPHY = CHAPTERS / "references.bib"
MOST_NAMED = 3  # a source of more authors is named after the first, et al.


def entries() -> dict[str, Entry]:
    """The sources by their keys; a PybtexError tells where the file is not BibTeX."""
    return dict(parse_file(BIBLIOGRAPHY, "bibtex").entries)


# How a source is written


def field(entry: Entry, name: str) -> str:
    """A field without the braces that keep capitals; empty if there is none."""
    return re.sub(r"[{}]", "", entry.fields.get(name, ""))


def surname(person: Person) -> str:
    return " ".join([*person.prelast_names, *person.last_names])


def joined(names: list[str], comma: str) -> str:
    """One, two or three names in a row, or the first of more."""
    if len(names) > MOST_NAMED or names[-1] == "others":
        return f"{names[0]}{comma} et al."
    return f"{comma} & ".join([", ".join(names[:-1]), names[-1]]) if names[1:] else names[0]


def cited(entry: Entry) -> str:
    """The source in running text: Rumelhart, Hinton & Williams 1986."""
    names = [surname(person) for person in entry.persons["author"]]
    return f"{joined(names, '')} {field(entry, 'year')}"


def with_initial(person: Person) -> str:
    given = person.first_names
    return f"{surname(person)}, {given[0][0]}." if given else surname(person)


def place(entry: Entry) -> str:
    """Where the source appeared, with its volume."""
    fields = ("journal", "booktitle", "publisher", "school", "institution", "howpublished")
    name = next(filter(None, (field(entry, one) for one in fields)), "")
    if entry.type in ("article", "inproceedings"):
        return f"*{name}* {field(entry, 'volume')}".strip()
    kind = {"phdthesis": "PhD thesis, ", "mastersthesis": "Master's thesis, "}.get(entry.type, "")
    return kind + name


def identifier(entry: Entry) -> str:
    """The DOI, or else the number in arXiv, or else nothing."""
    if doi := field(entry, "doi"):
        return f"doi:{doi}"
    return f"arXiv:{eprint}" if (eprint := field(entry, "eprint")) else ""


def listed(entry: Entry) -> str:
    """The beginning of the source's line under References; section and use may follow it.

    Of a title, what stands before a colon; of the given names, the first initial.
    """
    authors = joined([with_initial(person) for person in entry.persons["author"]], ",")
    title, where = field(entry, "title").split(": ")[0], place(entry)
    if entry.type in ("article", "inproceedings") or not where:
        text = " ".join(filter(None, [title if title.endswith("?") else f"{title}.", where]))
    else:
        edition = f"{field(entry, 'edition')} ed., " if field(entry, "edition") else ""
        text = f"*{title}*, {edition}{where}"
    number = identifier(entry)
    end = f"{'' if text.endswith('.') else '.'} {number}" if number else ""
    return f"{authors} ({field(entry, 'year')}). {text}{end}"


# How texts name sources

NAME = r"(?:(?:van|von|de|der) )*[A-ZÀ-ÖØ-ÞŁŠŽ][\w’'-]+"
CITATION = re.compile(
    rf"(?<![\w-])(?:{NAME},? et al\.?|{NAME}(?:, {NAME})*,? (?:&|and) {NAME}|{NAME}),? "
    r"(?:\((?=\d))?(?:1[6-9]|20)\d\d\b"
)
NOT_NAMES = {"In", "Since", "By", "Until", "Before", "After", "From", "Around", "Between", "To"}


def citations(text: str) -> set[str]:
    """Everything in a text that looks like `Name year`, `Name & Name year`, `Name et al. (year`."""
    found = (match[0].replace("(", "") for match in CITATION.finditer(" ".join(text.split())))
    return {one for one in found if one.split()[0] not in NOT_NAMES}


def comments(code: str) -> str:
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return "\n".join(token.string for token in tokens if token.type == tokenize.COMMENT)


def docstrings(code: str) -> str:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = (node for node in ast.walk(ast.parse(code)) if isinstance(node, kinds))
    return "\n\n".join(filter(None, map(ast.get_docstring, nodes)))


def cited_in_module(path: Path) -> set[str]:
    """What a module's docstrings and comments cite."""
    code = path.read_text(encoding="utf-8")
    return citations(docstrings(code)) | citations(comments(code))


def parts(notebook: NotebookNode) -> tuple[str, str]:
    """A notebook's Markdown before its References, and its References."""
    text = "\n\n".join(cell.source for _, cell in cells(notebook, "markdown"))
    before, *after = re.split(
        r"^(?:## +|\*\*)References\b.*$", text, maxsplit=1, flags=re.MULTILINE
    )
    return before, "".join(after)


def cited_in_notebook(notebook: NotebookNode) -> set[str]:
    """What a notebook's prose and comments cite, outside its References."""
    code = (citations(comments(cell.source)) for _, cell in cells(notebook, "code"))
    return citations(prose(parts(notebook)[0])).union(*code)


def lines_of_references(notebook: NotebookNode) -> list[str]:
    """The lines under References, without the bullet."""
    lines = parts(notebook)[1].split("\n")
    return [line.removeprefix("- ").strip() for line in lines if line.strip()]


def is_line_of(entry: Entry, line: str) -> bool:
    """Whether a line under References begins as the source is listed, with a space after a DOI."""
    head = listed(entry)
    end = r"$| " if identifier(entry) else r"$|[ ,.]"
    return line.startswith(head) and re.match(end, line[len(head) :]) is not None


def listed_in_notebook(notebook: NotebookNode, sources: dict[str, Entry]) -> set[str]:
    """The keys of the sources that are listed, as they are to be written."""
    lines = lines_of_references(notebook)
    return {key for key, entry in sources.items() if any(is_line_of(entry, line) for line in lines)}


# What is wrong, and what to write


def likely(text: str, sources: dict[str, Entry]) -> list[Entry]:
    """The sources whose first author and year a text names."""
    said = set(re.findall(r"\w+", text))
    found = []
    for entry in sources.values():
        first = surname(entry.persons["author"][0])
        if said.issuperset(re.findall(r"\w+", f"{first} {field(entry, 'year')}")):
            found.append(entry)
    return found


def advice(text: str, sources: dict[str, Entry], write: Callable[[Entry], str]) -> str:
    """What to write in place of a text that names no source as it should."""
    if close := likely(text, sources):
        return "write " + " or ".join(repr(write(entry)) for entry in close)
    return f"add this source to chapters/{BIBLIOGRAPHY.name}"


def wrong_citations(found: set[str], sources: dict[str, Entry]) -> Iterator[str]:
    """A sentence for each citation that names no source, or not as it should."""
    known = {cited(entry) for entry in sources.values()}
    for citation in sorted(found - known):
        yield f"{citation!r} is no citation of the bibliography: {advice(citation, sources, cited)}"


def wrong_lines(notebook: NotebookNode, sources: dict[str, Entry]) -> Iterator[str]:
    """A sentence for each line under References that is not as the source's entry has it."""
    for line in lines_of_references(notebook):
        if not any(is_line_of(entry, line) for entry in sources.values()):
            yield f"{line[:60]!r}: {advice(line, sources, listed)}"


def missing_lines(notebook: NotebookNode, sources: dict[str, Entry]) -> Iterator[str]:
    """A sentence for each source that a notebook cites and does not list."""
    present = listed_in_notebook(notebook, sources)
    found = cited_in_notebook(notebook)
    for key, entry in sources.items():
        if cited(entry) in found and key not in present:
            yield f"{cited(entry)!r} is cited; add under References: '- {listed(entry)}'"


if __name__ == "__main__":
    wanted = " ".join(sys.argv[1:]).lower()
    for one in entries().values():
        if wanted in listed(one).lower():
            print(f"({cited(one)})\n- {listed(one)} ({one.fields['note']})\n")

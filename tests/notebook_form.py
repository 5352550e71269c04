"""The form of a notebook, rule by rule: `problems(notebook, path)` says what is wrong in words.

A rule is a function of a notebook and its path that yields one sentence for each problem. The
limits are the book's design. Cells are counted from 1, as a reader counts them.
"""

import ast
import html
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from nbformat import NotebookNode

from tests.book import NAMES
from tests.refresh import WIDGET, read, to_bytes

FEWEST_CELLS, MOST_CELLS = 25, 45
MOST_WORDS = 110
MOST_LINES = 12
WORDS_PER_FIGURE = 400
FEWEST_ALT, MOST_ALT = 8, 60
MOST_BYTES = 1_000_000
MOST_UNCOMPARED = 0.25
IGNORED = "nbval-ignore-output"
QUOTED = "quoted-number"

SECTIONS = (
    "What you will be able to do",
    "What you need first",
    "Try to break it",
    "Exercises",
    "What people get wrong here",
    "Summary card",
    "References",
)

Problems = Iterator[str]
Rule = Callable[[NotebookNode, Path], Problems]


# Reading a notebook


def cells(notebook: NotebookNode, kind: str) -> list[tuple[int, NotebookNode]]:
    """The cells of one kind, 'code' or 'markdown', with their numbers."""
    return [(n, cell) for n, cell in enumerate(notebook.cells, 1) if cell.cell_type == kind]


def tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def outputs(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode, NotebookNode]]:
    """Every output with its cell and the cell's number."""
    for number, cell in cells(notebook, "code"):
        for output in cell.outputs:
            yield number, cell, output


def texts(output: NotebookNode) -> str:
    """All that an output says in letters; pictures left out."""
    parts = [output.get("text", ""), *output.get("traceback", [])]
    for mime, content in output.get("data", {}).items():
        if not mime.startswith(("image/", "application/vnd.")):
            parts.append(content if isinstance(content, str) else str(content))
    return "\n".join(parts)


def figure_count(notebook: NotebookNode) -> int:
    return sum("image/png" in output.get("data", {}) for _, _, output in outputs(notebook))


def without_code(markdown: str) -> str:
    """Markdown without comments and blocks of code."""
    markdown = re.sub(r"<!--.*?-->", " ", markdown, flags=re.DOTALL)
    return re.sub(r"^(```|~~~).*?^\1[^\n]*$", " ", markdown, flags=re.DOTALL | re.MULTILINE)


def without_addresses(markdown: str) -> str:
    """Markdown with the text of its links but not where they lead."""
    markdown = re.sub(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)", r"\1", markdown)
    return re.sub(r"<?\bhttps?://[^\s>]+>?|\b(?:doi|arXiv):\s*\S+", " ", markdown, flags=re.I)


def prose(markdown: str) -> str:
    """What is read aloud: no code blocks, tags or addresses; a formula is one word."""
    text = without_addresses(without_code(markdown))
    text = re.sub(r"\$\$.+?\$\$", " formula ", text, flags=re.DOTALL)
    text = re.sub(r"(?<!\\)\$[^$\n]+?\$", " formula ", text)
    text = re.sub(r"`([^`\n]+)`", lambda code: " " + code[1].replace(" ", "") + " ", text)
    return html.unescape(re.sub(r"</?[a-zA-Z][^>]*>", " ", text))


def word_count(markdown: str) -> int:
    """Words of prose; what holds no letter and no digit (a bullet, a table's rule) is none."""
    return sum(bool(re.search(r"\w", word)) for word in re.split(r"[\s|]+", prose(markdown)))


def unquoted(markdown: str) -> str:
    """The book's own words: prose without code, quotations and quoted blocks."""
    text = prose(re.sub(r"`[^`\n]+`", " code ", without_code(markdown)))
    text = re.sub(r"^\s*>.*$", " ", text, flags=re.MULTILINE)
    return re.sub(r"\"[^\"]*\"|“[^”]*”", " quotation ", text)


def headings(notebook: NotebookNode) -> list[str]:
    """The headings as they are shown."""
    lines = (
        line
        for _, cell in cells(notebook, "markdown")
        for line in without_code(cell.source).split("\n")
    )
    found = (re.match(r"#{1,6}\s+(.*?)\s*#*$", line) for line in lines)
    marks = r"[*`]|(?<!\w)_|_(?!\w)"  # the _ of x_train is none
    return [re.sub(marks, "", without_addresses(match[1])) for match in found if match]


# Size and order


def number_of_cells(notebook: NotebookNode, path: Path) -> Problems:
    count = len(notebook.cells)
    if not FEWEST_CELLS <= count <= MOST_CELLS:
        yield f"{count} cells; a notebook has {FEWEST_CELLS} to {MOST_CELLS}."


def length_of_prose(notebook: NotebookNode, path: Path) -> Problems:
    for number, cell in cells(notebook, "markdown"):
        words = word_count(cell.source)
        if words > MOST_WORDS:
            yield f"cell {number} has {words} words of prose; at most {MOST_WORDS}."


def length_of_code(notebook: NotebookNode, path: Path) -> Problems:
    for number, cell in cells(notebook, "code"):
        lines = sum(bool(line.strip()) for line in cell.source.split("\n"))
        if lines > MOST_LINES:
            yield f"cell {number} has {lines} lines of code; at most {MOST_LINES}."


def enough_figures(notebook: NotebookNode, path: Path) -> Problems:
    words = sum(word_count(cell.source) for _, cell in cells(notebook, "markdown"))
    figures = figure_count(notebook)
    if words > WORDS_PER_FIGURE * figures:
        yield f"{figures} figures for {words} words; at least one for {WORDS_PER_FIGURE}."


def size_of_file(notebook: NotebookNode, path: Path) -> Problems:
    size = len(to_bytes(notebook))
    if size >= MOST_BYTES:
        yield f"the file has {size / 1e6:.2f} MB; it must stay under {MOST_BYTES / 1e6:g} MB."


def name_of_file(notebook: NotebookNode, path: Path) -> Problems:
    if path.stem not in NAMES:
        yield f"{path.stem!r} is not in the table of contents (tests/book.py)."


def title(notebook: NotebookNode, path: Path) -> Problems:
    first = notebook.cells[0] if notebook.cells else None
    if not first or first.cell_type != "markdown" or not first.source.startswith("# "):
        yield "the first cell is not a title (`# ...`)."


def sections(notebook: NotebookNode, path: Path) -> Problems:
    """The parts of every numbered chapter, as headings or as boxes that open in bold."""
    if not path.stem[:1].isdigit() or path.stem == "00_start":
        return
    text = "\n".join(without_code(cell.source) for _, cell in cells(notebook, "markdown"))
    for name in SECTIONS:
        if not re.search(rf"^(?:#{{2,6}} +|>? ?\*\*){re.escape(name)}\b", text, re.MULTILINE):
            yield f"no heading or box {name!r}."
    if "**Predict**" not in text:
        yield "no **Predict** box."


# Outputs


def run_in_order(notebook: NotebookNode, path: Path) -> Problems:
    for place, (number, cell) in enumerate(cells(notebook, "code"), 1):
        if cell.execution_count != place:
            yield f"cell {number} shows [{cell.execution_count}] where [{place}] is due."


def no_errors(notebook: NotebookNode, path: Path) -> Problems:
    for number, _, output in outputs(notebook):
        if output.output_type == "error":
            yield f"cell {number} ends in {output.ename}: {output.evalue}"


def no_warnings(notebook: NotebookNode, path: Path) -> Problems:
    for number, cell, output in outputs(notebook):
        if output.get("name") == "stderr" and IGNORED not in tags(cell):
            yield f"cell {number} writes to stderr: {output.text.strip()[:80]!r}."


def described_figures(notebook: NotebookNode, path: Path) -> Problems:
    """Every picture has alt text and, right below it, the same words as a caption."""
    for number, cell in cells(notebook, "code"):
        for output, below in zip(cell.outputs, [*cell.outputs, None][1:], strict=True):
            if "image/png" not in output.get("data", {}):
                continue
            alt = output.metadata.get("image/png", {}).get("alt", "")
            words = len(alt.split())
            if not FEWEST_ALT <= words <= MOST_ALT:
                yield f"cell {number}: alt text of {words} words; {FEWEST_ALT} to {MOST_ALT}."
            elif below is None or alt not in html.unescape(texts(below)):
                yield f"cell {number}: the alt text is not shown as a caption below the figure."


def still_pictures(notebook: NotebookNode, path: Path) -> Problems:
    for number, _, output in outputs(notebook):
        data = output.get("data", {})
        if WIDGET in data and "image/png" not in data:
            yield f"cell {number}: a widget without a still picture shows nothing on a page."


# Code


def plain_python(notebook: NotebookNode, path: Path) -> Problems:
    """No magics, no shell commands: what runs in a notebook runs in a file."""
    for number, cell in cells(notebook, "code"):
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            line = (error.text or "").strip()
            yield f"cell {number} is not plain Python (a magic or `!`?): {line!r}."
        if "get_ipython" in cell.source:
            yield f"cell {number} calls get_ipython."


def figures_through_dlcore(notebook: NotebookNode, path: Path) -> Problems:
    for number, cell in cells(notebook, "code"):
        if found := re.search(r"\bpyplot\b|\bplt\.\w+|\bpylab\b", cell.source):
            yield f"cell {number} uses {found[0]}; figures go through dlcore.figures."


SEEDLESS = (
    r"\b(?:np|numpy)\.random\.(?!default_rng|Generator\b|SeedSequence\b|PCG64)\w+",
    r"\bfrom numpy\.random import (?!default_rng\b|Generator\b)\w+",
    r"(?<![\w.])random\.(?!Random\b|default_rng\b)[a-z]\w*\(",
    r"\bdefault_rng\(\s*(?:None\s*)?\)",
    r"(?<![\w.])Random\(\s*\)|\brandom\.Random\(\s*\)",
)


def explicit_seeds(notebook: NotebookNode, path: Path) -> Problems:
    for number, cell in cells(notebook, "code"):
        for pattern in SEEDLESS:
            if found := re.search(pattern, cell.source):
                yield f"cell {number}: {found[0]} hides its seed; use default_rng(seed)."


MACHINE_PATH = re.compile(
    r"(?<![\w.:/])/(?:home|Users|tmp|work|root)(?:/|\b)|\b[A-Z]:\\+\w|\bsite-packages\b"
)


def no_machine_paths(notebook: NotebookNode, path: Path) -> Problems:
    for number, cell in enumerate(notebook.cells, 1):
        said = [cell.source, *(texts(output) for output in cell.get("outputs", []))]
        if found := MACHINE_PATH.search("\n".join(said)):
            yield f"cell {number} holds a path of one machine: {found[0]!r}."


def no_control_characters(notebook: NotebookNode, path: Path) -> Problems:
    """None but the end of a line: `\\f` and `\\t` in careless Python eat the head of a formula."""
    for number, cell in enumerate(notebook.cells, 1):
        if found := re.search(r"[^\n -\x7e\x80-\U0010ffff].{0,8}", cell.source):
            yield f"cell {number} holds a control character: {found[0]!r}."


# What nbval compares


def shows_a_bar(call: ast.Call) -> bool:
    """Whether a call is a fit of dlcore.nn (it has epochs) that draws a progress bar."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if "epochs" not in given:
        return False
    verbose = given.get("verbose", ast.Constant("auto"))
    return not (isinstance(verbose, ast.Constant) and verbose.value in (0, 2))


def is_live(node: ast.AST, live: set[str]) -> bool:
    """Whether a node calls one of the functions named in `live`, or a fit with a bar."""
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    return name in live or (name == "fit" and shows_a_bar(node))


def runs_live(tree: ast.AST, live: set[str]) -> bool:
    """Whether code shows what no test can compare (sliders, a bar) whenever it is run.

    What stands in a function is not run here; a function that shows such things joins `live`.
    What stands under an `if` may be switched off.
    """
    found = is_live(tree, live)
    for node in ast.iter_child_nodes(tree):
        inside = runs_live(node, live)
        if isinstance(node, ast.FunctionDef):
            if inside:
                live.add(node.name)
        elif not isinstance(node, ast.If):
            found |= inside
    return found


def compared_outputs(notebook: NotebookNode, path: Path) -> Problems:
    """Cells with sliders or bars are left out of the comparison; all others are in it."""
    live = {"explore", "tqdm", "trange", "ProgressBar", "LivePlot"}
    code, ignored = cells(notebook, "code"), 0
    for number, cell in code:
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:
            continue  # plain_python says so
        has_tag = IGNORED in tags(cell)
        ignored += has_tag
        if runs_live(tree, live) and not has_tag:
            yield f"cell {number} has sliders or a progress bar but no tag {IGNORED!r}."
        if has_tag and not any(is_live(node, live) for node in ast.walk(tree)):
            yield f"cell {number} has the tag {IGNORED!r} but nothing that cannot be compared."
        others = {tag for tag in tags(cell) if tag.startswith(("nbval", "raises"))} - {IGNORED}
        if others or re.search(r"#\s*(?:NBVAL_|PYTEST_VALIDATE)", cell.source):
            yield f"cell {number} hides from the comparison by another tag or a comment."
    if ignored > MOST_UNCOMPARED * len(code):
        yield f"{ignored} of {len(code)} code cells are not compared; at most a quarter may."


# Words


def plain_words(notebook: NotebookNode, path: Path) -> Problems:
    for number, cell in cells(notebook, "markdown"):
        text = unquoted(cell.source)
        for found in re.finditer(r"\b(?:simply|just|obviously)\b", text, re.IGNORECASE):
            yield f"cell {number} says {found[0]!r}."
        if found := re.search(r"\S*\w[)*_]*!(?=[\s)*_]|$)", text):
            yield f"cell {number} exclaims: {found[0]!r}."


NUMBER = re.compile(r"(?<![\w.])\d[\d,]*\.\d+(?:[eE][+-]?\d+)?(?![\w.]*\d)")


def numbers(text: str) -> set[Decimal]:
    """The numbers with a decimal point in a text, without signs."""
    return {Decimal(found.replace(",", "")) for found in NUMBER.findall(text)}


def comes_from(number: Decimal, known: set[Decimal]) -> bool:
    """Whether a number is one of the known ones, rounded or cut to as many digits."""
    unit = Decimal(1).scaleb(number.as_tuple().exponent)
    return any(abs(value - number) < unit and fits(value, number, unit) for value in known)


def fits(value: Decimal, number: Decimal, unit: Decimal) -> bool:
    return abs(value - number) <= unit / 2 or value // unit * unit == number


def no_typed_numbers(notebook: NotebookNode, path: Path) -> Problems:
    """A number with three decimals or more stands in a cell's source or output above."""
    known: set[Decimal] = set()
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code":
            said = [cell.source, *(texts(output) for output in cell.outputs)]
            known |= numbers("\n".join(said))
        elif cell.cell_type == "markdown" and QUOTED not in tags(cell):
            for value in sorted(numbers(without_addresses(without_code(cell.source)))):
                if value.as_tuple().exponent <= -3 and not comes_from(value, known):
                    yield f"cell {number}: {value} is in no cell above; numbers are not typed."


# Links


@cache
def anchors_of(path: Path) -> frozenset[str]:
    """The anchors of a file's headings: Jupyter's for a notebook, GitHub's for Markdown."""
    if path.suffix == ".ipynb":
        return anchors(read(path))
    lines = re.findall(r"^#{1,6}\s+(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines)


def anchors(notebook: NotebookNode) -> frozenset[str]:
    return frozenset(heading.replace(" ", "-") for heading in headings(notebook))


def link_problem(target: str, notebook: NotebookNode, path: Path) -> str | None:
    """What is wrong with where a link leads."""
    if re.match(r"https://|doi:|mailto:", target):
        return None
    if re.match(r"[a-zA-Z][a-zA-Z+.-]*:", target) or target.startswith("/"):
        return "is neither https, doi nor a relative path"
    file, _, anchor = unquote(target).partition("#")
    to = (path.parent / file).resolve() if file else path
    if file and not to.exists():
        return "leads to no file"
    if anchor and (not file or to.suffix in (".ipynb", ".md")):
        known = anchors_of(to) if file else anchors(notebook)
        if anchor not in known:
            return "leads to no heading"
    return None


LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)|\b(?:href|src)=[\"']([^\"']+)")


def links(notebook: NotebookNode, path: Path) -> Problems:
    for number, cell in cells(notebook, "markdown"):
        text = re.sub(r"`[^`\n]+`|\$[^$\n]+\$", " ", without_code(cell.source))
        for target in (one or other for one, other in LINK.findall(text)):
            if problem := link_problem(target, notebook, path):
                yield f"cell {number}: the link {target!r} {problem}."
        if found := re.search(r"\bhttp://[^\s)>]+", text):
            yield f"cell {number}: {found[0]} is not https."


EVERY_NOTEBOOK: tuple[Rule, ...] = (
    length_of_prose,
    length_of_code,
    size_of_file,
    name_of_file,
    title,
    no_errors,
    no_warnings,
    described_figures,
    still_pictures,
    plain_python,
    figures_through_dlcore,
    explicit_seeds,
    no_machine_paths,
    plain_words,
    no_control_characters,
    links,
)
CHAPTER: tuple[Rule, ...] = (
    *EVERY_NOTEBOOK,
    number_of_cells,
    enough_figures,
    sections,
    run_in_order,
    compared_outputs,
    no_typed_numbers,
)


def rules_for(path: Path) -> tuple[Rule, ...]:
    """All rules for a chapter; for a learner's notebook those that need no run."""
    return EVERY_NOTEBOOK if path.parent.name == "exercises" else CHAPTER


def problems(notebook: NotebookNode, path: Path) -> list[str]:
    """Every problem of a notebook, as `rule: sentence`."""
    return [f"{rule.__name__}: {say}" for rule in rules_for(path) for say in rule(notebook, path)]

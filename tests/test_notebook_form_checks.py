"""Every rule of notebook_form fails when it should: each is shown a notebook that breaks it.

A good notebook stands at the start; each case spoils one thing and names the rule that must
say so, and no other rule may.
"""

import copy

import pytest
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests import notebook_form
from tests.book import CHAPTERS, EXERCISES
from tests.notebook_form import IGNORED, QUOTED, SECTIONS, WIDGET, problems, word_count
from tests.refresh import clean

PATH = CHAPTERS / "03c_backward.ipynb"
ALT = "A falling curve: the loss becomes smaller & smaller, then stays where it is."
PNG = "iVBORw0KGgo="


def prints(text, source="print(x)", **options):
    output = new_output("stream", name=options.pop("stream", "stdout"), text=text)
    return new_code_cell(source, outputs=[output], **options)


def figure(alt=ALT, caption=ALT, data=None):
    """A cell that shows a picture as dlcore.figures.show does."""
    png = {"image/png": PNG, "text/plain": f"Figure: {alt}", **(data or {})}
    escaped = caption.replace("&", "&amp;")
    html = {"text/html": f"<p><em>{escaped}</em></p>", "text/plain": caption}
    shown = new_output("display_data", png, metadata={"image/png": {"alt": alt}})
    return new_code_cell(
        "figures.show(fig, alt=ALT)", outputs=[shown, new_output("display_data", html)]
    )


def slider(**changed):
    cell = figure(**changed)
    cell.source = "figures.explore(draw, alt=ALT, rate=(0.0, 1.0))"
    cell.metadata["tags"] = [IGNORED]
    return cell


def good() -> NotebookNode:
    """A notebook of 25 cells that keeps every rule."""
    cells = [new_markdown_cell("# 3c · Backward")]
    cells += [new_markdown_cell(f"## {name}\n\nA few words.\n") for name in SECTIONS]
    cells += [new_markdown_cell("**Predict** what comes out."), figure(), slider()]
    cells += [prints("0.291027924\n"), prints("E = 0.298\n"), prints("2.13e-07\n")]
    cells += [new_markdown_cell("The error is $0.291028$, see [above](#Summary-card).")]
    cells += [prints(f"{n}\n") for n in range(25 - len(cells))]
    return clean(new_notebook(cells=cells))


def test_the_good_notebook_has_no_problems():
    assert problems(good(), PATH) == []


# How to spoil it: each function changes the good notebook in place.


def add_prose(text, tags=()):
    def spoil(notebook):
        notebook.cells[1].source += "\n" + text
        notebook.cells[1].metadata["tags"] = list(tags)

    return spoil


def add_late_prose(text, tags=()):
    def spoil(notebook):
        notebook.cells[14].source += "\n" + text
        notebook.cells[14].metadata["tags"] = list(tags)

    return spoil


def set_code(source, tags=()):
    def spoil(notebook):
        notebook.cells[-1].source = source
        notebook.cells[-1].metadata["tags"] = list(tags)

    return spoil


def set_output(text, **options):
    def spoil(notebook):
        output = prints(text, **options).outputs
        notebook.cells[-1].outputs = output

    return spoil


def put(cell, place=-1):
    def spoil(notebook):
        notebook.cells[place] = from_dict(copy.deepcopy(cell))
        clean(notebook)

    return spoil


def drop_section(name):
    def spoil(notebook):
        for cell in notebook.cells:
            cell.source = cell.source.replace(name, "Something else")
        notebook.cells[14].source = "Nothing."  # it has a link to a section

    return spoil


def drop(place):
    def spoil(notebook):
        del notebook.cells[place]
        clean(notebook)

    return spoil


def too_many_cells(notebook):
    notebook.cells += [new_markdown_cell("More.") for _ in range(21)]


def wordy_cells(notebook):
    for cell in notebook.cells[1:9]:
        cell.source += "\n" + "word " * 100


def out_of_order(notebook):
    notebook.cells[-1].execution_count = 3


def not_run(notebook):
    notebook.cells[-1].execution_count = None


def an_error(notebook):
    notebook.cells[-1].outputs = [new_output("error", ename="ValueError", evalue="no")]


def large(notebook):
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    cell.outputs[0].data["image/png"] = "A" * 1_000_000


def no_caption(notebook):
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    del cell.outputs[1]


def widget_alone(notebook):
    cell = next(cell for cell in notebook.cells if IGNORED in cell.metadata.get("tags", []))
    data = {WIDGET: {"model_id": "1"}, "text/plain": "VBox()"}
    cell.outputs = [new_output("display_data", data)]


def many_ignored(notebook):
    for cell in notebook.cells[-6:]:
        cell.source, cell.metadata = slider().source, slider().metadata


def a_bar_in_a_function(notebook):
    notebook.cells[-2].source = "def train(m):\n    m.fit(x, y, epochs=3)"
    notebook.cells[-1].source = "train(model)"


BAD = {
    "24 cells": ("number_of_cells", drop(-1)),
    "46 cells": ("number_of_cells", too_many_cells),
    "a long text": ("length_of_prose", add_prose("word " * 110)),
    "a long table": ("length_of_prose", add_prose("| a | b |\n|---|---|\n" + "| c | d |\n" * 60)),
    "13 lines of code": ("length_of_code", set_code("x = 1\n\n" * 13)),
    "13 lines of comments": ("length_of_code", set_code("# why\n" * 13)),
    "few figures": ("enough_figures", wordy_cells),
    "no title": ("title", put(new_markdown_cell("## Backward"), 0)),
    "code for a title": ("title", put(prints("1\n"), 0)),
    "no predict box": ("sections", put(new_markdown_cell("Predict."), 8)),
    **{f"no {name}": ("sections", drop_section(name)) for name in SECTIONS},
    "cells out of order": ("run_in_order", out_of_order),
    "a cell not run": ("run_in_order", not_run),
    "an error": ("no_errors", an_error),
    "a warning": ("no_warnings", set_output("careful\n", stream="stderr")),
    "short alt text": ("described_figures", put(figure("A loss curve.", "A loss curve."))),
    "long alt text": ("described_figures", put(figure("word " * 61, "word " * 61))),
    "no alt text": ("described_figures", put(figure(""))),
    "another caption": ("described_figures", put(figure(caption="A curve of something else."))),
    "no caption": ("described_figures", no_caption),
    "a widget without a picture": ("still_pictures", widget_alone),
    "a large file": ("size_of_file", large),
    "a magic": ("plain_python", set_code("%matplotlib inline")),
    "a cell magic": ("plain_python", set_code("%%time\nx = 1")),
    "pip": ("plain_python", set_code("!pip install torch")),
    "get_ipython": ("plain_python", set_code("get_ipython().run_line_magic('time', 'x')")),
    "pyplot": ("figures_through_dlcore", set_code("import matplotlib.pyplot as p")),
    "plt.show": ("figures_through_dlcore", set_code("plt.show()")),
    "a global seed": ("explicit_seeds", set_code("np.random.seed(0)")),
    "a global draw": ("explicit_seeds", set_code("x = np.random.rand(3)")),
    "an imported draw": ("explicit_seeds", set_code("from numpy.random import randn")),
    "no seed": ("explicit_seeds", set_code("rng = np.random.default_rng()")),
    "the standard library's": ("explicit_seeds", set_code("x = random.random()")),
    "a home in the source": ("no_machine_paths", set_code("open('/home/me/x.npz')")),
    "a home in the output": ("no_machine_paths", set_output("/Users/me/x.npz\n")),
    "a packages folder": ("no_machine_paths", set_output("lib/site-packages/numpy\n")),
    "a Windows path": ("no_machine_paths", set_output("C:\\data\\x.npz\n")),
    "a temporary folder in prose": ("no_machine_paths", add_prose("See /tmp/x.")),
    "a fraction that lost its head": ("no_control_characters", add_prose("$\frac12$")),
    "a product that lost its head": ("no_control_characters", add_prose("$2\times3$")),
    "sliders without a tag": ("compared_outputs", set_code("explore(draw, alt=ALT)")),
    "a bar without a tag": ("compared_outputs", set_code("for i in tqdm(range(3)): pass")),
    "a fit with a bar": ("compared_outputs", set_code("model.fit(x, y, epochs=3)")),
    "a fit with verbose=1": ("compared_outputs", set_code("m.fit(x, y, epochs=3, verbose=1)")),
    "a bar in a function": ("compared_outputs", a_bar_in_a_function),
    "a tag without need": ("compared_outputs", set_code("print(0.5)", [IGNORED])),
    "a quiet fit with a tag": (
        "compared_outputs",
        set_code("m.fit(x, y, epochs=3, verbose=0)", [IGNORED]),
    ),
    "too many tags": ("compared_outputs", many_ignored),
    "a skipped cell": ("compared_outputs", set_code("print(0.5)", ["nbval-skip"])),
    "a comment that hides": ("compared_outputs", set_code("# NBVAL_IGNORE_OUTPUT\nprint(1)")),
    "just": ("plain_words", add_prose("It is just a product.")),
    "Simply": ("plain_words", add_prose("Simply multiply.")),
    "obviously": ("plain_words", add_prose("This is *obviously* so.")),
    "an exclamation": ("plain_words", add_prose("It works! Look.")),
    "a bold exclamation": ("plain_words", add_prose("**It works!**")),
    "a number of no cell": ("no_typed_numbers", add_late_prose("It was 0.123 before.")),
    "a number rounded wrongly": ("no_typed_numbers", add_late_prose("It is 0.292.")),
    "a number from further down": ("no_typed_numbers", add_prose("It will be 0.291027924.")),
    "a number in a formula": ("no_typed_numbers", add_late_prose("So $E = 0.1235$.")),
    "a link to no file": ("links", add_prose("[so](no_such.ipynb)")),
    "a link to no heading": ("links", add_prose("[so](#No-such-heading)")),
    "a plain http link": ("links", add_prose("[so](http://example.org/)")),
    "a bare http address": ("links", add_prose("See http://example.org/ for it.")),
    "an absolute link": ("links", add_prose("[so](/03a_forward.ipynb)")),
    "a file link": ("links", add_prose("[so](file:///x.ipynb)")),
}


@pytest.mark.parametrize(("rule", "spoil"), BAD.values(), ids=BAD.keys())
def test_a_broken_rule_is_reported_by_its_own_name(rule, spoil):
    notebook = good()
    spoil(notebook)
    found = problems(notebook, PATH)
    assert found, "no rule has seen it"
    assert {problem.split(":")[0] for problem in found} == {rule}


def test_a_name_outside_the_contents_is_reported():
    found = problems(good(), CHAPTERS / "03x_forwards.ipynb")
    assert [problem.split(":")[0] for problem in found] == ["name_of_file"]


def test_every_rule_has_a_notebook_that_breaks_it():
    shown = {rule for rule, _ in BAD.values()} | {"name_of_file"}
    assert shown == {rule.__name__ for rule in notebook_form.CHAPTER}


ALLOWED = {
    "a word in a quotation": add_prose('They say "it is just a product!" and go on.'),
    "a word within a word": add_prose("We adjust the rate, justly."),
    "a factorial in code and formula": add_prose("So `x != y` and $n! = 6$."),
    "a picture's mark": add_prose("Not equal: ≠. See [code](../dlcore/steps.py)!=."),
    "words in a code block": add_prose(
        "```python\nprint('just do it!')\n" + "x = 1\n" * 120 + "```"
    ),
    "words in a comment": add_prose("<!-- " + "word " * 120 + "-->"),
    "a long formula": add_prose("$$" + r"a + b \\ " * 120 + "$$ and $" + "a + " * 120 + "b$"),
    "an https link": add_prose(
        "[so](https://example.org/a#b) and <https://doi.org/10.1038/3.5678>"
    ),
    "a doi and an arXiv number": add_prose("doi:10.1038/323533.1234, arXiv:1412.6980."),
    "a link into a notebook's own section": add_prose("[so](#What-you-need-first)"),
    "a number rounded": add_late_prose("About 0.2910 or 0.29103, from 0.298."),
    "a number cut off": add_late_prose("It begins 0.29102…"),
    "a number in scientific notation": add_late_prose("About 2.130e-07."),
    "two decimals": add_prose("A rate of 0.01 or 0.25."),
    "a version": add_prose("Python 3.11.7 or NumPy 2.4.6."),
    "a quoted number, tagged": add_late_prose("The article prints 0.123456.", [QUOTED]),
    "a seed": set_code("rng = np.random.default_rng(0)\nx = rng.random(3)"),
    "a stated Random": set_code("r = random.Random(0)"),
    "a quiet fit": set_code("m.fit(x, y, epochs=3, verbose=0)"),
    "another library's fit": set_code("LogisticRegression().fit(x, y)"),
    "a fit that is switched off": set_code("if FULL:\n    m.fit(x, y, epochs=3)"),
    "sliders that are defined only": set_code("def f():\n    explore(draw)"),
    "a warning beside a slider": lambda notebook: put(
        prints("careful\n", "explore(draw)", stream="stderr", metadata={"tags": [IGNORED]})
    )(notebook),
    "a remainder": set_code("x = (7\n     % 3)"),
    "a path in an address": set_output("https://example.org/home/x\n"),
    "References as a box": lambda notebook: (
        drop_section("## References")(notebook)
        or add_prose("**References.** Nielsen (2015).")(notebook)
    ),
}


@pytest.mark.parametrize("change", ALLOWED.values(), ids=ALLOWED.keys())
def test_what_is_allowed_is_not_reported(change):
    notebook = good()
    change(notebook)
    assert problems(notebook, PATH) == []


def test_the_learners_notebook_need_not_be_run_but_keeps_the_other_rules():
    notebook = good()
    not_run(notebook)
    add_prose("It is just so.")(notebook)
    found = problems(notebook, EXERCISES / PATH.name)
    assert [problem.split(":")[0] for problem in found] == ["plain_words"]


@pytest.mark.parametrize(
    ("markdown", "count"),
    [
        ("Three plain words", 3),
        ("- a bullet\n- another", 3),
        ("| a | b |\n|---|---|\n| c | d |", 4),
        ("$$x = W a + b$$ is $a + b$", 3),
        ("[two words](https://example.org/a/long/path)", 2),
        ("## A heading — and a dash", 5),
        ("`x @ W + b` is code", 3),
        ("<!-- hidden --> <b>bold</b>", 1),
    ],
)
def test_words_are_counted_as_they_are_read(markdown, count):
    assert word_count(markdown) == count

"""Promises about the house: what stands on what, what an import brings, what lies where."""

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import tomllib

import pytest
from packaging.requirements import Requirement

import dlcore
from tests.book import ROOT

LIBRARY = ROOT / "dlcore"

# A module imports only what stands before it. `checks`, the error messages, stands under all.
ORDER = (
    "checks",
    "files",
    "data",
    "derivatives",
    "descent",
    "scalar",
    "steps",
    "rules",
    "tensor",
    "nn",
    "applications",
    "frameworks",
    "generalization",
    "figures",
    "classroom",
)
ON_TOP = ("figures", "classroom")  # they stand on everything; nothing stands on them

TOP_LEVEL = {
    "README.md",
    "requirements.txt",
    "pyproject.toml",
    "LICENSE",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "chapters",
    "dlcore",
    "exercises",
    "tests",
}
FOLDERS_OF_LONG_FILES = {"nn", "applications", "classroom"}
MOST_LINES = 300

MODULES = sorted(LIBRARY.rglob("*.py"))


def part(path):
    """The name in ORDER that a file belongs to: dlcore/nn/layers.py is part of nn."""
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


def short(path):
    return path.relative_to(LIBRARY).as_posix()


def dlcore_imports(tree, package):
    """The parts of dlcore that code imports anywhere, in functions too.

    `package` is the dotted name of the package the code stands in, for relative imports.
    """
    found = set()
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            dots = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*(dots if node.level else []), *filter(None, [node.module])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        parts = (name.split(".") for name in names)
        found |= {path[1] for path in parts if path[0] == "dlcore" and len(path) > 1}
    return found - {"__version__"}


def wrong_imports(here, imported):
    """Those of the imported parts that do not stand below the part `here`."""
    allowed = [name for name in ORDER[: ORDER.index(here)] if name not in ON_TOP]
    if here == "classroom":
        allowed.append("figures")
    return sorted(imported - {here, *allowed})


# What stands on what


@pytest.mark.parametrize(
    ("code", "here", "wrong"),
    [
        ("from dlcore import steps, data", "nn", []),
        ("def f():\n    from dlcore.nn import model", "steps", ["nn"]),
        ("import dlcore.figures.pages", "nn", ["figures"]),
        ("from dlcore import figures", "classroom", []),
        ("from dlcore.classroom import check", "figures", ["classroom"]),
        ("from ..tensor import Tensor", "rules", ["tensor"]),
        ("from . import layers\nfrom .losses import Loss", "nn", []),
        ("from dlcore import mystery", "nn", ["mystery"]),
    ],
)
def test_the_import_check_sees_every_kind_of_import(code, here, wrong):
    assert wrong_imports(here, dlcore_imports(ast.parse(code), f"dlcore.{here}")) == wrong


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_a_module_imports_only_what_stands_above_it(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if path == LIBRARY / "__init__.py":
        assert dlcore_imports(tree, "dlcore") == set()
        return
    package = ".".join(path.relative_to(ROOT).parent.parts)
    assert part(path) in ORDER, f"{short(path)} has no place in the order of imports"
    assert wrong_imports(part(path), dlcore_imports(tree, package)) == []


def loaded_by(statement, names):
    """Which of the named packages a fresh Python has loaded after a statement."""
    code = f"import sys; {statement}; print(*sorted(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(names) & set(run.stdout.split())


HEAVY = {"numpy", "matplotlib", "scipy", "sklearn", "pandas", "tqdm", "pooch", "mlxtend"}
HEAVIER = {"torch", "keras", "tensorflow", "jax", "ipywidgets", "IPython"}


def test_importing_dlcore_loads_nothing_heavy():
    assert loaded_by("import dlcore", HEAVY | HEAVIER) == set()


def test_importing_nn_loads_numpy_and_nothing_else_that_is_heavy():
    assert loaded_by("import dlcore.nn", HEAVY | HEAVIER) == {"numpy"}


# What lies where


def top_level_names():
    """The first part of every tracked path; without git, what lies in the folder."""
    if (ROOT / ".git").exists():
        try:
            listed = subprocess.run(
                ["git", "ls-files", "-z"], capture_output=True, check=True, cwd=ROOT
            )
        except (OSError, subprocess.CalledProcessError):
            pass
        else:
            paths = listed.stdout.decode().split("\0")
            return {path.split("/")[0] for path in paths if path}
    made = ("build", "dist", "htmlcov")  # by tools, and ignored by git
    return {p.name for p in ROOT.iterdir() if p.name not in made and p.suffix != ".egg-info"}


def test_the_top_level_holds_only_what_the_design_names():
    names = {name for name in top_level_names() if not name.startswith(".")}
    assert names - TOP_LEVEL == set()
    assert {"dlcore", "tests"} <= names


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_one_file_is_one_idea(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MOST_LINES or part(path) in FOLDERS_OF_LONG_FILES


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_no_file_is_a_drawer_for_everything(path):
    assert path.stem not in {"utils", "util", "helpers", "helper", "misc", "common"}


POSIX_MODULES = {"fcntl", "pwd", "grp", "resource", "termios", "pty", "tty", "posix", "readline"}
POSIX_NAMES = (
    r"\bos\.(?:fork|forkpty|getuid|geteuid|setsid|killpg|nice|uname|mkfifo|getloadavg|sched_\w+)\b",
    r"\bsignal\.(?:SIGALRM|SIGHUP|SIGKILL|SIGUSR\d|alarm|setitimer|pause)\b",
    r"[\"'](?:/tmp|/dev/(?:null|shm)|/proc)\b",
    r"\bmultiprocessing\.get_context\([\"']fork",
)


def posix_only(code):
    """What code uses that Windows does not have."""
    imported = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            imported.add((node.module or "").split(".")[0])
    called = {found[0] for pattern in POSIX_NAMES for found in re.finditer(pattern, code)}
    return sorted(imported & POSIX_MODULES | called)


@pytest.mark.parametrize(
    "code",
    ["import fcntl", "def f():\n    from pwd import getpwuid", "os.fork()", "signal.SIGALRM"],
)
def test_the_check_for_posix_sees_it(code):
    assert posix_only(code)


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_the_library_runs_on_windows_too(path):
    assert posix_only(path.read_text(encoding="utf-8")) == []


# What the public can read


def public_modules():
    """The dotted names of dlcore and all its modules that do not begin with an underscore."""
    walked = pkgutil.walk_packages(dlcore.__path__, "dlcore.")
    return ["dlcore", *(m.name for m in walked if not m.name.split(".")[-1].startswith("_"))]


@pytest.mark.parametrize("name", public_modules())
def test_a_module_says_in_words_what_it_is(name):
    assert (importlib.import_module(name).__doc__ or "").strip()


def chapters_modules():
    """dlcore.data, dlcore.nn, ...: the modules a reader imports by name."""
    return [name for name in public_modules() if name.count(".") == 1]


@pytest.mark.parametrize("name", chapters_modules())
def test_a_module_names_what_is_public(name):
    module = importlib.import_module(name)
    assert isinstance(module.__all__, list | tuple), f"{name} has no __all__"


@pytest.mark.parametrize("name", public_modules())
def test_every_public_name_exists_and_is_described(name):
    module = importlib.import_module(name)
    for public in getattr(module, "__all__", []):
        thing = getattr(module, public, None) or importlib.import_module(f"{name}.{public}")
        if inspect.isfunction(thing) or inspect.isclass(thing):
            assert (thing.__doc__ or "").strip(), f"{name}.{public} has no docstring"


# The readers' set-up


def requirement_lines():
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]


def test_the_last_requirement_is_the_book_itself():
    assert requirement_lines()[-1] == "-e ."


def test_every_requirement_is_pinned():
    for line in requirement_lines()[:-1]:
        specifiers = list(Requirement(line).specifier)
        assert [one.operator for one in specifiers] == ["=="], line
        assert "*" not in specifiers[0].version, line


def test_the_pinned_versions_serve_what_the_library_needs():
    pinned = {}
    for line in requirement_lines()[:-1]:
        requirement = Requirement(line)
        pinned[requirement.name] = next(iter(requirement.specifier)).version
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for needed in map(Requirement, project["dependencies"]):
        assert needed.name in pinned, f"requirements.txt does not pin {needed.name}"
        assert pinned[needed.name] in needed.specifier, f"{needed} refuses {pinned[needed.name]}"


def command(name):
    """The lines of the fenced block in README.md that stands under `<!-- command: name -->`."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    mark = re.escape(f"<!-- command: {name} -->")
    blocks = re.findall(rf"{mark}\s*\n```[a-z]*\n(.*?)\n```", text, re.DOTALL)
    assert len(blocks) == 1, f"README.md has {len(blocks)} blocks `command: {name}`"
    return blocks[0].split("\n")


@pytest.mark.parametrize("name", ["open", "test", "open (Windows)", "test (Windows)"])
def test_the_readme_gives_each_command_in_one_line(name):
    assert len(command(name)) == 1
    assert command(name)[0].strip()


def test_the_checks_run_the_command_that_readers_are_given():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "command: test" in script
    assert "README.md" in script

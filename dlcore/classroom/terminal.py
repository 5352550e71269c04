"""The command `dlcore`: exercises from a terminal, checked once or on every save."""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

__all__ = ["main"]

RIGHT, WRONG, USAGE, NOTHING = 0, 1, 2, 3

COLOURS = {"✓": "32", "✗": "31", "○": "36"}

CODES = """exit codes: 0 all that was attempted is right, 1 something is wrong, 2 a file or an id
that is not known, 3 nothing was attempted."""

EPILOG = """  dlcore watch exercises/              check each answer when it is saved
  dlcore check exercises/03c_backward.ipynb
  dlcore hint 03c.1"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit code."""
    given = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        return given.run(given)
    except (ValueError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return USAGE
    except BrokenPipeError:  # whoever read has read enough, as in `dlcore progress | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + 13
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dlcore",
        description="The exercises of the book, from a terminal.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    watch = commands.add_parser("watch", help="check the answers of a file whenever it is saved")
    watch.add_argument("paths", nargs="*", type=Path, help="files or folders; else the exercises")
    watch.set_defaults(run=_watch)
    check = commands.add_parser("check", help="check the answers of files once", epilog=CODES)
    check.add_argument("paths", nargs="+", type=Path, help="notebooks, Python files, folders")
    check.add_argument("--json", action="store_true", help="a line of JSON for each verdict")
    check.set_defaults(run=_check)
    hint = commands.add_parser("hint", help="the next hint for an exercise")
    hint.add_argument("id", help="03c.1")
    hint.add_argument("--level", type=int, choices=(1, 2, 3), help="1 a nudge, 3 nearly the answer")
    hint.set_defaults(run=_hint)
    solution = commands.add_parser("solution", help="a solution, and why it is so")
    solution.add_argument("id", help="03c.1")
    solution.set_defaults(run=_solution)
    progress = commands.add_parser("progress", help="how far you are, and what to read again")
    progress.set_defaults(run=_progress)
    return parser


def _hint(given: argparse.Namespace) -> int:
    from dlcore.classroom import hint

    print(hint(given.id, given.level))
    return RIGHT


def _solution(given: argparse.Namespace) -> int:
    from dlcore.classroom import solution

    print(solution(given.id))
    return RIGHT


def _progress(given: argparse.Namespace) -> int:
    from dlcore.classroom import progress

    print(progress())
    return RIGHT


def _check(given: argparse.Namespace) -> int:
    from dlcore.classroom.saved import judged

    attempted, good, unknown = 0, True, False
    for path in _files(given.paths):
        for verdict in judged(path):
            if given.json:
                print(json.dumps({"file": str(path), **verdict}, ensure_ascii=False))
            elif verdict["kind"] != "not attempted":
                print(_coloured(verdict["text"]), end="\n\n")
            attempted += verdict["kind"] != "not attempted"
            good &= verdict["passed"] or verdict["kind"] == "not attempted"
            unknown |= verdict["kind"] == "unknown"
    if unknown:
        return USAGE
    if not attempted:
        print("Nothing was attempted yet.", file=sys.stderr)
        return NOTHING
    return RIGHT if good else WRONG


def _watch(given: argparse.Namespace) -> int:
    from watchfiles import watch

    from dlcore.classroom import finding
    from dlcore.classroom.saved import is_answers

    paths = given.paths or [finding.folder()]
    seen: dict[Path, dict[str, str]] = {}
    for path in _files(paths):
        with contextlib.suppress(ValueError):  # it is told when it is saved
            seen[path.resolve()] = _codes(path)
    names = ", ".join(map(str, paths))
    print(f"Watching {names}. Save an answer to have it checked; Ctrl-C ends.", flush=True)
    # A file that is replaced, as editors save, is another file: its folder is what is watched.
    named = {path.resolve() for path in paths}
    folders = {path if path.is_dir() else path.parent for path in named}
    with contextlib.suppress(KeyboardInterrupt):
        for changes in watch(*folders, debounce=400, step=50):
            for path in sorted({Path(name).resolve() for _, name in changes}):
                if not named.isdisjoint((path, path.parent)) and path.exists() and is_answers(path):
                    _look(path, seen)
    print()
    return _progress(given)


def _look(path: Path, seen: dict[Path, dict[str, str]]) -> None:
    """Check what has changed in one file since it was last seen."""
    from dlcore.classroom import record
    from dlcore.classroom.finding import items
    from dlcore.classroom.saved import judged

    try:
        codes, before = _codes(path), seen.get(path, {})
        helpers_changed = codes.get("") != before.get("", codes.get(""))
        changed = [id for id in codes if id and (helpers_changed or codes[id] != before.get(id))]
        verdicts = judged(path, changed)
    except ValueError as error:
        print(error, flush=True)
        return
    seen[path] = codes
    told = [one for one in verdicts if one["kind"] != "not attempted"]
    for verdict in told:
        print(_coloured(verdict["text"]), end="\n\n")
    if told:
        known = [id for id in codes if id in items()]
        passed = {id for id in known if record.read().get(id, {}).get("passed")}
        line = f"{len(passed)} of {len(known)} in {path.name} passed."
        left = [id for id in known if id not in passed]
        print(f"{line} Next: {left[0]}." if left else line, flush=True)


def _codes(path: Path) -> dict[str, str]:
    """The code of each answer in a file by its id, and all other code under "".

    Raises ValueError, in words, for a file that cannot be read.
    """
    from dlcore.classroom.saved import sections

    codes: dict[str, str] = {}
    for section in sections(path):
        codes[section.id] = codes.get(section.id, "") + section.code
    return codes


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files with answers among these files and folders; FileNotFoundError if one is none."""
    from dlcore.classroom.saved import is_answers

    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"there is no file or folder {path}.")
        if path.is_dir():
            yield from filter(is_answers, sorted(p for p in path.iterdir() if p.is_file()))
        elif is_answers(path):
            yield path
        else:
            raise ValueError(f"{path} holds no answers: it is no notebook, or a list of items.")


def _coloured(text: str) -> str:
    """The text, its first sign in colour where a person looks on."""
    code = COLOURS.get(text[:1])
    if code and sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        return f"\033[{code}m{text[0]}\033[0m{text[1:]}"
    return text


if __name__ == "__main__":
    sys.exit(main())

"""Running an answer so that nothing it does can hurt: a calm account, whatever happens.

It gets copies of its arguments and a limited time. What it prints is kept and cut, it can ask for
no input, and an exit is an error like any other. It runs in this process, as a learner's own cell
does, so that what it raises is what the learner would see.
"""

import builtins
import contextlib
import copy
import inspect
import io
import linecache
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dlcore.classroom.interrupting import Stopped, TimeUp, limited

__all__ = ["Outcome", "copied", "in_words", "run", "same"]

MOST_PRINTED = 2000  # characters that are kept


@dataclass
class Outcome:
    """What came of one call."""

    value: Any = None
    error: BaseException | None = None
    said: str = ""  # the error in words
    late: bool = False
    line: str = ""  # the learner's own line where the error arose
    changed: list[int] = field(default_factory=list)  # the arguments that were changed in place
    printed: str = ""
    warned: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def fine(self) -> bool:
        """Whether it returned something."""
        return self.error is None and not self.late


def run(
    answer: Callable[..., Any],
    args: tuple,
    seconds: float,
    taken: Callable[[Any], Any] = lambda value: value,
) -> Outcome:
    """Call answer(*args) on copies; `taken` makes of the result what is kept, within the limit.

    Raises Stopped, a KeyboardInterrupt, if the user interrupts it, and nothing else.
    """
    outcome, given, printed = Outcome(), copied(args), _Kept()
    began = time.perf_counter()
    with _alone(printed), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            outcome.value = limited(lambda: taken(answer(*given)), seconds)
        except TimeUp:
            outcome.late = True
        except Stopped:
            raise
        except BaseException as error:
            outcome.error, outcome.line = error, _own_line(error, answer)
            outcome.said = in_words(error)
    outcome.seconds = time.perf_counter() - began
    outcome.printed = printed.text()
    outcome.warned = list(dict.fromkeys(str(one.message) for one in warned))
    pairs = enumerate(zip(args, given, strict=True))
    outcome.changed = [at for at, (was, now) in pairs if not same(was, now)]
    return outcome


def same(was: Any, now: Any) -> bool:
    """Whether an argument is as it was, to the last bit; what cannot be compared counts as such."""
    if isinstance(was, np.ndarray):
        kept = isinstance(now, np.ndarray) and (was.shape, was.dtype) == (now.shape, now.dtype)
        return kept and was.tobytes() == now.tobytes()
    if isinstance(was, list | tuple):
        return len(was) == len(now) and all(map(same, was, now))
    if isinstance(was, dict):
        return was.keys() == now.keys() and all(same(was[key], now[key]) for key in was)
    return True


def copied(value: Any) -> Any:
    """A copy that shares no array with the value; functions stay themselves."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, list | tuple):
        return type(value)(map(copied, value))
    if isinstance(value, dict):
        return {key: copied(one) for key, one in value.items()}
    return value if callable(value) else copy.deepcopy(value)


@contextlib.contextmanager
def _alone(printed: io.TextIOBase) -> Iterator[None]:
    """Prints go to `printed`, input() has nothing to give, exit() does not end the kernel."""
    shell = _shell()
    kept = sys.stdout, sys.stderr, sys.stdin, builtins.input
    sys.stdout, sys.stderr, sys.stdin, builtins.input = printed, printed, io.StringIO(), _no_input
    if shell is not None:
        shell.ask_exit = sys.exit
    try:
        with np.errstate(divide="warn", over="warn", invalid="warn", under="ignore"):
            yield
    finally:
        sys.stdout, sys.stderr, sys.stdin, builtins.input = kept
        if shell is not None:
            del shell.ask_exit


def _no_input(*_: Any) -> str:
    raise EOFError("an answer is given no input: take the values from the arguments")


def _shell() -> Any:
    """The notebook's shell, whose exit() ends the kernel; None outside of one."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell if hasattr(shell, "ask_exit") and "ask_exit" not in vars(shell) else None


class _Kept(io.TextIOBase):
    """What is printed: its beginning, and how much more there was."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        room = MOST_PRINTED - self.length
        if room > 0:
            self.parts.append(str(text[:room]))
        self.length += len(text)
        return len(text)

    def text(self) -> str:
        more = self.length - MOST_PRINTED
        return "".join(self.parts) + (f"… and {more:,} characters more" if more > 0 else "")


def _own_line(error: BaseException, answer: Callable[..., Any]) -> str:
    """The learner's line, innermost: `line 5 of backward: z1 = x @ W1.T`; "" if none was run."""
    code = getattr(inspect.unwrap(answer), "__code__", None)
    frames = [(frame, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    frames = [one for one in frames if not one[0].f_code.co_filename.startswith(_HERE)]
    own = [one for one in frames if code and one[0].f_code.co_filename == code.co_filename]
    if not own:
        return ""
    frame, number = own[-1]
    text = linecache.getline(frame.f_code.co_filename, number, frame.f_globals).strip()
    said = f"line {number} of {frame.f_code.co_name}"
    return f"{said}: {text}" if text else said


def in_words(error: BaseException) -> str:
    """The error's type and first line, without the full stop."""
    name = type(error).__name__
    try:
        text = str(error).strip().split("\n")[0]
    except Exception:  # an error of the learner's own making, which cannot be said
        return name
    text = text if len(text) <= 200 else f"{text[:200]} …"
    return f"{name}: {text.rstrip('.')}" if text else name


_HERE = __file__.rpartition("running.py")[0]

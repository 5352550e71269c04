"""A time limit for code that runs in this very thread, on every system.

A second thread waits. When the time is up it sends the interrupt that Ctrl-C sends, or, outside
the main thread, which alone gets signals, raises an error there in Python's own way. The first
TimeUp is polite: the code's `finally` and `with` can clean up. Code that goes on all the same is
met by another at every line, and no `except` catches the one that comes at its own first line. So
nested loops that catch everything end, wherever they stand: in generators, in recursion, in code
that keeps the errors, turns tracing off or ignores interrupts.

What cannot be stopped: a single call into C that looks for no interrupt (`list(iter(int, 1))`),
and one that waits while interrupts are ignored, on Windows, or outside the main thread, before it
returns; other threads and processes that the code started; and `os._exit`, which ends everything.
"""

import _thread
import ctypes
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

__all__ = ["Stopped", "TimeUp", "limited"]

AGAIN = 0.05  # seconds until the next try, for code that catches everything


class TimeUp(BaseException):
    """The time is up."""


class Stopped(KeyboardInterrupt):
    """The user stopped the call, with Ctrl-C or the notebook's stop button."""


def limited(call: Callable[[], Any], seconds: float) -> Any:
    """call(), or TimeUp once it has run for so many seconds.

    Raises Stopped if the user interrupts it.
    """
    return _Limit(seconds).run(call)


class _Limit:
    """One call under one limit."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.running = False
        self.tries = 0  # how often it was told that its time is up
        self.heard = 0  # how often an interrupt of ours came through
        self.by_user = False
        self.lock = threading.Lock()
        self.finished = threading.Event()
        self.thread = threading.get_ident()
        self.in_main = threading.current_thread() is threading.main_thread()
        # Raised from another thread, only a class can be: its instance is made in this one.
        self.error = type("TimeUp", (TimeUp,), {"__init__": lambda error: self.insist()})

    def run(self, call: Callable[[], Any]) -> Any:
        traced, handler = sys.gettrace(), None
        if self.in_main:
            handler = signal.signal(signal.SIGINT, self._interrupted)
        watch = threading.Thread(target=self._watch, daemon=True)
        self.running = True
        watch.start()
        try:
            try:
                return call()
            finally:
                self.running = False
        except TimeUp:
            raise TimeUp from None
        finally:
            self.running = False
            try:
                self._settle(traced)
            except TimeUp:  # the last one, that was on its way
                self._settle(traced)
            watch.join()
            if self.in_main:
                signal.signal(signal.SIGINT, handler or signal.default_int_handler)
            if self.by_user:
                raise Stopped

    def insist(self) -> None:
        """From the second try on: another TimeUp at the next line, whoever catches this one."""
        if not self.running or self.tries < 2 or threading.get_ident() != self.thread:
            return
        frame, frames = sys._getframe(), []
        while frame is not None and frame.f_code is not _Limit.run.__code__:
            if isinstance(frame.f_trace, _EachLine):
                break  # and so are those outside of it
            frames.append(frame)
            frame = frame.f_back
        for frame in reversed(frames):
            if frame.f_code.co_filename != __file__:
                frame.f_trace = _EachLine(self)
        sys.settrace(self._entered)

    def _entered(self, frame: FrameType, event: str, argument: Any) -> Any:
        return _EachLine(self) if self.running and frame.f_code.co_filename != __file__ else None

    def _settle(self, traced: Any) -> None:
        self.finished.set()
        if sys.gettrace() is not traced:
            sys.settrace(traced)
        with self.lock:
            if not self.tries:
                return
        # What is on its way arrives now, while it is still ours. Calling it back is no way:
        # Python 3.11 would look for it forever.
        for _ in range(2):
            time.sleep(0)

    def _watch(self) -> None:
        wait = self.seconds
        while not self.finished.wait(wait):
            with self.lock:
                if not self.running:
                    return
                if not self.in_main or self.heard < self.tries:  # interrupts are ignored
                    _raise_in(self.thread, self.error)
                self.tries += 1
                if self.in_main and hasattr(signal, "pthread_kill"):  # ends a wait inside C, too
                    signal.pthread_kill(self.thread, signal.SIGINT)
                elif self.in_main:
                    _thread.interrupt_main()
            wait = AGAIN

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        if not self.running:
            return
        if not self.tries:
            self.by_user = True
            raise Stopped
        self.heard = self.tries
        if frame is not None and frame.f_code.co_filename != __file__:
            raise self.error


class _EachLine:
    """Traces one frame and raises TimeUp at its next line.

    Python gives up tracing when a tracer raises, and lets go of it. With the last reference, which
    the frame has, this one ends, and its end starts the tracing again.
    """

    def __init__(self, limit: _Limit) -> None:
        self.limit = limit

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event != "line" or not self.limit.running:
            return self
        del self, frame  # the error's traceback would keep them
        raise TimeUp

    def __del__(self) -> None:
        self.limit.insist()


def _raise_in(thread: int, error: type[BaseException]) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))

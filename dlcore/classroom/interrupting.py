"""A time limit for code that runs in this very thread, on every system.

A second thread waits and, when the time is up, sends the interrupt that Ctrl-C sends. A loop in
Python always ends by it; one long call into C ends where the system breaks off its waiting, else
when it returns. Outside the main thread, which alone gets signals, Python's own way of raising
an error in another thread is used.
"""

import _thread
import contextlib
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
        self.expired = False
        self.by_user = False
        self.lock = threading.Lock()
        self.finished = threading.Event()
        self.thread = threading.get_ident()
        self.in_main = threading.current_thread() is threading.main_thread()

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
            self._settle(traced)
            watch.join()
            if self.in_main:
                signal.signal(signal.SIGINT, handler or signal.default_int_handler)
            if self.by_user:
                raise Stopped

    def _settle(self, traced: Any) -> None:
        self.finished.set()
        with self.lock:
            if not self.expired:
                return
        sys.settrace(traced)
        time.sleep(0)  # a signal on its way arrives now, while it is still ours
        if not self.in_main:
            with contextlib.suppress(TimeUp):
                _raise_in(self.thread, None)

    def _watch(self) -> None:
        wait = self.seconds
        while not self.finished.wait(wait):
            with self.lock:
                if not self.running:
                    return
                self.expired = True
                if not self.in_main:
                    _raise_in(self.thread, TimeUp)
                elif hasattr(signal, "pthread_kill"):  # ends a wait inside C, too
                    signal.pthread_kill(self.thread, signal.SIGINT)
                else:
                    _thread.interrupt_main()
            wait = AGAIN

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        if not self.running:
            return
        if not self.expired:
            self.by_user = True
            raise Stopped
        self._raise_at_the_next_line_too(frame)
        raise TimeUp

    def _raise_at_the_next_line_too(self, frame: FrameType | None) -> None:
        """For code such as `while True: try: … except: pass`: the next line is in `except`."""

        def tracer(frame: FrameType, event: str, argument: Any) -> Any:
            if self.running and event == "line":
                raise TimeUp
            return tracer if self.running else None

        while frame is not None and frame.f_code is not _Limit.run.__code__:
            frame.f_trace = tracer
            frame = frame.f_back
        sys.settrace(tracer)


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), ctypes.py_object(error) if error else None
    )

"""Promises about the time limit: it ends what catches everything, and leaves nothing behind."""

import asyncio
import contextlib
import itertools
import signal
import sys
import threading
import time

import pytest

from dlcore.classroom.interrupting import TimeUp, limited

# ruff: noqa: E722, SIM105, B012


def one_level():
    while True:
        try:
            pass
        except:
            pass


def two_levels():
    while True:
        try:
            while True:
                try:
                    pass
                except:
                    pass
        except:
            pass


def three_levels():
    while True:
        try:
            while True:
                try:
                    while True:
                        try:
                            pass
                        except:
                            pass
                except:
                    pass
        except:
            pass


def finally_goes_on():
    while True:
        try:
            while True:
                try:
                    pass
                finally:
                    continue
        except BaseException:
            continue


def functions():
    while True:
        try:
            while True:
                try:
                    one_level()
                except:
                    one_level()
        except:
            one_level()


def generators():
    def deaf():
        while True:
            try:
                yield 1
            except Exception:
                pass

    while True:
        try:
            for _ in deaf():
                try:
                    pass
                except:
                    pass
        except:
            pass


def comprehensions():
    while True:
        try:
            [None for _ in itertools.repeat(1)]
        except:
            pass


def suppressing():
    while True:
        with contextlib.suppress(BaseException):
            while True:
                with contextlib.suppress(BaseException):
                    pass


def keeping():
    kept = []
    while True:
        try:
            while True:
                try:
                    pass
                except BaseException as error:
                    kept.append(error)
        except BaseException as error:
            kept.append(error)


def untracing():
    while True:
        try:
            while True:
                try:
                    sys.settrace(None)
                except:
                    sys.settrace(None)
        except:
            sys.settrace(None)


def coroutines():
    async def deaf():
        while True:
            try:
                await asyncio.sleep(0.001)
            except BaseException:
                pass

    while True:
        try:
            asyncio.run(deaf())
        except BaseException:
            pass


def asleep():
    while True:
        try:
            while True:
                try:
                    time.sleep(60)
                except:
                    time.sleep(60)
        except:
            time.sleep(60)


def waiting():
    while True:
        try:
            threading.Event().wait()
        except:
            pass


def ignoring():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    three_levels()


LOOPS = [
    one_level,
    two_levels,
    three_levels,
    finally_goes_on,
    functions,
    generators,
    comprehensions,
    suppressing,
    keeping,
    untracing,
]
IN_MAIN = [coroutines, asleep, waiting, ignoring]


def state():
    return sys.gettrace(), signal.getsignal(signal.SIGINT)


@pytest.mark.parametrize("code", LOOPS + IN_MAIN)
def test_code_that_catches_everything_ends_and_all_is_as_before(code):
    before, began = state(), time.monotonic()
    with pytest.raises(TimeUp):
        limited(code, 0.05)
    assert time.monotonic() - began < 5
    assert state() == before
    assert sum(range(100_000)) == 4_999_950_000  # nothing is raised afterwards
    assert limited(lambda: sum([1, 2]), 5) == 3


@pytest.mark.parametrize("code", LOOPS)
def test_it_ends_outside_the_main_thread_too(code):
    ended = []

    def run():
        try:
            limited(code, 0.05)
        except TimeUp:
            ended.append(sys.gettrace())
        time.sleep(0.01)
        ended.append("alive")

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(timeout=10)
    assert ended == [None, "alive"]


def test_code_that_does_not_catch_it_may_clean_up():
    cleaned = []

    def code():
        try:
            while True:
                pass
        finally:
            for k in range(5):
                cleaned.append(k)

    with pytest.raises(TimeUp):
        limited(code, 0.05)
    assert cleaned == [0, 1, 2, 3, 4]


def test_a_tracer_and_a_handler_that_the_code_leaves_are_taken_away():
    before = state()

    def code():
        sys.settrace(lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return 7

    assert limited(code, 5) == 7
    assert state() == before


def test_a_thread_that_the_code_leaves_does_not_disturb_the_next():
    stop = threading.Event()

    def code():
        threading.Thread(target=lambda: [None for _ in iter(stop.is_set, True)]).start()
        three_levels()

    with pytest.raises(TimeUp):
        limited(code, 0.05)
    try:
        assert limited(lambda: sum(range(1000)), 5) == 499_500
    finally:
        stop.set()

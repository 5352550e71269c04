"""How many BLAS threads a fit should use.

A step of a small network is a few short matrix products; handing them to a second thread costs
more than it saves, and on a busy machine much more. So small networks run on one thread, and the
caller's own setting is back when the fit is over.
"""

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController

from dlcore import checks

__all__ = ["blas_threads", "chosen_threads"]

SMALL = 10**8  # multiplications in one forward pass of a batch, below which one thread is best


def chosen_threads(threads: int | None, multiplications: int) -> int | None:
    """threads if given (an integer >= 1), else one for small work and None, no limit, for large."""
    if threads is not None:
        return checks.integer("threads", threads, least=1)
    return 1 if multiplications < SMALL else None


def blas_threads(threads: int | None) -> AbstractContextManager:
    """A context with at most that many BLAS threads (None: as before); it limits when called."""
    return _libraries().limit(limits=threads, user_api="blas")


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()  # finding the loaded libraries takes 0.4 ms: once is enough

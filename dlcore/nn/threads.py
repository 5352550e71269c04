"""How many BLAS threads a fit should use.

A step of a small network is a few short matrix products; handing them to a second thread costs
more than it saves, and on a busy machine much more. So small networks run on one thread, and the
caller's own setting is back when the fit is over.
"""

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController

from dlcore import checks

__all__ = ["blas_threads"]

SMALL = 10**8  # multiplications in one forward pass of a batch, below which one thread is best


def blas_threads(threads: int | None, multiplications: int) -> AbstractContextManager:
    """A context with that many BLAS threads; None chooses by the size of the work."""
    if threads is not None:
        checks.integer("threads", threads, least=1)
    elif multiplications < SMALL:
        threads = 1
    return _libraries().limit(limits=threads, user_api="blas")


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()  # finding the loaded libraries takes 0.4 ms: once is enough

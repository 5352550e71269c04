"""How many BLAS threads a fit should use.

A step of a small network is a few short matrix products; handing them to a second thread costs
more than it saves, and on a busy machine much more. So small networks run on one thread, and the
caller's own setting is back when the fit is over.
"""

from contextlib import AbstractContextManager

from threadpoolctl import threadpool_limits

from dlcore import checks

__all__ = ["blas_threads"]

SMALL = 10**8  # multiplications in one forward pass of a batch, below which one thread is best


def blas_threads(threads: int | None, multiplications: int) -> AbstractContextManager:
    """A context with that many BLAS threads; None chooses by the size of the work."""
    if threads is not None:
        return threadpool_limits(checks.integer("threads", threads, least=1), user_api="blas")
    return threadpool_limits(1 if multiplications < SMALL else None, user_api="blas")

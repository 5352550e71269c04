"""Recurrence: a state that at every step takes in something new and its own last value.

The arrays lie with the time first, (t, n, u): a step is then one block of memory (a fifth less
time than with the batch first).
"""

from collections.abc import Callable

import numpy as np

from dlcore.rules.activations import tanh, tanh_vjp

__all__ = ["recurrence", "recurrence_vjp"]

Array = np.ndarray


def recurrence(
    z: Array,
    U: Array,
    h0: Array,
    f: Callable[..., Array] = tanh,
    *,
    out: Array | None = None,
    sums: Array | None = None,
) -> Array:
    """h_s = f(z_s + h_{s-1} U), with h0 before the first.  z: (t, n, u), U: (u, u), h0: (n, u).

    -> h (t, n, u). f: an activation, with `out=`. sums: room for what f is applied to, for an
    activation whose derivative needs it.
    """
    h = np.empty(z.shape, np.result_type(z, U, h0)) if out is None else out
    before = h0
    for s in range(len(z)):
        room = h[s] if sums is None else sums[s]
        inner = np.matmul(before, U, out=room)
        before = f(np.add(inner, z[s], out=room), out=h[s])
    return h


def recurrence_vjp(
    d: Array,
    h: Array,
    U: Array,
    h0: Array,
    f_vjp: Callable[..., Array] = tanh_vjp,
    truncate: int | None = None,
    *,
    sums: Array | None = None,
    out: tuple[Array | None, Array | None] = (None, None),
) -> tuple[Array, Array, Array]:
    """-> dz (t, n, u), dU (u, u), dh0 (n, u), from the states h, or the sums if f_vjp takes them.

    Backpropagation through time: step s receives d_s and, from step s+1, dz_{s+1} Uᵀ (Werbos
    1990). With truncate=k the steps are cut into blocks of k, counted from the end, and nothing
    is carried back over a cut: h is a constant there. What the last step sends back reaches k
    steps, itself counted; what others send, up to k (Williams & Peng 1990, h = h′ = k).
    """
    steps, kept = len(h), h if sums is None else sums
    dz = np.empty(h.shape, h.dtype) if out[0] is None else out[0]
    carried = np.zeros_like(h0)
    for done in range(1, steps + 1):  # counted from the end
        carried += d[-done]
        f_vjp(carried, kept[-done], out=dz[-done])
        if truncate and done < steps and done % truncate == 0:
            carried[...] = 0
        else:
            np.matmul(dz[-done], U.T, out=carried)
    units = len(U)
    # all steps but the first in one product: U is the same in each of them
    dU = np.matmul(h[:-1].reshape(-1, units).T, dz[1:].reshape(-1, units), out=out[1])
    dU += h0.T @ dz[0]
    return dz, dU, carried

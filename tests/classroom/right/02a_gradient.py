"""Right answers to exercises of 2a, each written in another way."""

import numpy as np


def gradient_entry_by_entry(f, x, h):
    x = np.array(x, dtype=float)
    g = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        here = x[at]
        x[at] = here + h
        up = f(x)
        x[at] = here - h
        down = f(x)
        x[at] = here
        g[at] = (up - down) / (2 * h)
    return g


def gradient_with_unit_arrays(f, x, h):
    units = np.eye(np.size(x)).reshape(-1, *np.shape(x))
    slopes = [(f(x + h * e) - f(x - h * e)) / (2 * h) for e in units]
    return np.reshape(slopes, np.shape(x))


def gradient_over_the_flat_copy(f, x, h):
    flat, g = x.ravel().astype(np.float64), np.empty(x.size)
    for i in range(flat.size):
        up, down = flat.copy(), flat.copy()
        up[i] += h
        down[i] -= h
        g[i] = 0.5 * (f(up.reshape(x.shape)) - f(down.reshape(x.shape))) / h
    return g.reshape(x.shape)


def nudged_slopes_on_copies(f, x, h):
    g = np.zeros(len(x))
    for i in range(len(x)):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        g[i] = (f(up) - f(down)) / (2 * h)
    return g


def nudged_slopes_twice_back(f, x, h):
    x = x.copy()
    g = np.zeros_like(x)
    for i in range(len(x)):
        x[i] += h
        up = f(x)
        x[i] -= 2 * h
        down = f(x)
        x[i] += h
        g[i] = (up - down) / (2 * h)
    return g


def nudged_slopes_with_unit_vectors(f, x, h):
    return [(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(x.size)]


def slope_along_in_one_line(f, x, u, h):
    return (f(x + h * u) - f(x - h * u)) / h / 2


def slope_along_with_halves(f, x, u, h):
    ahead, behind = f(np.add(x, np.multiply(h, u))), f(np.subtract(x, np.multiply(h, u)))
    return np.float64(ahead - behind) / np.float64(2 * h)


def slope_along_of_a_line(f, x, u, h):
    def along(t):
        return f([a + t * b for a, b in zip(x, u, strict=True)])

    return (along(h) - along(-h)) / (h + h)

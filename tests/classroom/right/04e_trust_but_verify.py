"""Right answers to exercises of 4e, each written in another way."""

import numpy as np


def complex_step_gradient_with_unit_arrays(f, x, h):
    units = np.eye(x.size).reshape(-1, *x.shape)
    return np.array([np.imag(f(x + 1j * h * e)) / h for e in units]).reshape(x.shape)


def complex_step_gradient_in_one_array(f, x, h):
    z, g = np.array(x, dtype=complex), np.empty(x.shape)
    for at in np.ndindex(*x.shape):
        z[at] += 1j * h
        g[at] = f(z).imag / h
        z[at] = x[at]
    return g


def complex_step_gradient_over_the_flat_copy(f, x, h):
    slopes = []
    for i in range(x.size):
        flat = x.flatten().astype(np.complex128)
        flat[i] = complex(flat[i].real, h)
        slopes.append(f(flat.reshape(x.shape)).imag / h)
    return np.reshape(slopes, x.shape)


def along_by_the_complex_step(f, grad, x, k, rtol, rng):
    g = grad(x)
    for _ in range(k):
        v = rng.standard_normal(x.size)
        v /= np.linalg.norm(v)
        if abs(f(x + 1e-20j * v).imag / 1e-20 - g @ v) > rtol * np.linalg.norm(g):
            return False
    return True


def along_with_all(f, grad, x, k, rtol, rng):
    g, h = grad(x), 1e-4
    V = rng.normal(size=(k, len(x)))
    V = V / np.linalg.norm(V, axis=1, keepdims=True)
    seen = np.array([(f(x + h * v) - f(x - h * v)) / (2 * h) for v in V])
    return bool(np.all(np.abs(seen - V @ g) <= rtol * np.abs(g).max()))


def along_relative_to_each_slope(f, grad, x, k, rtol, rng):
    worst = 0.0
    for _ in range(k):
        v = rng.uniform(-1, 1, x.shape)
        v = v / np.sqrt(v @ v)
        told = np.dot(grad(x), v)
        seen = (f(x + 1e-5 * v) - f(x - 1e-5 * v)) / 2e-5
        worst = max(worst, abs(seen - told) / max(abs(seen), abs(told)))
    return worst <= rtol


def passes_by_division(claimed, witness):
    return np.max(np.abs(claimed - witness)) / np.max(np.abs(witness)) < 1e-6


def passes_with_allclose(claimed, witness):
    return np.allclose(claimed, witness, rtol=0, atol=1e-6 * np.abs(witness).max())


def passes_in_a_loop(claimed, witness):
    size = max(abs(one) for one in witness)
    return all(abs(a - b) <= 1e-6 * size for a, b in zip(claimed, witness, strict=True))


def relu_by_a_mask(z):
    return z * (z.real > 0)


def relu_in_place_of_a_copy(z):
    a = z.copy()
    a[a.real <= 0] = 0
    return a


def relu_by_the_sign(z):
    return z * (1 + np.sign(np.real(z))) / 2

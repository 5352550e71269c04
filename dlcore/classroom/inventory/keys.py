"""Right answers, found by calculation where one can tell: an experiment for each question.

`COMPUTED` maps a question's name to a function that returns the number of its right answer.
"""

import numpy as np

from dlcore import descent, nn, tensor
from dlcore.derivatives import central_difference, relative_error
from dlcore.rules import losses
from dlcore.scalar import Value

__all__ = ["COMPUTED"]

Array = np.ndarray


def _first(*truths: bool) -> int:
    """The number of the one statement that holds."""
    assert sum(map(bool, truths)) == 1
    return list(map(bool, truths)).index(True)


def _wavy(p: Array) -> Array:
    return (np.tanh(p) ** 2).sum() + 0.1 * (p**2).sum()


def backprop_is_descent() -> int:
    start = np.array([1.0, -0.7])
    ways = (tensor.grad(_wavy), lambda p: central_difference(_wavy, p))
    one, other = (
        descent.trajectory("momentum", way, start, 30, learning_rate=0.1, beta=0.5) for way in ways
    )
    same, moved = np.allclose(one, other, atol=1e-6), not np.allclose(one[0], one[-1])
    return _first(moved and not same, moved and same, not moved)


def backprop_updates() -> int:
    weight = Value(0.5)
    (weight * 3.0).tanh().backward()
    error = np.tanh(weight.data * 3.0)
    return _first(weight.data != 0.5 and error > 0, weight.data == 0.5, error == 0)


def only_for_networks() -> int:
    def payment(amount, rate, months):
        return amount * rate / (1 - (1 + rate) ** -months)

    loan = [Value(200_000.0), Value(0.003), Value(240.0)]
    payment(*loan).backward()
    known = central_difference(lambda p: payment(*p), np.array([v.data for v in loan]), h=1e-6)
    return 2 if np.allclose([v.grad for v in loan], known, rtol=1e-4) else 0


def no_slope_in_hidden_delta() -> int:
    slopes = []
    for z in (np.log(0.99 / 0.01), 0.0):
        v = Value(z)
        v.sigmoid().backward()
        slopes.append(v.grad)
    ratio = slopes[0] / slopes[1]
    return _first(ratio > 1, ratio == 1, ratio < 0.1)


def shapes_prove_it() -> int:
    rng = np.random.default_rng(0)
    d, W = rng.normal(size=(5, 4)), rng.normal(size=(4, 4))
    fitting = [d @ W, d @ W.T]
    return 2 if fitting[0].shape == fitting[1].shape and not np.allclose(*fitting) else 0


def any_order() -> int:
    x = Value(3.0)
    y = x * x + x
    y.backward()
    square_left_too_early = 1.0  # only the sum's share of x has arrived
    return _first(x.grad == square_left_too_early, x.grad != square_left_too_early)


def backward_twice() -> int:
    stored = 0.0
    shares = []
    for batch in (2.0, 5.0):
        weight = Value(1.0)
        (weight * batch).backward()
        shares.append(weight.grad)
        stored += weight.grad  # what PyTorch's backward does
    return _first(stored == shares[1], stored == sum(shares), stored == sum(shares) / 2)


def loss_falls_gradient_right() -> int:
    p = np.array([1.0, -0.7])
    for _ in range(30):
        p = p - 0.1 * tensor.grad(_wavy)(p) * [1.0, 0.2]  # wrong by a factor in one entry
    falls = _wavy(p) < _wavy(np.array([1.0, -0.7]))
    return 1 if falls else 2


def small_absolute_error() -> int:
    right = np.array([1e-7, 2e-7])
    wrong = right + 1e-7
    return _first(relative_error(wrong, right) < 1e-3, relative_error(wrong, right) > 0.1)


def smaller_h() -> int:
    known = np.exp(1.0)
    off = [
        abs(central_difference(lambda p: np.exp(p).sum(), np.ones(1), h)[0] - known)
        for h in (1e-15, 1e-5, 1e-1)
    ]
    return int(np.argmin(off))


def points_at_the_minimum() -> int:
    valley = descent.Quadratic(100.0)
    point = np.array([1.0, 1.0])
    downhill, to_minimum = -valley.gradient(point), -point
    cosine = downhill @ to_minimum / np.linalg.norm(downhill) / np.linalg.norm(to_minimum)
    steep = np.abs(downhill).argmax() == np.diag(valley.hessian(point)).argmax()
    return _first(cosine > 0.99, cosine < 0.9 and steep, cosine < 0.9 and not steep)


def bigger_rate_faster() -> int:
    path = descent.trajectory(
        "gradient_descent", lambda w: 2 * w, np.ones(1), 20, learning_rate=1.1
    )
    end = abs(path[-1, 0])
    return _first(end < 0.1, 0.5 < end < 2, end > 30)


def stuck_in_minima() -> int:
    rng = np.random.default_rng(0)
    kinds = []
    for _ in range(200):  # random curvatures in 12 dimensions
        a = rng.normal(size=(12, 12))
        signs = np.sign(np.linalg.eigvalsh(a + a.T))
        kinds.append(0 if (signs > 0).all() else 2 if (signs < 0).all() else 1)
    return int(np.bincount(kinds, minlength=3).argmax())


def noise_only_hurts() -> int:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=600), rng.normal(size=600)
    slopes = (0.7 * x - y) * x  # of ½(wx − y)², example by example
    parts = slopes[rng.permutation(600)].reshape(-1, 6).mean(axis=1)
    return 0 if np.isclose(parts.mean(), slopes.mean()) else 1


def relu_cures_vanishing() -> int:
    rng = np.random.default_rng(0)
    weights = [0.01 * rng.normal(size=(64, 64)) for _ in range(30)]
    a, kept = rng.normal(size=(1, 64)), []
    for W in weights:
        a = np.maximum(a @ W, 0)
        kept.append(a > 0)
    d = np.ones((1, 64))
    for W, on in zip(weights[::-1], kept[::-1], strict=True):
        d = (d * on) @ W.T
    size = np.linalg.norm(d) / 8
    return _first(0.1 < size < 10, size < 1e-6, size > 1e6)


def slopes_below_one() -> int:
    v = start = Value(0.5)
    for _ in range(30):
        v = (8.0 * v - 4.0).sigmoid()  # stays where σ′ = ¼, times a weight of 8
    v.backward()
    return 1 if start.grad > 1e6 else 0


def equal_weights() -> int:
    alike = nn.initializers.Constant(0.1)
    layers = [
        nn.layers.Dense(3, "tanh", kernel_initializer=alike, bias_initializer=alike),
        nn.layers.Dense(2, "softmax", kernel_initializer=alike, bias_initializer=alike),
    ]
    model = nn.Sequential([nn.Input((4,)), *layers])
    model.compile(nn.optimizers.SGD(0.5), "sparse_categorical_crossentropy")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 4))
    model.fit(x, (x[:, 0] > 0).astype(int), epochs=5, verbose=0, seed=0)
    kernel = layers[0].kernel
    equal = np.allclose(kernel, kernel[:, :1], rtol=1e-4)
    return _first(not equal, equal and np.ptp(kernel) > 0.01)


def softmax_twice() -> int:
    perfect = np.eye(10)  # what a first softmax gives when it is quite sure, and right
    best = losses.softmax_cross_entropy(perfect, np.arange(10)).mean()
    return _first(not np.isfinite(best), best > 0.5, best < 1e-6)


def accuracy_as_loss() -> int:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=40), rng.random(40) < 0.5
    slopes = [
        central_difference(lambda c: np.mean((x + c[0] > 0) == y), np.array([c]), 1e-6)[0]
        for c in rng.normal(size=50)
    ]
    return 1 if np.mean(np.array(slopes) == 0) > 0.95 else 0


def zero_only_at_minima() -> int:
    saddle = descent.Saddle()
    low, high = np.sort(saddle.curvature(np.zeros(2)))
    assert np.allclose(saddle.gradient(np.zeros(2)), 0)
    return _first(low > 0, high < 0, low < 0 < high)


COMPUTED = {
    f.__name__.replace("_", "-"): f
    for f in (
        backprop_is_descent,
        backprop_updates,
        only_for_networks,
        no_slope_in_hidden_delta,
        shapes_prove_it,
        any_order,
        backward_twice,
        loss_falls_gradient_right,
        small_absolute_error,
        smaller_h,
        points_at_the_minimum,
        bigger_rate_faster,
        stuck_in_minima,
        noise_only_hurts,
        relu_cures_vanishing,
        slopes_below_one,
        equal_weights,
        softmax_twice,
        accuracy_as_loss,
        zero_only_at_minima,
    )
}

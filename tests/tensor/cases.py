"""Every operation of the tape: a function of Tensors, and arrays to try it on.

A case takes a generator of random numbers and two sizes, and returns f and its inputs.
"""

import numpy as np

from dlcore import tensor
from tests.rules.witnesses import away_from_zero, distinct, normal, positive

CASES = {}


def case(name):
    return lambda make: CASES.setdefault(name, make)


def simple(name, f, *draws):
    """A case for f(*inputs); draws are (kind of number, shape from n, k)."""
    CASES[name] = lambda rng, n, k: (f, [kind(rng, *shape(n, k)) for kind, shape in draws])


def grid(n, k):
    return n, k


def row(n, k):
    return (k,)


def probabilities(rng, n, k):
    return 0.1 + 0.8 * rng.random((n, k))


# arithmetic, on shapes that are broadcast

PAIR = (normal, grid), (normal, row)
simple("add", lambda x, y: x + y, *PAIR)
simple("subtract", lambda x, y: x - y, *PAIR)
simple("multiply", lambda x, y: x * y, *PAIR)
simple("divide", lambda x, y: x / y, (normal, row), (positive, grid))
simple("where", lambda x, y: tensor.where(np.arange(x.shape[1]) % 2 == 0, x, y), *PAIR)
simple("general_power", lambda x, y: x**y, (positive, grid), (normal, row))
simple("a number's power", lambda x: 2**x, (normal, grid))
simple("power", lambda x: x**1.5, (positive, grid))
simple("square by power", lambda x: x**2, (normal, grid))
simple("negative", lambda x: -x, (normal, grid))
simple("log", np.log, (positive, grid))
simple("exp", np.exp, (normal, grid))
simple("sqrt", np.sqrt, (positive, grid))
simple("square", np.square, (normal, grid))
simple("absolute", np.absolute, (away_from_zero, grid))


@case("maximum")
def _(rng, n, k):
    return np.maximum, [distinct(rng, n, k), 0.03 + distinct(rng, k)]


@case("maximum of equals")
def _(rng, n, k):
    return lambda x: np.maximum(x * x, x * x), [normal(rng, n, k)]


# products, reductions, shaping

simple("matmul", lambda x, y: x @ y, (normal, grid), (normal, lambda n, k: (2, k, 3)))
simple("matmul of vectors", lambda x, y: x @ y, (normal, row), (normal, row))
AFFINE = (normal, grid), (normal, lambda n, k: (k, 3)), (normal, lambda n, k: (3,))
simple("affine", tensor.affine, *AFFINE)
simple("affine without b", tensor.affine, *AFFINE[:2])
for axis in (None, 0, (0, -1)):
    for name in ("sum", "mean"):
        simple(
            f"{name} axis={axis}",
            lambda x, name=name, axis=axis: getattr(x * x, name)(axis=axis),
            (normal, lambda n, k: (n, 2, k)),
        )
    simple(f"max axis={axis}", lambda x, axis=axis: x.max(axis, keepdims=True), (distinct, grid))
simple("sum by NumPy", lambda x: np.sum(x * x, axis=1), (normal, grid))
simple("sum by reduce", lambda x: np.add.reduce(x * x), (normal, grid))
simple("reshape", lambda x: x.reshape(-1) ** 2, (normal, grid))
simple("transpose", lambda x: x.T * x.swapaxes(0, 1), (normal, grid))
simple("broadcast_to", lambda x: tensor.broadcast_to(x, (2, *x.shape)) ** 2, (normal, grid))
simple(
    "concatenate", lambda x, y: tensor.concatenate([x, y * y], -1), (normal, grid), (normal, grid)
)
simple("getitem", lambda x: x[np.array([0, -1, 0])] ** 2, (normal, grid))

# activations

for name, options in {
    "relu": {},
    "leaky_relu": {"negative_slope": 0.3},
    "elu": {"alpha": 0.5},
    "gelu": {},
    "gelu approximate": {"approximate": True},
    "sigmoid": {},
    "tanh": {},
    "softmax": {},
    "softmax axis=0": {"axis": 0},
    "log_softmax": {},
}.items():
    f = getattr(tensor, name.split()[0])
    simple(name, lambda z, f=f, options=options: f(z, **options), (away_from_zero, grid))

# losses and penalties


@case("softmax_cross_entropy labels")
def _(rng, n, k):
    y = rng.integers(0, k, n)
    return lambda z: tensor.softmax_cross_entropy(z, y), [normal(rng, n, k)]


@case("softmax_cross_entropy rows")
def _(rng, n, k):
    y = rng.dirichlet(np.ones(k), n)
    return lambda z: tensor.softmax_cross_entropy(z, y), [normal(rng, n, k)]


@case("softmax_cross_entropy smoothed")
def _(rng, n, k):
    y = rng.integers(0, k, n)
    return lambda z: tensor.softmax_cross_entropy(z, y, label_smoothing=0.1), [normal(rng, n, k)]


@case("cross_entropy")
def _(rng, n, k):
    y = rng.integers(0, k, n)
    return lambda p: tensor.cross_entropy(p, y), [probabilities(rng, n, k)]


for f, kind in (
    (tensor.sigmoid_cross_entropy, normal),
    (tensor.binary_cross_entropy, probabilities),
    (tensor.squared_error, normal),
):

    @case(f.__name__)
    def _(rng, n, k, f=f, kind=kind):
        y = rng.random((n, k))
        return lambda outputs: f(outputs, y), [kind(rng, n, k)]


simple("square_sum", lambda W: tensor.square_sum(W, 0.3), (normal, grid))
simple("absolute_sum", lambda W: tensor.absolute_sum(W, 0.3), (away_from_zero, grid))

# what layers are made of

NORM = (normal, lambda n, k: (n, 2, k)), (normal, row), (normal, row)
simple("layer_norm", tensor.layer_norm, *NORM)
simple("batch_norm", tensor.batch_norm, *NORM)


@case("batch_norm_given")
def _(rng, n, k):
    mean, variance = normal(rng, k), positive(rng, k)
    inputs = [normal(rng, n, k), normal(rng, k), normal(rng, k)]
    return lambda *inputs: tensor.batch_norm_given(*inputs, mean, variance), inputs


@case("dropout")
def _(rng, n, k):
    mask = rng.random((n, k)) < 0.6
    return lambda x: tensor.dropout(x, mask, 0.4), [normal(rng, n, k)]


IMAGES = (normal, lambda n, k: (n, 4, 2 + k, 2))
KERNEL = (normal, lambda n, k: (2, 3, 2, 2)), (normal, lambda n, k: (2,))
simple("conv2d", lambda x, W, b: tensor.conv2d(x, W, b, 2, "same"), IMAGES, *KERNEL)
simple("conv2d without bias", tensor.conv2d, IMAGES, KERNEL[0])
simple("average_pool2d", lambda x: tensor.average_pool2d(x, (2, 3), 1) ** 2, IMAGES)
simple("max_pool2d", tensor.max_pool2d, (distinct, IMAGES[1]))


@case("conv2d of constant images")
def _(rng, n, k):
    x = normal(rng, n, 3, 2 + k, 2)
    f = lambda W, b: tensor.conv2d(x.astype(W.dtype), W, b) ** 2  # noqa: E731
    return f, [kind(rng, *s(n, k)) for kind, s in KERNEL]


@case("embedding")
def _(rng, n, k):
    indices = rng.integers(0, k, (n, 3))  # some words come twice
    return lambda table: tensor.embedding(table, indices) ** 2, [normal(rng, k, 2)]


@case("scaled_dot_product_attention")
def _(rng, n, k):
    mask = rng.random((n, k)) < 0.6
    inputs = [normal(rng, 2, size, 3) for size in (n, k, k)]
    return lambda *qkv: tensor.scaled_dot_product_attention(*qkv, True, mask), inputs

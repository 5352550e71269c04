"""Every rule of dlcore.rules as three things: a function, its gradients, arrays to try it on.

A case takes a generator of random numbers and two sizes, and returns f, vjp and the inputs that
have a gradient; f(*inputs) is an array and vjp(d, *inputs) one gradient or a tuple of them.
"""

import numpy as np

from dlcore.rules import (
    activations,
    affine,
    arithmetic,
    attention,
    convolution,
    dropout,
    embedding,
    losses,
    normalisation,
    pooled,
    pooling,
    products,
    recurrent,
    reductions,
    shaping,
    windows,
)
from tests.rules.witnesses import away_from_zero, distinct, normal, positive

CASES = {}
ANALYTIC = set()  # the names of those that take complex numbers


def case(name, analytic=False):
    def add(make):
        CASES[name] = make
        if analytic:
            ANALYTIC.add(name)
        return make

    return add


def simple(name, f, vjp, *draws, analytic=False):
    """A case for f(*inputs) and vjp(d, *inputs): draws are (kind of number, shape from n, k)."""

    def make(rng, n, k):
        return f, vjp, [kind(rng, *shape(n, k)) for kind, shape in draws]

    case(name, analytic)(make)


def grid_of(n, k):
    return n, k


# arithmetic, on shapes that are alike and on every kind that is broadcast

PAIRS = {
    "alike": (lambda n, k: (n, k), lambda n, k: (n, k)),
    "row": (lambda n, k: (n, k), lambda n, k: (k,)),
    "column": (lambda n, k: (n, 1), lambda n, k: (2, n, k)),
    "number": (lambda n, k: (), lambda n, k: (n, k)),
    "outer": (lambda n, k: (n, 1), lambda n, k: (1, k)),
}
for pair, (first, second) in PAIRS.items():
    for name, kinds in {
        "add": (normal, normal),
        "subtract": (normal, normal),
        "multiply": (normal, normal),
        "divide": (normal, away_from_zero),
        "general_power": (positive, normal),
    }.items():
        f, vjp = getattr(arithmetic, name), getattr(arithmetic, f"{name}_vjp")
        draws = ((kinds[0], first), (kinds[1], second))
        simple(f"{name} {pair}", f, vjp, *draws, analytic=name != "general_power")

    @case(f"maximum {pair}")
    def _(rng, n, k, first=first, second=second):
        x = distinct(rng, *first(n, k))
        return arithmetic.maximum, arithmetic.maximum_vjp, [x, 0.03 + distinct(rng, *second(n, k))]

    @case(f"where {pair}", analytic=True)
    def _(rng, n, k, first=first, second=second):
        inputs = [normal(rng, *first(n, k)), normal(rng, *second(n, k))]
        mask = rng.random(np.broadcast_shapes(*map(np.shape, inputs))) < 0.5
        return (
            lambda x, y: arithmetic.where(mask, x, y),
            lambda d, x, y: arithmetic.where_vjp(d, mask, x, y),
            inputs,
        )


for name, kind in {
    "negative": normal,
    "log": positive,
    "square": normal,
    "absolute": away_from_zero,
}.items():
    f, vjp = getattr(arithmetic, name), getattr(arithmetic, f"{name}_vjp")
    simple(name, f, vjp, (kind, grid_of), analytic=name != "absolute")

for name, kind in {"exp": normal, "sqrt": positive}.items():  # from the result
    f, vjp = getattr(arithmetic, name), getattr(arithmetic, f"{name}_vjp")
    simple(name, f, lambda d, x, f=f, vjp=vjp: vjp(d, f(x)), (kind, grid_of), analytic=True)

for exponent in (-1.5, -1, 0, 0.5, 1, 2, 3):
    simple(
        f"power {exponent}",
        lambda x, p=exponent: arithmetic.power(x, p),
        lambda d, x, p=exponent: arithmetic.power_vjp(d, x, p),
        (positive, grid_of),
        analytic=True,
    )

# products

for name, (first, second) in {
    "vector vector": (lambda n, k: (k,), lambda n, k: (k,)),
    "vector matrix": (lambda n, k: (n,), lambda n, k: (n, k)),
    "matrix vector": (lambda n, k: (n, k), lambda n, k: (k,)),
    "matrix matrix": (lambda n, k: (n, k), lambda n, k: (k, 3)),
    "stack stack": (lambda n, k: (2, n, k), lambda n, k: (2, k, 2)),
    "stack matrix": (lambda n, k: (2, n, k), lambda n, k: (k, 2)),
    "matrix stack": (lambda n, k: (n, k), lambda n, k: (2, k, 2)),
    "stack vector": (lambda n, k: (2, n, k), lambda n, k: (k,)),
    "vector stack": (lambda n, k: (k,), lambda n, k: (2, k, n)),
    "broadcast stacks": (lambda n, k: (2, 1, n, k), lambda n, k: (3, k, 2)),
}.items():
    draws = ((normal, first), (normal, second))
    simple(f"matmul {name}", products.matmul, products.matmul_vjp, *draws, analytic=True)


def affine_vjp(dz, x, W, b):
    return affine.affine_vjp(dz, x, W)


simple(
    "affine",
    affine.affine,
    affine_vjp,
    (normal, grid_of),
    (normal, lambda n, k: (k, 3)),
    (normal, lambda n, k: (3,)),
    analytic=True,
)

# reductions

for axis in (None, 0, -1, (0, 2), (-1, 0), (0, 1, 2), ()):
    for keepdims in (False, True):
        for name, kind in (("sum", normal), ("mean", normal), ("max", distinct)):
            f, vjp = getattr(reductions, name), getattr(reductions, f"{name}_vjp")
            simple(
                f"{name} axis={axis} keepdims={keepdims}",
                lambda x, f=f, a=axis, keep=keepdims: f(x, a, keep),
                lambda d, x, vjp=vjp, a=axis, keep=keepdims: vjp(d, x, a, keep),
                (kind, lambda n, k: (n, 2, k)),
                analytic=name != "max",
            )

# shaping


@case("reshape", analytic=True)
def _(rng, n, k):
    x, shape = normal(rng, n, k, 2), (k, 2 * n)
    return (
        lambda x: shaping.reshape(x, shape),
        lambda d, x: shaping.reshape_vjp(d, x, shape),
        [x],
    )


for axes in (None, (1, 0, 2), (2, 0, 1), (-1, 0, 1), (0, -1, -2)):
    simple(
        f"transpose {axes}",
        lambda x, axes=axes: shaping.transpose(x, axes),
        lambda d, x, axes=axes: shaping.transpose_vjp(d, x, axes),
        (normal, lambda n, k: (n, k, 2)),
        analytic=True,
    )

for name, small in {
    "row": lambda n, k: (k,),
    "column": lambda n, k: (n, 1),
    "number": lambda n, k: (),
    "same": lambda n, k: (2, n, k),
}.items():

    @case(f"broadcast_to {name}", analytic=True)
    def _(rng, n, k, small=small):
        full = (2, n, k)
        return (
            lambda x: shaping.broadcast_to(x, full),
            lambda d, x: shaping.broadcast_to_vjp(d, x, full),
            [normal(rng, *small(n, k))],
        )

    @case(f"unbroadcast {name}", analytic=True)
    def _(rng, n, k, small=small):
        return (
            lambda x: shaping.unbroadcast(x, small(n, k)),
            lambda d, x: shaping.unbroadcast_vjp(d, x, small(n, k)),
            [normal(rng, 2, n, k)],
        )


for axis in (0, 1, -1):

    @case(f"concatenate axis={axis}", analytic=True)
    def _(rng, n, k, axis=axis):
        shapes = np.array([[n, k, 2]] * 3)
        shapes[:, axis] = (1, n, 2)
        return (
            lambda *arrays: shaping.concatenate(arrays, axis),
            lambda d, *arrays: shaping.concatenate_vjp(d, arrays, axis),
            [normal(rng, *shape) for shape in shapes],
        )


INDICES = {
    "number": lambda n, k: 0,
    "two numbers": lambda n, k: (n - 1, np.int64(0)),
    "slice": lambda n, k: slice(None, None, -2),
    "new axis": lambda n, k: (..., np.newaxis, 0),
    "repeated": lambda n, k: np.array([0, n - 1, 0, 0]),
    "negative and repeated": lambda n, k: [-1, n - 1],
    "rows and columns": lambda n, k: (np.zeros(3, int), np.array([0, k - 1, 0])),
    "mask": lambda n, k: np.arange(n * k).reshape(n, k) % 2 == 0,
    "mask and slice": lambda n, k: (slice(None), np.arange(k) % 2 == 0),
}
for name, index_of in INDICES.items():

    @case(f"getitem {name}", analytic=True)
    def _(rng, n, k, index_of=index_of):
        index = index_of(n, k)
        return (
            lambda x: shaping.getitem(x, index),
            lambda d, x: shaping.getitem_vjp(d, x, index),
            [normal(rng, n, k)],
        )


# activations

for name, options, of_z in (
    ("relu", {}, False),
    ("leaky_relu", {}, False),
    ("leaky_relu", {"negative_slope": 0.0}, False),
    ("leaky_relu", {"negative_slope": 1.5}, False),
    ("elu", {}, False),
    ("elu", {"alpha": 0.3}, False),
    ("gelu", {}, True),
    ("gelu", {"approximate": True}, True),
    ("sigmoid", {}, False),
    ("tanh", {}, False),
    ("softmax", {}, False),
    ("softmax", {"axis": 0}, False),
    ("softmax", {"axis": 1}, False),
    ("log_softmax", {}, False),
    ("log_softmax", {"axis": 0}, False),
):
    f, vjp = getattr(activations, name), getattr(activations, f"{name}_vjp")
    simple(
        " ".join([name, *(f"{key}={value}" for key, value in options.items())]),
        lambda z, f=f, o=options: f(z, **o),
        lambda d, z, f=f, vjp=vjp, o=options, of_z=of_z: vjp(d, z if of_z else f(z, **o), **o),
        (away_from_zero, lambda n, k: (n, 2, k)),
        analytic=name in ("sigmoid", "tanh") or options == {"approximate": True},
    )

# losses, smoothed (tests/test_rules.py has the others)

for kind in ("labels", "rows"):

    @case(f"softmax_cross_entropy smoothed {kind}")
    def _(rng, n, k, kind=kind):
        y = rng.integers(0, k, n) if kind == "labels" else rng.dirichlet(np.ones(k), n)
        f, vjp = losses.softmax_cross_entropy, losses.softmax_cross_entropy_vjp
        return (
            lambda z: f(z, y.astype(z.dtype) if kind == "rows" else y, label_smoothing=0.1),
            lambda d, z: vjp(
                z,
                y.astype(z.dtype) if kind == "rows" else y,
                d[:, np.newaxis],
                label_smoothing=0.1,
            ),
            [normal(rng, n, k)],
        )


# normalisation and dropout

for name, shape in {"": lambda n, k: (n, k), " images": lambda n, k: (n, 2, 3, k)}.items():
    for kind in ("layer_norm", "batch_norm"):
        f, vjp = getattr(normalisation, kind), getattr(normalisation, f"{kind}_vjp")
        simple(
            kind + name,
            lambda x, gamma, beta, f=f: f(x, gamma, beta)[0],
            lambda d, x, gamma, beta, f=f, vjp=vjp: vjp(d, f(x, gamma, beta)[1], gamma),
            (normal, shape),
            (normal, lambda n, k: (k,)),
            (normal, lambda n, k: (k,)),
            analytic=True,
        )

    @case("batch_norm_given" + name, analytic=True)
    def _(rng, n, k, shape=shape):
        mean, variance = normal(rng, k), positive(rng, k)

        def statistics(x):
            real = x.real.dtype
            return mean.astype(real), variance.astype(real)

        f, vjp = normalisation.batch_norm_given, normalisation.batch_norm_given_vjp
        return (
            lambda x, gamma, beta: f(x, gamma, beta, *statistics(x)),
            lambda d, x, gamma, beta: vjp(d, x, gamma, *statistics(x)),
            [normal(rng, *shape(n, k)), normal(rng, k), normal(rng, k)],
        )


for name, shape in {"": lambda n, k: (n, 2, k), " whole rows": lambda n, k: (n, 1, k)}.items():

    @case("dropout" + name, analytic=True)
    def _(rng, n, k, shape=shape):
        mask = rng.random(shape(n, k)) < 0.6
        return (
            lambda x: dropout.dropout(x, mask, 0.4),
            lambda d, x: dropout.dropout_vjp(d, mask, 0.4),
            [normal(rng, n, 2, k)],
        )


# images

for size, strides, padding in (
    ((2, 3), 1, "valid"),
    ((3, 2), (2, 1), "valid"),
    ((1, 1), 2, "valid"),
    ((3, 3), 1, "same"),
    ((2, 3), 2, "same"),
    ((2, 2), (1, 3), "same"),
):
    options = {"strides": strides, "padding": padding}
    simple(
        f"conv2d {size} {strides} {padding}",
        lambda x, kernel, bias, o=options: convolution.conv2d(x, kernel, bias, **o),
        lambda d, x, kernel, bias, o=options: convolution.conv2d_vjp(d, x, kernel, **o),
        (normal, lambda n, k: (n, 4, 2 + k, 2)),
        (normal, lambda n, k, size=size: (*size, 2, 2)),
        (normal, lambda n, k: (2,)),
        analytic=True,
    )
    for name, kind in (("max_pool2d", distinct), ("average_pool2d", normal)):
        f, vjp = getattr(pooling, name), getattr(pooling, f"{name}_vjp")
        simple(
            f"{name} {size} {strides} {padding}",
            lambda x, f=f, size=size, o=options: f(x, size, **o),
            lambda d, x, vjp=vjp, size=size, o=options: vjp(d, x, size, **o),
            (kind, lambda n, k: (n, 4, 2 + k, 2)),
            analytic=name == "average_pool2d",
        )

    @case(f"windows {size} {strides} {padding}", analytic=True)
    def _(rng, n, k, size=size, strides=strides, padding=padding):
        x = normal(rng, n, 4, 2 + k, 1)
        where = windows.grid("size", x.shape, size, strides, padding)
        return (
            lambda x: windows.windows(x, where),
            lambda d, x: windows.windows_vjp(d, x.shape, where),
            [x],
        )

    @case(f"apply_kernel {size} {strides} {padding}", analytic=True)
    def _(rng, n, k, size=size, strides=strides, padding=padding):
        x = normal(rng, n, 4, 2 + k, 2)
        cut = windows.windows(x, windows.grid("size", x.shape, size, strides, padding))
        return (
            convolution.apply_kernel,
            lambda d, cut, kernel, bias: convolution.apply_kernel_vjp(d, cut, kernel),
            [cut.copy(), normal(rng, *size, 2, 2), normal(rng, 2)],
        )


for size, strides, padding, pool in (
    ((2, 3), 1, "valid", (2, 2)),
    ((3, 2), (1, 2), "same", (1, 2)),
    ((1, 1), (2, 1), "valid", (2, 3)),
    ((3, 3), 1, "same", (3, 1)),
):

    @case(f"conv2d_max_pool2d {size} {strides} {padding} {pool}")
    def _(rng, n, k, size=size, strides=strides, padding=padding, pool=pool):
        shape = (n, 6, 4 + k, 2)
        stand = windows.grid("kernel", shape, size, strides, padding)
        pools = windows.grid("pool_size", (n, *stand.count, 2), pool, pool, "valid")
        where = pooled.wide_windows(stand, pools)
        while True:  # until no nudge changes which is the largest
            x, kernel, bias = normal(rng, *shape), normal(rng, *size, 2, 2), normal(rng, 2)
            cut = windows.windows(convolution.conv2d(x, kernel, bias, strides, padding), pools)
            entries = np.sort(cut.swapaxes(3, 5).reshape(-1, pool[0] * pool[1]), axis=1)
            if np.diff(entries[:, -2:], axis=1).min(initial=1) > 1e-3:
                break
        return (
            lambda x, kernel, bias: pooled.conv2d_max_pool2d(x, kernel, bias, where)[0],
            lambda d, x, kernel, bias: pooled.conv2d_max_pool2d_vjp(
                d, pooled.conv2d_max_pool2d(x, kernel, bias, where)[1], kernel, x.shape, where
            ),
            [x, kernel, bias],
        )


# sequences


@case("embedding", analytic=True)
def _(rng, n, k):
    indices = rng.integers(0, k, (n, 3))
    return (
        lambda table: embedding.embedding(table, indices),
        lambda d, table: embedding.embedding_vjp(d, table, indices),
        [normal(rng, k, 2)],
    )


@case("embedding of few words", analytic=True)  # which come so often that they are sorted
def _(rng, n, k):
    indices = rng.integers(0, k, (n, 2**14))
    return (
        lambda table: embedding.embedding(table, indices),
        lambda d, table: embedding.embedding_vjp(d, table, indices),
        [normal(rng, k, 3)],
    )


for truncate in (None, 100):

    @case(f"recurrence truncate={truncate}", analytic=True)
    def _(rng, n, k, truncate=truncate):
        def vjp(d, z, U, h0):
            h = recurrent.recurrence(z, U, h0)
            return recurrent.recurrence_vjp(d, h, U, h0, truncate=truncate)

        return recurrent.recurrence, vjp, [normal(rng, n, 2, k), normal(rng, k, k) / k,
                                           normal(rng, 2, k)]  # fmt: skip


@case("recurrence gelu")  # whose derivative needs the sums
def _(rng, n, k):
    def f(z, U, h0, sums=None):
        return recurrent.recurrence(z, U, h0, activations.gelu, sums=sums)

    def vjp(d, z, U, h0):
        sums = np.empty_like(z)
        h = f(z, U, h0, sums)
        return recurrent.recurrence_vjp(d, h, U, h0, activations.gelu_vjp, sums=sums)

    return f, vjp, [normal(rng, n, 2, k), normal(rng, k, k) / k, normal(rng, 2, k)]


for name, causal, masked, dropped, heads in (
    ("", False, False, False, (2, 2)),
    ("causal", True, False, False, (2, 2)),
    ("masked", False, True, False, (2, 2)),
    ("causal masked", True, True, False, (2, 2)),
    ("with dropout", False, False, True, (2, 2)),
    ("one head of keys", False, False, False, (2, 1)),
):

    @case(f"attention {name}")
    def _(rng, n, k, causal=causal, masked=masked, dropped=dropped, heads=heads):
        mask = rng.random((n, k)) < 0.6 if masked else None  # rows without any True happen
        factors = 2.0 * (rng.random((heads[0], n, k)) < 0.5)

        def keep(q):
            return factors.astype(q.dtype) if dropped else None

        def f(q, k, v):
            return attention.scaled_dot_product_attention(q, k, v, causal, mask, keep(q))

        def vjp(d, q, k, v):
            z, weights = f(q, k, v)
            shortcut = z if dropped else None
            return attention.scaled_dot_product_attention_vjp(
                d, q, k, v, weights, keep(q), z=shortcut
            )

        q, keys = normal(rng, heads[0], n, 3), normal(rng, heads[1], k, 3)
        return lambda *inputs: f(*inputs)[0], vjp, [q, keys, normal(rng, heads[1], k, 2)]

"""Promises about the tape: right at forks and broadcasts, repeatable, and differentiable again."""

import gc
import weakref
from time import process_time
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore import tensor
from dlcore.derivatives import central_difference, relative_error
from dlcore.tensor import Tensor, grad, gradients_of, no_grad, value_and_grad
from dlcore.tensor.operations import Operation
from dlcore.tensor.tape import apply

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(4, 3)), RNG.normal(size=(3, 5))
POSITIVE = RNG.uniform(0.5, 2.0, (4, 3))

# Functions of one array whose result is one number, for Tensors and for arrays alike
FUNCTIONS = {
    "sum of squares": lambda x: (x * x).sum(),
    "a fork": lambda x: (x * x + x / (x * x + 1)).sum(),
    "broadcast row": lambda x: ((x + A[0]) * x[0]).sum(),
    "broadcast column": lambda x: (x * x[:, :1] - x[:, 2:]).mean(),
    "matmul": lambda x: ((x @ B) ** 2).sum(),
    "matmul from the right": lambda x: (x.T @ x).sum(),
    "vector products": lambda x: x[0] @ x[1] + (x @ A[2]).sum(),
    "exp and log": lambda x: np.log(np.exp(x).sum(axis=1)).sum(),
    "tanh": lambda x: np.tanh(x * 2 - 1).mean(axis=0).sum(),
    "square root": lambda x: np.sqrt(x * x + 1).sum(),
    "power": lambda x: ((x**2) ** 1.5).sum(),
    "a power of two": lambda x: (2.0 ** np.tanh(x)).sum(),
    "reshape": lambda x: (x.reshape(3, 4) * np.arange(12.0).reshape(3, 4)).sum(),
    "transpose": lambda x: (x.transpose(1, 0) * A.T).sum(),
    "repeated indices": lambda x: (x[np.array([0, 0, 2])] * A[:3]).sum(),
    "maximum": lambda x: np.maximum(x, 0.3 * A).sum(),
    "largest": lambda x: x.max(axis=1).sum(),
    "absolute": lambda x: np.absolute(x).sum(),
    "right-hand numbers": lambda x: (1 - x + 2 / (x * x + 1) - (3 * x)).sum(),
}


def number(result):
    return result.data if isinstance(result, Tensor) else result


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_equal_central_differences(name):
    f = FUNCTIONS[name]
    value, gradient = value_and_grad(f)(A)
    assert value == pytest.approx(float(number(f(A))))
    assert relative_error(gradient, central_difference(f, A)) < 1e-8


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_operands_of_any_shapes_that_broadcast_get_gradients_of_their_own_shape(data):
    full = tuple(data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=3)))
    kept = [data.draw(st.booleans()) for _ in full]
    small = tuple(n if k else 1 for n, k in zip(full, kept, strict=True))
    small = small[data.draw(st.integers(0, len(full))) :]
    x, y = RNG.normal(size=full), RNG.uniform(1, 2, small)
    f = lambda pair: (pair[0] * pair[1] + pair[0] / pair[1] - pair[1]).sum()  # noqa: E731
    dx, dy = grad(f)([x, y])
    assert dx.shape == x.shape and dy.shape == y.shape
    assert relative_error(dx, central_difference(lambda x: f([x, y]), x)) < 1e-7
    assert relative_error(dy, central_difference(lambda y: f([x, y]), y)) < 1e-7


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=10))
def test_paths_of_any_lengths_that_fork_and_meet_are_all_added_up(pairs):
    def f(x):
        made = [x]
        for i, j in pairs:
            made.append(np.tanh(made[i % len(made)]) * made[j % len(made)])
        return (made[-1] + made[len(made) // 2]).sum()

    assert np.allclose(grad(f)(A), central_difference(f, A), rtol=1e-7, atol=1e-9)


def test_each_operation_is_gone_back_through_once_however_many_paths_meet_in_it():
    called = []

    def vjp(d, z, asks, x):
        called.append(z)
        return (2 * d,)

    double = Operation("double", lambda x: 2 * x, vjp)
    x = y = Tensor(1.0, requires_grad=True)
    for _ in range(10):  # 2¹⁰ paths
        y = apply(double, y) + y
    y.backward()
    assert x.grad == 3**10 and len(called) == 10


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(x, axis=0),
        lambda x: np.mean(x, axis=1, keepdims=True),
        lambda x: np.max(x, 1),
        lambda x: np.add.reduce(x),
        lambda x: np.maximum.reduce(x, axis=1, keepdims=True),
        lambda x: np.reshape(x, (2, 6)),
        lambda x: np.transpose(x),
        lambda x: np.broadcast_to(x, (2, 4, 3)),
        lambda x: np.concatenate([x, A], axis=1),
        lambda x: np.where(A > 0, x, 2),
        lambda x: np.power(2.0, x),
        lambda x: np.float64(2) * x - np.ones(3),
        lambda x: x * [1, 2, 3] + (4, 5, 6),
        lambda x: x @ [[1, 2], [3, 4], [5, 6]],
    ],
)
def test_what_numpy_does_to_arrays_it_does_to_tensors(f):
    x = Tensor(A, requires_grad=True)
    np.testing.assert_array_equal(f(x).data, f(A))
    loss = lambda x: (f(x) * f(A)).sum()  # noqa: E731
    assert relative_error(grad(loss)(A), central_difference(loss, A)) < 1e-8
    assert np.shape(x) == (4, 3) and np.ndim(x) == 2 and np.size(x) == 12


@pytest.mark.parametrize("name", ["relu", "sigmoid", "tanh", "softmax"])
def test_activations_on_the_tape_equal_central_differences(name):
    f = getattr(tensor, name)
    loss = lambda z: (f(z) * A).sum()  # noqa: E731
    assert relative_error(grad(loss)(A), central_difference(lambda z: loss(z).item(), A)) < 1e-8


def test_a_whole_loss_equals_central_differences_for_every_parameter():
    params = {"W": [RNG.normal(size=(3, 6)), RNG.normal(size=(6, 5))], "b": RNG.normal(size=5)}
    labels = np.array([0, 4, 2, 2])

    def loss(p):
        hidden = tensor.relu(A @ p["W"][0])
        return tensor.softmax_cross_entropy(tensor.affine(hidden, p["W"][1], p["b"]), labels).mean()

    gradients = grad(loss)(params)
    for where, name in ((0, "W"), (1, "W"), (None, "b")):
        at = params[name] if where is None else params[name][where]
        found = gradients[name] if where is None else gradients[name][where]

        def of_one(value, where=where, name=name):
            new = {"W": list(params["W"]), "b": params["b"]}
            if where is None:
                new[name] = value
            else:
                new[name][where] = value
            return loss(new).item()

        assert relative_error(found, central_difference(of_one, at)) < 1e-7


def test_concatenated_pieces_get_their_part_of_the_gradient():
    f = lambda pair: (tensor.concatenate(pair, axis=1) * np.arange(8.0)).sum()  # noqa: E731
    left, right = grad(f)([A, np.ones((4, 5))])
    assert (left == np.arange(3.0)).all() and (right == np.arange(3.0, 8.0)).all()


# Backward on tensors


def test_backward_fills_the_leaves_that_ask_and_no_others():
    x, y, z = Tensor(A, requires_grad=True), Tensor(A), Tensor(2.0, requires_grad=True)
    ((x * y).sum() * z).backward()
    assert np.allclose(x.grad, 2 * A) and y.grad is None
    assert z.grad == pytest.approx((A * A).sum())


def test_backward_twice_gives_the_same_gradients():
    x = Tensor(A, requires_grad=True)
    result = (x * x).sum()
    result.backward()
    first = x.grad.copy()
    result.backward()
    assert (x.grad == first).all()


def test_a_parameter_used_twice_gets_both_shares():
    W = Tensor(RNG.normal(size=(3, 3)), requires_grad=True)
    ((A @ W) @ W).sum().backward()
    expected = central_difference(lambda W: ((A @ W) @ W).sum(), W.data)
    assert relative_error(W.grad, expected) < 1e-8


def test_a_shared_gradient_is_never_written_into():
    x, y = Tensor(A, requires_grad=True), Tensor(A, requires_grad=True)
    total = x + y  # both get d itself
    (total.sum() + (x * 3).sum()).backward()
    assert (y.grad == 1).all() and (x.grad == 4).all()


@pytest.fixture
def no_garbage_collector():
    gc.disable()
    yield
    gc.enable()


def chain(length):
    """The CPU seconds that a chain of so many operations takes to make, walk back and forget."""
    start = process_time()
    x = y = Tensor(1.0, requires_grad=True)
    for _ in range(length):
        y = y + x
    y.backward()
    assert x.grad == length + 1
    del y
    return process_time() - start


def test_a_chain_of_a_hundred_thousand_operations_takes_its_length_and_no_more(
    no_garbage_collector,
):
    assert chain(100_000) < 40 * min(chain(10_000) for _ in range(3))  # 10 by its length


def test_every_gradient_is_an_array_of_its_own():
    given = [np.ones((2, 3)), np.ones((2, 3)), np.ones((3, 2)), np.ones((2, 2)), np.ones((2, 1))]

    def f(p):
        joined = tensor.concatenate([p[3], p[4]], axis=1)
        return ((p[0] + p[1] + p[2].T + joined) * 2).sum()

    d, x = np.ones((2, 3)), Tensor(np.ones((2, 3)), requires_grad=True)
    (x + 0).backward(d)
    arrays = [*grad(f)(given), x.grad, d]
    for i, array in enumerate(arrays):
        assert array.flags.writeable
        assert not any(np.shares_memory(array, other) for other in arrays[:i])


def test_a_chain_of_ten_thousand_operations_can_be_differentiated_twice():
    def f(x):
        y = x
        for _ in range(10_000):
            y = y * 1.0001
        return y * y

    assert grad(grad(f))(np.array(3.0)) == pytest.approx(2 * 1.0001**20_000)


def test_what_was_recorded_is_freed_at_once_without_the_garbage_collector(
    no_garbage_collector,
):
    gone = []

    def f(x):
        middle = np.tanh(x) @ B
        result = (tensor.sigmoid(middle) * middle).sum()
        gone.extend(weakref.ref(t.data) for t in (middle, result))
        return result

    def normed(x):
        return f(tensor.layer_norm(x, np.ones(3), np.zeros(3)))

    result = normed(Tensor(A, requires_grad=True))
    result.backward()
    del result
    value_and_grad(normed)(A)
    tensor.hessian_vector_product(f, A, A)
    with pytest.raises(NotImplementedError):
        tensor.hessian_vector_product(normed, A, A)
    assert len(gone) == 8 and not any(one() is not None for one in gone)


class Pair(NamedTuple):
    W: np.ndarray
    b: np.ndarray


def test_the_gradient_has_the_form_of_the_argument():
    given = {"layers": [Pair(A, A[0]), (A[1], [2.0])], "scale": B}
    found = grad(
        lambda p: (
            (p["layers"][0].W + p["layers"][0].b).sum() * p["layers"][1][1][0]
            + p["layers"][1][0].sum()
        )
    )(given)
    W, b = found["layers"][0]
    assert isinstance(found["layers"][0], Pair) and isinstance(found["layers"][1], tuple)
    assert (W == 2).all() and (b == 8).all() and (found["layers"][1][0] == 1).all()
    assert found["layers"][1][1] == [pytest.approx((A + A[0]).sum())]
    assert (found["scale"] == np.zeros_like(B)).all()  # f does not depend on it


def test_a_source_in_the_middle_of_a_calculation_may_be_asked_for():
    x = Tensor(A, requires_grad=True)
    middle = np.tanh(x)
    result = (middle * middle).sum()
    at_x, at_middle = gradients_of(result, [x, middle])
    assert np.allclose(at_middle, 2 * middle.data)
    assert np.allclose(at_x, 2 * middle.data * (1 - middle.data**2))


def test_what_a_result_does_not_depend_on_gets_zeros():
    x, y = Tensor(A, requires_grad=True), Tensor(B, requires_grad=True)
    assert (gradients_of(x.sum(), [y])[0] == np.zeros_like(B)).all()


def test_nothing_is_recorded_under_no_grad():
    x = Tensor(A, requires_grad=True)
    with no_grad():
        y = x * 2
        assert grad(lambda x: (x * x).sum())(A) == pytest.approx(2 * A)  # but this was asked for
    assert not y.requires_grad and (x * 2).requires_grad


def test_comparisons_give_plain_arrays():
    x = Tensor(A, requires_grad=True)
    for compared in (x > 0, x >= 0, x < 0, x <= 0, 0.5 < x, x == A, x != A, x == x):  # noqa: SIM300
        assert isinstance(compared, np.ndarray) and compared.dtype == bool
    assert (x == Tensor(A)).all() and not (x != A).any()


# Derivatives of derivatives


SMOOTH = [
    "sum of squares",
    "a fork",
    "broadcast row",
    "matmul",
    "matmul from the right",
    "exp and log",
    "tanh",
    "square root",
    "power",
    "reshape",
    "transpose",
]


@pytest.mark.parametrize("name", SMOOTH)
def test_the_gradient_of_a_gradient_equals_differences_of_gradients(name):
    f = FUNCTIONS[name]
    v = RNG.normal(size=A.shape)
    along_v = lambda x: (grad(f)(x) * v).sum()  # noqa: E731
    expected = central_difference(lambda x: float((grad(f)(x) * v).sum()), A)
    assert relative_error(grad(along_v)(A), expected) < 1e-7
    assert relative_error(tensor.hessian_vector_product(f, A, v), expected) < 1e-7


def test_an_inner_gradient_knows_what_it_takes_from_outside():
    # d/da of a · d/dx (a x² + x) at x = 3, with a from outside: 2 · 2 a · 3 + 1
    outer = lambda a: grad(lambda x: a * x * x + x)(np.array(3.0)) * a  # noqa: E731
    assert grad(outer)(np.array(0.5)) == pytest.approx(7.0)
    # one that takes nothing from outside stays plain numbers, which may be of any operation
    image, kernel = RNG.normal(size=(1, 4, 4, 1)), RNG.normal(size=(2, 2, 1, 1))

    def with_a_constant(a):
        slope = grad(lambda x: tensor.conv2d(x, kernel).sum())(image)
        assert isinstance(slope, np.ndarray)
        return (a * slope.sum()).sum()

    assert grad(with_a_constant)(A) == pytest.approx(np.full_like(A, 9 * kernel.sum()))
    with no_grad():
        assert isinstance(grad(lambda x: (x * x).sum())(Tensor(A, requires_grad=True)), np.ndarray)


def test_a_parameter_that_asks_for_gradients_may_be_used_in_a_function_that_is_differentiated():
    W = Tensor(RNG.normal(size=(2, 2, 1, 1)), requires_grad=True)
    x = RNG.normal(size=(1, 4, 4, 1))
    slope = grad(lambda x: tensor.conv2d(x, W).sum())(x)
    assert (
        relative_error(slope, central_difference(lambda x: tensor.conv2d(x, W).sum().item(), x))
        < 1e-8
    )


def test_a_hessian_times_a_vector_of_a_softmax_model_equals_differences_of_gradients():
    rng = np.random.default_rng(3)
    x, y = rng.random((16, 784)), rng.integers(0, 10, 16)
    W = rng.normal(size=(784, 10)) / 28
    V = rng.normal(size=W.shape)
    V /= np.linalg.norm(V)
    loss = lambda W: tensor.softmax_cross_entropy(x @ W, y).mean()  # noqa: E731
    step = 1e-4
    expected = (grad(loss)(W + step * V) - grad(loss)(W - step * V)) / (2 * step)
    found = tensor.hessian_vector_product(loss, W, V)
    assert relative_error(found, expected) < 1e-8
    p = tensor.softmax(x @ W).data  # xᵀ (diag p - p pᵀ) x V / n, written out
    z = x @ V
    assert relative_error(found, x.T @ (p * (z - (p * z).sum(axis=1, keepdims=True))) / 16) < 1e-12


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_activations_can_be_differentiated_twice(name):
    f = getattr(tensor, name)
    slope = lambda x: grad(lambda x: f(x).sum())(x)  # noqa: E731
    expected = central_difference(lambda x: float(slope(x).sum()), A)
    assert relative_error(grad(lambda x: slope(x).sum())(A), expected) < 1e-7


def test_a_fourth_derivative_is_exact():
    f = lambda x: x**5  # noqa: E731
    for _ in range(4):
        f = grad(f)
    assert f(np.array(2.0)) == pytest.approx(240.0)


def test_a_hessian_times_the_unit_vectors_is_symmetric():
    f = lambda x: (np.tanh(x @ B) ** 2).sum() + (x[0] * x[1] * x[2]).sum()  # noqa: E731
    x = A[0]
    f = lambda x: np.exp(x[0] * x[1]) + (x @ x) ** 2 * x[2]  # noqa: E731
    H = np.stack([tensor.hessian_vector_product(f, x, e) for e in np.eye(3)])
    assert np.allclose(H, H.T, rtol=1e-12) and abs(H).max() > 0


# Types and mistakes


def test_float32_stays_float32():
    x = A.astype(np.float32)
    value, gradient = value_and_grad(lambda x: (np.tanh(x) * 2).mean())(x)
    assert value.dtype == gradient.dtype == np.float32


def test_inputs_are_left_as_they_were():
    x, before = A.copy(order="F"), A.copy()
    x.flags.writeable = False
    grad(lambda x: (np.exp(x) @ B).sum())(x)
    assert (x == before).all()


@pytest.mark.parametrize(
    ("mistake", "error", "says"),
    [
        (lambda: Tensor("3"), TypeError, "data must hold real numbers"),
        (lambda: Tensor(1j), TypeError, "data must hold real numbers"),
        (lambda: Tensor(A, requires_grad=True).backward(), ValueError, "needs d"),
        (lambda: Tensor(A, True).backward(np.ones(3)), ValueError, r"d must have shape \(4, 3\)"),
        (lambda: grad(lambda x: x.data.sum())(A), TypeError, "f must return a Tensor"),
        (lambda: grad(lambda x: x * 2)(A), ValueError, "needs d"),
        (lambda: grad(lambda x: x.sum(), argnum=1)(A), ValueError, r"argnum must be in 0..0"),
        (lambda: np.sin(Tensor(A)), TypeError, "no rule for np.sin"),
        (lambda: np.multiply.reduce(Tensor(A)), TypeError, r"no rule for np.multiply \(reduce\)"),
        (lambda: np.add(Tensor(A), 1, out=A), TypeError, "no rule for np.add"),
        (lambda: np.cumsum(Tensor(A)), TypeError, "no rule for np.cumsum"),
        (lambda: np.asarray(Tensor(A)), TypeError, r"take its \.data"),
        (lambda: np.where(Tensor(A), 1, 2), TypeError, r"take its \.data"),
        (lambda: tensor.softmax_cross_entropy(A, [0, 1, 2, 3]), ValueError, "0..2 for 3 classes"),
        (lambda: tensor.softmax_cross_entropy(A[0], [0]), ValueError, "logits must have shape"),
        (lambda: tensor.squared_error(A, A[:2]), ValueError, r"y must have shape \(4, 3\)"),
        (lambda: tensor.squared_error(A, Tensor(A)), TypeError, r"take its \.data"),
        (lambda: tensor.binary_cross_entropy(A[:, :1], 2 * np.ones(4)), ValueError, "in 0..1"),
        (
            lambda: tensor.hessian_vector_product(lambda x: x.sum(), A, B),
            ValueError,
            r"v must have shape \(4, 3\)",
        ),
    ],
)
def test_mistakes_are_named(mistake, error, says):
    with pytest.raises(error, match=says):
        mistake()


def test_a_tensor_shows_its_numbers_and_how_it_was_made():
    x = Tensor([1.0, 2.0], requires_grad=True)
    assert repr(x) == "Tensor([1. 2.])" and repr(x * 2) == "Tensor([2. 4.], made by multiply)"

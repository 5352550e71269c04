"""The derivatives that can be differentiated once more run on objects that are no arrays."""

import numpy as np
import pytest
from numpy.lib.mixins import NDArrayOperatorsMixin

from dlcore.rules import losses
from dlcore.tensor import Tensor
from tests.rules.cases import CASES
from tests.rules.test_every_rule import called
from tests.rules.witnesses import tupled

TWICE = {
    "add", "subtract", "multiply", "divide", "negative", "power", "exp", "log", "square",
    "matmul", "sum", "mean", "reshape", "transpose", "broadcast_to", "unbroadcast", "tanh",
    "sigmoid", "sqrt",
}  # fmt: skip


class Opaque(NDArrayOperatorsMixin):
    """What a tape can record, and no more: operators, ufuncs without out=, and a few methods."""

    def __init__(self, hidden):
        self.hidden = hidden
        self.shape, self.ndim = np.shape(hidden), np.ndim(hidden)

    def __array__(self, *args, **kwargs):
        raise TypeError("a rule asked for the array behind a tape's back")

    def __setitem__(self, index, value):
        raise TypeError("a rule wrote in place")

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if method != "__call__" or kwargs:
            return NotImplemented
        return Opaque(ufunc(*(x.hidden if isinstance(x, Opaque) else x for x in inputs)))

    def sum(self, axis=None, keepdims=False):
        return Opaque(self.hidden.sum(axis=axis, keepdims=keepdims))

    def reshape(self, *shape):
        return Opaque(self.hidden.reshape(*shape))

    def transpose(self, *axes):
        return Opaque(self.hidden.transpose(*axes))

    def swapaxes(self, one, other):
        return Opaque(self.hidden.swapaxes(one, other))


def test_the_stand_in_lets_nothing_through():
    x = Opaque(np.ones(2))
    for forbidden in (
        lambda: np.asarray(x),
        lambda: np.add(x, 1, out=np.ones(2)),
        lambda: np.add.reduce(x),
        lambda: np.ones(2).__iadd__(x),
    ):
        with pytest.raises(TypeError):
            forbidden()


@pytest.mark.parametrize("name", [name for name in CASES if name.split()[0] in TWICE])
def test_a_vjp_that_is_to_be_differentiated_uses_only_what_a_tape_can_record(name):
    _, vjp, d, inputs = called(name)
    recorded = tupled(vjp(Opaque(d), *map(Opaque, inputs)))
    for ours, known in zip(recorded, tupled(vjp(d, *inputs)), strict=True):
        assert isinstance(ours, Opaque)
        np.testing.assert_array_equal(ours.hidden, known)


@pytest.mark.parametrize("label_smoothing", [0.0, 0.1])
def test_the_derivative_of_the_loss_of_labels_can_be_recorded(label_smoothing):
    z, y = np.random.default_rng(0).normal(size=(4, 3)), np.array([0, 2, 1, 2])
    known = losses.softmax_cross_entropy_vjp(z, y, 0.25, label_smoothing=label_smoothing)
    recorded = losses.softmax_cross_entropy_vjp(Tensor(z), y, 0.25, label_smoothing=label_smoothing)
    assert isinstance(recorded, Tensor)
    np.testing.assert_allclose(recorded.data, known, rtol=1e-12)

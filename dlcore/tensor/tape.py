"""The tape: tensors that remember which rule made them from what."""

from contextvars import ContextVar
from itertools import count
from typing import Any

import numpy as np

from dlcore.tensor import numpy_names as names
from dlcore.tensor import operations as ops
from dlcore.tensor.operations import Operation
from dlcore.tensor.walk import walk_back

__all__ = ["Tensor", "apply", "tensor_of"]

Array = np.ndarray

# Inputs are older than results, so age is a topological order. It counts down, since a heap
# hands out its smallest entry: the newest.
_birth = count(step=-1).__next__
recording: ContextVar[bool] = ContextVar("recording", default=True)


class Tensor:
    """An array that knows how it was made.

    data: the array. grad: after `backward`, the derivative with respect to it (an array), for
    tensors made with requires_grad=True. Arithmetic, indexing, NumPy's exp, log, tanh, … and the
    methods below give Tensors; comparisons give plain arrays, for they have no slope.
    """

    __slots__ = ("_born", "_made", "data", "grad", "requires_grad")

    def __init__(self, data: Any, requires_grad: bool = False) -> None:
        if data.__class__ is not Array:
            data = data.data if isinstance(data, Tensor) else np.asarray(data)
        self.data = data if data.dtype.kind == "f" else _real(data)
        self.grad: Array | None = None
        self.requires_grad = requires_grad
        self._made: tuple[Any, ...] | None = None  # by what, from what; None for a leaf
        self._born = _birth()

    shape = property(lambda self: self.data.shape)
    ndim = property(lambda self: self.data.ndim)
    size = property(lambda self: self.data.size)
    dtype = property(lambda self: self.data.dtype)
    T = property(lambda self: self.transpose())

    def __len__(self) -> int:
        return len(self.data)

    def item(self) -> float:
        """The one number in it."""
        return self.data.item()

    def sum(self, axis: Any = None, keepdims: bool = False) -> "Tensor":
        """Σ along an axis, several, or all."""
        return apply(ops.SUM, self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> "Tensor":
        """The mean along an axis, several, or all."""
        return apply(ops.MEAN, self, axis=axis, keepdims=keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> "Tensor":
        """The largest along an axis, several, or all."""
        return apply(ops.MAX, self, axis=axis, keepdims=keepdims)

    def reshape(self, *shape: Any) -> "Tensor":
        """The same entries in another shape."""
        new = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
        return apply(ops.RESHAPE, self, shape=tuple(new))

    def transpose(self, *axes: Any) -> "Tensor":
        """The axes in another order; reversed by default."""
        order = axes[0] if len(axes) == 1 else axes or None
        return apply(ops.TRANSPOSE, self, axes=order)

    def swapaxes(self, first: int, second: int) -> "Tensor":
        """Two axes exchanged."""
        axes = list(range(self.ndim))
        axes[first], axes[second] = axes[second], axes[first]
        return apply(ops.TRANSPOSE, self, axes=tuple(axes))

    def __getitem__(self, index: Any) -> "Tensor":
        return apply(ops.GETITEM, self, index=index)

    def put_into(self, shape: tuple[int, ...], index: Any) -> "Tensor":
        """Zeros of this shape, and this tensor added at the index: the way back of indexing."""
        return apply(ops.PUT, self, shape=shape, index=index)

    def __add__(self, other: Any) -> "Tensor":
        return apply(ops.ADD, self, other)

    def __radd__(self, other: Any) -> "Tensor":
        return apply(ops.ADD, other, self)

    def __sub__(self, other: Any) -> "Tensor":
        return apply(ops.SUBTRACT, self, other)

    def __rsub__(self, other: Any) -> "Tensor":
        return apply(ops.SUBTRACT, other, self)

    def __mul__(self, other: Any) -> "Tensor":
        return apply(ops.MULTIPLY, self, other)

    def __rmul__(self, other: Any) -> "Tensor":
        return apply(ops.MULTIPLY, other, self)

    def __truediv__(self, other: Any) -> "Tensor":
        return apply(ops.DIVIDE, self, other)

    def __rtruediv__(self, other: Any) -> "Tensor":
        return apply(ops.DIVIDE, other, self)

    def __matmul__(self, other: Any) -> "Tensor":
        return apply(ops.MATMUL, self, other)

    def __rmatmul__(self, other: Any) -> "Tensor":
        return apply(ops.MATMUL, other, self)

    def __neg__(self) -> "Tensor":
        return apply(ops.NEGATIVE, self)

    def __eq__(self, other: Any) -> Array:
        return np.equal(self, other)

    def __ne__(self, other: Any) -> Array:
        return np.not_equal(self, other)

    __hash__ = object.__hash__  # which tensor it is, not what is in it

    def __gt__(self, other: Any) -> Array:
        return np.greater(self, other)

    def __ge__(self, other: Any) -> Array:
        return np.greater_equal(self, other)

    def __lt__(self, other: Any) -> Array:
        return np.less(self, other)

    def __le__(self, other: Any) -> Array:
        return np.less_equal(self, other)

    def __pow__(self, exponent: Any) -> "Tensor":
        if isinstance(exponent, Tensor | np.ndarray):
            return apply(ops.GENERAL_POWER, self, exponent)
        return apply(ops.POWER, self, exponent=exponent)

    def __rpow__(self, base: Any) -> "Tensor":
        return apply(ops.GENERAL_POWER, base, self)

    def backward(self, d: Any = None) -> None:
        """Set `grad` of every tensor with requires_grad=True that this one was made from.

        d: the derivative with respect to this tensor, 1 by default, when it is one number. What
        an earlier call left in `grad` is replaced, so a second call gives the same gradients.
        """
        flow, _ = walk_back(self, None, d)
        for leaf, gradient in flow.items():
            leaf.grad = gradient

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if method == "reduce" and ufunc in names.REDUCTIONS:
            return apply(names.REDUCTIONS[ufunc], *inputs, **{"axis": 0} | options)
        if method == "__call__" and not options:
            if ufunc in names.UFUNCS:
                return apply(names.UFUNCS[ufunc], *inputs)
            if ufunc in names.WITHOUT_SLOPE:
                return ufunc(*(x.data if isinstance(x, Tensor) else x for x in inputs))
        raise TypeError(f"there is no rule for np.{ufunc.__name__} ({method}) on a Tensor.")

    def __array_function__(self, function: Any, _: Any, inputs: Any, options: Any) -> Any:
        if function in names.ATTRIBUTES:
            return getattr(inputs[0], names.ATTRIBUTES[function])
        if function not in names.FUNCTIONS:
            raise TypeError(f"there is no rule for np.{function.__name__} on a Tensor.")
        operation, operands, options = names.FUNCTIONS[function](*inputs, **options)
        return apply(operation, *operands, **options)

    def __array__(self, *_: Any, **__: Any) -> Array:
        raise TypeError(
            "a Tensor is not turned into an array unasked: its slope would be lost; take its .data."
        )

    def __repr__(self) -> str:
        made = f", made by {self._made[0].name}" if self._made else ""
        return f"Tensor({np.array2string(self.data, precision=4, threshold=20)}{made})"


def tensor_of(x: Any) -> Tensor:
    """x as a Tensor, itself if it is one."""
    return x if x.__class__ is Tensor else Tensor(x)


def _real(data: Array) -> Array:
    if data.dtype.kind not in "biuf":
        raise TypeError(f"data must hold real numbers; got dtype {data.dtype}.")
    return data.astype(np.float64)


def apply(operation: Operation, *inputs: Any, **options: Any) -> Tensor:
    """The operation's result as a Tensor; recorded if an input asks for gradients."""
    arrays, asks = [], []
    for x in inputs:
        kind = x.__class__
        if kind is Tensor:
            arrays.append(x.data)
            asks.append(x.requires_grad)
        else:
            arrays.append(np.asarray(x) if kind is list or kind is tuple else x)
            asks.append(False)
    data, kept = operation.forward(*arrays, **options), None
    if operation.keeps:
        data, kept = data
    if data.__class__ is not Array:
        data = np.asarray(data)
    result = Tensor.__new__(Tensor)  # past __init__, whose checks take 0.1 µs
    result.data = data if data.dtype.kind == "f" else _real(data)
    result.grad = None
    result._born = _birth()
    if True in asks and recording.get():
        result.requires_grad = True
        # one tuple, not six attributes: 0.2 µs
        result._made = operation, inputs, asks, arrays, kept, options
    else:
        result.requires_grad, result._made = False, None
    return result

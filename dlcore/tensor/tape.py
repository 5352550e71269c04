"""The tape: tensors that remember which rule made them from what, and the walk back."""

from collections.abc import Sequence
from contextvars import ContextVar
from itertools import count
from operator import attrgetter
from typing import Any

import numpy as np

from dlcore.tensor import operations as ops
from dlcore.tensor.operations import Operation

__all__ = ["Tensor", "apply", "gradients_of"]

Array = np.ndarray

_birth = count().__next__
recording: ContextVar[bool] = ContextVar("recording", default=True)


class Tensor:
    """An array that knows how it was made.

    data: the array. grad: after `backward`, the derivative with respect to it (an array), for
    tensors made with requires_grad=True. Arithmetic, indexing, NumPy's exp, log, tanh, … and the
    methods below give Tensors; comparisons give plain arrays, for they have no slope.
    """

    __slots__ = ("_born", "_inputs", "_operation", "_options", "data", "grad", "requires_grad")

    def __init__(self, data: Any, requires_grad: bool = False) -> None:
        data = data.data if isinstance(data, Tensor) else np.asarray(data)
        if data.dtype.kind not in "biuf":
            raise TypeError(f"data must hold real numbers; got dtype {data.dtype}.")
        self.data = data if data.dtype.kind == "f" else data.astype(np.float64)
        self.grad: Array | None = None
        self.requires_grad = requires_grad
        self._operation: Operation | None = None
        self._inputs: tuple[Any, ...] = ()
        self._options: dict[str, Any] = {}
        self._born = _birth()  # inputs are older than results: age is a topological order

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
        nodes = _made_from(self)
        leaves = [node for node in nodes if node._operation is None]
        for leaf, gradient in zip(leaves, gradients_of(self, leaves, d), strict=True):
            leaf.grad = gradient

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        operation = ops.UFUNCS.get(ufunc)
        if method == "__call__" and not options:
            if operation is not None:
                return apply(operation, *inputs)
            if ufunc in ops.WITHOUT_SLOPE:
                return ufunc(*(x.data if isinstance(x, Tensor) else x for x in inputs))
        raise TypeError(f"there is no rule for np.{ufunc.__name__} ({method}) on a Tensor.")

    def __repr__(self) -> str:
        made = f", made by {self._operation.name}" if self._operation else ""
        return f"Tensor({np.array2string(self.data, precision=4, threshold=20)}{made})"


def apply(operation: Operation, *inputs: Any, **options: Any) -> Tensor:
    """The operation's result as a Tensor; recorded if an input asks for gradients."""
    arrays, asked = [], False
    for x in inputs:
        if x.__class__ is Tensor:
            asked = asked or x.requires_grad
            x = x.data
        arrays.append(x)
    result = Tensor(operation.forward(*arrays, **options))
    if asked and recording.get():
        result.requires_grad = True
        result._operation, result._inputs, result._options = operation, inputs, options
    return result


# The way back


def gradients_of(
    result: Tensor, sources: Sequence[Tensor], d: Any = None, *, record: bool = False
) -> list[Any]:
    """∂result/∂source for each source, shaped like it; zeros where the result does not depend.

    d: ∂E/∂result, 1 by default, when the result is one number. The gradients are arrays, or with
    record=True Tensors that can be differentiated again.

    Raises ValueError for a result of several numbers without d, or a d of another shape.
    """
    flow = {result: _start(result, d, record)}
    wanted, oldest = set(sources), min((s._born for s in sources), default=0)
    for node in _made_from(result):
        operation = node._operation
        if node._born < oldest:
            break  # nothing older can have been made from a source
        if node not in flow or operation is None:
            continue
        arrived = flow[node] if node in wanted else flow.pop(node)
        inputs = node._inputs
        asks = [x.__class__ is Tensor and x.requires_grad for x in inputs]
        z = node if record else node.data
        given = inputs if record else [x.data if x.__class__ is Tensor else x for x in inputs]
        shares = operation.vjp(arrived, z, asks, *given, **node._options)
        for x, asked, share in zip(inputs, asks, shares, strict=True):
            if asked:  # added, never written into: a share may be d itself
                flow[x] = flow[x] + share if x in flow else share
    return [flow[s] if s in flow else _zeros(s, record) for s in sources]


def _start(result: Tensor, d: Any, record: bool) -> Any:
    if d is None:
        if result.size != 1:
            raise ValueError(f"a result of shape {result.shape} needs d, of that shape.")
        d = np.ones_like(result.data)
    d = d if isinstance(d, Tensor) else Tensor(np.asarray(d, result.dtype))
    if d.shape != result.shape:
        raise ValueError(f"d must have shape {result.shape}, as the result; got {d.shape}.")
    return d if record else d.data


def _zeros(source: Tensor, record: bool) -> Any:
    zeros = np.zeros_like(source.data)
    return Tensor(zeros) if record else zeros


def _made_from(result: Tensor) -> list[Tensor]:
    """The result and all recorded tensors it was made from, each once, newest first."""
    seen, waiting = {result}, [result]
    while waiting:
        for x in waiting.pop()._inputs:
            if x.__class__ is Tensor and x.requires_grad and x not in seen:
                seen.add(x)
                waiting.append(x)
    return sorted(seen, key=attrgetter("_born"), reverse=True)

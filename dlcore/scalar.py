"""Reverse mode on single numbers: a calculation that remembers how it was made.

Every arithmetic step makes a new Value, which keeps what it was made from and how strongly it
depends on each of them. `backward` walks from a result back to everything it was made from,
newest first, and hands each one its share: slope along the edge, times what has arrived so
far, added up where paths meet. That is all of backpropagation.
"""

import math
from itertools import count
from numbers import Real
from operator import attrgetter
from typing import Any, NamedTuple

__all__ = ["Graph", "Value"]

_birth = count().__next__


class Value:
    """A number that knows how it was made.

    data: the number. grad: the derivative of the last `backward`'s result with respect to it.
    label: a name for drawings. `operation` and `inputs` tell how it was made, and `slopes` the
    derivative of this value with respect to each input.
    """

    __array_ufunc__ = None  # so that NumPy's numbers leave the arithmetic to us
    # Slots, and the one or two inputs in slots of their own: fewer objects for Python's garbage
    # collector to walk through, which takes most of the time of a large calculation.
    __slots__ = ("_a", "_b", "_born", "_da", "_db", "data", "grad", "label", "operation")

    def __init__(
        self,
        data: float,
        operation: str = "",
        a: "Value | None" = None,
        da: float = 0.0,
        b: "Value | None" = None,
        db: float = 0.0,
        *,
        label: str = "",
    ) -> None:
        self.data = data if data.__class__ is float else _number(data)
        self.grad = 0.0
        self.operation = operation
        self._a, self._da = a, da  # an input, and the slope towards it
        self._b, self._db = b, db
        self.label = label
        self._born = _birth()  # inputs are always older: sorting by age is a topological order

    @property
    def inputs(self) -> tuple["Value", ...]:
        """What this value was made from."""
        return tuple(v for v in (self._a, self._b) if v is not None)

    @property
    def slopes(self) -> tuple[float, ...]:
        """The derivative of this value with respect to each of its inputs."""
        return (self._da, self._db)[: len(self.inputs)]

    # One rule a line: the result, what it was made from, and the slope towards each

    def __add__(self, other: Any) -> "Value":
        if other.__class__ is not Value:
            other = Value(other)
        return Value(self.data + other.data, "+", self, 1.0, other, 1.0)

    def __mul__(self, other: Any) -> "Value":
        if other.__class__ is not Value:
            other = Value(other)
        a, b = self.data, other.data
        return Value(a * b, "×", self, b, other, a)

    def __sub__(self, other: Any) -> "Value":
        if other.__class__ is not Value:
            other = Value(other)
        return Value(self.data - other.data, "−", self, 1.0, other, -1.0)

    def __truediv__(self, other: Any) -> "Value":
        if other.__class__ is not Value:
            other = Value(other)
        a, b = self.data, other.data
        if b == 0:
            raise ZeroDivisionError(f"cannot divide {a:g} by zero.")
        return Value(a / b, "÷", self, 1 / b, other, -a / (b * b))

    def __pow__(self, exponent: Any) -> "Value":
        """a ** n for a number n, and a ** b for a Value b, which needs a > 0."""
        a = self.data
        if exponent.__class__ is not Value:
            n = _number(exponent)
            result, slope = _power(a, n), n * _power(a, n - 1) if n else 0.0
            return Value(result, f"^{n:g}", self, slope)
        b = exponent.data
        if a <= 0:
            raise ValueError(f"a ** b needs a > 0 when b is a Value; got a = {a:g}.")
        result = _power(a, b)
        return Value(result, "^", self, b * result / a, exponent, result * math.log(a))

    def __neg__(self) -> "Value":
        return Value(-self.data, "−", self, -1.0)

    def exp(self) -> "Value":
        """e^a; its slope is the result itself."""
        try:
            result = math.exp(self.data)
        except OverflowError:
            raise OverflowError(f"exp({self.data:g}) is too large for a float.") from None
        return Value(result, "exp", self, result)

    def log(self) -> "Value":
        """The natural logarithm, for a > 0; its slope is 1/a."""
        if self.data <= 0:
            raise ValueError(f"log needs a positive number; got {self.data:g}.")
        return Value(math.log(self.data), "log", self, 1 / self.data)

    def tanh(self) -> "Value":
        """The hyperbolic tangent t; its slope is 1 - t²."""
        t = math.tanh(self.data)
        return Value(t, "tanh", self, 1 - t * t)

    def sigmoid(self) -> "Value":
        """s = 1 / (1 + e^-a), in a form that cannot overflow; its slope is s (1 - s)."""
        s = 0.5 * (1 + math.tanh(0.5 * self.data))
        return Value(s, "σ", self, s * (1 - s))

    def relu(self) -> "Value":
        """max(a, 0); its slope is 1 where a > 0 and 0 elsewhere, the kink included."""
        on = self.data > 0
        return Value(self.data if on else 0.0, "ReLU", self, 1.0 if on else 0.0)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Any) -> "Value":
        return Value(other) - self

    def __rtruediv__(self, other: Any) -> "Value":
        return Value(other) / self

    def __rpow__(self, base: Any) -> "Value":
        return Value(base) ** self

    # The way back

    def backward(self) -> None:
        """Set `grad` of every value this one was made from to ∂self/∂value.

        What an earlier call left there is replaced, so a second call gives the same gradients.
        """
        nodes = self._made_from()
        for node in nodes:
            node.grad = 0.0
        self.grad = 1.0
        for node in nodes:  # newest first: all paths into a node have arrived before it is left
            g, a, b = node.grad, node._a, node._b
            if a is not None:
                a.grad += g * node._da
            if b is not None:
                b.grad += g * node._db

    def graph(self) -> "Graph":
        """The calculation as nodes, oldest first, and edges (from, to, slope) by position."""
        nodes = self._made_from()[::-1]
        place = {node: i for i, node in enumerate(nodes)}
        edges = [
            (place[a], place[node], slope)
            for node in nodes
            for a, slope in zip(node.inputs, node.slopes, strict=True)
        ]
        return Graph(nodes, edges)

    def _made_from(self) -> list["Value"]:
        """This value and all it was made from, each once, newest first; no recursion."""
        seen, waiting = {self}, [self]
        while waiting:
            node = waiting.pop()
            a, b = node._a, node._b
            if a is not None and a not in seen:
                seen.add(a)
                waiting.append(a)
            if b is not None and b not in seen:
                seen.add(b)
                waiting.append(b)
        return sorted(seen, key=attrgetter("_born"), reverse=True)

    def __repr__(self) -> str:
        name = f"{self.label}: " if self.label else ""
        return f"Value({name}data={self.data:.6g}, grad={self.grad:.6g})"


class Graph(NamedTuple):
    """A calculation to draw: values, oldest first, and edges between their positions."""

    nodes: list[Value]
    edges: list[tuple[int, int, float]]


def _number(data: Any) -> float:
    if isinstance(data, bool) or not isinstance(data, Real):
        raise TypeError(f"data must be a number; got {data!r} ({type(data).__name__}).")
    return float(data)


def _power(a: float, n: float) -> float:
    if a < 0 and n != int(n):
        raise ValueError(f"{a:g} ** {n:g} is not a real number.")
    try:
        return a**n
    except ZeroDivisionError:
        raise ZeroDivisionError(f"cannot raise 0 to the negative power {n:g}.") from None
    except OverflowError:
        raise OverflowError(f"{a:g} ** {n:g} is too large for a float.") from None

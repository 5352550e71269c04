"""Words and places as rows of numbers that are learnt."""

from typing import Any

import numpy as np

from dlcore import checks
from dlcore.nn import initializers, regularizers
from dlcore.nn.layers.base import Array, Layer, Shape, check_sequence
from dlcore.rules.embedding import embedding, embedding_vjp
from dlcore.rules.shaping import unbroadcast

__all__ = ["Embedding", "PositionalEmbedding"]


class Embedding(Layer):
    """Row i of a table for every word i, looked up: (n, time) becomes (n, time, output_dim).

    input_dim: how many words there are; inputs are whole numbers in 0..input_dim-1, of any shape.
    The table, embeddings, is (input_dim, output_dim). Nothing that learns can stand before it: a
    word's number has no derivative.
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: str | initializers.Initializer = "uniform",
        embeddings_regularizer: str | regularizers.Regularizer | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.input_dim = checks.integer("input_dim", input_dim, least=1)
        self.output_dim = checks.integer("output_dim", output_dim, least=1)
        self.embeddings_initializer = initializers.get(
            embeddings_initializer, "embeddings_initializer"
        )
        self._regularize(embeddings=embeddings_regularizer)

    @property
    def embeddings(self) -> Array:
        """The table, (input_dim, output_dim)."""
        return self.parameters["embeddings"]

    def accepted(self, name: str, x: Any, dtype: Any) -> Array:
        """x as integers in 0..input_dim-1; whole floats will do, as in Keras."""
        given = checks.array(name, x)
        if given.dtype.kind not in "iuf":
            raise TypeError(f"{name} must hold integers, words' numbers; got dtype {given.dtype}.")
        if given.dtype.kind == "f":
            _refuse(name, given, given != np.floor(given), "whole")  # NaN is unlike itself
        wanted = f"in 0..{self.input_dim - 1} for layer {self.name!r} of {self.input_dim} words"
        if given.size and (given.min() < 0 or given.max() >= self.input_dim):
            _refuse(name, given, (given < 0) | (given >= self.input_dim), wanted)
        return given.astype(np.intp, copy=False)

    def build(self, input_shape: Shape, dtype: Any, rng: np.random.Generator | None) -> None:
        shape = self.input_dim, self.output_dim
        self._make("embeddings", self.embeddings_initializer, shape, dtype, rng)
        self.output_shape = (*input_shape, self.output_dim)

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        if x.dtype != np.intp:  # what comes from another layer was not seen at the door
            x = self.accepted(f"the input of layer {self.name!r}", x, None)
        self._x, table = x, self.embeddings
        out = self._room("y", len(x), (*x.shape[1:], self.output_dim), table.dtype)
        return embedding(table, x, out=out, checked=True)

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        if need_dx:
            raise ValueError(
                f"layer {self.name!r} has no derivative by its input, words' numbers: nothing "
                "before it can learn. Put it first, or freeze what stands before it."
            )
        out = self.gradients["embeddings"]
        embedding_vjp(dy, self.embeddings, self._x, out=out, checked=True)
        if self.regularizers:
            self._add_penalty_gradients()
        return None


class PositionalEmbedding(Layer):
    """x + P: a row of numbers for every place is added, so that the order of the words counts.

    x: (n, time, features); P, position_embeddings, is (time, features) and learnt.
    """

    def __init__(
        self,
        initializer: str | initializers.Initializer = "glorot_uniform",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.initializer = initializers.get(initializer)

    def build(self, input_shape: Shape, dtype: Any, rng: np.random.Generator | None) -> None:
        check_sequence(self, input_shape)
        self._make("position_embeddings", self.initializer, input_shape, dtype, rng)
        self.output_shape = input_shape

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        out = self._room("y", len(x), x.shape[1:], x.dtype)
        return np.add(x, self.parameters["position_embeddings"], out=out)

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        self.gradients["position_embeddings"][...] = unbroadcast(dy, self.input_shape)
        return dy


def _refuse(name: str, given: Array, wrong: Array, wanted: str) -> None:
    """Raise ValueError that tells the first wrong place, if there is one."""
    if wrong.any():
        at = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(f"{name} must be {wanted}; got {given[at]} at position {at}.")

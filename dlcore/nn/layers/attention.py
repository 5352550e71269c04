"""Attention: every place of a sequence looks at the others, and takes in what fits."""

import math
from typing import Any

import numpy as np

from dlcore import checks
from dlcore.nn import initializers, regularizers
from dlcore.nn.layers.base import Array, Layer, Shape, check_sequence
from dlcore.rules.affine import affine, affine_vjp
from dlcore.rules.attention import scaled_dot_product_attention, scaled_dot_product_attention_vjp
from dlcore.rules.dropout import dropout as dropped

__all__ = ["MultiHeadAttention", "SelfAttention"]

PARTS = ("query", "key", "value")


class MultiHeadAttention(Layer):
    """Self-attention: Keras's MultiHeadAttention with the input x as query, key and value.

    x: (n, time, features) -> (n, time, output_shape, or features). Each of num_heads heads makes
    queries and keys of key_dim numbers and values of value_dim (or key_dim); the heads' results,
    side by side, go through a last affine map (Vaswani et al. 2017, section 3.2.2). In training
    the share `dropout` of the weights is dropped. use_causal_mask: no place sees a later one; in
    Keras an argument of the call.

    The weights are Keras's, in its shapes and order: for query, key and value a kernel
    (features, heads, dim) and a bias (heads, dim), then (heads, value_dim, outputs), (outputs,).
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: int | None = None,
        kernel_initializer: str | initializers.Initializer = "glorot_uniform",
        bias_initializer: str | initializers.Initializer = "zeros",
        kernel_regularizer: str | regularizers.Regularizer | None = None,
        bias_regularizer: str | regularizers.Regularizer | None = None,
        seed: int | None = None,
        *,
        use_causal_mask: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.num_heads = checks.integer("num_heads", num_heads, least=1)
        self.key_dim = checks.integer("key_dim", key_dim, least=1)
        self.value_dim = (
            self.key_dim if value_dim is None else checks.integer("value_dim", value_dim, least=1)
        )
        self.dropout = checks.number("dropout", dropout, 0.0, 1.0)
        if self.dropout == 1:
            raise ValueError("dropout must be below 1; got 1, which would leave nothing.")
        self.use_bias, self.use_causal_mask = bool(use_bias), bool(use_causal_mask)
        self.outputs = (
            None if output_shape is None else checks.integer("output_shape", output_shape, least=1)
        )
        self.kernel_initializer = initializers.get(kernel_initializer, "kernel_initializer")
        self.bias_initializer = initializers.get(bias_initializer, "bias_initializer")
        self._regularize(
            **{f"{part}_kernel": kernel_regularizer for part in (*PARTS, "output")},
            **{f"{part}_bias": bias_regularizer for part in (*PARTS, "output") if use_bias},
        )
        self.seed = None if seed is None else checks.integer("seed", seed, least=0)
        self._weights: Array | None = None

    @property
    def attention_scores(self) -> Array | None:
        """The weights of the last forward pass, (n, heads, time, time); each row adds up to 1.

        Row i tells where place i looked. None before the first pass.
        """
        return None if self._weights is None else self._weights.copy()

    def build(self, input_shape: Shape, dtype: Any, rng: np.random.Generator | None) -> None:
        check_sequence(self, input_shape)
        steps, features = input_shape
        heads, outputs = self.num_heads, self.outputs or features
        self._sizes = (self.key_dim, self.key_dim, self.value_dim)
        for part, size in zip(PARTS, self._sizes, strict=True):
            self._make_pair(part, (features,), (heads, size), dtype, rng)
        self._make_pair("output", (heads, self.value_dim), (outputs,), dtype, rng)
        seed = self.seed
        if seed is None and rng is not None and self.dropout:
            seed = int(rng.integers(2**63))
        self._rng = np.random.default_rng(seed)
        self.output_shape = (steps, outputs)
        self._weights = None

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        n, steps, features = x.shape
        self._x = x.reshape(-1, features)
        # one product for queries, keys and values: 100 µs less than three
        self._joined_kernel, bias = self._joined()
        width = self._joined_kernel.shape[1]
        qkv = self._room("qkv", n * steps, (width,), x.dtype)
        affine(self._x, self._joined_kernel, bias, out=qkv)
        self._qkv = self._heads(qkv, n, self._sizes)
        self._keep = self._mask(n, steps, x.dtype) if training and self.dropout else None
        self._z = self._room("z", n * steps, (self.num_heads * self.value_dim,), x.dtype)
        self._result = self._heads(self._z, n, (self.value_dim,))[0]
        room = self._room("weights", n, (self.num_heads, steps, steps), x.dtype)
        _, self._weights = scaled_dot_product_attention(
            *self._qkv, self.use_causal_mask, keep=self._keep, out=(self._result, room)
        )
        kernel = self._output_kernel()
        y = self._room("y", n * steps, kernel.shape[1:], x.dtype)
        affine(self._z, kernel, self.parameters.get("output_bias"), out=y)
        return y.reshape(n, steps, -1)

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        n, steps, outputs = dy.shape
        room, rows, dtype = self._room, n * steps, dy.dtype
        dkernel = self.gradients["output_kernel"].reshape(-1, outputs)
        dz, *_ = affine_vjp(
            dy.reshape(rows, outputs),
            self._z,
            self._output_kernel(),
            out=(
                room("dz", rows, self._z.shape[1:], dtype),
                dkernel,
                self.gradients.get("output_bias"),
            ),
        )
        features, width = self._joined_kernel.shape
        dqkv = room("dqkv", rows, (width,), dtype)
        scaled_dot_product_attention_vjp(
            self._heads(dz, n, (self.value_dim,))[0],
            *self._qkv,
            self._weights,
            self._keep,
            z=self._result,
            out=self._heads(dqkv, n, self._sizes),
            room=room("dweights", n, self._weights.shape[1:], dtype),
        )
        dx, dkernel, dbias = affine_vjp(
            dqkv,
            self._x,
            self._joined_kernel,
            out=(room("dx", rows, (features,), dtype) if need_dx else None, None, None),
            need_dx=need_dx,
        )
        for part, dW, db in zip(PARTS, self._cut(dkernel), self._cut(dbias), strict=True):
            gradient = self.gradients[f"{part}_kernel"]
            gradient[...] = dW.reshape(gradient.shape)
            if self.use_bias:
                gradient = self.gradients[f"{part}_bias"]
                gradient[...] = db.reshape(gradient.shape)
        if self.regularizers:
            self._add_penalty_gradients()
        return dx.reshape(n, steps, features) if need_dx else None

    def _make_pair(
        self, part: str, inputs: Shape, outputs: Shape, dtype: Any, rng: np.random.Generator | None
    ) -> None:
        # drawn as the matrix that it is, so that its fans are those of all heads together
        name, shape = f"{part}_kernel", (math.prod(inputs), math.prod(outputs))
        self._make(name, self.kernel_initializer, shape, dtype, rng)
        for arrays in (self.parameters, self.gradients):
            arrays[name] = arrays[name].reshape(*inputs, *outputs)
        if self.use_bias:
            self._make(f"{part}_bias", self.bias_initializer, outputs, dtype, rng)

    def _output_kernel(self) -> Array:
        kernel = self.parameters["output_kernel"]
        return kernel.reshape(-1, kernel.shape[-1])

    def _joined(self) -> tuple[Array, Array | None]:
        """The kernels of query, key and value side by side, (features, width), and the biases."""
        kernels = [self.parameters[f"{part}_kernel"] for part in PARTS]
        kernel = np.concatenate([k.reshape(len(k), -1) for k in kernels], axis=1)
        if not self.use_bias:
            return kernel, None
        return kernel, np.concatenate([self.parameters[f"{part}_bias"].ravel() for part in PARTS])

    def _cut(self, joined: Array) -> list[Array]:
        """What belongs to query, key and value along the last axis."""
        key, value = self.num_heads * self.key_dim, self.num_heads * self.value_dim
        return [joined[..., :key], joined[..., key : 2 * key], joined[..., -value:]]

    def _heads(self, rows: Array, n: int, sizes: Shape) -> tuple[Array, ...]:
        """Windows (n, heads, time, size) onto rows (n time, heads sizes), one for each size."""
        parts = [rows] if len(sizes) == 1 else self._cut(rows)
        return tuple(
            part.reshape(n, -1, self.num_heads, size).swapaxes(1, 2)
            for part, size in zip(parts, sizes, strict=True)
        )

    def _mask(self, n: int, steps: int, dtype: Any) -> Array:
        """Which weights stay in training, as factors 0 or 1 / (1 - dropout)."""
        shape = (n, self.num_heads, steps, steps)
        stays = self._rng.random(shape, np.float32) >= self.dropout
        return dropped(np.ones(shape, dtype), stays, self.dropout)


class SelfAttention(MultiHeadAttention):
    """MultiHeadAttention with one head, for attention that is to be read or followed by hand."""

    def __init__(self, key_dim: int, value_dim: int | None = None, **options: Any) -> None:
        super().__init__(1, key_dim, value_dim, **options)

"""SimpleRNN: a layer that reads a sequence step by step, and remembers."""

from typing import Any

import numpy as np

from dlcore import checks
from dlcore.nn import activations, initializers, regularizers
from dlcore.nn.layers.base import Array, Layer, Shape, check_sequence
from dlcore.rules.affine import affine, affine_vjp
from dlcore.rules.recurrent import recurrence, recurrence_vjp

__all__ = ["SimpleRNN"]


class SimpleRNN(Layer):
    """h_s = activation(x_s W + h_{s-1} U + b), from h = 0 before the first step (Elman 1990).

    x: (n, time, features) -> the last h, (n, units), or with return_sequences all, (n, time,
    units). kernel W is (features, units), recurrent_kernel U (units, units), bias b (units,).
    go_backwards: reads from the end, and gives its states in the order it found them. stateful:
    begins where the batch before ended, row by row, until `reset_state()`.

    truncate: backpropagation through time is cut into blocks of so many steps, counted from the
    end, and nothing is carried back over a cut. The error of the last step reaches `truncate`
    steps, itself counted; that of another step at most so many. None: no cut.
    """

    def __init__(
        self,
        units: int,
        activation: str | activations.Activation | None = "tanh",
        use_bias: bool = True,
        kernel_initializer: str | initializers.Initializer = "glorot_uniform",
        recurrent_initializer: str | initializers.Initializer = "orthogonal",
        bias_initializer: str | initializers.Initializer = "zeros",
        kernel_regularizer: str | regularizers.Regularizer | None = None,
        recurrent_regularizer: str | regularizers.Regularizer | None = None,
        bias_regularizer: str | regularizers.Regularizer | None = None,
        return_sequences: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        *,
        truncate: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.units = checks.integer("units", units, least=1)
        self.cell_activation = activations.get(activation)  # within: no loss can take it over
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer, "kernel_initializer")
        self.recurrent_initializer = initializers.get(
            recurrent_initializer, "recurrent_initializer"
        )
        self.bias_initializer = initializers.get(bias_initializer, "bias_initializer")
        self._regularize(
            kernel=kernel_regularizer,
            recurrent_kernel=recurrent_regularizer,
            bias=bias_regularizer if use_bias else None,
        )
        self.return_sequences, self.go_backwards = bool(return_sequences), bool(go_backwards)
        self.stateful = bool(stateful)
        self.truncate = None if truncate is None else checks.integer("truncate", truncate, least=1)
        self._state: Array | None = None

    def build(self, input_shape: Shape, dtype: Any, rng: np.random.Generator | None) -> None:
        check_sequence(self, input_shape)
        units = self.units
        self._make("kernel", self.kernel_initializer, (input_shape[1], units), dtype, rng)
        self._make("recurrent_kernel", self.recurrent_initializer, (units, units), dtype, rng)
        if self.use_bias:
            self._make("bias", self.bias_initializer, (units,), dtype, rng)
        self.output_shape = (input_shape[0], units) if self.return_sequences else (units,)
        self._state = None

    def reset_state(self) -> None:
        """Forget what a stateful layer remembers of the last batch."""
        self._state = None

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        n, _, features = x.shape
        W, U = (self.parameters[name] for name in ("kernel", "recurrent_kernel"))
        self._h0 = self._first_state(n, x.dtype)
        # the time first, and x W for all steps in one product
        self._x = self._steps("x", n, features, x.dtype)
        self._x[...] = self._in_order(x).swapaxes(0, 1)
        rows = self._x.reshape(-1, features)
        z = self._steps("z", n, self.units, x.dtype)
        affine(rows, W, self.parameters.get("bias"), out=z.reshape(-1, self.units))
        f, self._sums = self.cell_activation, None
        if f.from_z:
            self._sums = self._steps("sums", n, self.units, x.dtype)
        out = self._steps("h", n, self.units, x.dtype)
        self._h = recurrence(z, U, self._h0, f.forward, out=out, sums=self._sums)
        if self.stateful:
            self._state = self._h[-1].copy()
        return self._h.swapaxes(0, 1) if self.return_sequences else self._h[-1]

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        W, U = (self.parameters[name] for name in ("kernel", "recurrent_kernel"))
        steps, n, features = self._x.shape
        d = self._steps("d", n, self.units, W.dtype)
        if self.return_sequences:
            d[...] = dy.swapaxes(0, 1)
        else:
            d[:-1], d[-1] = 0, dy
        dz = self._steps("z", n, self.units, W.dtype)  # z has been used by now
        out = dz, self.gradients["recurrent_kernel"]
        recurrence_vjp(
            d, self._h, U, self._h0, self.cell_activation.vjp, self.truncate, sums=self._sums,
            out=out,
        )  # fmt: skip
        dx, *_ = affine_vjp(
            dz.reshape(-1, self.units),
            self._x.reshape(-1, features),
            W,
            out=(None, self.gradients["kernel"], self.gradients.get("bias")),
            need_dx=need_dx,
        )
        if self.regularizers:
            self._add_penalty_gradients()
        return self._in_order(dx.reshape(steps, n, features).swapaxes(0, 1)) if need_dx else None

    def _first_state(self, n: int, dtype: Any) -> Array:
        if self._state is None:
            return np.zeros((n, self.units), dtype)
        if len(self._state) != n:
            raise ValueError(
                f"layer {self.name!r} is stateful and remembers {len(self._state)} rows; got a "
                f"batch of {n}. Make all batches alike, or call its reset_state() before."
            )
        return self._state

    def _steps(self, name: str, n: int, size: int, dtype: Any) -> Array:
        """A room (time, n, size)."""
        steps = self.input_shape[0]
        return self._room(name, steps * n, (size,), dtype).reshape(steps, n, size)

    def _in_order(self, x: Array) -> Array:
        return x[:, ::-1] if self.go_backwards else x

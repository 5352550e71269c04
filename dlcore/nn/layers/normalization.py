"""Normalisation: numbers brought to mean 0 and variance 1, then scaled and moved as learnt."""

from typing import Any

import numpy as np

from dlcore import checks
from dlcore.nn import initializers, regularizers
from dlcore.nn.layers.base import Array, Layer, Shape
from dlcore.rules import normalisation as rules

__all__ = ["BatchNormalization", "LayerNormalization"]

Init = str | initializers.Initializer
Price = str | regularizers.Regularizer | None


class _Normalization(Layer):
    """γ x̂ + β along the last axis; what x̂ is normalised over, a kind of layer defines."""

    def __init__(
        self,
        axis: int,
        epsilon: float,
        center: bool,
        scale: bool,
        beta_initializer: Init,
        gamma_initializer: Init,
        beta_regularizer: Price,
        gamma_regularizer: Price,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.axis = checks.integer("axis", axis, least=-1)
        self.epsilon = checks.number("epsilon", epsilon, least=0.0)
        self.center, self.scale = bool(center), bool(scale)
        self.beta_initializer = initializers.get(beta_initializer, "beta_initializer")
        self.gamma_initializer = initializers.get(gamma_initializer, "gamma_initializer")
        self._regularize(
            beta=beta_regularizer if center else None, gamma=gamma_regularizer if scale else None
        )

    def build(self, input_shape: Shape, dtype: Any, rng: np.random.Generator | None) -> None:
        if not input_shape:
            raise ValueError(f"layer {self.name!r} needs inputs of shape (n, features); got (n,).")
        if self.axis not in (-1, len(input_shape)):
            raise ValueError(
                f"axis of layer {self.name!r} must be the last one, -1; got {self.axis!r}."
            )
        shape = input_shape[-1:]
        self._ones, self._zeros = np.ones(shape, dtype), np.zeros(shape, dtype)
        if self.scale:
            self._make("gamma", self.gamma_initializer, shape, dtype, rng)
        if self.center:
            self._make("beta", self.beta_initializer, shape, dtype, rng)
        self.output_shape = input_shape

    def _gamma_beta(self) -> tuple[Array, Array]:
        return self.parameters.get("gamma", self._ones), self.parameters.get("beta", self._zeros)

    def _keep_gradients(self, dgamma: Array, dbeta: Array) -> None:
        for name, gradient in (("gamma", dgamma), ("beta", dbeta)):
            if name in self.gradients:
                self.gradients[name][...] = gradient
        if self.regularizers:
            self._add_penalty_gradients()


class LayerNormalization(_Normalization):
    """Each example, at each place, normalised over its own last axis (Ba, Kiros & Hinton 2016)."""

    def __init__(
        self,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Init = "zeros",
        gamma_initializer: Init = "ones",
        beta_regularizer: Price = None,
        gamma_regularizer: Price = None,
        **options: Any,
    ) -> None:
        super().__init__(
            axis, epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer,
            gamma_regularizer, **options,
        )  # fmt: skip

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        out = tuple(self._room(name, len(x), x.shape[1:], x.dtype) for name in ("z", "x"))
        z, self._kept = rules.layer_norm(x, *self._gamma_beta(), self.epsilon, out=out)
        return z

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        room = self._room("z", len(dy), dy.shape[1:], dy.dtype)  # z has been used by now
        gamma = self._gamma_beta()[0]
        dx, *gradients = rules.layer_norm_vjp(dy, self._kept, gamma, out=(dy, room))
        self._keep_gradients(*gradients)
        return dx


class BatchNormalization(_Normalization):
    """Each feature normalised over the batch in training (Ioffe & Szegedy 2015).

    Otherwise, and where the layer is frozen (trainable=False), with moving averages of the batches'
    means and variances: average ← momentum · average + (1 - momentum) · batch.
    """

    statistics = ("moving_mean", "moving_variance")

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Init = "zeros",
        gamma_initializer: Init = "ones",
        moving_mean_initializer: Init = "zeros",
        moving_variance_initializer: Init = "ones",
        beta_regularizer: Price = None,
        gamma_regularizer: Price = None,
        **options: Any,
    ) -> None:
        super().__init__(
            axis, epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer,
            gamma_regularizer, **options,
        )  # fmt: skip
        self.momentum = checks.number("momentum", momentum, 0.0, 1.0)
        self.moving_mean_initializer = initializers.get(
            moving_mean_initializer, "moving_mean_initializer"
        )
        self.moving_variance_initializer = initializers.get(
            moving_variance_initializer, "moving_variance_initializer"
        )

    def build(self, input_shape: Shape, dtype: Any, rng: np.random.Generator | None) -> None:
        super().build(input_shape, dtype, rng)
        for name in self.statistics:
            self._make(name, getattr(self, f"{name}_initializer"), input_shape[-1:], dtype, rng)

    def forward(self, x: Array, *, training: bool = False, activate: bool = True) -> Array:
        gamma, beta = self._gamma_beta()
        mean, variance = (self.parameters[name] for name in self.statistics)
        if training and self.trainable:
            z, self._kept = rules.batch_norm(x, gamma, beta, self.epsilon)
            for average, new in ((mean, self._kept.mean), (variance, self._kept.variance)):
                average += (1 - self.momentum) * (new - average)
            return z
        self._kept, self._x = None, x
        return rules.batch_norm_given(x, gamma, beta, mean, variance, self.epsilon)

    def backward(self, dy: Array, *, activated: bool = True, need_dx: bool = True) -> Array | None:
        gamma = self._gamma_beta()[0]
        if self._kept is not None:
            dx, *gradients = rules.batch_norm_vjp(dy, self._kept, gamma)
        else:
            given = [self.parameters[name] for name in self.statistics]
            dx, *gradients = rules.batch_norm_given_vjp(dy, self._x, gamma, *given, self.epsilon)
        self._keep_gradients(*gradients)
        return dx

"""All parameters of a model in one vector, and all gradients in another.

An optimiser then updates a whole network with a call or two, instead of a few for each array
(about 15 µs less per step on a 784-128-64-10 network). The layers' own arrays become windows
onto the vectors, so nothing else needs to know.
"""

import itertools
from collections.abc import Sequence

import numpy as np

from dlcore.nn.layers import Layer

__all__ = ["ParameterVector"]

Array = np.ndarray


class ParameterVector:
    """Moves the parameters of these layers into one vector; trainable layers come first."""

    def __init__(self, layers: Sequence[Layer], dtype: np.dtype) -> None:
        self._slots = _slots(layers)
        sizes = [layer.parameters[name].size for layer, name, _ in self._slots]
        self.values, self.gradients = np.empty(sum(sizes), dtype), np.zeros(sum(sizes), dtype)
        self._windows: list[Array] = []
        start = 0
        for (layer, name, _), size in zip(self._slots, sizes, strict=True):
            old, place = layer.parameters[name], slice(start, start + size)
            self.values[place] = old.ravel()
            layer.parameters[name] = self.values[place].reshape(old.shape)
            if name in layer.gradients:  # not for what is measured, not learnt
                layer.gradients[name] = self.gradients[place].reshape(old.shape)
            self._windows.append(layer.parameters[name])
            start += size
        learning = [size for s, size in zip(self._slots, sizes, strict=True) if s[2]]
        end = sum(learning)
        self.trainable, self.trainable_gradients = self.values[:end], self.gradients[:end]
        starts = [sum(learning[:i]) for i in range(len(learning) + 1)]
        # where each trainable parameter lies, for what must look at them one by one
        self.trainable_parts = [slice(a, b) for a, b in itertools.pairwise(starts)]

    def holds(self, layers: Sequence[Layer]) -> bool:
        """Whether this is still where these layers keep their parameters.

        It is not after a layer was added, frozen or unfrozen, or moved into another model's
        vector.
        """
        return self._slots == _slots(layers) and all(
            layer.parameters[name] is window
            for (layer, name, _), window in zip(self._slots, self._windows, strict=True)
        )


def _slots(layers: Sequence[Layer]) -> list[tuple[Layer, str, bool]]:
    family = [layer for top in layers for layer in top.family()]
    slots = [(layer, name, name in layer.learnt()) for layer in family for name in layer.parameters]
    return sorted(slots, key=lambda slot: not slot[2])

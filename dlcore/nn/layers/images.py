"""What convolution and pooling share: images, and windows that stand on them.

Between these layers images are views (n, h, w, c) of memory that is laid out as (c, h, w, n), as
`dlcore.rules.windows` explains; any other layer may stand between them and need not know.
"""

import math
from typing import Any

from dlcore import checks
from dlcore.nn.layers.base import Array, Layer, Shape
from dlcore.rules import windows
from dlcore.rules.windows import Size

__all__ = ["ImageLayer", "Size", "WindowLayer"]


class ImageLayer(Layer):
    """A layer that takes images, (n, height, width, channels)."""

    def __init__(self, data_format: str | None, **options: Any) -> None:
        super().__init__(**options)
        self._memory: dict[str, Array] = {}
        if data_format not in (None, "channels_last"):
            raise ValueError(
                "data_format must be 'channels_last', images (n, height, width, channels); "
                f"got {data_format!r}."
            )

    def _check_images(self, input_shape: Shape) -> None:
        if len(input_shape) != 3:
            given = ", ".join(("n", *map(str, input_shape)))
            raise ValueError(
                f"layer {self.name!r} needs images, (n, height, width, channels); got ({given}). "
                "Grey images have one channel: x[..., np.newaxis]."
            )

    def _batch_last(self, dy: Array) -> Array:
        """dy as (c, h, w, n), which is how what this layer kept lies in memory."""
        return windows.batch_last(dy, "dy", room=self._place)

    def _place(self, name: str, shape: Shape, dtype: Any) -> Array:
        """Room for a rule: the same memory each time, grown when more is needed."""
        place = self._memory.get(name)
        if place is not None and place.shape == shape and place.dtype == dtype:
            return place
        size, whole = math.prod(shape), None if place is None else place.base
        if whole is None or whole.dtype != dtype or len(whole) < size:
            whole = windows.new_room(name, (size,), dtype)
        self._memory[name] = whole[:size].reshape(shape)
        return self._memory[name]


class WindowLayer(ImageLayer):
    """A layer that looks at windows of its images, at every place where one fits: its `grid`."""

    _size_name: str  # what a kind of layer calls the size of its windows

    def __init__(
        self, size: Size, strides: Size, padding: str, data_format: str | None, **options: Any
    ) -> None:
        super().__init__(data_format, **options)
        self._size = windows.pair(self._size_name, size)
        self.strides = windows.pair("strides", strides)
        lowered = padding.lower() if isinstance(padding, str) else padding
        self.padding = checks.choice("padding", lowered, ("valid", "same"))

    def build(self, input_shape: Shape, dtype: Any, rng: Any) -> None:
        self._check_images(input_shape)
        self.grid = windows.grid(
            self._size_name, (1, *input_shape), self._size, self.strides, self.padding
        )
        self.output_shape = (*self.grid.count, input_shape[2])

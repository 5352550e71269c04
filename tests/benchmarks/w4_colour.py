"""W4c: colour images and wide windows that reach over the edge: what suits us least."""

from tests.benchmarks import images

WORKLOAD = images.workload(
    "W4c  32×32×3, Conv2D 16 and 32 of 5×5, 'same', each with ReLU and max pooling, batch 32, "
    "float32, SGD",
    images.Net(shape=(32, 32, 3), filters=(16, 32), kernel=5, padding="same", examples=512),
    targets={},
)

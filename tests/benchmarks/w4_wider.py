"""W4w: twice the filters of a usual small convnet, where the products are most of the work."""

from tests.benchmarks import images

WORKLOAD = images.workload(
    "W4w  28×28, Conv2D 32 and 64 of 3×3, each with ReLU and max pooling, batch 32, float32, SGD",
    images.Net(shape=(28, 28, 1), filters=(32, 64), kernel=3, examples=1024),
    targets={},
)

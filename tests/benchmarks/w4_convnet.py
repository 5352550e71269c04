"""W4: a small convnet through the public `Sequential.fit`, against PyTorch."""

from tests.benchmarks import images

WORKLOAD = images.workload(
    "W4  28×28, Conv2D 8 and 16 of 3×3, each with ReLU and max pooling, batch 32, float32, SGD",
    images.Net(shape=(28, 28, 1), filters=(8, 16), kernel=3, examples=4096),
    targets={"PyTorch, fastest eager": 0.68},
)

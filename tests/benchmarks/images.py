"""Training small convolutional networks with plain SGD in float32, by different means.

Every network is (convolution, ReLU, 2x2 max pooling) as often as it has numbers of filters, then
one dense layer with a softmax. Each candidate prepares everything; the `epoch()` it returns
trains for one epoch on the same random pixels.
"""

import itertools
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from tests.benchmarks.harness import Workload

RATE, BATCH, CLASSES = 0.01, 32, 10

Epoch = Callable[[], None]


class Net(NamedTuple):
    """A network by the images it takes and its convolutions."""

    shape: tuple[int, int, int]
    filters: tuple[int, ...]
    kernel: int
    strides: int = 1
    padding: str = "valid"
    examples: int = 4096

    def layers(self) -> list[tuple[tuple[int, int, int], tuple[int, int, int]]]:
        """Of every convolution the shapes of its input and its result."""
        found, shape = [], self.shape
        for filters in self.filters:
            if self.padding == "same":
                size = [-(-s // self.strides) for s in shape[:2]]
            else:
                size = [(s - self.kernel) // self.strides + 1 for s in shape[:2]]
            found.append((shape, (*size, filters)))
            shape = (size[0] // 2, size[1] // 2, filters)
        return found

    @property
    def features(self) -> int:
        """How many numbers the dense layer takes."""
        height, width, filters = self.layers()[-1][1]
        return (height // 2) * (width // 2) * filters


def data(net: Net) -> tuple[np.ndarray, np.ndarray]:
    """Random pixels and labels: the time of a step does not depend on what they show."""
    rng = np.random.default_rng(0)
    x = rng.random((net.examples, *net.shape), dtype=np.float32)
    return x, rng.integers(0, CLASSES, net.examples)


def dlcore_fit(net: Net) -> Epoch:
    """The public call: Sequential.fit with accuracy and history, a new shuffle each epoch."""
    from dlcore import nn

    x, y = data(net)
    model = nn.Sequential([nn.Input(net.shape)], seed=0)
    for filters in net.filters:
        model.add(
            nn.layers.Conv2D(filters, net.kernel, net.strides, net.padding, activation="relu")
        )
        model.add(nn.layers.MaxPooling2D())
    model.add(nn.layers.Flatten())
    model.add(nn.layers.Dense(CLASSES, activation="softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return lambda: model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0)


def gemms(net: Net) -> Epoch:
    """The matrix products of a step and nothing else, each window already a row of a matrix."""
    rng = np.random.default_rng(0)
    products = []  # of every layer: its weights' sizes, and how many rows it takes
    for i, (before, after) in enumerate(net.layers()):
        rows = BATCH * after[0] * after[1]
        products.append((net.kernel**2 * before[2], after[2], rows, i > 0))
    products.append((net.features, CLASSES, BATCH, True))
    calls = []
    for inputs, outputs, rows, need_dx in products:
        # as dlcore lays them out: one column for each row of the layer's x
        x, W = rng.random((inputs, rows), dtype=np.float32), rng.random((inputs, outputs))
        W, z = W.astype(np.float32), np.empty((outputs, rows), np.float32)
        calls += [(W.T, x, z), (x, z.T, np.empty_like(W))]
        if need_dx:
            calls.append((W, z, np.empty_like(x)))

    def step() -> None:
        for a, b, out in calls:
            np.matmul(a, b, out=out)

    return lambda: [step() for _ in range(net.examples // BATCH)] and None


def torch_fastest(net: Net, channels_last: bool = True, pool_first: bool = True) -> Epoch:
    """PyTorch's fastest eager loop: autograd.grad, one fused update; no metrics."""
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(1)
    torch.manual_seed(0)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    pixels, labels = data(net)
    x = torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy()).to(memory_format=layout)
    y = torch.from_numpy(labels)
    channels = (net.shape[2], *net.filters)
    shapes = [(o, i, net.kernel, net.kernel) for i, o in itertools.pairwise(channels)]
    parameters = []
    for shape in (*shapes, (CLASSES, net.features)):
        W = torch.empty(shape)
        torch.nn.init.xavier_uniform_(W)
        W = W.to(memory_format=layout) if len(shape) == 4 else W
        parameters += [W.requires_grad_(), torch.zeros(shape[0], requires_grad=True)]
    *kernels, W, b = parameters
    pairs = list(zip(kernels[0::2], kernels[1::2], strict=True))
    padding = 0 if net.padding == "valid" else net.kernel // 2

    def epoch() -> None:
        order = torch.randperm(net.examples)
        for start in range(0, net.examples, BATCH):
            rows = order[start : start + BATCH]
            h = x[rows]
            for kernel, bias in pairs:
                h = F.conv2d(h, kernel, bias, net.strides, padding)
                # pooled first: the same numbers, and a quarter of them
                h = torch.relu(F.max_pool2d(h, 2)) if pool_first else F.max_pool2d(h.relu(), 2)
            loss = F.cross_entropy(F.linear(h.flatten(1), W, b), y[rows])
            grads = torch.autograd.grad(loss, parameters)
            with torch.no_grad():
                torch._foreach_add_(parameters, grads, alpha=-RATE)

    return epoch


def torch_usual(net: Net) -> Epoch:
    """PyTorch as its tutorials write it: nn.Sequential, backward, optim.SGD; no metrics."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    pixels, labels = data(net)
    x, y = torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy()), torch.from_numpy(labels)
    layers = []
    for i, o in itertools.pairwise((net.shape[2], *net.filters)):
        padding = 0 if net.padding == "valid" else net.kernel // 2
        layers += [nn.Conv2d(i, o, net.kernel, net.strides, padding), nn.ReLU(), nn.MaxPool2d(2)]
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(net.features, CLASSES))
    criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), lr=RATE)

    def epoch() -> None:
        order = torch.randperm(net.examples)
        for start in range(0, net.examples, BATCH):
            rows = order[start : start + BATCH]
            optimizer.zero_grad()
            criterion(model(x[rows]), y[rows]).backward()
            optimizer.step()

    return epoch


def workload(title: str, net: Net, targets: dict[str, float]) -> Workload:
    """The workload of this network."""
    ours, products, fastest = "dlcore Sequential.fit", "the GEMMs alone", "PyTorch, fastest eager"
    return Workload(
        title=title,
        unit="step",
        units=net.examples // BATCH,
        candidates={
            ours: partial(dlcore_fit, net),
            products: partial(gemms, net),
            fastest: partial(torch_fastest, net),
            "PyTorch, ReLU first": partial(torch_fastest, net, pool_first=False),
            "PyTorch, NCHW in memory": partial(torch_fastest, net, channels_last=False),
            "PyTorch, optim.SGD": partial(torch_usual, net),
        },
        ours=ours,
        targets=targets,
        again=(ours, products, fastest),
    )

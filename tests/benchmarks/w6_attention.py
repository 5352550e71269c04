"""W6: one attention block that predicts the next word at every place, in float32 with plain SGD.

Words and places as 64 numbers; 4 heads with a causal mask and an MLP of 256 ReLU units, each
after layer normalisation and with a way around it; 64 words to choose from.
"""

import numpy as np

from tests.benchmarks.harness import Turn, Workload

WORDS, STEPS, FEATURES, HEADS, HIDDEN = 64, 64, 64, 4, 256
BATCH, EXAMPLES, RATE, EPSILON = 32, 320, 0.01, 1e-3
KEY = FEATURES // HEADS


def data() -> tuple[np.ndarray, np.ndarray]:
    """Random words and the words that follow them."""
    words = np.random.default_rng(0).integers(0, WORDS, (EXAMPLES, STEPS + 1))
    return words[:, :-1], words[:, 1:]


def dlcore_fit() -> Turn:
    """The public call: Sequential.fit with history, a new shuffle each epoch."""
    from dlcore import nn
    from dlcore.nn import layers

    x, y = data()
    model = nn.Sequential(
        [
            nn.Input((STEPS,)),
            layers.Embedding(WORDS, FEATURES),
            layers.PositionalEmbedding(),
            layers.Residual(
                [
                    layers.LayerNormalization(),
                    layers.MultiHeadAttention(HEADS, KEY, use_causal_mask=True),
                ]
            ),
            layers.Residual(
                [
                    layers.LayerNormalization(),
                    layers.Dense(HIDDEN, activation="relu"),
                    layers.Dense(FEATURES),
                ]
            ),
            layers.Dense(WORDS, activation="softmax"),
        ],
        seed=0,
    )
    model.compile(nn.optimizers.SGD(RATE), "sparse_categorical_crossentropy")
    return lambda: model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0)


def torch_fastest() -> Turn:
    """PyTorch's fastest eager loop: its fused attention and normalisation, autograd.grad."""
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(1)
    torch.manual_seed(0)
    x, y = map(torch.from_numpy, data())

    def matrix(outputs: int, inputs: int) -> torch.Tensor:
        return torch.nn.init.xavier_uniform_(torch.empty(outputs, inputs)).requires_grad_()

    def vector(n: int, value: float = 0.0) -> torch.Tensor:
        return torch.full((n,), value).requires_grad_()

    parameters = (
        *(matrix(WORDS, FEATURES), matrix(STEPS, FEATURES)),
        *(vector(FEATURES, 1.0), vector(FEATURES)),
        *(matrix(3 * FEATURES, FEATURES), vector(3 * FEATURES)),
        *(matrix(FEATURES, FEATURES), vector(FEATURES)),
        *(vector(FEATURES, 1.0), vector(FEATURES)),
        *(matrix(HIDDEN, FEATURES), vector(HIDDEN)),
        *(matrix(FEATURES, HIDDEN), vector(FEATURES)),
        *(matrix(WORDS, FEATURES), vector(WORDS)),
    )
    table, places, g1, b1, Wqkv, bqkv, Wo, bo, g2, b2, W1, c1, W2, c2, Wy, by = parameters

    def loss(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        n = len(x)
        h = F.embedding(x, table) + places
        qkv = F.linear(F.layer_norm(h, (FEATURES,), g1, b1, EPSILON), Wqkv, bqkv)
        q, k, v = (
            part.view(n, STEPS, HEADS, KEY).transpose(1, 2) for part in qkv.split(FEATURES, -1)
        )
        z = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        h = h + F.linear(z.transpose(1, 2).reshape(n, STEPS, FEATURES), Wo, bo)
        inner = F.layer_norm(h, (FEATURES,), g2, b2, EPSILON)
        h = h + F.linear(torch.relu(F.linear(inner, W1, c1)), W2, c2)
        return F.cross_entropy(F.linear(h, Wy, by).view(-1, WORDS), y.reshape(-1))

    def epoch() -> None:
        order = torch.randperm(EXAMPLES)
        for start in range(0, EXAMPLES, BATCH):
            rows = order[start : start + BATCH]
            grads = torch.autograd.grad(loss(x[rows], y[rows]), parameters)
            with torch.no_grad():
                torch._foreach_add_(parameters, grads, alpha=-RATE)

    return epoch


def gemms() -> Turn:
    """The matrix products of a step and nothing else."""
    rng = np.random.default_rng(0)
    rows = BATCH * STEPS

    def random(*shape: int) -> np.ndarray:
        return rng.random(shape, dtype=np.float32)

    sizes = ((FEATURES, 3 * FEATURES), (FEATURES, FEATURES), (FEATURES, HIDDEN),
             (HIDDEN, FEATURES), (FEATURES, WORDS))  # fmt: skip
    affine = [(random(rows, i), random(i, o), random(rows, o)) for i, o in sizes]
    rooms = [tuple(np.empty_like(array) for array in maps) for maps in affine]
    q, k, v = (random(BATCH, HEADS, STEPS, KEY) for _ in range(3))
    weights, small = random(BATCH, HEADS, STEPS, STEPS), np.empty_like(q)
    scores = np.empty_like(weights)

    def step() -> None:
        for (x, W, z), (dx, dW, room) in zip(affine, rooms, strict=True):
            np.matmul(x, W, out=room)
            np.matmul(x.T, z, out=dW)
            np.matmul(z, W.T, out=dx)
        for one, other in ((q, k), (q, v)):  # scores, and their derivative
            np.matmul(one, other.swapaxes(-1, -2), out=scores)
        for square in (weights, weights.swapaxes(-1, -2)) * 2:  # z, dv, dq, dk
            np.matmul(square, v, out=small)

    return lambda: [step() for _ in range(EXAMPLES // BATCH)] and None


WORKLOAD = Workload(
    title="W6  one attention block, 4 heads, 64 words of 64 numbers, batch 32, float32, SGD",
    unit="step",
    units=EXAMPLES // BATCH,
    candidates={
        "dlcore Sequential.fit": dlcore_fit,
        "the GEMMs alone": gemms,
        "PyTorch, fastest eager": torch_fastest,
    },
    ours="dlcore Sequential.fit",
    targets={"PyTorch, fastest eager": 1.0},
    again=("dlcore Sequential.fit", "the GEMMs alone", "PyTorch, fastest eager"),
)

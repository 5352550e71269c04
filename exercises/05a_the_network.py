"""The exercises of 5a: the network."""

import numpy as np

from dlcore.classroom.families import (
    RATES,
    Layer,
    bias_mistakes,
    product_mistakes,
    way_back_mistakes,
)
from dlcore.classroom.items import Edge, Item, mistake


def network(rng, n, i, h, o):
    """A batch, labels, and a network whose hidden units are all on for some rows, off for others.

    At sizes too small for that, at least nothing lies near the corner of ReLU.
    """
    for _ in range(1000):
        X = np.round(rng.normal(size=(n, i)), 2)
        W1, W2 = (np.round(rng.normal(size=shape), 2) for shape in ((i, h), (h, o)))
        b1, b2 = (np.round(rng.uniform(0.1, 0.5, units), 2) for units in (h, o))
        z = X @ W1 + b1
        on = (z > 0).sum(axis=0)
        if np.abs(z).min() > 0.01 and (n < 4 or ((on > 0) & (on < n)).all()):
            break
    y = (np.arange(n) + rng.integers(o)) % o
    return X, y, W1, b1, W2, b2, np.round(rng.uniform(0.05, 0.4), 2)


def one_row(rng):
    return network(rng, n=1, i=4, h=5, o=3)


def zero_input(rng):
    X, *others = network(rng, n=5, i=3, h=6, o=4)
    return np.zeros_like(X), *others


def no_penalty(rng):
    return *network(rng, n=5, i=3, h=6, o=4)[:-1], 0.0


def large(rng):
    """All logits near 1000: b2 is raised, which no softmax notices."""
    X, y, W1, b1, W2, b2, reg = network(rng, n=5, i=3, h=6, o=4)
    return X, y, W1, b1, W2, np.round(b2) + 1000, reg


def far_apart(rng):
    """Logits so far apart that the label's probability is 0 in floating point."""
    X, y, W1, b1, W2, b2, reg = network(rng, n=5, i=3, h=6, o=4)
    return X, np.zeros_like(y), W1, b1, W2, b2 + 1000.0 * (np.arange(4) > 0), reg


LOG_P = "log_p = log_softmax(logits)"
SHIFTED = "z - z.max(axis=1, keepdims=True)"
SUM = "np.exp(shifted).sum(axis=1, keepdims=True)"
SOFTMAX = f"shifted - np.log({SUM})"
LOSSES = "losses = -log_p[rows, y]"
PENALTY = "penalty = reg * ((W1**2).sum() + (W2**2).sum())"
LOSS = "loss = losses.mean() + penalty"
D = "delta2 = (p - target) / n"
MASK = "(z1 > 0)"
BACK = "(delta2 @ W2.T)"
DW1, DW2 = "X.T @ delta1 + 2 * reg * W1", "a1.T @ delta2 + 2 * reg * W2"
DB1, DB2 = "delta1.sum(axis=0)", "delta2.sum(axis=0)"
ROWS_SHIFTED = "logits - logits.max(axis=1, keepdims=True)"
RELU = "np.maximum(0, z1)"
LAYERS = (
    Layer(x="X", W="W1", b="b1", z="z1", out="a1", delta="delta1"),
    Layer(x="a1", W="W2", b="b2", z="the logits", out="logits", delta="delta2"),
)


def weights(id, says, dW1, dW2, *more):
    """The same mistake in both weight gradients."""
    return mistake(id, says, (DW1, dW1), (DW2, dW2), *more)


def only_row(id, says, row):
    """One row of the batch counts, with the mean's 1/n and without."""
    mask = f"(rows == {row})[:, np.newaxis]"
    return [
        mistake(
            id,
            f"{says}, divided by n",
            (LOSS, f"loss = losses[{row}] / n + penalty"),
            (D, f"{D} * {mask}"),
        ),
        mistake(
            id,
            says,
            (LOSS, f"loss = losses[{row}] + penalty"),
            (D, f"delta2 = (p - target) * {mask}"),
        ),
    ]


def stepped(rate):
    """The parameters after a step, where the gradients are asked."""
    return ", ".join(f"{name} - {rate} * d{name}" for name in ("W1", "b1", "W2", "b2"))


def predictions(rng, n, k):
    """Probabilities (n, k), none tied, and labels (n,): of each class some are right, some not.

    At sizes too small for that, every class that fits is there.
    """
    for _ in range(1000):
        labels = rng.permutation((k * (np.arange(n) / n) ** 1.3).astype(int))
        p = rng.dirichlet(np.ones(k), size=n) + 0.2 * np.eye(k)[labels]
        own = [(p.argmax(axis=1) == labels)[labels == c] for c in range(k)]
        if n < 10 or all(0 < one.sum() < len(one) for one in own):
            break
    return p / p.sum(axis=1, keepdims=True), labels


def a_class_is_missing(rng):
    p, labels = predictions(rng, n=9, k=4)
    return p, np.where(labels == 2, 0, labels)


def one_prediction(rng):
    p, labels = predictions(rng, n=5, k=3)
    return p[:1], labels[:1]


ITEMS = [
    Item(
        id="05a.1",
        title="Loss and gradients of a two-layer network",
        kind="code",
        difficulty=3,
        points=6,
        link="chapters/05a_the_network.ipynb#Inside-one-step",
        task=(
            "The loss of a network and all its gradients. `X` is (n, i), `y` (n,) holds integer "
            "labels, `W1` (i, h), `b1` (h,), `W2` (h, o), `b2` (o,). The hidden layer is ReLU; the "
            "loss is softmax cross-entropy, averaged over the rows, plus reg·(ΣW1² + ΣW2²): no ½, "
            "no biases. Return `loss, dW1, db1, dW2, db2`. Large logits must not overflow."
        ),
        call="two_layer_loss(X, y, W1, b1, W2, b2, reg)",
        starter=(
            "def two_layer_loss(X, y, W1, b1, W2, b2, reg):\n"
            '    """loss, dW1, db1, dW2, db2 of softmax cross-entropy plus reg (ΣW1² + ΣW2²)."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def log_softmax(z):\n"
            "    shifted = z - z.max(axis=1, keepdims=True)\n"
            "    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))\n"
            "\n"
            "\n"
            "def two_layer_loss(X, y, W1, b1, W2, b2, reg):\n"
            "    n, rows = len(X), np.arange(len(X))\n"
            "    z1 = X @ W1 + b1\n"
            "    a1 = np.maximum(0, z1)\n"
            "    logits = a1 @ W2 + b2\n"
            "    log_p = log_softmax(logits)\n"
            "    p = np.exp(log_p)\n"
            "    losses = -log_p[rows, y]\n"
            "    penalty = reg * ((W1**2).sum() + (W2**2).sum())\n"
            "    loss = losses.mean() + penalty\n"
            "    target = np.eye(len(b2))[y]\n"
            "    delta2 = (p - target) / n\n"
            "    delta1 = (delta2 @ W2.T) * (z1 > 0)\n"
            "    dW1 = X.T @ delta1 + 2 * reg * W1\n"
            "    db1 = delta1.sum(axis=0)\n"
            "    dW2 = a1.T @ delta2 + 2 * reg * W2\n"
            "    db2 = delta2.sum(axis=0)\n"
            "    return loss, dW1, db1, dW2, db2\n"
        ),
        explanation=(
            "Two sums, two derivatives. The data's part: δ2 is (p − y)/n, with no further σ′, for "
            "softmax and cross-entropy have cancelled it; δ1 is δ2 sent back through W2's "
            "transpose and cut where the unit was off. The penalty's part: the derivative of "
            "reg·W² is 2·reg·W, it is not divided by n, and it is *added* to the gradient of the "
            "weights only. The biases are summed over the rows, since 1/n is already in δ2."
        ),
        hints=(
            "The loss is a sum of two things, and so is each weight's gradient: take them apart.",
            "δ2 is p with 1 taken off at each label, over n. δ1 is δ2 back through W2, and zero "
            "where the hidden unit was off. What is the derivative of reg·w²?",
            "`delta1 = (delta2 @ W2.T) * (z1 > 0)`; `dW1 = X.T @ delta1 + 2 * reg * W1`; "
            "`db1 = delta1.sum(axis=0)`; and the same one layer on, from a1 and δ2.",
        ),
        outputs=("loss", "dW1", "db1", "dW2", "db2"),
        inputs=network,
        sizes=({"n": 8, "i": 4, "h": 5, "o": 3}, {"n": 7, "i": 3, "h": 6, "o": 4}),
        probes=({"n": 5, "i": 5, "h": 5, "o": 5},),
        small=(
            {"n": 1, "i": 1, "h": 1, "o": 2},
            {"n": 2, "i": 1, "h": 1, "o": 2},
            {"n": 1, "i": 2, "h": 2, "o": 2},
            {"n": 2, "i": 2, "h": 2, "o": 2},
        ),
        edges=(
            Edge(says="a single row", make=one_row),
            Edge(says="an input of zeros", make=zero_input),
            Edge(says="reg = 0", make=no_penalty),
            Edge(says="logits near 1000", make=large, tolerance=1e-3, id="softmax-overflow"),
            Edge(
                says="logits a thousand apart",
                make=far_apart,
                tolerance=1e-3,
                gentle=True,
                id="log-zero",
            ),
        ),
        mistakes=(
            mistake(
                "missing-1-over-n", "the gradients are not divided by n", (D, "delta2 = p - target")
            ),
            mistake("double-1-over-n", "the gradients are divided by n twice", (D, f"{D}**2")),
            mistake(
                "double-1-over-n",
                "the loss is divided by n twice",
                (LOSS, "loss = losses.mean() / n + penalty"),
            ),
            mistake(
                "double-1-over-n",
                "the loss and the gradients are divided by n twice",
                (LOSS, "loss = losses.mean() / n + penalty"),
                (D, f"{D}**2"),
            ),
            mistake("sum-not-mean-loss", "", (LOSS, "loss = losses.sum() + penalty")),
            *bias_mistakes(LAYERS, n="n"),
            mistake(
                "keepdims",
                "keepdims is missing at softmax's sum: it is broadcast over the wrong axis",
                (SUM, "np.exp(shifted).sum(axis=1)"),
            ),
            mistake(
                "keepdims",
                "keepdims is missing at softmax's maximum: it is broadcast over the wrong axis",
                (SHIFTED, "z - z.max(axis=1)"),
            ),
            mistake(
                "keepdims",
                "keepdims is missing at softmax's maximum and sum: they are broadcast over the "
                "wrong axis",
                (SHIFTED, "z - z.max(axis=1)"),
                (SUM, "np.exp(shifted).sum(axis=1)"),
            ),
            mistake(
                "column-vs-flat",
                "rows (n,) meet labels (n, 1): the loss takes every label of every row",
                (LOSSES, "losses = -log_p[rows, y[:, np.newaxis]]"),
            ),
            mistake(
                "column-vs-flat",
                "1 is taken off in all rows at all labels: p[:, y] or p - 1, not p[rows, y]",
                ("target = np.eye(len(b2))[y]", "target = 0 * p\n    target[:, y] = 1"),
            ),
            *product_mistakes(LAYERS),
            *way_back_mistakes(LAYERS[1], ("", DW2), (", no penalty", "a1.T @ delta2")),
            weights(
                "wrong-transpose",
                "dW1 and dW2 come out transposed",
                "delta1.T @ X + 2 * reg * W1.T",
                "delta2.T @ a1 + 2 * reg * W2.T",
            ),
            weights(
                "wrong-transpose",
                "the data's part of dW1 and dW2 is transposed",
                "delta1.T @ X + 2 * reg * W1",
                "delta2.T @ a1 + 2 * reg * W2",
            ),
            mistake(
                "no-activation-derivative",
                "ReLU's mask is left out of the hidden layer's δ, or lets all units through",
                (f"{BACK} * {MASK}", BACK),
            ),
            mistake(
                "derivative-formula",
                "a(1 − a), the sigmoid's derivative, stands for ReLU's",
                (MASK, "a1 * (1 - a1)"),
            ),
            mistake(
                "derivative-formula",
                "the derivative of the sigmoid at z stands for ReLU's",
                (MASK, "(np.exp(-z1) / (1 + np.exp(-z1)) ** 2)"),
            ),
            mistake(
                "derivative-formula",
                "1 − a², tanh's derivative, stands for ReLU's",
                (MASK, "(1 - a1**2)"),
            ),
            mistake(
                "derivative-formula",
                "the derivative of tanh at z stands for ReLU's",
                (MASK, "(1 - np.tanh(z1) ** 2)"),
            ),
            mistake(
                "derivative-formula",
                "a itself stands for ReLU's derivative, which is 0 or 1",
                (MASK, "a1"),
            ),
            mistake("derivative-formula", "z itself stands for ReLU's derivative", (MASK, "z1")),
            mistake(
                "derivative-formula",
                "the sign of z, −1 or 1, stands for ReLU's derivative",
                (MASK, "np.sign(z1)"),
            ),
            mistake(
                "derivative-at-preactivation",
                "z(1 − z) stands for ReLU's derivative",
                (MASK, "z1 * (1 - z1)"),
            ),
            mistake(
                "derivative-at-activation",
                "the sigmoid's derivative at a stands for ReLU's at z",
                (MASK, "(np.exp(-a1) / (1 + np.exp(-a1)) ** 2)"),
            ),
            mistake("mse-delta-under-cross-entropy", "", (D, f"{D} * p * (1 - p)")),
            mistake(
                "mse-delta-under-cross-entropy",
                "an extra p(1 − p) stands in what goes back to the hidden layer",
                (BACK, "((delta2 * p * (1 - p)) @ W2.T)"),
            ),
            mistake("relu-mask-flipped", "", (MASK, "(z1 < 0)")),
            mistake(
                "relu-mask-flipped",
                "ReLU keeps the negative side",
                (RELU, "np.minimum(0, z1)"),
            ),
            mistake(
                "relu-mask-flipped",
                "ReLU and its mask keep the negative side",
                (RELU, "np.minimum(0, z1)"),
                (MASK, "(z1 < 0)"),
            ),
            mistake("relu-mask-on-gradient", "", (MASK, f"({BACK} > 0)")),
            mistake(
                "preactivation-for-activation",
                "dW2 is computed from z1 instead of a1",
                (DW2, "z1.T @ delta2 + 2 * reg * W2"),
            ),
            mistake(
                "preactivation-for-activation",
                "z1 instead of a1 goes into the second layer: its ReLU is missing",
                ("a1 @ W2", "z1 @ W2"),
            ),
            mistake(
                "preactivation-for-activation",
                "z1 stands for a1 everywhere: ReLU is missing, and its mask is there",
                (RELU, "z1"),
            ),
            mistake(
                "",
                "there is no ReLU: neither in the forward pass nor on the way back",
                (RELU, "z1"),
                (f"{BACK} * {MASK}", BACK),
            ),
            mistake(
                "",
                "the hidden layer is sigmoid",
                (RELU, "1 / (1 + np.exp(-z1))"),
                (MASK, "a1 * (1 - a1)"),
            ),
            mistake(
                "",
                "the hidden layer is tanh",
                (RELU, "np.tanh(z1)"),
                (MASK, "(1 - a1**2)"),
            ),
            mistake(
                "",
                "ReLU is applied to the output as well",
                ("a1 @ W2 + b2", "np.maximum(0, a1 @ W2 + b2)"),
            ),
            mistake("forgot-target", "", (D, "delta2 = p / n")),
            mistake(
                "error-sign",
                "y − ŷ stands where ŷ − y is meant, or there is another minus sign too many",
                (D, "delta2 = (target - p) / n"),
            ),
            mistake(
                "error-sign",
                "all gradients have the wrong sign, the penalty's too",
                ("return loss, dW1, db1, dW2, db2", "return loss, -dW1, -db1, -dW2, -db2"),
            ),
            mistake(
                "", "1 is added at the labels, not taken off", (D, "delta2 = (p + target) / n")
            ),
            mistake(
                "missing-1-over-n",
                "p is divided by n, and what is taken off at the labels is not",
                (D, "delta2 = p / n - target"),
            ),
            *(
                mistake(
                    "missing-1-over-n", f"{says} n is meant", (D, f"delta2 = (p - target) {wrong}")
                )
                for says, wrong in (
                    ("the number of inputs divides where", "/ X.shape[1]"),
                    ("the number of classes divides where", "/ len(b2)"),
                    ("the root of n divides where", "/ np.sqrt(n)"),
                    ("n multiplies where division by", "* n"),
                )
            ),
            *(
                mistake("", says, (D, f"delta2 = {wrong} / n"))
                for says, wrong in (
                    ("a factor of 2, as of a squared error, stands in δ2", "2 * (p - target)"),
                    ("a ½ too many stands in δ2", "0.5 * (p - target)"),
                    ("p − y is squared in δ2", "(p - target) ** 2"),
                    ("the logits stand for p in δ2", "(logits - target)"),
                    ("the logits stand for p in δ2", f"({ROWS_SHIFTED} - target)"),
                    ("the exponentials stand for p in δ2", "(np.exp(logits) - target)"),
                    ("the exponentials stand for p in δ2", f"(np.exp({ROWS_SHIFTED}) - target)"),
                    (
                        "1 − p stands at the labels where p − 1 is meant",
                        "np.where(target == 1, 1 - p, p)",
                    ),
                    ("log p stands for p in δ2", "(log_p - target)"),
                    ("the number of the label is taken off, not 1 at it", "(p - y[:, np.newaxis])"),
                    (
                        "the predicted class, 0 or 1, stands for p in δ2",
                        "(np.eye(len(b2))[p.argmax(axis=1)] - target)",
                    ),
                )
            ),
            mistake(
                "",
                "1 is taken off in whole rows, p[y], instead of at p[rows, y]",
                ("target = np.eye(len(b2))[y]", "target = 0 * p\n    target[y] = 1"),
            ),
            mistake(
                "no-activation-derivative",
                "softmax's derivative is left out: −1/p at the labels is δ at p, not at the logits",
                (D, "delta2 = -target / p / n"),
            ),
            mistake(
                "error-sign",
                "the data's loss has the wrong sign",
                (LOSSES, "losses = log_p[rows, y]"),
            ),
            mistake(
                "error-sign",
                "the penalty is subtracted from the loss",
                (LOSS, "loss = losses.mean() - penalty"),
            ),
            weights(
                "error-sign",
                "the penalty's gradient is subtracted",
                "X.T @ delta1 - 2 * reg * W1",
                "a1.T @ delta2 - 2 * reg * W2",
            ),
            *only_row(
                "overwrite-not-accumulate",
                "= stands where += is needed: only the last row is left",
                "n - 1",
            ),
            *only_row("first-example-only", "only the first row of the batch counts", "0"),
            weights(
                "overwrite-not-accumulate",
                "only the penalty's gradient is left, as when = stands where += is needed",
                "2 * reg * W1",
                "2 * reg * W2",
            ),
            mistake(
                "overwrite-not-accumulate",
                "only the penalty's gradient is left in dW1, as when = stands where += is needed",
                (DW1, "2 * reg * W1"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "only the penalty's gradient is left in dW2, as when = stands where += is needed",
                (DW2, "2 * reg * W2"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "the penalty overwrites the data's loss: = where += is needed",
                (LOSS, "loss = penalty"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "at the labels, p is overwritten with −1 instead of lowered by 1",
                (D, "delta2 = np.where(target == 1, -1, p) / n"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "at the labels, p is overwritten with 0 instead of lowered by 1",
                (D, "delta2 = np.where(target == 1, 0, p) / n"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "at the labels, p is overwritten with 1 instead of lowered by 1",
                (D, "delta2 = np.where(target == 1, 1, p) / n"),
            ),
            mistake(
                "regularise-bias",
                "",
                (PENALTY, f"{PENALTY} + reg * ((b1**2).sum() + (b2**2).sum())"),
                (DB1, f"{DB1} + 2 * reg * b1"),
                (DB2, f"{DB2} + 2 * reg * b2"),
            ),
            mistake(
                "regularise-factor",
                "the penalty has a ½, in the loss and in the gradient",
                (PENALTY, PENALTY.replace("reg *", "0.5 * reg *")),
                (DW1, "X.T @ delta1 + reg * W1"),
                (DW2, "a1.T @ delta2 + reg * W2"),
            ),
            mistake(
                "regularise-factor",
                "the penalty is doubled, in the loss and in the gradient",
                (PENALTY, PENALTY.replace("reg *", "2 * reg *")),
                (DW1, "X.T @ delta1 + 4 * reg * W1"),
                (DW2, "a1.T @ delta2 + 4 * reg * W2"),
            ),
            mistake(
                "regularise-factor",
                "the penalty has a ½ in the loss, and none in the gradient",
                (PENALTY, f"{PENALTY} / 2"),
            ),
            mistake(
                "regularise-factor",
                "the penalty is doubled in the loss",
                (PENALTY, f"{PENALTY} * 2"),
            ),
            weights(
                "regularise-factor",
                "the 2 is missing in the penalty's gradient: the derivative of reg·W² is 2·reg·W",
                "X.T @ delta1 + reg * W1",
                "a1.T @ delta2 + reg * W2",
            ),
            weights(
                "regularise-factor",
                "the penalty's gradient is doubled",
                "X.T @ delta1 + 4 * reg * W1",
                "a1.T @ delta2 + 4 * reg * W2",
            ),
            mistake(
                "regularise-loss-only",
                "the penalty's gradient is missing in dW1",
                (DW1, "X.T @ delta1"),
            ),
            mistake(
                "regularise-loss-only",
                "the penalty's gradient is missing in dW2",
                (DW2, "a1.T @ delta2"),
            ),
            mistake(
                "regularise-gradient-only",
                "W2's penalty is missing in the loss",
                (PENALTY, "penalty = reg * (W1**2).sum()"),
            ),
            mistake(
                "regularise-gradient-only",
                "W1's penalty is missing in the loss",
                (PENALTY, "penalty = reg * (W2**2).sum()"),
            ),
            *(
                mistake("", says, (PENALTY, f"penalty = {wrong}"))
                for says, wrong in (
                    ("reg is left out of the penalty in the loss", "(W1**2).sum() + (W2**2).sum()"),
                    (
                        "reg multiplies only the first of the penalty's two sums",
                        "reg * (W1**2).sum() + (W2**2).sum()",
                    ),
                    ("W1 stands for W2 in the penalty", "2 * reg * (W1**2).sum()"),
                    ("W2 stands for W1 in the penalty", "2 * reg * (W2**2).sum()"),
                    (
                        "the penalty's two sums are multiplied, not added",
                        "reg * ((W1**2).sum() * (W2**2).sum())",
                    ),
                    (
                        "the penalty's sums are squared, not its weights",
                        "reg * (W1.sum() ** 2 + W2.sum() ** 2)",
                    ),
                )
            ),
            *(
                weights(
                    "",
                    f"{says} in the penalty's gradient",
                    f"X.T @ delta1 + {wrong.format('W1')}",
                    f"a1.T @ delta2 + {wrong.format('W2')}",
                )
                for says, wrong in (
                    ("the weights are squared", "2 * reg * {}**2"),
                    ("the squared weights, not differentiated, stand", "reg * {}**2"),
                    ("the weights are added up", "2 * reg * {}.sum()"),
                    (
                        "the sum of the squared weights, a single number, stands",
                        "reg * ({}**2).sum()",
                    ),
                    ("the sum of the squared weights, twice, stands", "2 * reg * ({}**2).sum()"),
                    ("the sign of the weights, as of absolute values, stands", "reg * np.sign({})"),
                )
            ),
            weights(
                "",
                "the penalty is added once for every row",
                "X.T @ delta1 + 2 * reg * W1 * n",
                "a1.T @ delta2 + 2 * reg * W2 * n",
                (PENALTY, f"{PENALTY} * n"),
            ),
            weights(
                "regularise-loss-only",
                "",
                "X.T @ delta1",
                "a1.T @ delta2",
            ),
            mistake("regularise-gradient-only", "", (LOSS, "loss = losses.mean()")),
            weights(
                "",
                "the penalty is left out, of the loss and of the gradient",
                "X.T @ delta1",
                "a1.T @ delta2",
                (LOSS, "loss = losses.mean()"),
            ),
            mistake(
                "regularise-over-n",
                "",
                (PENALTY, f"{PENALTY} / n"),
                (DW1, "X.T @ delta1 + 2 * reg * W1 / n"),
                (DW2, "a1.T @ delta2 + 2 * reg * W2 / n"),
            ),
            mistake(
                "regularise-over-n",
                "the penalty is divided by n as well, and has a ½",
                (PENALTY, f"{PENALTY} / n / 2"),
                (DW1, "X.T @ delta1 + reg * W1 / n"),
                (DW2, "a1.T @ delta2 + reg * W2 / n"),
            ),
            mistake(
                "",
                "only W1 is penalised",
                (PENALTY, "penalty = reg * (W1**2).sum()"),
                (DW2, "a1.T @ delta2"),
            ),
            mistake(
                "",
                "only W2 is penalised",
                (PENALTY, "penalty = reg * (W2**2).sum()"),
                (DW1, "X.T @ delta1"),
            ),
            mistake(
                "",
                "the weights in the penalty are not squared",
                (PENALTY, "penalty = reg * (W1.sum() + W2.sum())"),
            ),
            mistake(
                "",
                "the penalty is the weights' absolute values, not their squares",
                (PENALTY, "penalty = reg * (np.abs(W1).sum() + np.abs(W2).sum())"),
            ),
            mistake(
                "",
                "the penalty is the mean of the squares, not their sum",
                (PENALTY, "penalty = reg * ((W1**2).mean() + (W2**2).mean())"),
            ),
            mistake(
                "",
                "the penalty is the length of the weights, not its square",
                (PENALTY, "penalty = reg * (np.linalg.norm(W1) + np.linalg.norm(W2))"),
            ),
            weights(
                "",
                "reg is left out of the penalty's gradient",
                "X.T @ delta1 + 2 * W1",
                "a1.T @ delta2 + 2 * W2",
            ),
            mistake(
                "softmax-axis",
                "",
                (SHIFTED, "z - z.max(axis=0, keepdims=True)"),
                (SUM, "np.exp(shifted).sum(axis=0, keepdims=True)"),
            ),
            mistake(
                "softmax-axis",
                "softmax is taken over the whole batch at once",
                (SHIFTED, "z - z.max()"),
                (SUM, "np.exp(shifted).sum()"),
            ),
            mistake(
                "softmax-axis",
                "softmax's maximum is taken over the batch instead of over the classes",
                (SHIFTED, "z - z.max(axis=0, keepdims=True)"),
            ),
            mistake(
                "softmax-axis",
                "softmax's sum is taken over the batch instead of over the classes",
                (SUM, "np.exp(shifted).sum(axis=0, keepdims=True)"),
            ),
            mistake(
                "softmax-axis",
                "softmax's sum is taken over the whole batch at once",
                (SUM, "np.exp(shifted).sum()"),
            ),
            mistake(
                "softmax-overflow",
                "",
                (SHIFTED, "z"),
                (SOFTMAX, f"np.log(np.exp(shifted) / {SUM})"),
            ),
            mistake(
                "double-softmax",
                "",
                (LOG_P, "log_p = log_softmax(np.exp(log_softmax(logits)))"),
            ),
            mistake(
                "double-softmax",
                "softmax is applied to probabilities in the loss; the gradient's is right",
                (LOSSES, "losses = -log_softmax(p)[rows, y]"),
            ),
            mistake(
                "no-hidden-gradient",
                "the hidden layer's δ is zero",
                (f"{BACK} * {MASK}", "np.zeros_like(a1)"),
            ),
            mistake(
                "no-hidden-gradient",
                "",
                (DW1, "np.zeros_like(W1)"),
                (DB1, "np.zeros_like(b1)"),
            ),
            mistake(
                "mutates-input",
                "W1 is multiplied by 2·reg in place",
                (DW1, "X.T @ delta1 + W1.__imul__(2 * reg)"),
            ),
            mistake(
                "relu-mask-on-gradient",
                "the gradient itself goes through ReLU, besides the mask",
                (f"{BACK} * {MASK}", f"np.maximum(0, {BACK} * {MASK})"),
            ),
            mistake(
                "no-activation-derivative",
                "the mask stands at the output instead of the hidden layer",
                (f"{BACK} * {MASK}", "((delta2 * (logits > 0)) @ W2.T)"),
            ),
            mistake("", "the mask is taken from z1 without b1", (MASK, "(X @ W1 > 0)")),
            mistake("", "the mask lets pass what is above ½, not above 0", (MASK, "(z1 > 0.5)")),
            mistake(
                "",
                "where a unit is off, −1 stands for δ1",
                (f"{BACK} * {MASK}", f"np.where(z1 > 0, {BACK}, -1)"),
            ),
            mistake(
                "forgot-target",
                "p, not p − y, goes back through W2",
                (BACK, "(p @ W2.T)"),
            ),
            mistake(
                "forgot-target",
                "p, not p − y, goes back through W2, divided by n",
                (BACK, "(p / n @ W2.T)"),
            ),
            mistake(
                "cached-wrong-value",
                "p is lowered by 1 at the labels before the loss is taken from it",
                (LOSSES, "losses = -np.log(p - np.eye(len(b2))[y])[rows, y]"),
            ),
            mistake(
                "cached-wrong-value",
                "the logits have overwritten z1 by the time ReLU's mask is taken",
                (MASK, "(logits > 0)"),
            ),
            mistake(
                "cached-wrong-value",
                "δ1 has overwritten δ2 by the time dW2 and db2 are taken",
                (DW2, "a1.T @ delta1 + 2 * reg * W2"),
                (DB2, "delta1.sum(axis=0)"),
            ),
            *(
                mistake(id, says, *edits)
                for slope in (0.01, 0.1)
                for leaky, mask in [
                    (
                        (RELU, f"np.maximum({slope} * z1, z1)"),
                        (MASK, f"np.where(z1 > 0, 1, {slope})"),
                    )
                ]
                for id, says, edits in (
                    ("", "the hidden layer is a leaky ReLU", (leaky, mask)),
                    ("", "the hidden layer is a leaky ReLU in the forward pass", (leaky,)),
                    ("derivative-formula", "a leaky ReLU's derivative stands for ReLU's", (mask,)),
                )
            ),
            mistake(
                "",
                "the hidden layer is sigmoid in the forward pass, and ReLU on the way back",
                (RELU, "1 / (1 + np.exp(-z1))"),
            ),
            mistake(
                "",
                "the hidden layer is tanh in the forward pass, and ReLU on the way back",
                (RELU, "np.tanh(z1)"),
            ),
            mistake(
                "", "the absolute value stands for ReLU in the forward pass", (RELU, "abs(z1)")
            ),
            mistake(
                "",
                "b1 is added after ReLU, not before",
                ("X @ W1 + b1", "X @ W1"),
                (RELU, f"{RELU} + b1"),
            ),
            mistake(
                "",
                "the sigmoid of each logit stands for softmax",
                (LOG_P, "log_p = -np.log(1 + np.exp(-logits))"),
            ),
            mistake("", "b1 is left out of the forward pass", ("X @ W1 + b1", "X @ W1")),
            mistake("", "b2 is left out of the forward pass", ("a1 @ W2 + b2", "a1 @ W2")),
            mistake(
                "",
                "both biases are left out of the forward pass",
                ("X @ W1 + b1", "X @ W1"),
                ("a1 @ W2 + b2", "a1 @ W2"),
            ),
            mistake(
                "",
                "the data's loss is averaged over the classes as well",
                (LOSS, "loss = losses.mean() / len(b2) + penalty"),
            ),
            mistake(
                "",
                "the gradients are averaged over the classes as well",
                (D, f"{D} / len(b2)"),
            ),
            mistake(
                "",
                "the logarithm is to base 2",
                (LOSS, "loss = losses.mean() / np.log(2) + penalty"),
            ),
            *(
                mistake("", says, (LOSSES, f"losses = {wrong}"))
                for says, wrong in (
                    (
                        "−log p is added up over all classes, not taken at the label",
                        "-log_p.sum(axis=1)",
                    ),
                    (
                        "−log p is averaged over all classes, not taken at the label",
                        "-log_p.mean(axis=1)",
                    ),
                    ("the logarithm is to base 10", "-log_p[rows, y] / np.log(10)"),
                    ("log(1 + p) stands for log p", "-np.log(1 + p[rows, y])"),
                    ("the logits stand for log p in the loss", "-logits[rows, y]"),
                    ("the logits stand for log p in the loss", f"-({ROWS_SHIFTED})[rows, y]"),
                    (
                        "the loss is binary cross-entropy, added up over the classes",
                        "-np.log(np.where(np.eye(len(b2))[y] == 1, p, 1 - p)).sum(axis=1)",
                    ),
                    (
                        "the loss is a squared error",
                        "((p - np.eye(len(b2))[y]) ** 2).sum(axis=1)",
                    ),
                    (
                        "the loss is half a squared error",
                        "0.5 * ((p - np.eye(len(b2))[y]) ** 2).sum(axis=1)",
                    ),
                    ("1e-3 is added to p in the logarithm", "-np.log(p[rows, y] + 1e-3)"),
                )
            ),
            mistake(
                "column-vs-flat",
                "rows (n,) meet labels (n, 1): the loss takes every label of every row",
                (LOSSES, "losses = -log_p[rows, y[:, np.newaxis]]"),
                (LOSS, "loss = losses.sum() / n + penalty"),
            ),
            mistake("", "the logarithm is left out of the loss", (LOSSES, "losses = -p[rows, y]")),
            mistake(
                "",
                "the rows' losses are not averaged: there is one for each",
                (LOSS, "loss = losses + penalty"),
            ),
            mistake(
                "",
                "the error is not sent back: δ1 holds only the mask",
                (f"{BACK} * {MASK}", "(z1 > 0) / n"),
            ),
            mistake(
                "",
                "the error is not sent back: δ1 is 1 where the unit is on",
                (f"{BACK} * {MASK}", "(z1 > 0) * 1.0"),
            ),
            mistake("", "db1 is summed from δ2", (DB1, DB2)),
            *(
                mistake(
                    "",
                    f"new parameters come back (learning rate {rate}), not gradients",
                    ("return loss, dW1, db1, dW2, db2", f"return loss, {stepped(rate)}"),
                )
                for rate in RATES
            ),
            mistake(
                "",
                "the most probable class is taken for the label",
                ("target = np.eye(len(b2))[y]", "target = np.eye(len(b2))[p.argmax(axis=1)]"),
            ),
            mistake(
                "",
                "the output layer's gradients come first",
                ("return loss, dW1, db1, dW2, db2", "return loss, dW2, db2, dW1, db1"),
            ),
            mistake(
                "",
                "the weights come first, then the biases",
                ("return loss, dW1, db1, dW2, db2", "return loss, dW1, dW2, db1, db2"),
            ),
        ),
        places={
            "loss": "All gradients are right, so p is: the fault is between p and the loss.",
            "dW1 db1": "The output layer is right, so the fault is on the way from δ2 to δ1.",
            "dW2 db2": "The hidden layer is right, so δ2 must be: look at how dW2 and db2 use it.",
            "dW1": "δ1 is right, for db1 is: look at what it is multiplied by, and the penalty.",
            "dW2": "δ2 is right, for db2 is: look at what it is multiplied by, and the penalty.",
            "dW1 dW2": "Look at what they are multiplied by, and the penalty.",
            "db1": "δ1 is right, for dW1 is: look at how it is summed.",
            "db2": "δ2 is right, for dW2 is: look at how it is summed.",
            "db1 db2": "Both δ are right, for dW1 and dW2 are: look at how they are summed.",
            "dW1 db1 dW2 db2": "The loss is right, so p is: begin with δ2.",
            "loss dW1 dW2": "The biases are right, so the data's part is: look at the penalty.",
            "loss dW1 db1 dW2 db2": (
                "All are wrong, so begin with what they share: the forward pass, and p."
            ),
        },
    ),
    Item(
        id="05a.2",
        title="The parameters of a smaller network",
        kind="predict",
        difficulty=1,
        points=1,
        link="chapters/05a_the_network.ipynb#The-model,-as-the-article-wrote-it",
        task="How many numbers does a dense 784-32-10 network learn?",
        call="parameters",
        starter="parameters = ...\n",
        reference=(
            "def parameters():\n"
            "    hidden = 784 * 32 + 32\n"
            "    output = 32 * 10 + 10\n"
            "    return hidden + output\n"
        ),
        explanation=(
            "Each unit has one weight for every input and one bias: inputs times units, plus "
            "units, for each layer. The input is not a layer that learns. Nearly all of them stand "
            "in the first layer, as in the article's network, because the picture is wide; halving "
            "the hidden units halves the whole."
        ),
        hints=(
            "Which layers learn, and what belongs to one unit?",
            "For each layer: inputs times units, plus one bias for each unit.",
            "784 · 32 + 32 for the first, and the same with 32 and 10 for the second.",
        ),
        outputs=("the number of parameters",),
        mistakes=(
            mistake(
                "",
                "Those are the weights: every unit has a bias as well.",
                ("784 * 32 + 32", "784 * 32"),
                ("32 * 10 + 10", "32 * 10"),
            ),
            mistake(
                "idea-31",
                "The output units have biases as well.",
                ("32 * 10 + 10", "32 * 10"),
            ),
            mistake("", "The hidden units have biases as well.", ("784 * 32 + 32", "784 * 32")),
            mistake(
                "",
                "The inputs are not units: they have no biases.",
                ("hidden + output", "hidden + output + 784"),
            ),
            mistake(
                "",
                "One bias for each layer is too few: every unit has its own.",
                ("784 * 32 + 32", "784 * 32 + 1"),
                ("32 * 10 + 10", "32 * 10 + 1"),
            ),
            mistake(
                "",
                "That joins every input to every output through every unit; the layers are "
                "added, not multiplied.",
                ("hidden + output", "784 * 32 * 10"),
            ),
            mistake("", "The output layer learns, too.", ("hidden + output", "hidden")),
            mistake(
                "",
                "That is the article's network, 784-128-64-10.",
                ("hidden + output", "109_386"),
            ),
        ),
    ),
    Item(
        id="05a.3",
        title="The first loss of an alphabet",
        kind="predict",
        difficulty=1,
        points=1,
        link="chapters/05a_the_network.ipynb#The-fit,-as-the-article-wrote-it",
        task=(
            "A classifier of 26 letters, softmax and cross-entropy, has not been trained yet. "
            "About what is its loss? Three significant digits."
        ),
        call="first_loss",
        starter="first_loss = ...\n",
        reference=(
            "def first_loss():\n"
            "    p = 1 / 26  # it knows nothing, and spreads its bets\n"
            "    return float(-np.log(p))\n"
        ),
        explanation=(
            "Nothing speaks for any letter, so each gets about 1/26, the right one too, and the "
            "loss is −log of that: log 26, whatever the network. It is the first thing to look at. "
            "A loss far above says that the first logits are large, from weights or inputs of the "
            "wrong size; one far below on fresh weights says that the labels have leaked in."
        ),
        hints=(
            "How probable is each class to a network that knows nothing?",
            "The loss is minus the logarithm of the probability of the right class.",
            "The probability is 1/26, and the logarithm is the natural one.",
        ),
        outputs=("the first loss",),
        mistakes=(
            mistake("", "That is log 10: here are 26 classes.", ("1 / 26", "1 / 10")),
            mistake("", "the logarithm is to base 2", ("-np.log(p)", "-np.log2(p)")),
            mistake("", "the logarithm is to base 10", ("-np.log(p)", "-np.log10(p)")),
            mistake("", "That is the probability; the loss is minus its log.", ("-np.log(p)", "p")),
            mistake(
                "idea-26",
                "That is the share of wrong guesses. Which loss does the network descend?",
                ("-np.log(p)", "1 - p"),
            ),
            mistake("error-sign", "the minus before the log is missing", ("-np.log", "np.log")),
            mistake(
                "",
                "That would be the loss of a network that is sure and right.",
                ("-np.log(p)", "0"),
            ),
            mistake(
                "sum-not-mean-loss",
                "That adds up over the classes; only the right class counts.",
                ("-np.log(p)", "-26 * np.log(p)"),
            ),
        ),
    ),
    Item(
        id="05a.4",
        title="Three logits by hand",
        kind="by hand",
        difficulty=2,
        points=2,
        link="chapters/05a_the_network.ipynb#Inside-one-step",
        task=(
            "The last layer gives the logits (2, 0, 0) for a picture of class 0. Fill in the "
            "`loss` and `delta`, its slope by the logits. Three significant digits."
        ),
        call="three_logits",
        starter='three_logits = {"loss": ..., "delta": (..., ..., ...)}\n',
        reference=(
            "def three_logits():\n"
            "    e = np.exp([2.0, 0.0, 0.0])\n"
            "    p = e / e.sum()\n"
            "    loss = -np.log(p[0])\n"
            "    delta = p - np.array([1, 0, 0])\n"
            '    return {"loss": float(loss), "delta": delta.tolist()}\n'
        ),
        explanation=(
            "The exponentials are 7.39, 1 and 1, so the right class has 7.39/9.39. The loss is "
            "minus the log of that, and δ = p − y: what the right class lacks, with a minus, and "
            "what each of the others has too much. They balance, always. The picture is read "
            "rightly, and still the network is pulled: cross-entropy rests only at p = y."
        ),
        hints=(
            "What does softmax make of (2, 0, 0)?",
            "The loss is −log of the right class's p; δ is p − y.",
            "p is (7.389, 1, 1)/9.389, and y is (1, 0, 0).",
        ),
        outputs=("loss", "delta"),
        mistakes=(
            mistake("forgot-target", "", ("p - np.array([1, 0, 0])", "p")),
            mistake(
                "error-sign",
                "y − p stands where p − y is meant",
                ("p - np.array([1, 0, 0])", "np.array([1, 0, 0]) - p"),
            ),
            mistake(
                "mse-delta-under-cross-entropy",
                "",
                ("p - np.array([1, 0, 0])", "(p - np.array([1, 0, 0])) * p * (1 - p)"),
            ),
            mistake(
                "",
                "δ is divided by the number of classes, where there is one row",
                ("p - np.array([1, 0, 0])", "(p - np.array([1, 0, 0])) / 3"),
            ),
            mistake(
                "",
                "the logits stand where the probabilities are meant",
                ("p - np.array([1, 0, 0])", "np.array([2.0, 0, 0]) - np.array([1, 0, 0])"),
            ),
            mistake("error-sign", "the loss has the wrong sign", ("-np.log(p[0])", "np.log(p[0])")),
            mistake("", "the logarithm is to base 2", ("-np.log(p[0])", "-np.log2(p[0])")),
            mistake("", "the logarithm is to base 10", ("-np.log(p[0])", "-np.log10(p[0])")),
            mistake("", "the loss is 1 − p, not −log p", ("-np.log(p[0])", "1 - p[0]")),
            mistake("", "the loss is that of another class", ("-np.log(p[0])", "-np.log(p[1])")),
            mistake(
                "",
                "−log p is added up over all classes, where only the right one counts",
                ("-np.log(p[0])", "-np.log(p).sum()"),
            ),
        ),
    ),
    Item(
        id="05a.5",
        title="Accuracy, class by class",
        kind="code",
        difficulty=2,
        points=3,
        link="chapters/05a_the_network.ipynb#Which-digits-does-it-confuse?",
        task=(
            "Which share of each class is read rightly? `p`, (n, k), holds probabilities as "
            "`predict` returns them, `labels`, (n,), the true classes. Return the k shares, (k,); "
            "nan for a class of which there is no example."
        ),
        call="class_accuracy(p, labels)",
        starter=(
            "def class_accuracy(p, labels):\n"
            '    """The share of each class that is predicted rightly, (k,)."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def class_accuracy(p, labels):\n"
            "    k = p.shape[1]\n"
            "    hits = p.argmax(axis=1) == labels\n"
            "    share = np.full(k, np.nan)\n"
            "    for c in range(k):\n"
            "        own = labels == c\n"
            "        if own.any():\n"
            "            share[c] = hits[own].mean()\n"
            "    return share\n"
        ),
        explanation=(
            "Among the examples whose *label* is c, how many are predicted c? That is the "
            "diagonal of the confusion matrix, each entry over the sum of its row; it is also "
            "called recall. Among those *predicted* c is another question, precision. One number "
            "for all classes hides a class that is never found, above all a small one."
        ),
        hints=(
            "Of which examples is the share of class c a share: of those labelled c, or of those "
            "predicted c?",
            "Compare the argmax of each row with its label; take the mean over the rows of one "
            "label at a time.",
            "`hits = p.argmax(axis=1) == labels`, and `hits[labels == c].mean()` for each c.",
        ),
        outputs=("the array of shares",),
        inputs=predictions,
        sizes=({"n": 17, "k": 4}, {"n": 14, "k": 3}),
        probes=({"n": 5, "k": 5},),
        small=({"n": 2, "k": 2}, {"n": 3, "k": 2}, {"n": 6, "k": 3}),
        edges=(
            Edge(says="a class without an example", make=a_class_is_missing),
            Edge(says="a single row", make=one_prediction),
        ),
        mistakes=(
            mistake(
                "",
                "the share is of those predicted to be of the class: precision, not recall",
                ("own = labels == c", "own = p.argmax(axis=1) == c"),
            ),
            mistake(
                "",
                "the hits of a class are divided by n, not by the number of its examples",
                ("hits[own].mean()", "hits[own].sum() / len(labels)"),
            ),
            mistake(
                "sum-not-mean-loss",
                "the hits of a class are counted, and not divided",
                ("hits[own].mean()", "hits[own].sum()"),
            ),
            mistake(
                "",
                "every class gets the accuracy over all rows",
                ("hits[own].mean()", "hits.mean()"),
            ),
            mistake(
                "softmax-axis",
                "argmax runs down the columns, over the batch",
                (
                    "p.argmax(axis=1) == labels",
                    "np.resize(p.argmax(axis=0), len(labels)) == labels",
                ),
            ),
            mistake(
                "",
                "it is the share that is wrong",
                ("hits[own].mean()", "1 - hits[own].mean()"),
            ),
            mistake(
                "",
                "it is the mean probability of the right class, not the share that wins",
                ("hits[own].mean()", "p[own, c].mean()"),
            ),
            mistake(
                "",
                "a row counts as right when its label has more than ½",
                ("p.argmax(axis=1) == labels", "p[np.arange(len(p)), labels] > 0.5"),
            ),
            mistake(
                "scatter-overwrite",
                "repeated indices overwrite each other: only a class's last example counts",
                ("hits[own].mean()", "hits[own][-1]"),
            ),
            mistake(
                "scatter-overwrite",
                "hits[labels] += right keeps a class's last example: repeated indices overwrite",
                ("hits[own].mean()", "hits[own][-1] / own.sum()"),
            ),
            mistake(
                "",
                "it also counts as right that another digit is not taken for this class",
                (
                    "hits[own].mean()",
                    "((p.argmax(axis=1) == c) == own).mean()",
                ),
            ),
            mistake("integer-dtype", "", ("hits[own].mean()", "hits[own].sum() // own.sum()")),
            mistake(
                "",
                "classes without an example are left out",
                ("return share", "return share[np.unique(labels)]"),
            ),
            mistake(
                "first-example-only",
                "only the first example of each class counts",
                ("hits[own].mean()", "hits[own][0]"),
            ),
            mistake(
                "",
                "it is the share of each class among the labels",
                ("hits[own].mean()", "own.mean()"),
            ),
            mistake(
                "",
                "the mean over the classes is taken: one number",
                ("return share", "return np.nanmean(share)"),
            ),
            mistake(
                "",
                "a class without an example gets 0, as if all of it had been missed",
                ("np.full(k, np.nan)", "np.zeros(k)"),
            ),
        ),
    ),
    Item(
        id="05a.6",
        title="A loss that stays at log 10",
        kind="bug hunt",
        difficulty=2,
        points=2,
        link="chapters/05a_the_network.ipynb#Where-x_train-comes-from",
        task=(
            "A network like this one is trained on digits, and its loss stays at log 10. The "
            "labels were shuffled by mistake, the images were not. Which check of this notebook "
            "would have shown it first?"
        ),
        call="first_sign",
        starter="first_sign = ...\n",
        choices={
            "a": "the first loss, which should be near log 10",
            "b": "the counts of each class in `y_train`",
            "c": "some images, drawn with their labels above them",
            "d": "the summary, with its number of parameters",
            "e": "the confusion matrix after training",
        },
        reference='def first_sign():\n    return "c"\n',
        explanation=(
            "Two dozen pictures with their labels, before anything is trained, and a five called "
            "seven is seen at once. The first loss is log 10 with any labels; shuffling keeps the "
            "counts; the network is what it should be. The confusion matrix would show it, after "
            "the training was in vain. Look at what goes in, as it goes in: after the shuffling, "
            "the scaling, the batching."
        ),
        hints=(
            "Which of these look at images and labels together?",
            "Of those that see the pair, which can be looked at before training?",
            "Two of the five see the pair, and one of them needs no network.",
        ),
        outputs=("the choice",),
        mistakes=(
            mistake(
                "",
                "An untrained network knows nothing of the labels: its loss is log 10 with any.",
                ('"c"', '"a"'),
            ),
            mistake(
                "",
                "Shuffling puts labels in other places and changes none: the counts stay.",
                ('"c"', '"b"'),
            ),
            mistake(
                "",
                "The network is right; what it is given is not.",
                ('"c"', '"d"'),
            ),
            mistake(
                "",
                "It would show it, but only after a training in vain. Something shows it before.",
                ('"c"', '"e"'),
            ),
        ),
    ),
]

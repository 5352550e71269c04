"""The exercises of 4c: losses and softmax."""

import numpy as np

from dlcore.classroom.items import Edge, Item, mistake


def batch(rng, n, k):
    """Logits (n, k), and labels (n,) of which no two neighbours agree."""
    logits = np.round(rng.normal(size=(n, k)) * 1.5, 2)
    return logits, (np.arange(n) + rng.integers(k)) % k


def one_row(rng):
    return batch(rng, n=1, k=4)


def large(rng):
    """Rows near +1000 and rows near -1000, whose own classes are close together."""
    logits, labels = batch(rng, n=6, k=4)
    return np.round(logits) + np.where(np.arange(6) % 2, 1000.0, -1000.0)[:, np.newaxis], labels


def far_apart(rng):
    """Logits of ±1000 in one row, the label's among the low ones in some."""
    logits = np.where((np.arange(6)[:, np.newaxis] + np.arange(4)) % 3 == 0, 1000.0, -1000.0)
    return logits, np.array([0, 1, 2, 3, 1, 2])


MAXIMUM = "logits.max(axis=1, keepdims=True)"
SUM = "np.exp(shifted).sum(axis=1, keepdims=True)"
LOG_P = f"log_p = shifted - np.log({SUM})"
P = "p = np.exp(log_p)"
LOSS = "-log_p[rows, labels].mean()"
D = "(p - target) / n"

ITEMS = [
    Item(
        id="04c.1",
        title="Softmax and cross-entropy, in one",
        kind="code",
        difficulty=2,
        points=4,
        link="chapters/04c_losses_softmax.ipynb#The-derivative,-one-step-at-a-time",
        task=(
            "The cross-entropy of softmax, and its gradient. `logits` is (n, k), `labels` (n,) "
            "holds integers in 0..k-1. Return `loss`, the mean over the rows, and `dlogits`, "
            "(n, k), its gradient. It must survive logits of ±1000: no inf, no nan, and the right "
            "numbers."
        ),
        call="softmax_cross_entropy(logits, labels)",
        starter=(
            "def softmax_cross_entropy(logits, labels):\n"
            '    """loss, the mean of -log softmax(logits)[label], and dlogits, (n, k)."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def softmax_cross_entropy(logits, labels):\n"
            "    n, k = logits.shape\n"
            "    rows = np.arange(n)\n"
            "    shifted = logits - logits.max(axis=1, keepdims=True)\n"
            "    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))\n"
            "    p = np.exp(log_p)\n"
            "    target = np.eye(k)[labels]\n"
            "    loss = -log_p[rows, labels].mean()\n"
            "    dlogits = (p - target) / n\n"
            "    return loss, dlogits\n"
        ),
        explanation=(
            "A row's logits may be shifted by any constant; with its own maximum at 0 no exp "
            "overflows. The logarithm is taken of the *sum*, which is at least 1, and never of a "
            "probability, which can be 0. The derivative of both together is p − y, and the mean's "
            "1/n: the p(1 − p) of the softmax has met the 1/p of the logarithm and is gone."
        ),
        hints=(
            "What may be subtracted from a row of logits without changing its softmax?",
            "log p is the shifted logit minus the log of the sum of exps. Take the logarithm "
            "there, not of a probability. The gradient needs p, and a 1 at each label.",
            "`log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))` with `s = logits - "
            "logits.max(axis=1, keepdims=True)`; the gradient is `(np.exp(log_p) - one_hot) / n`.",
        ),
        outputs=("loss", "dlogits"),
        inputs=batch,
        sizes=({"n": 7, "k": 4}, {"n": 5, "k": 3}),
        probes=({"n": 4, "k": 4},),
        small=({"n": 1, "k": 2}, {"n": 2, "k": 2}, {"n": 2, "k": 3}),
        edges=(
            Edge(says="a single row", make=one_row),
            Edge(
                says="rows of logits near 1000 and near −1000",
                make=large,
                tolerance=1e-4,
                id="softmax-overflow",
            ),
            Edge(says="logits of ±1000 in one row", make=far_apart, tolerance=1e-4, id="log-zero"),
        ),
        mistakes=(
            mistake("missing-1-over-n", "the gradient is not divided by n", (D, "(p - target)")),
            mistake("double-1-over-n", "the gradient is divided by n twice", (D, f"{D}**2")),
            mistake("double-1-over-n", "the loss is divided by n twice", (LOSS, f"{LOSS} / n")),
            mistake(
                "double-1-over-n",
                "the loss and the gradient are divided by n twice",
                (LOSS, f"{LOSS} / n"),
                (D, f"{D}**2"),
            ),
            mistake("sum-not-mean-loss", "", (LOSS, "-log_p[rows, labels].sum()")),
            mistake(
                "softmax-axis",
                "",
                (MAXIMUM, "logits.max(axis=0, keepdims=True)"),
                (SUM, "np.exp(shifted).sum(axis=0, keepdims=True)"),
            ),
            mistake(
                "softmax-axis",
                "softmax is taken over the whole batch at once",
                (MAXIMUM, "logits.max()"),
                (SUM, "np.exp(shifted).sum()"),
            ),
            mistake(
                "softmax-axis",
                "softmax is taken over the whole batch at once, in the loss",
                (LOSS, "-(logits[rows, labels] - np.log(np.exp(logits).sum())).mean()"),
            ),
            mistake(
                "softmax-axis",
                "the maximum is each class's, and the sum each row's",
                (MAXIMUM, "logits.max(axis=0, keepdims=True)"),
            ),
            mistake(
                "softmax-overflow",
                "",
                (f"logits - {MAXIMUM}", "logits"),
                (LOG_P, f"log_p = np.log(np.exp(shifted) / {SUM})"),
                (P, f"p = np.exp(shifted) / {SUM}"),
            ),
            mistake(
                "softmax-overflow",
                "one maximum is subtracted from all rows: each needs its own",
                (MAXIMUM, "logits.max()"),
                (LOG_P, f"log_p = np.log(np.exp(shifted) / {SUM})"),
                (P, f"p = np.exp(shifted) / {SUM}"),
            ),
            mistake("log-zero", "", (LOG_P, f"log_p = np.log(np.exp(shifted) / {SUM})")),
            *(
                mistake(
                    "log-zero",
                    f"{clip} stands in for a probability of 0: the loss stays far too small",
                    (LOG_P, f"log_p = np.log(np.exp(shifted) / {SUM} + {clip})"),
                    (P, f"p = np.exp(shifted) / {SUM}"),
                )
                for clip in ("1e-15", "1e-12", "1e-10", "1e-9", "1e-8")
            ),
            mistake(
                "double-softmax",
                "",
                (
                    LOG_P,
                    f"q = np.exp(shifted) / {SUM}\n"
                    "    log_p = q - np.log(np.exp(q).sum(axis=1, keepdims=True))",
                ),
            ),
            mistake(
                "double-softmax",
                "softmax is applied to probabilities in the loss; the gradient's is right",
                (LOSS, "-(p - np.log(np.exp(p).sum(axis=1, keepdims=True)))[rows, labels].mean()"),
            ),
            mistake(
                "keepdims",
                "keepdims is missing at the sum: it is broadcast over the wrong axis",
                (SUM, "np.exp(shifted).sum(axis=1)"),
            ),
            mistake(
                "keepdims",
                "keepdims is missing at the maximum: it is broadcast over the wrong axis",
                (MAXIMUM, "logits.max(axis=1)"),
            ),
            mistake(
                "keepdims",
                "keepdims is missing at the maximum and at the sum: they are broadcast over the "
                "wrong axis",
                (MAXIMUM, "logits.max(axis=1)"),
                (SUM, "np.exp(shifted).sum(axis=1)"),
            ),
            mistake(
                "column-vs-flat",
                "rows (n,) meet labels (n, 1): the loss takes every label of every row",
                (LOSS, "-log_p[rows, labels[:, np.newaxis]].mean()"),
            ),
            mistake(
                "column-vs-flat",
                "all rows' entries at all labels are taken: log_p[:, labels]",
                (
                    "target = np.eye(k)[labels]",
                    "target = np.zeros((n, k))\n    target[:, labels] = 1",
                ),
            ),
            mistake("forgot-target", "", (D, "p / n")),
            mistake("error-sign", "", (D, "(target - p) / n")),
            mistake(
                "error-sign", "the loss has the wrong sign", (LOSS, "log_p[rows, labels].mean()")
            ),
            mistake(
                "error-sign",
                "the loss and the gradient have the wrong sign",
                (LOSS, "log_p[rows, labels].mean()"),
                (D, "(target - p) / n"),
            ),
            mistake("mse-delta-under-cross-entropy", "", (D, f"{D} * p * (1 - p)")),
            mistake(
                "no-activation-derivative",
                "the walk back stops at p, with −y/p: softmax's own derivative is left out",
                (D, "-target / p / n"),
            ),
            mistake(
                "derivative-formula",
                "softmax's derivative is taken for a sigmoid's: −y/p · p(1 − p), no other class",
                (D, "-target * (1 - p) / n"),
            ),
            mistake(
                "first-example-only",
                "",
                (LOSS, "-log_p[0, labels[0]]"),
                (D, "(p - target) * (rows == 0)[:, np.newaxis]"),
            ),
            mistake(
                "first-example-only",
                "only the first row of the batch counts, divided by n",
                (LOSS, "-log_p[0, labels[0]] / n"),
                (D, f"{D} * (rows == 0)[:, np.newaxis]"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "= stands where += is needed: only the last row is left",
                (LOSS, "-log_p[-1, labels[-1]]"),
                (D, "(p - target) * (rows == n - 1)[:, np.newaxis]"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "= stands where += is needed: only the last row, divided by n, is left",
                (LOSS, "-log_p[-1, labels[-1]] / n"),
                (D, f"{D} * (rows == n - 1)[:, np.newaxis]"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "at the labels, p is overwritten with −1 instead of lowered by 1",
                (D, "np.where(target == 1, -1, p) / n"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "at the labels, p is overwritten with 0 instead of lowered by 1",
                (D, "np.where(target == 1, 0, p) / n"),
            ),
            mistake(
                "mutates-input",
                "the maximum is subtracted from logits in place",
                (f"shifted = logits - {MAXIMUM}", f"logits -= {MAXIMUM}\n    shifted = logits"),
            ),
            mistake(
                "cached-wrong-value",
                "p is lowered by 1 at the labels before the loss is taken from it",
                (LOSS, "-np.log(p - target)[rows, labels].mean()"),
            ),
            mistake(
                "cached-wrong-value",
                "the gradient has overwritten p before the loss is taken from it",
                (LOSS, "-np.log((p - target) / n)[rows, labels].mean()"),
            ),
            mistake("integer-dtype", "the gradient is cut to integers", (D, f"np.trunc({D})")),
            mistake("wrong-transpose", "the gradient comes out transposed", (D, f"({D}).T")),
            mistake("", "the loss is averaged over the classes as well", (LOSS, f"{LOSS} / k")),
            mistake("", "the gradient is averaged over the classes as well", (D, f"{D} / k")),
            mistake(
                "",
                "the loss and the gradient are averaged over the classes as well",
                (LOSS, f"{LOSS} / k"),
                (D, f"{D} / k"),
            ),
            mistake(
                "",
                "the gradient is divided by the number of classes, not of rows",
                (D, "(p - target) / k"),
            ),
            mistake("", "the logarithm is to base 2", (LOSS, f"{LOSS} / np.log(2)")),
            mistake("", "the logarithm is to base 10", (LOSS, f"{LOSS} / np.log(10)")),
            mistake("", "the logarithm is left out of the loss", (LOSS, "-p[rows, labels].mean()")),
            mistake("", "the loss is 1 − p of the label", (LOSS, "(1 - p[rows, labels]).mean()")),
            mistake(
                "",
                "the loss counts the other classes too, −log(1 − p), as for separate sigmoids",
                (LOSS, "-(target * log_p + (1 - target) * np.log(1 - p)).sum() / n"),
            ),
            mistake(
                "",
                "the loss is the log of the sum alone: the label's logit is not subtracted",
                (LOSS, "np.log(np.exp(logits).sum(axis=1)).mean()"),
            ),
            mistake(
                "", "the loss is the label's logit alone", (LOSS, "-logits[rows, labels].mean()")
            ),
            mistake(
                "",
                "the loss is the squared error of the probabilities",
                (LOSS, "0.5 * ((p - target) ** 2).sum() / n"),
            ),
            mistake(
                "",
                "the rows' losses are not averaged: there is one for each",
                (LOSS, "-log_p[rows, labels]"),
            ),
            mistake("", "the logits are returned unchanged for the gradient", (D, "logits.copy()")),
            mistake(
                "",
                "the most probable class is taken for the label",
                (D, "(p - np.eye(k)[p.argmax(axis=1)]) / n"),
            ),
            mistake(
                "",
                "the gradient comes first, then the loss",
                ("return loss, dlogits", "return dlogits, loss"),
            ),
        ),
        places={
            "loss": "dlogits is right, so p is: the fault is between p and the loss.",
            "dlogits": "The loss is right, so p is: the fault is between p and dlogits.",
            "loss dlogits": "Both are wrong, so begin with p: do its rows add up to 1?",
        },
    ),
]

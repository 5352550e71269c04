"""The exercises of 4c: losses and softmax."""

import numpy as np

from dlcore.classroom.comparing import equal
from dlcore.classroom.items import Edge, Item, mistake


def batch(rng, n, k):
    """Logits (n, k), and labels (n,): no two neighbours agree, and of k > 2 one is missing."""
    logits = np.round(rng.normal(size=(n, k)) * 1.5, 2)
    return logits, (np.arange(n) % max(k - 1, 2) + rng.integers(k)) % k


def one_row(rng):
    return batch(rng, n=1, k=4)


def large(rng):
    """Rows near +1000 and rows near -1000, whose own classes are close together."""
    logits, labels = batch(rng, n=6, k=4)
    return np.round(logits) + np.where(np.arange(6) % 2, 1000.0, -1000.0)[:, np.newaxis], labels


def far_below(rng):
    """In each row one logit, not the label's, is 1000 below the others."""
    logits, labels = batch(rng, n=6, k=4)
    logits[np.arange(6), (labels + 2) % 4] -= 1000
    return logits, labels


def far_apart(rng):
    """Logits of ±1000 in one row, the label's among the low ones in some."""
    logits = np.where((np.arange(6)[:, np.newaxis] + np.arange(4)) % 3 == 0, 1000.0, -1000.0)
    return logits, np.array([0, 1, 2, 3, 1, 2])


MAXIMUM = "logits.max(axis=1, keepdims=True)"
SUM = "np.exp(shifted).sum(axis=1, keepdims=True)"
LOG_P = f"log_p = shifted - np.log({SUM})"
P = "p = np.exp(log_p)"
TARGET = "target = np.eye(k)[labels]"
LOSS = "-log_p[rows, labels].mean()"
DELTA = "p - target"
OVER_N = ") / n"
D = f"({DELTA}{OVER_N}"


def capped(came, right):
    """A remark on a loss that a clipped probability has capped; nothing on any other."""
    (loss, dlogits), (full, gradient) = came, right
    if np.shape(loss) == () and 10 < loss < full and equal(dlogits, gradient, 1e-4):
        return (
            f"with logits of ±1000 its loss is {loss:.4g} where {full:.4g} is right: a clipped "
            "probability goes flat where the network is most wrong. log-sum-exp does not."
        )
    return ""


def rows_of_logits(rng, n, k):
    """Logits (n, k) whose rows lie at different heights."""
    logits, _ = batch(rng, n, k)
    return (logits + np.round(rng.uniform(-2, 2, (n, 1)), 1),)


def rows_hundreds_apart(rng):
    (logits,) = rows_of_logits(rng, n=5, k=3)
    return (logits + np.array([[900.0], [0.0], [-900.0], [400.0], [-400.0]]),)


def one_row_of_logits(rng):
    return rows_of_logits(rng, n=1, k=4)


def one_class(rng):
    return rows_of_logits(rng, n=5, k=1)


def logits_of_one_row(rng, k):
    return (np.round(rng.normal(size=k) * 1.5, 2),)


def large_logits(rng):
    return (np.array([1000.0, 999.0, -1000.0, 998.5]),)


def low_logits(rng):
    return (np.array([-1000.0, -1001.0, -1000.5]),)


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
            Edge(
                says="one logit of each row 1000 below the others",
                make=far_below,
                tolerance=1e-4,
                id="log-zero",
            ),
            Edge(
                says="logits of ±1000 in one row",
                make=far_apart,
                tolerance=1e-4,
                id="log-zero",
                forgives=capped,
            ),
        ),
        mistakes=(
            mistake("missing-1-over-n", "the gradient is not divided by n", (OVER_N, ")")),
            mistake("double-1-over-n", "the gradient is divided by n twice", (OVER_N, ") / n**2")),
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
                "softmax-axis",
                "the maximum is each row's, and the sum each class's",
                (SUM, "np.exp(shifted).sum(axis=0, keepdims=True)"),
            ),
            mistake(
                "softmax-axis",
                "the maximum is each row's, and the sum the whole batch's",
                (SUM, "np.exp(shifted).sum()"),
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
            mistake(
                "softmax-overflow",
                "one maximum is subtracted from all rows, before the log of the sum is taken",
                (MAXIMUM, "logits.max()"),
            ),
            mistake(
                "softmax-overflow",
                "each row's minimum is subtracted, where its maximum is to be",
                (MAXIMUM, "logits.min(axis=1, keepdims=True)"),
            ),
            *(
                mistake(
                    "softmax-overflow",
                    f"the logits are clipped to ±{limit}: subtract each row's maximum instead",
                    (f"logits - {MAXIMUM}", f"np.clip(logits, -{limit}, {limit})"),
                )
                for limit in (50, 100, 500, 700)
            ),
            mistake(
                "softmax-overflow",
                "the log of the sum is taken without subtracting each row's maximum",
                (f"logits - {MAXIMUM}", "logits"),
            ),
            mistake(
                "log-zero",
                "the loss multiplies y by log p: where p is 0, 0 · log 0 is nan",
                (LOSS, "-(target * np.log(p)).sum() / n"),
            ),
            mistake("log-zero", "", (LOG_P, f"log_p = np.log(np.exp(shifted) / {SUM})")),
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
                "double-softmax",
                "softmax is applied to probabilities in the gradient; the loss's is right",
                (P, f"{P}\n    p = np.exp(p) / np.exp(p).sum(axis=1, keepdims=True)"),
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
                "every row is given all the labels: [:, labels] where [rows, labels] is meant",
                (TARGET, "target = np.zeros((n, k))\n    target[:, labels] = 1"),
            ),
            mistake(
                "column-vs-flat",
                "every row is given all the labels, in the loss too",
                (TARGET, "target = np.zeros((n, k))\n    target[:, labels] = 1"),
                (LOSS, "-(target * log_p).sum() / n"),
            ),
            mistake("forgot-target", "", (DELTA, "p")),
            mistake("error-sign", "", (DELTA, "target - p")),
            mistake(
                "error-sign", "the loss has the wrong sign", (LOSS, "log_p[rows, labels].mean()")
            ),
            mistake(
                "error-sign",
                "the loss and the gradient have the wrong sign",
                (LOSS, "log_p[rows, labels].mean()"),
                (D, "(target - p) / n"),
            ),
            mistake("mse-delta-under-cross-entropy", "", (OVER_N, ") * p * (1 - p) / n")),
            mistake(
                "mse-delta-under-cross-entropy",
                "p − y is multiplied by softmax's derivative, which is in it already",
                (D, "p * (p - target - ((p - target) * p).sum(axis=1, keepdims=True)) / n"),
            ),
            mistake(
                "no-activation-derivative",
                "the walk back stops at p, with −y/p: softmax's own derivative is left out",
                (D, "-target / p / n"),
            ),
            mistake(
                "derivative-formula",
                "p(1 − p) stands where p − y is meant: a sigmoid's derivative, without the loss's",
                (DELTA, "p * (1 - p)"),
            ),
            mistake(
                "error-sign",
                "at the labels 1 is added, where it is to be subtracted",
                (DELTA, "p + target"),
            ),
            mistake(
                "error-sign",
                "at the labels 1 − p stands where p − 1 is meant",
                (DELTA, "np.where(target == 1, 1 - p, p)"),
            ),
            mistake(
                "missing-1-over-n",
                "only the 1 at each label is divided by n, and p is not",
                (D, "p - target / n"),
            ),
            mistake(
                "missing-1-over-n",
                "only p is divided by n, and the 1 at each label is not",
                (D, "p / n - target"),
            ),
            mistake(
                "derivative-formula",
                "softmax's derivative is taken for a sigmoid's: −y/p · p(1 − p), no other class",
                (D, "-target * (1 - p) / n"),
            ),
            mistake(
                "forgot-target",
                "the one-hot targets are all 0: the 1s are not written into them",
                (TARGET, "target = np.zeros((n, k))"),
                (LOSS, "-(target * log_p).sum() / n"),
            ),
            mistake(
                "first-example-only",
                "the first row's label is taken for every row",
                (TARGET, "target = np.eye(k)[np.full(n, labels[0])]"),
                (LOSS, "-log_p[:, labels[0]].mean()"),
            ),
            mistake(
                "first-example-only",
                "the loss is the first row's alone",
                (LOSS, "-log_p[0, labels[0]]"),
            ),
            mistake(
                "first-example-only",
                "the 1 is subtracted in the first row alone",
                (DELTA, "p - target * (rows == 0)[:, np.newaxis]"),
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
                "the logarithm is taken of a number below 0, often of p after it was lowered by 1 "
                "at the labels: the loss is to be taken before",
                (LOSS, "-np.log(p - target)[rows, labels].mean()"),
            ),
            mistake(
                "integer-dtype",
                "the gradient is all 0: it is cut to integers, or never written",
                (D, f"np.trunc({D})"),
            ),
            mistake(
                "integer-dtype",
                "p is cut to integers in the gradient",
                (DELTA, "np.trunc(p) - target"),
            ),
            mistake("integer-dtype", "the loss is cut to an integer", (LOSS, f"np.trunc({LOSS})")),
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
            mistake(
                "",
                "the loss is divided by the number of classes, not of rows",
                (LOSS, "-log_p[rows, labels].sum() / k"),
            ),
            mistake(
                "",
                "the loss takes the log p of every class, not only the label's, and averages all",
                (LOSS, "-log_p.mean()"),
            ),
            mistake(
                "",
                "the loss takes the log p of every class, not only the label's, added up in a row",
                (LOSS, "-log_p.sum(axis=1).mean()"),
            ),
            mistake(
                "",
                "p stands in the loss where y is meant: −Σ p log p knows no labels",
                (LOSS, "-(p * log_p).sum() / n"),
            ),
            mistake(
                "",
                "the label's logit is added in the loss, where it is to be subtracted",
                (LOSS, "(2 * shifted - log_p)[rows, labels].mean()"),
            ),
            mistake(
                "",
                "the maximum is subtracted in the log of the sum, and not in the label's logit",
                (LOSS, "(shifted - logits - log_p)[rows, labels].mean()"),
            ),
            mistake(
                "",
                "the maximum is subtracted in the label's logit, and not in the log of the sum",
                (LOSS, "(logits - shifted - log_p)[rows, labels].mean()"),
            ),
            mistake(
                "",
                "the logarithm is taken of the rows' mean p, not the mean of their logarithms",
                (LOSS, "-np.log(p[rows, labels].mean())"),
            ),
            mistake(
                "",
                "log p is multiplied by the label's number in the loss, for every class",
                (LOSS, "-(labels[:, np.newaxis] * log_p).mean()"),
            ),
            mistake(
                "",
                "log p is multiplied by the label's number in the loss, and added up",
                (LOSS, "-(labels[:, np.newaxis] * log_p).sum() / n"),
            ),
            mistake(
                "",
                "the logarithm of the sum is to base 2",
                (LOG_P, f"log_p = shifted - np.log2({SUM})"),
            ),
            mistake(
                "",
                "the maximum is subtracted above the line of p and not below",
                (
                    LOG_P,
                    "log_p = shifted - np.log(np.exp(logits).sum(axis=1, keepdims=True))",
                ),
            ),
            mistake(
                "",
                "the exps are not divided by their sum",
                (LOG_P, "log_p = shifted"),
            ),
            mistake(
                "",
                "the exp is left out of softmax: shifted logits are divided by their sum",
                (LOG_P, "log_p = np.log(shifted / shifted.sum(axis=1, keepdims=True))"),
                (P, "p = shifted / shifted.sum(axis=1, keepdims=True)"),
            ),
            mistake(
                "",
                "a sigmoid of each logit stands where softmax is meant",
                (LOG_P, "log_p = -np.log1p(np.exp(-logits))"),
            ),
            mistake("", "the logits are returned unchanged for the gradient", (D, "logits.copy()")),
            mistake(
                "", "the logits stand in the gradient where p is meant", (DELTA, "logits - target")
            ),
            mistake("", "log p stands in the gradient where p is meant", (DELTA, "log_p - target")),
            mistake(
                "", "1 is subtracted from every entry, not only at the labels", (DELTA, "p - 1")
            ),
            mistake(
                "",
                "the label's number is subtracted from its whole row, not 1 at its place",
                (DELTA, "p - labels[:, np.newaxis]"),
            ),
            mistake("", "the gradient is multiplied by the loss", (OVER_N, ") * loss / n")),
            mistake(
                "",
                "each row's gradient is multiplied by its loss",
                (D, "(p - target) * -log_p[rows, labels][:, np.newaxis] / n"),
            ),
            mistake(
                "",
                "the loss's own terms are returned for the gradient: −y log p",
                (D, "-target * log_p / n"),
            ),
            mistake(
                "",
                "the gradient holds one number for each row, the label's",
                (D, "(p - target)[rows, labels] / n"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "each row's gradient overwrites the one before: only the last is left",
                (D, "(p - target)[-1] / n"),
            ),
            mistake(
                "",
                "the rows' gradients are added up: each row of logits needs its own",
                (D, "(p - target).sum(axis=0) / n"),
            ),
            *(
                mistake(
                    "numeric-gradient-one-sided",
                    f"the gradient is a one-sided difference, with h = {h}",
                    (D, f"(np.log1p(np.expm1({h}) * p) / {h} - target) / n"),
                )
                for h in ("1e-2", "1e-3", "1e-4")
            ),
            mistake(
                "", "the first row's loss is left out", (LOSS, "-log_p[rows, labels][1:].sum() / n")
            ),
            mistake(
                "",
                "the first row is left out, of the loss and of the gradient",
                (LOSS, "-log_p[rows, labels][1:].sum() / n"),
                (DELTA, "(p - target) * (rows > 0)[:, np.newaxis]"),
            ),
            mistake(
                "",
                "the last row is left out, of the loss and of the gradient",
                (LOSS, "-log_p[rows, labels][:-1].sum() / n"),
                (DELTA, "(p - target) * (rows < n - 1)[:, np.newaxis]"),
            ),
            mistake(
                "",
                "the labels are counted from 1: labels − 1",
                (TARGET, "target = np.eye(k)[labels - 1]"),
                (LOSS, "-log_p[rows, labels - 1].mean()"),
            ),
            mistake(
                "",
                "the labels are taken for rows: y[labels] = 1",
                (TARGET, "target = np.zeros((n, k))\n    target[labels] = 1"),
                (LOSS, "-(target * log_p).sum() / n"),
            ),
            mistake(
                "",
                "one number, the argmax of the labels, is taken for every row's label",
                (TARGET, "target = np.eye(k)[np.full(n, labels.argmax())]"),
                (LOSS, "-log_p[:, labels.argmax()].mean()"),
            ),
            mistake(
                "",
                "the most probable class is taken for the label",
                (DELTA, "p - np.eye(k)[p.argmax(axis=1)]"),
            ),
            mistake(
                "",
                "the most probable class is taken for the label, in the loss too",
                (DELTA, "p - np.eye(k)[p.argmax(axis=1)]"),
                (LOSS, "-log_p.max(axis=1).mean()"),
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
    Item(
        id="04c.2",
        title="Two logits by hand",
        kind="by hand",
        difficulty=1,
        points=2,
        link="chapters/04c_losses_softmax.ipynb#The-derivative,-one-step-at-a-time",
        task=(
            "One row of logits, (0, log 3), and its label, class 0. Fill in the probabilities `p`, "
            "the cross-entropy `E` (natural logarithm) and the slope `delta`, ∂E/∂z. Three "
            "significant digits."
        ),
        call="two_logits",
        starter='two_logits = {"p": (..., ...), "E": ..., "delta": (..., ...)}\n',
        reference=(
            "def two_logits():\n"
            "    e = np.array([np.exp(0), 3])  # exp(log 3) is 3\n"
            "    p = e / e.sum()\n"
            "    E = -np.log(p[0])\n"
            "    delta = p - np.array([1, 0])\n"
            '    return {"p": p.tolist(), "E": float(E), "delta": delta.tolist()}\n'
        ),
        explanation=(
            "The exponentials are 1 and 3, so p = (¼, ¾): the logits' difference, log 3, is the "
            "log of the odds. The label has ¼, and −log ¼ = log 4. And δ = p − y needs no further "
            "derivative: what is missing at the label, −¾, and what is too much at the other, +¾. "
            "Its entries add up to 0, as they always do: one more on every logit changes nothing."
        ),
        hints=(
            "What is exp of each logit?",
            "Divide each exponential by their sum; E looks at the label's probability alone, and "
            "δ is p − y.",
            "The exponentials are 1 and 3. E is −log of the first p; y is (1, 0).",
        ),
        outputs=("p", "E", "delta"),
        mistakes=(
            mistake(
                "",
                "the logits themselves are divided by their sum, without exp",
                ("np.array([np.exp(0), 3])", "np.array([0.0, np.log(3)]) + 1e-300"),
            ),
            mistake("forgot-target", "", ("p - np.array([1, 0])", "p")),
            mistake(
                "error-sign",
                "y − p stands where p − y is meant",
                ("p - np.array([1, 0])", "np.array([1, 0]) - p"),
            ),
            mistake(
                "mse-delta-under-cross-entropy",
                "",
                ("p - np.array([1, 0])", "(p - np.array([1, 0])) * p * (1 - p)"),
            ),
            mistake(
                "",
                "the label is taken for the second class",
                ("-np.log(p[0])", "-np.log(p[1])"),
                ("np.array([1, 0])", "np.array([0, 1])"),
            ),
            mistake("", "the logarithm is to base 2", ("-np.log(p[0])", "-np.log2(p[0])")),
            mistake("", "the logarithm is to base 10", ("-np.log(p[0])", "-np.log10(p[0])")),
            mistake("error-sign", "E has the wrong sign", ("-np.log(p[0])", "np.log(p[0])")),
            mistake(
                "",
                "E is 1 − p, not −log p",
                ("-np.log(p[0])", "1 - p[0]"),
            ),
            mistake(
                "",
                "−log p is added up over both classes, where only the label's counts",
                ("-np.log(p[0])", "-np.log(p).sum()"),
            ),
        ),
    ),
    Item(
        id="04c.3",
        title="Every logit doubled",
        kind="predict",
        difficulty=1,
        points=1,
        link="chapters/04c_losses_softmax.ipynb#From-scores-to-probabilities",
        task=(
            "All logits of a row are doubled; no two of them are equal. What changes? `True` for "
            "what changes, `False` for what cannot: `p`, the probabilities; `winner`, the class "
            "with the largest p; `E`, the cross-entropy for a label that is the winner."
        ),
        call="changes",
        starter='changes = {"p": ..., "winner": ..., "E": ...}\n',
        reference=(
            "def changes():\n"
            "    z = np.array([2.0, 1.0, -1.0])\n"
            "    p, doubled = (np.exp(s) / np.exp(s).sum() for s in (z, 2 * z))\n"
            "    p_moves = not np.allclose(p, doubled)\n"
            "    winner_moves = bool(p.argmax() != doubled.argmax())\n"
            "    E_moves = not np.isclose(-np.log(p[0]), -np.log(doubled[0]))\n"
            '    return {"p": p_moves, "winner": winner_moves, "E": E_moves}\n'
        ),
        explanation=(
            "Softmax ignores a number *added* to every logit, and nothing else. Doubling doubles "
            "the differences, which are the logs of the odds: p sharpens towards the winner. The "
            "order of the logits stays, so the winner does, and accuracy with it. E falls where "
            "the label has won, and grows where it is far behind: the network is surer, rightly "
            "or not. Confidence is not accuracy, and only E sees it."
        ),
        hints=(
            "Take two logits, 0 and 1, and then 0 and 2. What becomes of the odds?",
            "Which change of all logits at once does softmax ignore? Adding, or multiplying?",
            "The differences double, so the odds are squared; their order stays as it is.",
        ),
        outputs=("p", "winner", "E"),
        mistakes=(
            mistake(
                "",
                "A number *added* to every logit is ignored; a factor is not: try (0, 1) and "
                "(0, 2).",
                ('"p": p_moves', '"p": not p_moves'),
            ),
            mistake(
                "",
                "The winner has the largest logit: can doubling put another on top?",
                ('"winner": winner_moves', '"winner": not winner_moves'),
            ),
            mistake(
                "idea-26",
                "E is not accuracy: it looks at the label's own p, whoever wins.",
                ('"E": E_moves', '"E": not E_moves'),
            ),
        ),
    ),
    Item(
        id="04c.4",
        title="The floor of a doubled softmax",
        kind="by hand",
        difficulty=2,
        points=2,
        link="chapters/04c_losses_softmax.ipynb#Softmax-twice",
        task=(
            "Softmax is applied twice, and there are two classes. The network is as sure and as "
            "right as it can be. How small can its cross-entropy become? Three significant digits."
        ),
        call="floor",
        starter="floor = ...\n",
        reference=(
            "def floor():\n"
            "    k = 2\n"
            "    others = k - 1\n"
            "    best = np.e / (np.e + others)  # softmax of p = (1, 0)\n"
            "    return float(-np.log(best))\n"
        ),
        explanation=(
            "At best p = (1, 0), and that is what the second softmax takes for logits: they can be "
            "no more than 1 apart. So the label's share is at most e/(e + 1), and the loss never "
            "falls below log(1 + 1/e). A loss that settles on such a number, however long it is "
            "trained, has a softmax too many: take one out, or tell the loss that it gets "
            "probabilities."
        ),
        hints=(
            "What is the largest that an entry of p can be, and the smallest?",
            "The second softmax sees the logits (1, 0). What does it make of them?",
            "It makes e/(e + 1) of the label; the loss is minus its logarithm.",
        ),
        outputs=("the floor",),
        mistakes=(
            mistake(
                "idea-24",
                "That is the floor of one softmax. The second one takes p for logits: how far "
                "apart can they be?",
                ("float(-np.log(best))", "0.0"),
            ),
            mistake(
                "",
                "In the formula stands k − 1, the number of *other* classes.",
                ("k - 1", "k"),
            ),
            mistake(
                "", "That is the floor for ten classes, as in the notebook.", ("k = 2", "k = 10")
            ),
            mistake(
                "",
                "That is the ceiling, where the network is sure and wrong.",
                ("np.e / (np.e + others)", "1 / (np.e + others)"),
            ),
            mistake(
                "",
                "That is the loss of a guess among two, p = (½, ½).",
                ("np.e / (np.e + others)", "1 / 2"),
            ),
            mistake(
                "",
                "That is the probability. The loss is minus its logarithm.",
                ("float(-np.log(best))", "float(best)"),
            ),
            mistake("", "the logarithm is to base 2", ("-np.log(best)", "-np.log2(best)")),
            mistake("", "the logarithm is to base 10", ("-np.log(best)", "-np.log10(best)")),
            mistake("error-sign", "the minus before the log is missing", ("-np.log", "np.log")),
        ),
    ),
    Item(
        id="04c.5",
        title="A softmax for one row, given a batch",
        kind="bug hunt",
        difficulty=2,
        points=3,
        link="chapters/04c_losses_softmax.ipynb#Logits-of-1000",
        task=(
            "This softmax was written for one row and is now given a batch, (n, k). The rows "
            "should each add up to 1. They do not; and where two rows lie hundreds apart, one of "
            "them turns into nan once the first fault is mended alone. Repair both."
        ),
        call="softmax(z)",
        starter=(
            "def softmax(z):\n"
            '    """The probabilities of each row of z, (n, k)."""\n'
            "    e = np.exp(z - z.max())\n"
            "    return e / e.sum()\n"
        ),
        reference=(
            "def softmax(z):\n"
            "    e = np.exp(z - z.max(axis=1, keepdims=True))\n"
            "    return e / e.sum(axis=1, keepdims=True)\n"
        ),
        explanation=(
            "A sum without an axis runs over the whole batch, so all rows together added up to 1: "
            "`axis=1` with `keepdims=True` gives each row its own. The maximum hides the same "
            "fault better: any shift is *right*, in exact arithmetic. But a row 800 below the "
            "batch's maximum has exponentials that are 0 in floating point, every one, and 0/0 is "
            "nan. Each row needs its own maximum. Code for one example is not code for a batch."
        ),
        hints=(
            "Print the sums of the rows. What adds up to 1?",
            "Both the sum and the maximum run over the whole batch. What does the second do to a "
            "row far below the others?",
            "`z.max(axis=1, keepdims=True)`, and the same for the sum.",
        ),
        outputs=("p",),
        inputs=rows_of_logits,
        sizes=({"n": 7, "k": 4}, {"n": 5, "k": 3}),
        probes=({"n": 4, "k": 4},),
        small=({"n": 1, "k": 2}, {"n": 2, "k": 2}),
        edges=(
            Edge(says="a single row", make=one_row_of_logits),
            Edge(says="a single class", make=one_class),
            Edge(
                says="rows hundreds apart",
                make=rows_hundreds_apart,
                tolerance=1e-4,
                id="softmax-overflow",
            ),
        ),
        mistakes=(
            mistake(
                "softmax-axis",
                "the sum and the maximum run over the whole batch",
                ("z.max(axis=1, keepdims=True)", "z.max()"),
                ("e.sum(axis=1, keepdims=True)", "e.sum()"),
            ),
            mistake(
                "softmax-axis",
                "the sum still runs over the whole batch",
                ("e.sum(axis=1, keepdims=True)", "e.sum()"),
            ),
            mistake(
                "softmax-axis",
                "the sum runs down the columns, over the batch",
                ("e.sum(axis=1, keepdims=True)", "e.sum(axis=0)"),
            ),
            mistake(
                "keepdims",
                "keepdims is missing at the sum: (n,) does not stand for a column",
                ("e.sum(axis=1, keepdims=True)", "e.sum(axis=1)"),
            ),
            mistake(
                "keepdims",
                "keepdims is missing at the maximum: (n,) does not stand for a column",
                ("z.max(axis=1, keepdims=True)", "z.max(axis=1)"),
            ),
            mistake(
                "softmax-overflow",
                "the maximum is still that of the whole batch: a row far below it is all zeros",
                ("z.max(axis=1, keepdims=True)", "z.max()"),
            ),
            mistake(
                "softmax-overflow",
                "the maximum is taken down the columns, over the batch: rows far below it are "
                "all zeros",
                ("z.max(axis=1, keepdims=True)", "z.max(axis=0)"),
            ),
            mistake(
                "softmax-overflow",
                "nothing is subtracted: exp overflows",
                ("z - z.max(axis=1, keepdims=True)", "z"),
            ),
            mistake(
                "",
                "the maximum is added instead of subtracted",
                ("z - z.max", "z + z.max"),
            ),
            mistake(
                "",
                "the result is divided by the largest exponential, not by their sum",
                ("e.sum(axis=1, keepdims=True)", "e.max(axis=1, keepdims=True)"),
            ),
            mistake(
                "double-1-over-n",
                "the probabilities are divided by n as well",
                ("e.sum(axis=1, keepdims=True)", "e.sum(axis=1, keepdims=True) / len(z)"),
            ),
            mistake(
                "",
                "it returns log p",
                (
                    "return e / e.sum(axis=1, keepdims=True)",
                    "return np.log(e / e.sum(axis=1, keepdims=True))",
                ),
            ),
            mistake(
                "mutates-input",
                "z -= … changes the argument",
                (
                    "e = np.exp(z - z.max(axis=1, keepdims=True))",
                    "z -= z.max(axis=1, keepdims=True)\n    e = np.exp(z)",
                ),
            ),
            mistake(
                "first-example-only",
                "only the first row comes back",
                (
                    "return e / e.sum(axis=1, keepdims=True)",
                    "return (e / e.sum(axis=1, keepdims=True))[0]",
                ),
            ),
        ),
    ),
    Item(
        id="04c.6",
        title="Log-sum-exp, twice differentiated",
        kind="code",
        difficulty=3,
        points=4,
        link="chapters/04c_losses_softmax.ipynb#Logits-of-1000",
        task=(
            "$f(z) = \\log\\sum_j e^{z_j}$ for one row `z`, (k,). Return its `value`, a float, its "
            "`gradient`, (k,), and its `hessian`, (k, k), the matrix of second derivatives. Safe "
            "at ±1000. You have met two of the three under other names."
        ),
        call="log_sum_exp(z)",
        starter=(
            "def log_sum_exp(z):\n"
            '    """value (a float), gradient (k,), hessian (k, k) of log Σ exp z, at z (k,)."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def log_sum_exp(z):\n"
            "    m = z.max()\n"
            "    e = np.exp(z - m)\n"
            "    value = m + np.log(e.sum())\n"
            "    gradient = e / e.sum()\n"
            "    hessian = np.diag(gradient) - np.outer(gradient, gradient)\n"
            "    return value, gradient, hessian\n"
        ),
        explanation=(
            "The gradient of log-sum-exp *is* the softmax: $e^{z_i}$ over the sum, by the chain "
            "rule. So its Hessian is the softmax's Jacobian, diag(p) − p pᵀ. Cross-entropy is "
            "log-sum-exp minus the label's logit, and a logit is straight: hence p − y, and the "
            "same Hessian. It has no negative eigenvalue, so cross-entropy is convex in the "
            "logits. The maximum is taken out and put back, which keeps every exp at most 1."
        ),
        hints=(
            "Differentiate: what does ∂/∂zᵢ of the log of a sum of exps give?",
            "The gradient is the softmax of z. What is the derivative of *that*?",
            "With `p` the softmax, the Hessian is `np.diag(p) - np.outer(p, p)`; take the maximum "
            "out of every exp and add it back to the value.",
        ),
        outputs=("value", "gradient", "hessian"),
        inputs=logits_of_one_row,
        sizes=({"k": 5}, {"k": 4}),
        small=({"k": 1}, {"k": 2}),
        edges=(
            Edge(
                says="logits near ±1000", make=large_logits, tolerance=1e-4, id="softmax-overflow"
            ),
            Edge(says="logits near −1000", make=low_logits, tolerance=1e-4, id="softmax-overflow"),
        ),
        mistakes=(
            mistake(
                "softmax-overflow",
                "the maximum is not taken out: exp overflows",
                ("z.max()", "0"),
            ),
            mistake("", "the maximum is not added back to the value", ("m + np.log", "np.log")),
            mistake(
                "", "the maximum is subtracted again from the value", ("m + np.log", "-m + np.log")
            ),
            mistake(
                "", "the logarithm is left out of the value", ("m + np.log(e.sum())", "e.sum()")
            ),
            mistake(
                "", "the value is the sum of the logarithms", ("np.log(e.sum())", "np.log(e).sum()")
            ),
            mistake(
                "", "the value is the mean's logarithm", ("np.log(e.sum())", "np.log(e.mean())")
            ),
            mistake(
                "",
                "the gradient is not divided by the sum",
                ("gradient = e / e.sum()", "gradient = e"),
            ),
            mistake(
                "",
                "the gradient is 1 over the sum, without the inner derivative",
                ("gradient = e / e.sum()", "gradient = 0 * e + 1 / e.sum()"),
            ),
            mistake(
                "",
                "the Hessian holds its diagonal only: the sum depends on every logit",
                (
                    "np.diag(gradient) - np.outer(gradient, gradient)",
                    "np.diag(gradient * (1 - gradient))",
                ),
            ),
            mistake(
                "",
                "the Hessian's diagonal is p(1 − p), and the rest has lost its minus",
                (
                    "np.diag(gradient) - np.outer(gradient, gradient)",
                    "np.diag(gradient - 2 * gradient**2) + np.outer(gradient, gradient)",
                ),
            ),
            mistake(
                "error-sign",
                "the Hessian has the wrong sign",
                (
                    "np.diag(gradient) - np.outer(gradient, gradient)",
                    "np.outer(gradient, gradient) - np.diag(gradient)",
                ),
            ),
            mistake(
                "",
                "the outer product is added where it is subtracted",
                ("np.diag(gradient) - np.outer", "np.diag(gradient) + np.outer"),
            ),
            mistake(
                "",
                "p pᵀ is left out of the Hessian",
                ("np.diag(gradient) - np.outer(gradient, gradient)", "np.diag(gradient)"),
            ),
            mistake(
                "elementwise-for-matmul",
                "* gives (k,) where p pᵀ, an outer product, is needed",
                ("np.outer(gradient, gradient)", "gradient * gradient"),
            ),
            mistake(
                "keepdims",
                "NumPy subtracts p from each row of diag(p)",
                ("np.outer(gradient, gradient)", "gradient"),
            ),
            mistake(
                "",
                "the Hessian is only p(1 − p), (k,): its diagonal",
                (
                    "np.diag(gradient) - np.outer(gradient, gradient)",
                    "gradient * (1 - gradient)",
                ),
            ),
        ),
        places={
            "value": "Look at what is done to the maximum and the log.",
            "hessian": "Differentiate it once more, with the quotient rule.",
            "gradient hessian": "Differentiate the log of the sum.",
        },
    ),
]

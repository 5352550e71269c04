"""The exercises of 3b: the error."""

import numpy as np

from dlcore.classroom.items import Edge, Item, mistake


def batch(rng, n, o):
    """Predictions and targets, (n, o) each, far enough from 0 and from each other to be cut."""
    return np.round(rng.normal(size=(n, o)) * 2, 2) + 0.3, np.round(rng.normal(size=(n, o)) * 2, 1)


def one_row(rng):
    return batch(rng, n=1, o=3)


def one_column(rng):
    return batch(rng, n=5, o=1)


def no_error(rng):
    prediction, _ = batch(rng, n=5, o=3)
    return prediction, prediction.copy()


def column_and_flat(rng):
    prediction, target = batch(rng, n=5, o=1)
    return prediction, target.ravel()


DIFFERENCE = "difference = prediction - target"
PER_ROW = "0.5 * (difference**2).sum(axis=1)"
MEAN = "per_row.mean()"
UNCHECKED = ("if prediction.shape != target.shape:", "if False:")
ALL_PAIRS = (
    DIFFERENCE,
    "difference = (prediction[:, np.newaxis] - target).reshape(len(target), -1)",
)

MEND = "((p - y) ** 2).mean(axis=0).sum()"

ITEMS = [
    Item(
        id="03b.1",
        title="The squared error",
        kind="code",
        difficulty=1,
        points=2,
        link="chapters/03b_error.ipynb#A-batch:-mean-or-sum?",
        task=(
            "One number for how wrong a batch is: ½‖ŷ − y‖² for each row, averaged over the rows. "
            "`prediction` and `target` are (n, outputs); return a float. Refuse shapes that "
            "differ."
        ),
        call="squared_error(prediction, target)",
        starter=(
            "def squared_error(prediction, target):\n"
            '    """½‖prediction - target‖² per row, averaged over the rows; (n, outputs)."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def squared_error(prediction, target):\n"
            "    if prediction.shape != target.shape:\n"
            '        raise ValueError(f"{prediction.shape} and {target.shape} differ.")\n'
            "    difference = prediction - target\n"
            "    per_row = 0.5 * (difference**2).sum(axis=1)\n"
            "    return float(per_row.mean())\n"
        ),
        explanation=(
            "Two different things happen to the two axes: the squares are *added* along a row, and "
            "the rows are *averaged*. The ½ is there to meet the 2 of the derivative. The shapes "
            "are compared first, because (n, 1) minus (n,) is (n, n) for NumPy, and no error."
        ),
        hints=(
            "Two axes, two different things to do: what happens along a row, and what over rows?",
            "Square the differences and add them up along axis 1, halve that, and take the mean.",
            "`0.5 * ((prediction - target) ** 2).sum(axis=1)` is one number for each row.",
        ),
        outputs=("the error",),
        inputs=batch,
        sizes=({"n": 7, "o": 3}, {"n": 5, "o": 4}, {"n": 6, "o": 2}),
        probes=({"n": 4, "o": 4}, {"n": 5, "o": 1}),
        small=({"n": 1, "o": 1}, {"n": 2, "o": 1}, {"n": 1, "o": 2}, {"n": 2, "o": 2}),
        edges=(
            Edge(says="a single row", make=one_row),
            Edge(says="a single column", make=one_column, id="column-vs-flat"),
            Edge(says="a perfect prediction", make=no_error),
            Edge(says="shapes (5, 1) and (5,)", make=column_and_flat, gentle=True, refuses=True),
        ),
        mistakes=(
            mistake("sum-not-mean-loss", "", ("per_row.mean()", "per_row.sum()")),
            mistake("missing-1-over-n", "", ("per_row.mean()", "per_row.sum()")),
            mistake("double-1-over-n", "", ("per_row.mean()", "per_row.mean() / len(target)")),
            mistake(
                "forgot-target", "the target is left out", (DIFFERENCE, "difference = prediction")
            ),
            mistake(
                "error-sign",
                "ŷ and y are added: a sign is wrong",
                (DIFFERENCE, "difference = prediction + target"),
            ),
            mistake("error-sign", "the error has a minus", ("per_row.mean()", "-per_row.mean()")),
            mistake("first-example-only", "", ("per_row.mean()", "per_row[0]")),
            mistake(
                "first-example-only",
                "only the first row counts, and is divided by n",
                ("per_row.mean()", "per_row[0] / len(target)"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "each row's error overwrites the one before: only the last is left",
                ("per_row.mean()", "per_row[-1]"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "each row's error overwrites the one before: only the last, divided by n, is left",
                ("per_row.mean()", "per_row[-1] / len(target)"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "along a row, each square overwrites the one before: only the last output counts",
                (PER_ROW, "0.5 * difference[:, -1] ** 2"),
            ),
            mistake(
                "column-vs-flat",
                "",
                UNCHECKED,
                (DIFFERENCE, "difference = prediction - target.reshape(-1)"),
            ),
            mistake(
                "column-vs-flat",
                "",
                UNCHECKED,
                (DIFFERENCE, "difference = prediction.reshape(-1) - target"),
            ),
            mistake(
                "column-vs-flat",
                "(n, 1) meets (n,), which NumPy broadcasts to (n, n), and its mean is taken",
                UNCHECKED,
                (DIFFERENCE, "difference = prediction - target.reshape(-1)"),
                (PER_ROW, "0.5 * (difference**2).mean(axis=1)"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "each square overwrites the one before: only the last entry, divided by n, is left",
                (MEAN, "0.5 * difference[-1, -1] ** 2 / len(target)"),
            ),
            mistake(
                "column-vs-flat",
                "every row's prediction meets every row's target, and all n² pairs are added up",
                ALL_PAIRS,
            ),
            mistake(
                "column-vs-flat",
                "every row's prediction meets every row's target, and the mean is over n² pairs",
                ALL_PAIRS,
                (MEAN, "per_row.mean() / len(target)"),
            ),
            mistake(
                "column-vs-flat",
                "both are made flat, and every entry of one meets every entry of the other",
                (DIFFERENCE, "difference = prediction.reshape(-1, 1) - target.reshape(-1)"),
                (MEAN, "per_row.sum() / len(target)"),
            ),
            mistake(
                "column-vs-flat",
                "both are made flat, every entry of one meets every entry of the other, and their "
                "mean is taken",
                (DIFFERENCE, "difference = prediction.reshape(-1, 1) - target.reshape(-1)"),
                (MEAN, "per_row.mean() / per_row.size"),
            ),
            mistake(
                "wrong-transpose",
                "one of the two is transposed",
                UNCHECKED,
                (DIFFERENCE, "difference = prediction - target.T"),
            ),
            mistake(
                "mutates-input",
                "prediction -= target changes the argument",
                (DIFFERENCE, "prediction -= target\n    difference = prediction"),
            ),
            mistake(
                "integer-dtype",
                "the differences are cut to integers",
                (DIFFERENCE, "difference = np.trunc(prediction - target)"),
            ),
            mistake(
                "integer-dtype",
                "the prediction is cut to integers",
                (DIFFERENCE, "difference = np.trunc(prediction) - target"),
            ),
            mistake(
                "integer-dtype",
                "the error itself is cut to an integer",
                (MEAN, "int(per_row.mean())"),
            ),
            mistake(
                "elementwise-for-matmul",
                "every row is multiplied with every other: @ of the differences with themselves",
                (PER_ROW, "0.5 * (difference @ difference.T).sum(axis=1)"),
            ),
            mistake("", "the ½ is left out", (PER_ROW, "(difference**2).sum(axis=1)")),
            mistake("", "the ½ is applied twice", (PER_ROW, "0.25 * (difference**2).sum(axis=1)")),
            mistake(
                "",
                "the mean is taken over the outputs as well, where they are to be added",
                (PER_ROW, "0.5 * (difference**2).mean(axis=1)"),
            ),
            mistake(
                "",
                "the mean is taken over everything, and the ½ is left out",
                (PER_ROW, "(difference**2).mean(axis=1)"),
            ),
            mistake(
                "",
                "the mean is taken over the outputs, and the sum over the rows",
                (PER_ROW, "0.5 * (difference**2).sum(axis=0)"),
            ),
            mistake(
                "", "the differences are not squared", (PER_ROW, "0.5 * difference.sum(axis=1)")
            ),
            mistake(
                "",
                "the absolute value stands where the square is meant",
                (PER_ROW, "0.5 * np.abs(difference).sum(axis=1)"),
            ),
            mistake(
                "",
                "the sum is squared, where squares are to be added",
                (PER_ROW, "0.5 * difference.sum(axis=1) ** 2"),
            ),
            mistake(
                "",
                "the root is left in: the length of a row, not its square",
                (PER_ROW, "0.5 * np.sqrt((difference**2).sum(axis=1))"),
            ),
            mistake(
                "",
                "the root is taken, and the ½ left out",
                (PER_ROW, "np.sqrt((difference**2).sum(axis=1))"),
            ),
            mistake(
                "",
                "the difference of the squares is taken, not the square of the difference",
                (PER_ROW, "0.5 * (prediction**2 - target**2).sum(axis=1)"),
            ),
            mistake(
                "",
                "the root is taken of the mean of all squares",
                (MEAN, "np.sqrt((difference**2).mean())"),
            ),
            mistake(
                "",
                "the root is taken of the sum of all squares, and halved",
                (MEAN, "0.5 * np.sqrt((difference**2).sum())"),
            ),
            mistake(
                "",
                "the root is taken of the sum of all squares, and divided by n",
                (MEAN, "0.5 * np.sqrt((difference**2).sum()) / len(target)"),
            ),
            mistake(
                "",
                "the absolute value stands where the square is meant, and the ½ is left out",
                (PER_ROW, "np.abs(difference).sum(axis=1)"),
            ),
            mistake(
                "",
                "it is the mean of all absolute differences, without squares",
                (PER_ROW, "np.abs(difference).mean(axis=1)"),
            ),
            mistake(
                "",
                "it is half the mean of all absolute differences, without squares",
                (PER_ROW, "0.5 * np.abs(difference).mean(axis=1)"),
            ),
            mistake(
                "",
                "the differences are not squared, and not halved: `* 2` is no square",
                (PER_ROW, "difference.sum(axis=1)"),
            ),
            mistake(
                "",
                "the cube stands where the square is meant",
                (PER_ROW, "0.5 * (difference**3).sum(axis=1)"),
            ),
            mistake(
                "",
                "the mean of the differences is squared, where squares are to be averaged",
                (MEAN, "0.5 * difference.mean() ** 2"),
            ),
            mistake(
                "",
                "all differences are added up, and their sum is squared",
                (MEAN, "0.5 * difference.sum() ** 2"),
            ),
            mistake(
                "",
                "all differences are added up, and their sum is squared and divided by n",
                (MEAN, "0.5 * difference.sum() ** 2 / len(target)"),
            ),
            mistake(
                "",
                "the differences are averaged over the rows before they are squared",
                (MEAN, "0.5 * (difference.mean(axis=0) ** 2).sum()"),
            ),
            mistake(
                "",
                "only the target is squared: the bracket around the difference is missing",
                (PER_ROW, "0.5 * (prediction - target**2).sum(axis=1)"),
            ),
            mistake(
                "",
                "it is the variance of the differences: their mean is subtracted first",
                (MEAN, "difference.var()"),
            ),
            mistake(
                "",
                "it is half the variance of the differences: their mean is subtracted first",
                (MEAN, "0.5 * difference.var()"),
            ),
            mistake("", "the first row is left out", (MEAN, "per_row[1:].sum() / len(target)")),
            mistake("", "the last row is left out", (MEAN, "per_row[:-1].sum() / len(target)")),
            mistake(
                "",
                "the last row is left out, of the sum and of the count",
                (MEAN, "per_row[:-1].sum() / max(len(target) - 1, 1)"),
            ),
            mistake(
                "",
                "it is divided by n − 1, where n rows are averaged",
                (MEAN, "per_row.sum() / max(len(target) - 1, 1)"),
            ),
            mistake(
                "",
                "it is divided by n after each row: the division stands inside the loop",
                (MEAN, "sum(e / len(target) ** (len(target) - i) for i, e in enumerate(per_row))"),
            ),
            mistake(
                "",
                "only the first rows count, as many as there are outputs",
                (MEAN, "per_row[: difference.shape[1]].sum() / len(target)"),
            ),
            mistake(
                "",
                "every row is compared with the targets' mean",
                (DIFFERENCE, "difference = prediction - target.mean(axis=0)"),
            ),
            mistake("", "it is the median of the rows' errors", (MEAN, "np.median(per_row)")),
            mistake("", "it is the largest of the rows' errors", (MEAN, "per_row.max()")),
            mistake(
                "",
                "only the first output of each row counts",
                (PER_ROW, "0.5 * difference[:, 0] ** 2"),
            ),
            mistake(
                "",
                "only the largest square of each row counts",
                (PER_ROW, "0.5 * (difference**2).max(axis=1)"),
            ),
            mistake(
                "",
                "the squares of a row are multiplied, where they are to be added",
                (PER_ROW, "0.5 * (difference**2).prod(axis=1)"),
            ),
            mistake(
                "",
                "only the differences above 0 count",
                (DIFFERENCE, "difference = np.maximum(prediction - target, 0)"),
            ),
            mistake(
                "",
                "every row is compared with the first row's target",
                (DIFFERENCE, "difference = prediction - target[0]"),
            ),
            mistake(
                "",
                "only the target counts: the prediction is left out",
                (DIFFERENCE, "difference = target"),
            ),
            mistake(
                "",
                "the error is always 0: an array minus itself, or 1 // 2, which is 0",
                (DIFFERENCE, "difference = target - target"),
            ),
            mistake(
                "",
                "a sigmoid is applied to the prediction",
                (DIFFERENCE, "difference = 1 / (1 + np.exp(-prediction)) - target"),
            ),
            mistake(
                "",
                "softmax is applied to the prediction",
                (
                    DIFFERENCE,
                    "e = np.exp(prediction)\n"
                    "    difference = e / e.sum(axis=1, keepdims=True) - target",
                ),
            ),
            mistake(
                "",
                "the error is rounded to 2 decimals",
                (MEAN, "np.round(per_row.mean(), 2)"),
            ),
            mistake(
                "bias-not-summed",
                "the rows are not averaged: there is one error for each",
                ("float(per_row.mean())", "per_row"),
            ),
            mistake(
                "bias-not-summed",
                "the rows are not averaged: there is a column with one error for each",
                ("float(per_row.mean())", "per_row[:, np.newaxis]"),
            ),
            mistake(
                "",
                "the gradient is returned, (ŷ − y)/n, not the error",
                ("float(per_row.mean())", "difference / len(target)"),
            ),
            mistake(
                "",
                "the differences are returned, neither squared nor added",
                ("float(per_row.mean())", "difference"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "each row overwrites the one before, and its squares are left apart",
                ("float(per_row.mean())", "0.5 * difference[-1] ** 2 / len(target)"),
            ),
            mistake(
                "",
                "there is no average and no sum",
                ("float(per_row.mean())", "0.5 * difference**2"),
            ),
            mistake(
                "",
                "the error is averaged over the rows only, and left apart for each output",
                ("float(per_row.mean())", "0.5 * (difference**2).mean(axis=0)"),
            ),
        ),
        twins=(frozenset({"sum-not-mean-loss", "missing-1-over-n"}),),
    ),
    Item(
        id="03b.2",
        title="The same batch twice",
        kind="predict",
        difficulty=1,
        points=1,
        link="chapters/03b_error.ipynb#A-batch:-mean-or-sum?",
        task=(
            "A batch of 8 rows has a mean error of 0.5. You append a copy of itself. What are the "
            "mean and the sum of the 16 rows' errors? And if you descend on the *sum* and leave "
            "the learning rate as it is: how many times as long as before is a `step`?"
        ),
        call="copied_batch",
        starter='copied_batch = {"mean": ..., "sum": ..., "step": ...}\n',
        reference=(
            "def copied_batch():\n"
            "    rows, old_mean = 8, 0.5\n"
            "    old_sum = rows * old_mean\n"
            "    new_sum = old_sum + old_sum\n"
            "    new_mean = new_sum / (rows + rows)\n"
            "    step = new_sum / old_sum\n"
            '    return {"mean": new_mean, "sum": new_sum, "step": step}\n'
        ),
        explanation=(
            "The copy brings as much error and as many rows, so their quotient stays. The sum "
            "grows with the number of rows, and its slope with it: a step is slope times learning "
            "rate, so a rate that worked for 8 rows moves the weights twice as far for 16, and "
            "for 800 rows it may diverge. With the mean a learning rate keeps its meaning."
        ),
        hints=(
            "What does the sum of the first 8 errors have to be, if their mean is 0.5?",
            "The sum is rows times mean. Add the copy, then divide by the new number of rows.",
            "The sum was 8 · 0.5 = 4, and the copy adds the same. Every slope of the sum is added "
            "up in the same way.",
        ),
        outputs=("mean", "sum", "step"),
        mistakes=(
            mistake(
                "missing-1-over-n",
                "the mean is divided by the old number of rows, although there are more",
                ("new_sum / (rows + rows)", "new_sum / rows"),
            ),
            mistake(
                "double-1-over-n",
                "the number of rows is doubled, and the copy's error forgotten",
                ("new_sum / (rows + rows)", "old_sum / (rows + rows)"),
            ),
            mistake(
                "",
                "the sum is that of the first 8 rows: the copy has errors of its own",
                ('"sum": new_sum', '"sum": old_sum'),
            ),
            mistake(
                "",
                "rows and mean are both doubled: the mean does not grow with the rows",
                ('"sum": new_sum', '"sum": 2 * rows * 2 * old_mean'),
            ),
            mistake(
                "",
                "two means are added: a sum has the error of every row in it",
                ('"sum": new_sum', '"sum": old_mean + old_mean'),
            ),
            mistake(
                "",
                "a step is taken to be as long as before: this is so with the mean",
                ("new_sum / old_sum", "1.0"),
            ),
            mistake(
                "",
                "a step is taken to grow with all 16 rows, where it had 8 before",
                ("new_sum / old_sum", "float(rows + rows)"),
            ),
            mistake("", "the old step is compared with the new", ("new_sum / old_sum", "0.5")),
            mistake(
                "",
                "a step is taken to grow with the square of the rows",
                ("new_sum / old_sum", "(new_sum / old_sum) ** 2"),
            ),
        ),
    ),
    Item(
        id="03b.3",
        title="An error and its slopes",
        kind="by hand",
        difficulty=1,
        points=2,
        link="chapters/03b_error.ipynb#One-example",
        task=(
            "One row: ŷ = (0.2, 0.9), y = (0, 1). Give the error $E$ = ½‖ŷ − y‖² and both slopes "
            "∂E/∂ŷ, in three significant digits."
        ),
        call="row",
        starter='row = {"E": ..., "slopes": (..., ...)}\n',
        reference=(
            "def row():\n"
            "    prediction, target = np.array([0.2, 0.9]), np.array([0, 1])\n"
            "    miss = prediction - target\n"
            "    E = 0.5 * (miss**2).sum()\n"
            "    slopes = miss\n"
            '    return {"E": E, "slopes": slopes}\n'
        ),
        explanation=(
            "The square makes both misses count as positive in $E$, and the larger one four times "
            "as much. The slope keeps the sign: the first output is too high, so raising it makes "
            "$E$ worse; the second is too low, so raising it helps. The 2 of the square has met "
            "the ½, and what is left is the miss, ŷ − y."
        ),
        hints=(
            "Which of the two outputs should go down, and what sign must its slope have?",
            "Subtract y from ŷ; square, add up and halve for $E$; the slope needs no square.",
            "The misses are 0.2 − 0 and 0.9 − 1. $E$ is ½(0.04 + 0.01), and each slope is a miss.",
        ),
        outputs=("E", "slopes"),
        mistakes=(
            mistake("", "the ½ is left out", ("0.5 * (miss**2).sum()", "(miss**2).sum()")),
            mistake(
                "",
                "the mean over the outputs is taken, where they are to be added",
                ("0.5 * (miss**2).sum()", "0.5 * (miss**2).mean()"),
            ),
            mistake(
                "",
                "the misses are not squared, only halved and added",
                ("0.5 * (miss**2).sum()", "0.5 * np.abs(miss).sum()"),
            ),
            mistake(
                "",
                "the misses are added first, and the sum is squared",
                ("0.5 * (miss**2).sum()", "0.5 * miss.sum() ** 2"),
            ),
            mistake(
                "",
                "the root is taken: the length of the miss, and not its square",
                ("0.5 * (miss**2).sum()", "0.5 * np.sqrt((miss**2).sum())"),
            ),
            mistake(
                "",
                "the difference of the squares is taken, not the square of the difference",
                ("0.5 * (miss**2).sum()", "0.5 * (prediction**2 - target**2).sum()"),
            ),
            mistake(
                "error-sign",
                "the slope is y − ŷ: the error is the same either way, its slope is not",
                ("slopes = miss", "slopes = -miss"),
            ),
            mistake(
                "",
                "the 2 of the square is left in, where the ½ has met it",
                ("slopes = miss", "slopes = 2 * miss"),
            ),
            mistake(
                "",
                "the ½ is left in, where the 2 of the square has met it",
                ("slopes = miss", "slopes = miss / 2"),
            ),
            mistake(
                "",
                "the slopes have lost their signs",
                ("slopes = miss", "slopes = np.abs(miss)"),
            ),
            mistake("forgot-target", "", ("slopes = miss", "slopes = prediction")),
            mistake(
                "",
                "each output's part of the error stands where its slope is meant",
                ("slopes = miss", "slopes = 0.5 * miss**2"),
            ),
            mistake(
                "",
                "the slope of a sigmoid is in it: that is δ, one link further back",
                ("slopes = miss", "slopes = miss * prediction * (1 - prediction)"),
            ),
        ),
    ),
    Item(
        id="03b.4",
        title="Thirty-two times slower",
        kind="bug hunt",
        difficulty=2,
        points=2,
        link="chapters/03b_error.ipynb#A-batch:-mean-or-sum?",
        task=(
            "This loss is meant to be ½‖p − y‖² per row, averaged over the rows. With batches of "
            "32, training is 32 times slower than a colleague's, with batches of 64, 64 times. "
            "Find the extra factor and mend it. `p` and `y` are (n, outputs); return one number."
        ),
        call="loss(p, y)",
        starter=(
            "def loss(p, y):\n"
            '    """½‖p - y‖² per row, averaged over the rows; p and y are (n, outputs)."""\n'
            "    return 0.5 * ((p - y) ** 2).mean(axis=0).sum() / len(y)\n"
        ),
        reference=("def loss(p, y):\n    return 0.5 * ((p - y) ** 2).mean(axis=0).sum()\n"),
        explanation=(
            "`mean(axis=0)` has divided by the number of rows already, so `/ len(y)` does it a "
            "second time. The loss still falls and its lowest point is where it was; only the "
            "slopes are $n$ times too small, and so is every step. Such a factor shows in no "
            "picture of the curve. It shows when the batch size is changed: a mean over rows "
            "must not change when the batch is copied (03b.2)."
        ),
        hints=(
            "How many times is the sum over the rows divided by their number?",
            "`mean(axis=0)` is `sum(axis=0) / len(y)`. Write it out and count.",
            "One of the two 1/n has to go: keep the mean, or put a sum in its place.",
        ),
        outputs=("the loss",),
        inputs=batch,
        sizes=({"n": 7, "o": 3}, {"n": 5, "o": 4}),
        small=({"n": 1, "o": 1}, {"n": 2, "o": 1}, {"n": 2, "o": 2}),
        edges=(
            Edge(says="a single row", make=one_row),
            Edge(says="a single column", make=one_column),
            Edge(says="a perfect prediction", make=no_error),
        ),
        mistakes=(
            mistake("double-1-over-n", "", (MEND, f"{MEND} / len(y)")),
            mistake(
                "missing-1-over-n",
                "both 1/n are gone: one of them is the mean's",
                (MEND, "((p - y) ** 2).sum()"),
            ),
            mistake(
                "missing-1-over-n",
                "the loss is multiplied by n where nothing is to be done",
                (MEND, f"{MEND} * len(y) ** 2"),
            ),
            mistake(
                "",
                "the mean is taken over the outputs as well, where they are to be added",
                (MEND, "((p - y) ** 2).mean()"),
            ),
            mistake(
                "",
                "the mean is taken over the outputs, and the sum over the rows",
                (MEND, "((p - y) ** 2).mean(axis=1).sum()"),
            ),
            mistake(
                "",
                "there are three means: over the rows twice, and over the outputs",
                (MEND, "((p - y) ** 2).mean() / len(y)"),
            ),
            mistake(
                "",
                "the outputs are not added: there is one loss for each",
                (MEND, "((p - y) ** 2).mean(axis=0)"),
            ),
            mistake(
                "bias-not-summed",
                "there is one loss for each row, and no mean",
                (MEND, "((p - y) ** 2).sum(axis=1)"),
            ),
            mistake(
                "",
                "32 is written into the loss, where the batch has its own number of rows",
                (MEND, "((p - y) ** 2).sum() / 32"),
            ),
            mistake(
                "",
                "it is made up for with a factor of 32, and the batch has another size",
                (MEND, f"{MEND} / len(y) * 32"),
            ),
            mistake("", "the ½ is left out", (f"0.5 * {MEND}", MEND)),
            mistake(
                "",
                "the ½ is left out, and the extra factor is still there",
                (f"0.5 * {MEND}", f"{MEND} / len(y)"),
            ),
            mistake(
                "",
                "it is divided by the number of outputs where it was by that of rows",
                (MEND, f"{MEND} / len(y) / p.shape[1]"),
            ),
            mistake("error-sign", "p and y are added", ("p - y", "p + y")),
            mistake("", "the square is lost", ("((p - y) ** 2)", "(p - y)")),
            mistake("forgot-target", "the target is left out", ("(p - y)", "p")),
            mistake("first-example-only", "", (MEND, "((p - y) ** 2)[0].sum()")),
        ),
    ),
]

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
]

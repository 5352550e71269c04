"""The exercises of 3b: the error."""

import numpy as np

from dlcore.classroom.items import Edge, Item, mistake


def batch(rng, n, o):
    """Predictions in 0..1 and targets beside them, (n, o) each."""
    return np.round(rng.uniform(0.05, 0.95, (n, o)), 2), np.round(rng.uniform(0, 1, (n, o)), 1)


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
        sizes=({"n": 7, "o": 3}, {"n": 5, "o": 4}),
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
                ("if prediction.shape != target.shape:", "if False:"),
                (DIFFERENCE, "difference = prediction - target.reshape(-1)"),
            ),
            mistake(
                "column-vs-flat",
                "",
                ("if prediction.shape != target.shape:", "if False:"),
                (DIFFERENCE, "difference = prediction.reshape(-1) - target"),
            ),
            mistake(
                "column-vs-flat",
                "(n, 1) meets (n,), which NumPy broadcasts to (n, n), and its mean is taken",
                ("if prediction.shape != target.shape:", "if False:"),
                (DIFFERENCE, "difference = prediction - target.reshape(-1)"),
                (PER_ROW, "0.5 * (difference**2).mean(axis=1)"),
            ),
            mistake(
                "wrong-transpose",
                "one of the two is transposed",
                ("if prediction.shape != target.shape:", "if False:"),
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
                "bias-not-summed",
                "the rows are not averaged: there is one error for each",
                ("float(per_row.mean())", "per_row"),
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

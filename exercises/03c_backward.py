"""The exercises of 3c: backward."""

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
    """A batch and a network of two sigmoid layers, with biases, no weight near 0."""
    x = np.round(rng.normal(size=(n, i)), 2)
    target = np.round(rng.uniform(size=(n, o)), 1)
    W1, W2 = (np.round(rng.normal(size=shape), 2) for shape in ((i, h), (h, o)))
    b1, b2 = (np.round(rng.uniform(0.2, 0.8, units), 2) for units in (h, o))
    return x, target, W1, b1, W2, b2


def one_row(rng):
    return network(rng, n=1, i=3, h=5, o=2)


def one_unit(rng):
    return network(rng, n=6, i=3, h=1, o=2)


def zero_input(rng):
    x, *others = network(rng, n=5, i=3, h=4, o=2)
    return np.zeros_like(x), *others


def whole_numbers(rng):
    x, *others = network(rng, n=5, i=3, h=4, o=2)
    return np.arange(x.size).reshape(x.shape) % 3 - 1, *others


SLOPE1, SLOPE2 = "slope1 = a1 * (1 - a1)", "slope2 = a2 * (1 - a2)"
ERROR = "(a2 - target)"
BACK = "(delta2 @ W2.T)"
DB1, DB2 = "delta1.sum(axis=0)", "delta2.sum(axis=0)"
DW1, DW2 = "x.T @ delta1", "a1.T @ delta2"
MEAN = " / len(x)"
ENDS = "/ len(x) * slope2"
LAYERS = (
    Layer(x="x", W="W1", b="b1", z="z1", out="a1", delta="delta1"),
    Layer(x="a1", W="W2", b="b2", z="z2", out="a2", delta="delta2"),
)


def slopes(id, says, slope1, slope2):
    """The mistake in the hidden slope, in the output's, and in both."""
    first, second = (SLOPE1, f"slope1 = {slope1}"), (SLOPE2, f"slope2 = {slope2}")
    return [
        mistake(id, f"{says} in the hidden layer's δ", first),
        mistake(id, f"{says} in the output's δ", second),
        mistake(id, f"{says} in both δ", first, second),
    ]


def only_row(id, says, row):
    """One row of the batch counts, with the mean's 1/n and without."""
    mask = f"* (np.arange(len(x)) == {row})[:, np.newaxis]"
    return [
        mistake(id, f"{says}, divided by n", (ENDS, f"{ENDS} {mask}")),
        mistake(id, says, (ENDS, f"* slope2 {mask}")),
    ]


def stepped(rate):
    """The parameters after a step, where the gradients are asked."""
    return ", ".join(f"{name} - {rate} * d{name}" for name in ("W1", "b1", "W2", "b2"))


ITEMS = [
    Item(
        id="03c.1",
        title="Backward through two layers",
        kind="code",
        difficulty=2,
        points=5,
        link="chapters/03c_backward.ipynb#The-four-equations",
        task=(
            "The gradients of the error of 03b.1 for a network of two sigmoid layers. `x` is "
            "(n, i), `target` (n, o), `W1` (i, h), `b1` (h,), `W2` (h, o), `b2` (o,). Return "
            "`dW1, db1, dW2, db2`, each shaped like its parameter. Compute the forward pass "
            "inside."
        ),
        call="backward(x, target, W1, b1, W2, b2)",
        starter=(
            "def backward(x, target, W1, b1, W2, b2):\n"
            '    """dW1, db1, dW2, db2 of ½‖a2 - target‖² per row, averaged over the rows."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def sigmoid(z):\n"
            "    return 1 / (1 + np.exp(-z))\n"
            "\n"
            "\n"
            "def backward(x, target, W1, b1, W2, b2):\n"
            "    z1 = x @ W1 + b1\n"
            "    a1 = sigmoid(z1)\n"
            "    z2 = a1 @ W2 + b2\n"
            "    a2 = sigmoid(z2)\n"
            "    slope1 = a1 * (1 - a1)\n"
            "    slope2 = a2 * (1 - a2)\n"
            "    delta2 = (a2 - target) / len(x) * slope2\n"
            "    delta1 = (delta2 @ W2.T) * slope1\n"
            "    dW1 = x.T @ delta1\n"
            "    db1 = delta1.sum(axis=0)\n"
            "    dW2 = a1.T @ delta2\n"
            "    db2 = delta2.sum(axis=0)\n"
            "    return dW1, db1, dW2, db2\n"
        ),
        explanation=(
            "The four equations, from the output back. BP1: δ2 is the error's slope, ŷ − y, times "
            "σ′; the mean's 1/n goes in here, once, and everything below inherits it. BP2: δ1 is "
            "δ2 sent back through the *transpose* of W2, times σ′ again. BP3 and BP4: a weight's "
            "gradient is what came in times δ, summed over the rows, and a bias's input is 1. "
            "σ′ is a(1 − a) at the activation already kept, so nothing is computed twice."
        ),
        hints=(
            "Walk back in the order in which you came: which derivative meets the error first?",
            "Find δ at the output, then send it back through W2 and the hidden sigmoid. Each "
            "weight gradient is the layer's input, transposed, times the layer's δ.",
            "`delta2 = (a2 - target) / n * a2 * (1 - a2)` and `delta1 = (delta2 @ W2.T) * a1 * "
            "(1 - a1)`; then `x.T @ delta1` and `delta1.sum(axis=0)`, and the same one layer on.",
        ),
        outputs=("dW1", "db1", "dW2", "db2"),
        inputs=network,
        sizes=({"n": 7, "i": 3, "h": 5, "o": 2}, {"n": 6, "i": 5, "h": 4, "o": 3}),
        probes=({"n": 4, "i": 4, "h": 4, "o": 4},),
        small=(
            {"n": 1, "i": 1, "h": 1, "o": 1},
            {"n": 2, "i": 1, "h": 1, "o": 1},
            {"n": 1, "i": 1, "h": 2, "o": 1},
            {"n": 1, "i": 1, "h": 1, "o": 2},
            {"n": 2, "i": 2, "h": 2, "o": 2},
        ),
        edges=(
            Edge(says="a single row", make=one_row),
            Edge(says="a single hidden unit", make=one_unit),
            Edge(says="an input of zeros", make=zero_input),
            Edge(
                says="an input of whole numbers",
                make=whole_numbers,
                gentle=True,
                id="integer-dtype",
            ),
        ),
        mistakes=(
            mistake("missing-1-over-n", "", (MEAN, "")),
            mistake("double-1-over-n", "", (MEAN, " / len(x) ** 2")),
            *bias_mistakes(LAYERS, n="len(x)"),
            *product_mistakes(LAYERS),
            *way_back_mistakes(LAYERS[1], ("", DW2)),
            mistake(
                "wrong-transpose",
                "dW1 and dW2 come out transposed",
                (DW1, "delta1.T @ x"),
                (DW2, "delta2.T @ a1"),
            ),
            mistake(
                "no-activation-derivative",
                "σ′ is left out of the hidden layer's δ",
                (f"{BACK} * slope1", BACK),
            ),
            mistake(
                "no-activation-derivative", "σ′ is left out of the output's δ", (" * slope2", "")
            ),
            mistake(
                "no-activation-derivative",
                "σ′ is left out of both δ",
                (f"{BACK} * slope1", BACK),
                (" * slope2", ""),
            ),
            *slopes(
                "derivative-at-activation",
                "σ′ is taken at a instead of z (the sigmoid is applied twice)",
                "sigmoid(a1) * (1 - sigmoid(a1))",
                "sigmoid(a2) * (1 - sigmoid(a2))",
            ),
            *slopes(
                "derivative-at-preactivation",
                "z(1 − z) stands where a(1 − a) is meant",
                "z1 * (1 - z1)",
                "z2 * (1 - z2)",
            ),
            *slopes(
                "derivative-formula",
                "1 − a², which is tanh's derivative, stands for σ′",
                "1 - a1**2",
                "1 - a2**2",
            ),
            *slopes(
                "derivative-formula",
                "the derivative of tanh at z stands for σ′",
                "1 - np.tanh(z1) ** 2",
                "1 - np.tanh(z2) ** 2",
            ),
            *slopes(
                "derivative-formula",
                "ReLU's derivative stands for σ′",
                "(z1 > 0)",
                "(z2 > 0)",
            ),
            *slopes("derivative-formula", "a stands for σ′ = a(1 − a)", "a1", "a2"),
            *slopes("derivative-formula", "1 − a stands for σ′ = a(1 − a)", "1 - a1", "1 - a2"),
            *slopes(
                "derivative-formula", "a(1 + a) stands for σ′", "a1 * (1 + a1)", "a2 * (1 + a2)"
            ),
            *slopes("derivative-formula", "a² stands for σ′ = a(1 − a)", "a1**2", "a2**2"),
            *slopes(
                "", "σ′ is multiplied in twice", "(a1 * (1 - a1)) ** 2", "(a2 * (1 - a2)) ** 2"
            ),
            mistake(
                "",
                "brackets are missing: … * a * 1 − a stands in the hidden layer's δ",
                (f"{BACK} * slope1", f"{BACK} * a1 - a1"),
            ),
            mistake(
                "",
                "brackets are missing: … * a * 1 − a stands in the hidden layer's δ",
                (f"{BACK} * slope1", f"{BACK} * a1 - a1 / len(x)"),
            ),
            mistake(
                "",
                "brackets are missing: … * a * 1 − a stands in the output's δ",
                (f"{ERROR} {ENDS}", f"{ERROR} * a2 - a2 / len(x)"),
            ),
            mistake(
                "",
                "brackets are missing: ŷ − y * σ′ stands where (ŷ − y) * σ′ is meant",
                (f"{ERROR} {ENDS}", "a2 - target * slope2 / len(x)"),
            ),
            mistake(
                "",
                "brackets are missing: ŷ − y * σ′ stands where (ŷ − y) * σ′ is meant",
                (f"{ERROR} {ENDS}", "(a2 - target * slope2) / len(x)"),
            ),
            mistake(
                "no-activation-derivative",
                "σ′ of the output is left out in dW2: ŷ − y stands for δ2",
                (DW2, "a1.T @ (a2 - target) / len(x)"),
            ),
            mistake(
                "no-activation-derivative",
                "σ′ of the output is left out in db2: ŷ − y stands for δ2",
                (DB2, "(a2 - target).sum(axis=0) / len(x)"),
            ),
            mistake(
                "preactivation-for-activation",
                "dW2 is computed from z1 instead of a1",
                (DW2, "z1.T @ delta2"),
            ),
            mistake(
                "preactivation-for-activation",
                "z1 instead of a1 goes into the second layer: its sigmoid is missing",
                ("a1 @ W2", "z1 @ W2"),
            ),
            mistake(
                "preactivation-for-activation",
                "z2 instead of a2 is compared with the target",
                (ERROR, "(z2 - target)"),
            ),
            mistake("forgot-target", "", (ERROR, "a2")),
            mistake(
                "error-sign",
                "y − ŷ stands where ŷ − y is meant, or there is another minus sign too many",
                (ERROR, "(target - a2)"),
            ),
            *only_row(
                "overwrite-not-accumulate",
                "= stands where += is needed: only the last row is left",
                "len(x) - 1",
            ),
            *only_row("first-example-only", "only the first row of the batch counts", "0"),
            mistake(
                "no-hidden-gradient",
                "",
                (f"{BACK} * slope1", "np.zeros_like(a1)"),
            ),
            mistake(
                "mutates-input",
                "target is changed in place",
                ("delta2 = (a2 - target)", "target -= a2\n    delta2 = -target"),
            ),
            mistake(
                "cached-wrong-value",
                "a2 stands for a1, or has overwritten it, when the hidden slope is taken",
                (SLOPE1, "slope1 = a2 * (1 - a2)"),
            ),
            mistake(
                "cached-wrong-value",
                "δ1 has overwritten δ2 by the time dW2 and db2 are taken",
                (DW2, "a1.T @ delta1"),
                (DB2, "delta1.sum(axis=0)"),
            ),
            mistake(
                "cached-wrong-value",
                "a2 stands for a1, or has overwritten it, when dW2 is taken",
                (DW2, "a2.T @ delta2"),
            ),
            mistake(
                "cached-wrong-value",
                "the slope has overwritten a1 by the time dW2 is taken",
                (DW2, "slope1.T @ delta2"),
            ),
            mistake("", "b1 is left out of the forward pass", ("x @ W1 + b1", "x @ W1")),
            mistake("", "b2 is left out of the forward pass", ("a1 @ W2 + b2", "a1 @ W2")),
            mistake(
                "",
                "both biases are left out of the forward pass",
                ("x @ W1 + b1", "x @ W1"),
                ("a1 @ W2 + b2", "a1 @ W2"),
            ),
            mistake("", "the output has no sigmoid", ("a2 = sigmoid(z2)", "a2 = z2")),
            mistake(
                "",
                "the output has no sigmoid, and no slope",
                ("a2 = sigmoid(z2)", "a2 = z2"),
                (" * slope2", ""),
            ),
            mistake(
                "",
                "the output goes through the sigmoid twice",
                ("a2 = sigmoid(z2)", "a2 = sigmoid(sigmoid(z2))"),
            ),
            mistake(
                "",
                "the output is cut to 0 or 1, where no slope is left",
                ("a2 = sigmoid(z2)", "a2 = (z2 > 0) * 1.0"),
            ),
            mistake(
                "",
                "the output is cut to 0 or 1 before the target is compared with it",
                (ERROR, "(np.round(a2) - target)"),
            ),
            mistake(
                "",
                "the output is softmax",
                ("a2 = sigmoid(z2)", "a2 = np.exp(z2) / np.exp(z2).sum(axis=1, keepdims=True)"),
            ),
            mistake("", "the sigmoid's exponent has no minus sign", ("np.exp(-z)", "np.exp(z)")),
            mistake(
                "",
                "brackets are missing in the sigmoid: 1 / 1 + exp(−z)",
                ("1 / (1 + np.exp(-z))", "1 / 1 + np.exp(-z)"),
            ),
            mistake(
                "",
                "the hidden layer is ReLU",
                ("a1 = sigmoid(z1)", "a1 = np.maximum(0, z1)"),
                (SLOPE1, "slope1 = z1 > 0"),
            ),
            mistake(
                "",
                "the hidden layer is tanh",
                ("a1 = sigmoid(z1)", "a1 = np.tanh(z1)"),
                (SLOPE1, "slope1 = 1 - a1**2"),
            ),
            mistake(
                "",
                "the error is averaged over the outputs as well, where they are to be added",
                (MEAN, " / a2.size"),
            ),
            mistake(
                "",
                "the error is averaged over the outputs as well, and its ½ left out",
                (MEAN, " * 2 / a2.size"),
            ),
            *(
                mistake("missing-1-over-n", f"{says} n is meant", (MEAN, wrong))
                for says, wrong in (
                    ("the number of inputs divides where", " / x.shape[1]"),
                    ("the number of outputs divides where", " / len(b2)"),
                    ("n multiplies where division by", " * len(x)"),
                )
            ),
            mistake("", "there is a ½ too many", (MEAN, " / len(x) / 2")),
            mistake("", "the ½ of the error is left out", (MEAN, " / len(x) * 2")),
            mistake(
                "",
                "the ½ of the error and the 1/n of the mean are left out",
                (MEAN, " * 2"),
            ),
            mistake("", "the error is squared in δ2", (ERROR, "0.5 * (a2 - target) ** 2")),
            mistake(
                "",
                "the error is squared in δ2, which has the wrong sign besides",
                (ERROR, "-0.5 * (a2 - target) ** 2"),
            ),
            mistake(
                "",
                "the size of the error stands in δ2, without its sign",
                (ERROR, "abs(a2 - target)"),
            ),
            mistake(
                "",
                "the error is averaged over the rows before σ′ meets it",
                (f"{ERROR}{MEAN}", "(a2 - target).mean(axis=0)"),
            ),
            mistake(
                "",
                "the error is averaged over the rows before σ′ meets it, and divided by n again",
                (ERROR, "(a2 - target).mean(axis=0)"),
            ),
            mistake(
                "",
                "the error is one number: the mean over rows and outputs",
                (ERROR, "(a2 - target).mean()"),
            ),
            mistake(
                "",
                "the errors of a row are added up before σ′ meets them",
                (ERROR, "(a2 - target).sum(axis=1, keepdims=True)"),
            ),
            *(
                mistake(
                    "",
                    f"the {name} row is left out",
                    (ENDS, f"{ENDS} * (np.arange(len(x)) != {row})[:, np.newaxis]"),
                )
                for name, row in (("first", "0"), ("last", "len(x) - 1"))
            ),
            mistake(
                "",
                "δ2 goes back as a sum over the outputs, not through W2",
                (BACK, "delta2.sum(axis=1, keepdims=True)"),
            ),
            mistake(
                "",
                "δ2 and W2 are summed over the outputs first, and multiplied then, in δ1",
                (BACK, "(delta2.sum(axis=1, keepdims=True) * W2.sum(axis=1))"),
            ),
            mistake(
                "",
                "the output's slope is left out of what goes back (it is in dW2 and db2)",
                (BACK, "((a2 - target) / len(x) @ W2.T)"),
            ),
            mistake(
                "",
                "the error is not sent back: δ1 holds only the hidden slope",
                (f"{BACK} * slope1", "slope1 / len(x)"),
            ),
            mistake("", "db1 is summed from δ2", (DB1, DB2)),
            mistake("", "dW1 is computed from a1 instead of x", (DW1, "a1.T @ delta1")),
            mistake("", "dW2 is computed from x instead of a1", (DW2, "x.T @ delta2")),
            *(
                mistake(
                    "",
                    f"new parameters come back (learning rate {rate}), not gradients",
                    ("return dW1, db1, dW2, db2", f"return {stepped(rate)}"),
                )
                for rate in RATES
            ),
            mistake(
                "",
                "the output layer's gradients come first",
                ("return dW1, db1, dW2, db2", "return dW2, db2, dW1, db1"),
            ),
            mistake(
                "",
                "the weights come first, then the biases",
                ("return dW1, db1, dW2, db2", "return dW1, dW2, db1, db2"),
            ),
        ),
        places={
            "dW1 db1": "The output layer is right, so the fault is on the way from δ2 to δ1.",
            "dW2 db2": "The hidden layer is right, so δ2 must be: look at how dW2 and db2 use it.",
            "dW1": "δ1 is right, for db1 is: look at what it is multiplied by.",
            "dW2": "δ2 is right, for db2 is: look at what it is multiplied by.",
            "db1": "δ1 is right, for dW1 is: look at how it is summed.",
            "db2": "δ2 is right, for dW2 is: look at how it is summed.",
            "db1 db2": "Both δ are right, for dW1 and dW2 are: look at how they are summed.",
            "dW1 dW2": "Both δ are right, as db1 and db2 are: look at what multiplies them.",
            "dW1 db1 dW2 db2": (
                "All four are wrong, so begin with what they share: the forward pass, and δ2."
            ),
        },
    ),
]

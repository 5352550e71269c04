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


def sums_and_targets(rng, n, o):
    """Sums of tanh outputs, of both signs and none near 0, and targets: (n, o) each."""
    z = np.round(rng.uniform(0.2, 1.8, (n, o)), 2) * rng.choice([-1, 1], (n, o))
    return z, np.round(rng.uniform(0.1, 0.9, (n, o)), 2)


def one_row_of_sums(rng):
    return sums_and_targets(rng, n=1, o=3)


def saturated(rng):
    z, target = sums_and_targets(rng, n=5, o=3)
    return 1000 * np.sign(z), target


def hidden(rng, n, h, o):
    """Output δ, the weights they come back through, and hidden activations in 0..1."""
    delta2, W2 = (np.round(rng.normal(size=shape), 2) for shape in ((n, o), (h, o)))
    return delta2, W2, np.round(rng.uniform(0.1, 0.9, (n, h)), 2)


def square_hidden(rng, n, h):
    return hidden(rng, n, h, h)


def four_and_two(rng):
    return hidden(rng, n=5, h=4, o=2)


def one_row_of_deltas(rng):
    return hidden(rng, n=1, h=4, o=2)


TANH_SLOPE = "slope = 1 - prediction**2"
SENT_BACK = "back = delta2 @ W2.T"
HIDDEN_SLOPE = "slope = a1 * (1 - a1)"
PRINTED = {"0.280471447": "c", "0.291028729": "a", "0.258260102": "b"}
SUSPECTS = {
    "a": "W1 is thought to stay, which would end a little above 0.291027774",
    "b": "σ′ is thought to be left out at the outputs, which would make all steps far longer",
    "c": "the biases are thought to move, which would help by about a hundredth",
    "d": "the rate is thought to be halved, which would leave the error about half-way",
    "e": "σ′ is thought to be left out in the hidden layer, which would end a little below "
    "0.291027774",
}


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
    Item(
        id="03c.2",
        title="Output weights of zero",
        kind="by hand",
        difficulty=2,
        points=2,
        link="chapters/03c_backward.ipynb#The-hidden-layer",
        task=(
            "Take the notebook's 2-2-2 network and its example (y = (0.01, 0.99), b2 = (0.6, "
            "0.6)), but with all of $W_2$ zero. Give both output δ and both hidden δ in three "
            "significant digits. Then say of each array whether it learns in the first step: "
            "`True` if any of its numbers moves, else `False`."
        ),
        call="zero_weights",
        starter=(
            "zero_weights = {\n"
            '    "delta2": (..., ...),\n'
            '    "delta1": (..., ...),\n'
            '    "W1": ...,\n'
            '    "b1": ...,\n'
            '    "W2": ...,\n'
            '    "b2": ...,\n'
            "}\n"
        ),
        reference=(
            "def zero_weights():\n"
            "    a1, target = np.array([0.5933, 0.5969]), np.array([0.01, 0.99])\n"
            "    W2, b2 = np.zeros((2, 2)), np.array([0.6, 0.6])\n"
            "    z2 = a1 @ W2 + b2\n"
            "    y_hat = 1 / (1 + np.exp(-z2))\n"
            "    slope = y_hat * (1 - y_hat)\n"
            "    delta2 = (y_hat - target) * slope\n"
            "    delta1 = (delta2 @ W2.T) * a1 * (1 - a1)\n"
            "    W1_moves = b1_moves = bool(np.any(delta1))\n"
            "    W2_moves = b2_moves = bool(np.any(delta2))\n"
            '    return {"delta2": delta2, "delta1": delta1, "W1": W1_moves, "b1": b1_moves,\n'
            '            "W2": W2_moves, "b2": b2_moves}\n'
        ),
        explanation=(
            "With weights of zero nothing of the input reaches the outputs, so both are σ(0.6), "
            "and nothing comes back through $W_2$: the hidden δ are 0. But the gradient of $W_2$ "
            "is what came in, $a_1$, times δ2, and neither is 0. A weight of zero does not have a "
            "gradient of zero. After the first step $W_2$ is no longer zero, and from the second "
            "on the layer in front learns as well."
        ),
        hints=(
            "What reaches an output, if every weight that leads to it is 0?",
            "Both outputs are σ(0.6). Their δ is miss times slope; the hidden δ is that, sent back "
            "through W2.",
            "σ(0.6) = 0.6457 with slope 0.2288. Through zeros comes 0. W1 and b1 need the hidden "
            "δ; W2 and b2 need the output δ, and W2 also a1.",
        ),
        outputs=("delta2", "delta1"),
        mistakes=(
            mistake("", "the output's bias is left out: the sum is not 0", ("@ W2 + b2", "@ W2")),
            mistake(
                "",
                "the notebook's W2 is used on the way forward, where it is zero here",
                ("z2 = a1 @ W2 + b2", "z2 = a1 @ np.array([[0.40, 0.50], [0.45, 0.55]]) + b2"),
            ),
            mistake(
                "no-activation-derivative",
                "the slope of the sigmoid is left out at the outputs",
                ("(y_hat - target) * slope", "y_hat - target"),
            ),
            mistake(
                "derivative-at-activation",
                "",
                ("y_hat * (1 - y_hat)", "np.exp(-y_hat) / (1 + np.exp(-y_hat)) ** 2"),
            ),
            mistake("derivative-at-preactivation", "", ("y_hat * (1 - y_hat)", "z2 * (1 - z2)")),
            mistake("derivative-formula", "", ("y_hat * (1 - y_hat)", "1 - y_hat**2")),
            mistake("error-sign", "", ("(y_hat - target)", "(target - y_hat)")),
            mistake("forgot-target", "", ("(y_hat - target)", "y_hat")),
            mistake(
                "",
                "δ is sent back unchanged, and not through W2",
                ("(delta2 @ W2.T) * a1 * (1 - a1)", "delta2"),
            ),
            mistake(
                "",
                "δ is not sent back through W2: only the hidden slope multiplies it",
                ("(delta2 @ W2.T) * a1 * (1 - a1)", "delta2 * a1 * (1 - a1)"),
            ),
            mistake(
                "",
                "the hidden δ is taken for the hidden slope alone",
                ("(delta2 @ W2.T) * a1 * (1 - a1)", "a1 * (1 - a1)"),
            ),
            mistake(
                "idea-23",
                "W1 is taken to learn although no derivative comes back to it",
                ("W1_moves = b1_moves = bool(np.any(delta1))", "W1_moves, b1_moves = True, False"),
            ),
            mistake(
                "",
                "b1 is taken to learn whatever its δ is",
                ("W1_moves = b1_moves = bool(np.any(delta1))", "W1_moves, b1_moves = False, True"),
            ),
            mistake(
                "",
                "a weight of zero is taken to have a gradient of zero",
                ("W2_moves = b2_moves = bool(np.any(delta2))", "W2_moves, b2_moves = False, True"),
            ),
            mistake(
                "",
                "b2 is taken to stand still, although the δ of its outputs is not 0",
                ("W2_moves = b2_moves = bool(np.any(delta2))", "W2_moves, b2_moves = True, False"),
            ),
        ),
    ),
    Item(
        id="03c.3",
        title="A row without δ",
        kind="predict",
        difficulty=1,
        points=1,
        link="chapters/03c_backward.ipynb#The-four-equations",
        task=(
            "Of a batch of 4 rows, row 1 has δ = 0 in every layer, since its prediction is "
            "perfect; the other rows' δ are not 0. What does it add to the dW of the mean error, "
            "and what happens if you compute dW again without that row? Answer with a letter."
        ),
        call="silent_row",
        starter="silent_row = ...\n",
        choices={
            "a": "It adds its input: every row adds what came in. Without it dW is smaller.",
            "b": "It adds nothing. Without it dW is the same.",
            "c": "It adds nothing. Without it dW is 4/3 as large.",
            "d": "It adds nothing to dW but its share to db. Without it dW is the same.",
            "e": "It adds its input times the other rows' δ. Without it dW is smaller.",
        },
        reference='def silent_row():\n    return "c"\n',
        explanation=(
            "In $a^\\top\\delta$ every row adds its own input times its own δ; a δ of 0 adds "
            "nothing, whatever came in, and nothing to db either. But the row still counts in the "
            "$n$ of BP1: the other rows' δ carry a factor of 1/4, and without the row it is 1/3. "
            "Rows that are right already make the mean gradient smaller; they do not turn it."
        ),
        hints=(
            "Write aᵀδ as a sum over the rows: which term belongs to row 1?",
            "Row k adds its input times its own δ. And where does the number of rows stand?",
            "The term of row 1 is 0. The δ of the others hold 1/n, with n = 4 before and n = 3 "
            "after.",
        ),
        outputs=("the answer",),
        mistakes=(
            mistake("", "A row adds its input *times its δ*, and not its input.", ('"c"', '"a"')),
            mistake(
                "",
                "The row adds nothing, but it is counted: look for the n in BP1.",
                ('"c"', '"b"'),
            ),
            mistake(
                "",
                "db is the sum of the rows' δ, so a δ of 0 adds nothing there either.",
                ('"c"', '"d"'),
            ),
            mistake(
                "",
                "In aᵀδ each input meets the δ of its own row only; rows never mix.",
                ('"c"', '"e"'),
            ),
        ),
    ),
    Item(
        id="03c.4",
        title="BP1 for tanh",
        kind="code",
        difficulty=2,
        points=2,
        link="chapters/03c_backward.ipynb#The-four-equations",
        task=(
            "BP1 for outputs ŷ = tanh(z): δ = ∂E/∂z, where $E$ is ½‖ŷ − y‖² per row, averaged "
            "over the rows. `z` and `target` are (n, outputs); return δ, of the same shape."
        ),
        call="tanh_delta(z, target)",
        starter=(
            "def tanh_delta(z, target):\n"
            '    """∂E/∂z for the prediction tanh(z); z and target are (n, outputs)."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def tanh_delta(z, target):\n"
            "    prediction = np.tanh(z)\n"
            "    miss = (prediction - target) / len(z)\n"
            "    slope = 1 - prediction**2\n"
            "    return miss * slope\n"
        ),
        explanation=(
            "Only $f'$ changes from one bend to another; the miss and the mean's 1/n are the "
            "error's and stay. The slope of tanh is $1 - \\tanh^2 z$: like the sigmoid's $a(1 - "
            "a)$ it can be read off the activation that is kept, and both vanish where the unit "
            "is saturated. A slope of one bend with the output of another has the right shape, "
            "and nothing complains: only a gradient check does."
        ),
        hints=(
            "Which of the two factors in BP1 knows which bend it is?",
            "The slope of tanh at z is 1 − tanh(z)²; the miss is divided by the number of rows.",
            "`(np.tanh(z) - target) / len(z) * (1 - np.tanh(z) ** 2)`",
        ),
        outputs=("δ",),
        inputs=sums_and_targets,
        sizes=({"n": 7, "o": 3}, {"n": 5, "o": 4}),
        probes=({"n": 4, "o": 4},),
        small=({"n": 1, "o": 1}, {"n": 2, "o": 1}, {"n": 1, "o": 2}, {"n": 2, "o": 2}),
        edges=(
            Edge(says="a single row", make=one_row_of_sums),
            Edge(says="z of 1000 and −1000", make=saturated),
        ),
        mistakes=(
            mistake("missing-1-over-n", "", (" / len(z)", "")),
            mistake("double-1-over-n", "", (" / len(z)", " / len(z) ** 2")),
            mistake(
                "",
                "it is divided by the number of outputs as well: they are added, not averaged",
                (" / len(z)", " / z.size"),
            ),
            mistake(
                "",
                "it is divided by the number of outputs instead of that of rows",
                (" / len(z)", " / z.shape[1]"),
            ),
            mistake("no-activation-derivative", "", ("miss * slope", "miss")),
            mistake(
                "derivative-formula",
                "the sigmoid's slope, a(1 − a), stands where tanh's is meant",
                (TANH_SLOPE, "slope = prediction * (1 - prediction)"),
            ),
            mistake(
                "derivative-formula",
                "the sigmoid's slope at z stands where tanh's is meant",
                (TANH_SLOPE, "slope = np.exp(-abs(z)) / (1 + np.exp(-abs(z))) ** 2"),
            ),
            mistake(
                "derivative-formula",
                "ReLU's mask stands where tanh's slope is meant",
                (TANH_SLOPE, "slope = z > 0"),
            ),
            mistake(
                "derivative-at-activation",
                "the slope is taken at tanh(z) instead of z: tanh is applied twice",
                (TANH_SLOPE, "slope = 1 - np.tanh(prediction) ** 2"),
            ),
            mistake(
                "derivative-at-preactivation",
                "1 − z² stands where 1 − a² is meant",
                (TANH_SLOPE, "slope = 1 - z**2"),
            ),
            mistake(
                "derivative-at-preactivation",
                "z(1 − z) stands where 1 − a² is meant",
                (TANH_SLOPE, "slope = z * (1 - z)"),
            ),
            mistake("", "the square is missing in 1 − a²", (TANH_SLOPE, "slope = 1 - prediction")),
            mistake(
                "", "(1 − a)² stands for 1 − a²", (TANH_SLOPE, "slope = (1 - prediction) ** 2")
            ),
            mistake("", "the sign in 1 − a² is wrong", (TANH_SLOPE, "slope = 1 + prediction**2")),
            mistake(
                "",
                "tanh itself stands where its slope is meant",
                (TANH_SLOPE, "slope = prediction"),
            ),
            mistake(
                "",
                "the slope is taken at the target",
                (TANH_SLOPE, "slope = 1 - target**2"),
            ),
            mistake(
                "",
                "the slope is taken at the miss",
                (TANH_SLOPE, "slope = 1 - (prediction - target) ** 2"),
            ),
            mistake("forgot-target", "", ("(prediction - target)", "prediction")),
            mistake("error-sign", "", ("(prediction - target)", "(target - prediction)")),
            mistake(
                "error-sign", "ŷ and y are added", ("prediction - target", "prediction + target")
            ),
            mistake(
                "",
                "z itself is compared with the target, before the bend",
                ("(prediction - target)", "(z - target)"),
            ),
            mistake(
                "",
                "the prediction is the sigmoid's, with tanh's slope",
                ("(prediction - target)", "(0.5 + 0.5 * np.tanh(z / 2) - target)"),
            ),
            mistake(
                "",
                "the prediction is the sigmoid's throughout",
                ("prediction = np.tanh(z)", "prediction = 0.5 + 0.5 * np.tanh(z / 2)"),
            ),
            mistake(
                "",
                "miss and slope are added, where a chain multiplies",
                ("miss * slope", "miss + slope"),
            ),
            mistake(
                "",
                "the square of the miss is used",
                ("(prediction - target)", "(prediction - target) ** 2"),
            ),
            mistake(
                "",
                "the 2 of the square is left in",
                ("(prediction - target)", "2 * (prediction - target)"),
            ),
            mistake(
                "", "the ½ is left in", ("(prediction - target)", "0.5 * (prediction - target)")
            ),
            mistake(
                "",
                "δ is added up over the rows: that is the bias's gradient",
                ("return miss * slope", "return (miss * slope).sum(axis=0)"),
            ),
            mistake(
                "",
                "δ is added up over the outputs",
                ("return miss * slope", "return (miss * slope).sum(axis=1)"),
            ),
            mistake(
                "first-example-only",
                "only the first row is filled in",
                ("miss * slope", "miss * slope * (np.arange(len(z)) == 0)[:, np.newaxis]"),
            ),
            mistake(
                "mutates-input",
                "tanh is written into z",
                ("np.tanh(z)", "np.tanh(z, out=z)"),
            ),
        ),
    ),
    Item(
        id="03c.5",
        title="The square witness",
        kind="bug hunt",
        difficulty=2,
        points=3,
        link="chapters/03c_backward.ipynb#The-four-equations",
        task=(
            "This hidden δ runs in a 2-2-2 network and raises in a 3-4-2 one. Mend it. `delta2` is "
            "(n, o), `W2` is (h, o), `a1` (n, h) the activations of the hidden sigmoid units; "
            "return δ1, (n, h). And think of it before you read on: what would a gradient check "
            "have said about it in the 2-2-2 network?"
        ),
        call="hidden_delta(delta2, W2, a1)",
        starter=(
            "def hidden_delta(delta2, W2, a1):\n"
            '    """δ of a hidden sigmoid layer: (n, o), (h, o), (n, h) -> (n, h)."""\n'
            "    return (delta2 @ W2) * a1 * (1 - a1)\n"
        ),
        reference=(
            "def hidden_delta(delta2, W2, a1):\n"
            "    back = delta2 @ W2.T\n"
            "    slope = a1 * (1 - a1)\n"
            "    return back * slope\n"
        ),
        explanation=(
            "Forward, hidden unit $i$ reaches output $j$ through $W_{ij}$; backward, the same "
            "weight carries δ from $j$ to $i$, so the sum runs over the other index: that is the "
            "transpose. Where h = o the shapes fit either way, and nothing raises. The numbers do "
            "not fit: a gradient check on 2-2-2 reports dW1 and db1 as wrong, and dW2 and db2 as "
            "right. It is blind only if $W_2$ is symmetric, as one filled with equal numbers is."
        ),
        hints=(
            "Over which index of W2 must the sum for one hidden unit run?",
            "Write down the shapes with h and o different: (n, o) @ (?, ?) is to be (n, h).",
            "(n, o) @ (o, h): that is W2 with its axes swapped.",
        ),
        outputs=("δ1",),
        inputs=square_hidden,
        sizes=({"n": 5, "h": 3}, {"n": 7, "h": 4}),
        probes=({"n": 4, "h": 4},),
        small=({"n": 1, "h": 1}, {"n": 1, "h": 2}, {"n": 2, "h": 2}),
        edges=(
            Edge(says="4 hidden units and 2 outputs", make=four_and_two, id="wrong-transpose"),
            Edge(says="a single row", make=one_row_of_deltas),
        ),
        mistakes=(
            mistake("wrong-transpose", "", (SENT_BACK, "back = delta2 @ W2")),
            mistake(
                "wrong-transpose",
                "W2 comes first, and what comes out is turned over: (h, n)",
                (SENT_BACK, "back = W2 @ delta2.T"),
            ),
            mistake(
                "wrong-transpose",
                "both are transposed in this order, and what comes out is (o, n)",
                (SENT_BACK, "back = W2.T @ delta2.T"),
            ),
            mistake(
                "wrong-transpose",
                "the result comes out as columns",
                ("return back * slope", "return (back * slope).T"),
            ),
            mistake(
                "wrong-transpose",
                "W2 stands in front, and mixes the rows",
                (SENT_BACK, "back = W2 @ delta2"),
            ),
            mistake(
                "wrong-transpose",
                "delta2 is transposed where W2 is to be, and the rows are mixed",
                (SENT_BACK, "back = delta2.T @ W2"),
            ),
            mistake("elementwise-for-matmul", "", (SENT_BACK, "back = delta2 * W2")),
            mistake(
                "",
                "W2 and its transpose are averaged",
                (SENT_BACK, "back = delta2 @ (W2 + W2.T) / 2"),
            ),
            mistake(
                "",
                "δ goes back through the inverse of W2, where the transpose is meant",
                (SENT_BACK, "back = delta2 @ np.linalg.inv(W2)"),
            ),
            mistake(
                "",
                "δ is not sent back through W2",
                (SENT_BACK, "back = delta2"),
            ),
            mistake(
                "",
                "δ goes back as a sum over the outputs, and not through W2",
                (SENT_BACK, "back = delta2.sum(axis=1, keepdims=True)"),
            ),
            mistake(
                "",
                "each hidden unit gets the sum of its weights, and not each weight times its δ",
                (SENT_BACK, "back = delta2.sum(axis=1, keepdims=True) * W2.sum(axis=1)"),
            ),
            mistake(
                "elementwise-for-matmul",
                "each δ meets one weight, W2's diagonal: the others' paths are missing",
                (SENT_BACK, "back = delta2 * np.diag(W2)"),
            ),
            mistake("no-activation-derivative", "σ′ is lost", ("back * slope", "back")),
            mistake(
                "derivative-at-activation",
                "",
                (HIDDEN_SLOPE, "slope = np.exp(-a1) / (1 + np.exp(-a1)) ** 2"),
            ),
            mistake(
                "derivative-formula", "the slope is tanh's", (HIDDEN_SLOPE, "slope = 1 - a1**2")
            ),
            mistake("", "half of a(1 − a) is lost: a is left", (HIDDEN_SLOPE, "slope = a1")),
            mistake(
                "", "half of a(1 − a) is lost: 1 − a is left", (HIDDEN_SLOPE, "slope = 1 - a1")
            ),
            mistake("", "a(1 + a) stands for a(1 − a)", (HIDDEN_SLOPE, "slope = a1 * (1 + a1)")),
            mistake(
                "",
                "the sign is turned, as with a(a − 1) for a(1 − a)",
                (HIDDEN_SLOPE, "slope = a1 * (a1 - 1)"),
            ),
            mistake(
                "",
                "the brackets around 1 − a are lost",
                ("return back * slope", "return back * a1 * 1 - a1"),
            ),
            mistake("", "the slope is added", ("back * slope", "back + slope")),
            mistake(
                "double-1-over-n",
                "it is divided by n once more: δ2 brings the 1/n along",
                ("back * slope", "back * slope / len(a1)"),
            ),
            mistake(
                "first-example-only",
                "only the first row is filled in",
                ("back * slope", "back * slope * (np.arange(len(a1)) == 0)[:, np.newaxis]"),
            ),
            mistake(
                "mutates-input",
                "a1 *= 1 − a1 writes the slope into the activations",
                (HIDDEN_SLOPE, "a1 *= 1 - a1\n    slope = a1"),
            ),
        ),
    ),
    Item(
        id="03c.6",
        title="Three more cases",
        kind="bug hunt",
        difficulty=3,
        points=3,
        link="chapters/03c_backward.ipynb#★-The-case-of-0.291027924",
        task=(
            "Three programs run the notebook's example (η = 0.5, biases to be left alone) and "
            "print another error after one step than 0.291027774. What did each of them do? Run "
            "the suspects, and enter a letter for each number.\n\n"
            "- a: W1 stays where it is.\n"
            "- b: σ′ is left out at the outputs, in all that follows too.\n"
            "- c: The biases are moved as well.\n"
            "- d: The learning rate is 0.25.\n"
            "- e: σ′ is left out in the hidden layer."
        ),
        call="cases",
        starter='cases = {"0.280471447": ..., "0.291028729": ..., "0.258260102": ...}\n',
        reference=(
            "def cases():\n"
            '    return {"0.280471447": "c", "0.291028729": "a", "0.258260102": "b"}\n'
        ),
        explanation=(
            "How far a number is off tells how much was moved. The output biases have large "
            "gradients, so moving them helps a lot: 0.280471447. The first layer's gradients are "
            "so small here that W1 changes the sixth decimal only: without its step, 0.291028729. "
            "Without σ′ at the outputs every step is about five times as long: 0.258260102. The "
            "lowest error of the three comes from a wrong gradient: a falling loss proves nothing."
        ),
        hints=(
            "Is the printed error above or below 0.291027774, and by how much?",
            "Change `descend` in one place for each suspect, and print `E` with nine digits.",
            "`with_biases` is in the notebook already. For a, return W1 as it is; for b and e, "
            "copy `backward` and leave out one `* y_hat * (1 - y_hat)` or `* a1 * (1 - a1)`.",
        ),
        outputs=("0.280471447", "0.291028729", "0.258260102"),
        mistakes=tuple(
            mistake("", says, (f'"{number}": "{right}"', f'"{number}": "{letter}"'))
            for number, right in PRINTED.items()
            for letter, says in SUSPECTS.items()
            if letter != right
        ),
    ),
]

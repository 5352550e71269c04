"""The exercises of 3a: forward."""

import numpy as np

from dlcore.classroom.items import Edge, Item, mistake


def as_texts(shapes):
    """Shapes as texts, for each is one answer: 20 is taken for (20,), and (1, 20) as well."""
    if not isinstance(shapes, dict):
        return shapes
    return {name: as_text(shape) for name, shape in shapes.items()}


def as_text(shape):
    if type(shape) in (int, float):
        shape = (shape,)
    if type(shape) not in (tuple, list) or any(isinstance(k, str | type(...)) for k in shape):
        return shape
    whole = [f"{k:g}" if np.isscalar(k) else str(k) for k in shape]
    return ", ".join(whole[1:] if len(whole) > 1 and whole[0] == "1" else whole)


def switched_off(answer):
    """The answer with what its weights do in place of the weights, in words."""
    if not isinstance(answer, dict) or np.shape(answer.get("weights")) != (2,):
        return answer
    first, second = answer["weights"]
    if first is ... or second is ...:
        return answer
    changed = int(first != 3) + int(second != 1)
    lit = first - 2 * second + 0.5 > 0
    return answer | {"weights": f"{changed} changed, and {'on' if lit else 'off'}"}


def layer_input(rng, n, i, h):
    """Rows of examples, the weights of a layer, and biases that are not small."""
    x, W = (np.round(rng.normal(size=shape), 2) for shape in ((n, i), (i, h)))
    return x, W, np.round(rng.uniform(0.2, 0.9, h), 2)


def square_input(rng, n):
    return layer_input(rng, n, n, n)


def one_row(rng):
    return layer_input(rng, n=1, i=3, h=4)


def one_unit(rng):
    return layer_input(rng, n=5, i=3, h=1)


def no_square(rng):
    return layer_input(rng, n=7, i=3, h=4)


def whole_numbers(rng):
    x, W, b = layer_input(rng, n=5, i=3, h=4)
    return np.arange(x.size).reshape(x.shape) % 5 - 2, W, b


SUM = "(x[k] * W[:, j]).sum() + b[j]"
EVERY_SUM = f"z[k, j] = {SUM}"
ROWS, UNITS = "for k in range(n):", "for j in range(units):"
AFFINE = "z = x @ W + b"
SIGMOID = "1 / (1 + np.exp(-z))"

ITEMS = [
    Item(
        id="03a.1",
        title="The shapes of a network",
        kind="predict",
        difficulty=1,
        points=2,
        link="chapters/03a_forward.ipynb#A-batch-is-several-examples-at-once",
        task=(
            "A network of 10 inputs, 20 hidden units and 5 outputs gets a batch of 8 examples, "
            "one in each row. Say the shape of every array on the way, as NumPy prints it: "
            "`(3, 4)`, or `(4,)` for a flat one. `z1` and `a1` belong to the hidden layer."
        ),
        call="shapes",
        starter=(
            "shapes = {\n"
            '    "W1": ...,\n'
            '    "b1": ...,\n'
            '    "z1": ...,\n'
            '    "a1": ...,\n'
            '    "W2": ...,\n'
            '    "b2": ...,\n'
            '    "z2": ...,\n'
            '    "a2": ...,\n'
            "}\n"
        ),
        reference=(
            "def shapes():\n"
            "    n, inputs, hidden, outputs = 8, 10, 20, 5\n"
            "    W1, W2 = (inputs, hidden), (hidden, outputs)\n"
            "    b1, b2 = (hidden,), (outputs,)\n"
            "    z1, z2 = (n, hidden), (n, outputs)\n"
            "    a1, a2 = z1, z2\n"
            '    return {"W1": W1, "b1": b1, "z1": z1, "a1": a1,\n'
            '            "W2": W2, "b2": b2, "z2": z2, "a2": a2}\n'
        ),
        explanation=(
            "The weights and biases do not know how many examples will come: a matrix is (inputs "
            "of the layer, units of the layer), a bias one number for each unit. Only $z$ and $a$ "
            "have a row for each example. In `x @ W1`, (8, **10**) @ (**10**, 20), the middle "
            "sizes agree and vanish. A bend works entry by entry and keeps the shape."
        ),
        hints=(
            "Which of these arrays would change if 9 examples came instead of 8?",
            "A matrix is (what goes in, units); what comes out has a row for each example.",
            "`x` is (8, 10), so W1 must begin with 10; its 20 columns are the hidden units, each "
            "with one bias. What comes out, 20 numbers for each of 8 rows, goes into W2.",
        ),
        outputs=("shapes",),
        used=as_texts,
        mistakes=(
            mistake(
                "wrong-transpose",
                "a matrix has its units first: in x @ W, the inputs come first",
                (
                    "W1, W2 = (inputs, hidden), (hidden, outputs)",
                    "W1, W2 = (hidden, inputs), (outputs, hidden)",
                ),
            ),
            mistake(
                "wrong-transpose",
                "the examples are the columns: in this book they are rows",
                (
                    "z1, z2 = (n, hidden), (n, outputs)",
                    "z1, z2 = (hidden, n), (outputs, n)",
                ),
            ),
            mistake(
                "bias-scalar",
                "a layer has a single bias: every unit has its own",
                ("b1, b2 = (hidden,), (outputs,)", "b1, b2 = (1,), (1,)"),
            ),
            mistake(
                "",
                "the bias has a row for each example: it is the same for all of them",
                ("b1, b2 = (hidden,), (outputs,)", "b1, b2 = (n, hidden), (n, outputs)"),
            ),
            mistake(
                "",
                "there is a bias for each input of the layer, where each unit has one",
                ("b1, b2 = (hidden,), (outputs,)", "b1, b2 = (inputs,), (hidden,)"),
            ),
            mistake(
                "",
                "there is a bias for each example",
                ("b1, b2 = (hidden,), (outputs,)", "b1, b2 = (n,), (n,)"),
            ),
            mistake(
                "",
                "there is a bias for each weight",
                (
                    "b1, b2 = (hidden,), (outputs,)",
                    "b1, b2 = (inputs, hidden), (hidden, outputs)",
                ),
            ),
            mistake(
                "",
                "one example goes through, where a whole batch does",
                ("z1, z2 = (n, hidden), (n, outputs)", "z1, z2 = (hidden,), (outputs,)"),
            ),
            mistake(
                "",
                "what comes out of a layer is taken to be as wide as what goes in",
                ("z1, z2 = (n, hidden), (n, outputs)", "z1, z2 = (n, inputs), (n, hidden)"),
            ),
            mistake(
                "",
                "the sums are taken to be shaped like the weights",
                (
                    "z1, z2 = (n, hidden), (n, outputs)",
                    "z1, z2 = (inputs, hidden), (hidden, outputs)",
                ),
            ),
            mistake(
                "",
                "a bend is taken to make one number of each row: it works entry by entry",
                ("a1, a2 = z1, z2", "a1, a2 = (n,), (n,)"),
            ),
            mistake(
                "",
                "the second layer is fed with the input: it sees the hidden units only",
                ("(hidden, outputs)\n    b1", "(inputs, outputs)\n    b1"),
            ),
            mistake(
                "",
                "a matrix has a row for each example: the weights are the same for all of them",
                (
                    "W1, W2 = (inputs, hidden), (hidden, outputs)",
                    "W1, W2 = (n, hidden), (n, outputs)",
                ),
            ),
            mistake(
                "",
                "the bias is counted among the inputs, as one more row of the matrix",
                (
                    "W1, W2 = (inputs, hidden), (hidden, outputs)",
                    "W1, W2 = (inputs + 1, hidden), (hidden + 1, outputs)",
                ),
            ),
        ),
    ),
    Item(
        id="03a.2",
        title="One ReLU unit",
        kind="by hand",
        difficulty=1,
        points=1,
        link="chapters/03a_forward.ipynb#One-neuron",
        task=(
            "A unit with ReLU has inputs (1, −2), weights (3, 1) and bias ½. Give its sum `z` and "
            "its activation `a`. Then change *one* of the two weights so that the unit is off "
            "($a = 0$) for these inputs, and give both weights; there are many right answers."
        ),
        call="unit",
        starter='unit = {"z": ..., "a": ..., "weights": (..., ...)}\n',
        reference=(
            "def unit():\n"
            "    z = 1 * 3 + (-2) * 1 + 0.5\n"
            "    a = max(z, 0)\n"
            '    return {"z": z, "a": a, "weights": (1, 1)}\n'
        ),
        explanation=(
            "ReLU lets a positive sum through as it is and cuts a negative one to 0. The first "
            "input is positive, so a smaller first weight lowers the sum; the second is negative, "
            "so a *larger* second weight does. Which way a weight pushes depends on the sign of "
            "its input, and that is why ∂z/∂w is the input itself."
        ),
        hints=(
            "Which of the two products is negative, and does ReLU see the products or their sum?",
            "Multiply each input by its weight, add both and the bias; then take the larger of "
            "that and 0. To be off, the sum must not be above 0.",
            "z = 1·3 + (−2)·1 + ½. With the second weight kept at 1, the first must be at most "
            "1.5; with the first kept at 3, how large must the second be?",
        ),
        outputs=("z", "a", "weights"),
        used=switched_off,
        mistakes=(
            mistake("", "the bias is left out", ("z = 1 * 3 + (-2) * 1 + 0.5", "z = 3 - 2")),
            mistake(
                "",
                "the bias is subtracted: it is a number to add to the sum",
                ("z = 1 * 3 + (-2) * 1 + 0.5", "z = 1 * 3 + (-2) * 1 - 0.5"),
            ),
            mistake(
                "",
                "the second input has lost its minus",
                ("z = 1 * 3 + (-2) * 1 + 0.5", "z = 1 * 3 + 2 * 1 + 0.5"),
            ),
            mistake(
                "",
                "each weight meets the other's input",
                ("z = 1 * 3 + (-2) * 1 + 0.5", "z = 1 * 1 + (-2) * 3 + 0.5"),
            ),
            mistake(
                "",
                "the bias multiplies the sum, where it is added",
                ("z = 1 * 3 + (-2) * 1 + 0.5", "z = (1 * 3 + (-2) * 1) * 0.5"),
            ),
            mistake(
                "",
                "everything is added and nothing is weighed",
                ("z = 1 * 3 + (-2) * 1 + 0.5", "z = 1 + 3 - 2 + 1 + 0.5"),
            ),
            mistake("relu-mask-flipped", "", ("a = max(z, 0)", "a = min(z, 0)")),
            mistake(
                "",
                "the bend is the sigmoid, where ReLU is asked",
                ("a = max(z, 0)", "a = 1 / (1 + np.exp(-z))"),
            ),
            mistake(
                "",
                "the unit answers 1 where it is on: ReLU keeps the sum itself",
                ("a = max(z, 0)", "a = float(z > 0)"),
            ),
            mistake(
                "",
                "one weight is changed, and the unit is still on: look at the sign of its input",
                ("(1, 1)", "(3, 0)"),
            ),
            mistake("", "no weight is changed", ("(1, 1)", "(3, 1)")),
            mistake("", "the unit is off, but both weights are changed", ("(1, 1)", "(0, 2)")),
            mistake("", "both weights are changed, and the unit is still on", ("(1, 1)", "(2, 0)")),
        ),
    ),
    Item(
        id="03a.3",
        title="Neuron by neuron",
        kind="code",
        difficulty=1,
        points=2,
        link="chapters/03a_forward.ipynb#A-layer-is-several-neurons-at-once",
        task=(
            "The affine map of a layer without `@`: walk over the rows and over the units, and "
            "compute each neuron's sum by itself. `x` is (n, i), `W` (i, units), `b` (units,); "
            "return `z`, (n, units). Then compare with `x @ W + b`."
        ),
        call="neuron_by_neuron(x, W, b)",
        starter=(
            "def neuron_by_neuron(x, W, b):\n"
            '    """x W + b without @: (n, i), (i, units), (units,) -> (n, units)."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def neuron_by_neuron(x, W, b):\n"
            "    n, units = len(x), W.shape[1]\n"
            "    z = np.zeros((n, units))\n"
            "    for k in range(n):\n"
            "        for j in range(units):\n"
            "            z[k, j] = (x[k] * W[:, j]).sum() + b[j]\n"
            "    return z\n"
        ),
        explanation=(
            "Column $j$ of $W$ belongs to neuron $j$, and row $k$ of $x$ is example $k$; their "
            "products, added up, and the bias of the neuron, once, make entry $(k, j)$. The matrix "
            "product does these loops in compiled code. Nothing in row $k$ depends on any other "
            "row: that is what makes a batch."
        ),
        hints=(
            "Entry (k, j) of z belongs to one example and one neuron. Which numbers does it need?",
            "Take row k of x and column j of W, multiply entry by entry, add up, add b[j].",
            "`(x[k] * W[:, j]).sum() + b[j]`, written into an array of zeros of shape "
            "`(len(x), W.shape[1])`.",
        ),
        outputs=("z",),
        inputs=layer_input,
        sizes=({"n": 7, "i": 3, "h": 5}, {"n": 6, "i": 5, "h": 4}),
        probes=({"n": 4, "i": 4, "h": 4},),
        small=({"n": 1, "i": 1, "h": 1}, {"n": 1, "i": 2, "h": 1}, {"n": 2, "i": 2, "h": 2}),
        edges=(
            Edge(says="a single row", make=one_row),
            Edge(says="a single unit", make=one_unit),
            Edge(says="an input of whole numbers", make=whole_numbers, id="integer-dtype"),
        ),
        mistakes=(
            mistake("", "the bias is left out", (SUM, "(x[k] * W[:, j]).sum()")),
            mistake(
                "",
                "the bias is added to every product, and so once for each input",
                (SUM, "(x[k] * W[:, j] + b[j]).sum()"),
            ),
            mistake(
                "",
                "the bias is added to the whole array once for each row",
                (SUM, "(x[k] * W[:, j]).sum() + (n - k) * b[j]"),
            ),
            mistake("", "the bias is subtracted", (SUM, "(x[k] * W[:, j]).sum() - b[j]")),
            mistake("", "the first unit's bias serves all", (SUM, "(x[k] * W[:, j]).sum() + b[0]")),
            mistake(
                "bias-scalar",
                "all biases are added up to one number",
                (SUM, "(x[k] * W[:, j]).sum() + b.sum()"),
            ),
            mistake(
                "bias-wrong-product",
                "the bias multiplies the sum, where it is added",
                (SUM, "(x[k] * W[:, j]).sum() * b[j]"),
            ),
            mistake(
                "bias-wrong-product",
                "the bias is multiplied by the inputs: a bias's input is 1",
                (SUM, "(x[k] * (W[:, j] + b[j])).sum()"),
            ),
            mistake(
                "wrong-transpose",
                "row j of W is taken for neuron j: its weights are column j",
                (SUM, "(x[k] * W[j]).sum() + b[j]"),
            ),
            mistake(
                "wrong-transpose",
                "column k of x is taken for example k: it is row k",
                (SUM, "(x[:, k] * W[:, j]).sum() + b[j]"),
            ),
            mistake(
                "wrong-transpose",
                "the result is transposed: (units, n)",
                ("return z", "return z.T"),
            ),
            mistake(
                "elementwise-for-matmul",
                "x and W are multiplied entry by entry, and nothing is added up",
                (SUM, "x[k, j] * W[k, j] + b[j]"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "each product overwrites the one before: only the last input counts",
                (SUM, "x[k, -1] * W[-1, j] + b[j]"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "the products overwrite each other and the bias: the last product is left",
                (SUM, "x[k, -1] * W[-1, j]"),
            ),
            mistake(
                "not-zeroed",
                "the sum is not set to 0 for the next unit: it goes on from the one before",
                ("return z", "return z.cumsum(axis=1)"),
            ),
            mistake(
                "not-zeroed",
                "the sum is never set to 0 again: it goes on through all rows and units",
                ("return z", "return z.cumsum().reshape(z.shape)"),
            ),
            mistake(
                "first-example-only",
                "only the first row is computed, and the others stay 0",
                (ROWS, "for k in range(1):"),
            ),
            mistake(
                "first-example-only",
                "every row is computed from the first example",
                (SUM, "(x[0] * W[:, j]).sum() + b[j]"),
            ),
            mistake(
                "integer-dtype",
                "the sums are cut to integers",
                (EVERY_SUM, f"z[k, j] = np.trunc({SUM})"),
            ),
            mistake(
                "mutates-input",
                "x[k] *= … writes the products into x",
                (
                    EVERY_SUM,
                    "x[k] *= W[:, j]\n            z[k, j] = x[k].sum() + b[j]",
                ),
            ),
            mistake("", "every neuron has the first one's weights", ("W[:, j]", "W[:, 0]")),
            mistake(
                "", "the products are averaged over the inputs", (SUM, SUM.replace("sum", "mean"))
            ),
            mistake(
                "",
                "inputs and weights are added up first, and multiplied then",
                (SUM, "x[k].sum() * W[:, j].sum() + b[j]"),
            ),
            mistake(
                "",
                "inputs and weights are added, where they are to be multiplied",
                (SUM, "(x[k] + W[:, j]).sum() + b[j]"),
            ),
            mistake("", "the last row is left out", (ROWS, "for k in range(n - 1):")),
            mistake("", "the last unit is left out", (UNITS, "for j in range(units - 1):")),
            mistake(
                "", "the last input is left out", (SUM, "(x[k, :-1] * W[:-1, j]).sum() + b[j]")
            ),
            mistake("", "the first row is left out", (ROWS, "for k in range(1, n):")),
            mistake("", "the first unit is left out", (UNITS, "for j in range(1, units):")),
            mistake("", "the first input is left out", (SUM, "(x[k, 1:] * W[1:, j]).sum() + b[j]")),
            mistake(
                "",
                "the sigmoid is applied: the affine map ends before the bend",
                ("return z", "return 1 / (1 + np.exp(-z))"),
            ),
            mistake(
                "",
                "ReLU is applied: the affine map ends before the bend",
                ("return z", "return np.maximum(z, 0)"),
            ),
        ),
    ),
    Item(
        id="03a.4",
        title="A layer that mixes its examples",
        kind="bug hunt",
        difficulty=2,
        points=2,
        link="chapters/03a_forward.ipynb#A-batch-is-several-examples-at-once",
        task=(
            "A friend's sigmoid layer was tried with `x` and `W` both of shape (4, 4), and it ran. "
            "But when one example is changed, the outputs of *all* the examples change. Mend it: "
            "`x` is (n, i), an example in each row, `W` is (i, h), with neuron j in column j, `b` "
            "is (h,); what comes out is (n, h)."
        ),
        call="layer(x, W, b)",
        starter=(
            "def layer(x, W, b):\n"
            '    """A sigmoid layer for rows of examples: (n, i), (i, h), (h,) -> (n, h)."""\n'
            "    z = W @ x + b\n"
            "    return 1 / (1 + np.exp(-z))\n"
        ),
        reference=("def layer(x, W, b):\n    z = x @ W + b\n    return 1 / (1 + np.exp(-z))\n"),
        explanation=(
            "Row $k$ of `W @ x` is a mixture of *all* rows of `x`, weighted by row $k$ of `W`: the "
            "examples are mixed with one another, and no neuron sees one example whole. With "
            "square matrices both orders run, so matching shapes prove nothing. Test with sizes "
            "that all differ: with `x` (7, 3) and `W` (3, 4) only `x @ W` goes through. "
            "`W @ x` is right in books where an example is a *column*."
        ),
        hints=(
            "What is row 0 of `W @ x` made of, and what should it be made of?",
            "Write down the shapes of a network with all sizes different: which product fits?",
            "(n, **i**) @ (**i**, h): the rows of x come first.",
        ),
        outputs=("a",),
        inputs=square_input,
        sizes=({"n": 5}, {"n": 6}),
        small=({"n": 1}, {"n": 2}),
        edges=(
            Edge(says="7 rows, 3 inputs and 4 units", make=no_square, id="wrong-transpose"),
            Edge(says="a single row", make=one_row),
            Edge(says="a single unit", make=one_unit),
        ),
        mistakes=(
            mistake(
                "idea-8",
                "W @ x stands where x @ W is meant: it runs where all is square, and mixes the "
                "examples",
                (AFFINE, "z = W @ x + b"),
            ),
            mistake(
                "wrong-transpose",
                "W is transposed: neuron j's weights are taken from row j",
                (AFFINE, "z = x @ W.T + b"),
            ),
            mistake(
                "wrong-transpose",
                "x is transposed: an input is taken for an example",
                (AFFINE, "z = x.T @ W + b"),
            ),
            mistake(
                "wrong-transpose",
                "x and W are both transposed and stand in this order: W @ x, turned over",
                (AFFINE, "z = x.T @ W.T + b"),
            ),
            mistake(
                "wrong-transpose",
                "W is transposed and comes first: it mixes the examples",
                (AFFINE, "z = W.T @ x + b"),
            ),
            mistake(
                "wrong-transpose",
                "the product is (h, n), examples as columns, and the bias is added to it as if "
                "they were rows",
                (AFFINE, "z = W.T @ x.T + b"),
            ),
            mistake(
                "wrong-transpose",
                "the product is x Wᵀ, turned over: (h, n)",
                (AFFINE, "z = W @ x.T + b"),
            ),
            mistake(
                "wrong-transpose",
                "the examples come out as columns",
                (SIGMOID, f"({SIGMOID}).T"),
            ),
            mistake("elementwise-for-matmul", "", (AFFINE, "z = x * W + b")),
            mistake(
                "keepdims",
                "the bias is a column: row k gets unit k's bias",
                (AFFINE, "z = x @ W + b[:, np.newaxis]"),
            ),
            mistake(
                "keepdims",
                "W @ x is left, and the bias is made a column: this is for examples as columns",
                (AFFINE, "z = W @ x + b[:, np.newaxis]"),
            ),
            mistake("", "the bias is left out", (AFFINE, "z = x @ W")),
            mistake(
                "bias-wrong-product",
                "the bias is added to every row of weights: it is added after the product",
                (AFFINE, "z = x @ (W + b)"),
            ),
            mistake("", "the bias is subtracted", (AFFINE, "z = x @ W - b")),
            mistake(
                "bias-wrong-product",
                "the bias goes through the weights: it is added after the product",
                (AFFINE, "z = (x + b) @ W"),
            ),
            mistake(
                "",
                "the bias is added after the bend",
                (AFFINE, "z = x @ W"),
                (SIGMOID, f"{SIGMOID} + b"),
            ),
            mistake("", "the bend is lost: z is returned", (SIGMOID, "z")),
            mistake(
                "", "the sigmoid has lost its minus: it falls", (SIGMOID, "1 / (1 + np.exp(z))")
            ),
            mistake("", "the bend is tanh", (SIGMOID, "np.tanh(z)")),
            mistake("", "the bend is ReLU", (SIGMOID, "np.maximum(z, 0)")),
        ),
    ),
]

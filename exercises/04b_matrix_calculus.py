"""The exercises of 4b: matrix calculus."""

import numpy as np

from dlcore.classroom.items import Edge, Item, mistake


def rows(rng, n, i, o):
    """d, x and W of an affine layer with one example per row."""
    return tuple(np.round(rng.normal(size=shape), 2) for shape in ((n, o), (n, i), (i, o)))


def columns(rng, n, i, o):
    """d, x and W of an affine layer with one example per column."""
    return tuple(np.round(rng.normal(size=shape), 2) for shape in ((o, n), (i, n), (o, i)))


def batches(rng, m, n, i, o):
    """d, A and B of m matrices that are multiplied by one."""
    shapes = (m, n, o), (m, n, i), (i, o)
    return tuple(np.round(rng.normal(size=shape), 2) for shape in shapes)


def of_sizes(layer, **sizes):
    """An edge's input: a layer of these sizes."""
    return lambda rng: layer(rng, **sizes)


def three_axes(rng, n, i, o):
    return (np.round(rng.normal(size=(n, i, o)), 2),)


def unbroadcasts(unbroadcast, d):
    """What an answer makes of one gradient for many shapes."""
    n, i, o = d.shape
    shapes = {
        "shape (n, i, o)": (n, i, o),
        "shape (i, o)": (i, o),
        "shape (o,)": (o,),
        "shape (n, 1, o)": (n, 1, o),
        "shape (1, i, 1)": (1, i, 1),
        "shape (i, 1)": (i, 1),
        "shape (1, o)": (1, o),
        "shape (1,)": (1,),
        "shape ()": (),
    }
    return {name: unbroadcast(d, shape) for name, shape in shapes.items()}


def thin(rng):
    return (np.round(rng.normal(size=(5, 1, 3)), 2),)


def rule(id, says, new):
    """Another rule for which sizes raise."""
    return mistake(id, says, ("return h != o", f"return {new}"))


def both(id, says, dW, db):
    """The same mistake in dW and in db."""
    return mistake(id, says, ("dW = x.T @ d", f"dW = {dW}"), ("d.sum(axis=0)", db))


DX, DW, DB = "dx = d @ W.T", "dW = x.T @ d", "d.sum(axis=0)"
DX_COLUMNS, DW_COLUMNS = "dx = W.T @ d", "dW = d @ x.T"
DB_COLUMNS = "d.sum(axis=1, keepdims=True)"
DA = "dA = d @ B.T"
ALL_DB = "dB = (A.swapaxes(1, 2) @ d).sum(axis=0)"
ADDED = "d.sum(axis=tuple(range(added)))"
STRETCHED = "d.sum(axis=stretched, keepdims=True)"

SIZES = {"n": 7, "i": 3, "o": 5}, {"n": 5, "i": 4, "o": 2}
PROBES = {"n": 4, "i": 4, "o": 4}, {"n": 5, "i": 3, "o": 3}, {"n": 3, "i": 3, "o": 2}
SMALL = (
    {"n": 1, "i": 1, "o": 1},
    {"n": 2, "i": 1, "o": 1},
    {"n": 1, "i": 2, "o": 1},
    {"n": 1, "i": 1, "o": 2},
    {"n": 2, "i": 2, "o": 2},
)

ITEMS = [
    Item(
        id="04b.1",
        title="A Jacobian, and a vector in front of it",
        kind="by hand",
        difficulty=1,
        points=1,
        link="chapters/04b_matrix_calculus.ipynb#Layouts,-and-why-we-need-none",
        task=(
            "$v=(x_1x_2,\\ x_1+x_2)$ at $(3, 2)$. Write down the Jacobian $J$, row by row "
            "($J_{ij}=\\partial v_i/\\partial x_j$), and the vector-Jacobian product for "
            "$d=\\partial E/\\partial v=(1,-1)$."
        ),
        call="worked",
        starter='worked = {"J": ((..., ...), (..., ...)), "VJP": (..., ...)}\n',
        reference=(
            "def worked():\n"
            "    x1, x2 = 3, 2\n"
            "    J = np.array([[x2, x1], [1, 1]])\n"
            "    d = np.array([1, -1])\n"
            "    VJP = d @ J\n"
            '    return {"J": J, "VJP": VJP}\n'
        ),
        explanation=(
            "Row 1 of $J$ is the product with its slopes swapped, row 2 the sum. The VJP asks of "
            "each input how it moves $E$ through *all* outputs, so it adds down the columns of "
            "$J$, each row weighted by its $d_i$: $1\\cdot(2,3)-1\\cdot(1,1)$. Along the rows it "
            "would be another thing, $Jd$: how the outputs move when the inputs are nudged in a "
            "direction. With two inputs and two outputs both have the same shape."
        ),
        hints=(
            "Which of the two numbers of `VJP` says how $x_1$ moves $E$, and through which "
            "outputs does it do so?",
            "Row i of J belongs to output i, column j to input j. For the VJP take row i times "
            "$d_i$, and add the rows.",
            "J has the rows ($x_2$, $x_1$) and (1, 1); the VJP is the first row minus the second.",
        ),
        outputs=("J", "VJP"),
        mistakes=(
            mistake(
                "",
                "A product's slopes are swapped: the slope towards x₁ is the other factor.",
                ("[x2, x1]", "[x1, x2]"),
            ),
            mistake(
                "wrong-transpose",
                "This J has a column for each output; asked is a row for each.",
                ("VJP = d @ J", "VJP = d @ J\n    J = J.T"),
            ),
            mistake(
                "wrong-transpose",
                "That is J times d, which adds along the rows; the VJP adds over the outputs.",
                ("VJP = d @ J", "VJP = J @ d"),
            ),
            mistake(
                "",
                "The minus of d₂ is lost: the second row is to be subtracted.",
                ("VJP = d @ J", "VJP = abs(d) @ J"),
            ),
            mistake(
                "",
                "Each output is taken to listen to one input only; both of these listen to both.",
                ("[[x2, x1], [1, 1]]", "[[x2, 0], [0, 1]]"),
            ),
            mistake(
                "",
                "The first row alone has arrived: every output counts.",
                ("VJP = d @ J", "VJP = J[0]"),
            ),
        ),
    ),
    Item(
        id="04b.2",
        title="The Jacobian of softmax",
        kind="by hand",
        difficulty=2,
        points=2,
        link="chapters/04b_matrix_calculus.ipynb#All-the-derivatives-of-one-layer",
        task=(
            "Softmax makes of two logits the probabilities $p_i=e^{z_i}/(e^{z_1}+e^{z_2})$. At "
            "logits $(0, 0)$: the probabilities, the Jacobian $J_{ij}=\\partial p_i/\\partial z_j$ "
            "row by row, and whether it is diagonal, as an activation's is (`True` or `False`)."
        ),
        call="softmax_at_zero",
        starter=(
            "softmax_at_zero = {\n"
            '    "p": (..., ...),\n'
            '    "J": ((..., ...), (..., ...)),\n'
            '    "diagonal": ...,\n'
            "}\n"
        ),
        reference=(
            "def softmax_at_zero():\n"
            "    z = np.array([0, 0])\n"
            "    p = np.exp(z) / np.exp(z).sum()\n"
            "    J = np.diag(p) - np.outer(p, p)\n"
            "    diagonal = bool((J == np.diag(np.diag(J))).all())\n"
            '    return {"p": p, "J": J, "diagonal": diagonal}\n'
        ),
        explanation=(
            "A logit stands in its own numerator and in every denominator, so each probability "
            "listens to each logit: $J_{ij}=p_i(\\mathbf 1_{i=j}-p_j)$. What one class wins the "
            "others lose, and every column adds up to 0. So softmax is no activation that works "
            "entry by entry, and ⊙ with $p(1-p)$ is not its backward: that keeps the diagonal and "
            "forgets the rest."
        ),
        hints=(
            "If $z_1$ goes up a little, what happens to $p_2$?",
            "On the diagonal it is $p_i(1-p_i)$, elsewhere $-p_ip_j$. Both follow from the "
            "quotient rule.",
            "With both probabilities ½, every entry is ¼ in size: which have a minus?",
        ),
        outputs=("p", "J", "diagonal"),
        mistakes=(
            mistake(
                "derivative-formula",
                "This J holds p(1 − p) and zeros, as if softmax worked entry by entry; every "
                "probability listens to every logit.",
                ("np.diag(p) - np.outer(p, p)", "np.diag(p * (1 - p))"),
            ),
            mistake(
                "derivative-formula",
                "This J is a diagonal of p: the derivative of the denominator is missing.",
                ("np.diag(p) - np.outer(p, p)", "np.diag(p)"),
            ),
            mistake(
                "",
                "When one logit rises, the other's probability falls: a sign is missing.",
                ("np.diag(p) - np.outer(p, p)", "abs(np.diag(p) - np.outer(p, p))"),
            ),
            mistake(
                "",
                "All signs are turned round: p₁ does not fall when z₁ rises.",
                ("np.diag(p) - np.outer(p, p)", "np.outer(p, p) - np.diag(p)"),
            ),
            mistake(
                "",
                "The two parts of the quotient rule are subtracted, not added.",
                ("np.diag(p) - np.outer(p, p)", "np.diag(p) + np.outer(p, p)"),
            ),
            mistake(
                "",
                "The numerator's own derivative is missing on the diagonal.",
                ("np.diag(p) - np.outer(p, p)", "-np.outer(p, p)"),
            ),
            mistake(
                "",
                "The exponentials are not divided by their sum.",
                (" / np.exp(z).sum()", ""),
            ),
            mistake(
                "",
                "e⁰ is not 0.",
                ("p = np.exp(z) / np.exp(z).sum()", "p = z"),
            ),
            mistake(
                "",
                "A diagonal table has zeros everywhere else: look at those entries once more.",
                ("diagonal = bool((J == np.diag(np.diag(J))).all())", "diagonal = True"),
            ),
        ),
    ),
    Item(
        id="04b.3",
        title="The size of a Jacobian",
        kind="predict",
        difficulty=1,
        points=1,
        link="chapters/04b_matrix_calculus.ipynb#Layouts,-and-why-we-need-none",
        task=(
            "A layer of 64 inputs and 10 outputs, on a batch of 20. How many numbers does the "
            "Jacobian of its output $z=xW+b$ by `W` have, zeros included?"
        ),
        call="numbers",
        starter="numbers = ...\n",
        reference=(
            "def numbers():\n"
            "    n, i, o = 20, 64, 10\n"
            "    outputs = n * o\n"
            "    weights = i * o\n"
            "    return outputs * weights\n"
        ),
        explanation=(
            "A Jacobian has a row for each number that comes out and a column for each that goes "
            "in: here for each of the $n\\,o$ entries of z, and for each of the $i\\,o$ weights. "
            "It is mostly zeros, and the rest are copies of x, so nobody stores it. The VJP "
            "$x^\\top\\delta$ gives the same answer from $n\\,o+n\\,i$ numbers and makes only the "
            "$i\\,o$ that are wanted."
        ),
        hints=(
            "How many numbers come out of the layer, for the whole batch, and how many weights go "
            "in?",
            "Rows: the entries of z. Columns: the entries of W. Multiply.",
            "z has 20 · 10 entries, W has 64 · 10.",
        ),
        outputs=("the number of numbers",),
        mistakes=(
            mistake(
                "",
                "That is one number for each weight: the gradient of a single number such as E, "
                "and z has many entries.",
                ("outputs * weights", "weights"),
            ),
            mistake(
                "first-example-only",
                "That is the Jacobian for a single row; the batch has twenty.",
                ("outputs = n * o", "outputs = o"),
            ),
            mistake(
                "",
                "Those are the entries that are not 0: each z with the weights of its own column. "
                "The zeros are asked as well.",
                ("outputs * weights", "n * i * o"),
            ),
            mistake(
                "",
                "That is the Jacobian by x; asked is that by W.",
                ("weights = i * o", "weights = n * i"),
            ),
            mistake(
                "",
                "The rows of this table belong to the entries of x; z is what comes out.",
                ("outputs = n * o", "outputs = n * i"),
            ),
            mistake(
                "",
                "The bias is counted too; asked is the Jacobian by W alone.",
                ("weights = i * o", "weights = i * o + o"),
            ),
            mistake(
                "",
                "Those are the numbers the VJP touches: δ, x and the result.",
                ("outputs * weights", "n * o + n * i + i * o"),
            ),
            mistake(
                "",
                "Those are bytes, eight for each number.",
                ("outputs * weights", "8 * outputs * weights"),
            ),
        ),
    ),
    Item(
        id="04b.4",
        title="The affine layer's VJP",
        kind="code",
        difficulty=1,
        points=3,
        link="chapters/04b_matrix_calculus.ipynb#BP3-and-BP4,-with-indices",
        task=(
            "For $z=xW+b$ with one example per row, return `dx, dW, db` from `d`, which is "
            "∂E/∂z. `d` is (n, o), `x` (n, i), `W` (i, o); `dx` is shaped like `x`, `dW` like "
            "`W`, `db` is (o,). The mean's 1/n is inside `d` already."
        ),
        call="affine_vjp(d, x, W)",
        starter=(
            "def affine_vjp(d, x, W):\n"
            '    """dx (n, i), dW (i, o) and db (o,) from d = ∂E/∂z (n, o), z = xW + b."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def affine_vjp(d, x, W):\n"
            "    dx = d @ W.T\n"
            "    dW = x.T @ d\n"
            "    db = d.sum(axis=0)\n"
            "    return dx, dW, db\n"
        ),
        explanation=(
            "The index that is summed belongs inside the product. dx sums over the outputs, which "
            "stand second in W, so W is turned; dW sums over the rows, which stand first in x, so "
            "x is turned; db sums over the rows too, and its input is 1. Nothing is averaged here: "
            "the mean over the batch is already in d. If all sizes differ, shapes alone allow one "
            "product for each; in a square layer they do not tell."
        ),
        hints=(
            "For each of the three: over which index does it have to add?",
            "Write the sums with indices: $dx_{ri}=\\sum_j d_{rj}W_{ij}$, "
            "$dW_{ij}=\\sum_r x_{ri}d_{rj}$, $db_j=\\sum_r d_{rj}$. A product wants the summed "
            "index inside.",
            "W is turned in dx, x is turned in dW, and db adds the rows of d: `d.sum(axis=0)`.",
        ),
        outputs=("dx", "dW", "db"),
        inputs=rows,
        sizes=SIZES,
        probes=PROBES,
        small=SMALL,
        edges=(
            Edge(says="a single row", make=of_sizes(rows, n=1, i=3, o=2)),
            Edge(says="a single output", make=of_sizes(rows, n=5, i=3, o=1)),
            Edge(says="a single input", make=of_sizes(rows, n=5, i=1, o=3)),
        ),
        mistakes=(
            mistake("wrong-transpose", "W's transpose is missing in dx", (DX, "dx = d @ W")),
            mistake("wrong-transpose", "d and W are swapped in dx", (DX, "dx = W @ d")),
            mistake("wrong-transpose", "d and Wᵀ are swapped in dx", (DX, "dx = W.T @ d")),
            mistake("wrong-transpose", "dx comes out transposed: W @ d.T", (DX, "dx = W @ d.T")),
            mistake(
                "wrong-transpose",
                "W is reshaped where it is to be transposed, in dx",
                (DX, "dx = d @ W.reshape(W.T.shape)"),
            ),
            mistake("wrong-transpose", "x's transpose is missing in dW", (DW, "dW = x @ d")),
            mistake("wrong-transpose", "d is transposed, and not x, in dW", (DW, "dW = x @ d.T")),
            mistake("wrong-transpose", "dW comes out transposed: d.T @ x", (DW, "dW = d.T @ x")),
            mistake("wrong-transpose", "d and xᵀ are swapped in dW", (DW, "dW = d @ x.T")),
            mistake(
                "wrong-transpose",
                "x is reshaped where it is to be transposed, in dW",
                (DW, "dW = x.reshape(x.T.shape) @ d"),
            ),
            mistake(
                "wrong-transpose",
                "both transposes are missing",
                (DX, "dx = d @ W"),
                (DW, "dW = x @ d"),
            ),
            mistake(
                "wrong-transpose",
                "the formulas for examples in columns are used",
                (DX, "dx = W.T @ d"),
                (DW, "dW = d @ x.T"),
            ),
            mistake(
                "elementwise-for-matmul", "* stands where @ is needed in dx", (DX, "dx = d * W.T")
            ),
            mistake(
                "elementwise-for-matmul",
                "* stands where @ is needed in dx, and the transpose is missing",
                (DX, "dx = d * W"),
            ),
            mistake(
                "elementwise-for-matmul", "* stands where @ is needed in dW", (DW, "dW = x.T * d")
            ),
            mistake(
                "elementwise-for-matmul",
                "* stands where @ is needed in dW, and the transpose is missing",
                (DW, "dW = x * d"),
            ),
            mistake("bias-mean", "", (DB, "d.mean(axis=0)")),
            mistake("bias-scalar", "", (DB, "d.sum()")),
            mistake("bias-scalar", "db is one number for all units, a mean", (DB, "d.mean()")),
            mistake("bias-not-summed", "", (DB, "d")),
            mistake(
                "bias-wrong-product",
                "the bias gradient is computed like a weight's: a bias's input is 1",
                (DB, "x.T @ d"),
            ),
            mistake(
                "bias-wrong-product",
                "the bias gradient is multiplied by x, row by row: a bias's input is 1",
                (DB, "(x.sum(axis=1, keepdims=True) * d).sum(axis=0)"),
            ),
            mistake(
                "bias-wrong-product",
                "the bias gradient is multiplied by the first input: a bias's input is 1",
                (DB, "(x[:, :1] * d).sum(axis=0)"),
            ),
            mistake(
                "",
                "the bias gradient is summed over the units, where it is to be summed over rows",
                (DB, "d.sum(axis=1)"),
            ),
            mistake(
                "",
                "the bias gradient is summed over the units, and keepdims makes it a column",
                (DB, "d.sum(axis=1, keepdims=True)"),
            ),
            mistake(
                "",
                "the bias gradient is a column, where (o,) is asked",
                (DB, "d.sum(axis=0)[:, None]"),
            ),
            mistake("", "db is 1 for every unit: d is left out", (DB, "np.ones(W.shape[1])")),
            mistake("", "db counts the rows: d is left out", (DB, "len(d) * np.ones(W.shape[1])")),
            both(
                "double-1-over-n",
                "dW and db are divided by n, and d has its 1/n already",
                "x.T @ d / len(d)",
                "d.mean(axis=0)",
            ),
            mistake(
                "double-1-over-n",
                "dW is divided by n, and d has its 1/n already",
                (DW, "dW = x.T @ d / len(d)"),
            ),
            mistake(
                "double-1-over-n",
                "all three are divided by n, and d has its 1/n already",
                (DX, "d = d / len(d)\n    dx = d @ W.T"),
            ),
            both(
                "first-example-only",
                "only the first row of the batch counts, in dW and db",
                "np.outer(x[0], d[0])",
                "d[0]",
            ),
            mistake(
                "first-example-only",
                "only the first row of the batch counts, in dW",
                (DW, "dW = np.outer(x[0], d[0])"),
            ),
            both(
                "overwrite-not-accumulate",
                "= stands where += is needed: only the last row of the batch is left, in dW and db",
                "np.outer(x[-1], d[-1])",
                "d[-1]",
            ),
            mistake(
                "overwrite-not-accumulate",
                "= stands where += is needed: only the last row of the batch is left, in dW",
                (DW, "dW = np.outer(x[-1], d[-1])"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "= stands where += is needed: only the last row of the batch is left, in db",
                (DB, "d[-1]"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "= stands where += is needed: only the last output is left, in dx",
                (DX, "dx = np.outer(d[:, -1], W[:, -1])"),
            ),
            mistake(
                "",
                "dx is multiplied by x as well: the slope towards x is W alone",
                (DX, "dx = d @ W.T * x"),
            ),
            mistake(
                "",
                "dW is multiplied by W as well: the slope towards W is x alone",
                (DW, "dW = x.T @ d * W"),
            ),
            mistake("error-sign", "all three have a minus", (DX, "d = -d\n    dx = d @ W.T")),
            mistake(
                "",
                "dx and dW are exchanged",
                ("return dx, dW, db", "return dW, dx, db"),
            ),
        ),
        places={
            "dx": "Look at which index of W is summed.",
            "dW": "Look at which index of x is summed.",
            "db": "Look at what db sums, and what it keeps.",
            "dW db": "dx is right, and the other two are sums over rows: how do they add?",
        },
    ),
    Item(
        id="04b.5",
        title="Broadcasting, backwards",
        kind="code",
        difficulty=2,
        points=3,
        link="chapters/04b_matrix_calculus.ipynb#Broadcasting-and-sums-are-each-other's-backward",
        task=(
            "An array of `shape` was broadcast to the shape of `d`. `unbroadcast(d, shape)` "
            "returns its gradient: `d` summed to an array of exactly this shape. Axes may have "
            "been added in front, axes of 1 may have been stretched, both at once, or neither; "
            "`shape` may be `()`. It is tried on one d of shape (n, i, o) and many shapes."
        ),
        call="unbroadcast(d, shape)",
        starter=(
            "def unbroadcast(d, shape):\n"
            '    """The gradient, of this shape, of what was broadcast to d\'s shape."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def unbroadcast(d, shape):\n"
            "    added = d.ndim - len(shape)\n"
            "    d = d.sum(axis=tuple(range(added)))\n"
            "    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1)\n"
            "    return d.sum(axis=stretched, keepdims=True)\n"
        ),
        explanation=(
            "Broadcasting copies, and what is copied reaches the error along every copy: their "
            "gradients add. NumPy lines shapes up from the right, so axes that were not there "
            "stand in front, and are summed away; axes of 1 that were stretched are summed and "
            "kept. A mean instead of the sum, or an axis that is lost, often broadcasts again "
            "without complaint and trains to a wrong place."
        ),
        hints=(
            "How many copies of each entry did broadcasting make, and along which axes?",
            "Two steps: sum over the first `d.ndim - len(shape)` axes, which were not there; then "
            "over every axis where `shape` has a 1, and keep that axis.",
            "`d.sum(axis=tuple(range(added)))`, and then a sum with `keepdims=True` over the axes "
            "of size 1.",
        ),
        outputs=("the gradient of each shape",),
        used=unbroadcasts,
        inputs=three_axes,
        sizes=({"n": 7, "i": 3, "o": 5}, {"n": 5, "i": 4, "o": 2}),
        probes=({"n": 4, "i": 4, "o": 4},),
        edges=(Edge(says="an axis of 1 that was not stretched", make=thin),),
        mistakes=(
            mistake("keepdims", "", (STRETCHED, "d.sum(axis=stretched)")),
            mistake(
                "",
                "the axes that were added in front are not summed",
                (ADDED, "d"),
            ),
            mistake(
                "",
                "the axes that were added are sought at the end: NumPy adds them in front",
                (ADDED, "d.sum(axis=tuple(range(len(shape), d.ndim)))"),
            ),
            mistake(
                "",
                "axes of 1 that were stretched are not summed",
                (STRETCHED, "d"),
            ),
            mistake(
                "",
                "of the axes that were added only the first is summed",
                (ADDED, "d.sum(axis=0) if added else d"),
            ),
            mistake(
                "",
                "of the stretched axes only the first is summed",
                (STRETCHED, "d.sum(axis=stretched[:1], keepdims=True)"),
            ),
            mistake(
                "",
                "of the stretched axes only the last is summed",
                (STRETCHED, "d.sum(axis=stretched[-1:], keepdims=True)"),
            ),
            mistake(
                "",
                "the means are taken where copies are to be added",
                (ADDED, "d.mean(axis=tuple(range(added)))"),
                (STRETCHED, "d.mean(axis=stretched, keepdims=True)"),
            ),
            mistake(
                "",
                "the mean over the added axes is taken where copies are to be added",
                (ADDED, "d.mean(axis=tuple(range(added)))"),
            ),
            mistake(
                "",
                "the mean over the stretched axes is taken where copies are to be added",
                (STRETCHED, "d.mean(axis=stretched, keepdims=True)"),
            ),
            mistake(
                "bias-scalar",
                "everything is summed to one number, and that is copied into the shape",
                (STRETCHED, "np.broadcast_to(d.sum(), shape)"),
            ),
            mistake(
                "bias-scalar",
                "everything is summed to one number, whatever the shape",
                (STRETCHED, "d.sum()"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "one copy overwrites the other: only the last is left",
                (ADDED, "d[(-1,) * added]"),
                (STRETCHED, "d[tuple(slice(-1, None) if s == 1 else slice(None) for s in shape)]"),
            ),
            mistake(
                "first-example-only",
                "only the first of the copies counts",
                (ADDED, "d[(0,) * added]"),
                (STRETCHED, "d[tuple(slice(0, 1) if s == 1 else slice(None) for s in shape)]"),
            ),
            mistake(
                "",
                "the entries are only cut to the shape: nothing is summed",
                (STRETCHED, "np.resize(d, shape)"),
                (ADDED, "d"),
            ),
            mistake(
                "",
                "the shape () is forgotten: it is no axis, and all is summed",
                (ADDED, "d.sum(axis=tuple(range(added))) if shape else d"),
            ),
            mistake(
                "",
                "the axes of 1 are summed by their numbers in `shape` before the added axes are "
                "gone, when these numbers still mean other axes of d",
                (ADDED, "d.sum(axis=tuple(np.flatnonzero(np.array(shape) == 1)), keepdims=True)"),
                (STRETCHED, "d.sum(axis=tuple(range(added)))"),
            ),
            mistake(
                "",
                "the shapes are compared from the left, and NumPy lines them up from the right",
                (ADDED, "d"),
                ("if size == 1)", "if size != d.shape[axis])"),
            ),
            mistake(
                "",
                "the first axis is always summed, whether it was added or not",
                (ADDED, "d.sum(axis=tuple(range(max(added, 1))))"),
                (STRETCHED, "d.sum(axis=stretched, keepdims=True) if added else d"),
            ),
        ),
    ),
    Item(
        id="04b.6",
        title="The same VJP in columns",
        kind="code",
        difficulty=2,
        points=3,
        link="chapters/04b_matrix_calculus.ipynb#Layouts,-and-why-we-need-none",
        task=(
            "On paper examples stand in columns: $z=Wx+b$ with `x` (i, n), `W` (o, i), b (o, 1), "
            "and `d` = ∂E/∂z (o, n). Return `dx, dW, db`, each shaped like its partner: (i, n), "
            "(o, i) and (o, 1). The mean's 1/n is inside `d` already."
        ),
        call="columns_vjp(d, x, W)",
        starter=(
            "def columns_vjp(d, x, W):\n"
            '    """dx (i, n), dW (o, i) and db (o, 1) from d = ∂E/∂z (o, n), z = Wx + b."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def columns_vjp(d, x, W):\n"
            "    dx = W.T @ d\n"
            "    dW = d @ x.T\n"
            "    db = d.sum(axis=1, keepdims=True)\n"
            "    return dx, dW, db\n"
        ),
        explanation=(
            "The sums are the same, only the places of the indices are exchanged: "
            "$dx_{ir}=\\sum_j W_{ji}d_{jr}$, $dW_{ji}=\\sum_r d_{jr}x_{ir}$. So W is turned and "
            "stands first, x is turned and stands last. The examples are columns now, so db adds "
            "along axis 1, and keepdims leaves it a column: as (o,) it would be added along the "
            "wrong axis in the next update, without complaint if o = n."
        ),
        hints=(
            "Where does the summed index stand now, in W, in x and in d?",
            "Turn both formulas for rows round: a transposed product is the product of the "
            "transposes in reverse order.",
            "Wᵀ before d, d before xᵀ, and a sum over axis 1 with `keepdims=True`.",
        ),
        outputs=("dx", "dW", "db"),
        inputs=columns,
        sizes=SIZES,
        probes=PROBES,
        small=SMALL,
        edges=(
            Edge(says="a single column", make=of_sizes(columns, n=1, i=3, o=2)),
            Edge(says="a single output", make=of_sizes(columns, n=5, i=3, o=1)),
        ),
        mistakes=(
            mistake(
                "wrong-transpose",
                "dx is the formula for rows, d Wᵀ",
                (DX_COLUMNS, "dx = d @ W.T"),
            ),
            mistake(
                "wrong-transpose",
                "dW is the formula for rows, xᵀ d",
                (DW_COLUMNS, "dW = x.T @ d"),
            ),
            mistake(
                "wrong-transpose",
                "dx and dW are the formulas for rows",
                (DX_COLUMNS, "dx = d @ W.T"),
                (DW_COLUMNS, "dW = x.T @ d"),
            ),
            mistake(
                "wrong-transpose",
                "all three are the formulas for rows",
                (DX_COLUMNS, "dx = d @ W.T"),
                (DW_COLUMNS, "dW = x.T @ d"),
                (DB_COLUMNS, "d.sum(axis=0)"),
            ),
            mistake(
                "wrong-transpose", "W's transpose is missing in dx", (DX_COLUMNS, "dx = W @ d")
            ),
            mistake("wrong-transpose", "d and W are swapped in dx", (DX_COLUMNS, "dx = d @ W")),
            mistake(
                "wrong-transpose", "dx comes out transposed: d.T @ W", (DX_COLUMNS, "dx = d.T @ W")
            ),
            mistake(
                "wrong-transpose",
                "W is reshaped where it is to be transposed, in dx",
                (DX_COLUMNS, "dx = W.reshape(W.T.shape) @ d"),
            ),
            mistake(
                "wrong-transpose", "x's transpose is missing in dW", (DW_COLUMNS, "dW = d @ x")
            ),
            mistake(
                "wrong-transpose", "d is transposed, and not x, in dW", (DW_COLUMNS, "dW = d.T @ x")
            ),
            mistake("wrong-transpose", "d and x are swapped in dW", (DW_COLUMNS, "dW = x @ d")),
            mistake(
                "wrong-transpose", "dW comes out transposed: x @ d.T", (DW_COLUMNS, "dW = x @ d.T")
            ),
            mistake(
                "wrong-transpose",
                "x is reshaped where it is to be transposed, in dW",
                (DW_COLUMNS, "dW = d @ x.reshape(x.T.shape)"),
            ),
            mistake(
                "elementwise-for-matmul",
                "* stands where @ is needed in dx",
                (DX_COLUMNS, "dx = W.T * d"),
            ),
            mistake(
                "elementwise-for-matmul",
                "* stands where @ is needed in dW",
                (DW_COLUMNS, "dW = d * x.T"),
            ),
            mistake(
                "keepdims",
                "keepdims is missing in db: it is (o,), and (o, 1) is asked",
                (DB_COLUMNS, "d.sum(axis=1)"),
            ),
            mistake(
                "bias-mean",
                "db is averaged over the examples where it is to be summed",
                (DB_COLUMNS, "d.mean(axis=1, keepdims=True)"),
            ),
            mistake(
                "bias-mean",
                "db is a mean over the examples, and without keepdims",
                (DB_COLUMNS, "d.mean(axis=1)"),
            ),
            mistake("bias-scalar", "", (DB_COLUMNS, "d.sum()")),
            mistake("bias-not-summed", "db is not summed over the examples", (DB_COLUMNS, "d")),
            mistake(
                "bias-not-summed",
                "db is summed over the outputs, axis 0; the examples are columns",
                (DB_COLUMNS, "d.sum(axis=0)"),
            ),
            mistake(
                "bias-wrong-product",
                "the bias gradient is computed like a weight's: a bias's input is 1",
                (DB_COLUMNS, "d @ x.T"),
            ),
            mistake(
                "double-1-over-n",
                "dW is divided by n, and d has its 1/n already",
                (DW_COLUMNS, "dW = d @ x.T / d.shape[1]"),
            ),
            mistake(
                "double-1-over-n",
                "dW and db are divided by n, and d has its 1/n already",
                (DW_COLUMNS, "dW = d @ x.T / d.shape[1]"),
                (DB_COLUMNS, "d.mean(axis=1, keepdims=True)"),
            ),
            mistake(
                "",
                "dW is divided by len(d), which in columns is the number of outputs",
                (DW_COLUMNS, "dW = d @ x.T / len(d)"),
            ),
            mistake(
                "first-example-only",
                "only the first column of the batch counts, in dW and db",
                (DW_COLUMNS, "dW = np.outer(d[:, 0], x[:, 0])"),
                (DB_COLUMNS, "d[:, :1]"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "= stands where += is needed: only the last column is left, in dW and db",
                (DW_COLUMNS, "dW = np.outer(d[:, -1], x[:, -1])"),
                (DB_COLUMNS, "d[:, -1:]"),
            ),
            mistake("", "dx and dW are exchanged", ("return dx, dW, db", "return dW, dx, db")),
        ),
        places={
            "dx": "Look at which index of W is summed.",
            "dW": "Look at which index of x is summed.",
            "db": "Look at what db sums, and what it keeps.",
        },
    ),
    Item(
        id="04b.7",
        title="A transpose that nobody misses",
        kind="bug hunt",
        difficulty=2,
        points=2,
        link="chapters/04b_matrix_calculus.ipynb#Which-transpose?-Eight-candidates",
        task=(
            "Two layers, sizes i-h-o, five rows: `W1` is (i, h), `W2` (h, o). BP2 was written "
            "`delta1 = (delta2 @ W2) * slope1`, the rest is right, and no gradient is passed to "
            "the input. Which sizes raise an error in that line (`True` or `False`)? And in the "
            "3-3-3 network, where it runs: which of `dW1` and `dW2` come out right?"
        ),
        call="raising",
        starter=(
            "raising = {\n"
            '    "4-2-3": ...,\n'
            '    "2-3-3": ...,\n'
            '    "3-3-2": ...,\n'
            '    "5-4-4": ...,\n'
            '    "2-4-2": ...,\n'
            '    "3-5-2": ...,\n'
            '    "dW1 is right": ...,\n'
            '    "dW2 is right": ...,\n'
            "}\n"
        ),
        reference=(
            "def fails(i, h, o, n=5):\n"
            "    return h != o\n"
            "\n"
            "\n"
            "def raising():\n"
            '    names = "4-2-3", "2-3-3", "3-3-2", "5-4-4", "2-4-2", "3-5-2"\n'
            '    found = {name: fails(*map(int, name.split("-"))) for name in names}\n'
            "    first, second = False, True\n"
            '    return found | {"dW1 is right": first, "dW2 is right": second}\n'
        ),
        explanation=(
            "`delta2` is (5, o) and W2 is (h, o): they multiply only if o = h, and then the result "
            "has the shape of slope1. The number of inputs and the batch have no say. So every "
            "network whose last two sizes agree runs, and trains, with a wrong dW1; dW2 is made "
            "from delta2 before it has passed through W2, and is right. A test with all sizes "
            "different finds the bug at once."
        ),
        hints=(
            "What are the shapes of `delta2` and `W2`, and which two sizes have to agree?",
            "(5, o) @ (h, o) needs o = h. Then check which gradients use what comes out.",
            "Raise: those whose last two sizes differ. dW1 uses delta1, dW2 uses delta2.",
        ),
        outputs=("raising",),
        mistakes=(
            rule(
                "",
                "It does not take three equal sizes to run: just two meet in `delta2 @ W2`.",
                "not i == h == o",
            ),
            rule("", "The number of inputs is no part of that line: W1 is not in it.", "i != h"),
            rule("", "The number of inputs is no part of that line: it is not in W2.", "i != o"),
            rule("", "It is just the other way round: these are the sizes that run.", "h == o"),
            rule("", "NumPy does complain where the inner sizes of @ differ.", "False"),
            rule(
                "",
                "The batch is the outer size of `delta2 @ W2`; look at the inner.",
                "h != o and h != n",
            ),
            rule(
                "",
                "`delta2 @ W2` multiplies equal inner sizes only; h > o raises as well.",
                "h < o",
            ),
            rule(
                "",
                "`delta2 @ W2` multiplies equal inner sizes only; h < o raises as well.",
                "h > o",
            ),
            mistake(
                "idea-8",
                "That the shapes match does not make it right: dW1 is made from delta1.",
                ("first, second = False, True", "first, second = True, True"),
            ),
            mistake(
                "",
                "dW2 needs delta2 only, and that has not passed through W2.",
                ("first, second = False, True", "first, second = False, False"),
            ),
            mistake(
                "",
                "The two are exchanged: look which of them is made from delta1.",
                ("first, second = False, True", "first, second = True, False"),
            ),
        ),
    ),
    Item(
        id="04b.8",
        title="What twenty layers make of δ",
        kind="predict",
        difficulty=2,
        points=2,
        link="chapters/04b_matrix_calculus.ipynb#Depth:-a-product-of-Jacobians",
        task=(
            "Twenty wide ReLU layers of equal width, weights normal with deviation "
            "gain/√width, gain 2; half of the units are off. By what factor does one layer back "
            "multiply ‖δ‖ on average, and what is ‖δ‖ in the first layer if it is 1 in the last? "
            "Two significant digits are enough, if you round at the end only."
        ),
        call="growth",
        starter='growth = {"one layer back": ..., "first layer": ...}\n',
        reference=(
            "def growth():\n"
            "    gain, layers = 2, 20\n"
            "    back = gain / np.sqrt(2)\n"
            "    first = back ** (layers - 1)\n"
            '    return {"one layer back": back, "first layer": first}\n'
        ),
        explanation=(
            "The weights stretch δ by the gain; the mask deletes half of its entries, so half of "
            "the *squares*, and the length shrinks by √2. Together gain/√2 for each layer: at √2 "
            "it holds (He initialisation), below it vanishes, above it explodes, and ReLU's slope "
            "of 1 saves nobody. From layer 20 to layer 1 there are 19 steps. A network drawn at "
            "random scatters around this value, the narrower the more."
        ),
        hints=(
            "‖δ‖² is a sum of squares: what do the weights make of it, what the mask?",
            "Weights of deviation gain/√width multiply the length by the gain, the mask by √½. "
            "Then raise to the number of steps from the last layer to the first.",
            "2/√2 for each layer, and nineteen steps.",
        ),
        outputs=("one layer back", "first layer"),
        tolerance=0.06,
        mistakes=(
            mistake(
                "",
                "The weights alone do that; half of the units are off and let nothing through.",
                ("gain / np.sqrt(2)", "gain"),
            ),
            mistake(
                "",
                "It does not hold at this gain: half of the entries are gone, and that halves the "
                "squares, not the length.",
                ("gain / np.sqrt(2)", "gain / 2"),
            ),
            mistake(
                "",
                "That is the mask alone; the weights stretch δ as well.",
                ("gain / np.sqrt(2)", "1 / np.sqrt(2)"),
            ),
            mistake(
                "",
                "That is half of each δ and no weights: the mask halves the squares, not the "
                "length, and the weights stretch.",
                ("gain / np.sqrt(2)", "1 / 2"),
            ),
            mistake(
                "",
                "With the mask δ gets shorter than by the weights alone, not longer.",
                ("gain / np.sqrt(2)", "gain * np.sqrt(2)"),
            ),
            mistake(
                "",
                "From the last of twenty layers to the first there is one step less.",
                ("back ** (layers - 1)", "back**layers"),
            ),
            mistake(
                "",
                "The factors of the layers multiply; they do not add.",
                ("back ** (layers - 1)", "back * (layers - 1)"),
            ),
            mistake(
                "idea-21",
                "ReLU's slope of 1 does not hold ‖δ‖: the weights are the other part of each step.",
                ("back ** (layers - 1)", "1"),
            ),
            mistake(
                "",
                "The walk goes from the last layer, where ‖δ‖ is 1, to the first: a factor above "
                "1 makes it larger on the way.",
                ("back ** (layers - 1)", "back ** (1 - layers)"),
            ),
        ),
    ),
    Item(
        id="04b.9",
        title="One matrix for a pile of them",
        kind="code",
        difficulty=3,
        points=4,
        link="chapters/04b_matrix_calculus.ipynb#Broadcasting-and-sums-are-each-other's-backward",
        task=(
            "`C = A @ B` multiplies each of m matrices in `A` (m, n, i) by the one matrix `B` "
            "(i, o). From `d` = ∂E/∂C (m, n, o) return `dA, dB`, shaped like `A` and `B`."
        ),
        call="matmul_vjp(d, A, B)",
        starter=(
            "def matmul_vjp(d, A, B):\n"
            '    """dA (m, n, i) and dB (i, o) from d = ∂E/∂C (m, n, o), C = A @ B."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def matmul_vjp(d, A, B):\n"
            "    dA = d @ B.T\n"
            "    dB = (A.swapaxes(1, 2) @ d).sum(axis=0)\n"
            "    return dA, dB\n"
        ),
        explanation=(
            "B was broadcast: NumPy used a copy of it for each matrix of A, so the gradients of "
            "the copies add up, $dB_{ij}=\\sum_m\\sum_n A_{mni}d_{mnj}$. Each copy alone is BP4, "
            "with the *last two* axes of A exchanged; `A.T` would turn all three round. The same "
            "sum is one product if the first two axes are laid together: (m·n, i) turned, times "
            "(m·n, o). A sequence or an image meets its weights in this way."
        ),
        hints=(
            "Which axis does B not have, and what does that say about its gradient?",
            "For one matrix it is BP2 and BP4. `swapaxes(1, 2)` turns each matrix of A; B's "
            "gradient is then summed over the m copies.",
            "`d @ B.T`, and `(A.swapaxes(1, 2) @ d).sum(axis=0)`.",
        ),
        outputs=("dA", "dB"),
        inputs=batches,
        sizes=({"m": 3, "n": 5, "i": 4, "o": 2}, {"m": 4, "n": 6, "i": 2, "o": 3}),
        probes=({"m": 3, "n": 3, "i": 3, "o": 3}, {"m": 2, "n": 4, "i": 4, "o": 4}),
        small=(
            {"m": 1, "n": 1, "i": 1, "o": 1},
            {"m": 2, "n": 1, "i": 1, "o": 1},
            {"m": 1, "n": 2, "i": 1, "o": 1},
            {"m": 1, "n": 1, "i": 2, "o": 1},
            {"m": 2, "n": 2, "i": 2, "o": 2},
        ),
        edges=(
            Edge(says="a single matrix", make=of_sizes(batches, m=1, n=5, i=3, o=2)),
            Edge(says="a single row in each matrix", make=of_sizes(batches, m=4, n=1, i=3, o=2)),
        ),
        mistakes=(
            mistake(
                "bias-not-summed",
                "dB is not summed over the m copies of B",
                (ALL_DB, "dB = A.swapaxes(1, 2) @ d"),
            ),
            mistake(
                "bias-mean",
                "dB is averaged over the m copies of B where they are to be summed",
                (ALL_DB, "dB = (A.swapaxes(1, 2) @ d).mean(axis=0)"),
            ),
            mistake(
                "",
                "dB is summed over the wrong axis: not that of the copies",
                (ALL_DB, "dB = (A.swapaxes(1, 2) @ d).sum(axis=1)"),
            ),
            mistake(
                "first-example-only",
                "only the first matrix counts in dB",
                (ALL_DB, "dB = A[0].T @ d[0]"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "= stands where += is needed: only the last matrix is left in dB",
                (ALL_DB, "dB = A[-1].T @ d[-1]"),
            ),
            mistake("wrong-transpose", "B's transpose is missing in dA", (DA, "dA = d @ B")),
            mistake("wrong-transpose", "d and Bᵀ are swapped in dA", (DA, "dA = B.T @ d")),
            mistake("wrong-transpose", "d and B are swapped in dA", (DA, "dA = B @ d")),
            mistake(
                "wrong-transpose",
                "each matrix of dA comes out transposed",
                (DA, "dA = B @ d.swapaxes(1, 2)"),
            ),
            mistake(
                "wrong-transpose",
                "B is reshaped where it is to be transposed, in dA",
                (DA, "dA = d @ B.reshape(B.T.shape)"),
            ),
            mistake(
                "wrong-transpose",
                "A's transpose is missing in dB",
                (ALL_DB, "dB = (A @ d).sum(axis=0)"),
            ),
            mistake(
                "wrong-transpose",
                "A.T turns all three axes round, where the last two are to be exchanged",
                (ALL_DB, "dB = (A.T @ d).sum(axis=0)"),
            ),
            mistake(
                "wrong-transpose",
                "A.T turns all three axes round, and dB is not summed over the copies",
                (ALL_DB, "dB = A.T @ d"),
            ),
            mistake(
                "wrong-transpose",
                "dB comes out transposed",
                (ALL_DB, "dB = (d.swapaxes(1, 2) @ A).sum(axis=0)"),
            ),
            mistake(
                "wrong-transpose",
                "d and Aᵀ are swapped in dB",
                (ALL_DB, "dB = (d @ A.swapaxes(1, 2)).sum(axis=0)"),
            ),
            mistake(
                "wrong-transpose",
                "A's matrices are reshaped where they are to be transposed, in dB",
                (ALL_DB, "dB = (A.reshape(len(A), A.shape[2], -1) @ d).sum(axis=0)"),
            ),
            mistake(
                "wrong-transpose",
                "A is laid flat as (i, m·n) by a reshape, where it is to be transposed",
                (ALL_DB, "dB = A.reshape(A.shape[2], -1) @ d.reshape(-1, d.shape[2])"),
            ),
            mistake(
                "elementwise-for-matmul", "* stands where @ is needed in dA", (DA, "dA = d * B.T")
            ),
            mistake(
                "elementwise-for-matmul",
                "* stands where @ is needed in dB",
                (ALL_DB, "dB = (A.swapaxes(1, 2) * d).sum(axis=0)"),
            ),
            mistake(
                "",
                "the matrices are added before they are multiplied, and the sum of products is "
                "another thing than the product of sums",
                (ALL_DB, "dB = A.sum(axis=0).T @ d.sum(axis=0)"),
            ),
            mistake(
                "",
                "dA is summed over the m matrices: each of them is its own",
                (DA, "dA = (d @ B.T).sum(axis=0)"),
            ),
            mistake(
                "double-1-over-n",
                "dB is divided by n, the rows of a matrix: it is a plain sum",
                (ALL_DB, "dB = (A.swapaxes(1, 2) @ d).sum(axis=0) / A.shape[1]"),
            ),
            mistake(
                "double-1-over-n",
                "dB is averaged over the copies and over the rows: it is a plain sum",
                (ALL_DB, "dB = (A.swapaxes(1, 2) @ d).mean(axis=0) / A.shape[1]"),
            ),
            mistake("", "dA and dB are exchanged", ("return dA, dB", "return dB, dA")),
        ),
        places={
            "dA": "Look at which index of B is summed.",
            "dB": "Look at what is summed over the m copies of B, and within each.",
        },
    ),
]

"""The exercises of 4d: a tape for arrays."""

import numpy as np

from dlcore.classroom.families import difference_mistakes
from dlcore.classroom.items import Edge, Item, mistake


def column_and_flat(rng, n, k):
    """What arrives at x * y, with x (n, 1) and y (k,): d is (n, k)."""
    d = np.round(rng.normal(size=(n, k)), 2)
    return d, np.round(rng.uniform(0.5, 2, (n, 1)), 2), np.round(rng.uniform(0.5, 2, k), 2)


def one_shape(rng):
    return tuple(np.round(rng.normal(size=(5, 3)), 2) for _ in range(3))


def number_and_table(rng):
    d, y = (np.round(rng.normal(size=(5, 3)), 2) for _ in range(2))
    return d, np.array(1.7), y


def row_and_table(rng):
    d, x = (np.round(rng.normal(size=(5, 3)), 2) for _ in range(2))
    return d, x, np.round(rng.normal(size=(1, 3)), 2)


def exponents(rng, n, k):
    """What arrives, and x: (n, k) each."""
    return tuple(np.round(rng.normal(size=(n, k)), 2) for _ in range(2))


def there_and_back(answer, d, x):
    """What an operation gives at x, and its way back at d."""
    came = answer(x)
    if not isinstance(came, tuple | list) or len(came) != 2 or not callable(came[1]):
        return (came[0], None) if isinstance(came, tuple | list) and len(came) == 2 else came
    return came[0], came[1](d)


def bent(rng, n):
    """The gradient of a bent function, a place, a direction, and a nudge."""
    A = rng.normal(size=(n, n))
    A = np.round((A + A.T) / 2, 2)
    bend = np.round(rng.uniform(0.5, 1.5, n), 2)

    def grad(w):
        """A w + bend w³: made from the seed."""
        return A @ w + bend * w**3

    w, v = (np.round(rng.normal(size=n) * 1.5, 1) for _ in range(2))
    return grad, w, v, 0.01


def no_direction(rng):
    grad, w, v, h = bent(rng, n=5)
    return grad, w, 0 * v, h


TO_X, TO_Y = "unbroadcast(d * y, x.shape)", "unbroadcast(d * x, y.shape)"
DIFFERENCE = "(grad(w + h * v) - grad(w - h * v)) / (2 * h)"

ITEMS = [
    Item(
        id="04d.1",
        title="Back through a stretched product",
        kind="code",
        difficulty=2,
        points=4,
        link="chapters/04d_tensor_autograd.ipynb#Un-broadcasting",
        task=(
            "The gradients for z = x * y, where NumPy may have stretched either: from `d` = "
            "∂E/∂z, in the shape of z, return `dx` in the shape of `x` and `dy` in that of `y`. "
            "Shapes may be (n, 1) and (k,), (n, k) and (), (n, k) and (1, k), and their like."
        ),
        call="multiply_vjp(d, x, y)",
        starter=(
            "def multiply_vjp(d, x, y):\n"
            '    """dx like x and dy like y, for z = x * y with broadcasting, from d = dE/dz."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def unbroadcast(d, shape):\n"
            "    d = d.sum(axis=tuple(range(d.ndim - len(shape))))\n"
            "    stretched = tuple(at for at, size in enumerate(shape) if size == 1)\n"
            "    return d.sum(axis=stretched, keepdims=True)\n"
            "\n"
            "\n"
            "def multiply_vjp(d, x, y):\n"
            "    dx = unbroadcast(d * y, x.shape)\n"
            "    dy = unbroadcast(d * x, y.shape)\n"
            "    return dx, dy\n"
        ),
        explanation=(
            "Each factor's slope is the other factor, so d * y goes to x and d * x to y, in the "
            "shape of z. Where x was stretched, one of its entries was used many times, and every "
            "use has its share: they are added. Axes that broadcasting *added*, at the front, are "
            "summed away; axes that it stretched from 1 are summed and kept. What was stretched "
            "going forward is summed going back."
        ),
        hints=(
            "Which factor is the slope of the other, and how often was each entry used?",
            "Compute `d * y` and `d * x` in the shape of z, then sum each over the axes along "
            "which its array was stretched.",
            "Sum over the axes that are missing at the front, then, with `keepdims=True`, over "
            "those whose size in the array is 1.",
        ),
        outputs=("dx", "dy"),
        inputs=column_and_flat,
        sizes=({"n": 5, "k": 3}, {"n": 6, "k": 4}),
        small=({"n": 1, "k": 2}, {"n": 2, "k": 1}, {"n": 2, "k": 2}),
        edges=(
            Edge(says="two arrays of one shape", make=one_shape),
            Edge(says="x of shape ()", make=number_and_table),
            Edge(says="y of shape (1, 3) beside x of (5, 3)", make=row_and_table),
        ),
        mistakes=(
            mistake(
                "",
                "the factors are swapped: the slope of a factor is the other one",
                (TO_X, "unbroadcast(d * x, x.shape)"),
                (TO_Y, "unbroadcast(d * y, y.shape)"),
            ),
            mistake("", "nothing is summed back to the shapes", (TO_X, "d * y"), (TO_Y, "d * x")),
            mistake(
                "",
                "what arrives, d, is left out",
                (TO_X, "unbroadcast(y + 0 * d, x.shape)"),
                (TO_Y, "unbroadcast(x + 0 * d, y.shape)"),
            ),
            mistake(
                "",
                "d goes to both as it is, as through a sum",
                (TO_X, "unbroadcast(d, x.shape)"),
                (TO_Y, "unbroadcast(d, y.shape)"),
            ),
            mistake(
                "bias-mean",
                "the shares of a stretched entry are averaged where they are to be added",
                (TO_X, f"{TO_X} * x.size / d.size"),
                (TO_Y, f"{TO_Y} * y.size / d.size"),
            ),
            mistake(
                "keepdims",
                "the axis that was stretched from 1 is lost",
                (TO_X, "(d * y).sum(axis=1)"),
            ),
            mistake(
                "bias-scalar",
                "everything is summed to one number",
                (TO_X, "(d * y).sum()"),
                (TO_Y, "(d * x).sum()"),
            ),
            mistake(
                "first-example-only",
                "only the first of the uses counts",
                (TO_X, "(d * y)[:, :1]"),
                (TO_Y, "(d * x)[0]"),
            ),
            mistake(
                "",
                "dy is summed over y's own axis",
                (TO_Y, "(d * x).sum(axis=1)"),
            ),
            mistake("", "dy comes first", ("return dx, dy", "return dy, dx")),
            mistake(
                "",
                "both factors stand in each gradient: the slope of a factor is the other alone",
                (TO_X, "unbroadcast(d * x * y, x.shape)"),
                (TO_Y, "unbroadcast(d * x * y, y.shape)"),
            ),
            mistake(
                "",
                "it is divided by the factor",
                (TO_X, "unbroadcast(d / y, x.shape)"),
                (TO_Y, "unbroadcast(d / x, y.shape)"),
            ),
        ),
        places={
            "dx": "Look at the shape of x, and along which axis it was stretched.",
            "dy": "Look at the shape of y, and along which axis it was stretched.",
        },
    ),
    Item(
        id="04d.2",
        title="Three shapes",
        kind="by hand",
        difficulty=1,
        points=1,
        link="chapters/04d_tensor_autograd.ipynb#Un-broadcasting",
        task=(
            "`x` is (5, 1), `y` is (4,), and `z = x * y`. Fill in the shapes of the three "
            "gradients, of E by each. A shape of one axis is `(4,)`."
        ),
        call="shapes",
        starter='shapes = {"dx": ..., "dy": ..., "dz": ...}\n',
        reference=(
            "def shapes():\n"
            "    x, y = np.ones((5, 1)), np.ones(4)\n"
            "    z = x * y\n"
            '    return {"dx": x.shape, "dy": y.shape, "dz": z.shape}\n'
        ),
        explanation=(
            "A gradient has the shape of what it is the gradient of: one slope for each entry that "
            "can be nudged. z is (5, 4), for both were stretched; dz is as well. Going back, the "
            "four uses of each entry of x are added up to (5, 1), and the five of y to (4,)."
        ),
        hints=(
            "One slope for each number that can be nudged: how many has each array?",
            "A gradient has the shape of its array. What is the shape of z?",
            "NumPy stretches (5, 1) along the columns and (4,) along the rows.",
        ),
        outputs=("dx", "dy", "dz"),
        mistakes=(
            mistake(
                "",
                "That is the shape of z: what x was stretched to has to be summed back.",
                ('"dx": x.shape', '"dx": z.shape'),
            ),
            mistake(
                "keepdims",
                "x has two axes, and its gradient as well.",
                ('"dx": x.shape', '"dx": (5,)'),
            ),
            mistake(
                "",
                "That is the shape of z: what y was stretched to has to be summed back.",
                ('"dy": y.shape', '"dy": z.shape'),
            ),
            mistake(
                "",
                "y has one axis, and its gradient as well.",
                ('"dy": y.shape', '"dy": (4, 1)'),
            ),
            mistake(
                "",
                "z has a row for each of x and a column for each of y.",
                ('"dz": z.shape', '"dz": (4, 5)'),
            ),
            mistake(
                "column-vs-flat",
                "Nothing is multiplied entry by entry here: (5, 1) and (4,) are stretched.",
                ('"dz": z.shape', '"dz": (5, 1)'),
            ),
        ),
    ),
    Item(
        id="04d.3",
        title="Backward, and backward again",
        kind="predict",
        difficulty=1,
        points=1,
        link="chapters/04d_tensor_autograd.ipynb#Are-gradients-reset?",
        task=(
            "E = 3w. It is computed, and `backward` called; then the same once more, without "
            "anything in between. What is in `w.grad` now, in `dlcore.tensor` and in PyTorch?"
        ),
        call="twice",
        starter='twice = {"dlcore": ..., "PyTorch": ...}\n',
        reference=(
            "def twice():\n"
            "    slope = 3\n"
            "    replaced = slope  # the second call puts its own in place of the first\n"
            "    added = slope + slope\n"
            '    return {"dlcore": replaced, "PyTorch": added}\n'
        ),
        explanation=(
            "`dlcore` replaces what stood in `.grad`; PyTorch adds to it, so that a batch can be "
            "sent through in pieces. That is why its training loops call `zero_grad` in every "
            "step. Who forgets it descends along the sum of all gradients so far, and may not "
            "notice: at a small rate the loss falls all the faster."
        ),
        hints=(
            "Which of the two needs `zero_grad` in its training loop?",
            "One replaces what is there, the other adds to it.",
            "The slope is 3; in one of the two it stands twice.",
        ),
        outputs=("dlcore", "PyTorch"),
        mistakes=(
            mistake(
                "not-zeroed",
                "Here the second call replaces what the first has left.",
                ('"dlcore": replaced', '"dlcore": added'),
            ),
            mistake(
                "idea-10",
                "There the second call adds to what the first has left.",
                ('"PyTorch": added', '"PyTorch": replaced'),
            ),
            mistake(
                "",
                "The slopes of the two calls are added, not multiplied.",
                ('"PyTorch": added', '"PyTorch": slope**2'),
            ),
            mistake(
                "",
                "Nothing resets it to zero by itself.",
                ('"PyTorch": added', '"PyTorch": 0'),
            ),
        ),
    ),
    Item(
        id="04d.4",
        title="An operation and its way back",
        kind="code",
        difficulty=2,
        points=3,
        link="chapters/04d_tensor_autograd.ipynb#A-node-is-an-array,-an-edge-is-a-VJP",
        task=(
            "What a tape records of exp: from an array `x` return `z`, its exponential, and "
            "`back`, a function: handed d = ∂E/∂z it gives ∂E/∂x, shaped like x."
        ),
        call="exp_node(x)",
        starter=(
            "def exp_node(x):\n"
            '    """z = exp(x), and back: d = dE/dz -> dE/dx; all shaped like x."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def exp_node(x):\n"
            "    z = np.exp(x)\n"
            "\n"
            "    def back(d):\n"
            "        return d * z\n"
            "\n"
            "    return z, back\n"
        ),
        explanation=(
            "exp is its own derivative, so the way back multiplies what arrives by z, which is "
            "there already: nothing is computed twice. The function `back` remembers z because it "
            "was made where z was (a closure). That is all that a tape is: values, and functions "
            "that know how to send a gradient back through them."
        ),
        hints=(
            "What does a small change of x do to exp(x), and what of that is E's?",
            "The slope of exp is exp: multiply what arrives by it, entry by entry.",
            "`def back(d): return d * z`, inside the function, and `return z, back`.",
        ),
        outputs=("z", "what back(d) gives"),
        used=there_and_back,
        inputs=exponents,
        sizes=({"n": 5, "k": 3}, {"n": 6, "k": 4}),
        probes=({"n": 4, "k": 4},),
        mistakes=(
            mistake("", "back leaves out what arrives", ("return d * z", "return z")),
            mistake("", "back leaves out the slope of exp", ("return d * z", "return d")),
            mistake(
                "derivative-at-activation",
                "the slope is taken at z: exp is applied twice",
                ("return d * z", "return d * np.exp(z)"),
            ),
            mistake(
                "derivative-at-preactivation",
                "x stands where exp(x) is meant",
                ("return d * z", "return d * x"),
            ),
            mistake(
                "derivative-formula",
                "1/x, the slope of log, stands for exp's",
                ("return d * z", "return d / x"),
            ),
            mistake(
                "derivative-formula",
                "z(1 − z), the slope of the sigmoid, stands for exp's",
                ("return d * z", "return d * z * (1 - z)"),
            ),
            mistake("", "d and the slope are added", ("return d * z", "return d + z")),
            mistake("", "exp is taken of what arrives", ("return d * z", "return np.exp(d)")),
            mistake(
                "",
                "exp is taken of what arrives, and the slope of exp besides",
                ("return d * z", "return np.exp(d) * z"),
            ),
            mistake(
                "derivative-formula",
                "the rule for powers, x eˣ⁻¹, stands for exp's own",
                ("return d * z", "return d * x * np.exp(x - 1)"),
            ),
            mistake("", "it is divided by the slope", ("return d * z", "return d / z")),
            mistake(
                "elementwise-for-matmul",
                "a matrix product stands where exp acts entry by entry",
                ("return d * z", "return d @ z.T"),
            ),
            mistake(
                "bias-scalar",
                "the gradient is summed to one number",
                ("return d * z", "return (d * z).sum()"),
            ),
        ),
        places={"what back(d) gives": "What is the slope of exp, and what arrives?"},
    ),
    Item(
        id="04d.5",
        title="One share overwrites another",
        kind="bug hunt",
        difficulty=2,
        points=2,
        link="chapters/04d_tensor_autograd.ipynb#Shared-weights-are-forks",
        task=(
            "In the walk of this notebook somebody writes `flow[x] = share`. Where are the "
            "gradients still right? `True` for right: for x in `total(multiply(x, x))`; for the "
            "bias in `add(matmul(X, W), b)`, over five rows; for V in "
            "`matmul(relu(matmul(X, V)), V)`; for W in a chain of five layers, each with its own "
            "weights."
        ),
        call="still_right",
        starter=(
            'still_right = {"x times x": ..., "bias": ..., "V in two layers": ..., "chain": ...}\n'
        ),
        reference=(
            "def still_right():\n"
            '    uses = {"x times x": 2, "bias": 1, "V in two layers": 2, "chain": 1}\n'
            "    return {name: number == 1 for name, number in uses.items()}\n"
        ),
        explanation=(
            "`=` and `+=` differ only where a node receives more than one share, that is, where it "
            "was used by more than one edge. x * x has two edges to x, a weight in two layers has "
            "two consumers. The bias is used once by the tape: its five rows are summed inside the "
            "rule. So a test on plain layers sees nothing; a shared weight does, and every "
            "convolution and recurrent network is one."
        ),
        hints=(
            "When do `=` and `+=` give different results?",
            "Count the edges that lead to each node.",
            "Two of the four are reached twice.",
        ),
        outputs=("x times x", "bias", "V in two layers", "chain"),
        mistakes=(
            mistake(
                "overwrite-not-accumulate",
                "Both edges of x * x lead to x, and one share is lost.",
                ('"x times x": 2', '"x times x": 1'),
            ),
            mistake(
                "",
                "The rows are summed inside the rule; the bias receives one share.",
                ('"bias": 1', '"bias": 5'),
            ),
            mistake(
                "overwrite-not-accumulate",
                "V has two consumers, and one of their shares is lost.",
                ('"V in two layers": 2', '"V in two layers": 1'),
            ),
            mistake(
                "",
                "In a chain every node has one consumer.",
                ('"chain": 1', '"chain": 5'),
            ),
        ),
    ),
    Item(
        id="04d.6",
        title="A Hessian's product, from two gradients",
        kind="code",
        difficulty=3,
        points=4,
        link="chapters/04d_tensor_autograd.ipynb#Curvature-without-the-Hessian",
        task=(
            "`grad(w)` gives ∂E/∂w, (d,). Return H v at `w`, (d,), from two calls of it, by a "
            "two-sided difference with the nudge `h` times `v`. v, (d,), may have any length."
        ),
        call="hvp(grad, w, v, h)",
        starter=(
            "def hvp(grad, w, v, h):\n"
            '    """H v at w, (d,), from two gradients, two-sided."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def hvp(grad, w, v, h):\n    return (grad(w + h * v) - grad(w - h * v)) / (2 * h)\n"
        ),
        explanation=(
            "H holds how each slope changes as each weight moves; H v is how all slopes change as "
            "the weights move along v. So nudge along v, and take the change of the gradient: two "
            "gradients, whatever the number of weights, and no Hessian. v stays as long as it is, "
            "for H v is linear in v. The exact way, a gradient of ∇E · v, costs about the same."
        ),
        hints=(
            "H v says how the gradient changes when w moves. In which direction?",
            "Gradients at w + h v and w − h v: what do you do with them?",
            "Their difference, divided by 2h, because the two places are 2h v apart.",
        ),
        outputs=("H v",),
        inputs=bent,
        sizes=({"n": 5}, {"n": 6}),
        small=({"n": 1}, {"n": 2}),
        edges=(Edge(says="a v of zeros", make=no_direction),),
        mistakes=(
            *difference_mistakes("grad", "w", "v"),
            mistake(
                "",
                "every weight is nudged by h, whatever v says: that is H times ones",
                (DIFFERENCE, "(grad(w + h) - grad(w - h)) / (2 * h)"),
            ),
            mistake(
                "",
                "it is multiplied by v once more, entry by entry",
                (DIFFERENCE, f"v * {DIFFERENCE}"),
            ),
            mistake(
                "",
                "it is vᵀ H v, one number: the curvature along v",
                (DIFFERENCE, f"v @ ({DIFFERENCE})"),
            ),
            mistake(
                "",
                "v is brought to length 1",
                (DIFFERENCE, f"({DIFFERENCE})".replace("v)", "v / np.linalg.norm(v))")),
            ),
            mistake(
                "",
                "it is the gradient's slope times v: no nudge is made",
                (DIFFERENCE, "grad(w) * v"),
            ),
            mistake(
                "",
                "the gradient is taken at the nudge, without w",
                (DIFFERENCE, "(grad(h * v) - grad(-h * v)) / (2 * h)"),
            ),
            mistake(
                "mutates-input",
                "w is moved in place",
                ("    return (grad(w + h * v)", "    w += 0.1\n    return (grad(w + h * v)"),
            ),
        ),
    ),
    Item(
        id="04d.7",
        title="Twenty segments of five",
        kind="by hand",
        difficulty=2,
        points=2,
        link="chapters/04d_tensor_autograd.ipynb#Checkpoints:-forget,-and-compute-again",
        task=(
            "100 layers, checkpoints at the input of every fifth. `kept`: the most arrays kept at "
            "once, counted as in the notebook. `runs`: how many layer runs the whole takes, "
            "forward, again forward, and back."
        ),
        call="checkpoints",
        starter='checkpoints = {"kept": ..., "runs": ...}\n',
        reference=(
            "def checkpoints():\n"
            "    n, s = 100, 5\n"
            "    kept = n // s + s - 1  # a segment's start is a checkpoint already\n"
            "    runs = n + n + n\n"
            '    return {"kept": kept, "runs": runs}\n'
        ),
        explanation=(
            "Twenty checkpoints, and the inputs of the four other layers of the segment at hand. "
            "Every layer runs forward twice and back once. Segments of √n = 10 would keep 19; the "
            "runs are as many for every s above 1. The price is one more forward pass, the gain "
            "three quarters of the memory."
        ),
        hints=(
            "How many checkpoints are there, and what else is kept while a segment is worked on?",
            "n/s checkpoints, and s − 1 inputs inside the segment. How often does each layer run?",
            "Twenty, and four; each layer twice forward and once back.",
        ),
        outputs=("kept", "runs"),
        mistakes=(
            mistake(
                "",
                "The segment's first input is a checkpoint already: it is counted twice.",
                ("n // s + s - 1", "n // s + s"),
            ),
            mistake(
                "",
                "Those are the checkpoints. What does the segment at hand need besides?",
                ("n // s + s - 1", "n // s"),
            ),
            mistake(
                "", "That is the least there can be, at s = 10.", ("n // s + s - 1", "2 * 10 - 1")
            ),
            mistake("", "That is without checkpoints.", ("n // s + s - 1", "n")),
            mistake(
                "",
                "That leaves out the second run forward, from the checkpoints, or the way back.",
                ("n + n + n", "n + n"),
            ),
            mistake(
                "",
                "Only the segment at hand runs again, and not all that lies before it.",
                ("n + n + n", "2 * n + n * n // s"),
            ),
        ),
    ),
]

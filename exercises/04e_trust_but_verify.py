"""The exercises of 4e: trust, but verify."""

import numpy as np

from dlcore.classroom.items import Edge, Item, mistake


def smooth(rng, shape):
    """A function of arrays of this shape that takes complex numbers too, and a place."""
    bend = np.round(rng.uniform(0.5, 1.5, shape), 2)
    mix = np.round(rng.uniform(0.1, 0.3), 2)

    def f(x):
        """Σ bend x³ + mix (Σ x)² + Σ sin x: made from the seed."""
        return (bend * x**3).sum() + mix * x.sum() ** 2 + np.sin(x).sum()

    return f, np.round(rng.uniform(0.5, 2, shape), 1), 1e-20


def table(rng, n, d):
    return smooth(rng, (n, d))


def vector(rng):
    return smooth(rng, (4,))


def whole_numbers(rng):
    f, _, h = smooth(rng, (3, 2))
    return f, np.array([[1, 2], [2, 1], [1, 1]]), h


def gradients(rng, n):
    """What a gradient is to be checked on: its bends, a place, and where it is wrong."""
    return np.round(rng.uniform(0.5, 2, n), 2), np.round(rng.normal(size=n) + 2, 1), n - 1


def on_right_and_wrong(answer, bend, x, at):
    """What a check says of right gradients, and of wrong ones, large and small.

    Where chance decides, it is asked thirty times, and one time that it passes counts.
    """

    def slope(x):
        return 0.3 * np.exp(0.3 * x) * bend

    size, one = np.sqrt((slope(x) ** 2).mean()), 1.0 * (np.arange(len(x)) == at)
    said = {}
    for name, scale, k, rtol, times, wrong in (
        ("right", 1, 4, 1e-6, 1, lambda g: g),
        ("right and tiny", 1e-9, 4, 1e-6, 1, lambda g: g),
        ("right, rtol 1e-4", 1, 4, 1e-4, 1, lambda g: g),
        ("right, rtol 1e-2", 1, 4, 1e-2, 1, lambda g: g),
        ("right, rtol 100", 1, 4, 100.0, 1, lambda g: g),
        ("off by 0.1 %, rtol 1e-2", 1, 4, 1e-2, 1, lambda g: 1.001 * g),
        ("off by 0.1 %", 1, 4, 1e-6, 1, lambda g: 1.001 * g),
        ("off in one entry", 1, 4, 1e-6, 1, lambda g: g + 0.1 * size * one),
        ("off in two entries", 1, 4, 1e-6, 1, lambda g: g + 0.1 * size * (one - one[::-1])),
        ("tiny, wrong sign", 1e-9, 4, 1e-6, 1, lambda g: -g),
        ("doubled, one direction", 1, 1, 1e-6, 30, lambda g: 2 * g),
        ("seldom seen, thirty directions", 1, 30, 0.05, 30, lambda g: g + 0.5 * size * one),
    ):

        def f(x, scale=scale):
            return scale * (np.exp(0.3 * x) * bend).sum()

        def grad(x, scale=scale, wrong=wrong):
            return wrong(scale * slope(x))

        asked = (np.random.default_rng(seed) for seed in range(times))
        verdicts = [answer(f, grad, x.copy(), k, rtol, rng) for rng in asked]
        odd = [verdict for verdict in verdicts if not isinstance(verdict, bool | np.bool_)]
        said[name] = odd[0] if odd else float(any(verdicts))
    return said


def pairs(rng, n):
    """A gradient with entries of very different sizes, and what a witness says."""
    right = np.round(rng.uniform(1, 3, n) * rng.choice([-1, 1], n), 2) * 10.0 ** -np.arange(n)
    return (right,)


def of_pairs(answer, right):
    """What a test says of right gradients, rounded, and of wrong ones, large and small."""
    rounding = 1 + 1e-9 * np.where(np.arange(len(right)) % 2, 1, -1)
    noise = 1e-9 * abs(right).max() * np.where(np.arange(len(right)) % 2, 1, -1)
    lost = right * (np.arange(len(right)) > 0)
    slightly = right.copy()
    slightly[0] *= 1 + 1e-4
    said = {}
    for name, claimed, witness in (
        ("right, rounded", right * rounding, right),
        ("right, with noise", right + noise, right),
        ("right and huge", 1e7 * right * rounding, 1e7 * right),
        ("tiny, wrong sign", -1e-9 * right, 1e-9 * right),
        ("tiny, an entry lost", 1e-9 * lost, 1e-9 * right),
        ("off by 1e-4", slightly, right),
        ("off by 1e-4, other way", right, slightly),
        ("nowhere right", 5 * right[::-1], right),
    ):
        verdict = answer(claimed.copy(), witness.copy())
        said[name] = float(verdict) if isinstance(verdict, bool | np.bool_) else verdict
    return said


def both_sides(rng, n):
    """Numbers of both signs, none near 0."""
    return (np.round(rng.uniform(0.3, 2, n), 2) * np.where(np.arange(n) % 2, 1, -1),)


def value_and_slope(answer, z):
    """What a function gives at z, and its slope there by the complex step."""
    value, up, down = answer(z.copy()), answer(z + 1e-20j), answer(z - 1e-20j)
    if not all(isinstance(one, np.ndarray) for one in (value, up, down)):
        return value
    return value, np.imag([up, down]) / [[1e-20], [-1e-20]]


SEEN = "seen = (f(x + h * v) - f(x - h * v)) / (2 * h)"
ALLOWED = "rtol * np.sqrt((g**2).mean())"
OFF = "abs(claimed - witness).max()"
LARGEST = "abs(witness).max()"

ITEMS = [
    Item(
        id="04e.1",
        title="A gradient sideways",
        kind="code",
        difficulty=1,
        points=3,
        link="chapters/04e_trust_but_verify.ipynb#Ask-the-function-itself",
        task=(
            "The gradient of `f` at `x` by the complex step: nudge each entry by `h` times i. `f` "
            "takes arrays like `x`, of any shape, with complex entries too. `x` may hold whole "
            "numbers, and stays as it is. Return floats, in the shape of `x`."
        ),
        call="complex_step_gradient(f, x, h)",
        starter=(
            "def complex_step_gradient(f, x, h):\n"
            '    """The gradient of f at x by nudges of i h; floats, shaped like x."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def complex_step_gradient(f, x, h):\n"
            "    g = np.zeros(x.shape)\n"
            "    for at in np.ndindex(x.shape):\n"
            "        nudged = x.astype(complex)\n"
            "        nudged[at] = x[at] + 1j * h\n"
            "        g[at] = f(nudged).imag / h\n"
            "    return g\n"
        ),
        explanation=(
            "$f(x+ih)=f+ihf'-\\dots$, so the slope stands in the imaginary part, alone: nothing is "
            "subtracted, and h may be $10^{-20}$. The array has to be complex before the nudge is "
            "put in, else NumPy drops the imaginary part. One entry at a time, as with any partial "
            "derivative. The price is that f has to take complex numbers, without an abs on the "
            "way."
        ),
        hints=(
            "Which part of f(x + ih) holds the slope?",
            "For every place: a complex copy of x, `1j * h` added there, and the imaginary part of "
            "f divided by h.",
            "`nudged = x.astype(complex)`, `nudged[at] += 1j * h`, `g[at] = f(nudged).imag / h`.",
        ),
        outputs=("the gradient",),
        inputs=table,
        sizes=({"n": 5, "d": 3}, {"n": 6, "d": 2}),
        small=({"n": 1, "d": 1}, {"n": 1, "d": 2}),
        edges=(
            Edge(says="a vector", make=vector),
            Edge(says="an x of whole numbers", make=whole_numbers, id="integer-dtype"),
        ),
        mistakes=(
            mistake("", "it is not divided by h", (".imag / h", ".imag")),
            mistake(
                "",
                "it is divided by 2h, as a central difference is",
                ("imag / h", "imag / (2 * h)"),
            ),
            mistake("", "the real part is taken", (".imag / h", ".real / h")),
            mistake("", "it is the value of f, not its slope", (".imag / h", ".real")),
            mistake(
                "",
                "the nudge is real: x + 10⁻²⁰ is x, and the imaginary part stays 0",
                ("1j * h", "h"),
            ),
            mistake("error-sign", "the nudge goes to −i", ("x[at] + 1j", "x[at] - 1j")),
            mistake(
                "",
                "all entries are nudged at once: that is one slope, not a gradient",
                ("nudged[at] = x[at] + 1j * h", "nudged = x + 1j * h"),
            ),
            mistake(
                "",
                "a whole row is nudged at once",
                ("nudged[at] = x[at] + 1j * h", "nudged[at[:1]] = x[at[:1]] + 1j * h"),
            ),
            mistake(
                "",
                "x itself is left out: the nudged entry is only i h",
                ("nudged[at] = x[at] + 1j * h", "nudged[at] = 1j * h"),
            ),
            mistake(
                "integer-dtype",
                "the slopes are cut to integers",
                ("f(nudged).imag / h", "np.trunc(f(nudged).imag / h)"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "only the last entry's slope is kept",
                ("g[at] = ", "g = np.zeros(x.shape); g[at] = "),
            ),
        ),
    ),
    Item(
        id="04e.2",
        title="The best h of a forward difference",
        kind="by hand",
        difficulty=2,
        points=3,
        link="chapters/04e_trust_but_verify.ipynb#The-smallest-h-is-not-the-best",
        task=(
            "A forward difference errs by $\\frac h2|f''| + 2\\varepsilon|f|/h$. On a small "
            "computer $\\varepsilon = 10^{-6}$; $|f| = 3$ and $|f''| = 1$. Fill in the best `h`, "
            "and the `error` there. Three significant digits."
        ),
        call="forward",
        starter='forward = {"h": ..., "error": ...}\n',
        reference=(
            "def forward():\n"
            "    eps, f, bend = 1e-6, 3.0, 1.0\n"
            "    h = 2 * np.sqrt(eps * f / bend)  # where bend / 2 = 2 eps f / h**2\n"
            "    error = h / 2 * bend + 2 * eps * f / h\n"
            '    return {"h": float(h), "error": float(error)}\n'
        ),
        explanation=(
            "The slope of the error in h is $\\frac12|f''| - 2\\varepsilon|f|/h^2$; it is zero at "
            "$h = 2\\sqrt{\\varepsilon|f/f''|}$. There the two parts are equal, and their sum is "
            "$2\\sqrt{\\varepsilon|f f''|}$. Both go with $\\varepsilon^{1/2}$: a forward "
            "difference keeps half the digits, where a central one keeps two thirds."
        ),
        hints=(
            "Where is a sum of one part that grows and one that falls least?",
            "Differentiate by h and set it to zero: ½|f″| = 2ε|f|/h².",
            "h = 2 √(ε|f|/|f″|); put it back for the error.",
        ),
        outputs=("h", "error"),
        mistakes=(
            mistake(
                "",
                "That is the order, √ε. The factor 2√|f/f″| is missing.",
                ("2 * np.sqrt(eps * f / bend)", "np.sqrt(eps)"),
            ),
            mistake(
                "",
                "That leaves out the 2 before the root, or takes ε|f|/h for the rounding and "
                "h|f″| for the bend.",
                ("2 * np.sqrt(eps * f / bend)", "np.sqrt(eps * f / bend)"),
            ),
            mistake(
                "",
                "In the rounding stands 2ε: two values are subtracted, each rounded.",
                ("2 * np.sqrt(eps * f / bend)", "np.sqrt(2 * eps * f / bend)"),
            ),
            mistake(
                "",
                "|f| and |f″| are the wrong way round under the root.",
                ("eps * f / bend)", "eps * bend / f)"),
            ),
            mistake(
                "",
                "That is the cube root of the central difference.",
                ("2 * np.sqrt(eps * f / bend)", "(3 * eps * f / bend) ** (1 / 3)"),
            ),
            mistake(
                "idea-13",
                "That h is ε itself: there the rounding is as large as the slope.",
                ("2 * np.sqrt(eps * f / bend)", "eps"),
            ),
            mistake(
                "",
                "That is one of the two parts; the error is their sum.",
                ("h / 2 * bend + 2 * eps * f / h", "h / 2 * bend"),
            ),
            mistake(
                "",
                "Where the sum is least its *slope* is zero, and not the error.",
                ("h / 2 * bend + 2 * eps * f / h", "h / 2 * bend - 2 * eps * f / h"),
            ),
        ),
    ),
    Item(
        id="04e.3",
        title="A kink nearby",
        kind="predict",
        difficulty=1,
        points=1,
        link="chapters/04e_trust_but_verify.ipynb#Kinks:-alarms-that-are-none",
        task=(
            "ReLU at $x = 2\\cdot10^{-6}$, whose slope is 1. What does a central difference with "
            "$h = 10^{-5}$ report?"
        ),
        call="reported",
        starter="reported = ...\n",
        reference=(
            "def reported():\n"
            "    x, h = 2e-6, 1e-5\n"
            "    up, down = max(x + h, 0), max(x - h, 0)\n"
            "    return (up - down) / (2 * h)\n"
        ),
        explanation=(
            "x − h lies on the other side of the kink, where ReLU is 0, so the difference sees "
            "12 millionths over 20: $\\frac12+\\frac{x}{2h}$. The code's 1 is right, and the check "
            "complains. A smaller h, or one that tells kinks from bends, does not: an alarm at an "
            "entry whose z is nearer to 0 than h is none."
        ),
        hints=(
            "On which side of the kink is x − h?",
            "What is ReLU at x + h, and what at x − h?",
            "It is 12·10⁻⁶ at the one and 0 at the other, and they are 2h apart.",
        ),
        outputs=("the report",),
        mistakes=(
            mistake(
                "",
                "That is the true slope. One of the two places lies beyond the kink.",
                ("max(x - h, 0)", "x - h"),
            ),
            mistake(
                "",
                "That is the report exactly at the kink; x lies a little to the right of it.",
                ("x, h = 2e-6", "x, h = 0"),
            ),
            mistake(
                "",
                "x lies to the right of the kink, not to the left.",
                ("x, h = 2e-6", "x, h = -2e-6"),
            ),
            mistake("", "The two places are 2h apart.", ("(2 * h)", "h")),
            mistake(
                "idea-13",
                "x + h is to the right of the kink, where ReLU is not 0.",
                ("max(x + h, 0)", "0"),
            ),
            mistake(
                "numeric-gradient-one-sided",
                "That is one-sided, from x to x − h.",
                ("(up - down) / (2 * h)", "x / h"),
            ),
        ),
    ),
    Item(
        id="04e.4",
        title="Eight copies of one row",
        kind="predict",
        difficulty=2,
        points=2,
        link="chapters/04e_trust_but_verify.ipynb#What-can-a-check-see?",
        task=(
            "A check uses a batch of eight copies of one row, with biases and a penalty, and asks "
            "once. Which of these mistakes, unseen with a batch of one, are *still* unseen? `True` "
            "for unseen."
        ),
        call="unseen",
        starter=(
            'unseen = {"missing-1-over-n": ..., "bias-not-summed": ..., '
            '"first-example-only": ..., "not-zeroed": ...}\n'
        ),
        reference=(
            "def unseen():\n"
            "    n, d = 8, 1.0  # eight equal rows; each row's δ is d / n\n"
            "    right = n * (d / n)  # a bias's gradient\n"
            "    missing = n * d\n"
            "    last = d / n\n"
            "    first = 1 * (d / 1)  # a batch of one, with its own mean\n"
            "    carried = right  # at the first call nothing has been carried over\n"
            '    made = {"missing-1-over-n": missing, "bias-not-summed": last}\n'
            '    made |= {"first-example-only": first, "not-zeroed": carried}\n'
            "    return {name: bool(np.isclose(one, right)) for name, one in made.items()}\n"
        ),
        explanation=(
            "Eight rows tell a sum from a mean: without the 1/n the gradient is eight times too "
            "large, and the last row's share alone is an eighth. But the mean of eight equal rows "
            "*is* the first row, so who looks at that one only is right. And what is carried over "
            "shows at the second call, whatever the batch. So the rows should differ, and the "
            "check should ask twice."
        ),
        hints=(
            "What is the mean of eight equal rows, and what their sum?",
            "For each mistake: by what factor is the bias's gradient wrong on such a batch?",
            "The factors are 8, ⅛, 1 and 1.",
        ),
        outputs=("missing-1-over-n", "bias-not-summed", "first-example-only", "not-zeroed"),
        mistakes=(
            mistake(
                "batch-of-one-blind",
                "Eight rows are eight times one row: the missing 1/n shows.",
                ("missing = n * d", "missing = right"),
            ),
            mistake(
                "bias-not-summed",
                "The last row's share is an eighth of the sum, equal rows or not.",
                ("last = d / n", "last = right"),
            ),
            mistake(
                "first-example-only",
                "The mean over equal rows is that of the first alone.",
                ("first = 1 * (d / 1)", "first = d / n"),
            ),
            mistake(
                "not-zeroed",
                "At the first call there is nothing to carry over yet.",
                ("carried = right", "carried = 2 * right"),
            ),
        ),
    ),
    Item(
        id="04e.5",
        title="A check in a few directions",
        kind="code",
        difficulty=3,
        points=5,
        link="chapters/04e_trust_but_verify.ipynb#One-direction-for-all-entries",
        task=(
            "Check `grad(x)`, (d,), against `f` at `x`, (d,), along `k` random unit vectors drawn "
            "from `rng`. Return `True` if along each of them the two slopes differ by no more than "
            "`rtol` times the size of the gradient, else `False`. Gradients of 10⁻⁹ are to be "
            "checked as strictly as those of 1."
        ),
        call="along(f, grad, x, k, rtol, rng)",
        starter=(
            "def along(f, grad, x, k, rtol, rng):\n"
            '    """Whether grad agrees with f at x along k random directions, within rtol."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def along(f, grad, x, k, rtol, rng):\n"
            "    g, h = grad(x), 1e-5\n"
            "    for _ in range(k):\n"
            "        v = rng.normal(size=x.shape)\n"
            "        v = v / np.sqrt((v**2).sum())\n"
            "        seen = (f(x + h * v) - f(x - h * v)) / (2 * h)\n"
            "        told = (g * v).sum()\n"
            "        if abs(seen - told) > rtol * np.sqrt((g**2).mean()):\n"
            "            return False\n"
            "    return True\n"
        ),
        explanation=(
            "Along a unit vector v the slope is g · v, so two calls of f test all entries at once. "
            "Four things decide whether the check can see: a central difference (a one-sided one "
            "is off by more than a strict rtol), a tolerance *relative* to the gradient, the rtol "
            "that was asked for, and directions that touch every entry. What it misses, it misses "
            "by chance, and k directions make that chance small."
        ),
        hints=(
            "What is the slope of f along a unit vector, from f alone, and from the gradient?",
            "`v` from `rng.normal`, divided by its length; a central difference along v; g · v. "
            "Compare their difference with rtol times the size of g.",
            "`abs(seen - told) > rtol * np.sqrt((g**2).mean())` in any direction: False.",
        ),
        outputs=("the check",),
        used=on_right_and_wrong,
        inputs=gradients,
        sizes=({"n": 6}, {"n": 9}),
        mistakes=(
            mistake(
                "loose-tolerance",
                "rtol is not used: 1e-2 is",
                (ALLOWED, "1e-2 * np.sqrt((g**2).mean())"),
            ),
            mistake(
                "idea-12",
                "the difference is compared with rtol itself, not relative to the gradient",
                (ALLOWED, "rtol"),
            ),
            mistake(
                "idea-12",
                "an absolute tolerance is added, under which small gradients are not looked at",
                (ALLOWED, f"1e-6 + {ALLOWED}"),
            ),
            mistake(
                "numeric-gradient-one-sided",
                "",
                (SEEN, "seen = (f(x + h * v) - f(x)) / h"),
            ),
            mistake(
                "numeric-gradient-h",
                "h is far too small: the digits run out",
                ("1e-5", "1e-14"),
            ),
            mistake("numeric-gradient-h", "h is far too large: f is bent", ("1e-5", "0.3")),
            mistake("", "it is divided by h, where the places are 2h apart", ("(2 * h)", "h")),
            mistake(
                "first-example-only",
                "only the first entry is nudged",
                ("v / np.sqrt((v**2).sum())", "np.sign(v) * (np.arange(v.size) == 0)"),
            ),
            mistake(
                "",
                "what passes and what does not are the wrong way round",
                ("return False", "return True"),
                ("    return True", "    return False"),
            ),
            mistake(
                "",
                "one direction decides: only one is tried, or one that agrees is enough",
                ("range(k)", "range(1)"),
            ),
            mistake(
                "",
                "v is not random but a vector of ones: what cancels in the sum is not seen",
                ("v = rng.normal(size=x.shape)", "v = np.ones(x.shape)"),
            ),
            mistake(
                "",
                "the slopes are compared without abs: one that is too large always passes",
                ("abs(seen - told)", "seen - told"),
            ),
            mistake("", "it is never True", ("    return True", "    return False")),
            mistake("", "it is never False", ("return False", "continue")),
            mistake(
                "error-sign",
                "the two slopes are added where they are to be compared",
                ("abs(seen - told)", "abs(seen + told)"),
            ),
        ),
    ),
    Item(
        id="04e.6",
        title="A test that passes the wrong sign",
        kind="bug hunt",
        difficulty=2,
        points=3,
        link="chapters/04e_trust_but_verify.ipynb#Relative-to-what?",
        task=(
            "This compares a gradient that is claimed with what a witness measured, arrays of one "
            "shape. It passes a gradient of 10⁻⁹ that has the wrong sign, and refuses a right one "
            "of 10⁷ for its last digits. Repair it: pass where the largest difference is at most "
            "10⁻⁶ of the witness's largest entry."
        ),
        call="passes(claimed, witness)",
        starter=(
            "def passes(claimed, witness):\n    return abs(claimed - witness).max() <= 1e-6\n"
        ),
        reference=(
            "def passes(claimed, witness):\n"
            "    return abs(claimed - witness).max() <= 1e-6 * abs(witness).max()\n"
        ),
        explanation=(
            "An absolute tolerance means nothing until one knows how large the gradient is: below "
            "it, anything passes. Relative to the *largest* entry the test is the same for every "
            "scale, and an entry of 10⁻¹² beside entries of 1 is not held to its own last digits, "
            "which no difference can measure. Entry by entry it would be."
        ),
        hints=(
            "What do both cases have in common: how large are the gradients?",
            "Divide the largest difference by something that grows with the gradient.",
            "`abs(witness).max()` is that size.",
        ),
        outputs=("the test",),
        used=of_pairs,
        inputs=pairs,
        sizes=({"n": 5}, {"n": 6}),
        mistakes=(
            mistake("idea-12", "the tolerance is still absolute", (f" * {LARGEST}", "")),
            mistake(
                "idea-12",
                "an absolute tolerance is still added, under which nothing is looked at",
                (f"1e-6 * {LARGEST}", f"1e-6 + 1e-6 * {LARGEST}"),
            ),
            mistake(
                "",
                "each entry is compared with its own size, so that a tiny one has to have all its "
                "digits",
                (
                    f"{OFF} <= 1e-6 * {LARGEST}",
                    "(abs(claimed - witness) / abs(witness)).max() <= 1e-6",
                ),
            ),
            mistake(
                "error-sign",
                "the differences have a sign: without abs a large negative one passes",
                (OFF, "(claimed - witness).max()"),
            ),
            mistake("loose-tolerance", "the tolerance is 1e-2", ("1e-6", "1e-2")),
            mistake("loose-tolerance", "the tolerance is the gradient itself", ("1e-6 * ", "")),
            mistake(
                "",
                "the claimed gradient's own smallest entry is the measure",
                (LARGEST, "abs(witness).min()"),
            ),
            mistake("", "the comparison is the wrong way round", ("<=", ">")),
            mistake(
                "",
                "sizes are compared, and the signs lost",
                (OFF, "abs(abs(claimed) - abs(witness)).max()"),
            ),
        ),
    ),
    Item(
        id="04e.7",
        title="Half a slope everywhere",
        kind="bug hunt",
        difficulty=3,
        points=3,
        link="chapters/04e_trust_but_verify.ipynb#Ask-the-function-itself",
        task=(
            "The complex step says ½ at every ReLU, open or shut, although its values are right. "
            "Repair `relu(z)` so that it takes real *and* complex arrays, and the complex step "
            "gives 1 where the real part is above 0, and 0 below."
        ),
        call="relu(z)",
        starter="def relu(z):\n    return (z + abs(z)) / 2\n",
        reference="def relu(z):\n    return np.where(np.real(z) > 0, z, 0 * z)\n",
        explanation=(
            "The abs of a complex number is its distance from 0, a real number: the nudge i h "
            "changes it by h²/2, which is nothing. So abs gives a slope of 0, z gives 1, and the "
            "half of both is ½. The complex step needs functions that are analytic where it is "
            "used: no abs, no conjugate, no max of sizes. Choosing by the *real* part is allowed: "
            "the choice does not move with the nudge."
        ),
        hints=(
            "Compute abs(1 + 1e-20j), and abs(-1 + 1e-20j). Where is the nudge?",
            "abs loses the imaginary part. Choose between z and 0 by the sign of what?",
            "`np.where(np.real(z) > 0, z, 0 * z)`.",
        ),
        outputs=("the value", "the slope by the complex step"),
        used=value_and_slope,
        inputs=both_sides,
        sizes=({"n": 5}, {"n": 6}),
        mistakes=(
            mistake(
                "",
                "abs is still there, and loses the nudge",
                ("np.where(np.real(z) > 0, z, 0 * z)", "(z + abs(z)) / 2"),
            ),
            mistake(
                "",
                "the real part alone is returned, without the nudge",
                ("np.real(z) > 0, z, 0 * z", "np.real(z) > 0, np.real(z), 0.0"),
            ),
            mistake("relu-mask-flipped", "", ("np.real(z) > 0", "np.real(z) < 0")),
            mistake(
                "",
                "it is the identity: nothing is shut",
                ("np.where(np.real(z) > 0, z, 0 * z)", "1 * z"),
            ),
            mistake(
                "",
                "the values are chosen, and the nudge goes through everywhere",
                ("0 * z)", "1j * np.imag(z))"),
            ),
            mistake(
                "",
                "both parts are cut at 0: a nudge to the other side is lost",
                (
                    "np.where(np.real(z) > 0, z, 0 * z)",
                    "np.maximum(np.real(z), 0) + 1j * np.maximum(np.imag(z), 0)",
                ),
            ),
            mistake(
                "",
                "it is chosen by the imaginary part",
                ("np.real(z) > 0", "np.imag(z) > 0"),
            ),
            mistake(
                "",
                "the slope is returned, not the value",
                ("np.where(np.real(z) > 0, z, 0 * z)", "1.0 * (np.real(z) > 0)"),
            ),
            mistake(
                "",
                "(z + √z²)/2 has both right, but doubled",
                ("np.where(np.real(z) > 0, z, 0 * z)", "z + np.where(np.real(z) > 0, z, -z)"),
            ),
        ),
        places={
            "the slope by the complex step": "What becomes of the imaginary part?",
        },
    ),
]

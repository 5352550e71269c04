"""The exercises of 2b: gradient descent."""

import numpy as np

from dlcore.classroom.items import Edge, Item, mistake


def valley(rng, d, steps):
    """A bowl with a tilt and a ripple, whose gradient no shortcut guesses; a start; a rate."""
    curvature = np.round(rng.uniform(0.5, 2.5, d), 1)
    mix = np.round(rng.uniform(0.1, 0.4), 2)
    low = np.round(rng.normal(size=d), 1)

    def grad(x):
        """curvature * (x - low) + mix * (sum(x) - x): made from the seed."""
        return curvature * (x - low) + mix * (np.sum(x) - x)

    x0 = np.round(rng.normal(size=d) * 2, 1) + 0.3
    return grad, x0, np.round(rng.uniform(0.1, 0.3), 2), steps


def one_step(rng):
    return valley(rng, d=4, steps=1)


def no_step(rng):
    return valley(rng, d=4, steps=0)


def whole_numbers(rng):
    grad, _, learning_rate, steps = valley(rng, d=3, steps=3)
    return grad, np.array([3, -2, 1]), learning_rate, steps


def a_long_walk(rng):
    return valley(rng, d=3, steps=400)


STEP = "x = x - learning_rate * grad(x)"
KEPT = "path.append(x.copy())"


def ravine(rng, d):
    """A bowl that bends a little more around x, whose largest curvature stands well apart."""
    axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
    curvatures = np.append(rng.uniform(3, 6), rng.uniform(0.3, 1.5, d - 1))
    H = axes @ np.diag(curvatures) @ axes.T
    x, low = np.round(rng.normal(size=(2, d)), 1) + 0.3

    def grad(y):
        """H @ (y - low), and what bends away from it far from x: made from the seed."""
        return H @ (y - low) + 0.5 * (y - x) ** 2 + 0.4 * (y - x) ** 3

    return grad, x, 30


def one_weight(rng):
    return ravine(rng, d=1)


NUDGED = "change = (grad(x + h * v) - grad(x - h * v)) / (2 * h)"
LENGTH_1 = "v = change / L"


def slope_to_reach(rng, d):
    """A bowl with a flat axis, a start with a slope along every axis, and a share of it."""
    curvature = np.round(np.geomspace(0.4, 3, d + 1)[:d] * rng.uniform(0.9, 1.1, d), 2)
    low = np.round(rng.normal(size=d), 1)
    mix = np.round(rng.uniform(0.02, 0.05), 3)

    def grad(x):
        """curvature * (x - low) + mix * (sum(x - low) - (x - low)): made from the seed."""
        return curvature * (x - low) + mix * (np.sum(x - low) - (x - low))

    slopes = rng.choice([-1, 1], d) * rng.uniform(2, 3, d)
    x0 = np.round(low + slopes / curvature, 1)
    return grad, x0, np.round(rng.uniform(0.2, 0.3), 2), np.round(rng.uniform(0.08, 0.15), 2), 60


def a_single_bowl(x):
    """The gradient of ½‖x‖²."""
    return 1.0 * x


def exactly_the_share(rng):
    return a_single_bowl, np.array([3.0, 4.0]), 0.5, 0.25, 20


def at_the_minimum(rng):
    return a_single_bowl, np.zeros(3), 0.5, 0.1, 20


def steps_used_up(rng):
    grad, x0, _, share, _ = slope_to_reach(rng, d=3)
    return grad, x0, 0.001, share, 7


FIRST = "first = np.linalg.norm(grad(x))"
ENOUGH = "np.linalg.norm(g) <= share * first"
DOWN = "x = x - learning_rate * g"
PATH = "np.array(path)"


ITEMS = [
    Item(
        id="02b.1",
        title="The whole trajectory",
        kind="code",
        difficulty=1,
        points=2,
        link="chapters/02b_gradient_descent.ipynb#One-weight:-the-step-is-a-map",
        task=(
            "Walk downhill and keep every point. `grad(x)` takes and returns an array (d,); `x0` "
            "is (d,). Return the trajectory, (steps + 1, d), whose first row is `x0`. Leave "
            "`x0` as it is."
        ),
        call="descend(grad, x0, learning_rate, steps)",
        starter=(
            "def descend(grad, x0, learning_rate, steps):\n"
            '    """The path of gradient descent from x0, (steps + 1, d), x0 first."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def descend(grad, x0, learning_rate, steps):\n"
            "    x = np.array(x0, dtype=float)\n"
            "    path = [x]\n"
            "    for _ in range(steps):\n"
            "        x = x - learning_rate * grad(x)\n"
            "        path.append(x)\n"
            "    return np.array(path)\n"
        ),
        explanation=(
            "Each step is a new array: `x - …` makes one, while `x -= …` would write into the "
            "array that `path` already holds, and every row would show the last point. The "
            "gradient is asked for again at each point, for it is only valid there."
        ),
        hints=(
            "How many points does a walk of `steps` steps have, the start included?",
            "Begin a list with a copy of x0. In each step make the next point from the last, and "
            "append it.",
            "`x = x - learning_rate * grad(x)` makes a new array each time, so `path.append(x)` "
            "is safe; return `np.array(path)`.",
        ),
        outputs=("the trajectory",),
        inputs=valley,
        sizes=({"d": 3, "steps": 6}, {"d": 4, "steps": 7}),
        probes=({"d": 4, "steps": 3},),
        small=({"d": 1, "steps": 1}, {"d": 1, "steps": 2}, {"d": 2, "steps": 2}),
        edges=(
            Edge(says="a single step", make=one_step),
            Edge(says="no step at all", make=no_step),
            Edge(says="400 steps, of which the last hardly move", make=a_long_walk),
            Edge(
                says="a start of whole numbers", make=whole_numbers, gentle=True, id="integer-dtype"
            ),
        ),
        mistakes=(
            mistake("ascent", "", (STEP, "x = x + learning_rate * grad(x)")),
            mistake(
                "assign-minus",
                "x =- learning_rate * grad(x) stands where -= is meant: x becomes minus the step",
                (STEP, "x = -learning_rate * grad(x)"),
            ),
            mistake(
                "mutates-input",
                "x0 itself is moved, and every row of the path is the same array",
                ("np.array(x0, dtype=float)", "x0"),
                (STEP, "x -= learning_rate * grad(x)"),
            ),
            mistake(
                "cached-wrong-value",
                "every row of the path is the same array, which `-=` overwrites: the last point",
                (STEP, "x -= learning_rate * grad(x)"),
            ),
            mistake(
                "cached-wrong-value",
                "all rows after the first are one array, which `-=` overwrites: the last point",
                ("path = [x]", "path = [x.copy()]"),
                (STEP, "x -= learning_rate * grad(x)"),
            ),
            mistake(
                "not-zeroed",
                "the gradients of all steps are added up: g += grad(x)",
                ("path = [x]", "path = [x]\n    g = 0"),
                (STEP, "g = g + grad(x)\n        x = x - learning_rate * g"),
            ),
            mistake(
                "integer-dtype",
                "the path is kept as integers",
                ("np.array(path)", "np.array(path).astype(int)"),
            ),
            mistake(
                "integer-dtype",
                "the start is made of integers",
                ("dtype=float", "dtype=int"),
            ),
            mistake(
                "integer-dtype",
                "each point is cut to integers",
                (STEP, "x = np.trunc(x - learning_rate * grad(x))"),
            ),
            mistake(
                "integer-dtype",
                "the points are integers, the start too: each step is cut",
                ("dtype=float", "dtype=int"),
                (STEP, "x = np.trunc(x - learning_rate * grad(x))"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "each step is made from x0, with x0's gradient: all rows after the first are equal",
                (STEP, "x = path[0] - learning_rate * grad(path[0])"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "each step starts again from x0: the steps do not add up",
                (STEP, "x = path[0] - learning_rate * grad(x)"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "the path keeps only its last point",
                ("path.append(x)", "path = [x]"),
            ),
            mistake(
                "stale-order",
                "the gradient is taken where the walk was one step before",
                ("path = [x]", "path = [x, x]"),
                (STEP, "x = x - learning_rate * grad(path[-2])"),
                ("np.array(path)", "np.array(path[1:])"),
            ),
            mistake(
                "stale-order",
                "the entries are moved one after another, each gradient seeing those before",
                (
                    STEP,
                    "x = x.copy()\n        for j in range(len(x)):\n"
                    "            x[j] -= learning_rate * grad(x)[j]",
                ),
            ),
            mistake(
                "",
                "the gradient is taken once, at the start, and never again",
                (STEP, "x = x - learning_rate * grad(path[0])"),
            ),
            mistake("", "the start is left out", ("np.array(path)", "np.array(path[1:])")),
            mistake(
                "", "the last point is left out", ("np.array(path)", "np.array(path[:-1] or path)")
            ),
            mistake("", "one step too many is made", ("range(steps)", "range(steps + 1)")),
            mistake("", "only the last point is returned", ("np.array(path)", "path[-1]")),
            mistake("", "the learning rate is left out", (STEP, "x = x - grad(x)")),
            mistake(
                "",
                "the learning rate is applied twice",
                (STEP, "x = x - learning_rate**2 * grad(x)"),
            ),
            mistake(
                "",
                "only the gradient's direction is used: it is divided by its length",
                (STEP, "g = grad(x)\n        x = x - learning_rate * g / np.linalg.norm(g)"),
            ),
            mistake(
                "",
                "only the gradient's signs are used",
                (STEP, "x = x - learning_rate * np.sign(grad(x))"),
            ),
            mistake(
                "",
                "the learning rate shrinks as 1/t",
                ("for _ in range(steps)", "for t in range(steps)"),
                (STEP, "x = x - learning_rate / (t + 1) * grad(x)"),
            ),
            mistake(
                "",
                "the gradients are returned instead of the points",
                ("np.array(path)", "np.array([grad(x) for x in path])"),
            ),
            mistake(
                "",
                "x is never moved: `x - …` is computed and not assigned",
                (STEP, "x - learning_rate * grad(x)"),
            ),
            mistake(
                "",
                "a step stands where a point is meant: x = learning_rate * grad(x), without x − …",
                (STEP, "x = learning_rate * grad(x)"),
            ),
            mistake("", "the gradient is left out of the step", (STEP, "x = x - learning_rate")),
            mistake(
                "",
                "the point stands in the step where its gradient is meant",
                (STEP, "x = x - learning_rate * x"),
            ),
            mistake(
                "",
                "the step is multiplied by the point",
                (STEP, "x = x - x * learning_rate * grad(x)"),
            ),
            mistake(
                "", "it is divided by the learning rate", (STEP, "x = x - grad(x) / learning_rate")
            ),
            mistake(
                "",
                "1 − learning_rate stands where learning_rate is meant",
                (STEP, "x = x - (1 - learning_rate) * grad(x)"),
            ),
            *(
                mistake(
                    "",
                    f"the rate {rate} stands in the code, whatever learning_rate is",
                    (STEP, f"x = x - {rate} * grad(x)"),
                )
                for rate in ("0.1", "0.01")
            ),
            *(
                mistake(
                    "",
                    f"every step is {times} as long as asked",
                    (STEP, f"x = x - {by} * learning_rate * grad(x)"),
                )
                for times, by in (("twice", 2), ("half", 0.5))
            ),
            mistake(
                "",
                "two steps are made for each row",
                (STEP, f"{STEP}\n        {STEP}"),
            ),
            *(
                mistake(
                    "",
                    f"the learning rate is {shrinks} {when} every step",
                    (STEP, "\n        ".join(order)),
                )
                for shrinks, change in (
                    ("multiplied by 0.9", "learning_rate = learning_rate * 0.9"),
                    ("multiplied by 0.99", "learning_rate = learning_rate * 0.99"),
                    ("halved", "learning_rate = learning_rate / 2"),
                )
                for when, order in (("before", (change, STEP)), ("after", (STEP, change)))
            ),
            mistake(
                "",
                "momentum is added: 0.9 of the step before goes into each step",
                ("path = [x]", "path = [x]\n    g = 0"),
                (STEP, "g = 0.9 * g + grad(x)\n        x = x - learning_rate * g"),
            ),
            mistake(
                "",
                "the gradient loses its sign: np.abs",
                (STEP, "x = x - learning_rate * np.abs(grad(x))"),
            ),
            mistake("", "the gradient is squared", (STEP, "x = x - learning_rate * grad(x) ** 2")),
            mistake(
                "",
                "the gradient is averaged to one number for all entries",
                (STEP, "x = x - learning_rate * grad(x).mean()"),
            ),
            mistake(
                "",
                "the gradient is added up to one number for all entries",
                (STEP, "x = x - learning_rate * grad(x).sum()"),
            ),
            mistake(
                "",
                "the gradient is divided by its number of entries",
                (STEP, "x = x - learning_rate * grad(x) / len(x)"),
            ),
            mistake(
                "",
                "the gradient is differentiated once more, by differences",
                (STEP, "x = x - learning_rate * (grad(x + 0.5) - grad(x - 0.5))"),
            ),
            mistake(
                "",
                "the gradient's first entry is used for all entries",
                (STEP, "x = x - learning_rate * grad(x)[0]"),
            ),
            mistake(
                "",
                "the gradient is taken at 0, in a row that is not filled yet",
                (STEP, "x = x - learning_rate * grad(0 * x)"),
            ),
            mistake(
                "",
                "the step is divided by the root of all squared gradients so far, as in AdaGrad",
                ("path = [x]", "path = [x]\n    s = 1e-16"),
                (
                    STEP,
                    "s = s + grad(x) ** 2\n        x = x - learning_rate * grad(x) / np.sqrt(s)",
                ),
            ),
            mistake(
                "",
                "only the first entry of x is moved",
                (STEP, "x = x - learning_rate * grad(x) * (np.arange(len(x)) == 0)"),
            ),
            mistake(
                "",
                "each point is rounded to 2 decimals",
                (STEP, "x = np.round(x - learning_rate * grad(x), 2)"),
            ),
            mistake("", "the walk starts at 0, not at x0", ("np.array(x0, dtype=float)", "0 * x0")),
            mistake(
                "",
                "only the first and the last point are kept: the append stands after the loop",
                (PATH, "np.array([path[0], path[-1]])"),
            ),
            mistake(
                "",
                "the walk ends after its first step: the return stands inside the loop",
                (PATH, "np.array(path[:2])"),
            ),
            mistake("", "only the start is returned", (PATH, "path[0]")),
            mistake("", "the points' lengths are returned", (PATH, "np.linalg.norm(path, axis=1)")),
            *(
                mistake(
                    "",
                    f"the walk stops when a step is shorter than {short}: all steps are asked for",
                    (
                        "path.append(x)",
                        "path.append(x)\n"
                        f"        if np.linalg.norm(x - path[-2]) < {short}:\n"
                        "            break",
                    ),
                )
                for short in ("1e-3", "1e-4", "1e-5", "1e-6", "1e-8")
            ),
            mistake("", "only the first step is made, and returned alone", (PATH, "path[1]")),
            mistake(
                "",
                "the last row is still 0: the loop ends one row too early",
                (PATH, "np.array([*path[:-1], 0 * x])"),
            ),
            mistake(
                "",
                "every point stands one row too early, and the last row is still 0",
                (PATH, "np.array([*path[1:], 0 * x])"),
            ),
            mistake(
                "",
                "the first row is still 0: x0 is not written there",
                (PATH, "np.array([0 * x, *path[1:]])"),
            ),
            mistake("", "the start stands at the end", (PATH, "np.array([*path[1:], path[0]])")),
            mistake(
                "",
                "the steps are kept, not the points",
                (PATH, "np.vstack([path[0], -np.diff(path, axis=0)])"),
            ),
            mistake(
                "",
                "a fixed number of steps is walked, 100, whatever is asked",
                ("range(steps)", "range(100)"),
            ),
            mistake(
                "",
                "a fixed number of steps is walked, 10, whatever is asked",
                ("range(steps)", "range(10)"),
            ),
            mistake(
                "wrong-transpose",
                "the trajectory is transposed: a row is to be a point",
                ("np.array(path)", "np.array(path).T"),
            ),
        ),
        twins=(frozenset({"cached-wrong-value", "mutates-input"}),),
        places={
            "the trajectory": "The first row is x0, the second x0 - learning_rate * grad(x0): "
            "begin there."
        },
    ),
    Item(
        id="02b.2",
        title="The limit of a bowl",
        kind="predict",
        difficulty=1,
        points=1,
        link="chapters/02b_gradient_descent.ipynb#One-weight:-the-step-is-a-map",
        task=(
            "The error is $E = 5w^2$. `limit`: the learning rate beyond which descent diverges. "
            "Then one step from $w = 3$: where does it lead with a rate of 0.1, and where with "
            "0.15? Say it before you compute it."
        ),
        call="bowl",
        starter='bowl = {"limit": ..., "at 0.1": ..., "at 0.15": ...}\n',
        reference=(
            "def bowl():\n"
            "    L = 2 * 5  # the slope is 10 w, and the curvature its slope\n"
            "    w = 3\n"
            "    limit = 2 / L\n"
            "    short = w - 0.1 * L * w\n"
            "    long = w - 0.15 * L * w\n"
            '    return {"limit": limit, "at 0.1": short, "at 0.15": long}\n'
        ),
        explanation=(
            "$E = \\tfrac12 L w^2$ has the curvature $L$, so $5w^2$ has 10: the 2 that comes down "
            "from the square is easily lost. Each step multiplies the distance to the bottom by "
            "$1 - \\eta L$. That is 0 at $\\eta = 1/L$, so 0.1 arrives at once, from anywhere; at "
            "0.15 it is −½, so the step lands on the other side, half as far out. Beyond $2/L$ "
            "the factor is larger than 1 in size, and every step lands farther away."
        ),
        hints=(
            "What is the slope of 5w², and how fast does that slope change with w?",
            "Write E as ½ L w² to read off L. A step multiplies w by 1 − ηL.",
            "L is twice the 5. The limit is 2/L, and the places are 3 · (1 − ηL).",
        ),
        outputs=("the bowl",),
        mistakes=(
            mistake(
                "",
                "the 5 in front of w² is taken for the curvature: it is ½ L",
                ("L = 2 * 5", "L = 5"),
            ),
            mistake(
                "",
                "the 5 is doubled twice on the way to the curvature",
                ("L = 2 * 5", "L = 2 * 2 * 5"),
            ),
            mistake(
                "",
                "1/L is taken for the limit: there descent arrives, it does not yet diverge",
                ("2 / L", "1 / L"),
            ),
            mistake("", "the curvature itself is given as the limit", ("2 / L", "L")),
            mistake(
                "ascent",
                "the steps climb: the slope is added",
                ("w - 0.1 *", "w + 0.1 *"),
                ("w - 0.15 *", "w + 0.15 *"),
            ),
            mistake(
                "",
                "a step is taken to be as long as the rate: it is the rate times the slope",
                ("0.1 * L * w", "0.1"),
                ("0.15 * L * w", "0.15"),
            ),
            mistake(
                "",
                "the steps are given instead of the places they lead to",
                ("w - 0.1 *", "0.1 *"),
                ("w - 0.15 *", "0.15 *"),
            ),
            mistake(
                "",
                "the factor 1 − ηL is given instead of the place",
                ("w - 0.15 * L * w", "1 - 0.15 * L"),
            ),
            mistake(
                "",
                "the sign of the factor is lost: a negative one leads to the other side",
                ("w - 0.15 * L * w", "abs(w - 0.15 * L * w)"),
            ),
        ),
    ),
    Item(
        id="02b.3",
        title="The best rate in a ravine",
        kind="by hand",
        difficulty=2,
        points=2,
        link="chapters/02b_gradient_descent.ipynb#Is-a-bigger-learning-rate-faster?",
        task=(
            "A bowl has curvatures 1 and 9 along its two axes. `rate`: the learning rate that "
            "needs the fewest steps. `factor`: by what it multiplies the distance in a step, "
            "along the slower axis. `steps`: how many it takes until the distance is at most "
            "$10^{-6}$ of what it was, a whole number. Three significant digits."
        ),
        call="ravine_steps",
        starter='ravine_steps = {"rate": ..., "factor": ..., "steps": ...}\n',
        reference=(
            "def ravine_steps():\n"
            "    m, L = 1, 9\n"
            "    rate = 2 / (L + m)\n"
            "    factor = (L - m) / (L + m)\n"
            "    steps = np.ceil(np.log(1e-6) / np.log(factor))\n"
            '    return {"rate": rate, "factor": factor, "steps": steps}\n'
        ),
        explanation=(
            "The two axes have the factors $1-\\eta m$ and $1-\\eta L$. A smaller rate slows the "
            "flat axis, a larger one makes the steep axis swing; the best one makes both equally "
            "large in size: $1-\\eta m = \\eta L-1$, so $\\eta = 2/(L+m)$, a little below the "
            "limit $2/L$. After $k$ steps the distance is factor$^k$ of what it was, so "
            "$k = \\ln 10^{-6}/\\ln$ factor, rounded up. The rule of thumb "
            "$\\tfrac{\\kappa}{2}\\ln 10^6$ comes near it already for κ = 9."
        ),
        hints=(
            "Each axis has a factor of its own. What happens to both when the rate grows?",
            "At the best rate both factors have one size: 1 − ηm = ηL − 1. Solve that for η. Then "
            "ask which power of the factor is a millionth.",
            "η = 2/(L + m), factor = (L − m)/(L + m), steps = ln(10⁻⁶)/ln(factor), rounded up.",
        ),
        outputs=("the answer",),
        mistakes=(
            mistake(
                "",
                "the rate is 1/L, the best one for a single weight of the larger curvature",
                ("2 / (L + m)", "1 / L"),
                ("(L - m) / (L + m)", "1 - m / L"),
            ),
            mistake(
                "idea-15",
                "the limit 2/L is taken for the best rate: bigger is faster only up to a point",
                ("2 / (L + m)", "2 / L"),
            ),
            mistake(
                "",
                "the rate is 1/(L + m): a 2 is lost",
                ("2 / (L + m)", "1 / (L + m)"),
                ("(L - m) / (L + m)", "1 - m / (L + m)"),
            ),
            mistake(
                "",
                "the best rates of the two axes are averaged",
                ("2 / (L + m)", "(1 / L + 1 / m) / 2"),
            ),
            mistake(
                "",
                "the rate is the mean of the two curvatures, upside down by mistake",
                ("2 / (L + m)", "(L + m) / 2"),
            ),
            mistake(
                "",
                "√κ stands where κ is meant, as for momentum",
                ("(L - m) / (L + m)", "(L**0.5 - m**0.5) / (L**0.5 + m**0.5)"),
            ),
            mistake(
                "",
                "the factor is that of the error, which goes with the square of the distance",
                ("(L - m) / (L + m)", "((L - m) / (L + m)) ** 2"),
            ),
            mistake(
                "",
                "the factor is what a step takes away, and not what it leaves",
                ("(L - m) / (L + m)", "1 - (L - m) / (L + m)"),
            ),
            mistake(
                "",
                "a logarithm to base 10 is divided by a natural one",
                ("np.log(1e-6)", "np.log10(1e-6)"),
            ),
            mistake(
                "",
                "the steps are rounded down, and the last bit of the way is missing",
                ("np.ceil(", "np.floor("),
            ),
            mistake(
                "",
                "the steps are counted by the rule of thumb ½ κ ln 10⁶, which is a little high",
                ("np.log(1e-6) / np.log(factor)", "L / m / 2 * np.log(1e6)"),
            ),
            mistake(
                "",
                "the steps are as many as κ: that is only how they grow",
                ("np.log(1e-6) / np.log(factor)", "L / m"),
            ),
        ),
    ),
    Item(
        id="02b.4",
        title="Four times the batch",
        kind="predict",
        difficulty=2,
        points=1,
        link="chapters/02b_gradient_descent.ipynb#Mini-batches:-a-cheaper,-noisy-gradient",
        task=(
            "The batch goes from 32 to 128 rows. By what is each of these multiplied? `noise`: "
            "the root of the mean of $\\lVert g_B-g\\rVert^2$. `steps`: the steps in an epoch. "
            "`rows`: the rows whose gradient is computed in an epoch."
        ),
        call="bigger_batch",
        starter='bigger_batch = {"noise": ..., "steps": ..., "rows": ...}\n',
        reference=(
            "def bigger_batch():\n"
            "    times = 128 / 32\n"
            "    noise = 1 / times**0.5\n"
            "    steps = 1 / times\n"
            "    rows = times * steps\n"
            '    return {"noise": noise, "steps": steps, "rows": rows}\n'
        ),
        explanation=(
            "Averaging $B$ independent rows divides the *variance* by $B$, so the noise itself, a "
            "length, goes with $1/\\sqrt B$: four times the rows halve it. An epoch is every row "
            "once, so the work of an epoch stays and is cut into a quarter of the steps. At an "
            "equal rate those are a quarter of the way: a bigger batch is not the same, only "
            "faster. It buys a little precision for each step, at a high price."
        ),
        hints=(
            "Which of noise and variance is a length, and which a length squared?",
            "The variance goes with 1/B, the noise with its root. An epoch reads every row once, "
            "whatever the batch.",
            "The noise is multiplied by 1/√4; an epoch has a quarter of the steps, each of four "
            "times the rows.",
        ),
        outputs=("the answer",),
        mistakes=(
            mistake(
                "", "the variance is given: the noise is its root", ("1 / times**0.5", "1 / times")
            ),
            mistake("", "the square stands for the root", ("1 / times**0.5", "1 / times**2")),
            mistake(
                "",
                "more rows are taken to bring more noise: they are averaged, not added",
                ("1 / times**0.5", "times**0.5"),
            ),
            mistake(
                "idea-32",
                "a bigger batch is taken to have no less noise",
                ("1 / times**0.5", "1"),
            ),
            mistake(
                "idea-17",
                "the noise of a batch is taken to be gone at this size",
                ("1 / times**0.5", "0"),
            ),
            mistake(
                "idea-32", "an epoch is taken to have as many steps", ("= 1 / times\n", "= 1\n")
            ),
            mistake(
                "",
                "an epoch is taken to have more steps: the rows are shared out among fewer",
                ("= 1 / times\n", "= times\n"),
            ),
            mistake(
                "",
                "the root is taken of the steps as well: they are counted, not averaged",
                ("= 1 / times\n", "= 1 / times**0.5\n"),
            ),
            mistake(
                "",
                "the rows of one step are compared: an epoch has fewer of the larger steps",
                ("times * steps", "times"),
            ),
            mistake(
                "",
                "a bigger batch is taken to save rows: an epoch is every row once",
                ("times * steps", "steps"),
            ),
        ),
    ),
    Item(
        id="02b.5",
        title="A path of equal rows",
        kind="bug hunt",
        difficulty=2,
        points=2,
        link="chapters/02b_gradient_descent.ipynb#One-weight:-the-step-is-a-map",
        task=(
            "`kept_path` is to return every place of a descent, (steps + 1, d), the start first. "
            "But every row that comes back is the last place, and afterwards the caller's `x0` is "
            "the last place too. Repair both. `x0` and `grad(x)` are (d,)."
        ),
        call="kept_path(grad, x0, learning_rate, steps)",
        starter=(
            "def kept_path(grad, x0, learning_rate, steps):\n"
            "    x = x0\n"
            "    path = [x]\n"
            "    for _ in range(steps):\n"
            "        x -= learning_rate * grad(x)\n"
            "        path.append(x)\n"
            "    return path\n"
        ),
        reference=(
            "def kept_path(grad, x0, learning_rate, steps):\n"
            "    x = np.array(x0, dtype=float)\n"
            "    path = [x.copy()]\n"
            "    for _ in range(steps):\n"
            "        x -= learning_rate * grad(x)\n"
            "        path.append(x.copy())\n"
            "    return np.array(path)\n"
        ),
        explanation=(
            "`x -= …` writes into the array that is there. `path.append(x)` keeps no numbers, "
            "only another name for that array, so the list holds one array many times, and "
            "`x = x0` makes it the caller's. Keep copies, or write `x = x - …`, which makes a new "
            "array each time; and begin with a copy of what was given to you. A single number "
            "would not have shown this: numbers cannot be changed in place, arrays can."
        ),
        hints=(
            "How many arrays does this function make, and how many names do they have?",
            "`x -= …` changes the one array to which x0, x and every entry of path belong. Where "
            "must a new array be made?",
            "Begin with `np.array(x0, dtype=float)`, which copies, and keep `x.copy()`; or write "
            "`x = x - learning_rate * grad(x)`.",
        ),
        outputs=("the path",),
        inputs=valley,
        sizes=({"d": 3, "steps": 6}, {"d": 4, "steps": 7}),
        small=({"d": 1, "steps": 1}, {"d": 1, "steps": 2}, {"d": 2, "steps": 2}),
        edges=(
            Edge(says="a single step", make=one_step),
            Edge(says="no step at all", make=no_step),
            Edge(
                says="a start of whole numbers", make=whole_numbers, gentle=True, id="integer-dtype"
            ),
        ),
        mistakes=(
            mistake(
                "cached-wrong-value",
                "the path holds one array many times, into which `-=` writes the last place",
                ("[x.copy()]", "[x]"),
                (KEPT, "path.append(x)"),
            ),
            mistake(
                "mutates-input",
                "x, x0 and every row of the path are one array, and `-=` writes into it",
                ("np.array(x0, dtype=float)", "x0"),
                ("[x.copy()]", "[x]"),
                (KEPT, "path.append(x)"),
            ),
            mistake(
                "mutates-input",
                "`-=` writes into the caller's x0",
                ("np.array(x0, dtype=float)", "x0"),
            ),
            mistake(
                "cached-wrong-value",
                "the first row is still the array that `-=` writes into",
                ("[x.copy()]", "[x]"),
            ),
            mistake(
                "cached-wrong-value",
                "only the start is copied: all later rows are one array",
                (KEPT, "path.append(x)"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "each step starts again from x0",
                ("x -= learning_rate * grad(x)", "x = x0 - learning_rate * grad(x)"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "the path keeps only its last place",
                (KEPT, "path = [x.copy()]"),
            ),
            mistake(
                "",
                "each place is kept before its step: the start stands twice, the last is missing",
                (
                    "        x -= learning_rate * grad(x)\n        path.append(x.copy())\n",
                    "        path.append(x.copy())\n        x -= learning_rate * grad(x)\n",
                ),
            ),
            mistake(
                "",
                "the gradient is taken at the start each time",
                ("grad(x)", "grad(path[0])"),
            ),
            mistake("", "the start is missing", ("np.array(path)", "np.array(path[1:])")),
            mistake(
                "", "the last place is missing", ("np.array(path)", "np.array(path[:-1] or path)")
            ),
            mistake("", "the start stands twice", ("[x.copy()]", "[x.copy(), x.copy()]")),
            mistake("ascent", "", ("x -= learning_rate", "x += learning_rate")),
            mistake(
                "assign-minus",
                "x =- … stands where -= is meant: x becomes minus the step",
                ("x -= learning_rate", "x = -learning_rate"),
            ),
            mistake("", "only the last place is returned", ("np.array(path)", "path[-1]")),
            mistake(
                "integer-dtype",
                "the start is made of integers",
                ("dtype=float", "dtype=int"),
                ("x -= learning_rate * grad(x)", "x = x - learning_rate * grad(x)"),
            ),
        ),
        twins=(frozenset({"cached-wrong-value", "mutates-input"}),),
        places={"the path": "Compare the first row with x0, and the second with the first step."},
    ),
    Item(
        id="02b.6",
        title="The largest curvature",
        kind="code",
        difficulty=3,
        points=4,
        link="chapters/02b_gradient_descent.ipynb#The-curvatures-of-a-real-network",
        task=(
            "Find $L$ at `x`, (d,), from slopes alone; `grad(x)` is (d,). Begin with any vector of "
            "length 1. Nudge `x` along it by `h = 1e-5`, to either side, and take the change of "
            "slope per unit of nudge: its length is the estimate of $L$, and itself, scaled to "
            "length 1, is the next vector. After `iterations` of these return the last estimate, "
            "a float. The tests give enough of them for any start."
        ),
        call="largest_curvature(grad, x, iterations)",
        starter=(
            "def largest_curvature(grad, x, iterations):\n"
            '    """The largest curvature at x, (d,), by repeated nudges; a float."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def largest_curvature(grad, x, iterations):\n"
            "    h = 1e-5\n"
            "    v = np.random.default_rng(0).normal(size=len(x))\n"
            "    v = v / np.linalg.norm(v)\n"
            "    for _ in range(iterations):\n"
            "        change = (grad(x + h * v) - grad(x - h * v)) / (2 * h)\n"
            "        L = np.linalg.norm(change)\n"
            "        v = change / L\n"
            "    return float(L)\n"
        ),
        explanation=(
            "The change of slope per unit of nudge along $v$ is $Hv$: the Hessian times a vector, "
            "without the Hessian. Each round multiplies the part of $v$ along every axis by that "
            "axis's curvature, so the part along the largest wins, and soon $v$ is that axis and "
            "$\\lVert Hv\\rVert = L$. It is called power iteration. It costs two gradients a "
            "round where the whole Hessian takes two for each weight, so $2/L$ can be measured "
            "for networks of millions of weights."
        ),
        hints=(
            "What does the change of slope become if v lies along one axis of the bowl, and what "
            "if it lies between two?",
            "In each round: the difference of grad at x + h v and x − h v, over 2h. Its length is "
            "L so far; divided by its length it is the next v.",
            "`change = (grad(x + h * v) - grad(x - h * v)) / (2 * h)`, then "
            "`L = np.linalg.norm(change)` and `v = change / L`.",
        ),
        outputs=("L",),
        tolerance=1e-4,
        inputs=ravine,
        sizes=({"d": 5}, {"d": 4}),
        small=({"d": 1}, {"d": 2}),
        edges=(Edge(says="a single weight", make=one_weight),),
        mistakes=(
            mistake(
                "numeric-gradient-h",
                "the change of slope is not divided by the nudge",
                (NUDGED, "change = grad(x + h * v) - grad(x - h * v)"),
            ),
            mistake(
                "numeric-gradient-h",
                "the one-sided change of slope is not divided by the nudge",
                (NUDGED, "change = grad(x + h * v) - grad(x)"),
            ),
            mistake(
                "numeric-gradient-h",
                "the change between the two sides is divided by h: they lie 2h apart",
                ("/ (2 * h)", "/ h"),
            ),
            mistake(
                "numeric-gradient-h",
                "`/ 2 * h` multiplies by h: brackets are missing",
                ("/ (2 * h)", "/ 2 * h"),
            ),
            mistake(
                "numeric-gradient-h",
                "the nudge is 1, far too large for a slope at x",
                ("h = 1e-5", "h = 1.0"),
            ),
            mistake(
                "numeric-gradient-one-sided",
                "the difference is one-sided, and still divided by 2h",
                (NUDGED, "change = (grad(x + h * v) - grad(x)) / (2 * h)"),
            ),
            mistake(
                "numeric-gradient-one-sided",
                "the difference is one-sided, and its nudge is 1",
                ("h = 1e-5", "h = 1.0"),
                (NUDGED, "change = (grad(x + h * v) - grad(x)) / h"),
            ),
            mistake(
                "",
                "the slope itself is taken, and not its change",
                (NUDGED, "change = grad(x + h * v)"),
            ),
            mistake(
                "",
                "the slope itself is divided by the nudge, and not its change",
                (NUDGED, "change = grad(x + h * v) / h"),
            ),
            mistake(
                "",
                "the slopes of the two sides are added where their difference is meant",
                (NUDGED, "change = (grad(x + h * v) + grad(x - h * v)) / (2 * h)"),
            ),
            mistake(
                "",
                "x is left out: it is the curvature at 0",
                (NUDGED, "change = (grad(h * v) - grad(-h * v)) / (2 * h)"),
            ),
            mistake("", "v is never scaled to length 1", (LENGTH_1, "v = change")),
            mistake(
                "",
                "v is scaled by its largest entry, so its length is not 1",
                (LENGTH_1, "v = change / np.abs(change).max()"),
            ),
            mistake(
                "",
                "v is scaled by the sum of its entries' sizes, so its length is not 1",
                (LENGTH_1, "v = change / np.abs(change).sum()"),
            ),
            mistake(
                "",
                "v is scaled by its length squared",
                (LENGTH_1, "v = change / L**2"),
            ),
            mistake("", "the limit 2/L is returned instead of L", ("float(L)", "float(2 / L)")),
            mistake("", "1/L is returned instead of L", ("float(L)", "float(1 / L)")),
            mistake("", "the length squared is returned", ("float(L)", "float(L**2)")),
            mistake(
                "",
                "the largest entry of the change stands for its length",
                ("float(L)", "float(np.abs(change).max())"),
            ),
            mistake(
                "",
                "the sum of the change's sizes stands for its length",
                ("float(L)", "float(np.abs(change).sum())"),
            ),
            mistake(
                "idea-25",
                "only the curvatures along the weights are looked at: the steepest lies between",
                ("float(L)", "max(np.diag(hessian(grad, x)))"),
                (
                    "def largest_curvature(grad, x, iterations):\n",
                    "def hessian(grad, x, h=1e-5):\n"
                    "    return np.array([grad(x + e) - grad(x - e)"
                    " for e in h * np.eye(len(x))]) / (2 * h)\n\n"
                    "def largest_curvature(grad, x, iterations):\n",
                ),
            ),
            mistake(
                "",
                "the curvatures of all axes are added up",
                (
                    "float(L)",
                    "sum((grad(x + e) - grad(x - e)) @ e for e in h * np.eye(len(x))) / (2 * h**2)",
                ),
            ),
            mistake(
                "mutates-input",
                "x += h * v nudges the caller's x, and rounding keeps it from coming back",
                (
                    NUDGED,
                    "x += h * v\n        up = grad(x)\n        x -= 2 * h * v\n"
                    "        change = (up - grad(x)) / (2 * h)\n        x += h * v",
                ),
            ),
        ),
        places={"L": "Try it on grad = lambda x: 3 * x first, where every curvature is 3."},
    ),
    Item(
        id="02b.7",
        title="Stopping by the slope",
        kind="code",
        difficulty=2,
        points=3,
        link="chapters/02b_gradient_descent.ipynb#When-to-stop",
        task=(
            "Walk downhill from `x0`, (d,), until the slope is small. Return the path, "
            "(k + 1, d), `x0` first, where `k` is the first place whose slope $\\lVert g\\rVert$ "
            "is at most `share` times the slope at `x0`; or `most`, if no place before is. "
            "`grad(x)` is (d,). Leave `x0` as it is."
        ),
        call="descend_until(grad, x0, learning_rate, share, most)",
        starter=(
            "def descend_until(grad, x0, learning_rate, share, most):\n"
            '    """The path from x0 until the slope is `share` of the first, (k + 1, d)."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def descend_until(grad, x0, learning_rate, share, most):\n"
            "    x = np.array(x0, dtype=float)\n"
            "    path = [x]\n"
            "    first = np.linalg.norm(grad(x))\n"
            "    for _ in range(most):\n"
            "        g = grad(x)\n"
            "        done = np.linalg.norm(g) <= share * first\n"
            "        if done:\n"
            "            break\n"
            "        x = x - learning_rate * g\n"
            "        path.append(x)\n"
            "    return np.array(path)\n"
        ),
        explanation=(
            "The slope belongs to the place, so this rule stops at the same distance whatever the "
            "rate, where a rule on the *change* of the error would stop a timid walk far from the "
            "goal. Compared with the first slope it has no unit: 1000 E is stopped where E is. "
            "At least as important is `most`: a rate above 2/L never makes the slope small, and "
            "without a limit the loop would not end."
        ),
        hints=(
            "Which slope belongs to the last place you keep, and when do you know it?",
            "Take the length of the first gradient before the loop. In each round take the "
            "gradient where you are, leave the loop if it is short enough, else step and keep.",
            "`if np.linalg.norm(g) <= share * first: break`, before `x = x - learning_rate * g` "
            "and `path.append(x)`, in a loop of `most` rounds.",
        ),
        outputs=("the path",),
        inputs=slope_to_reach,
        sizes=({"d": 3}, {"d": 4}),
        small=({"d": 1}, {"d": 2}),
        edges=(
            Edge(says="a slope of exactly the share", make=exactly_the_share),
            Edge(says="a start at the minimum", make=at_the_minimum),
            Edge(says="a rate so small that `most` steps are used up", make=steps_used_up),
        ),
        mistakes=(
            mistake(
                "",
                "the slope is compared with `share` itself, and not with that share of the first",
                ("share * first", "share"),
            ),
            mistake(
                "",
                "the slope has fallen *by* the share, and not *to* it",
                ("share * first", "(1 - share) * first"),
            ),
            mistake(
                "",
                "the squares of the slopes are compared: that is the root of the share",
                ("np.linalg.norm(g) <= share * first", "g @ g <= share * first**2"),
            ),
            mistake(
                "",
                "the largest entry stands for the length of the slope",
                (FIRST, "first = np.abs(grad(x)).max()"),
                ("np.linalg.norm(g)", "np.abs(g).max()"),
            ),
            mistake(
                "",
                "the sum of the entries' sizes stands for the length of the slope",
                (FIRST, "first = np.abs(grad(x)).sum()"),
                ("np.linalg.norm(g)", "np.abs(g).sum()"),
            ),
            mistake(
                "",
                "the sum of the entries, in which + and − cancel, stands for the slope",
                (FIRST, "first = abs(grad(x).sum())"),
                ("np.linalg.norm(g)", "abs(g.sum())"),
            ),
            mistake(
                "",
                "each entry is to fall to its own share, and not the length of the slope",
                (ENOUGH, "(np.abs(g) <= share * np.abs(grad(path[0]))).all()"),
            ),
            mistake(
                "",
                "one small entry of the slope is enough to stop",
                (ENOUGH, "(np.abs(g) <= share * first).any()"),
            ),
            mistake(
                "",
                "the slope is compared with the one before, and not with the first",
                (
                    "done = np.linalg.norm(g) <= share * first",
                    "done = np.linalg.norm(g) <= share * first\n        first = np.linalg.norm(g)",
                ),
            ),
            mistake(
                "",
                "the length of the step, with the rate in it, is compared with the share",
                (ENOUGH, "learning_rate * np.linalg.norm(g) <= share"),
            ),
            mistake(
                "",
                "the length of the step, with the rate in it, is compared with the first slope",
                (ENOUGH, "learning_rate * np.linalg.norm(g) <= share * first"),
            ),
            mistake(
                "",
                "the place is compared, and not the slope there",
                (ENOUGH, "np.linalg.norm(x) <= share * np.linalg.norm(x0)"),
            ),
            mistake(
                "",
                "< stands where at most, <=, is asked",
                ("np.linalg.norm(g) <=", "np.linalg.norm(g) <"),
            ),
            mistake(
                "stale-order",
                "the slope is compared before the step that is kept: one place too many",
                (
                    "        if done:\n            break\n        x = x - learning_rate * g\n"
                    "        path.append(x)\n",
                    "        x = x - learning_rate * g\n        path.append(x)\n"
                    "        if done:\n            break\n",
                ),
            ),
            mistake(
                "",
                "the last place, whose slope is small enough, is left out",
                ("np.array(path)", "np.array(path[:-1] or path)"),
            ),
            mistake("", "the start is left out", ("np.array(path)", "np.array(path[1:])")),
            mistake("", "only the last place is returned", ("np.array(path)", "path[-1]")),
            mistake("", "the number of steps is returned", ("np.array(path)", "len(path) - 1")),
            mistake(
                "wrong-transpose",
                "the path is transposed: a row is to be a place",
                ("np.array(path)", "np.array(path).T"),
            ),
            mistake("", "all `most` steps are made", ("if done:", "if False:")),
            mistake("", "one step too many is allowed", ("range(most)", "range(most + 1)")),
            mistake("", "one step too few is allowed", ("range(most)", "range(most - 1)")),
            mistake("ascent", "", (DOWN, "x = x + learning_rate * g")),
            mistake(
                "assign-minus",
                "x =- … stands where -= is meant: x becomes minus the step",
                (DOWN, "x = -learning_rate * g"),
            ),
            mistake("", "the learning rate is left out", (DOWN, "x = x - g")),
            mistake(
                "overwrite-not-accumulate",
                "each step starts again from x0",
                (DOWN, "x = path[0] - learning_rate * g"),
            ),
            mistake(
                "",
                "the gradient is taken once, at the start, and never again",
                ("g = grad(x)\n", "g = grad(path[0])\n"),
            ),
            mistake(
                "cached-wrong-value",
                "every row of the path is the same array, which `-=` overwrites: the last place",
                (DOWN, "x -= learning_rate * g"),
            ),
            mistake(
                "mutates-input",
                "x0 itself is moved, and every row of the path is the same array",
                ("np.array(x0, dtype=float)", "x0"),
                (DOWN, "x -= learning_rate * g"),
            ),
            mistake("integer-dtype", "the start is made of integers", ("dtype=float", "dtype=int")),
        ),
        twins=(frozenset({"cached-wrong-value", "mutates-input"}),),
        places={"the path": "Print the slope at each place, divided by the first."},
    ),
]

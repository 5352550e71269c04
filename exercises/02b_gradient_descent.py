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
]

"""The exercises of 2a: the gradient."""

import numpy as np

from dlcore.classroom.families import difference_mistakes
from dlcore.classroom.items import Edge, Item, mistake


def surface(rng, shape):
    """A bent function of arrays of this shape, and a place: no slope there is near another."""
    bend = np.round(rng.uniform(0.5, 1.5, shape), 2)
    tilt = np.round(rng.normal(size=shape) * 2, 2)

    def f(x):
        """Σ bend x³ + Σ tilt x + 0.3 (Σ x)²: made from the seed."""
        x = np.asarray(x)
        return (bend * x**3).sum() + (tilt * x).sum() + 0.3 * x.sum() ** 2

    return f, np.asarray(np.round(rng.uniform(0.5, 2, shape), 1)), 0.01


def table(rng, n, d):
    return surface(rng, (n, d))


def one_number(rng):
    return surface(rng, ())


def three_axes(rng):
    return surface(rng, (2, 3, 2))


def whole_numbers(rng):
    f, _, h = surface(rng, (3, 2))
    return f, np.array([[1, 2], [3, 1], [2, 2]]), h


def vector(rng, n):
    return surface(rng, (n,))


def towards(rng, n):
    """A surface, a place, and a unit vector none of whose entries is near 0."""
    f, x, h = surface(rng, (n,))
    u = rng.choice([-1, 1], n) * rng.uniform(0.5, 1, n)
    return f, x, u / np.linalg.norm(u), h


def whole_place(rng):
    f, _, u, h = towards(rng, n=3)
    return f, np.array([1, 2, 1]), u, h


def plane(answer):
    """The answer about f = 3x − 4y, with its directions made comparable."""
    if not isinstance(answer, dict):
        return answer
    made = dict(answer)
    for name, of in (
        ("direction", lambda way: way / np.linalg.norm(way)),
        ("level", lambda way: way @ (3, -4) / np.linalg.norm(way)),
    ):
        way = answer.get(name)
        is_filled = isinstance(way, tuple | list | np.ndarray) and ... not in list(way)
        if is_filled and np.shape(way) == (2,):
            made[name] = of(np.array(way, dtype=float))
    return made


NUDGE = "(f(up) - f(down)) / (2 * h)"
FLOATS = "x = np.array(x, dtype=float)"
ALONG = "(f(x + h * u) - f(x - h * u)) / (2 * h)"

ITEMS = [
    Item(
        id="02a.1",
        title="A gradient by nudging",
        kind="code",
        difficulty=1,
        points=3,
        link="chapters/02a_gradient.ipynb#Two-knobs",
        task=(
            "The gradient of `f` at `x`, by nudging each entry by `h` to both sides. `f` takes an "
            "array like `x`, of any shape, and returns a number; `x` may hold whole numbers, and "
            "stays as it is. Return an array of the shape of `x`."
        ),
        call="gradient(f, x, h)",
        starter=(
            "def gradient(f, x, h):\n"
            '    """Two-sided differences of f at x, with nudges of h; shaped like x."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def gradient(f, x, h):\n"
            "    x = np.array(x, dtype=float)\n"
            "    g = np.zeros(x.shape)\n"
            "    for at in np.ndindex(x.shape):\n"
            "        nudge = np.zeros(x.shape)\n"
            "        nudge[at] = h\n"
            "        up, down = x + nudge, x - nudge\n"
            "        g[at] = (f(up) - f(down)) / (2 * h)\n"
            "    return g\n"
        ),
        explanation=(
            "One entry is nudged at a time, the others stay: that is what ∂ means. Both sides are "
            "used because the bend then cancels, and the error shrinks with h² instead of h. "
            "`np.ndindex` walks through every place of an array of any shape, so nothing here "
            "knows whether x is a number, a row or a table. And x is made of floats first: an "
            "integer array would cut each nudge to nothing, without a word."
        ),
        hints=(
            "What do you nudge, what do you keep, and by how much do the two nudged places differ?",
            "For every place `at` of x: f with x[at] + h, minus f with x[at] − h, over 2h. Work on "
            "a copy in floats. `np.ndindex(x.shape)` gives the places.",
            "`nudge = np.zeros(x.shape); nudge[at] = h`, then "
            "`g[at] = (f(x + nudge) - f(x - nudge)) / (2 * h)`.",
        ),
        outputs=("the gradient",),
        inputs=table,
        sizes=({"n": 5, "d": 3}, {"n": 6, "d": 2}),
        small=({"n": 1, "d": 1}, {"n": 1, "d": 2}, {"n": 2, "d": 2}),
        edges=(
            Edge(says="an array of no axis", make=one_number, gentle=True),
            Edge(says="an array of three axes", make=three_axes),
            Edge(says="an x of whole numbers", make=whole_numbers, id="integer-dtype"),
        ),
        mistakes=(
            mistake("numeric-gradient-one-sided", "", (NUDGE, "(f(up) - f(x)) / h")),
            mistake(
                "numeric-gradient-one-sided",
                "the difference is one-sided, to the left",
                (NUDGE, "(f(x) - f(down)) / h"),
            ),
            mistake(
                "numeric-gradient-one-sided",
                "only one side is nudged, and the difference divided by 2h",
                (NUDGE, "(f(up) - f(x)) / (2 * h)"),
            ),
            mistake("", "it is divided by h, where the two places are 2h apart", ("(2 * h)", "h")),
            mistake("", "it is not divided by 2h", (NUDGE, "f(up) - f(down)")),
            mistake("", "it is multiplied by 2h, not divided", (" / (2 * h)", " * (2 * h)")),
            mistake("", "/ 2 * h divides by 2 and multiplies by h", ("/ (2 * h)", "/ 2 * h")),
            mistake(
                "error-sign", "the two sides are swapped", ("f(up) - f(down)", "f(down) - f(up)")
            ),
            mistake(
                "numeric-gradient-h",
                "h is not the h that was given, but far smaller: the digits run out",
                ("nudge[at] = h", "nudge[at] = 1e-13"),
                ("(2 * h)", "2e-13"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "only the last entry's slope is kept",
                ("g[at] = ", "g = np.zeros(x.shape); g[at] = "),
            ),
            mistake(
                "",
                "all entries are nudged at once: that is one slope, not a gradient",
                ("nudge[at] = h", "nudge[...] = h"),
            ),
            mistake(
                "first-example-only",
                "only the first row is nudged",
                (
                    "np.ndindex(x.shape)",
                    "[one for one in np.ndindex(x.shape) if not one or one[0] == 0]",
                ),
            ),
            mistake(
                "",
                "a whole row is nudged at once",
                ("nudge[at] = h", "nudge[at[:1]] = h"),
            ),
            mistake(
                "integer-dtype",
                "an x of whole numbers stays one, and cuts the nudges or the slopes to integers",
                ("g[at] = ", "g[at] = (lambda v: np.trunc(v))("),
                ("(2 * h)\n", "(2 * h))\n"),
            ),
            mistake(
                "mutates-input",
                "the entries of x are nudged in place, and left so",
                (FLOATS, "x[...] = x + h"),
            ),
        ),
    ),
    Item(
        id="02a.2",
        title="A tilted plane",
        kind="predict",
        difficulty=1,
        points=2,
        link="chapters/02a_gradient.ipynb#Which-way-is-steepest?",
        task=(
            "$f(x, y) = 3x - 4y$. `direction`: a vector (x, y) of the steepest ascent, of any "
            "length; `slope`: how fast f rises along it, per unit of length; `level`: a vector "
            "along which f does not change."
        ),
        call="tilted",
        starter='tilted = {"direction": (..., ...), "slope": ..., "level": (..., ...)}\n',
        reference=(
            "def tilted():\n"
            "    direction = np.array([3.0, -4.0])\n"
            "    slope = np.sqrt(direction @ direction)\n"
            "    level = np.array([4.0, 3.0])\n"
            '    return {"direction": direction, "slope": slope, "level": level}\n'
        ),
        explanation=(
            "The gradient collects the two partial slopes, (3, −4). Along any unit vector u the "
            "slope is g · u, which is largest where u points as g does: then it is the length of "
            "g, √(9 + 16). Turn g by a right angle and g · u is 0: along (4, 3), or against it, f "
            "stays level. A plane is the one surface on which this holds everywhere; elsewhere, "
            "it holds for a small step."
        ),
        hints=(
            "What are the two partial slopes, and what is the vector of them called?",
            "The slope along the gradient is its length; level is at a right angle to it.",
            "g = (3, −4). Its length comes from Pythagoras, and (4, 3) · g is 12 − 12.",
        ),
        outputs=("direction", "slope", "level"),
        used=plane,
        mistakes=(
            mistake(
                "ascent",
                "That direction is the steepest way *down*.",
                ("np.array([3.0, -4.0])", "np.array([-3.0, 4.0])"),
            ),
            mistake(
                "",
                "Along a negative partial slope f falls: the sign of y belongs to the direction.",
                ("np.array([3.0, -4.0])", "np.array([3.0, 4.0])"),
            ),
            mistake(
                "",
                "That is the larger of the two slopes along the axes; between them it is steeper.",
                ("np.sqrt(direction @ direction)", "4.0"),
            ),
            mistake(
                "",
                "The slopes are not to be added: the direction is one unit long, not two.",
                ("np.sqrt(direction @ direction)", "7.0"),
            ),
            mistake(
                "",
                "That is f for a step of (1, 1), which is not the steepest.",
                ("np.sqrt(direction @ direction)", "-1.0"),
            ),
            mistake(
                "",
                "That is the length squared: take the root.",
                ("np.sqrt(direction @ direction)", "direction @ direction"),
            ),
            mistake(
                "",
                "Along that vector f changes: put it into 3x − 4y.",
                ("np.array([4.0, 3.0])", "np.array([4.0, -3.0])"),
            ),
            mistake(
                "",
                "That is the gradient's own direction for level, along which f changes most.",
                ("np.array([4.0, 3.0])", "np.array([3.0, -4.0])"),
            ),
        ),
    ),
    Item(
        id="02a.3",
        title="Two slopes and a small step",
        kind="by hand",
        difficulty=2,
        points=2,
        link="chapters/02a_gradient.ipynb#Two-knobs",
        task=(
            "$f(x, y) = x^2y$ at (2, 3). Fill in `gradient`, and `change`: what f changes by, "
            "according to the gradient, for a step of (0.01, −0.02)."
        ),
        call="small_step",
        starter='small_step = {"gradient": (..., ...), "change": ...}\n',
        reference=(
            "def small_step():\n"
            "    x, y = 2.0, 3.0\n"
            "    g = np.array([2 * x * y, x**2])\n"
            "    change = g @ (0.01, -0.02)\n"
            '    return {"gradient": g, "change": change}\n'
        ),
        explanation=(
            "For ∂f/∂x hold y: 2xy = 12. For ∂f/∂y hold x: x² = 4. A small step changes f by g · "
            "step: 12 · 0.01 − 4 · 0.02. The two parts nearly cancel, as they do along a level "
            "direction. The true change differs a little (compute it): the gradient leaves out "
            "the bend, which is of the order of the step squared."
        ),
        hints=(
            "Hold one letter and differentiate by the other.",
            "∂f/∂x = 2xy and ∂f/∂y = x². The change is each slope times its step, added up.",
            "The slopes are 12 and 4; the change is 12 · 0.01 + 4 · (−0.02).",
        ),
        outputs=("gradient", "change"),
        mistakes=(
            mistake("", "the 2 of the square is left out", ("2 * x * y", "x * y")),
            mistake("", "y is left out of ∂f/∂x: it is held, not dropped", ("2 * x * y", "2 * x")),
            mistake(
                "",
                "∂f/∂y is taken to hold y as well: what is x²y per unit of y?",
                ("x**2]", "x**2 * y]"),
            ),
            mistake(
                "",
                "the two entries are in the wrong order",
                ("[2 * x * y, x**2]", "[x**2, 2 * x * y]"),
            ),
            mistake("error-sign", "the step's minus is lost", ("(0.01, -0.02)", "(0.01, 0.02)")),
            mistake(
                "ascent", "the step is taken against itself", ("(0.01, -0.02)", "(-0.01, 0.02)")
            ),
            mistake(
                "",
                "That is the length of the gradient times the length of the step: it would be so "
                "along the gradient.",
                ("change = g @ (0.01, -0.02)", "change = np.sqrt(g @ g) * np.sqrt(0.0005)"),
            ),
            mistake(
                "",
                "That is the value of f after the step.",
                ("change = g @ (0.01, -0.02)", "change = 2.01**2 * 2.98"),
            ),
            mistake(
                "",
                "That is the true change, bend included. What does the gradient alone say?",
                ("change = g @ (0.01, -0.02)", "change = 2.01**2 * 2.98 - 12"),
            ),
        ),
    ),
    Item(
        id="02a.4",
        title="Three, or three thousand thousandths",
        kind="predict",
        difficulty=2,
        points=1,
        link="chapters/02a_gradient.ipynb#Units-turn-the-arrow",
        task=(
            "A weight of 3 is written as 3000 thousandths, and the program reads it so; nothing "
            "else changes. What becomes of the error's derivative by this weight?"
        ),
        call="rescaled",
        starter="rescaled = ...\n",
        choices={
            "a": "it stays as it was",
            "b": "it becomes a thousand times as large",
            "c": "it becomes a millionth of what it was",
            "d": "it becomes a thousandth of what it was",
        },
        reference='def rescaled():\n    return "d"\n',
        explanation=(
            "A derivative is error per unit, and the unit has become a thousand times smaller: one "
            "thousandth more changes the error by a thousandth of what one more did. A step of "
            "descent on the new number moves it by η times that, counted in thousandths: in all a "
            "millionth of the old step. So rescaling one weight, or one input, turns the direction "
            "of steepest descent. That is why inputs are brought to one scale first."
        ),
        hints=(
            "Derivative of what, per what?",
            "By how much does the error change when the weight goes from 3000 to 3001?",
            "Going from 3000 to 3001 is going from 3 to 3.001.",
        ),
        outputs=("the choice",),
        mistakes=(
            mistake(
                "",
                "The error is the same function of the same weight, but a derivative is per unit, "
                "and the unit has changed.",
                ('"d"', '"a"'),
            ),
            mistake(
                "",
                "The number is a thousand times as large; what does one more do to the error?",
                ('"d"', '"b"'),
            ),
            mistake(
                "",
                "That is what becomes of a step of descent, which is shorter for two reasons. The "
                "derivative has one of them.",
                ('"d"', '"c"'),
            ),
        ),
    ),
    Item(
        id="02a.5",
        title="Slopes that come out half",
        kind="bug hunt",
        difficulty=2,
        points=2,
        link="chapters/02a_gradient.ipynb#Two-knobs",
        task=(
            "This is meant to give the slopes of `f` at `x`, (d,), two-sided with nudges of `h`. "
            "All come out about half as large as they are. Repair it, and leave the caller's `x` "
            "as it was, to the last bit."
        ),
        call="nudged_slopes(f, x, h)",
        starter=(
            "def nudged_slopes(f, x, h):\n"
            "    g = np.zeros(len(x))\n"
            "    for i in range(len(x)):\n"
            "        x[i] += h\n"
            "        up = f(x)\n"
            "        x[i] -= h\n"
            "        down = f(x)\n"
            "        g[i] = (up - down) / (2 * h)\n"
            "    return g\n"
        ),
        reference=(
            "def nudged_slopes(f, x, h):\n"
            "    g = np.zeros(len(x))\n"
            "    for i in range(len(x)):\n"
            "        nudged = x.copy()\n"
            "        nudged[i] = x[i] + h\n"
            "        up = f(nudged)\n"
            "        nudged[i] = x[i] - h\n"
            "        down = f(nudged)\n"
            "        g[i] = (up - down) / (2 * h)\n"
            "    return g\n"
        ),
        explanation=(
            "After `x[i] += h` the line `x[i] -= h` leads back to x, not to x − h: so `down` is f "
            "at the middle, and the difference spans h, not 2h. Dividing by h would hide the half "
            "and keep the one-sided error. And `+= h`, `-= h` need not give back the same bits: "
            "(x + h) − h can differ from x in the last digit, and the caller's array drifts. "
            "Nudge a copy."
        ),
        hints=(
            "Print x[i] before each call of f.",
            "How far apart are the two places at which f is called?",
            "The second nudge has to start from the first value: a copy, then `x[i] + h` and "
            "`x[i] - h`.",
        ),
        outputs=("the array of slopes",),
        inputs=vector,
        sizes=({"n": 5}, {"n": 6}),
        small=({"n": 1}, {"n": 2}),
        edges=(Edge(says="a single entry", make=lambda rng: vector(rng, n=1)),),
        mistakes=(
            mistake(
                "numeric-gradient-one-sided",
                "the second nudge leads back to x, and not to x − h",
                ("nudged[i] = x[i] - h", "nudged[i] = x[i]"),
            ),
            mistake(
                "numeric-gradient-one-sided",
                "the difference is one-sided: dividing by h hides the half, and keeps its error",
                ("nudged[i] = x[i] - h", "nudged[i] = x[i]"),
                ("(2 * h)", "h"),
            ),
            mistake("", "it is divided by h, where the places are 2h apart", ("(2 * h)", "h")),
            mistake(
                "", "it is divided by 4h, where the places are 2h apart", ("(2 * h)", "(4 * h)")
            ),
            mistake(
                "",
                "the second nudge goes to x − 2h",
                ("nudged[i] = x[i] - h", "nudged[i] = x[i] - 2 * h"),
            ),
            mistake("error-sign", "the two sides are swapped", ("(up - down)", "(down - up)")),
            mistake(
                "not-zeroed",
                "each entry stays nudged while the next is",
                (
                    "        nudged = x.copy()\n",
                    "        nudged = x - h * (np.arange(len(x)) < i)\n",
                ),
            ),
            mistake(
                "mutates-input",
                "the nudges stay in x",
                ("    g = np.zeros(len(x))\n", "    g = np.zeros(len(x))\n    x += h\n"),
            ),
        ),
    ),
    Item(
        id="02a.6",
        title="The slope in a direction",
        kind="code",
        difficulty=3,
        points=3,
        link="chapters/02a_gradient.ipynb#784-knobs",
        task=(
            "How fast `f` rises at `x`, (d,), along the unit vector `u`, (d,): a float, two-sided, "
            "with a nudge of `h`, and with two calls of `f` however many entries there are."
        ),
        call="slope_along(f, x, u, h)",
        starter=(
            "def slope_along(f, x, u, h):\n"
            '    """The slope of f at x along u, two-sided, from two calls of f."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def slope_along(f, x, u, h):\n    return (f(x + h * u) - f(x - h * u)) / (2 * h)\n"
        ),
        explanation=(
            "Nudge all entries at once, along u. For a small step the slope is g · u, so one "
            "number comes out for two calls, where the whole gradient takes two for each entry. "
            "Two calls are enough to *check* a gradient of any size: compare with g · u for a "
            "random u. They are not enough to find it."
        ),
        hints=(
            "What is nudged when you walk along u?",
            "The place a step of h along u is x + h u. Go there and to the other side.",
            "`f(x + h * u)` and `f(x - h * u)`: they are 2h apart.",
        ),
        outputs=("the slope",),
        inputs=towards,
        sizes=({"n": 5}, {"n": 6}),
        small=({"n": 1}, {"n": 2}),
        edges=(
            Edge(says="a place of whole numbers", make=whole_place, id="integer-dtype"),
            Edge(says="a single entry", make=lambda rng: towards(rng, n=1)),
        ),
        mistakes=(
            *difference_mistakes("f", "x", "u"),
            mistake(
                "",
                "every entry is nudged by h, whatever u says",
                (ALONG, "(f(x + h) - f(x - h)) / (2 * h)"),
            ),
            mistake(
                "elementwise-for-matmul",
                "the place is scaled by u, not moved along it",
                (ALONG, "(f(x * (1 + h * u)) - f(x * (1 - h * u))) / (2 * h)"),
            ),
            mistake(
                "",
                "the result is multiplied by u: the slope along u is one number",
                (ALONG, f"u * {ALONG}"),
            ),
            mistake(
                "first-example-only",
                "only the first entry is nudged",
                (
                    ALONG,
                    "(f(x + h * u * FIRST) - f(x - h * u * FIRST)) / (2 * h)".replace(
                        "FIRST", "(np.arange(len(x)) == 0)"
                    ),
                ),
            ),
            mistake(
                "integer-dtype",
                "the nudged places are cut to integers",
                (ALONG, "(f((x + h * u).astype(int)) - f((x - h * u).astype(int))) / (2 * h)"),
            ),
        ),
    ),
]

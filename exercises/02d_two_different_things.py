"""The exercises of 2d: two different things."""

import numpy as np

from dlcore.classroom.items import Edge, Item, mistake


def a_bowl(rng, d, steps):
    """The curvatures and the lowest point of a bowl, a start, and how many steps."""
    curvature = np.round(rng.uniform(0.5, 2.5, d), 1)
    low, x0 = np.round(rng.normal(size=(2, d)) * 2, 1)
    return curvature, low, x0 + 0.3, steps


def swapped(swap, curvature, low, x0, steps):
    """What an answer makes of three ways and two rules, by `way, rule`."""

    def exact(x):
        return curvature * (x - low)

    ways = {"exact": exact, "half": lambda x: exact(x) / 2, "with a tilt": lambda x: exact(x) + 0.3}
    rules = {
        "descent": lambda x, g: x - 0.2 * g,
        "signs": lambda x, g: x - 0.1 * np.sign(g) - 0.01 * g,
    }
    found = swap(ways, rules, x0, steps)
    if not isinstance(found, dict):
        return found
    return {
        ", ".join(map(str, key)) if isinstance(key, tuple) else key: path
        for key, path in found.items()
    }


def single_swap(rng):
    return a_bowl(rng, d=3, steps=1)


def no_swap_step(rng):
    return a_bowl(rng, d=3, steps=0)


def how_many(rng, least, most):
    """How many numbers the search moves."""
    return (int(rng.integers(least, most)),)


def two_hundred(rng):
    return (200,)


RUN = "x = step(x, gradient(x))"
AFRESH = "x = np.array(x0, dtype=float)"
DRAWN = "candidate = p + 0.1 * rng.normal(size=n)"
HALVED = "np.sum(p**2) > n / 2"

ITEMS = [
    Item(
        id="02d.1",
        title="The bill for a gradient",
        kind="predict",
        difficulty=1,
        points=1,
        link="chapters/02d_two_different_things.ipynb#Because-of-the-bill",
        task=(
            "A network has 109,386 parameters. How many times is its error evaluated for one "
            "gradient by central differences, by the complex step, and by reverse mode? A walk "
            "back is no evaluation."
        ),
        call="evaluations",
        starter=(
            'evaluations = {"central differences": ..., "complex step": ..., "reverse mode": ...}\n'
        ),
        reference=(
            "def evaluations():\n"
            "    n = 109_386\n"
            "    central = 2 * n  # up and down, for each parameter\n"
            "    imaginary = n\n"
            "    reverse = 1\n"
            '    return {"central differences": central, "complex step": imaginary, '
            '"reverse mode": reverse}\n'
        ),
        explanation=(
            "A nudge answers for one parameter, so every way of nudging is paid once or twice for "
            "each. The complex step needs no second evaluation: the error itself comes back in "
            "the real part and the slope in the imaginary one. Reverse mode evaluates once, keeps "
            "what it passes, and walks back once, together a few times one evaluation, whatever "
            "$n$ is. That is why networks are trained with it. Gradient descent would take any of "
            "the three: the gradient is the same."
        ),
        hints=(
            "For how many parameters does one nudge answer, and for how many one walk back?",
            "Central differences go up and down, the complex step goes one way. Reverse mode runs "
            "the function forwards as often as you would without any gradient.",
            "2n, n and 1, with n = 109,386.",
        ),
        outputs=("the evaluations",),
        mistakes=(
            mistake(
                "numeric-gradient-one-sided",
                "one evaluation for each parameter is counted: central differences go both ways",
                ("central = 2 * n", "central = n"),
            ),
            mistake(
                "numeric-gradient-one-sided",
                "the differences are one-sided, with one evaluation more where nothing is nudged",
                ("central = 2 * n", "central = n + 1"),
            ),
            mistake(
                "",
                "the evaluation without a nudge is counted too: up and down do without it",
                ("central = 2 * n", "central = 2 * n + 1"),
            ),
            mistake(
                "",
                "two evaluations are taken to do for all parameters: a nudge answers for one",
                ("central = 2 * n", "central = 2"),
            ),
            mistake(
                "",
                "the complex step is taken to go both ways as well",
                ("imaginary = n", "imaginary = 2 * n"),
            ),
            mistake(
                "",
                "the complex step is taken to need the error without a nudge, its real part",
                ("imaginary = n", "imaginary = n + 1"),
            ),
            mistake(
                "",
                "one complex step is taken to answer for all parameters",
                ("imaginary = n", "imaginary = 1"),
            ),
            mistake(
                "idea-6",
                "reverse mode is taken to evaluate once for each parameter, as a nudge does",
                ("reverse = 1", "reverse = n"),
            ),
            mistake(
                "idea-6",
                "reverse mode is taken to nudge up and down",
                ("reverse = 1", "reverse = 2 * n"),
            ),
            mistake(
                "", "the walk back is counted as an evaluation", ("reverse = 1", "reverse = 2")
            ),
            mistake(
                "",
                "reverse mode is taken to need no evaluation: there would be nothing to walk back",
                ("reverse = 1", "reverse = 0"),
            ),
        ),
    ),
    Item(
        id="02d.2",
        title="In proportion to the loan",
        kind="by hand",
        difficulty=2,
        points=2,
        link="chapters/02d_two_different_things.ipynb#Backpropagation-without-descent",
        task=(
            "The loan: $P = A\\,r/(1-(1+r)^{-n})$, $r = i/12$; A = 200,000, i = 0.04, n = 240. "
            "Say without differentiating: `slope`, $\\partial P/\\partial A$; `at 400000`, the "
            "same slope if A is 400,000; `exact`, whether 1000 more on A costs exactly 1000 "
            "slopes a month (True or False); `i` and `n`, whether $\\partial P/\\partial i$ is "
            "$P/i$ and $\\partial P/\\partial n$ is $P/n$. Three significant digits."
        ),
        call="loan",
        starter='loan = {"slope": ..., "at 400000": ..., "exact": ..., "i": ..., "n": ...}\n',
        reference=(
            "def loan():\n"
            "    A, i, n = 200_000, 0.04, 240\n"
            "    r = i / 12\n"
            "    P = A * r / (1 - (1 + r) ** -n)\n"
            "    slope = P / A\n"
            "    at_400000 = slope\n"
            "    exact = True  # P is in proportion to A\n"
            "    for_i = False  # and to nothing else\n"
            "    for_n = False\n"
            '    return {"slope": slope, "at 400000": at_400000, "exact": exact, "i": for_i, '
            '"n": for_n}\n'
        ),
        explanation=(
            "$P$ is $A$ times a number that does not depend on $A$: twice the loan is twice the "
            "payment. So every unit of $A$ costs the same, $P/A$ = 0.00606 a month, at any $A$, "
            "and for a change of any size. Interest and months enter otherwise: with no interest "
            "at all there is still something to pay back, and twice the months are not twice the "
            "payment but less. There only the walk back helps: `loan[0].grad` is $P/A$, the other "
            "two are no such quotients."
        ),
        hints=(
            "You borrow twice as much. What happens to the payment?",
            "If P = A · c with a c that does not depend on A, each unit of A costs c: then c is "
            "P/A. Does doubling i or n double P?",
            "P is 1211.96, so the slope is 1211.96 / 200000, for every A, and exactly. For i and n "
            "doubling does not double.",
        ),
        outputs=("the answer",),
        mistakes=(
            mistake(
                "",
                "the payment itself is given, and not what one unit of A adds to it",
                ("slope = P / A", "slope = P"),
            ),
            mistake(
                "",
                "the quotient is upside down",
                ("slope = P / A", "slope = A / P"),
            ),
            mistake(
                "",
                "only the first month's interest is counted: each month pays something back too",
                ("slope = P / A", "slope = r"),
            ),
            mistake(
                "",
                "the loan is shared out over the months without interest",
                ("slope = P / A", "slope = 1 / n"),
            ),
            mistake(
                "", "the yearly interest is paid every month: r is i / 12", ("r = i / 12", "r = i")
            ),
            mistake("", "the exponent lacks its minus", ("** -n", "** n")),
            mistake(
                "",
                "the slope is taken to double with the loan: the payment does",
                ("at_400000 = slope", "at_400000 = 2 * slope"),
            ),
            mistake(
                "",
                "the old payment is divided by the new loan: the payment grows as well",
                ("at_400000 = slope", "at_400000 = P / 400_000"),
            ),
            mistake(
                "",
                "A slope promises exactly what happens where nothing bends: look how A enters.",
                ("exact = True", "exact = False"),
            ),
            mistake(
                "",
                "Not every slope is result over input: with i = 0.08, does the payment double?",
                ("for_i = False", "for_i = True"),
            ),
            mistake(
                "",
                "Every slope is taken for result over input: try n = 480, does the payment double?",
                ("for_n = False", "for_n = True"),
            ),
        ),
    ),
    Item(
        id="02d.3",
        title="Every way with every rule",
        kind="code",
        difficulty=2,
        points=3,
        link="chapters/02d_two_different_things.ipynb#Sixteen-runs",
        task=(
            "Run every way of getting a gradient with every way of using one. `ways` holds "
            "functions `gradient(x) -> (d,)` by name, `rules` functions `rule(x, g) -> (d,)`, the "
            "next place, by name; both leave their arguments as they are. Return a dict whose "
            "keys are `(way, rule)` and whose values are paths, (steps + 1, d), each from `x0`, "
            "(d,). Leave `x0` as it is."
        ),
        call="swap(ways, rules, x0, steps)",
        starter=(
            "def swap(ways, rules, x0, steps):\n"
            '    """The path of every rule with every way, (steps + 1, d), by (way, rule)."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def swap(ways, rules, x0, steps):\n"
            "    paths = {}\n"
            "    for way, gradient in ways.items():\n"
            "        for rule, step in rules.items():\n"
            "            x = np.array(x0, dtype=float)\n"
            "            path = [x]\n"
            "            for _ in range(steps):\n"
            "                x = step(x, gradient(x))\n"
            "                path.append(x)\n"
            "            paths[way, rule] = np.array(path)\n"
            "    return paths\n"
        ),
        explanation=(
            "The whole difference between the two things is one line, `step(x, gradient(x))`: two "
            "functions that know nothing of each other. A way takes a place and says how steep it "
            "is; a rule takes a place and a slope and says where to go. Any way fits any rule, so "
            "four and four give sixteen runs. Begin each of them at x0 anew, or one run's end "
            "becomes the next one's start and the comparison is worth nothing."
        ),
        hints=(
            "How many loops stand around a single step?",
            "For each way and each rule begin at a copy of x0 with a new list; at each step ask "
            "the way for the gradient at x, and the rule for the next x.",
            "Inside: `x = step(x, gradient(x))`, `path.append(x)`; after the steps "
            "`paths[way, rule] = np.array(path)`.",
        ),
        outputs=("the array of paths",),
        used=swapped,
        inputs=a_bowl,
        sizes=({"d": 3, "steps": 5}, {"d": 4, "steps": 7}),
        edges=(
            Edge(says="a single step", make=single_swap),
            Edge(says="no step at all", make=no_swap_step),
        ),
        mistakes=(
            mistake(
                "",
                "each run starts where the one before ended",
                ("paths = {}", f"paths = {{}}\n    {AFRESH}"),
                (f"            {AFRESH}\n            path = [x]", "            path = [x]"),
            ),
            mistake(
                "",
                "x0 is taken anew for each way only: the next rule starts where the last ended",
                (
                    "        for rule, step in rules.items():\n"
                    f"            {AFRESH}\n            path = [x]",
                    f"        {AFRESH}\n        for rule, step in rules.items():\n"
                    "            path = [x]",
                ),
            ),
            mistake(
                "",
                "the list of places is not begun anew: it holds all runs so far",
                ("paths = {}", "paths = {}\n    path = []"),
                ("path = [x]", "path.append(x)"),
            ),
            mistake(
                "",
                "the last way's gradient is used for all",
                ("gradient(x)", "list(ways.values())[-1](x)"),
            ),
            mistake(
                "",
                "the first way's gradient is used for all",
                ("gradient(x)", "list(ways.values())[0](x)"),
            ),
            mistake(
                "",
                "the last rule is used for all",
                ("step(x, gradient(x))", "list(rules.values())[-1](x, gradient(x))"),
            ),
            mistake(
                "",
                "the first rule is used for all",
                ("step(x, gradient(x))", "list(rules.values())[0](x, gradient(x))"),
            ),
            mistake(
                "",
                "the gradient is taken at x0 at each step",
                ("gradient(x)", "gradient(path[0])"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "each step starts again from x0",
                ("step(x, gradient(x))", "step(path[0], gradient(x))"),
            ),
            mistake(
                "",
                "place and gradient are exchanged in the call of the rule",
                ("step(x, gradient(x))", "step(gradient(x), x)"),
            ),
            mistake(
                "",
                "the rule is given the place where it is to be given the gradient",
                ("step(x, gradient(x))", "step(x, x)"),
            ),
            mistake(
                "",
                "the rule's result is subtracted: it is the next place, not a step",
                ("x = step(x, gradient(x))", "x = x - step(x, gradient(x))"),
            ),
            mistake(
                "",
                "the rule's result is added: it is the next place, not a step",
                ("x = step(x, gradient(x))", "x = x + step(x, gradient(x))"),
            ),
            mistake(
                "ascent",
                "the gradient's sign is turned before the rule gets it: the rule turns it itself",
                ("step(x, gradient(x))", "step(x, -gradient(x))"),
            ),
            mistake(
                "idea-1",
                "the rules are not used at all: x − gradient stands for every one of them",
                ("step(x, gradient(x))", "x - gradient(x)"),
            ),
            mistake(
                "not-zeroed",
                "the gradients of all steps are added up",
                ("path = [x]", "path = [x]\n            g = 0"),
                (RUN, "g = g + gradient(x)\n                x = step(x, g)"),
            ),
            mistake(
                "stale-order",
                "the gradient is taken where the walk was one step before",
                ("gradient(x)", "gradient(path[max(len(path) - 2, 0)])"),
            ),
            mistake("", "the start is left out", ("np.array(path)", "np.array(path[1:])")),
            mistake(
                "", "the last place is left out", ("np.array(path)", "np.array(path[:-1] or path)")
            ),
            mistake("", "one step too many is made", ("range(steps)", "range(steps + 1)")),
            mistake("", "only the last place is kept", ("np.array(path)", "path[-1]")),
            mistake(
                "",
                "the gradients are kept instead of the places",
                ("np.array(path)", "np.array([gradient(x) for x in path])"),
            ),
            mistake(
                "wrong-transpose",
                "the paths are transposed: a row is to be a place",
                ("np.array(path)", "np.array(path).T"),
            ),
            mistake(
                "cached-wrong-value",
                "every row of a path is the same array, which is overwritten: the last place",
                (RUN, "x[:] = step(x, gradient(x))"),
            ),
            mistake(
                "mutates-input",
                "x0 itself is moved, and every row of every path is the same array",
                (AFRESH, "x = x0"),
                (RUN, "x[:] = step(x, gradient(x))"),
            ),
            mistake("integer-dtype", "the start is made of integers", ("dtype=float", "dtype=int")),
        ),
    ),
    Item(
        id="02d.4",
        title="Random search in many dimensions",
        kind="code",
        difficulty=3,
        points=3,
        link="chapters/02d_two_different_things.ipynb#Outside-the-grid",
        task=(
            "How many steps does random search take to halve $\\sum_i p_i^2$ from "
            "$p = (1, \\dots, 1)$, (n,)? Make one generator, `np.random.default_rng(0)`. Each "
            "step draws `rng.normal(size=n)` once, times 0.1 is added to $p$, and the result is "
            "kept if the sum of squares is smaller there. Return the number of steps, the "
            "rejected ones too, after which the sum is at most half of n; an int."
        ),
        call="searches(n)",
        starter=(
            "def searches(n):\n"
            '    """The steps of random search until the sum of n squares is at most n / 2."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def searches(n):\n"
            "    rng = np.random.default_rng(0)\n"
            "    p = np.ones(n)\n"
            "    steps = 0\n"
            "    while np.sum(p**2) > n / 2 and steps < 5000:\n"
            "        candidate = p + 0.1 * rng.normal(size=n)\n"
            "        better = np.sum(candidate**2) < np.sum(p**2)\n"
            "        steps += 1\n"
            "        if better:\n"
            "            p = candidate\n"
            "    return steps\n"
        ),
        explanation=(
            "For n = 2, 20 and 200 it takes 8, 42 and 323 steps. Of a random step only the part "
            "along the slope helps, $1/\\sqrt n$ of it, and all the rest leads away sideways: with "
            "many numbers most steps are refused, and those that are kept gain little. Descent "
            "along the gradient takes as many steps for 200 numbers as for 2. One evaluation a "
            "step is cheap, but a network of 100,000 weights would hardly move; reverse mode "
            "buys the whole gradient for the price of a few."
        ),
        hints=(
            "What has to be counted, the steps that are tried or the steps that are kept?",
            "Make the generator once, before the loop. In the loop draw a candidate, count, and "
            "go there only if it lies lower; end when the sum of squares is at most n / 2.",
            "`candidate = p + 0.1 * rng.normal(size=n)`; `steps += 1`; "
            "`if np.sum(candidate**2) < np.sum(p**2): p = candidate`.",
        ),
        outputs=("the number of steps",),
        inputs=how_many,
        sizes=({"least": 5, "most": 12}, {"least": 20, "most": 40}),
        small=({"least": 1, "most": 2}, {"least": 2, "most": 3}, {"least": 3, "most": 4}),
        edges=(Edge(says="200 numbers", make=two_hundred),),
        mistakes=(
            mistake(
                "",
                "only the steps that are kept are counted",
                (
                    "        steps += 1\n        if better:\n            p = candidate\n",
                    "        if better:\n            p = candidate\n            steps += 1\n",
                ),
            ),
            mistake(
                "",
                "only the steps that are refused are counted",
                (
                    "        steps += 1\n        if better:\n            p = candidate\n",
                    "        if better:\n            p = candidate\n        else:\n"
                    "            steps += 1\n",
                ),
            ),
            mistake(
                "",
                "the places are counted, the start included, and not the steps",
                ("return steps", "return steps + 1"),
            ),
            mistake("", "the last step is not counted", ("return steps", "return steps - 1")),
            mistake(
                "",
                "the distance is halved, and with it the sum of squares is quartered",
                (HALVED, "np.linalg.norm(p) > np.sqrt(n) / 2"),
            ),
            mistake(
                "",
                "the search goes on down to ½, and not to half of what the sum was",
                (HALVED, "np.sum(p**2) > 0.5"),
            ),
            mistake(
                "", "the search ends at the first step that is kept", (HALVED, "np.sum(p**2) >= n")
            ),
            mistake(
                "",
                "the scale is 0.3, as in the notebook's cell",
                (DRAWN, "candidate = p + 0.3 * rng.normal(size=n)"),
            ),
            mistake(
                "",
                "the seed is 1, as in the notebook's cell",
                ("default_rng(0)", "default_rng(1)"),
            ),
            mistake(
                "",
                "scale and seed are those of the notebook's cell, 0.3 and 1",
                (DRAWN, "candidate = p + 0.3 * rng.normal(size=n)"),
                ("default_rng(0)", "default_rng(1)"),
            ),
            mistake(
                "",
                "0.1 is taken for the variance of the draws",
                (DRAWN, "candidate = p + 0.1**0.5 * rng.normal(size=n)"),
            ),
            mistake(
                "",
                "the draws come from np.random.seed(0), which is another generator",
                ("np.random.default_rng(0)", "np.random.RandomState(0)"),
            ),
            mistake(
                "",
                "the draws are uniform from −1 to 1, and not normal",
                (DRAWN, "candidate = p + 0.1 * rng.uniform(-1, 1, n)"),
            ),
            mistake(
                "",
                "one number is drawn for all n, so that all move alike",
                (DRAWN, "candidate = p + 0.1 * rng.normal()"),
            ),
            mistake(
                "",
                "each step is scaled to a length of 0.1",
                (
                    DRAWN,
                    "z = rng.normal(size=n)\n        candidate = p + 0.1 * z / np.linalg.norm(z)",
                ),
            ),
            mistake(
                "",
                "the draw is subtracted where it is to be added: normal, but other steps",
                (DRAWN, "candidate = p - 0.1 * rng.normal(size=n)"),
            ),
            mistake(
                "",
                "the numbers are moved one at a time, each with a draw of its own",
                (
                    DRAWN,
                    "candidate = p.copy()\n        candidate[steps % n] += 0.1 * rng.normal()",
                ),
            ),
            mistake(
                "",
                "the largest square is looked at in place of their sum",
                ("np.sum(candidate**2) < np.sum(p**2)", "np.max(candidate**2) < np.max(p**2)"),
            ),
        ),
        places={
            "the number of steps": "Print p after the first three steps, for n = 2, and what was "
            "drawn."
        },
    ),
    Item(
        id="02d.5",
        title="It diverges either way",
        kind="bug hunt",
        difficulty=2,
        points=2,
        link="chapters/02d_two_different_things.ipynb#Try-to-break-it",
        task=(
            "“Our training diverges. We replaced our backward pass by finite differences of the "
            "same error: it diverges all the same.” Which of these, alone, could explain both "
            "runs? True: look there first. False: it had no part in the second run."
        ),
        call="suspects",
        starter=(
            "suspects = {\n"
            '    "learning rate too large": ...,\n'
            '    "update adds the gradient": ...,\n'
            '    "inputs not scaled": ...,\n'
            '    "error summed, not averaged": ...,\n'
            '    "σ′ left out in backward": ...,\n'
            '    "= for += at a fork in backward": ...,\n'
            '    "backward keeps old gradients": ...,\n'
            "}\n"
        ),
        reference=(
            "def suspects():\n"
            "    second = {}  # was it part of the run by finite differences?\n"
            '    second["learning rate too large"] = True\n'
            '    second["update adds the gradient"] = True\n'
            '    second["inputs not scaled"] = True  # it makes a ravine of the error\n'
            '    second["error summed, not averaged"] = True  # both differentiate it\n'
            '    second["σ′ left out in backward"] = False\n'
            '    second["= for += at a fork in backward"] = False\n'
            '    second["backward keeps old gradients"] = False\n'
            "    return second\n"
        ),
        explanation=(
            "One part was exchanged and the trouble stayed, so it lies in what both runs share: "
            "the rule, its rate and its sign, the data, and the error itself, which both "
            "differentiate. A summed error has n times the slope of a mean, and so a limit $2/L$ "
            "that is n times smaller. Nothing inside `backward` can harm a run that never calls "
            "it. That does not prove `backward` right: it is only not needed to explain this. "
            "Had finite differences converged, it would be the first suspect."
        ),
        hints=(
            "Which parts of the program ran both times?",
            "The second run used the data, the error, and the update; not one line of `backward`.",
            "The three that stand in `backward` are False. The other four ran both times.",
        ),
        outputs=("the suspects",),
        mistakes=(
            mistake(
                "",
                "The rate multiplies whatever gradient it is given, a measured one too.",
                ('"learning rate too large"] = True', '"learning rate too large"] = False'),
            ),
            mistake(
                "idea-3",
                "The update is no part of `backward`: it was the same line in both runs.",
                ('"update adds the gradient"] = True', '"update adds the gradient"] = False'),
            ),
            mistake(
                "",
                "The inputs shape the error, and with it the limit 2/L, however it is "
                "differentiated.",
                ('"inputs not scaled"] = True', '"inputs not scaled"] = False'),
            ),
            mistake(
                "",
                "Finite differences of a sum are n times as large as those of a mean: both runs "
                "met that.",
                (
                    '"error summed, not averaged"] = True',
                    '"error summed, not averaged"] = False',
                ),
            ),
            mistake(
                "",
                "A σ′ that is missing in `backward` is missing in no finite difference.",
                ('"σ′ left out in backward"] = False', '"σ′ left out in backward"] = True'),
            ),
            mistake(
                "",
                "Finite differences visit no fork: they call the error and subtract.",
                (
                    '"= for += at a fork in backward"] = False',
                    '"= for += at a fork in backward"] = True',
                ),
            ),
            mistake(
                "",
                "What `backward` keeps from call to call is not read by a run without it.",
                (
                    '"backward keeps old gradients"] = False',
                    '"backward keeps old gradients"] = True',
                ),
            ),
            mistake(
                "idea-1",
                "The backward pass is blamed, as if descending and differentiating were one "
                "thing: the second run did without it, and diverged.",
                ('"σ′ left out in backward"] = False', '"σ′ left out in backward"] = True'),
                (
                    '"= for += at a fork in backward"] = False',
                    '"= for += at a fork in backward"] = True',
                ),
                (
                    '"backward keeps old gradients"] = False',
                    '"backward keeps old gradients"] = True',
                ),
            ),
        ),
    ),
]

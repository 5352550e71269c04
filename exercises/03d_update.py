"""The exercises of 3d: the update."""

import numpy as np

from dlcore.classroom.items import Edge, Item, mistake


def lists(rng, i, h, o):
    """The weights and biases of two layers, a gradient for each, and a learning rate."""
    shapes = (i, h), (h,), (h, o), (o,)
    params = [np.round(rng.normal(size=shape), 2) + 0.1 for shape in shapes]
    grads = [np.round(rng.normal(size=shape), 2) + 0.1 for shape in shapes]
    return params, grads, np.round(rng.uniform(0.1, 0.6), 2)


def one_array(rng):
    params, grads, learning_rate = lists(rng, i=3, h=4, o=2)
    return params[:1], grads[:1], learning_rate


def no_gradient(rng):
    params, grads, learning_rate = lists(rng, i=3, h=4, o=2)
    return params, [np.zeros_like(grad) for grad in grads], learning_rate


def whole_numbers(rng):
    params, grads, learning_rate = lists(rng, i=3, h=4, o=2)
    return [np.arange(param.size).reshape(param.shape) for param in params], grads, learning_rate


STEP = "p - learning_rate * g"
ALL = "[p - learning_rate * g for p, g in zip(params, grads)]"


def on_copies(step, params, grads, rate):
    """What a step returns, where it may write into the arrays that it is given."""
    return step([p.copy() for p in params], [g.copy() for g in grads], rate)


APPEND = "new.append(p - rate * g)"

ITEMS = [
    Item(
        id="03d.1",
        title="The update",
        kind="code",
        difficulty=1,
        points=2,
        link="chapters/03d_update.ipynb#All-weights-at-the-same-moment",
        task=(
            "One step downhill for every parameter. `params` and `grads` are lists of arrays, of "
            "equal shapes pairwise: flat lists here, not (W, b) pairs. Return a list of new "
            "arrays; leave `params` and `grads` as they are."
        ),
        call="update(params, grads, learning_rate)",
        starter=(
            "def update(params, grads, learning_rate):\n"
            '    """A list of new arrays, each moved a little against its gradient."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def update(params, grads, learning_rate):\n"
            "    return [p - learning_rate * g for p, g in zip(params, grads)]\n"
        ),
        explanation=(
            "`p - …` is a new array. `p -= …` writes into the caller's array, and `p = p - …` in a "
            "loop only gives the loop's own name a new array: the list never hears of it. So the "
            "new arrays are collected in a new list."
        ),
        hints=(
            "Which way is downhill, if the gradient points uphill?",
            "Walk through both lists at once with `zip`, and collect a new array from each pair.",
            "`p - learning_rate * g` is the new array; `p -= …` would change the caller's.",
        ),
        outputs=("new",),
        inputs=lists,
        sizes=({"i": 3, "h": 5, "o": 2}, {"i": 5, "h": 4, "o": 3}),
        probes=({"i": 4, "h": 4, "o": 4},),
        small=({"i": 1, "h": 1, "o": 1}, {"i": 2, "h": 1, "o": 1}),
        edges=(
            Edge(says="a single array", make=one_array),
            Edge(says="gradients of zero", make=no_gradient),
            Edge(
                says="parameters of whole numbers",
                make=whole_numbers,
                gentle=True,
                id="integer-dtype",
            ),
        ),
        mistakes=(
            mistake("ascent", "", (STEP, "p + learning_rate * g")),
            mistake(
                "assign-minus",
                "p =- learning_rate * g stands where -= is meant: p becomes minus the step",
                (STEP, "-learning_rate * g"),
            ),
            mistake(
                "mutates-input",
                "p -= … writes into the caller's array",
                (STEP, "p.__isub__(learning_rate * g)"),
            ),
            mistake(
                "mutates-input",
                "the caller's list gets the new arrays",
                (
                    f"return {ALL}",
                    f"params[:] = {ALL}\n    return params",
                ),
            ),
            mistake(
                "integer-dtype",
                "the new parameters are cut to integers",
                (STEP, "(p - learning_rate * g).astype(int)"),
            ),
            mistake(
                "integer-dtype",
                "the parameters are cut to integers before the step",
                (STEP, "p.astype(int) - learning_rate * g"),
            ),
            mistake(
                "bias-mean",
                "a bias's gradient is averaged over the units before the step",
                (STEP, "p - learning_rate * (g if g.ndim > 1 else g.mean())"),
            ),
            mistake(
                "bias-scalar",
                "a bias's gradient is added up to one number for all units",
                (STEP, "p - learning_rate * (g if g.ndim > 1 else g.sum())"),
            ),
            mistake(
                "missing-1-over-n",
                "the gradient is multiplied by its number of rows: the mean is inside it already",
                (STEP, "p - learning_rate * g * len(g)"),
            ),
            mistake(
                "double-1-over-n",
                "the gradient is divided by its number of rows: the mean is inside it already",
                (STEP, "p - learning_rate * g / len(g)"),
            ),
            mistake(
                "first-example-only",
                "only the first parameter is moved",
                (ALL, "[params[0] - learning_rate * grads[0]] + [p.copy() for p in params[1:]]"),
            ),
            mistake(
                "no-hidden-gradient",
                "the hidden layer is frozen: its weights and biases are not moved",
                (STEP, "p - learning_rate * g * (p is not params[0] and p is not params[1])"),
            ),
            mistake(
                "wrong-transpose",
                "the new matrices are transposed",
                (STEP, "(p - learning_rate * g).T"),
            ),
            mistake(
                "elementwise-for-matmul",
                "the gradient is multiplied by the parameter",
                (STEP, "p - learning_rate * g * p"),
            ),
            mistake(
                "", "nothing is moved: the new array never gets into the list", (STEP, "p.copy()")
            ),
            mistake("", "the learning rate is left out", (STEP, "p - g")),
            mistake("", "the learning rate is left out, and the gradient added", (STEP, "p + g")),
            mistake("", "the learning rate is applied twice", (STEP, "p - learning_rate**2 * g")),
            mistake("", "it is divided by the learning rate", (STEP, "p - g / learning_rate")),
            mistake(
                "",
                "the learning rate multiplies the parameter as well",
                (STEP, "learning_rate * (p - g)"),
            ),
            mistake(
                "", "the steps are returned, not the new parameters", (STEP, "learning_rate * g")
            ),
            mistake("", "the gradients are returned", (STEP, "g.copy()")),
            mistake(
                "",
                "the biases are not moved",
                (STEP, "p - learning_rate * g * (g.ndim > 1)"),
            ),
            mistake(
                "", "only the biases are moved", (STEP, "p - learning_rate * g * (g.ndim < 2)")
            ),
            mistake(
                "",
                "only the gradient's signs are used",
                (STEP, "p - learning_rate * np.sign(g)"),
            ),
            mistake(
                "",
                "the gradient is divided by its length",
                (STEP, "p - learning_rate * g / np.linalg.norm(g)"),
            ),
            mistake(
                "",
                "g minus the step is returned: the two are swapped",
                (STEP, "g - learning_rate * p"),
            ),
            mistake("", "the sign of everything is turned", (STEP, "learning_rate * g - p")),
            mistake("", "the gradient is left out of the step", (STEP, "p - learning_rate")),
            mistake(
                "",
                "the parameter stands in the step where its gradient is meant",
                (STEP, "p - learning_rate * p"),
            ),
            mistake(
                "",
                "the learning rate stands at the parameter, not at the gradient",
                (STEP, "learning_rate * p - g"),
            ),
            mistake(
                "",
                "1 − learning_rate stands where learning_rate is meant",
                (STEP, "p - (1 - learning_rate) * g"),
            ),
            *(
                mistake(
                    "",
                    f"the rate {rate} stands in the code, whatever learning_rate is",
                    (STEP, f"p - {rate} * g"),
                )
                for rate in ("0.1", "0.01")
            ),
            *(
                mistake(
                    "",
                    f"every step is {times} as long as asked",
                    (STEP, f"p - {by} * learning_rate * g"),
                )
                for times, by in (
                    ("twice", 2),
                    ("half", 0.5),
                    ("0.9 times", 0.9),
                    ("0.1 times", 0.1),
                )
            ),
            mistake("", "the gradient is squared", (STEP, "p - learning_rate * g**2")),
            mistake(
                "",
                "the gradient loses its sign: np.abs",
                (STEP, "p - learning_rate * np.abs(g)"),
            ),
            mistake(
                "",
                "the gradient is clipped to −1..1",
                (STEP, "p - learning_rate * np.clip(g, -1, 1)"),
            ),
            mistake(
                "bias-scalar",
                "every gradient, the biases' too, is added up to one number",
                (STEP, "p - learning_rate * g.sum()"),
            ),
            mistake(
                "bias-mean",
                "every gradient, the biases' too, is averaged to one number",
                (STEP, "p - learning_rate * g.mean()"),
            ),
            mistake(
                "",
                "every gradient is averaged over axis 0, to one number for a bias",
                (STEP, "p - learning_rate * g.mean(axis=0)"),
            ),
            mistake(
                "",
                "every gradient is added up over axis 0, to one number for a bias",
                (STEP, "p - learning_rate * g.sum(axis=0)"),
            ),
            mistake(
                "",
                "every gradient is divided by its number of entries",
                (STEP, "p - learning_rate * g / g.size"),
            ),
            mistake(
                "",
                "the gradients are divided by the length of all of them together",
                (
                    STEP,
                    "p - learning_rate * g / np.sqrt(sum((each**2).sum() for each in grads))",
                ),
            ),
            *(
                mistake(
                    "",
                    f"the learning rate is multiplied by {by} after each array",
                    (
                        ALL,
                        f"[p - learning_rate * {by}**k * g "
                        "for k, (p, g) in enumerate(zip(params, grads))]",
                    ),
                )
                for by in ("0.5", "0.9")
            ),
            mistake(
                "",
                "the weights come first, and then the biases: the order is changed",
                (
                    "grads)]",
                    "grads)][::2] + [p - learning_rate * g for p, g in zip(params, grads)][1::2]",
                ),
            ),
            mistake(
                "",
                "the gradient is divided by the number of arrays",
                (STEP, "p - learning_rate * g / len(params)"),
            ),
            mistake(
                "",
                "learning_rate times the parameter is subtracted too: a weight decay of 1",
                (STEP, "p - learning_rate * (g + p)"),
            ),
            *(
                mistake(
                    "",
                    f"weight decay is added, {decay} of the parameter",
                    (STEP, f"p - learning_rate * (g + {decay} * p)"),
                )
                for decay in ("0.1", "0.01", "0.001")
            ),
            mistake(
                "",
                "p − g stands in the step where g is meant: the gradient is taken for a target",
                (STEP, "p - learning_rate * (p - g)"),
            ),
            mistake(
                "",
                "what comes out below 0 is set to 0",
                (STEP, "np.maximum(p - learning_rate * g, 0)"),
            ),
            mistake(
                "",
                "the new parameters are rounded to 2 decimals",
                (STEP, "np.round(p - learning_rate * g, 2)"),
            ),
            mistake(
                "",
                "the first parameter is not moved, and all others are",
                (STEP, "p - learning_rate * g * (p is not params[0])"),
            ),
            mistake(
                "",
                "the last parameter is not moved, and all others are",
                (STEP, "p - learning_rate * g * (p is not params[-1])"),
            ),
            mistake(
                "",
                "only the last parameter is moved",
                (STEP, "p - learning_rate * g * (p is params[-1])"),
            ),
            mistake(
                "",
                "the output layer is not moved",
                (STEP, "p - learning_rate * g * (p is params[0] or p is params[1])"),
            ),
            mistake(
                "ascent",
                "the biases' gradients are added: they climb",
                (STEP, "p - learning_rate * g * (1 if g.ndim > 1 else -1)"),
            ),
            mistake("", "the arrays come in reverse order", ("grads)]", "grads)][::-1]")),
        ),
        places={"new[1] new[3]": "Look at what happens to the biases."},
    ),
    Item(
        id="03d.2",
        title="Where descent begins to diverge",
        kind="predict",
        difficulty=1,
        points=1,
        link="chapters/03d_update.ipynb#The-line",
        task=(
            "You descend on $E = 2w^2$ from $w = 1$. Give the learning rate above which the steps "
            "run away from the lowest point."
        ),
        call="limit",
        starter="limit = ...\n",
        reference=("def limit():\n    curvature = 2 * 2\n    return 2 / curvature\n"),
        explanation=(
            "The slope is $4w$, and the curvature, the slope of the slope, is 4. A step takes $w$ "
            "to $(1 - 4\\eta)w$, and that shrinks only while $|1 - 4\\eta| < 1$. At the limit $w$ "
            "jumps across and back for ever; at half of it one step reaches the bottom. For any "
            "bowl the limit is 2 divided by the largest curvature."
        ),
        hints=(
            "What does one step make of $w$, written as a factor?",
            "The slope of $2w^2$ is $4w$, so a step gives $w - 4\\eta w$. When does that not "
            "shrink?",
            "The curvature is 4, and the limit is 2 divided by it.",
        ),
        outputs=("the limit",),
        mistakes=(
            mistake(
                "",
                "That takes the 2 in front of w² for the curvature: differentiate twice.",
                ("2 * 2", "2"),
            ),
            mistake(
                "",
                "With this rate the first step lands at the lowest point: it may still be larger.",
                ("2 / curvature", "1 / curvature"),
            ),
            mistake(
                "",
                "That is the limit of the notebook's bowl, whose curvature is 1.",
                ("2 / curvature", "2.0"),
            ),
            mistake(
                "",
                "That is the curvature itself: the more curved the bowl, the *smaller* the limit.",
                ("2 / curvature", "1.0 * curvature"),
            ),
            mistake(
                "",
                "Here 2 is multiplied by the curvature: the more curved, the *smaller* the limit.",
                ("2 / curvature", "2.0 * curvature"),
            ),
        ),
    ),
    Item(
        id="03d.3",
        title="Two steps by hand",
        kind="by hand",
        difficulty=1,
        points=1,
        link="chapters/03d_update.ipynb#The-line",
        task=(
            "Two steps of descent from $w = 4$ on $E = \\frac12w^2$ with $\\eta = 0.25$: where are "
            "you after the first, and after the second? Three significant digits."
        ),
        call="two_steps",
        starter='two_steps = {"first": ..., "second": ...}\n',
        reference=(
            "def two_steps():\n"
            "    w, rate = 4, 0.25\n"
            "    first = w - rate * w\n"
            "    second = first - rate * first\n"
            '    return {"first": first, "second": second}\n'
        ),
        explanation=(
            "The slope of $\\frac12w^2$ is $w$ itself, so each step takes a quarter of what is "
            "left. The second step needs the slope at the *new* place: it is smaller, and so is "
            "the step. That is why descent slows down near the bottom; η has not changed."
        ),
        hints=(
            "What is the slope of ½w² at w = 4?",
            "New w = old w − η · slope, with the slope at the place where you are now.",
            "The first step is 4 − 0.25 · 4. For the second, put what comes out in both places.",
        ),
        outputs=("first", "second"),
        mistakes=(
            mistake(
                "ascent",
                "",
                ("w - rate * w", "w + rate * w"),
                ("first - rate * first", "first + rate * first"),
            ),
            mistake(
                "assign-minus",
                "w is forgotten, and minus the step is all that is left",
                ("w - rate * w", "-rate * w"),
                ("first - rate * first", "-rate * first"),
            ),
            mistake(
                "not-zeroed",
                "the second step takes both slopes, the first one's and its own",
                ("first - rate * first", "first - rate * (w + first)"),
            ),
            mistake(
                "",
                "the second step takes the slope of the first place again",
                ("first - rate * first", "first - rate * w"),
            ),
            mistake(
                "",
                "the slope is taken to be 2w: the ½ halves it",
                ("w - rate * w", "w - rate * 2 * w"),
                ("first - rate * first", "first - rate * 2 * first"),
            ),
            mistake(
                "",
                "the slope is taken to be ½w: the square brings a 2",
                ("w - rate * w", "w - rate * w / 2"),
                ("first - rate * first", "first - rate * first / 2"),
            ),
            mistake(
                "",
                "the error itself is taken for its slope",
                ("w - rate * w", "w - rate * w**2 / 2"),
                ("first - rate * first", "first - rate * first**2 / 2"),
            ),
            mistake(
                "",
                "the learning rate is subtracted, and the slope left out",
                ("w - rate * w", "w - rate"),
                ("first - rate * first", "first - rate"),
            ),
            mistake(
                "",
                "the learning rate is left out",
                ("w - rate * w", "0.0 * w"),
                ("first - rate * first", "0.0 * first"),
            ),
            mistake(
                "",
                "the steps are given, and not the places they lead to",
                ('"first": first, "second": second', '"first": rate * w, "second": rate * first'),
            ),
        ),
    ),
    Item(
        id="03d.4",
        title="An update that moves nothing",
        kind="bug hunt",
        difficulty=2,
        points=2,
        link="chapters/03d_update.ipynb#Three-more-slips",
        task=(
            "This step runs, and nothing is learnt: the weights that come back are the old ones. "
            "Mend it. `params` and `grads` are lists of arrays, of equal shapes pairwise; return "
            "a list of the arrays after the step. New arrays or the caller's own, moved in place: "
            "both will do here."
        ),
        call="step(params, grads, rate)",
        starter=(
            "def step(params, grads, rate):\n"
            '    """The parameters after one step of descent, as a list of arrays."""\n'
            "    for p, g in zip(params, grads):\n"
            "        p = p - rate * g\n"
            "    return params\n"
        ),
        reference=(
            "def step(params, grads, rate):\n"
            "    new = []\n"
            "    for p, g in zip(params, grads):\n"
            "        new.append(p - rate * g)\n"
            "    return new\n"
        ),
        explanation=(
            "`p` is a name. `p = p - rate * g` makes a new array and ties the name to it; the list "
            "still holds the old array, and with the next turn of the loop the new one is gone. "
            "`p -= rate * g` writes into the array that the list holds, and `params[i] = …` puts a "
            "new array into the list. Collecting new arrays in a new list changes nothing that "
            "the caller has, and so nothing can be mixed up."
        ),
        hints=(
            "After `p = p - rate * g`, what does `params[0]` hold?",
            "The new array has to get somewhere: into a new list, into the old one, or into the "
            "old array's own memory.",
            "Begin with `new = []`, append `p - rate * g` for each pair, and return `new`.",
        ),
        outputs=("new",),
        used=on_copies,
        inputs=lists,
        sizes=({"i": 3, "h": 5, "o": 2}, {"i": 5, "h": 4, "o": 3}),
        small=({"i": 1, "h": 1, "o": 1}, {"i": 2, "h": 1, "o": 1}),
        edges=(
            Edge(says="a single array", make=one_array),
            Edge(says="gradients of zero", make=no_gradient),
        ),
        mistakes=(
            mistake(
                "",
                "p = p − … gives the loop's own name a new array, and the list never hears of it",
                (APPEND, "new.append(p)"),
            ),
            mistake("ascent", "", (APPEND, "new.append(p + rate * g)")),
            mistake("assign-minus", "", (APPEND, "new.append(-rate * g)")),
            mistake("", "the learning rate is left out", (APPEND, "new.append(p - g)")),
            mistake(
                "", "the learning rate is left out, and it climbs", (APPEND, "new.append(p + g)")
            ),
            mistake(
                "", "the steps are collected, not the parameters", (APPEND, "new.append(rate * g)")
            ),
            mistake("", "the gradients are returned", (APPEND, "new.append(g)")),
            mistake(
                "",
                "the step is made twice: in place, and once more where it is collected",
                (APPEND, "new.append(p - 2 * rate * g)"),
            ),
            mistake(
                "", "the learning rate is applied twice", (APPEND, "new.append(p - rate**2 * g)")
            ),
            mistake(
                "first-example-only",
                "only the first array is moved",
                (APPEND, "new.append(p - rate * g if len(new) == 0 else p)"),
            ),
            mistake(
                "",
                "only the last array is moved: the line stands behind the loop",
                (APPEND, "new.append(p - rate * g if len(new) == len(params) - 1 else p)"),
            ),
            mistake(
                "",
                "the last array is left as it was",
                (APPEND, "new.append(p if len(new) == len(params) - 1 else p - rate * g)"),
            ),
            mistake(
                "elementwise-for-matmul",
                "the gradient is multiplied by the parameter",
                (APPEND, "new.append(p - rate * g * p)"),
            ),
            mistake("", "p and g are swapped", (APPEND, "new.append(g - rate * p)")),
            mistake(
                "",
                "the rate multiplies the parameter as well",
                (APPEND, "new.append(rate * (p - g))"),
            ),
            mistake("", "the arrays come in reverse order", ("return new", "return new[::-1]")),
        ),
    ),
    Item(
        id="03d.5",
        title="The swing that does not shrink",
        kind="bug hunt",
        difficulty=2,
        points=2,
        link="chapters/03d_update.ipynb#Three-more-slips",
        task=(
            "A single weight swings around its best value with a width that does not shrink, "
            "although η is far below the limit. Which slip fits, and what would you print to be "
            "sure? Answer with a letter."
        ),
        call="slip",
        starter="slip = ...\n",
        choices={
            "a": "The learning rate is too large: print $E$ for a tenth of it.",
            "b": "A sign is flipped: print $w$ after a few steps and see on which side it is.",
            "c": "The order is stale: print the gradient before and after the last layer's update.",
            "d": "Gradients are never zeroed: call backward twice at the same weights, and print "
            "both gradients; the second is twice the first.",
            "e": "An alias: print `before is w` for the weights that were kept.",
        },
        reference='def slip():\n    return "d"\n',
        explanation=(
            "If every slope is added to the old ones, their sum acts like a velocity: at the best "
            "value the slope is 0, but the sum is not, and it carries the weight across. Nothing "
            "takes energy away, as with a mass on a spring, so the width stays for *any* small η; "
            "η only sets how fast it swings. Two backward calls at one place are the proof: the "
            "gradient belongs to the place and must be the same both times."
        ),
        hints=(
            "What could carry a weight past the best value, where the slope is 0?",
            "Go through the slips: which one remembers something from the steps before?",
            "Look at the notebook's picture of a mass on a spring, and at what its code adds up.",
        ),
        outputs=("the answer",),
        mistakes=(
            mistake(
                "",
                "Far below the limit, steps this small would creep to the best value and not cross "
                "it.",
                ('"d"', '"a"'),
            ),
            mistake(
                "",
                "With a flipped sign the weight runs away from its best value, for good.",
                ('"d"', '"b"'),
            ),
            mistake(
                "",
                "A stale order needs two layers, and even there it settles, if at another place.",
                ('"d"', '"c"'),
            ),
            mistake(
                "",
                "An alias spoils what you kept for comparison; the weight itself goes its way.",
                ('"d"', '"e"'),
            ),
        ),
    ),
]

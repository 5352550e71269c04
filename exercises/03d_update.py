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
        places={"new[1] new[3]": "The weights are right: look at what happens to the biases."},
    ),
]

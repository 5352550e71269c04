"""The exercises of 1: neurons before backpropagation."""

import numpy as np

from dlcore.classroom.items import Edge, Item, mistake

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


def numbers(value):
    """Three numbers (two weights and a bias) as floats; None if they are anything else."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None
    return array if array.shape == (3,) else None


def fires(x, neuron):
    """What a threshold neuron w1, w2, b answers to each row of x; None without three numbers."""
    w1_w2_b = numbers(neuron)
    if x is None or w1_w2_b is None:
        return None
    return (x @ w1_w2_b[:2] + w1_w2_b[2] > 0).astype(int)


def has_gaps(values):
    """Whether `...` stands somewhere in nested tuples or lists."""
    return any(
        has_gaps(one) if isinstance(one, tuple | list) else one is ... for one in list(values)
    )


def at_the_corners(neuron):
    """What a neuron, a dict or a tuple, answers at 00, 01, 10 and 11."""
    if isinstance(neuron, dict):
        neuron = [neuron.get(name) for name in ("w1", "w2", "b")]
    if isinstance(neuron, tuple | list) and has_gaps(neuron):
        return ...
    return fires(CORNERS, neuron)


WIRES = ("first", "second", "output")


def proof_and_wiring(equal):
    """The entries of the proof, and what the wired neurons answer at 00, 01, 10 and 11."""
    if not isinstance(equal, dict):
        return equal
    found = {name: one for name, one in equal.items() if name not in WIRES}
    wires = [equal.get(name) for name in WIRES]
    if has_gaps(wires):
        return found | {"output": ...}
    first, second = (fires(CORNERS, wire) for wire in wires[:2])
    hidden = None if first is None or second is None else np.column_stack([first, second])
    return found | {"output": fires(hidden, wires[2])}


def example(rng, d, t, margin):
    """Weights and an example, (d,) each, with target t, so that t (w·x) is the margin."""
    x = np.round(rng.uniform(0.3, 1.5, d) * rng.choice([-1, 1], d), 1)
    w = np.round(rng.uniform(0.3, 1.5, d), 1)
    return w + (margin * t - w @ x) / (x @ x) * x, x, t


def from_zero(t):
    """How to begin at weights of 0, with an example of this target."""

    def make(rng):
        return np.zeros(5), example(rng, d=5, t=t, margin=-2)[1], t

    return make


def whole_weights(rng):
    x = np.array([1.5, -0.5, 2.0])
    return np.array([1, 2, -1]), x, 1


def one_feature(rng):
    return np.array([0.5]), np.array([-2.0]), 1


def delta_example(rng, d, t, margin):
    """The same, and a learning rate."""
    return *example(rng, d, t, margin), round(float(rng.uniform(0.02, 0.09)), 3)


def no_miss(rng):
    return np.array([0.5, -1.0, 0.5]), np.array([1.0, -1.0, -1.0]), 1, 0.1


def delta_from_zero(rng):
    return np.zeros(4), np.array([0.5, -1.5, 1.0, 2.0]), -1, 0.1


NEURON = "w1, w2, b = 1, -1, -0.5"


def wired(id, says, w1, w2, b):
    """A wrong neuron of 01.1."""
    return mistake(id, says, (NEURON, f"w1, w2, b = {w1}, {w2}, {b}"))


WRONG, MOVED = "if t * (w @ x) <= 0:", "return w + t * x"
MISS, STEP = "miss = w @ x - t", "w - learning_rate * miss * x"
LENGTH = "length_squared = 2**2 + 1**2"
SUMS = "together, apart = np.add(z00, z11), np.add(z01, z10)"
SECOND, OUTPUT = 'equal["second"] = (-1, -1, 0.5)', 'equal["output"] = (1, 1, -0.5)'


ITEMS = [
    Item(
        id="01.1",
        title="One and not the other",
        kind="by hand",
        difficulty=1,
        points=1,
        link="chapters/01_background.ipynb#1943:-a-neuron-as-a-switch",
        task=(
            "Choose weights and a bias so that a threshold neuron, which fires where "
            '$w_1x_1 + w_2x_2 + b > 0$, means "$x_1$ and not $x_2$" for inputs of 0 and 1. There '
            "are many right answers. The verdict shows what your neuron answers at 00, 01, 10 and "
            "11, in this order."
        ),
        call="neuron",
        starter='neuron = {"w1": ..., "w2": ..., "b": ...}\n',
        reference=(
            'def neuron():\n    w1, w2, b = 1, -1, -0.5\n    return {"w1": w1, "w2": w2, "b": b}\n'
        ),
        explanation=(
            "$x_1$ speaks for firing, $x_2$ against it, and the bias says how much has to be there "
            "before it fires: the sums are −0.5 at 00, −1.5 at 01, 0.5 at 10 and −0.5 at 11. Four "
            "conditions are all there is to it: $b\\le0$, $w_2+b\\le0$, $w_1+b>0$ and "
            "$w_1+w_2+b\\le0$, and any numbers that meet them will do. To find such numbers from "
            "examples, and not by thinking, is what learning means here."
        ),
        hints=(
            "At which of the four corners is it to fire? Which input speaks for it, which against?",
            "Write the sum down for each corner: b, w2 + b, w1 + b and w1 + w2 + b. One is to be "
            "above 0, the others not.",
            "A positive w1, a negative w2 of the same size, and a bias between −w1 and 0.",
        ),
        outputs=("the neuron's output",),
        used=at_the_corners,
        mistakes=(
            wired(
                "",
                "It never fires: at no corner is the sum *above* 0. A sum of 0 is not enough.",
                *(1, -1, -1),
            ),
            wired("", "It fires always: nothing holds it back at any corner.", 0, 0, 1),
            wired("", 'This is "and": it fires at 11, where $x_2$ is to hold it back.', 1, 1, -1.5),
            wired(
                "", 'This is "or": $x_2$ makes it fire, where it is to hold it back.', 1, 1, -0.5
            ),
            wired(
                "",
                "This is $x_1$ alone: where both are 1, $x_2$ does not hold it back enough.",
                *(1, 0, -0.5),
            ),
            wired(
                "", "This is $x_2$ alone: the two inputs have changed places, or more.", 0, 1, -0.5
            ),
            wired("", 'This is "not $x_1$": $x_1$ holds it back, where it is to fire.', -1, 0, 0.5),
            wired(
                "",
                'This is "not $x_2$": it fires at 00 as well, where nothing speaks for it. Look at '
                "the bias.",
                *(0, -1, 0.5),
            ),
            wired(
                "",
                'This is "$x_1$ *or* not $x_2$": it is held back at 01 only. The bias is too high.',
                *(1, -1, 0.5),
            ),
            wired(
                "",
                "This is the opposite: it is silent where it should fire, and nowhere else.",
                *(-1, 1, 0.5),
            ),
            wired(
                "", 'This is "neither": both inputs hold it back, and $x_1$ is not to.', -1, -1, 0.5
            ),
            wired(
                "",
                'This is "not both": it fires at 00 and 01 as well, where $x_1$ is not there.',
                *(-1, -1, 1.5),
            ),
            wired(
                "",
                'This is "$x_2$ and not $x_1$": the two inputs have changed places.',
                *(-1, 1, -0.5),
            ),
        ),
    ),
    Item(
        id="01.2",
        title="The perceptron's step",
        kind="code",
        difficulty=1,
        points=3,
        link="chapters/01_background.ipynb#1958:-a-rule-that-learns",
        task=(
            "One step of Rosenblatt's rule, without a bias. `w` and `x` are (d,), and `t` is +1 or "
            "−1. Where w·x has the sign of `t`, the weights stay as they are; where it has not, "
            "`t x` is added. A sum of 0 counts as a mistake. Return the weights, (d,), and leave "
            "the `w` that you are given as it is."
        ),
        call="perceptron_step(w, x, t)",
        starter=(
            "def perceptron_step(w, x, t):\n"
            '    """The weights after one example: w (d,), x (d,), t = +1 or -1 -> (d,)."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def perceptron_step(w, x, t):\n"
            "    if t * (w @ x) <= 0:\n"
            "        return w + t * x\n"
            "    return w\n"
        ),
        explanation=(
            "`t * (w @ x)` is positive exactly where the sum has the sign of t, so one comparison "
            "serves both classes. Adding $t\\,x$ moves $t\\,w\\cdot x$ by $\\lVert "
            "x\\rVert^2$: always the right way. The sum of 0 has to count as a mistake, for with "
            "$w=0$, where all begins, every sum is 0, and the rule would rest before it had "
            "started. There is no learning rate: it would only change the length of $w$, and no "
            "sign."
        ),
        hints=(
            "How can one comparison tell, for t = +1 and t = −1, that the sign is wrong?",
            "The sign is right where `t * (w @ x)` is above 0. Else a new array is returned: the "
            "old weights plus `t * x`.",
            "`w + t * x` if `t * (w @ x) <= 0`, else `w`. Not `w += …`: that writes into the "
            "caller's array.",
        ),
        outputs=("the new w",),
        inputs=example,
        sizes=(
            {"d": 7, "t": 1, "margin": -2},
            {"d": 5, "t": -1, "margin": -2},
            {"d": 6, "t": 1, "margin": 0.5},
            {"d": 4, "t": -1, "margin": 2},
        ),
        small=(
            {"d": 1, "t": 1, "margin": -1},
            {"d": 1, "t": -1, "margin": -1},
            {"d": 1, "t": 1, "margin": 1},
            {"d": 1, "t": -1, "margin": 1},
            {"d": 2, "t": 1, "margin": -1},
            {"d": 2, "t": -1, "margin": -1},
        ),
        edges=(
            Edge(says="weights of 0, with which all begins, and t = 1", make=from_zero(1)),
            Edge(says="weights of 0, with which all begins, and t = −1", make=from_zero(-1)),
            Edge(says="a single feature", make=one_feature),
            Edge(says="weights that are whole numbers", make=whole_weights, id="integer-dtype"),
        ),
        mistakes=(
            mistake(
                "",
                "the weights are moved after every example, right or wrong",
                (WRONG, "if True:"),
            ),
            mistake("", "the weights are never moved", (WRONG, "if False:")),
            mistake(
                "",
                "the weights are moved where the sign is right, and left where it is wrong",
                (WRONG, "if t * (w @ x) > 0:"),
            ),
            mistake(
                "",
                "a sum of 0 is taken for the sign +1: it is a mistake for either t",
                (WRONG, "if t != (1 if w @ x >= 0 else -1):"),
            ),
            mistake(
                "",
                "a sum of 0 is taken for the sign −1: it is a mistake for either t",
                (WRONG, "if t != (1 if w @ x > 0 else -1):"),
            ),
            mistake(
                "",
                "a sum of 0 is taken for right: the comparison is < where <= is meant",
                (WRONG, "if t * (w @ x) < 0:"),
            ),
            mistake(
                "forgot-target",
                "t is left out of the comparison: a negative sum is right for t = −1",
                (WRONG, "if w @ x <= 0:"),
            ),
            mistake(
                "forgot-target",
                "t is left out of the comparison, and a sum above 0 is taken for the mistake",
                (WRONG, "if w @ x > 0:"),
            ),
            mistake(
                "forgot-target",
                "x is added whatever t is: the step needs its sign",
                (MOVED, "return w + x"),
            ),
            mistake(
                "forgot-target",
                "t is left out, of the comparison and of the step",
                (WRONG, "if w @ x <= 0:"),
                (MOVED, "return w + x"),
            ),
            mistake(
                "forgot-target",
                "x is added after every example, right or wrong, and whatever t is",
                (WRONG, "if True:"),
                (MOVED, "return w + x"),
            ),
            mistake(
                "ascent",
                "t x is subtracted: the sum moves further to the wrong side",
                (MOVED, "return w - t * x"),
            ),
            mistake(
                "error-sign",
                "x is subtracted for t = +1 and added for t = −1, after every example",
                (WRONG, "if True:"),
                (MOVED, "return w - t * x"),
            ),
            mistake(
                "",
                "the step is 2 t x, that is (t − sign) x: t and the sign of the sum are 2 apart",
                (MOVED, "return w + 2 * t * x"),
            ),
            mistake(
                "",
                "the switch is taken to answer 1 or 0, and subtracted from t: it is +1 or −1 here",
                (WRONG, "if True:"),
                (MOVED, "return w + (t - (w @ x > 0)) * x"),
            ),
            mistake(
                "",
                "it is the delta rule, with η = 1: t − w·x stands where t is meant",
                (WRONG, "if True:"),
                (MOVED, "return w + (t - w @ x) * x"),
            ),
            mistake(
                "",
                "it is the delta rule, with η = 1, on mistakes only",
                (MOVED, "return w + (t - w @ x) * x"),
            ),
            mistake(
                "",
                "every example within a margin of 1 counts as a mistake",
                (WRONG, "if t * (w @ x) <= 1:"),
            ),
            mistake(
                "",
                "it is the sum that is added, t (w·x), where the example is meant",
                (MOVED, "return w + t * (w @ x)"),
            ),
            mistake(
                "",
                "w is multiplied with x, entry by entry, where t multiplies x",
                (MOVED, "return w + w * x"),
            ),
            mistake("", "t is added, and x left out of the step", (MOVED, "return w + t")),
            mistake(
                "",
                "x is divided by its length before it is added",
                (MOVED, "return w + t * x / np.sqrt(x @ x)"),
            ),
            mistake(
                "",
                "the step is shrunk to 1/10: this rule has no learning rate",
                (MOVED, "return w + 0.1 * t * x"),
            ),
            mistake(
                "",
                "the step is shrunk to a half: this rule has no learning rate",
                (MOVED, "return w + 0.5 * t * x"),
            ),
            mistake(
                "assign-minus",
                "w =+ t x stands where w += t x is meant: the weights become the step",
                (MOVED, "return t * x"),
            ),
            mistake(
                "assign-minus",
                "the step alone is returned, also where it is none",
                (MOVED, "return t * x"),
                ("return w\n", "return 0 * w\n"),
            ),
            mistake(
                "mutates-input",
                "w += t * x writes into the caller's array",
                (MOVED, "return w.__iadd__(t * x)"),
            ),
        ),
    ),
    Item(
        id="01.3",
        title="Inputs ten times as large",
        kind="predict",
        difficulty=2,
        points=3,
        link="chapters/01_background.ipynb#1960:-the-delta-rule",
        task=(
            "From w = 0, the perceptron above came to rest after 24 updates. `updates`: how many "
            "does it make if every feature is multiplied by ten? And the delta rule, with one "
            "example: from which η on is its own miss, w·x − t, larger in size after the step than "
            "before? `eta` for x = (2, 1), `eta_tenfold` for x = (20, 10). Three significant "
            "digits."
        ),
        call="tenfold",
        starter='tenfold = {"updates": ..., "eta": ..., "eta_tenfold": ...}\n',
        reference=(
            "def tenfold():\n"
            "    length_squared = 2**2 + 1**2  # the miss is multiplied by 1 - eta ‖x‖²\n"
            "    eta = 2 / length_squared  # where that factor is -1\n"
            "    eta_tenfold = 2 / (10**2 * length_squared)\n"
            "    updates = 24  # every w is ten times as large as before, and no sign changes\n"
            '    return {"updates": updates, "eta": eta, "eta_tenfold": eta_tenfold}\n'
        ),
        explanation=(
            "The perceptron asks for signs only. From w = 0 each of its weights is ten times what "
            "it was, and every sum a hundred times: no sign changes, so neither does the number of "
            "updates. The delta rule compares the sum with ±1. Its step changes the sum by "
            "$-\\eta\\,\\text{miss}\\,\\lVert x\\rVert^2$, so the miss is multiplied by "
            "$1-\\eta\\lVert x\\rVert^2$, whose size passes 1 at $\\eta=2/\\lVert "
            "x\\rVert^2$: a hundredth for inputs ten times as large. This is one reason to bring "
            "inputs to one scale."
        ),
        hints=(
            "What does each of the two rules look at: the sign of a sum, or its size?",
            "Put $w-\\eta\\,(w\\cdot x-t)\\,x$ into the miss: by which factor does the step "
            "multiply it? When is that factor larger than 1 in size?",
            "The factor is $1-\\eta\\lVert x\\rVert^2$; it is −1 where "
            "$\\eta\\lVert x\\rVert^2=2$. And a sign is the same, ten times as large.",
        ),
        outputs=("the value",),
        mistakes=(
            mistake(
                "",
                "the perceptron's steps are taken to be shorter beside the inputs: they grow with "
                "them",
                ("updates = 24", "updates = 24 * 10"),
            ),
            mistake(
                "",
                "the updates are taken to grow with the square of the inputs, as R² does: the "
                "margin γ grows as well",
                ("updates = 24", "updates = 24 * 10**2"),
            ),
            mistake(
                "",
                "larger inputs are taken to bring the perceptron home sooner",
                ("updates = 24", "updates = 24 / 10"),
            ),
            mistake(
                "",
                "the η is taken at which the miss becomes 0: beyond it the sum lands on the other "
                "side of the target, at first nearer than before",
                ("eta = 2 / length", "eta = 1 / length"),
                ("eta_tenfold = 2 /", "eta_tenfold = 1 /"),
            ),
            mistake(
                "",
                "the length of x stands where its square is meant: x comes in twice, in the step "
                "and in the sum",
                ("eta = 2 / length_squared", "eta = 2 / length_squared**0.5"),
                ("(10**2 * length_squared)", "(10 * length_squared**0.5)"),
            ),
            mistake(
                "",
                "the entries of x are added, where their squares are to be",
                (LENGTH, "length_squared = 2 + 1"),
            ),
            mistake(
                "",
                "the entries of x are added and squared, where their squares are to be added",
                (LENGTH, "length_squared = (2 + 1) ** 2"),
            ),
            mistake(
                "",
                "x is left out of η: how far a step goes depends on ‖x‖²",
                ("eta = 2 / length_squared", "eta = 2"),
            ),
            mistake(
                "",
                "the tenfold x is counted once, not squared, in `eta_tenfold`",
                ("(10**2 * length_squared)", "(10 * length_squared)"),
            ),
            mistake(
                "",
                "larger inputs are taken to leave `eta_tenfold` as it was",
                ("(10**2 * length_squared)", "length_squared"),
            ),
            mistake(
                "idea-15",
                "larger inputs are taken to allow a larger η: they make every step longer",
                ("2 / (10**2 * length_squared)", "2 * 10 / length_squared"),
            ),
            mistake(
                "idea-15",
                "larger inputs are taken to allow an η a hundred times as large: they make every "
                "step longer",
                ("2 / (10**2 * length_squared)", "2 * 10**2 / length_squared"),
            ),
        ),
    ),
    Item(
        id="01.4",
        title="The delta rule that runs away",
        kind="bug hunt",
        difficulty=2,
        points=3,
        link="chapters/01_background.ipynb#1960:-the-delta-rule",
        task=(
            "One step of the delta rule on one example: `w` and `x` are (d,), `t` is its target, "
            "`learning_rate` is η; the new weights, (d,), are returned. But whatever the learning "
            "rate, the weights grow from step to step until they overflow. And whoever keeps the "
            "old `w` finds it changed after the call. Repair both."
        ),
        call="delta_step(w, x, t, learning_rate)",
        starter=(
            "def delta_step(w, x, t, learning_rate):\n"
            '    """The weights after one step downhill: w (d,), x (d,) -> (d,)."""\n'
            "    w -= learning_rate * (t - x @ w) * x\n"
            "    return w\n"
        ),
        reference=(
            "def delta_step(w, x, t, learning_rate):\n"
            "    miss = w @ x - t\n"
            "    return w - learning_rate * miss * x\n"
        ),
        explanation=(
            "Half the square of the miss has the derivative $(w\\cdot x-t)\\,x$: prediction minus "
            "target. Both signs are written in the literature, $w-\\eta\\,(w\\cdot x-t)\\,x$ and "
            "$w+\\eta\\,(t-w\\cdot x)\\,x$; mixed, they climb, and the miss is multiplied by "
            "$1+\\eta\\lVert x\\rVert^2$ at each step. No learning rate cures that: a smaller one "
            "climbs more slowly. And `w -= …` writes into the array that the caller holds; "
            "`w - …` makes a new one."
        ),
        hints=(
            "By one step, does the sum w·x come nearer to t? Try d = 1 with w = 0, x = 1, t = 1.",
            "Two forms are right: minus, with the sum minus the target; or plus, with the target "
            "minus the sum. Which one is this?",
            "`return w - learning_rate * (x @ w - t) * x`, which makes a new array as well.",
        ),
        outputs=("the new w",),
        inputs=delta_example,
        sizes=(
            {"d": 5, "t": -1, "margin": -2},
            {"d": 6, "t": 1, "margin": 0.5},
            {"d": 7, "t": -1, "margin": 2},
        ),
        small=(
            {"d": 1, "t": 1, "margin": -1},
            {"d": 1, "t": -1, "margin": 0.5},
            {"d": 2, "t": 1, "margin": -1},
        ),
        edges=(
            Edge(says="an example without a miss", make=no_miss),
            Edge(says="weights of 0", make=delta_from_zero),
        ),
        mistakes=(
            mistake(
                "error-sign",
                "t − w·x stands where w·x − t is meant, and the step climbs",
                (MISS, "miss = t - w @ x"),
            ),
            mistake(
                "mutates-input",
                "w -= … writes into the caller's array",
                (STEP, "w.__isub__(learning_rate * miss * x)"),
            ),
            mistake(
                "assign-minus",
                "=- stands where -= is meant: the weights become minus the step",
                (STEP, "-learning_rate * miss * x"),
            ),
            mistake(
                "assign-minus",
                "the step alone is returned, with the sign turned",
                (STEP, "learning_rate * miss * x"),
            ),
            mistake(
                "forgot-target",
                "the target is left out: the sum is drawn to 0",
                (MISS, "miss = w @ x"),
            ),
            mistake(
                "forgot-target",
                "the sum is left out: t alone pulls, however near it is",
                (MISS, "miss = -t"),
            ),
            mistake(
                "error-sign",
                "t and the sum are added: a sign is wrong",
                (MISS, "miss = w @ x + t"),
            ),
            mistake(
                "error-sign",
                "the size of the miss is taken: its sign says which way to go",
                (MISS, "miss = abs(w @ x - t)"),
            ),
            mistake(
                "",
                "the miss is squared in the step: the derivative of a square has no square",
                (MISS, "miss = (w @ x - t) ** 2"),
            ),
            mistake(
                "",
                "half the square of the miss stands in the step, where its derivative is meant",
                (MISS, "miss = 0.5 * (w @ x - t) ** 2"),
            ),
            mistake(
                "",
                "the step is twice as long: the ½ of ½(w·x − t)² is left out",
                (MISS, "miss = 2 * (w @ x - t)"),
            ),
            mistake(
                "",
                "the step is half as long: the ½ of ½(w·x − t)² meets the 2 of the square",
                (MISS, "miss = 0.5 * (w @ x - t)"),
            ),
            mistake(
                "",
                "the target is compared with the sign of the sum, where the sum itself is meant",
                (MISS, "miss = np.sign(w @ x) - t"),
            ),
            mistake(
                "",
                "the target is compared with the switch, where the sum before it is meant",
                (MISS, "miss = (w @ x > 0) - t"),
            ),
            mistake(
                "",
                "only the sign of the miss counts: the pull is to be in proportion to it",
                (MISS, "miss = np.sign(w @ x - t)"),
            ),
            mistake(
                "",
                "the step is taken on mistakes only, as the perceptron's: here every example pulls",
                (STEP, "w - learning_rate * miss * x * (t * (w @ x) <= 0)"),
            ),
            mistake(
                "",
                "it is the perceptron's step, with a learning rate",
                (STEP, "w + learning_rate * t * x * (t * (w @ x) <= 0)"),
            ),
            mistake("", "x is left out of the step", (STEP, "w - learning_rate * miss")),
            mistake("", "the learning rate is left out", (STEP, "w - miss * x")),
            mistake(
                "idea-15",
                "a tenth of the learning rate is taken, and the rest left as it was: it climbs "
                "more slowly",
                (STEP, "w + 0.1 * learning_rate * miss * x"),
            ),
            mistake(
                "",
                "a tenth of the learning rate is taken, though the sign is right",
                (STEP, "w - 0.1 * learning_rate * miss * x"),
            ),
            mistake(
                "double-1-over-n",
                "the step is divided by the number of features: there is no mean in it",
                (STEP, "w - learning_rate * miss * x / len(x)"),
            ),
            mistake(
                "",
                "the step is divided by ‖x‖²",
                (STEP, "w - learning_rate * miss * x / (x @ x)"),
            ),
            mistake(
                "elementwise-for-matmul",
                "* stands where @ is needed: every feature has a miss of its own",
                (MISS, "miss = w * x - t"),
            ),
            mistake(
                "elementwise-for-matmul",
                "* stands where @ is needed, and the step climbs",
                (MISS, "miss = t - w * x"),
            ),
            mistake(
                "elementwise-for-matmul",
                "w multiplies the step, where the example is to",
                (STEP, "w - learning_rate * miss * w"),
            ),
        ),
    ),
    Item(
        id="01.5",
        title="No line says equal",
        kind="by hand",
        difficulty=3,
        points=4,
        link="chapters/01_background.ipynb#1969:-the-wall",
        task=(
            '"Equal" is to fire at 00 and 11, and not at 01 and 10. Prove that no single neuron '
            "can. Write z00 + z11 and z01 + z10 as (how often $w_1$, how often $w_2$, how often "
            '$b$); then say what "equal" demands of each: `"positive"` or `"not positive"`. '
            "Now wire it with three threshold neurons, each ($w_1$, $w_2$, $b$): `first` and "
            "`second` see the inputs, `output` sees these two. There are many right answers; the "
            "verdict shows what `output` answers at 00, 01, 10 and 11."
        ),
        call="equal",
        starter=(
            "equal = {\n"
            '    "z00 + z11": (..., ..., ...),\n'
            '    "z00 + z11 must be": ...,\n'
            '    "z01 + z10": (..., ..., ...),\n'
            '    "z01 + z10 must be": ...,\n'
            '    "first": (..., ..., ...),\n'
            '    "second": (..., ..., ...),\n'
            '    "output": (..., ..., ...),\n'
            "}\n"
        ),
        reference=(
            "def equal():\n"
            "    z00, z01, z10, z11 = (0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 1)\n"
            "    together, apart = np.add(z00, z11), np.add(z01, z10)\n"
            '    equal = {"z00 + z11": together, "z01 + z10": apart}\n'
            '    equal["z00 + z11 must be"] = "positive"\n'
            '    equal["z01 + z10 must be"] = "not positive"  # but it is the same number\n'
            '    equal["first"] = (1, 1, -1.5)  # and\n'
            '    equal["second"] = (-1, -1, 0.5)  # neither\n'
            '    equal["output"] = (1, 1, -0.5)  # or\n'
            "    return equal\n"
        ),
        explanation=(
            "Both sums are $w_1+w_2+2b$. Equal demands that this number be positive, as a sum of "
            "two positive ones, and that it not be positive: there is no such number, and so no "
            "such neuron. The proof for XOR is the same with the demands exchanged: turning the "
            'answers round does not make a line. Three neurons do it: "both" or "neither". '
            "The hidden two move the corners so that one line is enough for the third."
        ),
        hints=(
            "Which weights are in the sum z at each corner? In which two sums does b stand alone "
            "or with both?",
            "Add the sums of the corners where it must fire, and those where it must not. What do "
            'you see? For the wiring: equal is "both" or "neither".',
            'z00 = b and z11 = w1 + w2 + b; two that are above 0 add up to more than 0. "And" and '
            '"or" stand in the notebook, and "neither" is minus "or".',
        ),
        outputs=("the entries",),
        used=proof_and_wiring,
        mistakes=(
            mistake(
                "",
                "the bias is counted once: it is in every sum, at 00 too",
                (SUMS, "together, apart = (1, 1, 1), (1, 1, 1)"),
            ),
            mistake(
                "",
                "the bias is left out: it is in every sum",
                (SUMS, "together, apart = (1, 1, 0), (1, 1, 0)"),
            ),
            mistake(
                "",
                "at 00 the weights are counted as well, where both inputs are 0",
                (SUMS, "together, apart = (2, 2, 2), np.add(z01, z10)"),
            ),
            mistake(
                "",
                "at 01 and 10 both weights are counted, where one of the inputs is 0",
                (SUMS, "together, apart = np.add(z00, z11), (2, 2, 2)"),
            ),
            mistake(
                "",
                "the second sum is subtracted, where the two are added",
                (SUMS, "together, apart = np.subtract(z00, z11), np.subtract(z01, z10)"),
            ),
            mistake(
                "",
                "the demands are those of XOR, which fires at 01 and 10",
                ('must be"] = "positive"', 'must be"] = "not positive"'),
                ('"not positive"  # but', '"positive"  # but'),
            ),
            mistake(
                "",
                "z00 + z11 is taken not to be positive: what does it mean that a neuron fires?",
                ('must be"] = "positive"', 'must be"] = "not positive"'),
            ),
            mistake(
                "",
                "z01 + z10 is taken to be positive: what does it mean that a neuron is silent?",
                ('"not positive"  # but', '"positive"  # but'),
            ),
            mistake(
                "",
                "the wires make XOR: `output` fires where the inputs differ",
                (OUTPUT, 'equal["output"] = (-1, -1, 0.5)'),
            ),
            mistake(
                "",
                '`output` never fires: "both" and "neither" are never on at the same time, or its '
                "bias is too low",
                (OUTPUT, 'equal["output"] = (1, 1, -1.5)'),
            ),
            mistake(
                "",
                "`output` always fires: the hidden two between them cover every corner, or its "
                "bias is too high",
                (SECOND, 'equal["second"] = (-1, -1, 1.5)'),
            ),
            mistake(
                "",
                "`output` fires at 11 only: at 00 no hidden neuron tells it so. A sum of 0 is not "
                "above 0",
                (SECOND, 'equal["second"] = (-1, -1, 0)'),
            ),
            mistake(
                "",
                "`output` fires at 00 only: it does not hear of 11",
                (OUTPUT, 'equal["output"] = (0, 1, -0.5)'),
            ),
            mistake(
                "",
                '`output` is silent at 00 and fires at the three others: that is "or"',
                (SECOND, 'equal["second"] = (1, 1, -0.5)'),
            ),
            mistake(
                "",
                '`output` is silent at 11 and fires at the three others: that is "not both"',
                (OUTPUT, 'equal["output"] = (-1, 0, 0.5)'),
            ),
        ),
    ),
]

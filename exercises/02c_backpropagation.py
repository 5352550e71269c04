"""The exercises of 2c: backpropagation."""

import numpy as np

from dlcore.classroom.items import Item, mistake
from dlcore.scalar import Value


def shared(answer):
    """Two answers to what a and b get of 4 at a tie, each as (4, 0) where it is defensible."""
    pairs = list(answer) if isinstance(answer, tuple | list) else []
    if len(pairs) != 2:
        return answer
    kept = [defensible(pair) for pair in pairs]
    return {"first": kept[0], "second": kept[1], "different": different(*pairs)}


def defensible(pair):
    """(4, 0) if the pair's two shares are not negative and add up to 4, else the pair."""
    try:
        a, b = map(float, pair)
    except (TypeError, ValueError):
        return pair
    return (4.0, 0.0) if min(a, b) >= 0 and abs(a + b - 4) < 1e-6 else pair


def different(one, other):
    """Whether two pairs differ, as 1 or 0; not filled in while one of them is not."""
    if any(isinstance(pair, tuple | list) and ... in pair for pair in (one, other)):
        return ...
    try:
        return float(not np.allclose(one, other))
    except (TypeError, ValueError):
        return 1.0


def numbers_for_circuits(rng, rungs):
    """Five numbers, no two alike in size, for the leaves; and how many rungs the ladder has."""
    return rng.permutation(np.array([0.5, 0.8, 1.1, 1.3, 1.7])) * rng.choice([-1, 1], 5), rungs


def paths_summed(path_sum, numbers, rungs):
    """What an answer makes of seven circuits, each built anew."""
    a, b, c, d, e = leaves = [Value(number) for number in numbers]
    bill = (a * b + c * d) * e
    found = {"the bill": [path_sum(bill, leaf) for leaf in leaves]}
    t = (a * b).tanh()
    fork = t * c + t.exp() * a
    found["a fork inside"] = [path_sum(fork, leaf) for leaf in (a, b, c)]
    square = a * a - b
    found["x · x"] = [path_sum(square, leaf) for leaf in (a, b)]
    v = b
    for _ in range(rungs):
        v = v.tanh() + v.sigmoid()
    found["a ladder"] = path_sum(v, b)
    twin = Value(numbers[2])
    twins = c / twin + twin * d
    found["two leaves of one number"] = [path_sum(twins, leaf) for leaf in (c, twin)]
    found["a node on the way"] = path_sum(fork, t)
    found["the result itself"] = path_sum(bill, bill)
    found["no path"] = path_sum(square, c)
    return found


ENTERED = "total += slope * path_sum(node, leaf)"

ITEMS = [
    Item(
        id="02c.1",
        title="A bill with a discount",
        kind="by hand",
        difficulty=1,
        points=1,
        link="chapters/02c_backpropagation.ipynb#The-walk-back",
        task=(
            "3 apples at 0.50 and 2 pears at 0.80, no tax; a discount of 0.20 is taken off at the "
            "end. Walk back from the total by hand: the derivative of the total with respect to "
            "each of the five."
        ),
        call="discounted",
        starter=(
            "discounted = {\n"
            '    "apples": ...,\n'
            '    "price a": ...,\n'
            '    "pears": ...,\n'
            '    "price p": ...,\n'
            '    "discount": ...,\n'
            "}\n"
        ),
        reference=(
            "def discounted():\n"
            "    apples, price_a, pears, price_p = 3, 0.50, 2, 0.80\n"
            "    back = 1  # what arrives at both products: the total, − and + pass 1 on\n"
            "    d = {}\n"
            '    d["apples"] = back * price_a\n'
            '    d["price a"] = back * apples\n'
            '    d["pears"] = back * price_p\n'
            '    d["price p"] = back * pears\n'
            '    d["discount"] = -1\n'
            "    return d\n"
        ),
        explanation=(
            "The total moves by 1 per unit of itself. − passes that on to the sum and, with a "
            "minus, to the discount; + passes it on to both products; × swaps: the number of "
            "apples gets the price, and the price the number. With the tax gone nothing else "
            "scales them. A slope is per unit, so the size of the discount plays no part: one "
            "more of it is one less to pay, whether it is 0.20 or 2."
        ),
        hints=(
            "What does − do with the derivative that arrives, for each of its two inputs?",
            "1 arrives at the −, so 1 arrives at the +, so 1 arrives at each ×, which swaps. The "
            "second input of − gets it with a minus.",
            "For the apples and their price: 1 · 0.50 and 1 · 3. The pears go the same way, and "
            "the discount gets 1 with a minus.",
        ),
        outputs=("the derivatives",),
        mistakes=(
            mistake(
                "",
                "× gives each input its own value: it swaps them",
                ('"apples"] = back * price_a', '"apples"] = back * apples'),
                ('"price a"] = back * apples', '"price a"] = back * price_a'),
                ('"pears"] = back * price_p', '"pears"] = back * pears'),
                ('"price p"] = back * pears', '"price p"] = back * price_p'),
            ),
            mistake(
                "",
                "what each line of the bill costs is given, and not how the total moves per unit",
                ('"apples"] = back * price_a', '"apples"] = apples * price_a'),
                ('"price a"] = back * apples', '"price a"] = price_a * apples'),
                ('"pears"] = back * price_p', '"pears"] = pears * price_p'),
                ('"price p"] = back * pears', '"price p"] = price_p * pears'),
            ),
            mistake("", "the tax of 1.10 is still in it", ("back = 1 ", "back = 1.10 ")),
            mistake(
                "",
                "the discount of 0.20 is taken for a share of the bill: it is taken off, not "
                "multiplied",
                ("back = 1 ", "back = 0.80 "),
            ),
            mistake(
                "idea-4",
                "the total itself is sent back: the walk begins with how it moves per unit of "
                "itself",
                ("back = 1 ", "back = 3 * 0.50 + 2 * 0.80 - 0.20 "),
            ),
            mistake(
                "idea-4",
                "the discount itself is sent back: 0.20 is what it is, not how the total moves",
                ('"discount"] = -1', '"discount"] = -0.20'),
            ),
            mistake(
                "",
                "the total is taken to grow with the discount",
                ('"discount"] = -1', '"discount"] = 1'),
            ),
            mistake(
                "",
                "the discount is taken to pass on nothing, as if it were no input",
                ('"discount"] = -1', '"discount"] = 0'),
            ),
        ),
    ),
    Item(
        id="02c.2",
        title="A tie",
        kind="predict",
        difficulty=1,
        points=2,
        link="chapters/02c_backpropagation.ipynb#Three-characters",
        task=(
            "A derivative of 4 arrives at $\\max(a, b)$, and $a = b$: there is a kink, and no "
            "single right answer. Give two different pairs (what a gets, what b gets) that can be "
            "defended: nudge both by the same amount, and the pair must promise what happens; "
            "nudge one of them, and it must promise no fall for a rise."
        ),
        call="ties",
        starter="ties = ((..., ...), (..., ...))\n",
        reference=(
            "def ties():\n"
            "    arriving = 4\n"
            "    first = (arriving, 0)  # the first is called the larger\n"
            "    second = (arriving / 2, arriving / 2)  # or neither is\n"
            "    return first, second\n"
        ),
        explanation=(
            "Nudge both by $h$ and the maximum moves by $h$, so the two shares must add up to 4. "
            "Nudge one alone and the maximum rises by $h$ or does not fall, so its slope is 4 to "
            "one side and 0 to the other: any share between is defensible. Such shares are called "
            "*subgradients*. Programs choose: all to one input, or half to each. A ReLU at 0 is "
            "the same tie, and `Value` gives it 0. All to both would promise a rise of $8h$."
        ),
        hints=(
            "Nudge both a and b up by h. How far does the maximum move?",
            "The two shares together must promise that movement, and none may be negative. Who "
            "could be called the larger?",
            "The shares add up to 4: all to one of the two is one answer, half to each another.",
        ),
        outputs=("the pairs",),
        used=shared,
        mistakes=(
            mistake(
                "",
                "Both get all of it: then a nudge of both would move the result twice as far as "
                "it does.",
                ("second = (arriving / 2, arriving / 2)", "second = (arriving, arriving)"),
            ),
            mistake(
                "",
                "A pair in which both get all of it promises twice the rise when both are nudged.",
                ("first = (arriving, 0)", "first = (arriving, arriving)"),
            ),
            mistake(
                "idea-30",
                "Nobody gets anything: then a nudge of both would move nothing, and it does.",
                ("second = (arriving / 2, arriving / 2)", "second = (0, 0)"),
            ),
            mistake(
                "idea-30",
                "A pair in which nobody gets anything promises no movement, and there is one.",
                ("first = (arriving, 0)", "first = (0, 0)"),
            ),
            mistake(
                "",
                "One unit to each forgets the 4 that arrives.",
                ("second = (arriving / 2, arriving / 2)", "second = (1, 1)"),
            ),
            mistake(
                "",
                "1 and 0 are the slopes of the maximum: the 4 that arrives multiplies them.",
                ("first = (arriving, 0)", "first = (1, 0)"),
            ),
            mistake(
                "",
                "0 and 1 are slopes of the maximum: the 4 that arrives multiplies them.",
                ("second = (arriving / 2, arriving / 2)", "second = (0, 1)"),
            ),
            mistake(
                "",
                "½ and ½ are the slopes of the maximum: the 4 that arrives multiplies them.",
                ("second = (arriving / 2, arriving / 2)", "second = (0.5, 0.5)"),
            ),
            mistake(
                "",
                "A plus and a minus are what a difference gives: a maximum does not fall when an "
                "input rises.",
                ("second = (arriving / 2, arriving / 2)", "second = (arriving, -arriving)"),
            ),
            mistake(
                "",
                "The two pairs are one and the same answer.",
                ("second = (arriving / 2, arriving / 2)", "second = first"),
            ),
        ),
    ),
    Item(
        id="02c.3",
        title="Back through a neuron",
        kind="by hand",
        difficulty=2,
        points=2,
        link="chapters/02c_backpropagation.ipynb#A-neuron-is-a-circuit-too",
        task=(
            "The notebook's neuron with the target 0: $w_1 = 0.5$, $w_2 = 0.9$, $b = -0.3$, "
            "$x_1 = 0.8$, $x_2 = -0.4$; $z = w_1x_1 + w_2x_2 + b$, miss $= \\sigma(z) - y$, "
            "$E = \\tfrac12\\,$miss². Walk back by pencil: the derivative of $E$ with respect to "
            "the miss, to σ (the sigmoid's result), to $z$, $w_1$, $w_2$ and $b$. Three "
            "significant digits."
        ),
        call="walked_back",
        starter=(
            'walked_back = {"miss": ..., "σ": ..., "z": ..., "w1": ..., "w2": ..., "b": ...}\n'
        ),
        reference=(
            "def walked_back():\n"
            "    w1, w2, b, x1, x2, y = 0.5, 0.9, -0.3, 0.8, -0.4, 0.0\n"
            "    z = w1 * x1 + w2 * x2 + b\n"
            "    s = 1 / (1 + np.exp(-z))\n"
            "    miss = s - y\n"
            "    d_miss = 0.5 * miss + 0.5 * miss  # it is used twice in its own square\n"
            "    d_s = d_miss\n"
            "    d_z = d_s * s * (1 - s)\n"
            "    d_w1 = d_z * x1\n"
            "    d_w2 = d_z * x2\n"
            "    d_b = d_z\n"
            '    return {"miss": d_miss, "σ": d_s, "z": d_z, "w1": d_w1, "w2": d_w2, "b": d_b}\n'
        ),
        explanation=(
            "Forwards: $z = -0.26$, σ and the miss are 0.435. Backwards: the miss feeds its own "
            "square twice, ½ miss along each, which add up to the miss. − passes it to σ. Through "
            "the sigmoid it is multiplied by σ(1 − σ), and what stands at $z$ is δ. + passes δ to "
            "$b$ and to both products, and there × swaps: a weight gets δ times its *input*. Now "
            "the output is too high, so all signs are the opposite of those in the notebook."
        ),
        hints=(
            "Which numbers of the way forward does the way back need? Write them at the nodes.",
            "The miss arrives at the sigmoid; times σ(1 − σ) it is δ, at z. + passes δ on, and × "
            "multiplies it with the other factor.",
            "z = −0.26 and σ = 0.4354. Both miss and σ get 0.4354; z gets that times "
            "0.4354 · 0.5646; w1 and w2 get z's times 0.8 and −0.4.",
        ),
        outputs=("the derivatives",),
        mistakes=(
            mistake(
                "",
                "the target is still 1, as in the notebook",
                ("0.8, -0.4, 0.0", "0.8, -0.4, 1.0"),
            ),
            mistake("no-activation-derivative", "", ("d_z = d_s * s * (1 - s)", "d_z = d_s * 1.0")),
            mistake(
                "derivative-at-activation",
                "",
                (
                    "d_z = d_s * s * (1 - s)",
                    "d_z = d_s / (1 + np.exp(-s)) / (1 + np.exp(s))",
                ),
            ),
            mistake(
                "derivative-at-preactivation",
                "",
                ("d_z = d_s * s * (1 - s)", "d_z = d_s * z * (1 - z)"),
            ),
            mistake(
                "derivative-formula",
                "the slope of tanh, 1 − σ², stands for the sigmoid's",
                ("d_z = d_s * s * (1 - s)", "d_z = d_s * (1 - s**2)"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "the miss keeps one of its two shares: it is used twice in its own square",
                ("0.5 * miss + 0.5 * miss", "0.5 * miss"),
            ),
            mistake(
                "",
                "the ½ is lost",
                ("0.5 * miss + 0.5 * miss", "miss + miss"),
            ),
            mistake("error-sign", "", ("miss = s - y", "miss = y - s")),
            mistake(
                "",
                "the walk begins with the error itself, ½ miss², and not with 1",
                ("0.5 * miss + 0.5 * miss", "(miss + miss) * 0.5 * 0.5 * miss**2"),
            ),
            mistake(
                "",
                "a weight gets δ times itself: × swaps, so it gets its input",
                ("d_w1 = d_z * x1", "d_w1 = d_z * w1"),
                ("d_w2 = d_z * x2", "d_w2 = d_z * w2"),
            ),
            mistake(
                "",
                "the sign of the second input is lost",
                ("d_w2 = d_z * x2", "d_w2 = d_z * abs(x2)"),
            ),
            mistake(
                "bias-wrong-product",
                "the bias gets δ times itself: nothing is multiplied with it",
                ("d_b = d_z", "d_b = d_z * b"),
            ),
            mistake(
                "bias-wrong-product",
                "the bias gets δ times both inputs: nothing is multiplied with it",
                ("d_b = d_z", "d_b = d_z * (x1 + x2)"),
            ),
            mistake("", "z lacks the bias", ("w2 * x2 + b", "w2 * x2")),
            mistake(
                "",
                "z lacks the sign of the second input",
                ("w2 * x2 + b", "w2 * abs(x2) + b"),
            ),
            mistake("", "the sign of z is wrong in the sigmoid", ("np.exp(-z)", "np.exp(z)")),
        ),
    ),
    Item(
        id="02c.4",
        title="All paths, summed",
        kind="code",
        difficulty=2,
        points=4,
        link="chapters/02c_backpropagation.ipynb#One-walk-is-enough",
        task=(
            "`result` and `leaf` are of `dlcore.scalar.Value`. Go along every path from `result` "
            "back to `leaf`, multiply the slopes on the way, and return the sum over all paths, a "
            "float. `node.inputs` is what a node was made from, and `node.slopes` the local "
            "slope towards each, in the same order. The path from a node to itself has no arrow "
            "and counts 1; no path at all is 0. Do it without `backward`, to see that the two "
            "agree."
        ),
        call="path_sum(result, leaf)",
        starter=(
            "def path_sum(result, leaf):\n"
            '    """The sum over all paths of the products of slopes: ∂result/∂leaf, a float."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def path_sum(result, leaf):\n"
            "    if result is leaf:\n"
            "        return 1.0\n"
            "    total = 0.0\n"
            "    for node, slope in zip(result.inputs, result.slopes):\n"
            "        total += slope * path_sum(node, leaf)\n"
            "    return total\n"
        ),
        explanation=(
            "Every path into a node begins with one of its arrows, so the sum over its paths is "
            "the sum over its arrows of the slope times the sum over the paths behind it. That is "
            "the whole chain rule, and it equals what `backward` leaves in `leaf.grad`. But a node "
            "with two consumers is entered once from each, and all that lies behind it is walked "
            "again: $2^n$ calls for a ladder of $n$ rungs. `backward` first gathers all that "
            "arrives at a node, and then leaves it once."
        ),
        hints=(
            "If you knew the sum for each of the result's inputs, what would it be for the result?",
            "The sum for a node is the sum over its inputs of slope times the sum from that input "
            "on. Where does it end?",
            "`if result is leaf: return 1.0`; else add up `slope * path_sum(node, leaf)` over "
            "`zip(result.inputs, result.slopes)`, from 0.",
        ),
        outputs=("the array of sums",),
        used=paths_summed,
        inputs=numbers_for_circuits,
        sizes=({"rungs": 3}, {"rungs": 4}),
        mistakes=(
            mistake(
                "overwrite-not-accumulate",
                "",
                (ENTERED, "total = slope * path_sum(node, leaf)"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "once a path has reached the leaf, no other is added",
                (ENTERED, "total = total or slope * path_sum(node, leaf)"),
            ),
            mistake(
                "",
                "only the first input of every node is followed",
                (
                    "        total += slope * path_sum(node, leaf)\n    return total",
                    "        return slope * path_sum(node, leaf)\n    return total",
                ),
            ),
            mistake(
                "",
                "the slopes along a path are added where they are to be multiplied",
                (ENTERED, "total += slope + path_sum(node, leaf)"),
            ),
            mistake(
                "",
                "the paths are counted: the slopes are left out",
                (ENTERED, "total += path_sum(node, leaf)"),
            ),
            mistake(
                "",
                "the sums of a node's inputs are multiplied where they are to be added",
                ("total = 0.0", "total = 1.0"),
                (ENTERED, "total *= slope * path_sum(node, leaf)"),
            ),
            mistake(
                "",
                "the average over a node's inputs is taken, and not the sum",
                (ENTERED, "total += slope * path_sum(node, leaf) / len(result.inputs)"),
            ),
            mistake(
                "",
                "only the largest of the paths counts",
                (ENTERED, "total = max(total, slope * path_sum(node, leaf))"),
            ),
            mistake(
                "",
                "a path to the leaf itself counts 0, so all is 0",
                ("return 1.0", "return 0.0"),
            ),
            mistake(
                "idea-4",
                "the leaf's value is handed back at the end of each path: what travels is slopes",
                ("return 1.0", "return leaf.data"),
            ),
            mistake(
                "",
                "paths count that end at another leaf",
                ("if result is leaf:", "if result is leaf or not result.inputs:"),
            ),
            mistake(
                "",
                "the leaf is known by its number: two nodes can hold the same",
                ("result is leaf", "result.data == leaf.data"),
            ),
            mistake(
                "",
                "the values of the nodes are multiplied in place of the slopes",
                (ENTERED, "total += node.data * path_sum(node, leaf)"),
            ),
            mistake(
                "",
                "the slopes of a node's two inputs are exchanged: × has swapped them already",
                ("result.slopes", "result.slopes[::-1]"),
            ),
            mistake(
                "",
                "the slope towards the first input is used for both",
                (ENTERED, "total += result.slopes[0] * path_sum(node, leaf)"),
            ),
            mistake(
                "",
                "only the last slope before the leaf counts on each path",
                (ENTERED, "total += slope if node is leaf else path_sum(node, leaf)"),
            ),
            mistake(
                "",
                "only the arrows from the result itself are looked at",
                (ENTERED, "total += slope * (node is leaf)"),
            ),
            mistake(
                "",
                "a node is entered only once: what comes to it on a second path is lost",
                ("def path_sum(result, leaf):", "def path_sum(result, leaf, seen=None):"),
                ("total = 0.0", "total = 0.0\n    seen = set() if seen is None else seen"),
                (
                    ENTERED,
                    "if node not in seen:\n            seen.update({node} - {leaf})\n"
                    "            total += slope * path_sum(node, leaf, seen)",
                ),
            ),
            mistake(
                "",
                "each path's size is added, without its sign",
                (ENTERED, "total += abs(slope) * path_sum(node, leaf)"),
            ),
        ),
        places={
            "the bill": "Walk from the total to the apples: which slopes do you pass?",
            "x · x": "Both arrows of x · x come from x: those are two paths.",
            "a ladder": "Try one rung, v.tanh() + v.sigmoid(): it has two paths.",
            "the result itself": "One path leads from a node to itself, without an arrow: 1.",
            "no path": "If no path ends at the leaf, there is nothing to add up.",
        },
    ),
    Item(
        id="02c.5",
        title="An = for a +=",
        kind="bug hunt",
        difficulty=2,
        points=2,
        link="chapters/02c_backpropagation.ipynb#Forks:-derivatives-add",
        task=(
            "`walk_back` has `arrived[start] = arrived[end] * slope`. For which of the notebook's "
            "circuits does every node still come out right? True or False for each: the bill; the "
            "bill with one price factor q; `gate` of each kind; a ladder of one rung; the neuron "
            "and its error; $x \\cdot x$."
        ),
        call="still_right",
        starter=(
            "still_right = {\n"
            '    "bill": ...,\n'
            '    "factor q": ...,\n'
            '    "gate +": ...,\n'
            '    "gate ×": ...,\n'
            '    "gate max": ...,\n'
            '    "ladder": ...,\n'
            '    "neuron": ...,\n'
            '    "x · x": ...,\n'
            "}\n"
        ),
        reference=(
            "def still_right():\n"
            "    uses = {}  # how often the value that is used most often is used\n"
            '    uses["bill"] = 1\n'
            '    uses["factor q"] = 2  # by the apples and by the pears\n'
            '    uses["gate +"] = 1\n'
            '    uses["gate ×"] = 1\n'
            '    uses["gate max"] = 2  # a, in a + (b - a).relu()\n'
            '    uses["ladder"] = 2  # x, by tanh and by σ\n'
            '    uses["neuron"] = 2  # the miss, in 0.5 * miss * miss\n'
            '    uses["x · x"] = 2  # x, on both sides\n'
            "    return {circuit: most == 1 for circuit, most in uses.items()}\n"
        ),
        explanation=(
            "`=` forgets what arrived before, so it harms exactly where something arrives twice: "
            "at a value that is *used* more than once. A + or × with two inputs is no such place; "
            "it has one consumer. Forks hide well: in a square, whose two arrows come from one "
            "value, and in this `max`, which uses a twice. A test on circuits without forks lets "
            "the bug through, and every weight of a network that sees two examples is a fork."
        ),
        hints=(
            "At which nodes does `walk_back` write twice?",
            "Look for values that are used twice, that is, with two arrows going out to the right. "
            "How many come in from the left does not matter.",
            "q, the x of a ladder and of x · x, the miss in its square, and a in "
            "a + (b − a).relu() are each used twice.",
        ),
        outputs=("the circuits",),
        mistakes=(
            mistake(
                "",
                "The bill has two inputs at each node, but count the arrows that leave: who is "
                "used twice?",
                ('"bill"] = 1', '"bill"] = 2'),
            ),
            mistake(
                "",
                "+ has two arrows coming in; `=` harms where two go out.",
                ('"gate +"] = 1', '"gate +"] = 2'),
            ),
            mistake(
                "",
                "× swaps its inputs, but writes into each only once.",
                ('"gate ×"] = 1', '"gate ×"] = 2'),
            ),
            mistake(
                "",
                "Every node with two inputs is taken for a fork: a fork is a value that is used "
                "twice.",
                ('"bill"] = 1', '"bill"] = 2'),
                ('"gate +"] = 1', '"gate +"] = 2'),
                ('"gate ×"] = 1', '"gate ×"] = 2'),
            ),
            mistake(
                "overwrite-not-accumulate",
                "Two arrows leave q, one to the apples and one to the pears; the one visited last "
                "is all that `=` leaves.",
                ('"factor q"] = 2', '"factor q"] = 1'),
            ),
            mistake(
                "",
                "Look at how `gate` makes its max, a + (b − a).relu(), and count the a.",
                ('"gate max"] = 2', '"gate max"] = 1'),
            ),
            mistake(
                "",
                "One rung is v.tanh() + v.sigmoid(): count the v.",
                ('"ladder"] = 2', '"ladder"] = 1'),
            ),
            mistake(
                "",
                "No weight of the neuron is used twice, but walk_back gives every node: look at "
                "the square.",
                ('"neuron"] = 2', '"neuron"] = 1'),
            ),
            mistake(
                "",
                "Both arrows of x · x end at one node, but they are two arrows, and x is written "
                "to twice.",
                ('"x · x"] = 2', '"x · x"] = 1'),
            ),
        ),
    ),
    Item(
        id="02c.6",
        title="A rung of three",
        kind="predict",
        difficulty=3,
        points=2,
        link="chapters/02c_backpropagation.ipynb#One-walk-is-enough",
        task=(
            "Each rung of the ladder becomes `v.tanh() + v.sigmoid() + v.relu()`. How many paths "
            "lead through 10 rungs, and how many arrows does their circuit have? `Value` adds two "
            "numbers at a time."
        ),
        call="rungs_of_three",
        starter='rungs_of_three = {"paths": ..., "arrows": ...}\n',
        reference=(
            "def rungs_of_three():\n"
            "    rungs = 10\n"
            "    into_functions = 3\n"
            "    into_sums = 2 * 2  # two nodes +, each of two inputs\n"
            "    paths = 3**rungs\n"
            "    arrows = (into_functions + into_sums) * rungs\n"
            '    return {"paths": paths, "arrows": arrows}\n'
        ),
        explanation=(
            "Each rung offers three ways, whatever was taken before, so the paths are multiplied "
            "by 3: $3^n$ instead of $2^n$. The arrows of a rung are added to those before: one "
            "into each of the three functions, and two into each of the *two* nodes + that join "
            "them, so $7n$. A third use makes the paths grow by a larger power and the walk by "
            "three arrows a rung: a walk costs in proportion to the circuit, never to its paths."
        ),
        hints=(
            "By how much does one more rung multiply the paths, and how much does it add to the "
            "arrows?",
            "Draw one rung. Three ways lead through it; count the arrows into the three functions "
            "and into the nodes + that join them.",
            "Three terms need two nodes +, each with two arrows in: 3 + 4 arrows a rung. The paths "
            "are a power of 3.",
        ),
        outputs=("the ladder",),
        mistakes=(
            mistake("", "the paths are still those of two functions", ("3**rungs", "2**rungs")),
            mistake(
                "", "the ways of the rungs are added: they multiply", ("3**rungs", "3 * rungs")
            ),
            mistake("", "base and exponent are exchanged", ("3**rungs", "rungs**3")),
            mistake(
                "",
                "every arrow of a rung is taken for a way through it",
                ("3**rungs", "7**rungs"),
            ),
            mistake(
                "",
                "the third function is taken to double the paths once more in each rung",
                ("3**rungs", "4**rungs"),
            ),
            mistake(
                "",
                "the paths of single rungs are added up along the ladder",
                ("3**rungs", "sum(3**k for k in range(1, rungs + 1))"),
            ),
            mistake(
                "",
                "+ is taken to have three inputs at once: three terms need two of it",
                ("= 2 * 2", "= 3"),
            ),
            mistake("", "the second node + is forgotten", ("= 2 * 2", "= 2")),
            mistake("", "only the arrows into the functions count", ("= 2 * 2", "= 0")),
            mistake(
                "",
                "only the arrows into the nodes + count",
                ("into_functions = 3", "into_functions = 0"),
            ),
            mistake(
                "",
                "the nodes are counted, and not the arrows",
                ("= 2 * 2", "= 2 * 1"),
            ),
            mistake(
                "",
                "the arrows are taken to double and triple as the paths do",
                ("* rungs", "** rungs"),
            ),
        ),
    ),
]

"""The exercises of 4a: the chain rule."""

import numpy as np

from dlcore.classroom.items import Edge, Item, mistake
from dlcore.scalar import Value

MOST_READS = 300_000


class Recorded(Value):
    """A Value that tells when it was born, as this chapter's, and leaves the rest to the reader."""

    reads = 0  # of inputs, since the circuit was made

    @property
    def born(self):
        return self._born

    @property
    def inputs(self):
        Recorded.reads += 1
        if Recorded.reads > MOST_READS:
            raise RuntimeError(
                f"inputs were looked up {MOST_READS:,} times, as if a node were left again for "
                "every path that leads to it"
            )
        return Value.inputs.fget(self)

    def backward(self):
        raise TypeError("a node has no backward here: the way back is yours to write")

    def __pow__(self, exponent):
        raise TypeError("this chapter's Value has no **: take it of the number, a.data")


def circuit(leaves, steps):
    """The nodes of a calculation, oldest first: leaves, then steps (sign, position, position)."""
    Recorded.reads = 0
    nodes = [Recorded(number) for number in leaves]
    for sign, i, j in steps:
        a, b = nodes[i], nodes[j]
        if sign == "tanh":
            y = np.tanh(a.data)
            nodes.append(Recorded(float(y), sign, a, 1 - y * y))
        elif sign == "+":
            nodes.append(Recorded(a.data + b.data, sign, a, 1.0, b, 1.0))
        else:
            nodes.append(Recorded(a.data * b.data, sign, a, b.data, b, a.data))
    return nodes


FIRST = [
    ("+", 0, 2),
    ("*", 0, 1),  # m
    ("*", 4, 4),  # q = m²
    ("+", 4, 5),  # s = m + q
    ("tanh", 6, 6),
    ("*", 5, 7),
    ("+", 2, 8),
    ("tanh", 9, 9),
    ("*", 10, 6),
    ("+", 11, 3),
]
SECOND = [
    ("+", 0, 1),
    ("tanh", 4, 4),
    ("*", 5, 4),
    ("+", 6, 2),
    ("*", 7, 7),
    ("tanh", 3, 3),
    ("*", 8, 9),
    ("+", 6, 10),
    ("*", 4, 11),
    ("+", 12, 3),
]


def calculation(rng, leaves):
    """The numbers of a calculation's leaves, and its steps."""
    return np.round(rng.uniform(0.3, 1.2, leaves), 2), FIRST if leaves == 3 else SECOND


def diamonds(rng):
    """Sixty diamonds in a row: y is turned into tanh(y) + y, again and again."""
    steps = [step for k in range(0, 120, 2) for step in (("tanh", k, k), ("+", k + 1, k))]
    return np.array([0.5]), steps


def chain(rng):
    """A sum of one leaf with itself, 10,000 additions long."""
    return np.array([0.5]), [("+", k, 0) for k in range(10_000)]


def one_leaf(rng):
    return np.array([0.5]), []


def stray_leaf(rng):
    return np.array([0.5, 0.8, 0.3]), [("*", 0, 2), ("+", 3, 0)]


def gradients(backward, leaves, steps):
    """What a backward leaves in a circuit's grads: once, again, and from a node half-way."""
    nodes = circuit(leaves, steps)
    grads = []
    for start in (nodes[-1], nodes[-1], nodes[len(nodes) // 2]):
        backward(start)
        grads.append([node.grad for node in nodes])
    n = len(leaves)
    return {
        "each leaf": grads[0][:n],
        "each node made from them": grads[0][n:],
        "each leaf after further calls": [grads[1][:n], grads[2][:n]],
    }


def counts(paths, leaves, steps):
    """The paths from a circuit's result to each leaf, as an answer counts them."""
    nodes = circuit(leaves, steps)
    found = [paths(nodes[-1], leaf) for leaf in nodes[: len(leaves)]]
    return None if None in found else np.array(found)


def slope(result, leaf):
    """∂result/∂leaf, whatever kind of Value recorded it."""
    if result is leaf:
        return 1.0
    pairs = zip(result.inputs, result.slopes, strict=True)
    return float(sum(share * slope(a, leaf) for a, share in pairs))


def powers(power, a, n):
    """The numbers and the slopes of powers, as an answer records them."""
    leaves = [Recorded(number) for number in a]
    results = [power(leaf, float(number)) for leaf, number in zip(leaves, n, strict=True)]
    for result in results:
        if result is None:
            return None
        if not hasattr(result, "inputs"):
            raise ValueError(f"power gave a {type(result).__name__}, where a Value is asked")
        inputs, slopes = result.inputs, result.slopes
        if isinstance(inputs, tuple | list) and not all(hasattr(a, "inputs") for a in inputs):
            raise ValueError(
                "an input is recorded that is no Value (n is a plain number and none; dlcore's "
                "Value takes a and its slope without tuples)"
            )
        if not isinstance(inputs, tuple | list) or not isinstance(slopes, tuple | list):
            raise ValueError("this chapter's Value takes tuples: of inputs, and of their slopes")
    slopes = [slope(result, leaf) for result, leaf in zip(results, leaves, strict=True)]
    return {"the result": [result.data for result in results], "its slope": slopes}


def bases_and_exponents(rng, k):
    """k numbers above 0 and k exponents, none of them whole."""
    return np.round(rng.uniform(0.4, 2.5, k), 2), rng.integers(1, 4, k) + rng.choice([0.3, 0.6], k)


def exponents(*numbers):
    """An edge's input: these exponents, of random numbers."""
    return lambda rng: (np.round(rng.uniform(0.5, 2, len(numbers)), 2), np.array(numbers))


def two_numbers(rng):
    return tuple(np.round(rng.uniform([0.5, 2], [1.5, 3]), 1))


def by_distance(result):
    """The order of this chapter's first walk."""
    order = [result]
    for node in order:
        order += [a for a in dict.fromkeys(node.inputs) if a not in order]
    return order


def as_by_distance(product):
    """Whether a product is one, and what by_distance makes of its gradients, in words."""
    if product is None:
        return None
    if not isinstance(product, Value):
        return f"no Value, but a {type(product).__name__}"
    if not product.inputs:
        return "a leaf"
    if product.operation != "×":
        return "no product in the last step"
    order = by_distance(product)
    for node in order:
        node.grad = float(node is product)
    for node in order:
        for a, slope in zip(node.inputs, node.slopes, strict=True):
            a.grad += slope * node.grad
    walked = [node.grad for node in order]
    product.backward()
    right = np.allclose(walked, [node.grad for node in order], rtol=1e-9)
    return f"a product that by_distance gets {'right' if right else 'wrong'}"


def two_products(products, x, y):
    """What an answer's two products are, in words."""
    pair = products(Value(x), Value(y))
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        return pair
    return dict(zip(("misled", "handled"), map(as_by_distance, pair), strict=True))


FIND = (
    "    found, waiting = {result}, [result]\n"
    "    while waiting:\n"
    "        new = set(waiting.pop().inputs) - found\n"
    "        found |= new\n"
    "        waiting += new\n"
    "    order = sorted(found, key=lambda node: node.born, reverse=True)\n"
)
ORDER = "order = sorted(found, key=lambda node: node.born, reverse=True)"
WRONG_ORDERS = {
    "the nodes are left oldest first, so that nothing has arrived where they are left": (
        "order = sorted(found, key=lambda node: node.born)"
    ),
    "the nodes are left by their distance from the result: one with a short way to it does not "
    "wait for what comes over a long one": (
        "order, met = [result], {result}\n"
        "    for node in order:\n"
        "        new = [a for a in dict.fromkeys(node.inputs) if a not in met]\n"
        "        met.update(new)\n"
        "        order += new"
    ),
    "the walk goes down one branch to its end before it looks at the other (the last input "
    "first), so a node that both share is left too early": (
        "order, stack = {}, [result]\n"
        "    while stack:\n"
        "        node = stack.pop()\n"
        "        if node not in order:\n"
        "            order[node] = True\n"
        "            stack += node.inputs"
    ),
    "the walk goes down one branch to its end before it looks at the other (the first input "
    "first), so a node that both share is left too early": (
        "order, stack = {}, [result]\n"
        "    while stack:\n"
        "        node = stack.pop()\n"
        "        if node not in order:\n"
        "            order[node] = True\n"
        "            stack += node.inputs[::-1]"
    ),
    "the nodes are left in the order in which a stack gives them back": (
        "order, met, stack = [], {result}, [result]\n"
        "    while stack:\n"
        "        order.append(stack.pop())\n"
        "        new = [a for a in dict.fromkeys(order[-1].inputs) if a not in met]\n"
        "        met.update(new)\n"
        "        stack += new"
    ),
}
AGAIN = {
    "a node is left again for every path, each time with all that has arrived (a queue of nodes "
    "without a check whether they were there before)": (
        "order = [result]\n    for node in order:\n        order += node.inputs"
    ),
    "a node is left again for every path, each time with all that has arrived (a stack of nodes "
    "without a check whether they were there before)": (
        "order, stack = [], [result]\n"
        "    while stack:\n"
        "        order.append(stack.pop())\n"
        "        stack += order[-1].inputs"
    ),
}
WALK = "    result.grad = 1.0\n    for node in order:"
SHARE = "a.grad += slope * node.grad"
PAIRS = "zip(node.inputs, node.slopes, strict=True)"


def wrong_orders(orders):
    return [mistake("no-topological-order", says, (ORDER, new)) for says, new in orders.items()]


ITEMS = [
    Item(
        id="04a.1",
        title="Slopes, paths, derivatives",
        kind="by hand",
        difficulty=1,
        points=2,
        link="chapters/04a_chain_rule.ipynb#Over-several-paths,-rates-add",
        task=(
            "$r=(x+y)\\cdot xy$ at $x=1$, $y=4$, with $u=x+y$, $v=xy$ and $r=uv$. Fill in the "
            "slopes of four edges, what each of the two paths brings from $r$ to $x$, and both "
            "derivatives."
        ),
        call="derivatives",
        starter=(
            "derivatives = {\n"
            '    "slopes": (..., ..., ..., ...),  # ∂u/∂x, ∂v/∂x, ∂r/∂u, ∂r/∂v\n'
            '    "paths": (..., ...),  # from x to r: through u, through v\n'
            '    "dr/dx": ...,\n'
            '    "dr/dy": ...,\n'
            "}\n"
        ),
        reference=(
            "def derivatives():\n"
            "    x, y = 1, 4\n"
            "    u, v = x + y, x * y\n"
            "    u_by_x, v_by_x, r_by_u, r_by_v = 1, y, v, u\n"
            "    u_by_y, v_by_y = 1, x\n"
            "    slopes = u_by_x, v_by_x, r_by_u, r_by_v\n"
            "    through_u, through_v = u_by_x * r_by_u, v_by_x * r_by_v\n"
            "    by_x = through_u + through_v\n"
            "    by_y = u_by_y * r_by_u + v_by_y * r_by_v\n"
            "    paths = through_u, through_v\n"
            '    return {"slopes": slopes, "paths": paths, "dr/dx": by_x, "dr/dy": by_y}\n'
        ),
        explanation=(
            "A sum hands on 1 to each side; a product's slopes are swapped, each is the *other* "
            "factor. Along a path the slopes multiply, and where paths meet they add, so "
            "$\\partial r/\\partial x=1\\cdot v+y\\cdot u$. Multiplied out, $r=x^2y+xy^2$ has the "
            "derivative $2xy+y^2$, the same number. The graph did not need that formula: it only "
            "needs one slope for each edge."
        ),
        hints=(
            "How many ways lead from x to r, and what lies on each of them?",
            "Write a slope on each edge: of a sum it is 1, of a product the other factor. "
            "Multiply along each path, then add the two.",
            "Through u it is 1 · v, through v it is y · u. For y, replace the y by an x.",
        ),
        outputs=("slopes", "paths", "dr/dx", "dr/dy"),
        mistakes=(
            mistake(
                "",
                "The slopes of r = uv are swapped: a nudge of u moves r by the other factor.",
                ("1, y, v, u", "1, y, u, v"),
            ),
            mistake(
                "",
                "The slope of v = xy towards x is the other factor.",
                ("1, y, v, u", "1, x, v, u"),
                ("u_by_y, v_by_y = 1, x", "u_by_y, v_by_y = 1, y"),
            ),
            mistake(
                "",
                "The slopes of both products are swapped: towards one factor it is the other.",
                ("1, y, v, u", "1, x, u, v"),
                ("u_by_y, v_by_y = 1, x", "u_by_y, v_by_y = 1, y"),
            ),
            mistake(
                "",
                "The slope of u = x + y is the factor by which a nudge of x moves u, not u itself: "
                "try how far u moves if x moves by a hundredth.",
                ("1, y, v, u", "x + y, y, v, u"),
                ("u_by_y, v_by_y = 1, x", "u_by_y, v_by_y = x + y, x"),
            ),
            mistake(
                "",
                "Along a path slopes multiply; here they are added.",
                ("u_by_x * r_by_u, v_by_x * r_by_v", "u_by_x + r_by_u, v_by_x + r_by_v"),
                ("u_by_y * r_by_u + v_by_y * r_by_v", "u_by_y + r_by_u + v_by_y + r_by_v"),
            ),
            mistake(
                "",
                "Over several paths the shares add; here they are multiplied.",
                ("through_u + through_v", "through_u * through_v"),
                ("r_by_u + v_by_y * r_by_v", "r_by_u * v_by_y * r_by_v"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "Only the path through u has arrived: the other one is to be added.",
                ("through_u + through_v", "through_u"),
                ("u_by_y * r_by_u + v_by_y * r_by_v", "u_by_y * r_by_u"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "Only the path through v has arrived: the other one is to be added.",
                ("through_u + through_v", "through_v"),
                ("u_by_y * r_by_u + v_by_y * r_by_v", "v_by_y * r_by_v"),
            ),
        ),
    ),
    Item(
        id="04a.2",
        title="Diamonds of three",
        kind="predict",
        difficulty=1,
        points=1,
        link="chapters/04a_chain_rule.ipynb#First-attempt:-follow-every-path",
        task=(
            "Begin with a leaf `y = x` and run `y = y.tanh() + y.sigmoid() + y.relu()` five times. "
            "How many paths lead from the leaf to the end, and how many nodes were recorded, the "
            "leaf included?"
        ),
        call="recorded",
        starter='recorded = {"paths": ..., "nodes": ...}\n',
        reference=(
            "def recorded():\n"
            "    diamonds, arms, additions = 5, 3, 2\n"
            "    paths = arms**diamonds\n"
            "    nodes = 1 + diamonds * (arms + additions)\n"
            '    return {"paths": paths, "nodes": nodes}\n'
        ),
        explanation=(
            "Each way through one diamond goes on in each way through the next, so paths "
            "*multiply*; each diamond puts the same few nodes beside the others, so nodes *add*. "
            "The sum of three is two additions, since `+` takes two operands. Following every path "
            "costs a power of the depth, visiting every node a multiple of it: that is what a walk "
            "in the right order saves."
        ),
        hints=(
            "If one diamond has so many ways through it, how many have two in a row?",
            "Paths multiply from diamond to diamond, nodes add. `+` takes two operands at a time.",
            "One diamond: three functions and two additions. Then 3 · 3 · … paths and 1 + 5 · … "
            "nodes.",
        ),
        outputs=("paths", "nodes"),
        mistakes=(
            mistake(
                "",
                "Two ways through each diamond would give that; count the arms of this one.",
                ("arms**diamonds", "2**diamonds"),
            ),
            mistake(
                "",
                "The ways of one diamond and of the next multiply; here they are added.",
                ("arms**diamonds", "arms * diamonds"),
            ),
            mistake(
                "",
                "Base and exponent are swapped: each further diamond multiplies the paths.",
                ("arms**diamonds", "diamonds**arms"),
            ),
            mistake(
                "",
                "Those are the paths of one diamond fewer.",
                ("arms**diamonds", "arms ** (diamonds - 1)"),
            ),
            mistake(
                "",
                "Those are the paths of one diamond more.",
                ("arms**diamonds", "arms ** (diamonds + 1)"),
            ),
            mistake(
                "",
                "A sum of three is not one addition: `+` takes two operands.",
                ("(arms + additions)", "(arms + 1)"),
            ),
            mistake("", "The leaf is a node too.", ("1 + diamonds *", "diamonds *")),
            mistake(
                "",
                "The additions are operations: each of them makes a node.",
                ("(arms + additions)", "arms"),
            ),
            mistake(
                "",
                "The end of one diamond is the beginning of the next: it is one node, not two.",
                ("(arms + additions)", "(arms + additions + 1)"),
            ),
            mistake(
                "",
                "Those are the visits of `push`, one for each path that arrives; each node was "
                "recorded once.",
                (
                    "1 + diamonds * (arms + additions)",
                    "(arms + additions) * (arms**diamonds - 1) // (arms - 1) + arms**diamonds",
                ),
            ),
        ),
    ),
    Item(
        id="04a.3",
        title="A power, recorded with its slope",
        kind="code",
        difficulty=1,
        points=2,
        link="chapters/04a_chain_rule.ipynb#One-operation:-a-result-and-its-slopes",
        task=(
            "One more rule for the engine: `power(a, n)` returns a new `Value`, $a^n$ for a "
            "`Value` a with $a>0$ and a plain number n, that remembers `a` as its input and the "
            "slope towards it. The operand's number is `a.data`. Record it with this chapter's "
            '`Value(result, "^", (a,), (slope,))` or with that of `dlcore.scalar`, '
            '`Value(result, "^", a, slope)`.'
        ),
        call="power(a, n)",
        starter=(
            "def power(a, n):\n"
            '    """a ** n for a Value a > 0 and a number n, as a Value with its slope."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "from dlcore.scalar import Value\n"
            "\n"
            "\n"
            "def power(a, n):\n"
            "    result = a.data**n\n"
            "    slope = n * a.data ** (n - 1)\n"
            '    return Value(result, "^", a, slope)\n'
        ),
        explanation=(
            "An operation needs to know no more than its own result and its own slope, "
            "$n\\,a^{n-1}$; what it stands in is the business of the walk back. The operand kept "
            "must be `a` itself, not a copy of its number: the gradient has to find its way home. "
            "The slope is a plain number, computed now, at this `a`; if `a.data` changes later, "
            "the recording does not."
        ),
        hints=(
            "What does every line of the engine give: a sign, a result, and what else?",
            "The slope of $a^n$ towards a is $n\\,a^{n-1}$, computed with the numbers `a.data` "
            "and `n`.",
            "`result = a.data**n` and `slope = n * a.data ** (n - 1)`; then one new Value.",
        ),
        outputs=("the result", "its slope"),
        used=powers,
        inputs=bases_and_exponents,
        sizes=({"k": 6}, {"k": 5}),
        small=({"k": 1},),
        edges=(
            Edge(says="the exponent 0", make=exponents(0.0, 0.0)),
            Edge(says="the exponents 1 and 2", make=exponents(1.0, 2.0)),
            Edge(says="the exponents −1 and −½", make=exponents(-1.0, -0.5)),
        ),
        mistakes=(
            mistake(
                "derivative-formula",
                "the slope is n·aⁿ: the exponent is not lowered",
                ("(n - 1)", "n"),
            ),
            mistake(
                "derivative-formula",
                "the slope is n·aⁿ − 1: the brackets round n − 1 are missing",
                ("(n - 1)", "n - 1"),
            ),
            mistake(
                "derivative-formula",
                "the slope is aⁿ⁻¹: the factor n is left out",
                ("n * a.data ** (n - 1)", "a.data ** (n - 1)"),
            ),
            mistake(
                "derivative-formula",
                "the exponent is raised by 1, not lowered",
                ("(n - 1)", "(n + 1)"),
            ),
            mistake(
                "derivative-formula",
                "the power is integrated: aⁿ⁺¹/(n + 1)",
                ("n * a.data ** (n - 1)", "a.data ** (n + 1) / (n + 1)"),
            ),
            mistake(
                "derivative-formula",
                "the factor is n − 1 instead of n",
                ("n * a.data", "(n - 1) * a.data"),
            ),
            mistake(
                "derivative-formula",
                "the slope is that towards the exponent, aⁿ log a",
                ("n * a.data ** (n - 1)", "a.data**n * np.log(a.data)"),
            ),
            mistake(
                "derivative-formula",
                "the slope is 2a, which is the square's",
                ("n * a.data ** (n - 1)", "2 * a.data"),
            ),
            mistake(
                "derivative-formula",
                "the slope is n·a, where a is to be raised to n − 1",
                ("n * a.data ** (n - 1)", "n * a.data"),
            ),
            mistake(
                "derivative-formula",
                "the slope has a minus",
                ("n * a.data ** (n - 1)", "-n * a.data ** (n - 1)"),
            ),
            mistake(
                "",
                "the slope is multiplied by the result as well",
                ("n * a.data ** (n - 1)", "n * a.data ** (n - 1) * result"),
            ),
            mistake(
                "",
                "the slope is taken at the result, n·rⁿ⁻¹, instead of at a",
                ("n * a.data", "n * result"),
            ),
            mistake(
                "",
                "the slope is 1, a sum's",
                ("n * a.data ** (n - 1)", "1.0"),
            ),
            mistake(
                "",
                "the slope is n, a multiple's",
                ("n * a.data ** (n - 1)", "n"),
            ),
            mistake(
                "",
                "the result is recorded where the slope belongs",
                ("a, slope)", "a, result)"),
            ),
            mistake(
                "",
                "the slope is recorded as the result",
                ("Value(result,", "Value(slope,"),
            ),
            mistake(
                "",
                "a itself is not remembered as the input: no gradient finds its way back to it",
                ("a, slope)", "Value(a.data), slope)"),
            ),
            mistake(
                "",
                "base and exponent are swapped in the result",
                ("result = a.data**n", "result = n**a.data"),
            ),
            mistake(
                "",
                "a is multiplied by n, not raised to it",
                ("result = a.data**n", "result = a.data * n"),
            ),
            mistake(
                "",
                "a is multiplied by n, not raised to it, and the slope is that multiple's",
                ("result = a.data**n", "result = a.data * n"),
                ("n * a.data ** (n - 1)", "n"),
            ),
            mistake(
                "",
                "the result is a², whatever n is",
                ("result = a.data**n", "result = a.data**2"),
            ),
            mistake(
                "integer-dtype",
                "the exponent is cut to a whole number",
                ("result = a.data**n", "n = int(n)\n    result = a.data**n"),
            ),
        ),
        places={
            "the result": "The slope is right; look at the number that goes first into the Value.",
            "its slope": "The result is right, so the derivative is what to look at.",
        },
    ),
    Item(
        id="04a.4",
        title="Backward, each node once",
        kind="code",
        difficulty=2,
        points=4,
        link="chapters/04a_chain_rule.ipynb#Why-topological-order",
        task=(
            "`backward(result)` sets the `grad` of every node that `result` was made from, and its "
            "own, to ∂result/∂node, and returns nothing. As in this chapter a node has `inputs` "
            "(the nodes it was made from), `slopes` (one for each input), `grad` and `born` (the "
            "later it was made, the larger). Sixty diamonds in a row and a chain of 10,000 "
            "operations must go through; a second call gives the same, whatever stood in `grad`."
        ),
        call="backward(result)",
        starter=(
            "def backward(result):\n"
            '    """Set grad of all the result was made from to ∂result/∂node."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def backward(result):\n" + FIND + "    for node in order:\n"
            "        node.grad = 0.0\n"
            "    result.grad = 1.0\n"
            "    for node in order:\n"
            "        for a, slope in zip(node.inputs, node.slopes, strict=True):\n"
            "            a.grad += slope * node.grad\n"
        ),
        explanation=(
            "A node may hand its gradient on only when all its users have handed in their share. "
            "Users are always younger than what they use, so newest first is such an order, at the "
            "price of a sort. Shares are added because paths add, and set to zero before because "
            "of the call before. The search down uses a list and not recursion, for Python stops "
            "at some 1,000 calls inside each other; and it never takes a node twice, for the paths "
            "through 60 diamonds are $2^{60}$."
        ),
        hints=(
            "When has everything arrived that a node will ever get?",
            "Collect all nodes once, without recursion; sort them newest first; set every grad to "
            "0 and the result's to 1; then let each node add its share to its inputs.",
            "`sorted(nodes, key=lambda node: node.born, reverse=True)`, and in the walk "
            "`a.grad += slope * node.grad` for each `a, slope` of the node.",
        ),
        outputs=("each leaf", "each node made from them", "each leaf after further calls"),
        used=gradients,
        inputs=calculation,
        sizes=({"leaves": 3}, {"leaves": 4}),
        seconds=5,
        edges=(
            Edge(says="a result that is a leaf itself", make=one_leaf),
            Edge(says="sixty diamonds in a row", make=diamonds),
            Edge(says="a chain of 10,000 operations", make=chain),
        ),
        mistakes=(
            *wrong_orders(WRONG_ORDERS),
            *(
                mistake(
                    "no-topological-order",
                    says,
                    (WALK, f"    result.grad = 1.0\n    {new}\n    for node in order:"),
                )
                for says, new in AGAIN.items()
            ),
            mistake(
                "no-topological-order",
                "a node is left at once, each time a share arrives, with all that it has so far",
                (
                    WALK,
                    "    result.grad = 1.0\n"
                    "\n"
                    "    def leave(node):\n"
                    f"        for a, slope in {PAIRS}:\n"
                    "            a.grad += node.grad * slope\n"
                    "            leave(a)\n"
                    "\n"
                    "    leave(result)\n"
                    "    for node in ():",
                ),
            ),
            mistake(
                "no-topological-order",
                "a node is left at once when its first share arrives: what comes later stays there",
                (
                    WALK,
                    "    result.grad = 1.0\n"
                    "    met = {result}\n"
                    "\n"
                    "    def leave(node):\n"
                    f"        for a, slope in {PAIRS}:\n"
                    "            a.grad += node.grad * slope\n"
                    "            if a not in met:\n"
                    "                met.add(a)\n"
                    "                leave(a)\n"
                    "\n"
                    "    leave(result)\n"
                    "    for node in ():",
                ),
            ),
            mistake("overwrite-not-accumulate", "", (SHARE, "a.grad = slope * node.grad")),
            mistake(
                "overwrite-not-accumulate",
                "an operand that stands twice in an operation, as in x · x, counts once",
                (PAIRS, "dict(zip(node.inputs, node.slopes, strict=True)).items()"),
            ),
            mistake(
                "not-zeroed",
                "no gradient is set to zero before the walk: it adds to what stood there",
                ("        node.grad = 0.0", "        pass"),
            ),
            mistake(
                "not-zeroed",
                "the leaves keep their gradient from the call before",
                ("        node.grad = 0.0", "        node.grad *= not node.inputs"),
            ),
            mistake(
                "not-zeroed",
                "only the leaves are set to zero: the nodes between hand on what the call before "
                "left in them",
                ("        node.grad = 0.0", "        node.grad *= bool(node.inputs)"),
            ),
            mistake(
                "not-zeroed",
                "nothing is set to zero, and the result's own gradient grows as well",
                ("        node.grad = 0.0", "        pass"),
                (WALK, "    result.grad += 1.0\n    for node in order:"),
            ),
            mistake(
                "",
                "nothing is left but zeros: the result's own gradient is not 1 when the walk "
                "begins, or nothing is written into the nodes",
                (WALK, "    for node in order:"),
            ),
            mistake(
                "",
                "the walk begins with the result's number instead of 1",
                (WALK, "    result.grad = result.data\n    for node in order:"),
            ),
            mistake(
                "",
                "the gradient is handed on without the slope",
                (SHARE, "a.grad += node.grad"),
            ),
            mistake(
                "",
                "the slope is handed on without the node's own gradient",
                (SHARE, "a.grad += slope"),
            ),
            mistake(
                "",
                "slope and gradient are added where they multiply",
                (SHARE, "a.grad += slope + node.grad"),
            ),
            mistake(
                "",
                "the node's number stands where its gradient is meant",
                (SHARE, "a.grad += slope * node.data"),
            ),
            mistake(
                "",
                "the input's number stands where the slope is meant",
                (SHARE, "a.grad += a.data * node.grad"),
            ),
            mistake(
                "",
                "the shares of several paths are multiplied where they add",
                ("node.grad = 0.0", "node.grad = 1.0"),
                (SHARE, "a.grad *= slope * node.grad"),
            ),
            mistake(
                "",
                "the two slopes of a node are exchanged",
                (PAIRS, "zip(node.inputs, node.slopes[::-1], strict=True)"),
            ),
            mistake(
                "",
                "only a node's first input gets its share",
                (PAIRS, "zip(node.inputs[:1], node.slopes[:1], strict=True)"),
            ),
            mistake(
                "",
                "only a node's last input gets its share",
                (PAIRS, "zip(node.inputs[-1:], node.slopes[-1:], strict=True)"),
            ),
            mistake(
                "",
                "a node's gradient is set to zero once it has been handed on: it is wanted as well",
                (
                    f":\n            {SHARE}",
                    f":\n            {SHARE}\n        node.grad *= not node.inputs",
                ),
            ),
        ),
        places={
            "each leaf after further calls": (
                "The first call is right; the same call again, or then one from a node half-way, "
                "is not: something is left from the call before."
            ),
            "each node made from them": (
                "The leaves are right, so the shares are: look at what happens to a node's "
                "gradient after it has been handed on."
            ),
        },
    ),
    Item(
        id="04a.5",
        title="A plus that is lost",
        kind="bug hunt",
        difficulty=1,
        points=2,
        link="chapters/04a_chain_rule.ipynb#Over-several-paths,-rates-add",
        task=(
            "In `walk` the last line has become `a.grad = slope * node.grad`. Gradients begin at 0 "
            "and nodes are left newest first, as before. For four circuits: does every gradient "
            "come out right (`True`) or not (`False`)? `x`, `y`, `z` and `w` are leaves, and "
            "$m=3x$. Then the number that this walk leaves in `x.grad` for `x * x` at $x=3$."
        ),
        call="lost",
        starter=(
            "lost = {\n"
            '    "tanh(sigmoid(m))": ...,\n'
            '    "x * y + z": ...,\n'
            '    "w * 2 + w * 5": ...,\n'
            '    "m + m * m": ...,\n'
            '    "x.grad of x * x": ...,\n'
            "}\n"
        ),
        reference=(
            "def lost():\n"
            "    chain, tree, leaf, middle = 1, 1, 2, 3  # edges that end in the most used value\n"
            "    right = chain == 1, tree == 1, leaf == 1, middle == 1\n"
            "    x = 3\n"
            "    share = x * 1\n"
            '    names = "tanh(sigmoid(m))", "x * y + z", "w * 2 + w * 5", "m + m * m"\n'
            '    return dict(zip(names, right)) | {"x.grad of x * x": share}\n'
        ),
        explanation=(
            "`=` and `+=` differ where something is there already. To a value with one user one "
            "share arrives, at a gradient of 0, and both do the same: chains and trees come out "
            "right. Where a value is used twice, the share that comes last wins and the others "
            "are lost: `x * x` has two edges of slope 3, which make 6, and one of them is left. A "
            "weight meets every row of a batch, so in training this is wrong from the first step."
        ),
        hints=(
            "How many times is a value's gradient written, in each circuit?",
            "Count the edges that end in each value. With one, = and += do the same; with more, "
            "the last one to arrive is what is left.",
            "Chain and tree: each value has one user. In `x * x` both edges have slope x, and one "
            "share remains.",
        ),
        outputs=("lost",),
        mistakes=(
            mistake(
                "",
                "In a chain one share arrives at each value, where 0 stood: nothing is lost.",
                ("chain == 1", "chain != 1"),
            ),
            mistake(
                "",
                "No value of this tree is used twice: look how many shares arrive at each.",
                ("tree == 1", "tree != 1"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "A leaf is written as often as it is used, and what is written last is left.",
                ("leaf == 1", "leaf >= 1"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "m has several users, in whatever order they are left: the last share replaces "
                "the others.",
                ("middle == 1", "middle >= 1"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "= keeps one share only, so it matters how often a value is used.",
                ("leaf == 1", "leaf >= 1"),
                ("middle == 1", "middle >= 1"),
            ),
            mistake(
                "",
                "That is the right derivative; this walk does not add the two shares.",
                ("share = x * 1", "share = 2 * x"),
            ),
            mistake(
                "",
                "That is the result; what is asked is a share: slope times the 1 of the result.",
                ("share = x * 1", "share = x * x"),
            ),
            mistake(
                "",
                "Something does arrive: the result's gradient is 1, and the slopes are not 0.",
                ("share = x * 1", "share = 0"),
            ),
            mistake(
                "",
                "That is the result's own gradient, which has not been multiplied by the slope.",
                ("share = x * 1", "share = 1"),
            ),
            mistake(
                "",
                "2 is the exponent. The slope of each edge of a product is the other factor.",
                ("share = x * 1", "share = 2"),
            ),
        ),
    ),
    Item(
        id="04a.6",
        title="Two products for a wrong order",
        kind="bug hunt",
        difficulty=2,
        points=3,
        link="chapters/04a_chain_rule.ipynb#Visit-each-node-once,-but-when?",
        task=(
            "`by_distance` leaves nodes by their distance from the result. From two leaves `x` and "
            "`y`, return two Values, `misled, handled`, both a *product* in the last step. In "
            "`misled` that order gives a wrong gradient to some value, and in `handled` to none. "
            "As it stands, `misled` comes out right, and `handled` is only a leaf."
        ),
        call="products(x, y)",
        starter=(
            "def products(x, y):\n"
            '    """A product that by_distance gets wrong, and one that it gets right."""\n'
            "    misled = x * (x * y)\n"
            "    handled = x\n"
            "    return misled, handled\n"
        ),
        reference=(
            "def products(x, y):\n"
            "    m = x + y\n"
            "    misled = m * (m * y)\n"
            "    handled = (m * y) * m\n"
            "    return misled, handled\n"
        ),
        explanation=(
            "What misleads the order is no property of sums: it is a value that is used twice, "
            "once near the result and once farther away, and that has something behind it. Near "
            "first, it is left before the far share arrives. With the factors exchanged, the far "
            "user is met first and handed over in time. So the same number, written in another "
            "order, has a right or a wrong gradient. A leaf may be met as early as it likes, since "
            "it hands nothing on."
        ),
        hints=(
            "In `m + q`, what made m special? And why did x itself cause no trouble?",
            "Take a value m that is made from something, and use it twice: as one factor of the "
            "last product, and inside the other factor.",
            "With `m = x + y`, compare `m * (m * y)` with `(m * y) * m`.",
        ),
        outputs=("misled", "handled"),
        used=two_products,
        inputs=two_numbers,
        sizes=({}, {}),
        mistakes=(
            mistake(
                "",
                "in `misled` every value with something behind it waits for all its users (a leaf "
                "may be met early: it hands nothing on)",
                ("misled = m * (m * y)", "misled = x * (x * y)"),
            ),
            mistake(
                "",
                "the last step of `misled` is no product",
                ("misled = m * (m * y)", "misled = m + m * y"),
            ),
            mistake(
                "no-topological-order",
                "in `handled` a value is left before one of its users",
                ("handled = (m * y) * m", "handled = m * (y * m)"),
            ),
            mistake(
                "",
                "the last step of `handled` is no product",
                ("handled = (m * y) * m", "handled = m * y + m"),
            ),
            mistake(
                "",
                "`handled` is a leaf",
                ("handled = (m * y) * m", "handled = x"),
            ),
        ),
    ),
    Item(
        id="04a.7",
        title="Nobody resets",
        kind="predict",
        difficulty=2,
        points=1,
        link="chapters/04a_chain_rule.ipynb#Are-gradients-reset?",
        task=(
            "The slope is 2 everywhere, the learning rate 1, and `grad` begins at 0. Each step "
            "calls a `backward` that adds to what is there, and moves the weight against `grad`; "
            "nobody resets it. How long are the first four steps?"
        ),
        call="lengths",
        starter="lengths = (..., ..., ..., ...)\n",
        reference=(
            "def lengths():\n"
            "    slope, learning_rate = 2, 1\n"
            "    grads = [slope * calls for calls in (1, 2, 3, 4)]\n"
            "    return tuple(learning_rate * grad for grad in grads)\n"
        ),
        explanation=(
            "Each call adds the slope of that step to the sum of all steps before, so at a steady "
            "slope the steps grow evenly, and the way grows with the square of time: the weight "
            "falls like a stone. That is momentum without friction. In a valley it shoots through "
            "the bottom and swings back, again and again; `zero_grad` before every step is what "
            "makes it gradient descent."
        ),
        hints=(
            "What stands in `grad` after the first call, and what after the second?",
            "`grad` is the sum of all slopes so far; the step is learning rate times that sum.",
            "After the first call 2, after the second 2 + 2: go on.",
        ),
        outputs=("the four lengths",),
        mistakes=(
            mistake(
                "idea-10",
                "That is how long they would be if every gradient were reset before the call.",
                ("slope * calls", "slope"),
            ),
            mistake(
                "",
                "Each call adds one more slope to the sum; it does not double the sum.",
                ("slope * calls", "slope**calls"),
            ),
            mistake(
                "",
                "That is how far the weight has come after each step; asked is each step's length.",
                ("slope * calls", "slope * calls * (calls + 1) // 2"),
            ),
            mistake(
                "",
                "Lengths have no sign.",
                ("learning_rate * grad for", "-learning_rate * grad for"),
            ),
            mistake(
                "",
                "The first step comes after the first call, which has added its slope by then.",
                ("(1, 2, 3, 4)", "(0, 1, 2, 3)"),
            ),
            mistake(
                "",
                "That counts the calls; the slope that each of them adds is not 1.",
                ("slope * calls", "calls"),
            ),
            mistake(
                "",
                "By each call the sum grows by the slope, not by 1.",
                ("slope * calls", "slope + calls - 1"),
            ),
        ),
    ),
    Item(
        id="04a.8",
        title="Counting paths without walking them",
        kind="code",
        difficulty=3,
        points=4,
        link="chapters/04a_chain_rule.ipynb#Why-topological-order",
        task=(
            "`paths(result, leaf)` returns how many paths lead from the leaf to the result, an "
            "int; an operation like `x * x` has two edges to x, so two paths. A node has `inputs` "
            "and `born`, as in 04a.4. Visit every node once: through sixty diamonds there are 2⁶⁰ "
            "paths. From a leaf that the result was not made from there are 0; from the result to "
            "itself there is 1."
        ),
        call="paths(result, leaf)",
        starter=(
            "def paths(result, leaf):\n"
            '    """How many paths lead from leaf to result, one visit per node."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def paths(result, leaf):\n" + FIND + "    count = dict.fromkeys(order, 0)\n"
            "    count[result] = 1\n"
            "    for node in order:\n"
            "        for a in node.inputs:\n"
            "            count[a] += count[node]\n"
            "    return count.get(leaf, 0)\n"
        ),
        explanation=(
            "It is `backward` with every slope 1. The derivative adds, over all paths, the product "
            "of their slopes; if each slope is 1, each product is 1, and the sum is the number of "
            "paths. So the same walk, in the same order, counts $2^{60}$ paths in 121 visits. "
            "Whatever adds over choices and multiplies along the way can be computed like this: "
            "lengths of shortest paths, probabilities, derivatives."
        ),
        hints=(
            "The derivative is a sum over paths. What would make every term of it 1?",
            "Give the result a count of 1, and go newest first: each node adds its count to the "
            "count of each of its inputs.",
            "`count[a] += count[node]` for every `a` in `node.inputs`, in the order of 04a.4.",
        ),
        outputs=("the array of counts",),
        used=counts,
        inputs=calculation,
        sizes=({"leaves": 3}, {"leaves": 4}),
        edges=(
            Edge(says="a result that is the leaf itself", make=one_leaf),
            Edge(says="a leaf that the result was not made from", make=stray_leaf),
            Edge(says="sixty diamonds in a row", make=diamonds),
            Edge(says="a chain of 10,000 operations", make=chain, gentle=True),
        ),
        mistakes=(
            *wrong_orders(WRONG_ORDERS),
            *(
                mistake(
                    "no-topological-order",
                    says,
                    (
                        "    count[result] = 1\n",
                        f"    count[result] = 1\n    {new}\n",
                    ),
                )
                for says, new in AGAIN.items()
            ),
            mistake(
                "overwrite-not-accumulate",
                "",
                ("count[a] += count[node]", "count[a] = count[node]"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "an operand that stands twice in an operation, as in x · x, counts once",
                ("for a in node.inputs:", "for a in set(node.inputs):"),
            ),
            mistake(
                "",
                "each edge counts 1: these are the users of the leaf, not the paths to it",
                ("count[a] += count[node]", "count[a] += 1"),
            ),
            mistake(
                "",
                "counts are multiplied where paths meet, and they add",
                ("dict.fromkeys(order, 0)", "dict.fromkeys(order, 1)"),
                ("count[a] += count[node]", "count[a] *= count[node] * len(node.inputs)"),
            ),
            mistake(
                "",
                "every node adds one of its own: these are visits, not paths",
                ("dict.fromkeys(order, 0)", "dict.fromkeys(order, 1)"),
            ),
            mistake(
                "",
                "the longest path is measured, in edges; asked is how many paths there are",
                ("count[result] = 1", "count[result] = 0"),
                ("count[a] += count[node]", "count[a] = max(count[a], count[node] + 1)"),
            ),
            mistake(
                "",
                "the shortest path is measured, in edges; asked is how many paths there are",
                ("dict.fromkeys(order, 0)", "dict.fromkeys(order, 10**9)"),
                ("count[result] = 1", "count[result] = 0"),
                ("count[a] += count[node]", "count[a] = min(count[a], count[node] + 1)"),
            ),
            mistake(
                "",
                "the result's own count is 0, so that nothing is ever added",
                ("count[result] = 1", "count[result] = 0"),
            ),
            mistake(
                "",
                "the paths to all leaves are counted together",
                (
                    "return count.get(leaf, 0)",
                    "return sum(count[node] for node in order if not node.inputs)",
                ),
            ),
            mistake(
                "",
                "the visits of `push` are counted, on all paths to all nodes",
                ("return count.get(leaf, 0)", "return sum(count.values())"),
            ),
            mistake(
                "",
                "the nodes are counted, not the paths",
                ("return count.get(leaf, 0)", "return len(order)"),
            ),
            mistake(
                "",
                "the edges are counted, not the paths",
                ("return count.get(leaf, 0)", "return sum(len(node.inputs) for node in order)"),
            ),
        ),
    ),
]

"""Right answers to exercises of 4a, each written in another way."""

from collections import Counter, deque
from functools import cache

from dlcore.scalar import Value


class Plain:
    """A Value as the notebook's: inputs and slopes in tuples."""

    def __init__(self, data, operation="", inputs=(), slopes=()):
        self.data, self.grad = float(data), 0.0
        self.operation, self.inputs, self.slopes = operation, inputs, slopes


def power_as_in_the_notebook(a, n):
    return Plain(a.data**n, "^", (a,), (n * a.data ** (n - 1),))


def power_by_exp_and_log(a, n):
    return (Value(a.data, "=", a, 1.0).log() * n).exp()


def power_from_its_own_result(a, n):
    result = pow(a.data, n)
    return Value(result, f"^{n}", a, n * result / a.data, label="power")


def backward_as_in_the_notebook(result):
    seen, waiting = {result}, [result]
    while waiting:
        new = set(waiting.pop().inputs) - seen
        seen |= new
        waiting += new
    order = sorted(seen, key=lambda value: value.born, reverse=True)
    for node in order:
        node.grad = 0.0
    result.grad = 1.0
    for node in order:
        for a, slope in zip(node.inputs, node.slopes, strict=True):
            a.grad += slope * node.grad


def backward_by_counting_users(result):
    users, waiting = Counter(), [result]
    met = {result}
    while waiting:
        node = waiting.pop()
        node.grad = 0
        for a in node.inputs:
            users[a] += 1
            if a not in met:
                met.add(a)
                waiting.append(a)
    result.grad, ready = 1, deque([result])
    while ready:
        node = ready.popleft()
        for k, a in enumerate(node.inputs):
            a.grad = a.grad + node.slopes[k] * node.grad
            users[a] -= 1
            if users[a] == 0:
                ready.append(a)


def backward_by_depth_first_search_without_recursion(result):
    order, met, stack = [], set(), [(result, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in met:
            met.add(node)
            stack.append((node, True))
            stack.extend((a, False) for a in node.inputs)
    grads = dict.fromkeys(order, 0.0)
    grads[result] = 1.0
    for node in reversed(order):
        for a, slope in zip(node.inputs, node.slopes, strict=True):
            grads[a] += grads[node] * slope
    for node, grad in grads.items():
        node.grad = grad


def backward_from_the_list_of_nodes(result):
    nodes = result.graph().nodes
    place = {node: k for k, node in enumerate(nodes)}
    bars = [0.0] * len(nodes)
    bars[-1] = 1.0
    for k in range(len(nodes) - 1, -1, -1):
        nodes[k].grad = bars[k]
        for a, slope in zip(nodes[k].inputs, nodes[k].slopes, strict=True):
            bars[place[a]] += bars[k] * slope


def products_of_a_square(x, y):
    m = 3 * x
    return m * (m * m), (m * m) * m


def products_with_a_function_between(x, y):
    s = (x * y).tanh()
    return [s * s.sigmoid(), x * y]


def products_in_three_steps(x, y):
    u = y - x
    far = u.exp() * y
    return u * far, far * x


def paths_upwards(result, leaf):
    met, waiting = {result}, [result]
    while waiting:
        for a in waiting.pop().inputs:
            if a not in met:
                met.add(a)
                waiting.append(a)
    count = {}
    for node in sorted(met, key=lambda node: node.born):
        count[node] = 1 if node is leaf else sum(count[a] for a in node.inputs)
    return count[result]


def paths_remembered(result, leaf):
    @cache
    def ways(node):
        return 1 if node is leaf else sum(map(ways, node.inputs))

    try:
        return ways(result)
    except RecursionError:
        return paths_upwards(result, leaf)


def paths_as_gradients(result, leaf):
    order, met, stack = [], set(), [result]
    while stack:
        node = stack[-1]
        new = [a for a in node.inputs if a not in met]
        met.update(new[:1])
        if new:
            stack.append(new[0])
        else:
            order.append(stack.pop())
    leaf.grad = 0
    for node in order:
        node.grad = 0
    result.grad = 1
    for node in order[::-1]:
        for a in node.inputs:
            a.grad += node.grad
    return leaf.grad

"""Right answers to exercises of 2c, each written in another way."""


def path_sum_as_a_generator(result, leaf):
    if result is leaf:
        return 1
    steps = zip(result.inputs, result.slopes, strict=True)
    return sum(slope * path_sum_as_a_generator(node, leaf) for node, slope in steps)


def path_sum_with_a_stack(result, leaf):
    total, waiting = 0.0, [(result, 1.0)]
    while waiting:
        node, product = waiting.pop()
        if node is leaf:
            total += product
            continue
        for i, before in enumerate(node.inputs):
            waiting.append((before, product * node.slopes[i]))
    return total


def path_sum_from_the_leaf(result, leaf):
    nodes, edges = result.graph()
    if leaf not in nodes:
        return 0.0
    at = nodes.index(leaf)

    def onwards(place):
        if place == len(nodes) - 1:
            return 1.0
        return sum(slope * onwards(end) for start, end, slope in edges if start == place)

    return onwards(at)


def path_sum_of_listed_paths(result, leaf):
    def paths(node):
        if node is leaf:
            yield []
        else:
            for before, slope in zip(node.inputs, node.slopes, strict=True):
                for rest in paths(before):
                    yield [slope, *rest]

    total = 0.0
    for path in paths(result):
        product = 1.0
        for slope in path:
            product *= slope
        total += product
    return total


def path_sum_by_walking_back(result, leaf):
    leaf.grad = 0.0
    result.backward()
    return leaf.grad

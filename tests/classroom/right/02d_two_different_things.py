"""Right answers to exercises of 2d, each written in another way."""

from itertools import product

import numpy as np

from dlcore.descent import trajectory


def swap_in_a_comprehension(ways, rules, x0, steps):
    def run(gradient, rule):
        path = [x0]
        while len(path) <= steps:
            path.append(rule(path[-1], gradient(path[-1])))
        return np.stack(path)

    return {(w, r): run(ways[w], rules[r]) for r in rules for w in ways}


def swap_into_tables(ways, rules, x0, steps):
    paths = {pair: np.empty((steps + 1, x0.size)) for pair in product(ways, rules)}
    for (way, rule), path in paths.items():
        path[0] = x0
        for t in range(steps):
            path[t + 1] = rules[rule](path[t], ways[way](path[t]))
    return paths


def swap_all_runs_abreast(ways, rules, x0, steps):
    pairs = list(product(ways, rules))
    at = {pair: np.array(x0) for pair in pairs}
    kept = {pair: [x0.tolist()] for pair in pairs}
    for _ in range(steps):
        for way, rule in pairs:
            at[way, rule] = rules[rule](at[way, rule], ways[way](at[way, rule]))
            kept[way, rule].append(at[way, rule].tolist())
    return kept


def searches_with_heights_kept(n):
    rng, p, height, count = np.random.default_rng(0), np.full(n, 1.0), float(n), 0
    while True:
        q = p + rng.standard_normal(n) / 10
        there = float(q @ q)
        count += 1
        if there < height:
            p, height = q, there
        if height <= n / 2:
            return count


def searches_in_place(n):
    rng = np.random.default_rng(0)
    p, taken = np.ones((n,)), 0
    while (p * p).mean() > 0.5:
        step = rng.normal(0.0, 0.1, n)
        if np.linalg.norm(p + step) < np.linalg.norm(p):
            p += step
        taken += 1
    return taken


def searches_of_dlcore(n):
    path = trajectory("random_search", lambda p: p @ p, np.ones(n), 2000, scale=0.1, rng=0)
    return int(np.argmax((path**2).sum(axis=1) <= n / 2))

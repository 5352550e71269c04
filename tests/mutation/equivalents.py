"""What looks broken and is not: mutants that compute the same, each with the reason.

ANY in the place of `after` stands for whatever may become of a statement that only chooses the
quickest of several ways to the same numbers. Each of the ways has its own tests.
"""

from tests.mutation.operators import Mutant

__all__ = ["ANY", "EQUIVALENT", "Key", "declaration"]

ANY = "…"

Key = tuple[str, str, str, str]

WRITTEN_OVER = "more is set to 0 beforehand, and written over afterwards"

# (family, function, before, after) -> why no test can notice it
EQUIVALENT: dict[Key, str] = {
    (
        "activations",
        "",
        "SMALL = 2 ** 15",
        ANY,
    ): "where relu and softmax change over to another way to the same numbers",
    (
        "activations",
        "relu",
        "if z.size > SMALL:",
        ANY,
    ): "clipped or compared with zeros, the same entries are kept",
    (
        "activations",
        "softmax",
        "if z.size > SMALL and axis == -1 and moderate(z):",
        "if z.size >= SMALL and axis == -1 and moderate(z):",
    ): "at 32,768 entries both ways are right",
    (
        "attention",
        "_softmax_of_allowed",
        "total[total == 0] = 1",
        "total[total == 0] = 2",
    ): "where the total is 0 every e is 0, and so is e / 2",
    (
        "embedding",
        "embedding_vjp",
        "if len(words) >= 4 * rows and d.size > 2 ** 15:",
        ANY,
    ): "sorted or counted, the same rows are added up",
    (
        "embedding",
        "embedding_vjp",
        "order = words.argsort(kind='stable')",
        "order = words.argsort()",
    ): "the order of equal words is that of a sum's terms; 'stable' is quicker for 16 bits",
    (
        "losses",
        "squared_error",
        "return np.square(prediction - y).mean(axis=1)",
        "return np.square(y - prediction).mean(axis=1)",
    ): "a square forgets the sign",
    (
        "pooling",
        "combined",
        "first = combine(first, entry, out=result)",
        "first = combine(entry, first, out=result)",
    ): "of two numbers the larger, and the sum, are the same either way round",
    (
        "pooling",
        "_real_entries",
        "inside.append(np.minimum(starts + size, shape[1 + axis]) - np.maximum(starts, 0))",
        "inside.append(np.maximum(starts, 0) - np.minimum(starts + size, shape[1 + axis]))",
    ): "rows and columns change their sign, and their product does not",
    (
        "windows",
        "places",
        "filled = step * count if size >= step else size",
        "filled = step * count if size > step else size",
    ): WRITTEN_OVER,
    (
        "windows",
        "places",
        "filled = step * count if size >= step else size",
        "filled = step if size >= step else size",
    ): WRITTEN_OVER,
    (
        "windows",
        "places",
        "filled = step * count if size >= step else size",
        "filled = count if size >= step else size",
    ): WRITTEN_OVER,
}


def declaration(mutant: Mutant, declared: dict[Key, str]) -> Key:
    """The key under which a mutant is declared, or would be."""
    general = (*mutant.key[:3], ANY)
    return general if general in declared else mutant.key

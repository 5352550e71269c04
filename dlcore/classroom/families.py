"""Families of mistakes that several exercises share, written in each one's own names.

A reference that writes `dW1 = x.T @ delta1` and `db1 = delta1.sum(axis=0)`, and the same one layer
on, has all of them at once: it names its layers, and gets the switches.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dlcore.classroom.switches import Mistake, mistake

__all__ = [
    "RATES",
    "Layer",
    "bias_mistakes",
    "difference_mistakes",
    "product_mistakes",
    "way_back_mistakes",
]

RATES = (1, 0.5, 0.1, 0.01)  # the learning rates that are tried where an update was made

BIASES = (
    ("bias-mean", "", "{delta}.mean(axis=0)"),
    ("bias-scalar", "", "{delta}.sum()"),
    ("bias-scalar", "the bias gradient is averaged to one number for all units", "{delta}.mean()"),
    (
        "bias-scalar",
        "the bias gradient is averaged to one number for all units, with the mean's 1/n undone",
        "{delta}.mean() * {n}",
    ),
    (
        "bias-scalar",
        "every unit gets the sum over all units as its bias gradient",
        "0 * {b} + {delta}.sum()",
    ),
    ("bias-not-summed", "", "{delta}"),
    ("bias-not-summed", "the bias gradient is taken from the last row", "{delta}[-1]"),
    ("bias-not-summed", "the bias gradient is taken from the first row", "{delta}[0]"),
    (
        "bias-not-summed",
        "the bias gradient is the last row's, with the mean's 1/n undone",
        "{delta}[-1] * {n}",
    ),
    (
        "bias-not-summed",
        "the bias gradient is summed over the units instead of the rows",
        "{delta}.sum(axis=1)",
    ),
    (
        "bias-wrong-product",
        "the bias gradient is multiplied by the layer's inputs, added up",
        "({x}.sum(axis=1, keepdims=True) * {delta}).sum(axis=0)",
    ),
    (
        "bias-wrong-product",
        "the bias gradient is multiplied by the mean of the layer's inputs",
        "({x}.mean(axis=1, keepdims=True) * {delta}).sum(axis=0)",
    ),
    (
        "bias-wrong-product",
        "the bias gradient is multiplied by the layer's last input",
        "({x}[:, -1:] * {delta}).sum(axis=0)",
    ),
    (
        "bias-wrong-product",
        "the bias gradient is multiplied by the layer's first input",
        "({x}[:, :1] * {delta}).sum(axis=0)",
    ),
    (
        "bias-wrong-product",
        "the bias gradient is multiplied by the bias",
        "{b} * {delta}.sum(axis=0)",
    ),
    (
        "bias-wrong-product",
        "the bias gradient is multiplied by the layer's own output",
        "({out} * {delta}).sum(axis=0)",
    ),
    (
        "bias-wrong-product",
        "the bias gradient is computed like a weight's",
        "{x}.T @ {delta}",
    ),
    ("", "the bias gradient is left at zero", "0 * {b}"),
)

PRODUCTS = (
    (
        "elementwise-for-matmul",
        "* stands where @ is needed in a weight's gradient",
        "{x}.T * {delta}",
    ),
    (
        "elementwise-for-matmul",
        "* stands where @ is needed in a weight's gradient, and the transpose is missing",
        "{x} * {delta}",
    ),
    (
        "wrong-transpose",
        "the transpose of the layer's input is missing in a weight's gradient",
        "{x} @ {delta}",
    ),
    (
        "wrong-transpose",
        "δ is transposed, and not the layer's input, in a weight's gradient",
        "{x} @ {delta}.T",
    ),
    (
        "wrong-transpose",
        "the layer's input is reshaped where it is to be transposed",
        "{x}.reshape({x}.T.shape) @ {delta}",
    ),
    (
        "",
        "inputs and δ are summed over the rows first, and multiplied then, in a weight's gradient",
        "np.outer({x}.sum(axis=0), {delta}.sum(axis=0))",
    ),
    (
        "",
        "the inputs are averaged over the rows before δ multiplies them, in a weight's gradient",
        "np.outer({x}.mean(axis=0), {delta}.sum(axis=0))",
    ),
    (
        "first-example-only",
        "every row's δ is multiplied by the first row's input in a weight's gradient",
        "np.outer({x}[0], {delta}.sum(axis=0))",
    ),
)

BACKS = (
    ("elementwise-for-matmul", "* stands where @ is needed in δ1", "({delta} * {W}.T)"),
    ("elementwise-for-matmul", "* stands where @ is needed in δ1", "({delta} * {W})"),
    ("wrong-transpose", "{W}'s transpose is missing in δ1", "({delta} @ {W})"),
    ("wrong-transpose", "δ2 and {W} are swapped in δ1", "({W} @ {delta})"),
    ("wrong-transpose", "δ2 and {W}ᵀ are swapped in δ1", "({W}.T @ {delta})"),
    (
        "wrong-transpose",
        "δ1 is transposed: {W} @ {delta}.T gives it in columns",
        "({W} @ {delta}.T)",
    ),
    (
        "wrong-transpose",
        "{W} is reshaped where it is to be transposed",
        "({delta} @ {W}.reshape({W}.T.shape))",
    ),
    ("error-sign", "the hidden layer's δ has the wrong sign", "(-{delta} @ {W}.T)"),
    (
        "overwrite-not-accumulate",
        "= stands where += is needed in δ1: only the last output is sent back",
        "({delta}[:, -1:] * {W}[:, -1])",
    ),
)


@dataclass(frozen=True)
class Layer:
    """One layer in a reference's own names.

    x: what feeds it. W, b: its parameters. z: what `x @ W` goes into, in words. out: what it
    returns. delta: the gradient at z. The reference writes `x @ W`, `x.T @ delta` and
    `delta.sum(axis=0)`, each of them once.
    """

    x: str
    W: str
    b: str
    z: str
    out: str
    delta: str

    def filled(self, pattern: str, **others: str) -> str:
        """A pattern with this layer's names in it."""
        return pattern.format(**vars(self), **others)


def bias_mistakes(layers: Sequence[Layer], n: str) -> list[Mistake]:
    """What else can stand where δ is summed over the rows. n: how the batch size is written."""
    return [
        mistake(id, says, *_edits(layers, "{delta}.sum(axis=0)", pattern, n=n))
        for id, says, pattern in BIASES
    ]


def product_mistakes(layers: Sequence[Layer]) -> list[Mistake]:
    """What else can stand for the products: the forward ones, and the weights' gradients."""
    listed = [
        mistake(id, says, *_edits(layers, "{x}.T @ {delta}", pattern))
        for id, says, pattern in PRODUCTS
    ]
    for some in (*([layer] for layer in layers), layers):
        where = some[0].z if len(some) == 1 else "the forward pass"
        these = " and ".join(layer.W for layer in some)
        listed += [
            mistake(
                "error-sign",
                f"there is a minus sign too many in {_gradients(some)}",
                *_edits(some, "{x}.T @ {delta}", "-({x}.T @ {delta})"),
            ),
            mistake(
                "elementwise-for-matmul",
                f"* stands where @ is needed in {where}",
                *_edits(some, "{x} @ {W}", "{x} * {W}"),
            ),
            mistake(
                "wrong-transpose",
                f"{these} {'is' if len(some) == 1 else 'are'} transposed in {where}",
                *_edits(some, "{x} @ {W}", "{x} @ {W}.T"),
            ),
        ]
    return [
        *listed,
        mistake(
            "wrong-transpose",
            f"W stands before {layers[0].x}, as for columns, in the forward pass",
            *_edits(layers, "{x} @ {W}", "{W} @ {x}"),
        ),
    ]


def way_back_mistakes(last: Layer, *gradients: tuple[str, str]) -> list[Mistake]:
    """What else can stand for `(delta @ W.T)`, δ2 on its way back through the last layer.

    gradients: what is said besides and how dW is written, for whoever has updated W already.
    """
    back = last.filled("({delta} @ {W}.T)")
    listed = [
        mistake(id, last.filled(says), (back, last.filled(pattern))) for id, says, pattern in BACKS
    ]
    for besides, gradient in gradients:
        listed += [
            mistake(
                "stale-order",
                f"{last.W} is updated (learning rate {rate}{besides}) before δ has passed back "
                "through it",
                (back, f"({last.delta} @ ({last.W} - {rate} * ({gradient})).T)"),
            )
            for rate in RATES
        ]
        listed.append(
            mistake(
                "",
                f"d{last.W} stands where {last.W} is meant in δ1",
                (back, f"({last.delta} @ ({gradient}).T)"),
            )
        )
    return listed


def difference_mistakes(f: str, x: str, v: str) -> list[Mistake]:
    """What else can stand for a two-sided difference of f at x along v, with the nudge h v.

    The reference writes `(f(x + h * v) - f(x - h * v)) / (2 * h)` in its own names.
    """
    up, here, down = f"{f}({x} + h * {v})", f"{f}({x})", f"{f}({x} - h * {v})"
    right = f"({up} - {down}) / (2 * h)"
    one_sided, tiny = "numeric-gradient-one-sided", "numeric-gradient-h"
    far_too_small = f"({f}({x} + 1e-14 * {v}) - {f}({x} - 1e-14 * {v})) / 2e-14"
    says_2h = "only one side is nudged, and the difference divided by 2h"
    says_h = "it is divided by h, where the two places are 2h apart"
    says_tiny = "h is not the h that was given, but far smaller: the digits run out"
    return [
        mistake(one_sided, "", (right, f"({up} - {here}) / h")),
        mistake(one_sided, "it is one-sided, and backwards", (right, f"({here} - {down}) / h")),
        mistake(one_sided, says_2h, (right, f"({up} - {here}) / (2 * h)")),
        mistake("", says_h, (right, f"({up} - {down}) / h")),
        mistake(
            "", "/ 2 * h divides by 2 and multiplies by h", (right, f"({up} - {down}) / 2 * h")
        ),
        mistake("", "it is not divided by 2h", (right, f"{up} - {down}")),
        mistake("error-sign", "the two sides are swapped", (right, f"({down} - {up}) / (2 * h)")),
        mistake("error-sign", "the two sides are added", (right, f"({up} + {down}) / (2 * h)")),
        mistake(tiny, says_tiny, (right, far_too_small)),
        mistake("", "it is the second difference", (right, f"({up} - 2 * {here} + {down}) / h**2")),
    ]


def _gradients(layers: Iterable[Layer]) -> str:
    return " and ".join(f"d{layer.W}" for layer in layers)


def _edits(layers: Iterable[Layer], right: str, wrong: str, **others: str) -> list[tuple[str, str]]:
    """The same edit in each layer."""
    return [(layer.filled(right), layer.filled(wrong, **others)) for layer in layers]

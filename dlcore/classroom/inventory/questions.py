"""The questions: each has an answer and a reason, and each wrong choice is somebody's idea.

The right answer alone may be a guess; with the right reason it is understanding (Treagust 1988).
Where a calculation can tell which answer is right, `keys.py` does it, and a test compares.
"""

from typing import NamedTuple

__all__ = ["QUESTIONS", "Question"]


class Question(NamedTuple):
    """A question with its answers, the reasons for them, and which of each are right."""

    name: str  # of the wrong idea it looks for
    stem: str
    answers: tuple[str, ...]
    reasons: tuple[str, ...]
    key: tuple[int, int]  # the right answer and the right reason, counted from 0
    heals: str  # where the book shows it: a notebook and a heading in it


QUESTIONS = (
    Question(
        "backprop-is-descent",
        "In a training program you replace backpropagation by central differences and leave the "
        "optimiser, the start and the data as they are. What happens to the path of the weights?",
        (
            "Another path: the training method has changed.",
            "The same path, but for rounding.",
            "No training at all: without backpropagation weights cannot be updated.",
        ),
        (
            "Backpropagation is a variant of gradient descent, so it was exchanged too.",
            "Both compute the same gradient, and only gradient and optimiser make the path.",
            "Differences know nothing about layers.",
        ),
        (1, 1),
        "02d_two_different_things.ipynb#Sixteen-runs",
    ),
    Question(
        "descent-within-layers",
        "Where in a network of three layers does gradient descent act, and where backpropagation?",
        (
            "Descent inside each layer, backpropagation between the layers.",
            "Backpropagation in the hidden layers, descent in the last.",
            "Backpropagation finds all derivatives; then descent changes all weights.",
        ),
        (
            "Descent sees a list of numbers and their derivatives, and no layers at all.",
            "A layer cannot see the error of another layer.",
            "The last layer is nearest to the error.",
        ),
        (2, 0),
        "02d_two_different_things.ipynb#Four-ways-to-use-one",
    ),
    Question(
        "backprop-updates",
        "After a call of `backward` and nothing else, the weights are …",
        ("changed by a small step.", "unchanged.", "set to zero gradient."),
        (
            "Backpropagation is the step that trains.",
            "It only computes derivatives; whoever uses them comes after.",
            "The error has been removed from them.",
        ),
        (1, 1),
        "02c_backpropagation.ipynb#A-neuron-is-a-circuit-too",
    ),
    Question(
        "the-error-travels",
        "What travels backwards through a network in backpropagation?",
        (
            "The error, split among the weights in proportion to their size.",
            "The derivative of the error with respect to each value on the way.",
            "The target, translated for each layer.",
        ),
        (
            "Each layer must be told how wrong it was itself.",
            "By the chain rule a node needs only the derivative that arrives and its own slopes.",
            "Weights that are larger are more to blame.",
        ),
        (1, 1),
        "02c_backpropagation.ipynb#The-walk-back",
    ),
    Question(
        "only-for-networks",
        "Can backpropagation find how a loan's monthly payment depends on amount, interest and "
        "duration?",
        (
            "No, there are no weights to train.",
            "Only if the payment is first approximated by a network.",
            "Yes, in one walk back.",
        ),
        (
            "It differentiates any calculation made of steps whose slopes are known.",
            "It needs layers with activations.",
            "It needs a target to compare with.",
        ),
        (2, 0),
        "02d_two_different_things.ipynb#Backpropagation-without-descent",
    ),
    Question(
        "numerical-or-symbolic",
        "Backpropagation is …",
        (
            "numerical differentiation, done cleverly.",
            "symbolic differentiation of the network's formula.",
            "neither of the two.",
        ),
        (
            "It nudges every weight a little.",
            "It multiplies exact local slopes at the present numbers, and writes no formula.",
            "It derives a formula once and then evaluates it.",
        ),
        (2, 1),
        "02c_backpropagation.ipynb#Neither-numerical-nor-symbolic",
    ),
    Question(
        "no-slope-in-hidden-delta",
        "A hidden sigmoid unit has activation 0.99. Compared with the same unit at 0.5, and with "
        "the same derivative arriving from above, its δ is …",
        ("larger.", "the same.", "much smaller."),
        (
            "δ is what arrives, times σ′ = a(1 − a).",
            "A more active unit is more to blame.",
            "σ′ belongs to the output layer only.",
        ),
        (2, 0),
        "03c_backward.ipynb#The-hidden-layer",
    ),
    Question(
        "shapes-prove-it",
        "Your dx for a layer with as many inputs as outputs has the right shape. The formula is …",
        ("right.", "right up to a factor.", "not yet known to be right."),
        (
            "Only one product of the arrays at hand fits.",
            "With equal sizes several products fit, and only one is the derivative.",
            "NumPy would have raised an error.",
        ),
        (2, 1),
        "04b_matrix_calculus.ipynb",
    ),
    Question(
        "any-order",
        "In y = x·x + x a program walks back and leaves the node x·x before the sum has sent its "
        "share to it. The gradient of x is …",
        ("still right.", "wrong.", "right, but takes longer."),
        (
            "Addition does not care about the order.",
            "A node may be left only when all that comes back to it has arrived.",
            "The missing share is added later by itself.",
        ),
        (1, 1),
        "04a_chain_rule.ipynb",
    ),
    Question(
        "backward-twice",
        "In PyTorch you call `loss.backward()` for a batch, and then for the next batch, without "
        "resetting anything. The stored gradients are …",
        ("those of the second batch.", "the sum of both.", "the mean of both."),
        (
            "Each call adds to what is stored, since gradients add where a value is used again.",
            "Each call begins anew.",
            "The library averages over batches.",
        ),
        (1, 0),
        "04a_chain_rule.ipynb",
    ),
    Question(
        "loss-falls-gradient-right",
        "You wrote a backward pass, and the training loss falls steadily. The gradient is …",
        ("right.", "possibly wrong.", "wrong."),
        (
            "A wrong gradient would lead uphill.",
            "Every direction within 90° of the right one leads downhill at first.",
            "A right gradient makes the loss fall faster.",
        ),
        (1, 1),
        "04e_trust_but_verify.ipynb",
    ),
    Question(
        "small-absolute-error",
        "A gradient check reports a largest absolute difference of 1e-7. The gradients themselves "
        "are about 1e-7. The check …",
        ("passes.", "fails.", "tells nothing."),
        (
            "1e-7 is the usual tolerance.",
            "Measured by the size of the gradients, the difference is about 1.",
            "Small gradients cannot be checked.",
        ),
        (1, 1),
        "04e_trust_but_verify.ipynb",
    ),
    Question(
        "smaller-h",
        "You measure a slope by central differences in float64. Which step h is best?",
        ("1e-15", "1e-5", "1e-1"),
        (
            "The smaller h, the nearer to the limit.",
            "A large h averages the noise away.",
            "Smaller steps lose digits to subtraction, larger ones to curvature.",
        ),
        (1, 2),
        "02a_gradient.ipynb",
    ),
    Question(
        "points-at-the-minimum",
        "In a long narrow valley the negative gradient at a point on its side points …",
        ("at the minimum.", "mostly across the valley.", "along the valley floor."),
        (
            "It points where the function falls fastest right here, whatever lies further away.",
            "Otherwise descent could not find the minimum.",
            "The valley floor is lower than the walls.",
        ),
        (1, 0),
        "02a_gradient.ipynb",
    ),
    Question(
        "bigger-rate-faster",
        "Gradient descent on f(w) = w² from w = 1 with learning rate 1.1. After 20 steps |w| is …",
        ("almost 0.", "about 1.", "greater than 30."),
        (
            "A bigger rate arrives sooner.",
            "Each step multiplies w by 1 − 2·1.1 = −1.2.",
            "It jumps between two points.",
        ),
        (2, 1),
        "02b_gradient_descent.ipynb",
    ),
    Question(
        "stuck-in-minima",
        "A point where the gradient of a large network's error is zero is most likely a …",
        ("local minimum.", "saddle.", "maximum."),
        (
            "In many dimensions some directions go up and others down, nearly always.",
            "Descent ends in minima.",
            "Networks have more local minima than weights.",
        ),
        (1, 0),
        "02b_gradient_descent.ipynb",
    ),
    Question(
        "noise-only-hurts",
        "The gradient of a random mini-batch, compared with the whole data's gradient, is …",
        (
            "the same on average, with noise that can also help.",
            "systematically too small.",
            "useless unless the batch is large.",
        ),
        (
            "A part of the data knows only a part of the truth.",
            "Its expectation is the full gradient, and noise can shake a path out of a bad place.",
            "Small batches underestimate the loss.",
        ),
        (0, 1),
        "02b_gradient_descent.ipynb",
    ),
    Question(
        "shuffling-is-optional",
        "The examples are sorted by class and never shuffled. Training with small batches …",
        ("works as well.", "works worse.", "works better."),
        (
            "An epoch sees the same examples in any order.",
            "Each stretch of batches pulls towards one class and forgets the others.",
            "Order makes learning easier, as at school.",
        ),
        (1, 1),
        "03d_update.ipynb",
    ),
    Question(
        "relu-cures-vanishing",
        "A network of 30 ReLU layers starts with weights of standard deviation 0.01 and width 64. "
        "The gradient in the first layer is …",
        ("about as large as in the last.", "vanishingly small.", "huge."),
        (
            "The slope of ReLU is 1.",
            "The gradient also passes through the weights, and these shrink it at every layer.",
            "ReLU has no upper bound.",
        ),
        (1, 1),
        "04b_matrix_calculus.ipynb",
    ),
    Question(
        "slopes-below-one",
        "σ′ is at most ¼. Can gradients explode in a deep sigmoid network?",
        ("No.", "Yes.", "Only with ReLU."),
        (
            "Factors of at most ¼ can only shrink.",
            "Each layer multiplies by its weights too, and these may be large.",
            "The sigmoid is bounded.",
        ),
        (1, 1),
        "04b_matrix_calculus.ipynb",
    ),
    Question(
        "equal-weights",
        "All weights of a hidden layer and of the layer after it start at 0.1. After training, the "
        "hidden units are …",
        ("different, as the data demand.", "still all equal.", "all dead."),
        (
            "Equal units receive equal gradients, at every step.",
            "The gradient of equal weights is zero.",
            "Gradient descent finds different weights whatever the start.",
        ),
        (1, 0),
        "04b_matrix_calculus.ipynb",
    ),
    Question(
        "softmax-twice",
        "A network ends in softmax; its loss expects logits and applies softmax itself. Training …",
        (
            "fails with an error.",
            "runs, but the loss cannot come near 0.",
            "is the same: softmax of probabilities changes nothing.",
        ),
        (
            "Softmax of numbers between 0 and 1 is never near 0 or 1.",
            "Probabilities add up to 1 already.",
            "The shapes do not fit.",
        ),
        (1, 0),
        "04c_losses_softmax.ipynb",
    ),
    Question(
        "the-picture-is-the-landscape",
        "A picture shows the loss over two random directions around a trained network: a smooth "
        "bowl. The loss over all 100,000 weights is …",
        ("a smooth bowl as well.", "not known from this picture.", "flat."),
        (
            "Two directions of 100,000 show next to nothing of the others.",
            "Random directions are typical of all.",
            "The network is trained, so it sits in a bowl.",
        ),
        (1, 0),
        "02b_gradient_descent.ipynb",
    ),
    Question(
        "accuracy-as-loss",
        "Why is accuracy not used as the loss for gradient descent?",
        (
            "It could be; cross-entropy is a habit.",
            "Its derivative is zero almost everywhere.",
            "It is too expensive to compute.",
        ),
        (
            "It moves in steps: a small change of a weight changes no decision.",
            "It has to be maximised, not minimised.",
            "It needs all the data at once.",
        ),
        (1, 0),
        "03b_error.ipynb#Why-accuracy-gives-no-gradient",
    ),
    Question(
        "zero-only-at-minima",
        "The gradient of f(x, y) = x² − y² at (0, 0) is zero. The point is …",
        ("a minimum.", "a maximum.", "neither."),
        (
            "Zero gradient means that descent has arrived.",
            "The function rises along x and falls along y.",
            "The function is 0 there, its smallest value.",
        ),
        (2, 1),
        "02a_gradient.ipynb",
    ),
)

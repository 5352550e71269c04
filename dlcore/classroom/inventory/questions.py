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
            "The same path, but for the last digits.",
            "No training at all: without backpropagation weights cannot be updated.",
        ),
        (
            "Backpropagation is a variant of gradient descent, so the optimiser was exchanged too.",
            "Both find the same gradient, and the optimiser sees nothing else.",
            "Differences know nothing of layers, and cannot say which one is to blame.",
        ),
        (1, 1),
        "02d_two_different_things.ipynb#Sixteen-runs",
    ),
    Question(
        "descent-within-layers",
        "Where in a network of three layers does gradient descent act, and where backpropagation?",
        (
            "Descent inside each layer, backpropagation between the layers.",
            "Backpropagation in the hidden layers, descent in the last, which knows the target.",
            "Backpropagation finds all derivatives; then descent changes all weights.",
        ),
        (
            "Descent sees a list of numbers and their derivatives, and no layers.",
            "A layer knows only its own error, so another algorithm has to join the layers.",
            "Only the last layer is compared with the target; the others must be told.",
        ),
        (2, 0),
        "02d_two_different_things.ipynb#Four-ways-to-use-one",
    ),
    Question(
        "backprop-updates",
        "After a call of `backward` and nothing else, the weights are …",
        ("changed by a small step.", "unchanged.", "such that this example's error is gone."),
        (
            "Backpropagation is the step in which a network learns.",
            "It only finds derivatives; to use them is another step.",
            "The error is sent back and taken out of the weights that made it.",
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
            "Each layer must be told how wrong it was itself, so the error is shared out.",
            "A node needs only the derivative that arrives and its own slopes.",
            "Larger weights are more to blame, and so take back more of the error.",
        ),
        (1, 1),
        "02c_backpropagation.ipynb#A-neuron-is-a-circuit-too",
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
            "It differentiates any calculation that is made of steps with known slopes.",
            "It goes from layer to layer, so there must be layers with activations.",
            "It begins at the miss, so it needs a target.",
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
            "It nudges every weight a little and looks at the error.",
            "It multiplies and adds exact slopes at the present numbers.",
            "It derives one formula for the whole network and then evaluates it.",
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
            "A more active unit gets a larger share of the blame.",
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
            "With equal sizes several products fit, and one is right.",
            "NumPy would have raised an error if the product were another one.",
        ),
        (2, 1),
        "04b_matrix_calculus.ipynb#Which-transpose?-Eight-candidates",
    ),
    Question(
        "any-order",
        "In y = x·x + x a program walks back and leaves the node x·x before the sum has sent its "
        "share to it. The gradient of x is …",
        ("still right.", "wrong.", "right, but takes longer."),
        (
            "Addition does not care about the order in which the shares arrive.",
            "A node may be left only when all its shares are there.",
            "The missing share is added later, when the sum itself is left.",
        ),
        (1, 1),
        "04a_chain_rule.ipynb#Why-topological-order",
    ),
    Question(
        "backward-twice",
        "In PyTorch you call `loss.backward()` for a batch, and then for the next batch, without "
        "resetting anything. The stored gradients are …",
        ("those of the second batch.", "the sum of both.", "the mean of both."),
        (
            "Each call adds to what is stored; only you reset it.",
            "Each call begins anew, for it knows only its own batch.",
            "The library averages over all batches since the last update.",
        ),
        (1, 0),
        "04a_chain_rule.ipynb#Are-gradients-reset?",
    ),
    Question(
        "loss-falls-gradient-right",
        "You wrote a backward pass, and the training loss falls steadily. The gradient is …",
        ("right.", "possibly wrong.", "wrong."),
        (
            "Steps along a wrong gradient would lead uphill.",
            "All directions within 90° of the steepest way down lead down.",
            "Only a right gradient makes a loss fall steadily.",
        ),
        (1, 1),
        "04e_trust_but_verify.ipynb#Why-does-the-loss-fall-although-the-gradient-is-wrong?",
    ),
    Question(
        "small-absolute-error",
        "A check in float64 finds a largest difference of 1e-7 between your gradient and central "
        "differences. The entries of the gradient are all about 1e-7. Your gradient is …",
        ("right.", "most likely wrong.", "too small to be checked."),
        (
            "1e-7 is the usual tolerance of such a check in float64.",
            "Measured by its own size, it is off by about 100%.",
            "Among numbers so small all differences are rounding.",
        ),
        (1, 1),
        "04e_trust_but_verify.ipynb#Relative-to-what?",
    ),
    Question(
        "smaller-h",
        "You measure a slope by central differences in float64. Which step h is best?",
        ("1e-15", "1e-5", "1e-1"),
        (
            "The smaller h, the nearer to the limit that a derivative is.",
            "A large h averages the noise away.",
            "Small steps lose digits, large ones meet the bend.",
        ),
        (1, 2),
        "02a_gradient.ipynb#How-small-is-small?",
    ),
    Question(
        "points-at-the-minimum",
        "In a long narrow valley the negative gradient at a point on its side points …",
        ("at the minimum.", "mostly across the valley.", "along the valley floor."),
        (
            "It points where the function falls fastest right here.",
            "If it pointed anywhere else, descent could not find the minimum.",
            "The floor of a valley is lower than its walls, so down is along it.",
        ),
        (1, 0),
        "02a_gradient.ipynb#It-knows-only-this-place",
    ),
    Question(
        "bigger-rate-faster",
        "Gradient descent on f(w) = w² from w = 1 with learning rate 1.1. After 20 steps |w| is …",
        ("almost 0.", "about 1.", "greater than 30."),
        (
            "A bigger rate makes bigger steps and arrives sooner.",
            "Each step multiplies w by 1 − 2·1.1 = −1.2.",
            "It jumps to and fro between the same two points.",
        ),
        (2, 1),
        "02b_gradient_descent.ipynb#Is-a-bigger-learning-rate-faster?",
    ),
    Question(
        "stuck-in-minima",
        "Of all points where the gradient of a large network's error is zero, most are …",
        ("local minima.", "saddles.", "maxima."),
        (
            "Of so many directions nearly always some go down and others up.",
            "Descent stops where the gradient is zero: in minima.",
            "So many weights make a landscape full of valleys.",
        ),
        (1, 0),
        "02b_gradient_descent.ipynb#Local-minima-or-saddles?",
    ),
    Question(
        "noise-only-hurts",
        "The gradient of a random mini-batch, compared with the whole data's gradient, is …",
        (
            "right on average, and noisy.",
            "systematically too small.",
            "useless unless the batch is large.",
        ),
        (
            "A part of the data knows only a part of the truth.",
            "Its mean over all draws is the full gradient; the noise may even help.",
            "Small batches underestimate the loss.",
        ),
        (0, 1),
        "02b_gradient_descent.ipynb#Noise-can-also-help",
    ),
    Question(
        "shuffling-is-optional",
        "The examples are sorted by class and never shuffled. Training with small batches …",
        ("works as well.", "works worse.", "works better."),
        (
            "An epoch sees the same examples and adds the same gradients, in any order.",
            "Each stretch of batches teaches one class and unlearns the others.",
            "Order makes learning easier, as at school.",
        ),
        (1, 1),
        "03d_update.ipynb#Is-shuffling-optional?",
    ),
    Question(
        "relu-cures-vanishing",
        "A network of 30 ReLU layers of 64 units starts with weights of standard deviation 0.01. "
        "The gradient in the first layer is …",
        ("about as large as in the last.", "vanishingly small.", "huge."),
        (
            "The slope of ReLU is 1, so nothing shrinks on the way back.",
            "The gradient passes through the weights too, and they shrink it.",
            "ReLU has no upper bound, and so it amplifies.",
        ),
        (1, 1),
        "04b_matrix_calculus.ipynb#Depth:-a-product-of-Jacobians",
    ),
    Question(
        "slopes-below-one",
        "σ′ is at most ¼. Can gradients explode in a deep sigmoid network?",
        ("No.", "Yes.", "Only with ReLU."),
        (
            "Factors of at most ¼ can only shrink what passes through them.",
            "Each layer multiplies by its weights too; they may be large.",
            "The sigmoid is bounded, so what comes back through it is bounded too.",
        ),
        (1, 1),
        "04b_matrix_calculus.ipynb#Depth:-a-product-of-Jacobians",
    ),
    Question(
        "equal-weights",
        "All weights and biases of a hidden layer and of the layer after it start at 0.1. After "
        "training, the hidden units are …",
        ("different, as the data demand.", "still all equal.", "all dead."),
        (
            "Equal units receive equal gradients, at every step.",
            "The gradient of equal weights is zero.",
            "Gradient descent finds different weights whatever the start.",
        ),
        (1, 0),
        "04b_matrix_calculus.ipynb#Equal-weights-stay-equal",
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
            "The second softmax gives no probability near 1.",
            "Probabilities add up to 1 already, and so they stay as they are.",
            "The shapes do not fit.",
        ),
        (1, 0),
        "04c_losses_softmax.ipynb#Softmax-twice",
    ),
    Question(
        "the-picture-is-the-landscape",
        "A picture shows the loss over two random directions around a trained network: a smooth "
        "bowl. The loss over all 100,000 weights is …",
        ("a smooth bowl as well.", "not known from this picture.", "flat."),
        (
            "Two directions of 100,000 tell next to nothing of the others.",
            "Random directions are chosen without favour, and so are typical of all.",
            "The network is trained, and a trained network sits at the bottom of a bowl.",
        ),
        (1, 0),
        "02b_gradient_descent.ipynb#The-picture-is-not-the-landscape",
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
            "A small change of a weight mostly changes no decision, and so nothing.",
            "It has to be maximised, and gradient descent can only minimise.",
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
        "02a_gradient.ipynb#It-knows-only-this-place",
    ),
)

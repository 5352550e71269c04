"""The exercises of 0: shapes, and the data."""

import numpy as np

from dlcore.classroom.items import Edge, Item, mistake


def labelled_images(rng, n, d):
    """Images in rows, (n, d), and their labels: every digit occurs, some more often.

    With ten times as many images as pixels, every digit occurs as often as there are pixels.
    """
    x = np.round(rng.uniform(size=(n, d)), 2)
    rest = np.arange(n - 10)
    y = np.concatenate([np.arange(10), rest % 10 if n == 10 * d else (rest % 7) ** 2 % 10])
    return x, rng.permutation(y)


def whole_pixels(rng):
    x, y = labelled_images(rng, n=31, d=64)
    return np.round(x * 16).astype(int), y


def one_of_each(rng):
    return labelled_images(rng, n=10, d=64)


def guesses(rng, n):
    """Labels, (n,), and guesses, (n, 1): about two thirds are right, and none of the fives.

    No label is 8 or 9, and some guesses are: so not every guess is a label, nor the other way.
    The first is right if n is odd.
    """
    y = rng.permutation(np.arange(n) % 8)
    off = np.where(rng.permutation(n) < n // 4, rng.choice([2, 3, 4], size=n), 0)
    guess = np.where(y == 5, rng.choice([4, 8, 9], size=n), (y + off) % 8)
    guess[guess == 5] = 6
    first = np.flatnonzero((guess == y) == bool(n % 2))[0]
    return np.roll(guess, -first)[:, np.newaxis], np.roll(y, -first)


def all_right(rng):
    _, y = guesses(rng, n=20)
    return y[:, np.newaxis], y


def none_right(rng):
    _, y = guesses(rng, n=20)
    return (y[:, np.newaxis] + 1) % 10, y


def one_guess(rng):
    return np.array([[7]]), np.array([7])


SHAPE = "return x[0], W[1]"
MEANS = "means.append(images.mean(axis=0))"
SAME = "same = guess[:, 0] == y"
SHARE = "float(same.mean())"


def running_mean(start, rest):
    """Half of the old and half of the new, from image to image."""
    return (
        f"mean = {start}\n"
        f"        for image in {rest}:\n"
        "            mean = (mean + image) / 2\n"
        "        means.append(mean)"
    )


ITEMS = [
    Item(
        id="00.1",
        title="The shape of a layer's sum",
        kind="predict",
        difficulty=1,
        points=1,
        link="chapters/00_start.ipynb#Shapes",
        task=(
            "`x` is (10, 4), `W` is (4, 7) and `b` is (7,). What is the shape of `x @ W + b`? "
            "Answer with a tuple, as `.shape` would."
        ),
        call="shape_of_z",
        starter="shape_of_z = ...\n",
        reference=(
            "def shape_of_z():\n"
            "    x, W = (10, 4), (4, 7)  # the inner sizes agree, and vanish\n"
            "    return x[0], W[1]\n"
        ),
        explanation=(
            "In (10, 4) @ (4, 7) the two inner sizes agree, and vanish: they are summed over. What "
            "is left are the outer ones: a row for each example, a column for each unit. The bias "
            "changes no shape. Its (7,) is laid beside the last axis, so every row gets the same "
            "seven numbers added."
        ),
        hints=(
            "Which sizes of the two shapes have to agree, and what becomes of them?",
            "Write the two shapes side by side, (10, 4) (4, 7), and strike out the inner two.",
            "The number of rows is that of `x`, the number of columns that of `W`.",
        ),
        outputs=("the shape",),
        mistakes=(
            mistake(
                "wrong-transpose",
                "These are the columns first and then the rows: a shape counts rows first.",
                (SHAPE, "return W[1], x[0]"),
            ),
            mistake(
                "",
                "This is the shape of `x`: a product with `W` has as many columns as `W`.",
                (SHAPE, "return x"),
            ),
            mistake(
                "",
                "This is the shape of `W`: there is a row for each example, and `W` knows none.",
                (SHAPE, "return W"),
            ),
            mistake(
                "",
                "These are the inner sizes: those that agree and vanish.",
                (SHAPE, "return x[1], W[0]"),
            ),
            mistake(
                "",
                "The inner size has vanished once only: it is summed over, and nothing of it left.",
                (SHAPE, "return x[0], x[1], W[1]"),
            ),
            mistake(
                "",
                "These are all four sizes: the inner two are summed over.",
                (SHAPE, "return *x, *W"),
            ),
            mistake(
                "",
                "This is the shape of `b`: it is added to every row, and the rows stay.",
                (SHAPE, "return (W[1],)"),
            ),
            mistake(
                "",
                "One number per example: every unit of the layer has a sum of its own.",
                (SHAPE, "return (x[0],)"),
            ),
            mistake(
                "",
                "A bias is added to what is there: it makes no further column.",
                (SHAPE, "return x[0], W[1] + 1"),
            ),
            mistake(
                "",
                "`b` is added to what is there, not put beside it.",
                (SHAPE, "return x[0], W[1] + W[1]"),
            ),
            mistake(
                "",
                "A bias is added to every row: it is no row of its own.",
                (SHAPE, "return x[0] + 1, W[1]"),
            ),
            mistake(
                "",
                "That is how many numbers the result holds; a shape says how they stand.",
                (SHAPE, "return x[0] * W[1]"),
            ),
        ),
    ),
    Item(
        id="00.2",
        title="Which product fails?",
        kind="predict",
        difficulty=1,
        points=2,
        link="chapters/00_start.ipynb#Shapes",
        task=(
            "`x` is (10, 4) and `W` is (4, 7). Write `True` beside each product that NumPy "
            "refuses, and `False` beside each that runs."
        ),
        call="fails",
        starter=(
            "fails = {\n"
            '    "W @ x": ...,\n'
            '    "x @ W": ...,\n'
            '    "x.T @ x": ...,\n'
            '    "x @ x": ...,\n'
            '    "W.T @ x.T": ...,\n'
            "}\n"
        ),
        reference=(
            "def fails():\n"
            "    x, W = (10, 4), (4, 7)\n"
            "    x_T, W_T = (4, 10), (7, 4)\n"
            "    fails = {}  # where the inner sizes differ\n"
            '    fails["W @ x"] = W[1] != x[0]\n'
            '    fails["x @ W"] = x[1] != W[0]\n'
            '    fails["x.T @ x"] = x_T[1] != x[0]\n'
            '    fails["x @ x"] = x[1] != x[0]\n'
            '    fails["W.T @ x.T"] = W_T[1] != x_T[0]\n'
            "    return fails\n"
        ),
        explanation=(
            "Only the inner sizes count. An array times itself fits only if it is square, but with "
            "its own transpose it always does: `x.T @ x` meets over the 10 rows and is (4, 4). "
            "And turning both factors *and* their order gives the transpose of the product: "
            "$(xW)^\\top = W^\\top x^\\top$, so `W.T @ x.T` runs because `x @ W` does. That is "
            "the step between a book's columns and this book's rows."
        ),
        hints=(
            "Which two of the four sizes does a product compare?",
            "Write each pair of shapes side by side. A transpose swaps the sizes of its array.",
            "`W @ x` is (4, 7) @ (10, 4), and `x.T @ x` is (4, 10) @ (10, 4). Look at the inner "
            "two.",
        ),
        outputs=("which fail",),
        mistakes=(
            mistake(
                "",
                "the outer sizes are compared",
                ("W[1] != x[0]", "W[0] != x[1]"),
                ("x[1] != W[0]", "x[0] != W[1]"),
                ("x_T[1] != x[0]", "x_T[0] != x[1]"),
                ('["x @ x"] = x[1] != x[0]', '["x @ x"] = x[0] != x[1]'),
                ("W_T[1] != x_T[0]", "W_T[0] != x_T[1]"),
            ),
            mistake(
                "elementwise-for-matmul",
                "equal shapes are asked for, as `*` does; `@` compares inner sizes",
                ("W[1] != x[0]", "W != x"),
                ("x[1] != W[0]", "x != W"),
                ("x_T[1] != x[0]", "x_T != x"),
                ('["x @ x"] = x[1] != x[0]', '["x @ x"] = x != x'),
                ("W_T[1] != x_T[0]", "W_T != x_T"),
            ),
            mistake(
                "",
                "`True` stands where a product runs, and not where it fails",
                ("W[1] != x[0]", "W[1] == x[0]"),
                ("x[1] != W[0]", "x[1] == W[0]"),
                ("x_T[1] != x[0]", "x_T[1] == x[0]"),
                ('["x @ x"] = x[1] != x[0]', '["x @ x"] = x[1] == x[0]'),
                ("W_T[1] != x_T[0]", "W_T[1] == x_T[0]"),
            ),
            mistake(
                "",
                "the order is taken not to matter: that `x @ W` fits says nothing of `W @ x`",
                ("W[1] != x[0]", "x[1] != W[0]"),
            ),
            mistake(
                "",
                "`x @ W`, the product of every layer, is not read as (10, 4) @ (4, 7)",
                ("x[1] != W[0]", "x[0] != W[0]"),
            ),
            mistake(
                "wrong-transpose",
                "the sizes of `x.T` are not swapped",
                ("x_T[1] != x[0]", "x[1] != x[0]"),
            ),
            mistake(
                "",
                "two arrays of one shape are taken to fit: that is so for `+` and `*`",
                ('["x @ x"] = x[1] != x[0]', '["x @ x"] = x != x'),
            ),
            mistake(
                "",
                "in `W.T @ x.T` the sizes of only one of the two are swapped",
                ("W_T[1] != x_T[0]", "W[1] != x_T[0]"),
            ),
        ),
    ),
    Item(
        id="00.3",
        title="The average digit",
        kind="code",
        difficulty=1,
        points=3,
        link="chapters/00_start.ipynb#The-data",
        task=(
            "The average image of each class. `x` is (n, 64), one image per row; `y` is (n,), the "
            "labels, integers from 0 to 9, each of which occurs. Return an array (10, 64): in row "
            "k the average of the images of digit k. Then look at "
            '`figures.images(average_images(*data.digits()[0]), shape=(8, 8), title="Averages")`.'
        ),
        call="average_images(x, y)",
        starter=(
            "def average_images(x, y):\n"
            '    """The average image of each digit: x (n, 64), y (n,) -> (10, 64)."""\n'
            "    raise NotImplementedError\n"
        ),
        reference=(
            "def average_images(x, y):\n"
            "    means = []\n"
            "    for digit in range(10):\n"
            "        images = x[y == digit]\n"
            "        means.append(images.mean(axis=0))\n"
            "    return np.array(means)\n"
        ),
        explanation=(
            "`y == digit` is an array of n truths, and picks the rows of one class: (count, 64). "
            "The mean over axis 0 runs over the images and leaves the 64 pixels; over axis 1 it "
            "would run over the pixels and leave one number for each image. The rule for every "
            "sum and mean of NumPy: the axis that you name is the one that vanishes."
        ),
        hints=(
            "How do you pick the rows of `x` whose label is 3?",
            "`x[y == 3]` holds the images of one class. Which axis has to vanish in the mean?",
            "Collect `x[y == digit].mean(axis=0)` for each digit from 0 to 9, and make an array.",
        ),
        outputs=("the array of averages",),
        inputs=labelled_images,
        sizes=({"n": 37, "d": 64}, {"n": 53, "d": 64}),
        probes=({"n": 640, "d": 64},),
        small=({"n": 11, "d": 1}, {"n": 12, "d": 2}),
        edges=(
            Edge(says="one image of each digit", make=one_of_each),
            Edge(
                says="pixels that are whole numbers",
                make=whole_pixels,
                gentle=True,
                id="integer-dtype",
            ),
        ),
        mistakes=(
            mistake(
                "missing-1-over-n",
                "the images of a class are added, and not divided by their number",
                (MEANS, "means.append(images.sum(axis=0))"),
            ),
            mistake(
                "double-1-over-n",
                "the average is divided by the number of images once more",
                (MEANS, "means.append(images.mean(axis=0) / len(images))"),
            ),
            mistake(
                "",
                "each sum is divided by the number of all images, where that of its class is meant",
                (MEANS, "means.append(images.sum(axis=0) / len(x))"),
            ),
            mistake(
                "",
                "each sum is divided by 10, the number of classes",
                (MEANS, "means.append(images.sum(axis=0) / 10)"),
            ),
            mistake(
                "",
                "the average is divided by 10, the number of classes, besides",
                (MEANS, "means.append(images.mean(axis=0) / 10)"),
            ),
            mistake(
                "",
                "the mean runs over axis 1, the pixels, and leaves one number for each image",
                (MEANS, "means.append(images.mean(axis=1))"),
            ),
            mistake(
                "",
                "the mean runs over the pixels as well, and leaves one number for each class",
                (MEANS, "means.append(images.mean())"),
            ),
            mistake(
                "",
                "every row is the average of all images: nothing picks the class",
                (MEANS, "means.append(x.mean(axis=0))"),
            ),
            mistake(
                "",
                "the average of all images is returned: nothing picks the class",
                ("return np.array(means)", "return x.mean(axis=0)"),
            ),
            mistake(
                "first-example-only",
                "only the first image of each class counts",
                (MEANS, "means.append(images[0])"),
            ),
            mistake(
                "first-example-only",
                "row number k of `x` is taken for digit k: its label is not asked",
                (MEANS, "means.append(x[digit])"),
            ),
            mistake(
                "",
                "row number k of `x` is taken for digit k, and the mean runs over its pixels",
                (MEANS, "means.append(x[digit].mean())"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "each average overwrites the one before: that of the last digit is left",
                ("return np.array(means)", "return means[-1]"),
            ),
            mistake(
                "overwrite-not-accumulate",
                "each image overwrites the one before: the last of its class is left",
                (MEANS, "means.append(images[-1])"),
            ),
            mistake(
                "scatter-overwrite",
                "only the last image of each class is added: `sums[y] += x` does so, for "
                "repeated indices overwrite each other, where np.add.at adds them",
                (MEANS, "means.append(images[-1] / len(images))"),
            ),
            mistake(
                "",
                "mean = (mean + image) / 2 runs through the images: the last then counts half",
                (MEANS, running_mean("images[0]", "images[1:]")),
            ),
            mistake(
                "",
                "mean = (mean + image) / 2 runs through the images, from 0 on",
                (MEANS, running_mean("np.zeros(images.shape[1])", "images")),
            ),
            mistake(
                "not-zeroed",
                "the sum is not set to 0 before the next class: it holds the classes before, too",
                (MEANS, "means.append(x[y <= digit].sum(axis=0) / len(images))"),
            ),
            mistake(
                "not-zeroed",
                "each average is over its class and all classes before it",
                (MEANS, "means.append(x[y <= digit].mean(axis=0))"),
            ),
            mistake(
                "",
                "the images of all *other* digits are averaged",
                ("x[y == digit]", "x[y != digit]"),
            ),
            mistake(
                "",
                "the classes stand in the order in which they come in `y`, not from 0 to 9",
                ("range(10):", "dict.fromkeys(y.tolist()):"),
            ),
            mistake(
                "",
                "the digits are counted from 1, and 0 is left out",
                ("range(10):", "range(1, 10):"),
            ),
            mistake(
                "",
                "the digits are counted from 1 to 10, where they are 0 to 9",
                ("range(10):", "range(1, 11):"),
                (MEANS, "means.append(images.sum(axis=0) / len(images))"),
            ),
            mistake(
                "",
                "range ends at 8: range(9) leaves out its end",
                ("range(10):", "range(9):"),
            ),
            mistake(
                "wrong-transpose",
                "the result is transposed: the classes stand in columns",
                ("return np.array(means)", "return np.array(means).T"),
            ),
            mistake(
                "",
                "each image is left as a square, 8 by 8",
                ("return np.array(means)", "return np.array(means).reshape(10, 8, -1)"),
            ),
            mistake(
                "",
                "keepdims leaves an axis of length 1 in the middle",
                (MEANS, "means.append(images.mean(axis=0, keepdims=True))"),
            ),
            mistake(
                "",
                "the median stands where the mean is asked",
                (MEANS, "means.append(np.median(images, axis=0))"),
            ),
            mistake(
                "",
                "the largest value of each pixel is taken, not the mean",
                (MEANS, "means.append(images.max(axis=0))"),
            ),
            mistake(
                "integer-dtype",
                "the averages are cut to integers, and no pixel is larger than 1",
                ("return np.array(means)", "return np.array(means).astype(int)"),
            ),
        ),
    ),
    Item(
        id="00.4",
        title="Always right, one time in ten",
        kind="bug hunt",
        difficulty=2,
        points=3,
        link="chapters/00_start.ipynb#What-people-get-wrong-here",
        task=(
            "`share_right` is to say which share of the guesses is right, as one number from 0 to "
            "1. `guess` is (n, 1), the digit that a network takes each image for; `y` is (n,), the "
            "labels. But for a network that is *always* right, with each of the ten digits equally "
            "often, it returns 0.1, and NumPy does not complain. Repair it."
        ),
        call="share_right(guess, y)",
        starter=(
            "def share_right(guess, y):\n"
            '    """The share of right guesses: guess (n, 1), y (n,) -> one number."""\n'
            "    same = guess == y\n"
            "    return float(same.mean())\n"
        ),
        reference=(
            "def share_right(guess, y):\n"
            "    same = guess[:, 0] == y  # (n,) and (n,): entry by entry\n"
            "    return float(same.mean())\n"
        ),
        explanation=(
            "A column (n, 1) and a flat (n,) are not the same to NumPy. It lines shapes up from "
            "the *right*, so (n,) becomes (1, n), and both are stretched to (n, n): every guess "
            "is compared with every label. Nothing fails, and the mean is a number that looks "
            "possible. Bring both to one shape first: `guess[:, 0]` or `y[:, np.newaxis]`. And "
            "print the shapes of what you subtract or compare: it takes a second."
        ),
        hints=(
            "What is the shape of `same`, for five guesses and five labels?",
            "(n, 1) beside (n,) makes (n, n): every guess meets every label. Give both one shape.",
            "`guess[:, 0]` is the column as a flat array of n numbers.",
        ),
        outputs=("the share",),
        inputs=guesses,
        sizes=({"n": 43}, {"n": 61}, {"n": 52}),
        small=({"n": 3}, {"n": 4}, {"n": 5}),
        edges=(
            Edge(says="every guess right", make=all_right),
            Edge(says="no guess right", make=none_right),
            Edge(says="a single guess", make=one_guess),
        ),
        mistakes=(
            mistake(
                "column-vs-flat",
                "(n, 1) meets (n,), and every guess is compared with every label",
                (SAME, "same = guess == y"),
            ),
            mistake(
                "column-vs-flat",
                "every guess is compared with every label, and counts if *any* of them fits",
                (SAME, "same = (guess == y).any(axis=1)"),
            ),
            mistake(
                "column-vs-flat",
                "every label is compared with every guess, and counts if *any* of them fits",
                (SAME, "same = (guess == y).any(axis=0)"),
            ),
            mistake(
                "column-vs-flat",
                "all the pairs of the (n, n) table are counted, and divided by n",
                (SHARE, "float((guess == y).sum() / len(y))"),
            ),
            mistake(
                "column-vs-flat",
                "every guess is compared with every label, and the mean of the (n, n) table is "
                "multiplied by 10, which is right for a perfect network only",
                (SHARE, "float((guess == y).mean() * 10)"),
            ),
            mistake(
                "column-vs-flat",
                "every guess is compared with every label, and the (n, n) table has a mean for "
                "each row",
                (SHARE, "(guess == y).mean(axis=1)"),
            ),
            mistake(
                "column-vs-flat",
                "every guess is compared with every label, and the (n, n) table has a mean for "
                "each column",
                (SHARE, "(guess == y).mean(axis=0)"),
            ),
            mistake(
                "column-vs-flat",
                "every guess is compared with every label, and the (n, n) table is returned",
                (SHARE, "guess == y"),
            ),
            mistake(
                "first-example-only",
                "only the first guess counts: `guess[0]` is a row, `guess[:, 0]` the column",
                (SAME, "same = guess[0] == y"),
            ),
            mistake(
                "first-example-only",
                "only the first label counts",
                (SAME, "same = guess[:, 0] == y[0]"),
            ),
            mistake(
                "first-example-only",
                "only the first guess is compared, with the first label",
                (SHARE, "float(same[0])"),
            ),
            mistake(
                "first-example-only",
                "only the first guess is compared, and divided by n: a return ends the loop",
                (SHARE, "float(same[0] / len(y))"),
            ),
            mistake(
                "missing-1-over-n",
                "the right guesses are counted, and not divided by n",
                (SHARE, "float(same.sum())"),
            ),
            mistake("double-1-over-n", "", (SHARE, "float(same.mean() / len(y))")),
            mistake(
                "",
                "the share of the wrong guesses is taken",
                (SHARE, "float(1 - same.mean())"),
            ),
            mistake(
                "",
                "there is no mean: one truth for each guess is returned",
                (SHARE, "same"),
            ),
            mistake(
                "",
                "anything less than all right counts as 0: // rounds down, and `all` asks for all",
                (SHARE, "float(same.all())"),
            ),
            mistake(
                "",
                "`any` asks whether some guess is right",
                (SHARE, "float(same.any())"),
            ),
            mistake(
                "",
                "both are sorted before they are compared, and no guess meets its own label",
                (SAME, "same = np.sort(guess[:, 0]) == np.sort(y)"),
            ),
            mistake(
                "",
                "differences stand where equality is asked: their mean is no share",
                (SHARE, "float(np.mean(guess[:, 0] - y))"),
            ),
            mistake(
                "",
                "the distances of the digits are averaged, where equality is asked",
                (SHARE, "float(np.abs(guess[:, 0] - y).mean())"),
            ),
        ),
    ),
]

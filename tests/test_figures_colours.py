"""Promises about the book's colours: told apart with any colour vision, and on paper.

Colour vision is simulated after Machado, Oliveira and Fernandes (2009); distances are those of
CIE L*a*b*, where about 2 can just be seen side by side.
"""

import itertools

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from dlcore.figures import animations, sounds, stills, style

# Machado, Oliveira, Fernandes 2009, severity 1.0, for linear RGB.
COLOUR_VISION = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def lab(colour, vision):
    """CIE L*a*b* (D65) of a colour as seen with a kind of colour vision."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(COLOUR_VISION[vision]) @ linear, 0, 1)
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    t = to_xyz @ seen / [0.95047, 1.0, 1.08883]
    x, y, z = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", COLOUR_VISION)
def test_every_pair_of_line_colours_can_be_told_apart(vision):
    for one, other in itertools.combinations(style.LINE_COLOURS, 2):
        distance = np.linalg.norm(lab(one, vision) - lab(other, vision))
        assert distance > 14, (one, other, round(distance, 1))


def test_line_colours_stand_out_from_white_and_letters_more_so():
    for colour in style.LINE_COLOURS:
        assert style.contrast(colour) >= 3, colour
        assert style.contrast(style.ink(colour)) >= 4.5, colour
    assert style.VALUE in style.LINE_COLOURS and style.GRADIENT in style.LINE_COLOURS


def test_line_styles_change_along_with_the_colours():
    cycle = list(style.CYCLE)
    looks = [(entry["color"], str(entry["linestyle"])) for entry in cycle]
    assert len(set(looks)) == len(looks) == 10
    first = [str(entry["linestyle"]) for entry in cycle[:5]]
    assert len(set(first)) == 5


def test_contrast_is_that_of_the_standard():
    assert style.contrast("black") == pytest.approx(21)
    assert style.contrast("#767676") == pytest.approx(4.54, abs=0.01)  # WCAG's own example
    assert (style.on("#003A5C"), style.on("#FBE3D0")) == ("white", "black")


@pytest.mark.parametrize("vision", COLOUR_VISION)
def test_values_and_gradients_are_far_apart_as_lines_and_as_letters(vision):
    for look in (str, style.ink):
        distance = np.linalg.norm(
            lab(look(style.VALUE), vision) - lab(look(style.GRADIENT), vision)
        )
        assert distance > 80, (look.__name__, round(distance, 1))


def test_in_grey_the_first_five_lines_differ_in_lightness_or_in_dashes():
    lines = [(lab(e["color"], "normal")[0], str(e["linestyle"])) for e in list(style.CYCLE)[:5]]
    for (light, dashes), (other, its) in itertools.combinations(lines, 2):
        assert abs(light - other) > 20 or dashes != its


def test_what_stands_beside_a_picture_takes_its_colour_from_the_page():
    words = "What is heard and seen here is a loss that falls from epoch to epoch."
    for shown in (
        stills.Caption(words),
        sounds.Sound(b"", words),
        animations.Player(b"", words, 500, 3),
    ):
        assert words in shown._repr_html_()
        assert "color" not in shown._repr_html_()

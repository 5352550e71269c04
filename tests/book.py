"""What the book consists of: its notebooks, how long each may run, and what they run in."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = ROOT / "chapters"
EXERCISES = ROOT / "exercises"

# The table of contents. Links and exercises rely on these names.
NAMES = (
    "00_start",
    "01_background",
    "02a_gradient",
    "02b_gradient_descent",
    "02c_backpropagation",
    "02d_two_different_things",
    "03a_forward",
    "03b_error",
    "03c_backward",
    "03d_update",
    "04a_chain_rule",
    "04b_matrix_calculus",
    "04c_losses_softmax",
    "04d_tensor_autograd",
    "04e_trust_but_verify",
    "05a_the_network",
    "05b_frameworks",
    "05c_making_it_train",
    "05d_optimizers",
    "05e_debugging_clinic",
    "06a_images",
    "06b_language",
    "06c_recommender",
    "06d_driving",
    "07_tools",
    "08a_overfitting_and_bias",
    "08b_outlook",
    "A_understanding_the_error",
    "B_tuning_the_learning_rate",
    "C_optimising_performance",
    "D_glossary",
)

WHOLE_BOOK_SECONDS = 180.0


def seconds_allowed(name: str) -> float:
    """How many seconds a notebook may run; chapter 6, the applications, has more."""
    return 25.0 if name.startswith("06") else 15.0


def notebooks(folder: Path = CHAPTERS) -> list[Path]:
    """The notebooks of a folder in reading order (digits sort before letters)."""
    return sorted(folder.glob("*.ipynb"))


def settle_environment() -> None:
    """Forget the settings of a shell that would change what a notebook prints or draws."""
    for name in ("DLCORE_SEED", "DLCORE_EXERCISES", "DLCORE_FRAMES", "MPLBACKEND", "PYTHONSTARTUP"):
        os.environ.pop(name, None)

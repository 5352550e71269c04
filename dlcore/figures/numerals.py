"""Numbers as a figure writes them: short, and with a true minus sign."""


def minus(text: str) -> str:
    """The text with a true minus sign, as wide as a plus."""
    return text.replace("-", "−")


def short(number: float, decimals: int = 3) -> str:
    """A number in about six letters: so many decimals, fewer for large numbers."""
    size = abs(number)
    if size and (size < 0.5 * 10.0**-decimals or size >= 10_000):
        return minus(f"{number:.0e}".replace("e-0", "e-").replace("e+0", "e"))
    return minus(f"{number:.{decimals if size < 10 else 1 if size < 100 else 0}f}")


def trimmed(number: float, decimals: int = 3) -> str:
    """As `short`, without zeros at the end: a weight of 0.15 reads as it was chosen."""
    text = short(number, decimals)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def significant(number: float, digits: int = 3) -> str:
    """A number with so many significant digits: a gradient may be small and still matter."""
    return minus(f"{number:.{digits}g}".replace("e-0", "e-").replace("e+0", "e"))

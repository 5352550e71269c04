"""What a gradient check saw, in a form to read and to ask."""

from dataclasses import dataclass

__all__ = ["ArgumentCheck", "GradientCheck", "Place"]


@dataclass(frozen=True)
class Place:
    """Where a gradient and its witness were compared, and what each of them said.

    index: the entry, as in `array[index]`; None for a random direction through all entries.
    """

    index: tuple[int, ...] | None
    gradient: float
    witness: float

    def __str__(self) -> str:
        where = "along a random direction" if self.index is None else f"at {self.index}"
        return f"{where}: gradient {self.gradient:.9g}, witness {self.witness:.9g}"


@dataclass(frozen=True)
class ArgumentCheck:
    """What was seen of one argument's gradient.

    relative_error and tolerance belong to the worst place: the largest difference there, against
    the largest value of its kind, and what was allowed. entries, directions: how many were
    compared. kinks: how many were not, because no derivative exists there. method: 'complex step'
    or 'central differences'. worst is None if nothing could be compared; that is no pass. change:
    how far a second call's gradient is from the first one's, against the largest entry.
    """

    name: str
    shape: tuple[int, ...]
    passed: bool
    relative_error: float
    tolerance: float
    worst: Place | None
    entries: int
    directions: int
    kinks: int
    method: str
    zero: bool  # both gradients are zero throughout
    change: float = 0.0

    def __str__(self) -> str:
        size = 1
        for side in self.shape:
            size *= side
        seen = f"{self.entries} of {size} entries"
        if self.directions:
            seen += f" and {self.directions} random directions"
        kinks = f"; kinks avoided: {self.kinks}" if self.kinks else ""
        sign = "≤" if self.relative_error <= self.tolerance else ">"
        changed = f"\n      another gradient when asked again: {self.change:.1e} away"
        found = f"relative error {self.relative_error:.1e} {sign} {self.tolerance:.1e}"
        return (
            f"{'ok   ' if self.passed else 'WRONG'} {self.name} {self.shape}: "
            f"{found if self.worst else 'nothing could be compared'}\n"
            f"      {seen}, {self.method}{kinks}"
            + (f"\n      worst {self.worst}" if self.worst else "")
            + (changed if self.change else "")
        )


@dataclass(frozen=True, repr=False)
class GradientCheck:
    """The report of `check_gradient`: true if every argument passed; prints as text.

    arguments: one ArgumentCheck for each array, in order. notes: what limits the check.
    """

    arguments: tuple[ArgumentCheck, ...]
    notes: tuple[str, ...]
    rtol: float
    seed: int

    @property
    def passed(self) -> bool:
        """Whether every argument's gradient agrees with its witness."""
        return all(argument.passed for argument in self.arguments)

    def __bool__(self) -> bool:
        return self.passed

    def __getitem__(self, name: str) -> ArgumentCheck:
        """The argument of this name, such as "x['W']"; KeyError lists the names there are."""
        for argument in self.arguments:
            if argument.name == name:
                return argument
        raise KeyError(f"{name!r}; there are {[argument.name for argument in self.arguments]}")

    def __str__(self) -> str:
        verdict = "passed" if self.passed else "FAILED"
        lines = [f"gradient check {verdict} (rtol {self.rtol:.1e}, seed {self.seed})"]
        return "\n".join([*lines, *map(str, self.arguments), *(f"note: {n}" for n in self.notes)])

    __repr__ = __str__

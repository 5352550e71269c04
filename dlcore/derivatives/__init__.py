"""Derivatives of any function: the witnesses that fast derivatives are tested against.

Nothing in here knows about layers or tapes. Differences ask a function for its values, dual
numbers send a derivative along with every value, Jacobians put such answers side by side, and
`check_gradient` holds a gradient somebody wrote against them and reports what it saw.

differences.py  forward and central differences, the complex step, the relative error
dual.py         numbers that carry their derivative: forward mode
jacobians.py    all derivatives at once, along a direction (jvp), or weighted (vjp)
arguments.py    arguments in tuples, lists and dicts, laid out flat and put together again
witness.py      one slope by central differences, with its own error, and kinks
probes.py       what a gradient says about one entry or direction beside what the function says
report.py       what a check saw
check.py        a gradient against its witnesses
"""

from dlcore.derivatives.check import check_gradient
from dlcore.derivatives.differences import (
    central_difference,
    complex_step,
    forward_difference,
    relative_error,
)
from dlcore.derivatives.dual import Dual, derivative
from dlcore.derivatives.jacobians import jacobian, jvp, vjp
from dlcore.derivatives.report import ArgumentCheck, GradientCheck

__all__ = [
    "ArgumentCheck",
    "Dual",
    "GradientCheck",
    "central_difference",
    "check_gradient",
    "complex_step",
    "derivative",
    "forward_difference",
    "jacobian",
    "jvp",
    "relative_error",
    "vjp",
]

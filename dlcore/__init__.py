"""The library behind *Backpropagation and Gradient Descent*, a textbook that runs.

Each module implements one stage of the book and can be read beside it. They stand on each
other in one order, and a module imports only what comes before it: checks, files, data,
derivatives, descent, scalar, steps, rules, tensor, nn, and then figures, which draws and
never trains.
"""

__version__ = "0.1.0"

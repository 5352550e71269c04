"""Every operation beside its derivative, written once.

A rule is a pair of functions. `name` computes the result from the inputs. `name_vjp` takes the
derivative of the error with respect to the result, and returns the derivative with respect to
each input: the vector-Jacobian product, which is all that backpropagation ever asks for. The
rules are pure. With `out=` they write into arrays the caller keeps, which saves a training
step from making new ones; `out` may then be the incoming derivative itself.

affine.py       z = x W + b
activations.py  relu, sigmoid, tanh, softmax
losses.py       cross-entropies and squared error, one number per row
penalties.py    what regularisers add to the error
"""

from dlcore.rules import activations, affine, losses, penalties

__all__ = ["activations", "affine", "losses", "penalties"]

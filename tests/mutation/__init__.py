"""Every rule broken on purpose, in every small way a slip can break it, to see a test notice.

operators.py    the ways to break a function: a sign, a transpose, a factor, `=` for `+=`, …
workers.py      warm processes that put one broken function in place and run the tests reaching it
equivalents.py  what looks broken and computes the same, with the reason
"""

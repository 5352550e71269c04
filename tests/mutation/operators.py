"""The small ways to break code: each makes one change to one expression or statement.

An operator looks at a node of the syntax tree and yields what may stand in its place. The
changes are those that a slip of the pen makes in a derivation: a sign, a transpose, a factor,
an axis, a comparison, a constant, `=` for `+=`.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["OPERATORS", "Mutant", "mutants"]

Operator = Callable[[ast.AST], Iterator[ast.AST]]

OPERATORS: dict[str, Operator] = {}


class Mutant(NamedTuple):
    """One change to a file: where it is, what the statement said before, what it says after."""

    file: str
    function: str  # "" for a constant of the module
    line: int
    operator: str
    before: str
    after: str
    source: str  # the whole file, changed

    @property
    def module(self) -> str:
        return self.file.removesuffix(".py").replace("/", ".")

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What stays the same when lines move: the file, the function, before and after."""
        return Path(self.file).stem, self.function, self.before, self.after

    def __str__(self) -> str:
        where = f"{self.file}:{self.line} {self.function}".rstrip()
        return f"{where}, {self.operator}\n    - {self.before}\n    + {self.after}"


def mutants(path: Path, root: Path) -> Iterator[Mutant]:
    """Every mutant of a file's functions and constants, each text once; it lies under `root`.

    Left alone is what is read and not computed: docstrings, annotations, unions of types,
    decorators, classes, `__all__`, the wording of errors, zip's strict=, and the -1 of a
    reshape, which might be any negative number.
    """
    file = path.relative_to(root).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    seen = {ast.unparse(tree)}
    for top in tree.body:
        if isinstance(top, ast.FunctionDef):
            function = top.name
        elif isinstance(top, ast.Assign) and not _names_all(top):
            function = ""
        else:
            continue
        for parent, field, index, node, statement in list(_places(top, top)):
            before = _text(statement)
            for operator, change in OPERATORS.items():
                for new in change(node):
                    _put(parent, field, index, new)
                    source = ast.unparse(ast.fix_missing_locations(tree))
                    after = _text(new if node is statement else statement)
                    _put(parent, field, index, node)
                    if source not in seen:
                        seen.add(source)
                        line = getattr(node, "lineno", statement.lineno)
                        yield Mutant(file, function, line, operator, before, after, source)


# Where something can be changed

Place = tuple[ast.AST, str, int | None, ast.AST, ast.stmt]
READ_ONLY = {"annotation", "returns", "decorator_list", "exc", "cause", "type_params"}


def _places(node: ast.AST, statement: ast.stmt) -> Iterator[Place]:
    """(parent, field, index, node, statement it stands in) of every node under this one."""
    if _is_union(node) or (isinstance(node, ast.keyword) and node.arg == "strict"):
        return
    for field, value in ast.iter_fields(node):
        if field in READ_ONLY:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not _is_what_is_left_over(child, node):
                within = child if isinstance(child, ast.stmt) else statement
                yield node, field, index, child, within
                yield from _places(child, within)


def _is_union(node: ast.AST) -> bool:
    """int | None and the like: nothing but names of types."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _is_union(node.left) or _is_type(node.left)
    return False


def _is_what_is_left_over(node: ast.AST, parent: ast.AST) -> bool:
    """The -1 of x.reshape(-1, 3)."""
    called = parent.func if isinstance(parent, ast.Call) else None
    reshapes = isinstance(called, ast.Attribute) and called.attr == "reshape"
    return reshapes and ast.unparse(node) == "-1"


def _is_type(node: ast.AST) -> bool:
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript)


def _put(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def _text(statement: ast.stmt) -> str:
    """The statement in one line: of an `if`, a `for` or a `def` its first line alone."""
    return ast.unparse(statement).strip().split("\n")[0]


def _names_all(node: ast.Assign) -> bool:
    return isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__"


# The operators


def operator(name: str) -> Callable[[Operator], Operator]:
    def add(change: Operator) -> Operator:
        OPERATORS[name] = change
        return change

    return add


SIGNS = {ast.Add: ast.Sub, ast.Sub: ast.Add}
FACTORS = {ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Pow: ast.Mult}
SIGN_UFUNCS = {"add": "subtract", "subtract": "add"}
FACTOR_UFUNCS = {"multiply": "divide", "divide": "multiply"}
NEUTRAL = {"add": 0, "subtract": 0, "multiply": 1, "divide": 1}


def _of_numpy(node: ast.AST) -> str:
    """'add' for np.add, also for np.add in np.add.reduce; '' for anything else."""
    named = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    return node.attr if named and node.value.id == "np" else ""


def _binary(node: ast.AST, swaps: dict[type, type]) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp) and type(node.op) in swaps:
        yield ast.BinOp(node.left, swaps[type(node.op)](), node.right)


def _renamed(node: ast.AST, swaps: dict[str, str]) -> Iterator[ast.AST]:
    if _of_numpy(node) in swaps:
        yield ast.Attribute(node.value, swaps[node.attr], ast.Load())


@operator("a sign turned round")
def _(node: ast.AST) -> Iterator[ast.AST]:
    yield from _binary(node, SIGNS)
    yield from _renamed(node, SIGN_UFUNCS)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    if isinstance(node, ast.AugAssign) and type(node.op) in SIGNS:
        yield ast.AugAssign(node.target, SIGNS[type(node.op)](), node.value)


@operator("a factor turned over")
def _(node: ast.AST) -> Iterator[ast.AST]:
    yield from _binary(node, FACTORS)
    yield from _renamed(node, FACTOR_UFUNCS)


@operator("an operand left out")
def _(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp) and not _is_union(node):
        yield node.left
        yield ast.UnaryOp(ast.USub(), node.right) if isinstance(node.op, ast.Sub) else node.right
    if isinstance(node, ast.BoolOp):
        for i in range(len(node.values)):
            yield ast.BoolOp(node.op, node.values[:i] + node.values[i + 1 :])
    if isinstance(node, ast.Call) and _of_numpy(node.func) in NEUTRAL and len(node.args) == 2:
        neutral = ast.Constant(NEUTRAL[node.func.attr])
        for args in ([node.args[0], neutral], [neutral, node.args[1]]):
            yield ast.Call(node.func, args, node.keywords)


@operator("a transpose left out")
def _(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    called = node.func if isinstance(node, ast.Call) else None
    if isinstance(called, ast.Attribute) and called.attr in ("swapaxes", "transpose"):
        yield called.value


IN_ORDER = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
IN_ANY_ORDER = {"add", "broadcast_shapes", "max", "maximum", "min", "minimum", "multiply",
                "not_equal", "result_type", "swapaxes"}  # fmt: skip


@operator("two things swapped")
def _(node: ast.AST) -> Iterator[ast.AST]:
    """Operands, the first two arguments, or the results of a function."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, IN_ORDER):
        yield ast.BinOp(node.right, node.op, node.left)
    if isinstance(node, ast.Call) and len(node.args) > 1:
        first, second, *rest = node.args
        if ast.unparse(node.func).split(".")[-1] not in IN_ANY_ORDER:
            yield ast.Call(node.func, [second, first, *rest], node.keywords)
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        first, second, *rest = node.value.elts
        yield ast.Return(ast.Tuple([second, first, *rest], ast.Load()))


@operator("= for +=")
def _(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.AugAssign):
        yield ast.Assign([node.target], node.value)
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Call) and ast.unparse(call.func) == "np.add.at":
        into, index, value = call.args
        at = ast.Subscript(into, index, ast.Store())
        yield ast.Assign([at], value)
        yield ast.AugAssign(at, ast.Add(), value)


COMPARISONS = {
    ast.Gt: (ast.Lt, ast.GtE),
    ast.GtE: (ast.LtE, ast.Gt),
    ast.Lt: (ast.Gt, ast.LtE),
    ast.LtE: (ast.GtE, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}


@operator("a comparison turned round")
def _(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        for i, old in enumerate(node.ops):
            for new in COMPARISONS[type(old)]:
                yield ast.Compare(
                    node.left, [*node.ops[:i], new(), *node.ops[i + 1 :]], node.comparators
                )
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    test = node.test if isinstance(node, ast.If | ast.IfExp) else None
    if test and not isinstance(test, ast.Compare | ast.UnaryOp):  # those are turned themselves
        yield type(node)(ast.UnaryOp(ast.Not(), test), node.body, node.orelse)


@operator("another constant")
def _(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Constant):
        return
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)
    elif isinstance(node.value, float):
        yield ast.Constant(2 * node.value or 1.0)


EXTREMES = {"max": "min", "min": "max", "argmax": "argmin", "maximum": "minimum",
            "minimum": "maximum"}  # fmt: skip


@operator("largest for smallest")
def _(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Attribute) and node.attr in EXTREMES:
        yield ast.Attribute(node.value, EXTREMES[node.attr], ast.Load())
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in EXTREMES:
        yield ast.Name(EXTREMES[node.id], ast.Load())


@operator("a mean for a sum")
def _(node: ast.AST) -> Iterator[ast.AST]:
    swaps = {"mean": "sum", "sum": "mean"}
    if isinstance(node, ast.Attribute) and node.attr in swaps:
        yield ast.Attribute(node.value, swaps[node.attr], ast.Load())


@operator("an option left out")
def _(node: ast.AST) -> Iterator[ast.AST]:
    """axis=, keepdims=, out=, where=, …"""
    if isinstance(node, ast.Call):
        for i, keyword in enumerate(node.keywords):
            if keyword.arg != "strict":
                rest = node.keywords[:i] + node.keywords[i + 1 :]
                yield ast.Call(node.func, node.args, rest)


FUNCTIONS = {"abs", "exp", "log", "sign", "sqrt", "square", "tanh"}


@operator("a function left out")
def _(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and _of_numpy(node.func) in FUNCTIONS:
        yield node.args[0]


@operator("a statement left out")
def _(node: ast.AST) -> Iterator[ast.AST]:
    said = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)  # a docstring
    if isinstance(node, ast.AugAssign) or (isinstance(node, ast.Expr) and not said):
        yield ast.Pass()
    if isinstance(node, ast.Raise):
        yield ast.Pass()

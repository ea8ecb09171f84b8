"""Expressions: the conditions, table cells and deadlines that stand in a diagram.

A diagram is untrusted input, so nothing is ever handed to `eval`: the source
is parsed to a tree, each node is checked against a short list, and the tree
becomes closures that are compiled once and kept. Syntax is that of Python's
expressions: `and or not == != < <= > >= in not in + - * / // %`, literals in
single or double quotes, lists, names and six pure functions.

What is not on the list is `Refused` when it is compiled. What goes wrong with
the data of a case (a missing value, unlike kinds, a number beyond 10**12) is
`NotEvaluable`: an incident for people to look at, never a silent False.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from workflows.errors import WorkflowError
from workflows.expression_values import COMPARE, FUNCTIONS, OPERATE, NotEvaluable, known, number, truth

__all__ = [
    "FUNCTIONS",
    "Duration",
    "Expression",
    "NotEvaluable",
    "Refused",
    "compile_expression",
    "longest",
    "parse_duration",
]

MAX_SOURCE = 500
MAX_DEPTH = 12
MAX_NODES = 100

Data = Mapping[str, object]
_Closure = Callable[[Data], object]

_STRING = re.compile(r"'[^']*'|\"[^\"]*\"")
_DURATION = re.compile(
    r"(?P<unit>working_days|days|months)\("
    r"(?:(?P<amount>[1-9][0-9]{0,3})|policy\('(?P<policy>[a-z][a-z0-9_-]*(?:\.[a-z0-9_]+)*)'\))\)"
    r"|date\('(?P<field>[a-z][a-z0-9_]*)'\)"
)
_FIVE_YEARS = {"working_days": 1_300, "days": 1_826, "months": 60}


class Refused(WorkflowError):
    """The source is not one of the expressions a diagram may hold."""

    code = "expression.refused"

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason=reason, detail=detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Expression:
    """A checked expression and the names of the data it reads."""

    source: str
    names: frozenset[str]
    compared: frozenset[tuple[str, str]]
    """Each name with the texts it is compared with, so that the lint can ask whether it ever has them."""
    answers: bool
    """Whether it may serve as a condition: its value is not surely something else than a bool."""
    _value: _Closure

    def evaluate(self, data: Data) -> object:
        """The value: bool, int, Decimal, str, None or a list of these. Raises `NotEvaluable`."""
        return self._value(data)

    def holds(self, data: Data) -> bool:
        """The answer of a condition; anything but a real bool is `NotEvaluable`."""
        return truth(self._value(data))


@dataclass(frozen=True)
class Duration:
    """A deadline or timer: a number of `unit`, given here or by a policy value, or the date in a field."""

    unit: str  # working_days, days, months or date
    amount: int | None = None
    policy: str | None = None
    field: str | None = None


@lru_cache(maxsize=4096)
def compile_expression(source: str, names: frozenset[str] | None = None) -> Expression:
    """Compile `source`; with `names`, every name it reads must be one of them. Raises `Refused`."""
    tree = _parse(source)
    used = frozenset(_names_in(tree))
    closure = _compile(tree)
    if names is not None and (unknown := sorted(used - names)):
        raise Refused("unknown_name", unknown[0])
    return Expression(source, used, frozenset(_compared(tree)), _answers(tree), closure)


def parse_duration(source: str) -> Duration:
    """`working_days(n)`, `days(n)`, `months(n)` or `date(field)`, at most five years. Raises `Refused`."""
    match = _DURATION.fullmatch(source.strip(" "))
    if match is None:
        raise Refused("duration", source[:MAX_SOURCE])
    unit = match["unit"] or "date"
    amount = int(match["amount"]) if match["amount"] else None
    if amount is not None and amount > longest(unit):
        raise Refused("duration", source)
    return Duration(unit, amount, match["policy"], match["field"])


def longest(unit: str) -> int:
    """Five years in `unit`: the bound for a number in a diagram and for a policy value."""
    return _FIVE_YEARS[unit]


def _parse(source: str) -> ast.expr:
    """The tree of `source`, after the limits that must hold before Python's parser sees it."""
    if len(source) > MAX_SOURCE:
        raise Refused("too_long", str(len(source)))
    text = source.translate({9: " ", 10: " ", 13: " "}).strip(" ")
    if not text:
        raise Refused("empty")
    bare = _STRING.sub("''", text)
    if "\\" in text or "#" in bare or "'''" in text or '"""' in text or not text.isprintable():
        raise Refused("syntax")
    if re.search(r"'' *''", bare):
        raise Refused("syntax")  # a missing comma would glue two texts into a third
    if not bare.isascii():
        raise Refused("not_ascii")
    _check_depth(bare)
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise Refused("syntax") from error
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        raise Refused("too_long")
    return tree


def _check_depth(bare: str) -> None:
    depth = 0
    for sign in bare:
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        if depth > MAX_DEPTH:
            raise Refused("too_deep")


def _names_in(tree: ast.expr) -> Iterator[str]:
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and id(node) not in functions:
            yield node.id


def _compared(tree: ast.expr) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name):
            for part in (leaf for operand in node.comparators for leaf in ast.walk(operand)):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield node.left.id, part.value


def _answers(tree: ast.expr) -> bool:
    if isinstance(tree, ast.BoolOp):
        return all(_answers(value) for value in tree.values)
    if isinstance(tree, ast.UnaryOp):
        return isinstance(tree.op, ast.Not) and _answers(tree.operand)
    if isinstance(tree, ast.Constant):
        return isinstance(tree.value, bool)
    if isinstance(tree, ast.Call):
        return isinstance(tree.func, ast.Name) and tree.func.id in ("starts_with", "ends_with")
    return isinstance(tree, ast.Compare | ast.Name)


# --- from a tree to closures ------------------------------------------------


def _compile(node: ast.expr) -> _Closure:
    make = _NODES.get(type(node))
    if make is None:
        raise Refused("not_allowed", type(node).__name__.lower())
    return make(node)


def _constant(node: ast.Constant) -> _Closure:
    if isinstance(node.value, bytes | complex) or node.value is ...:
        raise Refused("not_allowed", type(node.value).__name__)
    try:
        value = known(Decimal(repr(node.value)) if isinstance(node.value, float) else node.value)
    except NotEvaluable as error:
        raise Refused("number_too_large") from error
    return lambda _data: value


def _name(node: ast.Name) -> _Closure:
    key = node.id

    def read(data: Data) -> object:
        try:
            value = data[key]
        except KeyError:
            raise NotEvaluable("missing", key) from None
        return known(value)

    return read


def _list(node: ast.List) -> _Closure:
    items = [_compile(item) for item in node.elts]
    return lambda data: [item(data) for item in items]


def _unary(node: ast.UnaryOp) -> _Closure:
    value = _compile(node.operand)
    if isinstance(node.op, ast.Not):
        return lambda data: not truth(value(data))
    if isinstance(node.op, ast.USub):
        return lambda data: -number(value(data))
    raise Refused("not_allowed", type(node.op).__name__.lower())


def _bool(node: ast.BoolOp) -> _Closure:
    values = [_compile(value) for value in node.values]
    if isinstance(node.op, ast.And):
        return lambda data: all(truth(value(data)) for value in values)
    return lambda data: any(truth(value(data)) for value in values)


def _operation(node: ast.BinOp) -> _Closure:
    operate = OPERATE.get(type(node.op))
    if operate is None:
        raise Refused("not_allowed", type(node.op).__name__.lower())
    left, right = _compile(node.left), _compile(node.right)
    return lambda data: known(operate(number(left(data)), number(right(data))))


def _comparison(node: ast.Compare) -> _Closure:
    first = _compile(node.left)
    steps = []
    for operator, operand in zip(node.ops, node.comparators, strict=True):
        if type(operator) not in COMPARE:
            raise Refused("not_allowed", type(operator).__name__.lower())
        steps.append((COMPARE[type(operator)], _compile(operand)))

    def compare(data: Data) -> bool:
        left = first(data)
        for test, operand in steps:
            right = operand(data)
            if not test(left, right):
                return False
            left = right
        return True

    return compare


def _call(node: ast.Call) -> _Closure:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in FUNCTIONS or node.keywords:
        raise Refused("call", name)
    function, least, most = FUNCTIONS[name]
    if not least <= len(node.args) <= most:
        raise Refused("call", name)
    arguments = [_compile(argument) for argument in node.args]
    return lambda data: known(function(*(argument(data) for argument in arguments)))


_NODES: dict[type[ast.expr], Callable[..., _Closure]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.List: _list,
    ast.UnaryOp: _unary,
    ast.BoolOp: _bool,
    ast.BinOp: _operation,
    ast.Compare: _comparison,
    ast.Call: _call,
}

"""What expressions compute with: kinds of values, their limits, operations, functions.

Numbers are int or Decimal (a float from JSON becomes Decimal), at most 10**12
either way, checked before and after each operation; a bool is not a number;
texts are at most 1,000 characters and lists 1,000 items. There is no `%` on
texts and no `+` or `*` on texts and lists: nothing can be made to grow.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from decimal import Context, Decimal

from workflows.errors import WorkflowError

MAX_NUMBER = 10**12
MAX_TEXT = 1000
MAX_LIST = 1000

NUMBER = (int, Decimal)
_ARITHMETIC = Context(prec=28)


class NotEvaluable(WorkflowError):
    """The expression has no value for this data: an incident, never False."""

    code = "expression.not_evaluable"

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason=reason, detail=detail)
        self.reason = reason


def known(value: object) -> object:
    """A value the evaluator works with: floats become Decimal, the rest is checked for size."""
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise NotEvaluable("text_too_long")
        return value
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, NUMBER):
        return _bounded(value)
    if isinstance(value, list | tuple):
        if len(value) > MAX_LIST or any(isinstance(item, list | tuple) for item in value):
            raise NotEvaluable("list_too_large")
        return [known(item) for item in value]
    raise NotEvaluable("kind", type(value).__name__)


def _bounded(number: int | Decimal) -> int | Decimal:
    if isinstance(number, Decimal) and not number.is_finite():
        raise NotEvaluable("not_a_number")
    if not -MAX_NUMBER <= number <= MAX_NUMBER:
        raise NotEvaluable("number_too_large")
    return number


def number(value: object) -> int | Decimal:
    if isinstance(value, bool) or not isinstance(value, NUMBER):
        raise NotEvaluable("not_a_number", type(value).__name__)
    return value


def truth(value: object) -> bool:
    if value is True or value is False:
        return value
    raise NotEvaluable("not_a_condition", type(value).__name__)


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, NUMBER) else type(value).__name__


def _equal(a: object, b: object) -> bool:
    """Equality within one kind. `'3' == 3` is a slip of the author, so an error; None equals only None."""
    if a is None or b is None:
        return a is b
    if _kind(a) != _kind(b):
        raise NotEvaluable("unlike", f"{_kind(a)}, {_kind(b)}")
    return a == b


def _ordered(a: object, b: object) -> int:
    """-1, 0 or 1 for two numbers or two texts."""
    if isinstance(a, str) and isinstance(b, str):
        return (a > b) - (a < b)
    left, right = number(a), number(b)
    return (left > right) - (left < right)


def _within(a: object, b: object) -> bool:
    if not isinstance(b, list):
        raise NotEvaluable("not_a_list", _kind(b))
    return any(_equal(a, item) for item in b)


def _divided(a: int | Decimal, b: int | Decimal, how: str) -> int | Decimal:
    if b == 0:
        raise NotEvaluable("division_by_zero")
    if how == "/":
        return _ARITHMETIC.divide(Decimal(a), Decimal(b))
    below = (a // b) if isinstance(a, int) and isinstance(b, int) else _floor(a, b)
    if how == "//":
        return below
    return a - below * b


def _floor(a: int | Decimal, b: int | Decimal) -> Decimal:
    """Rounding down like whole numbers do; `Decimal` itself rounds towards zero."""
    return _ARITHMETIC.divide(Decimal(a), Decimal(b)).to_integral_value("ROUND_FLOOR")


COMPARE: dict[type[ast.cmpop], Callable[[object, object], bool]] = {
    ast.Eq: _equal,
    ast.NotEq: lambda a, b: not _equal(a, b),
    ast.Lt: lambda a, b: _ordered(a, b) < 0,
    ast.LtE: lambda a, b: _ordered(a, b) <= 0,
    ast.Gt: lambda a, b: _ordered(a, b) > 0,
    ast.GtE: lambda a, b: _ordered(a, b) >= 0,
    ast.In: _within,
    ast.NotIn: lambda a, b: not _within(a, b),
}

_Number = int | Decimal
OPERATE: dict[type[ast.operator], Callable[[_Number, _Number], _Number]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: _divided(a, b, "/"),
    ast.FloorDiv: lambda a, b: _divided(a, b, "//"),
    ast.Mod: lambda a, b: _divided(a, b, "%"),
}


def _extreme(choose: Callable[[list[_Number]], _Number]) -> Callable[..., object]:
    def function(*values: object) -> object:
        items = values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)
        if not items:
            raise NotEvaluable("list_empty")
        return choose([number(item) for item in items])

    return function


def _length(value: object) -> object:
    if isinstance(value, str | list):
        return len(value)
    raise NotEvaluable("not_a_list", _kind(value))


def _text_pair(test: Callable[[str, str], bool]) -> Callable[..., object]:
    def function(text: object, part: object) -> object:
        if isinstance(text, str) and isinstance(part, str):
            return test(text, part)
        raise NotEvaluable("not_a_text")

    return function


# name -> function, least and most arguments
FUNCTIONS: dict[str, tuple[Callable[..., object], int, int]] = {
    "abs": (lambda value: abs(number(value)), 1, 1),
    "min": (_extreme(min), 1, 20),
    "max": (_extreme(max), 1, 20),
    "len": (_length, 1, 1),
    "starts_with": (_text_pair(str.startswith), 2, 2),
    "ends_with": (_text_pair(str.endswith), 2, 2),
}

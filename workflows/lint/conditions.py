"""Conditions: allowed in writing, over data that exists, compared with answers that are offered."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.diagram import Flow
from workflows.expressions import FUNCTIONS, Expression, Refused, compile_expression
from workflows.lint.context import Context
from workflows.lint.finding import Finding
from workflows.lint.flows import CHOICES
from workflows.lint.names import listed
from workflows.lint.people import HUMAN

RESERVED = frozenset({"typename", "policy", "working_days", "days", "months", "date", *FUNCTIONS})
"""Names with a meaning of their own; `typename` breaks the library's serializer."""

_WHY = {
    "too_long": "太长",
    "too_deep": "括号套得太深",
    "call": "调用了“{x}”",
    "empty": "没有写条件",
    "not_ascii": "名字只能用英文字母",
    "number_too_large": "数太大",
}
_PARTS = {"attribute": "用了属性（点号）", "subscript": "用了下标（方括号）", "ifexp": "用了 if"}


def check(context: Context) -> Iterator[Finding]:
    offered = frozenset(
        word for node in context.of_kind(*HUMAN) for word in node.attributes.get("decisions", "").split()
    )
    for flow in context.process.flows.values():
        if flow.condition is not None and flow.source.kind in CHOICES:
            yield from _condition(context, flow, flow.condition, offered)


def _condition(context: Context, flow: Flow, source: str, offered: frozenset[str]) -> Iterator[Finding]:
    if '"' in source:
        yield context.on("L26", flow, why="请用单引号")
    try:
        expression = compile_expression(source)
    except Refused as refused:
        yield context.on("L26", flow, why=_why(refused))
        return
    if not expression.answers:
        yield context.on("L26", flow, why="不是一个判断")
    yield from _names(context, flow, expression, offered)


def _names(
    context: Context, flow: Flow, expression: Expression, offered: frozenset[str]
) -> Iterator[Finding]:
    for name in sorted(expression.names):
        if name in RESERVED:
            yield context.on("L40", flow, x=name)
        elif name not in context.variables:
            yield context.on("L25", flow, x=name, names=listed(context.variables))
    for name, text in sorted(expression.compared):
        if name == "decision" and text not in offered:
            yield context.on("L25", flow, x=f"decision 为 {text}", names=listed(offered))


def _why(refused: Refused) -> str:
    if refused.reason == "not_allowed":
        return _PARTS.get(refused.detail, "用了这里没有的写法")
    return _WHY.get(refused.reason, "写法有误").format(x=refused.detail[:40])

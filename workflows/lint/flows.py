"""Choices: gateways, their answers, and conditions where they do nothing."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.diagram import Node
from workflows.lint.context import Context
from workflows.lint.finding import Finding
from workflows.lint.names import label

CHOICES = frozenset({"exclusiveGateway", "inclusiveGateway"})


def check(context: Context) -> Iterator[Finding]:
    for flow in context.process.flows.values():
        choice = flow.source.kind in CHOICES
        if flow.condition is not None and (not choice or flow.source.default is flow):
            yield context.on("L07", flow, n=label(flow.source))
    for node in context.process.nodes.values():
        if node.kind in CHOICES:
            yield from _choice(context, node)
        if node.kind == "eventBasedGateway":
            yield from _first_event(context, node)
        yield from _direction(context, node)


def _choice(context: Context, node: Node) -> Iterator[Finding]:
    """Every choice has an else; every other answer has a condition."""
    if len(node.outgoing) == 1 and node.outgoing[0].condition is None:
        return
    if node.default is None:
        yield context.at("L08", node)
    for flow in node.outgoing:
        if flow.condition is None and flow is not node.default:
            yield context.on("L26", flow, why="没有写条件")


def _first_event(context: Context, node: Node) -> Iterator[Finding]:
    for flow in node.outgoing:
        target = flow.target
        waits = target.kind == "intermediateCatchEvent" and target.event in ("timer", "message")
        if not waits or len(target.incoming) > 1:
            yield context.at("L52", node)
            return


def _direction(context: Context, node: Node) -> Iterator[Finding]:
    direction = node.xml.get("gatewayDirection", "")
    contradicts = (direction == "Converging" and len(node.outgoing) > 1) or (
        direction == "Diverging" and len(node.incoming) > 1
    )
    if contradicts:
        yield context.at("L52/mixed", node)

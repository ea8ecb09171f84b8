"""How the drawing hangs together: starts, ends, reachability, cycles, subprocesses."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.diagram import SCOPES, Node, local
from workflows.lint.context import Context
from workflows.lint.finding import Finding, finding
from workflows.lint.graph import WAITS, Passage, cycles, reachable
from workflows.lint.names import label
from workflows.untrusted import BPMN

MAX_NODES = 300


def too_large(context: Context) -> Iterator[Finding]:
    """L55: the library fails somewhere above 300 steps in a row; nothing else is looked at then."""
    if len(context.process.nodes) > MAX_NODES:
        yield context.here("L55", n=len(context.process.nodes))


def check(context: Context) -> Iterator[Finding]:
    process = context.process
    for scope in [None, *context.of_kind(*SCOPES)]:
        yield from _scope(context, scope)
    for node in process.nodes.values():
        yield from _ways_out(context, node)
    yield from _cycles(context)
    yield from _across(context)
    for lanes in process.xml.iter(f"{{{BPMN}}}laneSet"):
        if lanes.getparent() is not process.xml:
            yield finding(process.file, "L35", lanes.get("id"), "laneSet")


def _scope(context: Context, scope: Node | None) -> Iterator[Finding]:
    """The start of a process or subprocess, and what cannot be reached from it."""
    if scope is not None and scope.xml.get("triggeredByEvent") == "true":
        return  # L01
    inside = context.process.within(scope)
    starts = context.process.starts(scope)
    if scope is not None and not inside:
        yield context.at("L36", scope)
        return
    if len(starts) != 1:
        rule = "L34" if starts else "L34/none"
        first = label(starts[0]) if starts else ""
        where = context.at if scope is not None else None
        facts: dict[str, object] = {"n": len(starts), "x": first}
        yield where(rule, scope, **facts) if where and scope else context.here(rule, **facts)
    if not starts:
        return
    found = reachable(starts)
    for node in inside:
        if node not in found and not _apart(node):
            yield context.at("L09", node)


def _apart(node: Node) -> bool:
    """Event subprocesses and compensation are no part of the flow; other rules refuse them."""
    return (
        node.xml.get("triggeredByEvent") == "true"
        or node.xml.get("isForCompensation") == "true"
        or node.event == "compensate"
    )


def _ways_out(context: Context, node: Node) -> Iterator[Finding]:
    count = len(node.outgoing)
    if node.kind == "endEvent":
        if count:
            yield context.at("F15", node, x="结束之后的线")
    elif count == 0 and not _apart(node):
        yield context.at("L20", node)
    elif count > 1 and not node.kind.endswith("Gateway"):
        yield context.at("L15", node, k=count)
    if node.incoming and node.kind in ("startEvent", "boundaryEvent"):
        yield context.at("F15", node, x="到这里来的线")


def _cycles(context: Context) -> Iterator[Finding]:
    process = context.process
    for part in cycles(process.nodes.values(), lambda _node: True):
        for node in part:
            if node.kind == "inclusiveGateway":
                yield context.at("L06", node)
    passage = Passage(context.processes, WAITS)
    for part in cycles(process.nodes.values(), lambda node: passage.through(process, node)):
        yield context.at("L14", part[0], m=label(part[-1]))


def _across(context: Context) -> Iterator[Finding]:
    """Flows between a subprocess and what lies around it."""
    nodes = context.process.nodes
    for flow in context.process.xml.iter(f"{{{BPMN}}}sequenceFlow"):
        source, target = nodes.get(flow.get("sourceRef", "")), nodes.get(flow.get("targetRef", ""))
        if source is not None and target is not None and source.parent is not target.parent:
            yield finding(
                context.process.file,
                "L54",
                flow.get("id"),
                local(flow),
                a=label(source),
                b=label(target),
            )

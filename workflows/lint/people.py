"""Who acts: lanes, roles, two people, reasons, forms."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.diagram import Node, Process
from workflows.lint.context import Context
from workflows.lint.finding import Finding, finding
from workflows.lint.names import is_merge

HUMAN = ("userTask", "callActivity")


def check(context: Context) -> Iterator[Finding]:
    yield from _lanes(context)
    for node in context.of_kind(*HUMAN):
        yield from _reasons(context, node)
        form = node.attributes.get("form")
        if form is not None and context.process.id not in context.catalogue.forms.get(form, ()):
            yield context.at("L47", node, x=form, process=context.process.name or context.process.id)
    for node in context.of_kind("userTask"):
        if node.attributes.get("role") not in context.catalogue.roles:
            yield context.at("L19", node)
        if _decides_alone(context.process, node):
            yield context.at("L37", node)
    for node in context.of_kind(*HUMAN, "exclusiveGateway"):
        if not node.attributes.get("basis", "").strip() and not is_merge(node):
            yield context.at("L22", node)


def _lanes(context: Context) -> Iterator[Finding]:
    unknown = [lane for lane in context.process.lanes.values() if lane.id not in context.lane_names]
    for lane in unknown:
        yield finding(context.process.file, "L17", lane.id, "lane", n=lane.name or lane.id)
    for node in context.process.nodes.values():
        if len(node.lanes) > 1:
            yield context.at("L17/two", node, k=len(node.lanes))
        elif node.kind in HUMAN and not node.lanes:
            yield context.at("L17", node)


def _decides_alone(process: Process, node: Node) -> bool:
    """A leader's decision after a registrar's in the same office, without `notSameAs`."""
    if node.attributes.get("role") != "leader" or not _offers(node, "approve", "refuse"):
        return False
    prepared = {
        other.id
        for other in process.nodes.values()
        if other.kind == "userTask"
        and other.attributes.get("role") == "registrar"
        and other.lane is node.lane
        and _offers(other, "approve", "refuse")
    }
    return bool(prepared) and not prepared & set(node.attributes.get("notSameAs", "").split())


def _offers(node: Node, *decisions: str) -> bool:
    return bool(set(decisions) & set(node.attributes.get("decisions", "").split()))


def _reasons(context: Context, node: Node) -> Iterator[Finding]:
    reasons = node.attributes.get("reasons", "").split()
    for code in reasons:
        if not context.catalogue.reasons.get(code):
            yield context.at("L45", node, x=code, stage="各学段")
    if reasons or not _refuses(context, node):
        return
    if node.kind == "callActivity" or not context.is_part:
        yield context.at("L46", node)


def _refuses(context: Context, node: Node) -> bool:
    """Whether a refusal can be chosen here without another list of reasons inside."""
    if node.kind == "userTask":
        return _offers(node, "refuse")
    called = context.processes.get(node.called)
    inside = called.nodes.values() if called else ()
    return any(
        step.kind == "userTask" and _offers(step, "refuse") and not step.attributes.get("reasons")
        for step in inside
    )

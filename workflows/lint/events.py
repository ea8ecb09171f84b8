"""Events and kinds of steps that the engine does not know, or only seems to know."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from workflows.diagram import Node, children, local, text_of
from workflows.expressions import Refused, parse_duration
from workflows.lint.context import Context
from workflows.lint.finding import Finding, finding
from workflows.lint.graph import PERSONS, Passage, followers
from workflows.untrusted import KNOWN_NAMESPACES, namespace_of

_NEVER_THROWN = frozenset({"compensate", "link", "signal"})
_ALLOWED: dict[str, frozenset[str | None]] = {
    "startEvent": frozenset({None}),
    "endEvent": frozenset({None, "error", "terminate"}),
    "intermediateThrowEvent": frozenset({None}),
    "intermediateCatchEvent": frozenset({"timer"}),
    "boundaryEvent": frozenset({"timer", "error"}),
}
_WORDS = {
    None: "没有说等什么的事件",
    "signal": "信号",
    "message": "消息",
    "timer": "到期",
    "error": "不同意",
    "inclusiveGateway": "选几条",
    "eventBasedGateway": "等先到的",
}
_HOSTS = frozenset({"userTask", "serviceTask", "businessRuleTask", "callActivity", "subProcess"})
_CODE_ATTRIBUTES = frozenset({"class", "expression", "delegateExpression", "type", "topic", "resultVariable"})
_CODE_ELEMENTS = frozenset(
    {"preScript", "postScript", "script", "serviceTaskOperator", "taskDefinition", "connector",
     "executionListener", "taskListener", "operationScript"}
)  # fmt: skip


def check(context: Context) -> Iterator[Finding]:
    for node in context.process.nodes.values():
        yield from _kind(context, node)
        if node.kind in _ALLOWED:
            yield from _event(context, node)
        if node.event == "timer":
            yield from _timer(context, node)
    yield from _silent_decisions(context)
    yield from _code(context)


def _kind(context: Context, node: Node) -> Iterator[Finding]:
    if node.kind == "task":
        yield context.at("L10", node)
    if node.kind in ("inclusiveGateway", "eventBasedGateway"):
        yield context.at("F15/kind", node, x=_WORDS[node.kind])
    if node.kind == "complexGateway":
        yield context.at("L05", node)
    if node.xml.get("triggeredByEvent") == "true":
        yield context.at("L01", node)
    if node.xml.get("isForCompensation") == "true":
        yield context.at("L04", node)
    for loop in children(node.xml, "multiInstanceLoopCharacteristics"):
        if next(children(loop, "completionCondition"), None) is not None:
            yield context.at("L11", node)
        yield context.at("F15", node, x="多次重复")


def _event(context: Context, node: Node) -> Iterator[Finding]:
    if sum(1 for child in node.xml if local(child).endswith("EventDefinition")) > 1:
        yield context.at("F15", node, x="第二个事件")
    if rule := _explained(node):
        yield context.at(rule, node)
    elif node.event not in _ALLOWED[node.kind]:
        yield context.at("F15/kind", node, x=_WORDS.get(node.event, node.event))
    if node.kind == "boundaryEvent":
        yield from _boundary(context, node)


def _explained(node: Node) -> str | None:
    """The rule that says what is wrong with this kind of event."""
    if node.event == "conditional":
        return "L21"
    if node.kind in ("endEvent", "intermediateThrowEvent") and node.event in _NEVER_THROWN:
        return "L02"
    if node.kind == "intermediateCatchEvent" and node.event == "link":
        return "L03"
    if node.kind == "boundaryEvent" and node.event == "compensate":
        return "L04"
    return None


def _boundary(context: Context, node: Node) -> Iterator[Finding]:
    if node.host is not None and node.host.kind not in _HOSTS:
        yield context.at("F15", node.host, x="边上的事件")
    if not node.interrupting and node.event == "message":
        yield context.at("L27", node)
    if not node.interrupting and node.event == "error":
        yield context.at("L53", node, attribute="cancelActivity", x="false", names="true")


def _timer(context: Context, node: Node) -> Iterator[Finding]:
    """A timer is one of the four forms; repeating timers are not among them."""
    texts = [
        (local(part), text_of(part))
        for definition in children(node.xml, "timerEventDefinition")
        for part in definition
        if local(part)
    ]
    source = texts[0][1] if texts else ""
    known = len(texts) == 1 and texts[0][0] in ("timeDuration", "timeDate")
    yield from deadline(context, node, source, known=known)


def deadline(context: Context, node: Node, source: str, *, known: bool = True) -> Iterator[Finding]:
    """L13 for anything but the four forms with a policy value and a field that exist."""
    try:
        duration = parse_duration(source)
    except Refused:
        yield context.at("L13", node, x=source)
        return
    unknown = duration.policy is not None and duration.policy not in context.catalogue.policies
    if duration.field is not None and duration.field not in context.variables:
        unknown = True
    if unknown or not known:
        yield context.at("L13", node, x=source)


def _silent_decisions(context: Context) -> Iterator[Finding]:
    """L24: from a timer to a decision, and nobody in between."""
    passage = Passage(context.processes, PERSONS)
    for timer in context.process.nodes.values():
        if timer.event != "timer" or timer.kind not in ("intermediateCatchEvent", "boundaryEvent"):
            continue
        reached = passage.walk(context.process, followers(timer))
        words = {_decided(context, node) for node in reached if node.kind == "endEvent"} - {""}
        for word in sorted(words):
            yield context.at("L24", timer, x=word)


def _decided(context: Context, end: Node) -> str:
    if end.event == "error" or end.attributes.get("outcome") == "refused":
        return "不同意"
    agrees = end.attributes.get("outcome") == "completed"
    return "同意" if agrees or (context.is_part and end.parent is None) else ""


def _code(context: Context) -> Iterator[Finding]:
    """L28: scripts, and service tasks that name a program; L12: ids that hide a step."""
    process = context.process
    scripted = {node.id for node in context.of_kind("scriptTask")}
    for element in context.root.iter():
        tag = str(element.tag)
        foreign = namespace_of(tag) not in KNOWN_NAMESPACES
        if foreign and (element.get("id") or "") in process.nodes:
            yield finding(process.file, "L12", element.get("id"), None, x=element.get("id"))
        if foreign and tag.rpartition("}")[2] in _CODE_ELEMENTS:
            scripted.add(_owner(element, process.nodes))
    for node in context.of_kind("serviceTask"):
        names = {str(name) for name in node.xml.attrib.keys()}  # noqa: SIM118 - .items() is quadratic
        if {"implementation", "operationRef"} & names or _names_code(context, node):
            scripted.add(node.id)
    for node in process.nodes.values():
        if node.id in scripted:
            yield context.at("L28", node)


def _owner(element: etree._Element, nodes: dict[str, Node]) -> str:
    """The id of the step an extension belongs to."""
    for outer in element.iterancestors():
        if outer.get("id", "") in nodes and namespace_of(str(outer.tag)) in KNOWN_NAMESPACES:
            return outer.get("id", "")
    return ""


def _names_code(context: Context, node: Node) -> bool:
    """Attributes of other tools that name a class or a job, read from the whole file."""
    names = context.foreign_attributes.get(node.id, frozenset())
    return bool(names & _CODE_ATTRIBUTES)

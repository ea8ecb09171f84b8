"""Words people read: names on the drawing, parents' texts, generated ids."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from lxml import etree

from workflows.diagram import Node, local
from workflows.lint.context import Context
from workflows.lint.finding import Finding, finding
from workflows.lint.flows import CHOICES
from workflows.lint.people import HUMAN
from workflows.untrusted import BPMN, namespace_of

MAX_LABEL = 200
MAX_NAME = 10
MAX_PARENT_LABEL = 20
JARGON = ("节点", "网关", "泳道", "令牌", "实例", "BPMN", "XML", "流程引擎", "初核")

_NAMED = (*HUMAN, "serviceTask", "businessRuleTask")
_MARKUP = re.compile(r"<[A-Za-z!/]|&#?[A-Za-z0-9]{2,8};")
_GENERATED = re.compile(
    r"(Activity|Gateway|Event|Flow|Lane|Participant|Process|Task|StartEvent|EndEvent|SequenceFlow|SubProcess|"
    r"BoundaryEvent|CallActivity|UserTask|ServiceTask|ExclusiveGateway|ParallelGateway)_[0-9a-z]{6,8}"
)
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_PROCESS_ID = re.compile(r"[a-z][a-z0-9-]{0,59}")
_MESSAGE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_PROSE = frozenset({"documentation", "text"})


def check(context: Context) -> Iterator[Finding]:
    for element in context.root.iter():
        if namespace_of(str(element.tag)) == BPMN:
            yield from _plain(context, element)
    yield from _ids(context)
    for node in context.process.nodes.values():
        yield from _name(context, node)
    for node in context.of_kind(*HUMAN, "serviceTask", "businessRuleTask"):
        yield from _parents(context, node)


def _plain(context: Context, element: etree._Element) -> Iterator[Finding]:
    """No markup, no control or bidi signs, no label of unreasonable length."""
    kind = local(element)
    names = [str(name) for name in element.attrib.keys()]  # noqa: SIM118 - .items() is quadratic in lxml
    labels = [element.get(name, "") for name in names]
    prose = (element.text or "") if kind in _PROSE else ""
    owner = element if element.get("id") else element.getparent()
    file, key = context.process.file, None if owner is None else owner.get("id")
    n = element.get("name") or element.get("id") or kind
    if any(_MARKUP.search(text) for text in [*labels, prose]):
        yield finding(file, "F14", key, kind)
    if any(_hidden(text) for text in [*labels, prose]):
        yield finding(file, "L56/control", key, kind, n=n)
    longest = max(map(len, labels), default=0)
    if longest > MAX_LABEL:
        yield finding(file, "L56/long", key, kind, n=n, k=longest)


def _hidden(text: str) -> bool:
    return any(unicodedata.category(sign) in ("Cc", "Cf") and sign not in "\n\t" for sign in text)


def _ids(context: Context) -> Iterator[Finding]:
    process = context.process
    if not _PROCESS_ID.fullmatch(process.id):
        yield context.here("L57", x=process.id)
    for node in process.nodes.values():
        if not _ID.fullmatch(node.id):
            yield context.at("L57", node, x=node.id)
        if _GENERATED.fullmatch(node.id):
            yield context.at("L51", node)
    for lane in process.lanes.values():
        if _GENERATED.fullmatch(lane.id):
            yield finding(process.file, "L51", lane.id, "lane", n=lane.name or lane.id)
    for flow in process.flows.values():
        if _GENERATED.fullmatch(flow.id):
            yield context.on("L51", flow)
    for message in context.root.iterchildren(f"{{{BPMN}}}message"):
        name = message.get("name", "")
        if not _MESSAGE.fullmatch(name):
            yield finding(process.file, "L57", message.get("id"), "message", n=name, x=name)


def _name(context: Context, node: Node) -> Iterator[Finding]:
    name = node.name.strip()
    if node.kind in _NAMED and len(name) > MAX_NAME:
        yield context.at("L48/long", node, k=len(name))
    if node.kind in CHOICES and len(node.outgoing) > 1:
        if not name.endswith(("?", "？")):
            yield context.at("L48/question", node)
        for flow in node.outgoing:
            if not flow.name.strip():
                yield context.on("L48/answer", flow)


def _parents(context: Context, node: Node) -> Iterator[Finding]:
    words = node.attributes.get("parentLabel", "").strip()
    if not words and node.kind in HUMAN and not context.is_part:
        yield context.at("L41", node, office=node.lane.name if node.lane else "办理单位")
    if len(words) > MAX_PARENT_LABEL:
        yield context.at("L42", node, k=len(words))
    for jargon in JARGON:
        if jargon in words:
            yield context.at("L42/jargon", node, x=jargon)

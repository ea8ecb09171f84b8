"""What a diagram says about each of its elements, read once from the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lxml import etree

from workflows.spiff.errors import NotRunnable
from workflows.untrusted import BPMN, JISUI

FLOW_NODES = frozenset(
    {
        *("startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"),
        *("userTask", "manualTask", "serviceTask", "businessRuleTask", "callActivity", "subProcess"),
        *("exclusiveGateway", "parallelGateway"),
    }
)
"""What runs. Everything else that could hold a token is refused: the library misreads it
(event subprocess, inclusive join, link, compensation) or it is code."""

_NOT_NODES = frozenset(
    {
        *("documentation", "extensionElements", "laneSet", "sequenceFlow", "incoming", "outgoing"),
        *("textAnnotation", "association", "group"),
    }
)
_MAY_DEFINE = {
    "endEvent": {"errorEventDefinition", "terminateEventDefinition"},
    "boundaryEvent": {"errorEventDefinition", "timerEventDefinition"},
    "intermediateCatchEvent": {"timerEventDefinition"},
}
_NEEDS = {"serviceTask": "effect", "businessRuleTask": "decisionTable"}


@dataclass(frozen=True)
class Element:
    """One flow node as drawn. `attributes` are ours (`urn:jisui:bpmn:1`), without prefix."""

    id: str
    kind: str
    name: str
    lane: str | None
    process: str
    attributes: Mapping[str, str]
    documentation: str


@dataclass(frozen=True)
class Drawn:
    """One `process` of a file, with the lanes of the file."""

    id: str
    attributes: Mapping[str, str]
    lanes: Mapping[str, str]
    elements: Mapping[str, Element]
    called: tuple[str, ...]


def read_process(root: etree._Element, file: str) -> Drawn:
    """The one process of a file. Raises `NotRunnable` where the engine could not run it as drawn."""
    processes = root.findall(_tag("process"))
    if len(processes) != 1:
        raise NotRunnable(file=file, processes=len(processes))
    process = processes[0]
    key = process.get("id", "")
    lane_of = lanes_of_nodes(root)
    elements = {}
    for node in _nodes(process, file):
        _check(node, file)
        element = Element(
            id=node.get("id", ""),
            kind=_local(node),
            name=node.get("name", ""),
            lane=lane_of.get(node.get("id", "")),
            process=key,
            attributes=MappingProxyType(own_attributes(node)),
            documentation=node.findtext(_tag("documentation"), ""),
        )
        elements[element.id] = element
    calls = process.iter(_tag("callActivity"))
    lanes = {lane.get("id", ""): lane.get("name", "") for lane in process.iter(_tag("lane"))}
    return Drawn(
        id=key,
        attributes=MappingProxyType(own_attributes(process)),
        lanes=MappingProxyType(lanes),
        elements=MappingProxyType(elements),
        called=tuple(dict.fromkeys(call.get("calledElement", "") for call in calls)),
    )


def own_attributes(node: etree._Element) -> dict[str, str]:
    """Attributes of our namespace, without it."""
    prefix = f"{{{JISUI}}}"
    names = [str(key) for key in node.attrib.keys()]  # noqa: SIM118 - .items() is quadratic in lxml
    return {name.removeprefix(prefix): node.get(name, "") for name in names if name.startswith(prefix)}


def lanes_of_nodes(root: etree._Element) -> dict[str, str]:
    """Lane id by flow node id. (The library gives the lane's name, which people may reword.)"""
    lanes = {}
    for reference in root.iter(_tag("flowNodeRef")):
        lane = reference.getparent()
        if lane is not None and reference.text:
            lanes[reference.text.strip()] = lane.get("id", "")
    return lanes


def _nodes(container: etree._Element, file: str) -> Iterator[etree._Element]:
    """Flow nodes in file order, those inside embedded subprocesses too."""
    for node in container.iterchildren(f"{{{BPMN}}}*"):
        kind = _local(node)
        if kind in _NOT_NODES:
            continue
        if kind not in FLOW_NODES:
            raise NotRunnable(file=file, element=node.get("id"), kind=kind)
        yield node
        if kind == "subProcess":
            yield from _nodes(node, file)


def _check(node: etree._Element, file: str) -> None:
    kind = _local(node)
    facts = {"file": file, "element": node.get("id"), "kind": kind}
    inside = {_local(child) for child in node.iterchildren(f"{{{BPMN}}}*")}
    definitions = {name for name in inside if name.endswith("EventDefinition")}
    if definitions - _MAY_DEFINE.get(kind, set()) or (kind == "boundaryEvent" and len(definitions) != 1):
        raise NotRunnable(**facts, holds=sorted(definitions))
    loops = {name for name in inside if name.endswith("LoopCharacteristics")}
    if loops or node.get("triggeredByEvent") == "true" or node.get("isForCompensation") == "true":
        raise NotRunnable(**facts, holds=sorted(loops) or ["triggeredByEvent or isForCompensation"])
    needed = _NEEDS.get(kind)
    if needed and not node.get(f"{{{JISUI}}}{needed}"):
        raise NotRunnable(**facts, missing=needed)


def _tag(name: str) -> str:
    return f"{{{BPMN}}}{name}"


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname

"""A BPMN file as plain objects: processes, steps, flows and lanes.

Reading is forgiving, since it comes before the lint has judged the file: what
points nowhere or has no id is left out here and reported there. Only content
in the BPMN namespace and our own attributes are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from workflows.untrusted import BPMN, JISUI, namespace_of

TASKS = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
    }
)
EVENTS = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
)
GATEWAYS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"}
)
SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
NODES = TASKS | EVENTS | GATEWAYS | SCOPES | {"callActivity"}


@dataclass(eq=False)
class Flow:
    """A sequence flow; `condition` is its text, None where it has none."""

    id: str
    name: str
    source: Node
    target: Node
    condition: str | None


@dataclass(eq=False)
class Node:
    """A step, gateway, event or subprocess."""

    id: str
    kind: str
    name: str
    xml: etree._Element
    parent: Node | None
    attributes: Mapping[str, str]
    """Those of our own namespace."""
    event: str | None
    """The kind of event: timer, message, error, terminate, …"""
    host: Node | None = None
    lanes: list[Lane] = field(default_factory=list)
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    boundaries: list[Node] = field(default_factory=list)
    error_code: str | None = None

    @property
    def lane(self) -> Lane | None:
        """The lane of the step or of the subprocess it lies in; a boundary event's is its host's."""
        node: Node | None = self.host or self
        while node is not None:
            if node.lanes:
                return node.lanes[0]
            node = node.parent
        return None

    @property
    def called(self) -> str:
        return self.xml.get("calledElement", "")

    @property
    def interrupting(self) -> bool:
        return self.xml.get("cancelActivity", "true") != "false"

    @property
    def default(self) -> Flow | None:
        wanted = self.xml.get("default")
        return next((flow for flow in self.outgoing if flow.id == wanted), None)


@dataclass(eq=False)
class Lane:
    """A column of the drawing; its id is an office key."""

    id: str
    name: str
    nodes: list[Node] = field(default_factory=list)


@dataclass(eq=False)
class Process:
    """One process with everything drawn in it, subprocesses included."""

    file: str
    id: str
    name: str
    xml: etree._Element
    attributes: Mapping[str, str]
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    lanes: dict[str, Lane] = field(default_factory=dict)

    def within(self, scope: Node | None) -> list[Node]:
        """The nodes drawn directly in the process (None) or in one of its subprocesses."""
        return [node for node in self.nodes.values() if node.parent is scope]

    def starts(self, scope: Node | None) -> list[Node]:
        return [node for node in self.within(scope) if node.kind == "startEvent"]


def local(element: etree._Element) -> str:
    """The name of a BPMN element, "" for one of another namespace."""
    tag = str(element.tag)
    return tag.rpartition("}")[2] if namespace_of(tag) == BPMN else ""


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return element.iterchildren(f"{{{BPMN}}}{name}")


def text_of(element: etree._Element) -> str:
    return (element.text or "").strip()


def own_attributes(element: etree._Element) -> dict[str, str]:
    """Our attributes of an element, without their namespace."""
    prefix = f"{{{JISUI}}}"
    names = [str(name) for name in element.attrib.keys()]  # noqa: SIM118 - .items() is quadratic in lxml
    return {name.removeprefix(prefix): element.get(name, "") for name in names if name.startswith(prefix)}


def processes_of(file: str, root: etree._Element) -> list[Process]:
    """The processes of a parsed BPMN file."""
    errors = {error.get("id", ""): error.get("errorCode", "") for error in children(root, "error")}
    return [_process(file, element, errors) for element in children(root, "process") if element.get("id")]


def _process(file: str, element: etree._Element, errors: Mapping[str, str]) -> Process:
    process = Process(file, element.get("id", ""), element.get("name", ""), element, own_attributes(element))
    _read_nodes(process, element, None, errors)
    for node in process.nodes.values():
        if node.kind == "boundaryEvent":
            node.host = process.nodes.get(node.xml.get("attachedToRef", ""))
            if node.host is not None:
                node.host.boundaries.append(node)
    for flow in element.iter(f"{{{BPMN}}}sequenceFlow"):
        _read_flow(process, flow)
    for lane in element.iter(f"{{{BPMN}}}lane"):
        _read_lane(process, lane)
    return process


def _read_nodes(
    process: Process, element: etree._Element, parent: Node | None, errors: Mapping[str, str]
) -> None:
    for child in element.iterchildren():
        kind = local(child)
        key = child.get("id")
        if kind not in NODES or not key:
            continue
        event, definition = _event_of(child)
        node = Node(key, kind, child.get("name", ""), child, parent, own_attributes(child), event)
        if definition is not None and event == "error":
            node.error_code = errors.get(definition.get("errorRef", ""))
        process.nodes[key] = node
        if kind in SCOPES:
            _read_nodes(process, child, node, errors)


def _event_of(element: etree._Element) -> tuple[str | None, etree._Element | None]:
    for child in element.iterchildren():
        name = local(child)
        if name.endswith("EventDefinition"):
            return name.removesuffix("EventDefinition"), child
    return None, None


def _read_flow(process: Process, element: etree._Element) -> None:
    source = process.nodes.get(element.get("sourceRef", ""))
    target = process.nodes.get(element.get("targetRef", ""))
    if source is None or target is None or source.parent is not target.parent or not element.get("id"):
        return
    condition = next(children(element, "conditionExpression"), None)
    flow = Flow(
        element.get("id", ""),
        element.get("name", ""),
        source,
        target,
        None if condition is None else text_of(condition),
    )
    process.flows[flow.id] = flow
    source.outgoing.append(flow)
    target.incoming.append(flow)


def _read_lane(process: Process, element: etree._Element) -> None:
    lane = Lane(element.get("id", ""), element.get("name", ""))
    process.lanes[lane.id] = lane
    for reference in children(element, "flowNodeRef"):
        node = process.nodes.get(text_of(reference))
        if node is not None:
            lane.nodes.append(node)
            node.lanes.append(lane)

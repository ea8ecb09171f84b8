"""A small language for diagrams in tests: lines of words become a BPMN file with positions.

lane school 学校                      a column; the steps below stand in it
user check 核对 role=registrar …       kind, id, name, then attributes of ours
catch later 到期 timer=days(3)        an event: timer, message, error, terminate, …
boundary late 超期 on=check timer=…    on a step; `calm=yes` does not interrupt it
sub part 小流程 … / close             a subprocess around the lines between
check -> agreed : 是 if decision == 'approve'
agreed -> refused : 否 default
"""

from __future__ import annotations

import shlex
from itertools import pairwise
from xml.sax.saxutils import quoteattr

from workflows.untrusted import BPMN, BPMNDI, DC, DI, JISUI, XSI

KINDS = {
    "start": "startEvent",
    "end": "endEvent",
    "user": "userTask",
    "task": "task",
    "call": "callActivity",
    "service": "serviceTask",
    "script": "scriptTask",
    "rule": "businessRuleTask",
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
    "race": "eventBasedGateway",
    "complex": "complexGateway",
    "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent",
    "boundary": "boundaryEvent",
    "sub": "subProcess",
}
EVENTS = ("timer", "message", "error", "terminate", "compensate", "link", "signal", "conditional")
PLAIN = ("calledElement", "attachedToRef", "cancelActivity", "gatewayDirection", "triggeredByEvent")
PLAIN += ("isForCompensation", "implementation")


def draw(
    text: str, key: str = "leave", name: str = "请假", positions: bool = True, **attributes: str
) -> bytes:
    """The file that `text` describes, with one process `key`."""
    drawing = _Drawing()
    for line in text.strip().splitlines():
        if line.strip():
            drawing.line(line.strip())
    own = "".join(f" jisui:{attribute}={quoteattr(value)}" for attribute, value in attributes.items())
    return (
        f'<bpmn:definitions xmlns:bpmn="{BPMN}" xmlns:bpmndi="{BPMNDI}" xmlns:dc="{DC}" xmlns:di="{DI}" '
        f'xmlns:xsi="{XSI}" xmlns:jisui="{JISUI}" id="definitions" targetNamespace="{JISUI}">'
        f'<bpmn:process id="{key}" name="{name}" isExecutable="true"{own}>'
        f"{drawing.lanes()}{drawing.body()}</bpmn:process>{''.join(drawing.extra.values())}"
        f"{drawing.plane(key) if positions else ''}</bpmn:definitions>"
    ).encode()


class _Drawing:
    def __init__(self) -> None:
        self.columns: list[tuple[str, str, list[str]]] = []
        self.nodes: list[str] = []
        self.drawn: list[str] = []
        self.flows: list[str] = []
        self.defaults: dict[str, str] = {}
        self.extra: dict[str, str] = {}
        self.open: list[list[str]] = []

    def line(self, line: str) -> None:
        if " -> " in line:
            self._flow(line)
            return
        words = shlex.split(line)
        if words[0] == "lane":
            self.columns.append((words[1], words[2] if len(words) > 2 else words[1], []))
        elif words[0] == "close":
            inner = self.nodes
            self.nodes = self.open.pop()
            self.nodes[-1] = self.nodes[-1].replace("<!--inside-->", "".join(inner) + "".join(self.flows))
            self.flows = []
        else:
            self._node(words)

    def _node(self, words: list[str]) -> None:
        kind, key, *rest = words
        name = rest.pop(0) if rest and "=" not in rest[0] else ""
        given = dict(word.split("=", 1) for word in rest)
        event = next((self._event(one, given.pop(one)) for one in EVENTS if one in given), "")
        if "on" in given:
            given["attachedToRef"] = given.pop("on")
        if given.pop("calm", ""):
            given["cancelActivity"] = "false"
        attributes = "".join(
            f" {'' if attribute in PLAIN else 'jisui:'}{attribute}={quoteattr(value)}"
            for attribute, value in given.items()
        )
        named = f" name={quoteattr(name)}" if name else ""
        tag = KINDS[kind]
        self.nodes.append(
            f'<bpmn:{tag} id="{key}"{named}{attributes}<!--default:{key}-->>{event}<!--inside--></bpmn:{tag}>'
        )
        if not self.open and self.columns and kind != "boundary":
            self.columns[-1][2].append(key)
            self.drawn.append(key)
        if kind == "sub":
            self.open.append(self.nodes)
            self.nodes = []

    def _event(self, kind: str, value: str) -> str:
        if kind == "timer":
            form = "timeDate" if value.startswith("date") else "timeDuration"
            form, value = value.split(":", 1) if value.startswith("time") else (form, value)
            return (
                f"<bpmn:timerEventDefinition><bpmn:{form}>{value}</bpmn:{form}></bpmn:timerEventDefinition>"
            )
        if kind == "error":
            self.extra[value] = f'<bpmn:error id="error_{value}" errorCode="{value}"/>'
            return f'<bpmn:errorEventDefinition errorRef="error_{value}"/>'
        if kind == "message":
            self.extra[value] = f'<bpmn:message id="message_{value}" name="{value}"/>'
            return f'<bpmn:messageEventDefinition messageRef="message_{value}"/>'
        return f"<bpmn:{kind}EventDefinition/>"

    def _flow(self, line: str) -> None:
        ends, _, answer = line.partition(" : ")
        keys = [part.strip() for part in ends.split("->")]
        for source, target in pairwise(keys):
            name, _, condition = answer.partition(" if ")
            flow = f"{source}__{target}"
            while any(f'"{flow}"' in other for other in self.flows):
                flow += "_"
            if name.endswith("default"):
                name = name.removesuffix("default")
                self.defaults[source] = flow
            inner = (
                f"<bpmn:conditionExpression>{_escaped(condition)}</bpmn:conditionExpression>"
                if condition
                else ""
            )
            named = f" name={quoteattr(name.strip())}" if name.strip() else ""
            self.flows.append(
                f'<bpmn:sequenceFlow id="{flow}"{named} sourceRef="{source}" targetRef="{target}">{inner}'
                "</bpmn:sequenceFlow>"
            )

    def body(self) -> str:
        text = "".join(self.nodes) + "".join(self.flows)
        for source, flow in self.defaults.items():
            text = text.replace(f"<!--default:{source}-->", f' default="{flow}"')
        while "<!--" in text:
            before, _, after = text.partition("<!--")
            text = before + after.partition("-->")[2]
        return text

    def lanes(self) -> str:
        lanes = "".join(
            f'<bpmn:lane id="{key}" name="{name}">'
            + "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in nodes)
            + "</bpmn:lane>"
            for key, name, nodes in self.columns
        )
        return f'<bpmn:laneSet id="lanes">{lanes}</bpmn:laneSet>' if lanes else ""

    def plane(self, key: str) -> str:
        shapes = []
        for column, (lane, _, nodes) in enumerate(self.columns):
            tall = (200, 100 * len(self.drawn) + 100)
            shapes.append(_shape(lane, (200 * column, 0), tall, ' isHorizontal="false"'))
            rows = {node: 100 * self.drawn.index(node) + 50 for node in nodes}
            shapes.extend(_shape(node, (200 * column + 50, row), (100, 80)) for node, row in rows.items())
        return (
            f'<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="{key}">'
            f"{''.join(shapes)}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
        )


def _shape(key: str, corner: tuple[int, int], size: tuple[int, int], more: str = "") -> str:
    (x, y), (width, height) = corner, size
    return (
        f'<bpmndi:BPMNShape id="{key}_di" bpmnElement="{key}"{more}>'
        f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/></bpmndi:BPMNShape>'
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")

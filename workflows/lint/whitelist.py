"""What may stand in a file: elements by parent, attributes by element.

Elements that a rule of its own explains (script tasks, compensation, …) are
listed too: they are refused there in words that help, not here as unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from workflows.untrusted import BPMN, BPMNDI, DC, DI, JISUI, KNOWN_NAMESPACES, XSI, namespace_of

_STEP = "documentation extensionElements incoming outgoing"
_LOOPS = "multiInstanceLoopCharacteristics"
_EVENTS = (
    "timerEventDefinition messageEventDefinition errorEventDefinition terminateEventDefinition "
    "compensateEventDefinition linkEventDefinition signalEventDefinition conditionalEventDefinition"
)
_GATEWAYS = "exclusiveGateway parallelGateway inclusiveGateway eventBasedGateway complexGateway"
_FLOW = (
    "documentation extensionElements startEvent endEvent intermediateCatchEvent intermediateThrowEvent "
    "boundaryEvent task userTask serviceTask scriptTask businessRuleTask callActivity subProcess "
    f"{_GATEWAYS} sequenceFlow textAnnotation association group laneSet"
)

# element: (attributes beside id and name, children)
_BPMN: dict[str, tuple[str, str]] = {
    "definitions": (
        "targetNamespace exporter exporterVersion expressionLanguage typeLanguage",
        "documentation collaboration process error message category BPMNDiagram extensionElements",
    ),
    "collaboration": ("isClosed", "documentation extensionElements participant textAnnotation association"),
    "participant": ("processRef", "documentation extensionElements"),
    "process": ("isExecutable isClosed processType", _FLOW),
    "laneSet": ("", "documentation extensionElements lane"),
    "lane": ("", "documentation extensionElements flowNodeRef"),
    "flowNodeRef": ("", ""),
    "startEvent": ("isInterrupting", _STEP),
    "endEvent": ("", f"{_STEP} {_EVENTS}"),
    "intermediateCatchEvent": ("", f"{_STEP} {_EVENTS}"),
    "intermediateThrowEvent": ("", f"{_STEP} {_EVENTS}"),
    "boundaryEvent": ("attachedToRef cancelActivity", f"{_STEP} {_EVENTS}"),
    "task": ("isForCompensation", f"{_STEP} {_LOOPS}"),
    "userTask": ("isForCompensation", f"{_STEP} {_LOOPS}"),
    "serviceTask": ("isForCompensation implementation operationRef", f"{_STEP} {_LOOPS}"),
    "scriptTask": ("isForCompensation scriptFormat", f"{_STEP} {_LOOPS} script"),
    "script": ("", ""),
    "businessRuleTask": ("isForCompensation", f"{_STEP} {_LOOPS}"),
    "callActivity": ("isForCompensation calledElement", f"{_STEP} {_LOOPS}"),
    "subProcess": ("isForCompensation triggeredByEvent", f"incoming outgoing {_LOOPS} {_FLOW}"),
    "multiInstanceLoopCharacteristics": ("isSequential", "completionCondition"),
    "completionCondition": ("", ""),
    "exclusiveGateway": ("default gatewayDirection", _STEP),
    "parallelGateway": ("gatewayDirection", _STEP),
    "inclusiveGateway": ("default gatewayDirection", _STEP),
    "eventBasedGateway": ("gatewayDirection", _STEP),
    "complexGateway": ("default gatewayDirection", f"{_STEP} activationCondition"),
    "activationCondition": ("", ""),
    "sequenceFlow": (
        "sourceRef targetRef isImmediate",
        "documentation extensionElements conditionExpression",
    ),
    "conditionExpression": ("", ""),
    "timerEventDefinition": ("", "timeDate timeDuration timeCycle"),
    "timeDate": ("", ""),
    "timeDuration": ("", ""),
    "timeCycle": ("", ""),
    "messageEventDefinition": ("messageRef", ""),
    "errorEventDefinition": ("errorRef", ""),
    "terminateEventDefinition": ("", ""),
    "compensateEventDefinition": ("activityRef waitForCompletion", ""),
    "linkEventDefinition": ("", "source target"),
    "source": ("", ""),
    "target": ("", ""),
    "signalEventDefinition": ("signalRef", ""),
    "conditionalEventDefinition": ("", "condition"),
    "condition": ("", ""),
    "error": ("errorCode", "documentation extensionElements"),
    "message": ("", "documentation extensionElements"),
    "documentation": ("textFormat", ""),
    "extensionElements": ("", ""),
    "incoming": ("", ""),
    "outgoing": ("", ""),
    "textAnnotation": ("textFormat", "text documentation extensionElements"),
    "text": ("", ""),
    "association": ("sourceRef targetRef associationDirection", "documentation extensionElements"),
    "group": ("categoryValueRef", "documentation extensionElements"),
    "category": ("", "categoryValue documentation extensionElements"),
    "categoryValue": ("value", ""),
}

_DRAWN: dict[str, tuple[str, str]] = {
    "BPMNDiagram": ("documentation resolution", "BPMNPlane BPMNLabelStyle"),
    "BPMNPlane": ("bpmnElement", "BPMNShape BPMNEdge"),
    "BPMNShape": (
        "bpmnElement isHorizontal isExpanded isMarkerVisible isMessageVisible",
        "Bounds BPMNLabel",
    ),
    "BPMNEdge": ("bpmnElement sourceElement targetElement messageVisibleKind", "waypoint BPMNLabel"),
    "BPMNLabel": ("labelStyle", "Bounds"),
    "BPMNLabelStyle": ("", "Font"),
    "Bounds": ("x y width height", ""),
    "waypoint": ("x y", ""),
    "Font": ("size isBold isItalic isUnderline isStrikeThrough", ""),
}
_NAMESPACE_OF = dict.fromkeys(_DRAWN, BPMNDI) | {"Bounds": DC, "Font": DC, "waypoint": DI}

_HUMAN = {"role", "decisions", "reasons", "form", "deadline", "reminders", "overdueTo", "clock"}
_HUMAN |= {"notSameAs", "caseStatus", "parentLabel", "parentHelp", "basis"}
OWN_ATTRIBUTES: dict[str, frozenset[str]] = {
    "userTask": frozenset(_HUMAN),
    "callActivity": frozenset(_HUMAN),
    "serviceTask": frozenset({"effect", "parentLabel", "basis"}),
    "businessRuleTask": frozenset({"decisionTable", "parentLabel", "basis"}),
    "exclusiveGateway": frozenset({"basis"}),
    "parallelGateway": frozenset({"basis"}),
    "inclusiveGateway": frozenset({"basis"}),
    "eventBasedGateway": frozenset({"basis"}),
    "endEvent": frozenset({"outcome"}),
    "process": frozenset({"startedBy", "withdrawBy", "withdrawUntil", "lock", "basis"}),
}
"""Our attributes by element: the same list as `bpmn/jisui.json`, which the editor reads."""

_EVERYWHERE = frozenset({"id", "name"})


def _table() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    table = {}
    for source in (_BPMN, _DRAWN):
        for name, (attributes, inside) in source.items():
            namespace = _NAMESPACE_OF.get(name, BPMN)
            own = {f"{{{JISUI}}}{key}" for key in OWN_ATTRIBUTES.get(name, ())}
            table[f"{{{namespace}}}{name}"] = (
                _EVERYWHERE | own | frozenset(attributes.split()),
                frozenset(f"{{{_NAMESPACE_OF.get(child, BPMN)}}}{child}" for child in inside.split()),
            )
    return table


_ALLOWED = _table()
_XSI_TYPE = f"{{{XSI}}}type"
_XSI_SCHEMA = f"{{{XSI}}}schemaLocation"


def unknown_elements(root: etree._Element) -> Iterator[etree._Element]:
    """Elements of a namespace we read that may not stand where they stand, outermost first."""
    queue = [root]
    while queue:
        element = queue.pop()
        inside = _ALLOWED[str(element.tag)][1]
        for child in element.iterchildren():
            if namespace_of(str(child.tag)) not in KNOWN_NAMESPACES:
                continue
            if str(child.tag) in inside and str(child.tag) in _ALLOWED:
                queue.append(child)
            else:
                yield child


def unknown_attributes(element: etree._Element) -> Iterable[str]:
    """Attributes of a namespace we read that may not stand on this element."""
    allowed = _ALLOWED.get(str(element.tag), (_EVERYWHERE, frozenset()))[0]
    for key in element.attrib.keys():  # noqa: SIM118 - .items() is quadratic in lxml
        name = str(key)
        if name in allowed or namespace_of(name) not in KNOWN_NAMESPACES | {""}:
            continue
        if name == _XSI_TYPE and str(element.tag).endswith(
            ("Expression", "}timeDuration", "}timeDate", "}timeCycle")
        ):
            continue
        if name == _XSI_SCHEMA and element.getparent() is None:
            continue
        yield name


def foreign_parts(root: etree._Element) -> int:
    """How many elements (outermost only) and attributes belong to other tools."""
    count = 0
    queue = [root]
    while queue:
        element = queue.pop()
        if namespace_of(str(element.tag)) not in KNOWN_NAMESPACES:
            count += 1
            continue
        names = element.attrib.keys()
        count += sum(1 for name in names if namespace_of(str(name)) not in KNOWN_NAMESPACES | {""})
        queue.extend(element.iterchildren())
    return count

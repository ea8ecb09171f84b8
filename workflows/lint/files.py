"""Files: read safely, then judged as a whole before any step is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from workflows.diagram import NODES, Process, children, local, processes_of, text_of
from workflows.lint.finding import Finding, finding
from workflows.lint.whitelist import foreign_parts, unknown_attributes, unknown_elements
from workflows.untrusted import BPMN, DMN, KNOWN_NAMESPACES, FileRefused, namespace_of, parse, strip_foreign

_POINTERS = {
    "sequenceFlow": ("sourceRef", "targetRef"),
    "boundaryEvent": ("attachedToRef",),
    "participant": ("processRef",),
    "errorEventDefinition": ("errorRef",),
    "messageEventDefinition": ("messageRef",),
    "association": ("sourceRef", "targetRef"),
    "group": ("categoryValueRef",),
    "exclusiveGateway": ("default",),
    "inclusiveGateway": ("default",),
    "complexGateway": ("default",),
}
_WANTED = frozenset({"sourceRef", "targetRef", "attachedToRef", "errorRef", "messageRef"})
_TEXT_POINTERS = frozenset({"flowNodeRef", "incoming", "outgoing"})
_DRAWN = frozenset({"BPMNPlane", "BPMNShape", "BPMNEdge"})
_NEED_ID = NODES | {"process", "sequenceFlow", "lane", "participant", "error", "message"}


@dataclass
class Opened:
    """What could be read of one file."""

    name: str
    root: etree._Element | None = None
    """With content of other tools."""
    processes: list[Process] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def opened(name: str, data: bytes) -> Opened:
    """Read one file; what stops it from being read is among the findings."""
    file = Opened(name)
    try:
        file.root = parse(data, keep_foreign=True)
    except FileRefused as refused:
        file.findings.append(_refusal(name, refused))
        return file
    if is_table(file.root):
        return file
    if str(file.root.tag) != f"{{{BPMN}}}definitions":
        file.findings.append(finding(name, "F07"))
        return file
    bare = deepcopy(file.root)
    strip_foreign(bare)
    file.processes = processes_of(name, bare)
    file.findings.extend(_whole(name, file.root, bare))
    return file


def is_table(root: etree._Element) -> bool:
    return namespace_of(str(root.tag)) == DMN


def _refusal(name: str, refused: FileRefused) -> Finding:
    """A file refused by the scan, in the words of its rule."""
    facts: dict[str, object] = {"line": refused.line, "n": refused.count, "x": refused.detail}
    rule = refused.rule
    if rule == "F02":
        if refused.detail == "bytes":
            facts["n"] = f"{refused.count / 1_000_000:.1f}"
        else:
            rule = f"F02/{refused.detail}"
    element = refused.detail if rule == "F05" else None
    return finding(name, rule, element, **facts)


def _whole(name: str, root: etree._Element, bare: etree._Element) -> Iterator[Finding]:
    if any("horeography" in local(element) for element in bare.iter()):
        yield finding(name, "F09")
        return
    processes = list(children(bare, "process"))
    if not processes:
        yield finding(name, "F07")
    elif len(processes) > 1:
        yield finding(name, "F08", n=len(processes))
    for process in processes:
        if process.get("isExecutable") != "true":
            yield finding(name, "F10", process.get("id"), "process")
    if foreign := foreign_parts(root):
        yield finding(name, "F13", n=foreign)
    for unknown in unknown_elements(bare):
        yield _not_allowed(name, unknown)
    ids = {element.get("id", ""): element for element in bare.iter() if element.get("id")}
    for element in bare.iter():
        yield from _element(name, element, ids)


def _not_allowed(name: str, element: etree._Element) -> Finding:
    parent = element.getparent()
    where = "文件" if parent is None else parent.get("name") or parent.get("id") or _plain(parent)
    return finding(name, "F15", element.get("id"), _plain(element), n=where, x=_plain(element))


def _element(name: str, element: etree._Element, ids: Mapping[str, etree._Element]) -> Iterator[Finding]:
    kind = local(element)
    key, title = element.get("id"), element.get("name") or element.get("id") or _plain(element)
    if namespace_of(str(element.tag)) not in KNOWN_NAMESPACES:
        return
    for attribute in unknown_attributes(element):
        yield finding(name, "F16", key, kind, n=title, x=attribute.rpartition("}")[2])
    if kind in _NEED_ID and not key:
        yield finding(name, "F16/missing", None, kind, x=kind)
    for attribute in _POINTERS.get(kind, ()):
        value = element.get(attribute)
        if value is None and not (attribute in _WANTED and _needs(element, attribute)):
            continue
        if not _points(element, attribute, ids.get(value or "")):
            yield finding(name, "F06", key, kind, n=title, x=value or attribute)
    if kind in _TEXT_POINTERS and text_of(element) not in ids:
        parent = element.getparent()
        owner = None if parent is None else parent.get("id")
        yield finding(name, "F06", owner, kind, n=owner or kind, x=text_of(element))
    if _plain(element) in _DRAWN and element.get("bpmnElement") not in ids:
        yield finding(name, "F06", key, _plain(element), n=key or "图形", x=element.get("bpmnElement"))


def _needs(element: etree._Element, attribute: str) -> bool:
    """A boundary event without `errorRef` catches every refusal; anything else must say what it means."""
    parent = element.getparent()
    return not (attribute == "errorRef" and parent is not None and local(parent) == "boundaryEvent")


def _points(element: etree._Element, attribute: str, target: etree._Element | None) -> bool:
    """Whether a reference meets an element of the kind it must."""
    if target is None:
        return False
    kind = local(target)
    if attribute == "default":
        return kind == "sequenceFlow" and target.get("sourceRef") == element.get("id")
    wanted = {"processRef": {"process"}, "errorRef": {"error"}, "messageRef": {"message"}}.get(attribute)
    if wanted is None and local(element) in ("sequenceFlow", "boundaryEvent"):
        wanted = set(NODES)
    return wanted is None or kind in wanted


def _plain(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]

"""Files from outside: refuse what must not reach an XML library, then parse safely.

`prescan` reads the bytes once with expat, which builds nothing, and refuses
document types, processing instructions, other encodings than UTF-8, and sizes
that make later readers slow (100,000 attributes on one
element hang any code that walks them). `parse` gives lxml's tree afterwards.
"""

from __future__ import annotations

import re
from typing import NoReturn
from xml.parsers import expat

from lxml import etree

from workflows.errors import WorkflowError

MAX_BYTES = 2_000_000
MAX_ELEMENTS = 20_000
MAX_DEPTH = 40
MAX_ATTRIBUTES = 40
MAX_VALUE = 20_000

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
DMNDI = "https://www.omg.org/spec/DMN/20191111/DMNDI/"
DMN_DC = "http://www.omg.org/spec/DMN/20180521/DC/"
DMN_DI = "http://www.omg.org/spec/DMN/20180521/DI/"
JISUI = "urn:jisui:bpmn:1"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
KNOWN_NAMESPACES = frozenset({BPMN, BPMNDI, DC, DI, DMN, DMNDI, DMN_DC, DMN_DI, JISUI, XSI})

_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}")


class FileRefused(WorkflowError):
    """The file is not read any further; `rule` is the finding."""

    code = "definition.unreadable"

    def __init__(self, rule: str, *, line: int = 0, detail: str = "", count: int = 0) -> None:
        super().__init__(rule=rule, line=line, detail=detail, count=count)
        self.rule = rule
        self.line = line
        self.detail = detail
        self.count = count


def parse(data: bytes, *, keep_foreign: bool = False) -> etree._Element:
    """The root of a checked file, without comments; foreign content only when asked for."""
    prescan(data)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise FileRefused("F01", line=error.lineno or 0) from error
    if not keep_foreign:
        strip_foreign(root)
    return root


def prescan(data: bytes) -> None:
    """Refuse a file that must not be parsed. Raises `FileRefused`."""
    if len(data) > MAX_BYTES:
        raise FileRefused("F02", detail="bytes", count=len(data))
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused("F01", line=data[: error.start].count(b"\n") + 1) from error
    if b"\0" in data:
        raise FileRefused("F01", line=data[: data.index(b"\0")].count(b"\n") + 1)
    _Scan().run(data)


def strip_foreign(root: etree._Element) -> None:
    """Take out elements and attributes of namespaces that are not ours to read."""
    for element in list(root.iter()):
        if namespace_of(str(element.tag)) not in KNOWN_NAMESPACES:
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
            continue
        for name in element.attrib.keys():  # noqa: SIM118 - .items() is quadratic in lxml
            if namespace_of(str(name)) not in KNOWN_NAMESPACES | {""}:
                del element.attrib[name]


def namespace_of(name: str) -> str:
    """The namespace of `{namespace}local`, "" without one."""
    return name[1:].partition("}")[0] if name.startswith("{") else ""


class _Scan:
    """One pass of expat over the bytes, counting."""

    def __init__(self) -> None:
        self._elements = 0
        self._depth = 0
        self._prefixes = 0
        self._ids: dict[str, int] = {}
        self._expat = parser = expat.ParserCreate("utf-8", "}")
        parser.ordered_attributes = True
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._unsafe
        parser.EntityDeclHandler = self._unsafe
        parser.ProcessingInstructionHandler = self._unsafe
        parser.StartNamespaceDeclHandler = self._prefix
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def run(self, data: bytes) -> None:
        try:
            self._expat.Parse(data, True)
        except expat.ExpatError as error:
            raise FileRefused("F01", line=error.lineno) from error
        for name, count in self._ids.items():
            if count > 1:
                raise FileRefused("F05", detail=name, count=count)

    def _declaration(self, version: str, encoding: str | None, _standalone: int) -> None:
        if version != "1.0" or (encoding or "utf-8").lower() not in ("utf-8", "utf8"):
            self._refuse("F01")

    def _unsafe(self, *_: object) -> None:
        self._refuse("F03")

    def _prefix(self, _prefix: str, _uri: str) -> None:
        """Declarations of namespaces are no attributes to expat, but cost the same."""
        self._prefixes += 1
        if self._prefixes > MAX_ATTRIBUTES:
            self._refuse("F02", "attributes", self._prefixes)

    def _start(self, name: str, attributes: list[str]) -> None:
        self._elements += 1
        self._depth += 1
        self._prefixes = 0
        if self._elements > MAX_ELEMENTS:
            self._refuse("F02", "elements", self._elements)
        if self._depth > MAX_DEPTH:
            self._refuse("F04", count=MAX_DEPTH)
        if len(attributes) > 2 * MAX_ATTRIBUTES:
            self._refuse("F02", "attributes", len(attributes) // 2)
        ours = name.rpartition("}")[0] in KNOWN_NAMESPACES
        for key, value in zip(attributes[::2], attributes[1::2], strict=True):
            if len(value) > MAX_VALUE:
                self._refuse("F02", "value", len(value))
            if key == "id" and ours:
                self._identify(value)

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _identify(self, value: str) -> None:
        if not _ID.fullmatch(value):
            self._refuse("F01")
        self._ids[value] = self._ids.get(value, 0) + 1

    def _refuse(self, rule: str, detail: str = "", count: int = 0) -> NoReturn:
        raise FileRefused(rule, line=self._expat.CurrentLineNumber, detail=detail, count=count)

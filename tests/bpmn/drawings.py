"""A shipped diagram as the tests look at it: its elements, and the rectangles and lines drawn for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from lxml import etree

from workflows.diagram import Process, processes_of
from workflows.untrusted import BPMN, BPMNDI, DC, DI, parse

FOLDER = Path(__file__).parents[2] / "bpmn"
FILES = sorted(FOLDER.glob("*.bpmn"))
LETTER, WIDE = 7, 12  # widths at 12 px, the size of text outside of boxes


@dataclass(frozen=True)
class Rectangle:
    x: float
    y: float
    width: float
    height: float

    def holds(self, other: Rectangle) -> bool:
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.width <= self.x + self.width
            and other.y + other.height <= self.y + self.height
        )

    def meets(self, other: Rectangle) -> bool:
        """Whether the two share more than an edge."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def widened(self, by: float) -> Rectangle:
        return Rectangle(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)


@dataclass(frozen=True)
class Segment:
    """A straight piece of a flow, horizontal or vertical."""

    flow: str
    x1: float
    y1: float
    x2: float
    y2: float

    def box(self) -> Rectangle:
        """The segment as a rectangle a hair wide, so that it can meet others."""
        left, top = min(self.x1, self.x2), min(self.y1, self.y2)
        return Rectangle(left - 0.5, top - 0.5, abs(self.x1 - self.x2) + 1, abs(self.y1 - self.y2) + 1)


@dataclass
class Drawing:
    root: etree._Element
    process: Process
    shapes: dict[str, Rectangle] = field(default_factory=dict)
    labels: dict[str, Rectangle] = field(default_factory=dict)
    segments: list[Segment] = field(default_factory=list)

    def nodes(self) -> dict[str, Rectangle]:
        """What is drawn for steps, gateways and events."""
        return {key: shape for key, shape in self.shapes.items() if key in self.process.nodes}

    def hosts_of(self, flow: str) -> set[str]:
        """The ends of a flow, and the box that a boundary event at an end sits on."""
        ends = (self.process.flows[flow].source, self.process.flows[flow].target)
        return {end.id for end in ends} | {end.host.id for end in ends if end.host}


def read(path: Path) -> Drawing:
    root = parse(path.read_bytes())
    (process,) = processes_of(path.name, root)
    drawing = Drawing(root, process)
    for shape in root.iter(f"{{{BPMNDI}}}BPMNShape"):
        drawing.shapes[shape.get("bpmnElement", "")] = _bounds(shape)
    for owner in root.iter(f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge"):
        key = owner.get("bpmnElement", "")
        for bounds in owner.iterfind(f"{{{BPMNDI}}}BPMNLabel/{{{DC}}}Bounds"):
            drawing.labels[key] = _rectangle(bounds)
    for edge in root.iter(f"{{{BPMNDI}}}BPMNEdge"):
        points = [(float(p.get("x", 0)), float(p.get("y", 0))) for p in edge.iter(f"{{{DI}}}waypoint")]
        for (x1, y1), (x2, y2) in pairwise(points):
            drawing.segments.append(Segment(edge.get("bpmnElement", ""), x1, y1, x2, y2))
    return drawing


def written_width(text: str) -> int:
    """How wide a name is on one line, in px."""
    return sum(WIDE if ord(letter) > 0x2000 else LETTER for letter in text)


def elements(root: etree._Element) -> Iterator[etree._Element]:
    """Every element of the model itself, the drawing left out."""
    return root.iter(f"{{{BPMN}}}*")


def _bounds(shape: etree._Element) -> Rectangle:
    bounds = shape.find(f"{{{DC}}}Bounds")
    assert bounds is not None
    return _rectangle(bounds)


def _rectangle(bounds: etree._Element) -> Rectangle:
    return Rectangle(*(float(bounds.get(key, 0)) for key in ("x", "y", "width", "height")))

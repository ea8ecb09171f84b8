"""The drawing itself: positions there, columns upright, boxes in their column and apart."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from lxml import etree

from workflows.diagram import SCOPES
from workflows.lint.context import Context
from workflows.lint.finding import Finding, finding
from workflows.lint.names import label
from workflows.untrusted import BPMNDI, DC, DI

MAX_LANES = 8
_NUMBERS = {f"{{{DC}}}Bounds": ("x", "y", "width", "height"), f"{{{DI}}}waypoint": ("x", "y")}


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    width: float
    height: float
    horizontal: bool

    def holds_middle_of(self, other: _Box) -> bool:
        x, y = other.left + other.width / 2, other.top + other.height / 2
        return self.left <= x <= self.left + self.width and self.top <= y <= self.top + self.height

    def overlaps(self, other: _Box) -> bool:
        return (
            self.left < other.left + other.width
            and other.left < self.left + self.width
            and self.top < other.top + other.height
            and other.top < self.top + self.height
        )


def check(context: Context) -> Iterator[Finding]:
    file = context.process.file
    odd = list(_not_numbers(context.root))
    for element, value in odd:
        yield finding(file, "F16/number", element.get("id"), "shape", n="图形", x=value)
    boxes = {} if odd else _boxes(context.root)
    if not boxes:
        if not odd:
            yield finding(file, "F11")
        return
    yield from _columns(context, boxes)
    yield from _places(context, boxes)


def _not_numbers(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    for tag, names in _NUMBERS.items():
        for element in root.iter(tag):
            for name in names:
                value = element.get(name, "")
                if not _is_number(value):
                    yield element, value


def _is_number(value: str) -> bool:
    try:
        return len(value) <= 30 and math.isfinite(float(value)) and value.isascii() and "_" not in value
    except ValueError:
        return False


def _boxes(root: etree._Element) -> dict[str, _Box]:
    found = {}
    for shape in root.iter(f"{{{BPMNDI}}}BPMNShape"):
        bounds = next(shape.iterchildren(f"{{{DC}}}Bounds"), None)
        if bounds is not None:
            left, top, width, height = (float(bounds.get(name, "")) for name in _NUMBERS[str(bounds.tag)])
            horizontal = shape.get("isHorizontal") != "false"
            found[shape.get("bpmnElement", "")] = _Box(left, top, width, height, horizontal)
    return found


def _columns(context: Context, boxes: dict[str, _Box]) -> Iterator[Finding]:
    lanes = context.process.lanes
    if any(boxes[key].horizontal for key in lanes if key in boxes):
        yield context.here("L49/horizontal")
    if len(lanes) > MAX_LANES:
        yield context.here("L49/many")


def _places(context: Context, boxes: dict[str, _Box]) -> Iterator[Finding]:
    lanes = context.process.lanes
    drawn = [
        node
        for node in context.process.nodes.values()
        if node.id in boxes and node.kind not in ("boundaryEvent", *SCOPES)
    ]
    for node in drawn:
        lane = node.lane
        if lane is None or lane.id not in boxes or boxes[lane.id].holds_middle_of(boxes[node.id]):
            continue
        other = [key for key in lanes if key in boxes and boxes[key].holds_middle_of(boxes[node.id])]
        where = lanes[other[0]].name if other else "列外"
        yield context.at("L50/lane", node, a=where, b=lane.name or lane.id)
    for first, second in combinations(drawn, 2):
        if boxes[first.id].overlaps(boxes[second.id]):
            yield context.at("L50/overlap", first, a=label(first), b=label(second))

"""The picture itself: upright lanes, straight lines, nothing on top of anything."""

from __future__ import annotations

from itertools import combinations

from tests.bpmn.drawings import Drawing, Rectangle, written_width
from workflows.untrusted import BPMNDI

MOST_LANES, NARROWEST = 8, 160
CLEAR = 2  # px that a label keeps from everything else


def test_pool_and_lanes_are_vertical(drawing: Drawing):
    lanes = set(drawing.process.lanes)
    for shape in drawing.root.iter(f"{{{BPMNDI}}}BPMNShape"):
        if shape.get("bpmnElement") in lanes | {"pool"}:
            assert shape.get("isHorizontal") == "false"
    assert len(lanes) <= MOST_LANES
    assert all(drawing.shapes[lane].width >= NARROWEST for lane in lanes)


def test_everything_is_drawn(drawing: Drawing):
    assert set(drawing.nodes()) == set(drawing.process.nodes)
    assert {segment.flow for segment in drawing.segments} == set(drawing.process.flows)


def test_a_box_lies_inside_its_lane(drawing: Drawing):
    for key, shape in drawing.nodes().items():
        (lane,) = drawing.process.nodes[key].lanes
        assert drawing.shapes[lane.id].holds(shape), f"{key} is not inside {lane.id}"


def test_boxes_do_not_overlap(drawing: Drawing):
    for (one, first), (other, second) in combinations(drawing.nodes().items(), 2):
        hosts = {node.host.id for node in map(drawing.process.nodes.get, (one, other)) if node and node.host}
        assert not first.meets(second) or hosts & {one, other}, f"{one} overlaps {other}"


def test_lines_run_straight_down_or_across(drawing: Drawing):
    for segment in drawing.segments:
        assert segment.x1 == segment.x2 or segment.y1 == segment.y2, segment.flow


def test_lines_do_not_cross(drawing: Drawing):
    for one, other in combinations(drawing.segments, 2):
        if one.flow != other.flow:
            assert not one.box().meets(other.box()), f"{one.flow} crosses {other.flow}"


def test_lines_pass_through_no_box(drawing: Drawing):
    for segment in drawing.segments:
        for key, shape in drawing.nodes().items():
            if key not in drawing.hosts_of(segment.flow):
                assert not segment.box().meets(shape), f"{segment.flow} runs through {key}"


def test_labels_have_room_on_one_line_inside_one_lane(drawing: Drawing):
    named = {**drawing.process.nodes, **drawing.process.flows}
    lanes = [drawing.shapes[lane] for lane in drawing.process.lanes]
    for key, label in drawing.labels.items():
        assert written_width(named[key].name) <= label.width <= 90, key
        assert any(lane.holds(label.widened(CLEAR)) for lane in lanes), (
            f"the label of {key} lies on a lane's line"
        )


def test_labels_lie_on_nothing(drawing: Drawing):
    for key, written in drawing.labels.items():
        label = written.widened(CLEAR)
        for other, shape in drawing.nodes().items():
            is_choice = drawing.process.nodes[other].kind == "exclusiveGateway"
            covered = touches_diamond(written, shape) if is_choice else label.meets(shape)
            assert not covered, f"the label of {key} lies on {other}"
        for segment in drawing.segments:
            assert not label.meets(segment.box()), f"the label of {key} lies on {segment.flow}"
    for (one, first), (other, second) in combinations(drawing.labels.items(), 2):
        assert not first.meets(second), f"the labels of {one} and {other} overlap"


def touches_diamond(label: Rectangle, diamond: Rectangle) -> bool:
    """Whether the point of a label nearest to a gateway's middle lies inside its four sides."""
    middle_x, middle_y = diamond.x + diamond.width / 2, diamond.y + diamond.height / 2
    across = max(label.x - middle_x, middle_x - label.x - label.width, 0)
    down = max(label.y - middle_y, middle_y - label.y - label.height, 0)
    return across / (diamond.width / 2) + down / (diamond.height / 2) < 1

"""The route table: a drawing as lines that a policy officer can read in review."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bpmn.drawings import FOLDER
from workflows import routes
from workflows.untrusted import FileRefused

TRANSFER = FOLDER / "transfer.bpmn"


def steps(table: str) -> dict[str, list[str]]:
    rows = [line.split(" | ") for line in table.splitlines() if not line.startswith("#")]
    return {row[0]: row for row in rows[1:]}


def test_the_table_beside_a_drawing_is_the_drawings(path: Path):
    kept = routes.beside(path).read_text(encoding="utf-8")
    assert kept == routes.table(path.read_bytes()), "accept with: python -m workflows.routes bpmn/*.bpmn"


def test_no_table_is_left_without_a_drawing():
    tables = {path.name.removesuffix(".routes.txt") for path in FOLDER.glob("*.routes.txt")}
    assert tables == {path.stem for path in FOLDER.glob("*.bpmn")}


def test_a_review_says_office_answers_reasons_deadline_basis_and_both_ways_on():
    row = steps(routes.table(TRANSFER.read_bytes()))["sending_school_review"]
    assert row[1:] == [
        "转出学校核办",
        "sending_school",
        "office-review: approve refuse(R13 R15 R99) return",
        "working_days(policy('transfer.step_sla_workdays'))",
        "教基\u30142025\u30151号 第十五条",
        "sending_county_asked; 不同意: refused_by_sending_school",
    ]


def test_merges_are_read_over():
    table = steps(routes.table(TRANSFER.read_bytes()))
    assert table["fix_data"][-1] == "validate_platform"
    assert "to_validation" not in table


def test_steps_stand_in_the_order_of_the_journey():
    order = list(steps(routes.table(TRANSFER.read_bytes())))
    journey = [
        "receiving_school_review",
        "receiving_county_review",
        "receiving_authority_review",
        "receiving_province_review",
        "validate_platform",
        "sending_school_review",
        "sending_county_review",
        "sending_authority_review",
        "sending_province_review",
        "confirm_arrival",
        "pull_archive",
        "move_record",
        "order_certificate",
        "open_archive_handover",
    ]
    assert sorted(journey, key=order.index) == journey


def test_a_box_moved_to_another_lane_changes_one_line():
    drawn = TRANSFER.read_bytes()
    box = b"        <bpmn:flowNodeRef>validate_platform</bpmn:flowNodeRef>\n"
    lane = b'<bpmn:lane id="sending_province" name="'
    name_end = drawn.index(b"\n", drawn.index(lane)) + 1
    moved = (drawn[:name_end] + box + drawn[name_end:]).replace(box, b"", 1)
    assert len(moved) == len(drawn)
    before, after = (routes.table(data).splitlines() for data in (drawn, moved))
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 1
    assert "| sending_province |" in changed[0][1]


def test_a_name_cannot_break_the_table():
    hostile = TRANSFER.read_bytes().replace("转出学校核办".encode(), "一 | 二&#10;三".encode())
    assert steps(routes.table(hostile))["sending_school_review"][1] == "一 / 二 三"


def test_a_file_with_entities_is_refused():
    with pytest.raises(FileRefused):
        routes.table(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')


def test_writing_the_tables_writes_them_beside_the_drawings(tmp_path: Path):
    copy = tmp_path / "transfer.bpmn"
    copy.write_bytes(TRANSFER.read_bytes())
    routes.main([str(copy)])
    assert (tmp_path / "transfer.routes.txt").read_bytes() == routes.beside(TRANSFER).read_bytes()

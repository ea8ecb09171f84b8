"""A record moves only by a completed transfer, once, and the sending side keeps a copy (law 3)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from registry import movements, statuses
from registry.errors import NotFound, NotTransferable
from registry.students import RecordCopy
from registry.transfers import move_record
from tests.registry.factories import J1, NOW, P1, P2, P3, a_school, a_student

CASE = "ZX350102-2026-00001"
ON = date(2026, 3, 5)


def move(session, student, to=P2, case=CASE, **facts):
    return move_record(session, student.id, to, effective_on=ON, case_number=case, now=NOW, **facts)


def history(session, student):
    return [
        (m.code, m.name, m.school_code, m.other_school_code, m.on, m.case_number)
        for m in movements.of_student(session, student)
    ]


@pytest.fixture
def register(session):
    a_school(session, P1)
    a_school(session, P2, classes={5: (40, 45)})
    a_school(session, P3, authority="350582")
    return session


def test_the_record_is_at_the_receiving_school_from_that_day(register):
    student = a_student(register)
    record = move(register, student)
    assert (record.school_code, record.grade, record.stage, record.status) == (P2, 5, "primary", "enrolled")
    assert record.at_school_since == ON


def test_out_and_in_are_written_once(register):
    student = a_student(register)
    move(register, student)
    assert history(register, student) == [
        ("21", "转学（转出）", P1, P2, ON, CASE),
        ("22", "转学（转入）", P2, P1, ON, CASE),
    ]


def test_the_same_case_moves_it_once_even_when_the_class_was_changed_since(register):
    student = a_student(register)
    record = move(register, student)
    record.class_number = 1
    assert move(register, student).class_number == 1
    assert len(history(register, student)) == 2
    assert register.scalar(select(func.count(RecordCopy.id))) == 1


def test_all_rows_of_the_child_go_to_the_new_office(register):
    student = a_student(register)
    move(register, student, to=P3)
    there = "/35/3505/350582/s2135000003/"
    assert {student.office_path, student.record.office_path, student.guardians[0].office_path} == {there}


def test_each_side_finds_its_own_movement(register):
    student = a_student(register)
    move(register, student, to=P3)
    at = lambda path: [m.code for m in movements.at_office(register, path, ON)]  # noqa: E731
    assert at("/35/3501/350102/") == ["21"]
    assert at("/35/3505/350582/s2135000003/") == ["22"]
    assert at("/35/") == ["21", "22"]


def test_the_sending_school_keeps_the_record_as_it_stood(register):
    student = a_student(register, id_number="350102201503150019")
    move(register, student, to=P3)
    copy = register.scalars(select(RecordCopy)).one()
    assert (copy.school_code, copy.moved_to_code, copy.moved_on) == (P1, P3, ON)
    assert copy.office_path == "/35/3501/350102/s2135000001/"
    assert copy.body["record"]["school"] == P1
    assert copy.body["student"]["id_number"] == "350102201503150019"
    assert copy.body["guardians"] == [{"name": "林父", "relation": "father", "phone": "13800006021"}]
    student.name = "林亦航"
    register.flush()
    assert copy.body["student"]["name"] == "林一航"


def test_the_class_with_most_places_takes_the_child_unless_one_is_named(register):
    assert move(register, a_student(register)).class_number == 2
    assert move(register, a_student(register), class_number=1).class_number == 1


def test_a_school_without_classes_takes_the_child_all_the_same(register):
    a_school(register, "2135000009", classes={})
    assert move(register, a_student(register), to="2135000009").class_number is None


def test_only_who_attends_is_moved(register):
    for status in statuses.NAMES.keys() - {"enrolled", "withdrawn", "expelled"}:
        student = a_student(register, status=status)
        with pytest.raises(NotTransferable):
            move(register, student)
        assert history(register, student) == []
        assert student.record.school_code == P1


@pytest.mark.parametrize("facts", [{"to": P1}, {"grade": 4}, {"class_number": 9}, {"to": J1}])
def test_it_moves_nowhere_it_does_not_belong(register, facts):
    a_school(register, J1, stages=("junior",))
    student = a_student(register)
    with pytest.raises(NotTransferable):
        move(register, student, **facts)
    assert history(register, student) == []


def test_a_child_may_come_back_by_another_case(register):
    student = a_student(register)
    move(register, student)
    assert move(register, student, to=P1, case="ZX350102-2026-00002").school_code == P1
    assert [code for code, *_ in history(register, student)] == ["21", "22", "21", "22"]


def test_a_student_nobody_knows_is_not_found(register):
    unknown = a_student(register).record.id
    with pytest.raises(NotFound):
        move_record(register, unknown, P2, effective_on=ON, case_number=CASE, now=NOW)

"""跳级、留级: off unless the province opens them; one grade, in the stage, never in the last one."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select

from registry.calendar import CHINA
from registry.movements import Movement
from registry.policy import PolicyValue
from registry.students import Student, StudentRecord
from tests.support.province import GULOU, NAMES, P1, P2, A

PROCESSES = ("skip", "repeat")


@pytest.fixture
def opened(province):
    """A province in which both are allowed, and half of a grade may repeat it."""
    values = {"skip.allowed": True, "repeat.allowed": True, "repeat.quota_percent": 50}
    with province.installation.sessions() as session:
        session.add_all(
            PolicyValue(
                key=key,
                place="350000",
                version="test",
                value=value,
                from_=date(2020, 1, 1),
                basis="测试用规定",
            )
            for key, value in values.items()
        )
        session.commit()
    return province


def ask(province, process, school=P1, **members):
    application = {
        "student_number": A,
        "student_name": NAMES[A],
        "guardian": {"name": "林建国", "relation": "father", "phone": "13800006021"},
        "evidence": [province.upload(f"registrar.{school}")],
        **members,
    }
    body = {"process": process, "application": application}
    return province.call(f"registrar.{school}", "POST", "/cases", body)


def refused(province, process):
    answer = ask(province, process)
    assert answer.status_code == 422, answer.text
    return [rule["code"] for rule in answer.json["violations"]], answer.json["violations"][0]


def change(province, **values):
    with province.installation.sessions() as session:
        record = record_of(session)
        for name, value in values.items():
            setattr(record, name, value)
        session.commit()


def record_of(session):
    mine = select(StudentRecord).join(Student, Student.id == StudentRecord.student_id)
    return session.scalars(mine.where(Student.student_number == A)).one()


@pytest.mark.parametrize("process", PROCESSES)
def test_r04_where_the_province_has_not_opened_it(province, process):
    codes, violation = refused(province, process)
    assert codes == ["R04"]
    assert "省里没有开办" in violation["message"]


@pytest.mark.parametrize(("process", "grade", "code"), [("skip", 6, "04"), ("repeat", 4, "02")])
def test_the_grade_changes_by_one_with_its_movement(opened, process, grade, code):
    case = ask(opened, process).json
    opened.approve(case, at=P1)
    assert opened.approve(case, at=GULOU)["status"] == "completed"
    student = opened.student(A, f"registrar.{P1}")
    assert (student["status"], student["grade"], student["school"]["code"]) == ("enrolled", grade, P1)
    assert opened.movements(A, f"registrar.{P1}") == [(code, P1)]


@pytest.mark.parametrize(("process", "grade"), [("skip", 6), ("repeat", 6), ("repeat", 1)])
def test_r04_in_the_graduating_grade_and_out_of_the_stage(opened, process, grade):
    change(opened, grade=grade)
    assert refused(opened, process)[0] == ["R04"]


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize(("status", "code"), [("suspended", "R05"), ("abroad", "R16"), ("graduated", "R16")])
def test_only_who_is_in_school_changes_the_grade(opened, process, status, code):
    change(opened, status=status)
    assert refused(opened, process)[0] == [code]


def test_r10_while_another_case_is_open(opened):
    assert ask(opened, "skip").status_code == 201
    assert refused(opened, "repeat")[0] == ["R10"]


def test_r04_when_the_places_for_repeating_are_taken(opened):
    with opened.installation.sessions() as session:
        record = record_of(session)
        others = select(StudentRecord).where(
            StudentRecord.school_code == P1, StudentRecord.grade.in_((4, 5)), StudentRecord.id != record.id
        )
        for other in session.scalars(others).all():
            session.add(repeated(other))
            other.grade = 4
        session.commit()
    codes, violation = refused(opened, "repeat")
    assert codes == ["R04"]
    assert "50%" in violation["message"]


def repeated(record):
    return Movement(
        student_id=record.student_id,
        code="02",
        school_code=record.school_code,
        on=date(2025, 9, 20),
        case_number="earlier",
        recorded_at=datetime(2025, 9, 20, 9, tzinfo=CHINA),
        office_path=record.office_path,
    )


@pytest.mark.parametrize("day", ["2026-03-01", "2026-05-02", "2028-02-29"])
def test_the_day_lies_neither_in_the_past_nor_far_ahead(opened, day):
    answer = ask(opened, "skip", effective_from=day)
    assert [error["pointer"] for error in answer.json["errors"]] == ["/application/effective_from"]


@pytest.mark.parametrize("members", [{"grade": 7}, {"effective_from": "2026-02-29"}, {"evidence": []}])
def test_what_nobody_reads_or_no_calendar_has_is_refused(opened, members):
    assert ask(opened, "skip", **members).status_code == 422


def test_another_school_cannot_ask(opened):
    assert ask(opened, "skip", school=P2).status_code in (403, 404, 422)

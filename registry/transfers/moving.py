"""The effect of a completed transfer: the record moves, once, and both sides keep what is theirs."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import organisations, places, records, statuses, suspensions
from registry.errors import NotTransferable
from registry.movements import IN, OUT, Movement
from registry.organisations import SchoolStage
from registry.places import SchoolClass
from registry.scope import OfficeScoped
from registry.students import RecordCopy, StudentRecord


def move_record(
    session: Session,
    student_id: uuid.UUID,
    receiving_school: str,
    *,
    grade: int | None = None,
    class_number: int | None = None,
    effective_on: date,
    case_number: str,
    now: datetime,
) -> StudentRecord:
    """Move a student's record to the receiving school, by the case `case_number`.

    Done twice for one case it changes nothing the second time. Without
    `class_number` the student joins the class with most places free.

    :raises NotTransferable: when the student does not attend (law 4), is there
        already, or the school does not teach the grade or has no such class.
    """
    record = records.locked(session, student_id)
    if records.written(session, student_id, IN, case_number):
        return record
    grade = grade or record.grade
    stage = _check(session, record, receiving_school, grade)
    number = _class(session, receiving_school, grade, class_number)
    arriving = organisations.stage_path(session, receiving_school, stage.stage)

    session.add(_copy(record, receiving_school, effective_on, case_number, now))
    schools = (record.school_code, receiving_school)
    common = {"student_id": student_id, "on": effective_on, "case_number": case_number, "recorded_at": now}
    session.add(_movement(OUT, record.office_path, schools, common))
    session.add(_movement(IN, arriving, schools[::-1], common))

    record.school_code = receiving_school
    record.stage, record.grade, record.class_number = stage.stage, grade, number
    record.at_school_since = effective_on
    suspended = suspensions.of_student(session, student_id)
    owned: list[OfficeScoped] = [record, record.student, *record.student.guardians, *suspended]
    for row in owned:
        row.office_path = arriving
    session.flush()
    return record


def _check(session: Session, record: StudentRecord, school: str, grade: int) -> SchoolStage:
    if record.status != statuses.ENROLLED:
        raise NotTransferable(status=record.status)
    if record.school_code == school:
        raise NotTransferable(school=school)
    if grade != record.grade:
        raise NotTransferable(grade=grade, of_record=record.grade)
    stage = organisations.stage_with_grade(session, school, grade)
    if stage is None:
        raise NotTransferable(school=school, grade=grade)
    return stage


def _class(session: Session, school: str, grade: int, wanted: int | None) -> int | None:
    if wanted is None:
        roomiest = places.roomiest_class(session, school, grade)
        return roomiest.number if roomiest else None
    there = select(SchoolClass.number).where(
        SchoolClass.school_code == school, SchoolClass.grade == grade, SchoolClass.number == wanted
    )
    if session.scalar(there) is None:
        raise NotTransferable(school=school, grade=grade, class_number=wanted)
    return wanted


def _movement(code: str, path: str, schools: tuple[str, str], common: dict[str, Any]) -> Movement:
    return Movement(
        code=code, school_code=schools[0], other_school_code=schools[1], office_path=path, **common
    )


def _copy(record: StudentRecord, moved_to: str, on: date, case_number: str, now: datetime) -> RecordCopy:
    return RecordCopy(
        student_id=record.student_id,
        office_path=record.office_path,
        school_code=record.school_code,
        moved_to_code=moved_to,
        moved_on=on,
        case_number=case_number,
        taken_at=now,
        body=snapshot(record),
    )


def snapshot(record: StudentRecord) -> dict[str, Any]:
    """Student, record and guardians as plain data, as they stand now."""
    student = record.student
    return {
        "student": {
            "student_number": student.student_number,
            "name": student.name,
            "sex": student.sex,
            "birth_date": student.birth_date.isoformat(),
            "ethnicity": student.ethnicity,
            "id_type": student.id_type,
            "id_number": student.id_number,
            "address": student.address,
        },
        "record": {
            "school": record.school_code,
            "stage": record.stage,
            "grade": record.grade,
            "class": record.class_number,
            "status": record.status,
            "status_since": record.status_since.isoformat(),
            "at_school_since": record.at_school_since.isoformat(),
            "flags": list(record.flags),
        },
        "guardians": [
            {"name": guardian.name, "relation": guardian.relation, "phone": guardian.phone}
            for guardian in student.guardians
        ],
    }

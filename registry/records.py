"""How a record begins and how its status changes. A transfer moves it: :mod:`registry.transfers`."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from registry import organisations, places, statuses
from registry.errors import AlreadyRegistered, NotFound, StatusNotAllowed
from registry.movements import Movement
from registry.students import Student, StudentRecord

# Status after → movement code. A graduation is no movement.
CODES = {
    statuses.SUSPENDED: "11",
    statuses.WITHDRAWN: "31",
    statuses.EXPELLED: "42",
    statuses.DROPOUT: "99",
    statuses.ABROAD: "01",
    statuses.MISSING: "99",
    statuses.DECEASED: "51",
    statuses.COMPLETED: "62",
    statuses.INCOMPLETE: "63",
    statuses.VOID: "18",
}
# Back to 在读: the code tells from where; otherwise 恢复学籍.
CODES_OF_RETURN = {statuses.SUSPENDED: "12", statuses.ABROAD: "08"}
RECOVERED = "17"


def admit(
    session: Session,
    student: Student,
    school_code: str,
    grade: int,
    *,
    on: date,
    class_number: int | None = None,
) -> StudentRecord:
    """Register a new student at a school and open the one record they will ever have (2013 art. 4).

    :raises AlreadyRegistered: when the number or the identity document has a record (art. 6).
    :raises NotFound: when the school does not teach the grade.
    """
    _refuse_second(session, student)
    stage = organisations.stage_with_grade(session, school_code, grade)
    if stage is None:
        raise NotFound(school=school_code, grade=grade)
    roomiest = places.roomiest_class(session, school_code, grade)
    student.office_path = organisations.stage_path(session, school_code, stage.stage)
    for guardian in student.guardians:
        guardian.office_path = student.office_path
    record = StudentRecord(
        student=student,
        office_path=student.office_path,
        school_code=school_code,
        stage=stage.stage,
        grade=grade,
        class_number=class_number or (roomiest.number if roomiest else None),
        at_school_since=on,
        status=statuses.ENROLLED,
        status_since=on,
    )
    session.add_all([student, record])
    session.flush()
    return record


def change_status(
    session: Session,
    student_id: uuid.UUID,
    status: str,
    *,
    on: date,
    case_number: str,
    now: datetime,
    until: date | None = None,
    code: str | None = None,
) -> StudentRecord:
    """Give a record another status, with the movement that belongs to it, once for a case.

    `until` is the last day of a suspension or of a stay abroad, `code` a movement other than the usual.

    :raises StatusNotAllowed: when this status may not follow the present one,
        or would end compulsory education.
    """
    record = locked(session, student_id)
    code = code or _code(record.status, status)
    if written(session, student_id, code, case_number):
        return record
    if not statuses.may_follow(record.status, status, record.stage):
        raise StatusNotAllowed(now=record.status, then=status, stage=record.stage)
    if code:
        session.add(
            Movement(
                student_id=student_id,
                code=code,
                school_code=record.school_code,
                on=on,
                case_number=case_number,
                recorded_at=now,
                office_path=record.office_path,
            )
        )
    record.status, record.status_since, record.status_until = status, on, until
    session.flush()
    return record


def locked(session: Session, student_id: uuid.UUID) -> StudentRecord:
    """The student's record as it stands now, locked until the transaction ends.

    :raises NotFound: when there is none.
    """
    found = session.scalar(
        select(StudentRecord)
        .where(StudentRecord.student_id == student_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(student=str(student_id))
    return found


def written(session: Session, student_id: uuid.UUID, code: str | None, case_number: str) -> bool:
    """Has this case written its movement of this code already?"""
    same = select(Movement.id).where(
        Movement.student_id == student_id, Movement.code == code, Movement.case_number == case_number
    )
    return code is not None and session.scalar(same) is not None


def _code(before: str, after: str) -> str | None:
    if after == statuses.ENROLLED:
        return CODES_OF_RETURN.get(before, RECOVERED)
    return CODES.get(after)


def _refuse_second(session: Session, student: Student) -> None:
    same = [Student.student_number == student.student_number]
    if student.id_number_ix is not None:
        same.append((Student.id_type == student.id_type) & (Student.id_number_ix == student.id_number_ix))
    with session.no_autoflush:
        if session.scalar(select(Student.id).where(or_(*same), Student.id != student.id)) is not None:
            raise AlreadyRegistered()

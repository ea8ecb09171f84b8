"""What an office that takes part in a case may see of the student: named fields, never the row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from registry.students import ID_TYPES, RELATIONS, SEXES, Student


@dataclass(frozen=True)
class GuardianSeen:
    name: str
    relation: str
    phone: str


@dataclass(frozen=True)
class StudentSeen:
    """A student as shown. Full numbers are in it; the pages mask them until a reason is given."""

    id: UUID
    name: str
    sex: str
    birth_date: date = field(repr=False)
    student_number: str = field(repr=False)
    id_type: str
    id_number: str = field(repr=False)
    ethnicity: str
    address: str = field(repr=False)
    school_code: str
    stage: str
    grade: int
    class_number: int | None
    status: str
    status_since: date
    at_school_since: date
    flags: tuple[str, ...]
    quiet: bool
    problem_record: bool
    guardians: tuple[GuardianSeen, ...] = field(repr=False)


def of(student: Student) -> StudentSeen:
    """The view of a student whom the session may see."""
    record = student.record
    return StudentSeen(
        id=student.id,
        name=student.name,
        sex=_(SEXES[student.sex]),
        birth_date=student.birth_date,
        student_number=student.student_number,
        id_type=_(ID_TYPES[student.id_type]),
        id_number=student.id_number or "",
        ethnicity=student.ethnicity,
        address=student.address or "",
        school_code=record.school_code,
        stage=record.stage,
        grade=record.grade,
        class_number=record.class_number,
        status=record.status,
        status_since=record.status_since,
        at_school_since=record.at_school_since,
        flags=tuple(record.flags),
        quiet=student.quiet,
        problem_record=student.problem_record,
        guardians=tuple(
            GuardianSeen(g.name, _(RELATIONS[g.relation]), g.phone or "") for g in student.guardians
        ),
    )


def in_scope(session: Session, subject: str | None) -> StudentSeen | None:
    """The student of a case if the office's own part of the register has them."""
    student = session.get(Student, UUID(subject)) if subject else None
    return of(student) if student is not None and student.record is not None else None

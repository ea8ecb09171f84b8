"""The pre-check (校验) of a transfer: may it be filed, and if not, why and what then."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import organisations, places, policy, students
from registry.calendar import CHINA
from registry.names import same_name
from registry.organisations import Organisation
from registry.places import Places
from registry.students import Student, StudentRecord
from registry.transfers import rules
from registry.transfers.rules import Facts
from registry.violations import FieldError, Violation
from registry.words import words

GROUNDS = {
    "home_moved": "搬了家",
    "household_moved": "户口迁了",
    "work_moved": "家长换了工作地点",
    "military_posting": "军人调动",
    "other": "其他",
}

# Compared with the name typed for an unknown number, so that it takes as long as a known one.
NOBODY = "查无此人"


@dataclass(frozen=True)
class TransferRequest:
    """What the rules need of an application; its form has been checked (number normalised)."""

    student_number: str
    student_name: str
    receiving_school: str
    ground: str
    grade: int | None = None

    @classmethod
    def of(cls, application: Mapping[str, Any]) -> TransferRequest:
        """From the members of an application in the words of the public contract."""
        return cls(
            student_number=application["student_number"],
            student_name=application["student_name"],
            receiving_school=application["receiving_school"],
            ground=application["ground"],
            grade=application.get("grade"),
        )


@dataclass(frozen=True)
class Check:
    """What the pre-check found. `student` and `record` are there once name and number fit.

    `waived` are the rules that would refuse, were they not waived for this
    ground: each office that decides is shown them. `place` is whose policy judged.
    """

    student: Student | None = None
    record: StudentRecord | None = None
    receiving_school: Organisation | None = None
    place: str | None = None
    grade: int | None = None
    stage: str | None = None
    errors: tuple[FieldError, ...] = ()
    violations: tuple[Violation, ...] = ()
    warnings: tuple[Violation, ...] = ()
    waived: tuple[Violation, ...] = ()

    @property
    def passed(self) -> bool:
        """May it be filed?"""
        return not (self.errors or self.violations)


def check(
    session: Session,
    request: TransferRequest,
    *,
    now: datetime,
    has_open_case: Callable[[uuid.UUID], bool],
) -> Check:
    """Try every rule on a request, in the view of the whole register (the caller opens it).

    An unknown number and a wrong name give the same one answer, R12, in the same
    time. `has_open_case` tells whether a case holds the student's record.
    """
    today = now.astimezone(CHINA).date()
    target = _school(session, request.receiving_school)
    if target is None:
        return Check(errors=(_error("unknown_school", "没有这所学校，请从列表里选"),))
    student = _student(session, request)
    if student is None:
        in_force = policy.rules(session, target.division, today)
        return Check(violations=(rules.mismatch(in_force),))

    record = student.record
    grade = request.grade or record.grade
    stage = organisations.stage_with_grade(session, target.code, grade)
    authority = stage.authority_code if stage else target.division
    in_force = policy.rules(session, authority, today)
    facts = Facts(
        student=student,
        record=record,
        present_school=organisations.get(session, record.school_code),
        present_stage=organisations.stage_with_grade(session, record.school_code, record.grade),
        receiving_school=target,
        receiving_stage=stage,
        grade=grade,
        ground=request.ground,
        places=_places(session, target.code, grade, stage.stage if stage else record.stage, in_force),
        today=today,
        policy=in_force,
        has_open_case=has_open_case(student.id),
    )
    return _judge(facts)


def _judge(facts: Facts) -> Check:
    own = facts.record.school_code == facts.receiving_school.code
    errors = (_error("own_school", "孩子已经在这所学校，请选别的学校"),) if own else ()
    broken = tuple(rules.broken(facts))
    lifted = rules.lifted(facts)
    seats = tuple(filter(None, [rules.full(facts)]))
    stops = facts.policy["transfer.full_school_fallback"].value == "stop"
    return Check(
        student=facts.student,
        record=facts.record,
        receiving_school=facts.receiving_school,
        place=facts.policy.place,
        grade=facts.grade,
        stage=facts.receiving_stage.stage if facts.receiving_stage else facts.record.stage,
        errors=errors,
        violations=tuple(v for v in broken if v.code not in lifted) + (seats if stops else ()),
        warnings=() if stops else seats,
        waived=tuple(v for v in broken if v.code in lifted),
    )


def _student(session: Session, request: TransferRequest) -> Student | None:
    """The student of this number, if the name fits; the same work is done when there is none."""
    found = students.by_number(session, request.student_number)
    fits = same_name(found.name if found else NOBODY, request.student_name)
    return found if found and fits else None


def _school(session: Session, code: str) -> Organisation | None:
    return session.scalar(
        select(Organisation).where(Organisation.code == code, Organisation.kind == "school")
    )


def _places(session: Session, code: str, grade: int, stage: str, in_force: policy.Rules) -> Places:
    largest = in_force["transfer.class_size_max"].value[stage]
    return places.places(session, code, grade, class_size_max=largest)


def _error(code: str, message: str) -> FieldError:
    return FieldError("/receiving_school", code, words(message))

"""The pre-check of a change at one school: may it be filed, and if so, which offices decide it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import organisations, policy, routing
from registry.calendar import CHINA
from registry.changes.demands import Demands
from registry.changes.facts import Facts
from registry.names import same_name
from registry.routing import Route, Side
from registry.statuses import COMPULSORY_STAGES
from registry.students import Student
from registry.violations import FieldError, Violation
from registry.words import words

# Compared with the name typed for an unknown number, so that it takes as long as a known one.
NOBODY = "查无此人"


@dataclass(frozen=True)
class Check:
    """What the pre-check found. `facts` and `route` are there once name and number fit.

    `place` is whose policy judged.
    """

    facts: Facts | None = None
    route: Route | None = None
    place: str = policy.NATION
    errors: tuple[FieldError, ...] = ()
    violations: tuple[Violation, ...] = ()

    @property
    def passed(self) -> bool:
        """May it be filed?"""
        return self.facts is not None and not (self.errors or self.violations)


def check(
    session: Session,
    process: str,
    name: str,
    asked: Mapping[str, Any],
    demands: Demands,
    *,
    now: datetime,
    has_open_case: Callable[[uuid.UUID], bool],
) -> Check:
    """Make every demand of a process on an application, in the view of the whole register.

    Where a rule refuses, no member is worth mending, and none is named. An unknown number and a
    wrong name give the same one answer, R12, in the same time.
    """
    today = now.astimezone(CHINA).date()
    student = session.scalar(select(Student).where(Student.student_number == asked["student_number"]))
    known = student is not None and student.record is not None
    if not same_name(student.name if student and known else NOBODY, asked["student_name"]) or not student:
        return Check(violations=(_mismatch(policy.rules(session, policy.NATION, today)),))
    side, facts = _facts(session, process, name, student, asked, today, has_open_case)
    violations = tuple(filter(None, (rule(facts) for rule in demands.rules)))
    errors = () if violations else tuple(filter(None, (asked_for(facts) for asked_for in demands.members)))
    record = facts.record
    variables: dict[str, object] = {"stage": record.stage, "compulsory": record.stage in COMPULSORY_STAGES}
    reviews = [*facts.rule("extra_review").value[record.stage], *demands.reviews(facts)]
    return Check(
        facts=facts,
        place=side.authority.code,
        route=Route(side.offices(), variables | side.reviews(reviews)),
        errors=errors,
        violations=violations,
    )


def first_obstacle(
    session: Session,
    process: str,
    name: str,
    student: Student,
    demands: Demands,
    *,
    now: datetime,
    has_open_case: Callable[[uuid.UUID], bool],
) -> Violation | None:
    """The first rule that refuses this student now, before anything is asked."""
    today = now.astimezone(CHINA).date()
    _side, facts = _facts(session, process, name, student, {}, today, has_open_case)
    return next(filter(None, (rule(facts) for rule in demands.rules)), None)


def _facts(
    session: Session,
    process: str,
    name: str,
    student: Student,
    asked: Mapping[str, Any],
    today: date,
    has_open_case: Callable[[uuid.UUID], bool],
) -> tuple[Side, Facts]:
    record = student.record
    stage = organisations.stage_with_grade(session, record.school_code, record.grade)
    if stage is None:
        raise AssertionError("a record stands at a school that teaches its grade")
    side = routing.side(session, "", record.school_code, record.stage)
    return side, Facts(
        session=session,
        process=process,
        name=name,
        student=student,
        record=record,
        school=side.school,
        stage=stage,
        asked=asked,
        today=today,
        policy=policy.rules(session, side.authority.code, today),
        has_open_case=has_open_case(student.id),
    )


def _mismatch(in_force: policy.Rules) -> Violation:
    """R12: number and name do not fit. It is the same for an unknown number, and says no more."""
    return Violation(
        "R12",
        words("姓名和学籍号对不上"),
        words("姓名和学籍号对不上。"),
        words("请检查这两项，照学生证填。"),
        str(in_force["changes.rule_basis"].value["R12"]),
    )

"""Changes at one school as kinds of process: each application held against the register by its demands."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.orm import Session

from forms.process import Process, declared
from jisui.prepared import error, is_confirmed, violation
from registry import changes
from registry.students import Student
from webapp.processes import Applicant, Prepared, ProcessKind, Violation
from workflows.cases import open_case_number, open_cases


def kinds() -> list[ProcessKind]:
    """Every change that a module of `forms/` declares."""
    return [
        ProcessKind(
            one.key,
            one.name,
            one.letters,
            one.application,
            partial(prepare, one),
            one.page,
            partial(obstacle, one),
            one.beside_others,
        )
        for one in declared().values()
    ]


def prepare(
    process: Process, session: Session, application: BaseModel, applicant: Applicant, now: datetime
) -> Prepared:
    """The pre-check of a change, and what its case would know. Reads the whole register."""
    found = changes.check(
        session,
        process.key,
        process.name,
        application.model_dump(),
        process.demands,
        now=now,
        has_open_case=partial(_has_open_case, session, process),
    )
    facts, route = found.facts, found.route
    if facts is None or route is None:
        return Prepared(violations=tuple(map(violation, found.violations)))
    student, school = facts.student, facts.school
    read = {name: facts.asked[name] for name in process.variables}
    return Prepared(
        errors=tuple(map(error, found.errors)),
        violations=tuple(map(violation, found.violations)),
        confirmed=is_confirmed(student, applicant),
        student_id=student.id,
        place=found.place,
        starter_office=school.code,
        variables=route.variables | read | {"filed_by": applicant.filed_by},
        offices=route.offices,
        title=student.name,
        search=" ".join((student.name, student.name_pinyin, student.name_initials, school.name)),
        summary={
            "grade": facts.record.grade,
            "stage": facts.record.stage,
            "compulsory": route.variables["compulsory"],
            "school": {"code": school.code, "name": school.name},
            "quiet": student.quiet,
        },
    )


def obstacle(process: Process, session: Session, student_id: UUID, now: datetime) -> Violation | None:
    """The first rule that stands in the way of this change for a student now."""
    found = changes.first_obstacle(
        session,
        process.key,
        process.name,
        session.get_one(Student, student_id),
        process.demands,
        now=now,
        has_open_case=partial(_has_open_case, session, process),
    )
    return violation(found) if found else None


def _has_open_case(session: Session, process: Process, student_id: UUID) -> bool:
    """Is there a case beside which this one may not run?"""
    if process.beside_others:
        return any(case.process == process.key for case in open_cases(session, str(student_id)))
    return open_case_number(session, str(student_id)) is not None

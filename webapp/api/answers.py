"""Cases and tasks as the public contract shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from documents import register as certificates
from registry import applications, reasons
from registry.calendar import CHINA
from registry.organisations import Organisation
from registry.students import Student
from webapp import deciding
from webapp.api.schemas import CaseOut, CertificateRef, Office, StepOut, StudentRef, TaskOut, ViolationOut
from webapp.processes import Violation
from workflows import cases, tasks
from workflows.model import Case, CaseOffice, Task


def rfc3339(moment: datetime) -> str:
    """A moment as the contract writes it: +08:00, to the second."""
    return moment.astimezone(CHINA).isoformat(timespec="seconds")


def rfc3339_or_none(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None


def takes_part(session: Session, case_id: UUID, office: str) -> bool:
    """Whether an office may read a case: it started it, or its turn has come, or it was told of it."""
    row = select(CaseOffice.case_id).where(CaseOffice.case_id == case_id, CaseOffice.office == office)
    return session.scalar(row) is not None


def offices(session: Session, codes: Iterable[str]) -> dict[str, Office]:
    """Names of organisations, for codes."""
    rows = session.execute(
        select(Organisation.code, Organisation.name).where(Organisation.code.in_(set(codes)))
    )
    return {code: Office(code=code, name=name) for code, name in rows}


def case_answer(session: Session, case_id: UUID, viewer: str | None = None) -> CaseOut:
    """A case with its steps, as an office may read it. The caller has found that it takes part.

    `viewer` None is the installation itself (command line).
    """
    row = cases.by_id(session, case_id)
    steps = cases.steps(session, case_id)
    names = offices(session, (step.office for step in steps))
    application = applications.latest(session, case_id)
    follows = cases.by_id(session, row.follows).number if row.follows else None
    return CaseOut(
        number=row.number,
        process=row.process,
        status=row.status,
        student_number=application.body.get("student_number") if application else None,
        tracking_url=f"/track/{row.number}",
        steps=[_step(step, names, _may_read(step, row.offices, viewer)) for step in steps],
        certificates=[
            CertificateRef(number=c.number, kind=c.kind, issued_at=rfc3339(c.issued_at))
            for c in certificates.of_case(session, case_id)
        ],
        follows=follows,
    )


def _may_read(step: Row[Any], offices_of_case: dict[str, str], viewer: str | None) -> bool:
    """Words for a private reason (a dispute about a child) stay on the side of those who decided."""
    reason = reasons.CATALOGUE.get(step.reason_code or "")
    if viewer is None or reason is None or not reason.private:
        return True
    side = step.lane.partition("_")[0]
    same_side = {code for lane, code in offices_of_case.items() if lane.startswith(side)}
    return viewer == step.office or viewer in same_side


def _step(step: Row[Any], names: dict[str, Office], may_read: bool) -> StepOut:
    return StepOut(
        element=step.element,
        name=step.name,
        office=names.get(step.office, Office(code=step.office)),
        role=step.role,
        status=step.status,
        opened_at=rfc3339(step.opened_at),
        due_at=rfc3339_or_none(step.due_at),
        decided_at=rfc3339_or_none(step.decided_at),
        decision=step.decision,
        reason_code=step.reason_code,
        opinion=step.opinion if may_read else None,
    )


def task_answers(session: Session, found: Sequence[tuple[Task, Case]], now: datetime) -> list[TaskOut]:
    """Tasks with what they are about. Their office reads the application, so it is told the number."""
    names = offices(session, (task.office for task, _case in found))
    numbers = _student_numbers(session, (case.subject for _task, case in found))
    return [
        TaskOut(
            id=task.id,
            case_number=case.number,
            process=case.process,
            element=task.element,
            name=task.name,
            office=names.get(task.office, Office(code=task.office)),
            role=task.role,
            student=StudentRef(student_number=numbers.get(case.subject or ""), name=case.title),
            decisions=list(task.decisions),
            reasons=list(deciding.reasons_offered(task.reasons, case.summary)),
            opened_at=rfc3339(task.opened_at),
            due_at=rfc3339_or_none(task.due_at),
            claimed_by=task.claimed_by_name if tasks.is_held(task, now) else None,
        )
        for task, case in found
    ]


def _student_numbers(session: Session, subjects: Iterable[str | None]) -> dict[str, str]:
    """Student numbers by subject, wherever the records lie."""
    ids = {UUID(subject) for subject in subjects if subject}
    table = Student.__table__
    rows = session.connection().execute(select(table.c.id, table.c.student_number).where(table.c.id.in_(ids)))
    return {str(student_id): number for student_id, number in rows}


def violation(found: Violation) -> ViolationOut:
    return ViolationOut(code=found.code, message=found.message, basis=found.basis, remedy=found.remedy)

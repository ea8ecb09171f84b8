"""Cases and tasks as the public contract shows them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from registry.calendar import CHINA
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from documents import register as certificates
from registry import applications, reasons
from registry.organisations import Organisation
from webapp.api.schemas import CaseOut, CertificateRef, Office, StepOut, TaskOut, ViolationOut
from webapp.processes import Violation
from workflows import cases
from workflows.model import Case, Task


def rfc3339(moment: datetime | None) -> str | None:
    return moment.astimezone(CHINA).isoformat(timespec="seconds") if moment else None


def offices(session: Session, codes: Iterable[str]) -> dict[str, Office]:
    """Names of organisations, for codes."""
    rows = session.execute(
        select(Organisation.code, Organisation.name).where(Organisation.code.in_(set(codes)))
    )
    return {code: Office(code=code, name=name) for code, name in rows}


def case_answer(session: Session, case_id: UUID, viewer: str | None = None) -> CaseOut:
    """A case with its steps, as an office may read it. The caller has found it in scope.

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
            CertificateRef(number=c.number, kind=c.kind, issued_at=rfc3339(c.issued_at) or "")
            for c in certificates.of_case(session, case_id)
        ],
        follows=follows,
    )


def _may_read(step: Row[Any], offices_of_case: dict[str, str], viewer: str | None) -> bool:
    """Words for a private reason (a dispute about a child) stay on the side of those who decided."""
    if viewer is None or not step.reason_code or not reasons.CATALOGUE[step.reason_code].private:
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
        opened_at=rfc3339(step.opened_at) or "",
        due_at=rfc3339(step.due_at),
        decided_at=rfc3339(step.decided_at),
        decision=step.decision,
        reason_code=step.reason_code,
        opinion=step.opinion if may_read else None,
    )


def task_answer(task: Task, case: Case, names: dict[str, Office]) -> TaskOut:
    return TaskOut(
        id=task.id,
        case_number=case.number,
        process=case.process,
        element=task.element,
        name=task.name,
        office=names.get(task.office, Office(code=task.office)),
        role=task.role,
        student={"name": case.title},
        decisions=list(task.decisions),
        reasons=list(task.reasons),
        opened_at=rfc3339(task.opened_at) or "",
        due_at=rfc3339(task.due_at),
        claimed_by=task.claimed_by_name,
    )


def violation(found: Violation) -> ViolationOut:
    return ViolationOut(code=found.code, message=found.message, basis=found.basis, remedy=found.remedy)

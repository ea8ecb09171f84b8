"""Decide a task: the answer's own fields are checked, then the engine runs on.

One transaction, which the caller commits. A step that fails half-way is rolled
back and becomes an incident in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from flask_babel import gettext as _
from pydantic import BaseModel, ValidationError
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from forms import step_fields
from forms.pointers import errors_of
from registry import applications, reasons
from webapp import filing
from webapp.filing import is_uuid
from webapp.processes import ProcessKind
from webapp.refusals import FieldErrors, field_error
from webapp.services import Services
from workflows import incidents, tasks
from workflows.errors import StepFailed, TaskNotFound
from workflows.model import Actor, Case, Decision, Task
from workflows.projection import DESK_AUTHORITY

STEP = "step"
log = structlog.get_logger(__name__)
MOST_FILES = 12


def decide(
    services: Services,
    session: Session,
    task_id: UUID,
    actor: Actor | None,
    decision: Decision,
    *,
    now: datetime,
    asker: str = "",
) -> UUID:
    """Take a decision in a task; the case's key. `actor` None is the family that filed.

    Raises `FieldErrors` for what was left out, `workflows.errors` for what may
    not be, `StepFailed` for what broke (an incident is open then).
    """
    task, case = _task_and_case(session, task_id)
    kind = services.processes.get(case.process)
    decision = _checked(session, kind, task, case, decision)
    proof = filing.own_evidence(session, _named_evidence(decision), asker)
    try:
        tasks.complete(session, services.engine, task_id, actor, decision, now=now)
        if decision.decision == "resubmit" and kind is not None:
            _keep_correction(session, kind, case, decision.fields, asker, now)
        filing.attach(session, proof, case.id)
        incidents.resolve(session, case.id, STEP, now=now)
    except StepFailed as failure:
        session.rollback()
        log.exception("step failed", case=case.number, element=task.element)
        with services.sessions() as fresh:
            incidents.open_incident(fresh, case.id, STEP, f"{failure.code} {failure.facts}", now=now)
            fresh.commit()
        raise
    return case.id


def _named_evidence(decision: Decision) -> list[object]:
    """Files that prove a refusal for another reason (R99)."""
    named = decision.fields.get("evidence", []) if decision.decision == "refuse" else []
    if not isinstance(named, list) or len(named) > MOST_FILES or not all(map(is_uuid, named)):
        raise FieldErrors([field_error("/fields/evidence", "malformed", _("没有这份材料，请重新上传"))])
    return named


def _task_and_case(session: Session, task_id: UUID) -> tuple[Row[Any], Row[Any]]:
    connection = session.connection()
    task = connection.execute(select(Task.__table__).where(Task.id == task_id)).first()
    if task is None:
        raise TaskNotFound()
    case = connection.execute(select(Case.__table__).where(Case.id == task.case_id)).one()
    return task, case


def _checked(
    session: Session, kind: ProcessKind | None, task: Row[Any], case: Row[Any], decision: Decision
) -> Decision:
    """The decision with its fields in their types."""
    if task.status != "open" or decision.decision not in task.decisions:
        return decision  # the engine says what is wrong, and in which order
    if decision.decision == "refuse":
        return _refusal(task, case, decision)
    if decision.decision == "resubmit":
        if kind is not None:
            _corrected(session, kind, case, decision.fields)
        return decision
    model = step_fields.model(decision.decision)
    try:
        fields = model.model_validate(dict(decision.fields)).model_dump(
            mode="json", exclude_none=True, by_alias=True
        )
    except ValidationError as error:
        raise FieldErrors(errors_of(error, "/fields")) from error
    return Decision(decision.decision, decision.reason_code, decision.opinion, fields)


def _refusal(task: Row[Any], case: Row[Any], decision: Decision) -> Decision:
    """What a refusal must bring: words, a figure, a file (domain.md 2.4)."""
    if decision.reason_code not in task.reasons:
        return decision
    required = reasons.CATALOGUE[decision.reason_code].requires_in(str(case.summary.get("stage")))
    vacancies = decision.fields.get("vacancies")
    is_count = isinstance(vacancies, int) and not isinstance(vacancies, bool) and 0 <= vacancies <= 9999
    errors = []
    if "words" in required and not decision.opinion.strip():
        errors.append(field_error("/opinion", "required", _("选了“不同意”，请写清原因，家长会看到")))
    if "vacancies" in required and not is_count:
        errors.append(field_error("/fields/vacancies", "required", _("请填空余学位数")))
    # The office's file is with the case by the time the authority over it decides.
    needs_file = "file" in required and task.lane != DESK_AUTHORITY
    if needs_file and not decision.fields.get("evidence"):
        errors.append(field_error("/fields/evidence", "required", _("选了“其他”，请附上一份说明文件")))
    if errors:
        raise FieldErrors(errors)
    return decision


def _corrected(
    session: Session, kind: ProcessKind, case: Row[Any], fields: Mapping[str, object]
) -> BaseModel:
    """The application with the corrected members; only what was returned may change."""
    now_filed = applications.latest(session, case.id)
    members = dict(now_filed.body) if now_filed else {}
    asked = returned_items(session, case.id)
    allowed = {item["pointer"].split("/")[1] for item in asked}
    errors = [
        field_error(f"/fields/{name}", "not_returned", _("这一项没有退回，不用改"))
        for name in fields
        if allowed and name not in allowed
    ]
    if errors:
        raise FieldErrors(errors)
    for name, value in fields.items():
        known = members.get(name)
        members[name] = {**known, **value} if isinstance(known, dict) and isinstance(value, dict) else value
    try:
        return kind.application.model_validate(members)
    except ValidationError as error:
        raise FieldErrors(errors_of(error, "/fields")) from error


def returned_items(session: Session, case_id: UUID) -> list[dict[str, str]]:
    """What the newest return asked to be corrected: pointers into the application, with words."""
    fields = session.connection().scalar(
        select(Task.fields)
        .where(Task.case_id == case_id, Task.decision == "return")
        .order_by(Task.decided_at.desc(), Task.seq.desc())
        .limit(1)
    )
    return list((fields or {}).get("items", []))  # type: ignore[call-overload]


def _keep_correction(
    session: Session,
    kind: ProcessKind,
    case: Row[Any],
    fields: Mapping[str, object],
    asker: str,
    now: datetime,
) -> None:
    application = _corrected(session, kind, case, fields)
    before = applications.latest(session, case.id)
    known = set(map(str, before.body.get("evidence", []))) if before else set()
    fresh = [one for one in getattr(application, "evidence", []) if str(one) not in known]
    filing.attach(session, filing.own_evidence(session, fresh, asker), case.id)
    applications.file(session, case.id, application.model_dump(mode="json"), now)

"""Decide a task: the answer's own fields are checked, then the engine runs on.

One transaction, which the caller commits. A step that fails half-way is rolled
back and becomes an incident in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from flask_babel import gettext as _
from pydantic import BaseModel, ValidationError
from sqlalchemy import Row
from sqlalchemy.orm import Session

from forms import step_fields
from forms.pointers import errors_of
from registry import reasons
from webapp import correcting, filing
from webapp.processes import ProcessKind
from webapp.refusals import FieldErrors, field_error
from webapp.services import Services
from workflows import cases, incidents, tasks
from workflows.errors import DecisionNotOffered, NotYourRole, StepFailed, TaskNotFound
from workflows.model import DESK_AUTHORITY, OPEN, Actor, Decision

STEP = "step"
REFUSE, RETURN, RESUBMIT = "refuse", "return", "resubmit"
log = structlog.get_logger(__name__)


class AtHand(NamedTuple):
    """A task that is the caller's to decide, with its case."""

    task: Row[Any]
    case: Row[Any]


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
    """Find a task and take a decision in it; the case's key. Raises what `find` and `take` raise."""
    found = find(session, task_id, actor)
    return take(services, session, found, actor, decision, now=now, asker=asker)


def take(
    services: Services,
    session: Session,
    found: AtHand,
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
    task, case = found
    kind = services.processes.get(case.process)
    answer = _checked(session, kind, task, case, decision)
    proof = filing.own_evidence(session, answer.evidence, asker, "/fields/evidence")
    try:
        tasks.complete(session, services.engine, task.id, actor, answer.decision, now=now)
        if answer.application is not None:
            correcting.keep(session, case.id, answer.application, asker, now)
        filing.attach(session, proof, case.id)
        incidents.resolve(session, case.id, STEP, now=now)
    except StepFailed as failure:
        session.rollback()
        log.exception("step failed", case=case.number, element=task.element)
        with services.sessions() as fresh:
            incidents.open_incident(fresh, case.id, STEP, f"{failure.code} {failure.facts}", now=now)
            fresh.commit()
        raise
    return UUID(str(case.id))


def reasons_offered(drawn: Sequence[str], summary: Mapping[str, object]) -> list[str]:
    """Of the reasons that the diagram names, those one may choose in a case of this stage."""
    stage = summary.get("stage")
    return [
        code
        for code in drawn
        if (one := reasons.CATALOGUE.get(code)) and one.offered and (not stage or stage in one.stages)
    ]


@dataclass(frozen=True)
class _Answer:
    """A decision with its fields in their types, the files it brings, the application it corrects."""

    decision: Decision
    evidence: Sequence[UUID] = ()
    application: BaseModel | None = None


def find(session: Session, task_id: UUID, actor: Actor | None) -> AtHand:
    """The task, if it is the caller's to decide. Who may not know of it learns nothing from its fields.

    Raises `TaskNotFound`, `NotYourRole`.
    """
    task = tasks.by_id(session, task_id)
    if task is None or (actor is not None and task.office != actor.office):
        raise TaskNotFound()
    if actor is not None and task.role != actor.role:
        raise NotYourRole(task=str(task_id), role=task.role)
    return AtHand(task, cases.by_id(session, task.case_id))


def _checked(
    session: Session, kind: ProcessKind | None, task: Row[Any], case: Row[Any], decision: Decision
) -> _Answer:
    """The decision with what it brings. What the task does not offer is for the engine to say."""
    if task.status != OPEN or decision.decision not in task.decisions:
        return _Answer(decision)
    if decision.decision != REFUSE and decision.reason_code:
        raise DecisionNotOffered(field="reason_code", offered=[])
    if decision.decision == REFUSE:
        return _refusal(task, case, decision)
    if decision.decision == RESUBMIT and kind is not None:
        application, corrected = correcting.of(session, kind, case.id, decision.fields)
        # The values stand in the application, encrypted; the history says which ones they were.
        return _Answer(replace(decision, fields={"corrected": corrected}), application=application)
    fields = _fields(step_fields.model(decision.decision), decision)
    if decision.decision == RETURN:
        correcting.check_items(session, case.id, fields["items"])
    return _Answer(replace(decision, fields=fields))


def _fields(model: type[BaseModel], decision: Decision) -> dict[str, Any]:
    """The fields of a decision in their types. Raises `FieldErrors`."""
    try:
        found = model.model_validate(dict(decision.fields))
    except ValidationError as error:
        raise FieldErrors(errors_of(error, "/fields")) from error
    return found.model_dump(mode="json", exclude_none=True, by_alias=True)


def _refusal(task: Row[Any], case: Row[Any], decision: Decision) -> _Answer:
    """What a refusal must bring: words, a figure, a file."""
    offered = reasons_offered(task.reasons, case.summary)
    if decision.reason_code not in offered and (offered or decision.reason_code):
        raise DecisionNotOffered(field="reason_code", offered=offered)
    fields = _fields(step_fields.RefuseFields, decision)
    errors = _left_out(task, case, decision, fields)
    if errors:
        raise FieldErrors(errors)
    return _Answer(replace(decision, fields=fields), [UUID(one) for one in fields.get("evidence", [])])


def _left_out(
    task: Row[Any], case: Row[Any], decision: Decision, fields: Mapping[str, Any]
) -> list[dict[str, str]]:
    """What a reason demands and the refusal lacks."""
    reason = reasons.CATALOGUE.get(decision.reason_code)
    required = reason.requires_in(str(case.summary.get("stage"))) if reason else ("words",)
    errors = []
    if "words" in required and not decision.opinion.strip():
        errors.append(field_error("/opinion", "required", _("选了“不同意”，请写清原因，家长会看到")))
    if "vacancies" in required and "vacancies" not in fields:
        errors.append(field_error("/fields/vacancies", "required", _("请填空余学位数")))
    # The office's file is with the case by the time the authority over it decides.
    needs_file = "file" in required and task.lane != DESK_AUTHORITY
    if needs_file and not fields.get("evidence"):
        errors.append(field_error("/fields/evidence", "required", _("选了“其他”，请附上一份说明文件")))
    return errors

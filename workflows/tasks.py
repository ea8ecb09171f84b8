"""Tasks: complete, claim, release. One winner per task, whoever comes second is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from workflows import notices
from workflows.engine import Engine
from workflows.errors import (
    DecisionNotOffered,
    NotYourRole,
    SamePerson,
    TaskAlreadyDecided,
    TaskClaimed,
    TaskNotFound,
)
from workflows.execution import Step, lock, step
from workflows.model import DONE, OPEN, Actor, Case, Decision, Task
from workflows.projection import STARTER

HOLD = timedelta(minutes=30)
REFUSE, RETURN = "refuse", "return"
FAMILY = "guardian"


def complete(
    session: Session,
    engine: Engine,
    task_id: UUID,
    actor: Actor | None,
    decision: Decision,
    *,
    now: datetime,
) -> UUID:
    """Decide a task and run its case on to the next human tasks; the case's key.

    `actor` None is the family that filed: it may answer only what was returned
    to it. Raises `TaskNotFound`, `NotYourRole`, `TaskAlreadyDecided`,
    `TaskClaimed`, `SamePerson`, `DecisionNotOffered`; then nothing has changed.
    """
    task = _found(session, task_id, actor)
    with step(session, engine, task.case_id, now=now) as acting:
        task = _still_open(session, task_id)
        _may_decide(session, acting, task, actor, now)
        _offered(task, decision)
        _close(session, task_id, actor, decision, now)
        acting.chain.append(
            "decided",
            now,
            element=task.element,
            office=task.office,
            decision=decision.decision,
            reason_code=decision.reason_code,
            by=str(actor.person_id) if actor else "family",
            name=actor.name if actor else "",
        )
        if task.lane == STARTER and task.box_id:
            acting.resumed_boxes.add(task.box_id)
        acting.complete(task_id, _variables(task, decision))
    _tell(session, engine, task.case_id, decision, now)
    return UUID(str(task.case_id))


def claim(session: Session, task_id: UUID, actor: Actor, *, now: datetime) -> None:
    """Hold a task for half an hour so that colleagues see who works on it."""
    task = _found(session, task_id, actor)
    lock(session, task.case_id)
    task = _still_open(session, task_id)
    _role_fits(task, actor)
    _not_held(task, actor, now)
    session.connection().execute(
        update(Task)
        .where(Task.id == task_id)
        .values(claimed_by=actor.person_id, claimed_by_name=actor.name, claimed_at=now)
    )
    session.expire_all()


def release(session: Session, task_id: UUID, actor: Actor, *, now: datetime) -> None:
    """Put a task back for the office."""
    task = _found(session, task_id, actor)
    lock(session, task.case_id)
    task = _still_open(session, task_id)
    _role_fits(task, actor)
    _not_held(task, actor, now)
    session.connection().execute(
        update(Task).where(Task.id == task_id).values(claimed_by=None, claimed_by_name=None, claimed_at=None)
    )
    session.expire_all()


def is_held(task: Task | Row[Any], now: datetime) -> bool:
    """Whether somebody holds the task now; a hold ends by itself after thirty minutes."""
    return task.claimed_by is not None and task.claimed_at is not None and now < task.claimed_at + HOLD


def _found(session: Session, task_id: UUID, actor: Actor | None) -> Row[Any]:
    """The task, if it is the caller's to know: another office's is not there (404)."""
    session.flush()
    row = session.connection().execute(select(Task.__table__).where(Task.id == task_id)).first()
    if row is None or (actor is not None and row.office != actor.office):
        raise TaskNotFound()
    return row


def _still_open(session: Session, task_id: UUID) -> Row[Any]:
    """Read the task again, now that its case is locked."""
    row = session.connection().execute(select(Task.__table__).where(Task.id == task_id)).one()
    if row.status != OPEN:
        raise TaskAlreadyDecided(
            task=str(task_id),
            decision=row.decision,
            by=row.decided_by_name,
            at=row.decided_at,
        )
    return row


def _may_decide(session: Session, acting: Step, task: Row[Any], actor: Actor | None, now: datetime) -> None:
    if actor is None:
        if task.lane != STARTER or acting.case.filed_by != FAMILY:
            raise TaskNotFound()
        return
    _role_fits(task, actor)
    if task.not_same_as and actor.person_id == _preparer(session, acting, task):
        raise SamePerson(task=str(task.id))
    _not_held(task, actor, now)


def _preparer(session: Session, acting: Step, task: Row[Any]) -> UUID | None:
    """Who prepared this review; for the starting office's own filing, who filed."""
    prepared = session.connection().scalar(
        select(Task.decided_by)
        .where(
            Task.case_id == task.case_id,
            Task.box_id == task.box_id,
            Task.status == DONE,
            Task.element == task.element.rpartition(".")[0] + "." + task.not_same_as,
        )
        .order_by(Task.decided_at.desc(), Task.seq.desc())
        .limit(1)
    )
    if prepared is None and task.office == acting.case.starter_office:
        return acting.case.filer_id  # type: ignore[no-any-return]
    return prepared


def _role_fits(task: Row[Any], actor: Actor) -> None:
    if task.role != actor.role:
        raise NotYourRole(task=str(task.id), role=task.role)


def _not_held(task: Row[Any], actor: Actor, now: datetime) -> None:
    if is_held(task, now) and task.claimed_by != actor.person_id:
        raise TaskClaimed(task=str(task.id), by=task.claimed_by_name, at=task.claimed_at)


def _offered(task: Row[Any], decision: Decision) -> None:
    if decision.decision not in task.decisions:
        raise DecisionNotOffered(field="decision", offered=list(task.decisions))
    if decision.decision == REFUSE and task.reasons and decision.reason_code not in task.reasons:
        raise DecisionNotOffered(field="reason_code", offered=list(task.reasons))


def _close(session: Session, task_id: UUID, actor: Actor | None, decision: Decision, now: datetime) -> None:
    values = {
        "status": DONE,
        "decided_at": now,
        "decided_by": actor.person_id if actor else None,
        "decided_by_name": actor.name if actor else None,
        "decision": decision.decision,
        "reason_code": decision.reason_code or None,
        "opinion": decision.opinion or None,
        "fields": dict(decision.fields),
    }
    done = session.connection().execute(
        update(Task).where(Task.id == task_id, Task.status == OPEN).values(values)
    )
    if done.rowcount != 1:
        raise TaskAlreadyDecided(task=str(task_id))


def _variables(task: Row[Any], decision: Decision) -> Mapping[str, object]:
    """What the drawing's conditions may read of a decision: its kind, its code, who returned it."""
    variables: dict[str, object] = {"decision": decision.decision, "reason": decision.reason_code}
    if decision.decision == RETURN:
        variables["returned_by"] = task.role
    return variables


def _tell(session: Session, engine: Engine, case_id: UUID, decision: Decision, now: datetime) -> None:
    """The family hears what concerns it; at the end every office does too."""
    case = session.connection().execute(select(Case.__table__).where(Case.id == case_id)).one()
    if case.closed_at is not None:
        notices.tell_all(session, engine, case, case.status, now)
    elif decision.decision == RETURN or case.status == "awaiting_arrival":
        notices.tell_family(session, case, case.status, now)

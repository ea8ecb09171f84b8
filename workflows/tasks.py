"""Tasks: complete, claim, release. One winner per task, whoever comes second is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, Row, bindparam, select, update
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
from workflows.execution import Step, lock_of_task, step
from workflows.model import DONE, STARTER, TASK_IS_DONE, TASK_IS_OPEN, Actor, Decision, HistoryEntry, Task
from workflows.prepared import Prepared

HOLD = timedelta(minutes=30)
REFUSE, RETURN = "refuse", "return"
FAMILY = "guardian"
HANDED_OVER = "handed_over"
_OF_TASK = select(Task.__table__).where(Task.id == bindparam("of_task"))
BY_ID, BY_ID_IF_OPEN = Prepared(_OF_TASK), Prepared(_OF_TASK.where(TASK_IS_OPEN))
SET_OPEN = Prepared(update(Task).where(Task.id == bindparam("of_task"), TASK_IS_OPEN))
PREPARER = Prepared(
    select(Task.decided_by)
    .where(
        Task.case_id == bindparam("of_case"),
        TASK_IS_DONE,
        Task.box_id == bindparam("box"),
        Task.element == bindparam("path"),
    )
    .order_by(Task.seq.desc())
    .limit(1)
)


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
    with step(session, engine, lock_of_task(session, task_id), now=now) as acting:
        task = _open(acting.connection, acting.open_tasks.pop(task_id, None), task_id, actor)
        _may_decide(acting, task, actor, now)
        _offered(task, decision)
        _close(acting, task_id, actor, decision)
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
    _tell(acting, decision)
    case_id: UUID = acting.case.id
    return case_id


def claim(session: Session, task_id: UUID, actor: Actor, *, now: datetime) -> None:
    """Hold a task for half an hour so that colleagues see who works on it."""
    hold = {"claimed_by": actor.person_id, "claimed_by_name": actor.name, "claimed_at": now}
    _hold(session, task_id, actor, now, hold)


def release(session: Session, task_id: UUID, actor: Actor, *, now: datetime) -> None:
    """Put a task back for the office."""
    _hold(session, task_id, actor, now, dict.fromkeys(("claimed_by", "claimed_by_name", "claimed_at")))


def by_id(session: Session, task_id: UUID) -> Row[Any] | None:
    """A task by its key, whatever the session's scope: the caller checks whose it is."""
    found: Row[Any] | None = BY_ID.first(session.connection(), {"of_task": task_id})
    return found


def is_held(task: Task | Row[Any], now: datetime) -> bool:
    """Whether somebody holds the task now; a hold ends by itself after thirty minutes."""
    return task.claimed_by is not None and task.claimed_at is not None and now < task.claimed_at + HOLD


def _hold(session: Session, task_id: UUID, actor: Actor, now: datetime, hold: Mapping[str, object]) -> None:
    lock_of_task(session, task_id)
    connection = session.connection()
    still_open = BY_ID_IF_OPEN.first(connection, {"of_task": task_id})
    task = _open(connection, still_open, task_id, actor)
    _role_fits(task, actor)
    _not_held(task, actor, now)
    SET_OPEN.run(connection, {"of_task": task_id, **hold})
    session.expire_all()


def _open(connection: Connection, task: Row[Any] | None, task_id: UUID, actor: Actor | None) -> Row[Any]:
    """The task as read under its case's lock, if it is open and the caller's to know."""
    row = task or BY_ID.first(connection, {"of_task": task_id})
    if actor is not None and row.office != actor.office:
        raise TaskNotFound()
    if task is None:
        raise TaskAlreadyDecided(
            task=str(task_id), decision=row.decision, by=row.decided_by_name, at=row.decided_at
        )
    return task


def _may_decide(acting: Step, task: Row[Any], actor: Actor | None, now: datetime) -> None:
    if actor is None:
        if task.lane != STARTER or acting.case.filed_by != FAMILY:
            raise TaskNotFound()
        return
    _role_fits(task, actor)
    if task.not_same_as and actor.person_id == _preparer(acting, task):
        raise SamePerson(task=str(task.id))
    _not_held(task, actor, now)


def _preparer(acting: Step, task: Row[Any]) -> UUID | None:
    """Who prepared this review; for the starting office's own filing, who filed."""
    path = task.element.rpartition(".")[0] + "." + task.not_same_as
    prepared: UUID | None = PREPARER.scalar(
        acting.connection, {"of_case": task.case_id, "box": task.box_id, "path": path}
    )
    if prepared is None and task.office == acting.case.starter_office:
        filer: UUID | None = acting.case.filer_id
        return filer
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


def _close(acting: Step, task_id: UUID, actor: Actor | None, decision: Decision) -> None:
    values = {
        "of_task": task_id,
        "status": DONE,
        "decided_at": acting.now,
        "decided_by": actor.person_id if actor else None,
        "decided_by_name": actor.name if actor else None,
        "decision": decision.decision,
        "reason_code": decision.reason_code or None,
        "opinion": decision.opinion or None,
        "fields": dict(decision.fields),
    }
    if SET_OPEN.run(acting.connection, values) != 1:
        raise TaskAlreadyDecided(task=str(task_id))


def _variables(task: Row[Any], decision: Decision) -> Mapping[str, object]:
    """What the drawing's conditions may read of a decision: its kind, its code, who returned it."""
    variables: dict[str, object] = {"decision": decision.decision, "reason": decision.reason_code}
    if decision.decision == RETURN:
        variables["returned_by"] = task.role
    return variables


def _tell(acting: Step, decision: Decision) -> None:
    """The family hears what concerns it; at the end every office does too."""
    if acting.outcome is not None:
        notices.tell_all(acting.session, acting.case, acting.outcome, acting.now)
    elif decision.decision == RETURN or acting.status == "awaiting_arrival":
        notices.tell_family(acting.session, acting.case, acting.status, acting.now)


def hand_over(
    session: Session, engine: Engine, task_id: UUID, leader: Actor, taker: Actor | None, *, now: datetime
) -> None:
    """Give an open task to a colleague, or back to the office; the history says from whom to whom.

    That the leader may is the caller's to know. Raises `TaskNotFound`, `TaskAlreadyDecided`.
    """
    with step(session, engine, lock_of_task(session, task_id), now=now) as acting:
        task = _open(acting.connection, acting.open_tasks.get(task_id), task_id, leader)
        hold: dict[str, object] = dict.fromkeys(("claimed_by", "claimed_by_name", "claimed_at"))
        if taker is not None:
            hold = {"claimed_by": taker.person_id, "claimed_by_name": taker.name, "claimed_at": now}
        SET_OPEN.run(acting.connection, {"of_task": task_id, **hold})
        acting.chain.append(
            HANDED_OVER,
            now,
            element=task.element,
            office=task.office,
            by=str(leader.person_id),
            name=leader.name,
            from_name=task.claimed_by_name if is_held(task, now) else "",
            to=str(taker.person_id) if taker else "",
            to_name=taker.name if taker else "",
        )


@dataclass(frozen=True)
class Given:
    """That a task was given to a person; without a key, back to the office."""

    case_id: UUID
    element: str
    at: datetime
    to: UUID | None
    to_name: str


def given(session: Session, case_ids: Collection[UUID]) -> list[Given]:
    """What was handed over in these cases, oldest first. The caller has found them in scope."""
    asked = select(HistoryEntry.case_id, HistoryEntry.at, HistoryEntry.body).where(
        HistoryEntry.case_id.in_(case_ids), HistoryEntry.event == HANDED_OVER
    )
    found = session.connection().execute(asked.order_by(HistoryEntry.case_id, HistoryEntry.seq))
    told = [(row, orjson.loads(row.body)) for row in found]
    return [
        Given(row.case_id, one["element"], row.at, UUID(one["to"]) if one["to"] else None, one["to_name"])
        for row, one in told
    ]

"""What is due: reminders, escalation, drawn timers. One case per transaction.

Lock order: the case first, then everything else. A timer is
read again under that lock, so any number of workers may poll.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.orm import Session

from workflows import notices
from workflows.engine import Engine
from workflows.execution import Step, lock, step
from workflows.model import DESK_AUTHORITY, STARTER, Case, Clock, Task, Timer

SET_OVERDUE = update(Task).where(Task.id == bindparam("of_task"))
REMINDER, OVERDUE, EVENT = "reminder", "overdue", "event"
RETRY = timedelta(minutes=10)


def due_cases(session: Session, *, now: datetime, limit: int = 50) -> list[UUID]:
    """Cases with something due, the longest due first."""
    rows = session.connection().execute(
        select(Timer.case_id).where(Timer.due_at <= now).order_by(Timer.due_at).limit(limit)
    )
    return list(dict.fromkeys(row.case_id for row in rows))


def run_due(session: Session, engine: Engine, case_id: UUID, *, now: datetime) -> int:
    """Do all that is due in one case; how many timers fired. The caller commits.

    A case that another worker holds is left to it.
    """
    held = session.connection().scalar(
        select(Case.id).where(Case.id == case_id).with_for_update(skip_locked=True)
    )
    if held is None:
        return 0
    fired = 0
    with step(session, engine, lock(session, case_id), now=now) as acting:
        due = session.connection().execute(
            select(Timer.__table__)
            .where(Timer.case_id == case_id, Timer.due_at <= now)
            .order_by(Timer.due_at, Timer.id)
        )
        for timer in due.all():
            session.connection().execute(delete(Timer).where(Timer.case_id == case_id, Timer.id == timer.id))
            _fire(session, acting, timer, now)
            fired += 1
    return fired


def postpone(session: Session, case_id: UUID, *, now: datetime) -> None:
    """What is due in a case could not be done: let others go first, and try again later."""
    session.connection().execute(
        update(Timer).where(Timer.case_id == case_id, Timer.due_at <= now).values(due_at=now + RETRY)
    )


def _fire(session: Session, acting: Step, timer: Row[Any], now: datetime) -> None:
    if timer.kind == EVENT:
        acting.fire(timer.engine_id)
        acting.chain.append("timer", now, timer=timer.engine_id)
        return
    clock = session.connection().execute(select(Clock.__table__).where(Clock.id == timer.clock_id)).one()
    tasks = [task for task in acting.open_tasks.values() if task.clock_id == clock.id]
    if timer.kind == REMINDER:
        for task in tasks:
            notices.tell(session, acting.engine, acting.case.id, task.office, REMINDER, now, day=timer.day)
            acting.chain.append(REMINDER, now, element=task.element, office=task.office, day=timer.day)
        return
    _escalate(session, acting, clock, tasks, now)


def _escalate(
    session: Session,
    acting: Step,
    clock: Row[Any],
    tasks: Sequence[Row[Any]],
    now: datetime,
) -> None:
    """The day after the last: the step turns red and the next authority is told. Silence never decides."""
    if tasks:
        acting.connection.execute(SET_OVERDUE, [{"of_task": task.id, "overdue_at": now} for task in tasks])
    for task in tasks:
        for told in _told_of_delay(session, acting, clock.overdue_to, task.office):
            notices.tell(session, acting.engine, acting.case.id, told, OVERDUE, now, late=task.office)
            acting.chain.append(OVERDUE, now, element=task.element, office=task.office, told=told)


def _told_of_delay(session: Session, acting: Step, overdue_to: str, office: str) -> list[str]:
    """Whom `overdueTo` names: the authority over the desk, the starter, or offices of the case."""
    told = []
    for name in overdue_to.split():
        if name == DESK_AUTHORITY:
            told.append(acting.engine.authority_over(session, office, acting.case.summary))
        elif name == STARTER:
            told.append(str(acting.case.starter_office))
        else:
            told.append(str(acting.case.offices[name]))
    return told

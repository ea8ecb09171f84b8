"""What is due: reminders, escalation, drawn timers. One case per transaction.

Lock order: the case first, then everything else. A timer is
read again under that lock, so any number of workers may poll.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, union_all, update
from sqlalchemy.orm import Session

from workflows import notices
from workflows.clocks import OVERDUE, REMINDER, Moment
from workflows.engine import Engine
from workflows.execution import Step, lock, step
from workflows.model import DESK_AUTHORITY, STARTER, Case, Clock, Task, Timer

SET_OVERDUE = update(Task).where(Task.id == bindparam("of_task"))
RETRY = timedelta(minutes=10)
_MOMENTS = union_all(
    select(Clock.case_id, Clock.wakes_at.label("at")).where(Clock.wakes_at.is_not(None)),
    select(Timer.case_id, Timer.due_at.label("at")),
).subquery("moments")


def due_cases(session: Session, *, now: datetime, limit: int = 50) -> list[UUID]:
    """Cases with something due, the longest due first."""
    rows = session.connection().execute(
        select(_MOMENTS.c.case_id).where(_MOMENTS.c.at <= now).order_by(_MOMENTS.c.at).limit(limit)
    )
    return list(dict.fromkeys(row.case_id for row in rows))


def next_due(
    session: Session, *, until: datetime, case_id: UUID | None = None
) -> tuple[UUID, datetime] | None:
    """The first thing due until then, of one case or of all: whose, and when."""
    due = select(_MOMENTS.c.case_id, _MOMENTS.c.at).where(_MOMENTS.c.at <= until)
    if case_id is not None:
        due = due.where(_MOMENTS.c.case_id == case_id)
    row = session.connection().execute(due.order_by(_MOMENTS.c.at).limit(1)).first()
    return None if row is None else (row.case_id, row.at)


def run_due(session: Session, engine: Engine, case_id: UUID, *, now: datetime) -> int:
    """Do all that is due in one case; how many things were done. The caller commits.

    A case that another worker holds is left to it.
    """
    held = session.connection().scalar(
        select(Case.id).where(Case.id == case_id).with_for_update(skip_locked=True)
    )
    if held is None:
        return 0
    with step(session, engine, lock(session, case_id), now=now) as acting:
        told = acting.clocks.due()
        for clock, moment in told:
            _tell(session, acting, clock.id, moment, now)
        ended = session.connection().scalars(
            select(Timer.engine_id)
            .where(Timer.case_id == case_id, Timer.due_at <= now)
            .order_by(Timer.due_at, Timer.engine_id)
        )
        waits = ended.all()
        for engine_id in waits:
            acting.fire(engine_id)
            acting.chain.append("timer", now, timer=engine_id)
    return len(told) + len(waits)


def postpone(session: Session, case_id: UUID, *, now: datetime) -> None:
    """What is due in a case could not be done: let others go first, and try again later."""
    connection, later = session.connection(), now + RETRY
    connection.execute(
        update(Clock).where(Clock.case_id == case_id, Clock.wakes_at <= now).values(wakes_at=later)
    )
    connection.execute(
        update(Timer).where(Timer.case_id == case_id, Timer.due_at <= now).values(due_at=later)
    )


def _tell(session: Session, acting: Step, clock_id: UUID, moment: Moment, now: datetime) -> None:
    tasks = [task for task in acting.open_tasks.values() if task.clock_id == clock_id]
    if moment.kind == OVERDUE:
        _escalate(session, acting, clock_id, tasks, now)
        return
    for task in tasks:
        notices.tell(session, acting.engine, acting.case.id, task.office, REMINDER, now, day=moment.day)
        acting.chain.append(REMINDER, now, element=task.element, office=task.office, day=moment.day)


def _escalate(
    session: Session,
    acting: Step,
    clock_id: UUID,
    tasks: Sequence[Row[Any]],
    now: datetime,
) -> None:
    """The day after the last: the step turns red and the next authority is told. Silence never decides."""
    if tasks:
        acting.connection.execute(SET_OVERDUE, [{"of_task": task.id, "overdue_at": now} for task in tasks])
    overdue_to = str(acting.connection.scalar(select(Clock.overdue_to).where(Clock.id == clock_id)))
    for task in tasks:
        for told in _told_of_delay(session, acting, overdue_to, task.office):
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

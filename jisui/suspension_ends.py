"""Suspensions that end: the school and the family hear of it 30, 14 and 1 days before, and the day after.

How many days before is policy (`suspension.remind_days`). A worker that was away tells once, of the nearest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Row, exists, select
from sqlalchemy.orm import Session

from registry import policy, statuses
from registry.calendar import CHINA
from registry.students import StudentRecord
from registry.suspensions import Suspension
from workflows import cases, notices, outbox
from workflows.engine import Engine
from workflows.outbox import OutboxMessage

ENDS = "suspension_ends"
LONGEST = timedelta(days=60)
"""Nobody is reminded longer before or after than this, whatever policy says."""


def tell_due(sessions: Callable[[], Session], engine: Engine, *, now: datetime) -> int:
    """Tell of every suspension whose next reminder is due, each in a transaction of its own; how many."""
    today = now.astimezone(CHINA).date()
    with sessions() as session:
        ending = _ending(session, today)
    return sum(_tell(sessions, engine, row, today, now) for row in ending)


def _ending(session: Session, today: date) -> Sequence[Row[str, str, date]]:
    """Suspended students near their last day: the case that set it, their school."""
    return session.execute(
        select(Suspension.case_number, StudentRecord.school_code, Suspension.to)
        .join(StudentRecord, StudentRecord.student_id == Suspension.student_id)
        .where(
            StudentRecord.status == statuses.SUSPENDED,
            Suspension.to == StudentRecord.status_until,
            Suspension.to.between(today - LONGEST, today + LONGEST),
        )
        .order_by(Suspension.to, Suspension.case_number)
    ).all()


def _tell(
    sessions: Callable[[], Session],
    engine: Engine,
    ending: Row[str, str, date],
    today: date,
    now: datetime,
) -> int:
    number, school, last_day = ending
    with sessions() as session:
        case = cases.by_number(session, number)
        if case is None:
            return 0
        days = policy.value(session, "suspension.remind_days", case.place, today).value
        passed = [day for day in sorted(days, reverse=True) if today >= last_day - timedelta(days=day)]
        key = f"{ENDS}:{case.id}:{passed[-1] if passed else ''}"
        if not passed or session.scalar(select(exists().where(OutboxMessage.dedup_key == key))):
            return 0
        left = (last_day - today).days
        notices.tell(session, engine, case.id, school, ENDS, now, days=left)
        body = {"number": number, "kind": ENDS, "days": left}
        outbox.enqueue(session, "family", key, body, case_id=case.id, now=now)
        session.commit()
    return 1

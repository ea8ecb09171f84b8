"""The clock of a step: a ledger of budget, runs and pauses (design.md 4).

A clock never moves the token. The day on which a task arrives is not counted;
a due time is the last second of the last day. Silence never decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.orm import Session

from workflows.base import uuid7
from workflows.engine import Calendar, Engine
from workflows.expressions import parse_duration
from workflows.model import Clock, ClockRun, Task, Timer

CHINA = ZoneInfo("Asia/Shanghai")
REMIND_AT = time(8, 0)


@dataclass(frozen=True)
class Budget:
    """How long a step may take: working days, or a fixed last day."""

    working_days: int | None
    last_day: date


def end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), CHINA)


def local_day(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()


def budget(
    session: Session, engine: Engine, expression: str, *, place: str, filed_on: date, now: datetime
) -> Budget:
    """Read a `deadline` attribute: `working_days(n)`, `days(n)` or `months(n)`, n a number or a policy."""
    duration = parse_duration(expression)
    amount = duration.amount
    if duration.policy is not None:
        amount = int(str(engine.policy(session, duration.policy, place, filed_on)))
    if amount is None:
        raise ValueError(f"a step's deadline needs an amount: {expression}")
    today = local_day(now)
    if duration.unit == "working_days":
        return Budget(amount, engine.calendar(session).add(today, amount))
    if duration.unit == "days":
        return Budget(None, today + timedelta(days=amount))
    return Budget(None, add_months(today, amount))


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def start(
    session: Session,
    *,
    case_id: UUID,
    run_key: str,
    element: str,
    office: str,
    allowed: Budget,
    reminders: str,
    overdue_to: str,
    calendar: Calendar,
    now: datetime,
) -> tuple[UUID, datetime]:
    """Start a clock for a review or a step; its key and due time."""
    connection = session.connection()
    days = [int(day) for day in re.findall(r"[0-9]+", reminders)]
    row = {
        "id": uuid7(),
        "case_id": case_id,
        "run_key": run_key,
        "element": element,
        "office": office,
        "budget": allowed.working_days,
        "used": 0,
        "running_since": now,
        "due_at": end_of(allowed.last_day),
        "reminders": days,
        "overdue_to": overdue_to,
        "opened_at": now,
    }
    connection.execute(insert(Clock), [row])
    connection.execute(insert(ClockRun), [{"clock_id": row["id"], "seq": 1, "since": now}])
    _set_timers(session, case_id, row["id"], days, 0, allowed.last_day, calendar, now)  # type: ignore[arg-type]
    return row["id"], row["due_at"]  # type: ignore[return-value]


def find(session: Session, case_id: UUID, run_key: str) -> Row[tuple[UUID, datetime | None]] | None:
    """The clock of a review or step, if it has one: key and due time (None while paused)."""
    return (
        session.connection()
        .execute(select(Clock.id, Clock.due_at).where(Clock.case_id == case_id, Clock.run_key == run_key))
        .first()
    )


def pause(session: Session, case_id: UUID, run_key: str, calendar: Calendar, now: datetime) -> None:
    """Stop counting (returned for correction); what was used is remembered."""
    connection = session.connection()
    clock = connection.execute(
        select(Clock.id, Clock.used, Clock.running_since, Clock.budget).where(
            Clock.case_id == case_id, Clock.run_key == run_key
        )
    ).first()
    if clock is None or clock.running_since is None or clock.budget is None:
        return
    used = clock.used + calendar.between(local_day(clock.running_since), local_day(now))
    connection.execute(
        update(Clock).where(Clock.id == clock.id).values(used=used, running_since=None, due_at=None)
    )
    connection.execute(
        update(ClockRun).where(ClockRun.clock_id == clock.id, ClockRun.until.is_(None)).values(until=now)
    )
    connection.execute(delete(Timer).where(Timer.clock_id == clock.id))


def resume(session: Session, case_id: UUID, run_key: str, calendar: Calendar, now: datetime) -> None:
    """Go on counting; what was left is left, at least until the end of the day."""
    connection = session.connection()
    clock = connection.execute(
        select(Clock.id, Clock.used, Clock.running_since, Clock.budget, Clock.reminders).where(
            Clock.case_id == case_id, Clock.run_key == run_key
        )
    ).first()
    if clock is None or clock.running_since is not None or clock.budget is None:
        return
    today = local_day(now)
    left = max(clock.budget - clock.used, 0)
    last_day = calendar.add(today, left) if left else today
    connection.execute(
        update(Clock).where(Clock.id == clock.id).values(running_since=now, due_at=end_of(last_day))
    )
    runs = connection.scalars(select(ClockRun.seq).where(ClockRun.clock_id == clock.id)).all()
    connection.execute(insert(ClockRun), [{"clock_id": clock.id, "seq": len(runs) + 1, "since": now}])
    _set_timers(session, case_id, clock.id, clock.reminders, clock.used, last_day, calendar, now)


def close(session: Session, clock_ids: set[UUID], now: datetime) -> None:
    """End clocks that no open task needs any more."""
    if not clock_ids:
        return
    connection = session.connection()
    connection.execute(update(Clock).where(Clock.id.in_(clock_ids)).values(closed_at=now, running_since=None))
    connection.execute(
        update(ClockRun).where(ClockRun.clock_id.in_(clock_ids), ClockRun.until.is_(None)).values(until=now)
    )
    connection.execute(delete(Timer).where(Timer.clock_id.in_(clock_ids)))


def of_task(session: Session, task: Task) -> Clock | None:
    """The ledger behind a task's deadline, for the page that explains it."""
    if task.clock_id is None:
        return None
    return session.get(Clock, task.clock_id)


def _set_timers(
    session: Session,
    case_id: UUID,
    clock_id: UUID,
    reminders: list[int],
    used: int,
    last_day: date,
    calendar: Calendar,
    now: datetime,
) -> None:
    """Reminders on their working days; on the day after the last one, the next authority is told."""
    today = local_day(now)
    rows: list[dict[str, object]] = [
        _timer(
            case_id,
            clock_id,
            "reminder",
            datetime.combine(calendar.add(today, day - used), REMIND_AT, CHINA),
            day,
        )
        for day in reminders
        if day > used
    ]
    rows = [row for row in rows if row["due_at"] <= end_of(last_day)]  # type: ignore[operator]
    overdue = datetime.combine(last_day + timedelta(days=1), time(), CHINA)
    rows.append(_timer(case_id, clock_id, "overdue", overdue, None))
    session.connection().execute(insert(Timer), rows)


def _timer(case_id: UUID, clock_id: UUID, kind: str, due_at: datetime, day: int | None) -> dict[str, object]:
    return {
        "id": uuid7(),
        "case_id": case_id,
        "clock_id": clock_id,
        "kind": kind,
        "due_at": due_at,
        "day": day,
    }

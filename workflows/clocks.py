"""The clock of a step: a ledger of budget, runs and pauses.

A clock never moves the token. The day on which a task arrives is not counted;
a due time is the last second of the last day. Silence never decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from workflows.base import uuid7
from workflows.engine import Calendar, Engine
from workflows.expressions import parse_duration
from workflows.model import STARTER, Clock, ClockRun, Task
from workflows.prepared import Prepared

CHINA = ZoneInfo("Asia/Shanghai")
REMIND_AT = time(8, 0)
REMINDER, OVERDUE = "reminder", "overdue"

# Built once: building a statement costs more than running it.
HELD_BACK = Prepared(
    select(
        Clock.id,
        Clock.run_key,
        Clock.budget,
        Clock.used,
        Clock.running_since,
        Clock.due_at,
        Clock.reminders,
        Clock.told_until,
    ).where(
        Clock.case_id == bindparam("of_case"), Clock.run_key == bindparam("of_run"), Clock.closed_at.is_(None)
    )
)
SET_CLOCK = Prepared(update(Clock).where(Clock.id == bindparam("of_clock")))
ADD_CLOCK, ADD_RUN = Prepared(insert(Clock)), Prepared(insert(ClockRun))
LAST_RUN = Prepared(select(func.max(ClockRun.seq)).where(ClockRun.clock_id == bindparam("of_clock")))


@dataclass(frozen=True)
class Budget:
    """How long a step may take: working days, or a fixed last day."""

    working_days: int | None
    last_day: date


def end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), CHINA)


def local_day(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()


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


@dataclass
class Running:
    """A clock that a step of the case still needs; not running while paused."""

    id: UUID
    run_key: str
    budget: int | None
    used: int
    running_since: datetime | None
    due_at: datetime | None
    reminders: list[int]
    told_until: datetime | None


@dataclass(frozen=True)
class Moment:
    """When a running clock has something to say: `reminder` of a working day, or `overdue`."""

    at: datetime
    kind: str
    day: int | None


class Ledger:
    """The open clocks of a locked case, written as they change.

    A clock is open while a task counts on it, or while a correction holds it back.
    """

    def __init__(
        self, session: Session, connection: Connection, engine: Engine, case: Row[Any], now: datetime
    ) -> None:
        self._session = session
        self._connection = connection
        self._engine = engine
        self._case = case
        self._now = now
        self._today = local_day(now)
        self._open: dict[str, Running] = {}

    def take_over(self, task: Row[Any]) -> None:
        """The clock of an open task, read with it; a correction brings its review's too."""
        if task.clock_id is not None:
            self._open[task.run_key] = Running(
                task.clock_id,
                task.run_key,
                task.budget,
                task.used,
                task.running_since,
                task.due_at,
                task.reminders,
                task.told_until,
            )
        if task.lane == STARTER and task.box_id is not None:
            held_back = {"of_case": self._case.id, "of_run": task.box_id}
            for row in HELD_BACK.all(self._connection, held_back):
                self._open[row.run_key] = Running(*row)

    def budget(self, expression: str) -> Budget:
        """Read `working_days(n)`, `days(n)` or `months(n)`, n a number or a policy at the case's place."""
        duration = parse_duration(expression)
        amount = duration.amount
        if duration.policy is not None:
            filed_on = local_day(self._case.opened_at)
            amount = int(str(self._engine.policy(self._session, duration.policy, self._case.place, filed_on)))
        if amount is None:
            raise ValueError(f"a step's deadline needs an amount: {expression}")
        if duration.unit == "working_days":
            return Budget(amount, self._calendar.add(self._today, amount))
        if duration.unit == "days":
            return Budget(None, self._today + timedelta(days=amount))
        return Budget(None, add_months(self._today, amount))

    def start(
        self, run_key: str, *, element: str, office: str, deadline: str, reminders: str, overdue_to: str
    ) -> Running:
        """The clock of a review or a step: the one that it has, else a new one."""
        if run_key in self._open:
            return self._open[run_key]
        allowed = self.budget(deadline)
        days = [int(day) for day in re.findall(r"[0-9]+", reminders)]
        due_at = end_of(allowed.last_day)
        clock = Running(uuid7(), run_key, allowed.working_days, 0, self._now, due_at, days, self._now)
        row = vars(clock) | {
            "wakes_at": self._wakes_at(clock),
            "case_id": self._case.id,
            "element": element,
            "office": office,
            "overdue_to": overdue_to,
            "opened_at": self._now,
        }
        ADD_CLOCK.run(self._connection, row)
        self._open[run_key] = clock
        return clock

    def pause(self, run_key: str) -> None:
        """Stop counting (returned for correction); what was used is remembered."""
        clock = self._open.get(run_key)
        if clock is None or clock.running_since is None or clock.budget is None:
            return
        runs = LAST_RUN.scalar(self._connection, {"of_clock": clock.id}) or 0
        run = {"clock_id": clock.id, "seq": runs + 1, "since": clock.running_since, "until": self._now}
        ADD_RUN.run(self._connection, run)
        clock.used += self._calendar.between(local_day(clock.running_since), self._today)
        clock.running_since = clock.due_at = None
        self._set(clock, used=clock.used, running_since=None, due_at=None, wakes_at=None)

    def resume(self, run_key: str) -> None:
        """Go on counting; what was left is left, at least until the end of the day."""
        clock = self._open.get(run_key)
        if clock is None or clock.running_since is not None or clock.budget is None:
            return
        left = max(clock.budget - clock.used, 0)
        last_day = self._calendar.add(self._today, left) if left else self._today
        clock.running_since, clock.due_at, clock.told_until = self._now, end_of(last_day), self._now
        self._set(
            clock,
            running_since=self._now,
            due_at=clock.due_at,
            told_until=self._now,
            wakes_at=self._wakes_at(clock),
        )

    def close_all_but(self, needed: Iterable[str | None]) -> None:
        """End the clocks that no open task needs any more."""
        for run_key in self._open.keys() - set(needed):
            clock = self._open.pop(run_key)
            self._set(clock, closed_at=self._now, wakes_at=None)

    def due(self) -> list[tuple[Running, Moment]]:
        """What the running clocks have to say now, the earliest first; from then on it counts as told."""
        found = []
        for clock in self._open.values():
            moments = [moment for moment in self._untold(clock) if moment.at <= self._now]
            if moments:
                clock.told_until = self._now
                self._set(clock, told_until=self._now, wakes_at=self._wakes_at(clock))
                found += [(clock, moment) for moment in moments]
        return sorted(found, key=lambda one: one[1].at)

    @property
    def _calendar(self) -> Calendar:
        return self._engine.calendar(self._session)

    def _set(self, clock: Running, **values: object) -> None:
        SET_CLOCK.run(self._connection, {"of_clock": clock.id, **values})

    def _wakes_at(self, clock: Running) -> datetime | None:
        return next((moment.at for moment in self._untold(clock)), None)

    def _untold(self, clock: Running) -> list[Moment]:
        """Reminders on their working days; on the day after the last one, the next authority is told."""
        if clock.running_since is None or clock.due_at is None or clock.told_until is None:
            return []
        began, ends = local_day(clock.running_since), local_day(clock.due_at)
        overdue = datetime.combine(ends + timedelta(days=1), time(), CHINA)
        days = sorted({day for day in clock.reminders if day > clock.used})
        moments = [
            Moment(
                datetime.combine(self._calendar.add(began, day - clock.used), REMIND_AT, CHINA), REMINDER, day
            )
            for day in days
        ]
        moments = [moment for moment in moments if moment.at < overdue] + [Moment(overdue, OVERDUE, None)]
        return [moment for moment in moments if moment.at > clock.told_until]


def of_task(session: Session, task: Task) -> Clock | None:
    """The ledger behind a task's deadline, for the page that explains it."""
    if task.clock_id is None:
        return None
    return session.get(Clock, task.clock_id)

"""The figures of an office and of those below it: use of time, weeks, reasons.

Every figure is of the office's own part: tasks that lay with it or with an office below it. The session's
scope sees to that, so no query here names an office.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import QueryableAttribute, Session

from registry import organisations, policy
from registry.reasons import CATALOGUE
from registry.windows import term_on
from webapp.filters import CHINA, local_date
from workflows.engine import Calendar
from workflows.model import DONE, OPEN, Case, Clock, Task

WEEKS = 8
REASONS = 4
REFUSE, RETURN, LEADER = "refuse", "return", "leader"


@dataclass(frozen=True)
class Used:
    """How long an office took: the mean of `n` reviews, in working days."""

    n: int
    days: float


@dataclass(frozen=True)
class Week:
    """What came in and what was finished in the week from `monday` on."""

    monday: date
    received: int
    done: int


@dataclass(frozen=True)
class Ground:
    """A reason for a refusal or a return, and how often it was given."""

    words: str
    n: int


@dataclass(frozen=True)
class OfficeLine:
    """How many tasks an office has open, how many of them are pressing, how long it took."""

    code: str
    name: str
    open: int
    overdue: int
    soon: int
    used: Used | None = None


@dataclass(frozen=True)
class Period:
    """A term as figures count it: with the holidays after it, up to the day before the next one."""

    start: date
    end: date


def period(session: Session, office: str, now: datetime, *, last: bool) -> Period:
    """本学期 up to today, or 上学期 whole, by the calendar of the office's place."""
    place, day = organisations.get(session, office).division, local_date(now)
    terms = policy.value(session, "calendar.terms", place, day).value
    this = term_on(terms, day).start
    if not last:
        return Period(this, day)
    before = this - timedelta(days=1)
    return Period(term_on(terms, before).start, before)


def allowed_days(session: Session, office: str, now: datetime) -> int:
    """How many working days an office has for a transfer at this place."""
    place = organisations.get(session, office).division
    return int(policy.value(session, "transfer.step_sla_workdays", place, local_date(now)).value)


def lines(
    session: Session, today: datetime, soon: datetime, used: Mapping[str, Used], most: int | None
) -> tuple[list[OfficeLine], int]:
    """The offices that have something open, the most pressing first; how many there are besides `most`."""
    overdue = func.count(Task.id).filter(Task.due_at < today)
    counted = session.execute(
        select(
            Task.office,
            func.count(Task.id),
            overdue,
            func.count(Task.id).filter(Task.due_at >= today, Task.due_at < soon),
        )
        .where(Task.status == OPEN)
        .group_by(Task.office)
        .order_by(overdue.desc(), func.count(Task.id).desc(), Task.office)
    ).all()
    found = [OfficeLine(code, "", n, late, near, used.get(code)) for code, n, late, near in counted[:most]]
    return found, len(counted) - len(found)


def used_days(session: Session, calendar: Calendar, over: Period) -> dict[str, Used]:
    """Working days from receipt to decision, pauses left out, of the reviews decided in a term.

    The task that was decided at the moment its clock ended is the one that ended it; a clock that a
    withdrawal stopped has none.
    """
    decided = session.execute(
        select(Task.office, Clock.used, Clock.running_since, Clock.closed_at)
        .join(Clock, Clock.id == Task.clock_id)
        .where(Task.status == DONE, Task.decided_at == Clock.closed_at, *_within(Clock.closed_at, over))
    )
    days = _Between(calendar)
    taken: defaultdict[str, list[int]] = defaultdict(list)
    for office, used, running_since, closed_at in decided:
        last_run = 0
        if running_since is not None and closed_at is not None:
            last_run = days.between(local_date(running_since), local_date(closed_at))
        taken[office].append(used + last_run)
    return {office: Used(len(n), sum(n) / len(n)) for office, n in taken.items()}


def weeks(session: Session, now: datetime) -> list[Week]:
    """The last weeks, oldest first: cases that first came to this part, cases of it that ended."""
    today = local_date(now)
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - timedelta(weeks=n) for n in reversed(range(WEEKS))]
    first = func.min(Task.opened_at)
    came = session.scalars(select(first).group_by(Task.case_id).having(first >= _start(mondays[0])))
    ended = session.scalars(
        select(Case.closed_at).where(Case.closed_at >= _start(mondays[0]), Case.tasks.any())
    )
    received, done = Counter(map(_monday, came)), Counter(_monday(at) for at in ended if at is not None)
    return [Week(day, received[day], done[day]) for day in mondays]


def grounds(session: Session, over: Period, *, most: int | None = REASONS) -> list[Ground]:
    """Why leaders refused and what was returned in a term, the most frequent first.

    A return counts once for what it asked for: papers, or what was filled in.
    """
    decided = session.execute(
        select(Task.decision, Task.role, Task.reason_code, Task.fields).where(
            Task.status == DONE, Task.decision.in_([REFUSE, RETURN]), *_within(Task.decided_at, over)
        )
    )
    told: Counter[str] = Counter()
    for decision, role, code, fields in decided:
        if decision == RETURN:
            told.update(_asked_for(fields or {}))
        elif role == LEADER and code in CATALOGUE:
            told[f"{code} {_(CATALOGUE[code].words)}"] += 1
    return [Ground(words, n) for words, n in told.most_common(most)]


def _asked_for(fields: Mapping[str, object]) -> set[str]:
    items = fields.get("items")
    pointers = [str(one.get("pointer", "")) for one in items] if isinstance(items, list) else []
    return {_("退回：材料") if one.startswith("/evidence") else _("退回：填写内容") for one in pointers}


class _Between:
    """Counts working days between two dates, each pair once."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._known: dict[tuple[date, date], int] = {}

    def between(self, a: date, b: date) -> int:
        if (a, b) not in self._known:
            self._known[a, b] = self._calendar.between(a, b)
        return self._known[a, b]


def _within(moment: QueryableAttribute[datetime | None], over: Period) -> tuple[ColumnElement[bool], ...]:
    return moment >= _start(over.start), moment < _start(over.end + timedelta(days=1))


def _monday(moment: datetime) -> date:
    day = local_date(moment)
    return day - timedelta(days=day.weekday())


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)

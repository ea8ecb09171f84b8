"""Read models of the lists: what waits, what was decided, what was started here.

Every query names the office besides what the session's scope allows: an authority
sees its schools' tasks, but they are not in its inbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, literal_column, or_, select
from sqlalchemy.orm import QueryableAttribute, Session, aliased, contains_eager

from registry.organisations import Organisation
from webapp.filters import CHINA, local_date
from webapp.inbox.paging import Cursor
from webapp.wording import LATER, OVERDUE, PAUSED, SOON, SOON_DAYS
from workflows.engine import Calendar
from workflows.model import OPEN, TASK_IS_DONE, TASK_IS_OPEN, Actor, Case, Clock, Task
from workflows.notices import Notice
from workflows.tasks import HOLD

Moment = QueryableAttribute[datetime] | QueryableAttribute[datetime | None]

PAGE = 50
COUNTED = 1000
MINE, ALL = "me", "all"
TODO, DECIDED, STARTED, TOLD = "todo", "done", "started", "told"
FREE, OWN = "free", "own"


@dataclass(frozen=True)
class Wanted:
    """What is asked of a list.

    `who`: tasks for the caller's role, or for the whole office. `step`: the name of the step.
    `holder`: tasks that nobody holds, or those the caller holds.
    """

    which: str = TODO
    who: str = MINE
    urgency: str = ""
    process: str = ""
    step: str = ""
    holder: str = ""
    words: str = ""
    cursor: Cursor | None = None


@dataclass(frozen=True)
class Limits:
    """The moments that part the urgencies: now, the start of today, and the end of the soon days."""

    now: datetime
    today: datetime
    soon: datetime


def limits(calendar: Calendar, now: datetime) -> Limits:
    today = local_date(now)
    last = calendar.add(today, SOON_DAYS)
    return Limits(now, _start(today), _start(last + timedelta(days=1)))


def todo(session: Session, actor: Actor, wanted: Wanted, at: Limits) -> list[Task]:
    """A page of open tasks, nearest deadline first, those without one last; one more if there are more."""
    only_dated = wanted.urgency in (OVERDUE, SOON)
    return _by_deadline(session, _tasks(actor, wanted, at), wanted.cursor, only_dated=only_dated)


def open_at(session: Session, office: str, cursor: Cursor | None) -> list[Task]:
    """A page of what is open at one office, in the order of `todo`."""
    query = _with_case().where(Task.office == office, Task.status == OPEN)
    return _by_deadline(session, query, cursor)


def decided(session: Session, actor: Actor, wanted: Wanted) -> list[Task]:
    """A page of the office's decided tasks, newest first."""
    query = _with_case().where(*_of_office(Task, actor), *_done(), *_found(wanted))
    if wanted.who == MINE:
        query = query.where(Task.decided_by == actor.person_id)
    if wanted.cursor is not None and wanted.cursor.at is not None:
        query = query.where(_before(Task.decided_at, Task.id, wanted.cursor))
    return list(session.scalars(query.order_by(Task.decided_at.desc(), Task.id.desc()).limit(PAGE + 1)))


def started(session: Session, actor: Actor, wanted: Wanted) -> list[Case]:
    """A page of the cases that this office started, newest first."""
    query = select(Case).where(Case.starter_office == actor.office, *_found(wanted))
    if wanted.cursor is not None and wanted.cursor.at is not None:
        query = query.where(_before(Case.opened_at, Case.id, wanted.cursor))
    return list(session.scalars(query.order_by(Case.opened_at.desc(), Case.id.desc()).limit(PAGE + 1)))


def told(session: Session, actor: Actor, wanted: Wanted) -> list[tuple[Notice, Case]]:
    """A page of what this office was told about cases, newest first."""
    query = select(Notice, Case).join(Case, Case.id == Notice.case_id)
    query = query.where(*_of_office(Notice, actor), *_found(wanted))
    if wanted.cursor is not None and wanted.cursor.at is not None:
        query = query.where(_before(Notice.at, Notice.id, wanted.cursor))
    found = session.execute(query.order_by(Notice.at.desc(), Notice.id.desc()).limit(PAGE + 1))
    return [(notice, case) for notice, case in found]


def waiting(session: Session, actor: Actor, wanted: Wanted) -> list[tuple[Clock, Case]]:
    """Cases that this office returned: its clock stands still until they come back."""
    query = (
        select(Clock, Case)
        .join(Case, Case.id == Clock.case_id)
        .where(Clock.office == actor.office, *_paused())
        .order_by(Clock.opened_at, Clock.id)
        .limit(PAGE)
    )
    if wanted.words:
        query = query.where(_matches(wanted.words))
    return [(clock, case) for clock, case in session.execute(query)]


@dataclass(frozen=True)
class Counts:
    """How many of each: up to `COUNTED` of the long lists."""

    mine: int
    office: int
    decided: int
    started: int
    unread: int
    urgencies: dict[str, int]


def counts(session: Session, actor: Actor, at: Limits) -> Counts:
    """All in one statement, none of which reads more than `COUNTED` rows however long a list is."""
    here, due = (Organisation.path == Task.office_path, TASK_IS_OPEN), Task.due_at
    numbers = {
        "mine": _up_to(Task, *here, Task.role == actor.role),
        "office": _up_to(Task, *here),
        "decided": _up_to(Task, Organisation.path == Task.office_path, Task.decided_at.is_not(None)),
        "started": _up_to(Case, Case.starter_office == actor.office),
        "unread": _up_to(Notice, *_of_office(Notice, actor), Notice.read_at.is_(None)),
        OVERDUE: _up_to(Task, *here, due < at.today),
        SOON: _up_to(Task, *here, due >= at.today, due < at.soon),
        LATER: _up_to(Task, *here, due >= at.soon) + _up_to(Task, *here, due.is_(None)),
        PAUSED: _up_to(Clock, Clock.office == actor.office, *_paused()),
    }
    columns = [number.label(name) for name, number in numbers.items()]
    row = session.execute(select(Organisation.code, *columns).where(Organisation.code == actor.office)).one()
    urgencies = {kind: row._mapping[kind] for kind in (OVERDUE, SOON, LATER, PAUSED)}
    return Counts(row.mine, row.office, row.decided, row.started, row.unread, urgencies)


def gone(session: Session, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Which of these tasks of the office are open no more, and who decided them."""
    query = select(Task.id, Task.decided_by_name).where(Task.id.in_(ids), Task.status != OPEN)
    query = query.where(*_of_office(Task, actor))
    return {row.id: row.decided_by_name or "" for row in session.execute(query)}


def newer(session: Session, actor: Actor, who: str, since: datetime) -> int:
    """How many tasks reached the office since a moment."""
    query = select(func.count(Task.id)).where(*_of_office(Task, actor), TASK_IS_OPEN, Task.opened_at > since)
    return session.scalar(query.where(Task.role == actor.role) if who == MINE else query) or 0


def last_decided(session: Session, actor: Actor) -> Task | None:
    """What this person decided last, for the empty list."""
    query = select(Task).where(*_of_office(Task, actor), *_done(), Task.decided_by == actor.person_id)
    return session.scalar(query.order_by(Task.decided_at.desc()).limit(1))


def neighbours(session: Session, actor: Actor, wanted: Wanted, at: Limits, task_id: UUID) -> Neighbours:
    """What comes before and after a task in the same list, and its place there."""
    found = select(Task.id).where(*_conditions(actor, wanted, at))
    if wanted.words or wanted.process:
        found = found.join(Task.case).where(*_found(wanted))
    dated = found.where(Task.due_at.is_not(None)).order_by(Task.due_at, Task.id)
    ids = list(session.scalars(dated.limit(COUNTED)))
    undated = found.where(Task.due_at.is_(None)).order_by(Task.id)
    if wanted.urgency not in (OVERDUE, SOON) and len(ids) < COUNTED:
        ids += session.scalars(undated.limit(COUNTED - len(ids)))
    if task_id not in ids:
        return Neighbours(None, ids[0] if ids else None, 0, len(ids))
    place = ids.index(task_id)
    before = ids[place - 1] if place else None
    after = ids[place + 1] if place + 1 < len(ids) else None
    return Neighbours(before, after, place + 1, len(ids))


@dataclass(frozen=True)
class Neighbours:
    """A task's place in a list, counted from 1; 0 when it is not in it."""

    before: UUID | None
    after: UUID | None
    place: int
    of: int


def _by_deadline(
    session: Session, query: Select[Task], cursor: Cursor | None, *, only_dated: bool = False
) -> list[Task]:
    dated: list[Task] = []
    if cursor is None or cursor.at is not None:
        query_dated = query.where(Task.due_at.is_not(None)).order_by(Task.due_at, Task.id)
        if cursor is not None and cursor.at is not None:
            query_dated = query_dated.where(_after(Task.due_at, cursor))
        dated = list(session.scalars(query_dated.limit(PAGE + 1)))
    if len(dated) > PAGE or only_dated:
        return dated
    undated = query.where(Task.due_at.is_(None)).order_by(Task.id)
    if cursor is not None and cursor.at is None:
        undated = undated.where(Task.id > cursor.id)
    return dated + list(session.scalars(undated.limit(PAGE + 1 - len(dated))))


def _of_office(entity: type[Task | Notice], actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """The office's own; by its path, because that is what the indexes of the lists begin with."""
    path = select(Organisation.path).where(Organisation.code == actor.office).scalar_subquery()
    return entity.office_path == path, entity.office == actor.office


def _done() -> tuple[ColumnElement[bool], ...]:
    """Decided, as the index of decided tasks says it."""
    return TASK_IS_DONE, Task.decided_at.is_not(None)


def _tasks(actor: Actor, wanted: Wanted, at: Limits) -> Select[Task]:
    return _with_case().where(*_conditions(actor, wanted, at), *_found(wanted))


def _with_case() -> Select[Task]:
    return select(Task).join(Task.case).options(contains_eager(Task.case))


def _conditions(actor: Actor, wanted: Wanted, at: Limits) -> list[ColumnElement[bool]]:
    found = [*_of_office(Task, actor), TASK_IS_OPEN]
    if wanted.who == MINE:
        found.append(Task.role == actor.role)
    if wanted.urgency == OVERDUE:
        found.append(Task.due_at < at.today)
    elif wanted.urgency == SOON:
        found += [Task.due_at >= at.today, Task.due_at < at.soon]
    elif wanted.urgency == LATER:
        found.append(or_(Task.due_at >= at.soon, Task.due_at.is_(None)))
    if wanted.step:
        found.append(Task.name == wanted.step)
    if wanted.holder == FREE:
        found.append(or_(Task.claimed_at.is_(None), Task.claimed_at <= at.now - HOLD))
    elif wanted.holder == OWN:
        found += [Task.claimed_by == actor.person_id, Task.claimed_at > at.now - HOLD]
    return found


def step_names(session: Session, actor: Actor) -> Sequence[str]:
    """The steps at which something of the office's is open, of its first `COUNTED` tasks."""
    ours = select(Task).where(*_of_office(Task, actor), TASK_IS_OPEN)
    some = aliased(Task, ours.order_by(Task.due_at, Task.id).limit(COUNTED).subquery())
    return session.scalars(select(some.name).distinct().order_by(some.name)).all()


def _found(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What is asked of the case itself: its words, its process."""
    found = [_matches(wanted.words)] if wanted.words else []
    return [*found, Case.process == wanted.process] if wanted.process else found


def _matches(words: str) -> ColumnElement[bool]:
    """A case number's beginning, or part of the names, pinyin, initials and schools of a case."""
    text = "".join(words.split())
    return or_(
        Case.number.startswith(text.upper(), autoescape=True),
        Case.search.contains(text.lower(), autoescape=True),
    )


def _paused() -> tuple[ColumnElement[bool], ...]:
    return Clock.closed_at.is_(None), Clock.running_since.is_(None), Clock.budget.is_not(None)


def _after(column: Moment, cursor: Cursor) -> ColumnElement[bool]:
    return or_(column > cursor.at, and_(column == cursor.at, Task.id > cursor.id))


def _before(column: Moment, key: QueryableAttribute[UUID], cursor: Cursor) -> ColumnElement[bool]:
    return or_(column < cursor.at, and_(column == cursor.at, key < cursor.id))


def _up_to(entity: type[Task | Case | Notice | Clock], *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many rows, at most `COUNTED`; within a statement on the office's own organisation."""
    some: Select[Any] = (
        select(literal_column("1")).select_from(entity).where(*conditions).correlate(Organisation)
    )
    return select(func.count()).select_from(some.limit(COUNTED).subquery()).scalar_subquery()


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)

"""本单位概况: where help is needed. Every number is a link to the list it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from registry import organisations
from registry.organisations import Organisation
from registry.scope import lies_within
from webapp.database import database
from webapp.filters import local_date
from webapp.inbox import paging, queries, rows
from webapp.inbox.paging import Cursor
from webapp.inbox.queries import ALL, Limits, Wanted
from webapp.office import chart, export, figures
from webapp.office.figures import OfficeLine
from webapp.officials import acting
from webapp.rights import needs
from webapp.services import services
from webapp.wording import LATER, OVERDUE, PAUSED, SOON
from workflows.engine import Calendar
from workflows.model import OPEN, Task

MOST = 40
PRESSING = 6
Lists = Mapping[str, Sequence[Task]]
"""The office's own tasks by urgency, a page of each."""
BAR_ROOM, GROUND_ROOM = 120, 190
"""How long the longest bar may be, in units of the picture."""

bp = Blueprint("office", __name__)


@dataclass(frozen=True)
class Tile:
    """One count, the list it leads to, and the first of that list."""

    kind: str
    n: int
    href: str
    note: str


@bp.get("/office")
@needs("office.read")
def overview() -> ResponseReturnValue:
    session, actor, now = database(), acting(), services().clock.now()
    calendar = services().engine.calendar(session)
    at = queries.limits(calendar, now)
    last_term = request.args.get("term") == "last"
    term = figures.period(session, actor.office, now, last=last_term)
    offices, more = _offices(session, at, figures.used_days(session, calendar, term))
    weeks = figures.weeks(session, now)
    grounds = figures.grounds(session, term)
    lists = {
        kind: queries.todo(session, actor, Wanted(who=ALL, urgency=kind), at)
        for kind in (OVERDUE, SOON, LATER)
    }
    return render_template(
        "office/overview.html",
        tiles=_tiles(session, calendar, at, lists),
        offices=offices,
        more=more,
        allowed=figures.allowed_days(session, actor.office, now),
        longest=max((line.used.days for line in offices if line.used), default=0),
        pressing=_pressing(calendar, lists),
        weeks=weeks,
        chart=chart.of_weeks(weeks),
        grounds=grounds,
        most_grounds=max((ground.n for ground in grounds), default=0),
        term=term,
        last_term=last_term,
        bar=chart.length,
        bar_room=BAR_ROOM,
        ground_room=GROUND_ROOM,
    )


@bp.get("/office/<any(offices, weeks, grounds):table>.csv")
@needs("office.read")
def exported(table: str) -> ResponseReturnValue:
    """A table of the overview, whole, for a spreadsheet."""
    session, actor, now = database(), acting(), services().clock.now()
    calendar = services().engine.calendar(session)
    term = figures.period(session, actor.office, now, last=request.args.get("term") == "last")
    if table == "offices":
        used = figures.used_days(session, calendar, term)
        lines, _more = _offices(session, queries.limits(calendar, now), used, most=None)
        data = export.offices(lines)
    elif table == "weeks":
        data = export.weeks(figures.weeks(session, now))
    else:
        data = export.grounds(figures.grounds(session, term, most=None))
    answer = Response(data, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename={table}-{local_date(now)}.csv"
    return answer


@bp.get("/office/<code>")
@needs("office.read")
def office(code: str) -> ResponseReturnValue:
    """What is open at one office below: a list to read, its own people decide."""
    session, now = database(), services().clock.now()
    found = session.scalar(select(Organisation).where(Organisation.code == code))
    if found is None or not _is_ours(session, found):
        raise NotFound
    total = select(func.count(Task.id)).where(Task.office == code, Task.status == OPEN)
    tasks = queries.open_at(session, code, paging.read(request.args.get("cursor")))
    calendar = services().engine.calendar(session)
    shown = tasks[: queries.PAGE]
    last = shown[-1] if len(tasks) > queries.PAGE else None
    return render_template(
        "office/office.html",
        name=found.name,
        code=code,
        total=session.scalar(total) or 0,
        rows=[rows.of_task(task, acting(), calendar, now) for task in shown],
        cursor=Cursor(last.due_at, last.id) if last else None,
    )


def _is_ours(session: Session, found: Organisation) -> bool:
    """Is it the caller's office, or one of those below it?"""
    mine = organisations.paths_of(session, acting().office)
    theirs = organisations.paths_of(session, found.code)
    return any(lies_within(path, own) for path in theirs for own in mine)


def _offices(
    session: Session, at: Limits, used: dict[str, figures.Used], *, most: int | None = MOST
) -> tuple[list[OfficeLine], int]:
    found, more = figures.lines(session, at.today, at.soon, used, most)
    names = rows.office_names(session, [line.code for line in found])
    return [replace(line, name=names.get(line.code, line.code)) for line in found], more


def _tiles(session: Session, calendar: Calendar, at: Limits, lists: Lists) -> list[Tile]:
    """The office's own tasks by urgency."""
    counts = queries.counts(session, acting(), at).urgencies
    return [
        Tile(kind, n, url_for("inbox.index", urgency=kind, who=ALL), _note(calendar, lists, kind, n))
        for kind, n in counts.items()
    ]


def _note(calendar: Calendar, lists: Lists, kind: str, n: int) -> str:
    """What stands behind the number: the first case, the first last day."""
    if not n:
        return ""
    if kind == PAUSED:
        return _("时限已暂停")
    first = next(iter(lists[kind]), None)
    if first is None:
        return ""
    row = rows.of_task(first, acting(), calendar, services().clock.now())
    if kind == LATER:
        day = first.due_at
        return _("最早 %(day)s", day=f"{local_date(day):%m-%d}") if day else ""
    return _("%(student)s %(process)s，在%(step)s", student=row.student, process=row.process, step=row.step)


def _pressing(calendar: Calendar, lists: Lists) -> list[rows.Row]:
    """What wants a hand here: overdue, and due soon with nobody on it."""
    now = services().clock.now()
    found = [rows.of_task(task, acting(), calendar, now) for kind in (OVERDUE, SOON) for task in lists[kind]]
    return [row for row in found if row.at.kind == OVERDUE or not row.holder][:PRESSING]

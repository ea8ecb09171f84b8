"""本单位概况: where help is needed. Every number is a link to the list it counts."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from webapp.database import database
from webapp.inbox import queries, rows
from webapp.inbox.queries import ALL, Limits, Wanted
from webapp.officials import acting
from webapp.rights import needs
from webapp.services import services
from workflows.model import OPEN, Task

MOST = 40

bp = Blueprint("office", __name__)


@dataclass(frozen=True)
class OfficeLine:
    """How many tasks an office has open, and how many of them are pressing."""

    code: str
    name: str
    open: int
    overdue: int
    soon: int


@bp.get("/office")
@needs("office.read")
def overview() -> ResponseReturnValue:
    session, actor, now = database(), acting(), services().clock.now()
    calendar = services().engine.calendar(session)
    at = queries.limits(calendar, now)
    pressing = queries.todo(session, actor, Wanted(who=ALL), at)[:6]
    return render_template(
        "office/overview.html",
        counts=queries.counts(session, actor, at),
        offices=_offices(session, at),
        pressing=[rows.of_task(task, actor, calendar, now) for task in pressing],
    )


@bp.get("/office/<code>")
@needs("office.read")
def office(code: str) -> ResponseReturnValue:
    """What is open at one office below: a list to read, its own people decide."""
    session, now = database(), services().clock.now()
    found = session.scalars(
        select(Task)
        .join(Task.case)
        .options(contains_eager(Task.case))
        .where(Task.office == code, Task.status == OPEN)
        .order_by(Task.due_at.is_(None), Task.due_at, Task.id)
        .limit(queries.PAGE)
    ).all()
    calendar = services().engine.calendar(session)
    return render_template(
        "office/office.html",
        name=rows.office_names(session, [code]).get(code, code),
        rows=[rows.of_task(task, acting(), calendar, now) for task in found],
    )


def _offices(session: Session, at: Limits) -> list[OfficeLine]:
    """The caller's office and those below it that have something open, the most pressing first."""
    counted = session.execute(
        select(
            Task.office,
            func.count(Task.id),
            func.count(Task.id).filter(Task.due_at < at.today),
            func.count(Task.id).filter(Task.due_at >= at.today, Task.due_at < at.soon),
        )
        .where(Task.status == OPEN)
        .group_by(Task.office)
        .order_by(
            func.count(Task.id).filter(Task.due_at < at.today).desc(), func.count(Task.id).desc(), Task.office
        )
        .limit(MOST)
    ).all()
    names = rows.office_names(session, [line[0] for line in counted])
    return [OfficeLine(line[0], names.get(line[0], line[0]), *line[1:]) for line in counted]

"""One case for those who may see it: its history, its stations, and its diagram with the tokens."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from registry.calendar import working_days
from webapp import course
from webapp.database import database
from webapp.filters import local_date
from webapp.inbox import rows, words
from webapp.inbox.blueprint import bp
from webapp.officials import acting
from webapp.rights import needs
from webapp.services import services
from webapp.track.counting import exceptions
from webapp.wording import deadline
from workflows import cases, history
from workflows.errors import CaseNotFound
from workflows.model import OPEN, Case, Clock, Definition


@bp.get("/cases/<number>")
@needs("case.read")
def case(number: str) -> ResponseReturnValue:
    """What happened and where the case is; nothing is decided here."""
    found = visible(number)
    session, now = database(), services().clock.now()
    steps = cases.steps(session, found.id)
    stations = course.stations(session, found)
    calendar = services().engine.calendar(session)
    open_steps = [step for step in steps if step.status == OPEN]
    names = rows.office_names(
        session, {s.office for s in steps} | {s.office for s in stations} | {found.starter_office}
    )
    return render_template(
        "inbox/case.html",
        case=found,
        process=rows.process_name(found.process),
        steps=steps,
        now_at=[(step, deadline(step.due_at, now, calendar), _counted(session, step)) for step in open_steps],
        own_task=next((step for step in open_steps if step.office == acting().office), None),
        stations=stations,
        offices=names,
        way=rows.way_of(found.summary),
        may_withdraw=may_withdraw(found),
        entries=list(reversed(history.entries(session, found.id))),
        events=words.EVENTS,
    )


@bp.get("/cases/<number>/diagram")
@needs("case.read")
def diagram(number: str) -> ResponseReturnValue:
    """The whole drawing with the case's tokens; the same as a list beside it."""
    found = visible(number)
    stations = course.stations(database(), found)
    names = rows.office_names(database(), {station.office for station in stations})
    tokens = {station.key: station.state for station in stations}
    return render_template(
        "inbox/diagram.html",
        case=found,
        process=rows.process_name(found.process),
        stations=stations,
        offices=names,
        tokens=json.dumps(tokens),
    )


@bp.get("/cases/<number>/diagram.bpmn")
@needs("case.read")
def diagram_file(number: str) -> ResponseReturnValue:
    """The version of the process that this case follows."""
    found = visible(number)
    definition = database().get_one(Definition, found.definition_id)
    return Response(definition.files[definition.key], mimetype="application/xml")


@dataclass(frozen=True)
class Counting:
    """怎么算的: from when, how many working days, and what a reader would count otherwise."""

    since: date
    budget: int
    last_day: date
    lines: Sequence[str]
    paused: bool


def _counted(session: Session, step: Row[Any]) -> Counting | None:
    """How the deadline of an open step was counted; None for one without."""
    clock = session.scalar(select(Clock).where(Clock.id == step.clock_id))
    if clock is None or clock.budget is None or clock.due_at is None:
        return None
    since, last_day = local_date(clock.opened_at), local_date(clock.due_at)
    lines = list(exceptions(working_days(session), since, last_day))
    return Counting(since, clock.budget, last_day, lines, clock.used > 0)


def may_withdraw(case: Row[Any]) -> bool:
    """Whether the acting office may end this case: it started it, and it is open."""
    return case.closed_at is None and bool(case.starter_office == acting().office)


def visible(number: str) -> Row[Any]:
    """A case that the acting office takes part in. Raises `CaseNotFound`."""
    found = database().scalar(select(Case.id).where(Case.number == number))
    if found is None:
        raise CaseNotFound
    return cases.by_id(database(), found)

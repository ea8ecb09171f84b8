"""催一下: once for each review, from the middle of its term on. The office is told; nothing is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from webapp.database import database
from webapp.filters import local_date
from webapp.rights import public
from webapp.services import Services, services
from webapp.track.blueprint import bp, opened_case
from webapp.track.view import IN_REVIEW, TrackingView, tracking_view
from workflows import history, notices
from workflows.execution import lock, step
from workflows.model import OPEN, Clock, Task

URGED = "urged"
TIMES = 1


@dataclass(frozen=True)
class Urging:
    """How often one may still urge, and from which day on."""

    left: int
    from_day: date | None

    @property
    def is_possible(self) -> bool:
        return self.left > 0 and self.from_day is None


def possible(
    services_: Services, session: Session, case: Row[Any], view: TrackingView, now: datetime
) -> Urging | None:
    """May the family urge the office that has it? None where there is nobody to urge."""
    if view.state != IN_REVIEW or view.task_id is None:
        return None
    clock = _clock(session, view.task_id)
    if clock is None or clock.budget is None:
        return None
    urged = [
        entry
        for entry in history.entries(session, case.id)
        if entry.event == URGED and entry.facts.get("box") == view.box and entry.at >= clock.opened_at
    ]
    half = services_.engine.calendar(session).add(local_date(clock.opened_at), clock.budget // 2)
    return Urging(max(TIMES - len(urged), 0), half if local_date(now) < half else None)


@bp.post("/<number>/urge")
@public
def urge(number: str) -> ResponseReturnValue:
    """Tell the office, and write it into the history."""
    case = opened_case(number)
    now = services().clock.now()
    view = tracking_view(services(), database(), case, now)
    may = possible(services(), database(), case, view, now)
    if may is None or not may.is_possible or view.task_id is None:
        return redirect(url_for("track.case", number=case.number), 303)
    office = (
        database()
        .connection()
        .scalar(select(Task.office).where(Task.id == view.task_id, Task.status == OPEN))
    )
    if office is not None:
        with step(database(), services().engine, lock(database(), case.id), now=now) as acting:
            acting.chain.append(URGED, now, office=office, box=view.box, by="family")
            notices.tell(database(), services().engine, case.id, office, URGED, now)
        database().commit()
    return redirect(url_for("track.case", number=case.number, told=URGED), 303)


def _clock(session: Session, task_id: UUID) -> Row[Any] | None:
    found = select(Clock.__table__).join(Task, Task.clock_id == Clock.id).where(Task.id == task_id)
    return session.connection().execute(found).first()

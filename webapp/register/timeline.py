"""What became of a student: movements and cases in one line of time, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import movements
from registry.students import Student
from webapp.filters import local_date
from webapp.inbox.rows import office_names, process_name, way_of
from workflows.model import Case

STATES = {"completed": "done", "refused": "refused", "withdrawn": "stopped", "terminated": "stopped"}


@dataclass(frozen=True)
class Event:
    """One line. `state`: done, now, refused, stopped."""

    on: date
    title: str
    words: str
    number: str
    state: str
    has_case: bool = False


def of_student(session: Session, student: Student) -> list[Event]:
    """Movements tell what is true; cases tell what was asked. A finished case stands as its movements."""
    moved = movements.of_student(session, student)
    names = office_names(session, {m.school_code for m in moved} | {m.other_school_code or "" for m in moved})
    events = [_movement(one, names) for one in moved]
    told = {event.number for event in events}
    events += [_case(case) for case in cases_of(session, student.id) if case.number not in told]
    return sorted(events, key=lambda event: (event.on, event.state == "now"), reverse=True)


def cases_of(session: Session, student_id: UUID) -> Sequence[Case]:
    """The cases about a student that this office may see, newest first."""
    return session.scalars(
        select(Case).where(Case.subject == str(student_id)).order_by(Case.opened_at.desc())
    ).all()


def _movement(one: movements.Movement, names: dict[str, str]) -> Event:
    here = names.get(one.school_code, one.school_code)
    other = names.get(one.other_school_code or "", "")
    way = {movements.OUT: (here, other), movements.IN: (other, here)}.get(one.code, (here, ""))
    return Event(one.on, _(one.name), " → ".join(filter(None, way)), one.case_number, "done")


def _case(case: Case) -> Event:
    words = " → ".join(way_of(case.summary))
    name = process_name(case.process)
    title = _("申请%(process)s", process=name)
    state = "now" if case.closed_at is None else STATES.get(case.status, "done")
    endings = {"now": _("在办"), "refused": _("不同意"), "stopped": _("已结束"), "done": _("已办结")}
    return Event(
        local_date(case.opened_at),
        title,
        _("，").join(filter(None, [words, endings[state]])),
        case.number,
        state,
        True,
    )

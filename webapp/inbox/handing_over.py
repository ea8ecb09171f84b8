"""改派: a leader gives a task that somebody holds, or nobody, to a colleague who may do it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from registry.people import Appointment, Person
from webapp.filters import local_date
from webapp.rights import may
from workflows.model import OPEN, Actor, Task
from workflows.tasks import is_held

ACTION = "task.hand-over"


def colleagues(session: Session, task: Task, actor: Actor, now: datetime) -> Sequence[Person]:
    """Those whom the actor may give an open task: who may do it today and does not hold it."""
    if task.status != OPEN or not may(actor.role, ACTION):
        return ()
    today = local_date(now)
    held = (
        select(Appointment.person_id)
        .where(Appointment.organisation_code == task.office, Appointment.role == task.role)
        .where(Appointment.from_ <= today, or_(Appointment.to.is_(None), Appointment.to >= today))
    )
    people = session.scalars(select(Person).where(Person.id.in_(held)).order_by(Person.name)).all()
    holder = task.claimed_by if is_held(task, now) else None
    not_meant = {holder} if holder is not None else {actor.person_id}
    return [one for one in people if one.id not in not_meant]

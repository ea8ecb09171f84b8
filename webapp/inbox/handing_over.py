"""改派: a leader gives a task that somebody holds, or nobody, to a colleague who may do it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from registry import people
from registry.people import Person
from webapp.filters import local_date
from webapp.rights import may
from workflows.model import OPEN, Actor, Task
from workflows.tasks import is_held

ACTION = "task.hand-over"


def colleagues(session: Session, task: Task, actor: Actor, now: datetime) -> Sequence[Person]:
    """Those whom the actor may give an open task: who may do it today and does not hold it."""
    if task.status != OPEN or not may(actor.role, ACTION):
        return ()
    holder = task.claimed_by if is_held(task, now) else None
    not_meant = {holder} if holder is not None else {actor.person_id}
    appointed = people.holders(session, task.office, task.role, local_date(now))
    return [one for one in appointed if one.id not in not_meant]

"""回到您这里: a case that was returned for correction comes back to whoever returned it.

Not a lock: a colleague may take it if that person is away. Who is no longer appointed is not waited for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import people
from workflows.model import DONE, OPEN, Task

RETURN = "return"


@dataclass(frozen=True)
class Returner:
    """Who sent a case back for correction."""

    id: UUID
    name: str


def returners(session: Session, tasks: Sequence[Task], on: date) -> dict[UUID, Returner]:
    """For open tasks (by key) whose desk last returned the case: who did, if still appointed there."""
    waiting: dict[tuple[str | None, str], Task] = {
        (task.box_id, task.element): task for task in tasks if task.status == OPEN and task.box_id
    }
    if not waiting:
        return {}
    decided = session.scalars(
        select(Task)
        .where(Task.case_id.in_({task.case_id for task in waiting.values()}), Task.status == DONE)
        .order_by(Task.seq)
    )
    last = {(one.box_id, one.element): one for one in decided if (one.box_id, one.element) in waiting}
    returned = {waiting[desk]: one for desk, one in last.items() if one.decision == RETURN}
    desks = {(task.office, task.role) for task in returned}
    appointed = {desk: {one.id for one in people.holders(session, *desk, on)} for desk in desks}
    return {
        task.id: Returner(one.decided_by, one.decided_by_name or "")
        for task, one in returned.items()
        if one.decided_by is not None and one.decided_by in appointed[task.office, task.role]
    }

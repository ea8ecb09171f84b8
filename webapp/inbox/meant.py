"""Whom an open task is meant for: who returned the case for correction, or to whom a leader gave it.

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
from workflows.tasks import RETURN, given

BACK, GIVEN = "back", "given"


@dataclass(frozen=True)
class Meant:
    """A person, and why: the case comes back to them, or it was given to them."""

    id: UUID
    name: str
    why: str


def persons(session: Session, tasks: Sequence[Task], on: date) -> dict[UUID, Meant]:
    """For open tasks, by key: whom each is meant for, if they still hold its role."""
    waiting = [task for task in tasks if task.status == OPEN]
    if not waiting:
        return {}
    found = _back(session, waiting) | _given(session, waiting)
    named = [task for task in waiting if found.get(task.id)]
    desks = {(task.office, task.role) for task in named}
    appointed = {desk: {one.id for one in people.holders(session, *desk, on)} for desk in desks}
    return {
        task.id: one
        for task in named
        if (one := found[task.id]) is not None and one.id in appointed[task.office, task.role]
    }


def _back(session: Session, waiting: Sequence[Task]) -> dict[UUID, Meant | None]:
    """Tasks of a desk whose last decision in the same review was a return."""
    desks = {(task.box_id, task.element): task for task in waiting if task.box_id is not None}
    cases = {task.case_id for task in desks.values()}
    decided = select(Task).where(Task.case_id.in_(cases), Task.status == DONE).order_by(Task.seq)
    last = {
        desks[desk]: one for one in session.scalars(decided) if (desk := (one.box_id, one.element)) in desks
    }
    return {
        task.id: Meant(one.decided_by, one.decided_by_name or "", BACK)
        for task, one in last.items()
        if one.decision == RETURN and one.decided_by is not None
    }


def _given(session: Session, waiting: Sequence[Task]) -> dict[UUID, Meant | None]:
    """Tasks that a leader gave to somebody; None for those given back to the office."""
    tasks = {(task.case_id, task.element): task for task in waiting}
    found: dict[UUID, Meant | None] = {}
    for one in given(session, {task.case_id for task in waiting}):
        task = tasks.get((one.case_id, one.element))
        if task is not None and one.at >= task.opened_at:
            found[task.id] = Meant(one.to, one.to_name, GIVEN) if one.to is not None else None
    return found

"""Which task to open when one is decided: the next of its list, else the one before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Row, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from registry.organisations import Organisation
from webapp.inbox import queries
from webapp.inbox.queries import Wanted
from webapp.services import services
from workflows.model import TASK_IS_OPEN, Actor, Task
from workflows.prepared import Prepared

FAR = datetime(9999, 12, 31, tzinfo=UTC)
NO_KEY = UUID(int=0)


def _nearest() -> Prepared:
    """In the order of the inbox: by deadline, then those without one. Each step reads one row of an index."""
    path = select(Organisation.path).where(Organisation.code == bindparam("office")).scalar_subquery()
    here = select(Task.id).where(
        Task.office_path == path,
        Task.office == bindparam("office"),
        TASK_IS_OPEN,
        Task.role == bindparam("role"),
    )
    due: BindParameter[Any] = bindparam("due")
    key: BindParameter[Any] = bindparam("key")
    undated_key: BindParameter[Any] = bindparam("undated_key")
    dated, undated = here.where(Task.due_at.is_not(None)), here.where(Task.due_at.is_(None))
    steps = (
        dated.where(or_(Task.due_at > due, and_(Task.due_at == due, Task.id > key))).order_by(
            Task.due_at, Task.id
        ),
        undated.where(Task.id > undated_key).order_by(Task.id),
        undated.where(Task.id < undated_key).order_by(Task.id.desc()),
        dated.where(or_(Task.due_at < due, and_(Task.due_at == due, Task.id < key))).order_by(
            Task.due_at.desc(), Task.id.desc()
        ),
    )
    return Prepared(select(func.coalesce(*(step.limit(1).scalar_subquery() for step in steps))))


NEAREST = _nearest()


def following(session: Session, actor: Actor, wanted: Wanted, task: Row[Any]) -> UUID | None:
    """The task to go on with; None where the list ends with this one.

    The list as it stands without filters is asked with one statement; a narrowed one, which is short,
    is read.
    """
    if replace(wanted, cursor=None) != Wanted():
        at = queries.limits(services().engine.calendar(session), services().clock.now())
        near = queries.neighbours(session, actor, wanted, at, task.id)
        return near.after or near.before
    place = {
        "office": actor.office,
        "role": actor.role,
        "due": task.due_at or FAR,
        "key": task.id,
        "undated_key": task.id if task.due_at is None else NO_KEY,
    }
    found: UUID | None = NEAREST.scalar(session.connection(), place)
    return found

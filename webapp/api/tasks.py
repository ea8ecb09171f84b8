"""Tasks: the caller's inbox, claim, release, complete."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from flask import Response, g
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import contains_eager

from webapp import deciding
from webapp.api.answers import case_answer, task_answers
from webapp.api.auth import needs
from webapp.api.blueprint import bp, documented
from webapp.api.bodies import once, parsed
from webapp.api.paging import asked, cursor, moment, queried
from webapp.api.requests import Completion, Paging
from webapp.api.schemas import CaseOut, TaskOut, TaskPage
from webapp.services import services
from workflows import tasks
from workflows.model import OPEN, Case, Decision, Task

LAST = datetime(9999, 12, 1, tzinfo=UTC)
"""Where a task without a deadline stands: after all others."""


@bp.get("/tasks")
@needs("inbox.read")
@documented("The caller's inbox, nearest deadline first", TaskPage, query=Paging)
def list_tasks() -> TaskPage:
    page = asked(queried(Paging), moment, UUID)
    due = func.coalesce(Task.due_at, LAST)
    query = (
        select(Task)
        .join(Task.case)
        .options(contains_eager(Task.case))
        .where(Task.office == g.actor.office, Task.role == g.actor.role, Task.status == OPEN)
    )
    if page.after:
        day, key = page.after
        query = query.where(or_(due > day, and_(due == day, Task.id > key)))
    found = g.database.scalars(query.order_by(due, Task.id).limit(page.limit + 1)).all()
    shown = found[: page.limit]
    last = shown[-1] if len(found) > page.limit else None
    return TaskPage(
        items=task_answers(g.database, [(task, task.case) for task in shown], services().clock.now()),
        next=cursor((last.due_at or LAST).isoformat(), last.id) if last else None,
    )


@bp.post("/tasks/<uuid:task_id>/claim")
@needs("task.decide")
@documented("Hold a task, so that colleagues see who works on it", TaskOut, refuses=(409,))
def claim_task(task_id: UUID) -> Response:
    return _held(task_id, tasks.claim)


@bp.post("/tasks/<uuid:task_id>/release")
@needs("task.decide")
@documented("Put a task back for the office", TaskOut, refuses=(409,))
def release_task(task_id: UUID) -> Response:
    return _held(task_id, tasks.release)


@bp.post("/tasks/<uuid:task_id>/complete")
@needs("task.decide")
@documented("Decide a task", CaseOut, body=Completion, refuses=(409,))
def complete_task(task_id: UUID) -> Response:
    body = parsed(Completion)
    decision = Decision(body.decision, body.reason_code or "", body.opinion or "", body.fields)

    def act() -> tuple[CaseOut, int]:
        now, asker = services().clock.now(), str(g.actor.person_id)
        case_id = deciding.decide(services(), g.database, task_id, g.actor, decision, now=now, asker=asker)
        return case_answer(g.database, case_id, g.actor.office), 200

    return once(g.database, g.actor, act)


def _held(task_id: UUID, hold: Callable[..., None]) -> Response:
    def act() -> tuple[TaskOut, int]:
        now = services().clock.now()
        hold(g.database, task_id, g.actor, now=now)
        task = g.database.get_one(Task, task_id)
        (answer,) = task_answers(g.database, [(task, g.database.get_one(Case, task.case_id))], now)
        return answer, 200

    return once(g.database, g.actor, act)

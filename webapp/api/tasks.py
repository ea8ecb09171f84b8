"""Tasks: the caller's inbox, claim, release, complete."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, g
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import contains_eager

from webapp import deciding
from webapp.api.answers import case_answer, offices, rfc3339, task_answer
from webapp.api.auth import needs
from webapp.api.blueprint import bp, documented
from webapp.api.bodies import once, parsed
from webapp.api.paging import asked, cursor
from webapp.api.schemas import CaseOut, Completion, TaskOut, TaskPage
from webapp.services import services
from workflows import tasks
from workflows.errors import TaskNotFound
from workflows.model import OPEN, Case, Decision, Task

LAST = datetime.fromisoformat("9999-12-31T23:59:59+00:00")


@bp.get("/tasks")
@needs("inbox.read")
@bp.output(TaskPage)
@documented("The caller's inbox, nearest deadline first")
def list_tasks() -> TaskPage:
    page = asked(2)
    due = func.coalesce(Task.due_at, LAST)
    query = (
        select(Task)
        .join(Task.case)
        .options(contains_eager(Task.case))
        .where(Task.office == g.actor.office, Task.role == g.actor.role, Task.status == OPEN)
    )
    if page.after:
        after = datetime.fromisoformat(page.after[0]), UUID(page.after[1])
        query = query.where(or_(due > after[0], and_(due == after[0], Task.id > after[1])))
    found = g.database.scalars(query.order_by(due, Task.id).limit(page.limit + 1)).all()
    shown = found[: page.limit]
    names = offices(g.database, [g.actor.office])
    more = len(found) > page.limit
    return TaskPage(
        items=[task_answer(task, task.case, names) for task in shown],
        next=cursor(rfc3339(shown[-1].due_at or LAST) or "", str(shown[-1].id)) if more else None,
    )


@bp.post("/tasks/<uuid:task_id>/claim")
@needs("task.decide")
@bp.output(TaskOut)
@documented("Hold a task, so that colleagues see who works on it")
def claim_task(task_id: UUID) -> Response:
    return _held(task_id, tasks.claim)


@bp.post("/tasks/<uuid:task_id>/release")
@needs("task.decide")
@bp.output(TaskOut)
@documented("Put a task back for the office")
def release_task(task_id: UUID) -> Response:
    return _held(task_id, tasks.release)


@bp.post("/tasks/<uuid:task_id>/complete")
@needs("task.decide")
@bp.input(Completion, validation=False)
@bp.output(CaseOut)
@documented("Decide a task")
def complete_task(task_id: UUID, **_ignored: Any) -> Response:
    body = parsed(Completion)
    decision = Decision(body.decision, body.reason_code or "", body.opinion or "", body.fields)

    def act() -> tuple[CaseOut, int]:
        case_id = deciding.decide(
            services(),
            g.database,
            task_id,
            g.actor,
            decision,
            now=services().clock.now(),
            asker=str(g.actor.person_id),
        )
        return case_answer(g.database, case_id, g.actor.office), 200

    return once(g.database, str(g.actor.person_id), act)


def _held(task_id: UUID, act_on: Any) -> Response:
    def act() -> tuple[TaskOut, int]:
        act_on(g.database, task_id, g.actor, now=services().clock.now())
        task = g.database.scalar(select(Task).where(Task.id == task_id))
        if task is None:
            raise TaskNotFound()
        case = g.database.get_one(Case, task.case_id)
        return task_answer(task, case, offices(g.database, [task.office])), 200

    return once(g.database, str(g.actor.person_id), act)

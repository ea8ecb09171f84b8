"""Hold a task, put it back, give it to a colleague."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.database import database
from webapp.inbox import handing_over, lists, page
from webapp.inbox.blueprint import bp
from webapp.officials import acting
from webapp.rights import needs
from webapp.services import services
from workflows import tasks
from workflows.model import Actor


@bp.post("/tasks/<uuid:task_id>/claim")
@needs("task.decide")
def claim(task_id: UUID) -> ResponseReturnValue:
    return _hold(task_id, tasks.claim)


@bp.post("/tasks/<uuid:task_id>/release")
@needs("task.decide")
def release(task_id: UUID) -> ResponseReturnValue:
    return _hold(task_id, tasks.release)


@bp.post("/tasks/<uuid:task_id>/hand-over")
@needs(handing_over.ACTION)
def hand_over(task_id: UUID) -> ResponseReturnValue:
    """Take a task out of a colleague's hands, and put it into another's if one is named."""
    session, actor, now = database(), acting(), services().clock.now()
    task = page.find(session, task_id, actor)
    chosen = {str(one.id): one for one in handing_over.colleagues(session, task, actor, now)}
    taker = chosen.get(request.form.get("to", ""))
    to = Actor(taker.id, taker.name, task.office, task.role) if taker is not None else None
    tasks.hand_over(session, services().engine, task_id, actor, to, now=now)
    session.commit()
    flash(_("已改派给%(name)s", name=taker.name) if taker else _("已放回，单位里谁都可以办"))
    return redirect(url_for("inbox.task", task_id=task_id, **lists.query(lists.asked(request))), 303)


def _hold(task_id: UUID, change: Any) -> ResponseReturnValue:
    page.find(database(), task_id, acting())
    change(database(), task_id, acting(), now=services().clock.now())
    database().commit()
    if request.headers.get("X-Requested-By") == "script":
        return "", 204
    back = url_for("inbox.task", task_id=task_id, **lists.query(lists.asked(request)))
    return redirect(back if request.form.get("back") != "list" else lists.address(lists.asked(request)), 303)

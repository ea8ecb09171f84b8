"""批量同意: several tasks of one process and one step agreed to at once, where policy allows it.

First a preview that says which of them go and which stay, and why; then each in a
transaction of its own, with a result for each. Never a refusal, never a return.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from registry import applications
from webapp import deciding
from webapp.database import database
from webapp.errors import REFUSALS
from webapp.inbox import checks, lists, page, rows
from webapp.inbox.batch import allowed
from webapp.inbox.blueprint import bp
from webapp.officials import acting
from webapp.refusals import FieldErrors
from webapp.rights import needs
from webapp.services import services
from webapp.wording import MARKS
from workflows import cases
from workflows.errors import WorkflowError
from workflows.model import OPEN, Actor, Decision, Task

MOST = 200
APPROVE = "approve"


@dataclass(frozen=True)
class Line:
    """One task of a batch: it goes (`why_not` empty) or stays, and why."""

    row: rows.Row
    why_not: str


@bp.post("/inbox/batch")
@needs("task.decide")
def preview() -> ResponseReturnValue:
    """What would be agreed to, and what not."""
    return _shown("inbox/batch.html", _lines(database(), acting(), _asked()))


@bp.post("/inbox/batch/approve")
@needs("task.decide")
def approve() -> ResponseReturnValue:
    """Agree to each. Sent again, nothing is decided twice: each line says what became of it."""
    opinion = request.form.get("opinion", "").strip()[:500]
    before = _lines(database(), acting(), _asked())
    database().close()
    lines = [Line(line.row, line.why_not or _decided(line.row.id, opinion)) for line in before]
    return _shown("inbox/batch_done.html", lines)


def _shown(template: str, lines: Sequence[Line]) -> ResponseReturnValue:
    wanted = lists.asked(request)
    return render_template(
        template,
        going=[line for line in lines if not line.why_not],
        staying=[line for line in lines if line.why_not],
        context=lists.query(wanted),
        list_address=lists.address(wanted),
        most=MOST,
    )


def _asked() -> list[UUID]:
    found: dict[UUID, None] = {}
    for text in request.form.getlist("task")[:MOST]:
        try:
            found[UUID(text)] = None
        except ValueError:
            continue
    return list(found)


def _lines(session: Session, actor: Actor, ids: Sequence[UUID]) -> list[Line]:
    """The tasks asked for, in the order of the list; what is not the office's is left out silently."""
    now = services().clock.now()
    calendar = services().engine.calendar(session)
    query = (
        select(Task)
        .join(Task.case)
        .options(contains_eager(Task.case))
        .where(Task.id.in_(ids), Task.office == actor.office)
        .order_by(Task.due_at.is_(None), Task.due_at, Task.id)
    )
    processes = allowed(session, actor, now)
    tasks = session.scalars(query).all()
    judged = [(task, _excepted(session, task, actor, processes, now)) for task in tasks]
    first = next((task for task, why_not in judged if not why_not), None)
    return [
        Line(rows.of_task(task, actor, calendar, now), why_not or _other_kind(task, first))
        for task, why_not in judged
    ]


def _other_kind(task: Task, first: Task | None) -> str:
    same = first is None or (task.case.process == first.case.process and task.name == first.name)
    return "" if same else _("业务或环节和别的不同，请另外办")


def _excepted(session: Session, task: Task, actor: Actor, processes: frozenset[str], now: datetime) -> str:
    """Why a task must be looked at by itself; empty if it may go with the others."""
    if task.status != OPEN:
        who = task.decided_by_name or _("别人")
        words = MARKS[task.decision].words if task.decision and task.decision in MARKS else ""
        return _("%(name)s已办完：%(words)s", name=who, words=words)
    if task.case.process not in processes or APPROVE not in task.decisions:
        return _("这项业务不能批量同意")
    case = cases.by_id(session, task.case_id)
    why_not = page.why_not(task, case, cases.steps(session, case.id), actor, now)
    if why_not:
        return why_not
    if case.withdrawal_asked_at is not None:
        return _("家长申请撤回")
    application = applications.latest(session, case.id)
    rules = checks.of_case(session, case, application.body if application else {})
    return _("、").join(str(line.words) for line in rules if not line.kept)


def _decided(task_id: UUID, opinion: str) -> str:
    """Agree to one task in a transaction of its own; what went wrong, in words."""
    actor, now = acting(), services().clock.now()
    with services().scoped_session(actor) as session:
        try:
            decision = Decision(APPROVE, "", opinion)
            deciding.decide(
                services(), session, task_id, actor, decision, now=now, asker=str(actor.person_id)
            )
            session.commit()
        except WorkflowError as refused:
            session.rollback()
            return str(REFUSALS.get(refused.code, ("", _("没有办成，请单独打开再试")))[1])
        except FieldErrors as left_out:
            session.rollback()
            return _("；").join(error["message"] for error in left_out.errors)
    return ""

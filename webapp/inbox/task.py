"""One task: look at it and decide it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import and_, bindparam, select

from registry import applications
from registry.evidence_intake import CleanFile
from registry.organisations import Organisation
from webapp import deciding, sessions
from webapp.database import database
from webapp.deciding import AtHand
from webapp.inbox import evidence, facts, following, form, lists, page, queries, rows
from webapp.inbox.blueprint import bp
from webapp.inbox.form import Answer
from webapp.inbox.words import FAULTS
from webapp.officials import acting
from webapp.refusals import FieldErrors
from webapp.rights import needs
from webapp.services import services
from webapp.wording import MARKS
from workflows import idempotency
from workflows.errors import CaseClosed, DecisionNotOffered, SamePerson, TaskAlreadyDecided, TaskClaimed
from workflows.idempotency import KeyMalformed, KeyReused
from workflows.model import OPEN, TASK_IS_OPEN, Case, Task
from workflows.prepared import Prepared

RETURN = form.RETURN
DECIDED, ASKED_BACK, CORRECTED = "decided", "asked-back", "corrected"
"""What can have happened while somebody wrote: decided or held by a colleague; the family was faster."""
REVISION = Prepared(applications.REVISION)
NOW_AT = Prepared(
    select(Case.closed_at, Organisation.name)
    .select_from(Case)
    .outerjoin(Task, and_(Task.case_id == Case.id, TASK_IS_OPEN, Task.office != bindparam("own_office")))
    .outerjoin(Organisation, Organisation.code == Task.office)
    .where(Case.id == bindparam("of_case"))
    .order_by(Organisation.code)
)
"""Whether a case has ended, and which other offices have it now."""


@bp.get("/tasks/<uuid:task_id>")
@needs("inbox.read")
def task(task_id: UUID) -> ResponseReturnValue:
    return _show(task_id, Answer())


@bp.get("/tasks/<uuid:task_id>/return")
@needs("task.decide")
def return_page(task_id: UUID) -> ResponseReturnValue:
    """The return dialog as a page of its own, for browsers without script."""
    return _show(task_id, Answer(decision=RETURN), template="inbox/return.html")


@bp.post("/tasks/<uuid:task_id>/decide")
@needs("task.decide")
def decide(task_id: UUID) -> ResponseReturnValue:
    """Take the decision. A second click gets the first answer; a colleague's earlier one is shown."""
    file = evidence.cleaned(request.files)
    found = deciding.find(database(), task_id, acting())
    is_open = found.task.status == OPEN
    answer = form.read(request.form, found.task.decisions)
    if answer.decision == RETURN and not answer.ticked and "in_dialog" not in request.form:
        return redirect(url_for("inbox.return_page", task_id=task_id, **_context()), 303)
    if answer.errors and is_open:
        return _show(task_id, answer, status=422)
    asked, earlier = _asked_before(task_id)
    if earlier is not None:
        return redirect(earlier.body, 303)
    changed = _changed_meanwhile(found) if is_open else ""
    if changed:
        return _show(task_id, answer, status=409, conflict=changed)
    return _taken(found, answer, file, asked)


def _taken(
    found: AtHand, answer: Answer, file: CleanFile | FieldErrors | None, asked: idempotency.Request | None
) -> ResponseReturnValue:
    """The decision with what is told about it in one transaction, then the next task or the list."""
    actor, now, task_id = acting(), services().clock.now(), found.task.id
    target = _target(found)
    try:
        evidence.keep(answer, file, found.case.id)
        deciding.take(
            services(), database(), found, actor, answer.as_decision(), now=now, asker=str(actor.person_id)
        )
    except FieldErrors as refusal:
        return _again(task_id, answer, refusal)
    except (TaskAlreadyDecided, TaskClaimed, SamePerson, CaseClosed, DecisionNotOffered):
        database().rollback()
        return _show(task_id, answer, status=409, conflict=DECIDED)
    if asked:
        idempotency.remember(database(), asked, idempotency.Answer(303, target), now=now)
    _tell(found, answer)
    sessions.keep_with(database())
    database().commit()
    return redirect(target, 303)


def _show(
    task_id: UUID,
    answer: Answer,
    *,
    status: int = 200,
    conflict: str = "",
    template: str = "inbox/task.html",
) -> ResponseReturnValue:
    actor, now = acting(), services().clock.now()
    found = page.find(database(), task_id, actor)
    wanted = lists.asked(request)
    at = queries.limits(services().engine.calendar(database()), now)
    return render_template(
        "inbox/return.html" if answer.decision == RETURN and answer.errors else template,
        page=page.build(database(), found, actor, now),
        answer=answer,
        conflict=conflict,
        wanted=wanted,
        context=_context(),
        neighbours=queries.neighbours(database(), actor, wanted, at, task_id),
        request_key=_page_key(),
        open_next=session.get("open_next", True),
        shown=_shown_evidence(),
        file_name=facts.file_name,
        faults=FAULTS,
        search_words=wanted.words,
        list_address=lists.address(replace(wanted, cursor=None)),
    ), status


def _again(task_id: UUID, answer: Answer, refusal: FieldErrors) -> ResponseReturnValue:
    """Show the page again with what was left out; nothing typed is lost."""
    database().rollback()
    for error in refusal.errors:
        name = error["pointer"].removeprefix("/fields").removeprefix("/")
        answer.errors.setdefault(name or "decision", error["message"])
    return _show(task_id, answer, status=422)


def _asked_before(task_id: UUID) -> tuple[idempotency.Request | None, idempotency.Answer | None]:
    """Who asks what under which key, and the answer given before. A key used for something else is none."""
    parts = sorted((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")
    body = "\0".join(f"{name}={value}" for name, value in parts)
    try:
        asked = idempotency.Request.of(
            str(acting().person_id),
            request.form.get("idempotency_key", ""),
            f"page:{task_id}",
            body.encode("utf-8", "surrogatepass"),
        )
        return asked, idempotency.earlier(database(), asked)
    except (KeyMalformed, KeyReused):
        return None, None


def _changed_meanwhile(found: AtHand) -> str:
    """What the family changed in an open case since the page was made."""
    seen = request.form.get("seen", "")
    if not seen:
        return ""
    now = page.stamp(REVISION.first(database().connection(), {"of_case": found.case.id}), found.case)
    if seen == now:
        return ""
    return CORRECTED if seen.partition(":")[0] != now.partition(":")[0] else ASKED_BACK


def _target(found: AtHand) -> str:
    """Where to go on, asked while the task still stands in its list."""
    wanted = lists.asked(request)
    next_one = following.following(database(), acting(), wanted, found.task)
    session["open_next"] = request.form.get("open_next") == "y"
    if session["open_next"] and next_one is not None:
        return url_for("inbox.task", task_id=next_one, **lists.query(wanted))
    chosen = f"#t-{next_one}" if next_one else ""
    return lists.address(replace(wanted, cursor=None)) + chosen


def _tell(found: AtHand, answer: Answer) -> None:
    """The band on the next page: what was just done, where the case is now, with a link to it."""
    words = MARKS[answer.decision].words if answer.decision in MARKS else answer.decision
    case = found.case
    told = {
        "words": _("已退回补正") if answer.decision == RETURN else _("已%(decision)s", decision=words),
        "number": case.number,
        "title": f"{case.title} {rows.process_name(case.process)}",
        "where": _where(case.id),
        "href": url_for("inbox.task", task_id=found.task.id),
    }
    flash(told, "decided")  # type: ignore[arg-type]


def _where(case_id: UUID) -> str:
    """Who has the case now; nothing while it stays in the house."""
    found = NOW_AT.all(database().connection(), {"of_case": case_id, "own_office": acting().office})
    if found[0].closed_at is not None:
        return _("，业务已结束")
    names = dict.fromkeys(one.name for one in found if one.name)
    return _("，已送%(office)s", office=_("、").join(names)) if names else ""


def _context() -> dict[str, Any]:
    """The list one came from, to be carried along."""
    return lists.query(lists.asked(request))


def _shown_evidence() -> int:
    shown = request.args.get("e", "")
    return int(shown) if shown.isascii() and shown.isdecimal() and len(shown) < 4 else 0


def _page_key() -> str:
    """Names what this page sends: kept while it is shown again, new on a fresh page."""
    return request.form.get("idempotency_key", "").removesuffix("r")[:100] or secrets.token_urlsafe(18)

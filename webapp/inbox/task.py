"""One task: look at it and decide it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Row

from registry import applications
from registry.evidence_intake import CleanFile
from webapp import deciding
from webapp.database import database
from webapp.inbox import evidence, facts, form, lists, page, queries, rows
from webapp.inbox.blueprint import bp
from webapp.inbox.form import Answer
from webapp.inbox.words import FAULTS
from webapp.officials import acting
from webapp.refusals import FieldErrors
from webapp.rights import needs
from webapp.services import services
from webapp.wording import MARKS
from workflows import cases, idempotency
from workflows.errors import CaseClosed, DecisionNotOffered, SamePerson, TaskAlreadyDecided, TaskClaimed
from workflows.idempotency import KeyMalformed, KeyReused
from workflows.model import OPEN, Task

RETURN = form.RETURN
DECIDED, ASKED_BACK, CORRECTED = "decided", "asked-back", "corrected"
"""What can have happened while somebody wrote: decided or held by a colleague; the family was faster."""


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
    found = page.find(database(), task_id, acting())
    answer = form.read(request.form, found.decisions)
    if answer.decision == RETURN and not answer.ticked and "in_dialog" not in request.form:
        return redirect(url_for("inbox.return_page", task_id=task_id, **_context()), 303)
    if answer.errors and found.is_open:
        return _show(task_id, answer, status=422)
    asked, earlier = _asked_before(task_id)
    if earlier is not None:
        return redirect(earlier.body, 303)
    changed = _changed_meanwhile(found)
    if changed:
        return _show(task_id, answer, status=409, conflict=changed)
    return _taken(found, answer, file, asked)


def _taken(
    found: Task, answer: Answer, file: CleanFile | FieldErrors | None, asked: idempotency.Request | None
) -> ResponseReturnValue:
    """The decision in one transaction, then the next task or the list."""
    actor, now = acting(), services().clock.now()
    following = _following(found)
    try:
        evidence.keep(answer, file, found.case_id)
        deciding.decide(
            services(), database(), found.id, actor, answer.as_decision(), now=now, asker=str(actor.person_id)
        )
    except FieldErrors as refusal:
        return _again(found.id, answer, refusal)
    except (TaskAlreadyDecided, TaskClaimed, SamePerson, CaseClosed, DecisionNotOffered):
        database().rollback()
        return _show(found.id, answer, status=409, conflict=DECIDED)
    target = _target(following)
    if asked:
        idempotency.remember(database(), asked, idempotency.Answer(303, target), now=now)
    database().commit()
    _tell(found, answer)
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
        neighbours=queries.neighbours(database(), actor, wanted, at, found),
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


def _changed_meanwhile(found: Task) -> str:
    """What the family changed in an open case since the page was made."""
    seen = request.form.get("seen", "")
    if not seen or not found.is_open:
        return ""
    case = cases.by_id(database(), found.case_id)
    now = page.stamp(applications.latest(database(), case.id), case)
    if seen == now:
        return ""
    return CORRECTED if seen.partition(":")[0] != now.partition(":")[0] else ASKED_BACK


def _following(found: Task) -> UUID | None:
    at = queries.limits(services().engine.calendar(database()), services().clock.now())
    near = queries.neighbours(database(), acting(), lists.asked(request), at, found)
    return near.after or near.before


def _target(following: UUID | None) -> str:
    session["open_next"] = request.form.get("open_next") == "y"
    if session["open_next"] and following is not None:
        return url_for("inbox.task", task_id=following, **_context())
    chosen = f"#t-{following}" if following else ""
    return lists.address(replace(lists.asked(request), cursor=None)) + chosen


def _tell(found: Task, answer: Answer) -> None:
    """The band on the next page: what was just done, where the case is now, with a link to it."""
    words = MARKS[answer.decision].words if answer.decision in MARKS else answer.decision
    case = cases.by_id(database(), found.case_id)
    told = {
        "words": _("已退回补正") if answer.decision == RETURN else _("已%(decision)s", decision=words),
        "number": case.number,
        "title": f"{case.title} {rows.process_name(case.process)}",
        "where": _where(case),
        "href": url_for("inbox.task", task_id=found.id),
    }
    flash(told, "decided")  # type: ignore[arg-type]


def _where(case: Row[Any]) -> str:
    """Who has the case now; nothing while it stays in the house."""
    if case.closed_at is not None:
        return _("，业务已结束")
    waiting = {step.office for step in cases.steps(database(), case.id) if step.status == OPEN}
    names = rows.office_names(database(), waiting - {acting().office})
    return _("，已送%(office)s", office=_("、").join(names.values())) if names else ""


def _context() -> dict[str, Any]:
    """The list one came from, to be carried along."""
    return lists.query(lists.asked(request))


def _shown_evidence() -> int:
    shown = request.args.get("e", "")
    return int(shown) if shown.isascii() and shown.isdecimal() and len(shown) < 4 else 0


def _page_key() -> str:
    """Names what this page sends: kept while it is shown again, new on a fresh page."""
    return request.form.get("idempotency_key", "").removesuffix("r")[:100] or secrets.token_urlsafe(18)

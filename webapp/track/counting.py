"""怎么算的？ The explanation of a deadline, and applying again with what was filled in before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from registry import applications, calendar
from registry.calendar import WorkingDays
from registry.words import month_day_words, words
from webapp.apply import drafts
from webapp.apply.blueprint import PROCESS, with_cookie
from webapp.database import database
from webapp.filters import local_date
from webapp.language import said
from webapp.rights import public
from webapp.services import services
from webapp.track.blueprint import bp, opened_case
from webapp.track.view import tracking_view
from workflows.model import Clock, Task

GUARDIAN = ("relation", "relation_words", "name", "phone")


@bp.get("/<number>/counting")
@public
def counting(number: str) -> ResponseReturnValue:
    """Which days counted, and which did not."""
    case = opened_case(number)
    view = tracking_view(services(), database(), case, services().clock.now())
    clock = (
        database()
        .connection()
        .execute(select(Clock.__table__).join(Task, Task.clock_id == Clock.id).where(Task.id == view.task_id))
        .first()
    )
    if clock is None or clock.due_at is None or clock.budget is None:
        return redirect(url_for("track.case", number=case.number), 303)
    since, last_day = local_date(clock.opened_at), local_date(clock.due_at)
    return render_template(
        "track/counting.html",
        view=view,
        since=since,
        last_day=last_day,
        budget=clock.budget,
        lines=list(exceptions(calendar.working_days(database()), since, last_day)),
    )


def exceptions(days: WorkingDays, since: date, until: date) -> Iterator[str]:
    """What a reader would count otherwise: 国庆节10月1日—7日放假，不算。10月10日上班，算一天。"""
    special = days.special_days(since, until)
    for name, found in groupby([day for day in special if not day.works], key=lambda day: day.name):
        free = [day.date for day in found]
        yield _("%(name)s%(span)s放假，不算。", name=_(name), span=_span(free[0], free[-1]))
    for day in special:
        if day.works:
            yield _("%(day)s上班，算一天。", day=_span(day.date, day.date))


@bp.get("/<number>/again")
@public
def again(number: str) -> ResponseReturnValue:
    """重新申请: a new draft with what was filled in before; the proofs are asked for anew."""
    case = opened_case(number)
    filed = applications.latest(database(), case.id)
    body = filed.body if filed is not None else {}
    now = services().clock.now()
    with services().sessions() as session:
        draft, token = drafts.begin(session, PROCESS, now)
        guardian = body.get("guardian") or {}
        draft.answers = {
            "typed": {
                "student": {
                    "student_name": body.get("student_name", ""),
                    "student_number": body.get("student_number", ""),
                    "grade": str(body.get("grade") or case.summary.get("grade") or ""),
                },
                "school": {"q": str(case.summary.get("to", {}).get("name", ""))},
                "reason": {"ground": body.get("ground", ""), "explanation": body.get("explanation", "")},
                "guardian": {name: guardian.get(name, "") for name in GUARDIAN},
            }
        }
        session.commit()
    return with_cookie(make_response(redirect(url_for("apply.student"), 303)), token)


def _span(start: date, end: date) -> str:
    first = said(month_day_words(start))
    if start == end:
        return first
    if start.month != end.month:
        return f"{first}—{said(month_day_words(end))}"
    return said(words("%(first)s—%(day)d日", first=month_day_words(start), day=end.day))

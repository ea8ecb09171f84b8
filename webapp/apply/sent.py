"""After sending: number, tracking code, slip. The code stands here and on the slip, nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import segno
from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import Row
from sqlalchemy.orm import Session

from webapp import families
from webapp.apply.blueprint import bp, current
from webapp.apply.sending import SENT
from webapp.database import database
from webapp.filters import cn_date
from webapp.rights import public
from webapp.services import real_now, services
from webapp.track import route
from webapp.track.route import Stop
from workflows import cases


@bp.get("/transfer/done")
@public
def done() -> ResponseReturnValue:
    """申请已提交. A reload shows the same; a second sending leads here too."""
    context = _sent()
    if context is None:
        return redirect(url_for("apply.guide"), 303)
    return _unstored(render_template("apply/done.html", again=request.args.get("again"), **context))


@bp.get("/transfer/slip")
@public
def slip() -> ResponseReturnValue:
    """The slip (回执) to print: upper half of an A4 page."""
    context = _sent()
    if context is None or not context["code"]:
        abort(404)
    address = url_for("track.case", number=context["number"], _external=True)
    return _unstored(render_template("apply/slip.html", qr=qr(address), **context))


def qr(address: str) -> Markup:
    """The address as an SVG to put into the page; it holds the number, never the code."""
    drawn = segno.make(address, error="m").svg_inline(
        scale=4, border=0, omitsize=True, svgclass="qr", lineclass="", title=""
    )
    return Markup(drawn)  # noqa: S704 drawn by us from an address of ours


def _sent() -> dict[str, Any] | None:
    draft = current()
    if draft is None or draft.case_id is None or SENT not in draft.answers:
        return None
    answers = draft.answers
    told = answers[SENT]
    case = cases.by_id(database(), draft.case_id)
    at = datetime.fromisoformat(told["at"])
    return {
        "code": told["code"] if real_now() < datetime.fromisoformat(told["shown_until"]) else "",
        "warnings": told["warnings"],
        **slip_facts(database(), case, phone=answers["guardian"]["phone"], at=at),
    }


def slip_facts(session: Session, case: Row[Any], *, phone: str, at: datetime) -> dict[str, Any]:
    """What a slip says of a case: where it is, who follows, how the family is reached."""
    knows = families.may_know_school(session, case)
    stations = route.of_case(services(), session, case, knows_school=knows)
    return {
        "number": case.number,
        "at": at,
        "case": case,
        "stations": [_ahead(one) for one in stations if one.key != route.FILED],
        "first": route.waiting(stations),
        "offices": [one for one in stations if one.is_office],
        "working_days": route.working_days(session, case),
        "phone": phone,
        "knows_school": knows,
    }


def _ahead(stop: Stop) -> Stop:
    """A station as it is told before anything happened: who, and until when."""
    if stop.state != "now" or stop.due is None:
        return stop
    title = _("%(office)s 审核", office=stop.office)
    return replace(stop, title=title, spoken="", note=Markup("{}{}").format(_("最晚 "), cn_date(stop.due)))


def _unstored(page: str) -> ResponseReturnValue:
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer

"""How a family is reached: 改手机号 with both telephones in hand, 打印回执 without the code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from forms import checks
from forms.fields import Checked, Questions
from registry.identifiers import mask_phone
from webapp import families, phone_codes
from webapp.apply import sent
from webapp.database import database
from webapp.rights import public
from webapp.services import services
from webapp.track import asking
from webapp.track.access import is_fresh
from webapp.track.blueprint import bp, opened_case
from workflows.execution import lock, step

OLD, NEW = "phone-old", "phone-new"
OLD_CONFIRMED = "old_phone_confirmed"
CHANGED = "phone_changed"


class NewPhonePage(Questions):
    """改手机号: where messages go from now on."""

    phone = StringField(_l("新手机号"), [Checked(checks.phone, _l("还没填手机号"))])


@bp.route("/<number>/phone", methods=["GET", "POST"])
@public
def change_phone(number: str) -> ResponseReturnValue:
    """First the old telephone confirms, then the new one. Who has lost the old one goes to the school."""
    case = opened_case(number)
    old = asking.phone_of(database(), case)
    database().rollback()  # codes are counted in transactions of their own
    if case.closed_at is not None or not old or not phone_codes.can_send(services()):
        return _page(case, old, closed=True)
    if not _old_is_confirmed(case.number):
        return _confirm_old(case, old)
    page = NewPhonePage(request.form if request.method == "POST" else MultiDict())
    if request.method == "GET":
        return _page(case, old, form=page)
    if not page.validate():
        return _page(case, old, form=page), 422
    return _confirm_new(case, old, page)


@bp.get("/<number>/slip")
@public
def slip(number: str) -> ResponseReturnValue:
    """The slip once more. The code is kept by nobody; who lost it gets a new one by telephone."""
    case = opened_case(number)
    address = url_for("track.case", number=case.number, _external=True)
    phone = asking.phone_of(database(), case)
    facts = sent.slip_facts(database(), case, phone=phone, at=case.opened_at)
    back = url_for("track.case", number=case.number)
    page = render_template("apply/slip.html", qr=sent.qr(address), code="", back=back, **facts)
    answer = make_response(page)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def move_to(case_id: UUID, phone: str, now: datetime, *, confirmed: Sequence[str]) -> None:
    """Messages go to `phone` from now on, and the history says so, with the number masked.

    `confirmed`: which telephones a code came back from, the one before or the new one.
    """
    with step(database(), services().engine, lock(database(), case_id), now=now) as acting:
        acting.chain.append(CHANGED, now, by="family", phone=mask_phone(phone), confirmed=list(confirmed))
    families.keep_contact(database(), case_id, phone, now if NEW in confirmed else None)


def _confirm_old(case: Row[Any], old: str) -> ResponseReturnValue:
    purpose = f"{OLD}:{case.number}"
    wrong = ""
    if request.method == "POST":
        wrong = asking.code_error(old, purpose, request.form.get("code", ""))
        if not wrong:
            browser[OLD_CONFIRMED] = asking.confirmed_now(case.number)
            return redirect(url_for("track.change_phone", number=case.number), 303)
    shown = asking.code_on_its_way(old, purpose)
    page = _page(case, old, ask_code=True, sent_to=old, shown=shown, wrong=wrong)
    return page, (422 if wrong else 200)


def _confirm_new(case: Row[Any], old: str, page: NewPhonePage) -> ResponseReturnValue:
    new = page.phone.data or ""
    purpose = f"{NEW}:{case.number}"
    wrong = ""
    if "code" in request.form:
        wrong = asking.code_error(new, purpose, request.form["code"])
        if not wrong:
            move_to(case.id, new, services().clock.now(), confirmed=(OLD, NEW))
            database().commit()
            browser.pop(OLD_CONFIRMED, None)
            return redirect(url_for("track.case", number=case.number, told="phone"), 303)
    shown = asking.code_on_its_way(new, purpose)
    told = _page(case, old, form=page, ask_code=True, sent_to=new, shown=shown, wrong=wrong)
    return told, (422 if wrong else 200)


def _old_is_confirmed(number: str) -> bool:
    found = browser.get(OLD_CONFIRMED, {})
    return found.get("number") == number and is_fresh(found.get("at", ""))


def _page(case: Row[Any], old: str, *, form: NewPhonePage | None = None, **facts: Any) -> str:
    wrong = facts.get("wrong") or (form is not None and form.errors)
    return render_template("track/phone.html", case=case, old=old, form=form, page_error=bool(wrong), **facts)

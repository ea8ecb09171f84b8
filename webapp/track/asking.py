"""What a family asks for with its telephone in hand: withdraw, find the code again, hand in corrections."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from forms import checks
from forms.fields import Checked, ChoiceField, Questions
from registry import applications
from webapp import families, phone_codes, tracking_codes
from webapp.database import database
from webapp.rights import public
from webapp.services import real_now, services
from webapp.track.blueprint import bp, opened_case
from webapp.track.view import tracking_view
from workflows import cases
from workflows.model import Case

REASONS = (
    ("staying", _l("不搬家了")),
    ("other_school", _l("想转到别的学校")),
    ("other", _l("其他原因")),
)
WITHDRAW, RECOVER = "withdraw", "recover"


class WithdrawPage(Questions):
    """申请撤回: why."""

    reason = ChoiceField(_l("为什么撤回？"), _l("请选一个原因"), choices=REASONS)
    code = StringField(_l("手机验证码"))


class RecoverPage(Questions):
    """用手机号找回: the telephone of the application."""

    phone = StringField(_l("申请时的手机号"), [Checked(checks.phone, _l("还没填手机号"))])


def phone_of(session: Session, case: Row[Any]) -> str:
    """The family's telephone: as confirmed at filing, else as the application says."""
    contact = families.contact_of(session, case.id)
    if contact is not None:
        return contact.phone
    filed = applications.latest(session, case.id)
    return str((filed.body.get("guardian") or {}).get("phone", "")) if filed is not None else ""


def code_on_its_way(phone: str, purpose: str) -> str | None:
    """Send a code unless one waits; in a demo the code to show. Raises `TooManyTries`."""
    if not phone_codes.waiting(services(), phone, purpose):
        phone_codes.send(services(), phone, purpose, g.address)
    return phone_codes.shown(services(), phone, purpose)


def code_error(phone: str, purpose: str, typed: str) -> str:
    """What is wrong with a typed code; nothing if it fits or no code can be sent here."""
    if not phone_codes.can_send(services()) or not phone:
        return ""
    try:
        code = checks.sms_code(typed)
    except checks.Wrong as wrong:
        return str(_(wrong.message) % wrong.facts)
    return (
        "" if phone_codes.fits(services(), phone, purpose, code) else _("验证码不对，请再看一遍，或重发一次")
    )


def confirmed_now(number: str) -> dict[str, str]:
    """That a telephone of this case was confirmed in this browser just now."""
    return {"number": number, "at": real_now().isoformat()}


@bp.route("/<number>/withdraw", methods=["GET", "POST"])
@public
def withdraw(number: str) -> ResponseReturnValue:
    """Ask the starting school to withdraw. Asking twice keeps one request."""
    case = opened_case(number)
    phone, purpose = phone_of(database(), case), f"{WITHDRAW}:{case.number}"
    database().rollback()  # codes are counted in transactions of their own
    page = WithdrawPage(request.form if request.method == "POST" else MultiDict())
    if case.closed_at is not None or case.withdrawal_asked_at is not None:
        return _withdraw_page(case, page, phone, None)
    if request.method == "POST" and "send" not in request.form:
        right = page.validate()
        wrong_code = code_error(phone, purpose, page.code.data or "") if right else ""
        if right and not wrong_code:
            reason = str(dict(REASONS)[page.reason.data])
            cases.ask_withdrawal(database(), services().engine, case.id, reason, now=services().clock.now())
            database().commit()
            return redirect(url_for("track.case", number=case.number, told=WITHDRAW), 303)
        page.code.errors = (wrong_code,) if wrong_code else page.code.errors
    shown = code_on_its_way(phone, purpose) if phone and phone_codes.can_send(services()) else None
    status = 422 if page.errors or page.code.errors else 200
    return _withdraw_page(case, page, phone, shown), status


@bp.route("/recover", methods=["GET", "POST"])
@public
def recover() -> ResponseReturnValue:
    """New codes to the telephone that filed; the same answer whether it is known or not."""
    page = RecoverPage(request.form if request.method == "POST" else MultiDict())
    if request.method == "GET" or not page.validate():
        status = 422 if page.errors else 200
        return render_template("track/recover.html", form=page, page_error=bool(page.errors)), status
    phone = page.phone.data or ""
    database().rollback()
    if not phone_codes.can_send(services()):
        return render_template("track/recover.html", form=None, sent=True)
    if "code" not in request.form:
        shown = code_on_its_way(phone, RECOVER)
        return render_template("track/recover.html", form=page, ask_code=True, shown=shown, errors="")
    wrong = code_error(phone, RECOVER, request.form["code"])
    if wrong:
        shown = phone_codes.shown(services(), phone, RECOVER)
        told = render_template(
            "track/recover.html", form=page, ask_code=True, shown=shown, errors=wrong, page_error=True
        )
        return told, 422
    return render_template("track/recover.html", form=None, found=_new_codes(database(), phone), sent=True)


def _new_codes(session: Session, phone: str) -> list[tuple[str, str]]:
    """A new tracking code for each case of a telephone; the old ones open nothing any more."""
    found = []
    for case_id in families.cases_of_phone(session, phone)[:5]:
        case, code = cases.by_id(session, case_id), tracking_codes.new_code()
        session.connection().execute(
            update(Case)
            .where(Case.id == case_id)
            .values(access_hash=tracking_codes.digest(case.number, code))
        )
        found.append((case.number, code))
    session.commit()
    return found


def _withdraw_page(case: Row[Any], page: WithdrawPage, phone: str, shown: str | None) -> str:
    view = tracking_view(services(), database(), case, services().clock.now())
    return render_template(
        "track/withdraw.html",
        view=view,
        form=page,
        phone=phone if phone_codes.can_send(services()) else "",
        shown=shown,
        page_error=bool(page.errors),
    )

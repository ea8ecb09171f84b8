"""手机验证码: after step 5, where a message can be sent; also to go on from another telephone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from forms.fields import SmsCodePage
from registry import students
from webapp import phone_codes
from webapp.apply import drafts
from webapp.apply.blueprint import TO_CHECK, Place, address, bp, came_from_check, current
from webapp.database import database
from webapp.refusals import TooManyTries
from webapp.rights import public
from webapp.services import services

PURPOSE = "apply"
CONFIRMED = "confirmed_phone"


def page_for(answers: Mapping[str, Any]) -> str | None:
    """The code page, if the telephone can and must be confirmed; else None."""
    phone = answers.get("guardian", {}).get("phone")
    if not phone or answers.get(CONFIRMED) == phone or not phone_codes.can_send(services()):
        return None
    return url_for("apply.phone", **(TO_CHECK if came_from_check() else {}))


@bp.route("/transfer/phone", methods=["GET", "POST"])
@public
def phone() -> ResponseReturnValue:
    """Send a code to the guardian's telephone and ask for it."""
    draft = current(lock=request.method == "POST")
    if draft is None or "guardian" not in draft.answers:
        return redirect(address("guardian"), 303)
    number = str(draft.answers["guardian"]["phone"])
    if request.method == "GET":
        return _asked(SmsCodePage(MultiDict()), number)
    if "send" in request.form:
        database().rollback()
        phone_codes.send(services(), number, PURPOSE, g.address)
        return redirect(request.full_path, 303)
    page = SmsCodePage(request.form)
    database().rollback()  # codes are counted in transactions of their own
    if not page.validate():
        return _asked(page, number), 422
    if not phone_codes.fits(services(), number, PURPOSE, page.code.data or ""):
        page.code.errors = (_("验证码不对，请再看一遍，或重发一次"),)
        return _asked(page, number), 422
    _keep(number)
    return redirect(url_for("apply.check"), 303)


def _keep(number: str) -> None:
    """The telephone is confirmed; from now on the draft is found by it."""
    draft = current(lock=True)
    if draft is not None:
        drafts.remember(draft, **{CONFIRMED: number})
        draft.phone_ix = students.phone_index(number)
        database().commit()


def _asked(page: SmsCodePage, number: str) -> str:
    try:
        shown = sent(number)
        closed = False
    except TooManyTries:
        shown, closed = None, True
    return render_template(
        "apply/phone.html",
        form=page,
        place=Place("guardian"),
        phone=number,
        shown=shown,
        closed=closed,
        page_error=bool(page.errors),
    )


def sent(number: str) -> str | None:
    """Send a code unless one waits; in a demo the code to show."""
    if not phone_codes.waiting(services(), number, PURPOSE):
        phone_codes.send(services(), number, PURPOSE, g.address)
    return phone_codes.shown(services(), number, PURPOSE)

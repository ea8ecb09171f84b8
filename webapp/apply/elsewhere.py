"""换了手机: the draft is found by the telephone it was confirmed with, and moves to this browser."""

from __future__ import annotations

from flask import g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from forms import checks
from forms.fields import Checked, Questions, SmsCodePage
from registry import students
from webapp import phone_codes
from webapp.apply import copies, drafts
from webapp.apply.blueprint import bp, current, with_cookie
from webapp.apply.drafts import Draft
from webapp.apply.phone import CONFIRMED
from webapp.database import database
from webapp.rights import public
from webapp.services import services

PURPOSE = "resume"


class PhonePage(Questions):
    """The telephone with which the application was begun."""

    phone = StringField(_l("手机号"), [Checked(checks.phone, _l("还没填手机号"))])


@bp.route("/transfer/elsewhere", methods=["GET", "POST"])
@public
def elsewhere() -> ResponseReturnValue:
    """Ask for the telephone, then for the code; the same words whether a draft exists or not."""
    page = PhonePage(request.form)
    code = SmsCodePage(MultiDict({"code": request.form.get("code", "")}))
    if request.method == "GET":
        return render_template("apply/elsewhere.html", form=PhonePage(MultiDict()), code=None)
    if not page.validate():
        return render_template("apply/elsewhere.html", form=page, code=None, page_error=True), 422
    number = page.phone.data or ""
    if "code" not in request.form:
        if not phone_codes.waiting(services(), number, PURPOSE):
            phone_codes.send(services(), number, PURPOSE, g.address)
        return _code_page(page, SmsCodePage(MultiDict()), number), 200
    if not code.validate() or not phone_codes.fits(services(), number, PURPOSE, code.code.data or ""):
        code.code.errors = code.code.errors or (_("验证码不对，请再看一遍，或重发一次"),)
        return _code_page(page, code, number), 422
    phone_ix = students.phone_index(number)
    draft = _found(phone_ix)
    if draft is None:
        return render_template("apply/no_draft.html", kept_days=drafts.KEPT_FOR.days)
    draft.phone_ix = phone_ix
    drafts.remember(draft, **{CONFIRMED: number})
    token = drafts.give_new_token(draft)
    database().commit()
    return with_cookie(make_response(redirect(url_for("apply.resume"), 303)), token)


def _found(phone_ix: bytes) -> Draft | None:
    """The newest draft of this telephone and this browser; an older one is kept beside it."""
    both = drafts.of_phone(database(), phone_ix, services().clock.now())
    here = current(lock=True)
    if not both:
        return None
    if here is not None and here.case_id is None and here not in both:
        both.append(here)
    both.sort(key=lambda draft: draft.saved_at, reverse=True)
    if len(both) > 1:
        copies.merge(database(), both[0], both[1])
    return both[0]


def _code_page(page: PhonePage, code: SmsCodePage, number: str) -> str:
    shown = phone_codes.shown(services(), number, PURPOSE)
    return render_template(
        "apply/elsewhere.html", form=page, code=code, shown=shown, page_error=bool(code.errors)
    )

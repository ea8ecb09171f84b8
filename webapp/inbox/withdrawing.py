"""Withdraw a case: the office that started it ends it, often because the family asked."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from webapp.database import database
from webapp.inbox import rows
from webapp.inbox.blueprint import bp
from webapp.inbox.viewer import may_withdraw, visible
from webapp.officials import acting
from webapp.rights import needs
from webapp.services import services
from workflows import cases


class WithdrawForm(FlaskForm):
    reason = TextAreaField(
        _l("为什么撤回？"),
        [
            DataRequired(_l("请写清为什么撤回，各单位和家长会看到")),
            Length(max=300, message=_l("原因最多 300 字，请缩短")),
        ],
    )


@bp.route("/cases/<number>/withdraw", methods=["GET", "POST"])
@needs("case.withdraw")
def withdraw(number: str) -> ResponseReturnValue:
    """Say why, then the case ends and the record stays where it is."""
    found, form = visible(number), WithdrawForm()
    if not form.is_submitted():
        form.reason.data = found.withdrawal_reason or ""
    elif form.validate():
        reason = form.reason.data.strip()
        cases.withdraw(database(), services().engine, found.id, acting(), reason, now=services().clock.now())
        database().commit()
        flash(_("已撤回 %(number)s，学籍没有变。", number=found.number))
        return redirect(url_for("inbox.case", number=number), 303)
    return render_template(
        "inbox/withdraw.html",
        case=found,
        process=rows.process_name(found.process),
        allowed=may_withdraw(found),
        form=form,
    ), 422 if form.is_submitted() else 200

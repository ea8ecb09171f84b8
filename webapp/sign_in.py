"""Officials sign in, choose the appointment they act in, and sign out."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import login_user, logout_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from wtforms import HiddenField, PasswordField, RadioField, StringField
from wtforms.validators import InputRequired, Length

from webapp import attempts, officials, passwords, redirects
from webapp.accounts import Account, by_username
from webapp.database import database
from webapp.rights import public, signed_in
from webapp.services import real_now, services
from webapp.sessions import BrowserSession
from workflows import tasks
from workflows.model import OPEN, Actor, Task

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
TRIES_FROM_ONE_ADDRESS = 100

bp = Blueprint("sign_in", __name__)


class SignInForm(FlaskForm):
    username = StringField(_l("用户名"), [InputRequired(_l("还没填用户名")), Length(max=80)])
    password = PasswordField(_l("密码"), [InputRequired(_l("还没填密码"))])
    next = HiddenField()


class AppointmentForm(FlaskForm):
    appointment = RadioField(_l("今天以哪个身份办？"), [InputRequired(_l("请选一个身份"))])
    next = HiddenField()


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if not form.is_submitted():
        form.next.data = request.args.get("next", "")
        return render_template("sign_in/sign_in.html", form=form, refusal="")
    if not form.validate():
        return render_template("sign_in/sign_in.html", form=form, refusal=""), 422
    if not _may_try(form.username.data):
        refusal = _("试错 5 次，请 15 分钟后再试，或请管理员解锁")
        return render_template("sign_in/sign_in.html", form=form, refusal=refusal), 429
    account = _right_account(form.username.data, form.password.data)
    if account is None:
        refusal = _("用户名或密码不对")
        return render_template("sign_in/sign_in.html", form=form, refusal=refusal), 422
    attempts.forget(services().sessions, "sign-in", _name(form.username.data), request.remote_addr or "")
    return _welcome(account, redirects.relative(form.next.data))


@bp.route("/sign-in/appointment", methods=["GET", "POST"])
@signed_in
def appointment() -> ResponseReturnValue:
    """A person with several appointments says in which one they act; it can be changed at any time."""
    official = officials.signed_in_official()
    form = AppointmentForm()
    form.appointment.choices = [
        (str(c.id), _("%(office)s，%(role)s", office=c.office_name, role=c.role_name))
        for c in official.choices
    ]
    if not form.is_submitted():
        form.next.data = request.args.get("next", "")
        form.appointment.data = str(official.choice.id) if official.choice else None
        return render_template("sign_in/appointment.html", form=form)
    if not form.validate():
        return render_template("sign_in/appointment.html", form=form), 422
    _release_all(official.actor)
    _renew()
    session["appointment"] = form.appointment.data
    return redirect(redirects.relative(form.next.data) or url_for("inbox.index"), 303)


@bp.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """Leave, and put back what one held."""
    _release_all(officials.signed_in_official().actor)
    _renew()
    logout_user()
    session.clear()
    return redirect(url_for("sign_in.sign_in"), 303)


@bp.get("/sign-in/stay")
@signed_in
def stay() -> ResponseReturnValue:
    """Somebody still works here: asking is enough, the session begins to count anew."""
    return "", 204


def _may_try(username: str) -> bool:
    """Counted before anything is compared: by name and address, and by address alone."""
    address, now = request.remote_addr or "", real_now()
    count = services().sessions
    by_name = attempts.allowed(
        count, "sign-in", _name(username), address, limit=TRIES, within=LOCKED_FOR, now=now
    )
    by_address = attempts.allowed(
        count, "sign-in-address", address, limit=TRIES_FROM_ONE_ADDRESS, within=LOCKED_FOR, now=now
    )
    return by_name and by_address


def _right_account(username: str, password: str) -> Account | None:
    """The account if the password fits; it takes as long for a name nobody has."""
    with services().reading() as reading:
        account = by_username(reading, username.strip())
    usable = account if account is not None and account.disabled_at is None else None
    if not passwords.is_right(password, usable.password_hash if usable else None):
        return None
    if usable is not None and passwords.needs_new_hash(usable.password_hash):
        with services().sessions() as writing:
            writing.get_one(Account, usable.id).password_hash = passwords.hash_password(password)
            writing.commit()
    return usable


def _welcome(account: Account, target: str | None) -> ResponseReturnValue:
    official = officials.official(services(), account.id, None)
    if official is None or not official.choices:
        raise NotFound
    _renew()
    session.clear()
    login_user(official)
    if official.choice is not None:
        session["appointment"] = str(official.choice.id)
        return redirect(target or url_for("inbox.index"), 303)
    return redirect(url_for("sign_in.appointment", next=target), 303)


def _release_all(actor: Actor | None) -> None:
    """Nobody waits for somebody who has left."""
    if actor is None:
        return
    held = select(Task.id).where(Task.status == OPEN, Task.claimed_by == actor.person_id)
    for task_id in database().scalars(held).all():
        tasks.release(database(), task_id, actor, now=services().clock.now())
    database().commit()


def _renew() -> None:
    """A new token for the cookie whenever the rights behind it change."""
    if isinstance(session._get_current_object(), BrowserSession):  # type: ignore[attr-defined]
        session.renew()  # type: ignore[attr-defined]


def _name(username: str) -> str:
    return username.strip().lower()

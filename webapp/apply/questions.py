"""The question pages: one question a page, errors beside the field, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import MultiDict

from forms.fields import Questions
from forms.transfer import GROUNDS, GuardianPage, ReasonPage, StudentPage
from registry import policy
from webapp.apply import drafts, phone, slots
from webapp.apply.blueprint import (
    CHECK,
    STEPS,
    Place,
    address,
    bp,
    current,
    current_or_new,
    typed_or_accepted,
    with_cookie,
)
from webapp.apply.drafts import Draft
from webapp.database import database
from webapp.filters import local_date
from webapp.rights import public
from webapp.services import real_now, services

AUTOSAVE = "X-Jisui-Save"
BEGAN, AGE = "X-Jisui-Began", "X-Jisui-Age"
OLDEST = 40 * 86_400
LONGEST_TYPED = 2000


@bp.route("/transfer/student", methods=["GET", "POST"])
@public
def student() -> ResponseReturnValue:
    return ask("student", StudentPage, "apply/student.html")


@bp.route("/transfer/reason", methods=["GET", "POST"])
@public
def reason() -> ResponseReturnValue:
    grounds = offered_grounds()
    hints = {value: what for value, _label, what in GROUNDS if value in grounds}
    return ask("reason", lambda typed: ReasonPage(typed, grounds=grounds), "apply/reason.html", hints=hints)


@bp.route("/transfer/guardian", methods=["GET", "POST"])
@public
def guardian() -> ResponseReturnValue:
    return ask("guardian", GuardianPage, "apply/guardian.html")


def ask(step: str, form: Callable[[Any], Questions], template: str, **context: Any) -> ResponseReturnValue:
    """Show a question, or take its answer and go on."""
    place = Place(step)
    if request.method == "GET":
        draft = current()
        if draft is None and place.number > 1:
            return redirect(address("student"), 303)
        page = form(MultiDict(typed_or_accepted(draft, step)))
        return _shown(template, page, place, draft, context)
    draft, token = current_or_new()
    now = services().clock.now()
    if AUTOSAVE in request.headers:
        return with_cookie(autosaved(draft, step, now), token)
    page = form(request.form)
    right = page.validate()
    if right:
        answer = {name: value for name, value in page.data.items() if value is not None}
        drafts.accept(draft, step, answer, now)
    else:
        drafts.keep_typed(draft, step, typed_now(), now)
    database().commit()
    if right:
        return with_cookie(_redirect(next_page(draft, place)), token)
    answered = make_response(_shown(template, page, place, draft, context), 422)
    return with_cookie(answered, token)


def autosaved(draft: Draft, step: str, now: datetime) -> Response:
    """Keep what the script sends. A telephone that kept something through a time without network
    says how old it is and from which state it began: if the draft has gone on since, the newer wins
    (409: read the page again)."""
    typed = typed_now()
    began, age = request.headers.get(BEGAN), request.headers.get(AGE, "")
    apart = began is not None and began != drafts.version(draft, step)
    if apart and _differs(drafts.shown(draft.answers, step), typed):
        seconds = min(int(age), OLDEST) if age.isascii() and age.isdecimal() else 0
        drafts.keep_older(draft, step, typed, real_now() - timedelta(seconds=seconds), now)
        database().commit()
        return make_response("", 409)
    drafts.keep_typed(draft, step, typed, now)
    database().commit()
    answer = make_response("", 204)
    answer.headers[BEGAN] = drafts.version(draft, step)
    return answer


def _differs(here: Mapping[str, Any], typed: Mapping[str, str]) -> bool:
    return any(value and here.get(name) and str(here[name]) != value for name, value in typed.items())


def next_page(draft: Draft, place: Place) -> str:
    """Usually the next question; back to the evidence where the guardian needs one proof more."""
    answers = draft.answers
    if place.step == "guardian":
        if slots.missing(slots.of(answers, local_date(services().clock.now()), database()), answers):
            return address("evidence") + f"?from={CHECK}"
        return phone.page_for(answers) or place.onward
    if place.step == "reason" and "evidence" in answers and place.onward == address(CHECK):
        return address("evidence") + f"?from={CHECK}"
    return place.onward


def typed_now() -> dict[str, str]:
    """What stands in the fields, cut where no answer can be that long."""
    skipped = ("csrf_token",)
    return {name: value[:LONGEST_TYPED] for name, value in request.form.items() if name not in skipped}


def offered_grounds() -> list[str]:
    """The grounds that policy knows, in its order."""
    found: list[str] = policy.value(
        database(), "transfer.grounds", policy.NATION, local_date(services().clock.now())
    ).value
    return found


def _shown(
    template: str, page: Questions, place: Place, draft: Draft | None, context: Mapping[str, Any]
) -> str:
    return render_template(
        template,
        form=page,
        place=place,
        draft=draft,
        version=drafts.version(draft, place.step),
        page_error=bool(page.errors),
        **context,
    )


def _redirect(to: str) -> Response:
    return make_response(redirect(to, 303))


def today() -> date:
    return local_date(services().clock.now())


@bp.errorhandler(CSRFError)
def expired(_error: CSRFError) -> ResponseReturnValue:
    """页面过期了: what was typed is kept in the draft, one tap leads back to it."""
    step = request.path.rpartition("/")[2]
    draft = current(lock=True)
    kept = 0
    if draft is not None and step in STEPS[:-1]:
        typed = typed_now()
        kept = sum(bool(value) for value in typed.values())
        drafts.keep_typed(draft, step, typed, services().clock.now())
        database().commit()
    return render_template("apply/expired.html", kept=kept, back=request.full_path), 400

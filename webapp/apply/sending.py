"""Step 6: read once, send once. A pre-check that fails has a page of its own (refused.html)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from flask import g, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from registry.students import phone_index
from webapp import attempts, families, filing
from webapp.apply import asked, drafts, phone, slots, standing
from webapp.apply.blueprint import TO_CHECK, Place, address, bp, current, first_missing
from webapp.apply.drafts import Draft
from webapp.apply.questions import today
from webapp.database import database
from webapp.filing import Filed
from webapp.refusals import FieldErrors, Refused, TooManyTries
from webapp.rights import public
from webapp.services import real_now, services

SENT = "sent"


@bp.get("/transfer/check")
@public
def check() -> ResponseReturnValue:
    """Everything once more, each with 更改."""
    draft = current()
    if draft is None:
        return redirect(address("student"), 303)
    if draft.case_id is not None:
        return redirect(url_for("apply.done"), 303)
    if (missing := first_missing(draft.answers)) is not None:
        return redirect(address(missing), 303)
    answers = slots.with_files(database(), draft, coming=True)
    known = slots.of(answers, today(), database())
    if slots.missing(known, answers) or not slots.ids(answers):
        return redirect(url_for("apply.evidence", **TO_CHECK), 303)
    if (code_page := phone.page_for(answers)) is not None:
        return redirect(code_page, 303)
    return render_template(
        "apply/check.html",
        place=Place("check"),
        answers=answers,
        outlook=asked.outlook(services(), database(), draft),
        slots=known,
        files=slots.files(database(), draft),
        ground=asked.ground_words(answers["reason"]["ground"]),
        relation=asked.relation_words(answers["guardian"]),
    )


@bp.post("/transfer/check")
@public
def send() -> ResponseReturnValue:
    """Send. Two quick taps make one case: the second finds the draft sent."""
    draft = current()
    if draft is None or first_missing(draft.answers) is not None:
        return redirect(url_for("apply.check"), 303)
    if draft.case_id is not None:
        return redirect(url_for("apply.done", again=1), 303)
    if slots.missing(slots.of(draft.answers, today(), database()), _with_all_files(draft)):
        return redirect(url_for("apply.evidence", **TO_CHECK), 303)
    try:
        return _sent(draft)
    except (Refused, FieldErrors, TooManyTries) as hindrance:
        database().rollback()
        if (again := current()) is not None and again.case_id is not None:
            return redirect(url_for("apply.done", again=1), 303)  # the first tap was faster
        return standing.hindered(hindrance)


def _with_all_files(draft: Draft) -> dict[str, Any]:
    """Keep with the draft what came in since step 4: from here on its answers are whole."""
    draft.answers = slots.with_files(database(), draft, coming=False)
    database().commit()
    return draft.answers


def _sent(draft: Draft) -> ResponseReturnValue:
    now = services().clock.now()
    asks, application = asked.applicant(draft), asked.application(draft.answers)
    process, key = draft.process, _name_key(draft)
    database().rollback()  # tries are counted in transactions of their own, before ours begins
    with _counting_names(key):
        filed = filing.file_application(services(), database(), process, application, asks, now=now)
    mine = current(lock=True)
    if mine is None or mine.case_id is not None:
        database().rollback()
        return redirect(url_for("apply.done", again=1), 303)
    _remember(database(), mine, filed, now)
    database().commit()
    return redirect(url_for("apply.done"), 303)


def _name_key(draft: Draft) -> tuple[str, ...]:
    """Whom wrong names for a number are counted for: telephone and address. A new draft is no new try."""
    answers = draft.answers
    phone_ix = phone_index(answers["guardian"]["phone"])
    return "wrong-name-family", phone_ix.hex(), g.address, answers["student"]["student_number"]


@contextmanager
def _counting_names(key: tuple[str, ...]) -> Iterator[None]:
    """Three wrong names for a number in a day.

    Raises `TooManyTries`.
    """
    tried = attempts.tries(services().sessions, *key, within=timedelta(days=1), now=real_now())
    if tried > filing.WRONG_NAMES_A_DAY:
        raise TooManyTries
    try:
        yield
    except Refused as refused:
        database().rollback()
        if not any(violation.code == filing.MISMATCH for violation in refused.violations):
            attempts.forget(services().sessions, *key)
        elif tried == filing.WRONG_NAMES_A_DAY:
            raise TooManyTries from refused
        raise
    attempts.forget_with(database(), *key)


def _remember(session: Session, draft: Draft, filed: Filed, now: datetime) -> None:
    """Keep how the family is reached, and the slip for a reload of the confirmation."""
    answers = draft.answers
    number = answers["guardian"]["phone"]
    confirmed = now if answers.get(phone.CONFIRMED) == number else None
    families.keep_contact(session, filed.case_id, number, confirmed)
    draft.case_id = filed.case_id
    slip = {
        "number": filed.number,
        "code": filed.tracking_code,
        "at": now.isoformat(),
        "shown_until": (real_now() + standing.SLIP_LASTS).isoformat(),
        "warnings": [warning.message for warning in filed.warnings],
    }
    drafts.remember(draft, **{SENT: slip})


@bp.post("/transfer/forget")
@public
def forget() -> ResponseReturnValue:
    """删除这台手机上的内容: the draft goes, the cookie goes, the script empties the browser's store."""
    draft = current(lock=True)
    if draft is not None:
        drafts.forget(database(), draft)
        database().commit()
    answer = make_response(redirect(url_for("apply.guide", forgotten=1), 303))
    answer.delete_cookie("draft", path="/apply")
    return answer

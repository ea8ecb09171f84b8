"""What every page of an application needs: its blueprint, the draft of this browser, the steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from registry.words import full_day_words, month_day_words
from webapp import phone_codes
from webapp.apply import drafts
from webapp.apply.drafts import Draft
from webapp.database import database
from webapp.filters import nowrap
from webapp.language import said
from webapp.refusals import TooManyTries
from webapp.services import services

COOKIE = "draft"
PROCESS = "transfer"
STEPS = ("student", "school", "reason", "evidence", "guardian", "check")
CHECK = "check"
TO_CHECK: dict[str, Any] = {"from": CHECK}
"""In an address: after this page, back to the last one."""

bp = Blueprint("apply", __name__, url_prefix="/apply")


@dataclass(frozen=True)
class Place:
    """Where a page stands among the steps, and how one leaves it."""

    step: str

    @property
    def number(self) -> int:
        return STEPS.index(self.step) + 1

    @property
    def of(self) -> int:
        return len(STEPS)

    @property
    def back(self) -> str:
        """The page before; the check page for who came from there to change one thing."""
        if came_from_check():
            return url_for("apply.check")
        return url_for("apply.guide") if self.number == 1 else address(STEPS[self.number - 2])

    @property
    def onward(self) -> str:
        """The next question, or back to the check page."""
        return url_for("apply.check") if came_from_check() else address(STEPS[self.number])


def address(step: str) -> str:
    return url_for("apply.check") if step == CHECK else url_for(f"apply.{step}")


def came_from_check() -> bool:
    return request.args.get("from") == CHECK


def current(*, lock: bool = False) -> Draft | None:
    """The draft of this browser."""
    return drafts.find(database(), request.cookies.get(COOKIE), services().clock.now(), lock=lock)


def current_or_new() -> tuple[Draft, str | None]:
    """The draft of this browser that is not sent yet, else a new one with the text of its cookie."""
    found = current(lock=True)
    if found is not None and found.case_id is None:
        return found, None
    return drafts.begin(database(), PROCESS, services().clock.now())


def with_cookie(answer: Response, token: str | None) -> Response:
    """Hand a new draft's cookie to the browser."""
    if token is not None:
        answer.set_cookie(
            COOKIE,
            token,
            max_age=int(drafts.KEPT_FOR.total_seconds()),
            path="/apply",
            httponly=True,
            samesite="Lax",
            secure=services().settings.secure,
        )
    return answer


def typed_or_accepted(draft: Draft | None, step: str) -> dict[str, Any]:
    """What a page shows in its fields: what was typed last, else what was accepted."""
    if draft is None:
        return {}
    return drafts.shown(draft.answers, step)


def first_missing(answers: dict[str, Any]) -> str | None:
    """The first step without an accepted answer; None when all are there."""
    return next((step for step in STEPS[:-1] if step not in answers), None)


@bp.app_template_filter("bold")
def bold(words: object) -> Markup:
    """The one part of a sentence that matters most."""
    return Markup("<strong>{}</strong>").format(words)


@bp.app_template_filter("month_day")
def month_day(day: date) -> Markup:
    """8月15日, without the weekday: for spans that come back each year."""
    return nowrap(said(month_day_words(day)))


@bp.app_template_filter("long_date")
def long_date(day: date) -> Markup:
    """2027年1月18日, as papers have it."""
    return nowrap(said(full_day_words(day)))


@bp.app_context_processor
def limits() -> dict[str, int]:
    return {"code_minutes": int(phone_codes.LASTS.total_seconds() // 60)}


@bp.errorhandler(TooManyTries)
def too_many(error: TooManyTries) -> ResponseReturnValue:
    return render_template("track/wait.html", minutes=error.minutes), 429

"""Number and code open a case's page for half an hour in this browser; five wrong codes close it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from flask import session as browser
from sqlalchemy import Row
from sqlalchemy.orm import Session

from webapp import attempts, tracking_codes
from webapp.refusals import TooManyTries
from webapp.services import Services, real_now
from workflows import cases

WRONG_CODES = 5
LOCKED_FOR = timedelta(minutes=10)
OPEN_FOR = timedelta(minutes=30)
WRONG_FROM_ANYWHERE = 50
KEY = "tracked"
LONGEST = 60
NOT_IN_A_NUMBER = re.compile("[^0-9A-Z-]")
MOST_AT_ONCE = 10


def find(services: Services, session: Session, number: str, code: str, address: str) -> Row[Any] | None:
    """The case of this number, if the code fits; None alike for an unknown number and a wrong code.

    `session` must not hold a write: each try is counted in a transaction of its own
    before it is compared. Raises `TooManyTries`.
    """
    number = normalised(number)
    key = ("track", number, address)
    now = real_now()
    if not attempts.allowed(services.sessions, *key, limit=WRONG_CODES, within=LOCKED_FOR, now=now):
        raise TooManyTries(LOCKED_FOR)
    everywhere = ("track-anywhere", number)
    if not attempts.allowed(
        services.sessions, *everywhere, limit=WRONG_FROM_ANYWHERE, within=LOCKED_FOR, now=now
    ):
        raise TooManyTries(LOCKED_FOR)
    case = cases.by_number(session, number)
    if not tracking_codes.fits(number, code, case.access_hash if case is not None else bytes(16)):
        return None
    attempts.forget(services.sessions, *key)
    attempts.forget(services.sessions, *everywhere)
    return case


def normalised(number: str) -> str:
    """A case number as typed: capitals, no blanks, nothing that is in no number."""
    return NOT_IN_A_NUMBER.sub("", number[:LONGEST].upper())


def open_here(number: str) -> None:
    """This browser may look at the case for a while."""
    there = {n: at for n, at in browser.get(KEY, {}).items() if is_fresh(at)}
    there[number] = real_now().isoformat()
    browser[KEY] = dict(list(there.items())[-MOST_AT_ONCE:])


def close_here() -> None:
    browser.pop(KEY, None)


def is_open_here(number: str) -> bool:
    return is_fresh(browser.get(KEY, {}).get(number, ""))


def is_fresh(at: str) -> bool:
    return bool(at) and real_now() - datetime.fromisoformat(at) < OPEN_FOR

"""The pages of a case for its family. A page opens only in a browser that gave number and code."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, url_for
from sqlalchemy import Row
from werkzeug.exceptions import HTTPException

from webapp.database import database
from webapp.track import access
from workflows import cases

bp = Blueprint("track", __name__, url_prefix="/track")


class Closed(HTTPException):
    """Number and code were not given here, or too long ago: ask for them."""

    def __init__(self, number: str) -> None:
        super().__init__(response=redirect(url_for("track.find", number=number), 303))


def opened_case(number: str) -> Row[Any]:
    """The case whose page this browser has opened."""
    number = access.normalised(number)
    if not access.is_open_here(number):
        raise Closed(number)
    found = cases.by_number(database(), number)
    if found is None:
        raise Closed(number)
    return found


@bp.after_request
def keep_private(response: Response) -> Response:
    """Nothing of a case stays in a cache. (Its pages tell the browser to send no referrer.)"""
    response.headers["Cache-Control"] = "no-store"
    return response

"""What the tracking page shows, for portals. The code is the key, and never stands in an address."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from flask import Response, jsonify, request
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.exceptions import TooManyRequests

from webapp.api.answers import rfc3339
from webapp.api.blueprint import bp, documented
from webapp.api.bodies import parsed
from webapp.api.problems import problem
from webapp.api.requests import TrackRequest
from webapp.api.schemas import TrackOut
from webapp.refusals import TooManyTries
from webapp.rights import public
from webapp.services import services
from webapp.track import access
from webapp.track.view import tracking_view


@bp.post("/track")
@public
@documented(
    "What a family sees of its case: number and code are the key",
    TrackOut,
    body=TrackRequest,
    refuses=(404,),
    token=False,
)
def track() -> Response:
    body = parsed(TrackRequest)
    with services().reading() as session:  # each try of a code is counted in a transaction of its own
        try:
            case = access.find(services(), session, body.number, body.code, request.remote_addr or "")
        except TooManyTries:
            raise TooManyRequests(retry_after=int(access.LOCKED_FOR.total_seconds())) from None
        if case is None:
            return problem(404, _("受理号或查询码不对，请照回执再看一遍"), code="track.not_found")
        seen = tracking_view(services(), session, case, services().clock.now())
    return jsonify({"status": case.status} | _plain(asdict(seen)))


def _plain(value: Any) -> Any:
    """Dates and times as the contract writes them; words without the page's marks."""
    if isinstance(value, Markup):
        return value.striptags()
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value

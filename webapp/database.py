"""One database session for each request, opened when it is first asked for, closed before the answer leaves.

A request that only asks (GET) gets a reading session. An official's session sees
the part of the register that lies below the office of the appointment; everybody
else's belongs to nobody.
"""

from __future__ import annotations

from flask import Flask, Response, g, request
from sqlalchemy.orm import Session

from webapp.officials import acting_or_none
from webapp.services import services


def init_app(app: Flask) -> None:
    app.after_request(_close)
    app.teardown_request(_drop)


def database() -> Session:
    """The session of this request. The view that changes something commits, visibly, last."""
    if "database" not in g:
        reading = request.method in ("GET", "HEAD", "OPTIONS")
        actor = acting_or_none()
        if actor is not None:
            g.database = services().scoped_session(actor, reading=reading)
        else:
            g.database = (services().reading if reading else services().sessions)()
    found: Session = g.database
    return found


def _close(response: Response) -> Response:
    _drop(None)
    return response


def _drop(error: BaseException | None) -> None:  # noqa: ARG001
    opened: Session | None = g.pop("database", None)
    if opened is not None:
        opened.close()

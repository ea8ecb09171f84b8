"""Sessions in the database: the cookie is 256 random bits, the row can be counted and revoked.

Anonymous visitors get a row only when a page keeps something for them (a form's
token, a draft). Real time throughout.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from flask import Flask, Request, Response, g
from flask import session as current
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import Connection, Row, and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from webapp.accounts import WebSession
from webapp.services import Settings, real_now
from workflows.prepared import Prepared

TOUCH = timedelta(seconds=60)
ANONYMOUS_FOR = timedelta(days=30)
# Every request asks.
BY_TOKEN = Prepared(select(WebSession.__table__).where(WebSession.token_hash == bindparam("of_token")))
SET = Prepared(update(WebSession).where(WebSession.token_hash == bindparam("of_token")))
ADD = Prepared(insert(WebSession))


class BrowserSession(CallbackDict[str, Any], SessionMixin):
    """What Flask calls `session`, kept in `web_sessions`."""

    def __init__(self, data: dict[str, Any] | None = None, token: str | None = None) -> None:
        super().__init__(data or {}, _changed)
        self.token = token
        self.modified = False
        self.accessed = True
        self.renewed = False
        self.last_seen: datetime | None = None
        self.kept_as: str | None = None

    def renew(self) -> None:
        """Take a new token and end the old one: at sign-in, sign-out, change of appointment."""
        self.renewed = True
        self.modified = True


def _changed(session: Any) -> None:
    session.modified = True


@dataclass(frozen=True)
class DatabaseSessions(SessionInterface):
    """Flask's session interface on our table."""

    sessions: Callable[[], Session]
    looking: Callable[[], Connection]
    settings: Settings

    def get_cookie_name(self, app: Flask) -> str:
        return "__Host-jisui" if self.settings.secure else "jisui"

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        token = request.cookies.get(self.get_cookie_name(app))
        if not token or len(token) > 100:
            return BrowserSession()
        with self.looking() as connection:
            row = BY_TOKEN.first(connection, {"of_token": token_digest(token)})
        if row is None or row.revoked_at or self._is_over(row, real_now()):
            return BrowserSession()
        found = BrowserSession(dict(row.data), token)
        found.last_seen = row.last_seen_at
        return found

    def _is_over(self, row: Row[Any], now: datetime) -> bool:
        unseen, age = now - row.last_seen_at, now - row.created_at
        if row.account_id is None:
            return bool(unseen > ANONYMOUS_FOR)
        idle, longest = (
            timedelta(minutes=self.settings.idle_minutes),
            timedelta(hours=self.settings.session_hours),
        )
        return bool(unseen > idle or age > longest)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, BrowserSession):
            raise TypeError(type(session).__name__)
        if self._is_due(session):
            with self.sessions() as database:
                _keep(database, session)
                database.commit()
        if session.kept_as is None:
            return
        if session.kept_as != session.token:
            response.set_cookie(
                self.get_cookie_name(app),
                session.kept_as,
                httponly=True,
                secure=self.settings.secure,
                samesite="Lax",
                path="/",
                max_age=int(ANONYMOUS_FOR.total_seconds()),
            )
        response.vary.add("Cookie")

    @staticmethod
    def _is_due(session: BrowserSession) -> bool:
        """Whether it must be written: it changed, or nobody wrote for a minute that its browser is there."""
        if session.token is None:
            return session.modified and bool(session)
        unseen = session.last_seen is None or real_now() - session.last_seen > TOUCH
        return session.modified or (unseen and not g.get("quiet_request"))


def keep_with(database: Session) -> None:
    """Write this request's session in the transaction of an action: what it tells holds only with it."""
    session = cast("Any", current)._get_current_object()
    _keep(database, session)


def _keep(database: Session, session: BrowserSession) -> None:
    now = real_now()
    session.kept_as = _write(database.connection(), session, now)
    session.last_seen, session.modified = now, False


def _write(connection: Connection, session: BrowserSession, now: datetime) -> str:
    """Write a session where its browser knows it, else under a new token; the token."""
    values = {
        "data": dict(session),
        "account_id": _uuid(session.get("_user_id")),
        "appointment_id": _uuid(session.get("appointment")),
        "last_seen_at": now,
        "address": str(g.get("address", ""))[:60],
    }
    if session.token:
        known = {"of_token": token_digest(session.token)}
        if session.renewed:
            SET.run(connection, known | {"revoked_at": now})
        elif SET.run(connection, known | values):
            return session.token
    token = secrets.token_urlsafe(32)
    ADD.run(connection, values | {"token_hash": token_digest(token), "created_at": now})
    return token


def forget_old(session: Session, settings: Settings, now: datetime) -> None:
    """Remove sessions that nobody can come back to; in the caller's transaction, once a day."""
    idle, working = timedelta(minutes=settings.idle_minutes), timedelta(hours=settings.session_hours)
    signed_in = WebSession.account_id.is_not(None)
    is_over = or_(
        WebSession.last_seen_at < now - ANONYMOUS_FOR,
        and_(signed_in, or_(WebSession.last_seen_at < now - idle, WebSession.created_at < now - working)),
        WebSession.revoked_at < now - timedelta(days=1),
    )
    session.execute(delete(WebSession).where(is_over))


def token_digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _uuid(text: object) -> UUID | None:
    return UUID(str(text)) if text else None

"""Bearer tokens: `jst_` + 32 random bytes + checksum, kept as a hash, bound to one appointment."""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from flask import abort, g, request
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from registry.people import Appointment, Person, appointments_of
from webapp import rights
from webapp.accounts import Account, ApiToken
from webapp.filters import local_date
from webapp.services import Services, real_now, services
from workflows.model import Actor

View = TypeVar("View", bound=Callable[..., Any])

FIGURES = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SECRET, CHECKSUM = 43, 6
BEARER = re.compile(r"Bearer (jst_[0-9A-Za-z]{49})", re.IGNORECASE)
VALID_FOR = timedelta(days=365)
TOUCH = timedelta(days=1)


def new_token(session: Session, account: Account, appointment_id: UUID, now: datetime) -> str:
    """Make a token for an account in one appointment. It is told once."""
    secret = _base62(int.from_bytes(secrets.token_bytes(32)), SECRET)
    token = f"jst_{secret}{_base62(zlib.crc32(secret.encode()), CHECKSUM)}"
    session.add(
        ApiToken(
            token_hash=_digest(token),
            account_id=account.id,
            appointment_id=appointment_id,
            name="command line",
            created_at=now,
            expires_at=now + VALID_FOR,
        )
    )
    return token


def needs(action: str) -> Callable[[View], View]:
    """The view may be asked by tokens whose role may do `action`; it finds who asks in `g`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            actor = _actor(services())
            if not rights.may(actor.role, action):
                abort(403)
            g.actor = actor
            g.database = services().scoped_session(actor, reading=request.method == "GET")
            return view(*args, **kwargs)

        guarded.needed = action  # type: ignore[attr-defined]
        return rights.public(guarded)  # type: ignore[return-value]

    return decorate


def _actor(services: Services) -> Actor:
    """Who the token speaks for. Reads only, so that it never waits for a writer."""
    found = BEARER.fullmatch(request.headers.get("Authorization", ""))
    if found is None:
        raise _unauthorized()
    digest, now = _digest(found[1]), real_now()
    with services.reading() as session:
        token = session.scalar(select(ApiToken).where(ApiToken.token_hash == digest))
        if token is None or token.revoked_at is not None or token.expires_at <= now:
            raise _unauthorized()
        account = session.get(Account, token.account_id)
        appointment = session.get(Appointment, token.appointment_id)
        if account is None or account.disabled_at is not None or appointment is None:
            raise _unauthorized()
        today = local_date(services.clock.now())
        if appointment.id not in {held.id for held in appointments_of(session, account.person_id, today)}:
            raise _unauthorized()
        person = session.get_one(Person, account.person_id)
        actor = Actor(person.id, person.name, appointment.organisation_code, appointment.role)
        unused = token.last_used_at is None or now - token.last_used_at > TOUCH
    if unused:
        _touch(services, digest, now)
    return actor


def _touch(services: Services, digest: bytes, now: datetime) -> None:
    """Note that a token is in use, once a day: nobody revokes by mistake what still works."""
    with services.sessions() as session:
        session.execute(update(ApiToken).where(ApiToken.token_hash == digest).values(last_used_at=now))
        session.commit()


def _unauthorized() -> Unauthorized:
    return Unauthorized(www_authenticate=WWWAuthenticate("bearer"))


def _base62(number: int, width: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number, 62)
        text = FIGURES[rest] + text
    return text.rjust(width, "0")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

"""Bearer tokens: `jst_` + 32 random bytes, kept as a hash, bound to one appointment."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from flask import abort, g, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.people import Appointment, Person, appointments_of
from webapp import rights
from webapp.accounts import Account, ApiToken
from webapp.services import Services, real_now, services
from workflows.model import Actor

View = TypeVar("View", bound=Callable[..., Any])
BEARER = re.compile(r"Bearer (jst_[A-Za-z0-9_-]{43})")
VALID_FOR = timedelta(days=365)


def new_token(session: Session, account: Account, appointment_id: UUID, now: datetime) -> str:
    """Make a token for an account in one appointment. It is told once."""
    token = "jst_" + secrets.token_urlsafe(32)
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

        return rights.public(guarded)  # type: ignore[return-value]

    return decorate


def _actor(services: Services) -> Actor:
    found = BEARER.fullmatch(request.headers.get("Authorization", ""))
    if found is None:
        abort(401)
    with services.sessions() as session:
        token = session.scalar(select(ApiToken).where(ApiToken.token_hash == _digest(found[1])))
        if token is None or token.revoked_at is not None or token.expires_at <= real_now():
            abort(401)
        account = session.get(Account, token.account_id)
        appointment = session.get(Appointment, token.appointment_id)
        if account is None or account.disabled_at is not None or appointment is None:
            abort(401)
        today = services.clock.now().date()
        if appointment.id not in {held.id for held in appointments_of(session, account.person_id, today)}:
            abort(401)
        person = session.get_one(Person, account.person_id)
        return Actor(person.id, person.name, appointment.organisation_code, appointment.role)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

"""The same request twice gets the first answer.

The row is written inside the action's transaction, so that it cannot exist
without the action. Refusals are not kept.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, String, Text, bindparam, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.base import Base, UtcDateTime
from workflows.errors import WorkflowError
from workflows.prepared import Prepared

KEPT = timedelta(days=7)
PRINTABLE = re.compile(r"[!-~]{1,200}")


class Idempotency(Base):
    """The first answer to an Idempotency-Key, kept seven days."""

    __tablename__ = "idempotency"

    actor: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    route: Mapped[str] = mapped_column(String(120))
    request_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int]
    answer: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


ADD_ANSWER = Prepared(insert(Idempotency))
KNOWN = Prepared(
    select(Idempotency.request_hash, Idempotency.status, Idempotency.answer).where(
        Idempotency.actor == bindparam("of_actor"), Idempotency.key == bindparam("of_key")
    )
)


class KeyReused(WorkflowError):
    """The key was used before for another request."""

    code = "idempotency.key_reused"


class KeyMalformed(WorkflowError):
    """A key is 1 to 200 printable characters."""

    code = "idempotency.key_malformed"


@dataclass(frozen=True)
class Request:
    """Who asks what, under which key."""

    actor: str
    key: str
    route: str
    digest: bytes

    @classmethod
    def of(cls, actor: str, key: str, route: str, body: bytes) -> Request:
        """Raises `KeyMalformed`."""
        if not PRINTABLE.fullmatch(key):
            raise KeyMalformed()
        return cls(actor, key, route, hashlib.sha256(route.encode() + b"\0" + body).digest())


@dataclass(frozen=True)
class Answer:
    status: int
    body: str


def earlier(session: Session, request: Request) -> Answer | None:
    """The answer given before under this key, if any. Raises `KeyReused` for another request."""
    known = {"of_actor": request.actor, "of_key": request.key}
    row = KNOWN.first(session.connection(), known)
    if row is None:
        return None
    if row.request_hash != request.digest:
        raise KeyReused()
    return Answer(row.status, row.answer)


def remember(session: Session, request: Request, answer: Answer, *, now: datetime) -> None:
    """Keep an answer together with the action that it answers."""
    row = {
        "actor": request.actor,
        "key": request.key,
        "route": request.route,
        "request_hash": request.digest,
        "status": answer.status,
        "answer": answer.body,
        "created_at": now,
    }
    ADD_ANSWER.run(session.connection(), row)


def forget_old(session: Session, *, now: datetime) -> None:
    session.connection().execute(delete(Idempotency).where(Idempotency.created_at < now - KEPT))

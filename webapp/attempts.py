"""Counters that stop guessing: sign-in, tracking codes, names, text messages.

A try is counted in a transaction of its own before the secret is compared, so that
a request that is rolled back still counts. Real time, not the clock of the business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Integer, LargeBinary, String, case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry.base import Base


class Attempt(Base):
    """How often one thing was tried since a moment (seconds since 1970)."""

    __tablename__ = "attempts"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    since: Mapped[int] = mapped_column(BigInteger)
    n: Mapped[int] = mapped_column(Integer)


def key_hash(kind: str, *parts: str) -> bytes:
    """Who or what is counted; only its hash is stored."""
    text = "\0".join((kind, *parts))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def allowed(
    sessions: Callable[[], Session], kind: str, *parts: str, limit: int, within: timedelta, now: datetime
) -> bool:
    """Count one try of `kind` by `parts`. May it go on (at most `limit` tries within a time)?"""
    return tries(sessions, kind, *parts, within=within, now=now) <= limit


def tries(sessions: Callable[[], Session], kind: str, *parts: str, within: timedelta, now: datetime) -> int:
    """Count one try; how many there were within the time, this one included."""
    seconds, moment = int(within.total_seconds()), int(now.timestamp())
    with sessions() as session:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        fresh = insert(Attempt).values(kind=kind, key_hash=key_hash(kind, *parts), since=moment, n=1)
        is_over = Attempt.since <= moment - seconds
        counted = fresh.on_conflict_do_update(
            index_elements=[Attempt.kind, Attempt.key_hash],
            set_={
                "n": case((is_over, 1), else_=Attempt.n + 1),
                "since": case((is_over, moment), else_=Attempt.since),
            },
        ).returning(Attempt.n)
        n: int = session.execute(counted).scalar_one()
        session.commit()
    return n


def forget(sessions: Callable[[], Session], kind: str, *parts: str) -> None:
    """Start again from nought: the right answer was given."""
    with sessions() as session:
        forget_with(session, kind, *parts)
        session.commit()


def forget_with(session: Session, kind: str, *parts: str) -> None:
    """The same, together with what the right answer leads to."""
    session.execute(delete(Attempt).where(Attempt.kind == kind, Attempt.key_hash == key_hash(kind, *parts)))


def forget_old(session: Session, now: datetime) -> None:
    """Remove counts that can stop nobody any more: no window is longer than a day."""
    session.execute(delete(Attempt).where(Attempt.since < int((now - timedelta(days=2)).timestamp())))

"""The engine's own declarative base, keys and times."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import DateTime, Dialect, MetaData
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


def uuid7() -> UUID:
    """A time-ordered key, so that new rows lie together in every index.

    Its first random bits are a fraction of the millisecond (RFC 9562, 6.2, method 3): what one
    process orders one after the other keeps that order.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    value = (milliseconds << 80) | (0x7 << 76) | ((rest * 4096 // 1_000_000) << 64)
    return UUID(int=value | (0b10 << 62) | secrets.randbits(62))


def reach(session: Session, kind: str, key: object) -> None:
    """From here on the session works on the case that `kind` (case, number, task) and `key` name.

    Where the database holds rows back from an office, whoever made the session left word of how
    to ask for those of one case; elsewhere there is nothing to ask.
    """
    ask = session.info.get("reach")
    if ask is not None:
        ask(session, kind, key)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, stored in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone has no meaning here")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

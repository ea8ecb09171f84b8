"""What every table of the register stands on: naming, keys, and times."""

from __future__ import annotations

import secrets
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, MetaData, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

# Names of constraints are fixed so that a migration can drop them on both databases.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def uuid7() -> uuid.UUID:
    """A new key that sorts by its time of birth, to a quarter of a microsecond (RFC 9562, version 7)."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    number = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=number)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: stored in UTC, given back aware in UTC, on every database.

    :raises ValueError: for a time without a zone, which could mean two moments.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of the tables of the register, of certificates and of the web."""

    metadata = MetaData(naming_convention=NAMING)


class Keyed(Base):
    """A row that has its key from birth: encrypted fields are bound to it before anything is stored."""

    __abstract__ = True

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)

    def __init__(self, **values: Any) -> None:
        key = values.pop("id", None) or uuid7()
        super().__init__(id=key, **values)

    def __repr__(self) -> str:
        """Class and key only: rows hold personal data, and a repr ends in a log."""
        return f"<{type(self).__name__} {self.id}>"

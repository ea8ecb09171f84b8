"""Effects outside the database: ordered in the action's transaction, done after it.

At least once: a claim is a lease, and the receiver drops what it has by `dedup_key`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, Row, String, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.base import Base, UtcDateTime, uuid7

LEASE = timedelta(minutes=2)
BACK_OFF = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))


class OutboxMessage(Base):
    """An effect outside the database, done after commit, at least once."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_due",
            "due_at",
            sqlite_where=text("sent_at IS NULL"),
            postgresql_where=text("sent_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(30))
    dedup_key: Mapped[str] = mapped_column(String(120), unique=True)
    body: Mapped[dict[str, object]] = mapped_column(JSON)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


ADD_MESSAGE = insert(OutboxMessage)


def enqueue(
    session: Session,
    kind: str,
    dedup_key: str,
    body: Mapping[str, object],
    *,
    now: datetime,
    case_id: UUID | None = None,
) -> None:
    """Order one message; `dedup_key` names it for ever."""
    row = {
        "id": uuid7(),
        "case_id": case_id,
        "kind": kind,
        "dedup_key": dedup_key,
        "body": dict(body),
        "due_at": now,
        "tries": 0,
    }
    session.connection().execute(ADD_MESSAGE, row)


def claim(session: Session, *, now: datetime, limit: int = 50) -> list[Row[Any]]:
    """Take due messages under a lease; the caller commits, sends, then calls `sent` or `failed`."""
    connection = session.connection()
    rows = connection.execute(
        select(OutboxMessage.__table__)
        .where(OutboxMessage.sent_at.is_(None), OutboxMessage.due_at <= now)
        .order_by(OutboxMessage.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if rows:
        connection.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id.in_([row.id for row in rows]))
            .values(due_at=now + LEASE, tries=OutboxMessage.tries + 1)
        )
    return list(rows)


def sent(session: Session, message_id: UUID, *, now: datetime) -> None:
    session.connection().execute(
        update(OutboxMessage).where(OutboxMessage.id == message_id).values(sent_at=now)
    )


def failed(session: Session, message_id: UUID, tries: int, *, now: datetime) -> None:
    """Try again later, each time later still."""
    wait = BACK_OFF[min(tries, len(BACK_OFF) - 1)]
    session.connection().execute(
        update(OutboxMessage).where(OutboxMessage.id == message_id).values(due_at=now + wait)
    )

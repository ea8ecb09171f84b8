"""Effects outside the database: ordered in the action's transaction, done after it.

At least once: a claim is a lease, and the receiver drops what it has by `dedup_key`.
What one case has to say is sent in the order in which it happened. Leases and
waits are real time (`at`): the clock of the business may be set back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    Row,
    Select,
    String,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.base import Base, UtcDateTime, uuid7
from workflows.prepared import Prepared

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
    """When it was ordered; once tried, when its lease or its wait is over (real time)."""
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


ADD_MESSAGE = Prepared(insert(OutboxMessage))


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
    ADD_MESSAGE.run(session.connection(), row)


def claim(session: Session, *, at: datetime, limit: int = 50) -> list[Row[Any]]:
    """Take due messages under a lease; the caller commits, sends, then calls `sent` or `failed`.

    Of each case only the oldest that is not sent yet: a later one waits for it.
    """
    connection = session.connection()
    rows = connection.execute(
        select(OutboxMessage.__table__)
        .where(OutboxMessage.id.in_(_oldest_of_each_case()), OutboxMessage.sent_at.is_(None), _is_due(at))
        .order_by(OutboxMessage.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if rows:
        connection.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id.in_([row.id for row in rows]))
            .values(due_at=at + LEASE, tries=OutboxMessage.tries + 1)
        )
    return list(rows)


def sent(session: Session, message_id: UUID, *, now: datetime) -> None:
    session.connection().execute(
        update(OutboxMessage).where(OutboxMessage.id == message_id).values(sent_at=now)
    )


def failed(session: Session, message: Row[Any], *, at: datetime) -> bool:
    """Try again later, each time later still; whether it is time that a person looks.

    `message` is as `claim` gave it. Who lost the lease meanwhile changes nothing.
    """
    tried: int = message.tries
    session.connection().execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.id == message.id,
            OutboxMessage.tries == tried + 1,
            OutboxMessage.sent_at.is_(None),
        )
        .values(due_at=at + BACK_OFF[min(tried, len(BACK_OFF) - 1)])
    )
    return tried >= len(BACK_OFF)


def _is_due(at: datetime) -> ColumnElement[bool]:
    """A message that nobody has tried is due, whatever the clocks say."""
    return or_(OutboxMessage.tries == 0, OutboxMessage.due_at <= at)


def _oldest_of_each_case() -> Select[tuple[UUID]]:
    place = func.row_number().over(
        partition_by=func.coalesce(OutboxMessage.case_id, OutboxMessage.id), order_by=OutboxMessage.id
    )
    waiting = select(OutboxMessage.id, place.label("place")).where(OutboxMessage.sent_at.is_(None)).subquery()
    return select(waiting.c.id).where(waiting.c.place == 1)

"""Steps that failed and were rolled back: visible, and retried by deciding again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.base import Base, UtcDateTime, reach, uuid7
from workflows.prepared import Prepared


class Incident(Base):
    """A step that failed and was rolled back: visible, and tried again by deciding again."""

    __tablename__ = "incidents"
    __table_args__ = (Index("ix_incidents_case", "case_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(30))
    message: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


RESOLVE = Prepared(
    update(Incident).where(
        Incident.case_id == bindparam("of_case"),
        Incident.kind == bindparam("of_kind"),
        Incident.resolved_at.is_(None),
    )
)


def open_incident(session: Session, case_id: UUID, kind: str, message: str, *, now: datetime) -> None:
    """Record a failure in a fresh transaction, once while the same one lasts."""
    connection = session.connection()
    reach(session, "case", case_id)
    known = connection.scalar(
        select(Incident.id).where(
            Incident.case_id == case_id, Incident.kind == kind, Incident.resolved_at.is_(None)
        )
    )
    if known is None:
        row = {"id": uuid7(), "case_id": case_id, "kind": kind, "message": message[:2000], "opened_at": now}
        connection.execute(insert(Incident), [row])


def resolve(session: Session, case_id: UUID, kind: str, *, now: datetime) -> None:
    """What failed has been done; nothing happens where nothing had failed."""
    RESOLVE.run(session.connection(), {"of_case": case_id, "of_kind": kind, "resolved_at": now})


def is_open(session: Session, case_id: UUID) -> bool:
    """Whether something in this case waits for a technician."""
    found = session.connection().scalar(
        select(Incident.id).where(Incident.case_id == case_id, Incident.resolved_at.is_(None)).limit(1)
    )
    return found is not None

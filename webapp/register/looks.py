"""谁看过: who saw a student's full numbers, and why. Append-only: nothing here is changed or deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry.base import Base, UtcDateTime, uuid7
from workflows.model import Actor


class Look(Base):
    """One look at what is masked. `reason` in the words of the person who looked."""

    __tablename__ = "looks"
    __table_args__ = (Index("ix_looks_student_id_at", "student_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    student_id: Mapped[UUID]
    person_id: Mapped[UUID]
    person_name: Mapped[str] = mapped_column(String(80))
    office: Mapped[str] = mapped_column(String(20))
    what: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def record(session: Session, student_id: UUID, actor: Actor, what: str, reason: str, now: datetime) -> None:
    """Write down a look in the caller's transaction."""
    session.add(
        Look(
            student_id=student_id,
            person_id=actor.person_id,
            person_name=actor.name,
            office=actor.office,
            what=what,
            reason=reason,
            at=now,
        )
    )


def of_student(session: Session, student_id: UUID, limit: int = 100) -> Sequence[Look]:
    """The newest looks at a student whom the caller may see."""
    query = select(Look).where(Look.student_id == student_id).order_by(Look.at.desc(), Look.id.desc())
    return session.scalars(query.limit(limit)).all()

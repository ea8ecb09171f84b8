"""R-4F2K: what a family was not told, kept for its school.

Who has not proved to be a guardian gets one neutral page and a reference. The
registrar of the child's school looks the reference up and tells the family why.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import JSON, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry.base import Keyed, UtcDateTime
from registry.scope import OfficeScoped
from registry.students import Student

KEPT_FOR = timedelta(days=30)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
FORM = re.compile(rf"R-?([{ALPHABET}]{{4}})")


class RefusalReference(OfficeScoped, Keyed):
    """One refusal that was not explained. It belongs to the office whose student it is about."""

    __tablename__ = "refusal_references"

    reference: Mapped[str] = mapped_column(String(12), unique=True)
    student_id: Mapped[UUID] = mapped_column(index=True)
    draft_id: Mapped[UUID | None] = mapped_column(index=True)
    codes: Mapped[list[str]] = mapped_column(JSON)
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def keep(
    session: Session, student_id: UUID, draft_id: UUID | None, codes: Collection[str], now: datetime
) -> str:
    """Keep why, for the school; the same draft with the same reasons keeps its reference.

    A family belongs to no office: the session's scope is opened for this by the caller (Services).
    """
    mine = select(RefusalReference).where(
        RefusalReference.student_id == student_id,
        RefusalReference.draft_id == draft_id,
        RefusalReference.filed_at > now - KEPT_FOR,
    )
    for one in session.scalars(mine):
        if set(one.codes) == set(codes):
            return one.reference
    student = session.get_one(Student, student_id)
    made = RefusalReference(
        office_path=student.office_path,
        reference=_unused(session),
        student_id=student_id,
        draft_id=draft_id,
        codes=sorted(codes),
        filed_at=now,
    )
    session.add(made)
    session.flush()
    return made.reference


def drop_old(session: Session, now: datetime) -> None:
    """Called with the other clearing away, with the scope open: nobody asks after a month."""
    session.execute(delete(RefusalReference).where(RefusalReference.filed_at <= now - KEPT_FOR))


def normalised(typed: str) -> str | None:
    """A reference as somebody says it on the telephone; None if it cannot be one."""
    found = FORM.fullmatch("".join(typed.split()).upper())
    return f"R-{found[1]}" if found else None


def _unused(session: Session) -> str:
    while True:
        made = "R-" + "".join(secrets.choice(ALPHABET) for _place in range(4))
        if session.scalar(select(RefusalReference.id).where(RefusalReference.reference == made)) is None:
            return made

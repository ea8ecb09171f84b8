"""The family behind a case: how it is reached, and what it may be told.

Who knows a child's name and number must not learn here which school the child
attends. Only a confirmed guardian is told: the telephone that was confirmed is one
the school has for a guardian (found when the case was filed), or the starting
school's 初核 accepted the proof. A child under protection (quiet) is never shown.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, Row, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry import encryption, students
from registry.base import Base, UtcDateTime
from registry.students import Student
from workflows.model import DONE, Case, Task


class FamilyContact(Base):
    """The telephone of who filed a case from the pages. `confirmed_at`: a code came back from it."""

    __tablename__ = "family_contacts"

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    phone_ix: Mapped[bytes] = mapped_column(LargeBinary(16), index=True)
    _phone: Mapped[bytes] = mapped_column("phone", LargeBinary)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def phone(self) -> str:
        """The number in clear: to send to, or to show masked."""
        return encryption.ring().decrypt("family_contacts.phone", self.case_id, self._phone)

    @phone.setter
    def phone(self, phone: str) -> None:
        self._phone = encryption.ring().encrypt("family_contacts.phone", self.case_id, phone)
        self.phone_ix = students.phone_index(phone)


def keep_contact(session: Session, case_id: UUID, phone: str, confirmed_at: datetime | None) -> None:
    """Note how the family of a case is reached."""
    contact = FamilyContact(case_id=case_id, confirmed_at=confirmed_at)
    contact.phone = phone
    session.merge(contact)


def contact_of(session: Session, case_id: UUID) -> FamilyContact | None:
    return session.get(FamilyContact, case_id)


def cases_of_phone(session: Session, phone: str) -> list[UUID]:
    """The cases filed under a telephone, newest first: for 用手机号找回."""
    found = session.scalars(
        select(FamilyContact.case_id)
        .where(FamilyContact.phone_ix == students.phone_index(phone))
        .order_by(FamilyContact.case_id.desc())
    )
    return list(found)


def is_quiet(session: Session, student_id: UUID) -> bool:
    """Is the child under protection? An unknown child is treated as one."""
    quiet = session.connection().scalar(select(Student.__table__.c.quiet).where(Student.id == student_id))
    return quiet is not False


def may_know_school(session: Session, case: Row[Any] | Case) -> bool:
    """May the pages of this case name the school the child attends?"""
    if case.summary.get("quiet") or not case.subject or is_quiet(session, UUID(str(case.subject))):
        return False
    return bool(case.summary.get("guardian_confirmed")) or _proof_accepted(session, case)


def _proof_accepted(session: Session, case: Row[Any] | Case) -> bool:
    """Has the starting office agreed, which sees the proof of guardianship?"""
    agreed = select(Task.id).where(
        Task.case_id == case.id,
        Task.office == case.starter_office,
        Task.status == DONE,
        Task.decision == "approve",
    )
    return session.connection().scalar(agreed.limit(1)) is not None

"""People who act in an office, and the appointments (任命) by which they may."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry.base import Keyed
from registry.statuses import sql_list

ROLES = {"registrar": "学籍管理员", "leader": "学籍主管领导", "policy": "政策管理员", "admin": "系统管理员"}


class Person(Keyed):
    """Somebody who works for an office. How they sign in is no matter of the register."""

    __tablename__ = "people"

    name: Mapped[str] = mapped_column(String(60))


class Appointment(Keyed):
    """A person holds a role at an organisation, from one day to another (both included)."""

    __tablename__ = "appointments"
    __table_args__ = (CheckConstraint(f"role IN ({sql_list(ROLES)})", name="role"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_code: Mapped[str] = mapped_column(ForeignKey("organisations.code"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    from_: Mapped[date] = mapped_column("from_date")
    to: Mapped[date | None] = mapped_column("to_date", default=None)


def appointments_of(session: Session, person_id: uuid.UUID, on: date) -> Sequence[Appointment]:
    """The appointments a person holds on a day, oldest first."""
    held = select(Appointment).where(Appointment.person_id == person_id, *_in_force(on))
    return session.scalars(held.order_by(Appointment.from_, Appointment.id)).all()


def holders(session: Session, organisation_code: str, role: str, on: date) -> Sequence[Person]:
    """Who holds a role at an organisation on a day, by name."""
    held = select(Appointment.person_id).where(
        Appointment.organisation_code == organisation_code, Appointment.role == role, *_in_force(on)
    )
    return session.scalars(select(Person).where(Person.id.in_(held)).order_by(Person.name)).all()


def _in_force(on: date) -> tuple[ColumnElement[bool], ...]:
    return Appointment.from_ <= on, or_(Appointment.to.is_(None), Appointment.to >= on)

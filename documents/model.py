"""Tables of the certificates: what was ordered, what was issued, what happened to it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.base import Base, Keyed, UtcDateTime

STATES = ("ordered", "blocked", "working", "done", "failed", "void")


class CertificateNumber(Base):
    """The last serial given out for one kind, division and year."""

    __tablename__ = "certificate_numbers"

    letter: Mapped[str] = mapped_column(String(1), primary_key=True)
    division: Mapped[str] = mapped_column(String(6), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class CertificateOrder(Keyed):
    """One certificate to be made, with its facts frozen and its number given.

    `ordered_at` and `valid_until` are business time; `lease_until` and everything about the making
    is real time. A `blocked` order waits for a person: a character that the face lacks, for one.
    """

    __tablename__ = "certificate_orders"
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "revision"),
        Index("ix_certificate_orders_state", "state", "ordered_at"),
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="state"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    case_number: Mapped[str] = mapped_column(String(40))
    revision: Mapped[int] = mapped_column(default=1)
    student_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    issuer_code: Mapped[str] = mapped_column(String(20))
    issuer_name: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    number: Mapped[str] = mapped_column(String(19), unique=True)
    verify_code: Mapped[str] = mapped_column(String(10))
    ordered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(10), default="ordered")
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")

    certificate: Mapped[Certificate | None] = relationship(back_populates="order")


class Certificate(Base):
    """An issued certificate: the file is in the store, this row says whether it counts.

    `signed_at` and `stamped_at` are real time, the other times business time.
    """

    __tablename__ = "certificates"

    number: Mapped[str] = mapped_column(String(19), primary_key=True)
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificate_orders.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    student_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    issuer_code: Mapped[str] = mapped_column(String(20), index=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    sha256_unsigned: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int]
    storage_key: Mapped[str] = mapped_column(String(100))
    media_type: Mapped[str] = mapped_column(String(60))
    profile: Mapped[str] = mapped_column(String(20))
    renderer: Mapped[str] = mapped_column(String(120))
    signer: Mapped[str] = mapped_column(String(80))
    signer_serial: Mapped[str] = mapped_column(String(40))
    signer_cert_sha256: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stamped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[date | None]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    revoke_reason: Mapped[str] = mapped_column(String(40), default="")
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    superseded_by: Mapped[str | None] = mapped_column(ForeignKey("certificates.number"))

    order: Mapped[CertificateOrder] = relationship(back_populates="certificate")


class CertificateEvent(Keyed):
    """What happened to a certificate, append-only; never its verification code, never a name."""

    __tablename__ = "certificate_events"

    number: Mapped[str] = mapped_column(String(19), index=True)
    event: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    reason: Mapped[str] = mapped_column(String(40), default="")

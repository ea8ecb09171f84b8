"""The register of issued certificates: look up, show to strangers, withdraw."""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from documents.errors import AlreadyRevoked, CertificateNotFound
from documents.facts import KINDS
from documents.model import Certificate, CertificateEvent, CertificateOrder
from documents.numbering import CODE_LENGTH, read_code, read_number
from registry.calendar import CHINA
from registry.names import mask_name


@dataclass(frozen=True)
class PublicView:
    """What anyone with the paper in hand may read. Nothing else about the student.

    `state` is `valid`, `expired`, `superseded` or `revoked`; `changed_on` the day of the last two.
    """

    number: str
    kind: str
    title: str
    student: str
    issuer_code: str
    issuer_name: str
    issued_on: date
    valid_until: date | None
    state: str
    changed_on: date | None
    signer: str
    sha256: str


def get(session: Session, number: str) -> Certificate | None:
    """The certificate of this number."""
    return session.get(Certificate, number)


def by_sha256(session: Session, digest: str) -> Certificate | None:
    """The certificate whose signed file has this hash (hex)."""
    return session.scalar(select(Certificate).filter_by(sha256=digest))


def of_case(session: Session, case_id: uuid.UUID) -> list[Certificate]:
    """The issued certificates of a case, oldest first."""
    return list(session.scalars(select(Certificate).filter_by(case_id=case_id).order_by(Certificate.number)))


def state(certificate: Certificate, now: datetime) -> str:
    """`revoked`, `superseded`, `expired` or `valid`; `now` is business time, the last day still counts."""
    if certificate.revoked_at is not None:
        return "revoked"
    if certificate.superseded_at is not None:
        return "superseded"
    if certificate.valid_until is not None and now.astimezone(CHINA).date() > certificate.valid_until:
        return "expired"
    return "valid"


def public_view(session: Session, number: str, code: str, now: datetime) -> PublicView | None:
    """What the verification page shows; None alike for an unknown number and for a wrong code.

    Both take one look-up and one comparison, so the time tells neither.
    """
    row = session.execute(
        select(Certificate, CertificateOrder)
        .join(CertificateOrder, Certificate.order_id == CertificateOrder.id)
        .where(Certificate.number == read_number(number))
    ).first()
    right = row[1].verify_code if row else "-" * CODE_LENGTH
    same = hmac.compare_digest(right.encode(), read_code(code).encode())
    if row is None or not same:
        return None
    certificate, order = row
    changed = certificate.revoked_at or certificate.superseded_at
    return PublicView(
        number=certificate.number,
        kind=certificate.kind,
        title=KINDS[certificate.kind].title,
        student=mask_name(order.facts["student_name"]),
        issuer_code=certificate.issuer_code,
        issuer_name=order.issuer_name,
        issued_on=certificate.issued_at.astimezone(CHINA).date(),
        valid_until=certificate.valid_until,
        state=state(certificate, now),
        changed_on=changed.astimezone(CHINA).date() if changed else None,
        signer=certificate.signer,
        sha256=certificate.sha256,
    )


def revoke(session: Session, number: str, *, by: uuid.UUID, reason: str, now: datetime) -> Certificate:
    """Withdraw a certificate. Why is kept for the office and never shown.

    Raises `CertificateNotFound` or `AlreadyRevoked`.
    """
    certificate = _standing(session, number)
    certificate.revoked_at, certificate.revoked_by, certificate.revoke_reason = now, by, reason
    session.add(CertificateEvent(number=number, event="revoked", at=now, person_id=by, reason=reason))
    return certificate


def supersede(session: Session, old: str, new: str, *, by: uuid.UUID | None = None, now: datetime) -> None:
    """The certificate `new` stands in the place of `old`. Raises as `revoke`."""
    replaced, replacement = _standing(session, old), _standing(session, new)
    replaced.superseded_at, replaced.superseded_by = now, replacement.number
    session.add(CertificateEvent(number=old, event="superseded", at=now, person_id=by))


def _standing(session: Session, number: str) -> Certificate:
    certificate = session.get(Certificate, number, with_for_update=True, populate_existing=True)
    if certificate is None:
        raise CertificateNotFound(number=number)
    if certificate.revoked_at or certificate.superseded_at:
        raise AlreadyRevoked(number=number)
    return certificate

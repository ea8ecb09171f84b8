"""Certificates in each state that a stranger can be told of (interface.md 5.1), made by a worker's press."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from documents import orders, register
from documents.facts import KINDS
from documents.model import CertificateOrder
from jisui.assembly import Installation
from jisui.demo.stage import at
from jisui.effects import VALID_DAYS
from webapp.services import real_now

EXPIRED, SUPERSEDED, REVOKED = "expired", "superseded", "revoked"
DAYS = {EXPIRED: at(11, 3), SUPERSEDED: at(1, 12), REVOKED: at(1, 19)}
"""The day on which the case of each was filed and completed. A valid one is the completed sample's."""
REPLACED_ON, WITHDRAWN_ON = at(1, 14), at(2, 3)
WITHDRAWN_BECAUSE = "填错学校"


def make(installation: Installation, cases: dict[str, UUID], by: UUID) -> None:
    """Print what has been ordered; then one of these papers is replaced, another withdrawn `by` a person."""
    printer = installation.printer()
    printer.make_due(REPLACED_ON)
    with installation.sessions() as session:
        old = _order(session, cases[SUPERSEDED])
        new = _order_again(session, old, REPLACED_ON)
        register.revoke(
            session, _order(session, cases[REVOKED]).number, by=by, reason=WITHDRAWN_BECAUSE, now=WITHDRAWN_ON
        )
        session.commit()
    printer.make_due(REPLACED_ON)
    with installation.sessions() as session:
        register.supersede(session, old.number, new.number, by=by, now=REPLACED_ON)
        session.commit()


def take(session: Session, case_id: UUID) -> None:
    """As a press does that has begun with a paper; when the lease has passed, another makes it."""
    orders.claim(session, at=real_now(), order_id=_order(session, case_id).id)


def address(session: Session, case_id: UUID) -> str:
    """Number and code of a case's first paper, as in the address of its QR code."""
    found = _order(session, case_id)
    return f"{found.number}-{found.verify_code}"


def _order(session: Session, case_id: UUID) -> CertificateOrder:
    of_case = select(CertificateOrder).where(CertificateOrder.case_id == case_id)
    return session.scalars(of_case.order_by(CertificateOrder.revision).limit(1)).one()


def _order_again(session: Session, old: CertificateOrder, now: datetime) -> CertificateOrder:
    """The same facts on a new paper with a new number."""
    return orders.order(
        session,
        case_id=old.case_id,
        case_number=old.case_number,
        kind=old.kind,
        facts=KINDS[old.kind].facts.from_json(old.facts),
        division=old.number[1:7],
        student_id=old.student_id,
        issuer_code=old.issuer_code,
        issuer_name=old.issuer_name,
        now=now,
        valid_days=VALID_DAYS,
        revision=old.revision + 1,
    )

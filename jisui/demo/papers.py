"""Certificates in each state that a stranger can be told of, made by a worker's press."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
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

if TYPE_CHECKING:
    from documents.press import Press

EXPIRED, SUPERSEDED, REVOKED = "expired", "superseded", "revoked"
DAYS = {EXPIRED: at(11, 3), SUPERSEDED: at(1, 12), REVOKED: at(1, 19)}
"""The day on which the case of each was filed and completed. A valid one is the completed sample's."""
REPLACED_ON, WITHDRAWN_ON = at(1, 14), at(2, 3)
WITHDRAWN_BECAUSE = "填错学校"


def make(installation: Installation, cases: dict[str, UUID], by: UUID) -> None:
    """Print what these cases have ordered; then one paper is replaced, another withdrawn `by` a person."""
    press = installation.printer().set_up()
    with installation.sessions() as session:
        for case_id in cases.values():
            order = _order(session, case_id)
            _print(session, press, order, order.ordered_at)
        old, wrong = _order(session, cases[SUPERSEDED]), _order(session, cases[REVOKED])
        new = _order_again(session, old, REPLACED_ON)
        _print(session, press, new, REPLACED_ON)
        register.supersede(session, old.number, new.number, by=by, now=REPLACED_ON)
        register.revoke(session, wrong.number, by=by, reason=WITHDRAWN_BECAUSE, now=WITHDRAWN_ON)
        session.commit()


def _print(session: Session, press: Press, order: CertificateOrder, now: datetime) -> None:
    """As a worker does it: claimed, made without holding the database, recorded."""
    session.commit()
    work = orders.claim(session, at=real_now(), order_id=order.id)
    session.commit()
    if work is None:
        raise AssertionError("an order of the demo's own")
    made = press.make(work.paper)
    orders.record(session, work, made, now=now)
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

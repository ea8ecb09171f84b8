"""Orders of certificates: placed in the decision's transaction, made by a worker after it.

The worker does each certificate in three steps and commits after the first and the third:
`claim` (a lease, so that two workers never make the same one), `Press.make` (no database: 100 ms and
perhaps a network), `record`. Whoever dies in between is followed by another when the lease has
passed; a file made twice is registered once.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import CursorResult, and_, or_, select, update
from sqlalchemy.orm import Session

from documents import fonts, numbering
from documents.errors import OrderNotOpen
from documents.facts import KINDS, Facts, Paper, printed_text, to_json
from documents.model import Certificate, CertificateEvent, CertificateOrder
from registry.calendar import CHINA

if TYPE_CHECKING:  # who orders a certificate needs no press
    from documents.press import Made

LEASE = timedelta(minutes=5)
TRIES = 5
BACK_OFF = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))


@dataclass(frozen=True)
class Work:
    """A claimed order: what to print, and which attempt this is."""

    order_id: uuid.UUID
    case_id: uuid.UUID
    attempt: int
    paper: Paper


def order(
    session: Session,
    *,
    case_id: uuid.UUID,
    case_number: str,
    kind: str,
    facts: Facts,
    division: str,
    student_id: uuid.UUID,
    issuer_code: str,
    issuer_name: str,
    now: datetime,
    valid_days: int | None,
    revision: int = 1,
) -> CertificateOrder:
    """Order a certificate in the caller's transaction; `now` is business time and its date goes on paper.

    Asked again for the same case, kind and revision, gives the first order. With a character that no
    certificate can show the order is `blocked`, and `last_error` names the code points.
    """
    placed = session.scalar(select(CertificateOrder).filter_by(case_id=case_id, kind=kind, revision=revision))
    if placed is not None:
        return placed
    today = now.astimezone(CHINA).date()
    absent = fonts.missing(printed_text(facts, issuer_name))
    new = CertificateOrder(
        kind=kind,
        case_id=case_id,
        case_number=case_number,
        revision=revision,
        student_id=student_id,
        issuer_code=issuer_code,
        issuer_name=issuer_name,
        facts=to_json(facts),
        number=numbering.allocate(session, kind, division, today.year),
        verify_code=numbering.new_code(),
        ordered_at=now,
        valid_until=today + timedelta(days=valid_days) if valid_days is not None else None,
        state="blocked" if absent else "ordered",
        last_error=f"glyph {' '.join(absent)}" if absent else "",
    )
    session.add(new)
    session.add(CertificateEvent(number=new.number, event="blocked" if absent else "ordered", at=now))
    session.flush()
    return new


def claim(session: Session, *, at: datetime, order_id: uuid.UUID | None = None) -> Work | None:
    """Take the oldest order that is due (or the given one) for `LEASE`; commit before making it.

    `at` is real time: the clock of the business may be set back.
    """
    due = or_(
        and_(
            CertificateOrder.state == "ordered",
            or_(CertificateOrder.lease_until.is_(None), CertificateOrder.lease_until <= at),
        ),
        and_(CertificateOrder.state == "working", CertificateOrder.lease_until <= at),
    )
    waiting = select(CertificateOrder.id).where(due).order_by(CertificateOrder.ordered_at).limit(10)
    if order_id is not None:
        waiting = waiting.where(CertificateOrder.id == order_id)
    for candidate in session.scalars(waiting).all():
        taken = session.execute(
            update(CertificateOrder)
            .where(CertificateOrder.id == candidate, due)
            .values(state="working", lease_until=at + LEASE, attempts=CertificateOrder.attempts + 1)
            .execution_options(synchronize_session=False)
        )
        if cast(CursorResult[Any], taken).rowcount == 1:
            found = session.get_one(CertificateOrder, candidate, populate_existing=True)
            return Work(found.id, found.case_id, found.attempts, paper_of(found))
    return None


def record(session: Session, work: Work, made: Made, *, now: datetime) -> Certificate | None:
    """Register what was made. None when the lease was lost: then another worker's file counts.

    `now` is business time, for the event.
    """
    if not _close(session, work, "done", error="", lease_until=None):
        return None
    found = session.get_one(CertificateOrder, work.order_id, populate_existing=True)
    sealed = made.sealed
    certificate = Certificate(
        number=found.number,
        order_id=found.id,
        kind=found.kind,
        case_id=found.case_id,
        student_id=found.student_id,
        issuer_code=found.issuer_code,
        sha256=made.sha256,
        sha256_unsigned=made.sha256_unsigned,
        bytes=len(sealed.data),
        storage_key=made.storage_key,
        media_type=sealed.media_type,
        profile=sealed.profile,
        renderer=made.renderer,
        signer=sealed.signer_subject,
        signer_serial=sealed.signer_serial,
        signer_cert_sha256=sealed.signer_cert_sha256,
        signed_at=sealed.signed_at,
        stamped_at=made.stamped_at,
        issued_at=found.ordered_at,
        valid_until=found.valid_until,
    )
    session.add(certificate)
    session.add(CertificateEvent(number=found.number, event="issued", at=now))
    session.flush()
    return certificate


def put_back(session: Session, work: Work, error: Exception, *, at: datetime) -> str:
    """After a failure: the order's new state. Tried again later, until `TRIES` are used up (`failed`).

    A missing glyph is not tried again: the order is `blocked` until a person decides.
    """
    if isinstance(error, fonts.GlyphMissing):
        state, lease_until, text = "blocked", None, f"glyph {error}"
    elif work.attempt >= TRIES:
        state, lease_until, text = "failed", None, _brief(error)
    else:
        wait = BACK_OFF[min(work.attempt, len(BACK_OFF)) - 1]
        state, lease_until, text = "ordered", at + wait, _brief(error)
    _close(session, work, state, error=text, lease_until=lease_until)
    return state


def retry(session: Session, order_id: uuid.UUID) -> None:
    """Let a blocked or failed order be tried again, by a person. Raises `OrderNotOpen`."""
    found = session.get_one(CertificateOrder, order_id, with_for_update=True)
    if found.state not in ("blocked", "failed"):
        raise OrderNotOpen(state=found.state)
    found.state, found.attempts, found.lease_until = "ordered", 0, None


def void(session: Session, order_id: uuid.UUID, *, reason: str, now: datetime) -> None:
    """Give an order up; its number is never used again. Raises `OrderNotOpen`."""
    found = session.get_one(CertificateOrder, order_id, with_for_update=True)
    if found.state not in ("ordered", "blocked", "failed"):
        raise OrderNotOpen(state=found.state)
    found.state = "void"
    session.add(CertificateEvent(number=found.number, event="void", at=now, reason=reason))


def paper_of(found: CertificateOrder) -> Paper:
    """What the order's certificate says."""
    return Paper(
        kind=found.kind,
        number=found.number,
        code=found.verify_code,
        case_number=found.case_number,
        issuer_code=found.issuer_code,
        issuer_name=found.issuer_name,
        issued_at=found.ordered_at.astimezone(CHINA),
        valid_until=found.valid_until,
        facts=KINDS[found.kind].facts.from_json(found.facts),
    )


def _close(session: Session, work: Work, state: str, *, error: str, lease_until: datetime | None) -> bool:
    """Leave `working`, if this attempt still holds the lease."""
    closed = session.execute(
        update(CertificateOrder)
        .where(
            CertificateOrder.id == work.order_id,
            CertificateOrder.state == "working",
            CertificateOrder.attempts == work.attempt,
        )
        .values(state=state, last_error=error, lease_until=lease_until)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], closed).rowcount == 1


def _brief(error: Exception) -> str:
    """Class and message, cut: errors of ours carry no personal data."""
    return f"{type(error).__name__}: {error}"[:500]

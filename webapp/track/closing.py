"""How a case ended, as its family is told: the certificate, or the reason and what can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from documents import register
from documents.facts import KINDS
from documents.model import Certificate, CertificateOrder
from registry import applications
from registry.reasons import CATALOGUE
from webapp import process_policy
from webapp.filters import local_date
from webapp.track.offices import Offices
from workflows import cases, definitions

COMPLETED, REFUSED, REFUSE = "completed", "refused", "refuse"
UNFINISHED = ("ordered", "blocked", "working")


@dataclass(frozen=True)
class Paper:
    """A certificate to download."""

    number: str
    title: str
    size: int
    valid_until: date | None


@dataclass(frozen=True)
class Refusal:
    """Why it was not done: words first, then the code. `words` of private reasons stay with the offices."""

    office: str
    phone: str
    on: date | None
    reason: str
    code: str
    words: str
    basis: str


def facts(session: Session, case: Row[Any], rows: Sequence[Row[Any]], offices: Offices) -> dict[str, Any]:
    """What the view of a closed case adds."""
    if case.status == COMPLETED:
        return {
            "papers": papers(session, case),
            "paper_expected": _is_being_made(session, case),
            "archive_until": _archive_until(session, case),
            "effective_on": _effective_on(session, case),
        }
    if case.status == REFUSED:
        return {"refusal": _refusal(session, case, rows, offices), "appeal": _appeal(session, case)}
    return {}


def papers(session: Session, case: Row[Any]) -> tuple[Paper, ...]:
    """The certificates of a case that still count."""
    return tuple(
        Paper(one.number, _(KINDS[one.kind].title), one.bytes, one.valid_until)
        for one in register.of_case(session, case.id)
        if one.revoked_at is None and one.superseded_at is None
    )


def paper(session: Session, case: Row[Any], number: str) -> Certificate | None:
    """One of them, to download."""
    return next((one for one in register.of_case(session, case.id) if one.number == number), None)


def _is_being_made(session: Session, case: Row[Any]) -> bool:
    ordered = select(CertificateOrder.id).where(
        CertificateOrder.case_id == case.id, CertificateOrder.state.in_(UNFINISHED)
    )
    return session.scalar(ordered.limit(1)) is not None


def _archive_until(session: Session, case: Row[Any]) -> date | None:
    """Until when the paper archive must be on its way: the due day of the case that follows."""
    for following in cases.following(session, case.id):
        if following.process == "archive-handover":
            due = [row.due_at for row in cases.steps(session, following.id) if row.due_at is not None]
            return local_date(min(due)) if due else None
    return None


def _effective_on(session: Session, case: Row[Any]) -> date:
    """The day from which the new school holds the record: as asked for, else the day of completion."""
    filed = applications.latest(session, case.id)
    asked = filed.body.get("effective_from") if filed is not None else None
    return date.fromisoformat(asked) if asked else local_date(case.closed_at)


def _refusal(session: Session, case: Row[Any], rows: Sequence[Row[Any]], offices: Offices) -> Refusal | None:
    refused = [row for row in rows if row.decision == REFUSE]
    if not refused:
        return None
    last = refused[-1]
    reason = CATALOGUE.get(last.reason_code or "")
    private = reason is None or reason.private
    office = offices.of_lane(last.lane, last.office)
    return Refusal(
        office=office.name,
        phone=office.phone,
        on=local_date(last.decided_at) if last.decided_at else None,
        reason=_(reason.words) if reason else "",
        code=last.reason_code or "",
        words="" if private else offices.conceal(last.opinion or ""),
        basis=_basis(session, case, last),
    )


def _basis(session: Session, case: Row[Any], row: Row[Any]) -> str:
    """The basis of the rule, else of the step that refused."""
    found = process_policy.of_case(session, case, "rule_basis")
    by_rule: Mapping[str, str] = found.value if found else {}
    if row.reason_code in by_rule:
        return by_rule[row.reason_code]
    compiled = definitions.compiled(session, case.definition_id)
    element = compiled.elements.get((compiled.key, row.element.partition(".")[0]))
    return element.attributes.get("basis", "") if element is not None else ""


def _appeal(session: Session, case: Row[Any]) -> str:
    """不服这个决定: text of the place, policy data."""
    found = process_policy.of_case(session, case, "appeal")
    return _(str(found.value)) if found else ""

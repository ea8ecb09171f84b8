"""材料 and 证书 of a student: what this office may see of them, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from documents import register
from documents.facts import KINDS
from documents.model import Certificate
from documents.wording import grouped_number
from registry.evidence import Evidence
from webapp.filters import local_date
from webapp.inbox.words import EVIDENCE
from webapp.wording import CERTIFICATE, Mark
from workflows.model import Case


@dataclass(frozen=True)
class Material:
    """One file of evidence."""

    id: UUID
    name: str
    kind: str
    pages: int
    size: int
    on: date
    case_number: str


@dataclass(frozen=True)
class Letter:
    """One certificate, and whether it counts today."""

    number: str
    shown: str
    title: str
    issued_on: date
    state: Mark
    case_number: str


def materials(session: Session, cases: Sequence[Case]) -> list[Material]:
    """The evidence of cases that the caller may see."""
    numbers = {case.id: case.number for case in cases}
    found = session.scalars(
        select(Evidence).where(Evidence.case_id.in_(numbers)).order_by(Evidence.id.desc())
    )
    return [
        Material(
            one.id,
            one.given_name,
            str(EVIDENCE.get(one.kind, _("其他说明材料"))),
            one.pages,
            one.size,
            local_date(one.uploaded_at),
            numbers[one.case_id],
        )
        for one in found
        if one.case_id is not None
    ]


def letters(session: Session, cases: Sequence[Case], now: datetime) -> list[Letter]:
    """The certificates of cases that the caller may see."""
    numbers = {case.id: case.number for case in cases}
    found = session.scalars(
        select(Certificate).where(Certificate.case_id.in_(numbers)).order_by(Certificate.issued_at.desc())
    )
    return [
        Letter(
            one.number,
            grouped_number(one.number),
            _(KINDS[one.kind].title),
            local_date(one.issued_at),
            CERTIFICATE[register.state(one, now)],
            numbers[one.case_id],
        )
        for one in found
    ]


def letter(session: Session, cases: Sequence[Case], number: str) -> Certificate | None:
    """The certificate of this number, if it is of one of these cases."""
    found = register.get(session, number)
    return found if found is not None and found.case_id in {case.id for case in cases} else None

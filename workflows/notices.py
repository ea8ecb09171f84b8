"""What offices and the family are told. Offices read it in Jisui; the family's goes through the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, Row, String, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows import outbox
from workflows.base import Base, UtcDateTime, uuid7
from workflows.engine import Engine
from workflows.model import PATH, CaseOffice
from workflows.prepared import Prepared


class Notice(Base):
    """What an office or the family is told inside Jisui about a case."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_office", "office_path", "at"), Index("ix_notices_case", "case_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    office: Mapped[str] = mapped_column(String(20))
    office_path: Mapped[str] = mapped_column(PATH)
    kind: Mapped[str] = mapped_column(String(30))
    facts: Mapped[dict[str, object]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


ADD_NOTICE = Prepared(insert(Notice))
SEERS = Prepared(
    select(CaseOffice.office, CaseOffice.office_path).where(CaseOffice.case_id == bindparam("of_case"))
)
SHOW_CASE = {
    "sqlite": Prepared(sqlite.insert(CaseOffice).on_conflict_do_nothing()),
    "postgresql": Prepared(postgresql.insert(CaseOffice).on_conflict_do_nothing()),
}
"""Who sees a case already goes on seeing it."""


def tell(
    session: Session,
    engine: Engine,
    case_id: UUID,
    office: str,
    kind: str,
    now: datetime,
    **facts: object,
) -> None:
    """Tell one office something about a case; from then on it may see the case."""
    connection = session.connection()
    path = engine.office_path(session, office)
    seen = {"case_id": case_id, "office": office, "office_path": path, "why": kind, "since": now}
    SHOW_CASE[connection.dialect.name].run(connection, seen)
    ADD_NOTICE.run(connection, _notice(case_id, office, path, kind, facts, now))


def tell_all(session: Session, case: Row[Any], kind: str, now: datetime) -> None:
    """Tell every office that takes part, and the family."""
    tell_offices(session, case, kind, now)
    tell_family(session, case, kind, now)


def tell_offices(session: Session, case: Row[Any], kind: str, now: datetime) -> None:
    """Tell every office that takes part."""
    connection = session.connection()
    rows = [
        _notice(case.id, seer.office, seer.office_path, kind, {}, now)
        for seer in SEERS.all(connection, {"of_case": case.id})
    ]
    ADD_NOTICE.run_all(connection, rows)


def tell_family(session: Session, case: Row[Any], kind: str, now: datetime) -> None:
    """Order a message to the family's telephone: the case number and what happened, no more."""
    key = f"family:{case.id}:{kind}:{case.rev + 1}"
    outbox.enqueue(session, "family", key, {"number": case.number, "kind": kind}, case_id=case.id, now=now)


def _notice(
    case_id: UUID, office: str, path: str, kind: str, facts: Mapping[str, object], now: datetime
) -> dict[str, object]:
    return {
        "id": uuid7(),
        "case_id": case_id,
        "office": office,
        "office_path": path,
        "kind": kind,
        "facts": facts,
        "at": now,
    }

"""Cases: open one, withdraw one, end one.

A case (业务) is a running process. Each function works in the caller's
transaction and never commits, so that engine state, task rows, history and
the register change together or not at all (docs/decisions/0001).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workflows import clocks, definitions, notices
from workflows.base import reach, uuid7
from workflows.engine import Engine
from workflows.errors import (
    CaseClosed,
    CaseNotFound,
    OpenCaseExists,
    StartNotAllowed,
    WithdrawalNotAllowed,
)
from workflows.execution import Step, lock, step
from workflows.model import Actor, Case, CaseCounter, CaseOffice, Task
from workflows.prepared import Prepared

WITHDRAWN, TERMINATED = "withdrawn", "terminated"

# Built once: every page of a case asks, and building a statement costs more than running it.
BY_ID = Prepared(select(Case.__table__).where(Case.id == bindparam("of_case")))
BY_NUMBER = Prepared(select(Case.__table__).where(Case.number == bindparam("of_number")))
STEPS = Prepared(select(Task.__table__).where(Task.case_id == bindparam("of_case")).order_by(Task.seq))


def open_case(
    session: Session,
    engine: Engine,
    process: str,
    *,
    subject: str | None,
    filer: Actor | None,
    filed_by: str,
    starter_office: str,
    place: str,
    variables: Mapping[str, object],
    offices: Mapping[str, str],
    title: str,
    search: str,
    summary: Mapping[str, object],
    now: datetime,
    follows: UUID | None = None,
) -> Row[Any]:
    """Open a case of `process` and run it to its first human tasks.

    `place` (a division) chooses the definition and the policy; `offices` says which
    organisation each lane is; `variables` are what the drawing's conditions read.
    Raises `ProcessNotFound`, `OpenCaseExists`, `StartNotAllowed`.
    """
    definition_id = definitions.in_force(session, process, place, now)
    attributes = definitions.compiled(session, definition_id).attributes
    if follows is None and offices.get(attributes.get("startedBy", "")) != starter_office:
        raise StartNotAllowed(process=process)
    row = {
        "id": uuid7(),
        "number": _number(session, engine.prefixes[process], place, now),
        "definition_id": definition_id,
        "process": process,
        "subject": subject,
        "locks": attributes.get("lock") != "none",
        "place": place,
        "offices": dict(offices),
        "starter_office": starter_office,
        "filed_by": filed_by,
        "filer_id": filer.person_id if filer else None,
    }
    row |= {"follows": follows, "opened_at": now}
    row |= {"title": title, "search": search.lower(), "summary": dict(summary)}
    opening = Step(session, engine, _insert(session, engine, row), now)
    filed = {"process": process, "filed_by": filed_by, "starter": starter_office}
    opening.chain.append("opened", now, **filed, **_who(filer))
    opening.start(variables)
    opening.write()
    return by_id(session, opening.case.id)


def withdraw(
    session: Session, engine: Engine, case_id: UUID, actor: Actor, reason: str, *, now: datetime
) -> None:
    """End an open case at the wish of the side that started it; the record stays where it is.

    Raises `CaseNotFound` to strangers, `WithdrawalNotAllowed` to other offices
    of the case, `CaseClosed` when it has ended or gone too far.
    """
    with step(session, engine, lock(session, case_id), now=now) as acting:
        _may_withdraw(session, acting, actor)
        acting.end(WITHDRAWN, reason)
        acting.chain.append("withdrawn", now, reason=reason, **_who(actor))
        notices.tell_all(session, acting.case, "withdrawn", now)


def terminate(session: Session, engine: Engine, case_id: UUID, reason: str, *, now: datetime) -> None:
    """End an open case because it has lost its object (death, merger)."""
    with step(session, engine, lock(session, case_id), now=now) as acting:
        if acting.case.closed_at is not None:
            raise CaseClosed(case=acting.case.number)
        acting.end(TERMINATED, reason)
        acting.chain.append("terminated", now, reason=reason)
        notices.tell_offices(session, acting.case, TERMINATED, now)


def by_id(session: Session, case_id: UUID) -> Row[Any]:
    """A case by its key, whatever the scope: the caller has the right to it. Raises `CaseNotFound`."""
    connection = session.connection()
    reach(session, "case", case_id)
    row: Row[Any] | None = BY_ID.first(connection, {"of_case": case_id})
    if row is None:
        raise CaseNotFound()
    return row


def by_number(session: Session, number: str) -> Row[Any] | None:
    """A case by its number, whatever the session's scope; the caller checks the right to it."""
    connection = session.connection()
    reach(session, "number", number)
    row: Row[Any] | None = BY_NUMBER.first(connection, {"of_number": number})
    return row


def is_visible(session: Session, case_id: UUID) -> bool:
    """Whether the session's office takes part in the case."""
    return session.scalar(select(Case.id).where(Case.id == case_id)) is not None


def steps(session: Session, case_id: UUID) -> list[Row[Any]]:
    """Every human task of a case, of all its offices, oldest first."""
    return STEPS.all(session.connection(), {"of_case": case_id})


def following(session: Session, case_id: UUID) -> list[Row[Any]]:
    """Cases that follow this one (archive handover, placement)."""
    connection = session.connection()
    reach(session, "case", case_id)
    rows = connection.execute(select(Case.__table__).where(Case.follows == case_id)).all()
    for row in rows:
        reach(session, "case", row.id)
    return list(rows)


def open_case_number(session: Session, subject: str) -> str | None:
    """The number of the case that holds this subject's lock, if there is one."""
    return session.connection().scalar(
        select(Case.number).where(Case.subject == subject, Case.closed_at.is_(None), Case.locks)
    )


def open_cases(session: Session, subject: str) -> list[Row[Any]]:
    """Every open case of this subject, those without its lock too, in the order in which they are locked."""
    mine = select(Case.id, Case.process).where(Case.subject == subject, Case.closed_at.is_(None))
    return list(session.connection().execute(mine.order_by(Case.id)))


def ask_withdrawal(session: Session, engine: Engine, case_id: UUID, reason: str, *, now: datetime) -> None:
    """A family asks the starting office to withdraw; asking twice keeps the first request."""
    with step(session, engine, lock(session, case_id), now=now) as acting:
        if acting.case.closed_at is not None:
            raise CaseClosed(case=acting.case.number, closed_at=acting.case.closed_at)
        if acting.case.withdrawal_asked_at is None:
            session.connection().execute(
                update(Case)
                .where(Case.id == case_id)
                .values(withdrawal_asked_at=now, withdrawal_reason=reason)
            )
            acting.chain.append("withdrawal_asked", now, reason=reason)
            notices.tell(session, engine, case_id, acting.case.starter_office, "withdrawal_asked", now)


def _may_withdraw(session: Session, acting: Step, actor: Actor) -> None:
    case, attributes = acting.case, acting.compiled.attributes
    if actor.office != case.starter_office:
        involved = session.connection().scalar(
            select(CaseOffice.case_id).where(CaseOffice.case_id == case.id, CaseOffice.office == actor.office)
        )
        raise WithdrawalNotAllowed() if involved else CaseNotFound()
    if case.closed_at is not None:
        raise CaseClosed(case=case.number)
    if not attributes.get("withdrawBy"):
        raise WithdrawalNotAllowed()
    until = attributes.get("withdrawUntil", "")
    reached = session.connection().scalar(
        select(Task.id).where(Task.case_id == case.id, Task.element.in_([until, f"{until}.prepare"])).limit(1)
    )
    if until and reached:
        raise CaseClosed(case=case.number)


def _number(session: Session, prefix: str, division: str, now: datetime) -> str:
    """The next case number of a division and year, such as ZX350582-2026-00417."""
    connection = session.connection()
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    year = clocks.local_day(now).year
    first = dialect.insert(CaseCounter).values(prefix=prefix, division=division, year=year, last=1)
    serial = connection.scalar(
        first.on_conflict_do_update(
            index_elements=["prefix", "division", "year"], set_={"last": CaseCounter.last + 1}
        ).returning(CaseCounter.last)
    )
    return f"{prefix}{division}-{year}-{serial:05d}"


def _insert(session: Session, engine: Engine, row: dict[str, object]) -> Row[Any]:
    """A new case, seen by the office that starts it, locked."""
    unstarted = {"status": "in_review", "rev": 0, "state": b"", "last_seq": 0, "last_digest": bytes(32)}
    connection = session.connection()
    reach(session, "case", row["id"])
    try:
        connection.execute(insert(Case), row | unstarted)
    except IntegrityError as error:
        raise OpenCaseExists() from error
    case, office = lock(session, UUID(str(row["id"]))), str(row["starter_office"])
    seen = {"case_id": case.id, "office": office, "why": "starter", "since": case.opened_at}
    path = engine.office_path(session, office)
    connection.execute(insert(CaseOffice), seen | {"office_path": path})
    return case


def _who(actor: Actor | None) -> dict[str, object]:
    if actor is None:
        return {"by": "family"}
    return {"by": str(actor.person_id), "name": actor.name, "office": actor.office, "role": actor.role}

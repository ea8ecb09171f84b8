"""The effects that diagrams may name: each acts in a case's name, in the step's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from documents import orders
from jisui import facts
from registry import applications, organisations, transfers
from registry.calendar import CHINA
from registry.names import same_name
from registry.students import Student
from workflows import cases, incidents, notices
from workflows.engine import Acting, Effect, Engine

FULL = "R01"
VALID_DAYS = 90
"""A contact form is a proof for a while; it is issued anew, not prolonged."""
Result = Mapping[str, object] | None


def all_effects(engine: Engine) -> dict[str, Effect]:
    """Every effect by its name. Those that open a following case need the engine."""

    def open_archive_handover(session: Session, acting: Acting, now: datetime) -> Result:
        return _follow(session, engine, acting, "archive-handover", acting.offices["sending_school"], now)

    def open_placement(session: Session, acting: Acting, now: datetime) -> Result:
        """A full school in the compulsory stage: the authority finds the child another place."""
        refusal = acting.last("refuse")
        if refusal is None or refusal.reason_code != FULL or not acting.summary["compulsory"]:
            return None
        return _follow(session, engine, acting, "placement", acting.offices["receiving_authority"], now)

    def pull_archive(session: Session, acting: Acting, now: datetime) -> Result:
        """The electronic archive comes along; the sending school is told."""
        notices.tell(session, engine, acting.id, acting.offices["sending_school"], "archive_pulled", now)
        return None

    return {
        "validate_platform": validate_platform,
        "pull_archive": pull_archive,
        "move_record": move_record,
        "order_certificate": order_certificate,
        "open_archive_handover": open_archive_handover,
        "open_placement": open_placement,
    }


def validate_platform(session: Session, acting: Acting, _now: datetime) -> Result:
    """The ministry platform's check between provinces: 2001 data, 2002 open case, 2003 problem record."""
    student = _student(session, acting)
    asked = _application(session, acting)
    if not same_name(student.name, str(asked["student_name"])):
        return {"validation": "2001"}
    if student.problem_record:
        return {"validation": "2003"}
    if cases.open_case_number(session, str(student.id)) != acting.number:
        return {"validation": "2002"}
    return {"validation": "passed"}


def move_record(session: Session, acting: Acting, now: datetime) -> Result:
    """The record moves: movements 21 and 22, a read-only copy stays (教基〔2025〕1号 art. 15)."""
    asked = _application(session, acting)
    agreed = acting.last("approve", "receiving_school")
    day = now.astimezone(CHINA).date()
    transfers.move_record(
        session,
        _student(session, acting).id,
        receiving_school=acting.offices["receiving_school"],
        class_number=_whole(agreed.fields.get("class")) if agreed else None,
        effective_on=date.fromisoformat(asked["effective_from"]) if asked.get("effective_from") else day,
        case_number=acting.number,
        now=now,
    )
    return None


def order_certificate(session: Session, acting: Acting, now: datetime) -> Result:
    """Order the contact form (转学联系函). A name that cannot be printed becomes an incident."""
    sender = organisations.get(session, acting.offices["sending_school"])
    ordered = orders.order(
        session,
        case_id=acting.id,
        case_number=acting.number,
        kind="transfer",
        facts=facts.transfer(session, acting, _student(session, acting), _application(session, acting), now),
        division=sender.division,
        student_id=_student(session, acting).id,
        issuer_code=sender.code,
        issuer_name=sender.name,
        now=now,
        valid_days=VALID_DAYS,
    )
    if ordered.state == "blocked":
        incidents.open_incident(session, acting.id, "glyph", str(ordered.last_error), now=now)
    return None


def _follow(
    session: Session, engine: Engine, acting: Acting, process: str, starter: str, now: datetime
) -> Result:
    """Open the case that follows this one: linked to it, holding no lock."""
    opened = cases.open_case(
        session,
        engine,
        process,
        subject=acting.subject,
        filer=None,
        filed_by="case",
        starter_office=starter,
        place=organisations.get(session, starter).division,
        variables={"stage": acting.summary["stage"], "compulsory": acting.summary["compulsory"]},
        offices=acting.offices,
        title=_student(session, acting).name,
        search=_student(session, acting).name,
        summary=acting.summary,
        now=now,
        follows=acting.id,
    )
    return {"opened": opened.number}


def _student(session: Session, acting: Acting) -> Student:
    return session.get_one(Student, UUID(str(acting.subject)))


def _application(session: Session, acting: Acting) -> dict[str, Any]:
    found = applications.latest(session, acting.id)
    if found is None:
        raise LookupError(f"case {acting.number} has no application")
    return found.body


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None

"""The effects that diagrams may name: each acts in a case's name, in the step's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from documents import orders
from jisui import facts, grades, key_data, leaving
from registry import applications, organisations, suspensions, transfers
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
        "suspend": suspend,
        "extend": extend,
        "resume": resume,
        **key_data.EFFECTS,
        **leaving.effects(engine),
        **grades.EFFECTS,
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


def suspend(session: Session, acting: Acting, now: datetime) -> Result:
    """The record is suspended for the days that were asked for."""
    asked = _application(session, acting)
    start, end = (date.fromisoformat(asked[member]) for member in ("effective_from", "effective_to"))
    suspensions.suspend(session, _key(acting), start, end, case_number=acting.number, now=now)
    return None


def extend(session: Session, acting: Acting, now: datetime) -> Result:
    """The suspension goes on to the day that was asked for."""
    end = date.fromisoformat(_application(session, acting)["effective_to"])
    suspensions.extend(session, _key(acting), end, case_number=acting.number, now=now)
    return None


def resume(session: Session, acting: Acting, now: datetime) -> Result:
    """The student is back in class, in the grade that was agreed."""
    asked = _application(session, acting)
    day = asked.get("effective_from")
    on = date.fromisoformat(day) if day else now.astimezone(CHINA).date()
    grade = _whole(asked.get("grade"))
    suspensions.resume(session, _key(acting), on, grade=grade, case_number=acting.number, now=now)
    return None


def order_certificate(session: Session, acting: Acting, now: datetime) -> Result:
    """Order the certificate of this process. A name that cannot be printed becomes an incident."""
    of_transfer = acting.process == "transfer"
    issuer = organisations.get(session, acting.offices["sending_school" if of_transfer else "school"])
    gather = facts.transfer if of_transfer else facts.change
    ordered = orders.order(
        session,
        case_id=acting.id,
        case_number=acting.number,
        kind=acting.process,
        facts=gather(session, acting, _student(session, acting), _application(session, acting), now),
        division=issuer.division,
        student_id=_key(acting),
        issuer_code=issuer.code,
        issuer_name=issuer.name,
        now=now,
        valid_days=VALID_DAYS if of_transfer else None,
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
    return session.get_one(Student, _key(acting))


def _key(acting: Acting) -> UUID:
    return UUID(str(acting.subject))


def _application(session: Session, acting: Acting) -> dict[str, Any]:
    found = applications.latest(session, acting.id)
    if found is None:
        raise LookupError(f"case {acting.number} has no application")
    return found.body


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None

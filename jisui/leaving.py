"""Leaving and coming back as effects of cases, and what a death silences."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from registry import applications, leaving, statuses
from registry.calendar import CHINA
from registry.students import Student
from workflows import cases
from workflows.engine import Acting, Effect, Engine
from workflows.errors import CaseClosed

DEATH = "death"
LOST_OBJECT = "学籍已经注销"


def effects(engine: Engine) -> dict[str, Effect]:
    """Those of this subject, by name. A death ends other cases, for which it needs the engine."""

    def close_record(session: Session, acting: Acting, now: datetime) -> None:
        _end_other_cases(session, engine, acting, now)
        asked = _asked(session, acting)
        leaving.close(session, _student(acting), _from(asked, now), case_number=acting.number, now=now)

    return {
        "go_abroad": go_abroad,
        "mark_dropout": mark_dropout,
        "come_back": come_back,
        "withdraw_student": withdraw_student,
        "close_record": close_record,
    }


def go_abroad(session: Session, acting: Acting, now: datetime) -> None:
    """The student is abroad, until a day if one is known."""
    asked = _asked(session, acting)
    until = asked.get("effective_to")
    leaving.leave(
        session,
        _student(acting),
        statuses.ABROAD,
        _from(asked, now),
        until=date.fromisoformat(until) if until else None,
        code=leaving.CODE_OF_ABROAD[asked["ground"]],
        case_number=acting.number,
        now=now,
    )


def mark_dropout(session: Session, acting: Acting, now: datetime) -> None:
    """The student is marked as a drop-out; the record is kept."""
    on = _from(_asked(session, acting), now)
    leaving.leave(session, _student(acting), statuses.DROPOUT, on, case_number=acting.number, now=now)


def come_back(session: Session, acting: Acting, now: datetime) -> None:
    """The student is back in class, in the grade that was agreed."""
    asked = _asked(session, acting)
    on, grade = _from(asked, now), asked.get("grade")
    leaving.come_back(session, _student(acting), on, grade=grade, case_number=acting.number, now=now)


def withdraw_student(session: Session, acting: Acting, now: datetime) -> Mapping[str, object]:
    """The student has left the senior school, or was expelled from it: by the ground as it was corrected."""
    asked = _asked(session, acting)
    status = leaving.status_after(asked["ground"])
    leaving.leave(session, _student(acting), status, _from(asked, now), case_number=acting.number, now=now)
    return {"ground": asked["ground"]}


def is_silent(session: Session, case_id: UUID | None) -> bool:
    """Is the student of a case dead, or reported dead? Then the family gets no messages."""
    case = cases.by_id(session, case_id) if case_id else None
    if case is None or case.subject is None:
        return False
    student = session.get(Student, UUID(str(case.subject)))
    if student is not None and student.record.status == statuses.DECEASED:
        return True
    return any(one.process == DEATH for one in cases.open_cases(session, case.subject))


def _end_other_cases(session: Session, engine: Engine, acting: Acting, now: datetime) -> None:
    """They have lost their object. Locked in the order of their ids, before the record is."""
    for case in cases.open_cases(session, str(acting.subject)):
        if case.id != acting.id:
            with suppress(CaseClosed):  # it ended while we waited for its lock
                cases.terminate(session, engine, case.id, LOST_OBJECT, now=now)


def _asked(session: Session, acting: Acting) -> Mapping[str, Any]:
    found = applications.latest(session, acting.id)
    if found is None:
        raise LookupError(f"case {acting.number} has no application")
    return found.body


def _student(acting: Acting) -> UUID:
    return UUID(str(acting.subject))


def _from(asked: Mapping[str, Any], now: datetime) -> date:
    """The day from which it holds; else today."""
    day = asked.get("effective_from")
    return date.fromisoformat(day) if day else now.astimezone(CHINA).date()

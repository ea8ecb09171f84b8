"""Skipping and repeating a grade as effects of cases."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from registry import applications, grades
from registry.calendar import CHINA
from workflows.engine import Acting, Effect


def skip_grade(session: Session, acting: Acting, now: datetime) -> None:
    """The student goes up a grade."""
    _change(session, acting, grades.SKIP, now)


def repeat_grade(session: Session, acting: Acting, now: datetime) -> None:
    """The student goes down a grade."""
    _change(session, acting, grades.REPEAT, now)


EFFECTS: dict[str, Effect] = {"skip_grade": skip_grade, "repeat_grade": repeat_grade}


def _change(session: Session, acting: Acting, step: int, now: datetime) -> None:
    found = applications.latest(session, acting.id)
    if found is None:
        raise LookupError(f"case {acting.number} has no application")
    day = found.body.get("effective_from")
    on = date.fromisoformat(day) if day else now.astimezone(CHINA).date()
    grades.change(session, UUID(str(acting.subject)), step, on, case_number=acting.number, now=now)

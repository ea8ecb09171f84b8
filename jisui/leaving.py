"""Leaving and coming back as effects of cases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from registry import applications, leaving, statuses
from registry.calendar import CHINA
from workflows.engine import Acting, Effect


def go_abroad(session: Session, acting: Acting, now: datetime) -> None:
    """The student is abroad, until a day if one is known."""
    asked = _asked(session, acting)
    leaving.leave(
        session,
        UUID(str(acting.subject)),
        statuses.ABROAD,
        _from(asked, now),
        until=date.fromisoformat(asked["effective_to"]) if asked.get("effective_to") else None,
        code=leaving.CODE_OF_ABROAD[asked["ground"]],
        case_number=acting.number,
        now=now,
    )


EFFECTS: dict[str, Effect] = {"go_abroad": go_abroad}


def _asked(session: Session, acting: Acting) -> dict[str, Any]:
    found = applications.latest(session, acting.id)
    if found is None:
        raise LookupError(f"case {acting.number} has no application")
    return found.body


def _from(asked: dict[str, Any], now: datetime) -> date:
    """The day from which it holds; else today."""
    day = asked.get("effective_from")
    return date.fromisoformat(day) if day else now.astimezone(CHINA).date()

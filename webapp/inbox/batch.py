"""批量同意: for which processes a place lets an office agree to several tasks at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import policy
from registry.errors import PolicyMissing
from registry.organisations import Organisation
from webapp.filters import local_date
from webapp.services import services
from workflows.model import Actor


def allowed(session: Session, actor: Actor, now: datetime) -> frozenset[str]:
    """Processes that the actor's place lets one agree to in batches (`<process>.batch_approve`)."""
    division = session.scalar(select(Organisation.division).where(Organisation.code == actor.office))
    return frozenset(
        key for key in services().processes if division and _is_allowed(session, key, division, now)
    )


def _is_allowed(session: Session, process: str, place: str, now: datetime) -> bool:
    try:
        return policy.value(session, f"{process}.batch_approve", place, local_date(now)).value is True
    except PolicyMissing:
        return False

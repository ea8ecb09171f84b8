"""Cursors of the lists: the moment and key of the last row shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Cursor:
    """Where a page ended. `at` None: among the rows without a date."""

    at: datetime | None
    id: UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat() if self.at else ''}~{self.id}"


def read(text: str | None) -> Cursor | None:
    """A cursor from an address; None for none and for anything that isn't one."""
    moment, _, key = (text or "").partition("~")
    try:
        at = datetime.fromisoformat(moment) if moment else None
        return Cursor(at, UUID(key)) if at is None or at.tzinfo else None
    except ValueError:
        return None

"""What the engine must be handed: it knows no student, no school, no law of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session


class Calendar(Protocol):
    """Statutory working days."""

    def add(self, day: date, n: int) -> date:
        """The n-th working day after `day`; the day itself is not counted."""
        ...

    def between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`."""
        ...


@dataclass(frozen=True)
class Taken:
    """A decision taken in a case, as effects may read it."""

    element: str
    lane: str
    office: str
    role: str
    decision: str
    reason_code: str
    opinion: str
    fields: Mapping[str, object]
    decided_at: datetime
    decided_by_name: str


@dataclass(frozen=True)
class Acting:
    """The case in whose name an effect acts."""

    id: UUID
    number: str
    process: str
    subject: str | None
    place: str
    starter_office: str
    filed_by: str
    offices: Mapping[str, str]
    summary: Mapping[str, object]
    opened_at: datetime
    read_decisions: Callable[[], tuple[Taken, ...]] = field(repr=False)

    @cached_property
    def decisions(self) -> tuple[Taken, ...]:
        """Every decision taken, oldest first; read when an effect asks."""
        return self.read_decisions()

    def last(self, decision: str, lane: str | None = None) -> Taken | None:
        """The newest `decision`, of an office if a lane is named."""
        for taken in reversed(self.decisions):
            if taken.decision == decision and lane in (None, taken.lane):
                return taken
        return None


Effect = Callable[[Session, Acting, datetime], Mapping[str, object] | None]


@dataclass(frozen=True)
class Engine:
    """The ports that `jisui/wiring.py` fills."""

    effects: Mapping[str, Effect]
    calendar: Callable[[Session], Calendar]
    policy: Callable[[Session, str, str, date], object]
    """Value of a policy key, at a place, as in force on a day."""
    authority_over: Callable[[Session, str, Mapping[str, object]], str]
    """The organisation one level above an office, for a case's summary (its stage)."""
    office_path: Callable[[Session, str], str]
    prefixes: Mapping[str, str]
    """Two letters of the case number, by process."""

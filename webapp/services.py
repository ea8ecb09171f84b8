"""What the pages are given to work with. Assembled in `jisui/`, never built here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from registry import organisations
from webapp.register import references
from webapp.register.seen import StudentSeen, in_scope
from workflows.model import Actor
from workflows.prepared import Prepared

if TYPE_CHECKING:
    from webapp.processes import ProcessKind
    from workflows.engine import Engine

PATHS = Prepared(organisations.PATHS)
"""Every request of an official asks."""


class Clock(Protocol):
    """The clock of the business: deadlines, windows, dates on paper (movable in a demo)."""

    def now(self) -> datetime: ...


@dataclass(frozen=True)
class Settings:
    """What a place decides about its pages. Times in minutes and hours."""

    secret_key: str
    data: Path = Path("var")
    """The folder of the database, the evidence and the keys."""
    place: str = "福建省"
    service: str = "中小学学籍业务"
    phone: str = "0591-0000 0000"
    phone_hours: str = "工作日 8:30—17:30"
    demo: bool = False
    secure: bool = False
    """Behind TLS: secure cookies, HSTS, https only."""
    trusted_hosts: tuple[str, ...] = ()
    proxies: int = 0
    idle_minutes: int = 30
    session_hours: int = 12


@dataclass(frozen=True)
class Services:
    """The ports of the web: database, clock, engine, register, evidence, certificates.

    `sessions` and `reading` open sessions that belong to nobody: they see tables
    of the web and public ones. `reading` is for requests that only read; on
    SQLite such a session never waits for a writer. `belongs_to` gives a session
    the paths of an office. `looking` opens a bare connection for what every request
    asks first: whose browser it is, and who is signed in there.
    """

    sessions: Callable[[], Session]
    reading: Callable[[], Session]
    looking: Callable[[], Connection]
    belongs_to: Callable[[Session, tuple[str, ...]], None]
    clock: Clock
    settings: Settings
    engine: Engine
    processes: Mapping[str, ProcessKind] = field(default_factory=dict)
    evidence: Any = None
    documents: Any = None
    student_of_case: Callable[[Session, str | None], StudentSeen | None] = in_scope
    """The student of a case that the caller may see, wherever the record lies."""
    keep_reference: Callable[[Session, UUID, UUID | None, Collection[str], datetime], str] = references.keep
    """Keeps for the child's school why a family was not told more; gives the reference."""

    def scoped_session(self, actor: Actor, *, reading: bool = False) -> Session:
        """A session that sees what the actor's office may see, and nothing else."""
        session = (self.reading if reading else self.sessions)()
        told = PATHS.all(session.connection(), {"of_office": actor.office})
        self.belongs_to(session, tuple(organisations.paths_in(told, actor.office)))
        return session


def services() -> Services:
    """The services of the application that answers this request."""
    found: Services = current_app.extensions["jisui"]
    return found


def real_now() -> datetime:
    """Sessions, tokens, rate limits and logs keep real time, whatever the demo clock says."""
    return datetime.now(UTC)

"""The engine's tables. A case is a running process; a task is one human step of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.base import Base, UtcDateTime, uuid7

OPEN, DONE, CANCELLED = "open", "done", "cancelled"
STARTER, DESK_AUTHORITY = "starter", "desk_authority"
"""Lanes that a diagram may name without drawing them: who filed, and who stands over the desk."""
IN_KEY_ORDER = {"sqlite_with_rowid": False}
"""Rows of one case lie together: one page to write instead of two."""
PATH = String(120).with_variant(String(120, collation="C"), "postgresql")


@dataclass(frozen=True)
class Actor:
    """An official acting for one office in one role."""

    person_id: UUID
    name: str
    office: str
    role: str


@dataclass(frozen=True)
class Decision:
    """What an official answers to a task (核办意见)."""

    decision: str
    reason_code: str = ""
    opinion: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)


class Definition(Base):
    """One immutable version of a process, with the versions of what it calls."""

    __tablename__ = "definitions"
    __table_args__ = (UniqueConstraint("key", "place", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    key: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(6), default="")
    version: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    files: Mapped[dict[str, str]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(20))
    in_force_from: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Case(Base):
    """One application and its running process (业务)."""

    __tablename__ = "cases"
    __table_args__ = (
        Index(
            "uq_cases_subject_open",
            "subject",
            unique=True,
            sqlite_where=text("closed_at IS NULL AND locks"),
            postgresql_where=text("closed_at IS NULL AND locks"),
        ),
        Index("ix_cases_starter_opened", "starter_office", "opened_at"),
        Index("ix_cases_subject", "subject"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("definitions.id"))
    process: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str | None] = mapped_column(String(40))
    locks: Mapped[bool]
    place: Mapped[str] = mapped_column(String(6))
    status: Mapped[str] = mapped_column(String(20))
    rev: Mapped[int] = mapped_column(default=0)
    state: Mapped[bytes] = mapped_column(LargeBinary)
    offices: Mapped[dict[str, str]] = mapped_column(JSON)
    starter_office: Mapped[str] = mapped_column(String(20))
    filed_by: Mapped[str] = mapped_column(String(20))
    filer_id: Mapped[UUID | None]
    title: Mapped[str] = mapped_column(String(80))
    search: Mapped[str] = mapped_column(Text)
    summary: Mapped[dict[str, object]] = mapped_column(JSON)
    follows: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    access_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    close_reason: Mapped[str | None] = mapped_column(Text)
    withdrawal_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawal_reason: Mapped[str | None] = mapped_column(Text)
    last_seq: Mapped[int] = mapped_column(default=0)
    last_digest: Mapped[bytes] = mapped_column(LargeBinary(32), default=bytes(32))
    anchored_seq: Mapped[int] = mapped_column(default=0, server_default="0")

    tasks: Mapped[list[Task]] = relationship(back_populates="case", order_by="Task.seq")

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class CaseOffice(Base):
    """An office that may see a case: the starting one, and each whose turn has come."""

    __tablename__ = "case_offices"
    __table_args__ = (Index("ix_case_offices_path", "office_path"), IN_KEY_ORDER)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    office: Mapped[str] = mapped_column(String(20), primary_key=True)
    office_path: Mapped[str] = mapped_column(PATH)
    why: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class Clock(Base):
    """A deadline's ledger: budget in working days, what was used before a pause, and since when it runs.

    Paused while `running_since` is empty. It ends with `closed_at`. While it runs it wakes the worker at
    each of its moments (reminders, then overdue); those up to `told_until` are past.
    """

    __tablename__ = "clocks"
    __table_args__ = (
        UniqueConstraint("case_id", "run_key"),
        Index(
            "ix_clocks_paused",
            "office",
            "opened_at",
            "id",
            sqlite_where=text("closed_at IS NULL AND running_since IS NULL"),
            postgresql_where=text("closed_at IS NULL AND running_since IS NULL"),
        ),
        Index(
            "ix_clocks_wakes",
            "wakes_at",
            sqlite_where=text("wakes_at IS NOT NULL"),
            postgresql_where=text("wakes_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    run_key: Mapped[str] = mapped_column(String(80))
    element: Mapped[str] = mapped_column(String(120))
    office: Mapped[str] = mapped_column(String(20))
    budget: Mapped[int | None]
    used: Mapped[int] = mapped_column(default=0)
    running_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminders: Mapped[list[int]] = mapped_column(JSON)
    told_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wakes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    overdue_to: Mapped[str] = mapped_column(String(40))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ClockRun(Base):
    """A stretch during which a clock ran until it was paused; from these its use can be counted anew."""

    __tablename__ = "clock_runs"
    __table_args__ = IN_KEY_ORDER

    clock_id: Mapped[UUID] = mapped_column(ForeignKey("clocks.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)


class Task(Base):
    """One human step in an office's inbox (待办)."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index(
            "ix_tasks_inbox",
            "office_path",
            "due_at",
            "id",
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        Index(
            "ix_tasks_desk",
            "office_path",
            "role",
            "due_at",
            "id",
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_tasks_case", "case_id", "status", "seq"),
        Index(
            "ix_tasks_decided",
            "office_path",
            "decided_at",
            sqlite_where=text("decided_at IS NOT NULL"),
            postgresql_where=text("decided_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    seq: Mapped[int]
    box_id: Mapped[str | None] = mapped_column(String(40))
    element: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(80))
    lane: Mapped[str] = mapped_column(String(60))
    office: Mapped[str] = mapped_column(String(20))
    office_path: Mapped[str] = mapped_column(PATH)
    role: Mapped[str] = mapped_column(String(20))
    decisions: Mapped[list[str]] = mapped_column(JSON)
    reasons: Mapped[list[str]] = mapped_column(JSON)
    form: Mapped[str] = mapped_column(String(60), default="")
    not_same_as: Mapped[str] = mapped_column(String(60), default="")
    status: Mapped[str] = mapped_column(String(10), default=OPEN)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    overdue_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    clock_id: Mapped[UUID | None] = mapped_column(ForeignKey("clocks.id"))
    claimed_by: Mapped[UUID | None]
    claimed_by_name: Mapped[str | None] = mapped_column(String(80))
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str | None] = mapped_column(String(80))
    decision: Mapped[str | None] = mapped_column(String(30))
    reason_code: Mapped[str | None] = mapped_column(String(10))
    opinion: Mapped[str | None] = mapped_column(Text)
    fields: Mapped[dict[str, object] | None] = mapped_column(JSON)

    case: Mapped[Case] = relationship(back_populates="tasks")

    @property
    def is_open(self) -> bool:
        return self.status == OPEN


TASK_IS_OPEN = Task.status == literal_column(f"'{OPEN}'")
TASK_IS_DONE = Task.status == literal_column(f"'{DONE}'")
"""Written out, not bound: a database can use a partial index only for a word that it sees."""


class Timer(Base):
    """A wait that a diagram draws: the moment at which it ends."""

    __tablename__ = "timers"
    __table_args__ = (Index("ix_timers_due", "due_at"), IN_KEY_ORDER)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    engine_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HistoryEntry(Base):
    """One link of a case's hash chain. Refuses change (workflows/history.py)."""

    __tablename__ = "history"
    __table_args__ = IN_KEY_ORDER

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    prev: Mapped[bytes] = mapped_column(LargeBinary(32))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    event: Mapped[str] = mapped_column(String(30))
    body: Mapped[str] = mapped_column(Text)


class CaseCounter(Base):
    """The last serial given to a kind of case in a division and year."""

    __tablename__ = "case_counters"

    prefix: Mapped[str] = mapped_column(String(4), primary_key=True)
    division: Mapped[str] = mapped_column(String(6), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]

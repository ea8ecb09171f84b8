"""One step of a case: lock, restore, act, run on, write state and rows.

Everything here works on the engine's own tables by key, in the caller's
transaction, after the caller found the case in scope. It never commits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from workflows import clocks, definitions
from workflows.base import reach
from workflows.engine import Acting, Engine, Taken
from workflows.errors import CaseNotFound, EffectFailed, StaleCase, StepFailed, Stuck, TaskNotFound
from workflows.expressions import compile_expression
from workflows.history import Chain
from workflows.model import TASK_IS_DONE, TASK_IS_OPEN, Case, Clock, Task
from workflows.prepared import Prepared
from workflows.projection import Projection
from workflows.spiff import Compiled, Execution

# Built once: building a statement costs more than running it.
CASE_COLUMNS: tuple[Any, ...] = (
    Case.id, Case.number, Case.definition_id, Case.process, Case.subject, Case.place, Case.status, Case.rev,
    Case.state, Case.offices, Case.starter_office, Case.filed_by, Case.filer_id, Case.summary, Case.opened_at,
    Case.closed_at, Case.withdrawal_asked_at, Case.last_seq, Case.last_digest,
)  # fmt: skip
TASK_COLUMNS: tuple[Any, ...] = (
    Task.id, Task.case_id, Task.box_id, Task.element, Task.lane, Task.office, Task.office_path, Task.role,
    Task.decisions, Task.reasons, Task.not_same_as, Task.clock_id, Task.claimed_by, Task.claimed_by_name,
    Task.claimed_at, Clock.run_key, Clock.budget, Clock.used, Clock.running_since, Clock.due_at,
    Clock.reminders, Clock.told_until,
)  # fmt: skip
LOCK_CASE = Prepared(select(*CASE_COLUMNS).where(Case.id == bindparam("of_key")).with_for_update())
LOCK_CASE_OF_TASK = Prepared(
    select(*CASE_COLUMNS)
    .where(Case.id == select(Task.case_id).where(Task.id == bindparam("of_key")).scalar_subquery())
    .with_for_update(of=Case)
)
STORE_CASE = Prepared(update(Case).where(Case.id == bindparam("of_case"), Case.rev == bindparam("as_read")))
OPEN_TASKS = Prepared(
    select(*TASK_COLUMNS)
    .outerjoin(Clock, Clock.id == Task.clock_id)
    .where(Task.case_id == bindparam("case_id"), TASK_IS_OPEN)
    .order_by(Task.seq)
)
DECISIONS = Prepared(
    select(Task.__table__)
    .where(Task.case_id == bindparam("case_id"), TASK_IS_DONE)
    .order_by(Task.decided_at, Task.seq)
)


class Step:
    """A locked case in memory, between restore and write, with the rows of it that are open."""

    def __init__(self, session: Session, engine: Engine, case: Row[Any], now: datetime) -> None:
        self.session = session
        self.connection = session.connection()
        self.engine = engine
        self.case = case
        self.now = now
        self.compiled: Compiled = definitions.compiled(session, case.definition_id)
        self.chain = Chain(case.id, case.last_seq, case.last_digest)
        self.clocks = clocks.Ledger(session, self.connection, engine, case, now)
        self.open_tasks: dict[UUID, Row[Any]] = {}
        self.paths: dict[str, str] = {}
        self.status: str = case.status
        self.execution: Execution | None = None
        self.had_timers = False
        self.resumed_boxes: set[str] = set()
        self.ended_as: str | None = None
        self.outcome: str | None = None
        self.close_reason: str | None = None

    def start(self, variables: Mapping[str, object]) -> None:
        with _running_on():
            self.execution = Execution.start(self.compiled, variables, self)

    def restore(self) -> None:
        self.execution = Execution.restore(self.compiled, self.case.state, self)
        self.had_timers = bool(self.execution.open_timers())
        for task in OPEN_TASKS.all(self.connection, {"case_id": self.case.id}):
            self.open_tasks[task.id] = task
            self.paths[task.office] = task.office_path
            self.clocks.take_over(task)

    def running(self) -> Execution:
        if self.execution is None:
            raise AssertionError("a step starts or restores its case first")
        return self.execution

    def complete(self, task_id: UUID, variables: Mapping[str, object]) -> None:
        with _running_on():
            self.running().complete(str(task_id), variables)

    def fire(self, engine_id: str) -> None:
        """A drawn timer has come due."""
        with _running_on():
            self.running().fire(engine_id)

    def end(self, status: str, reason: str) -> None:
        """End the case from outside its drawing (withdrawal, termination)."""
        self.running().cancel_all()
        self.ended_as, self.close_reason = status, reason

    # What the running process may ask of us (workflows.spiff.Environment).

    def evaluate(self, expression: str, data: Mapping[str, object]) -> object:
        return compile_expression(expression).evaluate(data)

    def effect(self, name: str, element: str, data: Mapping[str, object]) -> Mapping[str, object] | None:
        try:
            result = self.engine.effects[name](self.session, self.acting(), self.now)
        except Exception as error:
            raise EffectFailed(effect=name, element=element, why=type(error).__name__) from error
        self.chain.append("effect", self.now, effect=name, element=element, **(result or {}))
        return result

    def decide(self, table: str, data: Mapping[str, object]) -> Mapping[str, object]:
        raise EffectFailed(table=table)

    def due(self, expression: str, data: Mapping[str, object]) -> datetime:
        return clocks.end_of(self.clocks.budget(expression).last_day)

    def acting(self) -> Acting:
        """The case as its effects see it, with every decision up to now."""
        case = self.case
        return Acting(
            id=case.id,
            number=case.number,
            process=case.process,
            subject=case.subject,
            place=case.place,
            starter_office=case.starter_office,
            filed_by=case.filed_by,
            offices=case.offices,
            summary=case.summary,
            opened_at=case.opened_at,
            read_decisions=self._decisions,
        )

    def _decisions(self) -> tuple[Taken, ...]:
        rows = DECISIONS.all(self.connection, {"case_id": self.case.id})
        return tuple(
            Taken(
                row.element,
                row.lane,
                row.office,
                row.role,
                row.decision,
                row.reason_code or "",
                row.opinion or "",
                row.fields or {},
                row.decided_at,
                row.decided_by_name or "",
            )
            for row in rows
        )

    def office_path(self, office: str) -> str:
        """Where an organisation stands; asked once for each step."""
        if office not in self.paths:
            self.paths[office] = self.engine.office_path(self.session, office)
        return self.paths[office]

    def write(self) -> None:
        """Project the new state onto rows, then store it with the revision as belt and braces."""
        execution = self.running()
        self.outcome = outcome = self.ended_as or execution.outcome
        projected = Projection(self).apply()
        if outcome is None and not projected.waits:
            raise Stuck(process=self.case.process)
        self.status = outcome or projected.status
        values: dict[str, object] = {"state": execution.encode(), "status": self.status}
        if outcome is not None:
            self.chain.append("closed", self.now, outcome=outcome)
            values |= {"closed_at": self.now, "close_reason": self.close_reason}
        self.chain.write(self.connection)
        values |= {"last_seq": self.chain.last_seq, "last_digest": self.chain.last_digest}
        values |= {"rev": self.case.rev + 1, "of_case": self.case.id, "as_read": self.case.rev}
        if STORE_CASE.run(self.connection, values) != 1:
            raise StaleCase(case=self.case.number)
        self.session.expire_all()


@contextmanager
def _running_on() -> Iterator[None]:
    """Whatever breaks while the engine runs on is a failed step, not an answer to the caller."""
    try:
        yield
    except StepFailed:
        raise
    except Exception as error:
        raise StepFailed(why=f"{type(error).__name__}: {error}") from error


def lock(session: Session, case_id: UUID) -> Row[Any]:
    """Lock a case before anything of it is read: two people deciding at once take turns.

    SQLite has one writer at a time (`BEGIN IMMEDIATE`); PostgreSQL locks the row.
    Raises `CaseNotFound`.
    """
    row = _locked(session, "case", LOCK_CASE, case_id)
    if row is None:
        raise CaseNotFound()
    return row


def lock_of_task(session: Session, task_id: UUID) -> Row[Any]:
    """Lock the case that a task belongs to. Raises `TaskNotFound`."""
    row = _locked(session, "task", LOCK_CASE_OF_TASK, task_id)
    if row is None:
        raise TaskNotFound()
    return row


def _locked(session: Session, kind: str, statement: Prepared, key: UUID) -> Row[Any] | None:
    session.flush()
    connection = session.connection()
    reach(session, kind, key)
    row: Row[Any] | None = statement.first(connection, {"of_key": key})
    return row


@contextmanager
def step(session: Session, engine: Engine, case: Row[Any], *, now: datetime) -> Iterator[Step]:
    """Restore a locked case, let the caller act, then write it. An exception writes nothing."""
    acting = Step(session, engine, case, now)
    acting.restore()
    yield acting
    acting.write()

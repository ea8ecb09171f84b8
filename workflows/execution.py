"""One step of a case: lock, restore, act, run on, write state and rows (engine.md 6.3).

Everything here works on the engine's own tables by key, in the caller's
transaction, after the caller found the case in scope. It never commits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from workflows import clocks, definitions
from workflows.engine import Acting, Engine, Taken
from workflows.errors import CaseNotFound, EffectFailed, StaleCase, StepFailed, Stuck
from workflows.expressions import compile_expression
from workflows.history import Chain
from workflows.model import DONE, Case, Task
from workflows.projection import Projection
from workflows.spiff import Compiled, Execution


class Step:
    """A locked case in memory, between restore and write."""

    def __init__(self, session: Session, engine: Engine, case: Row[Any], now: datetime) -> None:
        self.session = session
        self.engine = engine
        self.case = case
        self.now = now
        self.compiled: Compiled = definitions.compiled(session, case.definition_id)
        self.chain = Chain(case.id, case.last_seq, case.last_digest)
        self.execution: Execution | None = None
        self.had_timers = False
        self.resumed_boxes: set[str] = set()
        self.ended_as: str | None = None
        self.close_reason: str | None = None

    def start(self, variables: Mapping[str, object]) -> None:
        with _running_on():
            self.execution = Execution.start(self.compiled, variables, self)

    def restore(self) -> None:
        self.execution = Execution.restore(self.compiled, self.case.state, self)
        self.had_timers = bool(self.execution.open_timers())

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
        allowed = clocks.budget(
            self.session,
            self.engine,
            expression,
            place=self.case.place,
            filed_on=clocks.local_day(self.case.opened_at),
            now=self.now,
        )
        return clocks.end_of(allowed.last_day)

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
            decisions=tuple(self._decisions()),
        )

    def _decisions(self) -> Iterator[Taken]:
        rows = self.session.connection().execute(
            select(Task.__table__)
            .where(Task.case_id == self.case.id, Task.status == DONE)
            .order_by(Task.decided_at, Task.seq)
        )
        for row in rows:
            yield Taken(
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

    def write(self) -> None:
        """Project the new state onto rows, then store it with the revision as belt and braces."""
        execution = self.running()
        outcome = self.ended_as or execution.outcome
        projected = Projection(self).apply()
        if outcome is None and not projected.waits:
            raise Stuck(process=self.case.process)
        values: dict[str, object] = {
            "state": execution.encode(),
            "status": outcome or projected.status,
            "rev": self.case.rev + 1,
        }
        if outcome is not None:
            self.chain.append("closed", self.now, outcome=outcome)
            values |= {"closed_at": self.now, "close_reason": self.close_reason}
        self.chain.write(self.session.connection())
        values |= {"last_seq": self.chain.last_seq, "last_digest": self.chain.last_digest}
        stored = self.session.connection().execute(
            update(Case).where(Case.id == self.case.id, Case.rev == self.case.rev).values(values)
        )
        if stored.rowcount != 1:
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
    """
    query = select(Case.__table__).where(Case.id == case_id).with_for_update()
    row = session.connection().execute(query).first()
    if row is None:
        raise CaseNotFound()
    return row


@contextmanager
def step(session: Session, engine: Engine, case_id: UUID, *, now: datetime) -> Iterator[Step]:
    """Lock and restore a case, let the caller act, then write it. An exception writes nothing."""
    session.flush()
    acting = Step(session, engine, lock(session, case_id), now)
    acting.restore()
    yield acting
    acting.write()

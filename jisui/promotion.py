"""The yearly promotion as a job: one run at a time, some schools in each transaction.

Whoever runs it holds the run for a while and says so with each transaction; when it is killed,
the next one goes on where it was. Holding is real time, the night is business time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from registry import lifting, promotion
from registry.base import uuid7
from registry.promotion import DONE, RUNNING, UNDOING, UNDONE, Night, Promotion
from webapp.services import Clock, real_now

HELD = timedelta(seconds=60)
TIME_TO_UNDO = timedelta(hours=24)
Result = TypeVar("Result")
TRIES = 5
"""A transaction that met another's change of the same record is made anew."""


class NotNow(Exception):
    """This cannot be done now; the text says why, and when it can."""


@dataclass(frozen=True)
class Progress:
    """How far a run is: schools done, of how many, and students lifted (or taken back)."""

    schools: int
    of_schools: int
    students: int


@dataclass(frozen=True)
class Promotions:
    """Runs the promotion of a year, or takes it back.

    In its `sessions` a transaction sees one state of every record, or fails.
    """

    sessions: Callable[[], Session]
    clock: Clock
    real_now: Callable[[], datetime] = real_now

    def run(self, year: int) -> Iterator[Progress]:
        """Lift everybody who may go up; a run that was broken off goes on. Raises `NotNow`."""
        number, holder = _again(lambda: self._begin(year))
        yield from self._through(number, holder, RUNNING)

    def undo(self, year: int) -> Iterator[Progress]:
        """Take the year's run back, school by school from the last one. Raises `NotNow`."""
        number, holder = _again(lambda: self._begin_undo(year))
        yield from self._through(number, holder, UNDOING)

    def _begin(self, year: int) -> tuple[int, UUID]:
        holder, now = uuid7(), self.clock.now()
        with self.sessions() as session:
            night = promotion.night(session, year)
            following = promotion.night(session, year + 1)
            if not night.moment <= now < following.moment:
                raise NotNow(f"The promotion of {year} runs in the year from {night.moment:%Y-%m-%d %H:%M}.")
            last = _last(session, year)
            if last is not None and last.state == RUNNING:
                return self._take(session, last, holder)
            if last is not None and last.state != UNDONE:
                raise NotNow(f"Run {last.number} is {last.state}: {last.lifted:,} students were lifted.")
            number = last.number + 1 if last else year * promotion.ATTEMPTS + 1
            until = self.real_now() + HELD
            session.add(
                Promotion(
                    number=number,
                    day=night.day,
                    state=RUNNING,
                    started_at=now,
                    holder=holder,
                    held_until=until,
                )
            )
            try:
                session.commit()
            except IntegrityError:
                raise NotNow(f"Run {number} was started by another at this moment.") from None
        return number, holder

    def _begin_undo(self, year: int) -> tuple[int, UUID]:
        now = self.clock.now()
        with self.sessions() as session:
            last = _last(session, year)
            if last is None or last.state == UNDONE:
                raise NotNow(f"There is no promotion of {year} to take back.")
            if last.finished_at is not None and last.state == DONE:
                until = last.finished_at + TIME_TO_UNDO
                if now > until:
                    raise NotNow(f"Run {last.number} could be taken back until {until:%Y-%m-%d %H:%M} UTC.")
            if last.state == DONE:
                last.held_until = self.real_now()
            return self._take(session, last, uuid7(), state=UNDOING)

    def _take(self, session: Session, run: Promotion, holder: UUID, state: str = RUNNING) -> tuple[int, UUID]:
        if run.held_until > self.real_now():
            raise NotNow(
                f"Run {run.number} is at work ({run.lifted:,} students lifted). "
                f"If it was killed, start it again after {run.held_until:%H:%M:%S} UTC."
            )
        run.holder, run.held_until, run.state = holder, self.real_now() + HELD, state
        session.commit()
        return run.number, holder

    def _through(self, number: int, holder: UUID, state: str) -> Iterator[Progress]:
        with self.sessions() as session:
            night = promotion.night(session, number // promotion.ATTEMPTS)
            of_schools = lifting.schools(session)
        while True:
            done_to, students = _again(lambda: self._step(number, holder, state, night))
            if done_to is None:
                return
            with self.sessions() as session:
                done = lifting.schools(session, done_to)
            yield Progress(done if state == RUNNING else of_schools - done, of_schools, students)

    def _step(self, number: int, holder: UUID, state: str, night: Night) -> tuple[str | None, int]:
        """The next schools in one transaction; how far the run is, or that it has ended."""
        with self.sessions() as session:
            run = session.get_one(Promotion, number, with_for_update=True)
            if (run.holder, run.state) != (holder, state):
                raise NotNow(f"Another has taken over run {number}.")
            if state == RUNNING:
                span = lifting.next_span(session, run.done_to)
            else:
                span = lifting.span_before(session, run.done_to)
            run.held_until = self.real_now() + HELD if span else self.real_now()
            if span is None:
                run.state = DONE if state == RUNNING else UNDONE
                run.finished_at = self.clock.now()
            elif state == RUNNING:
                run.lifted += lifting.lift(session, number, night, span)
                run.done_to = span.to
            else:
                run.restored += lifting.restore(session, run, span)
                run.done_to = span.after
            session.commit()
            students = run.lifted if state == RUNNING else run.restored
            return (run.done_to if span else None), students


def _last(session: Session, year: int) -> Promotion | None:
    """The year's latest run, locked."""
    low = year * promotion.ATTEMPTS
    of_year = Promotion.number.between(low, low + promotion.ATTEMPTS - 1)
    newest = select(Promotion).where(of_year).order_by(Promotion.number.desc()).limit(1)
    return session.scalar(newest.with_for_update())


def _again(step: Callable[[], Result]) -> Result:
    for _ in range(TRIES - 1):
        try:
            return step()
        except OperationalError:
            continue
    return step()

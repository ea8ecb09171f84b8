"""The worker: timers, outbox, certificates. One case or one order per transaction.

APScheduler is only the clock that calls these functions; correctness comes from
the database's locks, so that any number of workers may run.
Leases and waits are real time: the clock of the business may be set back.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Row
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from jisui import suspension_ends
from jisui.housekeeping import Housekeeping
from jisui.notary import Notary
from jisui.press import Printer
from webapp.services import Clock, real_now
from workflows import incidents, outbox, timers
from workflows.engine import Engine

log = structlog.get_logger(__name__)
POLL_SECONDS = 2
TIMER, MESSAGE = "timer", "message"


def write_to_log(message: Row[Any]) -> None:
    """Where no gateway is set up: what would be sent, without a telephone number."""
    log.info("message to the family", case=message.body.get("number"), kind=message.body.get("kind"))


def always_told(_session: Session, _case_id: UUID | None) -> bool:
    """Where nobody knows of a reason for silence."""
    return False


@dataclass(frozen=True)
class Worker:
    """What is done after the fact. Each method commits for itself; each may be called at any time."""

    sessions: Callable[[], Session]
    engine: Engine
    clock: Clock
    printer: Printer
    housekeeping: Housekeeping
    notary: Notary
    alive: Path
    """A file touched at each look for what is due; the web reads when that was last."""
    deliver: Callable[[Row[Any]], None] = write_to_log
    is_silent: Callable[[Session, UUID | None], bool] = always_told
    """Whether the family of a case is told nothing any more."""
    real_now: Callable[[], datetime] = real_now

    def run_once(self) -> int:
        """Do everything that is due now; how many things were done."""
        return self.fire_timers() + self.send_messages() + self.make_certificates()

    def fire_timers(self) -> int:
        """Reminders and escalations that are due."""
        fired, now = 0, self.clock.now()
        while True:
            with self.sessions() as session:
                due = timers.due_cases(session, now=now)
            self.alive.touch()
            done = sum(self._fire(case_id, now) for case_id in due)
            fired += done
            if not done:
                return fired

    def _fire(self, case_id: UUID, now: datetime) -> int:
        """What is due in one case. If it cannot be done, other cases go first for a while."""
        with self.sessions() as session:
            try:
                fired = timers.run_due(session, self.engine, case_id, now=now)
                incidents.resolve(session, case_id, TIMER, now=now)
                session.commit()
            except OperationalError:  # the database was away or is busy: nothing is wrong with the case
                raise
            except Exception as failure:
                log.exception("timer failed", case=str(case_id))
                session.rollback()
                timers.postpone(session, case_id, now=now)
                incidents.open_incident(session, case_id, TIMER, repr(failure), now=now)
                session.commit()
                return 0
        return fired

    def send_messages(self) -> int:
        """Messages to families, those of one case one after the other."""
        tried = 0
        while claimed := self._claimed():
            until = self.real_now() + outbox.LEASE / 2
            for message in claimed:
                if self.real_now() > until:
                    break  # slow: the rest is claimed anew, lest another worker sends it too
                self._send(message)
                tried += 1
        return tried

    def _claimed(self) -> list[Row[Any]]:
        with self.sessions() as session:
            claimed = outbox.claim(session, at=self.real_now())
            session.commit()
        return claimed

    def _send(self, message: Row[Any]) -> None:
        try:
            if not self._is_silenced(message):
                self.deliver(message)
        except Exception as failure:
            log.exception("message failed", message=str(message.id))
            with self.sessions() as session:
                needs_a_person = outbox.failed(session, message, at=self.real_now())
                if needs_a_person and message.case_id:
                    incidents.open_incident(
                        session, message.case_id, MESSAGE, repr(failure), now=self.clock.now()
                    )
                session.commit()
            return
        with self.sessions() as session:
            outbox.sent(session, message.id, now=self.clock.now())
            if message.case_id:
                incidents.resolve(session, message.case_id, MESSAGE, now=self.clock.now())
            session.commit()

    def _is_silenced(self, message: Row[Any]) -> bool:
        """The family is to be left alone; the message counts as sent."""
        with self.sessions() as session:
            return self.is_silent(session, message.case_id)

    def make_certificates(self) -> int:
        """Certificates that were ordered."""
        return self.printer.make_due(self.clock.now())

    def tidy(self) -> None:
        """Drop what nobody will come back for."""
        self.housekeeping.tidy(now=self.clock.now(), at=self.real_now())

    def remind_of_ends(self) -> int:
        """Suspensions that end soon, or ended yesterday."""
        return suspension_ends.tell_due(self.sessions, self.engine, now=self.clock.now())

    def anchor(self) -> None:
        """Once a night: sign where every case's history ends."""
        self.notary.each_night(now=self.clock.now(), at=self.real_now())


def run_until(worker: Worker, stopped: threading.Event) -> None:
    """Poll until told to stop. Each kind of work has its own turn: a long batch of one delays no other."""
    # A turn left out because the one before still runs is no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(timezone="UTC")
    options = {"coalesce": True, "max_instances": 1, "next_run_time": datetime.now().astimezone()}
    for job in (worker.fire_timers, worker.send_messages, worker.make_certificates):
        scheduler.add_job(_guarded(job), "interval", seconds=POLL_SECONDS, **options)
    for hourly in (worker.tidy, worker.anchor, worker.remind_of_ends):
        scheduler.add_job(_guarded(hourly), "interval", hours=1, **options)
    _guarded(worker.printer.set_up)()
    scheduler.start()
    stopped.wait()
    scheduler.shutdown(wait=True)


def serve(worker: Worker) -> None:
    """Run in the foreground until SIGTERM or Ctrl-C."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    run_until(worker, stopped)


def _guarded(job: Callable[[], object]) -> Callable[[], None]:
    """A job that fails is logged and runs again; a worker never dies of one case."""

    def run() -> None:
        try:
            job()
        except Exception:
            log.exception("job failed", job=job.__name__)

    return run

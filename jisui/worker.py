"""The worker: timers, outbox, certificates. One case or one order per transaction.

APScheduler is only the clock that calls these functions; correctness comes from
the database's locks, so that any number of workers may run (engine.md 5.3).
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.orm import Session

from jisui.press import Printer
from webapp.apply import drafts, uploads
from webapp.services import Clock
from workflows import idempotency, incidents, outbox, timers
from workflows.engine import Engine
from workflows.errors import StepFailed

log = structlog.get_logger(__name__)
POLL_SECONDS = 2


@dataclass(frozen=True)
class Worker:
    """What is done after the fact. Each method commits for itself; each may be called at any time."""

    sessions: Callable[[], Session]
    engine: Engine
    clock: Clock
    printer: Printer

    def run_once(self) -> int:
        """Do everything that is due now; how many things were done."""
        return self.fire_timers() + self.send_messages() + self.make_certificates()

    def fire_timers(self) -> int:
        """Reminders and escalations that are due."""
        fired = 0
        now = self.clock.now()
        with self.sessions() as session:
            due = timers.due_cases(session, now=now)
        for case_id in due:
            with self.sessions() as session:
                try:
                    fired += timers.run_due(session, self.engine, case_id, now=now)
                    session.commit()
                except StepFailed as failure:
                    session.rollback()
                    incidents.open_incident(session, case_id, "timer", failure.code, now=now)
                    session.commit()
        return fired

    def send_messages(self) -> int:
        """Messages to families. No gateway is set up here: what would be sent is logged, without a number."""
        with self.sessions() as session:
            claimed = outbox.claim(session, now=self.clock.now())
            session.commit()
        for message in claimed:
            log.info("message to the family", case=message.body.get("number"), kind=message.body.get("kind"))
            with self.sessions() as session:
                outbox.sent(session, message.id, now=self.clock.now())
                session.commit()
        return len(claimed)

    def make_certificates(self) -> int:
        """Certificates that were ordered."""
        return self.printer.make_due(self.clock.now())

    def tidy(self) -> None:
        """Drop what nobody will come back for: old answers, drafts, pieces of uploads."""
        now = self.clock.now()
        with self.sessions() as session:
            idempotency.forget_old(session, now=now)
            drafts.drop_expired(session, now)
            uploads.drop_stale(session, now - timedelta(days=1))
            session.commit()


def run_until(worker: Worker, stopped: threading.Event) -> None:
    """Poll until told to stop."""
    worker.printer.set_up()
    scheduler = BackgroundScheduler(timezone="UTC")
    options = {"coalesce": True, "max_instances": 1, "next_run_time": datetime.now().astimezone()}
    scheduler.add_job(_guarded(worker.run_once), "interval", seconds=POLL_SECONDS, **options)
    scheduler.add_job(_guarded(worker.tidy), "interval", hours=1, **options)
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

"""Make the certificates that were ordered: claim, make, record, each committed by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from documents import orders
from documents.press import Press
from documents.render import Renderer
from jisui.certificates import CertificateDesk
from webapp.services import real_now
from workflows import incidents

log = structlog.get_logger(__name__)
INCIDENT = "certificate"
WAITS_FOR_A_PERSON = ("blocked", "failed")


class GivenUp(Exception):
    """The worker died each time it made this certificate."""


class Printer:
    """The one press of a worker process, warmed up before the first certificate."""

    def __init__(
        self,
        desk: CertificateDesk,
        sessions: Callable[[], Session],
        real_now: Callable[[], datetime] = real_now,
    ) -> None:
        self._desk = desk
        self._sessions = sessions
        self._real_now = real_now
        self._press: Press | None = None

    def set_up(self) -> Press:
        if self._press is None:
            self._press = Press(
                Renderer(f"{self._desk.settings.base_url}/c/"),
                self._desk.authority.signer(),
                self._desk.store,
                self._desk.authority.trust,
            )
            self._press.warm_up()
        return self._press

    def make_due(self, now: datetime) -> int:
        """Make every certificate that is due; how many. One that goes on failing becomes an incident."""
        made = 0
        while True:
            with self._sessions() as session:
                work = orders.claim(session, at=self._real_now())
                session.commit()
            if work is None:
                return made
            made += self._make(work, now)

    def _make(self, work: orders.Work, now: datetime) -> int:
        try:
            if work.attempt > orders.TRIES:
                raise GivenUp(f"nobody came back from {work.attempt - 1} attempts")
            finished = self.set_up().make(work.paper)
        except Exception as error:
            log.exception("certificate failed", case=work.paper.case_number, attempt=work.attempt)
            self._put_back(work, error, now)
            return 0
        with self._sessions() as session:
            registered = orders.record(session, work, finished, now=now)
            incidents.resolve(session, work.case_id, INCIDENT, now=now)
            session.commit()
        return int(registered is not None)

    def _put_back(self, work: orders.Work, error: Exception, now: datetime) -> None:
        """It is tried again by itself; a person hears of it when that has come to an end."""
        with self._sessions() as session:
            state = orders.put_back(session, work, error, at=self._real_now())
            if state in WAITS_FOR_A_PERSON:
                incidents.open_incident(session, work.case_id, INCIDENT, str(error), now=now)
            session.commit()

"""Put an installation together from its settings: database, clock, engine, web, worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from apiflask import APIFlask
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session
from werkzeug.utils import import_string

from jisui import leaving, settings, wiring
from jisui.certificates import CertificateDesk
from jisui.clock import MovableClock, WallClock
from jisui.database import EVERYTHING, NOBODY, belongs_to, make_engine, make_sessions, reading
from jisui.housekeeping import Housekeeping
from jisui.notary import Notary
from jisui.promotion import Promotions
from registry import encryption
from registry.evidence_store import EvidenceStore
from webapp.app import create_app
from webapp.health import WORKER_ALIVE
from webapp.services import Clock, Services
from webapp.services import Settings as WebSettings
from workflows.engine import Engine

if TYPE_CHECKING:  # WeasyPrint and pyHanko take two seconds to load, and the web needs neither
    from jisui.press import Printer
    from jisui.worker import Worker


@dataclass(frozen=True)
class Installation:
    """One installation, opened."""

    settings: settings.Settings
    database: Database
    clock: Clock
    engine: Engine

    @cached_property
    def _sessions(self) -> Callable[[], Session]:
        return make_sessions(self.database)

    @cached_property
    def _for_reading(self) -> Database:
        return reading(self.database)

    @cached_property
    def _reading(self) -> Callable[[], Session]:
        return make_sessions(self._for_reading)

    def sessions(self) -> Session:
        """A session for the installation's own work: worker, command line."""
        session = self._sessions()
        belongs_to(session, EVERYTHING)
        return session

    def looking(self) -> Session:
        """The same for work that only reads, and keeps no writer waiting on SQLite."""
        session = self._reading()
        belongs_to(session, EVERYTHING)
        return session

    def _public(self) -> Session:
        session = self._sessions()
        belongs_to(session, NOBODY)
        return session

    def _public_reading(self) -> Session:
        session = self._reading()
        belongs_to(session, NOBODY)
        return session

    def promotions(self) -> Promotions:
        """The yearly promotion, in transactions of which each sees one state of every record."""
        database = self.database
        if database.dialect.name == "postgresql":
            database = database.execution_options(isolation_level="REPEATABLE READ")
        made = make_sessions(database)

        def steady() -> Session:
            session = made()
            belongs_to(session, EVERYTHING)
            return session

        return Promotions(steady, self.clock)

    @cached_property
    def desk(self) -> CertificateDesk:
        return CertificateDesk(self.settings)

    @cached_property
    def notary(self) -> Notary:
        """Who anchors the history each night, and looks whether it holds."""
        return Notary(self.sessions, self.desk)

    @cached_property
    def services(self) -> Services:
        """What the pages work with."""
        return Services(
            sessions=self._public,
            reading=self._public_reading,
            looking=self._for_reading.connect,
            belongs_to=belongs_to,
            clock=self.clock,
            settings=WebSettings(
                secret_key=self.settings.secret_key,
                data=self.settings.data,
                place=self.settings.place,
                demo=self.settings.demo,
            ),
            engine=self.engine,
            processes=wiring.processes(),
            evidence=EvidenceStore(self.settings.evidence),
            documents=self.desk,
            student_of_case=wiring.student_of_case,
            keep_reference=wiring.keep_reference,
        )

    def app(self) -> APIFlask:
        return create_app(self.services)

    def printer(self) -> Printer:
        """A press for certificates."""
        made: Printer = import_string("jisui.press:Printer")(self.desk, self.sessions)
        return made

    def worker(self) -> Worker:
        made: Worker = import_string("jisui.worker:Worker")(
            sessions=self.sessions,
            engine=self.engine,
            clock=self.clock,
            printer=self.printer(),
            notary=self.notary,
            housekeeping=Housekeeping(
                self.sessions, self.services.settings, self.services.evidence, self.desk
            ),
            alive=self.settings.data / WORKER_ALIVE,
            is_silent=leaving.is_silent,
        )
        return made


def open_installation(data: Path) -> Installation:
    """Open what lies in a data folder. Raises `jisui.settings.NotSetUp`."""
    return assembled(settings.load(data))


def assembled(found: settings.Settings) -> Installation:
    encryption.use(encryption.KeyRing.load(found.key_ring))
    clock: Clock = MovableClock(found.clock_file) if found.demo else WallClock()
    return Installation(found, make_engine(found.database_url), clock, wiring.engine())

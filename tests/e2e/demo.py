"""The demo as a newcomer starts it: one process, its address and password on the first line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from threading import Event
from uuid import UUID

from flask_babel import force_locale
from sqlalchemy import select, update

from documents.model import Certificate, CertificateOrder
from jisui import settings
from jisui.assembly import Installation, assembled
from jisui.demo import papers, samples
from jisui.demo.stage import Stage
from registry.students import StudentRecord
from tests.e2e.offices import JIANGBIN, SHIYAN
from webapp import attempts, tracking_codes
from workflows.model import OPEN, Case, Task

GRADE = 2
JISUI = [sys.executable, "-m", "jisui"]


@dataclass(frozen=True)
class Child:
    """A pupil of the demo, as the family knows it."""

    name: str
    number: str
    grade: int
    guardian: str
    phone: str


LIN_YIHANG = Child("林一航", "G350102201503150019", 5, "林建国", "13800006021")


@dataclass(frozen=True)
class Demo:
    """A running demo."""

    url: str
    password: str
    data: Path

    @cached_property
    def installation(self) -> Installation:
        """The same database, for what a test has to know or prepare without a browser."""
        return assembled(settings.load(self.data))

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """A command of the command line, on this demo's data."""
        command = [*JISUI, "--data", str(self.data), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    def child(self, place: int) -> Child:
        """The pupil at this place of grade 2 at 江滨小学; each test takes a place of its own."""
        with self._stage() as stage:
            record = stage.session.scalars(
                select(StudentRecord)
                .where(StudentRecord.school_code == JIANGBIN, StudentRecord.grade == GRADE)
                .order_by(StudentRecord.id)
                .offset(place)
                .limit(1)
            ).one()
            found, guardian = record.student, record.student.guardians[0]
            return Child(found.name, found.student_number, GRADE, guardian.name, guardian.phone or "")

    def filed(self, place: int, *, agreed: int = 0, days_ago: int = 0) -> str:
        """The number of a case that this pupil's family filed for 晋江实验小学, without a browser.

        `agreed`: by so many offices already.
        """
        with self._stage() as stage:
            stage.now -= timedelta(days=days_ago)
            case_id = stage.file(place, SHIYAN, sender=JIANGBIN, grade=GRADE)
            for _office in range(agreed):
                stage.office_agrees(case_id)
            return str(stage.session.scalars(select(Case.number).where(Case.id == case_id)).one())

    def samples(self) -> dict[str, tuple[str, str]]:
        """Number and code of the sample cases, by the state they show."""
        return {state: (number, code) for state, (number, code) in samples.read(self.data)["cases"].items()}

    def papers(self) -> dict[str, str]:
        """Certificates by their state, as in the address of the QR code, once the last is made."""
        self.certificate_of(self.samples()["completed"][0])
        return dict(samples.read(self.data)["certificates"])

    def being_made(self, place: int) -> tuple[str, str]:
        """A case whose certificate a press has begun, for the next five minutes; number and code."""
        with self._stage() as stage:
            case_id = stage.file(place, SHIYAN, sender=JIANGBIN, grade=GRADE)
            samples.almost_done(stage, case_id, offices=4)
            stage.agree_and(case_id, papers.take)
            return stage.told[case_id]

    def subject(self, number: str) -> str:
        """The student of a case, as pages name them."""
        with self.installation.sessions() as session:
            return str(session.scalars(select(Case.subject).where(Case.number == number)).one())

    def number_of_task(self, task: str) -> str:
        with self.installation.sessions() as session:
            found = select(Case.number).join(Task, Task.case_id == Case.id).where(Task.id == UUID(task))
            return str(session.scalars(found).one())

    def tasks(self, office: str, role: str) -> list[str]:
        """The open tasks of a desk that decides transfers, the nearest deadline first."""
        with self.installation.sessions() as session:
            wanted = (
                select(Task.id)
                .join(Case, Case.id == Task.case_id)
                .where(
                    Task.office == office, Task.role == role, Task.status == OPEN, Case.process == "transfer"
                )
            )
            return [str(one) for one in session.scalars(wanted.order_by(Task.due_at, Task.id))]

    def certificate_of(self, number: str) -> str:
        """Number and code of a case's certificate, as in the address of its QR code, once it is made."""
        for _second in range(60):
            with self.installation.sessions() as session:
                found = session.scalars(
                    select(CertificateOrder).join(Certificate).where(CertificateOrder.case_number == number)
                ).first()
                if found is not None:
                    return f"{found.number}-{found.verify_code}"
            Event().wait(1)  # the worker is another process
        raise AssertionError(f"no certificate of {number} after a minute")

    def forget_messages(self) -> None:
        """As if the hour were over in which one address may send only so many text messages."""
        attempts.forget(self.installation.services.sessions, "sms-send", "127.0.0.1")

    def new_code(self, number: str) -> str:
        """A new tracking code for a case, as a family gets it at the school's window."""
        code = tracking_codes.new_code()
        with self.installation.sessions() as session:
            digest = tracking_codes.digest(number, code)
            session.execute(update(Case).where(Case.number == number).values(access_hash=digest))
            session.commit()
        return code

    @contextmanager
    def _stage(self) -> Iterator[Stage]:
        """Where families and officials act through the same functions as on the pages."""
        app = self.installation.app()
        with app.app_context(), force_locale("zh_Hans_CN"), self.installation.sessions() as session:
            yield Stage(self.installation, session, self.installation.clock.now())


@contextmanager
def running(data: Path) -> Iterator[Demo]:
    """Start it on a free port; end it, and with it web and worker, whatever happens."""
    command = [*JISUI, "--data", str(data), "demo", "--port", "0", "--json"]
    told = data.parent / "demo.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JISUI_")}
    with told.open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
        demo = None
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, f"the demo did not start:\n{told.read_text()[-2000:]}"
            demo = Demo(**json.loads(line), data=data)
            yield demo
        finally:
            if demo is not None and "installation" in vars(demo):
                demo.installation.database.dispose()
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()

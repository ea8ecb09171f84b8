"""The demo as a newcomer starts it: one process, its address and password on the first line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy import select, update

from jisui import settings
from jisui.assembly import Installation, assembled
from registry.students import Student, StudentRecord
from webapp import tracking_codes
from workflows.model import Case

START_SECONDS = 110
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

    def child(self, school: str, grade: int, place: int) -> Child:
        """The pupil at this place of a grade; each test takes places of its own."""
        with self.installation.sessions() as session:
            found = session.scalars(
                select(Student)
                .join(StudentRecord)
                .where(StudentRecord.school_code == school, StudentRecord.grade == grade)
                .order_by(Student.student_number)
                .offset(place)
                .limit(1)
            ).one()
            guardian = found.guardians[0]
            return Child(found.name, found.student_number, grade, guardian.name, guardian.phone or "")

    def number_of(self, status: str) -> str:
        """The newest case of this status; the demo has a sample of each."""
        with self.installation.sessions() as session:
            found = select(Case.number).where(Case.process == "transfer", Case.status == status)
            return str(session.scalars(found.order_by(Case.opened_at).limit(1)).one())

    def new_code(self, number: str) -> str:
        """A new tracking code for a case, as a family gets it at the school's window."""
        code = tracking_codes.new_code()
        with self.installation.sessions() as session:
            digest = tracking_codes.digest(number, code)
            session.execute(update(Case).where(Case.number == number).values(access_hash=digest))
            session.commit()
        return code


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

"""`kill -9` of web and worker as a user starts them: nothing is lost, nothing done twice.

`tests/scenarios/test_crashes.py` kills at every point; here real processes die, and people go on.
"""

from __future__ import annotations

import json
import os
import signal
import urllib.error
import urllib.request
from collections import Counter
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from documents.model import Certificate, CertificateOrder
from jisui.cli import jisui
from tests.support.processes import PATIENCE_SECONDS, Process, free_port, wait_until
from tests.support.province import GULOU, P1, P2, A
from tests.support.provinces import copied
from workflows import timers
from workflows.history import entries
from workflows.idempotency import Idempotency
from workflows.model import Case
from workflows.outbox import OutboxMessage


class Web:
    """The web of a province, at a port of its own; and officials who send again until they are answered."""

    def __init__(self, province):
        self.province = province
        self.data = province.installation.settings.data
        self.port = free_port()
        self.start()

    def start(self):
        self.process = Process(self.data, "serve", "--port", str(self.port))
        wait_until(self.answers, "the web server")

    def end(self):
        self.process.kill()

    def answers(self):
        assert self.process.running.poll() is None, self.process.log.read_text()[-2000:]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def the_one_at_work(self):
        """The process that answers requests; its parent starts another when it dies."""
        return wait_until(self.process.children, "a process that answers")[0]

    def send(self, who, path, body, key):
        """Send one request; who wants the answer reads it."""
        headers = {
            "Authorization": f"Bearer {self.province.token(who)}",
            "Idempotency-Key": key,
            "Content-Type": "application/json",
        }
        sent = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            sent.request("POST", f"/api/v1{path}", json.dumps(body).encode(), headers)
        except OSError:
            sent.close()
            raise
        return sent

    def answer(self, who, path, body, key):
        """Send until there is an answer: status, body, and whether it was given before."""

        def tried():
            try:
                with closing(self.send(who, path, body, key)) as sent:
                    answer = sent.getresponse()
                    return answer.status, json.loads(answer.read()), "Idempotency-Replayed" in answer.headers
            except (OSError, HTTPException):
                return None

        return wait_until(tried, f"an answer to {path}")

    def through_a_kill(self, moment, who, path, body, key):
        """Kill the process that works on a request, at that moment; the family never reads its answer.

        Then the request again, twice: it is done once.
        """
        victim = self.the_one_at_work()
        with moment(self.province, victim, key) as wait, closing(self.send(who, path, body, key)):
            done = wait()
            os.kill(victim, signal.SIGKILL)
        wait_until(lambda: victim not in self.process.children(), "its end")
        status, said, replayed = self.answer(who, path, body, key)
        assert status in (200, 201), said
        assert done in (None, replayed)
        assert self.answer(who, path, body, key) == (status, said, True)
        return said


@contextmanager
def as_soon_as_it_was_sent(_province, _victim, _key):
    """Whether it had begun nobody knows."""
    yield lambda: None


@contextmanager
def while_it_waits_for_its_turn(province, victim, _key):
    """Another writes, so it has read who asks and holds its breath: nothing is done yet."""
    opened = Path(f"/proc/{victim}/fd")
    database = province.installation.database.url.database

    def waits():
        return any(str(one.readlink()) == database for one in opened.iterdir() if one.is_symlink())

    with province.installation.sessions() as session:
        session.connection()  # BEGIN IMMEDIATE

        def wait():
            wait_until(waits, "the process to open the database")
            return False

        yield wait


@contextmanager
def as_soon_as_it_is_done(province, _victim, key):
    """It is committed; the answer is on its way."""

    def kept():
        with province.installation.services.reading() as session:
            return session.scalar(select(Idempotency.key).where(Idempotency.key == key))

    def wait():
        wait_until(kept, "the commit")
        return True

    yield wait


MOMENTS = (as_soon_as_it_is_done, while_it_waits_for_its_turn, as_soon_as_it_was_sent)


def orders(province):
    with province.installation.services.reading() as session:
        return session.execute(select(CertificateOrder.state, CertificateOrder.attempts)).all()


def work_left(province):
    """Whether a worker still owes something."""
    now = province.clock.now()
    with province.installation.services.reading() as session:
        connection = session.connection()
        return (
            connection.execute(select(OutboxMessage.id).where(OutboxMessage.sent_at.is_(None))).first()
            or timers.due_cases(session, now=now)
            or connection.execute(select(CertificateOrder.id).where(CertificateOrder.state != "done")).first()
        )


def leases_run_out(province):
    """As if the minutes of a lease had passed."""
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    with province.installation.sessions() as session:
        session.execute(update(CertificateOrder).values(lease_until=long_ago))
        session.execute(update(OutboxMessage).where(OutboxMessage.sent_at.is_(None)).values(due_at=long_ago))
        session.commit()


def files(folder):
    return [path.name for path in folder.rglob("*.pdf")]


@pytest.fixture
def killable(sqlite_province, tmp_path):
    """A province in which processes may be started; all of them are gone afterwards."""
    with copied(*sqlite_province, tmp_path / "data") as province, ExitStack() as ends:
        yield province, ends


def transfer(web, province):
    """The whole path over HTTP, the web killed at each step; the case."""
    moments = iter(MOMENTS * 3)
    body = {"process": "transfer", "application": province.application(A, P2)}
    case = web.through_a_kill(next(moments), f"registrar.{P2}", "/cases", body, "file")
    desks = [(P2, "leader"), (P1, "registrar"), (P1, "leader"), (GULOU, "registrar"), (GULOU, "leader")]
    for office, role in desks:
        if (office, role) == (GULOU, "registrar"):  # between two steps, and the parent too
            web.process.kill()
            web.start()
        task = province.task(case, office, role)
        path = f"/tasks/{task['id']}/complete"
        key = f"{office}-{role}"
        ended = web.through_a_kill(next(moments), f"{role}.{office}", path, {"decision": "approve"}, key)
    assert ended["status"] == "completed"
    return case


def the_worker_dies(province, ends):
    """While it makes the certificate, and has messages and reminders to see to; another has it all done."""
    data = province.installation.settings.data
    first = Process(data, "worker")
    ends.callback(first.kill)
    wait_until(lambda: orders(province)[0].state == "working", "the worker at work")
    first.kill()
    leases_run_out(province)
    second = Process(data, "worker")
    ends.callback(second.kill)
    wait_until(lambda: not work_left(province), "all that was owed")
    second.running.terminate()
    assert second.running.wait(timeout=PATIENCE_SECONDS) == 0


@pytest.mark.slow
def test_whoever_kills_web_and_worker_loses_and_doubles_nothing(killable):
    """Slow: four starts of real processes."""
    province, ends = killable
    web = Web(province)
    ends.callback(web.end)
    case = transfer(web, province)
    province.clock.set(datetime.fromisoformat("2026-04-15T09:00"))  # reminders of the paper file are due
    the_worker_dies(province, ends)

    here = province.installation
    assert province.movements(A, f"registrar.{P2}") == [("21", P1), ("22", P2)]
    here.worker().housekeeping.tidy(now=province.clock.now(), at=datetime.now(UTC) + timedelta(days=8))
    with here.sessions() as session:
        processes = session.scalars(select(Case.process)).all()
        assert sorted(processes) == ["archive-handover", "transfer"]
        (certificate,) = session.scalars(select(Certificate))
        assert files(here.settings.certificates) == [f"{certificate.sha256}.pdf"]
        assert here.desk.verify(session, here.desk.pdf(certificate), province.clock.now()).valid
        for case_id in session.scalars(select(Case.id)):
            told = Counter((one.event, str(one.facts)) for one in entries(session, case_id))
            assert set(told.values()) == {1}
    assert province.case(case, f"registrar.{P2}")["certificates"][0]["number"] == certificate.number
    checked = CliRunner().invoke(jisui, ["--data", str(here.settings.data), "check", "--quick"])
    assert checked.exit_code == 0, checked.output

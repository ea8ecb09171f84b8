"""What a worker owes is done once, by whichever comes first; what fails holds up nothing else."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from documents import orders
from documents.model import CertificateOrder
from jisui.certificates import CertificateDesk
from jisui.database import EVERYTHING, belongs_to, make_sessions
from jisui.press import Printer
from jisui.settings import Settings
from jisui.worker import Worker
from registry.evidence import Evidence
from tests.documents.desk import AT, place
from tests.support.clock import FakeClock
from tests.support.province import P1, P2, A
from tests.support.threads import at_once
from tests.workflows.ports import Ports, open_transfer, publish
from webapp.health import WORKER_ALIVE
from workflows import history, outbox
from workflows.incidents import Incident
from workflows.notices import Notice
from workflows.outbox import OutboxMessage

CASES = 12


class Post:
    """A gateway that keeps what it was given, and can be out of order."""

    def __init__(self):
        self.sent = []
        self.broken = False

    def __call__(self, message):
        if self.broken:
            raise OSError("no line")
        self.sent.append(message.dedup_key)


@pytest.fixture
def ports(session):
    publish(session)
    session.commit()
    return Ports()


@pytest.fixture
def sessions(engine):
    made = make_sessions(engine)

    def one():
        session = made()
        belongs_to(session, EVERYTHING)
        return session

    return one


@pytest.fixture
def make(sessions, ports, clock, tmp_path):
    """Workers on one database, one clock, one gateway."""
    post, real = Post(), FakeClock(datetime(2026, 11, 23, 8, 0, tzinfo=UTC))

    def worker():
        return Worker(
            sessions=sessions,
            engine=ports.engine,
            clock=clock,
            printer=None,
            housekeeping=None,
            notary=None,
            alive=tmp_path / "alive",
            deliver=post,
            real_now=real.now,
        )

    return SimpleNamespace(worker=worker, post=post, real=real)


def opened(session, ports, number=1):
    found = [open_transfer(session, ports, subject=f"student-{n}").id for n in range(number)]
    session.commit()
    return found


def told(session, case_id, *kinds):
    """Order messages to the family of a case, as steps of it do one after the other."""
    for kind in kinds:
        now = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
        outbox.enqueue(
            session, "family", f"family:{case_id}:{kind}", {"kind": kind}, case_id=case_id, now=now
        )
        session.commit()


def incidents_of(session, case_id):
    session.rollback()
    rows = session.execute(
        select(Incident.kind, Incident.resolved_at.is_not(None)).where(Incident.case_id == case_id)
    ).all()
    session.rollback()  # a session that only read holds SQLite's one writer, too
    return rows


def test_two_workers_send_each_message_once(session, ports, make):
    for case_id in opened(session, ports, CASES):
        told(session, case_id, "returned", "completed")
    at_once([make.worker().send_messages, make.worker().send_messages])
    make.worker().send_messages()
    assert len(make.post.sent) == len(set(make.post.sent)) == 2 * CASES
    session.rollback()
    assert session.scalars(select(OutboxMessage.id).where(OutboxMessage.sent_at.is_(None))).all() == []


def test_two_workers_remind_of_each_case_once(session, ports, make, clock):
    cases = opened(session, ports, CASES)
    clock.set("2026-03-17T09:00")
    fired = at_once([make.worker().fire_timers, make.worker().fire_timers])
    assert sum(fired) + make.worker().fire_timers() == 4 * CASES
    session.rollback()
    for case_id in cases:
        events = [entry.event for entry in history.entries(session, case_id)]
        assert (events.count("reminder"), events.count("overdue")) == (3, 1)
    assert list(history.verify(session.connection())) == []
    assert len(session.scalars(select(Notice.id).where(Notice.kind == "reminder")).all()) == 3 * CASES


def test_the_messages_of_a_case_keep_their_order(session, ports, make):
    one, other = opened(session, ports, 2)
    told(session, one, "returned", "completed")
    make.post.broken = True
    make.worker().send_messages()
    make.post.broken = False
    told(session, other, "returned")
    make.worker().send_messages()
    assert make.post.sent == [f"family:{other}:returned"]
    make.real.advance(seconds=10)
    make.worker().send_messages()
    assert make.post.sent[1:] == [f"family:{one}:returned", f"family:{one}:completed"]


def test_a_message_that_cannot_be_sent_waits_longer_each_time_and_then_a_person_is_told(session, ports, make):
    (case_id,) = opened(session, ports)
    told(session, case_id, "returned")
    make.post.broken = True
    for wait in (0, 10, 60, 600):
        make.real.advance(seconds=wait)
        assert make.worker().send_messages() == 1
        assert make.worker().send_messages() == 0
    assert incidents_of(session, case_id) == []
    make.real.advance(hours=1)
    make.worker().send_messages()
    assert incidents_of(session, case_id) == [("message", False)]
    make.post.broken = False
    make.real.advance(hours=1)
    make.worker().send_messages()
    assert incidents_of(session, case_id) == [("message", True)]
    assert len(make.post.sent) == 1


def test_what_a_dead_worker_held_is_sent_by_another_when_its_lease_is_over(session, ports, make):
    (case_id,) = opened(session, ports)
    told(session, case_id, "returned")
    assert len(outbox.claim(session, at=make.real.now())) == 1
    session.commit()
    assert make.worker().send_messages() == 0
    make.real.advance(minutes=2)
    assert make.worker().send_messages() == 1


def test_a_clock_that_is_set_back_holds_up_no_message(session, ports, make, clock):
    (case_id,) = opened(session, ports)
    future = clock.now() + timedelta(days=30)
    outbox.enqueue(session, "family", "later", {}, case_id=case_id, now=future)
    session.commit()
    make.worker().send_messages()
    assert make.post.sent == ["later"]


def test_a_case_whose_timers_fail_lets_the_others_go_first(session, ports, make, clock):
    broken, fine = opened(session, ports, 2)
    clock.set("2026-03-17T09:00")

    def authority(_session, office, _summary):
        return {}[office]

    worker = make.worker()
    failing = replace(worker, engine=replace(worker.engine, authority_over=authority))
    assert failing.fire_timers() == 0
    assert incidents_of(session, broken) == incidents_of(session, fine) == [("timer", False)]
    assert worker.fire_timers() == 0
    clock.advance(minutes=10)
    assert worker.fire_timers() == 8
    assert incidents_of(session, broken) == [("timer", True)]


def test_a_certificate_that_ends_its_worker_each_time_is_left_to_a_person(session, ports, sessions, tmp_path):
    (case_id,) = opened(session, ports)
    place(session, case_id=case_id)
    session.commit()
    at = AT
    for _death in range(orders.TRIES):
        assert orders.claim(session, at=at) is not None
        session.commit()
        at += orders.LEASE
    desk = CertificateDesk(Settings(tmp_path, "", False, "", "http://127.0.0.1", "", ""))
    assert Printer(desk, sessions, lambda: at).make_due(at) == 0
    session.rollback()
    assert session.scalars(select(CertificateOrder.state)).all() == ["failed"]
    assert incidents_of(session, case_id) == [("certificate", False)]


def test_files_without_a_row_and_uploads_without_a_case_are_removed(province):
    here = province.installation
    kept = province.transfer(A, to=P2)
    province.upload(f"registrar.{P1}")
    lost = here.services.evidence.root / "ab" / f"{'ab' * 16}"
    stray = here.settings.certificates / "ab" / "abcd.pdf"
    half = here.settings.certificates / "ab" / "abce.pdf.123.part"
    fresh = here.settings.certificates / "cd" / "cdef.pdf"
    month_ago = (datetime.now(UTC) - timedelta(days=30)).timestamp()
    for file in (lost, stray, half, fresh):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"left by a process that died")
        if file != fresh:
            os.utime(file, (month_ago, month_ago))
    province.on("2026-03-12")
    here.worker().tidy()
    assert [file.exists() for file in (lost, stray, half, fresh)] == [False, False, False, True]
    with here.sessions() as session:
        (left,) = session.scalars(select(Evidence))
        assert here.services.evidence.read(left)
        assert left.case_id is not None and kept["number"]


def test_readiness_tells_of_a_worker_that_is_silent(province):
    here = province.installation
    silent = province.client.get("/readyz")
    assert (silent.status_code, silent.json) == (200, {"status": "degraded", "missing": ["worker"]})
    here.worker().fire_timers()
    assert province.client.get("/readyz").json == {"status": "ok", "missing": []}
    long_ago = datetime.now(UTC).timestamp() - 61
    os.utime(here.settings.data / WORKER_ALIVE, (long_ago, long_ago))
    assert province.client.get("/readyz").json["missing"] == ["worker"]

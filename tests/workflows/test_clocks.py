"""Each party has its own working days from the day after the task came; silence never decides."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from tests.support.clock import CHINA
from tests.workflows.ports import Ports, decide, open_transfer, publish, the_task
from workflows import cases, history, timers
from workflows.clocks import add_months, local_day
from workflows.notices import Notice


def on(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02d}:00").replace(tzinfo=CHINA)


@pytest.fixture
def ports(session):
    publish(session)
    return Ports()


def due(session, case):
    return local_day(the_task(session, case.id).due_at).isoformat()


def run_due(session, ports, case, now):
    return timers.run_due(session, ports.engine, case.id, now=now)


def test_the_day_of_arrival_is_not_counted(session, ports):
    case = open_transfer(session, ports, now=on("2026-03-02"))
    assert the_task(session, case.id).due_at == datetime(2026, 3, 16, 23, 59, 59, tzinfo=CHINA)


def test_registrar_and_leader_share_one_clock(session, ports):
    case = open_transfer(session, ports, now=on("2026-03-02"))
    decide(session, ports, case.id, "approve", now=on("2026-03-10"))
    assert due(session, case) == "2026-03-16"


def test_the_next_office_starts_its_own(session, ports):
    case = open_transfer(session, ports, now=on("2026-03-02"))
    decide(session, ports, case.id, "approve", now=on("2026-03-10"))
    decide(session, ports, case.id, "approve", now=on("2026-03-10"))
    assert due(session, case) == "2026-03-24"


def test_the_clock_stops_while_a_case_is_returned(session, ports):
    case = open_transfer(session, ports, now=on("2026-03-02"))
    decide(session, ports, case.id, "return", now=on("2026-03-05"))
    assert due(session, case) == "2026-03-19"
    decide(session, ports, case.id, "resubmit", now=on("2026-03-12"))
    assert due(session, case) == "2026-03-23"


def test_reminders_come_on_days_5_8_and_10_and_the_authority_hears_the_day_after(session, ports):
    case = open_transfer(session, ports, now=on("2026-03-02"))
    days = [f"2026-03-{day:02d}" for day in range(3, 19)]
    for day in days:
        run_due(session, ports, case, on(day))
    told = [(e.event, local_day(e.at).isoformat()) for e in history.entries(session, case.id)]
    assert [t for t in told if t[0] in ("reminder", "overdue")] == [
        ("reminder", "2026-03-09"),
        ("reminder", "2026-03-12"),
        ("reminder", "2026-03-16"),
        ("overdue", "2026-03-17"),
    ]
    notices = session.scalars(select(Notice).where(Notice.case_id == case.id)).all()
    assert [(n.kind, n.office) for n in notices][-1] == ("overdue", "350582")


def test_silence_never_decides(session, ports):
    case = open_transfer(session, ports, now=on("2026-03-02"))
    run_due(session, ports, case, on("2027-03-02"))
    assert the_task(session, case.id).overdue_at is not None
    assert cases.by_id(session, case.id).status == "in_review"
    assert timers.next_due(session, until=on("2036-03-02")) is None


def test_a_timer_fires_once(session, ports):
    case = open_transfer(session, ports, now=on("2026-03-02"))
    assert run_due(session, ports, case, on("2026-03-09")) == 1
    assert run_due(session, ports, case, on("2026-03-09")) == 0


def test_an_ended_case_waits_for_nothing(session, ports):
    case = open_transfer(session, ports, now=on("2026-03-02"))
    for _ in range(8):
        decide(session, ports, case.id, "approve", now=on("2026-03-03"))
    assert timers.next_due(session, until=on("2036-03-02")) is None


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [("2026-03-05", 1, "2026-04-05"), ("2026-01-31", 1, "2026-02-28"), ("2027-12-15", 2, "2028-02-15")],
)
def test_a_month_later_is_the_same_day_or_the_last(day, months, expected):
    start = datetime.fromisoformat(day).date()
    assert add_months(start, months).isoformat() == expected

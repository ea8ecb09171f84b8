"""29 期满没来: the school and the family hear 30, 14 and 1 days before the end, and the day after."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from tests.scenarios.test_suspension import ASKED, agreed
from tests.support.province import P1
from workflows.notices import Notice
from workflows.outbox import OutboxMessage


def told(province):
    with province.installation.sessions() as session:
        notices = session.scalars(select(Notice).where(Notice.kind == "suspension_ends").order_by(Notice.at))
        return [(one.office, one.facts["days"]) for one in notices]


def on_days(province, *days):
    worker = province.installation.worker()
    for day in days:
        province.clock.set(datetime.fromisoformat(f"{day}T09:00"))
        worker.remind_of_ends()
        worker.remind_of_ends()


def test_the_school_hears_on_four_days(province):
    agreed(province, "suspension", **ASKED)
    days = ("02-05", "02-06", "02-07", "02-22", "03-07", "03-08", "03-09", "03-12")
    on_days(province, *(f"2027-{day}" for day in days))
    assert told(province) == [(P1, 30), (P1, 14), (P1, 1), (P1, -1)]
    with province.installation.sessions() as session:
        messages = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "family"))
        bodies = [one.body for one in messages if one.body["kind"] == "suspension_ends"]
    assert sorted(body["days"] for body in bodies) == [-1, 1, 14, 30]


def test_a_worker_that_was_away_tells_once(province):
    agreed(province, "suspension", **ASKED)
    on_days(province, "2027-03-01")
    assert told(province) == [(P1, 7)]


def test_who_came_back_is_not_reminded(province):
    agreed(province, "suspension", **ASKED)
    province.on("2026-09-01")
    agreed(province, "resumption", effective_from="2026-09-01")
    on_days(province, "2027-02-06", "2027-02-07")
    assert told(province) == []

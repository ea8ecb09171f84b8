"""However long a list is, no count of the inbox reads further than it tells: 999+."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, select

from tests.support.province import P3, A
from webapp.inbox import queries
from workflows.model import Actor, Task


@pytest.fixture
def crowd(province):
    """One desk with 2,200 open tasks: half of them overdue, a quarter due later, a quarter without end."""
    province.transfer(A, P3)
    with province.installation.sessions() as session:
        real = session.execute(select(Task.__table__)).one()._asdict()
        shifts = (timedelta(days=-60), timedelta(days=-50), timedelta(days=60), None)
        rows = [
            real | {"id": uuid4(), "due_at": None if by is None else real["due_at"] + by}
            for _ in range(550)
            for by in shifts
        ]
        session.connection().execute(insert(Task), rows)
        session.commit()
    return province


def test_counts_stop_where_the_page_says_more(crowd, signed_in):
    installation = crowd.installation
    with installation.sessions() as session:
        at = queries.limits(installation.engine.calendar(session), crowd.clock.now())
        actor = Actor(uuid4(), "", P3, "registrar")
        found = queries.counts(session, actor, at)
    assert found.office == queries.COUNTED
    assert found.urgencies[queries.OVERDUE] == queries.COUNTED
    assert found.urgencies[queries.SOON] == 0
    assert queries.COUNTED < found.urgencies[queries.LATER] < 2 * queries.COUNTED
    assert signed_in(f"registrar.{P3}").get("/inbox?who=all").says("待办 999+")


@pytest.mark.parametrize("province", ["sqlite"], indirect=True)  # PostgreSQL plans by its statistics
def test_the_counts_are_read_from_indexes(crowd):
    """No table is read from one end to the other."""
    asked = []
    with crowd.installation.sessions() as session:
        at = queries.limits(crowd.installation.engine.calendar(session), crowd.clock.now())
        connection = session.connection()
        raw = connection.connection.driver_connection
        raw.set_trace_callback(asked.append)
        queries.counts(session, Actor(uuid4(), "", P3, "leader"), at)
        raw.set_trace_callback(None)
        plan = [row[3] for one in asked for row in raw.execute(f"EXPLAIN QUERY PLAN {one}")]
    tables = {f"SCAN {name}" for name in ("tasks", "cases", "clocks", "notices", "organisations")}
    assert any("ix_tasks_inbox" in step for step in plan)
    assert [step for step in plan if " ".join(step.split()[:2]) in tables] == []

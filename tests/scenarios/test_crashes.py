"""An action is whole or absent, wherever the process dies (reliability.md A1).

The child is killed at point 1, 2, 3, … around every statement and the commit,
until it survives; each stop must leave what was before, or what comes after.
"""

from __future__ import annotations

import itertools
import os
import signal

import pytest
from sqlalchemy import event, text

from tests.support.province import GULOU, P1, P2, A

STRIDE = int(os.environ.get("JISUI_CRASH_STRIDE", "11"))
"""Every point is tried in the soak; the daily run takes one in eleven."""
TABLES = (
    "cases", "tasks", "clocks", "timers", "history", "movements", "records", "record_copies",
    "certificate_orders", "notices", "outbox", "idempotency",
)  # fmt: skip


def snapshot(province):
    """How many rows of each kind there are, and where the case and the record stand."""
    with province.installation.sessions() as session:
        connection = session.connection()
        counts = {table: connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in TABLES}
        states = connection.execute(text("SELECT number, status, rev FROM cases ORDER BY number")).all()
        record = connection.execute(text("SELECT school_code, count(*) FROM records GROUP BY 1")).all()
    return counts, states, sorted(record)


def dies_at(engine, point):
    """Kill this process at the n-th point around statements and commit."""
    seen = itertools.count(1)

    def tick(*_args):
        if next(seen) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", tick)
    event.listen(engine, "after_cursor_execute", tick)
    commit = engine.dialect.do_commit

    def do_commit(connection):
        tick()
        commit(connection)
        tick()

    engine.dialect.do_commit = do_commit


def in_a_child_that_dies(province, point, act):
    """Run `act` in a fork that is killed at `point`; whether it survived."""
    province.installation.database.dispose()
    child = os.fork()
    if child == 0:
        try:
            dies_at(province.installation.database, point)
            act()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return not os.WIFSIGNALED(status)


@pytest.fixture
def last_step(province):
    """The decision that moves the record, as one request with its key."""
    case = province.transfer(A, to=P2)
    province.approve(case, at=P2)
    province.approve(case, at=P1)
    province.decide(case, GULOU, "registrar", "approve")
    task = province.task(case, GULOU, "leader")
    path = f"/tasks/{task['id']}/complete"
    key = {"Idempotency-Key": "the-one"}
    return lambda: province.call(f"leader.{GULOU}", "POST", path, {"decision": "approve"}, **key)


@pytest.mark.slow
def test_a_decision_is_whole_or_absent(province, last_step):
    """Slow: one fork for each of some two hundred points."""
    before = snapshot(province)
    died, survived, point = 0, False, 0
    while not survived and snapshot(province) == before:
        point += STRIDE
        survived = in_a_child_that_dies(province, point, last_step)
        died += not survived
    assert died > 5
    after = snapshot(province)
    assert after[0]["movements"] == before[0]["movements"] + 2
    assert after[0]["certificate_orders"] == before[0]["certificate_orders"] + 1
    again = last_step()
    assert (again.status_code, again.json["status"]) == (200, "completed")
    assert snapshot(province) == after

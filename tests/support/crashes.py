"""Death at a point, and what a province holds before and after."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from threading import Event
from typing import Any

from sqlalchemy import text

from tests.support.province import A, B

OUTLINE = {
    "applications": "revision",
    "case_counters": "prefix, division, last",
    "case_offices": "office, why",
    "cases": "number, status, rev, last_seq",
    "certificate_events": "number, event",
    "certificate_numbers": "letter, division, last",
    "certificate_orders": "number, state",
    "certificates": "number, issuer_code",
    "clock_runs": "seq",
    "clocks": "element, office, budget, used, due_at, wakes_at",
    "evidence": "kind, given_name, case_id IS NULL",
    "history": "seq, event",
    "idempotency": "key, status",
    "incidents": "kind, message",
    "movements": "code, school_code, other_school_code, case_number",
    "notices": "office, kind",
    "outbox": "kind, sent_at IS NULL",
    "record_copies": "school_code",
    "tasks": "element, office, role, status, decision, due_at",
    "timers": "due_at",
}
"""The tables that the path changes, and what of them is the same wherever the same was done."""
OF_THE_TWO = "IN (SELECT id FROM students WHERE student_number IN (:a, :b))"


def die_at(engine: Any, point: int) -> None:
    """Kill this process at the n-th point around statements, commits and the naming of files."""
    seen = count(1)

    def tick(*_args: Any) -> None:
        if next(seen) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(do: Callable[..., None]) -> Callable[..., None]:
        def between_ticks(*given: Any) -> None:
            tick()
            do(*given)
            tick()

        return between_ticks

    sys.addaudithook(lambda what, _args: tick() if what == "os.rename" else None)
    for name in ("do_execute", "do_executemany", "do_commit"):
        setattr(engine.dialect, name, around(getattr(engine.dialect, name)))


def wait_for_its_end(province: Any) -> None:
    """PostgreSQL may still be at work for a client that is dead."""
    others = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND backend_type = 'client backend'"
    )
    with province.installation.database.connect() as connection:
        while connection.dialect.name == "postgresql" and connection.scalar(others) > 1:
            connection.rollback()
            Event().wait(0.002)


def rows(province: Any) -> dict[str, list[str]]:
    """All rows that the path may change; of the register those of the two students who move."""
    statements = {name: f"SELECT * FROM {name}" for name in OUTLINE}
    statements["students"] = f"SELECT * FROM students WHERE id {OF_THE_TWO}"
    statements["records"] = f"SELECT * FROM records WHERE student_id {OF_THE_TWO}"
    return asked(province, statements)


def outline(province: Any) -> dict[str, list[str]]:
    """What the path has come to, without keys, codes and moments."""
    statements = {name: f"SELECT {columns} FROM {name}" for name, columns in OUTLINE.items()}
    statements["records"] = f"SELECT school_code, grade, status FROM records WHERE student_id {OF_THE_TWO}"
    return asked(province, statements)


def asked(province: Any, statements: dict[str, str]) -> dict[str, list[str]]:
    with province.installation.sessions() as session:
        connection = session.connection()
        return {
            name: sorted(repr(tuple(row)) for row in connection.execute(text(statement), {"a": A, "b": B}))
            for name, statement in statements.items()
        }

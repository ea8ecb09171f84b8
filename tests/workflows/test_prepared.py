"""Statements compiled once behave as SQLAlchemy's own: values, rows, errors."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from workflows.model import CaseCounter
from workflows.outbox import OutboxMessage
from workflows.prepared import Prepared

ADD = Prepared(insert(CaseCounter))
READ = Prepared(select(CaseCounter.division, CaseCounter.last).where(CaseCounter.prefix == bindparam("of")))
RAISE = Prepared(update(CaseCounter).where(CaseCounter.prefix == bindparam("of"), CaseCounter.last < 5))
COUNTER = {"prefix": "ZX", "division": "350102", "year": 2026, "last": 3}


def test_what_is_written_is_read_as_named_columns(session):
    connection = session.connection()
    ADD.run_all(connection, [COUNTER, COUNTER | {"division": "350582", "last": 7}])
    rows = READ.all(connection, {"of": "ZX"})
    assert {(row.division, row.last) for row in rows} == {("350102", 3), ("350582", 7)}
    assert RAISE.run(connection, {"of": "ZX", "last": 4}) == 1, "a value in the statement holds"
    assert READ.first(connection, {"of": "none"}) is None


def test_a_refusal_of_the_database_is_sqlalchemys_error(session):
    ADD.run(session.connection(), COUNTER)
    with pytest.raises(IntegrityError):
        ADD.run(session.connection(), COUNTER)


def test_values_go_through_the_types_of_their_columns(session):
    at = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    row = {
        "id": uuid4(),
        "case_id": None,
        "kind": "x",
        "dedup_key": "k",
        "body": {"n": 1},
        "due_at": at,
        "tries": 0,
    }
    Prepared(insert(OutboxMessage)).run(session.connection(), row)
    columns = select(OutboxMessage.id, OutboxMessage.body, OutboxMessage.due_at)
    found = Prepared(columns.where(OutboxMessage.dedup_key == bindparam("of"))).first(
        session.connection(), {"of": "k"}
    )
    assert tuple(found) == (row["id"], {"n": 1}, at)


def test_a_column_with_a_default_of_ours_must_be_given(session):
    with pytest.raises(AssertionError, match="every column"):
        Prepared(insert(OutboxMessage)).run(session.connection(), {"kind": "x"})

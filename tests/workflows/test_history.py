"""The history refuses change, and a change that got round the triggers is found."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.workflows.ports import Ports, decide, open_transfer, publish
from workflows import history


@pytest.fixture
def case(session):
    publish(session)
    ports = Ports()
    case = open_transfer(session, ports)
    decide(session, ports, case.id, "approve")
    session.commit()
    return case


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET body = '{}' WHERE seq = 1",
        "DELETE FROM history WHERE seq = 2",
        "INSERT INTO history SELECT case_id, seq + 7, prev, digest, at, event, body FROM history WHERE seq = 1",  # noqa: E501
    ],
)
def test_the_database_refuses_to_change_it(session, case, statement):
    with pytest.raises(DBAPIError):
        session.connection().execute(text(statement))
    session.rollback()
    assert list(history.verify(session.connection())) == []


def drop_guards(session):
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE history DISABLE TRIGGER USER"))
    else:
        for name in ("history_no_update", "history_no_delete", "history_in_order"):
            connection.execute(text(f"DROP TRIGGER {name}"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET body = replace(body, 'approve', 'refuse') WHERE event = 'decided'",
        "DELETE FROM history WHERE seq = 2",
        "DELETE FROM history WHERE seq = (SELECT max(seq) FROM history)",
        "DELETE FROM history",
    ],
)
def test_verification_finds_what_somebody_with_the_file_did(session, case, statement):
    drop_guards(session)
    session.connection().execute(text(statement))
    assert list(history.verify(session.connection())) != []


def test_a_whole_table_cannot_be_emptied(postgresql_template):
    """Not even by its owner, nor where triggers are left out (PostgreSQL)."""
    with postgresql_template.copy() as url, psycopg.connect(url.replace("+psycopg", "")) as connection:
        for role in ("origin", "replica"):
            for table in ("history", "movements", "record_copies", "records", "students", "anchors"):
                with pytest.raises(psycopg.errors.RaiseException), connection.transaction():
                    connection.execute(f"SET LOCAL session_replication_role = {role}")
                    connection.execute(f"TRUNCATE {table} CASCADE")


def test_triggers_stay_where_triggers_are_left_out(session, case):
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
    with pytest.raises(DBAPIError, match="refuses change"):
        connection.execute(text("DELETE FROM history"))

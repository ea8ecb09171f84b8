"""The migrations lead to what the models say, on both databases."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from jisui import migrations
from jisui.database import EVERYTHING, belongs_to, make_engine, make_sessions
from jisui.tables import METADATA, MODULES
from registry.calendar import CHINA
from tests.workflows.ports import Ports, open_transfer, publish
from workflows import timers

ROOT = Path(__file__).parents[2]


def test_the_migrated_schema_is_the_models(database_url):
    engine = make_engine(database_url)
    with engine.begin() as connection:
        made, keyed = guards(connection), keys(connection)
        _empty(connection)
    migrations.upgrade(engine)
    assert differences(engine) == []
    with engine.connect() as connection:
        assert (guards(connection), keys(connection)) == (made, keyed)
    migrations.downgrade(engine, "0001")
    migrations.upgrade(engine)
    assert differences(engine) == []
    with engine.connect() as connection:
        assert (guards(connection), keys(connection)) == (made, keyed)
    engine.dispose()


def differences(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return compare_metadata(context, list(METADATA))


def guards(connection):
    """Triggers and policies, by name: what no comparison of tables sees."""
    if connection.dialect.name == "sqlite":
        return set(
            connection.execute(text("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"))
        )
    triggers = (
        "SELECT tgname, tgrelid::regclass::text, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal"
    )
    policies = "SELECT policyname::text, tablename::text, coalesce(qual, '') FROM pg_policies"
    return set(connection.execute(text(f"{triggers} UNION ALL {policies}")))


def test_a_running_clock_keeps_its_end_through_the_schemas(database_url):
    engine = make_engine(database_url)
    with engine.begin() as connection:
        _empty(connection)
    migrations.upgrade(engine)
    arrived = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
    with make_sessions(engine)() as session:
        belongs_to(session, EVERYTHING)
        publish(session)
        case = open_transfer(session, Ports(), now=arrived)
        session.commit()
    migrations.downgrade(engine, "0002")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT kind FROM timers")).scalars().all() == ["overdue"]
    migrations.upgrade(engine)
    with make_sessions(engine)() as session:
        belongs_to(session, EVERYTHING)
        overdue = datetime(2026, 3, 17, tzinfo=CHINA)
        assert timers.next_due(session, until=overdue) == (case.id, overdue)
    engine.dispose()


def keys(connection):
    """Each table's key, and on SQLite whether its rows lie in the order of it."""
    tables = inspect(connection)
    found = {name: tables.get_pk_constraint(name)["constrained_columns"] for name in tables.get_table_names()}
    found.pop("alembic_version", None)
    if connection.dialect.name == "sqlite":
        rowless = connection.execute(text("SELECT name FROM pragma_table_list WHERE wr"))
        return found, set(rowless.scalars())
    return found


def test_every_table_is_known_to_the_migrations():
    known = {module.__name__ for module in MODULES}
    for package in ("documents", "webapp", "workflows"):
        for file in (ROOT / package).rglob("*.py"):
            if re.search(r"^    __tablename__ = ", file.read_text(), re.M):
                name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
                assert name in known, f"{name} has a table: list it in jisui/tables.py"


def _empty(connection):
    """A database without anything of ours."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        return
    for metadata in METADATA:
        for table in reversed(metadata.sorted_tables):
            connection.execute(text(f"DROP TABLE IF EXISTS {table.name}"))

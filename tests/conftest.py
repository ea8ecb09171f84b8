"""Fixtures for every test: the clock, and a database of its own in SQLite and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from jisui.database import EVERYTHING, belongs_to, create_schema, make_engine, make_sessions
from tests.support.clock import FakeClock
from tests.support.databases import Engines, PostgresqlTemplate, SqliteTemplate, name_folder, remove_folder
from tests.support.memory import remember_cleaned_files, remember_templates

collect_ignore = ["support/toy"]
"""Files that a test adds to a copy of the product."""

pytest_plugins = ["tests.support.provinces"]


LONG = (
    "tests/e2e/",
    "tests/scenarios/",
    "tests/contract/",
    "tests/webapp/",
    "tests/jisui/",
    "tests/documents/",
)


class ByFile(LoadScopeScheduling):
    """A worker gets the tests of one file and one database, and with them what they share.

    Browser tests all stay in one: an open browser has an event loop that others trip over. (xdist 3.8's own
    groups are written to a member of the item that pytest 9.2 no longer reads.)
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "e2e" if file.startswith("tests/e2e/") else f"{file} {'postgresql' in nodeid}"


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        name_folder()
    remember_templates()
    remember_cleaned_files()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        remove_folder()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    config.option.loadscopereorder = False
    return ByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that both workers end together."""
    items.sort(key=lambda item: next((n for n, part in enumerate(LONG) if item.nodeid.startswith(part)), 99))


@pytest.fixture
def clock() -> FakeClock:
    """Monday 2 March 2026, 09:00 in China, until the test moves it."""
    return FakeClock()


@pytest.fixture(scope="session")
def engines() -> Engines:
    return Engines()


@pytest.fixture(scope="session")
def sqlite_template() -> SqliteTemplate:
    return SqliteTemplate(_prepare)


@pytest.fixture(scope="session")
def postgresql_template() -> PostgresqlTemplate:
    return PostgresqlTemplate(_prepare)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database of this test alone, with all tables and no rows."""
    template: SqliteTemplate | PostgresqlTemplate = request.getfixturevalue(f"{request.param}_template")
    copy: AbstractContextManager[str] = template.copy("empty")
    with copy as url:
        yield url


@pytest.fixture
def engine(database_url: str, engines: Engines) -> Iterator[Engine]:
    engine = engines.at(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session that sees everything; a test of scopes makes its own with `make_sessions`."""
    with make_sessions(engine)() as session:
        belongs_to(session, EVERYTHING)
        yield session


def _prepare(url: str) -> None:
    engine = make_engine(url)
    try:
        create_schema(engine)
    finally:
        engine.dispose()

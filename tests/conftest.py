"""Fixtures for every test: the clock, and a database of its own in SQLite and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from jisui.database import EVERYTHING, belongs_to, create_schema, make_engine, make_sessions
from tests.support.clock import FakeClock
from tests.support.databases import Engines, PostgresqlTemplate, SqliteTemplate, name_folder, remove_folder
from tests.support.memory import remember_cleaned_files, remember_templates

pytest_plugins = ["tests.support.provinces"]


E2E = Path(__file__).parent / "e2e"


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        name_folder()
    remember_templates()
    remember_cleaned_files()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        remove_folder()


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What shares something costly stays together in one worker; every other test goes where there is room.

    An open browser has an event loop that others trip over.
    """
    for item in items:
        if item.path.is_relative_to(E2E):
            item.add_marker(pytest.mark.xdist_group("e2e"))
        elif item.get_closest_marker("browser") or _shares(item):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def _shares(item: pytest.Item) -> bool:
    """Does it ask for something that is made once for its module?"""
    made = getattr(item, "_fixtureinfo").name2fixturedefs.values()  # noqa: B009
    return any(fixtures[-1].scope == "module" for fixtures in made)


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

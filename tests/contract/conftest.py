"""Provinces that a whole module of requests shares: most of them leave the register as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.support.databases import SqliteTemplate
from tests.support.province import Province
from tests.support.provinces import copied

REGISTER = (
    "students", "guardians", "records", "record_copies", "movements", "cases", "tasks", "case_offices",
    "clocks", "timers", "history", "applications", "certificate_orders", "certificates", "outbox",
    "notices", "idempotency",
)  # fmt: skip


@pytest.fixture(scope="module")
def standing_province(
    sqlite_province: tuple[Path, SqliteTemplate], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Province]:
    """A province that many requests share."""
    with copied(*sqlite_province, tmp_path_factory.mktemp("contract") / "data") as province:
        yield province


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def each_province(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Province]:
    """The same, on both databases."""
    template = request.getfixturevalue(f"{request.param}_province")
    with copied(*template, tmp_path_factory.mktemp("contract") / "data") as province:
        yield province


@pytest.fixture
def unchanged() -> Callable[[Province], AbstractContextManager[None]]:
    """`with unchanged(province):` nothing of the register, of any case, is added, changed or taken away."""
    return _unchanged


@contextmanager
def _unchanged(province: Province) -> Iterator[None]:
    before = _register(province)
    yield
    assert _register(province) == before


def _register(province: Province) -> dict[str, object]:
    with province.installation.sessions() as session:
        connection = session.connection()
        counted: dict[str, object] = {
            table: connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in REGISTER
        }
        for name, query in (
            ("where", "SELECT school_code, status, count(*) FROM records GROUP BY 1, 2 ORDER BY 1, 2"),
            ("cases now", "SELECT number, status, rev FROM cases ORDER BY 1"),
            ("tasks now", "SELECT id, status, claimed_by FROM tasks ORDER BY 1"),
        ):
            counted[name] = connection.execute(text(query)).all()
    return counted

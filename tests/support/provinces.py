"""A demo province for each scenario, on both databases: made once, copied for each test."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jisui import settings
from jisui.assembly import assembled
from jisui.demo.build import build
from tests.support.databases import PostgresqlTemplate, SqliteTemplate
from tests.support.province import Province


@pytest.fixture(scope="session")
def sqlite_province(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SqliteTemplate]:
    data = tmp_path_factory.mktemp("province") / "data"
    return data, SqliteTemplate(lambda url: _build(data, url), tmp_path_factory.mktemp("provinces"))


@pytest.fixture(scope="session")
def postgresql_province(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PostgresqlTemplate]:
    data = tmp_path_factory.mktemp("province") / "data"
    return data, PostgresqlTemplate(lambda url: _build(data, url), "province")


@pytest.fixture(params=["sqlite", "postgresql"])
def province(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Province]:
    """Two provinces of invented schools and students, no case yet, 2 March 2026, 09:00."""
    with copied(*request.getfixturevalue(f"{request.param}_province"), tmp_path / "data") as province:
        yield province


@contextmanager
def copied(data: Path, template: SqliteTemplate | PostgresqlTemplate, folder: Path) -> Iterator[Province]:
    """A province of its own, its data in `folder`, as long as it is needed."""
    shutil.copytree(data, folder)
    with template.copy() as url:
        stored = json.loads((folder / "settings.json").read_text())
        (folder / "settings.json").write_text(json.dumps(stored | {"database_url": url}))
        installation = assembled(settings.load(folder))
        yield Province(installation, installation.app().test_client())
        installation.database.dispose()


def _build(data: Path, url: str) -> None:
    build(data, "http://127.0.0.1:8000", with_database=url).database.dispose()

"""A demo province for each scenario, on both databases: made once a run, copied for each test."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from jisui import settings
from jisui.assembly import assembled
from jisui.demo.build import build
from tests.support.databases import Engines, PostgresqlTemplate, SqliteTemplate, alone
from tests.support.province import Province

Template = SqliteTemplate | PostgresqlTemplate


@pytest.fixture(scope="session")
def sqlite_province() -> tuple[Path, SqliteTemplate]:
    with alone("province-on-sqlite") as data:
        return data, SqliteTemplate(lambda url: _build(data, url), "province")


@pytest.fixture(scope="session")
def postgresql_province() -> tuple[Path, PostgresqlTemplate]:
    with alone("province-on-postgresql") as data:
        return data, PostgresqlTemplate(lambda url: _build(data, url), "province")


@pytest.fixture(params=["sqlite", "postgresql"])
def province(request: pytest.FixtureRequest, engines: Engines, tmp_path: Path) -> Iterator[Province]:
    """Two provinces of invented schools and students, no case yet, 2 March 2026, 09:00."""
    made = request.getfixturevalue(f"{request.param}_province")
    with copied(*made, tmp_path / "data", engines) as province:
        yield province


@contextmanager
def copied(
    data: Path, template: Template, folder: Path, engines: Engines | None = None
) -> Iterator[Province]:
    """A province of its own, its data in `folder`, as long as it is needed.

    With `engines`, one at a time: the next one takes its address.
    """
    shutil.copytree(data, folder)
    with template.copy("province" if engines else "") as url:
        stored = json.loads((folder / "settings.json").read_text())
        (folder / "settings.json").write_text(json.dumps(stored | {"database_url": url}))
        installation = assembled(settings.load(folder))
        if engines:
            installation = replace(installation, database=engines.at(url))
        try:
            yield Province(installation, installation.app().test_client())
        finally:
            installation.database.dispose()


def _build(data: Path, url: str) -> None:
    shutil.rmtree(data, ignore_errors=True)
    build(data, "http://127.0.0.1:8000", with_database=url).database.dispose()

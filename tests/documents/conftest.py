"""A press with a demonstration authority in a temporary folder, and a register in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from documents import model
from documents.press import Press
from documents.render import Renderer
from documents.signing.dev_ca import DevAuthority
from documents.store import FileStore


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer("https://v.example.edu.cn/c/")


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> DevAuthority:
    return DevAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def press(renderer, authority, tmp_path_factory) -> Press:
    store = FileStore(tmp_path_factory.mktemp("store"))
    return Press(renderer, authority.signer(), store, authority.trust)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    tables = [table for name, table in model.Base.metadata.tables.items() if name.startswith("certificate")]
    model.Base.metadata.create_all(engine, tables=tables)
    with Session(engine) as session:
        yield session
    engine.dispose()

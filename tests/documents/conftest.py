"""A press with a demonstration authority in a temporary folder, for the tests of this folder."""

from __future__ import annotations

import pytest

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

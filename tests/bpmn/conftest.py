from __future__ import annotations

from pathlib import Path

import pytest

from tests.bpmn.drawings import FILES, Drawing, read


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def drawing(path: Path) -> Drawing:
    return read(path)

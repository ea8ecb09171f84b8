"""Every test of the register has keys; nothing is ever stored in clear instead."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from registry import encryption
from registry.encryption import KeyRing


@pytest.fixture(autouse=True)
def key_ring() -> Iterator[KeyRing]:
    ring = KeyRing.generate()
    encryption.use(ring)
    yield ring
    encryption.use(ring)

"""Browsers in the demo province."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.province import Province
from tests.webapp.browser import Browser


@pytest.fixture
def signed_in(province: Province) -> Callable[[str], Browser]:
    """The browser of an official, signed in: `signed_in("leader.350102")`."""
    app = province.client.application

    def open_browser(username: str) -> Browser:
        browser = Browser(app)
        assert browser.sign_in(username).status == 303
        return browser

    return open_browser

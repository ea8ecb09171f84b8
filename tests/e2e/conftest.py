"""One demo and one browser for all of these tests; each test opens windows and takes children of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.demo import Demo, running
from tests.e2e.people import Official
from tests.e2e.visitor import DESK, PHONE, Visitor, visitor
from tests.support.chromium import launch

OpenWindow = Callable[..., Visitor]
SignIn = Callable[[str], Official]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running(tmp_path_factory.mktemp("demo") / "data") as started:
        yield started


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


@pytest.fixture
def window(browser: Browser, demo: Demo) -> Iterator[OpenWindow]:
    """Open a window; at the end of the test nothing may have gone wrong in any."""
    with ExitStack() as windows:
        yield lambda **options: windows.enter_context(visitor(browser, demo.url, **options))


@pytest.fixture
def phone(window: OpenWindow) -> Visitor:
    """A parent's telephone."""
    return window(**PHONE)


@pytest.fixture
def signed_in(window: OpenWindow, demo: Demo) -> SignIn:
    """An official at a desk of their own: `signed_in("leader.350102")`."""
    return lambda username: Official(window(**DESK), username).sign_in(demo.password)

"""Every page, at a telephone's width and at a desk's: accessible, not too wide, light."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conditions import WIDTHS, grave_findings, too_wide, weight
from tests.e2e.demo import Demo
from tests.e2e.pages import EVERY, Stop, World
from tests.e2e.pages import world as prepare
from tests.e2e.visitor import Visitor, visitor
from webapp.display import LARGE

MANY_OFFICES = """() => {
    const row = document.querySelector("[aria-labelledby=s-offices] tbody tr");
    for (let n = 0; n < 39; n++) row.after(row.cloneNode(true));
}"""
PARENTS_KB, OFFICIALS_KB = 60, 150


@pytest.fixture(scope="module")
def world(browser: Browser, demo: Demo) -> World:
    return prepare(browser, demo)


@pytest.fixture(scope="module")
def windows(browser: Browser, demo: Demo, world: World) -> Iterator[dict[str, Visitor]]:
    """One window for each person, kept from page to page."""
    opened = {who: visitor(browser, demo.url, storage_state=state) for who, state in world.states.items()}
    yield {who: manager.__enter__() for who, manager in opened.items()}
    for manager in opened.values():
        manager.__exit__(None, None, None)


def come_to(stop: Stop, windows: dict[str, Visitor], world: World) -> Visitor:
    window = windows[stop.who]
    window.faults.clear()
    window.page.context.clear_cookies(name=LARGE)
    window.page.set_viewport_size({"width": 1440, "height": 900})
    world.visit(window, stop)
    return window


@pytest.mark.parametrize("stop", EVERY, ids=lambda stop: stop.name)
def test_page(stop: Stop, windows: dict[str, Visitor], world: World):
    window = come_to(stop, windows, world)
    page = window.page
    faults = [f"at {page.viewport_size}: {one}" for one in grave_findings(page)]
    for width in reversed(WIDTHS):
        faults += too_wide(page, width)
        if width == 360:
            faults += [f"at 360: {one}" for one in grave_findings(page)]
            faults += [f"in large type: {one}" for one in too_wide_in_large_type(page)]
    assert page.locator("h1:visible").count() == 1
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert not faults + window.faults, "\n".join(faults + window.faults)


def too_wide_in_large_type(page: Page) -> list[str]:
    page.evaluate("document.documentElement.classList.add('large-type')")
    found = too_wide(page, 360)
    page.evaluate("document.documentElement.classList.remove('large-type')")
    return found


@pytest.mark.parametrize("name", ["apply-guide", "apply-4-evidence", "track-overdue"])
def test_a_first_visit_of_a_family_is_light(name: str, windows: dict[str, Visitor], world: World):
    stop = next(one for one in EVERY if one.name == name)
    assert_light(stop, windows, world, PARENTS_KB)


@pytest.mark.parametrize("name", ["inbox", "task"])
def test_a_page_of_the_bench_is_light(name: str, windows: dict[str, Visitor], world: World):
    stop = next(one for one in EVERY if one.name == name)
    assert_light(stop, windows, world, OFFICIALS_KB)


def test_the_overview_prints_on_one_sheet_however_many_offices(windows: dict[str, Visitor], world: World):
    page = come_to(next(one for one in EVERY if one.name == "office"), windows, world).page
    page.evaluate(MANY_OFFICES)
    with pikepdf.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as printed:
        [sheet] = printed.pages
        left, bottom, right, top = map(float, sheet.mediabox)
        assert right - left > top - bottom


def assert_light(stop: Stop, windows: dict[str, Visitor], world: World, most: int) -> None:
    window = windows[stop.who]
    parts = weight(window.page, window.url + world.path(stop))
    assert sum(parts.values()) <= most * 1024, parts

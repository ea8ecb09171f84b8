"""Take the pictures of docs/screenshots from a fresh demo province: `./run screenshots`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.demo import Demo, running
from tests.support.chromium import launch

FOLDER = Path(__file__).parent / "screenshots"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
OFFICE = "350582"
"""晋江市教育局: cases of generated schools wait there from the start."""


def take(browser: Browser, demo: Demo) -> None:
    desk = browser.new_page(viewport=DESK, base_url=demo.url, locale="zh-CN")
    desk.goto("/sign-in")
    desk.fill("[name=username]", f"registrar.{OFFICE}")
    desk.fill("[name=password]", demo.password)
    desk.click("main [type=submit], main button")
    keep(desk, "/inbox", "inbox")
    task = desk.locator("a[href*='/tasks/']").first.get_attribute("href")
    assert task, f"no task waits at {OFFICE}"
    keep(desk, task, "task")
    keep(desk, "/office", "office")
    phone = browser.new_page(
        viewport=PHONE, base_url=demo.url, locale="zh-CN", has_touch=True, device_scale_factor=2
    )
    keep(phone, "/apply/transfer", "apply")
    keep(phone, "/track", "track")


def keep(page: Page, path: str, name: str) -> None:
    answer = page.goto(path, wait_until="networkidle")
    assert answer is not None and answer.ok, f"{path} answers {answer and answer.status}"
    page.screenshot(path=FOLDER / f"{name}.png")


def main() -> None:
    with (
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "data") as demo,
    ):
        browser = launch(playwright)
        take(browser, demo)
        browser.close()


if __name__ == "__main__":
    main()

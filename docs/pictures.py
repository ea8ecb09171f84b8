"""Take the pictures of docs/screenshots from a fresh demo province: `./run screenshots`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent / "screenshots"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
OFFICE = "350582"
"""晋江市教育局: cases of generated schools wait there from the start."""


@contextmanager
def demo_province() -> Iterator[tuple[str, str]]:
    """Address and password of a demo with a port and a folder of its own; it runs while the block does."""
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "jisui", "--data", data, "demo", "--port", "0", "--json"]
        demo = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert demo.stdout is not None
            told = json.loads(demo.stdout.readline())
            yield told["url"], told["password"]
        finally:
            demo.terminate()
            demo.wait()


def take(browser: Browser, url: str, password: str) -> None:
    desk = browser.new_page(viewport=DESK, base_url=url, locale="zh-CN")
    desk.goto("/sign-in")
    desk.fill("[name=username]", f"registrar.{OFFICE}")
    desk.fill("[name=password]", password)
    desk.click("main [type=submit], main button")
    keep(desk, "/inbox", "inbox")
    task = desk.locator("a[href*='/tasks/']").first.get_attribute("href")
    assert task, f"no task waits at {OFFICE}"
    keep(desk, task, "task")
    keep(desk, "/office", "office")
    phone = browser.new_page(
        viewport=PHONE, base_url=url, locale="zh-CN", has_touch=True, device_scale_factor=2
    )
    keep(phone, "/apply/transfer", "apply")
    keep(phone, "/track", "track")


def keep(page: Page, path: str, name: str) -> None:
    answer = page.goto(path, wait_until="networkidle")
    assert answer is not None and answer.ok, f"{path} answers {answer and answer.status}"
    page.screenshot(path=FOLDER / f"{name}.png")


def main() -> None:
    chromium = shutil.which("chromium")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's own does not run as root
    with sync_playwright() as playwright, demo_province() as (url, password):
        browser = playwright.chromium.launch(executable_path=chromium, args=sandbox)
        take(browser, url, password)
        browser.close()


if __name__ == "__main__":
    main()

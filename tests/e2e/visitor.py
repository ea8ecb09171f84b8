"""A person in front of a browser. Whatever goes wrong beside the page is noted and fails the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
WAIT_MS = 30_000


@dataclass
class Visitor:
    """One browser window, and what it complained about."""

    page: Page
    url: str
    has_script: bool = True
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(WAIT_MS)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def go(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def says(self, words: str) -> bool:
        """Do these words stand on the page? Gaps do not count."""
        shown = self.page.locator("body").inner_text()
        return "".join(words.split()) in "".join(shown.split())

    def reads(self, *words: str) -> None:
        """All of these words stand on the page, or soon will: a page fetched ahead asks for its news."""
        missing = list(words)
        for _ in range(20):
            missing = [one for one in missing if not self.says(one)]
            if not missing:
                return
            self.page.wait_for_timeout(100)
        assert not missing, f"{missing} not on {self.page.url}:\n{self.page.locator('body').inner_text()}"

    def press(self, words: str) -> None:
        """Press the button, or follow the link that looks like one, and wait for the next page."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words).or_(
                self.page.locator("a.govuk-button", has_text=words)
            ).first.click()

    def _console(self, message: ConsoleMessage) -> None:
        # Answers like 409 are part of the work; `_response` tells those that are not.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text} ({message.location.get('url')})")

    def _request(self, request: Request) -> None:
        own, asked = urlsplit(self.url), urlsplit(request.url)
        if asked.scheme in ("http", "https", "ws") and asked.netloc != own.netloc:
            self.faults.append(f"left the origin: {request.url}")

    def _response(self, response: Response) -> None:
        part = response.request.resource_type != "document"
        if response.status >= 500 or (part and response.status >= 400):
            self.faults.append(f"{response.status}: {response.url}")


@contextmanager
def visitor(browser: Browser, url: str, **options: Any) -> Iterator[Visitor]:
    """Open a window of its own; on leaving, nothing may have gone wrong in it."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **options)
    try:
        someone = Visitor(context.new_page(), url, options.get("java_script_enabled", True))
        yield someone
        assert not someone.faults, "\n".join(someone.faults)
    finally:
        context.close()

"""Take a picture of every page, on a phone and at a desk, into docs/screenshots: `./run screenshots`.

The pictures show a fresh demo province; a full inbox is filed for them first.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.demo import Demo, running
from tests.e2e.pages import FAMILY, OFFICIAL, World, world
from tests.e2e.visitor import visitor
from tests.support.chromium import launch

FOLDER = Path(__file__).parent / "screenshots"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}
COLOURS = 192
WAITING = 16
"""Cases that wait at 晋江市教育局 beside the sample one, filed on as many days."""


def fill_inbox(demo: Demo) -> None:
    for place in range(WAITING):
        demo.filed(30 + place, agreed=1, days_ago=1 + place)


def take(browser: Browser, demo: Demo, prepared: World, wanted: list[str]) -> None:
    """All stops, or those whose name begins with one of the wanted words."""
    for who, state in prepared.states.items():
        with visitor(browser, demo.url, storage_state=state) as window:
            for stop in (*FAMILY, *OFFICIAL):
                if stop.who != who or (wanted and not stop.name.startswith(tuple(wanted))):
                    continue
                for size in (DESK, PHONE):
                    window.page.set_viewport_size(size)
                    window.go(prepared.path(stop))
                    stop.act(window.page)
                    keep(window.page, f"{stop.name}-{size['width']}")


def keep(page: Page, name: str) -> None:
    """The whole page for a family's phone, else the window."""
    page.wait_for_load_state("networkidle")
    whole = page.locator("body.public").count() > 0 and name.endswith(str(PHONE["width"]))
    taken = Image.open(io.BytesIO(page.screenshot(full_page=whole, animations="disabled")))
    flat(taken.convert("RGB")).save(FOLDER / f"{name}.png", optimize=True)


def flat(picture: Image.Image) -> Image.Image:
    """The same in its most frequent colours: the repository stays small, and signs keep theirs."""
    used = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)[:COLOURS]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _count, colour in used for part in colour])  # type: ignore[union-attr]
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


def main() -> None:
    """With words: only the pages whose name begins with one of them."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "data") as demo:
        fill_inbox(demo)
        with sync_playwright() as playwright:
            browser = launch(playwright)
            take(browser, demo, world(browser, demo), sys.argv[1:])
            browser.close()


if __name__ == "__main__":
    main()

"""Take a picture of every page, on a phone and at a desk, into docs/screenshots: `./run screenshots [NAME…]`.

The pages are those that `tests/e2e/test_pages.py` walks, in a fresh demo province.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.demo import Demo, running
from tests.e2e.pages import EVERY, Stop, World, world
from tests.e2e.visitor import visitor
from tests.support.chromium import launch

FOLDER = Path(__file__).parent / "screenshots"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
KIND = "webp"
LONGEST = 2400
HEIGHT = f"() => Math.min(document.documentElement.scrollHeight, {LONGEST})"
CERTIFICATE = "certificate"
WHOSE = {
    "Families": ("home", "apply-", "track-"),
    "Anyone": ("verify", "not-found"),
    "Officials": ("sign-in", "inbox", "task", "case", "student", "references", "office"),
}
HEAD = """\
# What it looks like

Written by `docs/pictures.py`: `./run screenshots` takes all of them anew from a fresh demo province,
`./run screenshots task track` those whose names begin so. At a desk 1440 px wide, on a phone 360 px.
"""


def take(browser: Browser, demo: Demo, prepared: World, stops: Sequence[Stop]) -> None:
    for who in prepared.states:
        with visitor(browser, demo.url, storage_state=prepared.states[who]) as window:
            for stop in stops:
                if stop.who == who:
                    window.page.set_viewport_size(DESK)
                    prepared.visit(window, stop)
                    keep(window.page, stop.name)


def keep(page: Page, name: str) -> None:
    """As the page is now, at both widths: the bench at a desk as the window shows it, all else whole."""
    bench = page.locator("body.bench").count() > 0
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        if size == PHONE or not bench:
            page.set_viewport_size(size | {"height": page.evaluate(HEIGHT)})
        page.wait_for_load_state("networkidle")
        taken = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
        save(taken, file(name, size["width"]))


def save(picture: Image.Image, path: Path) -> None:
    picture.convert("RGB").save(path, "WEBP", quality=55, method=6)


def file(name: str, width: int) -> Path:
    return FOLDER / f"{name}-{width}.{KIND}"


def certificate(demo: Demo, folder: Path) -> None:
    """Page 1 of a certificate, drawn by poppler."""
    number = demo.papers()["valid"].partition("-")[0]
    with demo.installation.sessions() as session:
        found = demo.installation.desk.find(session, number)
        assert found is not None
        pdf = folder / "paper.pdf"
        pdf.write_bytes(demo.installation.desk.pdf(found))
    subprocess.run(["pdftoppm", "-r", "96", "-png", "-singlefile", pdf, folder / "paper"], check=True)
    save(Image.open(folder / "paper.png"), FOLDER / f"{CERTIFICATE}.{KIND}")


def index(names: Sequence[str]) -> str:
    """Both widths of every page beside each other, for the folder's README."""
    parts = [line for title, begins in WHOSE.items() for line in _part(title, begins, names)]
    return "".join([HEAD, *parts, f"\n## A certificate\n\n![转学联系函]({CERTIFICATE}.{KIND})\n"])


def _part(title: str, begins: tuple[str, ...], names: Sequence[str]) -> Iterator[str]:
    yield f"\n## {title}\n\n| page | 1440 px | 360 px |\n|---|---|---|\n"
    for name in names:
        if name.startswith(begins):
            desk, phone = (f'<img src="{file(name, size["width"]).name}"' for size in (DESK, PHONE))
            words = name.replace("-", " ")
            yield f'| {words} | {desk} width="640" alt="{words}"> | {phone} width="180" alt="{words}"> |\n'


def main() -> None:
    """With words: only the pages whose name begins with one of them."""
    FOLDER.mkdir(exist_ok=True)
    wanted = tuple(sys.argv[1:]) or ("",)
    stops = [stop for stop in EVERY if stop.name.startswith(wanted)]
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "data") as demo:
        with sync_playwright() as playwright:
            browser = launch(playwright)
            take(browser, demo, world(browser, demo), stops)
            browser.close()
        if CERTIFICATE.startswith(wanted):
            certificate(demo, Path(folder))
    (FOLDER / "README.md").write_text(index([stop.name for stop in EVERY]), "utf-8")


if __name__ == "__main__":
    main()

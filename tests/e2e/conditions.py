"""What must hold on every page: accessible by axe's rules, never wider than the window, light."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

from playwright.sync_api import Page, Response

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
WIDTHS = (320, 360, 1024, 1440)
GRAVE = ("serious", "critical")
RUN_AXE = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
# What sticks out of the window, unless it scrolls in a region of its own.
TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const clips = (one) => ["auto", "scroll", "hidden"].includes(getComputedStyle(one).overflowX);
    const scrolls = (one) => one && one !== document.body && (clips(one) || scrolls(one.parentElement));
    return [...document.querySelectorAll("body *")]
        .filter((one) => one.getBoundingClientRect().right > width + 1 && !scrolls(one.parentElement))
        .map((one) => `${one.tagName.toLowerCase()}.${[...one.classList].join(".")}`).slice(0, 8)
        .concat(`${document.documentElement.scrollWidth} > ${width}`);
}"""


@cache
def axe_source() -> str:
    assert AXE.exists(), "npm packages are missing: ./run assets installs them"
    return AXE.read_text(encoding="utf-8")


def grave_findings(page: Page) -> list[str]:
    """What axe calls serious or critical, with the elements."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(axe_source())
    found = page.evaluate(RUN_AXE)
    return [
        f"{one['impact']} {one['id']}: {[node['html'][:160] for node in one['nodes'][:4]]}"
        for one in found
        if one["impact"] in GRAVE
    ]


def too_wide(page: Page, width: int, height: int = 800) -> list[str]:
    """What would make one scroll sideways at this width."""
    page.set_viewport_size({"width": width, "height": height})
    found: list[str] = page.evaluate(TOO_WIDE)
    return [f"{width} px: {one}" for one in found]


def weight(page: Page, address: str) -> dict[str, int]:
    """Bytes of a page and everything it loads, compressed as on the wire.

    Pictures of evidence are left out, and what is fetched ahead for the next page.
    """
    loaded: list[Response] = []

    def keep(answer: Response) -> None:
        if "sec-purpose" not in answer.request.headers:
            loaded.append(answer)

    page.on("response", keep)
    page.goto(address, wait_until="networkidle")
    page.remove_listener("response", keep)
    return {
        answer.url: len(gzip.compress(answer.body()))
        for answer in loaded
        if answer.ok and answer.request.resource_type != "image"
    }

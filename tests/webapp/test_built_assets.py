"""What a browser is given: light, from our own host, with nothing in it that may not be there."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "webapp/static"
MANIFEST: dict[str, str] = json.loads((STATIC / "manifest.json").read_text("utf-8"))


def built(name: str) -> bytes:
    return (STATIC / MANIFEST[name]).read_bytes()


def weight(*names: str) -> int:
    """Bytes that travel for these files, compressed."""
    return sum(len(gzip.compress(built(name))) for name in names)


def test_every_asset_a_page_asks_for_is_built() -> None:
    pages = "".join(page.read_text("utf-8") for page in (ROOT / "webapp/templates").rglob("*.html"))
    assert set(re.findall(r"asset\('([^']+)'", pages)) <= set(MANIFEST)


def test_a_file_is_named_by_its_content_so_that_it_can_be_kept_for_a_year() -> None:
    assert all(re.fullmatch(r"[a-z]+-[0-9A-Za-z]{8}\.(css|js)", name) for name in MANIFEST.values())


def test_a_parents_page_is_light_on_a_first_visit() -> None:
    assert weight("public.css", "public.js") <= 45_000  # of 60 KB; the rest is the page


def test_an_officials_page_is_light_without_the_diagram() -> None:
    assert weight("public.css", "bench.css", "bench.js") <= 120_000  # of 150 KB


def test_nothing_is_loaded_from_another_host() -> None:
    styles = b"".join(built(name) for name in MANIFEST if name.endswith(".css"))
    assert not re.findall(rb"url\(\"?(?:https?:)?//|@import", styles)
    scripts = b"".join(built(name) for name in MANIFEST if name.endswith(".js"))
    assert not re.findall(rb"(?:fetch|import|\.src=|\.open)\(?[\"'](?:https?:)?//", scripts)


def test_no_mark_of_another_government_is_used() -> None:
    everything = b"".join(built(name) for name in MANIFEST).lower()
    assert not [word for word in (b"gds transport", b"crest", b"crown", b"gov.uk") if word in everything]


def test_what_others_wrote_is_named_with_its_licence() -> None:
    text = (STATIC / "licences.txt").read_text("utf-8")
    assert {"bpmn-js", "diagram-js", "govuk-frontend"} <= set(
        re.findall(r"^([\w.@/-]+) \d\S* \(", text, re.MULTILINE)
    )

# mypy: allow-untyped-calls
"""From facts to a PDF/A-3u page, the same bytes for the same paper.

Build one `Renderer` in each worker process: fonts take 0.3 s to load, and a font configuration for
each page would leak 4 MB a page. Not for the web process.
"""

from __future__ import annotations

import gc
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pydyf  # type: ignore[import-untyped]
import segno
import weasyprint
from cssselect2 import ElementWrapper  # type: ignore[import-untyped]
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from documents import fonts
from documents.facts import KINDS, TEMPLATES, Paper, canonical_json
from documents.wording import chinese_date, grouped_code, grouped_number, plain_date
from registry.words import grade_words

TEMPLATE_VERSION = 2
"""Raise by one whenever a template or its style changes: it is stored with each certificate."""

MANY_OFFICES = 7
POINTS_PER_PX = 0.75
QR_MM = 28
QUIET = 4
"""Modules of empty border that a reader needs."""


class DoesNotFit(Exception):
    """The facts do not fit on one page, however close the lines."""


@dataclass(frozen=True)
class Density:
    """How close the page is set: a class of the style sheet and the height of a table's row."""

    name: str
    row_mm: float


@dataclass(frozen=True)
class Box:
    """A rectangle on the page in PDF points from the lower left corner."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class Page:
    """One rendered certificate before its seal, and where the seal goes."""

    pdf: bytes
    seal: Box


class Renderer:
    """Sets certificates in type. `verify_url` is the public address before the number (https://…/c/)."""

    def __init__(self, verify_url: str) -> None:
        fonts.isolate_fontconfig()
        fonts.tofu_is_an_error()
        self._verify_url = verify_url
        self._fetcher = URLFetcher(allowed_protocols=("data",))
        self._font_config = FontConfiguration()
        self._css = weasyprint.CSS(TEMPLATES / "certificate.css", font_config=self._font_config)
        self._srgb = (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
        )
        for words in (chinese_date, plain_date, grade_words, grouped_number, grouped_code):
            self._templates.filters[words.__name__] = words

    @property
    def version(self) -> str:
        """What the bytes depend on besides the facts; stored with each certificate."""
        face = fonts.REGULAR_SHA256[:8]
        return f"weasyprint {weasyprint.__version__} / template {TEMPLATE_VERSION} / font {face}"

    def pdf(self, paper: Paper) -> Page:
        """Render one certificate. Raises `fonts.GlyphMissing` or `DoesNotFit`."""
        with _collected_once():
            return self._set(paper)

    def _set(self, paper: Paper) -> Page:
        issued_at = paper.issued_at.astimezone(UTC)  # the library writes it down as UTC
        attachment = weasyprint.Attachment(
            file_obj=io.BytesIO(canonical_json(paper)),
            name="certificate.json",
            created=issued_at,
            modified=issued_at,
            relationship="Data",
        )
        options: dict[str, Any] = {
            "pdf_variant": "pdf/a-3u",
            "pdf_tags": True,
            "output_intent": "sRGB",
            "attachments": [attachment],
            "pdf_identifier": hashlib.sha256(paper.number.encode()).digest()[:16],
        }
        for density in _densities(paper):
            document = _Html(self._html(paper, density), self._fetcher).render(
                stylesheets=[self._css],
                font_config=self._font_config,
                color_profiles={"sRGB": _profile(self._srgb)},
                **options,
            )
            places = document.pages[0].anchors
            if len(document.pages) == 1 and places["body"][3] <= places["closing"][1]:
                data = document.write_pdf(finisher=_finish, **options)
                return Page(data, _box(places["seal"], document.pages[0].height))
        raise DoesNotFit(paper.number)

    def _html(self, paper: Paper, density: Density) -> str:
        kind = KINDS[paper.kind]
        return self._templates.get_template(kind.template).render(
            kind=kind,
            paper=paper,
            facts=paper.facts,
            density=density,
            qr=_qr(f"{self._verify_url}{paper.number}-{paper.code}"),
            host=urlsplit(self._verify_url).netloc,
        )


@contextmanager
def _collected_once() -> Iterator[None]:
    """A page leaves five thousand objects that hold each other: they are collected once, when it is done.

    Left alone the collector looks through them again and again while they are in use, and now and
    then through those of eight pages at once, which the ninth waits for.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect(0)


class _Html(weasyprint.HTML):
    """A page of well-formed markup whose rules all stand in certificate.css.

    So it needs neither the library's parser for any HTML nor its style sheet for any element, 190
    rules which make five pseudo-elements of each: together a seventh of the time of a page.
    """

    def __init__(self, markup: str, fetcher: URLFetcher) -> None:
        self.base_url = None
        self.url_fetcher = fetcher
        self.media_type = "print"
        self.etree_element = ElementTree.fromstring(markup)  # noqa: S314 - our own template, values escaped
        self.wrapper_element = ElementWrapper.from_html_root(self.etree_element, content_language=None)

    def _ua_stylesheets(self, forms: bool = False) -> list[weasyprint.CSS]:
        return []


@dataclass(frozen=True)
class _Qr:
    """A code as picture address; `quiet_mm` is its empty border, hung into the margin of the text."""

    address: str
    quiet_mm: float


def _qr(url: str) -> _Qr:
    """Capitals, so that the code needs only the alphanumeric mode and its modules stay large."""
    code = segno.make(url.upper(), error="m", micro=False)
    modules = code.symbol_size(border=QUIET)[0]
    address = code.svg_data_uri(border=QUIET, dark="#17211f")
    return _Qr(address, round(QR_MM * QUIET / modules, 2))


def _densities(paper: Paper) -> tuple[Density, ...]:
    """The loosest first. Rows share the room between the text and the closing, at most 9.5 mm each."""
    offices = len(getattr(paper.facts, "approvals", ()))
    name, room = ("close", 107) if offices >= MANY_OFFICES else ("", 101)
    row_mm = min(9.5, round(room / (6 + offices), 1))
    steps = Density(name, row_mm), Density("close", min(row_mm, 8)), Density("tight", 7.2)
    return tuple(dict.fromkeys(steps))


def _box(place: tuple[float, float, float, float], page_height: float) -> Box:
    left, top, right, bottom = place
    return Box(
        left * POINTS_PER_PX,
        (page_height - bottom) * POINTS_PER_PX,
        right * POINTS_PER_PX,
        (page_height - top) * POINTS_PER_PX,
    )


def _profile(data: bytes) -> ColorProfile:
    """The library's own colour profile, from memory: left alone it opens the file and never closes it.

    A new object for each page, because writing one out changes what it writes the next time.
    """
    return ColorProfile(io.BytesIO(data), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))


def _finish(_document: Any, pdf: Any) -> None:
    """Corrections before the file is written.

    XMP alone says who produced it: the signature changes Info and XMP differently.
    The catalogue names the attachment once: the library adds it from two lists. Fonts are compressed
    here at level 6: the library's level 9 saves 3 % of their bytes and costs 15 ms a page.
    """
    pdf.info.clear()
    pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and "Length1" in item.extra and item.compress:
            item.stream = [zlib.compress(b"".join(item.stream), 6)]
            item.extra["Filter"] = "/FlateDecode"
            item.compress = False

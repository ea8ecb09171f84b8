"""Small rules: words on paper, characters of the face, the archive rules, the store."""

from __future__ import annotations

import io
import logging
from datetime import date

import pikepdf
import pytest

from documents import fetch_fonts, fonts, numbering, pdfa, seal_art, wording
from documents.store import FileStore
from tests.documents.papers import LONG_SCHOOL, paper


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 10, 20), "二〇二六年十月二十日"),
        (date(2027, 1, 1), "二〇二七年一月一日"),
        (date(2030, 12, 31), "二〇三〇年十二月三十一日"),
        (date(2026, 9, 10), "二〇二六年九月十日"),
    ],
)
def test_dates_on_paper(on, words):
    assert wording.chinese_date(on) == words


def test_the_face_is_asked_about_each_character_once():
    assert fonts.missing("张𠮷𠮷\ue863王") == ["U+20BB7", "U+E863"]
    assert fonts.missing("林一航〇䶮·") == []


def test_names_are_not_normalised():
    """U+F900 is another character than U+8C48: what is typed is what is checked and printed."""
    assert fonts.missing("\uf900") in ([], ["U+F900"])


def test_the_fetched_fonts_are_the_ones_we_know():
    assert fetch_fonts.present()


def test_the_guard_raises_only_for_missing_glyphs():
    fonts.tofu_is_an_error()
    logger = logging.getLogger("weasyprint")
    logger.warning("another warning")
    with pytest.raises(fonts.GlyphMissing):
        logger.warning('.notdef glyph rendered for Unicode string unsupported by fonts: "𠮷" (U+20BB7)')


def test_codes_have_50_bits_in_characters_nobody_mistakes():
    code = numbering.new_code()
    assert len(code) == 10
    assert set(code) <= set(numbering.CROCKFORD)
    assert not set("ILOU") & set(numbering.CROCKFORD)
    assert numbering.read_code("7qk3m 8xw2d") == "7QK3M8XW2D"
    assert numbering.read_code("OIL-oil") == "011011"


@pytest.mark.parametrize("name", ["榕城小学", "福州市榕城小学", LONG_SCHOOL])
def test_a_seal_stays_inside_its_square(name):
    for line in seal_art.demo_seal(name).decode().splitlines()[3:-1]:
        numbers = [float(word) for word in line.split() if word.lstrip("-").replace(".", "").isdigit()]
        pairs = list(zip(numbers[::2], numbers[1::2], strict=False))
        assert all(x * x + y * y < (seal_art.SIZE / 2) ** 2 for x, y in pairs)


@pytest.mark.parametrize("name", ["榕城小学", "福州市榕城小学", LONG_SCHOOL])
def test_a_seal_leaves_its_middle_free_for_the_date(name):
    """12 pt of text across the centre: no character of the name reaches into it."""
    for line in seal_art.demo_seal(name).decode().splitlines()[3 : 3 + len(name)]:
        numbers = [float(word) for word in line.split() if word.lstrip("-").replace(".", "").isdigit()]
        assert min(numbers[1::2]) > 6


def test_every_drawn_seal_says_that_it_is_for_demonstration():
    one, other = seal_art.demo_seal("榕城小学"), seal_art.demo_seal("晋江实验小学")
    assert one.splitlines()[-9:] == other.splitlines()[-9:]  # 演示专用 and 电子印章, the same on each


def _broken(pdf: bytes, change) -> list[str]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        out = io.BytesIO()
        document.save(out)
    return pdfa.check(out.getvalue())


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (lambda d: d.Root.__delitem__("/Metadata"), "XMP: none"),
        (lambda d: d.Root.__delitem__("/OutputIntents"), "OutputIntents"),
        (lambda d: d.Root.__delitem__("/AF"), "attachments"),
        (lambda d: d.Root.AF[0].__delitem__("/EF"), "attachment: without /EF"),
        (lambda d: d.docinfo.__setitem__("/Title", "x"), "Info"),
        (lambda d: d.Root.__setitem__("/AA", pikepdf.Dictionary(AA=pikepdf.Dictionary())), "action"),
    ],
)
def test_the_archive_rules_find_what_breaks_them(renderer, change, finding):
    found = _broken(renderer.pdf(paper()).pdf, change)
    assert any(line.startswith(finding) for line in found), found


def test_the_archive_rules_find_bytes_after_the_end(renderer):
    assert pdfa.check(renderer.pdf(paper()).pdf + b"x") == ["end: bytes after %%EOF"]


def test_a_stored_file_keeps_its_name_and_content(tmp_path):
    store = FileStore(tmp_path)
    key = store.put(b"one")
    assert store.put(b"one") == key
    assert store.get(key) == b"one"
    stray = store.put(b"two")
    assert list(store.orphans({key})) == [stray]
    store.delete(stray)
    assert list(store.orphans({key})) == []

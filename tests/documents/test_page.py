"""The page of a transfer letter."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import replace

import pikepdf
import pytest
import segno
from PIL import Image

from documents import pdfa
from documents.facts import canonical_json
from documents.fonts import GlyphMissing
from documents.render import DoesNotFit, Renderer
from documents.seal_art import SIZE
from tests.documents.papers import LONG_NAME, LONG_SCHOOL, paper, transfer_facts

MM = 72 / 25.4


def long_facts(offices):
    facts = transfer_facts(
        offices,
        student_name=LONG_NAME,
        sending=replace(transfer_facts().sending, name=LONG_SCHOOL),
        receiving=replace(transfer_facts().receiving, name=LONG_SCHOOL[::-1]),
    )
    first, second, third, *rest = facts.approvals
    named = (replace(first, office=LONG_SCHOOL[::-1]), second, replace(third, office=LONG_SCHOOL), *rest)
    return replace(facts, approvals=named)


def text_of(pdf: bytes, tmp_path) -> str:
    (tmp_path / "page.pdf").write_bytes(pdf)
    command = ["pdftotext", "-layout", str(tmp_path / "page.pdf"), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("offices", [3, 4, 5, 6, 7, 8])
def test_every_route_fits_one_page(renderer, offices):
    page = renderer.pdf(paper(transfer_facts(offices)))
    assert len(pikepdf.open(io.BytesIO(page.pdf)).pages) == 1


@pytest.mark.parametrize("offices", [3, 4, 6, 8])
def test_long_names_fit_one_page(renderer, offices):
    assert (len(LONG_SCHOOL), len(LONG_NAME)) == (22, 15)
    page = renderer.pdf(paper(long_facts(offices), issuer_name=LONG_SCHOOL))
    assert len(pikepdf.open(io.BytesIO(page.pdf)).pages) == 1


@pytest.mark.parametrize("dpi", [300, 105], ids=["printed", "at 70 percent and poorly scanned"])
def test_the_code_can_be_read_from_the_page(renderer, tmp_path, dpi):
    (tmp_path / "page.pdf").write_bytes(renderer.pdf(paper()).pdf)
    command = ["pdftoppm", "-gray", "-r", str(dpi), "-singlefile", tmp_path / "page.pdf", tmp_path / "page"]
    subprocess.run(command, check=True)
    url = "HTTPS://V.EXAMPLE.EDU.CN/C/Z350102202600010042-7QK3M8XW2D"
    modules = [list(line) for line in segno.make(url, error="m", micro=False).matrix_iter(border=4)]
    size = len(modules)
    assert size - 8 == 29  # version 3: capitals only
    side = 28 / 25.4 * dpi / size
    left, top = 18 / 25.4 * dpi - 4 * side, 189 / 25.4 * dpi
    with Image.open(tmp_path / "page.pgm") as picture:
        for row, line in enumerate(modules):
            for column, dark in enumerate(line):
                dot = picture.getpixel((int(left + (column + 0.5) * side), int(top + (row + 0.5) * side)))
                assert (dot < 128) == bool(dark), (row, column)


def test_what_cannot_fit_is_refused(renderer):
    with pytest.raises(DoesNotFit):
        renderer.pdf(paper(transfer_facts(ground="家庭住址变动" * 400)))


def test_the_seal_is_40_mm_on_the_right_over_the_date(renderer):
    seal = renderer.pdf(paper()).seal
    assert seal.right - seal.left == pytest.approx(SIZE)
    assert seal.top - seal.bottom == pytest.approx(SIZE)
    assert (seal.left + seal.right) / 2 == pytest.approx(163 * MM)


def test_the_page_says_every_fact(renderer, tmp_path):
    text = text_of(renderer.pdf(paper()).pdf, tmp_path)
    assert "转学联系函" in text.replace(" ", "")  # set with wide spaces
    for said in (
        "Z3501022026 00010042", "ZX350582-2026-00417", "晋江实验小学：", "林一航",
        "2015年3月15日", "G350102201503150019", "榕城小学（2135000001）", "晋江实验小学（2135000003）",
        "五年级", "家庭住址变动", "许志强", "2026年9月16日", "鼓楼区教育局", "二〇二六年十月二十日",
        "7QK3M 8XW2D", "2027年1月18日",
        "v.example.edu.cn", "第十五条", "改动任何一处签名即失效", "回执，报到后由转入学校填写",
    ):  # fmt: skip
        assert said in text, said


def test_the_attachment_says_the_same_and_no_more(renderer):
    pdf = pikepdf.open(io.BytesIO(renderer.pdf(paper()).pdf))
    attached = pdf.attachments["certificate.json"].get_file().read_bytes()
    assert attached == canonical_json(paper())
    content = json.loads(attached)
    assert content["schema"] == "jisui-cert/1"
    assert content["facts"]["student_number"] == "G350102201503150019"
    assert "id_number" not in attached.decode()


def test_the_title_names_the_number_and_not_the_child(renderer):
    pdf = pikepdf.open(io.BytesIO(renderer.pdf(paper()).pdf))
    with pdf.open_metadata() as xmp:
        assert xmp["dc:title"] == "转学联系函 Z350102202600010042"
        assert "林一航" not in str(xmp)


def test_pictures_and_tables_are_told_to_screen_readers(renderer):
    pdf = pikepdf.open(io.BytesIO(renderer.pdf(paper()).pdf))
    told = {str(item.get("/S")) for item in pdf.objects if isinstance(item, pikepdf.Dictionary)}
    assert {"/H1", "/Table", "/TH", "/TD", "/Figure"} <= told
    alternatives = {
        str(item.Alt) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item
    }
    assert "验证二维码" in alternatives


def test_the_rules_for_archives_hold(renderer):
    assert pdfa.check(renderer.pdf(paper()).pdf) == []


def test_the_same_paper_gives_the_same_bytes(renderer):
    first = renderer.pdf(paper()).pdf
    renderer.pdf(paper(transfer_facts(8)))
    assert renderer.pdf(paper()).pdf == first
    assert Renderer("https://v.example.edu.cn/c/").pdf(paper()).pdf == first


def test_the_same_paper_gives_the_same_bytes_in_another_process(renderer):
    script = (
        "import sys; from documents.render import Renderer; from tests.documents.papers import paper;"
        "sys.stdout.buffer.write(Renderer('https://v.example.edu.cn/c/').pdf(paper()).pdf)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    environment.pop("FONTCONFIG_FILE", None)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, env=environment)
    assert done.stdout == renderer.pdf(paper()).pdf


def test_a_glyph_that_slips_through_stops_the_page(renderer):
    with pytest.raises(GlyphMissing, match=r"U\+20BB7"):
        renderer.pdf(paper(transfer_facts(student_name="张𠮷")))
    renderer.pdf(paper())  # the next page is not harmed


@pytest.mark.parametrize("name", ["㛃", "䶮", "𬭎", "𬀩", "𫍯", "〇", "买买提·阿不都拉"])
def test_rare_names_that_the_face_has_are_printed(renderer, tmp_path, name):
    assert name in text_of(renderer.pdf(paper(transfer_facts(student_name=name))).pdf, tmp_path)


@pytest.mark.parametrize(("name", "rare"), [("林一航", False), ("林〇一", False), ("林䶮", True)])
def test_only_a_rare_character_brings_the_whole_face_into_the_file(renderer, name, rare):
    """The whole face looks the same and costs a tenth of the page's time."""
    page = renderer.pdf(paper(transfer_facts(student_name=name))).pdf
    assert pdfa.check(page) == []
    with pikepdf.open(io.BytesIO(page)) as pdf:
        faces = {str(font.BaseFont).partition("+")[2] for font in pdf.pages[0].Resources.Font.values()}
    assert ("Cert-Serif-Rare" in faces) == rare


def test_markup_in_a_name_is_printed_as_text(renderer, tmp_path):
    text = text_of(renderer.pdf(paper(transfer_facts(ground="<b>&家</b>"))).pdf, tmp_path)
    assert "<b>&家</b>" in text

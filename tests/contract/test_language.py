"""What families read, page by page as it is put together: our words, the law's, a diagram's, an official's.

`tests/webapp/test_copy.py` reads every text by itself; here whole pages are read.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.province import P1, P3, Province
from tests.support.provinces import copied
from tests.webapp.browser import Page
from tests.webapp.family import FORM, Family, Slip
from tests.webapp.test_copy import HALF_WIDTH, NEVER_TO_PARENTS, texts

PAGES_OF_FAMILIES = ("webapp/templates/apply", "webapp/templates/track", "webapp/templates/public")
# Figures that no policy sets: how a number is built, and that nothing is paid (law, not a term).
OWN_FIGURES = {"0 元", "G、L 或 J 开头，后面 18 位。"}
TITLE_OF_A_LAW = re.compile("《[^》]*》|全国学籍系统校验 [0-9]+")
FILE_NAME = re.compile(r"\.(?:jpg|pdf)")
AFTER = 12 * 1024
"""Bytes, compressed: style sheet and script are there already."""
# A page says these of itself, not to the family.
UNSEEN = "//script | //style | //template | //svg"


@pytest.fixture(scope="module")
def seen(sqlite_province, tmp_path_factory) -> dict[str, Page]:
    """Every page that a family comes to."""
    folder = tmp_path_factory.mktemp("read") / "data"
    with copied(*sqlite_province, folder) as province:
        return dict(pages(province))


@pytest.fixture(scope="module")
def read(seen) -> dict[str, str]:
    """Their visible text."""
    return {name: visible(page) for name, page in seen.items()}


def visible(page: Page) -> str:
    tree = page.tree
    for node in tree.xpath(UNSEEN):
        node.drop_tree()
    return " ".join(tree.text_content().split())


def pages(province: Province) -> Iterator[tuple[str, Page]]:
    family = Family(province.client.application)
    for path in (
        "/",
        "/apply/transfer",
        "/apply/transfer/not-possible",
        "/apply/transfer/elsewhere",
        "/track",
    ):
        yield path, family.get(path)
    yield from filling_in(family)
    family.tell_student(name="林一杭")
    yield "name and number", family.send_in()
    family.tell_student()
    family.tell_school(P1)
    yield "own school", family.send_in()
    family.tell_school(P3)
    done = family.send_in()
    yield "done", done
    slip = Slip(done.find(".big-number")[0].text, done.find(".big-code")[0].text)
    yield from tracking(province, family, slip)


def filling_in(family: Family) -> Iterator[tuple[str, Page]]:
    for step in ("student", "school", "reason", "evidence", "guardian"):
        address = f"/apply/transfer/{step}"
        page = family.get(address)
        yield step, page
        if step not in ("school", "evidence"):
            yield f"{step} with errors", family.send(page, FORM)
        {
            "student": family.tell_student,
            "school": family.tell_school,
            "reason": family.tell_reason,
            "evidence": family.show_proofs,
            "guardian": family.tell_guardian,
        }[step]()
    yield "resume", family.get("/apply/transfer/resume")
    yield "check", family.confirm_phone()


def tracking(province: Province, family: Family, slip: Slip) -> Iterator[tuple[str, Page]]:
    case, here = {"number": slip.number}, f"/track/{slip.number}"
    yield "first slip", family.get("/apply/transfer/slip")
    yield "in review", family.open_case(slip)
    for name in ("record", "withdraw", "counting", "diagram", "slip", "phone"):
        yield f"track {name}", family.get(f"{here}/{name}")
    province.days_pass("2026-03-17")
    yield "overdue", family.open_case(slip)
    items = [{"pointer": "/evidence/1", "text": "看不清签字和日期，请重拍。"}]
    province.decide(case, P3, "registrar", "return", fields={"items": items})
    yield "returned", family.open_case(slip)
    yield "correct", family.get(f"{here}/correct")


def test_no_page_says_a_banned_word(read):
    ours = {name: TITLE_OF_A_LAW.sub("", text) for name, text in read.items()}
    told = {name: [word for word in NEVER_TO_PARENTS if word in text] for name, text in ours.items()}
    assert not {name: words for name, words in told.items() if words}


def test_no_page_mixes_half_width_marks_in(read):
    ours = {name: FILE_NAME.sub("", text) for name, text in read.items()}
    told = {name: HALF_WIDTH.findall(text) for name, text in ours.items()}
    assert not {name: marks for name, marks in told.items() if marks}


def test_no_page_broke(read):
    assert len(read) > 25
    assert not [name for name, text in read.items() if "没有办成，请再试一次" in text]


def test_no_page_is_heavy_after_the_first_visit(seen):
    heavy = {
        name: size for name, page in seen.items() if (size := len(gzip.compress(page.answer.data))) > AFTER
    }
    assert not heavy


def test_figures_on_pages_of_families_come_from_data():
    fixed = {
        text
        for text, files in texts()
        if any(name.startswith(PAGES_OF_FAMILIES) for name in files)
        and re.search(r"[0-9]", re.sub(r"%\(\w+\)[sd]", "", text))
    }
    assert fixed == OWN_FIGURES


def test_templates_of_families_hold_no_half_width_marks():
    told = {
        path.name: found
        for folder in PAGES_OF_FAMILIES
        for path in Path(folder).rglob("*.html")
        if (found := HALF_WIDTH.findall(re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)))
    }
    assert not told

"""From a telephone to the paper in a stranger's hand: file, decide, track, download, verify."""

from __future__ import annotations

import json
import re
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.demo import LIN_YIHANG, Demo
from tests.e2e.offices import BOTH, GULOU, JINJIANG, RONGCHENG, SHIYAN, SHIYAN_NAME
from tests.e2e.people import Family, Official, Receipt
from tests.e2e.verifying import OwnTrust, run, with_another_byte
from tests.e2e.visitor import DESK, PHONE, Visitor, visitor


@dataclass(frozen=True)
class Letter:
    """What the family has in the end."""

    receipt: Receipt
    pdf: Path
    tampered: Path
    reference: str


@pytest.fixture(scope="module")
def letter(browser: Browser, demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Letter:
    """Lin Yihang's father files from a telephone; eight people of four offices agree, each by keyboard."""
    folder = tmp_path_factory.mktemp("letter")
    pdf, tampered = folder / "letter.pdf", folder / "tampered.pdf"
    with visitor(browser, demo.url, **PHONE) as phone:
        family = Family(phone, LIN_YIHANG)
        receipt = family.file(SHIYAN_NAME, initials="jjsy")
        see_slip(family, receipt)
        family.track(receipt)
        phone.reads("现在在：晋江实验小学", "现在不用您做什么")
        for office in (SHIYAN, JINJIANG, RONGCHENG, GULOU):
            for role in BOTH:
                decide(browser, demo, f"{role}.{office}", receipt)
        family.track(receipt)
        phone.reads("办好了", "3月2日（周一）起，林*航的学籍在晋江实验小学五年级")
        download(phone, pdf)
    tampered.write_bytes(with_another_byte(pdf.read_bytes()))
    return Letter(receipt, pdf, tampered, reference(pdf))


def see_slip(family: Family, receipt: Receipt) -> None:
    """The slip holds number and code; its QR code leads to the tracking page."""
    family.page.get_by_text("保存或打印回执").click()
    family.browser.reads("受理回执", receipt.number, receipt.code, "请不要把查询码发给别人")
    assert family.page.locator("svg.qr").count() == 1


def decide(browser: Browser, demo: Demo, username: str, receipt: Receipt) -> None:
    with visitor(browser, demo.url, **DESK) as desk:
        official = Official(desk, username).sign_in(demo.password)
        official.open(receipt.number)
        official.approve()
        desk.reads("已同意", receipt.number)


def download(phone: Visitor, to: Path) -> None:
    """The letter is made by the worker; the page asks again until it is there."""
    link = phone.page.get_by_role("link", name="下载转学联系函")
    link.wait_for(timeout=60_000)
    with phone.page.expect_download() as started:
        link.click()
    started.value.save_as(to)


def reference(pdf: Path) -> str:
    """Number and code as they are printed on the letter, written as in the address of its QR code."""
    text = run("pdftotext", "-layout", pdf, "-")
    number = re.search(r"编号 (Z\d{10} \d{8})", text)
    code = re.search(r"验证码 (\w{5} \w{5})", text)
    assert number, text
    assert code, text
    return f"{number[1]}-{code[1]}".replace(" ", "")


def test_the_case_is_completed(letter: Letter, demo: Demo):
    assert re.fullmatch(r"ZX350582-2026-\d{5}", letter.receipt.number)
    shown = json.loads(demo.run("case", "show", letter.receipt.number, "--json").stdout)
    assert shown["status"] == "completed"


def test_a_pdf_reader_that_trusts_the_issuer_calls_the_signature_valid(
    letter: Letter, demo: Demo, tmp_path: Path
):
    trust = OwnTrust.of(demo.data / "signing" / "root.pem", tmp_path / "trust")
    told = trust.pdfsig(letter.pdf)
    assert "Signature is Valid" in told
    assert "Total document signed" in told
    assert "Certificate is Trusted" in told


def test_a_pdf_reader_sees_the_changed_byte(letter: Letter, demo: Demo, tmp_path: Path):
    trust = OwnTrust.of(demo.data / "signing" / "root.pem", tmp_path / "trust")
    assert "Signature is Valid" not in trust.pdfsig(letter.tampered)


def test_the_command_line_tells_original_from_tampered(letter: Letter, demo: Demo):
    assert demo.run("certificate", "verify", letter.pdf).returncode == 0
    changed = demo.run("certificate", "verify", letter.tampered, "--json")
    assert changed.returncode == 1
    assert json.loads(changed.stdout)["reasons"] == ["tampered"]


def test_the_interface_tells_original_from_tampered(letter: Letter, demo: Demo):
    original, changed = ask(demo, letter.pdf), ask(demo, letter.tampered)
    assert original["valid"]
    assert original["reasons"] == []
    assert original["number"] == letter.reference.partition("-")[0]
    assert not changed["valid"]
    assert changed["reasons"] == ["tampered"]


def ask(demo: Demo, pdf: Path) -> dict[str, object]:
    """POST /api/v1/certificates/verify, as somebody without a token."""
    request = urllib.request.Request(
        f"{demo.url}/api/v1/certificates/verify",
        data=pdf.read_bytes(),
        headers={"Content-Type": "application/pdf"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, object] = json.loads(answer.read())
    return found


def test_a_stranger_sees_it_is_valid_and_the_file_original(letter: Letter, phone: Visitor):
    phone.go(f"/c/{letter.reference.lower()}")
    phone.reads("有效", "转学联系函", "林*航", "榕城小学电子印章，有效")
    assert phone.page.title().startswith("有效")
    expect(phone.page.locator("body")).not_to_contain_text("林一航")
    choose(phone, letter.pdf)
    phone.reads("是原件，一个字也没有改过")
    choose(phone, letter.tampered)
    phone.reads("不是原件。内容被改过，或者不是这张证的文件")


def choose(phone: Visitor, file: Path) -> None:
    answer = phone.page.locator("[data-compare-answer]")
    before = answer.inner_text()
    phone.page.locator("[data-compare-file]").set_input_files(file)
    expect(answer).not_to_have_text(before or " ")


def test_a_wrong_code_is_not_found_and_says_nothing(letter: Letter, phone: Visitor):
    number = letter.reference.partition("-")[0]
    phone.go("/verify")
    phone.page.get_by_label("编号").fill(number)
    phone.page.get_by_label("验证码").fill("00000 00000")
    phone.press("验证")
    phone.reads("查不到这张证", "再查一次")
    assert not phone.says("林*航")


def test_the_student_page_tells_the_move(letter: Letter, signed_in):
    official = signed_in(f"registrar.{SHIYAN}")
    official.browser.go(f"/students?q={LIN_YIHANG.name}")
    official.page.get_by_role("link", name=LIN_YIHANG.name).click()
    official.browser.reads("学籍经历", "榕城小学", letter.receipt.number)

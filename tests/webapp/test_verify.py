"""证书验证: a stranger with the paper learns whether it counts, and nothing else."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from itertools import count

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from documents.model import Certificate, CertificateOrder
from documents.render import Renderer
from documents.signing.base import OrgRef
from documents.specimen import SPECIMEN
from jisui.cli import jisui
from tests.support.clock import START
from tests.support.province import GULOU, P1, P2
from tests.support.provinces import copied
from tests.webapp.family import Family

ADDRESSES = count(1)
VALID_UNTIL = date(2026, 5, 31)
AS_ISSUED = {"superseded_at": None, "revoked_at": None, "revoke_reason": "", "valid_until": VALID_UNTIL}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(request, tmp_path_factory):
    """A province in which one transfer is completed; with its letter as it left the press."""
    template = request.getfixturevalue(f"{request.param}_province")
    with copied(*template, tmp_path_factory.mktemp("verify") / "data") as province:
        family = Family(province.client.application)
        slip = family.apply(to=P2)
        for office in (P2, P1, GULOU):
            province.approve({"number": slip.number}, office)
        assert family.open_case(slip).says("证明正在生成")
        province.installation.worker().make_certificates()
        link = family.case(slip).find("a[download]")[0].get("href")
        with province.installation.sessions() as session:
            order = session.scalars(select(CertificateOrder)).one()
        yield province, (order.number, order.verify_code, family.client.get(link).data)


@pytest.fixture
def province(place):
    """The province; whatever a test does to the certificate is undone."""
    yield place[0]
    changed(place[0], place[1][0], **AS_ISSUED)


@pytest.fixture
def paper(place):
    """The letter: number and code as they stand on it, and the file."""
    return place[1]


@pytest.fixture
def family(place):
    """Somebody at an address of their own: nobody has tried anything from there yet."""
    return visitor(place[0])


def visitor(province):
    one = Family(province.client.application)
    one.client.environ_base["REMOTE_ADDR"] = f"2001:db8::{next(ADDRESSES):x}"
    return one


def changed(province, number, **columns):
    with province.installation.sessions() as session:
        row = session.get(Certificate, number)
        for name, value in columns.items():
            setattr(row, name, value)
        session.commit()


def test_a_valid_paper_is_told_with_what_stands_on_it(family, paper):
    number, code, pdf = paper
    page = family.get(f"/c/{number}-{code}")
    assert page.status == 200
    assert page.find("title")[0].text.startswith("有效 - 证书验证")
    assert page.says("转学联系函") and page.says("林*航") and page.says("榕城小学电子印章，有效")
    source = page.answer.get_data(as_text=True)
    for told in ("林一航", "G350102", "江滨小学", "五年级", "2015"):
        assert told not in source
    assert page.find("[data-compare]")[0].get("data-compare") == hashlib.sha256(pdf).hexdigest()


def test_capitals_and_typing_by_hand_lead_to_the_same(family, paper):
    number, code, _pdf = paper
    assert family.get(f"/c/{number.lower()}-{code.lower()}").status == 200
    typed = family.send(
        family.get("/verify"),
        "main form",
        number=f"{number[:11]} {number[11:]}",
        code=f"{code[:5]} {code[5:]}",
    )
    assert typed.says("有效")


def test_unknown_number_and_wrong_code_are_one_answer(family, paper):
    number, _code, _pdf = paper
    wrong = family.get(f"/c/{number}-AAAAAAAAAA")
    unknown = family.get("/c/Z999999202600000001-AAAAAAAAAA")
    assert wrong.status == unknown.status == 404
    assert wrong.says("查不到这张证") and unknown.says("查不到这张证")
    assert wrong.find(".answer-card.is-neutral"), "a typing mistake is not a forgery"


def test_each_state_says_what_to_do(province, family, paper):
    number, code, _pdf = paper
    now = province.clock.now()
    changed(province, number, superseded_at=now)
    page = family.get(f"/c/{number}-{code}")
    assert page.says("已换发，请看新证") and not page.says("有效期至")
    changed(province, number, superseded_at=None, revoked_at=now, revoke_reason="填错学校")
    page = family.get(f"/c/{number}-{code}")
    assert page.says("已撤销，无效") and page.says("请不要采用") and not page.says("填错")
    changed(province, number, revoked_at=None, valid_until=now.date() - timedelta(days=1))
    assert family.get(f"/c/{number}-{code}").says("已过期")


def test_the_answer_is_read_first(family, paper):
    """The heading of the card has the focus, and the page is named after it."""
    number, code, _pdf = paper
    for address, heading in ((f"/c/{number}-{code}", "有效"), (f"/c/{number}-0000000000", "查不到这张证")):
        page = family.get(address)
        assert page.find("h2[data-focus][tabindex='-1']")[0].text_content().strip() == heading
        assert page.find("title")[0].text.startswith(f"{heading} - 证书验证")


def test_the_number_is_shown_as_on_the_paper_and_read_as_people_type_it(family, paper):
    number, code, _pdf = paper
    assert family.get(f"/c/{number}-{code}").says(f"编号{number[:11]} {number[11:]}")
    mistyped = number[:1] + number[1:].replace("0", "O").replace("1", "l")
    assert family.get(f"/c/{mistyped}-{code}").status == 200


def test_an_expired_paper_tells_what_a_valid_one_tells(province, family, paper):
    number, code, _pdf = paper
    until = province.clock.now().date() - timedelta(days=1)
    changed(province, number, valid_until=until)
    page = family.get(f"/c/{number}-{code}")
    day = f"{until.year}年{until.month}月{until.day}日"
    assert page.says(f"有效期至{day}") and page.says("榕城小学电子印章，有效")
    assert page.says(f"有效期到 {day}。请持证人重新开一份。")
    assert not page.find("[data-compare]")


@pytest.mark.parametrize(
    ("columns", "state", "heading"),
    [
        ({}, "valid", "有效"),
        ({"valid_until": date(2026, 3, 1)}, "expired", "已过期"),
        ({"superseded_at": START}, "superseded", "已换发，请看新证"),
        ({"revoked_at": START}, "revoked", "已撤销，无效"),
    ],
)
def test_page_interface_and_command_agree(province, family, paper, tmp_path, columns, state, heading):
    number, code, pdf = paper
    changed(province, number, **columns)
    reasons = [] if state == "valid" else [state]
    assert family.get(f"/c/{number}-{code}").find(".verdict h2")[0].text_content().strip() == heading
    assert verdicts(province, pdf, tmp_path) == [(state == "valid", number, reasons)] * 2


def test_page_interface_and_command_agree_on_what_is_no_paper_of_ours(province, family, paper, tmp_path):
    """A changed byte: the page offers the hash of the original, which the browser finds to be another."""
    number, code, pdf = paper
    altered = bytearray(pdf)
    altered[len(pdf) // 3] ^= 1
    told = family.get(f"/c/{number}-{code}").find("[data-compare]")[0].get("data-compare")
    assert hashlib.sha256(bytes(altered)).hexdigest() != told == hashlib.sha256(pdf).hexdigest()
    assert verdicts(province, bytes(altered), tmp_path) == [(False, None, ["tampered"])] * 2
    stranger = province.installation.desk.authority.signer()
    page = Renderer("https://v.example.edu.cn/c/").pdf(SPECIMEN)
    org = OrgRef("0000000000", "样张学校")
    unknown = stranger.seal(page.pdf, org=org, reason="x", box=page.seal, idempotency_key="1").data
    assert verdicts(province, unknown, tmp_path) == [(False, SPECIMEN.number, ["unknown"])] * 2
    assert family.get(f"/c/{SPECIMEN.number}-{SPECIMEN.code}").says("查不到这张证")


def verdicts(province, pdf, tmp_path):
    """What the interface and the command line say of a file: valid, number, reasons."""
    (tmp_path / "paper.pdf").write_bytes(pdf)
    data = str(province.installation.settings.data)
    arguments = ["--data", data, "certificate", "verify", str(tmp_path / "paper.pdf"), "--json"]
    printed = json.loads(CliRunner().invoke(jisui, arguments).stdout)
    answer = province.client.post("/api/v1/certificates/verify", data=pdf).json
    return [(one["valid"], one["number"], list(one["reasons"])) for one in (answer, printed)]


def test_no_answer_is_kept_or_found_by_others(family, paper):
    number, code, _pdf = paper
    for address in (f"/c/{number}-{code}", f"/c/{number}-0000000000", "/verify"):
        answer = family.get(address).answer
        assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("no-store", "noindex")
        assert 'name="referrer" content="no-referrer"' in answer.text


def test_guessing_the_code_of_one_number_ends_after_ten(province, family, paper):
    number, code, _pdf = paper
    wrong = [family.get(f"/c/{number}-{n:010d}").status for n in range(11)]
    assert wrong == [404] * 10 + [429]
    assert family.get(f"/c/{number}-{code}").status == 429, "not for whoever guessed"
    unknown = [family.get(f"/c/Z350102202699999999-{n:010d}").status for n in range(11)]
    assert unknown == wrong, "counting tells nothing"
    assert visitor(province).get(f"/c/{number}-{code}").status == 200, "but for everybody else"


def test_somebody_who_tries_numbers_is_stopped(family):
    answers = [family.get(f"/c/Z35010220260000{n:04d}-AAAAAAAAAA").status for n in range(61)]
    assert answers[-1] == 429
    assert set(answers[:-1]) == {404}

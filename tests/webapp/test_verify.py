"""证书验证 (interface.md 5.1): a stranger with the paper learns whether it counts, and nothing else."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from documents.model import Certificate, CertificateOrder
from tests.support.province import GULOU, P1, P2
from tests.webapp.family import Family


@pytest.fixture
def family(province):
    return Family(province.client.application)


@pytest.fixture
def paper(province, family):
    """The transfer letter of a completed case: number and code as they stand on it, and the file."""
    slip = family.apply(to=P2)
    for office in (P2, P1, GULOU):
        province.approve({"number": slip.number}, office)
    assert family.open_case(slip).says("转学联系函正在生成")
    province.installation.worker().make_certificates()
    link = family.case(slip).find("a[download]")[0].get("href")
    pdf = family.client.get(link).data
    with province.installation.sessions() as session:
        order = session.scalars(select(CertificateOrder)).one()
        return order.number, order.verify_code, pdf


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


def test_somebody_who_tries_numbers_is_stopped(family):
    answers = [family.get(f"/c/Z35010220260000{n:04d}-AAAAAAAAAA").status for n in range(61)]
    assert answers[-1] == 429
    assert set(answers[:-1]) == {404}

"""The starting school withdraws a case from its page, often because the family asked."""

from __future__ import annotations

import pytest

from tests.support.province import JINJIANG, P3, A
from workflows import cases


@pytest.fixture
def case(province):
    case = province.transfer(A, to=P3)
    return province.approve(case, at=P3)


def test_the_starting_school_says_why_and_the_case_ends(province, case, signed_in):
    browser = signed_in(f"registrar.{P3}")
    page = browser.get(f"/cases/{case['number']}/withdraw")
    ended = browser.follow(browser.send(page, "form.stack", reason="家里不搬了"))
    assert ended.says("已撤回")
    assert province.case(case, f"registrar.{P3}")["status"] == "withdrawn"


def test_without_words_nothing_is_withdrawn(province, case, signed_in):
    browser = signed_in(f"registrar.{P3}")
    page = browser.send(browser.get(f"/cases/{case['number']}/withdraw"), "form.stack", reason=" ")
    assert (page.status, page.says("请写清为什么撤回")) == (422, True)
    assert province.case(case, f"registrar.{P3}")["status"] == "in_review"


def test_what_the_family_wrote_stands_there_already(province, case, signed_in):
    with province.installation.sessions() as session:
        row = cases.by_number(session, case["number"])
        engine, now = province.installation.engine, province.clock.now()
        cases.ask_withdrawal(session, engine, row.id, "不搬家了", now=now)
        session.commit()
    page = signed_in(f"registrar.{P3}").get(f"/cases/{case['number']}/withdraw")
    assert page.find("textarea")[0].text_content().strip() == "不搬家了"


def test_another_office_of_the_case_reads_that_it_cannot(case, signed_in):
    page = signed_in(f"leader.{JINJIANG}").get(f"/cases/{case['number']}/withdraw")
    assert page.says("只有发起的单位能撤回")
    assert page.find("form.stack") == []


def test_a_stranger_finds_no_such_case(case, signed_in):
    assert signed_in("leader.440305").get(f"/cases/{case['number']}/withdraw").status == 404

"""What the opinion bar says of each decision, and what a reason asks for."""

from __future__ import annotations

import pytest

from tests.support.province import P3, A
from tests.webapp.test_inbox import decide, open_task


@pytest.fixture
def leader(signed_in):
    return signed_in(f"leader.{P3}")


@pytest.fixture
def page(province, leader):
    """A transfer at the leader of 晋江实验小学."""
    return open_task(leader, province.transfer(A, P3)["number"])


def option(page, code):
    return page.find(f"select[name=reason_code] option[value={code}]")[0]


def test_each_decision_says_what_follows(page):
    assert page.find(".effect--approve")[0].text_content() == "同意后：送晋江市教育局。"
    assert page.find(".effect--refuse")[0].text_content() == "不同意后：业务结束，学籍留在榕城小学。"
    assert page.find(".effect--R99")[0].text_content() == "将转晋江市教育局复核，本件不会马上结束。"


def test_another_reason_needs_a_file_and_a_full_school_a_figure(page, leader):
    assert option(page, "R99").get("data-needs") == "words file"
    assert option(page, "R01").get("data-needs") == "vacancies"
    assert decide(leader, page, "refuse", reason_code="R99", opinion="说明。").says("请附上一份说明文件")
    assert decide(leader, page, "refuse", reason_code="R01", opinion="满员。").says("请填空余学位数")


def test_private_words_are_asked_for_as_private(page, leader):
    assert option(page, "R15").get("data-private") is not None
    assert option(page, "R02").get("data-private") is None
    assert page.says("说明，只给单位看（家长只看到原因）")
    assert decide(leader, page, "refuse", reason_code="R15").says("请写清原因，只给单位看")


def test_on_the_last_day_a_return_leaves_that_day(province, leader):
    case = province.transfer(A, P3)
    province.on("2026-03-16")
    assert open_task(leader, case["number"]).says("退回期间时限暂停，补好的当天截止。")

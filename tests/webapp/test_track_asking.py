"""With the telephone in hand: ask for withdrawal (3.11), find the case again (3.12)."""

from __future__ import annotations

import pytest

from tests.support.province import GULOU, JINJIANG, P1, P3
from tests.webapp.family import GUARDIAN_OF_A, Family, Slip, shown_code


@pytest.fixture
def family(province):
    return Family(province.client.application)


def ask_withdrawal(family, slip):
    page = family.get(f"/track/{slip.number}/withdraw")
    return family.send(page, "main form", reason="staying", code=shown_code(page))


def test_withdrawal_is_asked_for_and_the_case_runs_on(province, family):
    slip = family.apply()
    family.open_case(slip)
    told = family.follow(ask_withdrawal(family, slip))
    assert told.says("已请晋江实验小学撤回。确认以前照常办理。")
    assert told.says("现在在：晋江实验小学")
    again = family.get(f"/track/{slip.number}/withdraw")
    assert again.says("您 3月2日（周一）申请了撤回")
    assert len(province.history({"number": slip.number}, "withdrawal_asked")) == 1


def test_withdrawal_needs_a_reason_and_the_code(family):
    slip = family.apply()
    family.open_case(slip)
    page = family.get(f"/track/{slip.number}/withdraw")
    assert family.send(page, "main form", code=shown_code(page)).says("请选一个原因")
    assert family.send(page, "main form", reason="staying", code="").says("还没填验证码")
    assert family.send(page, "main form", reason="staying", code="000000").status == 422


def test_a_finished_case_cannot_be_withdrawn(province, family):
    slip = family.apply()
    for office in (P3, JINJIANG, P1, GULOU):
        province.approve({"number": slip.number}, office)
    family.open_case(slip)
    page = family.get(f"/track/{slip.number}/withdraw")
    assert page.says("这件 3月2日（周一）已经办好，不能撤回。想转回来，请重新申请转学。")
    assert not page.find("main form")


def test_the_telephone_finds_the_case_with_a_new_code(province, family):
    slip = family.apply()
    lost = Family(province.client.application)
    asked = lost.send(lost.get("/track/recover"), "main form", phone=GUARDIAN_OF_A)
    found = lost.send(asked, "main form", code=shown_code(asked))
    fresh = Slip(found.find(".big-number")[0].text, found.find(".big-code")[0].text)
    assert fresh.number == slip.number
    assert lost.open_case(fresh).says("林*航 转学")
    assert family.open_case(slip).says("受理号或查询码不对"), "the old code opens nothing any more"


def test_an_unknown_telephone_gets_the_same_answer(province):
    lost = Family(province.client.application)
    asked = lost.send(lost.get("/track/recover"), "main form", phone="13911112222")
    assert asked.says("如果这个手机号申请过，短信马上就到。")
    found = lost.send(asked, "main form", code=shown_code(asked))
    assert found.says("如果这个手机号申请过，短信马上就到。")
    assert not found.find(".big-code")


def test_three_messages_an_hour_and_no_more(province):
    lost = Family(province.client.application)
    for _time in range(3):
        page = lost.get("/apply/transfer/elsewhere")
        lost.send(page, "main form", phone=GUARDIAN_OF_A)
        with province.installation.sessions() as session:
            session.connection().exec_driver_sql("delete from phone_codes")
            session.commit()
    page = lost.get("/apply/transfer/elsewhere")
    assert lost.send(page, "main form", phone=GUARDIAN_OF_A).status == 429

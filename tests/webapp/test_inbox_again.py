"""A case that was returned comes back to the one who returned it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from registry.people import Appointment
from tests.support.province import P1, P3, A
from tests.webapp.test_inbox import OPINION, open_task
from webapp.accounts import Account

COLLEAGUE = f"registrar.{P1}"
ITEMS = [{"pointer": "/guardian/phone", "text": "打不通，请核对。"}]


@pytest.fixture
def corrected(province):
    """The leader of 晋江实验小学 returned a case; what was asked for has come."""
    case = province.transfer(A, P3)
    province.decide(case, P3, "leader", "return", fields={"items": ITEMS})
    fixed = {"guardian": {"phone": "13900006021"}}
    province.decide(case, P3, "registrar", "resubmit", fields=fixed)
    return case


def appoint_leader(province, username):
    """An official who is a leader of 晋江实验小学 besides; their new appointment."""
    with province.installation.sessions() as session:
        account = session.scalars(select(Account).where(Account.username == username)).one()
        held = {"organisation_code": P3, "role": "leader", "from_": date(2026, 1, 1)}
        appointment = Appointment(person_id=account.person_id, **held)
        session.add(appointment)
        session.commit()
        return str(appointment.id)


def case_bar(page):
    return page.find(".case-bar")[0].text_content()


def test_it_comes_back_to_whoever_returned_it(corrected, signed_in):
    browser = signed_in(f"leader.{P3}")
    inbox = browser.get("/inbox")
    assert inbox.says("等您办的：") and inbox.find("td[data-holder] .meant-for")
    assert open_task(browser, corrected["number"]).says("回到您这里")


def test_a_colleague_sees_whose_it_is_and_may_step_in(corrected, signed_in, province):
    appointment = appoint_leader(province, COLLEAGUE)
    browser = signed_in(COLLEAGUE)
    browser.send(browser.get("/sign-in/appointment"), "main form", appointment=appointment)
    assert not browser.get("/inbox").says("回到您这里")
    page = open_task(browser, corrected["number"])
    assert "回到" in case_bar(page) and "您这里" not in case_bar(page)
    assert page.find(OPINION)


def test_who_left_is_not_waited_for(corrected, signed_in, province):
    appointment = appoint_leader(province, COLLEAGUE)
    with province.installation.sessions() as session:
        account = session.scalars(select(Account).where(Account.username == f"leader.{P3}")).one()
        mine = Appointment.person_id == account.person_id
        session.execute(update(Appointment).where(mine).values(to=date(2026, 3, 1)))
        session.commit()
    browser = signed_in(COLLEAGUE)
    browser.send(browser.get("/sign-in/appointment"), "main form", appointment=appointment)
    assert "没人领" in case_bar(open_task(browser, corrected["number"]))

"""Script switched off: a family can file, an official can decide, a stranger can verify."""

from __future__ import annotations

from tests.e2e.demo import Demo
from tests.e2e.offices import SHIYAN, SHIYAN_NAME
from tests.e2e.people import Family, Official
from tests.e2e.visitor import DESK, PHONE


def test_a_family_files_with_plain_forms(demo: Demo, window):
    phone = window(**PHONE, java_script_enabled=False)
    family = Family(phone, demo.child(10))
    receipt = family.file(SHIYAN_NAME)
    family.track(receipt)
    phone.reads("现在在：晋江实验小学")


def test_an_official_decides_and_returns_with_plain_forms(demo: Demo, window):
    returned, agreed = demo.filed(11), demo.filed(12)
    desk = window(**DESK, java_script_enabled=False)
    official = Official(desk, f"registrar.{SHIYAN}").sign_in(demo.password)

    desk.go(f"/inbox?q={agreed}")
    official.page.get_by_role("link", name=agreed).click()
    official.page.locator("input[type=radio][value=approve]").check(force=True)
    official.page.locator("#opinion-words").fill("材料齐全。")
    desk.press("提交意见")
    desk.reads("已同意", agreed)

    desk.go(f"/inbox?q={returned}")
    official.page.get_by_role("link", name=returned).click()
    official.page.locator("input[type=radio][value=return]").check(force=True)
    desk.press("提交意见")
    desk.reads("一次说全")
    official.ask_for({"监护人手机号": "打不通，请核对。"})
    official.page.locator("form[data-return] [type=submit]").click()
    desk.reads("已退回补正", returned)

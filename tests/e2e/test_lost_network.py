"""A family whose network goes away: what two telephones hold, and a picture still on its way."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.e2e.demo import Demo
from tests.e2e.offices import SHIYAN_NAME
from tests.e2e.people import Family, photograph
from tests.e2e.visitor import PHONE

STUDENT = "/apply/transfer/student"


def never_arrives(_route: Route) -> None:
    """A request on a network that takes it and gives no answer."""


def test_what_two_telephones_say_differently_is_chosen_field_by_field(demo: Demo, window):
    here, there = window(**PHONE), window(**PHONE)
    family = Family(here, demo.child(16))
    here.go(STUDENT)
    family.answer_student()
    there.page.context.add_cookies(here.page.context.cookies())
    here.go(STUDENT)
    there.go(STUDENT)
    here.page.context.set_offline(True)
    here.page.get_by_label("孩子姓名").fill("林小一")
    here.reads("没有网络。您填的都在手机里，不会丢。", "连上网后会自动保存，再送到下一步。")
    there.page.get_by_label("孩子姓名").fill("林小二")
    there.press("继续")
    with here.page.expect_navigation():
        here.page.context.set_offline(False)
    assert [fault.partition(":")[0] for fault in here.faults] == ["409"], "the server has another copy"
    here.faults.clear()

    here.reads("另一台手机上填的不一样")
    here.page.get_by_role("link", name="看哪").click()
    here.page.get_by_role("radio", name="林小一").check(force=True)
    assert here.page.get_by_role("radio", name="林小二").count() == 1
    here.press("继续")
    expect(there.go(STUDENT).get_by_label("孩子姓名")).to_have_value("林小一")


def test_a_picture_on_its_way_follows_to_the_last_page_which_waits_for_it(demo: Demo, window):
    phone = window(**PHONE)
    family = Family(phone, demo.child(17))
    phone.go(STUDENT)
    family.answer_student()
    family.answer_school(SHIYAN_NAME)
    family.answer_reason()
    slots = phone.page.locator("[data-slot]")
    slots.nth(0).locator("[data-pick]").set_input_files(photograph("户口簿.jpg"))
    slots.nth(0).get_by_text("已上传").wait_for()
    phone.page.route("**/pieces/**", never_arrives)
    slots.nth(1).locator("[data-pick]").set_input_files(photograph("租房合同.jpg"))
    slots.nth(1).get_by_text("等待上传").wait_for()
    phone.press("继续")
    family.answer_guardian()
    family.confirm_phone()
    phone.page.get_by_role("button", name="提交申请").click()
    phone.reads("还有 1 个文件在传，传完自动提交")
    with phone.page.expect_navigation():
        phone.page.unroute("**/pieces/**")
    phone.reads("申请已提交")

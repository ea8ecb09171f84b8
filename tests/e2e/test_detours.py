"""What happens beside the straight way: returned and corrected, withdrawn, decided twice, session gone."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.demo import Demo
from tests.e2e.offices import SHIYAN, SHIYAN_NAME
from tests.e2e.people import Family, Receipt, photograph
from tests.e2e.visitor import Visitor

REGISTRAR = f"registrar.{SHIYAN}"
WORDS = "租房合同的签字看不清，已电话核实。"


def test_returned_corrected_and_back_at_the_same_desk(demo: Demo, phone: Visitor, signed_in):
    family = Family(phone, demo.child(0))
    receipt = family.file(SHIYAN_NAME)
    desk = signed_in(REGISTRAR)
    desk.open(receipt.number)
    desk.page.keyboard.press("r")
    told = desk.ask_for({"监护人手机号": "打不通，请核对。"}, files={"户口簿": "看不清签字和日期，请重拍。"})
    desk.send()
    desk.browser.reads("已退回补正", receipt.number)

    family.track(receipt)
    phone.reads("请您补 2 样东西", "看不清签字和日期，请重拍。", "打不通，请核对。")
    assert all(phone.says(one) for one in told)
    phone.reads("3月2日（周一）起。时限已暂停，学校还剩 10 个工作日")
    phone.press("继续补正")
    assert phone.page.locator("main input[type=file]").count() == 1
    assert phone.page.locator("main input[type=tel]").count() == 1
    with phone.page.expect_navigation():
        phone.page.locator("main input[type=file]").set_input_files(photograph("户口簿-新.jpg", "#fff"))
    phone.page.locator("main input[type=tel]").fill("138 0000 7788")
    phone.press("提交补正")
    phone.page.get_by_label("手机验证码").fill(family.shown_code())
    phone.press("提交补正")
    phone.reads("已交给晋江实验小学接着办", "现在在：晋江实验小学")

    desk.open(receipt.number)
    desk.browser.reads("初核", "138****7788")
    desk.approve()


def test_a_withdrawal_is_asked_once_and_shown_to_the_school(demo: Demo, phone: Visitor, signed_in):
    child, number = demo.child(1), demo.filed(1)
    family = Family(phone, child)
    receipt = Receipt(number, demo.new_code(number))
    family.track(receipt)
    phone.page.get_by_role("link", name="不转了，申请撤回").click()
    phone.reads("撤回由晋江实验小学确认", "孩子的学籍留在")
    phone.page.get_by_role("radio", name="不搬家了").check(force=True)
    phone.page.get_by_label("手机验证码").fill(family.shown_code())
    phone.press("申请撤回")
    phone.reads("已请晋江实验小学撤回", "确认以前照常办理")
    assert phone.page.get_by_role("link", name="申请撤回").count() == 0

    desk = signed_in(REGISTRAR)
    desk.open(number)
    desk.browser.reads("家长 3月2日（周一）申请撤回", "不搬家了")


def test_of_two_decisions_one_counts_and_the_other_keeps_its_words(demo: Demo, signed_in):
    number = demo.filed(2)
    first, second = signed_in(REGISTRAR), signed_in(REGISTRAR)
    first.open(number)
    second.open(number)
    second.write(WORDS)
    first.approve()
    first.browser.reads("已同意", number)

    second.page.get_by_role("radio", name="同意", exact=False).first.check(force=True)
    with second.page.expect_response(lambda answer: answer.status == 409):
        second.press_send()
    told = second.page.get_by_role("alert")
    expect(told).to_contain_text("办完，您的意见没有提交")
    expect(told).to_contain_text(WORDS)
    expect(told.get_by_role("heading")).to_be_focused()
    second.page.reload()
    expect(second.page.get_by_role("alert")).to_contain_text(WORDS)


def test_words_survive_a_session_that_ended(demo: Demo, signed_in):
    number = demo.filed(3)
    official = signed_in(REGISTRAR)
    official.open(number)
    task = official.page.url
    official.page.keyboard.press("a")
    official.write(WORDS)
    official.page.context.clear_cookies()
    official.send()
    official.browser.reads("页面过期了", "没有提交")
    assert official.page.locator("textarea").input_value() == WORDS
    official.browser.press("接着填")
    official.fill_in_sign_in(demo.password)
    assert official.page.url.partition("?")[0] == task.partition("?")[0]
    expect(official.page.locator("#opinion-words")).to_have_value(WORDS)
    official.browser.reads("还没提交")
    official.approve()
    official.browser.reads("已同意", number)


def test_words_change_with_the_clock(demo: Demo, phone: Visitor):
    number = demo.filed(4)
    Family(phone, demo.child(4)).track(Receipt(number, demo.new_code(number)))
    phone.reads("还剩 10 个工作日，3月16日（周一）截止")
    try:
        assert demo.run("clock", "set", "2026-03-05T23:59").returncode == 0
        phone.page.reload()
        phone.reads("还剩 7 个工作日，3月16日（周一）截止")
        assert demo.run("clock", "set", "2026-03-06T00:01").returncode == 0
        phone.page.reload()
        phone.reads("还剩 6 个工作日，3月16日（周一）截止")
    finally:
        assert demo.run("clock", "reset").returncode == 0

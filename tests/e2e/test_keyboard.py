"""A day's work without a mouse: every list, every decision, what is asked, what is not lost."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.demo import Demo
from tests.e2e.offices import SHIYAN

REGISTRAR = f"registrar.{SHIYAN}"
BUSY = "registrar.350103"
WORDS = "已电话核实。"
# Rows of the list that lie whole between its head and the bar at the foot.
SEEN_ROWS = """() => {
    const foot = document.querySelector(".foot-bar").getBoundingClientRect().top;
    return [...document.querySelectorAll("tr[data-row]")]
        .filter((row) => row.getBoundingClientRect().bottom <= foot + 0.5).length;
}"""
HOW_DELIVERED = "performance.getEntriesByType('navigation')[0].deliveryType"


class Keys:
    """A keyboard that counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def __call__(self, *keys: str) -> None:
        for key in keys:
            self.pressed += 1
            self.page.keyboard.press(key)

    def to_next_page(self, *keys: str) -> None:
        with self.page.expect_navigation():
            self(*keys)


def test_a_decision_takes_six_keys_at_most(demo: Demo, signed_in):
    number = demo.filed(13)
    desk = signed_in(REGISTRAR)
    page, keys = desk.page, Keys(desk.page)
    page.goto(f"{demo.url}/inbox?q={number}")
    keys("j")
    expect(page.locator("tr[data-row] a[data-open]").first).to_be_focused()
    keys.to_next_page("Enter")
    task = page.url
    keys("a", "Control+Enter")
    asked = page.locator("#unseen-dialog")
    expect(asked).to_contain_text("份没看，仍要同意？")
    expect(asked).to_contain_text("户口簿")
    keys.to_next_page("Control+Enter")
    assert keys.pressed <= 6
    expect(page.locator(".band").first).to_contain_text("已同意")
    page.go_back()
    expect(page.locator("form.opinion-bar")).to_have_count(0)
    page.goto(task)
    expect(page.locator(".opinion-bar.is-done")).to_contain_text("同意")


def test_each_file_is_judged_by_a_key(demo: Demo, signed_in):
    desk = signed_in(REGISTRAR)
    desk.open(demo.filed(14))
    page, keys = desk.page, Keys(desk.page)
    tabs = page.locator(".tabs a")
    keys("v")
    expect(tabs.first).to_have_attribute("data-verdict", "good")
    keys("n", "b")
    expect(page.locator("#fault-dialog")).to_contain_text("有什么问题？")
    keys("1")
    expect(tabs.nth(1)).to_have_attribute("data-verdict", "bad")
    keys("r")
    dialog = page.locator("#return-dialog")
    expect(dialog).to_contain_text("请您补 1 样东西")
    expect(dialog.locator("[data-preview-words]")).to_contain_text("看不清，请重拍")
    expect(dialog.get_by_role("button", name="退回给家长（1 项）")).to_be_visible()
    keys("Escape", "/", "a")
    assert page.locator("#search").input_value().startswith("a")
    expect(page.locator("[name=decision][value=approve]")).not_to_be_checked()
    keys("Escape", "?")
    page.get_by_label("不用快捷键").check()
    keys("Escape", "a")
    expect(page.locator("[name=decision][value=approve]")).not_to_be_checked()


def test_the_lists_by_their_figures_and_who_holds_what(demo: Demo, signed_in):
    number = demo.filed(15)
    desk = signed_in(REGISTRAR)
    page, keys = desk.page, Keys(desk.page)
    for key, name in (("4", "抄送"), ("3", "我发起"), ("2", "已办"), ("1", "待办")):
        keys.to_next_page(key)
        expect(page.locator("h1")).to_have_text(name)
    page.goto(f"{demo.url}/inbox?q={number}")
    keys("j", "c")
    held = page.locator("[data-holder]").first
    expect(held).to_have_text("您")
    keys("c")
    expect(held).to_have_text("无人")
    keys.to_next_page("Enter")
    desk.write(WORDS)
    expect(page.locator("form[data-claimed]")).to_contain_text("您已领办")
    page.context.set_offline(True)
    keys("Escape", "a", "Control+Enter")
    expect(page.locator("[data-offline]")).to_have_text("没有网络，意见还没提交。已留在这台电脑上")
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("[data-kept]")).to_contain_text("这是您 3月2日")
    expect(page.locator("#opinion-words")).to_have_value(WORDS)


def test_the_next_page_is_there_before_it_is_asked_for(demo: Demo, signed_in):
    desk = signed_in(BUSY)
    page, keys = desk.page, Keys(desk.page)
    page.goto(f"{demo.url}/inbox?process=transfer")
    keys("j")
    with page.context.expect_event("requestfinished", lambda one: "sec-purpose" in one.headers):
        keys.to_next_page("Enter")
    number = page.locator(".case-bar__number").inner_text()
    keys("a", "Control+Enter")
    keys.to_next_page("Control+Enter")
    assert page.evaluate(HOW_DELIVERED) == "navigational-prefetch"
    expect(page.locator(".band").first).to_contain_text(number)
    expect(page.locator(".case-bar h1")).to_be_focused()


def test_a_screen_holds_enough_rows(demo: Demo, signed_in):
    desk = signed_in(BUSY)
    page = desk.page
    page.goto(f"{demo.url}/inbox?who=all")
    assert page.evaluate(SEEN_ROWS) >= 18
    page.set_viewport_size({"width": 1024, "height": 768})
    assert page.evaluate(SEEN_ROWS) >= 15


def test_two_minutes_before_the_end_it_is_said(demo: Demo, signed_in):
    desk = signed_in(REGISTRAR)
    page = desk.page
    page.clock.install()
    page.goto(f"{demo.url}/inbox")
    dialog = page.locator("#idle-dialog")
    page.clock.fast_forward("27:00")
    expect(dialog).to_be_hidden()
    page.clock.fast_forward("01:30")
    expect(dialog).to_contain_text("2 分钟后退出，继续工作？")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    page.clock.fast_forward("28:30")
    expect(dialog).to_be_visible()
    with page.expect_navigation(url="**/sign-in?next=**"):
        page.clock.fast_forward("02:00")
    desk.browser.reads("学校和教育局工作人员使用")

"""What families and officials do on the pages, in their own words."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Page

from tests.e2e.demo import Child
from tests.e2e.visitor import Visitor

SHOWN_CODE = re.compile(r"验证码是\s*(\d{6})")


def photograph(name: str, colour: str = "#e8e0cc") -> FilePayload:
    """A page of lines as a telephone takes it; each name is another picture."""
    lengths = hashlib.sha256(name.encode()).digest()
    picture = Image.new("RGB", (900, 1200), colour)
    draw = ImageDraw.Draw(picture)
    for line, length in enumerate(lengths):
        draw.line([(80, 80 + line * 34), (300 + length * 2, 80 + line * 34)], fill="#4a4a48", width=5)
    body = io.BytesIO()
    picture.save(body, "JPEG", quality=80)
    return {"name": name, "mimeType": "image/jpeg", "buffer": body.getvalue()}


@dataclass(frozen=True)
class Receipt:
    """What a family takes away: the case number and the tracking code."""

    number: str
    code: str


@dataclass
class Family:
    """A parent with a telephone, asking for one child."""

    browser: Visitor
    child: Child

    @property
    def page(self) -> Page:
        return self.browser.page

    def file(self, to: str, initials: str = "") -> Receipt:
        """All six questions, then send."""
        self.answer_all(to, initials)
        return self.send()

    def answer_all(self, to: str, initials: str = "") -> None:
        """Up to the page where everything is read once more."""
        self.start()
        self.answer_student()
        self.answer_school(to, initials)
        self.answer_reason()
        self.answer_evidence()
        self.answer_guardian()
        self.confirm_phone()

    def start(self) -> None:
        self.browser.go("/apply/transfer")
        self.browser.press("开始办理")

    def answer_student(self) -> None:
        self.page.get_by_label("孩子姓名").fill(self.child.name)
        self.page.get_by_label("全国学籍号", exact=True).fill(self.child.number.lower())
        self.page.get_by_label("现在上几年级").select_option(str(self.child.grade))
        self.browser.press("继续")

    def answer_school(self, to: str, initials: str = "") -> None:
        """Type the initials: the list follows; without script the button asks for it."""
        self.page.get_by_label("学校名称").fill(initials or to)
        if not self.has_script:
            self.browser.press("搜索")
        self.page.get_by_role("radio", name=to).check(force=True)
        self.browser.press("继续")

    def answer_reason(self, why: str = "搬了家") -> None:
        self.page.get_by_role("radio", name=why).check(force=True)
        self.page.get_by_label("补充说明").fill("三月搬到晋江，孩子跟我们一起住。")
        self.browser.press("继续")

    def answer_evidence(self) -> None:
        """A picture into each slot that must not stay empty."""
        slots = self.page.locator("[data-slot]").filter(has_not_text="可不传")
        for at in range(slots.count()):
            slot = slots.nth(at)
            field = slot.locator("[data-pick]" if self.has_script else ".slot__plain input")
            field.set_input_files(photograph(f"材料{at + 1}-{self.child.number[-4:]}.jpg"))
            if self.has_script:
                slot.get_by_text("已上传").wait_for()
        self.browser.press("继续")

    def answer_guardian(self, relation: str = "父亲") -> None:
        self.page.get_by_role("radio", name=relation).check(force=True)
        self.page.get_by_label("您的姓名").fill(self.child.guardian)
        self.page.get_by_label("您的手机号").fill(self.child.phone)
        self.page.get_by_role("checkbox").check(force=True)
        self.browser.press("继续")

    def confirm_phone(self) -> None:
        """The demo shows the code that a telephone would get."""
        self.page.get_by_label("手机验证码").fill(self.shown_code())
        self.browser.press("继续")

    def shown_code(self) -> str:
        found = SHOWN_CODE.search(self.page.locator("body").inner_text())
        assert found, "the demo shows no code"
        return found.group(1)

    def send(self) -> Receipt:
        self.browser.press("提交申请")
        self.browser.reads("申请已提交")
        number = self.page.locator(".big-number").inner_text().strip()
        code = self.page.locator(".big-code").inner_text().strip()
        return Receipt(number, code)

    def track(self, receipt: Receipt) -> None:
        self.browser.go("/track")
        self.page.get_by_label("受理号").fill(receipt.number)
        self.page.get_by_label("查询码").fill(receipt.code.lower().replace("-", ""))
        self.browser.press("查看")

    @property
    def has_script(self) -> bool:
        return self.browser.has_script


@dataclass
class Official:
    """Somebody at a desk, with the keyboard alone."""

    browser: Visitor
    username: str

    @property
    def page(self) -> Page:
        return self.browser.page

    def sign_in(self, password: str) -> Official:
        self.browser.go("/sign-in")
        self.fill_in_sign_in(password)
        return self

    def fill_in_sign_in(self, password: str) -> None:
        self.page.get_by_label("用户名").fill(self.username)
        self.page.get_by_label("密码", exact=True).fill(password)
        self.browser.press("登录")

    def open(self, number: str) -> None:
        """From the inbox, by keys: search, first row, open."""
        self.browser.go("/inbox")
        self.page.keyboard.press("/")
        self.page.keyboard.type(number)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.page.locator("tr[data-row]", has_text=number).wait_for()
        self.page.locator("body").press("j")
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def approve(self) -> None:
        """A, Ctrl Enter."""
        self.page.keyboard.press("a")
        self.send()

    def send(self) -> None:
        with self.page.expect_navigation():
            self.press_send()

    def press_send(self) -> None:
        """Once; and once more where it is asked whether one agrees to what was not looked at."""
        self.page.keyboard.press("Control+Enter")
        if self.page.locator("#unseen-dialog[open]").count():
            self.page.keyboard.press("Control+Enter")

    def ask_for(self, wanted: dict[str, str], files: dict[str, str] | None = None) -> list[str]:
        """Tick what the family must correct, with words for each; the words, as they are previewed."""
        asked = {**(files or {}), **wanted}
        for name, words in asked.items():
            item = self.page.locator(".return-item", has_text=name).first
            item.get_by_role("checkbox").check(force=True)
            item.locator("input[name^='text:']").fill(words)
        return list(asked.values())

    def write(self, words: str) -> None:
        self.page.locator("#opinion-words").fill(words)

"""Every page that a family or an official can come to, and what has to be done before it looks like one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, StorageState

from tests.e2e.demo import Demo
from tests.e2e.offices import SHIYAN_NAME, TAIJIANG
from tests.e2e.people import Family, Official, Receipt
from tests.e2e.visitor import DESK, PHONE, Visitor, visitor

DRAFT, STRANGER = "a family that has not sent yet", "somebody the school does not know"
SENT, ENDED = "a family", "a family whose case has ended"
REGISTRAR, LEADER = "registrar", "leader"
OPEN_STATES = ("in_review", "due_soon", "overdue", "returned", "awaiting_arrival", "stuck")
ENDED_STATES = ("refused", "withdrawn", "not_arrived", "completed", "being_made")
PAPERS = ("valid", "expired", "superseded", "revoked")
Act = Callable[[Page], None]


def nothing(_page: Page) -> None:
    """The page is as it came."""


@dataclass(frozen=True)
class Stop:
    """One page: its name, who comes there, its address, what is done on it.

    In the address `{returned}` stands for the number of the sample case in that state, `{valid}` for such a
    certificate, `{task}` and `{student}` for those of the desk, `{spare}` for a task that is opened once.
    """

    name: str
    who: str
    path: str
    act: Act = nothing
    status: int = 200


def empty_and_send(page: Page) -> None:
    """Nothing filled in: the page tells every error."""
    for one in page.locator("main input.govuk-input:visible").all():
        one.fill("")
    with page.expect_navigation():
        page.locator("main form .govuk-button").first.click()


def search(page: Page) -> None:
    page.locator("#q").fill("小学")
    page.locator(".found-line").filter(has_text="找到").wait_for()


def send(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="提交申请").click()


def find_wrongly(page: Page) -> None:
    page.locator("main input").nth(-2).fill("ZX350582-2026-99999")
    page.locator("main input").nth(-1).fill("0000-0000")
    with page.expect_navigation():
        page.locator("main form .govuk-button").first.click()


def enlarge(page: Page) -> None:
    switch_type(page, "大字版")


def reduce(page: Page) -> None:
    switch_type(page, "标准版")


def switch_type(page: Page, wanted: str) -> None:
    button = page.locator(".type-switch button", has_text=wanted)
    if button.count():
        with page.expect_navigation():
            button.click()


def refuse(page: Page) -> None:
    page.keyboard.press("d")


def send_back(page: Page) -> None:
    page.keyboard.press("r")
    page.get_by_role("dialog").get_by_role("checkbox").first.check(force=True)


def agree_unseen(page: Page) -> None:
    """Agree before every file was looked at: the page asks once."""
    page.keyboard.press("a")
    page.keyboard.press("Control+Enter")
    page.get_by_role("dialog").wait_for()


def be_slower(page: Page) -> None:
    """While one writes, somebody agrees in another window."""
    page.keyboard.press("a")
    page.locator("#opinion-words").fill("材料齐全，房产证已核对。")
    other = page.context.new_page()
    other.goto(page.url)
    other.keyboard.press("a")
    for window in (other, page):
        window.keyboard.press("Control+Enter")
        window.get_by_role("dialog").wait_for()
        with window.expect_navigation():
            window.keyboard.press("Control+Enter")
    other.close()


def show_keys(page: Page) -> None:
    page.keyboard.press("?")


FAMILY = (
    Stop("home", DRAFT, "/"),
    Stop("apply-guide", SENT, "/apply/transfer"),
    Stop("apply-not-possible", DRAFT, "/apply/transfer/not-possible"),
    Stop("apply-basis", DRAFT, "/apply/transfer/basis"),
    Stop("apply-elsewhere", DRAFT, "/apply/transfer/elsewhere"),
    Stop("apply-1-student", DRAFT, "/apply/transfer/student"),
    Stop("apply-1-student-errors", DRAFT, "/apply/transfer/student", empty_and_send),
    Stop("apply-2-school", DRAFT, "/apply/transfer/school", search),
    Stop("apply-3-reason", DRAFT, "/apply/transfer/reason"),
    Stop("apply-4-evidence", DRAFT, "/apply/transfer/evidence"),
    Stop("apply-5-guardian", DRAFT, "/apply/transfer/guardian"),
    Stop("apply-5-guardian-errors", DRAFT, "/apply/transfer/guardian", empty_and_send),
    Stop("apply-5-phone", DRAFT, "/apply/transfer/phone"),
    Stop("apply-6-check", DRAFT, "/apply/transfer/check"),
    Stop("apply-6-refused", DRAFT, "/apply/transfer/check", send),
    Stop("apply-6-neutral", STRANGER, "/apply/transfer/check", send),
    Stop("apply-resume", DRAFT, "/apply/transfer/resume"),
    Stop("apply-done", SENT, "/apply/transfer/done"),
    Stop("apply-slip", SENT, "/apply/transfer/slip"),
    Stop("track-find", SENT, "/track"),
    Stop("track-find-wrong", SENT, "/track", find_wrongly),
    Stop("track-recover", SENT, "/track/recover"),
    *(Stop(f"track-{state}", SENT, f"/track/{{{state}}}") for state in OPEN_STATES),
    *(Stop(f"track-{state}", ENDED, f"/track/{{{state}}}") for state in ENDED_STATES),
    Stop("track-correct", SENT, "/track/{returned}/correct"),
    Stop("track-withdraw", SENT, "/track/{in_review}/withdraw"),
    Stop("track-counting", SENT, "/track/{overdue}/counting"),
    Stop("track-record", ENDED, "/track/{completed}/record"),
    Stop("track-diagram", SENT, "/track/{in_review}/diagram"),
    Stop("track-phone", SENT, "/track/{in_review}/phone"),
    Stop("track-slip", SENT, "/track/{in_review}/slip"),
    Stop("verify", SENT, "/verify"),
    *(Stop(f"verify-{state}", SENT, f"/c/{{{state}}}") for state in PAPERS),
    Stop("verify-unknown", SENT, "/c/Z350102202699999999-0000000000", status=404),
    Stop("not-found", SENT, "/nowhere", status=404),
    Stop("track-large-type", SENT, "/track/{in_review}", enlarge),
    Stop("track-normal-type", SENT, "/track/{in_review}", reduce),
)

OFFICIAL = (
    Stop("sign-in", DRAFT, "/sign-in"),
    Stop("sign-in-errors", DRAFT, "/sign-in", empty_and_send),
    Stop("inbox", LEADER, "/inbox?who=all"),
    Stop("inbox-mine", REGISTRAR, "/inbox"),
    Stop("inbox-empty", REGISTRAR, "/inbox?q=没有这个人"),
    Stop("inbox-paused", REGISTRAR, "/inbox?urgency=paused&who=all"),
    Stop("inbox-done", LEADER, "/inbox?list=done&who=all"),
    Stop("inbox-started", REGISTRAR, "/inbox?list=started"),
    Stop("inbox-told", LEADER, "/inbox?list=told"),
    Stop("task", REGISTRAR, "/tasks/{task}"),
    Stop("task-refuse", REGISTRAR, "/tasks/{task}", refuse),
    Stop("task-return", REGISTRAR, "/tasks/{task}", send_back),
    Stop("task-return-page", REGISTRAR, "/tasks/{task}/return"),
    Stop("task-unseen", REGISTRAR, "/tasks/{task}", agree_unseen),
    Stop("task-keys", REGISTRAR, "/tasks/{task}", show_keys),
    Stop("task-of-another", LEADER, "/tasks/{task}"),
    Stop("task-conflict", REGISTRAR, "/tasks/{spare}", be_slower),
    Stop("case", REGISTRAR, "/cases/{completed}"),
    Stop("case-diagram", REGISTRAR, "/cases/{at_desk}/diagram"),
    Stop("students", REGISTRAR, "/students"),
    Stop("student", REGISTRAR, "/students/{student}"),
    Stop("student-reveal", REGISTRAR, "/students/{student}/reveal"),
    Stop("references", REGISTRAR, "/references"),
    Stop("office", LEADER, "/office"),
    Stop("office-last-term", LEADER, "/office?term=last"),
    Stop("office-list", LEADER, "/office/{school}"),
)
EVERY = (*FAMILY, *OFFICIAL)
"""What `test_pages` walks and `docs.pictures` photographs."""


@dataclass
class World:
    """A demo in which every page can be seen: who is signed in where, and the numbers for the addresses."""

    states: dict[str, StorageState] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    spare: list[str] = field(default_factory=list)

    def path(self, stop: Stop) -> str:
        return stop.path.format(**self.facts, spare=self.spare.pop() if "{spare}" in stop.path else "")

    def visit(self, window: Visitor, stop: Stop) -> None:
        """Come to a page, not to one that says it is elsewhere, and do what is done there."""
        path = self.path(stop)
        answer = window.page.goto(window.url + path)
        assert answer is not None
        assert answer.status == stop.status, f"{path} answers {answer.status}"
        assert urlsplit(answer.url).path == urlsplit(path).path, f"{path} leads to {answer.url}"
        stop.act(window.page)


def world(browser: Browser, demo: Demo) -> World:
    """Prepare it: families that have sent and that have not, one that the school does not know; a desk."""
    made = World()
    receipts = demo.samples() | {"being_made": demo.being_made(22)}
    made.facts |= {state: number for state, (number, _code) in receipts.items()} | demo.papers()
    made.facts |= {"school": "2135000101", "student": demo.subject(made.facts["completed"])}
    made.facts["task"], *made.spare = demo.tasks(TAIJIANG, "registrar")[2:]
    made.facts["at_desk"] = demo.number_of_task(made.facts["task"])
    demo.forget_messages()
    _families_with_drafts(browser, demo, made)
    demo.forget_messages()
    _families_that_track(browser, demo, made, receipts)
    for role in (REGISTRAR, LEADER):
        with visitor(browser, demo.url, **DESK) as window:
            Official(window, f"{role}.{TAIJIANG}").sign_in(demo.password)
            made.states[role] = window.page.context.storage_state()
    return made


def _families_with_drafts(browser: Browser, demo: Demo, made: World) -> None:
    """Everything is answered; the child has a case already, so that sending is refused."""
    demo.filed(20)
    child = demo.child(20)
    for who, phone in ((DRAFT, child.phone), (STRANGER, "13900006021")):
        with _phone(browser, demo, made, who) as family:
            family.child = replace(child, phone=phone)
            family.answer_all(SHIYAN_NAME)


def _families_that_track(
    browser: Browser, demo: Demo, made: World, receipts: dict[str, tuple[str, str]]
) -> None:
    for who, states in ((SENT, OPEN_STATES), (ENDED, ENDED_STATES)):
        with _phone(browser, demo, made, who) as family:
            if who == SENT:
                family.child = demo.child(21)
                family.file(SHIYAN_NAME)
            for state in states:
                family.track(Receipt(*receipts[state]))


@contextmanager
def _phone(browser: Browser, demo: Demo, made: World, who: str) -> Iterator[Family]:
    with visitor(browser, demo.url, **PHONE) as window:
        yield Family(window, demo.child(0))
        made.states[who] = window.page.context.storage_state(indexed_db=True)

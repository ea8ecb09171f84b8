"""Every page that a family or an official can come to, and what has to be done before it looks like one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, StorageState

from tests.e2e.demo import Demo
from tests.e2e.offices import JINJIANG, SHIYAN_NAME
from tests.e2e.people import Family, Official, Receipt
from tests.e2e.visitor import DESK, PHONE, visitor

DRAFT, SENT, REGISTRAR, LEADER = "a family that has not sent yet", "a family", "registrar", "leader"
STATES = (
    "in_review", "due_soon", "overdue", "returned", "awaiting_arrival", "refused", "withdrawn",
    "not_arrived", "completed",
)  # fmt: skip
Act = Callable[[Page], None]


def nothing(_page: Page) -> None:
    """The page is as it came."""


@dataclass(frozen=True)
class Stop:
    """One page: its name, who comes there, its address, what is done on it.

    In the address `{returned}` stands for the number of the sample case in that state, `{task}`,
    `{student}`, `{certificate}` for those of the desk.
    """

    name: str
    who: str
    path: str
    act: Act = nothing


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


def show_keys(page: Page) -> None:
    page.keyboard.press("?")


FAMILY = (
    Stop("home", DRAFT, "/"),
    Stop("apply-guide", SENT, "/apply/transfer"),
    Stop("apply-not-possible", DRAFT, "/apply/transfer/not-possible"),
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
    Stop("apply-resume", DRAFT, "/apply/transfer/resume"),
    Stop("apply-done", SENT, "/apply/transfer/done"),
    Stop("apply-slip", SENT, "/apply/transfer/slip"),
    Stop("track-find", SENT, "/track"),
    Stop("track-find-wrong", SENT, "/track", find_wrongly),
    Stop("track-recover", SENT, "/track/recover"),
    *(Stop(f"track-{state}", SENT, f"/track/{{{state}}}") for state in STATES),
    Stop("track-correct", SENT, "/track/{returned}/correct"),
    Stop("track-withdraw", SENT, "/track/{in_review}/withdraw"),
    Stop("track-counting", SENT, "/track/{overdue}/counting"),
    Stop("track-record", SENT, "/track/{completed}/record"),
    Stop("verify", SENT, "/verify"),
    Stop("verify-valid", SENT, "/c/{certificate}"),
    Stop("verify-unknown", SENT, "/c/Z350102202699999999-0000000000"),
    Stop("not-found", SENT, "/nowhere"),
    Stop("track-large-type", SENT, "/track/{in_review}", enlarge),
    Stop("track-normal-type", SENT, "/track/{in_review}", reduce),
)

OFFICIAL = (
    Stop("sign-in", DRAFT, "/sign-in"),
    Stop("sign-in-errors", DRAFT, "/sign-in", empty_and_send),
    Stop("inbox", REGISTRAR, "/inbox?who=all"),
    Stop("inbox-empty", REGISTRAR, "/inbox?q=没有这个人"),
    Stop("inbox-done", LEADER, "/inbox?list=done&who=all"),
    Stop("task", REGISTRAR, "/tasks/{task}"),
    Stop("task-refuse", REGISTRAR, "/tasks/{task}", refuse),
    Stop("task-return", REGISTRAR, "/tasks/{task}", send_back),
    Stop("task-return-page", REGISTRAR, "/tasks/{task}/return"),
    Stop("task-keys", REGISTRAR, "/tasks/{task}", show_keys),
    Stop("task-of-another", LEADER, "/tasks/{task}"),
    Stop("case", REGISTRAR, "/cases/{in_review}"),
    Stop("case-diagram", REGISTRAR, "/cases/{in_review}/diagram"),
    Stop("students", REGISTRAR, "/students"),
    Stop("student", REGISTRAR, "/students/{student}"),
    Stop("student-reveal", REGISTRAR, "/students/{student}/reveal"),
    Stop("office", LEADER, "/office"),
    Stop("office-list", LEADER, "/office/{office}"),
)


@dataclass
class World:
    """A demo in which every page can be seen: who is signed in where, and the numbers for the addresses."""

    states: dict[str, StorageState] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)

    def path(self, stop: Stop) -> str:
        return stop.path.format(**self.facts)


def world(browser: Browser, demo: Demo) -> World:
    """Prepare it: two families, one that has sent and follows the sample cases, one that has not; a desk."""
    made = World()
    made.facts |= demo.samples()
    made.facts["certificate"] = demo.certificate_of(made.facts["completed"])
    demo.forget_messages()
    _family_with_draft(browser, demo, made)
    _family_that_tracks(browser, demo, made)
    for role in (REGISTRAR, LEADER):
        with visitor(browser, demo.url, **DESK) as window:
            official = Official(window, f"{role}.{JINJIANG}").sign_in(demo.password)
            if role == REGISTRAR:
                _find_addresses(official, made)
            made.states[role] = window.page.context.storage_state()
    made.facts["office"] = JINJIANG
    return made


def _family_with_draft(browser: Browser, demo: Demo, made: World) -> None:
    """Everything is answered; the child has a case already, so that sending is refused."""
    demo.filed(20)
    with _phone(browser, demo, made, DRAFT) as family:
        family.child = demo.child(20)
        family.answer_all(SHIYAN_NAME)


def _family_that_tracks(browser: Browser, demo: Demo, made: World) -> None:
    with _phone(browser, demo, made, SENT) as family:
        family.child = demo.child(21)
        family.file(SHIYAN_NAME)
        for state in STATES:
            number = made.facts[state]
            family.track(Receipt(number, demo.new_code(number)))


@contextmanager
def _phone(browser: Browser, demo: Demo, made: World, who: str) -> Iterator[Family]:
    with visitor(browser, demo.url, **PHONE) as window:
        yield Family(window, demo.child(0))
        made.states[who] = window.page.context.storage_state(indexed_db=True)


def _find_addresses(official: Official, made: World) -> None:
    official.browser.go(f"/inbox?q={made.facts['in_review']}&who=all")
    task = official.page.locator("a[data-open]").first.get_attribute("href")
    assert task, "no task waits at the authority"
    made.facts["task"] = task.partition("?")[0].rpartition("/")[2]
    official.browser.go("/students")
    student = official.page.locator("a[data-open]").first.get_attribute("href")
    assert student, "the authority sees no student"
    made.facts["student"] = student.rpartition("/")[2]

"""The next task is fetched ahead: nothing is held, written or kept alive by it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update

from tests.support.province import GULOU, P1, P3, A, B
from tests.webapp.test_inbox import decide, open_task
from webapp.accounts import WebSession
from webapp.services import real_now
from workflows.model import HistoryEntry, Task

AHEAD = {"Sec-Purpose": "prefetch"}
LONG_AGO = timedelta(minutes=5)


def state(province):
    with province.installation.sessions() as session:
        return (
            session.scalar(select(func.max(WebSession.last_seen_at))),
            session.scalar(select(func.count()).select_from(HistoryEntry)),
            session.scalar(select(func.count(Task.claimed_by))),
        )


def test_the_next_page_is_fetched_without_a_trace(province, signed_in):
    province.transfer(A, P3)
    browser = signed_in(f"leader.{P3}")
    task = browser.get("/inbox").find("a.number")[0].get("href")
    with province.installation.sessions() as session:
        session.execute(update(WebSession).values(last_seen_at=real_now() - LONG_AGO))
        session.commit()
    before = state(province)
    assert browser.get(task, headers=AHEAD).says("林一航")
    assert state(province) == before
    browser.get(task)
    assert state(province) != before


def test_a_task_says_which_link_comes_next(province, signed_in):
    province.transfer(A, P3)
    browser = signed_in(f"leader.{P3}")
    page = browser.get(browser.get("/inbox").find("a.number")[0].get("href"))
    assert page.answer.headers["Speculation-Rules"] == '"/tasks/ahead.json"'
    assert "Speculation-Rules" not in browser.get("/inbox").answer.headers
    rules = browser.get("/tasks/ahead.json").answer
    assert rules.mimetype == "application/speculationrules+json"
    assert rules.get_json(force=True)["prefetch"][0]["where"]["selector_matches"] == ".case-bar a[rel=next]"


def test_what_was_just_done_waits_for_whoever_reads(province, signed_in):
    first, second = province.transfer(A, P3), province.transfer(B, P1)
    for office in (P1, GULOU):
        province.approve(second, office)
    province.decide(second, P3, "registrar", "approve", opinion="材料齐全。")
    browser = signed_in(f"leader.{P3}")
    following = open_task(browser, second["number"]).answer.request.path
    assert decide(browser, open_task(browser, first["number"]), "approve").status == 303
    assert not browser.get(following, headers=AHEAD).find(".band")
    assert browser.get("/tasks/told").says(first["number"])
    assert browser.get("/tasks/told").status == 204

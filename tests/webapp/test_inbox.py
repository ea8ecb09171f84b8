"""The work bench: what an official finds, and what happens when they decide. Without script."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.support.province import GULOU, JINJIANG, NANSHAN, P1, P3, A, B
from tests.webapp.browser import Browser, Page
from workflows.model import Task

OPINION = "form.opinion-bar"
RETURN = "form.return-form"


@pytest.fixture
def case(province):
    """林一航 wants to go from 榕城小学 to 晋江实验小学; the school's registrar has filed."""
    return province.transfer(A, P3)


def open_task(browser: Browser, number: str, who: str = "me") -> Page:
    page = browser.get(f"/inbox?who={who}")
    links = [a for a in page.find("a.number") if a.text_content() == number]
    assert links, page.text[-600:]
    return browser.get(links[0].get("href"))


def decide(browser: Browser, page: Page, decision: str, **fields: str) -> Page:
    return browser.send(page, OPINION, decision=decision, **fields)


def test_a_task_lies_in_the_inbox_of_its_desk_and_no_other(case, signed_in):
    assert signed_in(f"leader.{P3}").get("/inbox").says(case["number"])
    assert not signed_in(f"registrar.{P3}").get("/inbox").says(case["number"])
    assert signed_in(f"registrar.{P3}").get("/inbox?who=all").says(case["number"])
    assert not signed_in(f"leader.{JINJIANG}").get("/inbox?who=all").says(case["number"])


def test_a_list_tells_deadline_student_way_and_step(case, signed_in):
    page = signed_in(f"leader.{P3}").get("/inbox")
    assert page.says("还剩 10 天") and page.says("03-16 周一")
    assert page.says("林一航") and page.says("榕城小学 → 晋江实验小学") and page.says("核办")
    assert page.find("caption")[0].text_content() == "待办，1 件，按期限排"


@pytest.mark.parametrize("words", ["ZX350582-2026-0000", "林一航", "linyihang", "lyh", "榕城", "LYH"])
def test_a_case_is_found_by_number_name_pinyin_initials_and_school(case, signed_in, words):
    page = signed_in(f"leader.{P3}").get("/inbox", query_string={"q": words})
    assert page.says(case["number"])


@pytest.mark.parametrize("words", ["陈小雨", "%", "_", "zzz", "' OR 1=1 --", "\x00"])
def test_what_is_not_there_is_not_found(case, signed_in, words):
    page = signed_in(f"leader.{P3}").get("/inbox", query_string={"q": words})
    assert page.status == 200
    assert words == "\x00" or (not page.says(case["number"]) and page.says("没有符合的"))


def test_urgencies_are_filters_with_counts(case, signed_in, province):
    province.on("2026-03-17")
    browser = signed_in(f"leader.{P3}")
    page = browser.get("/inbox")
    assert page.says("超期 1 天") and page.says("已超期 1") and page.says("2 天内截止 0")
    assert browser.get("/inbox?urgency=overdue").says(case["number"])
    assert not browser.get("/inbox?urgency=soon").says(case["number"])


def test_the_task_page_tells_what_one_must_know(case, signed_in):
    page = open_task(signed_in(f"leader.{P3}"), case["number"])
    for words in (
        "申请内容",
        "系统核对",
        "前面的意见",
        "走到哪一步",
        "还剩 10 个工作日，3月16日（周一）截止",
    ):
        assert page.says(words)
    assert page.says("榕城小学 五年级") and page.says("晋江实验小学") and page.says("搬了家")
    assert page.find("section.pane-right img[src*='/evidence/']")


def test_numbers_are_masked_and_no_birth_date_stands_beside_them(case, signed_in):
    page = open_task(signed_in(f"leader.{P3}"), case["number"])
    assert page.says("G350102********0019") and page.says("138****6021")
    assert A not in page.answer.text and "2015-03-15" not in page.answer.text


def test_a_task_offers_exactly_its_decisions_and_says_what_they_cause(case, signed_in):
    page = open_task(signed_in(f"leader.{P3}"), case["number"])
    offered = [field.get("value") for field in page.find(f"{OPINION} input[name=decision]")]
    assert offered == ["approve", "refuse", "return"]
    assert page.find(".effect--approve")[0].text_content() == "同意后：送晋江市教育局。"
    assert page.find(".effect--refuse")[0].text_content() == "不同意后：业务结束，学籍留在榕城小学。"


def test_a_proposal_stays_in_the_house(case, signed_in, province):
    province.approve(case, P3)
    page = open_task(signed_in(f"registrar.{JINJIANG}"), case["number"])
    assert page.find(".effect--approve")[0].text_content() == "提交后：送学籍主管领导核办。"
    assert page.find(".effect--refuse")[0].text_content() == "提交后：送学籍主管领导核办。"


def test_another_offices_proposal_is_not_shown(case, signed_in, province):
    province.approve(case, P3)
    province.decide(case, JINJIANG, "registrar", "approve", opinion="只给本单位看的话。")
    own = open_task(signed_in(f"leader.{JINJIANG}"), case["number"])
    assert own.says("只给本单位看的话。")
    province.decide(case, JINJIANG, "leader", "approve", opinion="同意转入。")
    other = open_task(signed_in(f"registrar.{P1}"), case["number"])
    assert other.says("同意转入。") and not other.says("只给本单位看的话。")


def test_deciding_sends_the_case_on_and_says_so(case, signed_in, province):
    browser = signed_in(f"leader.{P3}")
    page = open_task(browser, case["number"])
    after = browser.follow(decide(browser, page, "approve", opinion="五年级有学位。"))
    assert after.says("已同意") and after.says(case["number"]) and after.says("没有待办")
    assert province.has_task(case, JINJIANG, "registrar")


def test_a_decided_task_shows_the_decision_and_not_the_form(case, signed_in):
    browser = signed_in(f"leader.{P3}")
    page = open_task(browser, case["number"])
    address = page.answer.request.path
    decide(browser, page, "approve")
    again = browser.get(address)
    assert again.status == 200 and again.says("已办完") and not again.find(OPINION)


def test_a_double_click_gets_the_first_answer(case, signed_in, province):
    browser = signed_in(f"leader.{P3}")
    page = open_task(browser, case["number"])
    first, second = decide(browser, page, "approve"), decide(browser, page, "approve")
    assert (first.status, second.status) == (303, 303)
    assert first.answer.location == second.answer.location


def test_who_comes_second_is_told_and_loses_nothing(case, signed_in, province):
    browser = signed_in(f"leader.{P3}")
    page = open_task(browser, case["number"])
    province.decide(case, P3, "leader", "approve", opinion="同意。")
    answer = decide(browser, page, "approve", opinion="我写的话")
    assert answer.status == 409
    assert answer.says("您的意见没有提交") and answer.says("您写的“我写的话”没有生效")
    assert answer.find("[role=alert]")


def test_what_a_colleague_holds_is_not_taken_away(case, signed_in, province):
    province.approve(case, P3)
    browser = signed_in(f"registrar.{JINJIANG}")
    page = open_task(browser, case["number"])
    held_by_somebody_else(province)
    answer = decide(browser, page, "approve", opinion="我写的话")
    assert answer.status == 409
    assert answer.says("李梅正在办") and answer.says("您写的“我写的话”没有生效")


def held_by_somebody_else(province):
    """A second registrar of the office, who does not exist in the demo, has claimed the task."""
    with province.installation.sessions() as session:
        task = session.scalars(select(Task).where(Task.status == "open")).one()
        task.claimed_by, task.claimed_by_name, task.claimed_at = uuid4(), "李梅", province.clock.now()
        session.commit()


def test_without_a_decision_nothing_is_sent(case, signed_in):
    browser = signed_in(f"leader.{P3}")
    page = open_task(browser, case["number"])
    answer = decide(browser, page, "", opinion="写了一半")
    assert answer.status == 422
    assert answer.says("还没选意见，请选一个")
    assert answer.find("textarea")[0].text_content().strip() == "写了一半"
    assert answer.find("title")[0].text_content().startswith("有错误：")


def test_a_refusal_needs_its_reason_and_words(case, signed_in, province):
    browser = signed_in(f"leader.{P3}")
    page = open_task(browser, case["number"])
    answer = decide(browser, page, "refuse")
    assert answer.status == 422
    assert answer.says("选了“不同意”，请选原因") and answer.says("请写清原因，家长会看到")
    answer = decide(browser, page, "refuse", reason_code="R01", opinion="五年级满员。")
    assert answer.status == 422 and answer.says("空余学位数")
    answer = decide(browser, page, "refuse", reason_code="R02", opinion="住址不在服务片区。")
    assert answer.status == 303
    assert province.case(case, f"registrar.{P3}")["status"] == "refused"


def test_unlawful_reasons_are_not_offered(case, signed_in):
    page = open_task(signed_in(f"leader.{P3}"), case["number"])
    codes = {option.get("value") for option in page.find("select[name=reason_code] option")}
    assert "R02" in codes
    assert not codes & {"R17", "R03", "R05", "R08"}  # R08 is of the senior stage


def test_a_decision_the_task_does_not_offer_is_not_taken(case, signed_in):
    browser = signed_in(f"leader.{P3}")
    answer = decide(browser, open_task(browser, case["number"]), "arrived")
    assert answer.status == 422


def test_a_leader_cannot_decide_a_proposal_and_sees_why(case, signed_in, province):
    province.approve(case, P3)
    page = open_task(signed_in(f"leader.{JINJIANG}"), case["number"], who="all")
    assert page.says("初核由学籍管理员办") and not page.find(OPINION)


def test_a_task_of_another_office_is_not_there(case, signed_in):
    browser = signed_in(f"leader.{P3}")
    path = open_task(browser, case["number"]).answer.request.path
    for stranger in (f"leader.{P1}", f"leader.{JINJIANG}", f"leader.{NANSHAN}"):
        assert signed_in(stranger).get(path).status == 404
    assert browser.get("/tasks/00000000-0000-7000-8000-000000000000").status == 404


def test_evidence_is_seen_by_those_who_take_part(case, signed_in):
    browser = signed_in(f"leader.{P3}")
    page = open_task(browser, case["number"])
    source = page.find("section.pane-right img")[0].get("src")
    picture = browser.get(source).answer
    assert picture.status_code == 200 and picture.mimetype == "image/jpeg"
    assert picture.headers["Cache-Control"] == "no-store"
    assert signed_in(f"leader.{NANSHAN}").get(source).status == 404
    assert browser.get(re.sub(r"[0-9]+$", "99", source)).status == 404


def test_holding_a_task_is_seen_by_colleagues(case, signed_in, province):
    province.approve(case, P3)
    browser = signed_in(f"registrar.{JINJIANG}")
    page = open_task(browser, case["number"])
    page = browser.follow(browser.send(page, "form[data-claim]"))
    assert page.says("您已领办")
    assert signed_in(f"leader.{JINJIANG}").get("/inbox?who=all").find(".held")
    page = browser.follow(browser.send(page, "form[data-claimed]"))
    assert page.says("没人领")


def test_signing_out_puts_back_what_one_held(case, signed_in):
    browser = signed_in(f"leader.{P3}")
    page = browser.follow(browser.send(open_task(browser, case["number"]), "form[data-claim]"))
    browser.send(page, "form[action='/sign-out']")
    assert open_task(signed_in(f"leader.{P3}"), case["number"]).says("没人领")


def test_a_return_says_everything_once_and_the_clock_stands_still(case, signed_in, province):
    province.on("2026-03-04")
    browser = signed_in(f"leader.{P3}")
    page = browser.follow(decide(browser, open_task(browser, case["number"]), "return"))
    assert page.says("退回期间时限暂停，补好后还剩 8 个工作日。")
    answer = browser.send(page, RETURN)
    assert answer.status == 422 and answer.says("请至少勾一项")
    answer = browser.send(answer, RETURN, item="/guardian/phone")
    assert answer.status == 422 and answer.says("请写清要补什么")
    wanted = {"item": "/guardian/phone", "text:/guardian/phone": "打不通，请核对。"}
    assert browser.send(answer, RETURN, **wanted).status == 303
    assert province.case(case, f"registrar.{P3}")["status"] == "returned"
    assert signed_in(f"leader.{P3}").get("/inbox?urgency=paused&who=all").says("等补正")


def test_what_was_returned_is_corrected_and_comes_back(case, signed_in, province):
    items = [{"pointer": "/guardian/phone", "text": "打不通，请核对。"}]
    province.decide(case, P3, "leader", "return", fields={"items": items})
    browser = signed_in(f"registrar.{P3}")
    page = open_task(browser, case["number"])
    assert page.says("监护人手机号") and page.says("打不通，请核对。")
    answer = decide(browser, page, "resubmit", **{"fix:/guardian/phone": "1380"})
    assert answer.status == 422
    answer = decide(browser, page, "resubmit", **{"fix:/guardian/phone": "13900006021"})
    assert answer.status == 303
    assert open_task(signed_in(f"leader.{P3}"), case["number"]).says("139****6021")


def test_the_last_agreement_says_that_the_record_moves(case, signed_in, province):
    for office in (P3, JINJIANG, P1):
        province.approve(case, office)
    province.decide(case, GULOU, "registrar", "approve", opinion="材料齐全。")
    browser = signed_in(f"leader.{GULOU}")
    page = open_task(browser, case["number"])
    effect = page.find(".effect--approve")[0].text_content()
    assert effect.startswith("同意后：") and "业务办结" in effect
    assert len(page.find("ol.course-line li.is-done")) == 3
    assert decide(browser, page, "approve").status == 303
    assert province.case(case, f"registrar.{P3}")["status"] == "completed"


def test_the_next_task_opens_after_a_decision(case, signed_in, province):
    other = province.transfer(B, P1)
    province.approve(case, P3)
    province.approve(case, JINJIANG)
    browser = signed_in(f"leader.{P1}")
    province.decide(case, P1, "registrar", "approve", opinion="属实。")
    first = browser.get(browser.get("/inbox").find("a.number")[0].get("href"))
    after = browser.follow(decide(browser, first, "approve"))
    assert after.find("h1")[0].text_content() in ("林一航 转学", "陈小雨 转学")
    assert after.find(OPINION) and other["number"]


def test_the_case_page_tells_the_whole_story(case, signed_in, province):
    province.approve(case, P3)
    page = signed_in(f"registrar.{P3}").get(f"/cases/{case['number']}")
    assert page.status == 200
    assert page.says("现在在 晋江市教育局") and page.says("全部记录") and page.says("提交申请")
    assert signed_in(f"leader.{NANSHAN}").get(f"/cases/{case['number']}").status == 404


def test_the_diagram_of_a_case_comes_with_its_tokens(case, signed_in):
    browser = signed_in(f"leader.{P3}")
    page = browser.get(f"/cases/{case['number']}/diagram")
    assert '"receiving_school_review": "now"' in page.find("[data-diagram]")[0].get("data-tokens")
    drawing = browser.get(page.find("[data-diagram]")[0].get("data-diagram")).answer
    assert drawing.mimetype == "application/xml" and b"receiving_school_review" in drawing.data


def test_news_are_counted(case, signed_in):
    browser = signed_in(f"leader.{P3}")
    assert browser.get("/inbox/news?since=2026-03-01T09:00:00%2B08:00").answer.json["n"] == 1
    assert browser.get("/inbox/news?since=2026-03-05T09:00:00%2B08:00").answer.json["n"] == 0
    assert browser.get("/inbox/news?since=yesterday").answer.json["n"] == 0


def test_the_lists_of_what_was_decided_and_started(case, signed_in, province):
    province.approve(case, P3)
    page = signed_in(f"leader.{P3}").get("/inbox?list=done")
    assert page.says(case["number"]) and page.says("同意")
    assert signed_in(f"registrar.{P3}").get("/inbox?list=started").says(case["number"])
    assert not signed_in(f"registrar.{P1}").get("/inbox?list=started").says(case["number"])


@pytest.mark.parametrize(
    "query", ["list=x", "who=x", "urgency=x", "process=x", "cursor=x", "cursor=~", "cursor=2026~1", "e=9999"]
)
def test_an_address_that_says_nothing_known_is_no_error(case, signed_in, query):
    assert signed_in(f"leader.{P3}").get(f"/inbox?{query}").status == 200


def test_a_page_of_the_work_bench_is_light(case, signed_in):
    browser = signed_in(f"leader.{P3}")
    for page in (browser.get("/inbox"), open_task(browser, case["number"])):
        assert len(page.answer.data) < 60_000
        assert not page.find("//*[@style]") and not page.find("//script[not(@src)]")

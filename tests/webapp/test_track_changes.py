"""The tracking page of a change at one school: the same page, without what only a transfer has."""

from __future__ import annotations

from tests.scenarios.test_suspension import ASKED, filed
from tests.support.province import GULOU, P1
from tests.webapp.browser import Browser


def tracked(province, case):
    browser = Browser(province.installation_app)
    page = browser.get("/track")
    return browser.follow(browser.send(page, "main form", number=case["number"], code=case["tracking_code"]))


def test_the_page_names_one_school_and_what_comes_next(province):
    page = tracked(province, filed(province, "suspension", **ASKED))
    assert page.says("榕城小学，五年级") and not page.says("→")
    assert page.says("现在在：榕城小学") and page.says("鼓楼区教育局 审核") and page.says("不办了，申请撤回")


def test_a_refusal_says_why_and_that_the_record_stays(province):
    case = filed(province, "suspension", **ASKED)
    province.refuse(case, P1, "R13")
    page = tracked(province, case)
    assert page.says("没有变，仍在榕城小学五年级") and page.says("不符合条件。") and page.says("不服这个决定")


def test_the_end_says_from_when_it_holds_and_brings_the_certificate(province):
    case = filed(province, "suspension", **ASKED)
    for office in (P1, GULOU):
        province.approve(case, at=office)
    assert tracked(province, case).says("证明正在生成")
    province.installation.worker().run_once()
    page = tracked(province, case)
    assert page.says("林*航休学办好了，从 3月9日（周一）起算") and page.says("下载休学证明")
    assert not page.says("报到")

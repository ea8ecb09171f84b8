"""The tracking page: who has it, until when, do I have to do something."""

from __future__ import annotations

import json

import pytest

from tests.support.province import GULOU, JINJIANG, P1, P3, P4
from tests.webapp.family import Family, photo, shown_code


@pytest.fixture
def family(province):
    return Family(province.client.application)


@pytest.fixture
def slip(family):
    return family.apply()


def as_case(slip):
    return {"number": slip.number, "tracking_code": slip.code}


def card(page):
    return " ".join(page.find(".answer-card")[0].text_content().split())


def stations(page):
    return [" ".join(node.text_content().split()) for node in page.find(".route__title [aria-hidden]")]


def test_number_and_code_open_the_page(family, slip):
    page = family.open_case(slip)
    assert page.find("h1")[0].text == "林*航 转学"
    assert card(page).startswith("现在在：晋江实验小学")
    assert page.says("还剩 10 个工作日，3月16日（周一）截止")
    assert page.says("现在不用您做什么。孩子照常在榕城小学上课。")


@pytest.mark.parametrize("typed", ["{low}", "{plain}", " {code} "])
def test_the_code_is_read_as_people_type_it(family, slip, typed):
    code = typed.format(low=slip.code.lower(), plain=slip.code.replace("-", ""), code=slip.code)
    page = family.get("/track")
    assert family.send(page, "main form", number=slip.number.lower(), code=code).status == 303


def test_a_wrong_code_and_an_unknown_number_say_the_same(family, slip):
    page = family.get("/track")
    wrong = family.send(page, "main form", number=slip.number, code="0000-0000")
    unknown = family.send(page, "main form", number="ZX350582-2026-99999", code=slip.code)
    assert wrong.status == unknown.status == 422
    assert wrong.says("受理号或查询码不对，请照回执再看一遍")
    assert unknown.says("受理号或查询码不对，请照回执再看一遍")


def test_five_wrong_codes_close_the_page(family, slip):
    page = family.get("/track")
    for _try in range(5):
        family.send(page, "main form", number=slip.number, code="0000-0000")
    assert family.send(page, "main form", number=slip.number, code=slip.code).status == 429


def test_without_the_code_the_page_asks_for_it(province, slip):
    stranger = Family(province.client.application)
    answer = stranger.get(f"/track/{slip.number}")
    assert answer.status == 303
    assert answer.answer.location.startswith("/track?number=")
    for page in ("record", "withdraw", "correct", "counting", "again", "paper"):
        assert stranger.get(f"/track/{slip.number}/{page}").status == 303


def test_the_way_is_that_of_the_diagram(province, family, slip):
    page = family.open_case(slip)
    assert stations(page) == [
        "您提交了申请",
        "晋江实验小学正在办理",
        "晋江市教育局 审核",
        "榕城小学（原学校）办理",
        "鼓楼区教育局 审核",
        "学籍转到晋江实验小学",
    ]
    assert page.says("第 2 步，共 6 步，正在办理，晋江实验小学正在办理")
    province.approve(as_case(slip), P3)
    page = family.case(slip)
    assert stations(page)[1:3] == ["晋江实验小学 同意", "晋江市教育局正在办理"]
    assert card(page).startswith("现在在：晋江市教育局")


def test_two_days_before_and_after_the_last_day(province, family, slip):
    family.open_case(slip)
    province.days_pass("2026-03-12")
    assert family.open_case(slip).find(".answer-card .clock--soon")
    province.days_pass("2026-03-17")
    page = family.open_case(slip)
    assert page.says("超期 1 个工作日，3月16日（周一）已到期")
    assert page.says("已通知上一级晋江市教育局。")
    assert page.says("超期不会自动同意，也不会自动拒绝。一定要有人办。")
    assert family.get(f"/track/{slip.number}/counting").says("3月2日（周一）收到，第二天起算。")


def test_officials_names_and_the_number_are_nowhere(province, family, slip):
    province.approve(as_case(slip), P3)
    family.open_case(slip)
    entries = province.get(f"leader.{P3}", f"/cases/{slip.number}")["steps"]
    for page in (family.case(slip), family.get(f"/track/{slip.number}/record")):
        source = page.answer.get_data(as_text=True)
        assert "G350102" not in source
        assert "林一航" not in source
    assert entries


def test_a_refusal_tells_reason_words_and_what_can_be_done(province, family, slip):
    province.approve(as_case(slip), P3)
    province.refuse(as_case(slip), JINJIANG, "R13", opinion="租房合同 8月31日到期，没有续签。")
    page = family.open_case(slip)
    assert card(page).startswith("没有办成 晋江市教育局 3月2日（周一）不同意。")
    assert page.says("材料不全、看不清或者不真实（R13）")
    assert page.says("租房合同 8月31日到期，没有续签。")
    assert page.says("孩子的学籍没有变，仍在榕城小学五年级。")
    assert page.says("不服这个决定")
    again = family.get(f"/track/{slip.number}/again")
    assert family.follow(again).find("#student_name")[0].get("value") == "林一航"


def test_doubt_about_guardianship_tells_only_that(province, family, slip):
    for office in (P3, JINJIANG, P1):
        province.approve(as_case(slip), office)
    province.refuse(as_case(slip), GULOU, "R15", opinion="法院来函，抚养权有争议。")
    page = family.open_case(slip)
    assert page.says("监护关系有疑问")
    assert not page.says("抚养权")


def test_a_completed_transfer_tells_from_when_and_what_is_left(province, family, slip):
    for office in (P3, JINJIANG, P1, GULOU):
        province.approve(as_case(slip), office)
    page = family.open_case(slip)
    assert card(page).startswith("办好了 3月2日（周一）起，林*航的学籍在晋江实验小学五年级。")
    assert page.says("带孩子到晋江实验小学报到。")
    assert page.says("纸质档案由榕城小学在")
    rated = family.follow(family.send(page, ".grades", grade="5"))
    assert rated.find("[aria-pressed=true]")[0].text == "非常满意"


def test_across_provinces_the_child_reports_first(province, family):
    slip = family.apply(to=P4)
    for office in (P4, "440305", P1, GULOU):
        province.approve(as_case(slip), office)
    page = family.open_case(slip)
    assert card(page).startswith("三方都同意了，请带孩子报到 南山小学")


def test_urging_is_possible_once_from_the_middle_of_the_term(province, family, slip):
    assert family.open_case(slip).says("3月9日（周一）起可以催")
    province.days_pass("2026-03-10")
    page = family.open_case(slip)
    told = family.follow(family.send(page, "form[action$='urge']"))
    assert told.says("已经提醒晋江实验小学。") and told.says("已经催过晋江实验小学")
    assert province.history(as_case(slip), "urged") == [
        {"by": "family", "box": "receiving_school_review", "office": P3}
    ]


def test_an_unconfirmed_family_is_shown_no_way_back_to_the_school(province):
    visitor = Family(province.client.application)
    slip = visitor.apply(phone="13900001111")
    page = visitor.open_case(slip)
    assert stations(page)[3:5] == ["原学校办理", "原学校的教育局 审核"]


def test_the_page_is_light_and_private(family, slip):
    page = family.open_case(slip)
    assert len(page.answer.data) < 40_000
    assert page.find("meta[name=referrer]")[0].get("content") == "no-referrer"
    assert page.answer.headers["Cache-Control"] == "no-store"


def returned(province, slip):
    """The receiving school's registrar asks for two things."""
    items = [
        {"pointer": "/evidence/1", "text": "看不清签字和日期，请重拍。"},
        {"pointer": "/guardian/phone", "text": "打不通，请核对。"},
    ]
    province.decide(as_case(slip), P3, "registrar", "return", fields={"items": items})


def test_what_is_returned_is_told_item_by_item(province, family, slip):
    returned(province, slip)
    page = family.open_case(slip)
    assert card(page).startswith("请您补 2 样东西")
    assert page.says("看不清签字和日期，请重拍。") and page.says("打不通，请核对。")
    assert page.says("请在 3月16日（周一）前补好，还剩 10 个工作日。这段时间不算学校的办理时间。")
    assert stations(page)[1:3] == ["现在在您这里：补正", "晋江实验小学 继续审核"]


def test_only_the_named_things_open_and_the_case_goes_on(province, family, slip):
    returned(province, slip)
    family.open_case(slip)
    page = family.get(f"/track/{slip.number}/correct")
    names = {field.get("name") for field in page.find("main form [name]")}
    assert {name for name in names if ":" in name} == {"file:/evidence/1", "fix:/guardian/phone"}
    half = family.send(
        page, "main form", keep="1", **{"file:/evidence/1": (photo("blue"), "租房合同-2b.jpg")}
    )
    page = family.follow(half)
    assert page.says("租房合同-2b.jpg")
    assert family.client.get(page.find(".slot__thumb")[0].get("src")).mimetype == "image/jpeg"
    asked = family.send(page, "main form", send="1", **{"fix:/guardian/phone": "13800137788"})
    assert asked.says("已发到 138****7788"), "the telephone that can be reached, not the other one"
    code = asked.text.split("演示：验证码是")[1].split()[0]
    done = family.follow(family.send(asked, "main form", send="1", code=code))
    assert done.says("已交给晋江实验小学接着办")
    assert card(done).startswith("现在在：晋江实验小学")
    assert province.has_task(as_case(slip), P3, "registrar")
    assert [one["confirmed"] for one in province.history(as_case(slip), "phone_changed")] == [["phone-new"]]
    assert family.get(f"/track/{slip.number}/phone").says("已发到 138****7788")


def test_a_wrong_correction_is_told_at_its_place(province, family, slip):
    returned(province, slip)
    family.open_case(slip)
    page = family.get(f"/track/{slip.number}/correct")
    wrong = family.send(page, "main form", send="1", **{"fix:/guardian/phone": "138"})
    assert wrong.status == 422
    assert wrong.says("这一样还没补，请补上")
    assert wrong.says("手机号少了 8 位，请补全 11 位数字")


def test_the_drawing_shows_what_the_list_says_and_no_more(province, family, slip):
    province.approve(as_case(slip), P3)
    assert family.open_case(slip).find(f"a[href$='{slip.number}/diagram']")[0].text == "打开流程图"
    page = family.get(f"/track/{slip.number}/diagram")
    tokens = json.loads(page.find("[data-tokens]")[0].get("data-tokens"))
    assert tokens["receiving_school_review"] == "done"
    assert tokens["receiving_authority_review"] == "now"
    assert stations(page) == stations(family.case(slip))
    marks = [name for name in tokens.values() if name != "next"]
    assert len(marks) == len(page.find(".route .is-done, .route .is-now")) - 1, "filing is no box"
    drawing = family.client.get(f"/track/{slip.number}/diagram.bpmn")
    source = drawing.get_data(as_text=True)
    assert drawing.mimetype == "application/xml" and "receiving_school_review" in source
    assert "conditionExpression" not in source and "documentation" not in source
    assert " jisui:" not in source


def test_the_drawing_of_a_stranger_stays_closed(province, slip):
    stranger = Family(province.client.application)
    for page in ("diagram", "diagram.bpmn", "slip", "phone"):
        assert stranger.get(f"/track/{slip.number}/{page}").status == 303


def test_the_slip_is_printed_again_without_the_code(family, slip):
    family.open_case(slip)
    page = family.get(f"/track/{slip.number}/slip")
    assert page.says(slip.number) and page.says("现在由晋江实验小学办理，最晚 3月16日（周一）。")
    assert slip.code not in page.answer.get_data(as_text=True)


def test_messages_go_to_another_telephone_once_both_confirm(province, family, slip):
    family.open_case(slip)
    here = f"/track/{slip.number}/phone"
    asked = family.get(here)
    assert asked.says("已发到 138****6021")
    assert family.send(asked, "main form", code="000000").status == 422
    asked = family.follow(family.send(asked, "main form", code=shown_code(asked)))
    assert family.send(asked, "main form", phone="138").status == 422
    asked = family.send(asked, "main form", phone="13911112222")
    told = family.follow(family.send(asked, "main form", code=shown_code(asked)))
    assert told.says("手机号已改。以后的短信发到新手机号。")
    assert family.get(here).says("已发到 139****2222")
    assert family.get(f"/track/{slip.number}/record").says("您改了手机号，现在是 139****2222")
    [noted] = province.history(as_case(slip), "phone_changed")
    assert noted["phone"] == "139****2222" and noted["confirmed"] == ["phone-old", "phone-new"]


def test_large_type_shows_two_ways_on_and_the_rest_behind_more(family, slip):
    page = family.open_case(slip)
    family.send(page, ".type-switch")
    large = family.case(slip)
    assert large.find("html.large-type")
    assert len(large.find(".card--plain > .actions > li")) == 2
    assert [one.text for one in large.find(".card--plain details a")] == [
        "改手机号",
        "打印回执",
        "看全部记录",
    ]

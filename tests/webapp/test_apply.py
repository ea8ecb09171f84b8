"""A family applies: one question a page, nothing typed is lost, one case a sending."""

from __future__ import annotations

import pytest

from registry import policy
from tests.support.province import P3, A
from tests.webapp.family import FORM, GUARDIAN_OF_A, Family


@pytest.fixture
def family(province):
    return Family(province.client.application)


def test_the_guide_tells_what_policy_says(province, family):
    before = family.get("/apply/transfer")
    assert before.says("每个单位最多 10 个工作日，省内一般经过 4 个单位，同一教育局 3 个")
    assert before.says("随时可以申请")
    with province.installation.sessions() as session:
        for value in session.query(policy.PolicyValue).filter_by(key="transfer.step_sla_workdays"):
            value.value = 7
        session.commit()
    assert family.get("/apply/transfer").says("每个单位最多 7 个工作日")


def test_the_texts_behind_it_are_told_with_number_article_place_and_day(family):
    [told] = [
        link for link in family.get("/apply/transfer").find(".facts a") if "教基" in link.text_content()
    ]
    page = family.get(told.get("href"))
    assert page.says("《中小学生学籍管理办法》（教基〔2025〕1号）第十五条 全国，2025年1月3日起")
    assert page.says(
        "福建省中小学学籍管理实施细则（2016）：毕业年级最后一学期一般不办理转学 福建省，2016年9月1日起"
    )
    assert page.find("#R05")[0].text_content().strip().startswith("孩子正在休学")


def test_outside_the_window_one_may_fill_in_and_send_later(province, family):
    province.on("2026-07-20")
    guide = family.get("/apply/transfer")
    assert guide.says("现在不办理，下次从 8月15日（周六）开始。先填好，到时再提交。")
    assert guide.find("a.govuk-button[href$='student']")


def test_six_questions_lead_to_number_and_code(family):
    assert family.tell_student().find("h1")[0].text == "转到哪所学校？"
    assert family.tell_school().find("h1")[0].text == "为什么转学？"
    assert family.tell_reason().find("h1")[0].text == "上传材料"
    assert family.show_proofs().find("h1")[0].text == "您是孩子的谁？"
    assert family.tell_guardian().find("h1")[0].text == "手机验证码"
    check = family.confirm_phone()
    assert check.find("h1")[0].text == "看一遍，没错就提交"
    assert check.says("提交后先由晋江实验小学办理，最晚 3月16日（周一）。")
    done = family.send_in()
    assert done.says("申请已提交")
    assert done.find(".big-number")[0].text == "ZX350582-2026-00001"
    assert done.says("每个单位最多 10 个工作日。有变化会发短信到 138****6021。")
    stations = [" ".join(node.text_content().split()) for node in done.find(".route__title [aria-hidden]")]
    assert stations == [
        "晋江市教育局 审核",
        "榕城小学（原学校）办理",
        "鼓楼区教育局 审核",
        "学籍转到晋江实验小学",
    ]


def test_what_is_wrong_stands_beside_the_field_and_on_top_and_nothing_is_lost(family):
    page = family.get("/apply/transfer/student")
    wrong = family.send(page, FORM, student_name="林一航", student_number="G35010220150315001", grade="")
    assert wrong.status == 422
    assert wrong.find("title")[0].text.startswith("有错误：")
    words = [link.text for link in wrong.find(".govuk-error-summary a")]
    assert words == ["学籍号少了 1 位，应该是 1 个字母加 18 位", "请选现在的年级"]
    for link in wrong.find(".govuk-error-summary a"):
        assert wrong.find(link.get("href")), "each error leads to its field"
    assert wrong.find("#student_number")[0].get("value") == "G35010220150315001"
    again = family.get("/apply/transfer/student")
    assert again.find("#student_name")[0].get("value") == "林一航"


@pytest.mark.parametrize("typed", ["G" * 10_000, "G3501022015\x0003150019", "G350102201503150018"])
def test_hostile_or_wrong_numbers_are_said_before_any_look_up(family, typed):
    page = family.get("/apply/transfer/student")
    assert family.send(page, FORM, student_name="林一航", student_number=typed, grade="5").status == 422


@pytest.mark.parametrize("word", ["晋江实验", "jjsy", "JINJIANGSHIYAN"])
def test_a_school_is_found_by_name_and_initials(family, word):
    family.tell_student()
    found = family.get(f"/apply/transfer/school?q={word}")
    assert found.find(f"input[value='{P3}']")
    assert found.says("五年级有学位")


def test_a_school_without_the_grade_is_not_offered(family):
    family.tell_student(grade=8)
    assert family.get("/apply/transfer/school?q=晋江实验").says("没有叫这个名字、有八年级的学校。")
    page = family.get("/apply/transfer/school")
    token = page.find("input[name=csrf_token]")[0].get("value")
    assert family.post("/apply/transfer/school", token, receiving_school=P3).status == 422


def test_schools_are_found_by_city_and_county_too(family):
    family.tell_student()
    cities = family.get("/apply/transfer/school?area=")
    assert cities.find("a[href*='area=350500']")
    assert family.get("/apply/transfer/school?area=350500").find("a[href*='area=350582']")
    assert family.get("/apply/transfer/school?area=350582").find(f"input[value='{P3}']")


def test_typing_asks_for_the_list_alone(family):
    family.tell_student()
    part = family.get("/apply/transfer/school?q=jjsy", headers={"HX-Request": "true"})
    assert part.find("[role=status]")[0].text == "找到 1 所有五年级的学校"
    assert not part.find("h1")


def test_a_change_returns_to_the_check_page(family):
    family.fill_in()
    page = family.get("/apply/transfer/reason?from=check")
    answer = family.send(page, FORM, ground="home_moved", explanation="八月搬家")
    assert answer.answer.location.endswith("/apply/transfer/evidence?from=check")
    assert family.get("/apply/transfer/check").says("八月搬家")


def test_a_grandparent_is_asked_for_one_proof_more(family):
    family.tell_student()
    family.tell_school()
    family.tell_reason()
    family.show_proofs()
    page = family.tell_guardian(relation="grandparent")
    assert page.find("h1")[0].text == "上传材料"
    assert page.says("监护关系证明")


def test_sending_twice_makes_one_case(province, family):
    family.fill_in()
    check = family.get("/apply/transfer/check")
    first, second = family.send(check, FORM), family.send(check, FORM)
    assert first.status == second.status == 303
    again = family.follow(second)
    assert again.says("这份申请已经提交过，受理号是 ZX350582-2026-00001")
    with province.installation.sessions() as session:
        assert len(session.connection().exec_driver_sql("select id from cases").all()) == 1


def test_a_reload_shows_the_same_slip_and_the_code_is_in_no_address(family):
    slip = family.apply()
    assert family.get("/apply/transfer/done").find(".big-code")[0].text == slip.code
    paper = family.get("/apply/transfer/slip")
    assert paper.says("本回执不是转学证明")
    assert paper.find(".slip__code")[0].text == slip.code
    for page in (paper, family.get("/apply/transfer/done")):
        assert not [link for link in page.find("a") if slip.code in (link.get("href") or "")]
        assert page.answer.headers["Cache-Control"] == "no-store"


def test_a_draft_waits_thirty_days_and_can_be_deleted(province, family):
    family.tell_student()
    family.tell_school()
    assert family.get("/apply/transfer").says("接着上次填")
    resume = family.get("/apply/transfer/resume")
    assert resume.says("您 3月2日（周一）09:") and resume.says("填到第 3 步，内容都在。")
    assert resume.says("林*航") and resume.says("4月1日（周三）")
    gone = family.follow(family.send(resume, "form[action$='forget']"))
    assert gone.says("这台手机上的内容已经删除。")
    assert not gone.says("接着上次填")


def test_a_draft_ends_after_thirty_days(province, family):
    family.tell_student()
    province.clock.set(province.clock.now().replace(month=4, day=2))
    assert not family.get("/apply/transfer").says("接着上次填")


def test_typing_is_saved_silently(family):
    family.tell_student()
    family.tell_school()
    page = family.get("/apply/transfer/reason")
    token = page.find("input[name=csrf_token]")[0].get("value")
    saved = family.client.post(
        "/apply/transfer/reason",
        data={"explanation": "写到一半"},
        headers={"X-Jisui-Save": "1", "X-CSRFToken": token},
    )
    assert saved.status_code == 204
    assert "写到一半" in family.get("/apply/transfer/reason").answer.get_data(as_text=True)


def test_an_expired_page_loses_nothing(family):
    family.tell_student()
    family.tell_school()
    answer = family.client.post(
        "/apply/transfer/reason", data={"explanation": "写到一半", "csrf_token": "old"}
    )
    assert answer.status_code == 400
    assert "刚才填的 1 项已经保存" in answer.get_data(as_text=True)
    assert "写到一半" in family.get("/apply/transfer/reason").answer.get_data(as_text=True)


def test_on_another_phone_one_goes_on_by_text_message(province, family):
    family.fill_in()
    other = Family(province.client.application)
    page = other.get("/apply/transfer/elsewhere")
    asked = other.send(page, "main form", phone=GUARDIAN_OF_A)
    code = asked.text.split("演示：验证码是")[1].split()[0]
    resumed = other.follow(other.send(asked, "main form", code=code))
    assert resumed.says("接着上次填")
    assert other.get("/apply/transfer/check").says(A)
    assert family.get("/apply/transfer/resume").says("没有没填完的申请")


def test_five_wrong_codes_are_enough(family):
    family.tell_student()
    family.tell_school()
    family.tell_reason()
    family.show_proofs()
    page = family.tell_guardian()
    for _try in range(5):
        assert family.send(page, FORM, code="000000").status in (422, 303)
    assert family.send(page, FORM, code="000000").status == 429

"""The pre-check: nothing is filed; guardians are told why, strangers learn nothing."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from registry.policy import PolicyValue
from registry.students import Student
from tests.support.province import P1, P3, A
from tests.webapp.family import FORM, GUARDIAN_OF_A, STRANGER, Family


@pytest.fixture
def family(province):
    return Family(province.client.application)


def change(province, **changed):
    """The register knows something about A by now."""
    with province.installation.sessions() as session:
        student = session.scalars(select(Student).where(Student.student_number == A)).one()
        for name, value in changed.items():
            setattr(student.record if name.startswith("status") else student, name, value)
        session.commit()


def test_a_guardian_is_told_why(province, family):
    change(province, status="suspended")
    family.fill_in()
    refused = family.send_in()
    assert refused.status == 422
    assert refused.find("h1")[0].text == "现在还不能转学"
    assert refused.says("孩子正在休学") and refused.says("先办复学，病好了可以提前办。")
    assert refused.says("问原学校榕城小学")
    assert refused.says("规则编号 R05") and refused.says("保留到 4月1日（周三）")
    assert refused.find(".fine-print a")[0].get("href") == "/apply/transfer/basis#R05"
    assert family.get("/apply/transfer").says("接着上次填"), "the draft is kept"


@pytest.mark.parametrize(
    "secret", [{"status": "suspended"}, {"problem_record": True}, {"status": "graduated"}]
)
def test_strangers_get_one_neutral_answer(province, family, secret):
    change(province, **secret)
    family.fill_in(phone=STRANGER)
    refused = family.send_in()
    assert refused.says("孩子的学籍有一件事要先处理。为了保护孩子，原因只告诉监护人本人。")
    source = refused.answer.get_data(as_text=True)
    for told in ("R05", "R11", "R16", "榕城", "鼓楼", "休学", "毕业"):
        assert told not in source


def test_the_school_looks_up_what_a_stranger_was_not_told(province, family, signed_in):
    change(province, status="suspended")
    family.fill_in(phone=STRANGER)
    first = family.send_in().find("strong.nowrap, .ways strong")[0].text_content()
    assert re.fullmatch(r"R-[2-9A-Z]{4}", first)
    assert family.send_in().says(first), "a reload keeps the reference"
    desk = signed_in(f"registrar.{P1}")
    found = desk.get("/references", query_string={"q": first.lower().replace("-", "")})
    assert found.says("林一航") and found.says("R05") and found.says("孩子正在休学")
    for elsewhere in (f"registrar.{P3}", "leader.350582"):
        told = signed_in(elsewhere).get("/references", query_string={"q": first})
        assert told.says("没有这个编号，或者不是您单位的学生。") and not told.says("林一航")
    assert desk.get("/references?q=R-0000").says("没有这个编号")
    assert family.get(f"/references?q={first}").status == 303, "for officials only"


def test_the_own_school_is_not_told_to_a_stranger(family):
    family.fill_in(to=P1, phone=STRANGER)
    refused = family.send_in()
    assert refused.says("要先问原学校")
    assert not refused.says("已经在这所学校")


def test_a_guardian_is_told_of_the_own_school(family):
    family.fill_in(to=P1)
    refused = family.send_in()
    assert refused.says("孩子已经在这所学校，请选别的学校")
    assert refused.find("main .govuk-button")[0].get("href").startswith("/apply/transfer/school")


@pytest.mark.parametrize("day", ["2026-03-02", "2026-07-20"])
def test_trying_school_after_school_does_not_tell_which_is_the_own_one(province, family, day):
    """A rule that stands in the way of any school leaves no case behind, so one could try them all."""
    province.on(day)
    with province.installation.sessions() as session:
        session.connection().exec_driver_sql("update school_classes set capacity = 0")
        session.commit()
    checks, answers = set(), set()
    for school, name in ((P1, "榕城小学"), (P3, "晋江实验小学")):
        check = family.fill_in(to=school, phone=STRANGER, grade=4)
        checks.add(check.find("main")[0].text_content().replace(name, ""))
        answers.add(family.send_in().find("main")[0].text_content())
    assert len(checks) == 1
    [answer] = answers
    assert "要先问原学校" not in answer


def test_the_wrong_grade_does_not_tell_a_stranger_the_right_one(family):
    family.fill_in(phone=STRANGER, grade=4)
    source = family.send_in().answer.get_data(as_text=True)
    assert "五年级" not in source
    assert "转学不能换年级" in source


def test_name_and_number_that_do_not_fit_say_no_more(family):
    family.fill_in(name="林一杭")
    first = family.send_in()
    assert first.says("姓名和学籍号对不上") and first.says("请检查这两项，照学生证填。")
    family.tell_student("G350102201503150027", name="林一航")
    assert family.send_in().says("姓名和学籍号对不上"), "an unknown number gets the same words"


def test_the_third_wrong_name_locks_this_number_for_the_day(province, family):
    family.fill_in(name="林一杭")
    assert [family.send_in().status for _try in range(3)] == [422, 422, 429]
    assert family.send_in().says("今天已试 3 次，请明天再试，或打电话问原学校")
    fresh = Family(province.client.application)
    fresh.fill_in(name="林一行")
    assert fresh.send_in().status == 429, "a new draft is no new try"
    other = Family(province.client.application)
    other.fill_in(phone=STRANGER)
    assert other.send_in().says("申请已提交"), "nobody locks a family out"


def test_a_full_school_may_be_chosen_and_is_told(province, family):
    with province.installation.sessions() as session:
        session.connection().exec_driver_sql(
            f"update school_classes set capacity = 0 where school_code = '{P3}' and grade = 5"
        )
        session.commit()
    family.tell_student()
    assert family.get("/apply/transfer/school?q=jjsy").says("可能由教育局另行安排")
    assert family.fill_in().says("个学位都满了。可以换一所学校；也可以继续提交，由教育局另行安排。")
    done = family.send_in()
    assert done.says("申请已提交") and done.says("个学位都满了。")


def test_a_full_school_stops_where_policy_says_so(province, family):
    with province.installation.sessions() as session:
        for value in session.query(PolicyValue).filter_by(key="transfer.full_school_fallback"):
            value.value = "stop"
        session.connection().exec_driver_sql(
            f"update school_classes set capacity = 0 where school_code = '{P3}' and grade = 5"
        )
        session.commit()
    family.fill_in()
    refused = family.send_in()
    assert refused.status == 422
    assert refused.says("五年级满员了") and refused.says("0 个学位都满了。") and refused.says("规则编号 R01")
    assert refused.says("请换一所学校") and not refused.says("也可以继续提交")


def test_an_open_case_is_not_told_to_a_stranger(province, family):
    family.apply()
    other = Family(province.client.application)
    other.fill_in(phone=STRANGER)
    assert other.send_in().says("要先问原学校")


@pytest.mark.parametrize("phone", [STRANGER, GUARDIAN_OF_A])
def test_the_check_page_names_the_school_to_guardians_only(family, phone):
    check = family.fill_in(phone=phone)
    assert check.says("榕城小学") is (phone == GUARDIAN_OF_A)
    assert check.says("由学校核对") is (phone == STRANGER)


def test_a_child_under_protection_is_never_shown(province, family):
    change(province, quiet=True)
    assert family.fill_in().says("由学校核对")
    done = family.send_in()
    assert "榕城" not in done.answer.get_data(as_text=True)


def test_an_unconfirmed_applicant_finds_the_school_nowhere(province, family):
    slip = family.apply(phone=STRANGER)
    pages = [
        family.get("/apply/transfer/done"),
        family.get("/apply/transfer/slip"),
        family.open_case(slip),
        family.get(f"/track/{slip.number}/record"),
        family.get(f"/track/{slip.number}/withdraw"),
        family.get(f"/track/{slip.number}/diagram"),
        family.get(f"/track/{slip.number}/diagram.bpmn"),
        family.get(f"/track/{slip.number}/slip"),
    ]
    told = province.client.post("/api/v1/track", json={"number": slip.number, "code": slip.code})
    for source in [page.answer.get_data(as_text=True) for page in pages] + [told.get_data(as_text=True)]:
        assert "榕城" not in source
        assert "鼓楼" not in source
        assert P1 not in source
        assert A not in source


def test_after_the_first_review_the_family_is_told(province, family):
    slip = family.apply(phone=STRANGER)
    province.decide({"number": slip.number}, P3, "registrar", "approve")
    assert family.open_case(slip).says("榕城小学 → 晋江实验小学")


def test_every_field_is_kept_through_a_refusal(family):
    family.fill_in(name="林一杭")
    family.send_in()
    page = family.get("/apply/transfer/student?from=check")
    assert page.find("#student_number")[0].get("value") == A
    assert family.follow(family.send(page, FORM, student_name="林一航")).says("看一遍，没错就提交")

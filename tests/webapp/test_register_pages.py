"""The register as officials read it: their own students, masked until they say why."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from registry.students import Student
from tests.support.province import GULOU, JINJIANG, NANSHAN, P1, P3, A


@pytest.fixture
def address(province):
    """The page of 林一航: an opaque key, never the number."""
    with province.installation.sessions() as session:
        return f"/students/{session.scalars(select(Student.id).where(Student.student_number == A)).one()}"


def moved(province):
    case = province.transfer(A, P3)
    for office in (P3, JINJIANG, P1, GULOU):
        province.approve(case, office)
    return case


def test_a_student_is_found_by_name_pinyin_and_initials(signed_in):
    browser = signed_in(f"registrar.{P1}")
    for words in ("林一航", "linyihang", "lyh", A, A.lower()):
        assert browser.get("/students", query_string={"q": words}).says("林一航")
    assert browser.get("/students?q=nobody").says("没有找到")


def test_students_of_another_school_are_not_there(signed_in, address):
    for stranger in (f"registrar.{P3}", f"leader.{NANSHAN}"):
        browser = signed_in(stranger)
        assert not browser.get("/students?q=lyh").says("林一航")
        assert browser.get(address).status == 404
        assert browser.get(f"{address}/reveal").status == 404


def test_the_authority_sees_the_students_of_its_schools(signed_in, address):
    assert signed_in(f"leader.{GULOU}").get(address).says("榕城小学")


def test_a_masked_number_and_a_birth_date_never_stand_together(signed_in, address):
    page = signed_in(f"registrar.{P1}").get(address)
    assert page.says("G350102********0019") and page.says("10 岁")
    assert A not in page.answer.text and "2015-03-15" not in page.text


def test_full_numbers_are_shown_for_a_reason_that_is_written_down(signed_in, address):
    browser = signed_in(f"registrar.{P1}")
    page = browser.get(f"{address}/reveal")
    answer = browser.send(page, "form.stack")
    assert answer.status == 422 and A not in answer.answer.text
    answer = browser.send(page, "form.stack", reason="家长来电核对")
    assert answer.status == 200 and answer.says(A) and answer.says("2015-03-15")
    after = browser.get(address)
    assert after.says("家长来电核对") and after.says("榕城小学") and after.says("谁看过 1")


def test_who_takes_part_in_a_case_may_ask_for_the_numbers_too(signed_in, address, province):
    province.transfer(A, P3)
    browser = signed_in(f"leader.{P3}")
    answer = browser.send(browser.get(f"{address}/reveal"), "form.stack", reason="核对户口簿")
    assert answer.says(A)
    assert signed_in(f"registrar.{P1}").get(address).says("核对户口簿")


def test_the_page_tells_of_an_open_case_and_who_has_it(signed_in, address, province):
    case = province.transfer(A, P3)
    for office in (P3, JINJIANG):
        province.approve(case, office)
    page = signed_in(f"registrar.{P1}").get(address)
    assert page.says("转学在办，现在在榕城小学，还剩 10 个工作日")
    assert page.says(case["number"]) and page.says("申请转学")


def test_what_can_be_started_is_told_with_the_reason_for_the_rest(signed_in, address, province):
    assert signed_in(f"registrar.{P1}").get(address).says("转学由家长或转入学校发起，这里是现在的学校")
    assert signed_in(f"leader.{P1}").get(address).says("转学由学籍管理员发起")
    assert signed_in(f"registrar.{GULOU}").get(address).says("转学由学校发起，教育局核办")
    case = province.transfer(A, P3)
    assert signed_in(f"registrar.{P3}").get(address).status == 404, "a case shows the student on its task"
    for office in (P3, JINJIANG):
        province.approve(case, office)
    assert signed_in(f"registrar.{P1}").get(address).says("有业务在办，办完或撤回后再来")


def test_after_a_transfer_the_old_school_keeps_a_copy_to_read(signed_in, address, province):
    case = moved(province)
    page = signed_in(f"registrar.{P1}").get(address)
    assert page.status == 200
    assert page.says("只读副本") and page.says("转到晋江实验小学") and page.says(case["number"])
    assert page.says("林一航") and page.says("五年级")


def test_after_a_transfer_the_new_school_has_the_whole_story(signed_in, address, province):
    moved(province)
    page = signed_in(f"registrar.{P3}").get(address)
    assert page.says("在读") and page.says("转学（转入）") and page.says("榕城小学 → 晋江实验小学")
    story = [event.text_content() for event in page.find(".timeline__date")]
    assert story == sorted(story, reverse=True)


def test_a_list_of_students_goes_on_where_it_ended(signed_in):
    browser = signed_in(f"leader.{GULOU}")
    first = browser.get("/students")
    second = browser.get(first.find("a[rel=next]")[0].get("href"))
    ones = {a.get("href") for a in first.find("a.number")}
    others = {a.get("href") for a in second.find("a.number")}
    assert len(ones) == len(others) == 50 and not ones & others


def test_the_overview_counts_what_its_lists_hold(signed_in, province):
    case = province.transfer(A, P3)
    for office in (P3, JINJIANG):
        province.approve(case, office)
    browser = signed_in(f"leader.{GULOU}")
    page = browser.get("/office")
    assert page.says("榕城小学 1")
    lists = browser.get(page.find(f"a[href*='/office/{P1}']")[0].get("href"))
    assert lists.says(case["number"]) and lists.says("由该单位办理")


def test_the_overview_of_one_office_is_not_for_another(signed_in, province):
    province.transfer(A, P3)
    assert not signed_in(f"leader.{NANSHAN}").get(f"/office/{P3}").says("林一航")

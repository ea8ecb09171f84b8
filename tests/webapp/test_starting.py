"""发起业务: what a registrar starts from the student's page, on one page made from the process's form."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from sqlalchemy import select

from registry.students import Student
from tests.scenarios.test_suspension import agreed
from tests.support.province import GULOU, P1, P2, A

ASKED = {"ground": "illness", "effective_from": "2026-03-09", "effective_to": "2027-03-08"}


@pytest.fixture
def address(province):
    with province.installation.sessions() as session:
        return f"/students/{session.scalars(select(Student.id).where(Student.student_number == A)).one()}"


def paper():
    picture = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(picture, "JPEG")
    return io.BytesIO(picture.getvalue()), "病历.jpg"


def test_the_page_offers_what_is_allowed_now_and_says_why_the_rest_is_not(signed_in, address):
    page = signed_in(f"registrar.{P1}").get(address)
    offered = [link.get("href").rpartition("/")[2] for link in page.find("a[href*='/start/']")]
    assert "suspension" in offered and "resumption" not in offered
    assert page.says("复学 孩子现在在读。没有休学、离校或出国的，不用办这一项。 依据：")


def test_a_suspension_is_filed_and_goes_to_the_leader(signed_in, address, province):
    browser = signed_in(f"registrar.{P1}")
    page = browser.get(f"{address}/start/suspension")
    filed = browser.follow(browser.send(page, "form.stack", file=paper(), **ASKED))
    assert filed.says("已发起休学") and filed.says("林一航")
    tasks = province.get(f"leader.{P1}", "/tasks")["items"]
    assert [(task["process"], task["student"]["name"]) for task in tasks] == [("suspension", "林一航")]


def test_what_is_wrong_stands_at_its_field_and_the_file_is_kept(signed_in, address):
    browser = signed_in(f"registrar.{P1}")
    page = browser.get(f"{address}/start/suspension")
    again = browser.send(page, "form.stack", file=paper(), **(ASKED | {"effective_to": "2026-04-09"}))
    assert again.status == 422
    assert again.find("#error-effective_to") and again.says("休学至少 90 天，请改结束日期")
    assert [one.get("value") for one in again.find("#effective_from")] == ["2026-03-09"]
    done = browser.send(again, "form.stack", effective_to="2027-03-08")
    assert done.status == 303


def test_an_empty_page_says_what_is_missing(signed_in, address):
    browser = signed_in(f"registrar.{P1}")
    page = browser.get(f"{address}/start/suspension")
    empty = browser.send(page, "form.stack", who="else")
    assert empty.status == 422
    for words in (
        "请选一个原因",
        "还没填开始的日期",
        "还没填监护人姓名",
        "还没填手机号",
        "还没有材料，请选一个文件",
    ):
        assert empty.says(words)


def test_a_rule_that_stands_in_the_way_is_told_with_its_basis(signed_in, address, province):
    browser = signed_in(f"registrar.{P1}")
    page = browser.get(f"{address}/start/suspension")
    province.transfer(A, P2)
    refused = browser.send(page, "form.stack", file=paper(), **ASKED)
    assert refused.status == 422 and refused.says("孩子还有一件业务没办完")


def test_a_guardian_is_chosen_without_the_number_being_shown(signed_in, address):
    page = signed_in(f"registrar.{P1}").get(f"{address}/start/suspension")
    assert page.says("林建国（父亲，138****6021）") and "13800006021" not in page.answer.text


def test_who_comes_back_chooses_a_grade_that_is_offered(signed_in, address, province):
    agreed(province, "suspension", **ASKED)
    province.on("2027-03-09")
    browser = signed_in(f"registrar.{P1}")
    page = browser.get(f"{address}/start/resumption")
    asked = {"effective_from": "2027-03-09", "file": paper()}
    wrong = browser.send(page, "form.stack", grade="9", **asked)
    assert wrong.status == 422 and wrong.find("#error-grade") and wrong.says("可以回到六年级、五年级")
    done = browser.send(wrong, "form.stack", grade="5")
    assert done.status == 303


def test_what_a_school_files_by_duty_needs_no_guardian(signed_in, address):
    browser = signed_in(f"registrar.{P1}")
    page = browser.get(f"{address}/start/death")
    assert page.find("#who option[value=nobody]")
    assert not browser.get(f"{address}/start/suspension").find("#who option[value=nobody]")


@pytest.mark.parametrize(
    ("who", "process", "status"),
    [
        (f"registrar.{P1}", "resumption", 404),
        (f"registrar.{P1}", "transfer", 404),
        (f"registrar.{P1}", "nothing", 404),
        (f"registrar.{P2}", "suspension", 404),
        (f"leader.{P1}", "suspension", 403),
        (f"registrar.{GULOU}", "suspension", 404),
    ],
)
def test_what_may_not_be_started_from_here_is_not_there(signed_in, address, who, process, status):
    assert signed_in(who).get(f"{address}/start/{process}").status == status

"""关键信息变更 on the pages of officials: asked on one page, and no ID number shown in clear."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from registry.students import Student
from tests.support.province import P1, A
from tests.webapp.test_starting import paper

NEW_NAME, NEW_ID = "林亦航", "350102201503150035"


@pytest.fixture
def address(province):
    with province.installation.sessions() as session:
        key = session.scalars(select(Student.id).where(Student.student_number == A)).one()
    return f"/students/{key}/start/key-data-change"


def test_what_is_left_empty_stays(signed_in, address, province):
    browser = signed_in(f"registrar.{P1}")
    page = browser.get(address)
    filed = browser.follow(browser.send(page, "form.stack", file=paper(), **{"changes-name": NEW_NAME}))
    assert filed.says("已发起关键信息变更")


def test_an_error_stands_at_its_field_and_never_repeats_the_number(signed_in, address):
    browser = signed_in(f"registrar.{P1}")
    page = browser.get(address)
    again = browser.send(page, "form.stack", file=paper(), **{"changes-id_number": "350102201503150027"})
    assert again.status == 422
    assert again.find("#error-changes-id_number") and again.says("身份证号和性别对不上")


def test_an_empty_page_says_that_something_must_change(signed_in, address):
    browser = signed_in(f"registrar.{P1}")
    empty = browser.send(browser.get(address), "form.stack", file=paper())
    assert empty.status == 422 and empty.says("还没填要改什么，请至少填一项")


def test_the_number_asked_for_is_never_shown_in_clear(signed_in, address, province):
    browser = signed_in(f"registrar.{P1}")
    asked = {"changes-name": NEW_NAME, "changes-id_number": NEW_ID}
    case = browser.follow(browser.send(browser.get(address), "form.stack", file=paper(), **asked))
    (task,) = province.get(f"leader.{P1}", "/tasks")["items"]
    seen = signed_in(f"leader.{P1}").get(f"/tasks/{task['id']}")
    assert seen.says("新的姓名") and seen.says(NEW_NAME)
    assert seen.says("新的证件号") and seen.says("350102********0035")
    for page in (case, seen):
        assert NEW_ID not in page.answer.text

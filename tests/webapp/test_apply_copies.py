"""Two copies of one draft: the newer wins, the older is shown field by field."""

from __future__ import annotations

import pytest

from tests.support.province import A
from tests.support.provinces import copied
from tests.webapp.family import FORM, GUARDIAN_OF_A, Family, shown_code

REASON = "/apply/transfer/reason"


@pytest.fixture
def family(sqlite_only):
    return Family(sqlite_only.client.application)


@pytest.fixture
def sqlite_only(sqlite_province, tmp_path):
    """Nothing here depends on the database."""
    with copied(*sqlite_province, tmp_path / "data") as province:
        yield province


def brought(family, *, began, age, **typed):
    """What the script of a telephone sends that was without network."""
    page = family.get(REASON)
    token = page.find("input[name=csrf_token]")[0].get("value")
    headers = {"X-Jisui-Save": "1", "X-CSRFToken": token, "X-Jisui-Began": began, "X-Jisui-Age": str(age)}
    return family.client.post(REASON, data=typed, headers=headers)


def version(family):
    return family.get(REASON).find(FORM)[0].get("data-version")


def filled_in_here(family):
    family.tell_student()
    family.tell_school()
    before = version(family)
    family.tell_reason("home_moved", "八月搬家")
    return before


def test_an_older_copy_is_offered_and_can_be_taken(family):
    before = filled_in_here(family)
    answer = brought(family, began=before, age=3600, ground="work_moved", explanation="换了工作")
    assert answer.status_code == 409
    page = family.get(REASON)
    assert page.says("另一台手机上填的不一样")
    assert page.find("#explanation")[0].text_content().strip() == "八月搬家", "the newer one stands"
    choice = family.get("/apply/transfer/differences")
    assert choice.says("搬了家") and choice.says("家长换了工作地点") and choice.says("换了工作")
    family.send(choice, "main form", **{"reason.explanation": "theirs"})
    assert "换了工作" in family.get(REASON).answer.get_data(as_text=True)
    assert family.get(REASON).find("input[value=home_moved][checked]"), "what was not chosen stays"
    assert not family.get(REASON).says("另一台手机上填的不一样")


def test_a_newer_copy_wins_and_the_older_is_offered(family):
    before = filled_in_here(family)
    assert brought(family, began=before, age=0, explanation="换了工作").status_code == 409
    page = family.get(REASON)
    assert page.find("#explanation")[0].text_content().strip() == "换了工作"
    assert family.get("/apply/transfer/differences").says("八月搬家")


def test_what_fits_together_is_no_difference(family):
    filled_in_here(family)
    now = version(family)
    saved = brought(family, began=now, age=0, ground="home_moved", explanation="九月搬家")
    assert saved.status_code == 204 and saved.headers["X-Jisui-Began"] == version(family)
    assert brought(family, began="earlier", age=5, explanation="九月搬家").status_code == 204
    assert not family.get("/apply/transfer/resume").says("不一样")


def test_a_draft_of_another_telephone_joins_the_one_here(sqlite_only, family):
    family.fill_in()
    other = Family(sqlite_only.client.application)
    other.tell_student(grade=4)
    page = other.get("/apply/transfer/elsewhere")
    asked = other.send(page, "main form", phone=GUARDIAN_OF_A)
    resumed = other.follow(other.send(asked, "main form", code=shown_code(asked)))
    assert resumed.says("另一台手机上填的不一样") and resumed.says("2 个文件已上传")
    choice = other.get("/apply/transfer/differences")
    assert choice.says("四年级") and choice.says("五年级")
    onward = other.follow(other.send(choice, "main form", **{"student.grade": "theirs"}))
    assert onward.find("h1")[0].text == "看一遍，没错就提交", "the telephone was confirmed just now"
    assert other.get("/apply/transfer/student").find("option[selected]")[-1].text == "五年级"
    assert other.get("/apply/transfer/student").find("#student_number")[0].get("value") == A

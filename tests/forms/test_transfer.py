"""The application of a transfer, as the contract and the pages ask it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from forms.pointers import errors_of
from forms.transfer import GuardianPage, ReasonPage, StudentPage, TransferApplication

ALL_GROUNDS = ("home_moved", "household_moved", "work_moved", "military_posting", "other")


def application(**changes):
    members = {
        "student_number": "g350102201503150019",
        "student_name": " 林一航 ",
        "receiving_school": "2135000003",
        "ground": "home_moved",
        "explanation": "",
        "guardian": {"name": "林建国", "relation": "father", "phone": "138 0013 6021"},
        "evidence": [str(uuid4())],
    }
    return {**members, **changes}


def typed(**fields):
    return MultiDict(fields)


def pointers(members):
    with pytest.raises(ValidationError) as wrong:
        TransferApplication.model_validate(members)
    return {(error["pointer"], error["code"]) for error in errors_of(wrong.value)}


def test_values_come_in_their_one_form():
    asked = TransferApplication.model_validate(application())
    assert asked.student_number == "G350102201503150019"
    assert asked.student_name == "林一航"
    assert asked.guardian.phone == "13800136021"
    assert asked.grade is None


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"student_number": "G350102201503150018"}, "/student_number"),
        ({"student_name": "\u202e林"}, "/student_name"),
        ({"receiving_school": "P3"}, "/receiving_school"),
        ({"ground": "wish"}, "/ground"),
        ({"guardian": {"name": "林建国", "relation": "father", "phone": "1"}}, "/guardian/phone"),
        ({"guardian": {"name": "林建国", "relation": "aunt", "phone": "13800136021"}}, "/guardian/relation"),
        ({"evidence": []}, "/evidence"),
        ({"evidence": ["x"]}, "/evidence/0"),
        ({"grade": 13}, "/grade"),
        ({"grade": "5"}, "/grade"),
        ({"wish": "soon"}, "/wish"),
        ({"ground": "other"}, "/explanation"),
        ({"explanation": "长" * 301}, "/explanation"),
    ],
)
def test_each_error_points_at_its_member(changes, pointer):
    assert {found for found, _code in pointers(application(**changes))} == {pointer}


def test_the_same_file_is_not_listed_twice():
    one = str(uuid4())
    assert pointers(application(evidence=[one, one])) == {("/evidence", "twice")}


def test_step_one_keeps_what_was_typed_until_it_is_right():
    page = StudentPage(typed(student_name="林一航", student_number="G35010220150315001", grade="5"))
    assert not page.validate()
    assert page.student_number.data == "G35010220150315001"
    assert page.student_number.errors == ["学籍号少了 1 位，应该是 1 个字母加 18 位"]
    right = StudentPage(typed(student_name="林一航", student_number="g 350102 20150315 0019", grade="5"))
    assert right.validate()
    assert right.student_number.data == "G350102201503150019"


def test_step_one_says_what_is_missing_in_chinese():
    page = StudentPage(typed())
    assert not page.validate()
    assert [field.errors[0] for field in page] == [
        "还没填孩子姓名",
        "还没填全国学籍号，请照学生证填",
        "请选现在的年级",
    ]


@pytest.mark.parametrize("number", ["A" * 10_000, "G35010220150315\x000019", "LG50102201503150019"])
def test_hostile_numbers_are_field_errors(number):
    page = StudentPage(typed(student_name="林一航", student_number=number, grade="5"))
    assert not page.validate()
    assert page.student_number.errors


def test_the_grounds_are_those_of_the_place_and_other_needs_words():
    page = ReasonPage(typed(ground="other"), grounds=ALL_GROUNDS)
    assert not page.validate()
    assert page.explanation.errors == ["选了“其他”，请写两句情况"]
    without = ReasonPage(typed(ground="other", explanation="两句"), grounds=("home_moved",))
    assert not without.validate()
    assert without.ground.errors == ["请选一个原因"]


def test_the_guardian_ticks_and_names_another_relation():
    page = GuardianPage(typed(relation="other", name="林建国", phone="1380 013 602"))
    assert not page.validate()
    assert page.relation_words.errors == ["选了“其他”，请写明关系"]
    assert page.phone.errors == ["手机号少了一位，请补全 11 位数字"]
    assert page.is_guardian.errors == ["请先勾选"]

"""Numbers of students and citizens: form, check digit, masks."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidIdentifier
from registry.identifiers import check_id_number, check_phone, check_student_number, mask_number, mask_phone

A = "G350102201503150019"


@pytest.mark.parametrize(
    "typed",
    [
        A,
        " g350102201503150019\n",
        "G 350102 20150315 0019",
        "Ｇ３５０１０２２０１５０３１５００１９",
        "Ｇ350102　201503150019",
    ],
)
def test_a_number_is_taken_however_it_is_typed(typed):
    assert check_student_number(typed) == A


@pytest.mark.parametrize("number", ["L350582201504020417", "J35010220150315001" + "9", "G11010519491231002x"])
def test_the_three_letters_are_taken(number):
    assert check_student_number(number) == number.upper()


def test_a_temporary_number_has_no_check_digit():
    assert check_student_number("L350102201503150018") == "L350102201503150018"


@pytest.mark.parametrize(
    ("typed", "code", "message"),
    [
        ("", "missing", "还没填学籍号"),
        (A[:-1], "too_short", "学籍号少了 1 位，应该是 1 个字母加 18 位"),
        (A + "0", "too_long", "学籍号多了 1 位，应该是 1 个字母加 18 位"),
        ("G350102201503150018", "check_digit", "最后一位对不上，请照学生证再看一遍"),
        ("J350102201503150018", "check_digit", "最后一位对不上，请照学生证再看一遍"),
        ("X350102201503150019", "wrong_prefix", "学籍号以 G、L 或 J 开头，请照学生证再看一遍"),
        ("L" + A, "lg_prefix", "学籍号开头只有 1 个字母，请去掉“LG”里的“L”再试"),
        ("G35010220150315\u0660\u0660\u0661\u0669", "wrong_characters", None),
        ("G3501022015031500²9", "wrong_characters", None),
        ("G350102201503150\x0019", "wrong_characters", None),
        ("G" * 10_000, "too_long", None),
    ],
)
def test_a_wrong_number_says_what_is_wrong_and_what_to_do(typed, code, message):
    with pytest.raises(InvalidIdentifier) as refused:
        check_student_number(typed)
    assert refused.value.code == code
    assert message is None or str(refused.value) == message


def test_a_refusal_never_repeats_the_number_or_tells_the_right_digit():
    with pytest.raises(InvalidIdentifier) as refused:
        check_student_number("G350102201503150018")
    assert not any(figure in str(refused.value) + str(refused.value.facts) for figure in ("9", "350102"))


@given(st.text())
def test_any_text_is_taken_or_refused_never_a_crash(text):
    for check in (check_student_number, check_id_number, check_phone):
        try:
            assert check(text)
        except InvalidIdentifier as refused:
            assert str(refused)


@pytest.mark.parametrize(
    "number",
    [
        "350102201503150019",
        "350102201503150027",
        "350583201209090019",
        "440305201308220044",
        "510107201601011233",
        "330106200906300058",
        "410103201402140068",
        "11010519491231002X",
        "330113202201010010",  # a county founded in 2021
        "330103202201010018",  # a county abolished before the birth
    ],
)
def test_citizen_numbers_pass_whatever_county_they_name(number):
    assert check_id_number(number.lower()) == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "missing"),
        ("350102150315001", "old_15_digits"),
        ("35010220150315001", "too_short"),
        ("3501022015031500191", "too_long"),
        ("35010220150315001A", "wrong_characters"),
        ("350102201503150018", "check_digit"),
        ("350102201502300011", "no_such_date"),
    ],
)
def test_a_wrong_citizen_number_is_refused(typed, code):
    with pytest.raises(InvalidIdentifier) as refused:
        check_id_number(typed)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"birth_date": date(2015, 3, 16)}, "other_birth_date"),
        ({"sex": "2"}, "other_sex"),
        ({"on": date(2017, 3, 1)}, "age"),
        ({"on": date(2041, 3, 15)}, "age"),
    ],
)
def test_a_citizen_number_agrees_with_what_is_known(facts, code):
    right = {"sex": "1", "birth_date": date(2015, 3, 15), "on": date(2026, 3, 2)}
    assert check_id_number("350102201503150019", **right)
    with pytest.raises(InvalidIdentifier) as refused:
        check_id_number("350102201503150019", **(right | facts))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "typed",
    ["13800006021", "138 0000 6021", "+86 138-0000-6021", "１３８００００６０２１", "008613800006021"],
)
def test_a_telephone_is_taken_however_it_is_typed(typed):
    assert check_phone(typed) == "13800006021"


def test_a_short_telephone_says_so():
    with pytest.raises(InvalidIdentifier, match="手机号少了 1 位，请补全 11 位数字"):
        check_phone("1380000602")


def test_masks_hide_the_birth_date():
    assert mask_number(A) == "G350102********0019"
    assert mask_number("350102201503150019") == "350102********0019"
    assert mask_phone("13800006021") == "138****6021"

"""What is typed by hand: accepted in every honest form, refused in words that say what to do."""

from __future__ import annotations

import pytest

from forms import checks


@pytest.mark.parametrize(
    "typed",
    [
        "13800136021",
        "138 0013 6021",
        "+86 13800136021",
        "008613800136021",
        "138-0013-6021",
        "１３８００１３６０２１",
    ],
)
def test_a_mobile_number_is_read_in_every_form(typed):
    assert checks.phone(typed) == "13800136021"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1380 013 602", "手机号少了一位，请补全 11 位数字"),
        ("138001", "手机号少了 5 位，请补全 11 位数字"),
        ("138001360211", "手机号多了 1 位，应该是 11 位数字"),
        ("05910000000", "手机号是 1 开头的 11 位数字，请再看一遍"),
        ("1380013602\u0661", "手机号是 1 开头的 11 位数字，请再看一遍"),
    ],
)
def test_a_wrong_mobile_number_is_told_what_is_missing(typed, words):
    with pytest.raises(checks.Wrong) as wrong:
        checks.phone(typed)
    assert wrong.value.message % wrong.value.facts == words


def test_free_text_keeps_its_lines_and_loses_what_nobody_sees():
    assert checks.words("  第一行\r\n第二行\x00\u202e ", 300) == "第一行\n第二行"
    with pytest.raises(checks.Wrong):
        checks.words("长" * 301, 300)


@pytest.mark.parametrize("typed", ["213500000", "21350000031", "２１３５０００００３", "2135000003\n", ""])
def test_a_school_is_named_by_ten_digits(typed):
    with pytest.raises(checks.Wrong):
        checks.school_code(typed)


def test_a_text_message_code_has_six_figures():
    assert checks.sms_code(" 40 71 23 ") == "407123"
    with pytest.raises(checks.Wrong):
        checks.sms_code("4071")

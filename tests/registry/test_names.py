"""Names: every real one passes, nothing invisible does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidName
from registry.names import check_name, mask_name, pinyin, same_name


@pytest.mark.parametrize(
    "name",
    [
        "林一航",
        "买买提·阿卜杜拉",
        "𠮷田",
        "\U00031350明",
        "\U0002ebf0",
        "Anna-Maria O'Neil",
        "ئارزۇ",
        "欧阳 娜娜",
        "林" * 60,
    ],
)
def test_real_names_pass_as_typed(name):
    assert check_name(f"  {name} ") == name


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "missing"),
        ("　 ", "missing"),
        ("林" * 61, "too_long"),
        ("林\x00航", "forbidden_characters"),
        ("林\ud800", "forbidden_characters"),
        ("林\ue000", "forbidden_characters"),
        ("林\u202e航", "forbidden_characters"),
        ("林\u200b航", "forbidden_characters"),
        ("林\u0378", "forbidden_characters"),
        ("林\U0003ffff", "forbidden_characters"),
        ("林\u2028航", "forbidden_characters"),
        ("···", "no_letter"),
        ("123", "no_letter"),
    ],
)
def test_what_is_no_name_is_refused(typed, code):
    with pytest.raises(InvalidName) as refused:
        check_name(typed)
    assert refused.value.code == code


@given(st.text())
def test_any_text_is_a_name_or_refused(text):
    try:
        assert check_name(text) == text.strip()
    except InvalidName as refused:
        assert str(refused)


def test_names_are_the_same_whatever_dot_or_form_was_typed():
    assert same_name("买买提·阿卜杜拉", "买买提•阿卜杜拉")
    assert same_name("买买提・阿卜杜拉", "买买提\uff0e阿卜杜拉")
    assert same_name("\uf9dc", "隆")  # a compatibility ideograph is the same character
    assert not same_name("林一航", "林一杭")


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("林", "林*"),
        ("王晨", "王*"),
        ("林一航", "林*航"),
        ("买买提·阿卜杜拉", "买**拉"),
        ("欧阳娜娜", "欧**娜"),
        ("", "*"),
    ],
)
def test_masked_names_do_not_tell_their_length(name, masked):
    assert mask_name(name) == masked


def test_a_variation_selector_stays_with_its_character():
    assert mask_name("葛\U000e0100一航") == "葛\U000e0100*航"


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("林一航", ("linyihang", "lyh")),
        ("曾小雨", ("zengxiaoyu", "zxy")),
        ("单雄信", ("shanxiongxin", "sxx")),
        ("仇英", ("qiuying", "qy")),
        ("尉迟恭", ("yuchigong", "ycg")),
        ("吕布", ("lvbu", "lb")),
        ("Anna Li", ("annali", "al")),
    ],
)
def test_surnames_are_read_as_surnames(name, forms):
    assert pinyin(name) == forms


def test_names_of_schools_are_read_as_words():
    assert pinyin("晋江实验小学", surname=False) == ("jinjiangshiyanxiaoxue", "jjsyxx")

"""Sentences carry their key and facts, so that the edge can say them in another language."""

from __future__ import annotations

import json
from datetime import date

import pytest

from registry.words import Words, day_words, grade_words, words


def test_a_sentence_is_text_that_knows_its_key_and_facts():
    said = words("%(capacity)s 个学位都满了。", capacity=45)
    assert said == "45 个学位都满了。"
    assert (said.key, said.facts) == ("%(capacity)s 个学位都满了。", {"capacity": 45})
    assert json.dumps(said, ensure_ascii=False) == '"45 个学位都满了。"'


def test_a_date_is_said_as_the_public_reads_it():
    today = date(2026, 3, 2)
    assert day_words(date(2026, 10, 16), today) == "10月16日（周五）"
    assert day_words(date(2027, 1, 18), today) == "2027年1月18日"


@pytest.mark.parametrize(
    ("grade", "said"), [(1, "一年级"), (5, "五年级"), (9, "九年级"), (10, "高一"), (12, "高三")]
)
def test_a_grade_is_said_in_words_that_can_be_translated(grade, said):
    assert grade_words(grade) == said
    assert isinstance(grade_words(grade), Words)

"""Sentences for people: Chinese text that carries its key and facts, so that the edge can translate it."""

from __future__ import annotations

from datetime import date

from registry.students import STAGES

_WEEKDAYS = "一二三四五六日"
_FIGURES = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")
_SENIOR = {10: "高一", 11: "高二", 12: "高三"}


class Words(str):
    """A sentence filled in. `key` is the untranslated sentence, `facts` what stands in its places."""

    __slots__ = ("facts", "key")

    key: str
    facts: dict[str, object]


def words(key: str, **facts: object) -> Words:
    """The sentence `key` (the Chinese text is the key of the catalogue) with its facts."""
    said = Words(key % facts if facts else key)
    said.key, said.facts = key, facts
    return said


def day_words(day: date, today: date) -> str:
    """A date as the public reads it: 10月16日（周五）; of another year 2027年1月18日."""
    if day.year != today.year:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def grade_words(grade: int) -> str:
    """五年级, 九年级, 高一."""
    return _SENIOR.get(grade) or f"{_FIGURES[grade]}年级"


def stage_words(stage: str) -> str:
    """小学, 初中, 普通高中."""
    return STAGES[stage]

"""Sentences for people: Chinese text that carries its key and facts, so that the edge can translate it."""

from __future__ import annotations

from datetime import date


class Words(str):
    """A sentence filled in. `key` is the untranslated sentence, `facts` what stands in its places.

    A fact may be `Words` itself (a grade, a date): translate it before it is filled in.
    """

    __slots__ = ("facts", "key")

    key: str
    facts: dict[str, object]


def words(key: str, **facts: object) -> Words:
    """The sentence `key` (the Chinese text is the key of the catalogue) with its facts."""
    said = Words(key % facts if facts else key)
    said.key, said.facts = key, facts
    return said


def day_words(day: date, today: date) -> Words:
    """A date as the public reads it: 10月16日（周五）; of another year 2027年1月18日."""
    if day.year != today.year:
        return full_day_words(day)
    return words(
        "%(month)s%(day)d日（%(weekday)s）", month=month_words(day), day=day.day, weekday=weekday_words(day)
    )


def full_day_words(day: date) -> Words:
    """2027年1月18日, as papers have it."""
    return words("%(year)d年%(month)s%(day)d日", year=day.year, month=month_words(day), day=day.day)


def month_day_words(day: date) -> Words:
    """8月15日: for spans that come back each year."""
    return words("%(month)s%(day)d日", month=month_words(day), day=day.day)


def month_words(day: date) -> Words:
    """1月 … 12月: a word, because other languages have names for them."""
    return _MONTHS[day.month - 1]


def weekday_words(day: date) -> Words:
    """周一 … 周日."""
    return _WEEKDAYS[day.weekday()]


def grade_words(grade: int) -> Words:
    """一年级 … 九年级, 高一 … 高三."""
    return _GRADES[grade - 1]


_MONTHS = (
    words("1月"),
    words("2月"),
    words("3月"),
    words("4月"),
    words("5月"),
    words("6月"),
    words("7月"),
    words("8月"),
    words("9月"),
    words("10月"),
    words("11月"),
    words("12月"),
)
_WEEKDAYS = (
    words("周一"),
    words("周二"),
    words("周三"),
    words("周四"),
    words("周五"),
    words("周六"),
    words("周日"),
)
_GRADES = (
    words("一年级"),
    words("二年级"),
    words("三年级"),
    words("四年级"),
    words("五年级"),
    words("六年级"),
    words("七年级"),
    words("八年级"),
    words("九年级"),
    words("高一"),
    words("高二"),
    words("高三"),
)

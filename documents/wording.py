"""How dates and numbers are written on paper."""

from __future__ import annotations

from datetime import date

_DIGITS = "〇一二三四五六七八九"


def chinese_date(on: date) -> str:
    """二〇二六年十月二十日: the form of papers, with U+3007 for nought, not the letter O."""
    year = "".join(_DIGITS[int(digit)] for digit in str(on.year))
    return f"{year}年{_below_hundred(on.month)}月{_below_hundred(on.day)}日"


def plain_date(on: date) -> str:
    """2026年10月20日: the form inside tables, no blanks, no leading zeros."""
    return f"{on.year}年{on.month}月{on.day}日"


def grouped_number(number: str) -> str:
    """Z3501022026 00010042: type, division and year, then the serial."""
    return f"{number[:11]} {number[11:]}"


def grouped_code(code: str) -> str:
    """7QK3M 8XW2D: a verification code in two groups of five."""
    return f"{code[:5]} {code[5:]}"


def _below_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = {0: "", 1: "十"}.get(tens, f"{_DIGITS[tens]}十")
    return head + (_DIGITS[ones] if ones else "")

"""What is typed, brought into its one form, or refused in words: what happened, comma, what to do.

Each check serves the pages (`forms.fields`) and the public contract (`forms.members`) alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from registry import identifiers, names
from registry.errors import Invalid

HIDDEN = frozenset({"Cc", "Cs", "Co", "Cn", "Cf"})


class Wrong(ValueError):
    """Something typed does not fit. `message` is the key of the translated words, `facts` fill it in."""

    def __init__(self, code: str, message: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.facts = facts


def _of_register(check: Callable[[str], str]) -> Callable[[str], str]:
    def checked(text: str) -> str:
        try:
            return check(text)
        except Invalid as error:
            raise Wrong(error.code, error.message, **error.facts) from error

    return checked


student_number = _of_register(identifiers.check_student_number)
document_number = _of_register(identifiers.check_document_number)
person_name = _of_register(names.check_name)


def phone(text: str) -> str:
    """A mobile number of the mainland: 11 digits, without spaces, hyphens, +86, full-width figures."""
    try:
        return identifiers.check_phone(text)
    except Invalid as error:
        if error.facts.get("missing") == 1:
            raise Wrong(error.code, "手机号少了一位，请补全 11 位数字") from error
        raise Wrong(error.code, error.message, **error.facts) from error


def day(text: str) -> str:
    """A day of the calendar as 2026-03-02; 2026/3/2 and 2026年3月2日 are understood."""
    figures = re.findall(r"[0-9]+", unicodedata.normalize("NFKC", text))
    try:
        year, month, of_month = map(int, figures)
        return date(year, month, of_month).isoformat()
    except ValueError:
        raise Wrong("no_day", "日期不对，请写成 2026-03-02 这样") from None


def school_code(text: str) -> str:
    """A school's code: ten digits."""
    if not re.fullmatch(r"[0-9]{10}", text):
        raise Wrong("no_school", "没有这所学校，请从列表里选一所")
    return text


def words(text: str, most: int) -> str:
    """Free text of at most `most` characters: lines are kept, what nobody sees is taken out."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    seen = "".join(c for c in lines if c == "\n" or unicodedata.category(c) not in HIDDEN).strip()
    if len(seen) > most:
        raise Wrong("too_long", "写得太长了，最多 %(most)s 个字，现在 %(n)s 个", most=most, n=len(seen))
    return seen


def sms_code(text: str) -> str:
    """The six figures of a text message."""
    digits = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if not digits:
        raise Wrong("missing", "还没填验证码")
    if not re.fullmatch(r"[0-9]{6}", digits):
        raise Wrong("not_six", "验证码是 6 位数字，请再看一遍")
    return digits

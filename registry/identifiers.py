"""Numbers that identify people: their form, their check digit, and how they are masked.

Only ASCII figures count: Arabic ones pass ``isdigit()`` and no student has such a
number. Refusals never repeat what was typed and never give the right digit away.
"""

from __future__ import annotations

import re
from datetime import date

from stdnum.cn.ric import calc_check_digit

from registry.errors import InvalidIdentifier

STUDENT_NUMBER = re.compile(r"[GLJ][0-9]{17}[0-9X]", re.ASCII)
ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
DOCUMENT = re.compile(r"[0-9A-Z()/-]{4,30}", re.ASCII)
PHONE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
STUDENT_AGES = range(3, 26)
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def normalised(text: str) -> str:
    """What was meant: no blanks, capitals, full-width figures and letters as plain ones."""
    return "".join(text.translate(FULL_WIDTH).split()).upper()


def check_student_number(text: str) -> str:
    """The national student number (全国学籍号), normalised: G, L or J and 18 characters.

    The last character of G and J is a check digit; an L number has none.

    :raises InvalidIdentifier: ``missing``, ``lg_prefix``, ``wrong_prefix``, ``too_short``,
        ``too_long``, ``wrong_characters`` or ``check_digit``.
    """
    number = normalised(text)
    if not number:
        raise InvalidIdentifier("missing", "还没填学籍号")
    if number.startswith("LG"):
        raise InvalidIdentifier("lg_prefix", "学籍号开头只有 1 个字母，请去掉“LG”里的“L”再试")
    if number[0] not in "GLJ":
        raise InvalidIdentifier("wrong_prefix", "学籍号以 G、L 或 J 开头，请照学生证再看一遍")
    if len(number) < 19:
        message = "学籍号少了 %(missing)d 位，应该是 1 个字母加 18 位"
        raise InvalidIdentifier("too_short", message, missing=19 - len(number))
    if len(number) > 19:
        message = "学籍号多了 %(extra)d 位，应该是 1 个字母加 18 位"
        raise InvalidIdentifier("too_long", message, extra=len(number) - 19)
    if not STUDENT_NUMBER.fullmatch(number):
        raise InvalidIdentifier("wrong_characters", "学籍号字母后面只有数字，最后一位可以是 X，请再看一遍")
    if number[0] in "GJ" and calc_check_digit(number[1:]) != number[18]:
        raise InvalidIdentifier("check_digit", "最后一位对不上，请照学生证再看一遍")
    return number


def check_id_number(
    text: str, *, sex: str | None = None, birth_date: date | None = None, on: date | None = None
) -> str:
    """The citizen ID number (GB 11643), normalised; agreeing with `sex` and `birth_date` where given.

    `on` is the day on which the holder must be of school age. The first six
    figures are not judged: counties come and go, numbers stay.

    :raises InvalidIdentifier: ``missing``, ``old_15_digits``, ``too_short``, ``too_long``,
        ``wrong_characters``, ``check_digit``, ``no_such_date``, ``age``, ``other_birth_date``
        or ``other_sex``.
    """
    number = _well_formed_id(normalised(text))
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise InvalidIdentifier("no_such_date", "身份证号里的出生日期不对，请再看一遍") from None
    if on is not None and age(born, on) not in STUDENT_AGES:
        raise InvalidIdentifier("age", "身份证号里的出生日期不像学生的，请再看一遍")
    if birth_date is not None and born != birth_date:
        raise InvalidIdentifier("other_birth_date", "身份证号和出生日期对不上，请检查这两项")
    if sex is not None and ("1" if int(number[16]) % 2 else "2") != sex:
        raise InvalidIdentifier("other_sex", "身份证号和性别对不上，请检查这两项")
    return number


def check_document_number(text: str) -> str:
    """The number of any identity document, normalised: what only its kind knows is not judged.

    :raises InvalidIdentifier: ``missing`` or ``wrong_characters``.
    """
    number = normalised(text)
    if not number:
        raise InvalidIdentifier("missing", "还没填证件号")
    if not DOCUMENT.fullmatch(number):
        raise InvalidIdentifier("wrong_characters", "证件号只有数字和字母，4 到 30 位，请照证件再看一遍")
    return number


def check_phone(text: str) -> str:
    """A mobile number of 11 figures; blanks, hyphens and +86 are accepted.

    :raises InvalidIdentifier: ``missing``, ``too_short``, ``too_long`` or ``wrong_characters``.
    """
    number = normalised(text).replace("-", "")
    number = re.sub(r"^(\+|00)86", "", number)
    if not number:
        raise InvalidIdentifier("missing", "还没填手机号")
    if len(number) < 11:
        message = "手机号少了 %(missing)d 位，请补全 11 位数字"
        raise InvalidIdentifier("too_short", message, missing=11 - len(number))
    if len(number) > 11:
        message = "手机号多了 %(extra)d 位，应该是 11 位数字"
        raise InvalidIdentifier("too_long", message, extra=len(number) - 11)
    if not PHONE.fullmatch(number):
        raise InvalidIdentifier("wrong_characters", "手机号是 1 开头的 11 位数字，请再看一遍")
    return number


def age(born: date, on: date) -> int:
    """Full years of age on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def mask_number(number: str) -> str:
    """A student or ID number without its birth date: ``G350102********0019``, ``350102********0019``."""
    head = 7 if number[:1].isalpha() else 6
    if len(number) < head + 4:
        return "*" * 8
    return f"{number[:head]}********{number[-4:]}"


def mask_phone(phone: str) -> str:
    """A telephone number with its middle hidden: ``138****6021``."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 7 else "****"


def _well_formed_id(number: str) -> str:
    if not number:
        raise InvalidIdentifier("missing", "还没填身份证号")
    if len(number) == 15:
        raise InvalidIdentifier("old_15_digits", "15 位的旧号码不能用，请填 18 位的身份证号")
    if len(number) < 18:
        message = "身份证号少了 %(missing)d 位，应该是 18 位"
        raise InvalidIdentifier("too_short", message, missing=18 - len(number))
    if len(number) > 18:
        message = "身份证号多了 %(extra)d 位，应该是 18 位"
        raise InvalidIdentifier("too_long", message, extra=len(number) - 18)
    if not ID_NUMBER.fullmatch(number):
        raise InvalidIdentifier("wrong_characters", "身份证号只有数字，最后一位可以是 X，请再看一遍")
    if calc_check_digit(number) != number[17]:
        raise InvalidIdentifier("check_digit", "最后一位对不上，请照身份证再看一遍")
    return number

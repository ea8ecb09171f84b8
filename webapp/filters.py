"""How values are set on a page: dates, numbers that never break, what is hidden of a person."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask
from markupsafe import Markup, escape

from registry.words import day_words, full_day_words, grade_words, weekday_words
from webapp.language import gap, is_english, said

CHINA = ZoneInfo("Asia/Shanghai")
GRADES = "一二三四五六七八九"
FIGURES = "〇一二三四五六七八九"
NONE = "—"
SENIOR = ("高一", "高二", "高三")


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        nowrap=nowrap,
        mask_name=mask_name,
        mask_number=mask_number,
        mask_phone=mask_phone,
        cn_date=cn_date,
        work_date=work_date,
        iso_date=iso_date,
        clock_time=clock_time,
        day_time=day_time,
        paper_date=paper_date,
        grade=grade,
        grade_figure=grade_figure,
        age_on=age_on,
        size=size,
        capped=capped,
    )


def nowrap(text: object) -> Markup:
    """Numbers, dates and telephone numbers never break over lines."""
    return Markup('<span class="nowrap">{}</span>').format(text)


def local_date(moment: date | datetime) -> date:
    return moment.astimezone(CHINA).date() if isinstance(moment, datetime) else moment


def cn_date(moment: date | datetime | None, beside: date | datetime | None = None) -> Markup:
    """`10月16日（周五）`; in another year than `beside`: `2027年1月18日`."""
    if moment is None:
        return Markup("")
    day = local_date(moment)
    if beside is not None and local_date(beside).year != day.year:
        return nowrap(said(full_day_words(day)))
    return nowrap(said(day_words(day, day)))


def work_date(moment: date | datetime | None, weekday: bool = True) -> Markup:
    """`10-16 周五`, for the tables of the work bench."""
    if moment is None:
        return Markup("")
    day = local_date(moment)
    return nowrap(f"{day:%m-%d} {said(weekday_words(day))}" if weekday else f"{day:%m-%d}")


def iso_date(moment: date | datetime | None) -> Markup:
    """`2026-10-16`, for records."""
    return Markup("") if moment is None else nowrap(local_date(moment).isoformat())


def clock_time(moment: datetime | None) -> Markup:
    """`09:41`, China time, 24 hours."""
    return Markup("") if moment is None else nowrap(f"{moment.astimezone(CHINA):%H:%M}")


def day_time(moment: datetime | None) -> Markup:
    """`10月16日（周五）09:41`."""
    return Markup("{}{}{}").format(cn_date(moment), gap(), clock_time(moment))


def paper_date(day: date | datetime) -> str:
    """`二〇二六年十月二十日`, for certificates."""
    day = local_date(day)
    year = "".join(FIGURES[int(figure)] for figure in str(day.year))
    return f"{year}年{_below_hundred(day.month)}月{_below_hundred(day.day)}日"


def _below_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{FIGURES[tens]}十") + (
        FIGURES[ones] if ones else ""
    )


def grade(number: int | None) -> str:
    """`五年级`; from ten on `高一`."""
    return said(grade_words(number)) if number and 1 <= number <= 12 else NONE


def grade_figure(number: int | None) -> str:
    """`五`; from ten on `高一`."""
    if not number or not 1 <= number <= 12:
        return NONE
    if is_english():
        return str(number)
    return GRADES[number - 1] if number <= 9 else SENIOR[number - 10]


def mask_name(name: str) -> str:
    """`林*航`, `王*`, `买**拉`: a fixed number of stars, so that the length is not told."""
    if len(name) < 2:
        return "*"
    if len(name) == 2:
        return f"{name[0]}*"
    return f"{name[0]}*{name[-1]}" if len(name) == 3 else f"{name[0]}**{name[-1]}"


def mask_number(number: str | None) -> Markup:
    """`G350102********0019`, `350102********0019`: the birth date and part of the serial are hidden."""
    if not number:
        return Markup("")
    head = 7 if number[:1] in ("G", "L", "J") else 6
    return nowrap(number[:head] + "*" * max(len(number) - head - 4, 0) + number[-4:])


def mask_phone(phone: str | None) -> Markup:
    """`138****6021`."""
    return Markup("") if not phone else nowrap(phone[:3] + "****" + phone[-4:])


def age_on(birth: date, today: date | datetime) -> int:
    """Full years of age."""
    day = local_date(today)
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def size(number: int) -> str:
    """`186 KB`, `3.2 MB`: as on the phone."""
    return f"{max(round(number / 1024), 1)} KB" if number < 1024 * 1024 else f"{number / 1024 / 1024:.1f} MB"


def capped(count: int) -> str:
    """Counts are told up to 999."""
    return str(escape(count)) if count <= 999 else "999+"

"""The calendar of statutory working days (the State Council's list, with shifted days, 调休).

The table `calendar_days` is the only truth. A year without a list is computed
provisionally, Monday to Friday without the statutory days, and says so.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import isleap, monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

from chinese_calendar import constants
from sqlalchemy import CheckConstraint, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry.base import Base

CHINA = ZoneInfo("Asia/Shanghai")
FIRST_YEAR = 2013  # the first national rules on school records

# The Regulation on Public Holidays as amended in 2024: days off for everybody, by month and day.
FIXED_DAYS = {(1, 1): "元旦", (5, 1): "劳动节", (5, 2): "劳动节"} | dict.fromkeys(
    [(10, 1), (10, 2), (10, 3)], "国庆节"
)
# Spring Festival (its first day), Tomb-sweeping, Dragon Boat, Mid-Autumn: moved by moon and sun.
MOVED_DAYS: dict[int, tuple[str, str, str, str]] = {
    2027: ("02-06", "04-05", "06-09", "09-15"),
    2028: ("01-26", "04-04", "05-28", "10-03"),
    2029: ("02-13", "04-04", "06-16", "09-22"),
    2030: ("02-03", "04-05", "06-05", "09-12"),
    2031: ("01-23", "04-05", "06-24", "10-01"),
    2032: ("02-11", "04-04", "06-12", "09-19"),
    2033: ("01-31", "04-04", "06-01", "09-08"),
    2034: ("02-19", "04-05", "06-20", "09-27"),
    2035: ("02-08", "04-05", "06-10", "09-16"),
    2036: ("01-28", "04-04", "05-30", "10-04"),
    2037: ("02-15", "04-04", "06-18", "09-24"),
    2038: ("02-04", "04-05", "06-07", "09-13"),
    2039: ("01-24", "04-05", "05-27", "10-02"),
    2040: ("02-12", "04-04", "06-14", "09-20"),
}


class CalendarDay(Base):
    """A day on which the week's rule does not hold, or that is a holiday anyway.

    `kind` is ``off`` or ``work``; `source` says where it comes from, `notice` the
    number of the State Council's notice where somebody entered it by hand.
    """

    __tablename__ = "calendar_days"
    __table_args__ = (CheckConstraint("kind IN ('off', 'work')", name="kind"),)

    date: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(4))
    name: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(60))
    notice: Mapped[str] = mapped_column(String(60), default="")


@dataclass(frozen=True)
class SpecialDay:
    """A day that a reader would count otherwise: a weekday off, or a weekend day of work."""

    date: date
    works: bool
    name: str


class WorkingDays:
    """Counts statutory working days. Holds the whole calendar; never asks the database."""

    def __init__(self, days: Mapping[date, SpecialDay]) -> None:
        self._days = dict(days)
        self._listed = {day.year for day in days}
        self._years: dict[int, list[date]] = {}

    def is_working(self, day: date) -> bool:
        """Do offices work on this day?"""
        known = self._known(day)
        return known.works if known else day.weekday() < 5

    def is_provisional(self, day: date) -> bool:
        """Is the year's list still missing, so that this day may yet change?"""
        return day.year not in self._listed

    def add(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; the day of arrival itself is not counted."""
        if count <= 0:
            return day
        year, passed = day.year, self._passed(day)
        while (left := len(self._of_year(year)) - passed) < count:
            year, passed, count = year + 1, 0, count - left
        return self._of_year(year)[passed + count - 1]

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; negative when `end` comes first."""
        if end < start:
            return -self.between(end, start)
        whole_years = sum(len(self._of_year(year)) for year in range(start.year, end.year))
        return whole_years + self._passed(end) - self._passed(start)

    def special_days(self, start: date, end: date) -> list[SpecialDay]:
        """What must be said to explain a count from `start` to `end`: weekdays off, weekends worked."""
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        known = (self._known(day) for day in days)
        return [day for day in known if day and day.works != (day.date.weekday() < 5)]

    def _passed(self, day: date) -> int:
        """Working days of the year up to and with `day`."""
        return bisect_right(self._of_year(day.year), day)

    def _of_year(self, year: int) -> list[date]:
        """The working days of a year, in order; found once."""
        days = self._years.get(year)
        if days is None:
            whole = (date(year, 1, 1) + timedelta(days=n) for n in range(365 + isleap(year)))
            days = self._years[year] = [day for day in whole if self.is_working(day)]
        return days

    def _known(self, day: date) -> SpecialDay | None:
        if day.year in self._listed:
            return self._days.get(day)
        name = statutory_days(day.year).get(day)
        return SpecialDay(day, works=False, name=name) if name else None


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last day."""
    year, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))


def statutory_days(year: int) -> dict[date, str]:
    """The days the regulation itself frees, before the State Council shifts any."""
    days = {date(year, month, day): name for (month, day), name in FIXED_DAYS.items()}
    if year in MOVED_DAYS:
        spring, tomb, dragon, autumn = (date.fromisoformat(f"{year}-{d}") for d in MOVED_DAYS[year])
        days |= {spring + timedelta(days=n): "春节" for n in range(-1, 3)}  # from New Year's Eve
        days |= {tomb: "清明", dragon: "端午", autumn: "中秋"}
    return days


def shipped() -> list[CalendarDay]:
    """The special days that chinesecalendar knows, from 2013."""
    source = f"chinesecalendar {version('chinesecalendar')}"
    holiday: Any = constants.Holiday
    return [
        CalendarDay(date=day, kind=kind, name=holiday(name).chinese, source=source)
        for kind, days in (("off", constants.holidays), ("work", constants.workdays))
        for day, name in days.items()
        if day.year >= FIRST_YEAR
    ]


def seed(session: Session) -> int:
    """Enter the shipped days; days entered already stay as they are. Returns how many were new."""
    there = set(session.scalars(select(CalendarDay.date)))
    new = [day for day in shipped() if day.date not in there]
    session.add_all(new)
    return len(new)


def of_rows(rows: Iterable[CalendarDay]) -> WorkingDays:
    """The calendar that these rows make."""
    return WorkingDays({row.date: SpecialDay(row.date, row.kind == "work", row.name) for row in rows})


class _Process:
    calendar: WorkingDays | None = None


def working_days(session: Session) -> WorkingDays:
    """The calendar of this process, read once."""
    return _Process.calendar or reload(session)


def reload(session: Session) -> WorkingDays:
    """Read the calendar again, after somebody entered a year or a change."""
    _Process.calendar = of_rows(session.scalars(select(CalendarDay)))
    return _Process.calendar

"""Working days: the State Council's list with shifted days; the day of arrival is not counted."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest

from registry import calendar
from registry.calendar import MOVED_DAYS, CalendarDay, of_rows, statutory_days


@pytest.fixture(scope="module")
def working_days():
    """The calendar as shipped, without a database."""
    return of_rows(calendar.shipped())


@pytest.mark.parametrize(
    ("arrived", "days", "due"),
    [
        (date(2026, 3, 2), 10, date(2026, 3, 16)),
        (date(2026, 3, 16), 10, date(2026, 3, 30)),
        (date(2026, 9, 28), 10, date(2026, 10, 16)),  # National Day off, Saturday 10 October worked
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 10, 9), 1, date(2026, 10, 10)),
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
    ],
)
def test_a_term_of_working_days_ends_on_this_day(working_days, arrived, days, due):
    assert working_days.add(arrived, days) == due


def test_national_day_is_off_and_the_saturday_after_is_worked(working_days):
    assert not any(working_days.is_working(date(2026, 10, day)) for day in range(1, 8))
    assert working_days.is_working(date(2026, 10, 10))
    assert not working_days.is_working(date(2026, 10, 11))


def test_days_between_are_counted_without_the_first_and_with_the_last(working_days):
    assert working_days.between(date(2026, 3, 2), date(2026, 3, 16)) == 10
    assert working_days.between(date(2026, 3, 16), date(2026, 3, 2)) == -10
    assert working_days.between(date(2026, 3, 2), date(2026, 3, 2)) == 0


def test_counting_to_the_due_day_gives_the_term_again(working_days):
    start = date(2013, 1, 1)
    for day in (start + timedelta(days=37 * n) for n in range(150)):
        assert working_days.between(day, working_days.add(day, 10)) == 10


def test_what_explains_a_count_is_named(working_days):
    special = working_days.special_days(date(2026, 9, 28), date(2026, 10, 16))
    assert [(day.date.day, day.works) for day in special] == [
        (1, False), (2, False), (5, False), (6, False), (7, False), (10, True),
    ]  # fmt: skip
    assert {day.name for day in special} == {"国庆节"}


def test_a_year_without_a_list_is_computed_and_says_so(working_days):
    assert not working_days.is_provisional(date(2026, 12, 31))
    assert working_days.is_provisional(date(2027, 1, 4))
    assert not working_days.is_working(date(2027, 10, 1))
    assert not working_days.is_working(date(2027, 2, 5))  # the eve of Spring Festival
    assert working_days.is_working(date(2027, 2, 10))
    assert working_days.add(date(2026, 12, 31), 1) == date(2027, 1, 4)


@pytest.mark.parametrize("year", sorted(MOVED_DAYS))
def test_the_days_moved_by_the_moon_agree_with_another_source(year):
    named = holidays.country_holidays("CN", years=year, language="zh_CN")
    theirs = {
        day
        for day, name in named.items()
        if day.year == year
        and any(feast in name for feast in ("春节", "清明", "端午", "中秋"))
        and "补假" not in name
    }
    assert theirs <= set(statutory_days(year))


def test_the_seed_agrees_with_another_source(working_days):
    others = holidays.country_holidays("CN", years=range(2013, 2027))
    first = date(2013, 1, 1)
    for day in (first + timedelta(days=n) for n in range((date(2026, 12, 31) - first).days + 1)):
        assert working_days.is_working(day) == others.is_working_day(day), day


def test_the_table_is_seeded_once_and_a_new_year_is_read_on_reload(session):
    assert calendar.seed(session) > 400
    session.flush()
    assert calendar.seed(session) == 0
    assert calendar.reload(session).is_provisional(date(2027, 1, 1))
    session.add(CalendarDay(date=date(2027, 1, 4), kind="off", source="国办", notice="示例"))
    assert calendar.working_days(session).is_provisional(date(2027, 1, 4))
    calendar.reload(session)
    assert not calendar.working_days(session).is_provisional(date(2027, 1, 4))
    assert not calendar.working_days(session).is_working(date(2027, 1, 4))

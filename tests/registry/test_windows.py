"""When transfers may be filed: terms, windows, freezes."""

from __future__ import annotations

from datetime import date

import pytest

from registry.windows import Opening, Term, term_on

TERMS = [
    {"number": 1, "from": "09-01", "to": "01-31"},
    {"number": 2, "from": "03-01", "to": "07-05"},
    {"number": 2, "from": "2026-03-02", "to": "2026-07-03"},
]


def opening(windows=(), freezes=()):
    return Opening(windows, freezes, TERMS)


@pytest.mark.parametrize(
    ("day", "number", "start"),
    [
        (date(2026, 3, 2), 2, date(2026, 3, 2)),
        (date(2026, 7, 20), 2, date(2026, 3, 2)),  # summer holidays count to the term before
        (date(2026, 9, 1), 1, date(2026, 9, 1)),
        (date(2027, 1, 5), 1, date(2026, 9, 1)),
        (date(2026, 3, 1), 1, date(2025, 9, 1)),
        (date(2027, 3, 1), 2, date(2027, 3, 1)),
    ],
)
def test_a_day_belongs_to_the_last_term_that_has_begun(day, number, start):
    term = term_on(TERMS, day)
    assert (term.number, term.start) == (number, start)


def test_a_winter_term_ends_in_the_next_year():
    assert term_on(TERMS, date(2026, 9, 1)) == Term(1, date(2026, 9, 1), date(2027, 1, 31))


def test_without_a_window_every_day_is_open_but_the_freeze():
    times = opening(freezes=[{"from": "07-15", "to": "08-14"}])
    assert times.is_open(date(2026, 7, 14))
    assert not times.is_open(date(2026, 7, 15))
    assert not times.is_open(date(2026, 8, 14))
    assert times.next_after(date(2026, 7, 20)) == date(2026, 8, 15)


def test_the_first_two_months_of_a_term():
    times = opening([{"anchor": "term_start", "to_months": 2}])
    assert times.is_open(date(2026, 3, 2))
    assert times.is_open(date(2026, 5, 2))
    assert not times.is_open(date(2026, 5, 11))
    assert times.next_after(date(2026, 5, 11)) == date(2026, 9, 1)


def test_the_last_two_weeks_of_a_term():
    times = opening([{"anchor": "term_end", "from_days": -14}])
    assert [times.is_open(date(2026, *day)) for day in ((6, 18), (6, 19), (7, 3), (7, 4))] == [
        False, True, True, False,
    ]  # fmt: skip


def test_a_window_each_year_and_one_over_the_turn_of_the_year():
    times = opening([{"from": "07-01", "to": "07-12"}, {"from": "12-25", "to": "01-05"}])
    for month, day, is_open in ((7, 1, True), (7, 13, False), (12, 31, True), (1, 5, True), (1, 6, False)):
        assert times.is_open(date(2026, month, day)) is is_open


def test_a_window_of_one_year_does_not_come_back():
    times = opening([{"from": "2026-02-09", "to": "2026-02-17"}])
    assert times.is_open(date(2026, 2, 9))
    assert not times.is_open(date(2027, 2, 9))
    assert times.next_after(date(2026, 3, 1)) is None

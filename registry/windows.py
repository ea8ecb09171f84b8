"""When transfers may be filed: school terms, windows relative to them or to the year, freezes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from registry.calendar import months_after

LOOK_AHEAD = 400  # days; every window comes back within a year


@dataclass(frozen=True)
class Term:
    """A school term: 1 begins the school year in autumn, 2 ends it in summer."""

    number: int
    start: date
    end: date


@dataclass(frozen=True)
class Opening:
    """The policy on when to file: in one of the `windows` (none: always), in none of the `freezes`.

    A window is ``{"from": "07-01", "to": "07-12"}`` each year, the same with
    full dates once, or relative to a term: ``{"anchor": "term_start" or
    "term_end", "from_days": 0, "to_days": 14}`` or ``"to_months": 2``.
    """

    windows: Sequence[Mapping[str, Any]]
    freezes: Sequence[Mapping[str, Any]]
    terms: Sequence[Mapping[str, Any]]

    def is_open(self, day: date) -> bool:
        """May a transfer be filed on this day?"""
        if any(_in_dates(freeze, day) for freeze in self.freezes):
            return False
        return not self.windows or any(self._in_window(window, day) for window in self.windows)

    def next_after(self, day: date) -> date | None:
        """The first day after `day` on which it is open; ``None`` when none is in sight."""
        days = (day + timedelta(days=n) for n in range(1, LOOK_AHEAD))
        return next((later for later in days if self.is_open(later)), None)

    def _in_window(self, window: Mapping[str, Any], day: date) -> bool:
        if "anchor" not in window:
            return _in_dates(window, day)
        starts = window["anchor"] == "term_start"
        for term in terms_around(self.terms, day):
            anchor = term.start if starts else term.end
            first = anchor + timedelta(days=window.get("from_days", 0))
            months = window.get("to_months")
            last = (
                months_after(anchor, months) if months else anchor + timedelta(days=window.get("to_days", 0))
            )
            if first <= day <= last:
                return True
        return False


def term_on(terms: Sequence[Mapping[str, Any]], day: date) -> Term:
    """The term a day belongs to: the last that has begun, so that holidays count to the term before."""
    return max((t for t in terms_around(terms, day) if t.start <= day), key=lambda term: term.start)


def terms_around(terms: Sequence[Mapping[str, Any]], day: date) -> list[Term]:
    """The terms of last year, this year and next, from policy ``calendar.terms``.

    A term with full dates stands for itself; one with month and day comes
    every year, unless a dated one of the same number begins in that year.
    """
    dated = [_dated(term) for term in terms if len(term["from"]) == 10]
    told = {(term.number, term.start.year) for term in dated}
    yearly = [
        _of_year(term, year)
        for term in terms
        if len(term["from"]) == 5
        for year in range(day.year - 1, day.year + 2)
        if (term["number"], year) not in told
    ]
    return sorted(dated + yearly, key=lambda term: term.start)


def _dated(term: Mapping[str, Any]) -> Term:
    return Term(term["number"], date.fromisoformat(term["from"]), date.fromisoformat(term["to"]))


def _of_year(term: Mapping[str, Any], year: int) -> Term:
    start = date.fromisoformat(f"{year}-{term['from']}")
    end = date.fromisoformat(f"{year}-{term['to']}")
    return Term(term["number"], start, end if end > start else end.replace(year=year + 1))


def _in_dates(dates: Mapping[str, Any], day: date) -> bool:
    start, end = dates["from"], dates["to"]
    if len(start) == 10:
        return bool(start <= day.isoformat() <= end)
    inside = f"{day:%m-%d}"
    return bool(start <= inside <= end) if start <= end else inside >= start or inside <= end

"""Where a policy value comes from: every version that was looked at, and why it holds or does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum import numdb

from registry import policy
from registry.errors import PolicyMissing
from registry.organisations import Organisation
from registry.policy import NATION, PolicyValue, places_over

HOLDS = "holds"
LESS_SPECIFIC = "less_specific"
SUPERSEDED = "superseded"
NOT_YET = "not_yet"
NO_LONGER = "no_longer"


@dataclass(frozen=True)
class Considered:
    """A version of the key at the place or above it, its days in force, and what became of it."""

    place: str
    version: str
    value: Any
    from_: date
    to: date | None
    basis: str
    tighten: str
    outcome: str

    @property
    def in_force(self) -> bool:
        """At its own place on the day asked; a more specific place may still win."""
        return self.outcome in (HOLDS, LESS_SPECIFIC)


@dataclass(frozen=True)
class Origin:
    """The answer to "why this value?": `considered` has the most specific place first, there the newest."""

    key: str
    place: str
    on: date
    considered: Sequence[Considered]

    @property
    def holds(self) -> Considered | None:
        """The version in force; none on days before the first."""
        return next((one for one in self.considered if one.outcome == HOLDS), None)

    @property
    def silent(self) -> list[str]:
        """The places that were asked and have no version of their own."""
        there = {one.place for one in self.considered}
        return [place for place in places_over(self.place) if place not in there]

    @property
    def bounds(self) -> list[Considered]:
        """Those in force that let places below them only tighten."""
        return [one for one in self.considered if one.in_force and one.tighten]


def is_place(session: Session, place: str) -> bool:
    """The nation, a division code that is or ever was (GB/T 2260), or one that an office here has."""
    if place == NATION:
        return True
    if len(place) != len(NATION) or not (place.isascii() and place.isdigit()):
        return False
    parts = numdb.get("cn/loc").info(place)
    if len(parts) > 1 and all(names for _digits, names in parts):
        return True
    return session.scalar(select(Organisation.id).where(Organisation.division == place).limit(1)) is not None


def explain(session: Session, key: str, place: str, on: date) -> Origin:
    """Why `key` has its value at `place` on a day.

    :raises PolicyMissing: when there is no such key at all.
    """
    of_key = select(PolicyValue).where(PolicyValue.key == key).order_by(PolicyValue.from_)
    rows = list(session.scalars(of_key))
    if not rows:
        raise PolicyMissing(key=key, place=place, on=on.isoformat())
    order = places_over(place)
    asked = sorted((row for row in rows if row.place in order), key=lambda row: order.index(row.place))
    winner = policy.rules(session, place, on).values.get(key)
    return Origin(key, place, on, list(_considered(asked, winner, on)))


def _considered(rows: Sequence[PolicyValue], winner: policy.Value | None, on: date) -> Iterator[Considered]:
    for _place, versions in groupby(rows, key=lambda row: row.place):
        next_begins: date | None = None  # of the version that replaces this one for good
        current = True
        for row in reversed(list(versions)):
            ends = row.to or (next_begins and next_begins - timedelta(days=1))
            outcome = _outcome(row, winner, on, current=current)
            current = current and outcome in (NOT_YET, NO_LONGER)
            yield Considered(
                row.place, row.version, row.value, row.from_, ends, row.basis, row.tighten, outcome
            )
            next_begins = row.from_ if row.to is None else next_begins


def _outcome(row: PolicyValue, winner: policy.Value | None, on: date, *, current: bool) -> str:
    """`current`: no newer version of the place is in force."""
    if row.from_ > on:
        return NOT_YET
    if row.to is not None and row.to < on:
        return NO_LONGER
    if not current:
        return SUPERSEDED
    is_winner = winner is not None and (row.place, row.version) == (winner.place, winner.version)
    return HOLDS if is_winner else LESS_SPECIFIC

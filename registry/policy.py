"""Policy (政策参数): what differs by place and date, as data with a legal basis.

A value belongs to a place (a division's six digits, ``000000`` the nation) and
is in force from one day to another. The most specific place wins: county,
prefecture, province, nation. A version that was in force is never rewritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, String, UniqueConstraint, bindparam, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry.base import Keyed
from registry.errors import LooserThanAbove, PolicyContradiction, PolicyMissing
from registry.policy_files import shipped
from registry.policy_places import NATION, is_tighter, places_over

__all__ = [
    "NATION",
    "PolicyValue",
    "Rules",
    "Value",
    "load_defaults",
    "places_over",
    "rules",
    "set_value",
    "shipped",
    "value",
]


class PolicyValue(Keyed):
    """One version of one key at one place.

    `tighten` binds the places below: ``less`` or ``more`` is the only direction
    in which their (whole-number) value may differ, empty leaves them free.
    """

    __tablename__ = "policy_values"
    __table_args__ = (
        UniqueConstraint("key", "place", "version"),
        CheckConstraint("tighten IN ('', 'less', 'more')", name="tighten"),
    )

    key: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(6))
    version: Mapped[str] = mapped_column(String(20))
    value: Mapped[Any] = mapped_column(JSON)
    from_: Mapped[date] = mapped_column("from_date")
    to: Mapped[date | None] = mapped_column("to_date", default=None)
    basis: Mapped[str] = mapped_column(String(300))
    tighten: Mapped[str] = mapped_column(String(4), default="")


LEVELS = 4
"""Division, prefecture, province, nation."""
# Built once: every step of a case that starts a deadline asks.
IN_FORCE = (
    select(PolicyValue.key, PolicyValue.value, PolicyValue.place, PolicyValue.version, PolicyValue.basis)
    .where(
        PolicyValue.place.in_([bindparam(f"place_{level}") for level in range(LEVELS)]),
        PolicyValue.from_ <= bindparam("day"),
        or_(PolicyValue.to.is_(None), PolicyValue.to >= bindparam("day")),
    )
    .order_by(PolicyValue.from_)
)
ONE_IN_FORCE = IN_FORCE.where(PolicyValue.key == bindparam("of_key"))


@dataclass(frozen=True)
class Value:
    """A policy value in force, and where it comes from."""

    value: Any
    place: str
    version: str
    basis: str


@dataclass(frozen=True)
class Rules:
    """Every policy value in force at one place on one day."""

    place: str
    on: date
    values: Mapping[str, Value]

    def __getitem__(self, key: str) -> Value:
        """The value of a key.

        :raises PolicyMissing: when none is in force.
        """
        try:
            return self.values[key]
        except KeyError:
            raise PolicyMissing(key=key, place=self.place, on=self.on.isoformat()) from None


def value(session: Session, key: str, place: str, on: date) -> Value:
    """The value of `key` in force at `place` on a day.

    :raises PolicyMissing: when neither the place nor any above it has one.
    """
    return _in_force(session, place, on, key)[key]


def rules(session: Session, place: str, on: date) -> Rules:
    """All values in force at `place` on a day, read at once."""
    return _in_force(session, place, on)


def set_value(session: Session, new: PolicyValue) -> PolicyValue:
    """Add a version of a value; from its first day on it takes the place of the one before it.

    :raises PolicyMissing: when the nation has no such key.
    :raises LooserThanAbove: when a place above allows only tightening.
    :raises PolicyContradiction: when another version of the place says something for the same days.
    """
    _refuse_unknown(session, new)
    _refuse_two_at_one_place(session, new)
    for day in _days_of_change_above(session, new):
        _refuse_looser(session, new, day)
    session.add(new)
    return new


def load_defaults(session: Session) -> int:
    """Enter the values this release ships, those that are not there yet. Returns how many were new."""
    known = session.execute(select(PolicyValue.key, PolicyValue.place, PolicyValue.version))
    there = {(key, place, version) for key, place, version in known}
    new = [row for row in shipped() if (row["key"], row["place"], row["version"]) not in there]
    session.add_all(PolicyValue(**row) for row in new)
    return len(new)


def _in_force(session: Session, place: str, on: date, key: str | None = None) -> Rules:
    session.flush()
    statement = IN_FORCE if key is None else ONE_IN_FORCE
    return of_rows(session.connection().execute(statement, asked(place, on, key)), place, on)


def asked(place: str, on: date, key: str | None = None) -> dict[str, Any]:
    """What `IN_FORCE`, or with a key `ONE_IN_FORCE`, asks for."""
    order = places_over(place)
    places = {f"place_{level}": order[min(level, len(order) - 1)] for level in range(LEVELS)}
    return places | {"day": on} | ({} if key is None else {"of_key": key})


def of_rows(found: Iterable[Any], place: str, on: date) -> Rules:
    """The values that hold of those found: the most specific place, of one place the newest."""
    order = places_over(place)
    best: dict[str, Any] = {}
    for row in found:
        before = best.get(row.key)
        if before is None or order.index(row.place) <= order.index(before.place):
            best[row.key] = row
    values = {name: Value(row.value, row.place, row.version, row.basis) for name, row in best.items()}
    return Rules(place, on, values)


def _refuse_unknown(session: Session, new: PolicyValue) -> None:
    known = select(PolicyValue.id).where(PolicyValue.key == new.key, PolicyValue.place == NATION).limit(1)
    if new.place != NATION and session.scalar(known) is None:
        raise PolicyMissing(key=new.key, place=NATION, on=new.from_.isoformat())


def _refuse_two_at_one_place(session: Session, new: PolicyValue) -> None:
    """A version without an end gives way to a later one; nothing else may overlap."""
    same = select(PolicyValue).where(PolicyValue.key == new.key, PolicyValue.place == new.place)
    for other in session.scalars(same):
        apart = (other.to and other.to < new.from_) or (new.to and new.to < other.from_)
        gives_way = other.to is None and other.from_ < new.from_
        if not (apart or gives_way):
            raise PolicyContradiction(key=new.key, place=new.place, one=new.version, other=other.version)


def _days_of_change_above(session: Session, new: PolicyValue) -> list[date]:
    """The first day of a new value, and those days of it on which a value above begins."""
    begins = select(PolicyValue.from_).where(
        PolicyValue.key == new.key,
        PolicyValue.place.in_(places_over(new.place)[1:]),
        PolicyValue.from_ > new.from_,
        PolicyValue.from_ <= (new.to or date.max),
    )
    return [new.from_, *session.scalars(begins)]


def _refuse_looser(session: Session, new: PolicyValue, day: date) -> None:
    for place in places_over(new.place)[1:]:
        above = _in_force(session, place, day, new.key).values.get(new.key)
        bound = above and session.scalar(
            select(PolicyValue.tighten).where(
                PolicyValue.key == new.key,
                PolicyValue.place == above.place,
                PolicyValue.version == above.version,
            )
        )
        if above and bound and not is_tighter(new.value, above.value, bound):
            raise LooserThanAbove(key=new.key, place=new.place, above=above.place, basis=above.basis)

"""Classes and their seats: how many places a grade has, and which class takes the next student.

Counts of places are public and pass no names. They are read over the session's
connection, beside the guard that limits an office to its own rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry.base import Keyed
from registry.statuses import SEATED
from registry.students import StudentRecord


class SchoolClass(Keyed):
    """A class of one grade, with its number of seats."""

    __tablename__ = "school_classes"
    __table_args__ = (
        UniqueConstraint("school_code", "grade", "number"),
        CheckConstraint("grade BETWEEN 1 AND 12", name="grade"),
        CheckConstraint("number >= 1 AND capacity >= 0", name="numbers"),
    )

    school_code: Mapped[str] = mapped_column(ForeignKey("organisations.code"))
    stage: Mapped[str] = mapped_column(String(10))
    grade: Mapped[int]
    number: Mapped[int]
    capacity: Mapped[int]


@dataclass(frozen=True)
class Places:
    """Seats of one grade of one school."""

    capacity: int
    taken: int

    @property
    def free(self) -> int:
        """Seats left; less than none where classes are over-full."""
        return self.capacity - self.taken


def places(session: Session, school_code: str, grade: int, class_size_max: int | None = None) -> Places:
    """Seats of one grade: classes hold their capacity, and never more than `class_size_max`."""
    return places_of(session, [school_code], grade, class_size_max)[school_code]


def places_of(
    session: Session, school_codes: Iterable[str], grade: int, class_size_max: int | None = None
) -> dict[str, Places]:
    """Seats of one grade at several schools at once."""
    capacity = dict.fromkeys(school_codes, 0)
    for school_class in _classes(session, list(capacity), grade):
        seats = school_class.capacity
        capacity[school_class.school_code] += seats if class_size_max is None else min(seats, class_size_max)
    taken = dict.fromkeys(capacity, 0)
    for code, _class_number, count in _seated(session, list(capacity), grade):
        taken[code] += count
    return {code: Places(capacity[code], taken[code]) for code in capacity}


def roomiest_class(session: Session, school_code: str, grade: int) -> SchoolClass | None:
    """The class of this grade with most free seats, the lowest number among equals."""
    taken = {number: count for _, number, count in _seated(session, [school_code], grade)}
    classes = _classes(session, [school_code], grade)
    return max(classes, key=lambda c: (c.capacity - taken.get(c.number, 0), -c.number), default=None)


def _classes(session: Session, codes: Sequence[str], grade: int) -> Sequence[SchoolClass]:
    wanted = select(SchoolClass).where(SchoolClass.school_code.in_(codes), SchoolClass.grade == grade)
    return session.scalars(wanted.order_by(SchoolClass.school_code, SchoolClass.number)).all()


def _seated(session: Session, codes: Sequence[str], grade: int) -> list[tuple[str, int | None, int]]:
    session.flush()
    record = StudentRecord.__table__.c
    seated = select(record.school_code, record.class_number, func.count()).where(
        record.school_code.in_(codes), record.grade == grade, record.status.in_(SEATED)
    )
    counted = session.connection().execute(seated.group_by(record.school_code, record.class_number))
    return [(code, class_number, count) for code, class_number, count in counted]

"""Promotion (升级): on one night of the year everybody who may goes up one grade, set by set.

Here is what a run keeps, and who goes up; :mod:`registry.lifting` does it. A run goes through the schools
in the order of their codes, some of them in each transaction, and keeps how far it came
(`Promotion.done_to`): a killed one goes on there. A record keeps which run lifted it last, so that no
run of the same year lifts it again. Promotion is no movement.

Read and written over the session's connection, for a session that sees everything.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Row,
    String,
    Text,
    Uuid,
    case,
    cast,
    exists,
    func,
    literal,
    not_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry import policy
from registry.base import Base, UtcDateTime
from registry.calendar import CHINA
from registry.organisations import SchoolStage
from registry.statuses import ENROLLED, SEATED, sql_list
from registry.students import StudentRecord

DAY, FREEZING = "promotion.date", "promotion.freezing_flags"
RUNNING, DONE, UNDOING, UNDONE = "running", "done", "undoing", "undone"
STATES = (RUNNING, DONE, UNDOING, UNDONE)
ATTEMPTS = 100
"""A run's number is its year and which attempt of that year it is: 202601."""

records, stages = StudentRecord.__table__.c, SchoolStage.__table__.c


class Promotion(Base):
    """One run: which night, how far it came, and who is at it until when (real time)."""

    __tablename__ = "promotions"
    __table_args__ = (CheckConstraint(f"state IN ({sql_list(STATES)})", name="state"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column("on_date")
    state: Mapped[str] = mapped_column(String(10))
    done_to: Mapped[str] = mapped_column(String(10), default="")
    lifted: Mapped[int] = mapped_column(default=0)
    restored: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    holder: Mapped[uuid.UUID] = mapped_column(Uuid)
    held_until: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def year(self) -> int:
        return self.number // ATTEMPTS


class PromotedClass(Base):
    """How many students a class had before a run and after it, and how many of them went up.

    A student without a class counts to class 0.
    """

    __tablename__ = "promoted_classes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    promotion: Mapped[int] = mapped_column(ForeignKey("promotions.number"), primary_key=True)
    school_code: Mapped[str] = mapped_column(String(10), primary_key=True)
    stage: Mapped[str] = mapped_column(String(10), primary_key=True)
    grade: Mapped[int] = mapped_column(primary_key=True)
    class_number: Mapped[int] = mapped_column(primary_key=True)
    before: Mapped[int]
    lifted: Mapped[int]
    after: Mapped[int]


class PromotedStudent(Base):
    """A run lifted a student from a grade; `undone`: and took it back.

    No foreign keys: checking them would cost as much as all the rest, and both rows are read in the
    transaction that writes this one.
    """

    __tablename__ = "promoted_students"
    __table_args__ = ({"sqlite_with_rowid": False},)

    student_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    promotion: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    grade: Mapped[int]
    undone: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True)
class Night:
    """The night of a year's promotion, and the flags of a record that hold it back."""

    year: int
    day: date
    freezing: tuple[str, ...]

    @property
    def moment(self) -> datetime:
        """24:00 of the day."""
        return datetime.combine(self.day + timedelta(days=1), time(), CHINA)


def night(session: Session, year: int) -> Night:
    """When a year's promotion is: the nation's policy on that day."""
    on = date(year, 12, 31)
    month, day = map(int, policy.value(session, DAY, policy.NATION, on).value.split("-"))
    freezing = policy.value(session, FREEZING, policy.NATION, on).value
    return Night(year, date(year, month, day), tuple(freezing))


def runs(session: Session, year: int) -> Sequence[Promotion]:
    """The runs of a year, the first one first."""
    of_year = Promotion.number.between(year * ATTEMPTS, year * ATTEMPTS + ATTEMPTS - 1)
    return session.scalars(select(Promotion).where(of_year).order_by(Promotion.number)).all()


def of_student(session: Session, student_id: uuid.UUID) -> Sequence[PromotedStudent]:
    """Every promotion of a student, the oldest first."""
    mine = select(PromotedStudent).where(PromotedStudent.student_id == student_id)
    return session.scalars(mine.order_by(PromotedStudent.promotion)).all()


def demands(when: Night) -> list[tuple[str, ColumnElement[bool]]]:
    """What a record must keep to go up, each under the reason that is told where it does not."""
    goes_on = exists().where(
        stages.school_code == records.school_code,
        stages.stage == records.stage,
        stages.grade_to > records.grade,
    )
    flags = cast(records.flags, Text)
    return [
        ("status", records.status == ENROLLED),
        ("last_grade", goes_on),
        *(("frozen", not_(flags.contains(f'"{flag}"', autoescape=True))) for flag in when.freezing),
        ("came_later", records.status_since <= when.day),
        ("lifted", func.coalesce(records.promotion, 0) < when.year * ATTEMPTS),
    ]


def plan(session: Session, when: Night) -> Sequence[Row[Any]]:
    """How many of each stage and grade would go up (`why` empty), and how many not for which reason."""
    why = case(*((not_(kept), literal(reason)) for reason, kept in demands(when)), else_="").label("why")
    counted = select(records.stage, records.grade, why, func.count().label("students"))
    counted = counted.where(records.status.in_(SEATED)).group_by(records.stage, records.grade, why)
    return session.connection().execute(counted.order_by(records.grade, records.stage, why)).all()


def counts(session: Session, number: int, school: str | None = None) -> Sequence[Row[Any]]:
    """Before, lifted, after: of each class of a school, or of each grade of all schools."""
    kept = PromotedClass.__table__.c
    labels = [kept.stage, kept.grade] if school is None else [kept.stage, kept.grade, kept.class_number]
    sums = [func.sum(column).label(column.name) for column in (kept.before, kept.lifted, kept.after)]
    mine = [kept.promotion == number] + ([kept.school_code == school] if school else [])
    grouped = select(*labels, *sums).where(*mine).group_by(*labels)
    return session.connection().execute(grouped.order_by(kept.grade, *labels)).all()

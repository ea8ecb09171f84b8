"""Lifts the students of some schools by one grade, and takes it back: set by set, counted before and after.

For a transaction that sees one state of every record (SQLite's writer; on PostgreSQL REPEATABLE READ),
in a session that sees everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    not_,
    select,
    update,
)
from sqlalchemy.orm import Session

from registry.movements import Movement
from registry.organisations import SchoolClass, SchoolStage
from registry.promotion import Night, PromotedClass, PromotedStudent, Promotion, demands
from registry.statuses import ENROLLED, SEATED
from registry.students import StudentRecord

SCHOOLS_AT_ONCE = 20
ASIDE = 10_000
"""Added to the numbers of classes while they change grades: a unique key is checked row by row."""

NOBODY = (0, 0)
Counts = dict[tuple[str, str, int, int], tuple[int, int]]

records, stages = StudentRecord.__table__.c, SchoolStage.__table__.c
classes, movements = SchoolClass.__table__.c, Movement.__table__.c


class CountsDiffer(RuntimeError):
    """What was written is not what was counted before; nothing of it is kept."""


@dataclass(frozen=True)
class Span:
    """Schools by code: those after one, up to another."""

    after: str
    to: str

    def holds(self, code: Any) -> ColumnElement[bool]:
        return and_(code > self.after, code <= self.to)


def schools(session: Session, up_to: str | None = None) -> int:
    """How many schools there are, or how many up to one."""
    counted = select(func.count(stages.school_code.distinct()))
    if up_to is not None:
        counted = counted.where(stages.school_code <= up_to)
    return session.connection().scalar(counted) or 0


def next_span(session: Session, done_to: str) -> Span | None:
    """The next schools after the ones that are done; ``None`` after the last."""
    codes = select(stages.school_code).distinct().where(stages.school_code > done_to)
    found = session.connection().scalars(codes.order_by(stages.school_code).limit(SCHOOLS_AT_ONCE)).all()
    return Span(done_to, found[-1]) if found else None


def span_before(session: Session, done_to: str) -> Span | None:
    """The schools that were done last; ``None`` before the first."""
    codes = select(stages.school_code).distinct().where(stages.school_code <= done_to)
    backwards = codes.order_by(stages.school_code.desc()).limit(SCHOOLS_AT_ONCE + 1)
    found = session.connection().scalars(backwards).all()
    if not found:
        return None
    return Span(found[-1] if len(found) > SCHOOLS_AT_ONCE else "", done_to)


def lift(session: Session, number: int, when: Night, span: Span) -> int:
    """Everybody of these schools who may goes up, and the classes with them; how many students.

    :raises CountsDiffer: when a class would not have who it must have.
    """
    connection = session.connection()
    goes_up = and_(span.holds(records.school_code), *(kept for _, kept in demands(when)))
    before = _counted(connection, span, number)
    told = select(records.student_id, literal(number), records.grade, literal(False)).where(goes_up)
    names = ["student_id", "promotion", "grade", "undone"]
    listed = connection.execute(
        insert(PromotedStudent).from_select(names, told), execution_options={"preserve_rowcount": True}
    )
    risen = connection.execute(
        update(StudentRecord).where(goes_up).values(grade=records.grade + 1, promotion=number)
    )
    rows = _rows(number, before, _counted(connection, span, number))
    if not listed.rowcount == risen.rowcount == sum(row["lifted"] for row in rows):
        raise CountsDiffer(f"{listed.rowcount} listed, {risen.rowcount} went up")
    if rows:
        connection.execute(insert(PromotedClass), rows)
    _turn_classes(connection, span, up=True)
    return risen.rowcount


def restore(session: Session, run: Promotion, span: Span) -> int:
    """Whom the run lifted and nothing has changed since comes down again; how many students.

    Every change of a record writes a movement.
    """
    connection = session.connection()
    changed = exists().where(
        movements.student_id == records.student_id, movements.recorded_at >= run.started_at
    )
    as_lifted = and_(
        span.holds(records.school_code),
        records.promotion == run.number,
        records.status == ENROLLED,
        not_(changed),
    )
    of_run = (
        PromotedStudent.promotion == run.number,
        PromotedStudent.student_id.in_(select(records.student_id).where(as_lifted)),
    )
    told = connection.execute(update(PromotedStudent).where(*of_run).values(undone=True))
    down = connection.execute(
        update(StudentRecord).where(as_lifted).values(grade=records.grade - 1, promotion=None)
    )
    if told.rowcount != down.rowcount:
        raise CountsDiffer(f"{told.rowcount} of this run, {down.rowcount} came down")
    _turn_classes(connection, span, up=False)
    return down.rowcount


def _counted(connection: Connection, span: Span, number: int) -> Counts:
    """By class: who has a seat, and how many of them this run has lifted."""
    key = [records.school_code, records.stage, records.grade, func.coalesce(records.class_number, 0)]
    seated = (span.holds(records.school_code), records.status.in_(SEATED))
    lifted = func.count(case((records.promotion == number, 1)))
    counted = select(*key, func.count(), lifted).where(*seated).group_by(*key)
    return {(row[0], row[1], row[2], row[3]): (row[4], row[5]) for row in connection.execute(counted)}


def _rows(number: int, before: Counts, after: Counts) -> list[dict[str, Any]]:
    """Each class's counts. It has after the run who stayed and who came from the class below, nobody else."""
    rows = []
    for school, stage, grade, class_number in sorted(before.keys() | after.keys()):
        here, above = (school, stage, grade, class_number), (school, stage, grade + 1, class_number)
        was, came_before = before.get(here, NOBODY)
        has, came = after.get(here, NOBODY)
        lifted = after.get(above, NOBODY)[1] - before.get(above, NOBODY)[1]
        if has != was - lifted + came - came_before:
            raise CountsDiffer(f"class {here}: {was} before, {lifted} lifted, {has} after")
        rows.append({
            "promotion": number, "school_code": school, "stage": stage, "grade": grade,
            "class_number": class_number, "before": was, "lifted": lifted, "after": has,
        })  # fmt: skip
    return rows


def _turn_classes(connection: Connection, span: Span, *, up: bool) -> None:
    """A class keeps its number and seats and goes up with its students; the last grade's begin anew.

    `up` is false to turn them back.
    """
    of_class = (stages.school_code == classes.school_code, stages.stage == classes.stage)
    first = select(stages.grade_from).where(*of_class).scalar_subquery()
    last = select(stages.grade_to).where(*of_class).scalar_subquery()
    start, end, step = (first, last, 1) if up else (last, first, -1)
    mine = (span.holds(classes.school_code), classes.grade.between(first, last))
    turned = case((classes.grade == end, start), else_=classes.grade + step)
    connection.execute(update(SchoolClass).where(*mine).values(grade=turned, number=classes.number + ASIDE))
    aside = (span.holds(classes.school_code), classes.number > ASIDE)
    connection.execute(update(SchoolClass).where(*aside).values(number=classes.number - ASIDE))

"""The laws of the register (design: "whatever a diagram says"), held against each step that was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.movements import IN, OUT, Movement
from registry.statuses import COMPULSORY_STAGES, DECEASED, ENROLLED, NEVER_IN_COMPULSORY, may_follow
from registry.students import RecordCopy, Student, StudentRecord
from workflows.model import Case, HistoryEntry, Task

KEPT = (Student, StudentRecord, RecordCopy, Movement, Case, Task, HistoryEntry)
"""Tables of which no row ever goes."""


@dataclass(frozen=True)
class Standing:
    """One student's record at a moment."""

    number: str
    school: str
    stage: str
    grade: int
    status: str
    movements: int


@dataclass
class Laws:
    """Looks at the register after each step, beside what it saw before it."""

    students: list[str]
    before: dict[str, Standing] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def broken(self, session: Session) -> Iterator[str]:
        """What the last step broke."""
        now = self._standings(session)
        for student, standing in now.items():
            if student in self.before and self.before[student] != standing:
                yield from self._of_change(session, student, self.before[student], standing)
        yield from self._one_open_case(session)
        yield from self._nothing_is_deleted(session)
        self.before = now

    def _standings(self, session: Session) -> dict[str, Standing]:
        """Everybody watched, by key; a second record of one student is impossible to overlook."""
        counted = select(Movement.student_id, func.count()).group_by(Movement.student_id)
        movements: dict[UUID, int] = dict(session.execute(counted).all())
        found = session.execute(
            select(Student.id, Student.student_number, StudentRecord)
            .join(StudentRecord, StudentRecord.student_id == Student.id)
            .where(Student.student_number.in_(self.students))
        ).all()
        assert len(found) == len(self.students), "a student has no record, or two"
        return {
            str(key): Standing(
                number,
                record.school_code,
                record.stage,
                record.grade,
                record.status,
                movements.get(key, 0),
            )
            for key, number, record in found
        }

    def _of_change(self, session: Session, key: str, was: Standing, now: Standing) -> Iterator[str]:
        if now.number != was.number:
            yield f"{was.number} became {now.number}"
        if now.movements < was.movements:
            yield f"{now.number} lost a movement"
        if now.status != was.status:
            yield from self._of_status(was, now)
        if now.school != was.school:
            yield from self._of_move(session, was, now)

    def _of_status(self, was: Standing, now: Standing) -> Iterator[str]:
        if not may_follow(was.status, now.status, now.stage):
            yield f"{now.number}: {now.status} follows {was.status}"
        if now.stage in COMPULSORY_STAGES and now.status in NEVER_IN_COMPULSORY:
            yield f"{now.number}: {now.status} in the compulsory stage"
        if now.movements == was.movements:
            yield f"{now.number}: {was.status} to {now.status} without a movement"

    def _of_move(self, session: Session, was: Standing, now: Standing) -> Iterator[str]:
        """A record moves only by a completed transfer, of somebody enrolled, in the same grade."""
        if was.status != ENROLLED:
            yield f"{now.number} moved while {was.status}"
        if now.grade != was.grade:
            yield f"{now.number} moved from grade {was.grade} to {now.grade}"
        pair = session.execute(
            select(Movement.code, Movement.school_code, Movement.case_number, Case.status)
            .join(Case, Case.number == Movement.case_number)
            .join(Student, Student.id == Movement.student_id)
            .where(Student.student_number == now.number, Movement.code.in_([IN, OUT]))
            .order_by(Movement.recorded_at.desc(), Movement.code)
            .limit(2)
        ).all()
        number = pair[0].case_number if pair else ""
        expected = [(OUT, was.school, number, "completed"), (IN, now.school, number, "completed")]
        if [tuple(row) for row in pair] != expected:
            yield f"{now.number} moved from {was.school} to {now.school}: {pair}"
        copies = session.scalar(
            select(func.count())
            .select_from(RecordCopy)
            .where(RecordCopy.case_number == number, RecordCopy.school_code == was.school)
        )
        if copies != 1:
            yield f"{was.school} keeps {copies} copies of {now.number}"

    def _one_open_case(self, session: Session) -> Iterator[str]:
        held = select(Case.subject).where(Case.closed_at.is_(None), Case.locks)
        for (subject,) in session.execute(held.group_by(Case.subject).having(func.count() > 1)):
            yield f"{subject} has two open cases"
        dead = (
            select(Student.student_number)
            .join(StudentRecord, StudentRecord.student_id == Student.id)
            .where(StudentRecord.status == DECEASED, Student.student_number.in_(held))
        )
        yield from (f"{number} is dead and has an open case" for number in session.scalars(dead))

    def _nothing_is_deleted(self, session: Session) -> Iterator[str]:
        for table in KEPT:
            rows = session.scalar(select(func.count()).select_from(table)) or 0
            if rows < self.rows.get(table.__tablename__, 0):
                yield f"{table.__tablename__} lost a row"
            self.rows[table.__tablename__] = rows

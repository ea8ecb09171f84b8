"""Suspension (休学): its stretches of time, what may be asked of them, and how a record comes back.

How long, how far back and to which grade is policy (`suspension.*`, `extension.*`, `resumption.*`).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry import organisations, policy, records, statuses
from registry.base import Keyed
from registry.calendar import CHINA, months_after
from registry.changes.facts import Facts
from registry.organisations import SchoolStage
from registry.scope import OfficeScoped
from registry.students import StudentRecord
from registry.violations import FieldError
from registry.words import grade_words, words

PROMOTION = "promotion.date"


class Suspension(Keyed, OfficeScoped):
    """One stretch of a suspension: from a day to its last day; `ended_on` the day before the return.

    An extension is a stretch of its own that begins the day after the one before.
    """

    __tablename__ = "suspensions"
    __table_args__ = (
        UniqueConstraint("student_id", "from_date"),
        UniqueConstraint("student_id", "case_number"),
        CheckConstraint("from_date <= to_date", name="order"),
    )

    student_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("students.id"))
    from_: Mapped[date] = mapped_column("from_date")
    to: Mapped[date] = mapped_column("to_date")
    ended_on: Mapped[date | None]
    case_number: Mapped[str] = mapped_column(String(40))


def of_student(session: Session, student_id: uuid.UUID) -> list[Suspension]:
    """Every stretch, oldest first."""
    mine = select(Suspension).where(Suspension.student_id == student_id)
    return list(session.scalars(mine.order_by(Suspension.from_)))


# What may be asked.


def begins_in_time(facts: Facts) -> FieldError | None:
    """Not dated back, nor ahead, further than policy allows."""
    start = _day(facts.asked, "effective_from")
    earliest = facts.today - timedelta(days=facts.rule("backdate_days").value)
    latest = facts.today + timedelta(days=facts.rule("ahead_days").value)
    if start < earliest:
        return FieldError("/effective_from", "too_early", words("最早可以从 %(day)s 算起", day=earliest))
    if start > latest:
        return FieldError("/effective_from", "too_late", words("最晚可以从 %(day)s 算起", day=latest))
    return None


def lasts_long_enough(facts: Facts) -> FieldError | None:
    """At least the shortest, at most the longest time of one suspension."""
    start, end = _day(facts.asked, "effective_from"), _day(facts.asked, "effective_to")
    least, most = facts.rule("min_days").value, facts.rule("max_single").value
    if (end - start).days + 1 < least:
        return FieldError(
            "/effective_to", "too_short", words("休学至少 %(days)s 天，请改结束日期", days=least)
        )
    if end >= months_after(start, most):
        return FieldError("/effective_to", "too_long", words("一次最多休学 %(months)s 个月", months=most))
    return None


def stays_below_total(facts: Facts) -> FieldError | None:
    """With the stretches before it, without a gap, no longer than policy allows in all."""
    running = facts.record.status_since
    if facts.record.status != statuses.SUSPENDED:
        running = _day(facts.asked, "effective_from")
    most = facts.policy["suspension.max_total"].value
    if _day(facts.asked, "effective_to") >= months_after(running, most):
        return FieldError(
            "/effective_to", "total_too_long", words("连续休学一共最多 %(months)s 个月", months=most)
        )
    return None


def follows_on(facts: Facts) -> FieldError | None:
    """An extension is asked for before the suspension ends, and ends later."""
    until, end = facts.record.status_until, _day(facts.asked, "effective_to")
    if until is None:
        return None
    if end <= until:
        return FieldError("/effective_to", "not_later", words("要晚于现在的结束日期 %(day)s", day=until))
    last = until - timedelta(days=facts.rule("apply_before_days").value)
    if facts.today > last + timedelta(days=facts.policy["suspension.overdue_grace_days"].value):
        return FieldError(
            "/effective_to", "asked_too_late", words("已经过了申请续休的日期 %(day)s", day=last)
        )
    return None


def returns_in_time(facts: Facts) -> FieldError | None:
    """Back on a day of the suspension or after it; before its end only where policy allows."""
    on = _day(facts.asked, "effective_from", facts.today)
    since, until = facts.record.status_since, facts.record.status_until
    if on <= since:
        return FieldError("/effective_from", "before_start", words("要晚于休学开始的 %(day)s", day=since))
    if until is not None and on <= until and not facts.rule("early_allowed").value:
        return FieldError("/effective_from", "not_early", words("要等到 %(day)s 以后", day=until))
    return None


def comes_to_a_grade_offered(facts: Facts) -> FieldError | None:
    """The grade that policy leaves to choose: that of the original class, or the one below."""
    asked, on = facts.asked.get("grade"), _day(facts.asked, "effective_from", facts.today)
    offered = grades_offered(facts.record, facts.stage, facts.policy, on)
    if asked is None or asked in offered:
        return None
    choice = words("、".join(grade_words(grade) for grade in offered))
    return FieldError("/grade", "grade_not_offered", words("可以回到%(grades)s", grades=choice))


def grades_offered(record: StudentRecord, stage: SchoolStage, in_force: policy.Rules, on: date) -> list[int]:
    """The grades a student may come back to on a day, the usual one first."""
    cohort = min(grade_of_class(record, on, in_force[PROMOTION].value), stage.grade_to)
    early = record.status_until is not None and on <= record.status_until
    choice = in_force["resumption.grade_choice"].value["early" if early else "normal"]
    grades = {"original": [cohort], "lower": [record.grade], "choice": [cohort, record.grade]}
    return list(dict.fromkeys(grades[choice]))


def grade_of_class(record: StudentRecord, on: date, promotion: str) -> int:
    """The grade of the class that a student left: it went up at each promotion (every year, `MM-DD`)."""
    month, day = map(int, promotion.split("-"))
    nights = (date(year, month, day) for year in range(record.status_since.year, on.year + 1))
    return record.grade + sum(record.status_since <= night < on for night in nights)


# Effects.


def suspend(
    session: Session, student_id: uuid.UUID, start: date, end: date, *, case_number: str, now: datetime
) -> StudentRecord:
    """The record is suspended from a day to its last day, by one case, once."""
    return _stretch(session, student_id, start, end, case_number, now)


def extend(
    session: Session, student_id: uuid.UUID, end: date, *, case_number: str, now: datetime
) -> StudentRecord:
    """The suspension goes on to a later last day."""
    until = records.locked(session, student_id).status_until
    start = until + timedelta(days=1) if until else now.astimezone(CHINA).date()
    return _stretch(session, student_id, start, end, case_number, now)


def resume(
    session: Session,
    student_id: uuid.UUID,
    on: date,
    *,
    grade: int | None,
    case_number: str,
    now: datetime,
) -> StudentRecord:
    """Back in class from a day on; what was left of the suspension is gone."""
    left = records.locked(session, student_id)
    if grade is None and left.status == statuses.SUSPENDED:
        grade = _usual_grade(session, left, on)
    record = records.change_status(
        session, student_id, statuses.ENROLLED, on=on, case_number=case_number, now=now
    )
    end(session, student_id, on)
    if grade is not None:
        record.grade = grade
    session.flush()
    return record


def end(session: Session, student_id: uuid.UUID, on: date) -> None:
    """The stretches that still run, if any, are over the day before."""
    last = on - timedelta(days=1)
    for stretch in of_student(session, student_id):
        if stretch.ended_on is None:
            stretch.ended_on = min(last, stretch.to)


def _stretch(
    session: Session, student_id: uuid.UUID, start: date, end: date, case_number: str, now: datetime
) -> StudentRecord:
    before = records.locked(session, student_id)
    since = before.status_since if before.status == statuses.SUSPENDED else start
    record = records.change_status(
        session, student_id, statuses.SUSPENDED, on=start, until=end, case_number=case_number, now=now
    )
    record.status_since = since
    known = select(Suspension.id).where(
        Suspension.student_id == student_id, Suspension.case_number == case_number
    )
    if session.scalar(known) is None:
        session.add(
            Suspension(
                student_id=student_id,
                from_=start,
                to=end,
                case_number=case_number,
                office_path=record.office_path,
            )
        )
    session.flush()
    return record


def _usual_grade(session: Session, record: StudentRecord, on: date) -> int:
    stage = organisations.stage_with_grade(session, record.school_code, record.grade)
    if stage is None:
        return record.grade
    return grades_offered(record, stage, policy.rules(session, stage.authority_code, on), on)[0]


def _day(asked: Mapping[str, Any], member: str, otherwise: date | None = None) -> date:
    value = asked.get(member)
    if value is None and otherwise is not None:
        return otherwise
    return value if isinstance(value, date) else date.fromisoformat(str(value))

"""Leaving (离校) and coming back: abroad, drop-out and return, withdrawal and expulsion, death.

What may be asked, and what it does to the record. How long, how far back and for which stages is
policy (`abroad.*`, `dropout.*`, `return.*`, `withdrawal.*`).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from registry import organisations, policy, records, statuses, suspensions
from registry.changes.demands import may
from registry.changes.facts import Facts
from registry.organisations import SchoolStage
from registry.students import Student, StudentRecord
from registry.violations import FieldError, Violation
from registry.words import grade_words, words

# Ground of the application → what differs from the usual.
STATUS_AFTER = {"expelled": statuses.EXPELLED}
CODE_OF_ABROAD = {"sponsored": "01", "own": "99"}
NOT_RESUMED = "not_resumed"


# What may be asked.


def not_while_suspended(facts: Facts) -> Violation | None:
    """R05: a suspended student is no drop-out before the suspension is over."""
    until = facts.record.status_until
    if facts.record.status != statuses.SUSPENDED or (until is not None and until < facts.today):
        return None
    return may("suspend")(facts)


def takes_effect_in_time(facts: Facts) -> FieldError | None:
    """Not before the present status began, and dated back or ahead no further than policy allows."""
    on = _day(facts.asked, "effective_from", facts.today)
    earliest = facts.today - timedelta(days=facts.rule("backdate_days").value)
    earliest = max(earliest, min(facts.record.status_since, facts.today))
    latest = facts.today + timedelta(days=facts.rule("ahead_days").value)
    if on < earliest:
        return FieldError("/effective_from", "too_early", words("最早可以从 %(day)s 算起", day=earliest))
    if on > latest:
        return FieldError("/effective_from", "too_late", words("最晚可以从 %(day)s 算起", day=latest))
    return None


def stays_away_until_later(facts: Facts) -> FieldError | None:
    """The last day abroad, where it is known, comes after the first."""
    if facts.asked.get("effective_to") is None:
        return None
    start = _day(facts.asked, "effective_from", facts.today)
    if _day(facts.asked, "effective_to", start) > start:
        return None
    return FieldError("/effective_to", "before_start", words("要晚于出国的日期 %(day)s", day=start))


def absent_long_enough(facts: Facts) -> FieldError | None:
    """Away from class without leave for as long as policy says, up to today."""
    since, least = _day(facts.asked, "absent_since", facts.today), facts.rule("absence_threshold").value
    entered = facts.record.at_school_since
    if since < entered:
        return FieldError("/absent_since", "too_early", words("不能早于入校的日期 %(day)s", day=entered))
    if (facts.today - since).days < least:
        return FieldError(
            "/absent_since", "too_short", words("连续缺课满 %(days)s 天才能登记，请先劝返", days=least)
        )
    if _day(facts.asked, "effective_from", facts.today) < since:
        return FieldError("/effective_from", "before_start", words("要晚于缺课开始的 %(day)s", day=since))
    return None


def returns_to_a_grade_offered(facts: Facts) -> FieldError | None:
    """Back to the grade that was left, that of the original class, or one between."""
    asked, on = facts.asked.get("grade"), _day(facts.asked, "effective_from", facts.today)
    offered = grades_offered(facts.record, facts.stage, facts.policy, on)
    if asked is None or asked in offered:
        return None
    choice = words("、".join(grade_words(grade) for grade in offered))
    return FieldError("/grade", "grade_not_offered", words("可以回到%(grades)s", grades=choice))


def ground_fits_status(facts: Facts) -> FieldError | None:
    """Who never came back was suspended and is overdue; who is abroad is not expelled."""
    ground, record = facts.asked["ground"], facts.record
    if not statuses.may_follow(record.status, status_after(ground), record.stage):
        return FieldError("/ground", "not_from_here", words("学生现在的状态不能办这一种"))
    if ground != NOT_RESUMED:
        return None
    grace = timedelta(days=facts.policy["suspension.overdue_grace_days"].value)
    overdue = record.status_until is not None and facts.today > record.status_until + grace
    if record.status == statuses.SUSPENDED and overdue:
        return None
    return FieldError(
        "/ground", "not_overdue", words("休学期满 %(days)s 天以后才能按这一条办", days=grace.days)
    )


def died_in_life(facts: Facts) -> FieldError | None:
    """The day of death is not to come, and not before the birth."""
    on, born = _day(facts.asked, "effective_from", facts.today), facts.student.birth_date
    if born <= on <= facts.today:
        return None
    return FieldError("/effective_from", "not_in_life", words("日期不对，请按证明填写"))


def status_after(ground: str) -> str:
    """What a student is after leaving on a ground: withdrawn, or expelled."""
    return STATUS_AFTER.get(ground, statuses.WITHDRAWN)


def grades_offered(record: StudentRecord, stage: SchoolStage, in_force: policy.Rules, on: date) -> list[int]:
    """The grades a student may come back to on a day, that of the original class first."""
    cohort = suspensions.grade_of_class(record, on, in_force[suspensions.PROMOTION].value)
    return list(range(max(record.grade, min(cohort, stage.grade_to)), record.grade - 1, -1))


# Effects.


def leave(
    session: Session,
    student_id: uuid.UUID,
    status: str,
    on: date,
    *,
    case_number: str,
    now: datetime,
    until: date | None = None,
    code: str | None = None,
) -> StudentRecord:
    """The student is gone from a day on. The record stays; a suspension ends with it."""
    suspensions.end(session, student_id, on)
    return records.change_status(
        session, student_id, status, on=on, until=until, code=code, case_number=case_number, now=now
    )


def come_back(
    session: Session, student_id: uuid.UUID, on: date, *, grade: int | None, case_number: str, now: datetime
) -> StudentRecord:
    """Back in class from a day on, in the grade agreed, else in that of the original class."""
    left = records.locked(session, student_id)
    agreed = grade if grade is not None else _usual_grade(session, left, on)
    record = records.change_status(
        session, student_id, statuses.ENROLLED, on=on, case_number=case_number, now=now
    )
    record.grade = agreed
    session.flush()
    return record


def close(
    session: Session, student_id: uuid.UUID, on: date, *, case_number: str, now: datetime
) -> StudentRecord:
    """The student has died: the record is sealed, never deleted, and lists do not show the name."""
    record = leave(session, student_id, statuses.DECEASED, on, case_number=case_number, now=now)
    session.get_one(Student, student_id).quiet = True
    session.flush()
    return record


def _usual_grade(session: Session, record: StudentRecord, on: date) -> int:
    stage = organisations.stage_with_grade(session, record.school_code, record.grade)
    if stage is None:
        return record.grade
    return grades_offered(record, stage, policy.rules(session, stage.authority_code, on), on)[0]


def _day(asked: Mapping[str, Any], member: str, otherwise: date) -> date:
    """A day of the application; it is absent before anything was asked, or where it may be left out."""
    found = asked.get(member)
    return found if isinstance(found, date) else otherwise

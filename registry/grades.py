"""Another grade than the cohort's: skipping one (跳级), repeating one (留级). Off unless policy opens them.

A student goes one grade up or down within the stage at the own school, never to or from another, and
never in the graduating grade. The rest is policy (`skip.*`, `repeat.*`).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry import organisations, places, records
from registry.changes.facts import Facts
from registry.errors import NotFound, StatusNotAllowed
from registry.movements import Movement
from registry.statuses import ENROLLED, SEATED
from registry.students import StudentRecord
from registry.violations import FieldError, Violation
from registry.words import grade_words, words

SKIP, REPEAT = 1, -1
CODES = {SKIP: "04", REPEAT: "02"}
PROMOTION = "promotion.date"


def allowed(facts: Facts) -> Violation | None:
    """R04: off, unless the province has opened it (`<process>.allowed`)."""
    rule = facts.rule("allowed")
    if rule.value:
        return None
    return Violation(
        "R04",
        words("本地不办%(process)s", process=words(facts.name)),
        words("省里没有开办%(process)s。", process=words(facts.name)),
        words("学习上有困难或者有余力，请与学校商量。"),
        rule.basis,
    )


def can_go(step: int) -> Callable[[Facts], Violation | None]:
    """R04: not in the graduating grade, and only within the stage at the own school."""

    def grade_allows(facts: Facts) -> Violation | None:
        grade, stage = facts.record.grade, facts.stage
        if grade != stage.grade_to and stage.grade_from <= grade + step <= stage.grade_to:
            return None
        return Violation(
            "R04",
            words("%(grade)s不能办%(process)s", grade=grade_words(grade), process=words(facts.name)),
            words("毕业年级不能办，也不能跨学段办。"),
            words("有特殊情况的，请与学校商量。"),
            facts.basis("R04"),
            {"grade": grade},
        )

    return grade_allows


def within_quota(facts: Facts) -> Violation | None:
    """R04: in a school year no more of a grade repeat it than policy allows (`repeat.quota_percent`)."""
    quota, grade = facts.rule("quota_percent"), facts.record.grade
    in_grade = places.places(facts.session, facts.school.code, grade).taken
    repeating = _repeating(facts, grade - 1)
    if (repeating + 1) * 100 <= quota.value * (in_grade + repeating):
        return None
    return Violation(
        "R04",
        words("这个年级留级的名额满了"),
        words("一学年留级的不能超过年级人数的 %(percent)s%%。", percent=quota.value),
        words("请与学校商量，下一学年再办。"),
        quota.basis,
        {"grade": grade, "percent": quota.value},
    )


def not_in_the_past(facts: Facts) -> FieldError | None:
    """From today on, no later than policy says."""
    on = facts.asked.get("effective_from")
    if on is None:
        return None
    day = on if isinstance(on, date) else date.fromisoformat(str(on))
    if day < facts.today:
        return FieldError("/effective_from", "too_early", words("不能早于今天"))
    if (day - facts.today).days > facts.rule("ahead_days").value:
        most = facts.rule("ahead_days").value
        return FieldError("/effective_from", "too_late", words("最多往后 %(days)s 天", days=most))
    return None


def change(
    session: Session, student_id: uuid.UUID, step: int, on: date, *, case_number: str, now: datetime
) -> StudentRecord:
    """The student goes one grade up or down, into the class with most room, once for a case.

    :raises StatusNotAllowed: when the student is not in school now.
    :raises NotFound: when the stage at the school has no such grade.
    """
    record = records.locked(session, student_id)
    if records.written(session, student_id, CODES[step], case_number):
        return record
    if record.status != ENROLLED:
        raise StatusNotAllowed(now=record.status, then=ENROLLED, stage=record.stage)
    grade = record.grade + step
    stage = organisations.stage_with_grade(session, record.school_code, grade)
    if stage is None or stage.stage != record.stage:
        raise NotFound(school=record.school_code, stage=record.stage, grade=grade)
    roomiest = places.roomiest_class(session, record.school_code, grade)
    session.add(
        Movement(
            student_id=student_id,
            code=CODES[step],
            school_code=record.school_code,
            on=on,
            case_number=case_number,
            recorded_at=now,
            office_path=record.office_path,
        )
    )
    record.grade, record.class_number = grade, roomiest.number if roomiest else None
    session.flush()
    return record


def _repeating(facts: Facts, grade: int) -> int:
    """Who repeats this grade at the school since the last promotion."""
    month, day = map(int, facts.policy[PROMOTION].value.split("-"))
    since = date(facts.today.year, month, day)
    if since >= facts.today:
        since = date(facts.today.year - 1, month, day)
    counted = (
        select(func.count(Movement.student_id.distinct()))
        .join(StudentRecord, StudentRecord.student_id == Movement.student_id)
        .where(
            Movement.code == CODES[REPEAT],
            Movement.on > since,
            Movement.school_code == facts.school.code,
            StudentRecord.school_code == facts.school.code,
            StudentRecord.grade == grade,
            StudentRecord.status.in_(SEATED),
        )
    )
    return facts.session.scalar(counted) or 0

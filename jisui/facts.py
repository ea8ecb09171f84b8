"""What a certificate says, gathered from case, history and register at the moment of the decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from documents.facts import Approval, ChangeFacts, School, TransferFacts
from forms.process import declared
from forms.transfer import GROUNDS
from registry import organisations, policy
from registry.calendar import CHINA
from registry.students import SEXES, Student
from workflows.engine import Acting

PERIOD = ("effective_from", "effective_to")


def transfer(
    session: Session, acting: Acting, student: Student, asked: Mapping[str, Any], now: datetime
) -> TransferFacts:
    """The contact form (转学联系函) of a transfer whose record has just moved."""
    sender = organisations.get(session, acting.offices["sending_school"])
    receiver = organisations.get(session, acting.offices["receiving_school"])
    province = organisations.above(session, organisations.get(session, str(sender.parent_code)), "province")
    day = now.astimezone(CHINA).date()
    grade = int(str(acting.summary["grade"]))
    grounds = {value: str(words) for value, words, _covers in GROUNDS}
    return TransferFacts(
        place=province.short_name if province else "",
        student_name=student.name,
        sex=SEXES[student.sex],
        birth_date=student.birth_date,
        student_number=student.student_number,
        sending=School(sender.name, sender.code, grade),
        receiving=School(receiver.name, receiver.code, grade),
        ground=grounds[asked["ground"]],
        effective_on=student.record.at_school_since,
        approvals=tuple(_approvals(session, acting)),
        basis=policy.value(session, "transfer.step_sla_workdays", acting.place, day).basis,
    )


def change(
    session: Session, acting: Acting, student: Student, asked: Mapping[str, Any], now: datetime
) -> ChangeFacts:
    """A certificate about a change at one school that has just taken effect."""
    school, record = organisations.get(session, acting.offices["school"]), student.record
    day = now.astimezone(CHINA).date()
    from_, to = (date.fromisoformat(asked[name]) if asked.get(name) else None for name in PERIOD)
    province = organisations.above(
        session, organisations.get(session, acting.offices["authority"]), "province"
    )
    return ChangeFacts(
        place=province.short_name if province else "",
        student_name=student.name,
        sex=SEXES[student.sex],
        birth_date=student.birth_date,
        student_number=student.student_number,
        school=School(school.name, school.code, record.grade),
        class_number=record.class_number,
        ground=str(dict(declared()[acting.process].grounds).get(asked.get("ground", ""), "")),
        effective_from=from_ or day,
        effective_to=to,
        approvals=tuple(_approvals(session, acting)),
        basis=policy.value(session, "changes.rule_basis", acting.place, day).basis,
    )


def _approvals(session: Session, acting: Acting) -> list[Approval]:
    """Each office of the route once: what its leader decided, in order."""
    rows: dict[str, Approval] = {}
    for taken in acting.decisions:
        if taken.decision == "approve" and taken.role == "leader":
            office = organisations.get(session, taken.office)
            day = taken.decided_at.astimezone(CHINA).date()
            rows[taken.office] = Approval(office.name, "同意", taken.decided_by_name, day)
    return list(rows.values())

"""发起业务: what can be started for a student from here now, and why the rest cannot."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.organisations import Organisation
from webapp.officials import acting
from webapp.register.seen import StudentSeen
from webapp.rights import may
from webapp.services import services
from webapp.wording import MARKS
from workflows.model import Case

SCHOOL, ENROLLED = "school", "enrolled"


@dataclass(frozen=True)
class Start:
    """A process by its name; why it cannot be started here now."""

    name: str
    why_not: str


def of_student(session: Session, student: StudentSeen, open_case: Case | None) -> list[Start]:
    """Every process that people start."""
    return [
        Start(_(kind.name), _why_not(session, student, open_case)) for kind in services().processes.values()
    ]


def _why_not(session: Session, student: StudentSeen, open_case: Case | None) -> str:
    """The first reason that stands in the way; the last one always does."""
    if open_case is not None:
        return _("有业务在办，办完或撤回后再来")
    if student.status != ENROLLED:
        return _("学生现在%(status)s，先办别的手续", status=MARKS[student.status].words)
    if student.problem_record:
        return _("学籍有问题没处理完")
    if not may(acting().role, "case.open"):
        return _("由学籍管理员发起")
    office = session.scalar(select(Organisation.kind).where(Organisation.code == acting().office))
    if office != SCHOOL:
        return _("由学校发起，教育局核办")
    return _("由家长或转入学校发起，这里是现在的学校")

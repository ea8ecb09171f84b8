"""发起业务: what can be started for a student from here now, and why the rest cannot."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from webapp.officials import acting
from webapp.processes import ProcessKind
from webapp.register.seen import StudentSeen
from webapp.rights import may
from webapp.services import services
from webapp.wording import MARKS
from workflows.model import Case

ENROLLED = "enrolled"


@dataclass(frozen=True)
class Start:
    """A process by its name; why it cannot be started here now."""

    key: str
    name: str
    why_not: str = ""
    basis: str = ""


def of_student(session: Session, student: StudentSeen, open_case: Case | None) -> list[Start]:
    """Every process that people start, those that can be started now first."""
    found = [of_kind(session, kind, student, open_case) for kind in services().processes.values()]
    return sorted(found, key=lambda start: bool(start.why_not))


def of_kind(session: Session, kind: ProcessKind, student: StudentSeen, open_case: Case | None) -> Start:
    """May this process be started for the student, from here, now?"""
    start = Start(kind.key, _(kind.name))
    if open_case is not None and not kind.beside_others:
        return replace(start, why_not=_("有业务在办，办完或撤回后再来"))
    if not may(acting().role, "case.open"):
        return replace(start, why_not=_("由学籍管理员发起"))
    if acting().office != student.school_code:
        return replace(start, why_not=_("由学校发起，教育局核办"))
    if kind.obstacle is None:
        return replace(start, why_not=_of_another_school(student))
    found = kind.obstacle(session, student.id, services().clock.now())
    if found is None:
        return start
    return replace(
        start, why_not=_("%(heading)s。%(what)s", heading=found.heading, what=found.remedy), basis=found.basis
    )


def _of_another_school(student: StudentSeen) -> str:
    """A transfer: the school that takes the student starts it."""
    if student.status != ENROLLED:
        return _("学生现在%(status)s，先办别的手续", status=MARKS[student.status].words)
    if student.problem_record:
        return _("学籍有问题没处理完")
    return _("由家长或转入学校发起，这里是现在的学校")

"""The opinion bar: exactly the decisions a task offers, each with what it would cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from registry import policy
from registry import reasons as catalogue
from registry.errors import PolicyMissing
from registry.organisations import SchoolClass
from registry.people import ROLES
from webapp import course
from webapp.filters import local_date
from webapp.inbox.rows import office_names
from webapp.services import services
from webapp.wording import MARKS, OVERDUE, Deadline, Mark
from workflows import definitions
from workflows.engine import Engine
from workflows.model import Task

KEYS = {"approve": "A", "refuse": "D", "return": "R"}
SEND = {
    "approve": _l("提交意见"),
    "refuse": _l("提交“不同意”"),
    "return": _l("退回补正"),
    "resubmit": _l("交回办理"),
}


@dataclass(frozen=True)
class Offer:
    """A decision one may take. `effect`: what follows, in one sentence; `effects` by reason code."""

    name: str
    mark: Mark
    key: str
    effect: str
    send: str
    by_reason: dict[str, str]


@dataclass(frozen=True)
class ReasonOffered:
    """A ground for refusal. `needs`: what must come with it. `private`: the family reads only the reason."""

    code: str
    words: str
    needs: tuple[str, ...]
    private: bool


def of_task(session: Session, case: Row[Any], task: Task, names: dict[str, str]) -> list[Offer]:
    return [_offer(session, case, task, name, names) for name in task.decisions]


def _offer(session: Session, case: Row[Any], task: Task, name: str, names: dict[str, str]) -> Offer:
    usual = _effect(session, case, task, name, "", names)
    return Offer(
        name=name,
        mark=MARKS.get(name, Mark("dot", "neutral", name)),
        key=KEYS.get(name, ""),
        effect=usual,
        send=str(SEND.get(name, _("提交“%(words)s”", words=MARKS[name].words if name in MARKS else name))),
        by_reason=_by_reason(session, case, task, name, usual, names),
    )


def reasons(task: Task, case: Row[Any]) -> list[ReasonOffered]:
    """The reasons of the diagram that this stage knows, words first."""
    stage = str(case.summary.get("stage", ""))
    found = []
    for code in task.reasons:
        one = catalogue.CATALOGUE.get(code)
        if one is not None and one.offered and (not stage or stage in one.stages):
            found.append(ReasonOffered(code, _(one.words), tuple(one.requires_in(stage)), one.private))
    return found


def classes(session: Session, case: Row[Any], task: Task) -> Sequence[int]:
    """The classes a receiving school may choose from when it agrees; the roomiest if it doesn't."""
    target, grade = case.summary.get("to"), case.summary.get("grade")
    if not isinstance(target, dict) or target.get("code") != task.office or "approve" not in task.decisions:
        return ()
    return session.scalars(
        select(SchoolClass.number)
        .where(SchoolClass.school_code == task.office, SchoolClass.grade == grade)
        .order_by(SchoolClass.number)
    ).all()


def _by_reason(
    session: Session, case: Row[Any], task: Task, decision: str, usual: str, names: dict[str, str]
) -> dict[str, str]:
    """What another reason would cause instead (其他 goes to the authority's desk)."""
    if decision != "refuse" or "R99" not in task.reasons:
        return {}
    other = _effect(session, case, task, decision, "R99", names)
    return {"R99": other} if other != usual else {}


def _effect(
    session: Session, case: Row[Any], task: Task, decision: str, reason: str, names: dict[str, str]
) -> str:
    """What a decision would cause, in one sentence, as the diagram says."""
    ahead = course.after(session, case, task.id, decision, reason=reason, role=task.role)
    if ahead is None:
        return ""
    lead = _("%(words)s后：", words=MARKS[decision].words) if decision in KEYS else _("提交后：")
    if ahead.outcome in ("refused", "terminated"):
        return lead + _stays(case)
    if ahead.outcome is not None:
        return lead + _("，").join([*ahead.effects, _("业务办结")]) + _("。")
    return _sent_on(session, case, task, ahead, lead, names) if ahead.steps else ""


def _sent_on(
    session: Session, case: Row[Any], task: Task, ahead: course.Ahead, lead: str, names: dict[str, str]
) -> str:
    step = ahead.steps[0]
    office = course.office_of(case, step)
    if step.lane == course.STARTER:
        return lead + _("送申请方补正，补好后回到这里。")
    if step.lane == course.DESK_AUTHORITY:
        above = services().engine.authority_over(session, task.office, case.summary)
        name = office_names(session, [above]).get(above, above)
        return _("将转%(office)s复核，本件不会马上结束。", office=name)
    if office == task.office:
        role = ROLES.get(step.element.attributes.get("role", ""))
        return _("提交后：送%(role)s%(step)s。", role=_(role) if role else "", step=step.element.name)
    name = names.get(office) or office_names(session, [office]).get(office, office)
    return lead + _("，").join([*ahead.effects, _("送%(office)s", office=name)]) + _("。")


def _stays(case: Row[Any]) -> str:
    origin = case.summary.get("from")
    if isinstance(origin, dict) and origin.get("name"):
        return _("业务结束，学籍留在%(school)s。", school=origin["name"])
    return _("业务结束，学籍不变。")


def return_clock(session: Session, case: Row[Any], task: Task, at: Deadline) -> str:
    """What happens to the deadline while a case is returned: drawn in the diagram, else by policy."""
    if "return" not in task.decisions:
        return ""
    if at.last_day is None:
        return _("这一步不限时。")
    box = definitions.compiled(session, case.definition_id).elements.get(
        (case.process, task.element.partition(".")[0])
    )
    drawn, basis = (box.attributes.get("clock") if box is not None else None), ""
    if drawn is None:
        key = f"{case.process}.return_pauses_clock"
        said = policy.value(session, key, case.place, local_date(case.opened_at))
        drawn, basis = ("pause" if said.value else "run"), said.basis
    left = 0 if at.kind == OVERDUE else at.days
    if drawn != "pause":
        words = _("退回期间时限不暂停。")
    elif left:
        words = _("退回期间时限暂停，补好后还剩 %(n)s 个工作日。", n=left)
    else:
        words = _("退回期间时限暂停，补好的当天截止。")
    return words + (_("依据：%(text)s", text=basis) + _("。") if basis else "")


def return_until(session: Session, engine: Engine, case: Row[Any], now: datetime) -> date | None:
    """The last day on which the family may answer a return of today; None where no policy says."""
    try:
        days = engine.policy(
            session, f"{case.process}.correction_workdays", case.place, local_date(case.opened_at)
        )
    except PolicyMissing:
        return None
    return engine.calendar(session).add(local_date(now), int(str(days)))

"""Everything one needs to decide one task, read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from registry import applications
from registry.applications import Application
from registry.evidence import Evidence, of_case
from registry.people import ROLES, Person
from webapp import course, process_policy
from webapp.filters import clock_time, local_date
from webapp.inbox import checks, facts, handing_over, meant, offers, rows, verdicts
from webapp.inbox.checks import CheckLine
from webapp.inbox.facts import Fact, Item
from webapp.inbox.meant import Meant
from webapp.inbox.offers import Offer, ReasonOffered
from webapp.inbox.verdicts import Said
from webapp.register.seen import StudentSeen
from webapp.rights import may
from webapp.services import services
from webapp.wording import Deadline, deadline
from workflows import cases, clocks, incidents
from workflows.errors import TaskNotFound
from workflows.model import DONE, OPEN, Actor, Definition, Task
from workflows.tasks import is_held

FAMILY = "guardian"


@dataclass(frozen=True)
class Opinion:
    """An earlier decision in the case, as those who decide now may read it."""

    at: datetime
    office: str
    step: str
    decision: str
    person: str
    words: str
    reason: str


@dataclass(frozen=True)
class TaskPage:
    task: Task
    case: Row[Any]
    process: str
    at: Deadline
    student: StudentSeen | None
    facts: Sequence[Fact]
    items: Sequence[Item]
    asked: Sequence[Item]
    checks: Sequence[CheckLine]
    judged_by: str
    opinions: Sequence[Opinion]
    stations: Sequence[course.Station]
    offices: dict[str, str]
    evidence: Sequence[Evidence]
    said: Mapping[str, Said]
    offers: Sequence[Offer]
    reasons: Sequence[ReasonOffered]
    classes: Sequence[int]
    return_clock: str
    return_until: date | None
    why_not: str
    holder: str
    held_since: datetime | None
    is_mine: bool
    meant_for: Meant | None
    version: int
    incident: bool
    history: int
    stamp: str
    may_hand_over: bool
    colleagues: Sequence[Person]

    @property
    def is_open(self) -> bool:
        return self.task.status == OPEN


def find(session: Session, task_id: UUID, actor: Actor) -> Task:
    """The task if it is one of the actor's office.

    :raises TaskNotFound: else, whether or not it exists.
    """
    task = session.scalar(select(Task).where(Task.id == task_id))
    if task is None or task.office != actor.office:
        raise TaskNotFound
    return task


def stamp(application: Application | None, case: Row[Any]) -> str:
    """What must not change behind the back of somebody who decides: the application, the family's wish."""
    asked = case.withdrawal_asked_at
    return f"{application.revision if application else 0}:{asked.isoformat() if asked else ''}"


def build(session: Session, task: Task, actor: Actor, now: datetime) -> TaskPage:
    case = cases.by_id(session, task.case_id)
    application = applications.latest(session, case.id)
    body = application.body if application else {}
    rules = checks.of_case(session, case, body)
    steps = cases.steps(session, case.id)
    student = services().student_of_case(session, case.subject)
    evidence = of_case(session, case.id)
    stations = course.stations(session, case)
    held = task.status == OPEN and is_held(task, now)
    obstacle = "" if task.status != OPEN else why_not(task, case, steps, actor, now)
    can_decide = task.status == OPEN and not obstacle
    office_codes = {step.office for step in steps} | {one.office for one in stations} | {task.office}
    names = rows.office_names(session, office_codes)
    at = deadline(task.due_at, now, services().engine.calendar(session), clocks.of_task(session, task))
    return TaskPage(
        task=task,
        case=case,
        process=rows.process_name(case.process),
        at=at,
        student=student,
        facts=_facts(session, case, student, body, now),
        items=facts.items(body, evidence),
        asked=_asked(session, case, body, task),
        checks=rules,
        judged_by=_judged_by(session, case),
        opinions=_opinions(steps, task, names),
        stations=stations,
        offices=names,
        evidence=evidence,
        said=verdicts.said(steps, task.office),
        offers=offers.of_task(session, case, task, names) if can_decide else (),
        reasons=offers.reasons(task, case),
        classes=offers.classes(session, case, task),
        return_clock=offers.return_clock(session, case, task, at) if can_decide else "",
        return_until=offers.return_until(session, services().engine, case, now) if can_decide else None,
        why_not=obstacle,
        holder=task.claimed_by_name or "" if held else "",
        held_since=task.claimed_at if held else None,
        is_mine=held and task.claimed_by == actor.person_id,
        meant_for=meant.persons(session, [task], local_date(now)).get(task.id),
        version=_version(session, case),
        incident=incidents.is_open(session, case.id),
        history=case.last_seq,
        stamp=stamp(application, case),
        may_hand_over=task.status == OPEN and may(actor.role, handing_over.ACTION),
        colleagues=handing_over.colleagues(session, task, actor, now),
    )


def _judged_by(session: Session, case: Row[Any]) -> str:
    """Whose rules, in which version: 全国（2025）、福建省教育厅（2016）."""
    found = process_policy.versions(session, case)
    names = rows.office_names(session, [place for place, _version in found])
    return _("、").join(
        _("%(place)s（%(version)s）", place=names.get(place, place), version=version)
        for place, version in found
    )


def _facts(
    session: Session, case: Row[Any], student: StudentSeen | None, body: dict[str, Any], now: datetime
) -> list[facts.Fact]:
    return [
        *facts.of_student(student, now),
        *facts.of_case(session, case, student),
        *facts.of_application(body, student),
    ]


def _asked(session: Session, case: Row[Any], body: dict[str, Any], task: Task) -> list[facts.Item]:
    """What was returned, for the one who corrects: each item with the words of the office."""
    if "resubmit" not in task.decisions:
        return []
    newest = max(
        (step for step in cases.steps(session, case.id) if step.decision == "return"),
        key=lambda step: step.decided_at,
        default=None,
    )
    wanted = (newest.fields or {}).get("items", []) if newest is not None else []
    names = {item.pointer: item for item in facts.items(body, of_case(session, case.id))}
    return [
        facts.Item(one["pointer"], names[one["pointer"]].name, names[one["pointer"]].is_file, one["text"])
        for one in wanted
        if one["pointer"] in names
    ]


def _opinions(steps: Sequence[Row[Any]], task: Task, names: dict[str, str]) -> list[Opinion]:
    """What was decided before, newest first. Proposals (初核) of another office stay there."""
    last_of_box = {step.box_id or step.id: step.id for step in steps if step.status == DONE}
    return [
        Opinion(
            step.decided_at,
            names.get(step.office, step.office),
            step.name if step.office == task.office else "",
            step.decision,
            step.decided_by_name or _("家长"),
            step.opinion or "",
            step.reason_code or "",
        )
        for step in sorted(steps, key=lambda step: step.decided_at or step.opened_at, reverse=True)
        if step.status == DONE
        and step.id != task.id
        and (
            step.office == task.office
            or step.decision in ("return", "resubmit")
            or (last_of_box[step.box_id or step.id] == step.id and step.box_id != task.box_id)
        )
    ]


def why_not(task: Task, case: Row[Any], steps: Sequence[Row[Any]], actor: Actor, now: datetime) -> str:
    """Why this person cannot decide this task now, in one sentence; empty if they can."""
    if task.role != actor.role:
        return _("%(step)s由%(role)s办", step=task.name, role=_(ROLES.get(task.role, task.role)))
    if task.not_same_as and actor.person_id == preparer(task, case, steps):
        return _("初核是您办的，核办要由另一位同事办")
    if is_held(task, now) and task.claimed_by != actor.person_id:
        return _(
            "%(name)s正在办（%(at)s 起）", name=task.claimed_by_name or "", at=clock_time(task.claimed_at)
        )
    return ""


def preparer(task: Task, case: Row[Any], steps: Sequence[Row[Any]]) -> UUID | None:
    """Who prepared this review; for the starting office's own filing, who filed it."""
    element = f"{task.element.rpartition('.')[0]}.{task.not_same_as}"
    done = [s for s in steps if s.box_id == task.box_id and s.element == element and s.status == DONE]
    if done:
        return max(done, key=lambda step: step.decided_at).decided_by  # type: ignore[no-any-return]
    own_filing = task.office == case.starter_office and case.filed_by != FAMILY
    return case.filer_id if own_filing else None


def _version(session: Session, case: Row[Any]) -> int:
    return session.scalar(select(Definition.version).where(Definition.id == case.definition_id)) or 0

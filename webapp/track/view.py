"""What a family is told of its case: one view for the page and for portals (POST /api/v1/track).

Compiled from the diagram, the history and the clock ledger. It opens with the answer:
who has it, until when, what of you. The state's own sentences are in `webapp.track.answers`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from webapp import families
from webapp.filters import mask_name
from webapp.services import Services
from webapp.track import closing, corrections, route
from webapp.track.closing import Paper, Refusal
from webapp.track.corrections import Item
from webapp.track.offices import HIDDEN_SIDE, Named, Offices
from webapp.track.route import Stop
from webapp.wording import OVERDUE, SOON, Deadline, deadline
from workflows import cases, definitions
from workflows.incidents import Incident
from workflows.model import OPEN, Clock

IN_REVIEW, RETURNED, ARRIVAL, STUCK = "in_review", "returned", "awaiting_arrival", "stuck"
STARTER = "starter"
FAMILY = "guardian"


@dataclass(frozen=True)
class TrackingView:
    """A case as its family sees it. `state` is the case's status, or `stuck` when a step failed."""

    number: str
    process: str
    process_name: str
    state: str
    student: str
    sending_school: str
    """Empty where only one school takes part."""
    receiving_school: str
    """The school that starts the case: of a transfer, the one that takes the student."""
    grade: int | None
    opened_at: datetime
    closed_at: datetime | None
    stops: tuple[Stop, ...]
    knows_school: bool
    quiet: bool
    office: Named = field(default_factory=lambda: Named(""))
    office_words: str = ""
    office_help: str = ""
    received_at: datetime | None = None
    deadline: Deadline | None = None
    told_above: Named | None = None
    task_id: UUID | None = None
    box: str = ""
    items: tuple[Item, ...] = ()
    papers: tuple[Paper, ...] = ()
    paper_expected: bool = False
    stuck_since: datetime | None = None
    withdrawal_asked_at: datetime | None = None
    refusal: Refusal | None = None
    appeal: str = ""
    archive_until: date | None = None
    effective_on: date | None = None
    filed_by_family: bool = False
    receiving_phone: str = ""
    clock_paused: bool = False

    @property
    def present_school(self) -> str:
        """Where the record lies while the case is open."""
        return self.sending_school or self.receiving_school

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_overdue(self) -> bool:
        return self.deadline is not None and self.deadline.kind == OVERDUE

    @property
    def is_soon(self) -> bool:
        return self.deadline is not None and self.deadline.kind == SOON


def tracking_view(services: Services, session: Session, case: Row[Any], now: datetime) -> TrackingView:
    """Everything the family's page says of a case. The caller has checked number and code."""
    knows = families.may_know_school(session, case)
    offices = Offices(session, case, knows_school=knows)
    kind = services.processes.get(case.process)
    starting = offices.of_code(case.starter_office)
    seen: dict[str, Any] = {
        "number": case.number,
        "process": case.process,
        "process_name": _(kind.name) if kind else case.process,
        "state": case.status,
        "student": mask_name(case.title),
        "sending_school": offices.of_lane("sending_school").name,
        "receiving_school": starting.name,
        "grade": case.summary.get("grade"),
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "stops": tuple(route.of_case(services, session, case, knows_school=knows)),
        "knows_school": knows,
        "quiet": bool(case.summary.get("quiet")),
        "withdrawal_asked_at": case.withdrawal_asked_at if case.closed_at is None else None,
        "filed_by_family": case.filed_by == FAMILY,
        "receiving_phone": starting.phone,
    }
    rows = cases.steps(session, case.id)
    if case.closed_at is None:
        seen |= _open(services, session, case, rows, offices, now)
    else:
        seen |= closing.facts(session, case, rows, offices)
    return TrackingView(**seen)


def _open(
    services: Services,
    session: Session,
    case: Row[Any],
    rows: Sequence[Row[Any]],
    offices: Offices,
    now: datetime,
) -> dict[str, Any]:
    """Where an open case is: the office, its clock, what the family has to do."""
    stuck = session.connection().scalar(
        select(Incident.opened_at)
        .where(Incident.case_id == case.id, Incident.resolved_at.is_(None))
        .order_by(Incident.opened_at)
        .limit(1)
    )
    task = next((row for row in rows if row.status == OPEN), None)
    if stuck is not None or task is None:
        return {"state": STUCK, "stuck_since": stuck or case.opened_at}
    box = task.element.partition(".")[0]
    element = _element(session, case, box)
    facts: dict[str, Any] = {
        "task_id": task.id,
        "box": box,
        "office": _office_of(rows, task, offices),
        "office_words": element.get("parentLabel", ""),
        "office_help": offices.conceal(element.get("parentHelp", "")),
        "received_at": next((row.opened_at for row in rows if row.element.partition(".")[0] == box), None),
        "deadline": _deadline(services, session, task, now),
    }
    facts["clock_paused"] = _review_is_paused(session, case)
    if task.lane == STARTER and task.decisions == ["resubmit"]:
        return facts | _returned(session, case, task, offices)
    if case.status == RETURNED:  # a school corrects; the family has nothing to do
        facts["state"] = IN_REVIEW
    if task.overdue_at is not None or (facts["deadline"] and facts["deadline"].kind == OVERDUE):
        facts["told_above"] = _above(services, session, case, task, offices)
    return facts


def _returned(session: Session, case: Row[Any], task: Row[Any], offices: Offices) -> dict[str, Any]:
    """The family corrects what it filed; what a school filed, the school corrects."""
    if case.filed_by != FAMILY:
        return {"state": IN_REVIEW, "office": offices.of_code(case.starter_office)}
    return {
        "state": RETURNED,
        "received_at": task.opened_at,
        "items": tuple(corrections.items(session, case, offices)),
    }


def _office_of(rows: Sequence[Row[Any]], task: Row[Any], offices: Offices) -> Named:
    """The office that has it; for a correction the one that asked for it."""
    if task.lane != STARTER:
        return offices.of_lane(task.lane, task.office)
    box = task.element.partition(".")[0]
    asked = [row for row in rows if row.element.partition(".")[0] == box and row.decision == "return"]
    return offices.of_lane(asked[-1].lane, asked[-1].office) if asked else offices.of_code(task.office)


def _above(services: Services, session: Session, case: Row[Any], task: Row[Any], offices: Offices) -> Named:
    """Who was told that the term has passed."""
    code = services.engine.authority_over(session, task.office, case.summary)
    lane = "sending_authority" if task.lane.startswith(HIDDEN_SIDE) else ""
    return offices.of_lane(lane, code) if lane else offices.of_code(code)


def _deadline(services: Services, session: Session, task: Row[Any], now: datetime) -> Deadline:
    ledger = None
    if task.clock_id is not None:
        ledger = (
            session.connection().execute(select(Clock.__table__).where(Clock.id == task.clock_id)).first()
        )
    return deadline(task.due_at, now, services.engine.calendar(session), ledger)


def _review_is_paused(session: Session, case: Row[Any]) -> bool:
    """Does the office's own clock stand still while the family corrects?"""
    paused = select(Clock.id).where(
        Clock.case_id == case.id, Clock.closed_at.is_(None), Clock.running_since.is_(None)
    )
    return session.connection().scalar(paused.limit(1)) is not None


def _element(session: Session, case: Row[Any], box: str) -> Mapping[str, str]:
    compiled = definitions.compiled(session, case.definition_id)
    found = compiled.elements.get((compiled.key, box))
    return found.attributes if found is not None else {}

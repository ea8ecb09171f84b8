"""After a step: the difference between the diagram's open steps and our rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from workflows import clocks
from workflows.base import uuid7
from workflows.errors import OfficeUnknown
from workflows.model import CANCELLED, OPEN, CaseOffice, Clock, Task, Timer
from workflows.spiff import OpenStep

if TYPE_CHECKING:
    from workflows.execution import Step

STARTER, DESK_AUTHORITY = "starter", "desk_authority"
IN_REVIEW = "in_review"


@dataclass(frozen=True)
class Projected:
    """What a case waits for now, and what it is called while it waits."""

    waits: bool
    status: str


class Projection:
    """Writes task, clock, timer and visibility rows for one step."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self.case = step.case
        self.now = step.now
        self.connection = step.session.connection()
        self.calendar = step.engine.calendar(step.session)

    def apply(self) -> Projected:
        execution = self.step.running()
        steps = [] if self.step.ended_as else execution.open_steps()
        known = set(
            self.connection.scalars(select(Task.id).where(Task.case_id == self.case.id, Task.status == OPEN))
        )
        wanted = {UUID(step.id): step for step in steps}
        self._cancel(known - wanted.keys())
        self._close_clocks(steps)
        for box_id in self.step.resumed_boxes:
            clocks.resume(self.step.session, self.case.id, box_id, self.calendar, self.now)
        fresh = [self._task(task_id, wanted[task_id]) for task_id in wanted.keys() - known]
        if fresh:
            self.connection.execute(insert(Task), fresh)
            self._show_to(fresh)
        waits = bool(steps) | self._event_timers()
        return Projected(waits, next((s for s in map(_status, steps) if s != IN_REVIEW), IN_REVIEW))

    def _task(self, task_id: UUID, step: OpenStep) -> dict[str, object]:
        office = self._office(step)
        clock_id, due_at = self._clock(step, office)
        self.step.chain.append("reached", self.now, element=step.path, office=office)
        return {
            "id": task_id,
            "case_id": self.case.id,
            "seq": self.step.chain.last_seq,
            "box_id": step.box_id,
            "element": step.path,
            "name": step.element.name,
            "lane": step.lane,
            "office": office,
            "office_path": self.step.engine.office_path(self.step.session, office),
            "role": _attribute(step, "role"),
            "decisions": _attribute(step, "decisions").split(),
            "reasons": _attribute(step, "reasons").split(),
            "form": _attribute(step, "form"),
            "not_same_as": step.element.attributes.get("notSameAs", ""),
            "status": OPEN,
            "opened_at": self.now,
            "due_at": due_at,
            "clock_id": clock_id,
        }

    def _office(self, step: OpenStep) -> str:
        """The organisation that acts: by lane, for this case."""
        if step.lane == STARTER:
            return str(self.case.starter_office)
        if step.lane == DESK_AUTHORITY:
            desk = self.case.offices.get(step.box.lane if step.box else None)
            return self.step.engine.authority_over(self.step.session, desk, self.case.summary)
        office = self.case.offices.get(step.lane)
        if office is None:
            raise OfficeUnknown(lane=step.lane, process=self.case.process)
        return str(office)

    def _clock(self, step: OpenStep, office: str) -> tuple[UUID | None, datetime | None]:
        """A step's own clock, else the one of its review; a correction pauses the review's."""
        session, box = self.step.session, step.box
        if step.lane == STARTER and step.box_id and self._pauses(step):
            clocks.pause(session, self.case.id, step.box_id, self.calendar, self.now)
        attributes, run_key = step.element.attributes, step.id
        if "deadline" not in attributes and box is not None and step.box_id is not None:
            attributes, run_key = box.attributes, step.box_id
        if "deadline" not in attributes:
            return None, None
        found = clocks.find(session, self.case.id, run_key)
        if found is not None:
            return found.id, found.due_at
        allowed = clocks.budget(
            session,
            self.step.engine,
            attributes["deadline"],
            place=self.case.place,
            filed_on=clocks.local_day(self.case.opened_at),
            now=self.now,
        )
        return clocks.start(
            session,
            case_id=self.case.id,
            run_key=run_key,
            element=step.path,
            office=office,
            allowed=allowed,
            reminders=attributes.get("reminders", ""),
            overdue_to=attributes.get("overdueTo", DESK_AUTHORITY),
            calendar=self.calendar,
            now=self.now,
        )

    def _pauses(self, step: OpenStep) -> bool:
        """Whether the review's clock stops while the case is returned: drawn, else by policy."""
        drawn = step.element.attributes.get("clock") or (
            step.box.attributes.get("clock") if step.box else None
        )
        if drawn:
            return drawn == "pause"
        key = f"{self.case.process}.return_pauses_clock"
        filed_on = clocks.local_day(self.case.opened_at)
        return bool(self.step.engine.policy(self.step.session, key, self.case.place, filed_on))

    def _cancel(self, gone: set[UUID]) -> None:
        if gone:
            self.connection.execute(update(Task).where(Task.id.in_(gone)).values(status=CANCELLED))

    def _close_clocks(self, steps: list[OpenStep]) -> None:
        needed = {step.id for step in steps} | {step.box_id for step in steps}
        running = self.connection.execute(
            select(Clock.id, Clock.run_key).where(Clock.case_id == self.case.id, Clock.closed_at.is_(None))
        )
        clocks.close(self.step.session, {row.id for row in running if row.run_key not in needed}, self.now)

    def _show_to(self, fresh: list[dict[str, object]]) -> None:
        """An office sees a case from its turn on."""
        seen = set(
            self.connection.scalars(select(CaseOffice.office).where(CaseOffice.case_id == self.case.id))
        )
        new = {task["office"]: task["office_path"] for task in fresh if task["office"] not in seen}
        rows = [
            {"case_id": self.case.id, "office": office, "office_path": path, "why": "turn", "since": self.now}
            for office, path in new.items()
        ]
        if rows:
            self.connection.execute(insert(CaseOffice), rows)

    def _event_timers(self) -> bool:
        """Timers that the diagram draws; true if there is one to wait for."""
        drawn = {} if self.step.ended_as else {t.id: t for t in self.step.running().open_timers()}
        if not drawn and not self.step.had_timers:
            return False
        kept = self.connection.execute(
            select(Timer.id, Timer.engine_id).where(Timer.case_id == self.case.id, Timer.kind == "event")
        ).all()
        gone = {row.id for row in kept if row.engine_id not in drawn}
        if gone:
            self.connection.execute(delete(Timer).where(Timer.id.in_(gone)))
        stored = {row.engine_id for row in kept}
        rows = [
            {"id": uuid7(), "case_id": self.case.id, "engine_id": t.id, "kind": "event", "due_at": t.due}
            for t in drawn.values()
            if t.id not in stored
        ]
        if rows:
            self.connection.execute(insert(Timer), rows)
        return bool(drawn)


def _attribute(step: OpenStep, name: str) -> str:
    """A step's attribute, else what its review's box says."""
    value = step.element.attributes.get(name)
    if value is None and step.box is not None:
        value = step.box.attributes.get(name)
    return value or ""


def _status(step: OpenStep) -> str:
    return _attribute(step, "caseStatus") or IN_REVIEW

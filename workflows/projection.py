"""After a step: the difference between the diagram's open steps and our rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from workflows import clocks
from workflows.clocks import Running
from workflows.errors import OfficeUnknown
from workflows.model import CANCELLED, DESK_AUTHORITY, OPEN, STARTER, Task, Timer
from workflows.notices import SHOW_CASE
from workflows.prepared import Prepared
from workflows.spiff import OpenStep

if TYPE_CHECKING:
    from workflows.execution import Step

IN_REVIEW = "in_review"
ADD_TASKS = Prepared(insert(Task))


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
        self.connection = step.connection

    def apply(self) -> Projected:
        execution = self.step.running()
        steps = [] if self.step.ended_as else execution.open_steps()
        known = self.step.open_tasks.keys()
        wanted = {UUID(step.id): step for step in steps}
        self._cancel(known - wanted.keys())
        self.step.clocks.close_all_but(key for step in steps for key in (step.id, step.box_id))
        for box_id in self.step.resumed_boxes:
            self.step.clocks.resume(box_id)
        seen = set(self.step.paths)
        fresh = [self._task(task_id, wanted[task_id]) for task_id in wanted if task_id not in known]
        if fresh:
            ADD_TASKS.run_all(self.connection, fresh)
            self._show_to(self.step.paths.keys() - seen)
        waits = bool(steps) | self._event_timers()
        return Projected(waits, next((s for s in map(_status, steps) if s != IN_REVIEW), IN_REVIEW))

    def _task(self, task_id: UUID, step: OpenStep) -> dict[str, object]:
        office = self._office(step)
        clock = self._clock(step, office)
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
            "office_path": self.step.office_path(office),
            "role": _attribute(step, "role"),
            "decisions": _attribute(step, "decisions").split(),
            "reasons": _attribute(step, "reasons").split(),
            "form": _attribute(step, "form"),
            "not_same_as": step.element.attributes.get("notSameAs", ""),
            "status": OPEN,
            "opened_at": self.now,
            "due_at": clock.due_at if clock else None,
            "clock_id": clock.id if clock else None,
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

    def _clock(self, step: OpenStep, office: str) -> Running | None:
        """A step's own clock, else the one of its review; a correction pauses the review's."""
        if step.lane == STARTER and step.box_id and self._pauses(step):
            self.step.clocks.pause(step.box_id)
        attributes, run_key = step.element.attributes, step.id
        if "deadline" not in attributes and step.box is not None and step.box_id is not None:
            attributes, run_key = step.box.attributes, step.box_id
        if "deadline" not in attributes:
            return None
        return self.step.clocks.start(
            run_key,
            element=step.path,
            office=office,
            deadline=attributes["deadline"],
            reminders=attributes.get("reminders", ""),
            overdue_to=attributes.get("overdueTo", DESK_AUTHORITY),
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

    def _show_to(self, offices: Iterable[str]) -> None:
        """An office sees a case from its turn on."""
        rows = [
            {
                "case_id": self.case.id,
                "office": office,
                "office_path": self.step.paths[office],
                "why": "turn",
                "since": self.now,
            }
            for office in offices
        ]
        if rows:
            SHOW_CASE[self.connection.dialect.name].run_all(self.connection, rows)

    def _event_timers(self) -> bool:
        """Timers that the diagram draws; true if there is one to wait for."""
        drawn = {} if self.step.ended_as else {t.id: t for t in self.step.running().open_timers()}
        if not drawn and not self.step.had_timers:
            return False
        stored = set(self.connection.scalars(select(Timer.engine_id).where(Timer.case_id == self.case.id)))
        gone = stored - drawn.keys()
        if gone:
            self.connection.execute(
                delete(Timer).where(Timer.case_id == self.case.id, Timer.engine_id.in_(gone))
            )
        rows = [
            {"case_id": self.case.id, "engine_id": timer.id, "due_at": timer.due}
            for timer in drawn.values()
            if timer.id not in stored
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

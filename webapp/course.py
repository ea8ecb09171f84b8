"""The way of one case through its diagram: what was done, where it is, what is still to come.

The past is read from the rows of its tasks. The future is tried out: the stored state is
restored beside the database and each step answered with the decision that goes on, so that
the diagram, and nothing else, says what comes next. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from workflows import cases, definitions
from workflows.expressions import compile_expression
from workflows.model import DONE, OPEN
from workflows.spiff import Compiled, Execution, OpenStep

DONE_STATE, NOW, RETURNED, REFUSED, NEXT = "done", "now", "returned", "refused", "next"
STARTER, DESK_AUTHORITY = "starter", "desk_authority"
LONGEST = 40
FAR = datetime(9999, 1, 1, tzinfo=UTC)
# What an effect reports when all goes well: the course shows the way without accidents.
GOES_WELL: Mapping[str, object] = {"validation": "passed"}


@dataclass(frozen=True)
class Station:
    """One office's part: a review (its two people are one station) or a single step."""

    key: str
    name: str
    lane: str
    lane_name: str
    office: str
    state: str
    decision: str = ""
    opened_at: datetime | None = None
    decided_at: datetime | None = None


@dataclass
class Ahead:
    """What follows a decision: the next human steps, what happens by itself, how the case ends."""

    steps: list[OpenStep]
    effects: list[str] = field(default_factory=list)
    outcome: str | None = None


class Rehearsal:
    """What the engine asks while it is tried out; effects change nothing and go well."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.effects: list[str] = []

    def evaluate(self, expression: str, data: Mapping[str, object]) -> object:
        return compile_expression(expression).evaluate(data)

    def effect(self, name: str, element: str, data: Mapping[str, object]) -> Mapping[str, object] | None:
        self.effects.append(self._name(element))
        return GOES_WELL

    def decide(self, table: str, data: Mapping[str, object]) -> Mapping[str, object]:
        return {}

    def due(self, expression: str, data: Mapping[str, object]) -> datetime:
        return FAR

    def _name(self, element: str) -> str:
        found = self.compiled.elements.get((self.compiled.key, element))
        return found.name if found is not None else element


def after(
    session: Session, case: Row[Any], task_id: UUID, decision: str, *, reason: str = "", role: str = ""
) -> Ahead | None:
    """What would follow if an open task were decided so; None if the diagram cannot be tried out."""
    compiled = definitions.compiled(session, case.definition_id)
    rehearsal = Rehearsal(compiled)
    try:
        execution = Execution.restore(compiled, case.state, rehearsal)
        execution.complete(str(task_id), _answer(decision, reason, role))
    except Exception:  # a drawing may ask what a rehearsal does not know; then nothing is foretold
        return None
    return Ahead(list(execution.open_steps()), rehearsal.effects, execution.outcome)


def stations(session: Session, case: Row[Any]) -> list[Station]:
    """The stations of a case in order: from its rows, then from its diagram."""
    compiled = definitions.compiled(session, case.definition_id)
    past = _past(compiled, cases.steps(session, case.id))
    if case.closed_at is not None:
        return past
    course = {station.key: station for station in past}
    for station in _future(compiled, case):
        course.setdefault(station.key, station)
    return list(course.values())


def office_of(case: Row[Any], step: OpenStep) -> str:
    """The organisation of an open step, as far as the case knows it."""
    if step.lane == STARTER:
        return str(case.starter_office)
    return str(case.offices.get(step.lane, ""))


def _past(compiled: Compiled, rows: Sequence[Row[Any]]) -> list[Station]:
    """Each box of the diagram once, as its newest row stands."""
    boxes: dict[str, list[Row[Any]]] = {}
    for row in rows:
        if row.status in (DONE, OPEN):
            boxes.setdefault(row.element.partition(".")[0], []).append(row)
    return [_station(compiled, key, found) for key, found in boxes.items()]


def _station(compiled: Compiled, key: str, rows: Sequence[Row[Any]]) -> Station:
    last = max(rows, key=lambda row: (row.status == OPEN, row.decided_at or FAR))
    own = next((row for row in rows if row.lane not in (STARTER, DESK_AUTHORITY)), last)
    element = compiled.elements.get((compiled.key, key))
    state = _state(last)
    return Station(
        key=key,
        name=element.name if element is not None else last.name,
        lane=own.lane,
        lane_name=compiled.lanes.get(own.lane, own.lane),
        office=own.office,
        state=state,
        decision=last.decision or "",
        opened_at=last.opened_at if state == RETURNED else rows[0].opened_at,
        decided_at=last.decided_at,
    )


def _state(last: Row[Any]) -> str:
    if last.status == OPEN:
        return RETURNED if last.lane == STARTER and last.decisions == ["resubmit"] else NOW
    return REFUSED if last.decision in ("refuse", "not_arrived") else DONE_STATE


def _future(compiled: Compiled, case: Row[Any]) -> Iterator[Station]:
    rehearsal = Rehearsal(compiled)
    try:
        execution = Execution.restore(compiled, case.state, rehearsal)
        for _turn in range(LONGEST):
            steps = list(execution.open_steps())
            if not steps:
                return
            step = steps[0]
            yield _to_come(compiled, case, step)
            execution.complete(step.id, _answer(_goes_on(step), "", ""))
    except Exception:  # what cannot be tried out is not foretold
        return


def _to_come(compiled: Compiled, case: Row[Any], step: OpenStep) -> Station:
    box = step.box or step.element
    lane = box.lane or step.lane or ""
    return Station(
        key=box.id,
        name=box.name,
        lane=lane,
        lane_name=compiled.lanes.get(lane, lane),
        office=str(case.offices.get(lane, "")) or office_of(case, step),
        state=NEXT,
    )


def _goes_on(step: OpenStep) -> str:
    """The decision that goes on stands first."""
    own = step.element.attributes.get("decisions") or (
        step.box.attributes.get("decisions") if step.box else ""
    )
    return (own or "approve").split()[0]


def _answer(decision: str, reason: str, role: str) -> dict[str, object]:
    answer: dict[str, object] = {"decision": decision, "reason": reason}
    return answer | ({"returned_by": role} if decision == "return" else {})

"""An engine whose ports are plain: offices by name, Monday to Friday, effects that are written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.clock import CHINA
from workflows import cases, definitions, tasks
from workflows.engine import Acting, Engine
from workflows.model import OPEN, Actor, Decision, Task

BPMN = Path(__file__).parents[2] / "bpmn"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
OFFICES = {
    "receiving_school": "2135000003",
    "receiving_authority": "350582",
    "receiving_province": "350000",
    "sending_school": "2135000001",
    "sending_authority": "350102",
    "sending_province": "350000",
}
PATHS = {
    "2135000003": "/35/3505/350582/s2135000003/",
    "350582": "/35/3505/350582/",
    "2135000001": "/35/3501/350102/s2135000001/",
    "350102": "/35/3501/350102/",
    "350000": "/35/",
}
ABOVE = {
    "2135000003": "350582",
    "2135000001": "350102",
    "350582": "350000",
    "350102": "350000",
    "350000": "350000",
}
VARIABLES: dict[str, object] = {
    "filed_by": "guardian",
    "stage": "primary",
    "compulsory": True,
    "same_authority": False,
    "same_province": True,
    **{
        f"{side}_{level}_review": False
        for side in ("receiving", "sending")
        for level in ("county", "prefecture", "province")
    },
}
POLICY = {
    "transfer.step_sla_workdays": 10,
    "transfer.correction_workdays": 10,
    "transfer.arrival_workdays": 10,
    "transfer.return_pauses_clock": True,
}
PEOPLE = UUID("00000000-0000-7000-8000-000000000000")


class Weekdays:
    """Monday to Friday; enough to see that the engine asks its calendar."""

    def add(self, day: date, n: int) -> date:
        while n:
            day += timedelta(days=1)
            n -= day.weekday() < 5
        return day

    def between(self, first: date, last: date) -> int:
        days = (first + timedelta(days=i) for i in range(1, (last - first).days + 1))
        return sum(day.weekday() < 5 for day in days)


@dataclass
class Ports:
    """The engine, and the effects it was asked for."""

    done: list[str] = field(default_factory=list)
    answers: dict[str, Mapping[str, object]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    @property
    def engine(self) -> Engine:
        names = (
            "validate_platform", "pull_archive", "move_record", "order_certificate",
            "open_archive_handover", "open_placement",
        )  # fmt: skip
        return Engine(
            effects={name: self._effect(name) for name in names},
            calendar=lambda _session: Weekdays(),
            policy=lambda _session, key, _place, _on: POLICY[key],
            authority_over=lambda _session, office, _summary: ABOVE[office],
            office_path=lambda _session, office: PATHS[office],
            prefixes={"transfer": "ZX"},
        )

    def _effect(self, name: str):
        def effect(_session: Session, _acting: Acting, _now: datetime):
            if name in self.broken:
                raise RuntimeError(name)
            self.done.append(name)
            return self.answers.get(name)

        return effect


def publish(session: Session) -> None:
    files = {key: (BPMN / f"{key}.bpmn").read_bytes() for key in ("transfer", "office-review")}
    definitions.publish(session, "transfer", files, now=NOW - timedelta(days=1))


def open_transfer(
    session: Session, ports: Ports, *, subject: str = "student-1", now: datetime = NOW, **changed: object
):
    variables = VARIABLES | changed
    return cases.open_case(
        session,
        ports.engine,
        "transfer",
        subject=subject,
        filer=official("2135000003", "registrar") if variables["filed_by"] == "school" else None,
        filed_by=str(variables["filed_by"]),
        starter_office="2135000003",
        place="350582",
        variables=variables,
        offices=OFFICES,
        title="林一航",
        search="林一航",
        summary={"grade": 5, "stage": "primary"},
        now=now,
    )


def official(office: str, role: str, person: str = "") -> Actor:
    return Actor(uuid5(PEOPLE, person or f"{office}{role}"), f"{role} {office}", office, role)


def open_tasks(session: Session, case_id: UUID) -> list[Task]:
    query = select(Task).where(Task.case_id == case_id, Task.status == OPEN).order_by(Task.seq)
    return list(session.scalars(query))


def the_task(session: Session, case_id: UUID) -> Task:
    (task,) = open_tasks(session, case_id)
    return task


def decide(
    session: Session, ports: Ports, case_id: UUID, decision: str, *, now: datetime = NOW, **more: object
) -> UUID:
    """The case's one open task is decided by the right person of its office; that task's key."""
    task = the_task(session, case_id)
    answer = Decision(decision, str(more.get("reason", "")), str(more.get("opinion", "")), {})
    tasks.complete(session, ports.engine, task.id, official(task.office, task.role), answer, now=now)
    return task.id

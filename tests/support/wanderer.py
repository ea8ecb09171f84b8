"""Somebody who does, through the HTTP interface, whatever comes to mind: files, decides, waits."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select

from forms.process import declared
from forms.transfer import TransferApplication
from jisui.promotion import NotNow
from registry.organisations import SchoolStage
from registry.policy import PolicyValue
from registry.students import Student, StudentRecord
from tests.support.guesses import Guesses
from tests.support.province import A, B, C, D, Province
from workflows.model import Case, Task

APPLICATIONS: dict[str, type[BaseModel]] = {
    "transfer": TransferApplication,
    **{key: process.application for key, process in declared().items()},
}
FITTING = {
    "enrolled": ("transfer", "transfer", "suspension", "abroad", "key-data-change", "repeat", "skip"),
    "suspended": ("extension", "resumption", "resumption"),
    "dropout": ("return",),
    "abroad": ("return",),
}
"""What somebody of a status may be up to; the rest is asked for, too, but seldom."""
ANSWERS = frozenset({200, 201, 403, 404, 409, 422})
"""What an official may be answered, whatever is asked."""


@dataclass
class Wanderer:
    """Some students, and chance. What was answered is counted, so that a walk that did nothing shows."""

    province: Province
    students: list[str] = field(default_factory=list)
    schools: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    steps: int = 0
    counted: Counter[tuple[str, int]] = field(default_factory=Counter)
    closed: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        with self.province.installation.sessions() as session:
            for row in session.scalars(select(SchoolStage).order_by(SchoolStage.school_code)):
                self.schools.setdefault(row.stage, []).append(row.school_code)
            numbers = select(Student.student_number).join(StudentRecord).order_by(Student.student_number)
            for stage in self.schools:
                at = numbers.where(StudentRecord.stage == stage, Student.student_number.not_in([A, B, C, D]))
                self.students += list(session.scalars(at.limit(400)))[::100]
        self.students += [A, B, C, D]
        for key, value in (("skip.allowed", True), ("repeat.allowed", True), ("repeat.quota_percent", 50)):
            self._open(key, value)

    def act(self, chance: random.Random) -> None:
        """One step."""
        acts = (self.decide, self.file, self.wait, self.withdraw, self.promote)
        (act,) = chance.choices(acts, weights=(60, 25, 12, 2, 1))
        self.steps += 1
        act(chance)

    def file(self, chance: random.Random) -> None:
        """Some process for some student, mostly by the school that may."""
        number = chance.choice(self.students)
        with self.province.installation.sessions() as session:
            found = select(Student.name, StudentRecord.school_code, StudentRecord.stage, StudentRecord.status)
            name, school, stage, status = session.execute(
                found.join(StudentRecord).where(Student.student_number == number)
            ).one()
        process = chance.choice(FITTING.get(status, ()) * 4 + tuple(APPLICATIONS))
        elsewhere = chance.choice(self.schools[stage])
        if process == "transfer" or chance.random() < 0.05:
            school = elsewhere
        known = {
            "student_number": number,
            "student_name": name,
            "receiving_school": school,
            "evidence": [self._file(f"registrar.{school}")],
            "guardian": {"name": "林建国", "relation": "father", "phone": "13800006021"},
        }
        body = {
            "process": process,
            "application": Guesses(chance, self._today(), known).members(APPLICATIONS[process]),
        }
        answer = self.province.call(f"registrar.{school}", "POST", "/cases", body)
        self._count(process, answer)
        if answer.status_code == 201:
            del self.files[f"registrar.{school}"]

    def decide(self, chance: random.Random) -> None:
        """Some open task, by its own desk, one of the decisions it offers."""
        with self.province.installation.sessions() as session:
            waiting = session.scalars(
                select(Task)
                .join(Case)
                .where(Task.status == "open", Task.role.in_(["registrar", "leader"]))
                .order_by(Case.opened_at, Case.number, Task.seq)
            ).all()
        if not waiting:
            self.file(chance)
            return
        task = chance.choice(waiting)
        decision = chance.choice(task.decisions)
        if "approve" in task.decisions and chance.random() < 0.7:
            decision = "approve"
        body: dict[str, Any] = {"decision": decision, "opinion": "已核对。", "fields": self._fields(decision)}
        if decision == "refuse" and task.reasons:
            body["reason_code"] = chance.choice(task.reasons)
        path = f"/tasks/{task.id}/complete"
        self._count(decision, self.province.call(f"{task.role}.{task.office}", "POST", path, body))

    def withdraw(self, chance: random.Random) -> None:
        """Some open case, by the school that started it."""
        with self.province.installation.sessions() as session:
            found = select(Case.number, Case.starter_office).where(Case.closed_at.is_(None))
            opened = session.execute(found.order_by(Case.opened_at, Case.number)).all()
        if opened:
            number, office = chance.choice(opened)
            path = f"/cases/{number}/withdraw"
            answer = self.province.call(f"registrar.{office}", "POST", path, {"reason": "家里有变化"})
            self._count("withdraw", answer)

    def wait(self, chance: random.Random) -> None:
        """Days pass, and the worker does what fell due."""
        self.province.clock.advance(timedelta(days=chance.randint(1, 12)))
        self.province.installation.worker().fire_timers()

    def promote(self, _chance: random.Random) -> None:
        """The promotion of this year, if it is its time."""
        try:
            for _progress in self.province.installation.promotions().run(self._today().year):
                pass
            self.counted["promotion", 200] += 1
        except NotNow:
            self.counted["promotion", 409] += 1

    def outcomes(self) -> Counter[tuple[str, str]]:
        """How many cases of each process stand how."""
        found = select(Case.process, Case.status)
        with self.province.installation.sessions() as session:
            return Counter((process, status) for process, status in session.execute(found))

    def _open(self, key: str, value: object) -> None:
        """What the ministry leaves to the province, it allows."""
        of_test = {"place": "350000", "version": "test", "from_": date(2020, 1, 1), "basis": "测试用规定"}
        with self.province.installation.sessions() as session:
            session.add(PolicyValue(key=key, value=value, **of_test))
            session.commit()

    def _today(self) -> date:
        return self.province.clock.now().date()

    def _count(self, what: str, answer: Any) -> None:
        assert answer.status_code in ANSWERS, f"{what}: {answer.status_code} {answer.text}"
        self.counted[what, answer.status_code] += 1

    def _file(self, who: str) -> str:
        """A file that belongs to no case yet."""
        if who not in self.files:
            self.files[who] = self.province.upload(who)
        return self.files[who]

    def _fields(self, decision: str) -> dict[str, Any]:
        if decision == "return":
            return {"items": [{"pointer": "/explanation", "text": "请写清楚"}]}
        if decision == "arrived":
            return {"arrived_on": self._today().isoformat()}
        return {}

"""Where sample cases are played: families file and offices decide through the functions of pages and API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.transfer import TransferApplication
from jisui.assembly import Installation
from jisui.demo.evidence import sample_evidence
from registry.calendar import CHINA
from registry.people import Appointment, Person
from registry.students import Student, StudentRecord
from webapp import deciding, filing
from webapp.processes import Applicant
from webapp.services import real_now
from workflows import cases, outbox, tasks, timers
from workflows.model import OPEN, Actor, Decision, Task

PROOFS = ("household_book", "home_proof")
EXPLANATIONS: Mapping[str, str] = {
    "home_moved": "搬了家，孩子跟我们一起住。",
    "household_moved": "户口已经迁过来了。",
    "work_moved": "我们换了工作，全家搬过来了。",
}


def at(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of the school year before the demo's start: autumn 2025 or the first days of 2026."""
    return datetime(2026 if month < 6 else 2025, month, day, hour, minute, tzinfo=CHINA)


class Told(NamedTuple):
    """What a family takes away when it has filed."""

    number: str
    code: str


@dataclass
class Stage:
    """Who acts, at which moment; each child plays once."""

    installation: Installation
    session: Session
    now: datetime
    told: dict[UUID, Told] = field(default_factory=dict)
    _officials: dict[tuple[str, str], Actor] = field(default_factory=dict)
    _grades: dict[tuple[str, int], list[UUID]] = field(default_factory=dict)
    _played: Counter[tuple[str, int]] = field(default_factory=Counter)

    def next_child(self, school: str, grade: int) -> int:
        """The place of the next child of this grade that has not played yet."""
        self._played[school, grade] += 1
        return self._played[school, grade] - 1

    def file(
        self, number: int, to: str, *, sender: str = "2135000101", grade: int = 3, ground: str = "home_moved"
    ) -> UUID:
        """A family files: the n-th child of a grade wants to go to another school."""
        student = self._student(sender, grade, number)
        guardian = student.guardians[0]
        asker = f"demo-{sender}-{grade}-{number}"
        evidence = [
            sample_evidence(self.installation, self.session, asker, kind, self.now) for kind in PROOFS
        ]
        self.session.commit()
        application = TransferApplication.model_validate(
            {
                "student_number": student.student_number,
                "student_name": student.name,
                "receiving_school": to,
                "ground": ground,
                "explanation": EXPLANATIONS[ground],
                "guardian": {"name": guardian.name, "relation": guardian.relation, "phone": guardian.phone},
                "evidence": [str(one) for one in evidence],
            }
        )
        applicant = Applicant("guardian", asker, None, confirmed_phone=guardian.phone or "")
        filed = filing.file_application(
            self.installation.services, self.session, "transfer", application, applicant, now=self.now
        )
        self.session.commit()
        self.told[filed.case_id] = Told(filed.number, filed.tracking_code)
        return filed.case_id

    def decide(
        self, case_id: UUID, decision: str = "approve", reason: str = "", words: str = "", **fields: object
    ) -> None:
        """The one open task of the case is decided by the right person of its office."""
        self._decide(case_id, Decision(decision, reason, words, fields))
        self.session.commit()

    def agree_and(self, case_id: UUID, also: Callable[[Session, UUID], None]) -> None:
        """The last decision of a case, and something else in the same transaction."""
        self._decide(case_id, Decision("approve", "", "同意。", {}))
        also(self.session, case_id)
        self.session.commit()

    def _decide(self, case_id: UUID, decision: Decision) -> None:
        self.days_pass(case_id)
        task = self._task(case_id)
        actor = self.official(task.office, task.role)
        deciding.decide(
            self.installation.services,
            self.session,
            task.id,
            actor,
            decision,
            now=self.now,
            asker=str(actor.person_id),
        )

    def office_agrees(self, case_id: UUID) -> None:
        """Registrar and leader of the office that has it agree."""
        self.decide(case_id, words="材料齐全。")
        self.decide(case_id, words="同意。")

    def office_refuses(self, case_id: UUID, reason: str, words: str, **fields: object) -> None:
        self.decide(case_id, "refuse", reason, words, **fields)
        self.decide(case_id, "refuse", reason, words, **fields)

    def hand_over(self, case_id: UUID) -> None:
        """The paper archive of a completed transfer is sent and received."""
        (following,) = cases.following(self.session, case_id)
        self.decide(following.id, "sent")
        self.decide(following.id, "received")

    def withdraw(self, case_id: UUID, school: str, words: str) -> None:
        self.days_pass(case_id)
        registrar = self.official(school, "registrar")
        cases.withdraw(self.session, self.installation.engine, case_id, registrar, words, now=self.now)
        self.session.commit()

    def claim(self, case_id: UUID) -> None:
        """Whoever decides the open task of the case takes it."""
        task = self._task(case_id)
        tasks.claim(self.session, task.id, self.official(task.office, task.role), now=self.now)
        self.session.commit()

    def days_pass(self, case_id: UUID | None = None) -> None:
        """Reminders and escalations until now, each on its day; of one case, or of all."""
        while (due := timers.next_due(self.session, until=self.now, case_id=case_id)) is not None:
            of_case, at = due
            timers.run_due(self.session, self.installation.engine, of_case, now=at)
        self.session.commit()

    def deliver_messages(self) -> None:
        """What families were told until now has been sent."""
        while messages := outbox.claim(self.session, at=real_now(), limit=500):
            for message in messages:
                outbox.sent(self.session, message.id, now=self.now)
        self.session.commit()

    def official(self, office: str, role: str) -> Actor:
        if (office, role) not in self._officials:
            person = self.session.scalars(
                select(Person)
                .join(Appointment, Appointment.person_id == Person.id)
                .where(Appointment.organisation_code == office, Appointment.role == role)
            ).first()
            if person is None:
                raise LookupError(f"nobody is {role} at {office}")
            self._officials[office, role] = Actor(person.id, person.name, office, role)
        return self._officials[office, role]

    def _task(self, case_id: UUID) -> Task:
        self.session.expire_all()
        return self.session.scalars(select(Task).where(Task.case_id == case_id, Task.status == OPEN)).one()

    def _student(self, school: str, grade: int, number: int) -> Student:
        """By the order of this stage's beginning: who has moved away since does not shift the others."""
        if (school, grade) not in self._grades:
            there = select(StudentRecord.student_id).where(
                StudentRecord.school_code == school, StudentRecord.grade == grade
            )
            self._grades[school, grade] = list(self.session.scalars(there.order_by(StudentRecord.id)))
        return self.session.get_one(Student, self._grades[school, grade][number])

"""Sample cases: one in each state that a family can see (interface.md 3.10), at generated schools.

They are driven through the same functions as real ones, at earlier moments of
the demo's clock, so nothing in them is painted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import force_locale
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
from workflows import cases
from workflows.model import OPEN, Actor, Decision, Task
from workflows.timers import run_due

EARLY = datetime(2025, 8, 15, 9, 0, tzinfo=CHINA)
RECEIVING = {"350102": "2135000102", "350582": "2135000103", "440305": "2144000101"}


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026 if month < 6 else 2025, month, day, hour, 0, tzinfo=CHINA)


@dataclass
class Stage:
    """Where a sample case is played: who acts, at which moment."""

    installation: Installation
    session: Session
    now: datetime

    def file(self, number: int, to: str, *, sender: str = "2135000101", grade: int = 3) -> UUID:
        """A family files: the n-th child of a class wants to go to another school."""
        student = self._student(sender, grade, number)
        guardian = student.guardians[0]
        asker = f"demo-{number}"
        evidence = [
            sample_evidence(self.installation, self.session, asker, kind, self.now)
            for kind in ("household_book", "home_proof")
        ]
        self.session.commit()
        application = TransferApplication.model_validate(
            {
                "student_number": student.student_number,
                "student_name": student.name,
                "receiving_school": to,
                "ground": "home_moved",
                "explanation": "搬了家，孩子跟我们一起住。",
                "guardian": {"name": guardian.name, "relation": guardian.relation, "phone": guardian.phone},
                "evidence": [str(one) for one in evidence],
            }
        )
        applicant = Applicant("guardian", asker, None, confirmed_phone=guardian.phone or "")
        filed = filing.file_application(
            self.installation.services, self.session, "transfer", application, applicant, now=self.now
        )
        self.session.commit()
        return filed.case_id

    def decide(
        self, case_id: UUID, decision: str = "approve", reason: str = "", words: str = "", **fields: object
    ) -> None:
        """The one open task of the case is decided by the right person of its office."""
        self.session.expire_all()
        task = self.session.scalars(select(Task).where(Task.case_id == case_id, Task.status == OPEN)).one()
        actor = self.official(task.office, task.role)
        deciding.decide(
            self.installation.services,
            self.session,
            task.id,
            actor,
            Decision(decision, reason, words, fields),
            now=self.now,
            asker=str(actor.person_id),
        )
        self.session.commit()

    def office_agrees(self, case_id: UUID) -> None:
        """Registrar and leader of the office that has it agree."""
        self.decide(case_id, words="材料齐全。")
        self.decide(case_id, words="同意。")

    def official(self, office: str, role: str) -> Actor:
        person = self.session.scalars(
            select(Person)
            .join(Appointment, Appointment.person_id == Person.id)
            .where(Appointment.organisation_code == office, Appointment.role == role)
        ).first()
        if person is None:
            raise LookupError(f"nobody is {role} at {office}")
        return Actor(person.id, person.name, office, role)

    def _student(self, school: str, grade: int, number: int) -> Student:
        record = self.session.scalars(
            select(StudentRecord)
            .where(StudentRecord.school_code == school, StudentRecord.grade == grade)
            .order_by(StudentRecord.id)
            .offset(number)
            .limit(1)
        ).one()
        return record.student


def add_samples(installation: Installation) -> None:
    """One case in each state; the moments lie before the demo's start."""
    app = installation.app()
    with app.app_context(), force_locale("zh_Hans_CN"), installation.sessions() as session:
        for number, play in enumerate(SAMPLES):
            play(Stage(installation, session, at(2, 2)), number)
        session.commit()


def in_review(stage: Stage, number: int) -> None:
    stage.now = at(2, 26)
    case_id = stage.file(number, RECEIVING["350582"])
    stage.now = at(2, 27)
    stage.office_agrees(case_id)


def due_soon(stage: Stage, number: int) -> None:
    stage.now = at(2, 12)
    stage.file(number, RECEIVING["350102"])


def overdue(stage: Stage, number: int) -> None:
    stage.now = at(1, 26)
    case_id = stage.file(number, RECEIVING["350102"])
    stage.office_agrees(case_id)
    stage.now = at(2, 25)
    run_due(stage.session, stage.installation.engine, case_id, now=stage.now)
    stage.session.commit()


def returned(stage: Stage, number: int) -> None:
    stage.now = at(2, 25)
    case_id = stage.file(number, RECEIVING["350582"])
    stage.now = at(2, 26)
    items = [
        {"pointer": "/evidence/1", "text": "看不清签字和日期，请重拍。"},
        {"pointer": "/guardian/phone", "text": "打不通，请核对。"},
    ]
    stage.decide(case_id, "return", items=items)


def awaiting_arrival(stage: Stage, number: int) -> None:
    stage.now = at(2, 24)
    case_id = stage.file(number, RECEIVING["440305"])
    for _office in range(4):
        stage.office_agrees(case_id)


def refused(stage: Stage, number: int) -> None:
    stage.now = at(2, 5)
    case_id = stage.file(number, RECEIVING["350582"])
    stage.office_agrees(case_id)
    stage.decide(case_id, "refuse", "R13", "租房合同 1月31日到期，没有续签。")
    stage.decide(case_id, "refuse", "R13", "租房合同 1月31日到期，没有续签。")


def withdrawn(stage: Stage, number: int) -> None:
    stage.now = at(2, 5)
    case_id = stage.file(number, RECEIVING["350102"])
    registrar = stage.official(RECEIVING["350102"], "registrar")
    cases.withdraw(stage.session, stage.installation.engine, case_id, registrar, "家长不搬家了", now=at(2, 6))
    stage.session.commit()


def not_arrived(stage: Stage, number: int) -> None:
    stage.now = at(1, 12)
    case_id = stage.file(number, RECEIVING["440305"])
    for _office in range(4):
        stage.office_agrees(case_id)
    stage.now = at(2, 4)
    stage.decide(case_id, "not_arrived")


def completed(stage: Stage, number: int) -> None:
    stage.now = at(2, 9)
    case_id = stage.file(number, RECEIVING["350102"])
    for _office in range(3):
        stage.office_agrees(case_id)


SAMPLES: tuple[Callable[[Stage, int], None], ...] = (
    in_review,
    due_soon,
    overdue,
    returned,
    awaiting_arrival,
    refused,
    withdrawn,
    not_arrived,
    completed,
)

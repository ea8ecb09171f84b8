"""The demo province in a folder of its own, with as many transfers as a benchmark needs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from flask.testing import FlaskClient
from flask_babel import force_locale
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.transfer import TransferApplication
from jisui.assembly import Installation
from jisui.clock import DEMO_START
from jisui.demo.build import PASSWORD, build
from jisui.demo.evidence import sample_evidence
from registry.students import Student, StudentRecord
from webapp import filing
from webapp.processes import Applicant

ADDRESS = "http://127.0.0.1:8000"
SENDING, SAME_AUTHORITY, OTHER_PROVINCE = "2135000101", "2135000102", "2144000101"
GRADES = (2, 3, 4)
FILED_AT = DEMO_START - timedelta(days=3)


def make(folder: Path) -> Installation:
    """The province as `jisui demo` makes it, without its sample cases."""
    return build(folder, ADDRESS)


def transfers(installation: Installation, count: int, to: str = OTHER_PROVINCE) -> list[UUID]:
    """So many families apply, each for another child; the cases."""
    app = installation.app()
    with app.app_context(), force_locale("zh_Hans_CN"), installation.sessions() as session:
        return [_file(installation, session, student, to) for student in _children(session, count)]


def _children(session: Session, count: int) -> list[Student]:
    found = session.scalars(
        select(Student)
        .join(StudentRecord, StudentRecord.student_id == Student.id)
        .where(StudentRecord.school_code == SENDING, StudentRecord.grade.in_(GRADES))
        .order_by(Student.student_number)
        .limit(count)
    ).all()
    if len(found) < count:
        raise RuntimeError(f"the school has {len(found)} children for {count} transfers")
    return list(found)


def _file(installation: Installation, session: Session, student: Student, to: str) -> UUID:
    guardian, asker = student.guardians[0], f"family-{student.student_number}"
    application = TransferApplication.model_validate(
        {
            "student_number": student.student_number,
            "student_name": student.name,
            "receiving_school": to,
            "ground": "home_moved",
            "explanation": "搬了家，孩子跟我们一起住。",
            "guardian": {"name": guardian.name, "relation": guardian.relation, "phone": guardian.phone},
            "evidence": [
                str(sample_evidence(installation, session, asker, kind, FILED_AT))
                for kind in ("household_book", "home_proof")
            ],
        }
    )
    session.commit()
    applicant = Applicant("guardian", asker, None, confirmed_phone=guardian.phone or "")
    filed = filing.file_application(
        installation.services, session, "transfer", application, applicant, now=FILED_AT
    )
    session.commit()
    return filed.case_id


def signed_in(client: FlaskClient, username: str) -> FlaskClient:
    """The browser of an official after the sign-in page."""
    page = html.fromstring(client.get("/sign-in").text)
    form = next(one for one in page.forms if "password" in one.fields)
    fields = dict(form.form_values()) | {"username": username, "password": PASSWORD}
    answer = client.post("/sign-in", data=fields)
    if answer.status_code != 303:
        raise RuntimeError(f"{username} could not sign in: {answer.status_code}")
    return client

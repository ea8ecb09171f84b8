"""Transfer as a kind of process: its application held against the register, its case's facts."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from flask_babel import lazy_gettext as _l
from pydantic import BaseModel
from sqlalchemy.orm import Session

from forms.transfer import TransferApplication
from jisui.prepared import error, is_confirmed, violation
from registry import transfers
from registry.calendar import CHINA
from registry.organisations import Organisation, get
from registry.students import Student
from registry.transfers import Check, TransferRequest
from webapp.processes import Applicant, Prepared, ProcessKind
from workflows.cases import open_case_number

# What a rule says when it is kept.
KEPT = {
    "R05": _l("在读，没有休学"),
    "R12": _l("姓名、学籍号一致"),
    "R09": _l("年级相同"),
    "R04": _l("不受起始、毕业年级限制"),
    "R11": _l("没有问题学籍"),
    "R16": _l("没有毕业或离校"),
    "R03": _l("在转学办理时间内"),
    "R01": _l("转入年级有学位"),
}


def kind() -> ProcessKind:
    return ProcessKind("transfer", "转学", "ZX", TransferApplication, prepare, kept=KEPT)


def prepare(session: Session, application: BaseModel, applicant: Applicant, now: datetime) -> Prepared:
    """The pre-check of a transfer, and what its case would know. Reads the whole register."""
    asked = cast(TransferApplication, application)
    found = transfers.check(
        session,
        TransferRequest.of(asked.model_dump()),
        now=now,
        has_open_case=lambda student_id: open_case_number(session, str(student_id)) is not None,
    )
    refused = Prepared(
        errors=tuple(map(error, found.errors)),
        violations=tuple(map(violation, found.violations)),
        warnings=tuple(map(violation, found.warnings)),
        confirmed=is_confirmed(found.student, applicant),
        student_id=found.student.id if found.student else None,
        starter_office=asked.receiving_school,
        summary=_at_school(session, found),
    )
    if not found.passed:
        return refused
    return _accepted(session, asked, applicant, found, refused, now)


def _accepted(
    session: Session,
    asked: TransferApplication,
    applicant: Applicant,
    found: Check,
    checked: Prepared,
    now: datetime,
) -> Prepared:
    student, record, receiver = found.student, found.record, found.receiving_school
    if student is None or record is None or receiver is None or found.grade is None:
        raise AssertionError("a passed check has found them")
    day = now.astimezone(CHINA).date()
    route = transfers.route(session, record, receiver.code, grade=found.grade, on=day)
    sender = get(session, record.school_code)
    return Prepared(
        warnings=checked.warnings,
        confirmed=checked.confirmed,
        student_id=student.id,
        place=found.place or receiver.division,
        starter_office=receiver.code,
        variables=route.variables | {"filed_by": applicant.filed_by},
        offices=route.offices,
        title=student.name,
        search=_search(student, sender, receiver),
        summary={
            "grade": found.grade,
            "stage": found.stage,
            "compulsory": route.variables["compulsory"],
            "from": {"code": sender.code, "name": sender.name},
            "to": {"code": receiver.code, "name": receiver.name},
            "ground": asked.ground,
            "quiet": student.quiet,
            "guardian_confirmed": checked.confirmed,
            "waived": [
                {"code": rule.code, "heading": rule.heading, "basis": rule.basis} for rule in found.waived
            ],
        },
    )


def _at_school(session: Session, found: Check) -> dict[str, object]:
    """Where the child is now: for those who may be told (`confirmed`)."""
    if found.student is None or found.record is None:
        return {}
    school = get(session, found.record.school_code)
    at = {"code": school.code, "name": school.name, "phone": school.phone}
    return {"from": at, "quiet": found.student.quiet}


def _search(student: Student, sender: Organisation, receiver: Organisation) -> str:
    schools = (f"{school.name} {school.short_name} {school.initials}" for school in (sender, receiver))
    return " ".join((student.name, student.name_pinyin, student.name_initials, *schools))

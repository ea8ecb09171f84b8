"""Students of the office, one student's page, and the look behind the mask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import Select, func, literal, or_, select, tuple_
from sqlalchemy.orm import contains_eager
from werkzeug.exceptions import NotFound
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from registry import key_data, organisations
from registry.students import RecordCopy, Student, StudentRecord
from webapp import redirects
from webapp.database import database
from webapp.inbox.rows import office_names, process_name
from webapp.officials import acting
from webapp.register import looks, papers, seen, starting, timeline
from webapp.register.seen import StudentSeen
from webapp.rights import needs
from webapp.services import services
from webapp.wording import deadline
from workflows import cases
from workflows.model import OPEN, Case

PAGE = 50
CURSOR = re.compile(r"([0-9]{1,2})-([0-9]{1,3})-([0-9A-Z]{1,20})")

bp = Blueprint("register", __name__)


def _printable(typed: str | None) -> str:
    """What was typed without what nobody can see: a NUL byte, signs that turn the direction of writing."""
    return "".join(one for one in typed or "" if one.isprintable()).strip()


class RevealForm(FlaskForm):
    reason = StringField(
        _l("为什么要看完整号码？"),
        [DataRequired(_l("请写原因，会记在“谁看过”里")), Length(max=200)],
        filters=[_printable],
    )
    back = HiddenField()


@bp.get("/students")
@needs("student.read")
def students() -> ResponseReturnValue:
    """Students of the office by grade, class and number; a search finds name, pinyin and initials."""
    words = "".join(_printable(request.args.get("q")).split())[:80]
    grade = request.args.get("grade", type=int)
    query = _search(words, grade, request.args.get("cursor", ""))
    found = database().scalars(query.limit(PAGE + 1)).all()
    shown = [_listed(one) for one in found[:PAGE]]
    return render_template(
        "register/students.html",
        students=shown,
        schools=office_names(database(), {one.school_code for one in shown}),
        words=words,
        grade_asked=grade,
        cursor=_cursor(shown[-1]) if len(found) > PAGE else None,
    )


def _search(words: str, grade: int | None, cursor: str) -> Select[Student]:
    place = (StudentRecord.grade, func.coalesce(StudentRecord.class_number, 0), Student.student_number)
    query = select(Student).join(Student.record).options(contains_eager(Student.record)).order_by(*place)
    if words:
        query = query.where(
            or_(
                Student.name.contains(words, autoescape=True),
                Student.name_pinyin.startswith(words.lower(), autoescape=True),
                Student.name_initials.startswith(words.lower(), autoescape=True),
                Student.student_number == words.upper(),
                key_data.found_by(words),
            )
        )
    if grade:
        query = query.where(StudentRecord.grade == grade)
    after = CURSOR.fullmatch(cursor)
    if after:
        values = (int(after[1]), int(after[2]), after[3])
        query = query.where(tuple_(*place) > tuple_(*(literal(value) for value in values)))
    return query


@dataclass(frozen=True)
class Listed:
    """What a list shows of a student."""

    id: UUID
    name: str
    student_number: str
    quiet: bool
    status: str
    school_code: str
    grade: int
    class_number: int | None


def _listed(one: Student) -> Listed:
    record = one.record
    return Listed(
        one.id,
        one.name,
        one.student_number,
        one.quiet,
        record.status,
        record.school_code,
        record.grade,
        record.class_number,
    )


def _cursor(last: Listed) -> str:
    return f"{last.grade}-{last.class_number or 0}-{last.student_number}"


@bp.get("/students/<uuid:student_id>")
@needs("student.read")
def student(student_id: UUID) -> ResponseReturnValue:
    found = database().get(Student, student_id)
    if found is None:
        return _copy(student_id)
    shown = seen.of(found)
    authority = organisations.authority_of(database(), shown.school_code, shown.stage).code
    cases_seen = timeline.cases_of(database(), student_id)
    open_case = next((case for case in cases_seen if case.closed_at is None and case.locks), None)
    looked = looks.of_student(database(), student_id)
    return render_template(
        "register/student.html",
        student=shown,
        schools=office_names(database(), {shown.school_code, authority}),
        authority=authority,
        events=timeline.of_student(database(), found),
        open_case=open_case,
        process=process_name(open_case.process) if open_case else "",
        waits=_waits(open_case) if open_case else (),
        materials=papers.materials(database(), cases_seen),
        letters=papers.letters(database(), cases_seen, services().clock.now()),
        starts=starting.of_student(database(), shown, open_case),
        looks=looked,
        offices=office_names(database(), {look.office for look in looked}),
    )


@bp.get("/students/<uuid:student_id>/certificates/<string(length=19):number>")
@needs("certificate.read")
def certificate(student_id: UUID, number: str) -> ResponseReturnValue:
    """A certificate of a student, for the offices that take part in its case."""
    found = papers.letter(database(), timeline.cases_of(database(), student_id), number)
    if found is None:
        raise NotFound
    name = f"attachment; filename={found.number}.pdf"
    pdf = services().documents.pdf(found)
    return Response(pdf, content_type="application/pdf", headers={"Content-Disposition": name})


@bp.route("/students/<uuid:student_id>/reveal", methods=["GET", "POST"])
@needs("student.reveal")
def reveal(student_id: UUID) -> ResponseReturnValue:
    """Full numbers are shown to those who say why; the reason stands in 谁看过 at once."""
    shown, form = _reachable(student_id), RevealForm()
    if not form.is_submitted():
        form.back.data = redirects.relative(request.args.get("back")) or ""
        return render_template("register/reveal.html", student=shown, form=form)
    if not form.validate():
        return render_template("register/reveal.html", student=shown, form=form), 422
    now = services().clock.now()
    looks.record(database(), student_id, acting(), "numbers", form.reason.data, now)
    database().commit()
    return render_template(
        "register/revealed.html",
        student=shown,
        back=redirects.relative(form.back.data),
        reason=form.reason.data,
    )


def _reachable(student_id: UUID) -> StudentSeen:
    """A student of the office, or the one of a case that the office takes part in."""
    found = database().get(Student, student_id)
    if found is not None:
        return seen.of(found)
    taking_part = database().scalar(select(Case.id).where(Case.subject == str(student_id)).limit(1))
    through_case = services().student_of_case(database(), str(student_id)) if taking_part else None
    if through_case is None:
        raise NotFound
    return through_case


def _copy(student_id: UUID) -> ResponseReturnValue:
    """What the sending school keeps after a transfer."""
    copies = select(RecordCopy).where(RecordCopy.student_id == student_id)
    found = database().scalar(copies.order_by(RecordCopy.moved_on.desc()).limit(1))
    if found is None:
        raise NotFound
    names = office_names(database(), {found.school_code, found.moved_to_code})
    own = [one for one in timeline.cases_of(database(), student_id) if one.number == found.case_number]
    return render_template(
        "register/copy.html",
        copy=found,
        body=_body(found),
        schools=names,
        letters=papers.letters(database(), own, services().clock.now()),
    )


def _body(copy: RecordCopy) -> dict[str, Any]:
    body = dict(copy.body)
    parts = {
        name: body.get(name) if isinstance(body.get(name), dict) else body for name in ("student", "record")
    }
    return parts | {"guardians": body.get("guardians", [])}


def _waits(case: Case) -> list[tuple[str, Any]]:
    """Where an open case waits, and until when."""
    now, calendar = services().clock.now(), services().engine.calendar(database())
    waiting: list[Any] = [step for step in cases.steps(database(), case.id) if step.status == OPEN]
    names = office_names(database(), {step.office for step in waiting})
    return [(names.get(step.office, step.office), deadline(step.due_at, now, calendar)) for step in waiting]
